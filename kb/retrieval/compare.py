"""Two runs over the same questions: how far their figures differ, and whether the choice of questions may be why."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.corpus.sources import read_bytes
from kb.errors import BadQuery, BadSource, NotFound
from kb.retrieval.evaluate import NDCG_CUT, RECALL_CUT, Evaluation, Score

FIGURES = {f"ndcg@{NDCG_CUT}": "ndcg", f"recall@{RECALL_CUT}": "recall", "mrr": "reciprocal_rank"}  # JSON → Score
TIED = 1e-9  # what rounding alone may do to a figure
AT_ONCE = 1_000_000  # draws held in memory, 8 bytes each and as much again for each figure
FEW = 20  # questions, a rule of thumb: from few, a percentile interval comes out too narrow (Hesterberg 2015)
WRITE = "write it anew with 'kb eval FILE --json'"
SHOWN = 5  # questions of each kind in the report; the JSON has all


class Figure(NamedTuple):
    """One figure, a mean over the questions of both runs; *low* to *high* is the 95 % interval of b − a."""

    name: str
    a: float
    b: float
    difference: float
    low: float
    high: float
    won: int  # by b
    lost: int
    tied: int

    @property
    def verdict(self) -> str:
        """What the interval allows to say."""
        return "b is better" if self.low > TIED else "b is worse" if self.high < -TIED else "too close to call"


class Change(NamedTuple):
    """The nDCG of one question in both runs."""

    id: str
    a: float
    b: float
    difference: float


class Comparison(NamedTuple):
    """Run b against run a, over the questions that both have; *changes* from the greatest gain to the greatest loss."""

    figures: tuple[Figure, ...]
    changes: tuple[Change, ...]
    questions: int
    only_a: int  # questions left out, as the other run lacks them
    only_b: int


def compare(a: Evaluation, b: Evaluation, samples: int = 10_000, seed: int = 1) -> Comparison:
    """What changes from run *a* to run *b*, question by question; the same *seed* gives the same intervals.

    The questions are drawn *samples* times with replacement, each with its scores in both runs, and the middle 95 % of
    the mean differences are told: the paired bootstrap percentile interval (Efron & Tibshirani 1993, chapter 13; the
    bootstrap for rankings: Sakai, SIGIR 2006). As a test it differs little in practice from the t and randomisation
    tests (Smucker, Allan & Carterette, CIKM 2007). It tells of the choice of questions only, figure by figure.
    Raises BadQuery where no question is in both.

    >>> run = lambda *ndcg: Evaluation(tuple(Score(f"q{n}", x, 1.0, 1.0) for n, x in enumerate(ndcg)))
    >>> compare(run(0.5, 0.2), run(0.75, 0.2)).figures[0]
    Figure(name='ndcg@10', a=0.35, b=0.475, difference=0.125, low=0.0, high=0.25, won=1, lost=0, tied=1)
    """
    ours, theirs = ({score.id: score for score in run.scores} for run in (a, b))
    both = sorted(ours.keys() & theirs.keys())
    if not both:
        raise BadQuery("the two runs have no question in common: compare runs over the same file of questions")
    if samples < 1 or seed < 0:
        raise BadQuery(f"cannot draw {samples} samples by seed {seed}: give at least 1, and a seed from 0 up")
    before, after = (np.array([[getattr(run[id], field) for id in both] for field in FIGURES.values()])
                     for run in (ours, theirs))  # fmt: skip
    intervals = np.percentile(_resampled(after - before, samples, seed), (2.5, 97.5), axis=0).T
    figures = tuple(map(_figure, FIGURES, before, after, intervals))
    changes = (Change(id, ours[id].ndcg, theirs[id].ndcg, theirs[id].ndcg - ours[id].ndcg) for id in both)
    ranked = tuple(sorted(changes, key=lambda change: -change.difference))
    return Comparison(figures, ranked, len(both), len(ours) - len(both), len(theirs) - len(both))


def lines(comparison: Comparison) -> Iterator[str]:
    """The comparison as a report for the terminal."""
    figures, changes, n, only_a, only_b = comparison
    yield f"{'':10}{'a':>8}{'b':>8}{'b - a':>9}  {'95 % interval':18}{'won':>5}{'lost':>5}{'tied':>5}"
    for f in figures:
        interval = f"{f.low:+z.4f} … {f.high:+z.4f}"
        yield (f"{f.name:10}{f.a:8.4f}{f.b:8.4f}{f.difference:+z9.4f}  {interval:18}"
               f"{f.won:5}{f.lost:5}{f.tied:5}  {f.verdict}")  # fmt: skip
    yield f"questions in both: {n}; left out: {only_a} only in a, {only_b} only in b"
    if n < FEW:
        yield f"fewer than {FEW} questions: the intervals are narrower than they should be"
    gained = [change for change in changes if change.difference > TIED][:SHOWN]
    lost = [change for change in changes if change.difference < -TIED][: -SHOWN - 1 : -1]
    for title, some in (("most gained", gained), ("most lost", lost)):
        if some:
            yield f"{title}, {figures[0].name}:"
        yield from (f"  {c.a:.4f} → {c.b:.4f}  {c.difference:+.4f}  {c.id}" for c in some)


def read_run(path: Path) -> Evaluation:
    """The run that ``kb eval FILE --json`` wrote to *path*; further keys are ignored. Raises NotFound, BadSource."""
    if not path.exists():
        raise NotFound(f"no file {path}: write it with 'kb eval FILE --json > {path}'")
    try:
        scores = tuple(map(_score, json.loads(read_bytes(path))["queries"]))
    except json.JSONDecodeError as error:
        raise BadSource(f"{path}:{error.lineno}: is no JSON ({error.msg}): {WRITE}") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        what = str(error) if type(error) is ValueError else "holds no 'queries' with ids and figures"
        raise BadSource(f"{path}: {what}: {WRITE}") from error
    if doubled := [id for id, times in Counter(score.id for score in scores).items() if times > 1]:
        raise BadSource(f"{path}: has question {doubled[0]!r} twice: give each question an id of its own")
    return Evaluation(scores)


def _score(query: dict[str, Any]) -> Score:
    id = str(query["id"])
    for name in FIGURES:
        value = query.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise ValueError(f"{name} of question {id!r} is {value!r}, no number from 0 to 1")
    return Score(id=id, **{field: float(query[name]) for name, field in FIGURES.items()})


def _resampled(differences: NDArray[np.float64], samples: int, seed: int) -> NDArray[np.float64]:
    """The mean differences (figures × questions) of each sample: samples × figures."""
    draw, n = np.random.default_rng(seed), differences.shape[1]
    step = max(AT_ONCE // n, 1)
    sizes = (min(step, samples - start) for start in range(0, samples, step))
    return np.concatenate([differences[:, draw.integers(n, size=(size, n))].mean(axis=2).T for size in sizes])


def _figure(name: str, a: NDArray[np.float64], b: NDArray[np.float64], interval: NDArray[np.float64]) -> Figure:
    means = math.fsum(a) / len(a), math.fsum(b) / len(b)
    won, lost = int((b - a > TIED).sum()), int((a - b > TIED).sum())
    low, high = interval.tolist()
    return Figure(name, *means, means[1] - means[0], low, high, won, lost, tied=len(a) - won - lost)
