"""Write the dataset of a generation: the one before, with the graphs that have changed and what follows from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pyoxigraph as ox

from kb.graph import derived
from kb.graph.derived import Change, Following
from kb.graph.store import constructed
from kb.terms import DERIVED_GRAPH, ONTOLOGY_GRAPH

FEW = 100  # graphs that may change without all that follows being looked for anew, and the files of the store sorted


def write(folder: Path, previous: Path | None, graphs: Mapping[str, list[ox.Quad]], few: int = FEW) -> None:
    """Make a generation's store in *folder*: *previous* by hard links, with each of *graphs* replaced.

    An empty list removes a graph. The derived graph is brought up to date.
    """
    if previous is None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        store = ox.Store(str(folder))
        quads = [quad for graph in graphs.values() for quad in graph]
        store.bulk_extend(quads + [ox.Quad(q.subject, q.predicate, q.object) for q in quads])
    else:
        ox.Store.read_only(str(previous)).backup(str(folder))
        store = ox.Store(str(folder))
    small = previous is not None and len(graphs) <= few and ONTOLOGY_GRAPH not in graphs
    following = Following(store, graphs) if small else None
    if previous is not None:
        for name, quads in graphs.items():
            _replace(store, name, quads)
    if following:
        _change(store, derived.GRAPH, following.change())
    else:
        _replace(store, DERIVED_GRAPH, [_quad(triple, derived.GRAPH) for triple in derived.whole(store)])
    store.flush()
    if not small:  # few files keep opening fast: RocksDB opens the first sixteen at once, the rest on demand; after
        store.optimize()  # small changes it keeps them few by itself


def provenance(quads: list[ox.Quad]) -> list[ox.Quad]:
    """What PROV-O says of the claims of a source, from its own *quads*, in the same graph."""
    store = ox.Store()
    store.extend([ox.Quad(q.subject, q.predicate, q.object) for q in quads])
    found = constructed(store, "provenance")
    return [ox.Quad(t.subject, t.predicate, t.object, quads[0].graph_name) for t in found]


def _replace(store: ox.Store, name: str, quads: Collection[ox.Quad]) -> None:
    """Put *quads* in place of a named graph."""
    graph = ox.NamedNode(name)
    old, new = {q.triple for q in store.quads_for_pattern(None, None, None, graph)}, {q.triple for q in quads}
    _change(store, graph, Change(old - new, new - old))
    if not new:
        store.remove_graph(graph)


def _change(store: ox.Store, graph: ox.NamedNode, change: Change) -> None:
    """Take triples out of a named graph and put others in.

    A triple leaves the default graph when its last graph lets it go.
    """
    for triple in change.minus:
        store.remove(_quad(triple, graph))
        spot = (triple.subject, triple.predicate, triple.object)
        if all(isinstance(q.graph_name, ox.DefaultGraph) for q in store.quads_for_pattern(*spot, None)):
            store.remove(_quad(triple))
    store.extend([*(_quad(triple, graph) for triple in change.plus), *map(_quad, change.plus)])


def _quad(triple: ox.Triple, graph: ox.NamedNode | None = None) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, graph)
