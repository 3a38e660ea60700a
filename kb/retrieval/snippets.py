"""What a search shows of texts that are not for publication: a few passages of each, and of a passage a snippet."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.retrieval.index import Index
from kb.retrieval.passages import Passage, owner
from kb.retrieval.understand import words_of
from kb.retrieval.words import terms

SNIPPET_WORDS = 40  # enough to see whether the place is worth looking up; a quotation of this length is usual
SNIPPET_CHARACTERS = 400  # of them, for a script that parts no words
PASSAGES = 3  # of one text in a list: else one work of 300 passages would fill it, and much of its text would be shown


def few(index: Index, rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of *rows*, best first, stay in a list: all but further passages of a text that has PASSAGES in it."""
    return numbered(index, rows) <= PASSAGES


def numbered(index: Index, rows: NDArray[Any]) -> NDArray[np.int64]:
    """Of each of *rows* that is a passage of a text, which one of this text it is, from 1; of all else 0."""
    numbers = np.zeros(len(rows), dtype=np.int64)
    counts = Counter[str]()
    for place in np.flatnonzero(~index.annotated(rows)).tolist():
        source = owner(index.ids[rows[place]])
        counts[source] += 1
        numbers[place] = counts[source]
    return numbers


def snippet(text: str, asked: frozenset[str]) -> str:
    """At most SNIPPET_WORDS words of *text*, where most of the terms *asked* for stand; else its beginning.

    >>> snippet("one " * 50 + "mill " + "two " * 50, frozenset({"mill"}))
    '…one one ... mill two two ...two…'
    """
    words = text.split()
    start = _start(words, asked)
    shown = " ".join(words[start : start + SNIPPET_WORDS])
    cut = start + SNIPPET_WORDS < len(words) or len(shown) > SNIPPET_CHARACTERS
    return ("…" if start else "") + shown[:SNIPPET_CHARACTERS] + ("…" if cut else "")


def matched(passage: Passage, asked: frozenset[str]) -> list[str]:
    """The words of a passage that are one of the terms *asked* for, as they are written there; plain ones, if any.

    Those of a text come by letter: in their order, a query of all words would lay the text open.
    """
    found = dict.fromkeys(re.findall(r"[^\W_]+", passage.searched.lower()))
    words = [word for word in found if asked.intersection(_terms(word))]
    words = words_of(" ".join(words)) or words
    return sorted(words) if passage.kind == "passage" else words


def _start(words: list[str], asked: frozenset[str]) -> int:
    """Where the window begins that has most different terms, then most words of them, then is first: in its middle."""
    found = [(n, hit) for n, word in enumerate(words) if (hit := asked.intersection(_terms(word.lower())))]
    telling = [(n, hit) for n, hit in found if words_of(words[n])] or found
    best, place, end = (0, 0), 0, 0
    for n, _ in telling:
        inside = [(m, hit) for m, hit in telling if n <= m < n + SNIPPET_WORDS]
        count = len(frozenset().union(*(hit for _, hit in inside))), len(inside)
        if count > best:
            best, place, end = count, n, inside[-1][0]
    before = (SNIPPET_WORDS - (end - place + 1)) // 2
    return max(0, min(place - before, len(words) - SNIPPET_WORDS))


@lru_cache(maxsize=50_000)
def _terms(word: str) -> tuple[str, ...]:
    return tuple(terms(word))
