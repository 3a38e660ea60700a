"""SPARQL over a knowledge base: what is asked is checked, searched for where it says so, and run by the workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any, NamedTuple, Unpack

from kb.errors import Busy, QueryTimeout, TooLong
from kb.generation import Generation
from kb.graph import query
from kb.graph.clause import find, without
from kb.graph.diagnose import Step, hints, steps
from kb.graph.edits import Edit, Edited
from kb.graph.mistakes import mistake
from kb.graph.query import Query
from kb.graph.tokens import bad, position
from kb.graph.workers import Moved, Options, Pool, Result, Stream, Unreadable, allowed
from kb.home import STORE
from kb.retrieval.encoder import Encoder
from kb.terms import Names

MATCHES = (
    "the pattern matches: look at HAVING (which does not see the names that AS gives: repeat the COUNT there), LIMIT,"
    " OFFSET, and what is selected"
)
NO_PATTERN = "the query has no pattern: none of what it names is in the data"
TRIES = 3  # how often a query begins anew, since the data have changed under it


class Prepared(NamedTuple):
    """A query that may be run: as it was asked, as the engine gets it, and whether hits of a search are in it."""

    text: str
    edited: Edited
    prefixes: dict[str, str]
    searched: bool


class Diagnosis(NamedTuple):
    """Why a query has no rows: *line* and *column* of the bit that leaves none, and the sentences to show."""

    line: int | None
    column: int | None
    message: str


class Endpoint:
    """Answers SPARQL 1.1 queries, with the search clause, over the newest generation.

    A search clause gives the hits of `KnowledgeBase.search`, in their order; README shows it in use.
    """

    def __init__(self, now: Callable[[], Generation], encoder: Callable[[], Encoder]) -> None:
        self._now, self._encoder = now, encoder
        # Python runs one thread at a time: were eight texts read at once, whoever wants a page would wait for all.
        self._reading, self._searching = threading.Lock(), threading.Lock()
        self._starting = threading.Lock()
        self._pool: Pool | None = None

    @property
    def pool(self) -> Pool:
        """The processes that run queries."""
        with self._starting:
            if self._pool is None:
                self._pool = Pool(self._now().folder / STORE)
            return self._pool

    def move(self) -> None:
        """Ask the newest generation from now on."""
        with self._starting:
            if self._pool is not None:
                self._pool.replace(self._now().folder / STORE)

    def close(self) -> None:
        """End the processes."""
        with self._starting:
            if self._pool is not None:
                self._pool.close()
            self._pool = None

    def query(
        self, text: str, format: str | None = None, lend: bool = False, most: int = query.RESULT_BYTES,
        **options: Unpack[Options],
    ) -> Result:  # fmt: skip
        """The whole result of a query; see `stream`. Raises TooLong for one of more than *most* bytes."""
        body = bytearray()
        with closing(self.stream(text, format, lend, **options)) as stream:
            for piece in stream:
                body += piece
                if len(body) > most:
                    raise TooLong(f"the result is larger than {most >> 20} MB: add LIMIT, or ask for fewer variables")
            return Result(stream.media_type, stream.form, bytes(body))

    def stream(
        self, text: str, format: str | None = None, lend: bool = False, **options: Unpack[Options]
    ) -> Stream:  # fmt: skip
        """Begin to answer a read-only query, in *format*, a name of `ROW_FORMATS` or `GRAPH_FORMATS`.

        *lend* declares our prefixes where the query uses them undeclared. Raises BadQuery with line and column,
        TooLong, QueryTimeout and Busy.
        """
        until = time.monotonic() + allowed(options.get("deadline"))
        for _ in range(TRIES - 1):
            with suppress(Moved):
                return self._begin(text, format, lend, until, options)
        return self._begin(text, format, lend, until, options)

    def of_search(self, **asked: Any) -> str:
        """The query for the hits of `KnowledgeBase.search` (for a *text*) or `similar` (an *id*), asked as there."""
        from kb import clauses

        now = self._now()
        if "id" in asked:
            asked["iri"] = now.describe(now.index.passage(now.index.row(asked["id"])))[0]
        return clauses.as_query(asked, now.names)

    def diagnose(self, text: str, lend: bool = False, **options: Unpack[Options]) -> Diagnosis:
        """Which bit of the pattern of a query leaves no row, and what may be wrong with it."""
        until = time.monotonic() + allowed(options.get("deadline"))
        if self._finds(text, lend, options):
            return Diagnosis(None, None, "the query has a result: there is nothing to explain")
        asked = self._prepare(text, self._now(), lend, until)
        final = query.read(asked.edited.text, limited=False)

        def ask(text: str) -> list[str]:
            options["deadline"] = max(until - time.monotonic(), 0.001)
            lines = self.pool.run(text, "csv", **options).body.decode().splitlines()
            return [line for line in lines if line != "false"]

        def known() -> list[str]:
            names = Names(self._now().names.prefixes | asked.prefixes)
            return [names.curie(iri) for iri in ask(self._now().home.query("terms"))[1:]]

        before, step = "", None
        for step in steps(final):
            try:
                if ask(step.ask):
                    before = step.ask
                    continue
                found = list(hints(final, step, before, ask, known))
            except QueryTimeout as error:
                return _told(asked, step, "there was no time to look at this", [str(error)])
            matched = "; what stands before it matches" if before else ""
            return _told(asked, step, f"no row is left by this{matched}", found)
        return Diagnosis(None, None, MATCHES if step else NO_PATTERN)

    def _begin(self, text: str, format: str | None, lend: bool, until: float, options: Options) -> Stream:
        """Begin to answer over what is the newest generation now; raises Moved where another one comes meanwhile."""
        now = self._now()
        asked = self._prepare(text, now, lend, until)
        store = now.folder / STORE if asked.searched else None
        if (left := until - time.monotonic()) <= 0:
            raise QueryTimeout("the time went by before the query could begin: allow more, or search for less")
        within: Options = {**options, "deadline": left}
        try:
            return self.pool.stream(asked.edited.text, format, query.whole(asked.prefixes), store, **within)
        except Unreadable as error:
            raise mistake(text, asked.edited.origin(error.start), error.reason) from error

    def _finds(self, text: str, lend: bool, options: Options) -> bool:
        """Whether a query has a result: rows, triples or yes."""
        form = query.form(text)
        rows = form in query.ROW_FORMS
        with closing(self.stream(text, "csv" if rows else "ntriples", lend, **options)) as stream:
            begun = next(iter(stream))
        return begun.strip() == b"true" if form == "ask" else begun.count(b"\n") > rows

    def _prepare(self, text: str, now: Generation, lend: bool, until: float) -> Prepared:
        """Check a query and put the hits of its searches into it."""
        with _alone(self._reading, until):
            asked = query.read(text)
            lent = _lent(asked, now.names.prefixes) if lend else {}
            found = find(asked, lent)
            query.check(query.read(without(asked, found)) if found else asked, lent, now.names.prefixes)
        prefixes, asked = lent | asked.prefixes, asked._replace(tokens=[])  # a hundred times the memory of the text
        declared = Edit(0, 0, "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in lent.items()))
        if not found:
            return Prepared(text, Edited(text, [declared]), prefixes, False)
        from kb import clauses  # with all that searching needs

        with _alone(self._searching, until):
            edits = [clauses.as_values(asked, clause, now, self._encoder) for clause in found]
        return Prepared(text, Edited(text, [declared, *edits]), prefixes, True)


@contextmanager
def _alone(lock: threading.Lock, until: float) -> Iterator[None]:
    """Wait for those who do the same, but no longer than a query may take."""
    if not lock.acquire(timeout=max(until - time.monotonic(), 0)):
        raise Busy("other queries were read all the time: try again in some seconds")
    try:
        yield
    finally:
        lock.release()


def _lent(asked: Query, known: Mapping[str, str]) -> dict[str, str]:
    """The *known* prefixes that a query uses and does not declare."""
    used = {token.text.partition(":")[0] for token in asked.tokens if token.kind == "name" and ":" in token.text}
    return {prefix: iri for prefix, iri in sorted(known.items()) if prefix in used - asked.prefixes.keys()}


def _told(asked: Prepared, step: Step, message: str, hints: list[str]) -> Diagnosis:
    start = asked.edited.origin(step.start)
    return Diagnosis(*position(asked.text, start), "\n".join([str(bad(asked.text, start, message)), *hints]))
