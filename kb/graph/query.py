"""May a query be asked? And the size limits of queries, searches and results, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from kb.errors import BadQuery, TooLong, meant
from kb.graph.tokens import Token, bad, tokenize
from kb.terms import PKB

QUERY_CHARACTERS = 100_000  # a SPARQL text
QUERY_TOKENS = 50_000  # names, marks and texts in it: to read them takes time in the server itself
DECLARATIONS = 1_000  # of prefixes and bases
BODY_BYTES = 1_000_000  # the body of an HTTP request: such a text takes up to 9 bytes a character, percent-encoded
SEARCH_CHARACTERS = 2_000  # a search text: about a page, more than the encoder reads
LIMIT_DEFAULT = 10  # hits of a search, when nobody says how many
LIMIT_MAX = 1_000  # hits of a search at most
VALUES_ROWS = 5_000  # rows in all VALUES blocks of a query together
WORKERS = 2  # processes that answer SPARQL; each may keep one core busy
QUEUE = 6  # queries that wait for a worker; the next one is turned away
DEADLINE = 10.0  # seconds a query may take, when nobody says how long
DEADLINE_MAX = 60.0  # seconds a query may ask for
WORKER_MEMORY = 512 << 20  # bytes one worker may allocate; 80 MB of it are the open store and its threads
RESULT_BYTES = 256 << 20  # bytes of one serialised result
RESULT_ROWS = 1_000_000  # rows or triples of one result
BUFFERED_BYTES = 1 << 20  # of a result, before the first byte goes out: what goes wrong until then has a status
SEARCHES = 16  # searches that the clauses of one query may ask for
CLAUSE_TOKENS = 3_000  # that are read for them: those of the prologue and of the clause, for each search anew

ROW_FORMATS = {  # what SELECT and ASK are answered in, the default first
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
GRAPH_FORMATS = {  # what CONSTRUCT and DESCRIBE are answered in, the default first
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "trig": "application/trig",
    "nquads": "application/n-quads",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
FORMS = ("select", "ask", "construct", "describe")
ROW_FORMS = ("select", "ask")  # that are answered in ROW_FORMATS
UPDATES = ("insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with")
HOW_TO_CHANGE = "To change data, edit the files in corpus/ (see corpus/README.md), then run `kb build`."

_WHOLE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\\]*")  # neither relative nor with an escape
_SERVICE_IN_PREFIX = re.compile(r"(?:^|[.0-9]|true|false)service", re.IGNORECASE)
_NONE: Mapping[str, str] = MappingProxyType({})


class Query(NamedTuple):
    """A query text that was read: its form, one of FORMS, which begins at character *body*, and its own prefixes."""

    text: str
    tokens: list[Token]
    form: str
    body: int
    prefixes: dict[str, str]


def read(text: str, limited: bool = True) -> Query:
    """Read the tokens and the top of a query. Raises BadQuery for updates and what no query can contain, else TooLong.

    There is a limit to characters, tokens and rows of VALUES, unless the text is our own work.

    >>> read("PREFIX ex: <http://example.org/> ASK { ex:a ?p 'prefix no: <http://no/>' } # prefix no: <http://no/>").prefixes
    {'ex': 'http://example.org/'}
    """
    tokens = list(_tokens(text) if limited else tokenize(text))
    if limited and (rows := _values_rows(tokens)) > VALUES_ROWS:
        raise TooLong(f"the query has {rows:,} rows in VALUES; at most {VALUES_ROWS:,} are read: ask in parts")
    return Query(text, tokens, *_top(iter(tokens), text))


def form(text: str) -> str:
    """The form of a query, of which no more than the top is read. Raises BadQuery and TooLong as `read` does."""
    return _top(_tokens(text), text)[0]


def check(query: Query, lent: Mapping[str, str] = _NONE, known: Mapping[str, str] = _NONE) -> None:
    """Refuse a query that may not be asked: it is to see this data set only, with prefixes that are declared or *lent*.

    Raises BadQuery for SERVICE, LATERAL and an undeclared prefix, with the one among *known* that was meant.

    >>> check(read("PREFIX ex: <http://example.org/> ASK { ex:service ?p 'LATERAL' } # SERVICE"))
    """
    text, names = query.text, {**lent, **query.prefixes}
    for number, token in enumerate(query.tokens):
        prefix, colon, _ = token.text.partition(":") if token.kind == "name" else ("", "", "")
        if colon and _SERVICE_IN_PREFIX.search(prefix):
            raise bad(text, token.start, f"SERVICE is not allowed, nor a prefix that begins like it ({prefix}:)")
        if not colon and (word := re.search("service|lateral", prefix, re.IGNORECASE)):
            ours = (names.get(after.text.partition(":")[0]) == PKB for after in query.tokens[number + 1 : number + 3])
            hint = " (for search write SERVICE pkb:search)" if any(ours) else ""
            raise bad(text, token.start, f"{word[0].upper()} is not allowed: queries see this data set only{hint}")
        if colon and prefix not in names:
            raise bad(text, token.start, f"no prefix {prefix}: is declared ({_declare(prefix, query, known)})")


def whole(prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes to write a result with: relative IRIs are left out."""
    return {prefix: iri for prefix, iri in prefixes.items() if _WHOLE_IRI.fullmatch(iri)}


def _declare(prefix: str, query: Query, known: Mapping[str, str]) -> str:
    """What to do about an undeclared prefix."""
    if hint := "" if prefix in known else meant(prefix, [*query.prefixes, *known]):
        return hint
    return f"add PREFIX {prefix}: <{known.get(prefix, '…')}> at the top"


def _tokens(text: str) -> Iterator[Token]:
    """The tokens of a text that is not too long."""
    if len(text) > QUERY_CHARACTERS:
        raise TooLong(f"the query has {len(text):,} characters; at most {QUERY_CHARACTERS:,} are read")
    for number, token in enumerate(tokenize(text)):
        if number == QUERY_TOKENS:
            raise TooLong(f"the query has more than {QUERY_TOKENS:,} words and marks: ask in parts")
        yield token


def _values_rows(tokens: list[Token]) -> int:
    """How many rows all VALUES blocks have together."""
    rows, block = 0, ""
    for before, token in pairwise(tokens):
        if before.kind == "name" and before.text.lower() == "values":
            block = "rows" if token.text == "(" else "terms"
        elif token.text == "}":
            block = ""
        elif block == "rows":
            rows += token.text == "("
        elif block == "terms":
            rows += token.kind in ("iri", "string", "name", "number") and before.text != "^^"
    return rows


def _top(tokens: Iterator[Token], text: str) -> tuple[str, int, dict[str, str]]:
    """The form, told by the keyword behind BASE and PREFIX, its place, and the prefixes; no token behind it is read."""
    prefixes: dict[str, str] = {}
    for number, token in enumerate(tokens):
        word = token.text.lower()
        if number > DECLARATIONS:
            raise TooLong(f"the query declares more than {DECLARATIONS:,} prefixes")
        if word in FORMS:
            return word, token.start, prefixes
        if word in UPDATES:
            raise bad(text, token.start, f"{word.upper()} is not allowed. {HOW_TO_CHANGE}")
        if word not in ("prefix", "base", "version"):
            hint = meant(word.upper(), [*map(str.upper, FORMS), "PREFIX", "BASE"])
            expected = f"expected {', '.join(FORMS).upper()} or PREFIX, not {token.text!r}"
            raise bad(text, token.start, f"{expected} ({hint})" if hint else expected)
        name = next(tokens, token)
        if word == "prefix":
            prefixes[name.text.removesuffix(":")] = next(tokens, token).text[1:-1]
    raise BadQuery("the query is empty: it needs a SELECT, ASK, CONSTRUCT or DESCRIBE")
