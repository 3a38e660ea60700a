"""Rows of the table of figures: what was measured, with its spread, beside what users would pick instead."""

import re
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

NONE = "–"
HEAD = "| what | ours | theirs | ours ÷ theirs | to reach |\n|---|---|---|---|---|"
BEGIN, END = "<!-- figures: written by the program -->", "<!-- end of figures -->"


class Row(NamedTuple):
    """A line of the table."""

    what: str
    ours: str = NONE
    theirs: str = NONE
    ratio: str = NONE
    aim: str = NONE

    def __str__(self) -> str:
        return f"| {' | '.join(cell.replace('|', '/') for cell in self)} |"


def alone(what: str, ours: Sequence[float], unit: str, aim: str = NONE) -> Row:
    """A row without a rival."""
    return Row(what, told(ours, unit), aim=aim)


def compared(what: str, ours: Sequence[float], theirs: Sequence[float], unit: str, aim: str = NONE) -> Row:
    """A row of two measured in turns: the ratios are those of the turns.

    >>> compared("a search", [2, 3, 1], [4, 5, 4], "ms").ratio
    '0.500 (0.250–0.600)'
    """
    ratios = [our / their for our, their in zip(ours, theirs, strict=True)]
    return Row(what, told(ours, unit), told(theirs, unit), told(ratios), aim)


def told(values: Sequence[float], unit: str = "") -> str:
    """The median, the least and the greatest of some values, or the only one.

    >>> told([12.34, 10, 1234.5], "ms"), told([0.5])
    ('12.3 ms (10.0–1,234)', '0.500')
    """
    middle = f"{figure(statistics.median(values))} {unit}".strip()
    return f"{middle} ({figure(min(values))}–{figure(max(values))})" if len(values) > 1 else middle


def figure(value: float) -> str:
    """*value* in three digits or more."""
    size = abs(value)
    return f"{value:,.{0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3}f}"


def percentile(values: Iterable[float], percent: float) -> float:
    """The least of *values* that *percent* of them do not exceed.

    >>> percentile([5, 1, 4, 2, 3], 50), percentile([5, 1, 4, 2, 3], 95)
    (3, 5)
    """
    ordered = sorted(values)
    return ordered[max(0, -int(-len(ordered) * percent // 100) - 1)]


def put(text: str, path: Path) -> None:
    """Put *text* in the place that the file *path* has for it."""
    whole = path.read_text(encoding="utf-8")
    place = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    path.write_text(place.sub(lambda _: f"{BEGIN}\n{text.strip()}\n{END}", whole), encoding="utf-8")
