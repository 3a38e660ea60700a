"""What `kb check` finds in a home: looked for beside the server, and kept until the files change."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, Thread
from typing import NamedTuple

from kb.corpus.check import Problem, check
from kb.corpus.check.one import FieldProblem
from kb.corpus.sources import Source
from kb.errors import KBError
from kb.generation import Generation
from kb.home import Home
from kb.terms import Names

NICE = 10  # who wants a page is served before
REST = 2.0  # times as long as the last check took, before the next one begins: a large home is not checked all the time
RENEWED = 20  # changed sources that are checked one by one, so that they need not wait for a check of all


class Todo(NamedTuple):
    """A problem: of the source called *id*, or of the concept or file where that is empty; at a *place* in its data."""

    id: str
    file: str
    line: int
    place: str
    severity: str
    message: str
    hint: str
    check: str


class Checked(NamedTuple):
    """What a check found, and *when*; *running* tells that a newer one is on its way, *failed* why none came."""

    todos: tuple[Todo, ...]
    when: datetime | None
    running: bool
    failed: str = ""

    def __bool__(self) -> bool:
        return self.when is not None


class Checks:
    """Checks of one home: one at a time, in a process of its own, and only once somebody asks.

    *one* checks one source among those of the newest generation; *fault* tells why the files as they are now give
    none, so that these are checked once that begins, changes, or ends.
    """

    def __init__(
        self, home: Home, one: Callable[[Source], Iterable[FieldProblem]], fault: Callable[[], str] = str
    ) -> None:  # fmt: skip
        self._home, self._one, self._fault = home, one, fault
        self._lock = Lock()
        self._thread: Thread | None = None
        self._of: tuple[object, ...] = ()  # the state of the files that the last check of all began with
        self._took = self._ended = 0.0
        self._seen: dict[str, str] = {}  # the hash of each source that was checked, with others or alone
        self._last = Checked((), None, False)

    def now(self, now: Generation, patience: float = 0.0) -> Checked:
        """What is known of the files of a generation; where they have changed, a check is begun.

        Its end is waited for no longer than *patience*, in seconds.
        """
        thread = self._begin(now)
        if thread is not None:
            thread.join(patience)
        with self._lock:
            if self._last and self._of[:-2] == now.rules:
                self._renew(now)
            return self._last._replace(running=thread is not None and thread.is_alive())

    def _begin(self, now: Generation) -> Thread | None:
        """The check that is under way; one is begun where files have changed, and the last one is long enough ago."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return self._thread
            state = (*now.rules, now.state, self._fault())
            if self._of == state or time.monotonic() < self._ended + REST * self._took:
                return None
            self._thread = Thread(target=self._check, args=(state, dict(now.sources)), daemon=True)
            self._thread.start()
            return self._thread

    def _check(self, state: tuple[object, ...], sources: dict[str, str]) -> None:
        start, names = time.monotonic(), Names.of(self._home.context())
        try:
            todos = tuple(_todo(each, self._home, names) for each in in_a_process(self._home))
            found = Checked(todos, datetime.now().astimezone(), False)
        except KBError as error:
            found = self._last._replace(failed=str(error))
        with self._lock:
            self._ended = time.monotonic()
            self._took = self._ended - start
            self._of, self._seen, self._last = state, sources, found

    def _renew(self, now: Generation) -> None:
        """Check the sources that have changed since, if they are few, and forget those that are gone."""
        changed = [id for id, hash in now.sources.items() if self._seen.get(id) != hash]
        gone = self._seen.keys() - now.sources.keys()
        if not (changed or gone) or len(changed) > RENEWED:
            return
        fresh = tuple(_of_one(id, each) for id in changed for each in self._one(now.records[id]))
        kept = (each for each in self._last.todos if each.id not in gone and each.id not in changed)
        self._last, self._seen = self._last._replace(todos=(*kept, *fresh)), dict(now.sources)


def in_a_process(home: Home) -> list[Problem]:
    """All problems of a home, found in a process of its own, which ends with this one."""
    spawn = get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_tell, args=(theirs, home), daemon=True)
    process.start()
    theirs.close()
    try:
        told: list[Problem] | str = ours.recv()
    except EOFError:
        raise KBError("the check ended before its time: 'kb check' in the shell may tell why") from None
    finally:
        process.join()
    if isinstance(told, str):
        raise KBError(told)
    return told


def _tell(to: Connection, home: Home) -> None:
    os.nice(NICE)
    try:
        to.send(check(home.corpus, home.ontology, home.context()))
    except KBError as error:
        to.send(str(error))


def _todo(problem: Problem, home: Home, names: Names) -> Todo:
    """A problem of a file as something to do; that of a concept has its id as the place."""
    path = problem.path
    of_source = path.parent == home.corpus and path.suffix == ".yaml"
    file = path.relative_to(home.folder).as_posix() if path.is_relative_to(home.folder) else path.name
    place = problem.place if of_source else names.id(problem.place)
    told = problem.severity, problem.message, problem.hint, problem.check
    return Todo(path.stem if of_source else "", file, problem.line, place, *told)


def _of_one(id: str, problem: FieldProblem) -> Todo:
    told = problem.severity, problem.message, problem.hint, problem.check
    return Todo(id, f"corpus/{id}.yaml", 0, problem.path, *told)
