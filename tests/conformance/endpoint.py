"""One store after the other behind the web app's /sparql, and beside it the bare engine."""

from pathlib import Path

import pyoxigraph as ox
from w3c import Data, Test
from werkzeug.test import TestResponse

from kb import KnowledgeBase
from webapp import create_app

MEDIA = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".ttl": "text/turtle",
}
DIRECT = "application/sparql-query"


class Endpoint:
    """The web app over *base*, whose queries are answered from stores made in *folder*."""

    def __init__(self, base: KnowledgeBase, folder: Path) -> None:
        self.base, self.folder = base, folder
        self.app = create_app(base)
        self.client = self.app.test_client()
        self._stores: dict[Data, tuple[Path, ox.Store]] = {}
        self._folder, self._asked = folder, 0

    def over(self, data: Data) -> ox.Store:
        """Answer from *data* from now on; returns the store, opened as a worker opens it."""
        if data not in self._stores:
            folder = write(data, self.folder / str(len(self._stores)))
            self._stores[data] = folder, ox.Store.read_only(str(folder))
        folder, store = self._stores[data]
        if self._folder != folder:  # each change costs a new worker
            self.base.sparql.pool.replace(folder)
            self._folder = folder
        return store

    def ask(self, text: str, media: str) -> TestResponse:
        """The answer to a query, which goes out by GET, as a form and as a body in turn."""
        self._asked += 1
        headers = {"Accept": media}
        if self._asked % 3 == 0:
            return self.client.get("/sparql", query_string={"query": text}, headers=headers)
        if self._asked % 3 == 1:
            return self.client.post("/sparql", data={"query": text}, headers=headers)
        return self.client.post("/sparql", data=text.encode(), content_type=DIRECT, headers=headers)


def write(data: Data, folder: Path) -> Path:
    """A store with *data*, as a build leaves it."""
    store = ox.Store(str(folder))
    for graph, file in data:
        place = ox.NamedNode(graph) if graph else ox.DefaultGraph()
        store.load(path=file, base_iri=file.as_uri(), to_graph=place)
    store.flush()
    store.optimize()
    return folder


def media_type(test: Test) -> str:
    """What a test's result is asked for in: as it is written, but XML for a result set that is written as a graph."""
    assert test.result
    as_graph = b"result-set#" in test.result.read_bytes()
    return MEDIA[".srx" if as_graph else test.result.suffix]


def engine(store: ox.Store, text: str, media: str) -> bytes:
    """What the engine itself answers, in process."""
    result = store.query(text)
    graph = isinstance(result, ox.QueryTriples)
    return result.serialize(format=(ox.RdfFormat if graph else ox.QueryResultsFormat).from_media_type(media)) or b""


def reads(store: ox.Store, text: str) -> bool:
    """Whether the engine takes *text* for a query."""
    try:
        store.query(text)
    except SyntaxError:
        return False
    except RuntimeError:  # it calls a function that the engine does not have
        return True
    return True
