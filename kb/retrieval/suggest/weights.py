"""How evidence is weighed: by fixed weights, moved by what annotators took of all that could be suggested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.retrieval.suggest.labels import Floats

STEPS = 12  # of Newton's method; five are enough as a rule
CLOSE = 1e-4  # a step that gains less is the last


class Example(NamedTuple):
    """An annotated text: the evidence for each candidate, shape (candidates, kinds of evidence), and which it has."""

    evidence: Floats
    taken: NDArray[np.bool_]


class Prior(NamedTuple):
    """Weights that hold without any example, and how far examples may move each of them."""

    weights: Floats
    spread: Floats


def fit(examples: Sequence[Example], prior: Prior, start: Floats | None = None) -> Floats:
    """The weights under which what was taken is likeliest, beginning at *start*.

    A conditional logit (McFadden 1974): each concept that a text has was chosen among all candidates with a
    probability that grows with the weighted sum of its evidence. Maximum a posteriori, by Newton's method: few
    examples move the weights a little, many make them their own.
    """
    stacked = _Stacked([each for each in examples if each.taken.any()], prior)
    weights = prior.weights if start is None else start
    value, gradient, curvature = stacked.loss(weights)
    for _ in range(STEPS):
        step = np.linalg.solve(curvature, gradient)
        tried = stacked.loss(weights - step)
        while tried[0] > value and np.abs(step).max() > CLOSE:
            step = step / 2
            tried = stacked.loss(weights - step)
        if (gained := value - tried[0]) > 0:
            weights, (value, gradient, curvature) = weights - step, tried
        if gained < CLOSE:
            break
    return weights


class _Stacked:
    """The examples one below the other."""

    def __init__(self, examples: Sequence[Example], prior: Prior) -> None:
        self._prior = prior
        sizes = [len(each.taken) for each in examples]
        self._evidence = np.concatenate([np.empty((0, len(prior.weights))), *(each.evidence for each in examples)])
        self._share = np.concatenate([np.empty(0), *(each.taken / each.taken.sum() for each in examples)])
        self._text = np.repeat(np.arange(len(examples)), sizes)
        self._starts = np.cumsum([0, *sizes[:-1]]) if sizes else np.empty(0, dtype=np.int64)

    def loss(self, weights: Floats) -> tuple[float, Floats, Floats]:
        """How unlikely what was taken is under *weights*, with the first and second derivatives."""
        spread = self._prior.spread
        off = (weights - self._prior.weights) / spread
        value, gradient, curvature = float(off @ off) / 2, off / spread, np.diag(1 / spread**2)
        if not len(self._starts):
            return value, gradient, curvature
        scores = self._evidence @ weights
        top = np.maximum.reduceat(scores, self._starts)
        odds = np.exp(scores - top[self._text])
        totals = np.add.reduceat(odds, self._starts)
        likely = odds / totals[self._text]
        weighted = self._evidence * likely[:, None]
        means = np.add.reduceat(weighted, self._starts)
        value += float((np.log(totals) + top).sum() - self._share @ scores)
        gradient = gradient + self._evidence.T @ (likely - self._share)
        return value, gradient, curvature + weighted.T @ self._evidence - means.T @ means
