"""The server that is attacked: the toy home, with a hundred thousand made-up triples beside it in its store.

Run with a folder for its files; it tells its address on the error output, as ``kb serve`` does.
"""

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from conftest import StubEncoder, lay_toy

from kb import KnowledgeBase
from kb.home import STORE
from webapp import serve

NODES, FRIENDS = 15_000, 4
WORDS = ["trust", "power", "money", "time", "people", "place", "risk", "knowledge", "water", "health"]


def triples() -> Iterator[ox.Quad]:
    """A chain with a ring at its end, a crowd in which all know some, and texts; each in one of fifty graphs, too."""
    choice = random.Random(0)
    for n in range(NODES):
        node = ox.NamedNode(f"urn:n{n}")
        spots = [(node, ox.NamedNode("urn:next"), ox.NamedNode(f"urn:n{(n + 1) % NODES}"))]
        spots += [(node, ox.NamedNode("urn:knows"), ox.NamedNode(f"urn:n{choice.randrange(NODES)}"))
                  for _ in range(FRIENDS)]  # fmt: skip
        spots += [(node, ox.NamedNode("urn:text"), ox.Literal(" ".join(choice.choices(WORDS, k=20))))]
        for spot in spots:
            yield ox.Quad(*spot)
            yield ox.Quad(*spot, ox.NamedNode(f"urn:g{n % 50}"))


def main(folder: Path) -> None:
    """Build what is not there yet, and serve it on any free port."""
    home = folder / "home"
    base = KnowledgeBase(home if home.exists() else lay_toy(home), encoder=StubEncoder())
    if base.home.current() is None:
        base.build()
        store = ox.Store(str(base.generation.folder / STORE))
        store.bulk_extend(triples())
        store.flush()
        store.optimize()
        del store
    serve(base, port=0, announce=lambda text: print(text, file=sys.stderr, flush=True))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
