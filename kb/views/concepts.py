"""Concepts as a reader is shown them: one with what the literature says about it, and all as trees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from kb.corpus.ontology import Concept, Ontology, Proposal
from kb.evidence import ClaimView, Relation, SourceRef, joint, natural, standings, strongest_first
from kb.graph.store import Row
from kb.overview import Question, Ref
from kb.terms import PKB, SKOS
from kb.views.claims import Claims
from kb.views.learning import Dated, Step, path
from kb.views.links import Links, in_order
from kb.views.named import Queries
from kb.views.neighbours import Neighbour, neighbourhood
from kb.views.timeline import Decade, timeline

WAYS = 3  # paths to a concept that a page shows


class Match(NamedTuple):
    """The same or a like concept elsewhere: the SKOS mapping property and the IRI."""

    kind: str
    iri: str


class Way(NamedTuple):
    """A way down to a concept: a scheme, and the concepts from its top to the one directly above."""

    scheme: Ref | None
    concepts: tuple[Ref, ...]


class ConceptView(NamedTuple):
    """A concept, its place in the scheme and what the literature says about it.

    *proposed* tells who proposed it, until an editor accepts it. *ways* are the ways down to it, at most `WAYS`;
    *below* is a tree of two levels. The *neighbourhood* is what a picture holds of its links, and *path* a way to
    learn about it.
    """

    id: str
    iri: str
    label: str
    alt_labels: tuple[str, ...]
    language: str
    definition: str
    scope_note: str
    retired: bool
    replaced_by: tuple[Ref, ...]
    proposed: Proposal | None
    scheme: Ref | None
    broader: tuple[Ref, ...]
    narrower: tuple[Ref, ...]
    related: tuple[Ref, ...]
    relations: tuple[Relation, ...]
    claims: tuple[ClaimView, ...]
    sources: tuple[SourceRef, ...]
    questions: tuple[Question, ...]
    matches: tuple[Match, ...]
    ways: tuple[Way, ...]
    siblings: tuple[Ref, ...]
    below: tuple[Node, ...]
    timeline: tuple[Decade, ...]
    neighbourhood: tuple[Neighbour, ...]
    path: tuple[Step, ...]


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


def concept(id: str, queries: Queries, links: Links, claims: Claims, places: Places) -> ConceptView:
    """The concept called *id*; what belongs to it alone is from the ontology, each list from a named query."""
    concept = links.ontology[id]
    iri, about = concept.iri, claims.about(concept.iri)
    broader, related, siblings = (
        links.listed(r["concept"] for r in queries.rows(f"concept-{side}", iri))
        for side in ("broader", "related", "siblings")
    )
    below = _below(queries.rows("concept-narrower", iri), iri, places, links)
    narrower = tuple(Ref(node.id, node.label) for node in below)
    relations = _relations(queries.rows("concept-relations", iri), {claim.id: claim for claim in about}, links, claims)
    works = queries.rows("concept-sources", iri)
    return ConceptView(
        id, iri, concept.label, concept.alt_labels, concept.language, concept.definition, concept.scope_note,
        concept.retired, links.concepts(concept.replaced_by), concept.proposed, links.scheme(concept), broader,
        narrower, related,
        relations, about, tuple(links.source(links.id(r["source"]), r["locator"]) for r in works),
        tuple(Question(links.id(r["question"]).rpartition("/")[2], r["text"] or "", r["why"] or "", (id,))
              for r in queries.rows("concept-questions", iri)),
        _matches(queries.rows("concept-matches", iri), concept), _ways(concept, places, links), siblings,
        below, timeline(queries.rows("concept-timeline", iri)),
        neighbourhood(relations, broader, _most_claimed(below), related, links.scheme_label),
        path(id, concept.definition, _dated(works, about, links), about, relations),
    )  # fmt: skip


def _ways(concept: Concept, places: Places, links: Links) -> tuple[Way, ...]:
    """The ways down to a concept; its own scheme heads each, as other schemes may lend it a broader concept."""
    scheme = links.scheme(concept)
    return tuple(Way(scheme, links.concepts(map(links.id, way))) for way in islice(places.ways(concept.iri), WAYS))


def _below(rows: Iterable[Row], iri: str, places: Places, links: Links) -> tuple[Node, ...]:
    """Two levels of narrower concepts as a tree."""
    under: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        under[row.get("broader") or iri].append(row["concept"] or "")

    def nodes(above: str, levels: int) -> tuple[Node, ...]:
        iris = links.ontology.listed(under.get(above, ())) if levels else []
        return tuple(Node(*links.concept(links.id(i)), places.claims.get(i, 0), nodes(i, levels - 1)) for i in iris)

    return nodes(iri, 2)


def _most_claimed(nodes: Iterable[Node]) -> list[Ref]:
    return [Ref(node.id, node.label) for node in sorted(nodes, key=lambda node: -node.claims)]


def _dated(rows: Iterable[Row], claims: Iterable[ClaimView], links: Links) -> list[Dated]:
    """The works of *rows*, and those that make the *claims*, as far as their year is known."""
    ids = dict.fromkeys(
        [*(links.id(row["source"]) for row in rows), *(claim.source.id for claim in claims if not claim.retracted)]
    )
    return [Dated(links.source(id), year) for id in ids if (year := links.year(id)) is not None]


def _matches(rows: Iterable[Row], concept: Concept) -> tuple[Match, ...]:
    found = (Match((row["match"] or "").removeprefix(SKOS), row["other"] or "") for row in rows)
    return in_order(found, [Match(*match) for match in concept.matches])


def _relations(rows: list[Row], known: dict[str, ClaimView], links: Links, claims: Claims) -> tuple[Relation, ...]:
    """Relations from and to a concept; a claim that asserts one may be about other concepts, so it is looked up."""
    grouped: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        grouped[tuple(row[key] or "" for key in ("relation", "label", "other", "direction"))].append(row)
    elsewhere = {links.id(row["claim"]) for row in rows} - known.keys()
    known |= {claim.id: claim for claim in claims.called(elsewhere)}
    relations = []
    for (predicate, label, other, direction), group in grouped.items():
        ids = sorted({links.id(row["claim"]) for row in group}, key=natural)
        found = tuple(strongest_first(known[id] for id in ids if id in known))
        name, ref, established = predicate.removeprefix(PKB), links.concept(links.id(other)), group[0]["established"]
        relations.append(Relation(name, label, ref, found, established == "true", joint(found), direction,
                                  group[0].get("acting") or "", standings(found)))  # fmt: skip
    relations.sort(key=lambda r: r.strength, reverse=True)
    return tuple(sorted(relations, key=lambda r: (r.label, not r.established)))


class Places:
    """Where concepts stand, by IRI: in which scheme, above and below which; and how many claims are about each."""

    def __init__(self, rows: list[Row]) -> None:
        self.members: dict[str, set[str]] = defaultdict(set)
        self.above: dict[str, set[str]] = defaultdict(set)
        self.below: dict[str, set[str]] = defaultdict(set)
        self.claims: dict[str, int] = {}
        for row in rows:
            iri, scheme, broader = row["concept"] or "", row["scheme"], row["broader"]
            self.claims[iri] = int(row["claims"] or 0)
            if scheme:
                self.members[scheme].add(iri)
            if broader:
                self.above[iri].add(broader)
                self.below[broader].add(iri)

    def tops(self, scheme: str) -> set[str]:
        """The concepts of a scheme that have no broader one in it."""
        members = self.members.get(scheme, set())
        return {iri for iri in members if members.isdisjoint(self.above.get(iri, ()))}

    def ways(self, iri: str, below: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """Each way from a top down to the concept, without it; one that goes round ends where it would begin anew."""
        above = sorted(self.above.get(iri, set()) - {iri, *below})
        if not above:
            yield below
        for each in above:
            yield from self.ways(each, (each, *below))


def trees(places: Places, ontology: Ontology) -> tuple[SchemeView, ...]:
    """Every scheme with its concepts as a tree, in the order and language of *ontology*."""

    def node(iri: str, path: tuple[str, ...]) -> Node:
        concept, way = ontology[ontology.names.id(iri)], (*path, iri)
        children = nodes((below for below in places.below.get(iri, ()) if below not in way), way)
        return Node(concept.id, concept.shown, places.claims[iri], children)

    def nodes(iris: Iterable[str], path: tuple[str, ...] = ()) -> tuple[Node, ...]:
        return tuple(node(iri, path) for iri in ontology.listed(iris))

    schemes = sorted(ontology.schemes.values(), key=lambda scheme: scheme.label)
    return tuple(SchemeView(s.id, s.iri, s.label, s.note, nodes(places.tops(s.iri))) for s in schemes)
