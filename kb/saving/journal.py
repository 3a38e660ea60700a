"""The saves that were accepted and have not come to their end, so that a killed process loses none."""

from __future__ import annotations

import fcntl
import json
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

from kb.corpus.sources import remove_unfinished, write_atomically
from kb.home import Home
from kb.saving.changes import Author, Change
from kb.saving.files import sync

ACCEPTED, WRITTEN, SERIES = "accepted", "written", "series"  # what a file of the journal ends in tells its state
_FILE = re.compile(rf"(\d+)\.({ACCEPTED}|{WRITTEN}|{SERIES})\.json")


class Entry(NamedTuple):
    """One save: its file in the journal, its changes, who made it, with which message, when (seconds since 1970).

    A *series*, such as an import, writes file by file: of it, *paths* alone are known, each noted before it is written.
    """

    file: Path
    changes: tuple[Change, ...]
    author: Author
    message: str
    when: int
    paths: tuple[str, ...]

    @property
    def state(self) -> str:
        """Whether the save is accepted, its files are written too, or it is a series."""
        found = _FILE.fullmatch(self.file.name)
        return found[2] if found else ""


class Journal:
    """The folder with one JSON file for each save that is under way."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self.folder = home.curation / "saves"

    def begin(self, changes: Iterable[Change], author: Author, message: str, state: str = ACCEPTED) -> Entry:
        """Note a save; from then on it will be ended, by this process or another. It is on the disk."""
        changes, when = tuple(changes), int(time.time())
        file = self._next(state)
        write_atomically(file, _line({"changes": changes, "author": author, "message": message, "when": when}))
        sync(self.folder)
        return Entry(file, changes, author, message, when, tuple(each.path for each in changes))

    def begin_series(self, author: Author, message: str) -> tuple[Entry, IO[str]]:
        """Note that files begin to be written one by one; held open, the file tells that its process lives."""
        entry = self.begin((), author, message, SERIES)
        file = entry.file.open("a", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return entry, file

    def written(self, entry: Entry) -> Entry:
        """Note that the files of a save are written."""
        file = entry.file.with_name(entry.file.name.replace(ACCEPTED, WRITTEN))
        entry.file.replace(file)
        return entry._replace(file=file)

    def end(self, entry: Entry) -> None:
        """Strike a save out, which is in the files and in the history."""
        entry.file.unlink(missing_ok=True)

    def files(self, *states: str) -> list[Path]:
        """The files of the saves that have not come to their end, the oldest first; those in some *states* alone."""
        with suppress(FileNotFoundError):
            found = [path for path in self.folder.iterdir() if (match := _FILE.fullmatch(path.name))
                     and (not states or match[2] in states)]  # fmt: skip
            return sorted(found, key=lambda path: int(path.name.partition(".")[0]))
        return []

    def read(self, file: Path) -> Entry | None:
        """A save; None where its file is cut short or no file of ours, which is then set aside."""
        try:
            head, *lines = file.read_text(encoding="utf-8").split("\n")
            said = json.loads(head)
            changes = tuple(Change(*each) for each in said["changes"])
            noted = [json.loads(line) for line in lines[:-1]]  # what has no line end was cut off
            paths = tuple(map(str, noted)) or tuple(each.path for each in changes)
            return Entry(file, changes, Author(*said["author"]), str(said["message"]), int(said["when"]), paths)
        except (ValueError, KeyError, TypeError):
            file.replace(file.with_suffix(".unreadable"))
            return None

    def entries(self, *states: str) -> Iterator[Entry]:
        """What has not come to its end, the oldest first."""
        yield from filter(None, map(self.read, self.files(*states)))

    def messages(self) -> Iterator[str]:
        """What the saves that have not come to their end are called; nothing is set aside."""
        for file in self.files():
            with suppress(OSError, ValueError, KeyError, TypeError):
                yield str(json.loads(file.read_text(encoding="utf-8").split("\n")[0])["message"])

    def lives(self, entry: Entry) -> bool:
        """Whether the process that writes a series still runs."""
        with entry.file.open("a", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def sweep(self) -> None:
        """Delete what was not finished when its process was killed; it had not been accepted."""
        ours = [path for path in self._home.curation.glob("*/") if path.is_dir()]
        for folder in (self._home.curation, *ours, self._home.corpus, self._home.ontology):
            remove_unfinished(folder)

    def _next(self, state: str) -> Path:
        folder = self._home.private() / self.folder.name
        folder.mkdir(exist_ok=True)
        last = self.files()[-1:]
        number = max(time.time_ns(), *(int(path.name.partition(".")[0]) + 1 for path in last), 0)
        return folder / f"{number:020d}.{state}.json"


def note(file: IO[str], path: str) -> None:
    """Note in the open file of a series that *path* is about to be written."""
    file.write(_line(path))
    file.flush()


def _line(said: object) -> str:
    return json.dumps(said) + "\n"
