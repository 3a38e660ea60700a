"""The concepts that may be suggested: their numbers, vectors, labels and links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property

import numpy as np

from kb.retrieval.encoder import Matrix
from kb.retrieval.index import Index
from kb.retrieval.suggest.labels import Labels


class Vocabulary:
    """The concepts of an index, numbered in the order of their ids; retired and grouping ones are not in it."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.rows = index.catalogue.tagged("kind:concept").astype(np.int64)
        self.ids = [index.ids[row] for row in self.rows]
        self.number = {id: n for n, id in enumerate(self.ids)}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def vectors(self) -> Matrix:
        """The vectors of the concepts, shape (concepts, dimensions)."""
        return self._index.vectors.take(self.rows)

    @cached_property
    def labels(self) -> Labels:
        """Their labels in any language."""
        named = ((self.number[id], label) for id, label in self._index.catalogue.labels() if id in self.number)
        return Labels(named, len(self), self._below)

    def label(self, concept: int) -> str:
        """The label of a concept."""
        return self._index.label(self.ids[concept])

    def neighbours(self, chosen: Iterable[int]) -> dict[int, tuple[str, int]]:
        """The concepts next to some *chosen* ones: how, as narrower, related or broader, and to which of them."""
        found: dict[int, tuple[str, int]] = {}
        for concept in chosen:
            for how, others in (
                ("narrower", self._narrower.get(concept, ())),
                ("related", self._related.get(concept, ())),
                ("broader", self._broader.get(concept, ())),
            ):
                for other in others:
                    found.setdefault(other, (how, concept))
        return found

    @cached_property
    def _narrower(self) -> dict[int, list[int]]:
        return self._links("narrower")

    @cached_property
    def _related(self) -> dict[int, list[int]]:
        return self._links("related")

    @cached_property
    def _broader(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for concept, others in self._narrower.items():
            for other in others:
                found[other].append(concept)
        return found

    @cached_property
    def _below(self) -> dict[int, set[int]]:
        """Every concept below each, however far; a circle ends where it began."""
        found: dict[int, set[int]] = {}
        for concept in self._narrower:
            below, todo = set[int](), list(self._narrower[concept])
            while todo:
                current = todo.pop()
                if current != concept and current not in below:
                    below.add(current)
                    todo += self._narrower.get(current, ())
            found[concept] = below
        return found

    def _links(self, name: str) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for subject, how, other in self._index.catalogue.linked(self.ids):
            if how == name and subject in self.number and other in self.number:
                found[self.number[subject]].append(self.number[other])
        return found
