"""The index of a generation: passages, their words and their vectors, kept in step by content hash."""

from __future__ import annotations

import json
import shutil
import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from kb.corpus.ontology import fold, label_key
from kb.errors import BadSource
from kb.retrieval import vectors, words
from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.passages import Passage
from kb.retrieval.vectors import Vectors
from kb.retrieval.words import EVERYTHING, Scope, Words

CATALOGUE = "passages.db"
WORDS = "words"
CHUNK = 256  # texts encoded between two steps of the progress bar
TABLES = """
CREATE TABLE passage (id TEXT PRIMARY KEY, owner TEXT, digest BLOB, data TEXT);
CREATE INDEX by_owner ON passage (owner);
CREATE TABLE label (key TEXT, id TEXT);
CREATE INDEX by_key ON label (key);
"""

Progress = Callable[[str, int, int], None]  # what is done, how many are done, of how many


class Index:
    """The passages under *folder*, ready to be searched by either leg.

    Rows number the passages in the order of their ids, the same in the catalogue, the word index and the matrix.
    """

    def __init__(self, folder: Path) -> None:
        self._catalogue = sqlite3.connect(f"file:{folder / CATALOGUE}?mode=ro", uri=True, check_same_thread=False)
        finalize(self, self._catalogue.close)  # at the latest when its last reader lets go
        self.words = Words(folder / WORDS)
        self.vectors = Vectors(folder)
        self.ids = [id for (id,) in self._catalogue.execute("SELECT id FROM passage ORDER BY id")]

    def __len__(self) -> int:
        return len(self.ids)

    def close(self) -> None:
        """Let go of the files; whoever still asks meets an error."""
        self._catalogue.close()

    def passage(self, row: int) -> Passage:
        """The passage in *row*."""
        found = self._catalogue.execute("SELECT data FROM passage WHERE id = ?", (self.ids[row],)).fetchone()
        return _passage(found[0])

    def by_label(self, text: str) -> set[int]:
        """The rows of the concepts that have *text* as one of their labels, in any language.

        Case and diacritics do not matter, but for short labels in capitals: "us" does not mean the US.
        """
        keys = (label_key(text), fold(text))
        found = self._catalogue.execute("SELECT id FROM label WHERE key IN (?, ?)", keys).fetchall()
        return {bisect_left(self.ids, id) for (id,) in found}

    def by_words(self, text: str, limit: int, scope: Scope = EVERYTHING) -> list[tuple[int, float]]:
        """Rows and BM25 scores, best first."""
        return self.words.search(text, limit, scope)

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


def write(
    folder: Path, previous: Path | None, changes: Mapping[str, Iterable[Passage]], encoder: Encoder, progress: Progress
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
        _replace(db, changes, encoder.fingerprint)
        rows = db.execute("SELECT digest, data FROM passage ORDER BY id").fetchall()
    passages = [_passage(data) for _, data in rows]
    words.write(folder / WORDS, passages)
    return _write_vectors(folder, previous, [digest for digest, _ in rows], passages, encoder, progress)


def _replace(db: sqlite3.Connection, changes: Mapping[str, Iterable[Passage]], fingerprint: str) -> None:
    """Bring the catalogue up to date."""
    for owner, passages in changes.items():
        db.execute("DELETE FROM label WHERE id IN (SELECT id FROM passage WHERE owner = ?)", (owner,))
        db.execute("DELETE FROM passage WHERE owner = ?", (owner,))
        for passage in passages:
            db.executemany(
                "INSERT INTO label VALUES (?, ?)", ((label_key(each), passage.id) for each in passage.labels)
            )
            digest = blake2b(f"{fingerprint}\n{passage.encoded}".encode(), digest_size=16).digest()
            row = (passage.id, owner, digest, json.dumps(asdict(passage), ensure_ascii=False))
            try:
                db.execute("INSERT INTO passage (id, owner, digest, data) VALUES (?, ?, ?, ?)", row)
            except sqlite3.IntegrityError as error:
                raise BadSource(f"{passage.id!r} is the id of a concept and of a source: rename the file") from error


def _write_vectors(
    folder: Path, previous: Path | None, digests: list[bytes], passages: list[Passage],
    encoder: Encoder, progress: Progress,
) -> int:  # fmt: skip
    """Write a row for each of *digests*: a known vector is copied, the text of another one encoded."""
    known, old = _known(previous)
    fresh = [row for row, digest in enumerate(digests) if digest not in known]
    kept = [row for row, digest in enumerate(digests) if digest in known]
    new = _encode([passages[row].encoded for row in fresh], encoder, progress) if fresh or old is None else old[:0]
    matrix = np.empty((len(digests), new.shape[1]), dtype=np.float32)
    matrix[fresh] = new
    if old is not None and kept:
        matrix[kept] = old[[known[digests[row]] for row in kept]]
    vectors.write(folder, matrix)
    return len(fresh)


def _known(folder: Path | None) -> tuple[dict[bytes, int], Matrix | None]:
    """The vectors under *folder*, and which row of them each digest has."""
    if folder is None:
        return {}, None
    with closing(sqlite3.connect(f"file:{folder / CATALOGUE}?mode=ro", uri=True)) as db:
        digests = db.execute("SELECT digest FROM passage ORDER BY id").fetchall()
    return {digest: row for row, (digest,) in enumerate(digests)}, np.load(folder / vectors.FILE, mmap_mode="r")


def _encode(texts: list[str], encoder: Encoder, progress: Progress) -> Matrix:
    """The vectors of *texts*, in order; long ones first, so that the time left is not underestimated."""
    if not texts:
        return encoder.encode([""])[:0]
    order = sorted(range(len(texts)), key=lambda n: -len(texts[n]))
    parts = []
    for start in range(0, len(order), CHUNK):
        parts.append(encoder.encode([texts[n] for n in order[start : start + CHUNK]]))
        progress("passages embedded", min(start + CHUNK, len(order)), len(order))
    found = np.concatenate(parts)
    result = np.empty_like(found)
    result[order] = found
    return result


def _passage(data: str) -> Passage:
    fields = json.loads(data)
    return Passage(**{**fields, "concepts": tuple(fields["concepts"])})
