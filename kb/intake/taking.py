"""Go through the files that a curator brings: tell what would become of each record, or let it become that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kb.bibliography.reading import Entry, Given, read, unreadable
from kb.bibliography.reading.entry import ONE_PAGE
from kb.bibliography.reading.files import HEAD, known
from kb.bibliography.work import missing
from kb.corpus import texts
from kb.corpus.sources import remove_unfinished
from kb.corpus.written import as_yaml
from kb.errors import BadQuery, BadSource, KBError, NotFound
from kb.home import Home
from kb.intake import annotated
from kb.intake.differences import TEXT, differences, value
from kb.intake.here import Here, Record
from kb.intake.journal import Journal, journal, mark
from kb.intake.merging import Edit, check, merge
from kb.intake.plan import DUPLICATE, INCOMPLETE, NEW, UNREADABLE, Planned, Planner
from kb.saving import Saving

Progress = Callable[[str, int, int], None]
Guarded = Callable[[str], AbstractContextManager[None]]
FILL = "fill"
READ = "records"
NAMES = {"bibtex": "BibTeX", "ris": "RIS", "csl-json": "CSL-JSON", "pdf": "PDF", "html": "HTML", "text": "text"}


def preview(home: Home, files: Iterable[str | Path | Given], progress: Progress | None = None) -> Iterator[Planned]:
    """What `add` would make of each record in *files*: annotated sources first, then file by file; writes nothing."""
    sources, others = by_kind(files)
    planner = Planner(Here(home)) if others else None
    for each in annotated.planned(sources, home):
        if planner and each.status in (NEW, INCOMPLETE):
            planner.learn(each.id, each.record)
        yield each
    for given, entry in entries(others, progress):
        assert planner is not None
        yield planner.plan(entry, given.name)


def add(
    home: Home, files: Iterable[str | Path | Given], how: str = "", take: Collection[str] = (),
    progress: Progress | None = None,
) -> list[Planned]:  # fmt: skip
    """Let each record become what `preview` tells; the results come without their texts.

    *how* is "fill" to give a source that is here the fields it lacks; it gets the fields to *take* in any case. Each
    source is written as a whole, its text before it. Whoever is stopped goes on with the same call.
    """
    if how not in ("", FILL):
        raise BadQuery(f"no merge {how!r}: choose 'fill', or none")
    for field in take:
        check(field)
    sources, others = by_kind(files)
    with journal(home.derived, mark([*sources, *(each.path for each in others)], f"{how} {sorted(take)}")) as begun:
        done = annotated.take_in(sources, home, Saving(home).lock)
        if begun.begun:
            remove_unfinished(home.corpus)
        if others:
            taker = Taker(home, begun, how, take)
            done += [taker.take(number, *found) for number, found in enumerate(entries(others, progress))]
    return done


class Writer:
    """Writes new sources, and fields of those that are here; *but* some may be here in part, as one was stopped.

    What it writes for a source is *guarded* by its paths, so that nobody else saves these files meanwhile.
    """

    def __init__(
        self, home: Home, guarded: Guarded, but: Collection[str] = (), edited: Edit | None = None
    ) -> None:  # fmt: skip
        self.here, self._guarded, self._edited = Here(home, but), guarded, edited
        self.planner = Planner(self.here)
        self._formats: dict[Given, str] = {}

    def write(self, planned: Planned, given: Given, more: Mapping[str, Any] = MappingProxyType({})) -> None:
        """Write a new source, its text first, with *more* keys than its record has."""
        corpus = self.here.corpus
        with self._guarded(f"corpus/{planned.id}.yaml"):
            if planned.id in corpus:
                raise BadSource(f"{corpus.path(planned.id)}: was put there just now: add the record again")
            if planned.pages:
                texts.write(corpus.folder, planned.id, planned.pages)
            corpus.add(planned.id, as_yaml({**as_source(planned.record, self.format(given)), **more}))

    def fill(self, planned: Planned, wanted: Collection[str]) -> Planned:
        """Give a source the *wanted* fields in which it differs; no number that another source has."""
        fields, problems = dict[str, Any](), list(planned.problems)
        for field, _, _ in planned.differences:
            if field not in wanted:
                continue
            if field in ("doi", "isbn") and self.planner.matcher.held(planned.record, field.upper(), planned.id):
                problems.append(f"{field} not taken: another source has it")
            else:
                fields[field] = planned.pages if field == TEXT else value(planned.record, field)
        if fields:
            with self._guarded(f"corpus/{planned.id}.yaml"):
                merge(self.here.corpus, planned.id, fields, self._edited)
            self.here.put(planned.id, self.here.corpus[planned.id].data)
        return planned._replace(filled=tuple(fields), problems=tuple(problems))

    def format(self, given: Given) -> str:
        """What the format of a file is called."""
        if given not in self._formats:
            with given.path.open("rb") as file:
                self._formats[given] = NAMES[known(file.read(HEAD), given)]
        return self._formats[given]


class Taker(Writer):
    """Lets one record after the other become what is planned."""

    def __init__(self, home: Home, begun: Journal, how: str, take: Collection[str]) -> None:
        super().__init__(home, lambda _: Saving(home).lock(), begun.begun.values())
        self.begun, self.how, self.wanted = begun, how, take

    def take(self, number: int, given: Given, entry: Entry) -> Planned:
        """Write what becomes of an entry, which is the one of this *number*; what cannot be written is its problem."""
        id, written = self._begun(number, entry)
        planned = self.planner.plan(entry, given.name, id)
        try:
            if planned.status == DUPLICATE:
                planned = self.fill(planned, self._wanted(planned))
            elif planned.status != UNREADABLE and not written:
                self.begun.begin(number, planned.id)
                self.write(planned, given)
        except KBError as error:
            planned = planned._replace(problems=(*planned.problems, str(error)))
            planned = planned if planned.status == DUPLICATE else planned._replace(status=UNREADABLE, id="")
        return planned._replace(pages=())

    def _begun(self, number: int, entry: Entry) -> tuple[str, bool]:
        """The id that an entry was given before the import was stopped, and whether it was written under it.

        A file of that name that says something else was put there since: the entry gets another id.
        """
        id = self.begun.begun.get(number, "")
        if id not in self.here.corpus:
            return id, False
        ours = self.here.corpus[id].data
        if {each.field for each in differences(ours, entry.record)} <= {"doi", "isbn"}:  # which may be set aside
            return id, True
        self.planner.learn(id, ours, list(self.here.pages(id)))
        return "", False

    def _wanted(self, planned: Planned) -> set[str]:
        doubtful = {"pages"} if ONE_PAGE in planned.problems else set()
        lacking = {each.field for each in planned.differences if not each.ours} - doubtful if self.how else set()
        return lacking | {each.field for each in planned.differences if each.field in self.wanted}


def as_source(record: Record, format: str) -> Record:
    """The data of a new source file: what was imported, and how far it is known."""
    lacks = missing(record)
    state = {"type": record["type"], "state": "incomplete" if lacks else "complete", "status": "draft"}
    return state | record | {"seenIn": [f"{format} import"]} | ({"missing": lacks} if lacks else {})


def by_kind(files: Iterable[str | Path | Given]) -> tuple[list[Path], list[Given]]:
    """Annotated sources, and the others; all of them must be there."""
    given = [each if isinstance(each, Given) else Given.of(each) for each in files]
    for each in given:
        if not each.path.is_file():
            raise NotFound(f"no file {each.name}")
    sources = [each.path for each in given if annotated.is_annotated(each.path)]
    return sources, [each for each in given if not annotated.is_annotated(each.path)]


def entries(files: Sequence[Given], progress: Progress | None = None) -> Iterator[tuple[Given, Entry]]:
    """The entries of all *files*; how many there are is told by how far into the files the last one was."""
    sizes = [max(1, each.path.stat().st_size) for each in files]
    counted, before = 0, 0
    for given, size in zip(files, sizes, strict=True):
        lines = _lines(given.path) if progress else 1
        for counted, entry in enumerate(_readable(given), counted + 1):  # noqa: B020 – counts on
            yield given, entry
            if progress:
                share = (before + size * min(entry.line / lines, 1)) / sum(sizes)
                progress(READ, counted, max(counted, round(counted / share)))
        before += size
    if progress and counted:
        progress(READ, counted, counted)


def _readable(given: Given) -> Iterator[Entry]:
    """The entries of a file; where it cannot be read, or not to its end, the last one says so."""
    line = 0  # of the file as a whole
    try:
        for entry in read(given):
            line = max(line, entry.line)
            yield entry
    except BadSource as error:
        yield unreadable(line, str(error).removeprefix(f"{given.name}: "))


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return 1 + sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
