"""What follows from several files, in a graph of its own: made whole, or where few files changed for their claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

import pyoxigraph as ox

from kb.graph.store import Thing, placed, text
from kb.terms import DERIVED_GRAPH, PKB

RELATIONS, READ_IN, INVERSE = "relations", "read-in", "inverse"  # the queries of what follows
STATED_IN, READ = ox.NamedNode(f"{PKB}statedIn"), ox.NamedNode(f"{PKB}readIn")
SUPPORTS = ox.NamedNode("http://purl.org/spar/cito/supports")
GRAPH = ox.NamedNode(DERIVED_GRAPH)

Triples = set[ox.Triple]


class Change(NamedTuple):
    """The triples that go from the derived graph, and those that come."""

    minus: Triples
    plus: Triples


def whole(store: ox.Store) -> Triples:
    """All that follows from what is in *store*."""
    return {triple for name in (RELATIONS, READ_IN, INVERSE) for triple in _asked(store, name)}


class Following:
    """What follows from the claims of a few graphs, before they change and after.

    A relation is asserted by claims, of which one is enough. Where a statement was read hangs on the claim itself and
    on those that it supports or that support it.
    """

    def __init__(self, store: ox.Store, graphs: Mapping[str, Collection[ox.Quad]]) -> None:
        self._store = store
        named = [quad for name in graphs for quad in store.quads_for_pattern(None, STATED_IN, None, ox.NamedNode(name))]
        claims = _claims(named)
        self._near = self._linked(claims)
        self._claims = claims | {claim for quads in graphs.values() for claim in _claims(quads)}
        self._asserted = self._relations(self._claims)

    def change(self) -> Change:
        """What changes in the derived graph, now that the graphs have changed."""
        near = self._claims | self._near | self._linked(self._claims)
        read = set(_asked(self._store, READ_IN, {"?subject": _iris(near)})) if near else set()
        was = {quad.triple for claim in near for quad in self._store.quads_for_pattern(claim, READ, None, GRAPH)}
        relations = self._relations(self._claims)
        gone = {triple for triple in self._asserted - relations if not self._holds(triple)}
        return Change(gone | (was - read), relations | (read - was))

    def _linked(self, claims: Iterable[ox.NamedNode]) -> set[ox.NamedNode]:
        """The claims that these support, and that support these."""
        found = set[ox.NamedNode]()
        for claim in claims:
            found |= {_node(quad.object) for quad in self._store.quads_for_pattern(claim, SUPPORTS, None, None)}
            found |= {_node(quad.subject) for quad in self._store.quads_for_pattern(None, SUPPORTS, claim, None)}
        return found

    def _relations(self, claims: Collection[ox.NamedNode]) -> Triples:
        return set(_asked(self._store, RELATIONS, {"?claim": _iris(claims)})) if claims else set()

    def _holds(self, triple: ox.Triple) -> bool:
        """Whether some claim asserts a relation."""
        ends: dict[str, list[Thing]] = {"(?subject ?object)": [(triple.subject, triple.object)]}  # type: ignore[list-item]
        return triple in set(_asked(self._store, RELATIONS, ends))


def _claims(quads: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    return {_node(quad.subject) for quad in quads if quad.predicate == STATED_IN}


def _node(term: object) -> ox.NamedNode:
    assert isinstance(term, ox.NamedNode)
    return term


def _iris(claims: Iterable[ox.NamedNode]) -> list[Thing]:
    return [claim.value for claim in claims]


def _asked(store: ox.Store, name: str, places: Mapping[str, Iterable[Thing]] | None = None) -> Iterator[ox.Triple]:
    found = store.query(placed(text(name), places or {}))
    assert isinstance(found, ox.QueryTriples)
    return iter(found)
