"""What the formats of reference managers share: what a record does not say."""

from __future__ import annotations

from collections.abc import Iterator

from kb.bibliography.work import OTHERS, UNNAMED, Record, missing, names


def notes(record: Record) -> Iterator[str]:
    """What no field says: what is not known, names left out, a year that is none."""
    yield from (f"{what} not known" for what in missing(record))
    if names(record, "authors")[-1:] == [OTHERS]:
        yield UNNAMED
    if (year := record.get("issued")) and not is_year(year):
        yield f"year: {year}"


def is_year(text: str) -> bool:
    """Whether a text is a year of four digits."""
    return text.isdecimal() and len(text) == 4
