"""The catalogue of a generation: each passage, the names it can be called by, and where filters find it. In SQLite."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.bibliography.people import Person
from kb.corpus.ontology import fold, label_key
from kb.errors import BadSource
from kb.readonly import ReadOnly
from kb.retrieval.passages import STANCES, Passage
from kb.retrieval.scope import Scope
from kb.retrieval.words import Entry, plain, spell

FILE, YEARS, TAGGED = "passages.db", "years.npy", "tagged.npy"
REMEMBERED = 10_000  # tags whose place is kept
UNDATED = np.iinfo(np.int16).min
EXPANSIONS = ("narrower", "related", "relation")  # links from a concept to others
TABLES = """
CREATE TABLE passage (id TEXT PRIMARY KEY, owner TEXT, digest BLOB, data TEXT, text TEXT, heading TEXT, tags TEXT,
  year INT);
CREATE INDEX by_owner ON passage (owner);
CREATE TABLE name (key TEXT, kind TEXT, id TEXT, text TEXT);
CREATE INDEX by_key ON name (key, kind);
CREATE INDEX by_id ON name (id);
CREATE TABLE link (id TEXT, name TEXT, subject TEXT, object TEXT);
CREATE INDEX from_id ON link (id);
CREATE INDEX from_subject ON link (subject, name);
CREATE TABLE tag (tag TEXT PRIMARY KEY, first INT, count INT) WITHOUT ROWID;
"""


class Name(NamedTuple):
    """What something is called: *kind* is label, doi or author; *id* is what has the name."""

    key: str
    kind: str
    id: str
    text: str


class Catalogue:
    """The passages under *folder*; rows number them in the order of their ids."""

    def __init__(self, folder: Path) -> None:
        self._db = ReadOnly(folder / FILE)
        self.ids = [id for (id,) in self._db.rows("SELECT id FROM passage ORDER BY id")]
        self._tags: dict[str, slice] = {}
        self.years: NDArray[Any] = np.load(folder / YEARS, mmap_mode="r")
        self._tagged: NDArray[Any] = np.load(folder / TAGGED, mmap_mode="r")

    def close(self) -> None:
        """Let go of the file; whoever still asks meets an error."""
        self._db.close()
        self.years = self._tagged = np.empty(0, dtype=np.int16)

    def passages(self, rows: Iterable[int]) -> Iterator[Passage]:
        """The passages in *rows*, in that order."""
        ids = [self.ids[row] for row in rows]
        asked = "SELECT id, data FROM passage WHERE id IN (SELECT value FROM json_each(?))"
        found = dict(self._db.rows(asked, json.dumps(ids)))
        yield from (_passage(found[id]) for id in ids)

    def names(self, keys: Iterable[str], *kinds: str) -> list[Name]:
        """What has one of *keys* as a name of one of *kinds*; by key, kind and id."""
        asked = "SELECT DISTINCT key, kind, id, text FROM name WHERE key IN (SELECT value FROM json_each(?)) "
        asked += "AND kind IN (SELECT value FROM json_each(?)) ORDER BY key, kind, id, text"
        return [Name(*row) for row in self._db.rows(asked, json.dumps(list(keys)), json.dumps(kinds))]

    def labels(self) -> list[tuple[str, str]]:
        """Every label of a concept in any language: (concept, label)."""
        return self._db.rows("SELECT DISTINCT id, text FROM name WHERE kind = 'label' ORDER BY id, text")

    def linked(self, ids: Iterable[str]) -> list[tuple[str, str, str]]:
        """How concepts lead to others: (concept, narrower or related or relation, the other one)."""
        asked = "SELECT DISTINCT subject, name, object FROM link WHERE subject IN (SELECT value FROM json_each(?)) "
        asked += "AND name IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3"
        return self._db.rows(asked, json.dumps(list(ids)), json.dumps(EXPANSIONS))

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every word of a label or an author's name, folded, in order."""
        keys = self._db.rows("SELECT DISTINCT key FROM name WHERE kind IN ('label', 'author')")
        return sorted({word for (key,) in keys for word in fold(key).split() if word.isalpha()})

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first word of each label and author's name, folded: where a name may begin."""
        keys = self._db.rows("SELECT DISTINCT key FROM name WHERE kind IN ('label', 'author')")
        return frozenset(found[0] for (key,) in keys if (found := re.search(r"[^\W_]+", fold(key))))

    def tagged(self, tag: str) -> NDArray[np.int32]:
        """The rows that have *tag*, ascending."""
        if (place := self._tags.get(tag)) is None:
            place = slice(*(self._db.row("SELECT first, first + count FROM tag WHERE tag = ?", tag) or (0, 0)))
            if len(self._tags) > REMEMBERED:
                self._tags.clear()
            self._tags[tag] = place
        rows: NDArray[np.int32] = self._tagged[place]
        return rows

    def tagged_by(self, name: str) -> Iterator[tuple[str, NDArray[np.int32]]]:
        """Each value of the tags called *name*, such as field, with the rows that have it, ascending."""
        asked = "SELECT tag, first, first + count FROM tag WHERE tag >= ? AND tag < ? ORDER BY tag"
        for tag, first, last in self._db.rows(asked, f"{name}:", f"{name};"):  # ; is next to :
            yield tag.removeprefix(f"{name}:"), self._tagged[first:last]

    def tags(self, rows: Iterable[int]) -> list[list[str]]:
        """The tags of the passages in *rows*, in that order, but those that others give it (see `_taken`)."""
        ids = [self.ids[row] for row in rows]
        asked = "SELECT id, tags FROM passage WHERE id IN (SELECT value FROM json_each(?))"
        found = dict(self._db.rows(asked, json.dumps(ids)))
        return [found[id].split("\n") for id in ids]

    def mask(self, scope: Scope) -> NDArray[np.bool_]:
        """Which rows the tags and years of *scope* let pass; its phrases are for the word index."""
        mask = np.ones(len(self.ids), dtype=bool)
        if scope.years is not None:
            mask = (self.years >= scope.years[0]) & (self.years <= scope.years[1]) & (self.years != UNDATED)
            if scope.undated_concepts:
                mask[self.tagged("kind:concept")] = True
        for tags in scope.needs:
            passing = np.zeros(len(mask), dtype=bool)
            for tag in tags:
                passing[self.tagged(tag)] = True
            mask &= passing
        return mask


def among(rows: NDArray[Any], tagged: NDArray[Any]) -> NDArray[np.bool_]:
    """Which of a few *rows* are among the many *tagged*, which ascend."""
    places = np.searchsorted(tagged, rows)
    found: NDArray[np.bool_] = places < len(tagged)
    found[found] = tagged[places[found]] == rows[found]
    return found


def write(
    folder: Path, previous: Path | None, changes: Mapping[str, Iterable[Passage]], fingerprint: str
) -> tuple[list[str], list[bytes], list[Entry]]:
    """Make the catalogue of a generation: *previous* with the passages of each owner in *changes* replaced.

    Returns each row's id, the digest of the text that the model reads, and what the word index reads.
    """
    if previous is not None:
        shutil.copyfile(previous / FILE, folder / FILE)
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        if previous is None:
            db.executescript(TABLES)
        for owner in changes:  # first of all: an id may pass from one owner to another
            _remove(db, owner)
        for owner, passages in changes.items():
            _insert(db, owner, passages, fingerprint)
        rows = db.execute("SELECT id, digest, text, heading, tags, year FROM passage ORDER BY id").fetchall()
        taken = _taken(db)
        entries = [
            Entry(text, heading, tags.split("\n") + taken.get(id, []), year)
            for id, _, text, heading, tags, year in rows
        ]
        _write_columns(db, folder, entries)
    return [row[0] for row in rows], [row[1] for row in rows], entries


def read(folder: Path, ids: Sequence[str]) -> list[Passage]:
    """Some passages of a catalogue that is being written."""
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as db:
        found = (db.execute("SELECT data FROM passage WHERE id = ?", (id,)).fetchone() for id in ids)
        return [_passage(data) for (data,) in found]


def named(folder: Path) -> Iterator[tuple[Passage, int]]:
    """The concepts and sources of a catalogue, each with the number of passages about it or of it."""
    about = "(SELECT count FROM tag WHERE tag = 'concept:' || id)"
    of = "(SELECT COUNT(*) - 1 FROM passage p WHERE p.owner = passage.owner)"  # the claims; its text is another owner
    asked = f"SELECT data, COALESCE({about}, {of}) FROM passage WHERE instr(id, '#') = 0 ORDER BY id"
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as db:
        for data, count in db.execute(asked):
            yield _passage(data), count


def _remove(db: sqlite3.Connection, owner: str) -> None:
    """Take out all that *owner* had."""
    for table in ("name", "link"):
        db.execute(f"DELETE FROM {table} WHERE id IN (SELECT id FROM passage WHERE owner = ?)", (owner,))
    db.execute("DELETE FROM passage WHERE owner = ?", (owner,))


def _insert(db: sqlite3.Connection, owner: str, passages: Iterable[Passage], fingerprint: str) -> None:
    """Put the *passages* of *owner* in."""
    for passage in passages:
        digest = blake2b(f"{fingerprint}\n{passage.encoded}".encode(), digest_size=16).digest()
        data = json.dumps(asdict(passage), ensure_ascii=False)
        text, heading, tags = spell(passage.searched), spell(passage.heading), "\n".join(dict.fromkeys(passage.tags))
        row = (passage.id, owner, digest, data, text, heading, tags, passage.year)
        try:
            db.execute("INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        except sqlite3.IntegrityError as error:
            raise BadSource(f"{passage.id!r} is the id of a concept and of a source: rename the file") from error
        db.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", _names(passage))
        db.executemany("INSERT INTO link VALUES (?, ?, ?, ?)", _links(passage))


def _names(passage: Passage) -> Iterator[Name]:
    for label in passage.labels:
        yield Name(label_key(label), "label", passage.id, label)
        if label_key(label) == fold(label):  # a short label in capitals is no word with a plural
            yield Name(plain(label), "label", passage.id, label)
    if passage.doi:
        yield Name(passage.doi, "doi", passage.id, passage.doi)
    if passage.kind == "source":
        yield from (Name(fold(name), "author", passage.id, name) for name in passage.people)


def _links(passage: Passage) -> Iterator[tuple[str, str, str, str]]:
    for name, *ends in passage.links:
        subject, target = ends if len(ends) == 2 else (passage.id, ends[0])
        yield passage.id, name, subject, target
        if name == "relation":
            yield passage.id, name, target, subject


def _taken(db: sqlite3.Connection) -> dict[str, list[str]]:
    """The tags of what others take a stance to, or cite: that stands in other files."""
    found: dict[str, list[str]] = defaultdict(list)
    for id, stance in db.execute(f"SELECT DISTINCT object, name FROM link WHERE name IN {STANCES} ORDER BY 1, 2"):
        found[id].append(f"stance:{stance}")
    for id, citing in db.execute("SELECT DISTINCT object, id FROM link WHERE name = 'cites' ORDER BY 1, 2"):
        found[id].append(f"cited-by:{citing}")
    return found


def _write_columns(db: sqlite3.Connection, folder: Path, entries: Sequence[Entry]) -> None:
    """Write the years, and for each tag its rows one after the other, with a table that tells where they begin."""
    years = [UNDATED if entry.year is None else max(-9999, min(entry.year, 9999)) for entry in entries]
    np.save(folder / YEARS, np.array(years, dtype=np.int16))
    rows: dict[str, list[int]] = defaultdict(list)
    for row, entry in enumerate(entries):
        for tag in dict.fromkeys(entry.tags):
            rows[tag].append(row)
    db.execute("DELETE FROM tag")
    first = 0
    for tag in sorted(rows):
        db.execute("INSERT INTO tag VALUES (?, ?, ?)", (tag, first, len(rows[tag])))
        first += len(rows[tag])
    np.save(folder / TAGGED, np.array([row for tag in sorted(rows) for row in rows[tag]], dtype=np.int32))


def _passage(data: str) -> Passage:
    fields = json.loads(data)
    for name in ("concepts", "subjects", "people"):
        fields[name] = tuple(fields[name])
    fields["authors"] = tuple(Person(*each) for each in fields["authors"])
    return Passage(**{**fields, "links": tuple(map(tuple, fields["links"]))})
