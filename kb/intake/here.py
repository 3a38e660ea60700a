"""What is here already: the records of all sources, as the files are now."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator
from typing import Any

from kb.bibliography.records import Records
from kb.corpus import ontology, sources, texts
from kb.corpus.sources import Corpus, read
from kb.home import Home
from kb.terms import RDF, SKOS, Names

Record = dict[str, Any]


class Here:
    """The sources of a home and those that an import adds; records are kept as text, which takes a tenth of the memory.

    What a build has kept of a file is used where the file has not changed since: to read 10,000 files takes 20 s, to
    compare their hashes 1 s.
    """

    def __init__(self, home: Home, but: Collection[str] = ()) -> None:
        """All sources *but* those that an import that was stopped has begun to write: they come in their turn."""
        self.home, self.corpus, self._but = home, Corpus(home.corpus), frozenset(but)
        self._records = {
            id: json.dumps(record, ensure_ascii=False) for id, record in _read(home, self.corpus, self._but)
        }  # fmt: skip
        self._texts = set[str]()  # ids of those whose text an import brings
        self._concepts: frozenset[str] | None = None
        self._merged = {was for record in self._records.values() if '"replaces"' in record
                        for was in sources.texts(json.loads(record).get("replaces"))}  # fmt: skip

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        """Every source, with its record."""
        return ((id, json.loads(record)) for id, record in self._records.items())

    def __getitem__(self, id: str) -> Record:
        record: Record = json.loads(self._records[id])
        return record

    def put(self, id: str, record: Record, text: bool = False) -> None:
        """Take a record, or another record of a source, for one that is here; and a *text* of it."""
        self._records[id] = json.dumps(record, ensure_ascii=False)
        if text:
            self._texts.add(id)

    def __contains__(self, id: object) -> bool:
        return id in self._records

    def taken(self, id: str) -> bool:
        """Whether a new source may not have this *id*: a source, a text, a concept or a merged source has it."""
        if id in self._records or id in self.corpus or id in self._concept_ids() or id in self._merged:
            return True
        return id not in self._but and texts.has(self.corpus.folder, id)

    def has_text(self, id: str) -> bool:
        """Whether the text of a source is here."""
        return id in self._texts or texts.has(self.corpus.folder, id)

    def pages(self, id: str) -> Iterator[texts.Page]:
        """The text of a source, which is read when the first page is asked for."""
        yield from texts.read(self.corpus.folder, id)

    def _concept_ids(self) -> frozenset[str]:
        if self._concepts is None:
            names, kind = Names.of(self.home.context()), (RDF + "type", SKOS + "Concept")
            quads = ontology.load(self.home.ontology)
            found = (q for q in quads if (q.predicate.value, getattr(q.object, "value", "")) == kind)
            self._concepts = frozenset(names.id(str(getattr(q.subject, "value", ""))) for q in found)
        return self._concepts


def _read(home: Home, corpus: Corpus, but: Collection[str]) -> Iterator[tuple[str, Record]]:
    """The record of each source: of a build where that is current, else of its file."""
    now, generation = corpus.hashes(), home.current()
    built = home.manifest(generation)["files"] if generation else {}
    kept = _built(lambda: Records(generation)) if generation else {}
    for id, hash in now.items():
        if id in but:
            continue
        if built.get(id) == hash and id in kept:
            yield id, kept[id]
        else:
            yield id, read(corpus.path(id)).data


def _built(open: Callable[[], Records]) -> dict[str, Record]:
    """What a build has kept; nothing where it cannot be read, as its files can."""
    try:
        records = open()
        found = {source.id: source.data for source in records}
        records.close()
    except (sqlite3.Error, OSError, ValueError):
        return {}
    return found
