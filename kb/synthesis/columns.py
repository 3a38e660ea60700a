"""The sides of a comparison: what a named query says of each thing, laid beside each other cell by cell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from kb.bibliography.records import BASES
from kb.graph.store import Row
from kb.terms import PKB
from kb.views import Views
from kb.views.links import Links

QUERIES = {"concept": "compare-concepts", "source": "compare-sources"}
STANCES = ("disputes", "qualifies", "supports", "none")  # in the order of the page of a concept
TEXTS = ("definition", "scope-note", "year", "summary")  # aspects whose items are texts
TERMS = ("kind", "state")  # aspects whose items are terms of the vocabulary
BY_SCHEME = ("together", "about", "subject")  # aspects that are one for each scheme
MEASURES = ("stance", "basis")  # aspects that count claims

Key = tuple[str, str, str]  # of an aspect: its name; the relation or scheme; the direction


class Said(NamedTuple):
    """A row of the query: something said of a thing, by how many claims, and by which as the strongest.

    *key* is the aspect it belongs to; *item* is an id, or a text. A relation leads by *predicate* from *item* to *end*.
    """

    key: Key
    predicate: str
    label: str
    established: bool
    item: str
    end: str
    claims: int
    claim: str
    locator: str

    @property
    def same(self) -> Hashable:
        """What things have in common of whom this is said; a number only where it counts the same claim as well."""
        if self.key[0] in MEASURES:
            return self.key, self.item, self.claims, self.claim
        return self.key, self.predicate, self.item, self.end


class Known(NamedTuple):
    """Where a claim stands, on what it rests, how it is cited, and what it says."""

    source: str
    basis: str
    citation: str
    text: str


class Cell(NamedTuple):
    """What is said of one thing in one aspect, each with the others of which the same is said; *count* is all of it."""

    said: tuple[tuple[Said, tuple[str, ...]], ...]
    count: int  # type: ignore[assignment]  # which hides a method of tuples


class Laid(NamedTuple):
    """The cells by aspect, one for each thing, and the claims that stand in them."""

    cells: dict[Key, tuple[Cell, ...]]
    known: dict[str, Known]


def read(kind: str, id: str, views: Views) -> tuple[Said, ...]:
    """What the named query says of the concept or source called *id*, in the order of its cells."""
    rows = views.queries.rows(QUERIES[kind], views.links.names.iri(kind, id))
    return tuple(sorted((_said(row, views.links) for row in rows), key=_place))


def _said(row: Row, links: Links) -> Said:
    aspect, property = row["aspect"] or "", row["property"] or ""
    relation = links.names.curie(property) if row["direction"] else ""  # those of a work are in one cell
    return Said(
        (aspect, links.id(property) if aspect in BY_SCHEME else relation, row["direction"] or ""), property,
        row["label"] or "", row["established"] == "true", _item(aspect, row["item"] or "", links),
        links.id(row.get("object")), int(row["claims"] or 0), links.id(row["claim"]), row["locator"] or "",
    )  # fmt: skip


def _item(aspect: str, value: str, links: Links) -> str:
    if aspect == "basis":
        return value.removeprefix(PKB).removeprefix("from-")
    if aspect in TERMS:
        return links.names.curie(value)
    return value if aspect in TEXTS else links.id(value)


def _place(said: Said) -> tuple[bool, int, int, str]:
    """The order in a cell: stances as pages have them, bases the strongest first; else by how many claims say so."""
    ranked = {"stance": [*STANCES], "basis": [*BASES]}.get(said.key[0], [])
    rank = ranked.index(said.item) if said.item in ranked else len(ranked)
    return bool(said.label) and not said.established, rank, -said.claims, said.item


def lay(
    ids: Sequence[str], sides: Sequence[Sequence[Said]], always: Iterable[str], views: Views, differ: bool,
    most: int | None,
) -> Laid:  # fmt: skip
    """The *sides* of the things called *ids* beside each other, a cell with *most* items at most, the first ones.

    What is compared itself stands first in the cells of the others.
    With *differ*, what is said of all of them is left out; else the aspects *always* are there, empty too.
    """
    having: dict[Hashable, list[str]] = defaultdict(list)
    for id, side in zip(ids, sides, strict=True):
        for same in dict.fromkeys(said.same for said in side):
            having[same].append(id)
    if differ:
        sides = [[said for said in side if len(having[said.same]) < len(ids)] for side in sides]
    columns = _columns(sides, () if differ else always)
    cells = {key: tuple(_cell(id, sorted(column, key=lambda said: said.item not in ids), having, most)
                        for id, column in zip(ids, row, strict=True))
             for key, row in columns.items()}  # fmt: skip
    return Laid(cells, _known((said.claim for row in cells.values() for cell in row for said, _ in cell.said), views))


def _columns(sides: Sequence[Sequence[Said]], always: Iterable[str]) -> dict[Key, list[list[Said]]]:
    """By aspect what is said of each thing."""
    found: dict[Key, list[list[Said]]] = defaultdict(lambda: [[] for _ in sides])
    found |= {(name, "", ""): [[] for _ in sides] for name in always}
    for number, side in enumerate(sides):
        for said in side:
            found[said.key][number].append(said)
    return found


def _cell(id: str, column: Sequence[Said], having: Mapping[Hashable, Sequence[str]], most: int | None) -> Cell:
    said = ((each, tuple(other for other in having[each.same] if other != id)) for each in column[:most])
    return Cell(tuple(said), len(column))


def _known(claims: Iterable[str], views: Views) -> dict[str, Known]:
    links, ids = views.links, [id for id in dict.fromkeys(claims) if id]
    rows = views.queries.rows("compare-claims", *(links.names.iri("source", id) for id in ids)) if ids else []
    return {links.id(row["this"]): _claim(row, links) for row in rows}


def _claim(row: Row, links: Links) -> Known:
    source, basis = links.id(row["source"]), _item("basis", row["basis"] or "", links)
    reported_in = links.id(row["reportedIn"]) if row["reportedIn"] else None
    provenance = links.records.provenance(row["locator"], basis, reported_in)
    return Known(source, basis, f"{links.source(source).citation}, {provenance}", row["text"] or "")
