"""What a large change would do, file by file, before it is made; and the making of it, in one save."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from kb.errors import Conflict
from kb.saving import Author, Change, Saved, Saving, etag
from kb.saving.changes import read

CONTEXT = 2  # lines around a changed one
SHOWN = 100_000  # characters of one file's changes that are told
CHANGED = "files have changed since this was shown: look at the changes again; nothing was written"


class Changed(NamedTuple):
    """A file that a plan changes: how many lines come and go, and which, as a unified diff."""

    path: str
    added: int
    removed: int
    diff: str


class Plan(NamedTuple):
    """A change of several files: what it is called, its changes, what to know of it, and where things go.

    *moved* has the id of each thing that is to be found under another one: {"reed-2001#c1": "quist-2002#c4"}.
    *kind* is source or concept. *again* makes the plan anew: it may ask more than the files that change.
    """

    kind: str
    one: str
    into: str
    message: str
    changes: tuple[Change, ...]
    files: tuple[Changed, ...]
    notes: tuple[str, ...] = ()
    moved: Mapping[str, str] = {}
    again: Callable[[], Plan] | None = None

    @property
    def seen(self) -> str:
        """What tells this plan from one that was made when files were otherwise."""
        return etag("\0".join(f"{each.path}\0{each.was}\0{each.text}" for each in self.changes))

    def save(self, saving: Saving, author: Author, seen: str = "") -> Saved:
        """Make all changes in one save; raises Conflict where *seen* is that of another plan, or one is due now."""
        if seen and seen != self.seen:
            raise Conflict(CHANGED)
        return saving.save(self.changes, author, self.message, self._check)

    def _check(self) -> None:
        """While nobody else saves: see that no other file has come to name what goes."""
        if self.again and self.again().seen != self.seen:
            raise Conflict(CHANGED)


def changed(folder: Path, changes: Iterable[Change]) -> tuple[Changed, ...]:
    """What *changes* of the files under *folder* do to their lines."""
    return tuple(_changed(folder, each) for each in changes)


def _changed(folder: Path, change: Change) -> Changed:
    old = (read(folder / change.path) or "") if change.was is not None else ""
    before, after = old.splitlines(), (change.text or "").splitlines()
    lines = list(difflib.unified_diff(before, after, change.path if old else "/dev/null",
                                      change.path if change.text is not None else "/dev/null", n=CONTEXT,
                                      lineterm=""))  # fmt: skip
    added = sum(line.startswith("+") for line in lines[2:])
    removed = sum(line.startswith("-") for line in lines[2:])
    return Changed(change.path, added, removed, "\n".join(lines)[:SHOWN])
