"""A cell of an evidence map with what is in it: claims and relations, the strongest first, and works."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from kb.corpus.ontology import Ontology, fold
from kb.errors import BadQuery
from kb.evidence import ClaimView, SourceRef, Strength, natural
from kb.overview import Ref
from kb.retrieval.index import Index
from kb.retrieval.scope import choice
from kb.synthesis.kept import Kept
from kb.synthesis.maps import Cell, Field, field
from kb.synthesis.narrowed import Narrowed, narrowed, places
from kb.synthesis.near import near
from kb.synthesis.tally import CLASSES, Mask, Numbers, Tally
from kb.views import Views

PAGE = 50  # claims
SHOWN, WORKS = 50, 50  # relations and works at most
EACH = 5  # claims of a relation
QUERIES = {"claims": "map-cell", "relations": "map-relations", "works": "map-works"}
NO_SCHEME = Ref("", "")
OF_WORKS = ("?state", "(?from ?to)")  # places of a query about works alone


class Stated(NamedTuple):
    """A relation between two concepts with the *number* of claims that assert it, the strongest of which are here.

    It is *established* where one of all its claims is more than recalled or inferred.
    """

    subject: Ref
    label: str
    object: Ref
    claims: tuple[ClaimView, ...]
    number: int
    established: bool


class Near(NamedTuple):
    """A cell that holds claims near one that holds nothing."""

    row: Ref
    column: Ref
    cell: Cell


class CellView(NamedTuple):
    """A cell with what is in it: a page of its claims and its relations, the strongest first.

    Those claims come first that are themselves about the column: *own* of the *claims* on this page. *sources* is that
    of the column, see `kb.synthesis.maps.Line`. *relations* are at most `SHOWN`. *works*, at most `WORKS`, have both
    concepts as subjects, and *near* are cells close by (`kb.synthesis.near`): what can be shown where no claim is.
    """

    row: Ref
    column: Ref
    row_scheme: Ref
    column_scheme: Ref
    cell: Cell
    sources: int
    page: int | None
    pages: int
    claims: tuple[ClaimView, ...]
    own: int
    relations: tuple[Stated, ...]
    works: tuple[SourceRef, ...]
    near: tuple[Near, ...]


class _Relation(NamedTuple):
    """A relation with its claims by id, the strongest first."""

    subject: str
    relation: str
    object: str
    claims: tuple[str, ...]
    number: int
    established: bool


class _Found(NamedTuple):
    """What is in a cell, by id."""

    cell: Cell
    sources: int
    claims: tuple[str, ...]
    relations: tuple[_Relation, ...]
    works: tuple[str, ...]
    near: tuple[Cell, ...]


def cell(
    views: Views, index: Index, kept: Kept, row: str, column: str, page: int | None, given: Mapping[str, Any]
) -> CellView:  # fmt: skip
    """What is annotated about the concept *row* that carries the concept *column*, within filters."""
    links, whole, within = views.links, field(views, index, kept), narrowed(given, views)
    ours, theirs = views.ontology[row], views.ontology[column]
    found = kept.get(("cell", row, column, within.scope), lambda: _found(row, column, whole, kept, within, views))
    pages = max(1, -(-len(found.claims) // PAGE))
    if page is not None and not 1 <= page <= pages:
        raise BadQuery(f"no page {page}: choose one from 1 to {pages}")
    first = (page - 1) * PAGE if page else 0
    shown = found.claims[first : first + PAGE if page else None]
    known = {
        each.id: each for each in views.claims.called(_each(shown, (relation.claims for relation in found.relations)))
    }
    works = sorted(map(links.source, found.works), key=lambda work: (fold(work.citation), work.id))
    return CellView(
        links.concept(row), links.concept(column), links.scheme(ours) or NO_SCHEME, links.scheme(theirs) or NO_SCHEME,
        found.cell, found.sources, page, pages, _known(shown, known), min(max(found.cell.own - first, 0), len(shown)),
        tuple(_stated(relation, known, views) for relation in found.relations), tuple(works),
        tuple(Near(links.concept(each.row), links.concept(each.column), each) for each in found.near),
    )  # fmt: skip


def cell_query(views: Views, row: str, column: str, of: str, given: Mapping[str, Any]) -> str:
    """The text of the query that gives the claims, relations or works of a cell."""
    name = QUERIES[choice("part of a cell", of, tuple(QUERIES))]
    narrowing = places(narrowed(given, views).filters, views.queries.home.context())
    kept = {place: values for place, values in narrowing.items() if of != "works" or place in OF_WORKS}
    about = {"?row": [views.ontology[row].iri], "?column": [views.ontology[column].iri]}
    return views.queries.narrowed(name, {**about, **kept})


def _found(row: str, column: str, whole: Field, kept: Kept, within: Narrowed, views: Views) -> _Found:
    tally, passing = whole.tally, whole.tally.passing(within.scope, within.works)
    rows, columns = _below(row, views.ontology), _below(column, views.ontology)
    claims = np.flatnonzero(tally.about(rows) & tally.carrying(columns) & passing.claims)
    relations = _between(rows, columns, tally, passing.claims)
    asserting = [number for claims_of in relations.values() for number in claims_of.tolist()]
    ranked = _ranked({*claims.tolist(), *asserting}, tally, views)
    own = tally.about(columns)
    ordered = sorted(claims.tolist(), key=lambda claim: (not own[claim], ranked[claim]))
    works = np.flatnonzero(tally.treating(rows) & tally.treating(columns) & passing.works)
    return _Found(
        _cell(row, column, claims, int(own[claims].sum()), len(relations), tally),
        int((tally.speaking(columns) & passing.works).sum()), tuple(map(tally.id, ordered)),
        tuple(_strongest(relations, ranked, tally)), tuple(map(tally.work_id, works[:WORKS].tolist())),
        () if len(claims) or relations else near(row, column, whole, kept, within, views.ontology),
    )  # fmt: skip


def _below(id: str, ontology: Ontology) -> set[str]:
    return {each for each in ontology.narrower(id) if not ontology[each].retired}


def _cell(row: str, column: str, claims: Numbers, own: int, relations: int, tally: Tally) -> Cell:
    classes = np.bincount(tally.stance_class[claims], minlength=len(CLASSES)).tolist()
    return Cell._make([row, column, len(claims), own, int(tally.read[claims].sum()), *classes, relations])


def _between(rows: set[str], columns: set[str], tally: Tally, passing: Mask) -> dict[int, Numbers]:
    """The relations between two sets of concepts that claims within the filters assert, each with these claims."""
    found = {}
    for number in np.flatnonzero(tally.asserted_in(passing)).tolist():
        subject, _, object = tally.relations[number]
        if (subject in rows and object in columns) or (object in rows and subject in columns):
            claims = tally.asserting(number)
            found[number] = claims[passing[claims]]
    return found


def _ranked(claims: set[int], tally: Tally, views: Views) -> dict[int, int]:
    """The place of each of *claims*, the strongest first, in the order of `kb.evidence.strongest_first`."""
    ids = {views.links.names.iri("source", tally.id(number)): number for number in claims}
    strengths = {
        ids[row["this"] or ""]: Strength(
            int(row["strength"] or 0), int(row["works"] or 0), row["peerReviewed"] == "true"
        )
        for row in (views.queries.store.rows_named("strengths", ids) if ids else ())
    }
    by_id = sorted(claims, key=lambda number: natural(tally.id(number)))
    order = sorted(by_id, key=lambda number: strengths[number], reverse=True)
    return {number: place for place, number in enumerate(order)}


def _strongest(relations: Mapping[int, Numbers], ranked: Mapping[int, int], tally: Tally) -> Iterable[_Relation]:
    """The first relations: established ones before others, those with the strongest claim before others."""
    found = []
    for number, claims in relations.items():
        order = sorted(claims.tolist(), key=ranked.__getitem__)
        established = bool(tally.read[tally.asserting(number)].any())
        relation = _Relation(*tally.relations[number], tuple(map(tally.id, order[:EACH])), len(order), established)
        found.append((not established, ranked[order[0]], relation))
    return [relation for *_, relation in sorted(found)[:SHOWN]]


def _stated(relation: _Relation, known: Mapping[str, ClaimView], views: Views) -> Stated:
    subject, object = (views.links.concept(id) for id in (relation.subject, relation.object))
    label = views.ontology.term(relation.relation) or relation.relation
    return Stated(subject, label, object, _known(relation.claims, known), relation.number, relation.established)


def _each(first: Iterable[str], others: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys([*first, *(id for ids in others for id in ids)]))


def _known(ids: Iterable[str], known: Mapping[str, ClaimView]) -> tuple[ClaimView, ...]:
    return tuple(known[id] for id in ids if id in known)
