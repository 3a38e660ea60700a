"""What speaks for each concept in a text, measured: one column for each kind of evidence."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.index import Index
from kb.retrieval.parts import PASSAGE_WORDS, cut
from kb.retrieval.scope import CONCEPT
from kb.retrieval.suggest.annotated import Annotated, Similar
from kb.retrieval.suggest.labels import WORD, Floats, Found
from kb.retrieval.suggest.vocabulary import Vocabulary
from kb.retrieval.wording import FUNCTION_WORDS

KINDS = ("found", "covered", "words", "whole", "moved", "phrases", "sources", "near")
FEW = 500  # concepts that are all candidates
BEST = 60  # candidates that each kind of evidence brings where there are more
READ = 12_000  # words of a text that are read, at most
PARTS = 24  # of a long text that the model reads
PHRASES = 16  # pairs of words that it reads: the first ones, which are of the title
SHARP = 15.0  # how much the nearest phrase counts more than the others
NEXT = {"narrower": 1.0, "related": 1.0, "broader": 0.5}  # than, to a chosen concept
DEPTH = 1000  # concepts that words bring


class Text(NamedTuple):
    """A text as it is compared: all that is read of it, what it begins with, its vector and those of its phrases."""

    whole: str
    start: str
    vector: Matrix
    phrases: Matrix


class Measured(NamedTuple):
    """The evidence for some concepts, the *candidates*: shape (candidates, KINDS).

    *labels* are those found, *similar* the sources like the text, *near* tells how concepts stand to a chosen one.
    """

    candidates: NDArray[np.int64]
    evidence: Floats
    labels: dict[int, Found]
    similar: Similar
    near: dict[int, tuple[str, int]]


def read(text: str, encoder: Encoder) -> Text:
    """*text* with its vectors; the first part of a long one counts as much as all others together."""
    words = text.split()[:READ]
    whole = " ".join(words)
    parts = [whole] if len(words) <= PASSAGE_WORDS else cut(whole)
    parts = [parts[n] for n in sorted(set(np.linspace(0, len(parts) - 1, min(PARTS, len(parts))).astype(int).tolist()))]
    vectors = encoder.encode(parts)
    vector = vectors[0] + (vectors[1:].mean(axis=0) if len(parts) > 1 else 0)
    phrases = pairs(parts[0])[:PHRASES]  # not read beside long texts, to whose length they would be filled up
    return Text(whole, parts[0], vector / np.linalg.norm(vector), _encoded(phrases, encoder))


def known(texts: Sequence[str], vectors: Matrix, encoder: Encoder) -> list[Text]:
    """Short *texts* whose *vectors* are known, with those of their phrases, which are read all at once."""
    phrases = [pairs(text)[:PHRASES] for text in texts]
    read = _encoded([phrase for each in phrases for phrase in each], encoder)
    ends = np.cumsum([0, *map(len, phrases)]).tolist()
    return [Text(text, text, vectors[n], read[ends[n] : ends[n + 1]]) for n, text in enumerate(texts)]


class Meter:
    """Measures texts against the concepts of an index."""

    def __init__(self, index: Index, vocabulary: Vocabulary, annotated: Annotated) -> None:
        self._index, self._vocabulary, self._annotated = index, vocabulary, annotated

    def measure(self, text: Text, moved: Matrix, without: Collection[int] = (), chosen: Iterable[int] = ()) -> Measured:
        """The evidence for the concepts that *text* may be about; *moved* is its vector, moved.

        Sources *without* do not count as annotated; *chosen* concepts speak for those next to them.
        """
        vocabulary, annotated = self._vocabulary, self._annotated
        labels = vocabulary.labels.found(text.whole)
        similar = annotated.similar(text.start, text.vector, without)
        near = vocabulary.neighbours(chosen)
        columns = {
            "found": _column(len(vocabulary), {concept: found.strength for concept, found in labels.items()}),
            "covered": vocabulary.labels.covered(text.start),
            "words": self._words(text.start),
            "whole": vocabulary.vectors @ text.vector,
            "moved": vocabulary.vectors @ moved,
            "phrases": _nearest(vocabulary.vectors, text.phrases),
            "sources": annotated.carried(similar),
            "near": _column(len(vocabulary), {concept: NEXT[how] for concept, (how, _) in near.items()}),
        }
        evidence = np.array([columns[kind] for kind in KINDS])
        candidates = _candidates(evidence)
        return Measured(candidates, evidence.T[candidates], labels, similar, near)

    def _words(self, text: str) -> Floats:
        """BM25 of each concept for the words of a text, as a share of the best."""
        result = np.zeros(len(self._vocabulary))
        found = self._index.by_words(text, DEPTH, CONCEPT)
        if len(found.rows):
            result[np.searchsorted(self._vocabulary.rows, found.rows)] = found.scores / found.scores.max()
        return result


def pairs(text: str) -> list[str]:
    """The words that are no function words, each with the next one if that is none either, or else alone.

    >>> pairs("The economic nature of cooperation")
    ['economic nature', 'cooperation']
    """
    found: dict[str, None] = {}
    for run in re.split(r"[^\w\s'’-]+", text):
        words = [word for word in WORD.findall(run) if not word.isdigit()]
        tell = [word.lower() not in FUNCTION_WORDS for word in words]
        for n, word in enumerate(words):
            if tell[n] and tell[n + 1 : n + 2] == [True]:
                found[f"{word} {words[n + 1]}"] = None
            elif tell[n] and not (n and tell[n - 1]):
                found[word] = None
    return list(found)


def _encoded(texts: Sequence[str], encoder: Encoder) -> Matrix:
    return encoder.encode(texts) if texts else encoder.encode([""])[:0]


def _column(length: int, values: dict[int, float]) -> Floats:
    column = np.zeros(length)
    column[list(values)] = list(values.values())
    return column


def _nearest(vectors: Matrix, phrases: Matrix) -> Floats:
    """How near phrases are to each vector, the nearest above all: the logarithm of the mean of exponentials."""
    if not len(phrases):
        return np.zeros(len(vectors))
    return np.asarray(np.log(np.exp(SHARP * (vectors @ phrases.T)).mean(axis=1)) / SHARP, dtype=np.float64)


def _candidates(evidence: Floats) -> NDArray[np.int64]:
    """The concepts with the most of any kind of evidence."""
    if evidence.shape[1] <= FEW:
        return np.arange(evidence.shape[1])
    best = np.argpartition(-evidence, BEST, axis=1)[:, :BEST]
    return np.unique(best[np.take_along_axis(evidence, best, axis=1) > 0])
