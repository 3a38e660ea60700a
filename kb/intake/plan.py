"""What would become of each record that a curator brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from kb.bibliography.reading import Entry
from kb.bibliography.work import missing
from kb.corpus.sources import texts
from kb.corpus.texts import Page
from kb.intake.differences import Difference, differences, of_text
from kb.intake.here import Here, Record
from kb.intake.matching import Match, Matcher
from kb.intake.naming import Namer, with_key

STATUSES = NEW, INCOMPLETE, DUPLICATE, UNREADABLE = "new", "incomplete", "duplicate", "unreadable"


class Planned(NamedTuple):
    """A record of a file, and what it becomes.

    *status* is new, duplicate, incomplete (taken in, but title, names or year are missing) or unreadable. *id* is
    what it becomes; of a duplicate, the source that it is already. *why* says how a duplicate was recognised. *pages*
    are its text or its abstract; *filled* names the fields that a merge gave to our record.
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
    filled: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """The record for JSON: without its text, which is not for publication."""
        shown = {field: getattr(self, field) for field in ("status", "id", "file", "line")}
        differences = [each._asdict() for each in self.differences]
        shown |= {"problems": list(self.problems), "record": self.record, "differences": differences, "why": self.why}
        return shown | ({"filled": list(self.filled)} if self.filled else {})


class Planner:
    """Decides of one record after the other what becomes of it; each knows of those before."""

    def __init__(self, here: Here) -> None:
        self.here = here
        self.matcher = Matcher()
        for id, record in here:
            self.matcher.add(id, record, here.pages(id))
        self.namer = Namer(here.taken)

    def plan(self, found: Entry, file: str, decided: str = "") -> Planned:
        """What becomes of an entry of *file*; a new source *decided* upon before gets that id."""
        if not found.readable or not _says(found):
            why = found.problems or ("says nothing of a work: no title, names, year or number",)
            return Planned(UNREADABLE, "", file, found.line, why, found.record, key=found.key)
        match = self.matcher.match(found.record, found.key, found.pages)
        if match and match.same:
            if not decided:
                return self._duplicate(found, file, match)
            match = None
        record, problems = _apart(found, match)
        lacks = missing(record)
        id = decided or self.namer.new_id(record, found.key)
        record = with_key(record, found.key, id)
        self.learn(id, record, found.pages)
        told = (*problems, *(f"{what} missing" for what in lacks), *found.problems)
        return Planned(
            INCOMPLETE if lacks else NEW, id, file, found.line, told, record, found.pages, key=found.key
        )  # fmt: skip

    def learn(self, id: str, record: Record, pages: Sequence[Page] = ()) -> None:
        """Let what follows be matched with a new source and its text."""
        self.here.put(id, record, bool(pages))
        self.matcher.add(id, record, pages)

    def _duplicate(self, found: Entry, file: str, match: Match) -> Planned:
        differ = differences(self.here[match.id], found.record) + of_text(self.here.has_text(match.id), found.pages)
        problems = ((match.why,) if match.doubtful else ()) + found.problems
        self.matcher.add(match.id, found.record, found.pages)
        return Planned(
            DUPLICATE, match.id, file, found.line, problems, found.record, found.pages, differ, match.why, found.key
        )


def _apart(found: Entry, match: Match | None) -> tuple[Record, list[str]]:
    """The record of a new source, and what tells it from the one that it is like.

    A number that another source has is set aside: `kb check` would refuse it.
    """
    record, problems = found.record, list[str]()
    if match:
        problems.append(f"like {match.id}, but another work: {match.why}")
    if match and match.clash:
        record = dict(record)
        kept = texts(record.get("extra", {}).get(match.clash)) + texts(record.pop(match.clash.lower(), None))
        record["extra"] = record.get("extra", {}) | {match.clash: kept[0] if len(kept) == 1 else kept}
        problems.append(f"{match.clash}: kept in extra, as {match.id} has the same")
    return record, problems


def _says(found: Entry) -> bool:
    """Whether a record says anything of a work."""
    return bool(found.record.keys() - {"type"} or found.pages)
