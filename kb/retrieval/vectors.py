"""The vector index: inner product over unit vectors, in FAISS."""

from __future__ import annotations

from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.retrieval.encoder import Matrix

FILE = "vectors.npy"

faiss.omp_set_num_threads(1)  # one query at a time gains nothing from more, and the server has other threads


class Vectors:
    """The vectors of a generation, shape (passages, dimensions), opened for reading."""

    def __init__(self, folder: Path) -> None:
        matrix = np.load(folder / FILE, mmap_mode="r")
        self._index = faiss.IndexFlatIP(matrix.shape[1])
        self._index.add(np.ascontiguousarray(matrix))  # copies it: the file is not held

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, vector: Matrix, limit: int, mask: NDArray[np.bool_] | None = None) -> list[tuple[int, float]]:
        """The rows nearest to *vector* and their cosines, best first; *mask* says which rows may be found."""
        limit = min(limit, len(self) if mask is None else int(mask.sum()))
        if limit == 0:
            return []
        parameters = None
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))  # type: ignore[call-arg, arg-type]
        scores, rows = self._index.search(vector.reshape(1, -1), limit, params=parameters)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True) if row >= 0]


def write(folder: Path, matrix: Matrix) -> None:
    """Write the vectors of a generation."""
    np.save(folder / FILE, np.ascontiguousarray(matrix, dtype=np.float32))
