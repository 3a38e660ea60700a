"""What a reader is shown of a concept, a source or the schemes: rows of named queries, as objects."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, NamedTuple

from kb import overview
from kb.bibliography import styles
from kb.bibliography.records import COMPLETE, Records
from kb.corpus.ontology import Concept, Ontology
from kb.evidence import ClaimView, Relation, SourceRef, Stance, Strength, joint, natural, strongest_first
from kb.graph.store import Row, Store
from kb.home import Home
from kb.overview import Question, Ref, Stats, VocabularyView, Word
from kb.terms import ONTOLOGY_GRAPH, PKB, Names


class Match(NamedTuple):
    """The same or a like concept elsewhere: the SKOS mapping property and the IRI."""

    kind: str
    iri: str


class ConceptView(NamedTuple):
    """A concept, its place in the scheme and what the literature says about it."""

    id: str
    iri: str
    label: str
    alt_labels: tuple[str, ...]
    language: str
    definition: str
    scope_note: str
    retired: bool
    replaced_by: tuple[Ref, ...]
    scheme: Ref | None
    broader: tuple[Ref, ...]
    narrower: tuple[Ref, ...]
    related: tuple[Ref, ...]
    relations: tuple[Relation, ...]
    claims: tuple[ClaimView, ...]
    sources: tuple[SourceRef, ...]
    questions: tuple[Question, ...]
    matches: tuple[Match, ...]


class Treatment(NamedTuple):
    """Where in a source a concept is treated."""

    concept: Ref
    locator: str


class SourceView(NamedTuple):
    """A source: its record, how to cite it, its claims and its citations as far as the corpus knows them."""

    id: str
    iri: str
    type: str
    title: str | None
    citation: str
    issued: str | None
    state: str
    state_note: str
    missing: tuple[str, ...]
    record: dict[str, Any]
    reference: str
    bibtex: str
    summary: str | None
    summary_basis: str
    subjects: tuple[Ref, ...]
    treats: tuple[Treatment, ...]
    claims: tuple[ClaimView, ...]
    cites: tuple[SourceRef, ...]
    cited_by: tuple[SourceRef, ...]


class Node(NamedTuple):
    """A concept in the tree, with how many claims are about it."""

    id: str
    label: str
    claims: int
    children: tuple[Any, ...]


class SchemeView(NamedTuple):
    """A concept scheme as a tree."""

    id: str
    iri: str
    label: str
    note: str
    concepts: tuple[Node, ...]


REMEMBERED = 10_000  # claims and references that are kept for the next answer
CLAIMS_OF = {"concept": "concept-claims", "source": "source-claims", "claim": "claims"}  # named queries
RETRACTED = "This work is retracted: what it claims counts as no evidence."
STATES = {
    "incomplete": "The record is incomplete: something of it could not be confirmed.",
    "seed-only": "Known only from a mention in another work; the work itself was not seen.",
}
SUMMARIES = {
    "seen": "from its abstract or contents",
    "seed": "from what another work says of it",
    "recalled": "from general knowledge; not checked",
}


class Views:
    """The pages of one generation, with labels in one language."""

    def __init__(self, home: Home, names: Names, store: Store, records: Records) -> None:
        self._home, self._names, self._store, self._records = home, names, store, records
        self._evidence: dict[str, ClaimView] = {}
        self._references: dict[str, SourceRef] = {}

    @cached_property
    def ontology(self) -> Ontology:
        """The ontology as this generation has it."""
        return Ontology(self._store.graph(ONTOLOGY_GRAPH), self._names)

    def in_language(self, language: str) -> Views:
        """The same pages for a reader of another language."""
        other = copy.copy(self)
        other.__dict__.pop("_trees", None)
        other._evidence = {}
        other.__dict__["ontology"] = self.ontology.in_language(language)
        return other

    def concept(self, id: str) -> ConceptView:
        """The concept called *id*."""
        concept = self.ontology[id]
        claims = self._claims("concept", concept.iri)
        return ConceptView(
            concept.id, concept.iri, concept.label, concept.alt_labels, concept.language, concept.definition,
            concept.scope_note, concept.retired, self._refs(concept.replaced_by), self.scheme(concept),
            self._refs(concept.broader), self._refs(concept.narrower), self._refs(concept.related),
            self._relations(concept.iri, {claim.id: claim for claim in claims}),
            claims,
            tuple(self._source(r["source"], r["locator"]) for r in self._rows("concept-sources", concept.iri)),
            tuple(Question(self._id(r["question"]).rpartition("/")[2], r["text"] or "", r["why"] or "", (id,))
                  for r in self._rows("concept-questions", concept.iri)),
            tuple(Match(kind, iri) for kind, iri in concept.matches),
        )  # fmt: skip

    def source(self, id: str) -> SourceView:
        """The source called *id*."""
        source = self._records[id]
        data, state = source.data, str(source.data.get("state") or "complete")
        iri = self._names.iri("source", id)
        cited: dict[str, list[SourceRef]] = defaultdict(list)
        for row in self._rows("source-citations", iri):
            cited[row["direction"] or ""].append(self._source(row["other"]))
        treats = (Treatment(self._ref(t["concept"]), t.get("locator") or "") for t in data.get("treats") or ())
        return SourceView(
            id, iri, str(data.get("type", "document")), data.get("title"), self._records.citation(id),
            data.get("issued"), state, self._state_note(data), tuple(data.get("missing") or ()), data,
            styles.reference(data), styles.bibtex(id, data), data.get("summary"),
            SUMMARIES.get(str(data.get("summaryBasis")), "") if data.get("summary") else "",
            self._refs(data.get("subjects") or ()), tuple(treats), self._claims("source", iri),
            tuple(cited["out"]), tuple(cited["in"]),
        )  # fmt: skip

    def evidence(self, ids: Iterable[str]) -> tuple[ClaimView, ...]:
        """The claims called *ids*, in that order."""
        known = {id: self._evidence.get(id) for id in ids}
        if fresh := [self._names.iri("source", id) for id, claim in known.items() if claim is None]:
            found = {claim.id: claim for claim in self._claims("claim", fresh)}
            known |= found
            if len(self._evidence) > REMEMBERED:
                self._evidence.clear()
            self._evidence.update(found)
        return tuple(claim for claim in known.values() if claim is not None)

    def reference(self, id: str) -> SourceRef:
        """The source called *id*, to link to."""
        if (known := self._references.get(id)) is not None:
            return known
        found = self._source(self._names.iri("source", id))
        if len(self._references) > REMEMBERED:
            self._references.clear()
        self._references[id] = found
        return found

    def scheme(self, concept: Concept) -> Ref | None:
        """The scheme that *concept* is in, the first of several."""
        scheme = self.ontology.schemes.get(concept.schemes[0]) if concept.schemes else None
        return Ref(scheme.id, scheme.label) if scheme else None

    def scheme_label(self, id: str) -> str:
        """The label of the scheme that the concept called *id* is in, if it is in one."""
        concept = self.ontology.concepts.get(id)
        scheme = self.scheme(concept) if concept else None
        return scheme.label if scheme else ""

    def concepts(self) -> tuple[SchemeView, ...]:
        """Every scheme with its concepts as a tree."""
        return self._trees

    @cached_property
    def _trees(self) -> tuple[SchemeView, ...]:
        counts = {self._id(row["concept"]): int(row["claims"] or 0) for row in self._rows("concept-counts")}
        schemes = sorted(self.ontology.schemes.values(), key=lambda s: s.label)
        return tuple(
            SchemeView(s.id, s.iri, s.label, s.note, tuple(self._node(c, counts) for c in self.ontology.tops(s.id)))
            for s in schemes
        )

    def sources(self) -> tuple[SourceRef, ...]:
        """Every source, by citation."""
        refs = (self._source(self._names.iri("source", id)) for id in self._records.ids())
        return tuple(sorted(refs, key=lambda ref: (ref.citation.casefold(), ref.id)))

    def counts(self) -> dict[str, int]:
        """How many concepts, sources, claims, relations and triples there are."""
        row = self._rows("counts")[0]
        return {**{name: int(value or 0) for name, value in row.items()}, "triples": len(self._store)}

    def date(self) -> str:
        """The newest date in the data."""
        return (self._rows("newest-date")[0]["date"] or "")[:10]

    def vocabulary(self) -> VocabularyView:
        """The vocabulary, its terms grouped by kind."""
        return overview.vocabulary(self._rows, self._names, self.ontology)

    def words(self) -> tuple[Word, ...]:
        """What a query can be written with, for who types one."""
        return self._words

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        return overview.words(self._rows, self._names, self.vocabulary())

    def stats(self) -> Stats:
        """What there is and what is missing, counted."""
        return overview.stats(self._rows, self._names, self.ontology)

    def _rows(self, query: str, iri: str | list[str] | None = None) -> list[Row]:
        """The rows of a named query about one thing, about several, or about all there is."""
        text = self._home.query(query)
        return self._store.rows_of(text, iri) if isinstance(iri, list) else self._store.rows(text, **_this(iri))

    def _claims(self, of: str, iri: str | list[str]) -> tuple[ClaimView, ...]:
        """Claims about a concept, the strongest first; made in a source, in the order of its file; or given ones."""
        stances: dict[str, list[Stance]] = defaultdict(list)
        for row in self._rows(f"{of}-stances", iri):
            relation, citation = (row["relation"] or "").rpartition("/")[2], self._source(row["source"]).citation
            other, text, known = self._id(row["other"]), row["text"] or "", self._provenance(row)
            stance = Stance(relation, row["direction"] or "", other, text, citation, known)
            stances[row["claim"] or ""].append(stance)
        claims = [self._claim(row, stances[row["claim"] or ""]) for row in self._rows(CLAIMS_OF[of], iri)]
        if of != "concept":
            return tuple(sorted(claims, key=lambda claim: natural(claim.id)))
        return tuple(strongest_first(claims))

    def _claim(self, row: Row, stances: Iterable[Stance]) -> ClaimView:
        basis, reported_in = self._basis(row)
        about = self._refs(sorted(map(self._id, (row["about"] or "").split())))
        source = self._source(row["source"])
        read_in = tuple(sorted(map(self._id, (row["works"] or "").split())))
        strength = Strength(int(row["strength"] or 0), len(read_in), row["peerReviewed"] == "true")
        return ClaimView(
            self._id(row["claim"]), row["text"] or "", source, row["locator"], basis, reported_in,
            self._provenance(row), read_in, strength, row["retracted"] == "true", about, tuple(stances),
        )  # fmt: skip

    def _basis(self, row: Row) -> tuple[str, str | None]:
        """On what the claim of a row rests, and the work that reports it."""
        basis = (row["basis"] or "").removeprefix(PKB).removeprefix("from-")
        return basis, self._id(row["reportedIn"]) if row["reportedIn"] else None

    def _provenance(self, row: Row) -> str:
        return self._records.provenance(row["locator"], *self._basis(row))

    def _relations(self, iri: str, claims: dict[str, ClaimView]) -> tuple[Relation, ...]:
        """Relations from and to a concept; a claim that asserts one may be about other concepts, so it is looked up."""
        grouped: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
        for row in self._rows("concept-relations", iri):
            grouped[row["relation"] or "", row["label"] or "", row["other"] or ""].append(row)
        relations = []
        for (predicate, label, other), rows in grouped.items():
            ids = sorted({self._id(row["claim"]) for row in rows}, key=natural)
            for source in {id.partition("#")[0] for id in ids if id not in claims}:
                claims |= {c.id: c for c in self._claims("source", self._names.iri("source", source))}
            found = tuple(strongest_first(claims[id] for id in ids if id in claims))
            established = rows[0]["established"] == "true"
            name, ref = predicate.removeprefix(PKB), self._ref(self._id(other))
            relations.append(Relation(name, label, ref, found, established, joint(found)))
        relations.sort(key=lambda r: r.strength, reverse=True)
        return tuple(sorted(relations, key=lambda r: (r.label, not r.established)))

    def _source(self, iri: str | None, locator: str | None = None) -> SourceRef:
        id = self._id(iri)
        data = self._records[id].data
        state = str(data.get("state") or COMPLETE)
        return SourceRef(id, self._records.citation(id), data.get("title"), state, locator)

    def _state_note(self, data: dict[str, Any]) -> str:
        retracted = RETRACTED if data.get("status") == "retracted" else ""
        return f"{retracted} {STATES.get(str(data.get('state')), '')}".strip()

    def _node(self, concept: Concept, counts: dict[str, int], above: tuple[str, ...] = ()) -> Node:
        below = [self.ontology[n] for n in concept.narrower if n in self.ontology.concepts and n not in above]
        children = tuple(self._node(c, counts, (*above, concept.id)) for c in below)
        return Node(concept.id, concept.label, counts.get(concept.id, 0), children)

    def _refs(self, ids: Iterable[str]) -> tuple[Ref, ...]:
        return tuple(map(self._ref, ids))

    def _ref(self, id: str) -> Ref:
        concept = self.ontology.concepts.get(id)
        retired = " (retired)" if concept and concept.retired else ""
        return Ref(id, concept.label + retired if concept else id)

    def _id(self, iri: str | None) -> str:
        return self._names.id(iri or "")


def _this(iri: str | None) -> dict[str, str]:
    return {"this": iri} if iri else {}
