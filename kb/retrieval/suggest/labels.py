"""The labels of concepts found in a text, whole or in part: every run of words is looked up once, by its stems."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.corpus.ontology import SHORT
from kb.retrieval.wording import FUNCTION_WORDS
from kb.retrieval.words import terms

WORD = re.compile(r"[^\W_]+")
QUALIFIER = re.compile(r"\s*\([^()]*\)\s*$")  # what tells two labels apart: "springs (waters)"
LONGEST = 8  # words of a label
WHOLE, SHADOWED = 0.5, 0.5  # how far one word, or a place within a longer label, leaves it open what is meant
WINDOW = 180  # words from which on a single place says less
DAMPING = 1.0  # that a label of common words needs to be covered
Stems = tuple[str, ...]
Floats = NDArray[np.float64]


class Mention(NamedTuple):
    """A place where a label of a concept stands in a text: from which character to which, and how many words it is."""

    concept: int
    start: int
    end: int
    words: int


class Found(NamedTuple):
    """The label of a concept in a text: how far it tells that the text is about it, from 0 to 1, and the place."""

    strength: float
    place: Mention


class Labels:
    """The labels of a vocabulary by their stems; concepts are numbered.

    *below* leads from each concept to those narrower than it: what is found by the same words is meant by them.
    """

    def __init__(self, labels: Iterable[tuple[int, str]], count: int, below: Mapping[int, set[int]]) -> None:
        self.count, self._below = count, below
        self._concepts: dict[Stems, set[int]] = defaultdict(set)
        for concept, label in labels:
            for stems in {_stems(label), _stems(QUALIFIER.sub("", label))}:
                if 0 < len(stems) <= LONGEST:
                    self._concepts[stems].add(concept)
        self._beginnings = {stems[0] for stems in self._concepts}
        self._parts: dict[str, list[Stems]] = defaultdict(list)  # the labels that have a word
        for stems in self._concepts:
            for stem in set(stems):
                self._parts[stem].append(stems)
        self._rarity = {stem: math.log(len(self._concepts) / len(found)) for stem, found in self._parts.items()}

    def found(self, text: str) -> dict[int, Found]:
        """The concepts with a label in *text*."""
        words = len(WORD.findall(text))
        places: dict[int, list[Mention]] = defaultdict(list)
        for mention in self.mentions(text):
            places[mention.concept].append(mention)
        outer = _outer(place for each in places.values() for place in each)
        result = {}
        for concept, mentions in places.items():
            if not self._told_by_narrower(concept, places):
                strength = sum(_weight(each, outer, words, len(text)) for each in mentions)
                best = max(mentions, key=lambda m: (_weight(m, outer, words, len(text)), -m.start))
                result[concept] = Found(min(strength, 1 - WHOLE ** (best.words + 1)), best)
        return result

    def mentions(self, text: str) -> Iterator[Mention]:
        """Every place where a label stands in *text*, those within longer ones too."""
        words = [(found.start(), found.end(), _stem(found[0])) for found in WORD.finditer(text)]
        for first, (start, _, stem) in enumerate(words):
            if stem in self._beginnings:
                for last in range(first, min(first + LONGEST, len(words))):
                    found = self._concepts.get(tuple(word[2] for word in words[first : last + 1]), ())
                    yield from (Mention(id, start, words[last][1], last - first + 1) for id in found)

    def covered(self, text: str) -> Floats:
        """How much of the best label of each concept occurs in *text*, in any order; rare words count more."""
        result = np.zeros(self.count)
        held = Counter[Stems]()
        for stem in {_stem(word) for word in WORD.findall(text)}:
            for label in self._parts.get(stem, ()):
                held[label] += self._rarity[stem]  # type: ignore[assignment]
        for label, weight in held.items():
            share = weight / (sum(self._rarity[stem] for stem in set(label)) + DAMPING)
            for concept in self._concepts[label]:
                result[concept] = max(result[concept], share)
        return result

    def shared(self, labels: Iterable[str], text: str) -> list[str]:
        """The words of *text* that the best covered of some *labels* has, but function words."""
        words = {_stem(word): word for word in reversed(WORD.findall(text)) if word.lower() not in FUNCTION_WORDS}
        best = max(labels, key=lambda label: sum(self._rarity.get(s, 0) for s in set(_stems(label)) & words.keys()))
        return [words[stem] for stem in dict.fromkeys(_stems(best)) if stem in words]

    def _told_by_narrower(self, concept: int, places: Mapping[int, list[Mention]]) -> bool:
        """Whether each place of a concept is, or is within, one of a narrower concept."""
        inner = [place for id in self._below.get(concept, ()) for place in places.get(id, ())]
        return bool(inner) and all(any(_within(own, each) for each in inner) for own in places[concept])


def _outer(mentions: Iterable[Mention]) -> list[tuple[int, int]]:
    """The places that are not within a longer one, in their order."""
    found: list[tuple[int, int]] = []
    for start, end in sorted({(m.start, m.end) for m in mentions}, key=lambda span: (span[0], -span[1])):
        if not found or end > found[-1][1]:
            found.append((start, end))
    return found


def _weight(mention: Mention, outer: list[tuple[int, int]], words: int, length: int) -> float:
    """How much one place tells: more words more, one within a longer label less, one late in a long text less."""
    start, end = outer[bisect_right(outer, (mention.start, length + 1)) - 1]
    whole = 1 - WHOLE**mention.words
    shadowed = SHADOWED if end - start > mention.end - mention.start else 1.0
    late = mention.start * words > WINDOW * length
    return whole * shadowed * (min(1.0, 3 * WINDOW / words) if late else 1.0)


def _within(one: Mention, other: Mention) -> bool:
    return other.start <= one.start and one.end <= other.end


def _stems(label: str) -> Stems:
    """The stems of a label; none for one that is only function words."""
    words = WORD.findall(label)
    if all(word.lower() in FUNCTION_WORDS and not _short_capitals(word) for word in words):
        return ()
    return tuple(map(_stem, words))


@lru_cache(maxsize=100_000)
def _stem(word: str) -> str:
    """The stem of a word; short ones in capitals, such as US, are no words written large."""
    if len(word) == SHORT + 1 and word[-1] == "s" and word[:-1].isupper():  # NGOs
        word = word[:-1]
    return word if _short_capitals(word) else "".join(terms(word))


def _short_capitals(word: str) -> bool:
    return 1 < len(word) <= SHORT and word.isupper()
