"""What of a source file an export tells, and what a reader would get wrong of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kb.bibliography.export.shared import notes
from kb.bibliography.published import published
from kb.bibliography.reading.entry import EXTRA, FIELDS, NUMBERS, ROLES, entry
from kb.bibliography.work import OTHERS, Record, names

KEYS = ("type", *FIELDS, *NUMBERS, *ROLES, "othersOmitted")


def told(record: Record) -> dict[str, Any]:
    """The keys of a work and the names in its extra, each with its value as a reader finds it.

    Neither our own work on it nor its texts are among them, nor paths on somebody's disk.

    >>> told({"title": "Reeds", "summary": "Ours.", "extra": {"language": "de", "ris:L1": "C:/reeds.pdf"}})
    {'type': 'document', 'title': 'Reeds', 'extra.language': 'de'}
    """
    said = {key: record[key] for key in KEYS if record.get(key)}
    said |= {role: names(record, role) for role in ROLES}
    if OTHERS in said["authors"]:
        said |= {"authors": [name for name in said["authors"] if name != OTHERS], "othersOmitted": "true"}
    return flat(entry(said, published(record.get("extra") or {}), 0).record)


def unknown(record: Record) -> str:
    """What is not known of a work, for a note; a date that is no year has a place of its own."""
    return "; ".join(note for note in notes(record) if not note.startswith("year: "))


def flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record with what stands in its extra beside its keys."""
    made = {key: value for key, value in record.items() if key != "extra"}
    return made | {EXTRA + name: value for name, value in record.get("extra", {}).items()}


def differing(said: Mapping[str, Any], read: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """The keys that a reader gets wrong of what was *said*, and those that it has beyond it."""
    return {key for key, value in said.items() if read.get(key) != value}, set(read.keys() - said.keys())
