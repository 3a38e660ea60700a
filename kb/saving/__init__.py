"""Save what curators change: all of a save or nothing of it, in the files and in the history.

The order of locks, here and everywhere: the file (one save at a time), the write, the commit, and after them the
build. Whoever holds a later one never asks for an earlier one.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.corpus.sources import write_atomically
from kb.errors import BadSource, Busy, Conflict
from kb.home import Home
from kb.saving.changes import Author, Change, Saved, etag, read
from kb.saving.history import History, HistoryError
from kb.saving.journal import Entry, Journal

__all__ = ["Author", "Change", "History", "HistoryError", "Saved", "Saving", "etag"]

LOCK = "lock"
PATIENCE = 10.0  # seconds a save waits for another one


class Saving:
    """The one way by which pages write files of a *home*."""

    def __init__(self, home: Home) -> None:
        self.home, self.history = home, History(home.folder)
        self._journal = Journal(home)

    def save(self, changes: Iterable[Change], author: Author, message: str) -> Saved:
        """Write all *changes*, commit them in the name of *author*, and say which commit that was.

        Raises Conflict where a file is not as it was when it was read, and Busy where another save does not end.
        A save that the journal has taken is kept, whatever happens to this process; see `recover`.
        """
        changes = [each for each in changes if each.text is not None or each.was is not None]
        with self.lock():
            self._recover()
            for each in changes:
                self._compare(each)
            self._outside(each.path for each in changes)
            entry = self._journal.begin(changes, author, message)
            return self._finish(entry)

    def recover(self) -> list[Saved]:
        """End the saves that a killed process has left, and try again to commit those that git did not take."""
        with self.lock():
            return self._recover()

    @contextmanager
    def lock(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the lock of the files; it goes with the process, however that ends."""
        with (self.home.private() / LOCK).open("a+", encoding="utf-8") as file:
            deadline = time.monotonic() + patience
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise Busy("another save is under way: try again in a moment") from None
                    time.sleep(0.01)
            yield

    def _compare(self, change: Change) -> None:
        now = read(self.home.folder / change.path)
        if (None if now is None else etag(now)) != change.was:
            what = "is here no longer" if now is None else "is there already" if change.was is None else "has changed"
            raise Conflict(f"{change.path}: {what}, by somebody else; nothing was written")

    def _outside(self, paths: Iterable[str]) -> None:
        """Commit what was changed in an editor and not committed, so that no curator's name stands over it."""
        try:
            self.history.commit_outside(list(paths))
        except HistoryError:
            return  # which the commit of the save will tell

    def _recover(self) -> list[Saved]:
        return [self._finish(entry) for entry in self._journal.entries()]

    def _finish(self, entry: Entry) -> Saved:
        """Write what an entry of the journal says and commit it; what git does not take waits for the next save."""
        for change in entry.changes:
            self._write(change)
        paths = tuple(change.path for change in entry.changes)
        try:
            commit = self.history.commit(paths, entry.author, entry.message, entry.when)
        except HistoryError as error:
            return Saved("", paths, str(error))
        self._journal.end(entry)
        return Saved(commit, paths, "")

    def _write(self, change: Change) -> None:
        path = self.home.folder / change.path
        now = read(path)
        if now == change.text or (None if now is None else etag(now)) != change.was:
            return  # it is written already, or has been changed since by somebody who saw it written
        if change.text is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, change.text)


def relative(home: Home, path: Path) -> str:
    """A *path* of a file of a home as changes and the history name it; raises BadSource for one that is outside."""
    try:
        return path.relative_to(home.folder).as_posix()
    except ValueError:
        raise BadSource(f"{path}: is no file of {home.folder}") from None
