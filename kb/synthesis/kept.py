"""What was worked out over all the evidence of one generation, kept for who asks the same again."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

ROOM = 64  # results

T = TypeVar("T")


class Kept:
    """Results by what was asked; a generation has its own, so that none outlives the data it was made from.

    What is asked by a text alone, such as "paths", is made from all claims and stays; of what is asked by a tuple, with
    something that a reader chose, the longest unused goes when there is no room. Of several that ask the same at once,
    one works and the others wait for it.

    >>> kept = Kept()
    >>> kept.get("sum", lambda: 1 + 1), kept.get("sum", lambda: 1 / 0)
    (2, 2)
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._lock = room, Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._working: dict[Hashable, Lock] = {}

    def get(self, asked: Hashable, make: Callable[[], T]) -> T:
        """What *make* gives, made once."""
        with self._lock:
            if asked in self._found:
                self._found.move_to_end(asked)
                found: T = self._found[asked]
                return found
            working = self._working.setdefault(asked, Lock())
        with working:
            with self._lock:
                if asked in self._found:  # made while we waited
                    found = self._found[asked]
                    return found
            try:
                made = make()
            except BaseException:
                with self._lock:
                    self._working.pop(asked, None)
                raise
            with self._lock:  # in one go: who comes now finds the one or the other
                self._working.pop(asked, None)
                self._found[asked] = made
                chosen = [each for each in self._found if isinstance(each, tuple)]
                for each in chosen[: max(len(chosen) - self._room, 0)]:
                    del self._found[each]
            return made
