"""The word index: BM25 over all that a passage says, in tantivy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import tantivy
from tantivy import Filter, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from kb.retrieval.passages import Passage

ANALYZER = "english"
HEAP = 32_000_000  # bytes of the writer


class Scope(NamedTuple):
    """What a filter lets pass; None lets everything pass."""

    kind: str | None = None
    concepts: frozenset[str] | None = None
    years: tuple[int, int] | None = None


EVERYTHING = Scope()


def analyzer() -> tantivy.TextAnalyzer:
    """Words, lower case, without diacritics, stemmed (Snowball); stop words stay, their low weight is right."""
    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(60)).filter(Filter.lowercase())
    return builder.filter(Filter.ascii_fold()).filter(Filter.stemmer("english")).build()


class Words:
    """A word index, opened for reading."""

    def __init__(self, folder: Path) -> None:
        self._index = tantivy.Index.open(str(folder))
        self._searcher = self._index.searcher()
        self._analyzer = analyzer()

    def terms(self, text: str) -> list[str]:
        """The terms of *text* as they are indexed, in order."""
        return self._analyzer.analyze(text)

    def search(self, text: str, limit: int, scope: Scope = EVERYTHING) -> list[tuple[int, float]]:
        """The rows and BM25 scores (k1 1.2, b .75) of the passages that hold a term of *text*, best first."""
        schema, counts = self._index.schema, Counter(self.terms(text))
        if not counts:
            return []
        terms = {term: Query.term_query(schema, "text", term) for term in counts}
        query = Query.boolean_query([(Occur.Should, Query.boost_query(terms[t], n)) for t, n in counts.items()])
        required = [(Occur.Must, Query.const_score_query(q, 0.0)) for q in _filters(schema, scope)]
        if required:
            query = Query.boolean_query([(Occur.Must, query), *required])
        hits = self._searcher.search(query, limit, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return [(int(row or 0), float(score)) for row, (score, _) in zip(rows, hits, strict=True)]


def _filters(schema: tantivy.Schema, scope: Scope) -> Iterator[Query]:
    if scope.kind is not None:
        yield Query.term_query(schema, "kind", scope.kind)
    if scope.concepts is not None:
        yield Query.term_set_query(schema, "concept", sorted(scope.concepts))
    if scope.years is not None:
        yield Query.range_query(schema, "year", tantivy.FieldType.Integer, *scope.years)


def write(folder: Path, passages: Iterable[Passage]) -> None:
    """Write the index of a generation in *folder*; a passage's row is its place in *passages*."""
    # Whole, whatever changed: tantivy counts deleted texts in its statistics until it merges them away, and there is
    # little to gain: measured on one core, 20,000 passages take 0.13 s and 100,000 take 0.54 s.
    folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), str(folder), reuse=False)
    index.register_tokenizer(ANALYZER, analyzer())
    writer = index.writer(HEAP, 1)
    for row, passage in enumerate(passages):
        writer.add_document(_document(row, passage))
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder().add_unsigned_field("row", fast=True)
    builder = builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    builder = builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder = builder.add_text_field("concept", tokenizer_name="raw", index_option="basic")
    return builder.add_integer_field("year", indexed=True, fast=True).build()


def _document(row: int, passage: Passage) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("row", row)
    document.add_text("text", passage.searched)
    document.add_text("kind", passage.kind)
    for concept in passage.concepts:
        document.add_text("concept", concept)
    if passage.year is not None:
        document.add_integer("year", passage.year)
    return document
