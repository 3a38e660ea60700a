"""Files that are written one by one and committed together, as those of an import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from kb.saving.changes import Saved
from kb.saving.journal import Entry, note

if TYPE_CHECKING:
    from kb.saving import Saving


class Series:
    """A series that is under way; *saved* tells what became of it, once it has ended."""

    def __init__(self, saving: Saving, entry: Entry, file: IO[str]) -> None:
        self._saving, self._entry, self._file = saving, entry, file
        self.paths: dict[str, None] = {}
        self.saved = Saved("", (), "")

    @contextmanager
    def writing(self, *paths: str) -> Iterator[None]:
        """Let files be written: no save crosses that, and whoever is killed in it leaves a note that they are ours."""
        with self._saving.lock():
            for path in paths:
                if path not in self.paths:
                    self._saving.own(path)
                    note(self._file, path)
                    self.paths[path] = None
            yield
