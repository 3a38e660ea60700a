"""An evidence map: how many claims there are about each concept of one scheme that carry each concept of another."""

from __future__ import annotations

from typing import NamedTuple

from kb.evidence import ClaimView, SourceRef
from kb.overview import Ref


class Cell(NamedTuple):
    """What is annotated about the concept *row* that carries the concept *column*, both with all that is narrower.

    *claims* are about the row or below, and they or their work have the column or below as a subject. *read* of them
    were read somewhere, the others are recalled or inferred. Each is in one class: *disputed*, *qualified*,
    *supported*, the first of these that it gives or takes, or *alone*. *relations* are the different ones that claims
    assert between the two, in either direction.
    """

    row: str
    column: str
    claims: int
    read: int
    disputed: int
    qualified: int
    supported: int
    alone: int
    relations: int


class Line(NamedTuple):
    """A row or column: a concept with what is narrower.

    *groups* is true of a heading that sorts others. *claims* are about it if it is a row, and carry it if it is a
    column. *sources* have it as a subject or state a claim about it. *filled* tells whether a cell of it holds anything.
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


class CellView(NamedTuple):
    """A cell with what is in it: a page of its claims and its relations, the strongest first.

    *sources* is that of the column, see `Line`. *works* have both concepts as subjects: what can be shown where no
    claim is.
    """

    row: Ref
    column: Ref
    row_scheme: Ref
    column_scheme: Ref
    cell: Cell
    sources: int
    page: int
    pages: int
    claims: tuple[ClaimView, ...]
    relations: tuple[Stated, ...]
    works: tuple[SourceRef, ...]
