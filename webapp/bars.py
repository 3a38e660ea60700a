"""Bars by decade: how high and where, for a chart whose numbers also stand in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

SLOT, BAR, HEIGHT, ABOVE, BELOW = 46, 16, 110, 18, 22  # in units: of a decade, of a bar, of the highest one, for labels
SPAN = 150  # years: over more than that, decades without anything are left out


class Bar(NamedTuple):
    """One bar with the number that stands on it."""

    x: float
    y: float
    height: float
    number: int


class Slot(NamedTuple):
    """A decade (`kb.views.timeline.Decade`), its middle, and its two bars."""

    decade: Any
    x: float
    middle: float
    claims: Bar
    works: Bar


class Chart(NamedTuple):
    """The slots from left to right with the size of the whole."""

    width: float
    height: float
    base: float
    slots: tuple[Slot, ...]


def chart(timeline: Sequence[Any]) -> Chart:
    """The chart of a concept's timeline, with the decades between that have nothing."""
    decades = _with_gaps(timeline)
    most = max((max(each.claims, each.works) for each in decades), default=0)
    slots = tuple(_slot(each, number * SLOT, most) for number, each in enumerate(decades))
    return Chart(max(len(slots), 1) * SLOT, ABOVE + HEIGHT + BELOW, ABOVE + HEIGHT, slots)


def _with_gaps(timeline: Sequence[Any]) -> list[Any]:
    dated = {each.first: each for each in timeline if each.first is not None}
    if not dated or max(dated) - min(dated) > SPAN:
        return list(timeline)
    some = next(iter(dated.values()))
    empty = (some._replace(label=f"{year}s", first=year, last=year + 9, claims=0, works=0)
             for year in range(min(dated), max(dated) + 10, 10))  # fmt: skip
    return [*(dated.get(each.first, each) for each in empty), *(each for each in timeline if each.first is None)]


def _slot(decade: Any, x: float, most: int) -> Slot:
    middle = x + SLOT / 2
    return Slot(decade, x, middle, _bar(decade.claims, middle - BAR - 1, most), _bar(decade.works, middle + 1, most))


def _bar(number: int, x: float, most: int) -> Bar:
    height = round(HEIGHT * number / most, 1) if most else 0.0
    return Bar(x, ABOVE + HEIGHT - height, height, number)
