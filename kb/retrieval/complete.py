"""Complete what is being typed: the concepts, works and authors whose labels, titles or names hold it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from weakref import finalize

from kb.corpus.ontology import fold

FILE = "completions.db"
KINDS = ("concept", "source", "author")  # in this order where they weigh the same
LONGEST = 1000  # characters; no label or title is longer, so more than that completes to nothing
GAP = 1 << 20  # between the numbers of two texts
FEW = 2_000  # entries that are changed one by one
PHRASE = 8  # typed words that are looked for side by side, as each is a walk through the texts that have it
MARK = "·"  # tells a kind from a word of the text; no word has it
NO_LETTER = re.compile(r"[^\w\s]|_")

# A text's number is its place among all texts, the best first, with room between for others, and FTS5 answers by number
# and one row at a time: so "p" costs little more than the rows shown, whatever begins with it. (64 MB of hash let FTS5
# write once, a fifth less.)
TABLES = """BEGIN;
CREATE TABLE entry (number INTEGER PRIMARY KEY, kind TEXT, id TEXT, label TEXT, note TEXT);
CREATE INDEX by_id ON entry (kind, id);
CREATE TABLE text (number INTEGER PRIMARY KEY, entry INTEGER, text TEXT, lightness INT, kind INT, other INT, length INT,
  words TEXT, id TEXT);
CREATE INDEX by_entry ON text (entry);
CREATE INDEX by_rank ON text (lightness, kind, other, length, words, id);
CREATE TABLE whole (words TEXT, number INTEGER, PRIMARY KEY (words, number)) WITHOUT ROWID;
CREATE VIRTUAL TABLE part USING fts5 (words, content='', columnsize=0, tokenize='ascii', prefix='1 2 3');
INSERT INTO part (part, rank) VALUES ('hashsize', 64000000);
"""
SHOWN = """SELECT entry, entry.kind, entry.id, label, note, text FROM {0} JOIN text ON text.number = {0}.{1}
JOIN entry ON entry.number = text.entry WHERE {2} ORDER BY {0}.{1}"""
WHOLE = SHOWN.format("whole", "number", "whole.words = ? AND entry.kind IN (SELECT value FROM json_each(?))")
PART = SHOWN.format("part", "rowid", "part MATCH ?")


class Entry(NamedTuple):
    """What can be completed by any of its *texts*, the one it is known by first."""

    kind: str
    id: str
    label: str  # what is shown
    texts: tuple[str, ...]  # what may be typed
    note: str = ""  # shown beside the label
    weight: int = 0  # the more, the earlier among those that match equally well


class Completion(NamedTuple):
    """An entry that was found, and which of its texts matched."""

    kind: str
    id: str
    label: str
    note: str
    matched: str


class _Text(NamedTuple):
    """One text of an entry; texts are sorted by these fields in turn, the best first."""

    lightness: int  # weight, negated
    kind: int
    other: bool  # not the one that the entry is known by
    length: int
    words: str
    id: str
    entry: int
    text: str


class Completions:
    """What `write` left in *folder*; nothing is read before something is typed.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write(Path(folder), [Entry("concept", "imbalance", "Power imbalance", ("Power imbalance", "Inequality"))])
    ...     [(found.label, found.matched) for found in Completions(Path(folder)).complete("ineq")]
    [('Power imbalance', 'Inequality')]
    """

    def __init__(self, folder: Path) -> None:
        address = (folder / FILE).absolute().as_uri() + "?mode=ro&immutable=1"
        self._db = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._lock = Lock()  # a statement that two threads share mixes up their rows
        finalize(self, self._db.close)  # at the latest when its last reader lets go

    def close(self) -> None:
        """Let go of the file; whoever still asks meets an error."""
        self._db.close()

    def complete(self, text: str, limit: int = 10, kind: str | Iterable[str] | None = None) -> tuple[Completion, ...]:
        """At most *limit* entries that *text* may be meant for, the best first; with *kind*, of that or those alone.

        First those with a text equal to it, then with one that begins with
        it, has it from an inner word on, has its words in any order; the
        last may be the beginning of a word. Equals go as `_Text` is sorted.
        """
        kinds = tuple([kind] if isinstance(kind, str) else kind or KINDS)
        typed = _words(text) if len(text) <= LONGEST and set(kinds) <= set(KINDS) else []
        found: dict[int, Completion] = {}
        with self._lock:
            for entry, *shown in self._rows(typed, kinds) if typed and limit > 0 else ():
                found.setdefault(entry, Completion(*shown))
                if len(found) == limit:
                    break
        return tuple(found.values())

    def _rows(self, typed: list[str], kinds: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
        """Entries with the text that matched, the best first; the same entry may come again."""
        yield from self._db.execute(WHOLE, (" ".join(typed), json.dumps(kinds)))
        within = "" if set(kinds) == set(KINDS) else f" AND ({' OR '.join(map(_marked, kinds))})"
        for query in _queries(typed):
            yield from self._db.execute(PART, (query + within,))


def _queries(typed: list[str]) -> list[str]:
    """FTS5 queries for the texts that begin with the words *typed*, have them inside, and have them in any order."""
    anyhow = " AND ".join((*(f'"{word}"' for word in dict.fromkeys(typed[:-1])), f'"{typed[-1]}" *'))
    phrase = " ".join(typed[:PHRASE])
    inside = f'"{phrase}" *' if len(typed) <= PHRASE else f'"{phrase}" AND {anyhow}'
    return list(dict.fromkeys((f"^ {inside}", inside, anyhow)))


def _marked(kind: str) -> str:
    return f'"{MARK}{kind}"'


def _words(text: str) -> list[str]:
    """The words of *text* as they are compared: letters, digits, and marks that are no diacritics."""
    return NO_LETTER.sub(lambda sign: sign[0] if unicodedata.category(sign[0])[0] == "M" else " ", fold(text)).split()


def write(folder: Path, entries: Iterable[Entry]) -> None:
    """Write the file anew in *folder*; 40,000 entries take 2 s."""
    known = list(entries)
    texts = sorted(text for number, entry in enumerate(known) for text in _texts(number, entry))
    numbered = [(GAP * place, text) for place, text in enumerate(texts, 1)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).unlink(missing_ok=True)
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        db.executescript(TABLES)
        db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", ((n, *e[:3], e.note) for n, e in enumerate(known)))
        _insert(db, numbered)
        db.execute("INSERT INTO part (part) VALUES ('optimize')")


def update(folder: Path, previous: Path, gone: Iterable[Entry], come: Iterable[Entry]) -> bool:
    """Write into *folder* the file of *previous* without some entries and with others.

    False where that is no sooner done than to write it anew.
    """
    gone, come = list(gone), list(come)
    (folder / FILE).unlink(missing_ok=True)
    if len(gone) + len(come) > FEW:
        return False
    shutil.copyfile(previous / FILE, folder / FILE)
    with closing(sqlite3.connect(folder / FILE)) as db, db:
        for entry in gone:
            _delete(db, entry)
        first = (db.execute("SELECT MAX(number) FROM entry").fetchone()[0] or 0) + 1
        for number, entry in enumerate(come, first):
            db.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", (number, *entry[:3], entry.note))
            for text in _texts(number, entry):
                if (place := _place(db, text)) is None:
                    return False
                _insert(db, [(place, text)])
    return True


def _insert(db: sqlite3.Connection, texts: list[tuple[int, _Text]]) -> None:
    """Put texts in, each with its number."""
    rows = ((n, t.entry, t.text, *t[:5], t.id) for n, t in texts)
    db.executemany("INSERT INTO text VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    db.executemany("INSERT INTO whole VALUES (?, ?)", sorted((t.words, n) for n, t in texts))
    marked = ((n, f"{t.words} {MARK}{KINDS[t.kind]}") for n, t in texts)
    db.executemany("INSERT INTO part (rowid, words) VALUES (?, ?)", marked)


def _delete(db: sqlite3.Connection, entry: Entry) -> None:
    """Take an entry out, with its texts."""
    found = db.execute("SELECT number FROM entry WHERE kind = ? AND id = ?", (entry.kind, entry.id)).fetchall()
    for (number,) in found:
        for place, words, kind in db.execute(
            "SELECT number, words, kind FROM text WHERE entry = ?", (number,)
        ).fetchall():
            db.execute("DELETE FROM whole WHERE words = ? AND number = ?", (words, place))
            marked = f"{words} {MARK}{KINDS[kind]}"
            db.execute("INSERT INTO part (part, rowid, words) VALUES ('delete', ?, ?)", (place, marked))
        db.execute("DELETE FROM text WHERE entry = ?", (number,))
        db.execute("DELETE FROM entry WHERE number = ?", (number,))


def _place(db: sqlite3.Connection, text: _Text) -> int | None:
    """A number between those of its neighbours; none where there is no room."""
    rank = (*text[:5], text.id)
    before = db.execute(
        "SELECT number FROM text WHERE (lightness, kind, other, length, words, id) < (?, ?, ?, ?, ?, ?) "
        "ORDER BY lightness DESC, kind DESC, other DESC, length DESC, words DESC, id DESC LIMIT 1", rank
    ).fetchone()  # fmt: skip
    low = before[0] if before else 0
    after = db.execute("SELECT MIN(number) FROM text WHERE number > ?", (low,)).fetchone()[0]
    place: int = (low + after) // 2 if after is not None else low + GAP
    return place if place > low else None


def _texts(number: int, entry: Entry) -> Iterator[_Text]:
    """What is kept of entry *number*: each text with a letter in it, once."""
    kind, seen = KINDS.index(entry.kind), {""}
    for place, text in enumerate(entry.texts):
        words = " ".join(_words(text))
        if words not in seen:
            seen.add(words)
            yield _Text(-entry.weight, kind, place > 0, len(words), words, entry.id, number, text)
