"""The labels of concepts found in a text: every run of words is looked up once, by its stems."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from kb.corpus.ontology import SHORT
from kb.retrieval.catalogue import Catalogue
from kb.retrieval.wording import FUNCTION_WORDS
from kb.retrieval.words import terms

WORD = re.compile(r"[^\W_]+")
QUALIFIER = re.compile(r"\s*[(<\[][^)>\]]*[)>\]]\s*$")  # what tells two labels apart: "springs (waters)"
LONGEST = 8  # words of a label
Stems = tuple[str, ...]


class Mention(NamedTuple):
    """A place where a label of a concept stands in a text: from which character to which, and how many words it is."""

    concept: str
    start: int
    end: int
    words: int


class Labels:
    """The labels of a vocabulary, by their stems."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._concepts: dict[Stems, set[str]] = defaultdict(set)
        self._beginnings: set[str] = set()
        for id, label in catalogue.labels():
            for stems in {_stems(label), _stems(QUALIFIER.sub("", label))}:
                if 0 < len(stems) <= LONGEST:
                    self._concepts[stems].add(id)
                    self._beginnings.add(stems[0])

    def mentions(self, text: str) -> Iterator[Mention]:
        """Every place where a label stands in *text*, those within longer ones too."""
        words = [(found.start(), found.end(), _stem(found[0])) for found in WORD.finditer(text)]
        for first, (start, _, stem) in enumerate(words):
            if stem in self._beginnings:
                for last in range(first, min(first + LONGEST, len(words))):
                    found = self._concepts.get(tuple(word[2] for word in words[first : last + 1]), ())
                    yield from (Mention(id, start, words[last][1], last - first + 1) for id in found)


def _stems(label: str) -> Stems:
    """The stems of a label; none for one that is only function words."""
    words = WORD.findall(label)
    if all(word.lower() in FUNCTION_WORDS and not _short_capitals(word) for word in words):
        return ()
    return tuple(map(_stem, words))


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """The stem of a word; short ones in capitals, such as US, are no words written large."""
    return word if _short_capitals(word) else "".join(terms(word))


def _short_capitals(word: str) -> bool:
    return 1 < len(word) <= SHORT and word.isupper()
