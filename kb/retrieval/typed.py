"""Passages of texts that a query is typed from: they hold its words close together, or words that stand only there."""

from __future__ import annotations

import math
from collections import Counter
from functools import lru_cache

from kb.retrieval.index import Index
from kb.retrieval.scope import Scope
from kb.retrieval.understand import Understood, words_of
from kb.retrieval.words import terms

FEWEST = 4  # words, function words not counted, that make a phrase; fewer are a topic, but in quotation marks
NEARLY = 0.8  # of its words that a passage holds, within as many words as the phrase has and a few more
MORE = 1.25
CANDIDATES = 30  # passages that are read to see whether the words stand close together
DEPTH = 1000  # passages that hold a word at most
TOGETHER, ONLY_THERE = "your words stand there close together", "words of yours stand in texts alone"


def typed(index: Index, understood: Understood, scope: Scope) -> dict[int, str]:
    """The rows of such passages, each with why it is one."""
    if not index.mixed:  # a collection of texts alone is ranked as texts are
        return {}
    only = dict.fromkeys(_only_in_texts(index, understood), ONLY_THERE)
    return only | dict.fromkeys(_together(index, understood, scope), TOGETHER)


def _together(index: Index, understood: Understood, scope: Scope) -> list[int]:
    """The passages that hold nearly all words of the query in a short window."""
    wanted = _terms_of(understood.text)
    if len(wanted) < (1 if _quoted_from_texts(index, scope) else FEWEST):
        return []
    window = math.ceil(MORE * len(understood.text.split())) + 1
    rows = index.in_texts(understood.text, CANDIDATES, scope).rows.tolist()
    passages = zip(rows, index.catalogue.passages(rows), strict=True)
    return [row for row, passage in passages if _most(passage.text, wanted, window) >= NEARLY * len(wanted)]


def _quoted_from_texts(index: Index, scope: Scope) -> bool:
    """Whether a phrase was asked for that nothing annotated has."""
    return any(not len(index.words.holding(phrase, 1).rows) for phrase in scope.phrases)


def _only_in_texts(index: Index, understood: Understood) -> list[int]:
    """The passages that hold most of the words that are in nothing annotated, where these are half of the query."""
    wanted = _terms_of(understood.label)
    only = [term for term in wanted if index.only_in_texts(term)]
    if not only or 2 * len(only) < len(wanted):
        return []
    held = Counter(row for term in only for row in index.holding_in_texts(term, DEPTH).rows.tolist())
    return [row for row, count in held.items() if count == max(held.values())]


def _most(text: str, wanted: frozenset[str], window: int) -> int:
    """How many of the terms *wanted* stand within so many words of *text* at most.

    >>> _most("the mill of the town pays nobody", frozenset({"mill", "pay", "town"}), 4)
    2
    """
    found = [(at, hit) for at, word in enumerate(text.split()) if (hit := wanted.intersection(_terms(word)))]
    most, first = 0, 0
    inside = Counter[str]()
    for at, hit in found:
        inside.update(hit)
        while at - found[first][0] >= window:
            inside -= Counter(found[first][1])
            first += 1
        most = max(most, len(inside))
    return most


def _terms_of(text: str) -> frozenset[str]:
    return frozenset(term for word in words_of(text) for term in terms(word))


@lru_cache(maxsize=50_000)
def _terms(word: str) -> tuple[str, ...]:
    return tuple(terms(word))
