"""The contender that is ours: a process of its own, as its rivals have one (`lines.py`); give it the model's cache."""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from corpora import sentences
from lines import serve
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
LIMIT, WARM = 10, 32  # results of a search; texts encoded before the clock starts


class Ours:
    """The encoder and the knowledge base, asked by name; texts come and vectors go in files."""

    def __init__(self, cache: Path) -> None:
        from kb.retrieval import encoder

        self._cache = cache
        self._encoder = encoder.load(None, cache, lambda message: None)

    def encode(self, texts: str, out: str) -> float:
        """How many seconds the vectors of *texts* take, which are saved in *out*."""
        given = json.loads(Path(texts).read_text(encoding="utf-8"))
        self._encoder.encode(given[:WARM])
        start = time.perf_counter()
        vectors = self._encoder.encode(given)
        seconds = time.perf_counter() - start
        np.save(out, vectors)
        return seconds

    def build(self, home: str, texts: str, vectors: str, known: tuple[str, str] | None = None) -> float:
        """How many seconds a build of *home* takes; what it had encoded is saved in *texts* and *vectors*.

        *known* are files of sentences and their vectors, of which those of longer texts are the mean.
        """
        from kb import KnowledgeBase

        (Path(home) / ".kb").mkdir()
        (Path(home) / ".kb" / "model").symlink_to(self._cache)
        recorder = Recorder(Means(self._encoder, *known) if known else self._encoder)
        start = time.perf_counter()
        base = KnowledgeBase(home, encoder=recorder)
        base.build()
        seconds = time.perf_counter() - start
        base.close()
        Path(texts).write_text(json.dumps(recorder.texts), encoding="utf-8")
        np.save(vectors, np.concatenate(recorder.vectors))
        return seconds

    def open(self, home: str) -> None:
        """Take the base in *home* for what is asked next."""
        from kb import KnowledgeBase

        self._base = KnowledgeBase(home)

    def search(self, queries: list[str]) -> list[float]:
        """How many seconds each search takes."""
        return [_seconds(self._base.search, query, limit=LIMIT) for query in queries]

    def complete(self, texts: list[str]) -> list[float]:
        """How many seconds each completion takes."""
        return [_seconds(self._base.complete, text) for text in texts]


class Means:
    """An encoder that spares the model: a text's vector is the mean of those of its sentences that are known.

    The model reads texts without any known sentence.
    """

    def __init__(self, encoder: Any, texts: str, vectors: str) -> None:
        self.fingerprint: str = encoder.fingerprint
        self._encoder, self._matrix = encoder, np.load(vectors)
        self._rows = {text: row for row, text in enumerate(json.loads(Path(texts).read_text(encoding="utf-8")))}

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*."""
        rows = [[self._rows[s] for s in sentences(text) if s in self._rows] for text in texts]
        vectors = np.stack([self._matrix[found].sum(axis=0) for found in rows])
        if unknown := [number for number, found in enumerate(rows) if not found]:
            vectors[unknown] = self._encoder.encode([texts[number] for number in unknown])
        unit: Matrix = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class Recorder:
    """An encoder that remembers what it was asked and what it answered."""

    def __init__(self, encoder: Any) -> None:
        self.fingerprint: str = encoder.fingerprint
        self.texts: list[str] = []
        self.vectors: list[Matrix] = []
        self._encoder = encoder

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*."""
        vectors: Matrix = self._encoder.encode(texts)
        self.texts.extend(texts)
        self.vectors.append(vectors)
        return vectors


def _seconds(search: Any, text: str, **options: Any) -> float:
    start = time.perf_counter()
    search(text, **options)
    return time.perf_counter() - start


if __name__ == "__main__":
    ours = Ours(Path(sys.argv[1]))
    serve({verb: getattr(ours, verb) for verb in ("encode", "build", "open", "search", "complete")})
