"""Take in what a person chose of the records of some files, and nothing else of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from contextlib import ExitStack, nullcontext
from datetime import date
from pathlib import Path
from typing import Any

from kb.bibliography import styles
from kb.bibliography.reading import Entry, Given
from kb.corpus.ontology import Ontology
from kb.errors import BadSource, KBError, NotFound
from kb.home import Home
from kb.intake.accepting import check
from kb.intake.choice import Changed, Choice, Refused, Taken
from kb.intake.here import Here
from kb.intake.journal import lock
from kb.intake.merging import Edit
from kb.intake.plan import DUPLICATE, INCOMPLETE, NEW, Planned, Planner
from kb.intake.taking import Guarded, Writer, as_source, by_kind, entries
from kb.saving import Author, Saving

CHANGED = "the corpus has changed since: look again"
NAMED = 3  # files that the history names


def take(
    home: Home, files: Iterable[str | Path | Given], choice: Choice, author: Author | None,
    ontology: Callable[[], Ontology], edited: Edit | None = None,
) -> Taken:  # fmt: skip
    """Go through *files* as a preview does, and write what is chosen by its number there.

    It becomes one commit in the name of *author*, also where this process is killed in the middle; without one, none.
    *edited* gives the data of a source, before and after its fields are taken, the status that they then have.
    """
    _, others = by_kind(files)
    saving = Saving(home)
    with lock(home.derived), ExitStack() as stack:
        series = stack.enter_context(saving.series(author, _message(others))) if author else None
        guarded = series.writing if series else lambda _: saving.lock()
        chosen = Chosen(home, guarded, choice, author, ontology, edited)
        for number, (given, entry) in enumerate(entries(others), 1):
            chosen.take(number, given, entry)
    return chosen.taken()._replace(problem=series.saved.problem if series else "")


def source(
    home: Home, files: Iterable[str | Path | Given], number: int, concepts: Iterable[str], ontology: Ontology
) -> dict[str, Any]:  # fmt: skip
    """The data of the source that the record of this *number* would become, with *concepts* as its subjects.

    Raises NotFound where there is no such record, and BadSource where it becomes no new source.
    """
    _, others = by_kind(files)
    planner = Planner(Here(home))
    for at, (given, entry) in enumerate(entries(others), 1):
        planned = planner.plan(entry, given.name)
        if at == number:
            break
    else:
        raise NotFound(f"these files have no record {number}")
    if planned.status not in (NEW, INCOMPLETE):
        why = f"is here already, as {planned.id}: open that one" if planned.id else "cannot be read"
        raise BadSource(f"record {number} {why}")
    made = as_source(planned.record, Writer(home, lambda _: nullcontext()).format(given))
    accepted, _ = _subjects(concepts, ontology)
    return made | ({"subjects": accepted} if accepted else {})


def _subjects(concepts: Iterable[str], ontology: Ontology) -> tuple[list[str], list[str]]:
    """Those of *concepts* that a work can have as subjects, and what is wrong with the others."""
    fit, problems = list[str](), list[str]()
    for concept in concepts:
        try:
            check(concept, ontology)
            fit.append(concept)
        except KBError as error:
            problems.append(str(error))
    return fit, problems


def _message(files: Iterable[Given]) -> str:
    names = list(dict.fromkeys(each.name for each in files))
    return f"Import {', '.join(names[:NAMED])}" + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


class Chosen(Writer):
    """Writes those records that are chosen."""

    def __init__(
        self, home: Home, guarded: Guarded, choice: Choice, author: Author | None,
        ontology: Callable[[], Ontology], edited: Edit | None = None,
    ) -> None:  # fmt: skip
        super().__init__(home, guarded, edited=edited)
        self.choice, self._ontology = choice, ontology
        today = date.today().isoformat()
        self.signed = {"statusBy": author.id, "statusDate": today} if author else {}
        self._added, self._changed, self._refused = list[Changed](), list[Changed](), list[Refused]()
        self._left = Counter[str]()

    def take(self, number: int, given: Given, entry: Entry) -> None:
        """Write what was chosen of an entry; what cannot be written is noted, and the others come in."""
        planned = self.planner.plan(entry, given.name)
        try:
            self._take(number, given, planned)
        except KBError as error:
            self._refuse(planned, str(error))

    def taken(self) -> Taken:
        """What became of the choice."""
        return Taken(tuple(self._added), tuple(self._changed), tuple(self._refused), dict(self._left))

    def _take(self, number: int, given: Given, planned: Planned) -> None:
        theirs = self.choice.theirs.get(number)
        if number in self.choice.take and planned.status in (NEW, INCOMPLETE):
            concepts = self.choice.concepts.get(number, ())
            subjects, problems = _subjects(concepts, self._ontology()) if concepts else ([], [])
            self.write(planned, given, self.signed | ({"subjects": subjects} if subjects else {}))
            for problem in problems:
                self._refuse(planned, f"was added, but not with this subject: {problem}")
            self._added.append(Changed(planned.id, styles.reference(planned.record)))
        elif number in self.choice.take:
            self._refuse(planned, f"is here already, as {planned.id}" if planned.id else "cannot be read")
        elif theirs and (planned.status, planned.id) != (DUPLICATE, theirs.id):
            self._refuse(planned, CHANGED)
        elif theirs:
            self._change(planned, theirs.fields)
        else:
            self._left[planned.status] += 1

    def _change(self, planned: Planned, fields: Collection[str]) -> None:
        found = self.fill(planned, fields)
        for problem in found.problems[len(planned.problems) :]:
            self._refuse(planned, problem)
        if found.filled:
            citation = styles.citation(self.here.corpus[planned.id].data)
            self._changed.append(Changed(planned.id, citation, found.filled))

    def _refuse(self, planned: Planned, why: str) -> None:
        reference = styles.reference(planned.record) if planned.record else ""
        self._refused.append(Refused(reference, why))
