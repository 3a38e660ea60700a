"""How far curators have come with a source, as readers are told it."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from kb.graph.store import Row

DRAFT, REVIEWED, RETRACTED = "draft", "reviewed", "retracted"
UNSIGNED = {
    DRAFT: "Draft: no second person has checked this record and its claims yet",
    REVIEWED: "Reviewed: a second person has checked this record and its claims",
    RETRACTED: "Retracted",
}


class Review(NamedTuple):
    """The *status* of a source: *by* whom, who is called *name*, on which *date* and *why*; *told* says so to readers.

    What a file does not tell is empty: old ones have the status alone.
    """

    status: str
    by: str
    name: str
    date: str
    why: str
    told: str


def review(data: Mapping[str, Any], rows: Iterable[Row]) -> Review:
    """The status that a record tells; *rows* of the query ``source-status`` have the curator's name."""
    status, by, day, why = (str(data.get(key) or "") for key in ("status", "statusBy", "statusDate", "statusNote"))
    name = next((row["name"] for row in rows if row["name"]), None) or by
    return Review(status, by, name, day, why, _told(status, name, day, why))


def _told(status: str, name: str, day: str, why: str) -> str:
    if status not in UNSIGNED:
        return ""
    signed = f"{f' by {name}' if name else ''}{f' on {long_date(day)}' if day else ''}"
    begun = status.capitalize() + signed if signed and status != DRAFT else UNSIGNED[status]
    return f"{begun}: {why}" if why else f"{begun}."


def long_date(day: str) -> str:
    """A *day* as it is read; as it stands where it is none.

    >>> long_date("2026-12-03"), long_date("soon")
    ('3 December 2026', 'soon')
    """
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{found.day} {month_name[found.month]} {found.year}"
