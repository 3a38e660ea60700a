"""SPARQL over a knowledge base: what is asked is checked, searched for where it says so, and run by the workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from typing import Any, NamedTuple

from kb.errors import BadQuery, Busy, QueryTimeout, TooLong, meant
from kb.generation import Generation
from kb.graph import diagnose, query
from kb.graph.clause import Clause, find, without
from kb.graph.edits import Edit, Edited
from kb.graph.query import Query
from kb.graph.tokens import bad
from kb.graph.workers import Moved, Pool, Result, Stream, Unreadable, allowed
from kb.home import STORE
from kb.retrieval.encoder import Encoder

KEYWORDS = """
SELECT CONSTRUCT DESCRIBE ASK DISTINCT REDUCED WHERE FROM NAMED ORDER GROUP HAVING LIMIT OFFSET VALUES OPTIONAL UNION
MINUS GRAPH FILTER EXISTS NOT BIND AS UNDEF COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT BOUND COALESCE IF REGEX STRLEN
SUBSTR LCASE UCASE STRSTARTS STRENDS STRBEFORE STRAFTER CONTAINS CONCAT REPLACE ENCODE_FOR_URI LANG LANGMATCHES
DATATYPE STR STRDT STRLANG IRI URI BNODE UUID STRUUID ABS CEIL FLOOR ROUND RAND NOW YEAR MONTH DAY HOURS MINUTES
SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SEPARATOR DESC ASC
IN A TRUE FALSE PREFIX BASE ALL
""".split()  # noqa: SIM905 – to be read
MATCHES = (
    "the pattern matches: look at HAVING (which does not see the names that AS gives: repeat the COUNT there), LIMIT,"
    " OFFSET, and what is selected"
)
PASSED = 6  # tokens that the engine may have read past a misspelt keyword
TRIES = 3  # how often a query begins anew, since the data have changed under it


class Prepared(NamedTuple):
    """A query that may be run: as it was asked, as the engine gets it, and whether hits of a search are in it."""

    query: Query  # without its tokens, which take a hundred times the memory of the text
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

    A search clause gives the rows of `KnowledgeBase.search`, in their order:

    >>> from kb import KnowledgeBase
    >>> base = KnowledgeBase(".")
    >>> hits = base.query('''PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
    ...     SELECT ?hit {
    ...       SERVICE pkb:search { [] pkb:query "unequal power" ; pkb:limit 3 ; pkb:hit ?hit ; pkb:rank ?rank }
    ...     } ORDER BY ?rank''').rows()
    >>> [row["hit"] for row in hits] == [hit.iri for hit in base.search("unequal power", limit=3).hits]
    True
    >>> base.close()
    """

    def __init__(self, pool: Callable[[], Pool], now: Callable[[], Generation], encoder: Callable[[], Encoder]) -> None:
        self._pool, self._now, self._encoder = pool, now, encoder
        # Python runs one thread at a time: were eight texts read at once, whoever wants a page would wait for all.
        self._reading, self._searching = threading.Lock(), threading.Lock()

    def query(self, text: str, format: str | None = None, most: int = query.RESULT_BYTES, **more: Any) -> Result:
        """The whole result of a query; see `stream`. Raises TooLong for one of more than *most* bytes."""
        body = bytearray()
        with closing(self.stream(text, format, **more)) as stream:
            for piece in stream:
                body += piece
                if len(body) > most:
                    raise TooLong(f"the result is larger than {most >> 20} MB: add LIMIT, or ask for fewer variables")
            return Result(stream.media_type, stream.form, bytes(body))

    def stream(
        self,
        text: str,
        format: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        deadline: float | None = None,
        lend: bool = False,
        base_iri: str | None = None,
    ) -> Stream:
        """Begin to answer a read-only query, in *format*, a name of `ROW_FORMATS` or `GRAPH_FORMATS`.

        *default_graphs* and *named_graphs* are IRIs of graphs that stand for the whole data set; *deadline* is in
        seconds, at most `DEADLINE_MAX`; *lend* declares our prefixes where the query uses them undeclared; relative
        IRIs are taken from *base_iri*.

        Raises BadQuery with line and column, TooLong, QueryTimeout and Busy.
        """
        until = time.monotonic() + allowed(deadline)
        pool = self._pool()
        for left in reversed(range(TRIES)):
            with ExitStack() as stack:
                stack.enter_context(pool.admitted())
                now = self._now()
                asked = self._prepare(text, now, lend, until)
                store = now.folder / STORE if asked.searched else None
                prefixes = query.whole(asked.prefixes)
                if (seconds := until - time.monotonic()) <= 0:
                    raise QueryTimeout("the time went by before the query could begin: allow more, or search for less")
                try:
                    stream = pool.stream(
                        asked.edited.text, format, default_graphs, named_graphs, seconds, prefixes, store, base_iri
                    )
                except Moved:
                    if left:
                        continue
                    raise
                except Unreadable as error:
                    raise _readable(error, asked) from error
                stream.also(stack.pop_all().close)
                return stream
        raise AssertionError("not reached: the last try returns or raises")

    def form(self, text: str) -> str:
        """The form of a query: select, ask, construct or describe. Raises BadQuery and TooLong for its top."""
        return query.form(text)

    def lent(self, asked: Query, lend: bool = True) -> dict[str, str]:
        """Our prefixes that a query uses and does not declare."""
        if not lend:
            return {}
        used = {token.text.partition(":")[0] for token in asked.tokens if token.kind == "name" and ":" in token.text}
        known = self._now().names.prefixes
        return {prefix: iri for prefix, iri in sorted(known.items()) if prefix in used - asked.prefixes.keys()}

    def of_search(self, **asked: Any) -> str:
        """The query for the hits of `KnowledgeBase.search` (for a *text*) or `similar` (an *id*), asked as there."""
        from kb import clauses

        now = self._now()
        if "id" in asked:
            asked["iri"] = now.describe(now.index.passage(now.index.row(asked["id"])))[0]
        return clauses.written(asked, now.names)

    def diagnose(self, text: str, lend: bool = False, deadline: float | None = None) -> Diagnosis:
        """Which bit of the pattern of a query leaves no row, and what may be wrong with it."""
        until = time.monotonic() + allowed(deadline)
        if self._finds(text, lend, deadline):
            return Diagnosis(None, None, "the query has a result: there is nothing to explain")
        with self._pool().admitted():
            asked = self._prepare(text, self._now(), lend, until)
            final = query.read(asked.edited.text)
            for step in diagnose.steps(final):
                try:
                    if self._ask(step.ask, until):
                        continue
                    bit = query.read(f"{final.text[: final.body]}ASK {{ {final.text[step.start : step.end]} }}")
                    hints = self._hints(bit, until)
                except QueryTimeout as error:
                    return _told(asked, step, "there was no time to look at this", [str(error)])
                return _told(asked, step, "no row is left by this; what stands before it matches", hints)
        return Diagnosis(None, None, MATCHES)

    def _finds(self, text: str, lend: bool, deadline: float | None) -> bool:
        """Whether a query has a result: rows, triples or yes."""
        form = query.form(text)
        rows = form in ("select", "ask")
        with closing(self.stream(text, "csv" if rows else "ntriples", deadline=deadline, lend=lend)) as stream:
            begun = next(iter(stream))
        return begun.strip() == b"true" if form == "ask" else begun.count(b"\n") > rows

    def _ask(self, text: str, until: float) -> bool:
        answer = self._pool().run(text, "csv", deadline=max(until - time.monotonic(), 0.001))
        return answer.body.strip() == b"true"

    def _checked(self, text: str, lend: bool) -> tuple[Query, list[Clause]]:
        asked = query.read(text)
        lent = self.lent(asked, lend)
        found = find(asked, lent)
        query.check(query.read(without(asked, found)) if found else asked, lent, self._now().names.prefixes)
        return asked, found

    def _prepare(self, text: str, now: Generation, lend: bool, until: float) -> Prepared:
        """Check a query and put the hits of its searches into it."""
        with _alone(self._reading, until):
            asked, found = self._checked(text, lend)
        lent = self.lent(asked, lend)
        prefixes, asked = lent | asked.prefixes, asked._replace(tokens=[])
        declared = Edit(0, 0, "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in lent.items()))
        if not found:
            return Prepared(asked, Edited(text, [declared]), prefixes, False)
        from kb import clauses  # with all that searching needs

        with _alone(self._searching, until):
            edits = [clauses.answer(asked, clause, now, self._encoder) for clause in found]
        return Prepared(asked, Edited(text, [declared, *edits]), prefixes, True)

    def _hints(self, bit: Query, until: float) -> list[str]:
        """What may be wrong with a *bit* of a pattern: terms that the data do not have, texts without a language."""
        names = self._now().names
        hints, top = list[str](), bit.text[: bit.body]
        inside = [token for token in bit.tokens if token.start >= bit.body]
        for term in dict.fromkeys(t.text for t in inside if t.kind == "iri" or (t.kind == "name" and ":" in t.text)):
            spots = " UNION ".join(f"{{ {spot} }}" for spot in (f"{term} ?p ?o", f"?s {term} ?o", f"?s ?p {term}"))
            if not self._ask(f"{top}ASK {{ {spots} UNION {{ GRAPH {term} {{ ?s ?p ?o }} }} }}", until):
                hint = meant(term, self._terms(names.prefixes | bit.prefixes)) if term[0] != "<" else ""
                hints.append(f"{term} does not occur in the data" + (f" ({hint})" if hint else ""))
        for token, after in zip(inside, [*inside[1:], None], strict=True):
            plain = token.kind == "string" and not (after and (after.kind == "language" or after.text == "^^"))
            if plain and self._ask(f'{top}ASK {{ ?s ?p ?o FILTER(STR(?o) = {token.text} && LANG(?o) != "") }}', until):
                hints.append(f"{token.text} stands in the data with a language, which makes it another term: add @en")
        return hints

    def _terms(self, prefixes: Mapping[str, str]) -> list[str]:
        """The properties, classes and concepts that occur, as they are written with *prefixes*."""
        rows = self._pool().run(self._now().home.query("terms")).rows()
        return [name for row in rows if (name := _short(row["term"], prefixes))]


@contextmanager
def _alone(lock: threading.Lock, until: float) -> Iterator[None]:
    """Wait for those who do the same, but no longer than a query may take."""
    if not lock.acquire(timeout=max(until - time.monotonic(), 0)):
        raise Busy("other queries were read all the time: try again in some seconds")
    try:
        yield
    finally:
        lock.release()


def _short(iri: str, prefixes: Mapping[str, str]) -> str:
    """An IRI as a prefixed name, or nothing."""
    return next((f"{prefix}:{iri.removeprefix(space)}" for prefix, space in prefixes.items()
                 if iri.startswith(space) and iri != space), "")  # fmt: skip


def _told(asked: Prepared, step: diagnose.Step, message: str, hints: list[str]) -> Diagnosis:
    start = asked.edited.origin(step.start)
    text = asked.query.text
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return Diagnosis(line, column, "\n".join([str(bad(text, start, message)), *hints]))


def _readable(error: Unreadable, asked: Prepared) -> BadQuery:
    """An error of the engine, with its place in what was asked, and the keyword that was meant there."""
    text, start = asked.query.text, asked.edited.origin(error.start)
    rest = text[start:].lstrip()
    reason = error.reason or ("cannot read on" if rest else "the query ends too early")
    start = len(text) - len(rest) if rest else start
    tokens = query.read(text).tokens
    passed = [token for token in tokens if token.start <= start][-PASSED:]
    for token in reversed([*passed, *[token for token in tokens if token.start > start][:1]]):
        word = token.text.upper()
        if token.kind == "name" and ":" not in word and word not in KEYWORDS and (hint := meant(word, KEYWORDS)):
            return bad(text, token.start, f"{reason} ({hint})")
    return bad(text, start, reason)
