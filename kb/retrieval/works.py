"""The works behind passages: of all hits of a search that come close, and of all that is about a concept."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from kb.retrieval.catalogue import among
from kb.retrieval.close import Close
from kb.retrieval.encoder import Encoder
from kb.retrieval.index import Index
from kb.retrieval.passages import owner
from kb.retrieval.rank import Asked, plan
from kb.retrieval.scope import CONCEPT, Scope
from kb.retrieval.search import Request, by_year, check, readable


def found(
    index: Index, encoder: Callable[[], Encoder], text: str, scope: Scope, request: Request
) -> tuple[str, ...]:  # fmt: skip
    """The ids of the works of the hits that come close to *text*, each once, in the order of the hits.

    At most `kb.graph.query.LIMIT_MAX` passages are close. A concept that is a hit brings no work. The *request* says
    how hits are ranked and sorted, and how many works there may be.
    """
    check(request)
    text, _ = readable(text)
    asked = Asked(index, encoder, text, plan(request.mode), request.off)
    ranked = asked.within(scope)
    rows = Close(asked, ranked, scope).rows()
    rows = rows[~among(rows, index.catalogue.tagged("kind:concept"))]
    places = np.flatnonzero(np.isin(ranked.ranked.rows, rows))
    if request.sort != "score":
        places = by_year(index, ranked.ranked, rows, newest=request.sort == "newest")
    return _owners(index, ranked.ranked.rows[places].tolist())[: request.limit]


def about(index: Index, scope: Scope) -> tuple[str, ...]:
    """The ids of the works that *scope* lets pass with themselves or one of their claims, sorted."""
    mask = index.mask(scope)
    passing = np.ones(len(index), dtype=bool) if mask is None else mask.copy()
    passing[index.mask(CONCEPT)] = False
    return tuple(sorted(_owners(index, np.flatnonzero(passing).tolist())))


def _owners(index: Index, rows: Iterable[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(owner(index.ids[row]) for row in rows))
