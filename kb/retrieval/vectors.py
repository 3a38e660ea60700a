"""The vectors of the texts: in memory and searched exactly up to FLAT of them, in mapped inverted lists beyond."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

from kb.retrieval.encoder import Matrix

FLAT = 50_000  # texts searched exactly, in 5 ms
CHANGED = 0.05  # of the base, before it is made anew
PROBED = 64  # lists' worth of vectors looked at: .98 or more of the ten nearest among 200,000, in 1.5 ms
DEEP = 20  # vectors looked at for each one wanted, where many are
SAMPLE = 40  # vectors a list that its centre is learnt from
CHUNK = 50_000  # vectors added to the lists at a time
BASE, REST, DIGESTS, SLOTS = "base.faiss", "vectors.npy", "digests.npy", "slots.npy"

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
Found = tuple[Rows, Matrix]  # rows or slots, and their cosines

faiss.omp_set_num_threads(1)  # one query at a time gains nothing from more, and the server has other threads


class Vectors:
    """The vectors of a generation, opened for reading.

    Each text has one slot, however many rows say it. The first slots are
    those of the base, if there is one, and some of them may be dead: their
    text is gone. The others, in memory, are the rest.
    """

    def __init__(self, folder: Path) -> None:
        rest = np.load(folder / REST, mmap_mode="r")  # FAISS copies it, so the file is not held
        self.dimensions = int(rest.shape[1])
        self._rest = faiss.IndexFlatIP(self.dimensions)
        self._rest.add(rest)
        self._base = Base(folder / BASE) if (folder / BASE).exists() else None
        self.based = len(self._base) if self._base else 0
        if len(np.load(folder / DIGESTS, mmap_mode="r")) != self.based + len(rest):
            raise ValueError(f"{folder}: not as many digests as vectors")
        self._slots: Rows = np.load(folder / SLOTS).astype(np.int64)  # of each row
        rows = np.arange(len(self))
        self._first = np.full(self.based + len(rest), len(self))  # row of each slot, or one past all
        np.minimum.at(self._first, self._slots, rows)
        self._living: Mask = self._first < len(self)
        self._twins = np.flatnonzero(self._first[self._slots] != rows)  # the other rows of a text

    def __len__(self) -> int:
        return len(self._slots)

    def search(self, vector: Matrix, limit: int, mask: Mask | None = None) -> Found:
        """The rows nearest to the unit *vector*, shape (dimensions,), and their cosines, best first, equal ones by row.

        *mask*, shape (rows,), says which rows may be found.
        """
        query, passing = vector.reshape(1, -1), self._living if mask is None else self._passing(mask)
        slots, scores = _nearest(self._rest, query, limit, passing[self.based :])
        slots = slots + self.based
        if self._base:
            more = self._base.search(query, limit, passing[: self.based])
            slots, scores = np.append(more[0], slots), np.append(more[1], scores)
        rows, scores = self._rows(slots, scores)
        if mask is not None:
            rows, scores = rows[mask[rows]], scores[mask[rows]]
        best = np.lexsort((rows, -scores))[:limit]
        return rows[best], scores[best]

    def take(self, rows: Rows) -> Matrix:
        """The vectors of some *rows*, shape (len(rows), dimensions); those in the base are in half precision."""
        return self.at(self._slots[rows])

    def at(self, slots: Rows) -> Matrix:
        """The vectors in some *slots*, shape (len(slots), dimensions)."""
        matrix = np.empty((len(slots), self.dimensions), dtype=np.float32)
        based = slots < self.based
        if self._base:
            matrix[based] = self._base.take(slots[based])
        matrix[~based] = self._rest.reconstruct_batch(slots[~based] - self.based)
        return matrix

    def _passing(self, mask: Mask) -> Mask:
        """Which slots have a row in *mask*."""
        passing: Mask = np.append(mask, False)[self._first]
        passing[self._slots[self._twins[mask[self._twins]]]] = True
        return passing

    def _rows(self, slots: Rows, scores: Matrix) -> Found:
        """All rows of some *slots*, with the scores of these."""
        here = np.zeros(len(self._first), dtype=bool)
        here[slots] = True
        twins = self._twins[here[self._slots[self._twins]]]
        if not len(twins):
            return self._first[slots], scores
        order = np.argsort(slots)
        places = order[np.searchsorted(slots, self._slots[twins], sorter=order)]
        return np.append(self._first[slots], twins), np.append(scores, scores[places])


class Base:
    """Inverted lists in a mapped file, with the slots in the order of the lists.

    Nothing is added to it or removed: on a mapped index, FAISS crashes the process.
    """

    def __init__(self, path: Path) -> None:
        self._index = cast(Any, faiss.read_index(str(path), faiss.IO_FLAG_MMAP))
        if path.stat().st_size < len(self) * (self._index.code_size + 8):  # a read past the end crashes it too
            raise ValueError(f"{path} was cut short")
        lists = cast(Any, faiss.downcast_InvertedLists(self._index.invlists))
        lists.prefetch_nthread = 0  # else each search starts 32 threads, which takes longer than to search
        sizes = [lists.list_size(number) for number in range(self._index.nlist)]
        self._ends = np.cumsum(sizes)
        self._starts = self._ends - sizes
        self._filled = np.flatnonzero(sizes)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Matrix, limit: int, passing: Mask) -> Found:
        """The slots nearest to *query* of those that are *passing*, and their cosines.

        Looks into as many of the nearest lists as hold enough of them: into
        more where a filter leaves little, into all where it leaves next to nothing.
        """
        counts = np.zeros(len(self._ends), dtype=np.int64)
        counts[self._filled] = np.add.reduceat(passing, self._starts[self._filled], dtype=np.int64)
        _, lists = self._index.quantizer.search(query, len(counts))
        held = np.cumsum(counts[lists[0]])
        enough = max(PROBED * len(self) // len(counts), DEEP * limit)
        probed = int(np.searchsorted(held, min(enough, held[-1]))) + 1
        return _nearest(self._index, query, limit, passing, probed)

    def take(self, slots: Rows) -> Matrix:
        """The vectors in some *slots*."""
        matrix = np.empty((len(slots), self._index.d), dtype=np.float32)
        lists = np.searchsorted(self._ends, slots, side="right")
        offsets = slots - self._starts[lists]
        for vector, number, offset in zip(matrix, lists.tolist(), offsets.tolist(), strict=True):
            self._index.reconstruct_from_offset(number, offset, faiss.swig_ptr(vector))
        return matrix


def _nearest(index: Any, query: Matrix, limit: int, passing: Mask, probed: int = 1) -> Found:
    """The best *limit* of the slots that are *passing*, and all that equal the last: which of them, rows decide."""
    total = int(np.count_nonzero(passing))
    if total == 0 or limit < 1:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
    bits = np.packbits(passing, bitorder="little")
    selector = None if total == len(passing) else faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]
    parameters = faiss.SearchParametersIVF(sel=selector, nprobe=probed)  # type: ignore[call-arg]
    count = min(limit + 1, total)
    scores, slots = index.search(query, count, params=parameters)
    while count < total and scores[0, limit - 1] == scores[0, -1]:
        count = min(2 * count, total)
        scores, slots = index.search(query, count, params=parameters)
    found = slots[0] >= 0
    return slots[0][found], scores[0][found]


def write(
    folder: Path, previous: Path | None, digests: Sequence[bytes], encode: Callable[[list[int]], Matrix],
    flat: int = FLAT, changed: float = CHANGED,
) -> int:  # fmt: skip
    """Write the vectors of a generation in *folder*; digests[row], 16 bytes each, names the text of each row.

    A text that *previous* has a vector for is copied; encode(rows) gives the
    vectors of the others, in order. Returns how many were encoded. More than
    *flat* texts get a base; that of *previous* is linked until more than the
    share *changed* of it has come or gone.
    """
    for name in (BASE, REST, DIGESTS, SLOTS):
        (folder / name).unlink(missing_ok=True)  # a killed build may have left a link, and one would write through it
    texts: dict[bytes, int] = {}
    of_rows = np.array([texts.setdefault(digest, len(texts)) for digest in digests], dtype=np.int64)
    first = np.unique(of_rows, return_index=True)[1]  # row of each text
    names = np.array(list(texts), dtype="V16")
    old, known = (None, names[:0]) if previous is None else (Vectors(previous), np.load(previous / DIGESTS))
    slots = _slots(known, texts)
    based = _kept(old.based, slots, changed) if old and len(texts) > flat else 0
    rest = np.flatnonzero((slots < 0) | (slots >= based))
    encoded = int(np.count_nonzero(slots < 0))
    matrix = _vectors(old, slots[rest], first[rest], encode)
    if previous and based:
        _link(previous / BASE, folder / BASE)
    elif len(rest) > flat:
        rest, matrix = rest[_write_base(folder / BASE, matrix)], matrix[:0]
    slots[rest] = np.arange(based, based + len(rest))
    np.save(folder / REST, matrix)
    np.save(folder / DIGESTS, np.concatenate([known[:based], names[rest]]))
    np.save(folder / SLOTS, slots[of_rows].astype(np.int32))
    return encoded


def _slots(known: NDArray[np.void], texts: Iterable[bytes]) -> Rows:
    """Which of *known* each of *texts* is, or -1."""
    slots = {digest: slot for slot, digest in enumerate(known.tolist())}
    return np.array([slots.get(digest, -1) for digest in texts], dtype=np.int64)


def _kept(based: int, slots: Rows, changed: float) -> int:
    """The size of a base of *based* for texts in *slots* of it and beside it, or 0 if it is time for another."""
    still = np.count_nonzero((slots >= 0) & (slots < based))
    return based if based - still + len(slots) - still <= changed * based else 0


def _vectors(old: Vectors | None, slots: Rows, rows: Rows, encode: Callable[[list[int]], Matrix]) -> Matrix:
    """The vectors in some *slots* of *old*; where that is -1, the text of the row is encoded."""
    fresh = slots < 0
    if old and not fresh.any():
        return old.at(slots)
    new = np.ascontiguousarray(encode(rows[fresh].tolist()), dtype=np.float32)
    if old is None or fresh.all():
        return new
    matrix = np.empty((len(slots), new.shape[1]), dtype=np.float32)
    matrix[fresh], matrix[~fresh] = new, old.at(slots[~fresh])
    return matrix


def _write_base(path: Path, matrix: Matrix) -> Rows:
    """Sort the vectors of *matrix* into lists; return the order they have there."""
    count, dimensions = matrix.shape
    kind, metric = faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    lists = min(count, round(2 * count**0.5))
    index = faiss.IndexIVFScalarQuantizer(faiss.IndexFlatIP(dimensions), dimensions, lists, kind, metric, False)
    index.cp.min_points_per_centroid, index.cp.max_points_per_centroid = 1, SAMPLE
    index.train(matrix)
    nearest = index.quantizer.search(matrix, 1)[1][:, 0]
    order = np.argsort(nearest, kind="stable")
    for part in np.array_split(order, count // CHUNK + 1):
        vectors, numbers = matrix[part], nearest[part]
        index.add_core(len(part), faiss.swig_ptr(vectors), None, faiss.swig_ptr(numbers))
    faiss.write_index(index, str(path))
    return order


def _link(file: Path, to: Path) -> None:
    """Let *file* stand at *to* too."""
    try:
        os.link(file, to)
    except OSError:  # a file system without hard links
        shutil.copyfile(file, to)
