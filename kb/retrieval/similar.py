"""More like this: what is near in meaning to a source, claim or concept and about the same concepts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from kb.errors import NotFound
from kb.retrieval.index import Index
from kb.retrieval.passages import owner
from kb.retrieval.rank import DEPTH, Floats, direction, share
from kb.retrieval.scope import Scope
from kb.retrieval.search import Describe, Hit, Reason, Request, check, hit
from kb.retrieval.snippets import few

NEAR = 0.7  # the weight of nearness in meaning; shared concepts have the rest


def similar(index: Index, describe: Describe, id: str, scope: Scope, request: Request) -> tuple[tuple[Hit, ...], int]:
    """What is like the passage or source called *id*, best first, without itself; and how many there are in all."""
    check(request)
    own = _own(index, id)
    near = index.by_meaning(direction(index, np.array(own, dtype=np.int64)), DEPTH, scope)
    listed = few(index, near.rows)
    others = [n for n, row in enumerate(near.rows.tolist()) if listed[n] and owner(index.ids[row]) != owner(id)]
    rows, cosines = near.rows[others], near.scores[others].astype(float)
    concepts = {concept for passage in index.catalogue.passages(own) for concept in passage.concepts}
    shared, overlap = _overlap(index, rows.tolist(), concepts)
    by_meaning, by_concepts = NEAR * share(cosines, index.annotated(rows)), (1 - NEAR) * share(overlap)
    scores = by_meaning + by_concepts
    order = np.lexsort((rows, -scores)).tolist()
    hits = []
    for number, n in enumerate(order[request.offset : request.offset + request.limit], request.offset + 1):
        reasons = [Reason("meaning", f"similarity {cosines[n]:.3f} (cosine)", float(by_meaning[n]))]
        if shared[n]:
            labels = map(index.label, sorted(shared[n]))
            reasons.append(Reason("concept", "about " + ", ".join(labels), float(by_concepts[n])))
        hits.append(hit(index.passage(int(rows[n])), number, scores[n], reasons, describe))
    return tuple(hits), len(order)


def _own(index: Index, id: str) -> list[int]:
    """The rows of a passage, and where it is a source, of its claims; its text, if it is here, is not asked."""
    try:
        said = np.array(index.claims(id), dtype=np.int64)
        return [index.row(id), *said[index.annotated(said)].tolist()]
    except NotFound:
        raise NotFound(f"no concept, source or claim {id!r}: 'kb search' finds ids") from None


def _overlap(index: Index, rows: list[int], concepts: Iterable[str]) -> tuple[list[set[str]], Floats]:
    """The concepts that each row shares, and what they weigh together: rare ones more (inverse document frequency)."""
    shared: dict[int, set[str]] = defaultdict(set)
    weight: dict[int, float] = defaultdict(float)
    size = int(index.annotated(np.arange(len(index))).sum())
    for concept in sorted(concepts):
        tagged = index.catalogue.tagged(f"concept:{concept}").tolist()
        for row in tagged:
            shared[row].add(concept)
            weight[row] += math.log(size / len(tagged))
    return [shared[row] for row in rows], np.array([weight[row] for row in rows], dtype=np.float64)
