"""The index of a generation: passages, their words and their vectors, kept in step by content hash."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.retrieval import vectors, words
from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.passages import Passage
from kb.retrieval.vectors import Vectors
from kb.retrieval.words import EVERYTHING, Scope, Words

CATALOGUE = "passages.db"
WORDS = "words"
CHUNK = 256  # texts encoded between two steps of the progress bar
TABLES = """
CREATE TABLE passage (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, owner TEXT, digest BLOB, data TEXT);
CREATE INDEX by_owner ON passage (owner);
"""

Progress = Callable[[str, int, int], None]  # what is done, how many are done, of how many


class Index:
    """The passages under *folder*, ready to be searched by either leg.

    Rows number the passages in the order of their ids, in the catalogue as in the matrix.
    """

    def __init__(self, folder: Path) -> None:
        self._catalogue = sqlite3.connect(f"file:{folder / CATALOGUE}?mode=ro", uri=True, check_same_thread=False)
        self.words = Words(folder / WORDS)
        self.vectors = Vectors(folder)
        rows = self._catalogue.execute("SELECT number, id FROM passage ORDER BY id").fetchall()
        self.ids = [id for _, id in rows]
        self._row = {number: row for row, (number, _) in enumerate(rows)}
        self._numbers = [number for number, _ in rows]

    def __len__(self) -> int:
        return len(self.ids)

    def close(self) -> None:
        """Let go of the files."""
        self._catalogue.close()

    def passage(self, row: int) -> Passage:
        """The passage in *row*."""
        return _passage(self._data(self._numbers[row]))

    def by_words(self, text: str, limit: int, scope: Scope = EVERYTHING) -> list[tuple[int, float]]:
        """Rows and BM25 scores, best first."""
        return [(self._row[number], score) for number, score in self.words.search(text, limit, scope)]

    def by_meaning(self, vector: Matrix, limit: int, scope: Scope = EVERYTHING) -> list[tuple[int, float]]:
        """Rows and cosines, best first."""
        return self.vectors.search(vector, limit, None if scope == EVERYTHING else self.mask(scope))

    def mask(self, scope: Scope) -> NDArray[np.bool_]:
        """Which rows a filter lets pass."""
        kinds, years, concepts = self._columns
        mask = np.ones(len(self), dtype=bool)
        if scope.kind is not None:
            mask &= kinds == scope.kind
        if scope.years is not None:
            mask &= (years >= scope.years[0]) & (years <= scope.years[1])
        if scope.concepts is not None:
            about = np.zeros(len(self), dtype=bool)
            for concept in scope.concepts:
                about[concepts.get(concept, [])] = True
            mask &= about
        return mask

    @cached_property
    def _columns(self) -> tuple[NDArray[np.str_], NDArray[np.int64], dict[str, list[int]]]:
        """What filters ask of each row: kind, year (or a year before all), and concept → rows."""
        kinds, years, concepts = [], [], defaultdict(list)
        for row, (data,) in enumerate(self._catalogue.execute("SELECT data FROM passage ORDER BY id")):
            passage = _passage(data)
            kinds.append(passage.kind)
            years.append(passage.year if passage.year is not None else np.iinfo(np.int64).min)
            for concept in passage.concepts:
                concepts[concept].append(row)
        return np.array(kinds, dtype=str), np.array(years, dtype=np.int64), dict(concepts)

    def _data(self, number: int) -> str:
        return str(self._catalogue.execute("SELECT data FROM passage WHERE number = ?", (number,)).fetchone()[0])


def write(
    folder: Path,
    previous: Path | None,
    changes: Mapping[str, Iterable[Passage]],
    encoder: Encoder,
    progress: Progress = lambda what, done, total: None,
) -> int:
    """Make the index of a generation: *previous* with the passages of each owner in *changes* replaced.

    An owner is a file; no passages means that it is gone. Only texts the
    previous index had no vector for are encoded; returns how many those were.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if previous is not None:
        shutil.copyfile(previous / CATALOGUE, folder / CATALOGUE)
    with closing(sqlite3.connect(folder / CATALOGUE)) as db, db:
        if previous is None:
            db.executescript(TABLES)
        added, removed = _replace(db, changes, encoder.fingerprint)
        embedded = _write_vectors(folder, previous, db, encoder, progress)
        before = None if previous is None else previous / WORDS
        if not words.write(folder / WORDS, before, added, removed):
            words.write(folder / WORDS, None, _all(db), [])
    return embedded


def _replace(
    db: sqlite3.Connection, changes: Mapping[str, Iterable[Passage]], fingerprint: str
) -> tuple[list[tuple[int, Passage]], list[int]]:
    """Bring the catalogue up to date; return the numbered new passages and the numbers of those gone."""
    added, removed = [], []
    for owner, passages in changes.items():
        removed += [number for (number,) in db.execute("SELECT number FROM passage WHERE owner = ?", (owner,))]
        db.execute("DELETE FROM passage WHERE owner = ?", (owner,))
        for passage in passages:
            digest = blake2b(f"{fingerprint}\n{passage.encoded}".encode(), digest_size=16).digest()
            row = (passage.id, owner, digest, json.dumps(asdict(passage), ensure_ascii=False))
            cursor = db.execute("INSERT INTO passage (id, owner, digest, data) VALUES (?, ?, ?, ?)", row)
            added.append((int(cursor.lastrowid or 0), passage))
    return added, removed


def _write_vectors(
    folder: Path, previous: Path | None, db: sqlite3.Connection, encoder: Encoder, progress: Progress
) -> int:
    """Write the matrix in the order of ids: known vectors are copied by digest, the others encoded."""
    wanted = [digest for (digest,) in db.execute("SELECT digest FROM passage ORDER BY id")]
    known: dict[bytes, int] = {}
    if previous is not None:
        with closing(sqlite3.connect(f"file:{previous / CATALOGUE}?mode=ro", uri=True)) as old:
            found = old.execute("SELECT digest FROM passage ORDER BY id")
            known = {digest: row for row, (digest,) in enumerate(found)}
    fresh = [row for row, digest in enumerate(wanted) if digest not in known]
    texts = [_passage(data).encoded for (data,) in db.execute("SELECT data FROM passage ORDER BY id")]
    new = _encode([texts[row] for row in fresh], encoder, progress)
    matrix = np.zeros((len(wanted), new.shape[1]), dtype=np.float32)
    matrix[fresh] = new
    if len(fresh) < len(wanted) and previous is not None:
        kept = np.array([row for row, digest in enumerate(wanted) if digest in known])
        old_matrix = np.load(previous / vectors.FILE, mmap_mode="r")
        matrix[kept] = old_matrix[[known[wanted[row]] for row in kept]]
    vectors.write(folder, matrix)
    return len(fresh)


def _encode(texts: list[str], encoder: Encoder, progress: Progress) -> Matrix:
    """The vectors of *texts*, in order; long ones first, so that the time left is not underestimated."""
    order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))
    parts = []
    for start in range(0, len(order), CHUNK):
        parts.append(encoder.encode([texts[n] for n in order[start : start + CHUNK]]))
        progress("passages embedded", min(start + CHUNK, len(order)), len(order))
    if not parts:
        return encoder.encode([""])[:0]
    matrix = np.concatenate(parts)
    back = np.empty(len(order), dtype=np.int64)
    back[order] = np.arange(len(order))
    return matrix[back]


def _all(db: sqlite3.Connection) -> list[tuple[int, Passage]]:
    return [(number, _passage(data)) for number, data in db.execute("SELECT number, data FROM passage ORDER BY id")]


def _passage(data: str) -> Passage:
    fields = json.loads(data)
    return Passage(**{**fields, "concepts": tuple(fields["concepts"])})
