"""The saves that were accepted and have not come to their end, so that a killed process loses none."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kb.corpus.sources import write_atomically
from kb.home import Home
from kb.saving.changes import Author, Change


class Entry(NamedTuple):
    """One save: its file in the journal, its changes, who made it, with which message, when (seconds since 1970)."""

    file: Path
    changes: tuple[Change, ...]
    author: Author
    message: str
    when: int


class Journal:
    """The folder with one JSON file for each save that is under way."""

    def __init__(self, home: Home) -> None:
        self._home = home

    def begin(self, changes: Iterable[Change], author: Author, message: str) -> Entry:
        """Note a save; from then on it will be ended, by this process or another."""
        folder = self._home.private() / "saves"
        folder.mkdir(exist_ok=True)
        entry = Entry(folder / f"{time.time_ns():020d}-{os.getpid()}.json", tuple(changes), author, message,
                      int(time.time()))  # fmt: skip
        said = {"changes": entry.changes, "author": author, "message": message, "when": entry.when}
        write_atomically(entry.file, json.dumps(said))
        return entry

    def entries(self) -> Iterator[Entry]:
        """What has not come to its end, the oldest first."""
        folder = self._home.curation / "saves"
        for file in sorted(folder.glob("[!.]*.json")):
            said = json.loads(file.read_text(encoding="utf-8"))
            changes = tuple(Change(*each) for each in said["changes"])
            yield Entry(file, changes, Author(*said["author"]), said["message"], said["when"])

    def end(self, entry: Entry) -> None:
        """Strike a save out, which is in the files and in the history."""
        entry.file.unlink(missing_ok=True)
