"""Two versions of a text line by line: what went, what came, and a few lines around."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

ADDED, REMOVED, SAME, LEFT_OUT = "added", "removed", "same", "left out"
AROUND = 3  # lines that stay, before and behind those that change
MOST = 500  # lines that are told


class Line(NamedTuple):
    """A line and what became of it: added, removed, same; with its *number* in the text that it is in.

    "left out" stands for lines between that are not told; its *number* counts them, 0 where it is not known.
    """

    what: str
    number: int
    text: str


def lines(before: str, after: str) -> tuple[Line, ...]:
    r"""What differs between two texts.

    >>> [tuple(each) for each in lines("a\nb\nc\n", "a\nB\nc\n")]
    [('same', 1, 'a'), ('removed', 2, 'b'), ('added', 2, 'B'), ('same', 3, 'c')]
    """
    was, now = before.splitlines(), after.splitlines()
    told = list(_told(was, now))
    return (*told[:MOST], Line(LEFT_OUT, len(told) - MOST, "")) if len(told) > MOST else tuple(told)


def _told(was: list[str], now: list[str]) -> Iterator[Line]:
    last = 0  # line of the new text that was told
    for group in SequenceMatcher(None, was, now, autojunk=len(was) > MOST).get_grouped_opcodes(AROUND):
        if (skipped := group[0][3] - last) > 0:
            yield Line(LEFT_OUT, skipped, "")
        for what, i, j, k, m in group:
            if what == "equal":
                yield from (Line(SAME, number + 1, now[number]) for number in range(k, m))
            else:
                yield from (Line(REMOVED, number + 1, was[number]) for number in range(i, j))
                yield from (Line(ADDED, number + 1, now[number]) for number in range(k, m))
        last = group[-1][4]
    if 0 < last < len(now):
        yield Line(LEFT_OUT, len(now) - last, "")
