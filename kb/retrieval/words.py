"""The word index: BM25 over all that a passage says, in tantivy."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import tantivy
from tantivy import Filter, Occur, Query, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from kb.retrieval.passages import Passage

ANALYZER = "english"
HEAP = 32_000_000  # bytes of the writer
REBUILD_BELOW = 50_000  # passages up to which a deletion rebuilds the index: exact statistics
REBUILD_SHARE = 0.1  # and above: the share of deleted passages that does


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

    def __len__(self) -> int:
        return self._searcher.num_docs

    def terms(self, text: str) -> list[str]:
        """The terms of *text* as they are indexed, in order."""
        return self._analyzer.analyze(text)

    def search(self, text: str, limit: int, scope: Scope = EVERYTHING) -> list[tuple[int, float]]:
        """The numbers and BM25 scores (k1 1.2, b .75) of the passages that hold a term of *text*, best first."""
        schema, counts = self._index.schema, Counter(self.terms(text))
        if not counts:
            return []
        terms = {term: Query.term_query(schema, "text", term) for term in counts}
        query = Query.boolean_query([(Occur.Should, Query.boost_query(terms[t], n)) for t, n in counts.items()])
        required = [(Occur.Must, Query.const_score_query(q, 0.0)) for q in _filters(schema, scope)]
        if required:
            query = Query.boolean_query([(Occur.Must, query), *required])
        hits = self._searcher.search(query, limit, count=False).hits
        numbers = self._searcher.fast_field_values("number", [address for _, address in hits])
        return [(int(number or 0), float(score)) for number, (score, _) in zip(numbers, hits, strict=True)]


def _filters(schema: tantivy.Schema, scope: Scope) -> Iterable[Query]:
    if scope.kind is not None:
        yield Query.term_query(schema, "kind", scope.kind)
    if scope.concepts is not None:
        yield Query.term_set_query(schema, "concept", sorted(scope.concepts))
    if scope.years is not None:
        yield Query.range_query(schema, "year", tantivy.FieldType.Integer, *scope.years)


def write(folder: Path, previous: Path | None, passages: Sequence[tuple[int, Passage]], removed: Sequence[int]) -> bool:
    """Make the index of a generation: *previous* by hard links, without *removed*, with the numbered *passages*.

    Returns False where deletions would blur the statistics (tantivy counts
    deleted texts until they are merged away): then write it from all passages.
    """
    if previous is not None:
        total = len(Words(previous))
        if removed and (total <= REBUILD_BELOW or len(removed) > REBUILD_SHARE * total):
            return False
        shutil.copytree(previous, folder, copy_function=_link)
    else:
        folder.mkdir(parents=True)
    index = tantivy.Index(_schema(), str(folder), reuse=previous is not None)
    index.register_tokenizer(ANALYZER, analyzer())
    writer = index.writer(HEAP, 1)
    for number in removed:
        writer.delete_documents_by_term("number", number)
    for number, passage in passages:
        writer.add_document(_document(number, passage))
    writer.commit()
    writer.wait_merging_threads()
    return True


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder().add_unsigned_field("number", indexed=True, fast=True)
    builder = builder.add_text_field("text", tokenizer_name=ANALYZER, index_option="freq")
    builder = builder.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    builder = builder.add_text_field("concept", tokenizer_name="raw", index_option="basic")
    return builder.add_integer_field("year", indexed=True, fast=True).build()


def _document(number: int, passage: Passage) -> tantivy.Document:
    document = tantivy.Document()
    document.add_unsigned("number", number)
    document.add_text("text", passage.searched)
    document.add_text("kind", passage.kind)
    for concept in passage.concepts:
        document.add_text("concept", concept)
    if passage.year is not None:
        document.add_integer("year", passage.year)
    return document


def _link(source: str, target: str) -> None:
    """Segments never change, so they are shared; the small files that name them are copied."""
    if source.endswith((".json", ".lock")):
        shutil.copy2(source, target)
    else:
        os.link(source, target)
