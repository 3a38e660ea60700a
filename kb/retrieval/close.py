"""What comes close to a question: the part of a ranking that is worth counting and sorting, whatever the filters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from kb.graph.query import LIMIT_MAX
from kb.retrieval.passages import owner
from kb.retrieval.rank import PARTS, Asked, Found
from kb.retrieval.scope import EVERYTHING, Scope
from kb.retrieval.snippets import few
from kb.retrieval.understand import Understood, scope_of

SHARE = {
    "fused": 0.3,
    "words": 0.1,
    "vectors": 0.45,
}  # of the best one's score, by mode (measured: retrieval/README.md)
NAMED = PARTS.index("match")
COUNTED = [
    PARTS.index(part) for part in ("words", "meaning", "concept")
]  # of the score: only 200 have the part "alike"

Rows = NDArray[np.int64]


class Close:
    """The passages that come close to what was *asked*; *found* is its ranking within *scope*.

    Whether one is close is seen in the ranking of all passages, where no filter of the reader's acts, so that a filter
    takes some away and changes nothing for the others. Of a text a few passages are, and at most `LIMIT_MAX` in all.
    In *group*, what belongs to one source counts as one thing.
    """

    def __init__(self, asked: Asked, found: Found, scope: Scope, group: bool = False) -> None:
        self.index, self._asked, self._scope, self._group = asked.index, asked, scope, group
        self._found = {found.understood: self._close(found)} if scope == EVERYTHING else {}

    @property
    def count(self) -> int:
        """How many things are close within the scope."""
        return len(set(self.things(self.rows())))

    def rows(self, scope: Scope | None = None) -> Rows:
        """The rows of what is close within another *scope*, or within the one that was searched; ascending."""
        scope = self._scope if scope is None else scope
        understood, _ = self._asked.narrowed(scope)
        if understood not in self._found:
            self._found[understood] = self._close(self._asked.ranked(understood, _of(understood)))
        rows, mask = self._found[understood], self.index.mask(scope)
        return rows if mask is None else rows[mask[rows]]

    def things(self, rows: Rows) -> list[str]:
        """What each row counts as: itself, or what it belongs to where that counts once."""
        ids = [self.index.ids[row] for row in rows.tolist()]
        return [owner(id) for id in ids] if self._group else ids

    def _close(self, found: Found) -> Rows:
        """The rows of a ranking of all that have enough of the best one's score, and those that the query names."""
        ranked = found.ranked
        score = ranked.parts[COUNTED].sum(axis=0)
        best = score[self.index.annotated(ranked.rows)].max(initial=0) or score.max(initial=0)
        enough = (score > 0) & (score >= SHARE[self._asked.plan.mode] * best) & (not ranked.weak)
        close = ranked.rows[enough | (ranked.parts[NAMED] > 0)]
        return np.sort(close[few(self.index, close)][:LIMIT_MAX])


def _of(understood: Understood) -> Scope:
    """What the filters that were understood let pass."""
    scope = EVERYTHING
    for part in understood.parts:
        if part.state == "on":
            scope = scope.also(scope_of(part) or EVERYTHING)
    return scope
