"""The contender that is rdflib: its own engine over its own store in memory, in a process of its own (`lines.py`)."""

import time
from pathlib import Path

from lines import serve
from rdflib import Dataset, Graph


class Rdflib:
    """The data set of one file, asked by name."""

    def load(self, file: str) -> float:
        """How many seconds it takes to read N-Quads, in which each triple stands in the default graph too."""
        start = time.perf_counter()
        self._dataset = Dataset().parse(data=Path(file).read_text(encoding="utf-8"), format="nquads")
        self._plain = Graph()
        for triple in self._dataset.default_graph:
            self._plain.add(triple)
        return time.perf_counter() - start

    def query(self, text: str) -> tuple[float, int]:
        """How many seconds a query takes, to its last row, and how many rows there are."""
        named = "GRAPH " in text or "FROM " in text
        start = time.perf_counter()
        result = (self._dataset if named else self._plain).query(text)
        rows = list(result)
        return time.perf_counter() - start, len(rows)


if __name__ == "__main__":
    rdflib = Rdflib()
    serve({"load": rdflib.load, "query": rdflib.query})
