"""What annotated sources teach about a text: which concepts the similar ones carry, and where its like leads to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.retrieval.encoder import Matrix
from kb.retrieval.index import Index
from kb.retrieval.scope import Scope
from kb.retrieval.suggest.labels import Floats
from kb.retrieval.suggest.vocabulary import Vocabulary

NEAREST = 40  # annotated sources that are asked
SHARPER = 8  # exponent: the most similar ones count most
DOUBT = 0.05  # weight that is on no concept: sources that are little alike say little
WORDS = 0.5  # the weight of words in common beside the cosine
DEPTH = 200  # sources that words bring
RIDGE = 10.0  # how firmly a text is held where it is
SOURCE = Scope((frozenset({"kind:source"}),))


class Similar(NamedTuple):
    """Annotated sources that are like a text: their numbers, best first, and what each counts."""

    sources: NDArray[np.int64]
    weights: Floats


class Annotated:
    """The sources of an index that have subjects, numbered in the order of their ids."""

    def __init__(self, index: Index, vocabulary: Vocabulary) -> None:
        self._index, self._vocabulary = index, vocabulary
        carried: dict[int, list[int]] = defaultdict(list)
        sources = index.catalogue.tagged("kind:source")
        for id, rows in index.catalogue.tagged_by("concept"):
            if (concept := vocabulary.number.get(id)) is not None:
                for row in np.intersect1d(rows, sources, assume_unique=True).tolist():
                    carried[row].append(concept)
        self.rows = np.array(sorted(carried), dtype=np.int64)
        self.ids = [index.ids[row] for row in self.rows]
        self.number = {id: n for n, id in enumerate(self.ids)}
        self.subjects = [np.array(carried[row], dtype=np.int64) for row in self.rows.tolist()]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def vectors(self) -> Matrix:
        """The vectors of titles and summaries, shape (sources, dimensions)."""
        return self._index.vectors.take(self.rows)

    def similar(self, text: str, vector: Matrix, without: Collection[int] = ()) -> Similar:
        """The sources that are most like a text, by meaning and by the words they share."""
        if not len(self):
            return Similar(np.empty(0, dtype=np.int64), np.empty(0))
        likeness = (self.vectors @ vector).astype(np.float64)
        left_out = list(without)
        found = self._index.by_words(text, DEPTH, SOURCE)
        numbers = np.searchsorted(self.rows, found.rows)
        numbers[numbers == len(self)] = 0
        known = (self.rows[numbers] == found.rows) & ~np.isin(numbers, left_out)
        if known.any():
            likeness[numbers[known]] += WORDS * found.scores[known] / found.scores[known].max()
        likeness[left_out] = 0
        best = np.argsort(-likeness, kind="stable")[:NEAREST]
        weights = np.maximum(likeness[best], 0) ** SHARPER
        return Similar(best[weights > 0], weights[weights > 0])

    def carried(self, similar: Similar) -> Floats:
        """How much of the weight of similar sources is on those that carry each concept, from 0 to 1."""
        result = np.zeros(len(self._vocabulary))
        for source, weight in zip(similar.sources.tolist(), similar.weights.tolist(), strict=True):
            result[self.subjects[source]] += weight
        return np.asarray(result / (similar.weights.sum() + DOUBT))

    def moved(self, vector: Matrix, without: Collection[int] = ()) -> Matrix:
        """*vector* moved to where the concepts of texts like it are; as it is where nothing is annotated.

        By ridge regression (Hoerl & Kennard 1970), from the vector of each source to how far off the mean of its
        concepts is; that of some sources can be left out.
        """
        if not len(self):
            return vector
        if not without:
            return _unit(vector + vector @ self._map)
        left_out = list(without)
        own, away = self.vectors[left_out].astype(np.float64), self._away[left_out]
        within, across = self._products
        return _unit(vector + vector @ np.linalg.solve(within - own.T @ own, across - own.T @ away))

    def moved_sources(self, sources: NDArray[np.int64]) -> Matrix:
        """The vectors of some sources, each moved by all other sources: shape (len(sources), dimensions)."""
        own = self.vectors[sources].astype(np.float64)
        reach = (own * np.linalg.solve(self._products[0], own.T).T).sum(axis=1, keepdims=True)  # the hat matrix's own
        said, away = own @ self._map, self._away[sources]
        return np.stack([_unit(each) for each in own + away - (away - said) / (1 - reach)])

    @cached_property
    def _away(self) -> Floats:
        """How far the mean of the concepts of each source is from its own vector."""
        means = [self._vocabulary.vectors[subjects].mean(axis=0) for subjects in self.subjects]
        return np.asarray(np.stack(means) - self.vectors, dtype=np.float64)

    @cached_property
    def _products(self) -> tuple[Floats, Floats]:
        own = self.vectors.astype(np.float64)
        return own.T @ own + RIDGE * np.eye(own.shape[1]), own.T @ self._away

    @cached_property
    def _map(self) -> Floats:
        return np.asarray(np.linalg.solve(*self._products))


def _unit(vector: NDArray[np.floating]) -> Matrix:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)
