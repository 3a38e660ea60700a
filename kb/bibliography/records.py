"""The source records of a generation: what the files said when it was built, and how each claim is known."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from kb.bibliography import styles
from kb.bibliography.styles import Reference
from kb.corpus.sources import Source
from kb.errors import NotFound, unknown
from kb.readonly import ReadOnly

FILE = "records.db"
TABLE = "CREATE TABLE IF NOT EXISTS record (id TEXT PRIMARY KEY, citation TEXT, styled TEXT, data TEXT, quoted TEXT)"
PAGES = "pages"  # among where quotes stand, by the ids of claims, which begin with "#"
COMPLETE = "complete"
REMEMBERED = 10_000  # citations that are kept for the next hit
BASES = {  # how a claim is known where no page is given, strongest first
    "text": "from the text, no page noted",
    "abstract": "from the abstract",
    "reported": "as cited elsewhere; the work itself not checked",
    "recalled": "from general knowledge of the work; not checked",
    "inferred": "inferred by the curator from other statements",
}


class Entry(NamedTuple):
    """What is kept of a source: how pages and each style cite it, what its file says, and where its quotes stand.

    *quoted* tells that by the claim's id, "" where the text does not have the quote; what was not checked, lacks.
    *pages* is how many pages its text has, 0 for an abstract alone, None where no text is here.
    """

    citation: str
    references: tuple[Reference, ...]
    data: dict[str, Any]
    quoted: Mapping[str, str] = MappingProxyType({})
    pages: int | None = None

    @classmethod
    def of(
        cls, data: dict[str, Any], quoted: Mapping[str, str] = MappingProxyType({}), pages: int | None = None
    ) -> Entry:
        """The entry made from a file; takes about 8 ms, which is why a build does it and no page."""
        return cls(styles.citation(data), styles.references(data), data, quoted, pages)


class Records:
    """The records under *folder*, by source id."""

    def __init__(self, folder: Path) -> None:
        self._db = ReadOnly(folder / FILE)
        self._citations: dict[str, str] = {}

    def close(self) -> None:
        """Let go of the file; whoever still asks meets an error."""
        self._db.close()

    def ids(self) -> list[str]:
        """The ids of all sources, sorted."""
        return [id for (id,) in self._db.rows("SELECT id FROM record ORDER BY id")]

    def __contains__(self, id: object) -> bool:
        return self._db.row("SELECT 1 FROM record WHERE id = ?", str(id)) is not None

    def __getitem__(self, id: str) -> Source:
        found = self._db.row("SELECT data FROM record WHERE id = ?", id)
        if found is None:
            raise NotFound(unknown("source", id, self.ids()))
        return Source(id, json.loads(found[0]))

    def __iter__(self) -> Iterator[Source]:
        """Every source, by id."""
        for id, data in self._db.rows("SELECT id, data FROM record ORDER BY id"):
            yield Source(id, json.loads(data))

    def citation(self, id: str) -> str:
        """How a text names the source, such as "Clarke (2005), title not known"."""
        if (known := self._citations.get(id)) is not None:
            return known
        found = self._db.row("SELECT citation FROM record WHERE id = ?", id)
        citation = str(found[0]) if found else f"a source that is not here ({id})"
        if len(self._citations) > REMEMBERED:
            self._citations.clear()
        self._citations[id] = citation
        return citation

    def references(self, id: str) -> tuple[Reference, ...]:
        """How each style cites the source."""
        found = self._db.row("SELECT styled FROM record WHERE id = ?", id)
        if found is None:
            raise NotFound(unknown("source", id, self.ids()))
        return tuple(Reference(*each) for each in json.loads(found[0]))

    def quoted(self, claim: str) -> str | None:
        """Where in the text of its work the quote of the claim called *claim* stands; see `Entry`."""
        source, _, own = claim.partition("#")
        place: str | None = self._of_text(source).get(f"#{own}")
        return place

    def pages(self, id: str) -> int | None:
        """How many pages the text of the source has that is here; see `Entry`."""
        pages: int | None = self._of_text(id).get(PAGES)
        return pages

    def _of_text(self, id: str) -> dict[str, Any]:
        found = self._db.row("SELECT quoted FROM record WHERE id = ?", id)
        known: dict[str, Any] = json.loads(found[0]) if found else {}
        return known

    def provenance(self, locator: str | None, basis: str | None, reported_in: str | None) -> str:
        """How a claim is known: its page, or its basis; a reported one names the work that reports it."""
        if basis == "reported" and reported_in:
            known = f"as cited in {self.citation(reported_in)}; the work itself not checked"
            return f"{locator}, {known}" if locator else known
        if basis in ("recalled", "inferred"):
            return BASES[basis]
        return locator or BASES.get(basis or "", "basis not stated")


def write(folder: Path, previous: Path | None, changes: Mapping[str, Entry | None]) -> None:
    """Write a generation's records: *previous* with each id of *changes* set to its entry, or removed."""
    if previous is not None:
        shutil.copyfile(previous / FILE, folder / FILE)
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        db.execute(TABLE)
        for id, change in changes.items():
            db.execute("DELETE FROM record WHERE id = ?", (id,))
            if change is not None:
                of_text = {**change.quoted, **({} if change.pages is None else {PAGES: change.pages})}
                parts = change.references, change.data, of_text
                written = (json.dumps(part, ensure_ascii=False) for part in parts)
                db.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?)", (id, change.citation, *written))
