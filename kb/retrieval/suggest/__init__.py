"""Concepts for a text, each with its reasons: labels found in it, nearness in meaning, similar sources, neighbours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.corpus.ontology import Concept
from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.index import Index
from kb.retrieval.suggest.labels import Labels, Mention

WEIGHTS = {"label": 0.25, "meaning": 0.45, "sources": 0.25, "near": 0.05}
NEAREST = 10  # annotated sources that are asked
NEIGHBOURS = {"narrower": 0.5, "broader": 0.5, "related": 0.6}


class Reason(NamedTuple):
    """Why a concept is suggested: *type* is label, meaning, sources or near; *weight* is its part of the score."""

    type: str
    text: str
    weight: float


class Suggestion(NamedTuple):
    """A concept for a text; the weights of its reasons sum to its score, which is between 0 and 1.

    *scheme* is the id of the scheme it is of, where that is known.
    """

    id: str
    label: str
    scheme: str
    score: float
    reasons: tuple[Reason, ...]

    def shown(self, concept: Concept) -> Suggestion:
        """The same for a reader of the language of *concept*."""
        return self._replace(label=concept.label, scheme=next(iter(concept.schemes), ""))


class Suggester:
    """What suggestions stand on, of one index; made once, asked often."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._rows = index.catalogue.tagged("kind:concept").astype(np.int64)
        self.ids = [index.ids[row] for row in self._rows]
        self._place = {id: n for n, id in enumerate(self.ids)}

    def suggest(
        self, encoder: Encoder, text: str, limit: int = 10, chosen: Collection[str] = (), without: Collection[str] = ()
    ) -> tuple[Suggestion, ...]:
        """The concepts that *text* may be about, the best first, but those *chosen* already.

        Sources in *without* do not count as annotated.
        """
        if not text.strip() or not self.ids:
            return ()
        vector = encoder.encode([text])[0]
        reasons: dict[str, list[Reason]] = defaultdict(list)
        for found in (self._labels_in(text), self._meaning(vector), self._sources(vector, without)):
            for id, reason in found.items():
                reasons[id].append(reason)
        for id, reason in self._near(chosen).items():
            if id in reasons:
                reasons[id].append(reason)
        made = [
            Suggestion(id, self._index.label(id), "", sum(r.weight for r in why), tuple(why))
            for id, why in reasons.items()
            if id in self._place and id not in chosen
        ]
        return tuple(sorted(made, key=lambda s: (-s.score, s.id))[:limit])

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self._index.catalogue)

    @cached_property
    def _vectors(self) -> Matrix:
        return self._index.vectors.take(self._rows)

    @cached_property
    def _sources_rows(self) -> NDArray[np.int64]:
        return self._index.catalogue.tagged("kind:source").astype(np.int64)

    def _labels_in(self, text: str) -> dict[str, Reason]:
        found: dict[str, list[Mention]] = defaultdict(list)
        for mention in self._labels.mentions(text):
            found[mention.concept].append(mention)
        result = {}
        for id, mentions in found.items():
            longest = max(mentions, key=lambda m: (m.words, -m.start))
            share = min(1.0, 0.5 + 0.2 * longest.words + 0.1 * (len(mentions) - 1))
            said = f"label found here: “{text[longest.start : longest.end]}”"
            result[id] = Reason("label", said, WEIGHTS["label"] * share)
        return result

    def _meaning(self, vector: Matrix) -> dict[str, Reason]:
        cosines = self._vectors @ vector
        best = np.argsort(-cosines, kind="stable")[:200]
        return {
            self.ids[n]: Reason(
                "meaning", f"meaning close to its label and definition (cosine {cosines[n]:.2f})",
                WEIGHTS["meaning"] * max(0.0, float(cosines[n])),
            )
            for n in best
        }  # fmt: skip

    def _sources(self, vector: Matrix, without: Collection[str]) -> dict[str, Reason]:
        rows = self._sources_rows
        cosines = self._index.vectors.take(rows) @ vector
        order = [n for n in np.argsort(-cosines, kind="stable") if self._index.ids[rows[n]] not in without]
        sums: dict[str, float] = defaultdict(float)
        carrying: dict[str, list[str]] = defaultdict(list)
        total = 0.0
        nearest = order[:NEAREST]
        for n, passage in zip(nearest, self._index.catalogue.passages(rows[nearest].tolist()), strict=True):
            weight = max(0.0, float(cosines[n])) ** 3
            total += weight
            for id in passage.concepts:
                sums[id] += weight
                carrying[id].append(passage.id)
        return {
            id: Reason("sources", "similar sources carry it: " + ", ".join(carrying[id][:3]),
                       WEIGHTS["sources"] * weight / total)
            for id, weight in sums.items() if weight > 0
        }  # fmt: skip

    def _near(self, chosen: Iterable[str]) -> dict[str, Reason]:
        chosen = [id for id in chosen if id in self._place]
        result = {}
        for subject, name, other in self._index.catalogue.linked(chosen):
            if name in NEIGHBOURS:
                how = {"narrower": "narrower than", "related": "related to"}[name]
                said = f"{how} {self._index.label(subject)}, which is chosen"
                result[other] = Reason("near", said, WEIGHTS["near"] * NEIGHBOURS[name])
        return result


def suggest(
    index: Index, encoder: Encoder, text: str, limit: int = 10, chosen: Collection[str] = (),
    without: Collection[str] = (),
) -> tuple[Suggestion, ...]:  # fmt: skip
    """The concepts that *text* may be about; who asks more than once keeps a `Suggester`."""
    return Suggester(index).suggest(encoder, text, limit, chosen, without)


__all__ = ["Reason", "Suggester", "Suggestion", "suggest"]
