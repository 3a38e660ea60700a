"""A text with parts of it put in place of others, and the way back from a place in it to the original."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Edit(NamedTuple):
    """*text* in place of the characters from *start* to before *end*."""

    start: int
    end: int
    text: str


class Edited:
    """An *original* text with edits made, which do not overlap.

    >>> edited = Edited("ask {X}", [Edit(0, 0, "PREFIX … "), Edit(5, 6, "?s ?p ?o")])
    >>> edited.text, edited.origin(edited.text.index("ask")), edited.origin(edited.text.index("?p"))
    ('PREFIX … ask {?s ?p ?o}', 0, 5)
    """

    def __init__(self, original: str, edits: Iterable[Edit] = ()) -> None:
        self.original, self._edits = original, sorted(edits)
        parts, at = list[str](), 0
        for start, end, text in self._edits:
            parts += [original[at:start], text]
            at = end
        self.text = "".join([*parts, original[at:]])

    def origin(self, offset: int) -> int:
        """Where in the original the character at *offset* stood; what was put in is where it was put."""
        for start, end, text in self._edits:
            if offset < start:
                break
            if offset < start + len(text):
                return start
            offset += end - start - len(text)
        return offset
