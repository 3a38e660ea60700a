"""When a concept was written about: claims and works by decade."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kb.graph.store import Row

UNDATED = "undated"


class Decade(NamedTuple):
    """A decade with how many claims and works about a concept are from it; without years what is undated."""

    label: str
    first: int | None
    last: int | None
    claims: int
    works: int


def timeline(rows: Iterable[Row]) -> tuple[Decade, ...]:
    """The decades in the *rows* of a query, the earliest first, and what is undated at the end."""
    counts = sorted((_year(row["decade"]), int(row["claims"] or 0), int(row["works"] or 0)) for row in rows)
    dated = [Decade(f"{first}s", first, first + 9, *numbers) for first, *numbers in counts if first]
    undated = [Decade(UNDATED, None, None, *numbers) for first, *numbers in counts if not first and any(numbers)]
    return (*dated, *undated)


def _year(decade: str | None) -> int:
    return int(decade) if decade else 0
