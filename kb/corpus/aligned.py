"""Which entry of an old list each entry of a new one has come from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any


def aligned(old: Sequence[Any], new: Sequence[Any]) -> list[int | None]:
    """For each entry of *new* the place in *old* of the one that it was, or nothing where it is new.

    Entries that are the same belong together, and those with the same ``id``; of what is left, the first is the
    first, if neither has an ``id``.

    >>> aligned(["a", "b", "c"], ["c", "a", "x", "y"])
    [2, 0, 1, None]
    >>> aligned([{"id": "#c1"}, {"id": "#c2", "text": "b"}], [{"id": "#c2", "text": "B"}, {"id": "#c3"}])
    [1, None]
    """
    keys, wanted = ([json.dumps(each, sort_keys=True) for each in entries] for entries in (old, new))
    found: dict[int, int] = {}
    for one, other, size in SequenceMatcher(None, keys, wanted, autojunk=False).get_matching_blocks():
        found |= {other + n: one + n for n in range(size)}
    for same in (
        lambda at, n: keys[at] == wanted[n],
        lambda at, n: _id(old[at]) == _id(new[n]) != "",
        _alike(old, new),
    ):
        left = [at for at in range(len(old)) if at not in found.values()]
        for n in range(len(new)):
            at = next((at for at in left if same(at, n)), None) if n not in found else None
            if at is not None:
                found[n] = at
                left.remove(at)
    return [found.get(n) for n in range(len(new))]


def _id(entry: Any) -> str:
    return str(entry.get("id", "")) if isinstance(entry, dict) else ""


def _alike(old: Sequence[Any], new: Sequence[Any]) -> Any:
    return lambda at, n: type(old[at]) is type(new[n]) and not _id(old[at]) and not _id(new[n])
