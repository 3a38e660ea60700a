"""What would become of each record that a curator brings."""

from __future__ import annotations

from typing import Any, NamedTuple

from kb.corpus.texts import Page

NEW, DUPLICATE, INCOMPLETE, UNREADABLE = "new", "duplicate", "incomplete", "unreadable"


class Difference(NamedTuple):
    """A field of a record that is here already: *ours* and *theirs*; ours is "" where our record lacks it."""

    field: str
    ours: str
    theirs: str


class Planned(NamedTuple):
    """A record of a file, and what it becomes.

    *status* is new, duplicate, incomplete (taken in, but title, names or year are missing) or unreadable. *id* is
    what it becomes; of a duplicate, the source that it is already. *why* says how a duplicate was recognised. *pages*
    are its text or its abstract.
    """

    status: str
    id: str = ""
    file: str = ""
    line: int = 0
    problems: tuple[str, ...] = ()
    record: dict[str, Any] = {}  # noqa: RUF012 – a default that nobody changes
    pages: tuple[Page, ...] = ()
    differences: tuple[Difference, ...] = ()
    why: str = ""
    key: str = ""

    def plain(self) -> dict[str, Any]:
        """The record for JSON: without its text, which is not for publication."""
        shown = {field: getattr(self, field) for field in ("status", "id", "file", "line")}
        differences = [each._asdict() for each in self.differences]
        return shown | {
            "problems": list(self.problems), "record": self.record, "differences": differences, "why": self.why,
        }  # fmt: skip
