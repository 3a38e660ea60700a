"""Concepts for a text, each with its reasons: labels found in it, nearness in meaning, similar sources, neighbours."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import numpy as np

from kb.retrieval.encoder import Encoder
from kb.retrieval.index import Index
from kb.retrieval.suggest.annotated import Annotated
from kb.retrieval.suggest.evidence import KINDS, Measured, Meter, Text, known, read
from kb.retrieval.suggest.labels import WORD, Floats
from kb.retrieval.suggest.reasons import Explainer, Reason, Suggestion
from kb.retrieval.suggest.vocabulary import Vocabulary
from kb.retrieval.suggest.weights import Example, Prior, fit

EXAMPLES = 120  # annotated sources that the weights are learnt from, at most
OUTDATED = 0.1  # of the annotated sources have changed, and the weights are learnt anew
ENOUGH = 20  # annotated sources from which on they teach weights, and how many subjects a work has
SUBJECTS = 4.0  # of a work, where none has any
WEIGHTS = {  # of each kind of evidence where nothing is learnt, and how far learning may move it: retrieval/README.md
    "found": (0.7, 2.0), "covered": (0.8, 2.0), "words": (0.4, 2.0), "whole": (2.0, 5.0), "moved": (6.5, 5.0),
    "phrases": (3.5, 2.0), "sources": (4.0, 5.0), "near": (1.0, 0.5),
}  # fmt: skip


class Learnt(NamedTuple):
    """Weights that an index before has taught, and how many sources have changed since."""

    weights: Floats
    changed: int


class Suggester:
    """What suggestions stand on, of one index: made when first asked, then kept.

    Weights that were *learnt* before will do until others are.
    """

    def __init__(self, index: Index, learnt: Learnt | None = None) -> None:
        self._index, self._before = index, learnt
        self.vocabulary = Vocabulary(index)
        self.annotated = Annotated(index, self.vocabulary)
        self._meter = Meter(index, self.vocabulary, self.annotated)
        self._learning = Lock()
        self._examples: dict[int, Example] | None = None
        held = np.array([WEIGHTS[kind] for kind in KINDS])
        self._prior = Prior(held[:, 0], held[:, 1])
        self._learnt = self._prior.weights

    def suggest(
        self,
        encoder: Callable[[], Encoder],
        text: str,
        limit: int = 10,
        chosen: Collection[str] = (),
        without: Collection[str] = (),
        rejected: Collection[str] = (),
    ) -> tuple[Suggestion, ...]:
        """The concepts that *text* may be about, the best first, but those *chosen* already and those *rejected*.

        Sources in *without* do not count as annotated.
        """
        if not WORD.search(text) or not len(self.vocabulary):
            return ()
        left_out = [self.annotated.number[id] for id in without if id in self.annotated.number]
        taken, refused = (
            [self.vocabulary.number[id] for id in ids if id in self.vocabulary.number] for ids in (chosen, rejected)
        )
        given = read(text, encoder())
        moved = self.annotated.moved(given.vector, left_out)
        measured = self._meter.measure(given, moved, left_out, taken)
        return self._best(measured, self.weights(encoder, left_out), limit, [*taken, *refused], given)

    def after(self, changed: int) -> Learnt | None:
        """What the suggester of the next index may begin with, where so many sources have *changed*."""
        if self._examples is not None:
            return Learnt(self._learnt, changed)
        return self._before and self._before._replace(changed=self._before.changed + changed)

    @property
    def outdated(self) -> bool:
        """Whether it is time to learn."""
        since = self._before.changed if self._before else len(self.annotated)
        return self._examples is None and since > OUTDATED * len(self.annotated)

    def learn(self, encoder: Callable[[], Encoder], stopped: Callable[[], bool] = bool) -> None:
        """Learn the weights from the annotated sources, unless *stopped*.

        Who asks meanwhile gets those of before, if there are any.
        """
        with self._learning:
            if self._examples is None:
                examples = self._measured(encoder, stopped)
                if stopped():
                    return
                self._learnt = fit(list(examples.values()), self._prior)
                self._examples = examples

    def weights(self, encoder: Callable[[], Encoder], without: Collection[int] = ()) -> Floats:
        """The weight of each kind of evidence, learnt from the annotated sources but some."""
        if self._examples is None and self._before:
            return self._before.weights
        self.learn(encoder)
        assert self._examples is not None
        if not any(number in self._examples for number in without):
            return self._learnt
        return fit(
            [each for number, each in self._examples.items() if number not in without], self._prior, self._learnt
        )

    def _measured(self, encoder: Callable[[], Encoder], stopped: Callable[[], bool]) -> dict[int, Example]:
        """Annotated sources, spread evenly over all, each measured as if it were new."""
        annotated = self.annotated
        if len(annotated) < ENOUGH:  # left out, each of a few has others that are little alike: that says nothing
            return {}
        some = np.unique(np.linspace(0, len(annotated) - 1, min(EXAMPLES, len(annotated))).astype(np.int64))
        passages = list(self._index.catalogue.passages(annotated.rows[some].tolist()))
        texts = known([passage.encoded for passage in passages], annotated.vectors[some], encoder())
        found = {}
        for number, text, moved in zip(some.tolist(), texts, annotated.moved_sources(some), strict=True):
            if stopped():
                break
            measured = self._meter.measure(text, moved, [number])
            found[number] = Example(measured.evidence, np.isin(measured.candidates, annotated.subjects[number]))
        return found

    def _best(
        self, measured: Measured, weights: Floats, limit: int, but: Collection[int], text: Text
    ) -> tuple[Suggestion, ...]:
        """The first candidates by the weighted evidence *but* some, with their reasons."""
        parts = measured.evidence * weights
        sums = parts.sum(axis=1)
        likely = np.exp(sums - sums.max())
        scores = 1 - np.exp(-self._usual * likely / likely.sum())
        telling = parts - parts.mean(axis=0)  # what all candidates have is no reason for one
        order = np.lexsort((measured.candidates, -sums)).tolist()
        free = [place for place in order if measured.candidates[place] not in but][:limit]
        explainer = Explainer(self._index, self.vocabulary, self.annotated, text, measured, telling)
        return tuple(explainer.suggestion(place, float(scores[place])) for place in free)

    @cached_property
    def _usual(self) -> float:
        """How many subjects a work has."""
        subjects = self.annotated.subjects
        return sum(map(len, subjects)) / len(subjects) if len(subjects) >= ENOUGH else SUBJECTS


__all__ = ["Learnt", "Reason", "Suggester", "Suggestion"]
