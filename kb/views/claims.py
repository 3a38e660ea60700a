"""Claims with what a reader needs to judge them: rows of named queries, as objects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kb.bibliography.lists import CITABLE, Cited
from kb.evidence import ClaimView, Quote, Stance, Strength, natural, quoted, strongest_first, with_citation
from kb.graph.store import Row, Thing, is_iri
from kb.terms import PKB
from kb.views.links import Links
from kb.views.named import Queries

REMEMBERED = 10_000  # claims that are kept for the next answer


class Claims:
    """The claims of one generation, with labels in one language."""

    def __init__(self, queries: Queries, links: Links) -> None:
        self._queries, self._links = queries, links
        self._known: dict[str, ClaimView] = {}

    def about(self, concept: str) -> tuple[ClaimView, ...]:
        """The claims about the concept with that IRI, the strongest first."""
        return tuple(strongest_first(self._read("concept-claims", "concept-stances", concept)))

    def made_in(self, source: str) -> tuple[ClaimView, ...]:
        """The claims made in the source with that IRI, in the order of its file."""
        return tuple(sorted(self._read("source-claims", "source-stances", source), key=lambda c: natural(c.id)))

    def of_names(self, names: Iterable[Thing]) -> list[ClaimView]:
        """The claims made in works of who goes by *names*."""
        return self._read("author-claims", "author-stances", *names)

    def called(self, ids: Iterable[str]) -> tuple[ClaimView, ...]:
        """The claims called *ids*, in that order; what is no id calls none."""
        known = {id: self._known.get(id) for id in ids if is_iri(self._links.names.iri("source", id))}
        if fresh := [self._links.names.iri("source", id) for id, claim in known.items() if claim is None]:
            found = {claim.id: claim for claim in self._read("claims", "claim-stances", *fresh)}
            known |= found
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known.update(found)
        return tuple(claim for claim in known.values() if claim is not None)

    def _read(self, claims: str, stances: str, *things: Thing) -> list[ClaimView]:
        """The rows of two named queries, put together."""
        taken: dict[str, list[Stance]] = defaultdict(list)
        for row in self._queries.rows(stances, *things):
            taken[row["claim"] or ""].append(self._stance(row))
        return [self._claim(row, taken[row["claim"] or ""]) for row in self._queries.rows(claims, *things)]

    def _stance(self, row: Row) -> Stance:
        relation = (row["relation"] or "").rpartition("/")[2]
        source, other = self._links.source(self._links.id(row["source"])), self._links.id(row["other"])
        copy = "" if self._links.retracted(source.id) else self._to_copy(row, source.id)
        direction, text = row["direction"] or "", row["text"] or ""
        return Stance(relation, direction, other, text, source.citation, self._provenance(row), copy)

    def _claim(self, row: Row, stances: Iterable[Stance]) -> ClaimView:
        links = self._links
        basis, reported_in = self._basis(row)
        read_in = tuple(links.ids(row["works"]))
        strength = Strength(int(row["strength"] or 0), len(read_in), row["peerReviewed"] == "true")
        source, retracted = links.source(links.id(row["source"])), row["retracted"] == "true"
        return ClaimView(
            links.id(row["claim"]), row["text"] or "", source, row["locator"], basis, reported_in,
            self._provenance(row), read_in, strength, retracted, links.concepts(links.ids(row["about"])),
            tuple(stances), "" if retracted else self._to_copy(row, source.id), self._quote(row),
        )  # fmt: skip

    def _quote(self, row: Row) -> Quote | None:
        words = row.get("quote")  # a home may have queries of its own that do not ask for it
        return quoted(words, self._links.records.quoted(self._links.id(row["claim"]))) if words else None

    def _to_copy(self, row: Row, source: str) -> str:
        basis, reported_in = self._basis(row)
        if basis not in CITABLE:
            return ""
        cited = Cited(source, row["locator"] or "", (basis == "reported" and reported_in) or "")
        return with_citation(row["text"] or "", self._links.cite(cited), basis)

    def _basis(self, row: Row) -> tuple[str, str | None]:
        """On what the claim of a row rests, and the work that reports it."""
        basis = (row["basis"] or "").removeprefix(PKB).removeprefix("from-")
        return basis, self._links.id(row["reportedIn"]) if row["reportedIn"] else None

    def _provenance(self, row: Row) -> str:
        return self._links.records.provenance(row["locator"], *self._basis(row))
