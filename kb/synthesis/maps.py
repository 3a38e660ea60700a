"""An evidence map: how many claims there are about each concept of one scheme that carry each concept of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kb.corpus.ontology import Ontology
from kb.errors import NotFound, unknown
from kb.graph.store import Thing, named
from kb.overview import Ref
from kb.retrieval.index import Index
from kb.synthesis.kept import Kept
from kb.synthesis.narrowed import Narrowed, narrowed, places
from kb.synthesis.tally import Counted, Lines, Tally
from kb.views import Views

LAST = 1 << 30  # the place of a concept that no tree leads to, since it is broader than itself


class Cell(NamedTuple):
    """What is annotated about the concept *row* that carries the concept *column*, both with all that is narrower.

    *claims* are about the row or below, and they or their work have the column or below as a subject: *own* of them are
    themselves about it, the others have it by their work only and may be about something else. *read* of them were
    read somewhere, the others are recalled or inferred. Each is in one class: *disputed*, *qualified*, *supported*, the
    first of these that it gives or takes, or *alone*. *relations* are the different ones that claims assert between the
    two, in either direction.
    """

    row: str
    column: str
    claims: int
    own: int
    read: int
    disputed: int
    qualified: int
    supported: int
    alone: int
    relations: int


class Line(NamedTuple):
    """A row or column: a concept with what is narrower.

    *groups* is true of a heading that sorts others. *claims* are about it if it is a row, and carry it if it is a
    column. *sources*, those within the filters of years and state, have it as a subject or state a claim about it.
    *filled* tells whether a cell of it holds anything.
    """

    id: str
    label: str
    groups: bool
    claims: int
    sources: int
    filled: bool
    children: tuple[Line, ...]


class Axis(NamedTuple):
    """A scheme as the rows or columns of a map, its concepts as a tree; one with two parents may stand twice."""

    id: str
    label: str
    lines: tuple[Line, ...]


class Pair(NamedTuple):
    """Two different schemes, and how many claims are in the map of them without filters."""

    rows: Ref
    columns: Ref
    claims: int


class MapView(NamedTuple):
    """A map of two schemes.

    *claims* and *relations* are the different ones in all its cells together. *cells* are those that hold anything, of
    every level, in the order of the trees. *pairs* are the maps there are, the fullest first. *undated* claims are
    left out by a filter of years only because the year of their work is not known.
    """

    rows: Axis
    columns: Axis
    claims: int
    relations: int
    cells: tuple[Cell, ...]
    pairs: tuple[Pair, ...]
    undated: int


class Field(NamedTuple):
    """What all maps of a generation are counted from: the tally, the lines of each scheme, and what is in each pair."""

    tally: Tally
    lines: Mapping[str, Lines]
    pairs: Sequence[tuple[str, str, int]]


def evidence_map(
    views: Views, index: Index, kept: Kept, rows: str, columns: str, given: Mapping[str, Any]
) -> MapView:  # fmt: skip
    """The map of two schemes, within filters."""
    whole, ontology, within = field(views, index, kept), views.ontology, narrowed(given, views)
    pairs = _labelled(whole.pairs, ontology)
    rows, columns = chosen(rows, columns, pairs, ontology)
    found = counted(whole, kept, rows, columns, within)
    return _view((rows, columns), (whole.lines[rows], whole.lines[columns]), found, pairs, ontology)


def map_query(
    views: Views, index: Index, kept: Kept, rows: str, columns: str, line: str, given: Mapping[str, Any]
) -> str:  # fmt: skip
    """The text of the query that gives the cells of a map, or of the one row, else column, *line*."""
    ontology = views.ontology
    pairs = _labelled(field(views, index, kept).pairs, ontology)
    both = chosen(rows, columns, pairs, ontology)
    about: dict[str, Iterable[Thing]] = {
        place: [ontology.schemes[id].iri] for place, id in zip(("?rows", "?columns"), both, strict=True)
    }
    if line:
        term, is_row = named(ontology[line].iri), both[0] in ontology[line].schemes
        about["(?row ?column)"] = [(term, None) if is_row else (None, term)]
    narrowing = places(narrowed(given, views).filters, views.queries.home.context())
    return views.queries.narrowed("map", {**about, **narrowing})


def field(views: Views, index: Index, kept: Kept) -> Field:
    """What maps are counted from."""
    return kept.get("field", lambda: _field(views, index))


def counted(whole: Field, kept: Kept, rows: str, columns: str, within: Narrowed) -> Counted:
    """The map of two schemes in numbers, within filters."""
    return kept.get(("map", rows, columns, within.scope), lambda: _count(whole, rows, columns, within))


def chosen(rows: str, columns: str, pairs: Sequence[Pair], ontology: Ontology) -> tuple[str, str]:
    """The schemes of a map: those given, else what makes it the fullest. Raises NotFound for an unknown one."""
    for id in filter(None, (rows, columns)):
        if id not in ontology.schemes:
            raise NotFound(unknown("scheme", id, list(ontology.schemes)))
    for pair in pairs:
        if rows in ("", pair.rows.id) and columns in ("", pair.columns.id):
            return rows or pair.rows.id, columns or pair.columns.id
    only = rows or columns or next(iter(ontology.schemes), "")  # the same on both sides
    if not only:
        raise NotFound("no concept scheme: the ontology has none, so there is nothing to make a map of")
    return rows or only, columns or only


def _field(views: Views, index: Index) -> Field:
    store, ontology = views.queries.store, views.ontology
    asserted, retracted = store.rows_named("assertions"), store.rows_named("retracted")
    tally = Tally(index.catalogue, ontology.names, retracted, asserted)
    lines = {id: tally.lines(id, ontology) for id in ontology.schemes}
    different = ((rows, columns) for rows in lines for columns in lines if rows != columns)
    return Field(tally, lines, [(*pair, int(tally.within(*(lines[id] for id in pair)).sum())) for pair in different])


def _count(whole: Field, rows: str, columns: str, within: Narrowed) -> Counted:
    passing = whole.tally.passing(within.scope, within.works)
    return whole.tally.count(whole.lines[rows], whole.lines[columns], passing)


def _labelled(pairs: Iterable[tuple[str, str, int]], ontology: Ontology) -> tuple[Pair, ...]:
    """The fullest pairs first, equal ones by their labels."""
    refs = {scheme.id: Ref(scheme.id, scheme.label) for scheme in ontology.schemes.values()}
    found = (Pair(refs[rows], refs[columns], claims) for rows, columns, claims in pairs)
    return tuple(sorted(found, key=lambda pair: (-pair.claims, pair.rows.label, pair.columns.label)))


def _view(
    schemes: tuple[str, str], lines: tuple[Lines, Lines], counted: Counted, pairs: tuple[Pair, ...], ontology: Ontology
) -> MapView:
    """The map with labels, and its cells in the order of its trees."""
    ids = [each.ids for each in lines]
    rows, columns = (
        _axis(scheme, dict(zip(each.ids, figures.tolist(), strict=True)), ontology)
        for scheme, each, figures in zip(schemes, lines, (counted.rows, counted.columns), strict=True)
    )
    order = [{id: place for place, id in enumerate(dict.fromkeys(_walked(axis.lines)))} for axis in (rows, columns)]
    cells = (Cell(ids[0][row], ids[1][column], *counts) for row, column, *counts in counted.cells.tolist())
    placed = sorted(cells, key=lambda cell: (order[0].get(cell.row, LAST), order[1].get(cell.column, LAST)))
    return MapView(rows, columns, counted.claims, counted.relations, tuple(placed), pairs, counted.undated)


def _axis(scheme: str, figures: Mapping[str, Sequence[int]], ontology: Ontology) -> Axis:
    """A scheme as a tree of lines; *figures* are claims, sources and filled cells of each of its concepts."""
    concepts = ontology.concepts

    def lines(ids: Iterable[str], path: tuple[str, ...] = ()) -> Iterator[Line]:
        for id in ids:
            if id in figures and id not in path:
                claims, sources, filled = figures[id]
                concept, below = concepts[id], tuple(lines(concepts[id].narrower, (*path, id)))
                yield Line(id, concept.label, concept.groups, claims, sources, filled > 0, below)

    tops = ontology.listed(concepts[id].iri for id in figures if figures.keys().isdisjoint(concepts[id].broader))
    return Axis(scheme, ontology.schemes[scheme].label, tuple(lines(map(ontology.names.id, tops))))


def _walked(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        yield line.id
        yield from _walked(line.children)
