"""The catalogue of a generation: each passage, the names it can be called by, and where filters find it. In SQLite."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import cached_property
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.bibliography.people import Person, slug
from kb.corpus.ontology import fold, label_key
from kb.errors import BadSource
from kb.readonly import ReadOnly
from kb.retrieval.passages import STANCES, Passage
from kb.retrieval.scope import Scope
from kb.retrieval.words import Entry, plain, spell

FILE, YEARS, TAGGED = "passages.db", "years.npy", "tagged.npy"
REMEMBERED = 10_000  # tags whose place is kept
UNDATED = np.iinfo(np.int16).min
READ = "id, text, heading, tags, year"  # of a passage, for the word index
TAKING = (*STANCES, "cites")  # links that give tags to the other end
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
CREATE INDEX to_object ON link (object, name);
CREATE TABLE author (key TEXT, slug TEXT, id TEXT);
CREATE INDEX author_slug ON author (slug);
CREATE INDEX author_id ON author (id);
CREATE TABLE tag (tag TEXT PRIMARY KEY, first INT, count INT) WITHOUT ROWID;
"""


Rows = NDArray[np.int64]


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


class Written(NamedTuple):
    """The rows of a new catalogue: their ids, the digests of what the model reads, and what has changed in them.

    *gone* are the rows of the catalogue before whose passages are gone or read otherwise, and *fresh* those of this
    one that are new or read otherwise; *kept* is the new row of each row of before, -1 where it is gone. *owned* are
    the ids of what was written or taken out, *was* and *now* all that the change may touch, before and after.
    """

    ids: list[str]
    digests: list[bytes]
    gone: Rows
    fresh: dict[int, Entry]
    kept: Rows
    owned: list[str]
    was: Mapping[str, Entry]
    now: Mapping[str, Entry]


def write(
    folder: Path, previous: Path | None, changes: Mapping[str, Iterable[Passage]], fingerprint: str
) -> Written:  # fmt: skip
    """Make the catalogue of a generation: *previous* with the passages of each owner in *changes* replaced."""
    if previous is not None:
        shutil.copyfile(previous / FILE, folder / FILE)
    given = {owner: list(passages) for owner, passages in changes.items()}
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        if previous is None:
            db.executescript(TABLES)
        before, owned = _ids(db), _owned(db, given)
        touched = _touched(db, given, owned)
        was = _entries(db, touched)
        for owner in given:  # first of all: an id may pass from one owner to another
            _remove(db, owner)
        for owner, passages in given.items():
            _insert(db, owner, passages, fingerprint)
        now = _entries(db, touched)
        digests = [digest for (digest,) in db.execute("SELECT digest FROM passage ORDER BY id")]
        written = _compared(before, was, _ids(db), now)._replace(digests=digests, owned=owned)
        _write_columns(db, folder, previous, written)
    return written


def entries(folder: Path) -> Iterator[Entry]:
    """What the word index reads of all passages of a catalogue that is being written, by row."""
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as db:
        taken = _taken(db)
        for id, text, heading, tags, year in db.execute(f"SELECT {READ} FROM passage ORDER BY id"):
            yield Entry(text, heading, tags.split("\n") + taken.get(id, []), year)


def _ids(db: sqlite3.Connection) -> list[str]:
    return [id for (id,) in db.execute("SELECT id FROM passage ORDER BY id")]


def _owned(db: sqlite3.Connection, changes: Mapping[str, Iterable[Passage]]) -> list[str]:
    """The ids of what changes, before and after."""
    asked = "SELECT id FROM passage WHERE owner IN (SELECT value FROM json_each(?))"
    before = [id for (id,) in db.execute(asked, (json.dumps([*changes]),))]
    return list(dict.fromkeys([*before, *(each.id for passages in changes.values() for each in passages)]))


def _touched(db: sqlite3.Connection, changes: Mapping[str, Iterable[Passage]], owned: Sequence[str]) -> list[str]:
    """The ids of what changes, and of what it takes a stance to or cites, before and after."""
    ends = f"SELECT object FROM link WHERE id IN (SELECT value FROM json_each(?)) AND name IN {TAKING}"
    found = dict.fromkeys([*owned, *(other for (other,) in db.execute(ends, (json.dumps(owned),)))])
    for passage in (passage for passages in changes.values() for passage in passages):
        found |= dict.fromkeys(link[1] for link in passage.links if link[0] in TAKING)
    return list(found)


def _entries(db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Entry]:
    """What the word index reads of some passages, those that there are."""
    some = json.dumps(ids)
    taken = _taken(db, some)
    asked = f"SELECT {READ} FROM passage WHERE id IN (SELECT value FROM json_each(?))"
    return {
        id: Entry(text, heading, tags.split("\n") + taken.get(id, []), year)
        for id, text, heading, tags, year in db.execute(asked, (some,))
    }


def _compared(
    before: list[str], was: Mapping[str, Entry], ids: list[str], now: Mapping[str, Entry]
) -> Written:  # fmt: skip
    """Which rows changed, between the ids and the touched entries of before and those of now."""
    gone = [id for id, entry in was.items() if now.get(id) != entry]
    fresh = {bisect_left(ids, id): entry for id, entry in now.items() if was.get(id) != entry}
    kept = np.full(len(before), -1, dtype=np.int64)
    lost = np.array(sorted(bisect_left(before, id) for id in was if id not in now), dtype=np.int64)
    came = np.array(sorted(bisect_left(ids, id) for id in now if id not in was), dtype=np.int64)
    kept[np.delete(np.arange(len(before)), lost)] = np.delete(np.arange(len(ids)), came)
    left = np.array([bisect_left(before, id) for id in gone], dtype=np.int64)
    return Written(ids, [], left, fresh, kept, [], was, now)


def read(folder: Path, ids: Sequence[str]) -> list[Passage]:
    """Some passages of a catalogue that is being written."""
    with closing(sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)) as db:
        found = (db.execute("SELECT data FROM passage WHERE id = ?", (id,)).fetchone() for id in ids)
        return [_passage(data) for (data,) in found]


def named(db: sqlite3.Connection, ids: Collection[str] | None = None) -> Iterator[tuple[Passage, int]]:
    """The concepts and sources of a catalogue, or some, each with the number of passages about it or of it; by id."""
    about = "(SELECT count FROM tag WHERE tag = 'concept:' || id)"
    of = "(SELECT COUNT(*) - 1 FROM passage p WHERE p.owner = passage.owner)"  # the claims; its text is another owner
    some = "" if ids is None else "AND id IN (SELECT value FROM json_each(?))"
    asked = f"SELECT data, COALESCE({about}, {of}) FROM passage WHERE instr(id, '#') = 0 {some} ORDER BY id"
    for data, count in db.execute(asked, () if ids is None else (json.dumps([*ids]),)):
        yield _passage(data), count


def _remove(db: sqlite3.Connection, owner: str) -> None:
    """Take out all that *owner* had."""
    for table in ("name", "link", "author"):
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
        keys = {person.key: slug(person) for person in passage.authors}
        db.executemany("INSERT INTO author VALUES (?, ?, ?)", ((json.dumps(k), s, passage.id) for k, s in keys.items()))


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


def _taken(db: sqlite3.Connection, of: str | None = None) -> dict[str, list[str]]:
    """The tags of what others take a stance to, or cite: that stands in other files. With *of*, of these ids (JSON)."""
    some = "AND object IN (SELECT value FROM json_each(?))" if of is not None else ""
    values = () if of is None else (of,)
    found: dict[str, list[str]] = defaultdict(list)
    stances = f"SELECT DISTINCT object, name FROM link WHERE name IN {STANCES} {some} ORDER BY 1, 2"
    for id, stance in db.execute(stances, values):
        found[id].append(f"stance:{stance}")
    cited = f"SELECT DISTINCT object, id FROM link WHERE name = 'cites' {some} ORDER BY 1, 2"
    for id, citing in db.execute(cited, values):
        found[id].append(f"cited-by:{citing}")
    return found


def _write_columns(db: sqlite3.Connection, folder: Path, previous: Path | None, written: Written) -> None:
    """Write the years, and for each tag its rows one after the other, with a table that tells where they begin."""
    years = np.full(len(written.ids), UNDATED, dtype=np.int16)
    tags, places, rows = list[str](), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    if previous is not None:
        still = written.kept >= 0
        years[written.kept[still]] = np.load(previous / YEARS)[still]
        tags, places, rows = _columns(db, previous, written)
    for row, entry in written.fresh.items():
        years[row] = UNDATED if entry.year is None else max(-9999, min(entry.year, 9999))
    np.save(folder / YEARS, years)
    number = {tag: place for place, tag in enumerate(tags)}
    more = [(number.setdefault(tag, len(number)), row)
            for row, entry in written.fresh.items() for tag in dict.fromkeys(entry.tags)]  # fmt: skip
    added = np.array(more, dtype=np.int64).reshape(-1, 2)
    places, rows = np.append(places, added[:, 0]), np.append(rows, added[:, 1])
    names = sorted(number)
    rank = np.empty(len(names), dtype=np.int64)
    rank[[number[name] for name in names]] = np.arange(len(names))
    order = np.lexsort((rows, rank[places]))
    np.save(folder / TAGGED, rows[order].astype(np.int32))
    counts = np.bincount(rank[places], minlength=len(names)).tolist()
    first = [0, *accumulate(counts)]
    db.execute("DELETE FROM tag")
    db.executemany(
        "INSERT INTO tag VALUES (?, ?, ?)", (each for each in zip(names, first, counts, strict=False) if each[2])
    )


def _columns(db: sqlite3.Connection, previous: Path, written: Written) -> tuple[list[str], Rows, Rows]:
    """The tags of a catalogue, and of each of their rows that stays as it is the number of the tag and its new row."""
    found = db.execute("SELECT tag, count FROM tag ORDER BY first").fetchall()
    places = np.repeat(np.arange(len(found)), [count for _, count in found])
    rows = np.load(previous / TAGGED).astype(np.int64)
    stays = np.ones(len(written.kept), dtype=bool)
    stays[written.gone] = False
    mask = stays[rows]
    return [tag for tag, _ in found], places[mask], written.kept[rows[mask]]


def _passage(data: str) -> Passage:
    fields = json.loads(data)
    for name in ("concepts", "subjects", "people"):
        fields[name] = tuple(fields[name])
    fields["authors"] = tuple(Person(*each) for each in fields["authors"])
    return Passage(**{**fields, "links": tuple(map(tuple, fields["links"]))})
