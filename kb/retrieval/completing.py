"""What may be typed: the labels of concepts, the titles of works, their authors; all, or what a change has touched."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

from kb.bibliography import people
from kb.bibliography.people import Person
from kb.retrieval import catalogue, complete
from kb.retrieval.catalogue import Written
from kb.retrieval.complete import Entry
from kb.retrieval.passages import Passage, owner


def write(folder: Path, previous: Path | None, written: Written) -> None:
    """Write the completions of the catalogue in *folder*: those of *previous* with what changed, if that can be."""
    if previous is not None:
        ids = _touched(written)
        with closing(_opened(previous)) as old, closing(_opened(folder)) as new:
            slugs = _slugs(old, ids) | _slugs(new, ids)
            before, after = (set(_some(each, ids, slugs)) for each in (old, new))
        if complete.update(folder, previous, before - after, after - before):
            return
    with closing(_opened(folder)) as db:
        complete.write(folder, _all(db))


def _touched(written: Written) -> set[str]:
    """The works and concepts that changed, and those that changed passages are of or about."""
    found = {owner(id) for id in written.owned}
    for id in written.was.keys() | written.now.keys():
        before, after = written.was.get(id), written.now.get(id)
        if before != after:
            tags = {tag for entry in (before, after) if entry for tag in entry.tags}
            found |= {owner(id)} | {tag.removeprefix("concept:") for tag in tags if tag.startswith("concept:")}
    return found


def _all(db: sqlite3.Connection) -> Iterator[Entry]:
    """All that may be typed."""
    works: dict[Person, Counter[Person]] = defaultdict(Counter)  # of each, and how often they are written how
    for passage, count in catalogue.named(db):
        yield from _entry(passage, count)
        for key, person in {person.key: person for person in passage.authors}.items():
            works[key][person] += 1
    yield from _authors(works)


def _some(db: sqlite3.Connection, ids: Collection[str], slugs: Collection[str]) -> Iterator[Entry]:
    """Some works and concepts, and the authors whose names have these slugs."""
    for passage, count in catalogue.named(db, ids):
        yield from _entry(passage, count)
    asked = "SELECT key, id FROM author WHERE slug IN (SELECT value FROM json_each(?)) ORDER BY id"
    rows = db.execute(asked, (json.dumps([*slugs]),)).fetchall()
    found = {passage.id: passage for passage, _ in catalogue.named(db, {id for _, id in rows})}
    works: dict[Person, Counter[Person]] = defaultdict(Counter)
    for key, id in rows:
        named = {person.key: person for person in found[id].authors}
        works[Person(*json.loads(key))][named[Person(*json.loads(key))]] += 1
    yield from _authors(works)


def _slugs(db: sqlite3.Connection, ids: Collection[str]) -> set[str]:
    """The slugs of the names on some works."""
    asked = "SELECT DISTINCT slug FROM author WHERE id IN (SELECT value FROM json_each(?))"
    return {slug for (slug,) in db.execute(asked, (json.dumps([*ids]),))}


def _entry(passage: Passage, count: int) -> Iterator[Entry]:
    if passage.kind == "concept":
        yield Entry("concept", passage.id, passage.heading, tuple(passage.labels), weight=count)
    elif passage.kind == "source":
        families = " ".join(person.family for person in passage.authors)
        cited = f"{families} {passage.year or 'n.d.'}".strip()
        yield Entry("source", passage.id, passage.heading or cited, (passage.heading or cited, cited), cited, count)


def _authors(works: Mapping[Person, Counter[Person]]) -> Iterable[Entry]:
    """The authors, with the ids that they have among all: names with another slug have no say in these."""
    ids = people.ids(person for written in works.values() for person in written)
    for key, written in works.items():
        names, count = [str(person) for person, _ in written.most_common()], written.total()
        yield Entry("author", ids[key], names[0], tuple(names), f"{count} work{'s' if count > 1 else ''}", count)


def _opened(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{folder / catalogue.FILE}?mode=ro", uri=True)
