"""Claims, works and relations as columns of numbers, from which the cells of a map are counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.bibliography.lists import CITABLE
from kb.corpus.ontology import Ontology
from kb.graph.store import Row
from kb.retrieval.catalogue import UNDATED, Catalogue
from kb.retrieval.passages import owner
from kb.retrieval.scope import Scope
from kb.terms import Names

Numbers = NDArray[np.int64]
Rows = NDArray[np.int32]  # of the catalogue, or numbers made from them
Mask = NDArray[np.bool_]

CLASSES = ("disputes", "qualifies", "supports", "")  # of two stances the first tells what class a claim is in
NONE = np.empty(0, dtype=np.int64)


class Pairs(NamedTuple):
    """Which things stand on which lines, both by number: each pair once, by thing."""

    things: Numbers
    lines: Numbers

    def among(self, passing: Mask) -> Pairs:
        """The pairs of things that pass."""
        kept = passing[self.things]
        return Pairs(self.things[kept], self.lines[kept])


class Lines(NamedTuple):
    """The concepts of a scheme as the lines of a map, and what stands on each or on what is narrower, at any depth.

    *about* and *carrying* pair claims with lines, *treating* works, *subjects* and *objects* relations, by their ends.
    """

    ids: tuple[str, ...]
    about: Pairs
    carrying: Pairs
    treating: Pairs
    subjects: Pairs
    objects: Pairs


class Passing(NamedTuple):
    """Which claims and works pass some filters, and which claims would if the year of their work were not unknown."""

    claims: Mask
    works: Mask
    undated: Mask


class Counted(NamedTuple):
    """A map in numbers: of each cell that holds anything, of each line, and in all.

    *cells* has the columns row, column, claims, own, read, those of each of `CLASSES`, relations, as
    `kb.synthesis.maps.Cell`; *rows* and *columns* have claims, sources, and how many cells of the line hold anything.
    """

    cells: Numbers
    rows: Numbers
    columns: Numbers
    claims: int
    relations: int
    undated: int


class Tally:
    """The claims and works of one generation that count as evidence: those of works that are not retracted.

    Claims, works and relations are numbered in the order of their rows in the *catalogue* or of *assertions*.
    """

    def __init__(self, catalogue: Catalogue, names: Names, retracted: Iterable[Row], assertions: Iterable[Row]) -> None:
        self._catalogue = catalogue
        gone = {names.id(row["source"] or "") for row in retracted}
        ids = catalogue.ids
        self.work_rows = _kept(catalogue.tagged("kind:source"), lambda row: ids[row] not in gone)
        self.claim_rows = _kept(catalogue.tagged("kind:claim"), lambda row: owner(ids[row]) not in gone)
        self._work, self._claim = (_numbers(rows, len(ids)) for rows in (self.work_rows, self.claim_rows))
        works = {ids[row]: number for number, row in enumerate(self.work_rows)}
        self.work_of = np.array([works[owner(ids[row])] for row in self.claim_rows], dtype=np.int64)
        self.read = self._having(f"basis:{basis}" for basis in CITABLE)
        self.stance_class = self._classes()
        self._about = {id: self.claims(rows) for id, rows in catalogue.tagged_by("concept")}
        fields = dict(catalogue.tagged_by("field"))
        self._inherited = {id: self.claims(rows) for id, rows in fields.items()}
        self._treating = {id: _sought(self._work, rows) for id, rows in fields.items()}
        self.relations, self.asserted = self._relations(assertions, names)

    def claims(self, rows: Rows) -> Numbers:
        """The numbers of the claims among *rows* of the catalogue."""
        return _sought(self._claim, rows)

    def id(self, claim: int) -> str:
        """The id of the claim with a number."""
        return str(self._catalogue.ids[self.claim_rows[claim]])

    def work_id(self, work: int) -> str:
        """The id of the work with a number."""
        return str(self._catalogue.ids[self.work_rows[work]])

    def about(self, concepts: Iterable[str]) -> Mask:
        """Which claims are about one of *concepts*."""
        return _any(len(self.claim_rows), (self._about.get(id, NONE) for id in concepts))

    def carrying(self, concepts: Iterable[str]) -> Mask:
        """Which claims have one of *concepts* as a subject, their own or that of their work."""
        concepts = list(concepts)
        return self.about(concepts) | _any(len(self.claim_rows), (self._inherited.get(id, NONE) for id in concepts))

    def treating(self, concepts: Iterable[str]) -> Mask:
        """Which works have one of *concepts* as a subject."""
        return _any(len(self.work_rows), (self._treating.get(id, NONE) for id in concepts))

    def speaking(self, concepts: Iterable[str]) -> Mask:
        """Which works have one of *concepts* as a subject or state a claim about it."""
        concepts = list(concepts)
        found = self.treating(concepts)
        found[self.work_of[self.about(concepts)]] = True
        return found

    def passing(self, claims: Scope, works: Scope) -> Passing:
        """Which claims are within *claims*, which works within *works*."""
        years = self._catalogue.years[self.claim_rows]
        within = self._catalogue.mask(claims)[self.claim_rows]
        undated = self._catalogue.mask(claims._replace(years=None))[self.claim_rows] & (years == UNDATED) & ~within
        return Passing(within, self._catalogue.mask(works)[self.work_rows], undated)

    def lines(self, scheme: str, ontology: Ontology) -> Lines:
        """The concepts of a scheme with what stands on each."""
        ids = tuple(id for id, each in ontology.concepts.items() if scheme in each.schemes and not each.retired)
        above = _lines_above(ids, ontology)
        about, inherited, treating = (list(_on(each, above)) for each in (self._about, self._inherited, self._treating))
        subjects, objects = (_on(_by_end(self.relations, end), above) for end in (0, 2))
        stating = [(self.work_of[claims], lines) for claims, lines in about]
        size = len(ids)
        return Lines(
            ids, _pairs(about, size), _pairs([*about, *inherited], size), _pairs([*treating, *stating], size),
            _pairs(subjects, size), _pairs(objects, size),
        )  # fmt: skip

    def within(self, rows: Lines, columns: Lines) -> Mask:
        """Which claims are in the map of *rows* and *columns*."""
        size = len(self.claim_rows)
        return _any(size, [rows.about.things]) & _any(size, [columns.carrying.things])

    def count(self, rows: Lines, columns: Lines, passing: Passing) -> Counted:
        """The map of *rows* and *columns*, within filters."""
        about, carrying = rows.about.among(passing.claims), columns.carrying.among(passing.claims)
        wide = len(columns.ids)
        claims, places = joined(about, carrying, wide)
        _, own = joined(about, columns.about, wide)
        related, linked = self._between(rows, columns, passing.claims)
        cells = self._figures(claims, places, own, linked, wide)
        return Counted(
            cells,
            _by_line(rows, about, rows.treating.among(passing.works), cells[:, 0]),
            _by_line(columns, carrying, columns.treating.among(passing.works), cells[:, 1]),
            _many(claims, self.claim_rows), _many(related, self.relations),
            int((self.within(rows, columns) & passing.undated).sum()),
        )  # fmt: skip

    def asserted_in(self, passing: Mask) -> Mask:
        """Which relations a claim that passes asserts."""
        claims, relations = self.asserted
        return _any(len(self.relations), [relations[passing[claims]]])

    def asserting(self, relation: int) -> Numbers:
        """Which claims assert a relation."""
        claims, relations = self.asserted
        first, last = np.searchsorted(relations, (relation, relation + 1))
        found: Numbers = claims[first:last]
        return found

    def _between(self, rows: Lines, columns: Lines, passing: Mask) -> tuple[Numbers, Numbers]:
        """Which relations are in which cells, read in either direction, each once."""
        standing = self.asserted_in(passing)
        forth = joined(rows.subjects.among(standing), columns.objects.among(standing), len(columns.ids))
        back = joined(rows.objects.among(standing), columns.subjects.among(standing), len(columns.ids))
        relations, cells = (np.concatenate(both) for both in zip(forth, back, strict=True))
        size = max(len(rows.ids) * len(columns.ids), 1)
        once = _once(relations * size + cells)
        return once // size, once % size

    def _figures(self, claims: Numbers, cells: Numbers, own: Numbers, linked: Numbers, wide: int) -> Numbers:
        """For each cell that holds anything: row, column, claims, own, read, by class, relations."""
        found = _once(np.concatenate([cells, linked]))
        mine, theirs, more = (np.searchsorted(found, each) for each in (cells, own, linked))
        by_class = [self.stance_class[claims] == number for number in range(len(CLASSES))]
        several = mine, theirs, *(mine[which] for which in (self.read[claims], *by_class)), more
        counts = [np.bincount(each, minlength=len(found)) for each in several]
        return np.stack([found // max(wide, 1), found % max(wide, 1), *counts], axis=1).astype(np.int64)

    def _having(self, tags: Iterable[str]) -> Mask:
        return _any(len(self.claim_rows), (self.claims(self._catalogue.tagged(tag)) for tag in tags))

    def _classes(self) -> NDArray[np.int8]:
        found = np.full(len(self.claim_rows), len(CLASSES) - 1, dtype=np.int8)
        for number, stance in reversed([*enumerate(CLASSES)][:-1]):
            found[self._having([f"stance:{stance}"])] = number
        return found

    def _relations(
        self, rows: Iterable[Row], names: Names
    ) -> tuple[list[tuple[str, str, str]], tuple[Numbers, Numbers]]:
        """The different relations that claims assert, and which claim asserts which: numbers, by relation and claim."""
        claims = {self.id(number): number for number in range(len(self.claim_rows))}
        numbers: dict[tuple[str, str, str], int] = {}
        found = {
            (numbers.setdefault(relation, len(numbers)), claim)
            for row in rows
            if (claim := claims.get(names.id(row["claim"] or ""))) is not None
            for relation in [(names.id(row["subject"] or ""), row["relation"] or "", names.id(row["object"] or ""))]
        }
        both = np.array(sorted(found), dtype=np.int64).reshape(-1, 2)
        return list(numbers), (both[:, 1], both[:, 0])


def joined(ours: Pairs, theirs: Pairs, wide: int) -> tuple[Numbers, Numbers]:
    """Each thing with each cell it is in: those of a line of *ours* with one of the *wide* lines of *theirs*.

    >>> joined(Pairs(np.array([0, 1]), np.array([3, 3])), Pairs(np.array([1, 1]), np.array([0, 2])), 10)
    (array([1, 1]), array([30, 32]))
    """
    first = np.searchsorted(theirs.things, ours.things, "left")
    counts = np.searchsorted(theirs.things, ours.things, "right") - first
    things, lines = np.repeat(ours.things, counts), np.repeat(ours.lines, counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    others = theirs.lines[np.repeat(first, counts) + np.arange(len(things)) - before]
    return things, lines * wide + others


def _lines_above(ids: Sequence[str], ontology: Ontology) -> Callable[[str], Numbers]:
    """What tells on which of the lines *ids* a concept stands: its own, and those of what it is below."""
    number = {id: line for line, id in enumerate(ids)}

    @cache
    def above(id: str) -> Numbers:
        living = id in ontology.concepts and not ontology.concepts[id].retired
        found = sorted(number[each] for each in ontology.above(id) if each in number) if living else []
        return np.array(found, dtype=np.int64)

    return above


def _on(things: Mapping[str, Numbers], above: Callable[[str], Numbers]) -> Iterator[tuple[Numbers, Numbers]]:
    """*things*, given by the concept they have, with the lines they stand on."""
    for id, found in things.items():
        lines = above(id)
        if len(lines) and len(found):
            yield np.repeat(found, len(lines)), np.tile(lines, len(found))


def _pairs(parts: Iterable[tuple[Numbers, Numbers]], size: int) -> Pairs:
    parts = list(parts)
    if not parts:
        return Pairs(NONE, NONE)
    things, lines = (np.concatenate(each) for each in zip(*parts, strict=True))
    once = _once(things * size + lines)
    return Pairs(once // size, once % size)


def _once(numbers: Numbers) -> Numbers:
    """The different *numbers*, ascending; `numpy.unique` hashes them first, which takes five times as long."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def _by_end(relations: Sequence[tuple[str, str, str]], end: int) -> dict[str, Numbers]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, relation in enumerate(relations):
        found[relation[end]].append(number)
    return {id: np.array(numbers, dtype=np.int64) for id, numbers in found.items()}


def _by_line(lines: Lines, claims: Pairs, works: Pairs, filled: Numbers) -> Numbers:
    """Of each line: its claims, its works, and how many of the cells, whose lines are *filled*, are its own."""
    size = len(lines.ids)
    return np.stack([np.bincount(each, minlength=size) for each in (claims.lines, works.lines, filled)], axis=1)


def _kept(rows: Rows, test: Callable[[int], bool]) -> Rows:
    return np.array([row for row in rows if test(row)], dtype=np.int32)


def _numbers(rows: Rows, size: int) -> Numbers:
    """The number of each row of the catalogue: its place in *rows*, or -1."""
    found = np.full(size, -1, dtype=np.int64)
    found[rows] = np.arange(len(rows))
    return found


def _sought(numbers: Numbers, rows: Rows) -> Numbers:
    found = numbers[rows]
    return found[found >= 0]


def _many(numbers: Numbers, things: Sized) -> int:
    """How many different ones of *things* there are among *numbers*."""
    return int(_any(len(things), [numbers]).sum())


def _any(size: int, parts: Iterable[Numbers]) -> Mask:
    found = np.zeros(size, dtype=bool)
    for part in parts:
        found[part] = True
    return found
