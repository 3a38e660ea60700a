"""What stands around a concept, by the scheme and by what claims assert: the strongest, as many as a picture holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kb.evidence import Relation
from kb.overview import Ref

ROOM = {"up": 4, "down": 6, "in": 7, "out": 7}  # by direction; what is beside takes the room that "in" and "out" leave


class Neighbour(NamedTuple):
    """A concept beside another, the link that leads to it, and how many *claims* assert that: none for one of a scheme.

    *direction*: ``up`` to a broader concept, ``down`` to a narrower one, ``out`` and ``in`` for a relation from and to
    the concept in the middle, ``beside`` for one that is related.
    """

    id: str
    label: str
    scheme: str
    link: str
    direction: str
    claims: int
    established: bool


def neighbourhood(
    relations: Iterable[Relation], broader: Iterable[Ref], narrower: Iterable[Ref], related: Iterable[Ref],
    scheme: Callable[[str], str],
) -> tuple[Neighbour, ...]:  # fmt: skip
    """The neighbours of a concept, each once by its strongest link, within `ROOM`; *scheme* tells that of an id."""
    found: dict[str, Neighbour] = {}
    for each in _links(relations, broader, narrower, related):
        if each.id not in found and _has_room(each.direction, found.values()):
            found[each.id] = each._replace(scheme=scheme(each.id))
    return tuple(found.values())


def _links(
    relations: Iterable[Relation], broader: Iterable[Ref], narrower: Iterable[Ref], related: Iterable[Ref]
) -> Iterator[Neighbour]:
    for r in sorted(relations, key=lambda r: (r.established, r.strength, len(r.claims)), reverse=True):
        yield Neighbour(*r.other, "", r.label, r.direction, len(r.claims), r.established)
    for link, direction, concepts in (
        ("broader", "up", broader),
        ("narrower", "down", narrower),
        ("related", "beside", related),
    ):
        yield from (Neighbour(*concept, "", link, direction, 0, True) for concept in concepts)


def _has_room(direction: str, taken: Iterable[Neighbour]) -> bool:
    directions = [each.direction for each in taken]
    if direction in ROOM:
        return directions.count(direction) < ROOM[direction]
    return sum(directions.count(side) for side in ("in", "out", "beside")) < ROOM["in"] + ROOM["out"]
