"""SPARQL over a knowledge base: what is asked is checked, searched for where it says so, and run by the workers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from typing import Any, NamedTuple

from kb.errors import BadQuery, Busy, QueryTimeout, TooLong, meant
from kb.generation import Generation
from kb.graph import query
from kb.graph.clause import Clause, find, without
from kb.graph.diagnose import Step, steps
from kb.graph.edits import Edit, Edited
from kb.graph.query import Query
from kb.graph.tokens import bad, position, unbalanced
from kb.graph.workers import Moved, Pool, Result, Stream, Unreadable, allowed
from kb.home import STORE
from kb.retrieval.encoder import Encoder

KEYWORDS = """
SELECT CONSTRUCT DESCRIBE ASK DISTINCT REDUCED WHERE FROM NAMED ORDER GROUP HAVING LIMIT OFFSET VALUES OPTIONAL UNION
MINUS GRAPH FILTER EXISTS NOT BIND AS UNDEF COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT BOUND COALESCE IF REGEX STRLEN
SUBSTR LCASE UCASE STRSTARTS STRENDS STRBEFORE STRAFTER CONTAINS CONCAT REPLACE ENCODE_FOR_URI LANG LANGMATCHES
DATATYPE STR STRDT STRLANG IRI URI BNODE UUID STRUUID ABS CEIL FLOOR ROUND RAND NOW YEAR MONTH DAY HOURS MINUTES
SECONDS TIMEZONE TZ MD5 SHA1 SHA256 SHA384 SHA512 SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SEPARATOR DESC ASC
IN A TRUE FALSE PREFIX BASE ALL SERVICE SILENT
""".split()  # noqa: SIM905 – to be read
MATCHES = (
    "the pattern matches: look at HAVING (which does not see the names that AS gives: repeat the COUNT there), LIMIT,"
    " OFFSET, and what is selected"
)
MISSPELT = 3  # letters from which on a word may be a misspelt keyword
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}
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

    A search clause gives the hits of `KnowledgeBase.search`, in their order; README shows it in use.
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

    def diagnose(self, text: str, lend: bool = False, deadline: float | None = None, **more: Any) -> Diagnosis:
        """Which bit of the pattern of a query leaves no row, and what may be wrong with it; *more* as for `stream`."""
        until = time.monotonic() + allowed(deadline)
        if self._finds(text, deadline=deadline, lend=lend, **more):
            return Diagnosis(None, None, "the query has a result: there is nothing to explain")
        with self._pool().admitted():
            asked = self._prepare(text, self._now(), lend, until)
            final = query.read(asked.edited.text, limited=False)

            def ask(text: str) -> list[str]:
                result = self._pool().run(text, "csv", deadline=max(until - time.monotonic(), 0.001), **more)
                return [line for line in result.body.decode().splitlines() if line != "false"]

            before, step = "", None
            for step in steps(final):
                try:
                    if ask(step.ask):
                        before = step.ask
                        continue
                    hints = self._hints(final, step, before, ask)
                except QueryTimeout as error:
                    return _told(asked, step, "there was no time to look at this", [str(error)])
                return _told(
                    asked, step, "no row is left by this" + ("; what stands before it matches" * bool(before)), hints
                )
        return Diagnosis(
            None, None, MATCHES if step else "the query has no pattern: none of what it names is in the data"
        )

    def _finds(self, text: str, **more: Any) -> bool:
        """Whether a query has a result: rows, triples or yes."""
        form = query.form(text)
        rows = form in ("select", "ask")
        with closing(self.stream(text, "csv" if rows else "ntriples", **more)) as stream:
            begun = next(iter(stream))
        return begun.strip() == b"true" if form == "ask" else begun.count(b"\n") > rows

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

    def _hints(self, final: Query, step: Step, before: str, ask: Callable[[str], list[str]]) -> list[str]:
        """What may be wrong with a bit of a pattern: names that the data do not have, terms of another kind."""
        top = final.text[: final.body]
        inside = [token for token in final.tokens if step.start <= token.start < step.end]
        if not before and not ask(f"{step.ask[: step.ask.index('{', final.body)]}{{ ?s ?p ?o }}"):
            return [
                "the graphs that it asks for hold nothing: FROM and default-graph-uri take IRIs of graphs that are here"
            ]
        hints = []
        for term in dict.fromkeys(t.text for t in inside if t.kind == "iri" or (t.kind == "name" and ":" in t.text)):
            spots = " UNION ".join(f"{{ {at} }}" for at in (f"{term} ?p ?o", f"?s {term} ?o", f"?s ?p {term}"))
            if not ask(f"{top}ASK {{ {spots} UNION {{ GRAPH {term} {{ ?s ?p ?o }} }} }}"):
                known = self._terms(self._now().names.prefixes | final.prefixes, ask)
                hint = meant(term, known) if term[0] != "<" else ""
                hints.append(f"{term} does not occur in the data" + (f" ({hint})" if hint else ""))
        for token, after in zip(inside, [*inside[1:], None], strict=True):
            plain = token.kind == "string" and not (after and (after.kind == "language" or after.text == "^^"))
            if plain and ask(f'{top}ASK {{ ?s ?p ?o FILTER(STR(?o) = {token.text} && LANG(?o) != "") }}'):
                hints.append(f"{token.text} stands in the data with a language, which makes it another term: add @en")
        if before and any(token.kind == "number" for token in inside):
            for variable in dict.fromkeys(token.text for token in inside if token.kind == "variable"):
                types = ask(f"{top}SELECT DISTINCT (DATATYPE({variable}) AS ?t) {before[final.body + 4 :]} LIMIT 3")[1:]
                if any(each and each.startswith(XSD) and each not in NUMBERS for each in types):
                    kind = types[0].removeprefix(XSD)
                    hints.append(f"{variable} is of type xsd:{kind}, which no number equals or exceeds:"
                                 f' compare texts, as in STR({variable}) >= "2000"')  # fmt: skip
        return hints

    def _terms(self, prefixes: Mapping[str, str], ask: Callable[[str], list[str]]) -> list[str]:
        """The properties, classes and concepts that occur, as they are written with *prefixes*."""
        return [name for iri in ask(self._now().home.query("terms"))[1:] if (name := _short(iri, prefixes))]


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


def _told(asked: Prepared, step: Step, message: str, hints: list[str]) -> Diagnosis:
    start = asked.edited.origin(step.start)
    text = asked.query.text
    line, column = position(text, start)
    return Diagnosis(line, column, "\n".join([str(bad(text, start, message)), *hints]))


def _readable(error: Unreadable, asked: Prepared) -> BadQuery:
    """An error of the engine, with its place in what was asked: a bracket without partner, a word that nobody knows."""
    text, start = asked.query.text, asked.edited.origin(error.start)
    if not error.reason:
        tokens = query.read(text).tokens
        if alone := unbalanced(tokens):
            return bad(text, *alone)
        for token in tokens:
            word = token.text.upper()
            if token.kind == "name" and ":" not in word and word not in KEYWORDS and token.start >= asked.query.body:
                return bad(text, token.start, f"SPARQL has no word {token.text!r}{_likely(word)}")
        for token, after in pairwise(tokens):
            if token.kind == "name" and token.text.upper() in ("ORDER", "GROUP") and after.text.upper() != "BY":
                return bad(text, after.start, f"BY is missing behind {token.text.upper()}")
    rest = text[start:].lstrip()
    reason = error.reason or ("cannot read on" if rest else "something is left out before the end")
    return bad(text, len(text) - len(rest) if rest else len(text.rstrip()), reason)


def _likely(word: str) -> str:
    """The keyword that a word was meant to be, where it begins so; short words are near to too many."""
    hint = meant(word, [each for each in KEYWORDS if each[0] == word[0]]) if len(word) > MISSPELT else ""
    return f" ({hint})" if hint else ": a name of the data has a prefix, such as pkb:Claim"
