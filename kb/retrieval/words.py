"""The word index: BM25 over all that a passage says, in tantivy; headings count a little more."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Filter, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from kb.corpus.ontology import fold
from kb.retrieval.scope import EVERYTHING, Scope

ANALYZER = "english"
HEAP = 32_000_000  # bytes of the writer
HEADING = 0.25  # the weight of the heading's own field, beside that of the whole text (measured: retrieval/README.md)
COPIED = ("meta.json", ".managed.json")  # of an index: what tantivy writes over
TERMS = 512  # different terms of a query that are looked up; a longer text is cut there
SPELLINGS = [  # British → American, in texts and queries alike, so that a rule may err; letters first: faster
    (re.compile(r"is(?<=[^\W\d_]{3}is)(?=(?:e[dsr]?|ers|ing|ations?|ational(?:ly)?)\b)"), "iz"),
    (re.compile(r"our(?<=[^\W\d_]{2}our)(?!ce|se|ag|th|n)"), "or"),
    (re.compile(r"tre(?<=[^\W\d_]{2}tre)(?=s?\b)"), "ter"),
    (re.compile(r"programme"), "program"),
    (re.compile(r"logue(?=s?\b)"), "log"),
    (re.compile(r"dgement"), "dgment"),
    (re.compile(r"ll(?<=[^\W\d_]{4}ll)(?=(?:ed|ing|ers?|ors?)\b)"), "l"),
    (re.compile(r"ence(?<=[cdeflt]ence)(?=s?\b)"), "ense"),
]
_PLURAL = re.compile(r"(?<=\w{2})(?:ies|(ch|sh|ss|x)es|(?<![sui])s)$")
_local = threading.local()


class Entry(NamedTuple):
    """What the word index is told of a passage; *text* and *heading* as `spell` gives them."""

    text: str
    heading: str
    tags: Iterable[str]
    year: int | None


class Ranking(NamedTuple):
    """Rows and their scores, best first."""

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]


NONE = Ranking(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))


def spell(text: str) -> str:
    """*text* in small letters, its British spellings as American ones.

    >>> spell("Organisational behaviour in the centre of a Programme")
    'organizational behavior in the center of a program'
    """
    found = text.lower()
    for pattern, spelling in SPELLINGS:
        found = pattern.sub(spelling, found)
    return found


def plain(text: str) -> str:
    """*text* as labels are looked up: folded, in one spelling, each word in the singular.

    >>> plain("Organisations' Policies"), plain("crisis bus")
    ('organization policy', 'crisis bus')
    """
    return " ".join(_PLURAL.sub(_singular, word) for word in re.findall(r"[^\W_]+", spell(fold(text))))


def _singular(found: re.Match[str]) -> str:
    return {"ies": "y"}.get(found[0], found[1] or "")


def terms(text: str) -> list[str]:
    """The terms of *text* as they are indexed, in order.

    Words in one spelling, without diacritics, stemmed (Snowball); stop words
    stay, their low weight is right.
    """
    if not hasattr(_local, "analyzer"):  # one analyzer serves one thread at a time
        _local.analyzer = _analyzer()
    found: list[str] = _local.analyzer.analyze(spell(text))
    return found


class Words:
    """A word index, opened for reading."""

    def __init__(self, folder: Path, rows: NDArray[np.int64] | None = None) -> None:
        """*rows* tells which row is at each place; without, a place is a row."""
        self._rows = rows
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()
        self._schema = self._index.schema

    def search(self, text: str, limit: int, scope: Scope = EVERYTHING) -> Ranking:
        """The passages that hold a term of *text*, by BM25 (k1 1.2, b .75) over the whole text and over headings."""
        counts = Counter(terms(text)[:TERMS])
        should = [(Occur.Should, query) for term, n in counts.items() for query in self._either_field(term, n)]
        return self._ranking(Query.boolean_query(should), limit, scope) if should else NONE

    def holding(self, phrase: str, limit: int, scope: Scope = EVERYTHING) -> Ranking:
        """The passages in which the words of *phrase* stand side by side."""
        query = self._phrase(phrase)
        return self._ranking(query, limit, scope) if query else NONE

    def frequency(self, term: str) -> int:
        """How many passages hold *term*."""
        return int(self._searcher.doc_freq("text", term))

    def _either_field(self, term: str, count: int) -> Iterator[Query]:
        yield Query.boost_query(Query.term_query(self._schema, "text", term), count)
        yield Query.boost_query(Query.term_query(self._schema, "heading", term), count * HEADING)

    def _phrase(self, text: str) -> Query | None:
        found = terms(text)
        if len(found) > 1:
            return Query.phrase_query(self._schema, "text", list(found))
        return Query.term_query(self._schema, "text", found[0]) if found else None

    def _ranking(self, query: Query, limit: int, scope: Scope) -> Ranking:
        required = [(Occur.Must, Query.const_score_query(each, 0.0)) for each in self._filters(scope)]
        if required:
            query = Query.boolean_query([(Occur.Must, query), *required])
        hits, wanted = self._hits(query, limit + 1), limit + 1
        while len(hits) == wanted and hits[limit - 1][0] == hits[-1][0]:  # rows decide, not places
            wanted *= 2
            hits = self._hits(query, wanted)
        if not hits:
            return NONE
        places = np.array(self._searcher.fast_field_values("row", [address for _, address in hits]), dtype=np.int64)
        rows = places if self._rows is None else self._rows[places]
        scores = np.array([score for score, _ in hits], dtype=np.float32)
        best = np.lexsort((rows, -scores))[:limit]
        return Ranking(rows[best], scores[best])

    def _hits(self, query: Query, limit: int) -> list[tuple[float, tantivy.DocAddress]]:
        found: list[tuple[float, tantivy.DocAddress]] = self._searcher.search(query, limit, count=False).hits
        return found

    def _filters(self, scope: Scope) -> Iterator[Query]:
        for tags in scope.needs:
            yield Query.term_set_query(self._schema, "tag", sorted(tags))
        if scope.years is not None:
            dated = Query.range_query(self._schema, "year", tantivy.FieldType.Integer, *scope.years)
            concept = Query.term_query(self._schema, "tag", "kind:concept")
            either = [(Occur.Should, dated), (Occur.Should, concept)]
            yield Query.boolean_query(either) if scope.undated_concepts else dated
        for phrase in scope.phrases:
            yield self._phrase(phrase) or Query.empty_query()


def write(
    folder: Path, entries: Iterable[tuple[int, Entry]], previous: Path | None = None, gone: Iterable[int] = ()
) -> None:  # fmt: skip
    """Write an index of *entries*, each with the number of its place, in *folder*.

    With *previous*, that index with the places *gone* taken out and *entries* put in. Tantivy counts what was taken out
    in its statistics until it merges it away: who calls sees that this is little.
    """
    folder.mkdir(parents=True)
    if previous is not None:
        _link(previous, folder)
    index = tantivy.Index(_schema(), str(folder), reuse=previous is not None)
    index.register_tokenizer(ANALYZER, _analyzer())
    writer = index.writer(HEAP, 1)
    for place in gone:
        writer.delete_documents_by_term("row", place)
    for place, entry in entries:
        writer.add_document(_document(place, entry))
    writer.commit()
    writer.wait_merging_threads()


def _link(previous: Path, folder: Path) -> None:
    """Let the segments of an index stand in *folder* too; what is written over is copied."""
    for file in previous.iterdir():
        if file.suffix == ".lock":
            continue
        try:
            if file.name in COPIED:
                raise OSError
            os.link(file, folder / file.name)
        except OSError:  # a file system without hard links
            shutil.copyfile(file, folder / file.name)


def _analyzer() -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    return builder.filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder().add_unsigned_field("row", fast=True, indexed=True)
    builder = builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="position")
    builder = builder.add_text_field("heading", tokenizer_name=ANALYZER, index_option="freq")
    builder = builder.add_text_field("tag", tokenizer_name="raw", index_option="basic")
    return builder.add_integer_field("year", indexed=True, fast=True).build()


def _document(place: int, entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", place)
    document.add_text("text", entry.text)
    document.add_text("heading", entry.heading)
    for tag in entry.tags:
        document.add_text("tag", tag)
    if entry.year is not None:
        document.add_integer("year", entry.year)
    return document
