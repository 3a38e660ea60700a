"""The index of a generation: passages, their words and their vectors, kept in step by content hash."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import NotFound
from kb.retrieval import catalogue, completing, vectors, words
from kb.retrieval.catalogue import Catalogue, Written
from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.passages import Passage
from kb.retrieval.scope import ANNOTATED, CONCEPT, EVERYTHING, PARTS, Scope
from kb.retrieval.vectors import Vectors
from kb.retrieval.words import NONE, Ranking, Words

WORDS, TEXTS = "words", "texts"  # of what is annotated, and of texts: each counts for itself how common a word is
TEXT = "kind:passage"  # the tag of a part of a text
PLACES = "places.npy"  # of the passages in the word indexes, by row
WHOLE = 20_000  # passages: the word indexes of so many are written in 0.13 s
LOST = 0.005  # of the documents of the word indexes may have gone: then a score differs by a thousandth at most
CHUNK = 256  # texts encoded between two steps of the progress bar
FEW = 5_000  # concepts whose vectors are kept at hand
PHRASE_ROWS = 100_000  # passages that may hold a phrase at most

Progress = Callable[[str, int, int], None]  # what is done, how many are done, of how many


class Index:
    """The passages under *folder*, ready to be searched by either leg.

    Rows number the passages in the order of their ids, the same in the catalogue, the word index and the vectors.
    """

    def __init__(self, folder: Path) -> None:
        self.catalogue = Catalogue(folder)
        self.ids = self.catalogue.ids
        rows = _rows(folder)
        self.words, self._texts = Words(folder / WORDS, rows), Words(folder / TEXTS, rows)
        self.vectors = Vectors(folder)

    def __len__(self) -> int:
        return len(self.ids)

    def close(self) -> None:
        """Let go of the files; whoever still asks meets an error."""
        self.catalogue.close()

    def passage(self, row: int) -> Passage:
        """The passage in *row*."""
        return next(self.catalogue.passages([row]))

    def row(self, id: str) -> int:
        """The row of the passage called *id*."""
        if id not in self:
            raise NotFound(f"no passage {id!r}")
        return bisect_left(self.ids, id)

    def __contains__(self, id: str) -> bool:
        place = bisect_left(self.ids, id)
        return place < len(self.ids) and self.ids[place] == id

    def label(self, concept: str) -> str:
        """The label of a concept; the id of one that is only browsed or is not there."""
        return self.passage(self.row(concept)).heading if concept in self else concept

    def claims(self, source: str) -> range:
        """The rows of what *source* says: its claims and passages."""
        return range(bisect_left(self.ids, f"{source}#"), bisect_left(self.ids, f"{source}$"))  # $ is next to #

    def by_words(self, text: str, limit: int, scope: Scope = EVERYTHING) -> Ranking:
        """The passages that share a word with *text*, by BM25: the best that are annotated, and as many of texts."""
        return joined(leg.search(text, limit, scope) for leg in (self.words, self._texts))

    def by_meaning(self, vector: Matrix, limit: int, scope: Scope = EVERYTHING) -> Ranking:
        """The passages nearest to a unit *vector*, by cosine: the best that are annotated, and as many of texts."""
        rows, vectors = self._concepts
        if scope == CONCEPT and len(rows) <= FEW:
            cosines = vectors @ vector
            best = np.lexsort((rows, -cosines))[:limit]
            return Ranking(rows[best], cosines[best])
        apart = (ANNOTATED, PARTS) if self.mixed else (EVERYTHING,)
        return joined(Ranking(*self.vectors.search(vector, limit, self.mask(scope.also(each)))) for each in apart)

    @cached_property
    def _concepts(self) -> tuple[NDArray[np.int64], Matrix]:
        """The rows of the concepts, which each query is compared with, and their vectors; none where there are many."""
        rows = self.catalogue.tagged("kind:concept").astype(np.int64)
        return rows, self.vectors.take(rows[: len(rows) if len(rows) <= FEW else 0])

    def frequency(self, term: str) -> int:
        """How many passages hold *term*, of texts too; `words.frequency` leaves these out."""
        return self.words.frequency(term) + self._texts.frequency(term)

    def only_in_texts(self, term: str) -> bool:
        """Whether *term* stands in texts, and in nothing that is annotated."""
        return not self.words.frequency(term) and bool(self._texts.frequency(term))

    def in_texts(self, text: str, limit: int, scope: Scope = EVERYTHING) -> Ranking:
        """The passages of texts that share a word with *text*, by BM25."""
        return self._texts.search(text, limit, scope)

    def holding_in_texts(self, phrase: str, limit: int) -> Ranking:
        """The passages of texts in which the words of *phrase* stand side by side."""
        return self._texts.holding(phrase, limit)

    def annotated(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        """Which of *rows* are concepts, works or claims, and no parts of texts."""
        own: NDArray[np.bool_] = ~self._of_texts[rows]
        return own

    @cached_property
    def has_texts(self) -> bool:
        """Whether there are parts of texts."""
        return bool(self._of_texts.any())

    @cached_property
    def mixed(self) -> bool:
        """Whether there are both parts of texts and other passages."""
        return self.has_texts and int(self._of_texts.sum()) < len(self)

    @cached_property
    def _of_texts(self) -> NDArray[np.bool_]:
        found = np.zeros(len(self), dtype=bool)
        found[self.catalogue.tagged(TEXT)] = True
        return found

    def mask(self, scope: Scope) -> NDArray[np.bool_] | None:
        """Which rows *scope* lets pass; None for all of them."""
        if scope == EVERYTHING:
            return None
        mask = self.catalogue.mask(scope)
        for phrase in scope.phrases:
            holding = np.zeros(len(self), dtype=bool)
            for leg in (self.words, self._texts):
                holding[leg.holding(phrase, PHRASE_ROWS).rows] = True
            mask &= holding
        return mask


def joined(rankings: Iterable[Ranking]) -> Ranking:
    """Rankings of different rows as one, best first, equal ones by row."""
    found = [ranking for ranking in rankings if len(ranking.rows)]
    if len(found) < 2:
        return found[0] if found else NONE
    rows, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    best = np.lexsort((rows, -scores))
    return Ranking(rows[best], scores[best])


def write(
    folder: Path, previous: Path | None, changes: Mapping[str, Iterable[Passage]], encoder: Encoder, progress: Progress,
    whole: int = WHOLE,
) -> int:  # fmt: skip
    """Make the index of a generation: *previous* with the passages of each owner in *changes* replaced.

    An owner is a file; no passages means that it is gone. Only texts the
    previous index had no vector for are encoded; returns how many those were.
    Up to *whole* passages the word indexes are written whole.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = catalogue.write(folder, previous, changes, encoder.fingerprint)
    _write_words(folder, previous, written, whole)
    completing.write(folder, previous, written)

    def encode(rows: list[int]) -> Matrix:
        texts = [passage.encoded for passage in catalogue.read(folder, [written.ids[row] for row in rows])]
        return _encode(texts, encoder, progress)

    return vectors.write(folder, previous, written.digests, encode)


def _write_words(folder: Path, previous: Path | None, written: Written, whole: int) -> None:
    """Write both word indexes: whole where they are small or much has gone from them, else what has changed.

    Each document keeps its place, whichever row that comes to be.
    """
    total, places = len(written.ids), np.arange(len(written.ids), dtype=np.int64)
    if previous is not None and total > whole:
        old, still = np.load(previous / PLACES), written.kept >= 0
        places[written.kept[still]] = old[still]
        rows = sorted(written.fresh)
        places[rows] = np.arange(len(rows)) + (int(old.max()) + 1)
        if places.max() + 1 - total <= LOST * total:
            np.save(folder / PLACES, places)
            fresh, gone = [(int(places[row]), written.fresh[row]) for row in rows], old[written.gone].tolist()
            for name in (WORDS, TEXTS):
                some = [(place, entry) for place, entry in fresh if (TEXT in entry.tags) == (name == TEXTS)]
                words.write(folder / name, some, previous / name, gone)
            return
        places = np.arange(total, dtype=np.int64)
    np.save(folder / PLACES, places)
    for name in (WORDS, TEXTS):
        entries = enumerate(catalogue.entries(folder))
        words.write(folder / name, ((row, entry) for row, entry in entries if (TEXT in entry.tags) == (name == TEXTS)))


def _rows(folder: Path) -> NDArray[np.int64]:
    """Which row is at each place of the word indexes."""
    places = np.load(folder / PLACES)
    rows = np.full(int(places.max(initial=-1)) + 1, -1, dtype=np.int64)
    rows[places] = np.arange(len(places))
    return rows


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
