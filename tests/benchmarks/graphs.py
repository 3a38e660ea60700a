"""Large stores: the project's own data, with its sources copied under other names, until there are enough triples."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kb import KnowledgeBase
from kb.home import STORE

SOURCE = "https://w3id.org/partnership-kb/source/"


def multiply(home: Path, folder: Path, triples: int) -> Path:
    """A copy of a built *home* whose store has at least so many *triples*; each stands in a graph, too."""
    shutil.copytree(home, folder, symlinks=True)
    store = store_of(folder)
    base = list(ox.Store.read_only(str(store)))
    sources = [quad for quad in base if getattr(quad.graph_name, "value", "").startswith(SOURCE)]
    copies = -(-(triples - len(base) // 2) // len(sources))
    made = ox.Store(str(store))
    made.bulk_extend(quad for number in range(copies) for quad in _copied(sources, number))
    made.flush()
    made.optimize()
    return folder


def store_of(home: Path) -> Path:
    """The folder of a home's store."""
    base = KnowledgeBase(home)
    store = base.generation.folder / STORE
    base.close()
    return store


def examples(folder: Path) -> dict[str, str]:
    """The example queries that do not search, by name."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("[!.]*.rq"))}
    return {name: text for name, text in found.items() if "pkb:search" not in text}


def _copied(quads: list[ox.Quad], number: int) -> Iterator[ox.Quad]:
    for subject, predicate, object, graph in quads:
        spot = (_renamed(subject, number), predicate, _renamed(object, number))
        yield ox.Quad(*spot)
        yield ox.Quad(*spot, _renamed(graph, number))


def _renamed(term: object, number: int) -> object:
    """A source, claim or blank node of copy *number*; what else there is, is shared."""
    if isinstance(term, ox.BlankNode):
        return ox.BlankNode(f"{term.value}c{number}")
    if isinstance(term, ox.NamedNode) and term.value.startswith(SOURCE):
        return ox.NamedNode(f"{SOURCE}copy{number}-{term.value.removeprefix(SOURCE)}")
    return term
