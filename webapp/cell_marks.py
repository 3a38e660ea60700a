"""The marks of an evidence map: a circle for each cell, larger for more claims, pale where only their work is meant."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import cos, pi, sin, sqrt
from typing import Any, NamedTuple

from .cell_words import CLASSES

RADIUS, LEAST = 17.0, 4.5  # of the fullest cell and of any, in units near to pixels
FULL = 9  # claims: where no cell has that many, the fullest one is smaller, so that little looks little


class Slice(NamedTuple):
    """A part of a circle around 0 0 for the claims of one class; the *path* of a whole circle is empty."""

    kind: str
    path: str


class Mark(NamedTuple):
    """What stands for a cell: a full circle for claims that are themselves about the column, in a pale one for all.

    Both are parted by how all of the claims stand. *pale* is empty where there are no others, *full* where there are
    only others. A *hollow* one has no slices, since none of its claims was read anywhere.
    """

    radius: float
    hollow: bool
    pale: tuple[Slice, ...]
    inner: float  # radius of the full circle
    full: tuple[Slice, ...]


PARTED = Mark(8.0, False, (Slice("alone", ""),), 4.0, (Slice("alone", ""),))  # for a key: 1 of 4
PALE = PARTED._replace(inner=0.0, full=())  # 0 of 4


class Part(NamedTuple):
    """A part of a bar: *own* claims, which are themselves about the column, or the *rest*, whose work alone is.

    The bars of a comparison have parts by stance, named as in `COLOURS`.
    """

    kind: str
    x: float
    width: float


def mark(cell: Any, most: int) -> Mark:
    """The mark of *cell* where the fullest one has *most* claims: the area goes with the number of claims."""
    return _mark(cell.claims, cell.own, cell.read, tuple(getattr(cell, kind) for kind in CLASSES), most)


@lru_cache(10_000)
def _mark(claims: int, own: int, read: int, shares: tuple[int, ...], most: int) -> Mark:
    if not claims:  # relations alone
        return Mark(0.0, False, (), 0.0, ())
    radius = round(max(RADIUS * sqrt(claims / max(most, FULL)), LEAST), 1)
    if not read:
        return Mark(radius, True, (), 0.0, ())
    inner = round(radius * sqrt(own / claims), 1)
    pale, full = (tuple(_slices(shares, each)) for each in (radius, inner))
    return Mark(radius, False, pale if own < claims else (), inner, full if own else ())


def spot(kind: str) -> Mark:
    """A small full circle for one class, for a key."""
    return Mark(5.0, False, (), 5.0, (Slice(kind, ""),))


def _slices(shares: tuple[int, ...], radius: float) -> Iterator[Slice]:
    """Clockwise from the top, in the order of the classes."""
    whole, start = sum(shares), 0
    for kind, share in zip(CLASSES, shares, strict=True):
        if share == whole:
            yield Slice(kind, "")
        elif share:
            yield Slice(kind, _sector(start / whole, (start + share) / whole, radius))
        start += share


def _sector(start: float, end: float, radius: float) -> str:
    (x, y), (to_x, to_y) = _on_circle(start, radius), _on_circle(end, radius)
    return f"M0 0L{x:g} {y:g}A{radius:g} {radius:g} 0 {int(end - start > 0.5)} 1 {to_x:g} {to_y:g}Z"


def _on_circle(share: float, radius: float) -> tuple[float, float]:
    """Where one comes to who goes that *share* of the circle clockwise from its top."""
    return round(radius * sin(2 * pi * share), 2), round(-radius * cos(2 * pi * share), 2)


def sizes(most: int) -> list[tuple[int, Mark]]:
    """Marks for a key: of one claim, of a few and of as many as there are in the fullest cell, with these numbers.

    >>> [number for number, _ in sizes(20)], [number for number, _ in sizes(2)]
    ([1, 8, 20], [1, 2])
    """
    numbers = sorted({1, round(1 + most / 3) if most > 4 else 1, max(most, 1)})
    return [(number, _mark(number, number, number, (0, 0, 0, number), most)) for number in numbers]


def parts(cell: Any, most: int, width: float) -> list[Part]:
    """A bar of the claims of *cell* in two parts; the fullest one, which has *most*, is *width* long."""
    own, rest = (round(width * each / max(most, 1), 2) for each in (cell.own, cell.claims - cell.own))
    return [part for part in (Part("own", 0, own), Part("rest", own, rest)) if part.width]
