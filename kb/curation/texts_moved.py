"""Texts that went from one source to another in a change: noted in its message, as the history has no texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kb.corpus import texts
from kb.curation.removing import laid_away
from kb.errors import Conflict
from kb.home import Home
from kb.saving import Change, Commit, etag
from kb.saving.changes import read

_NOTE = re.compile(r"^Text-moved: corpus/([a-z0-9-]+)\.txt to corpus/([a-z0-9-]+)\.txt, ([0-9a-f]{32})$", re.M)


class Move(NamedTuple):
    """A text that went from one source to another; *etag* tells which text."""

    one: str
    other: str
    etag: str


def texts_moved(changes: Iterable[Change]) -> str:
    """What the message of a change says of texts that go from one source to another; nothing where none does."""
    files = [each for each in changes if each.path.startswith("corpus/") and each.path.endswith(texts.SUFFIX)]
    gone = {each.was: each.path for each in files if each.text is None}
    told = [f"Text-moved: {gone[etag(each.text)]} to {each.path}, {etag(each.text)}" for each in files
            if each.text is not None and etag(each.text) in gone]  # fmt: skip
    return "\n\n" + "\n".join(told) if told else ""


def moves(commit: Commit) -> list[Move]:
    """The texts that went from one source to another in a *commit*."""
    return [Move(*found.groups()) for found in _NOTE.finditer(commit.message)]


def moved_back(home: Home, commit: Commit) -> Iterator[Change]:
    """The changes by which these texts are where they were before; raises Conflict where one is another by now."""
    for one, other, was in moves(commit):
        here, there = (f"corpus/{id}{texts.SUFFIX}" for id in (other, one))
        text = read(home.folder / here)
        if text is None:
            continue
        if etag(text) != was:
            raise Conflict(
                f"{here}: came from {one} and has been changed since: move it to {there} by hand, if it is of that "
                "work, or away; nothing was written"
            )
        yield Change(here, None, was)
        if (home.folder / there).exists():
            yield from laid_away(home, one, text)
        else:
            yield Change(there, text, None)
