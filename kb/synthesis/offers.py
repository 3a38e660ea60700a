"""Comparisons to begin with, found in the data: concepts beside each other, and works that do not say the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kb.synthesis.kept import Kept
from kb.views import Node, Views

OFFERED = 3  # comparisons: one of works, where there is any, the rest of concepts


class Offer(NamedTuple):
    """Two things to compare, by id and by how they are called; of concepts, *within* is their scheme."""

    ids: tuple[str, str]
    labels: tuple[str, str]
    within: str


def offers(views: Views, kept: Kept) -> tuple[Offer, ...]:
    """The two concepts beside each other that most claims are about, scheme by scheme; the works most at odds."""
    works = kept.get("works to compare", lambda: _works(views))
    pairs = sorted(_pairs(views), key=lambda pair: -pair[0])[: OFFERED - bool(works)]
    found = [Offer((one.id, other.id), (one.label, other.label), scheme) for _, scheme, one, other in pairs]
    if works:
        one, other = map(views.links.source, works)
        found.append(Offer((one.id, other.id), (one.citation, other.citation), ""))
    return tuple(found)


def _pairs(views: Views) -> Iterator[tuple[int, str, Node, Node]]:
    """For each scheme two concepts with the same one above, and how many claims are about the one with fewer."""
    for scheme in views.concepts():
        best = max(map(_first_two, _siblings(scheme.concepts)), key=lambda two: two[-1].claims, default=())
        if len(best) > 1 and best[-1].claims:
            yield best[-1].claims, scheme.label, best[0], best[1]


def _siblings(nodes: tuple[Node, ...]) -> Iterator[tuple[Node, ...]]:
    if len(nodes) > 1:
        yield nodes
    for node in nodes:
        yield from _siblings(node.children)


def _first_two(nodes: Iterable[Node]) -> list[Node]:
    return sorted(nodes, key=lambda node: -node.claims)[:2]


def _works(views: Views) -> tuple[str, ...]:
    """The two works whose claims most often dispute or qualify one another's."""
    rows = views.queries.rows("compare-works")[:1]
    return tuple(views.links.id(row[end]) for row in rows for end in ("one", "other"))
