"""The word index: BM25 over all that a passage says, in tantivy; headings count a little more."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
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

    def __init__(self, folder: Path) -> None:
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
        hits = self._searcher.search(query, limit, count=False).hits
        if not hits:
            return NONE
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return Ranking(np.array(rows, dtype=np.int64), np.array([score for score, _ in hits], dtype=np.float32))

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


def write(folder: Path, entries: Iterable[Entry], passing: Callable[[Entry], bool] = lambda entry: True) -> None:
    """Write an index of the entries that are *passing* in *folder*; a passage's row is its place among all."""
    # Whole, whatever changed: tantivy counts deleted texts in its statistics until it merges them away, and there is
    # little to gain: measured on one core, 20,000 passages take 0.13 s and 100,000 take 0.54 s.
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), str(folder), reuse=False)
    index.register_tokenizer(ANALYZER, _analyzer())
    writer = index.writer(HEAP, 1)
    for row, entry in enumerate(entries):
        if passing(entry):
            writer.add_document(_document(row, entry))
    writer.commit()
    writer.wait_merging_threads()


def _analyzer() -> tantivy.TextAnalyzer:
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    return builder.filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder().add_unsigned_field("row", fast=True)
    builder = builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="position")
    builder = builder.add_text_field("heading", tokenizer_name=ANALYZER, index_option="freq")
    builder = builder.add_text_field("tag", tokenizer_name="raw", index_option="basic")
    return builder.add_integer_field("year", indexed=True, fast=True).build()


def _document(row: int, entry: Entry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_text("text", entry.text)
    document.add_text("heading", entry.heading)
    for tag in entry.tags:
        document.add_text("tag", tag)
    if entry.year is not None:
        document.add_integer("year", entry.year)
    return document
