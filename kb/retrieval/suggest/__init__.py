"""Concepts for a text, each with its reasons: labels found in it, nearness in meaning, similar sources, neighbours."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property

import numpy as np

from kb.retrieval.encoder import Encoder
from kb.retrieval.index import Index
from kb.retrieval.suggest.annotated import Annotated
from kb.retrieval.suggest.evidence import Measured, Meter, Text, read
from kb.retrieval.suggest.labels import WORD, Floats
from kb.retrieval.suggest.reasons import Explainer, Reason, Suggestion
from kb.retrieval.suggest.vocabulary import Vocabulary
from kb.retrieval.suggest.weights import Example, Prior, fit

ENOUGH = 20  # annotated sources from which on phrases are not read: what is learnt from those tells more
EXAMPLES = 300  # annotated sources that the weights are learnt from, at most
SUBJECTS = 4.0  # of a work, where none has any
PRIOR = Prior(
    np.array([1.5, 1.5, 1.0, 5.0, 10.0, 6.0, 6.0, 1.0]),
    np.array([2.0, 2.0, 2.0, 5.0, 5.0, 2.0, 5.0, 0.5]),
)


class Suggester:
    """What suggestions stand on, of one index: made when first asked, then kept."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.vocabulary = Vocabulary(index)
        self.annotated = Annotated(index, self.vocabulary)
        self._meter = Meter(index, self.vocabulary, self.annotated)

    def suggest(
        self,
        encoder: Callable[[], Encoder],
        text: str,
        limit: int = 10,
        chosen: Collection[str] = (),
        without: Collection[str] = (),
    ) -> tuple[Suggestion, ...]:
        """The concepts that *text* may be about, the best first, but those *chosen* already.

        Sources in *without* do not count as annotated.
        """
        if not WORD.search(text) or not len(self.vocabulary):
            return ()
        left_out = [self.annotated.number[id] for id in without if id in self.annotated.number]
        taken = [self.vocabulary.number[id] for id in chosen if id in self.vocabulary.number]
        given = read(text, encoder(), phrases=len(self.annotated) - len(left_out) < ENOUGH)
        moved = self.annotated.moved(given.vector, left_out)
        measured = self._meter.measure(given, moved, left_out, taken)
        return self._best(measured, self.weights(left_out), limit, taken, given)

    def weights(self, without: Collection[int] = ()) -> Floats:
        """The weight of each kind of evidence, learnt from the annotated sources but some."""
        if not any(number in self._examples for number in without):
            return self._learnt
        return fit([e for n, e in self._examples.items() if n not in without], PRIOR, self._learnt)

    @cached_property
    def _learnt(self) -> Floats:
        return fit(list(self._examples.values()), PRIOR)

    @cached_property
    def _examples(self) -> dict[int, Example]:
        """Annotated sources, spread evenly over all, each measured as if it were new."""
        annotated = self.annotated
        if not len(annotated):
            return {}
        some = np.unique(np.linspace(0, len(annotated) - 1, min(EXAMPLES, len(annotated))).astype(np.int64))
        moved = annotated.moved_sources(some)
        passages = self._index.catalogue.passages(annotated.rows[some].tolist())
        found = {}
        for number, passage, vector in zip(some.tolist(), passages, moved, strict=True):
            own = annotated.vectors[number]
            text = Text(passage.encoded, passage.encoded, own, np.empty((0, len(own)), dtype=np.float32))
            measured = self._meter.measure(text, vector, [number])
            found[number] = Example(measured.evidence, np.isin(measured.candidates, annotated.subjects[number]))
        return found

    def _best(
        self, measured: Measured, weights: Floats, limit: int, chosen: Collection[int], text: Text
    ) -> tuple[Suggestion, ...]:
        """The first candidates by the weighted evidence, with their reasons."""
        parts = measured.evidence * weights
        sums = parts.sum(axis=1)
        likely = np.exp(sums - sums.max())
        scores = 1 - np.exp(-self._usual * likely / likely.sum())
        telling = np.maximum(parts - parts.mean(axis=0), 0)  # what all candidates have is no reason for one
        order = np.lexsort((measured.candidates, -sums)).tolist()
        free = [place for place in order if measured.candidates[place] not in chosen][:limit]
        explainer = Explainer(self._index, self.vocabulary, self.annotated, text, measured, telling)
        return tuple(explainer.suggestion(place, float(scores[place])) for place in free)

    @cached_property
    def _usual(self) -> float:
        """How many subjects a work has."""
        subjects = self.annotated.subjects
        return sum(map(len, subjects)) / len(subjects) if len(subjects) >= ENOUGH else SUBJECTS


def suggest(
    index: Index, encoder: Encoder, text: str, limit: int = 10, chosen: Collection[str] = (),
    without: Collection[str] = (),
) -> tuple[Suggestion, ...]:  # fmt: skip
    """The concepts that *text* may be about; who asks more than once keeps a `Suggester`."""
    return Suggester(index).suggest(lambda: encoder, text, limit, chosen, without)


__all__ = ["Reason", "Suggester", "Suggestion", "suggest"]
