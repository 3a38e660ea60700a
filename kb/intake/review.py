"""What a person is shown of records before they are taken in: counts, references, and both sides of a duplicate."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kb.bibliography import styles
from kb.bibliography.reading.entry import EXTRA
from kb.corpus.sources import Corpus
from kb.corpus.texts import ABSTRACT
from kb.corpus.written import ORDER
from kb.errors import KBError
from kb.intake.differences import shown, value, withheld
from kb.intake.plan import DUPLICATE, INCOMPLETE, NEW, STATUSES, UNREADABLE, Planned

SHOWN = 200  # records in full; the others are counted
READ = 20_000  # records that are read before the rest is left to the command line
SECONDS = 30.0  # that reading may take
SUGGESTING = 5.0  # seconds for suggestions, of all records together
SUGGESTED_FOR = 50  # records at most that get suggestions
SUGGESTED = 5  # concepts for a record
TOLD = 10  # reasons why nothing can be read
OURS_ALONE = {  # keys of a source file that no file of others has: of our work, not of the record
    "state", "status", "statusBy", "statusDate", "statusNote", "subjects", "treats", "rejected", "summary",
    "summaryBasis", "seenIn", "missing", "seedReference", "note", "cites", "replaces", "claims", "openAccess", "extra",
}  # fmt: skip
SAME, ALIKE, DIFFERS, ONLY_OURS, ONLY_THEIRS = "same", "alike", "differs", "only ours", "only theirs"

Suggest = Callable[[str], Iterable[Any]]


class Field(NamedTuple):
    """A field of a record, and its values as one text."""

    name: str
    value: str


class Side(NamedTuple):
    """A field of a work that is here already, as each of the two records has it; *how* tells them apart."""

    field: str
    ours: str
    theirs: str
    how: str


class Reviewed(NamedTuple):
    """A record in full. *number* is its place among all records of the files, from 1.

    *fields* are those that have a place of ours, *kept* the others; *sides* compare a duplicate with our source, whose
    citation is *ours*.
    """

    number: int
    planned: Planned
    reference: str
    fields: tuple[Field, ...] = ()
    kept: tuple[Field, ...] = ()
    sides: tuple[Side, ...] = ()
    ours: str = ""
    suggestions: tuple[Any, ...] = ()


class Review(NamedTuple):
    """All records of some files: how many there are of each status, the first in full.

    *ended* is empty where all were read, else why the rest was not.
    """

    total: int
    counts: dict[str, int]
    records: tuple[Reviewed, ...]
    ended: str = ""

    @property
    def more(self) -> int:
        """How many records are counted alone."""
        return self.total - len(self.records)

    @property
    def refusal(self) -> str:
        """Why nothing of the files can be taken, if that is so."""
        if any(number for status, number in self.counts.items() if status != UNREADABLE):
            return ""
        places = ((at.planned.file, at.planned.line, "; ".join(at.planned.problems)) for at in self.records[:TOLD])
        told = [f"{file}{f', line {line}' if line > 1 else ''}: {why}" for file, line, why in places]
        return "\n".join(told) or "No record was found: the file holds no entry that can be read"

    @property
    def groups(self) -> dict[str, list[Reviewed]]:
        """The records in full, by status."""
        groups: dict[str, list[Reviewed]] = {}
        for each in self.records:
            groups.setdefault(each.planned.status, []).append(each)
        return groups


class Bounded:
    """What is *planned*, as far as a page reads it: so many records, and for so many *seconds*.

    Once it was gone through, *ended* tells why the rest was not read; it is empty where that was all.
    """

    def __init__(self, planned: Iterable[Planned], most: int = READ, seconds: float = SECONDS) -> None:
        self._planned, self._most, self._seconds = planned, most, seconds
        self.ended = ""

    def __iter__(self) -> Iterator[Planned]:
        start = time.monotonic()
        for number, each in enumerate(self._planned):
            if number == self._most:
                self.ended = f"more than {self._most:,} records"
            elif time.monotonic() - start > self._seconds:
                self.ended = f"reading takes longer than {self._seconds:g} seconds"
            if self.ended:
                return
            yield each

    def told(self) -> Iterator[Planned]:
        """The same; where that is not all, the last one is unreadable and says so."""
        last = Planned(UNREADABLE)
        for last in self:
            yield last
        if self.ended:
            why = f"not all was read: {self.ended}; use kb add on the command line, or send a part of the file"
            yield Planned(UNREADABLE, "", last.file, last.line, (why,))


def review(planned: Iterable[Planned], corpus: Corpus, suggest: Suggest | None = None) -> Review:
    """Read what is *planned* to its end, if that comes in time, and look at the first records in full.

    *suggest* gives concepts for a text.
    """
    counts, looked, read = Counter(dict.fromkeys(STATUSES, 0)), list[Reviewed](), Bounded(planned)
    for each in read:
        counts[each.status] += 1
        if len(looked) < SHOWN:
            looked.append(reviewed(counts.total(), each, corpus))
    return Review(counts.total(), dict(counts), tuple(_suggested(looked, suggest)), read.ended)


def reviewed(number: int, planned: Planned, corpus: Corpus) -> Reviewed:
    """A record as a person reads it; suggestions come later."""
    record = planned.record
    fields = tuple(Field(name, shown(record[name])) for name in ORDER if name in record and name != "extra")
    kept = tuple(Field(name, shown(value)) for name, value in (record.get("extra") or {}).items())
    made = Reviewed(number, planned, styles.reference(record) if record else "", fields, kept)
    if planned.status != DUPLICATE:
        return made
    if planned.id not in corpus:  # it is of a work that another record of the same files brings
        return made
    ours = corpus[planned.id].data
    return made._replace(sides=tuple(sides(ours, planned)), ours=styles.citation(ours))


def sides(ours: Mapping[str, Any], planned: Planned) -> Iterator[Side]:
    """Our record beside theirs, field by field, what differs first."""
    for field, mine, other in planned.differences:
        yield Side(field, mine, other, DIFFERS if mine else ONLY_THEIRS)
    told = {each.field for each in planned.differences}
    for name in _fields(ours, planned.record):
        mine, other = shown(value(ours, name)), shown(value(planned.record, name))
        if name not in told and (mine or other) and not withheld(ours, name):
            yield Side(name, mine, other, _how(mine, other))


def _fields(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[str]:
    """The fields that two records may have in common, those of ``extra`` last."""
    yield from (name for name in ORDER if name not in OURS_ALONE)
    yield from (EXTRA + name for name in {**(ours.get("extra") or {}), **(theirs.get("extra") or {})})


def _how(mine: str, other: str) -> str:
    """How two values stand to each other that are the same in substance, if both are there."""
    if mine and other:
        return SAME if mine == other else ALIKE
    return ONLY_OURS if mine else ONLY_THEIRS


def _suggested(looked: list[Reviewed], suggest: Suggest | None) -> Iterator[Reviewed]:
    """The records, the first that are new with the concepts suggested for them, as far as there is time."""
    until, count = time.monotonic() + SUGGESTING, 0
    for each in looked:
        wanted = suggest and each.planned.status in (NEW, INCOMPLETE)
        if suggest is None or not wanted or count == SUGGESTED_FOR or time.monotonic() > until:
            yield each
            continue
        count += 1
        try:
            yield each._replace(suggestions=tuple(suggest(_about(each.planned)))[:SUGGESTED])
        except KBError:  # the index is of another model: the records can be read all the same
            yield each


def _about(planned: Planned) -> str:
    """What tells what a work is about: its title and abstract."""
    abstract = [page.text for page in planned.pages if page.label == ABSTRACT]
    return "\n".join(filter(None, [planned.record.get("title"), *abstract]))
