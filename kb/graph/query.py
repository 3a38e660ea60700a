"""A query text in tokens: may it be asked? And every size limit of the product, in one place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from kb.errors import BadQuery, TooLong

QUERY_CHARACTERS = 100_000  # a SPARQL text
BODY_BYTES = 1_000_000  # the body of an HTTP request: such a text takes up to 9 bytes a character, percent-encoded
SEARCH_CHARACTERS = 2_000  # a search text: about a page, more than the encoder reads
LIMIT_DEFAULT = 10  # hits of a search, when nobody says how many
LIMIT_MAX = 1_000  # hits of a search at most
VALUES_ROWS = 5_000  # rows in all VALUES blocks of a query together
WORKERS = 2  # processes that answer SPARQL; each may keep one core busy
QUEUE = 32  # queries that wait for a worker; the next one is turned away
DEADLINE = 10.0  # seconds a query may take, when nobody says how long
DEADLINE_MAX = 60.0  # seconds a query may ask for
WORKER_MEMORY = 512 << 20  # bytes one worker may allocate; 80 MB of it are the open store and its threads
RESULT_BYTES = 32 << 20  # bytes of one serialised result: bounds its rows, and what the server holds for it

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
UPDATES = ("insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "with")
HOW_TO_CHANGE = "To change data, edit the files in corpus/ (see corpus/README.md), then run `kb build`."


class Token(NamedTuple):
    """A piece of a query text; of kind ``name`` is a keyword, a function or, with a colon, a prefixed name."""

    kind: str
    text: str
    start: int


# Terminals of SPARQL 1.1 §19.8. The engine has no tokens and tries another reading when one fails: `SERVICEex:x`,
# `true.SERVICE`, `(1<2)SERVICE#>` and `"""a" … SERVICE … #\q"""` all reach the network. So what can be read in two
# ways is refused, not read in ours; that is also why only valid escapes are known here, and no `<<`.
_LETTER = (
    r"A-Za-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF"
    r"\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_VARCHAR = rf"{_LETTER}_0-9\u00B7\u0300-\u036F\u203F\u2040"
_CODEPOINT = (  # no surrogates, nothing past U+10FFFF
    r"\\u(?![dD][89a-fA-F])[0-9A-Fa-f]{4}"
    r"|\\U(?:0000(?![dD][89a-fA-F])|000[1-9A-Fa-f]|0010)[0-9A-Fa-f]{4}"
)
_ESCAPE = rf"""\\[tbnrf\\"']|{_CODEPOINT}"""
_LOCALCHAR = rf"(?:[{_VARCHAR}:-]|%[0-9A-Fa-f]{{2}}|\\[_~.!$&'()*+,;=/?\#@%-])"
_LOCAL = rf"(?:(?![\u00B7\u0300-\u036F\u203F\u2040-]){_LOCALCHAR}+(?:\.+{_LOCALCHAR}+)*)?"
_TOKEN = re.compile(
    rf"""
      (?P<space>    [ \t\r\n]+ | \#[^\r\n]* )
    | (?P<iri>      <(?:[^<>"{{}}|^`\\\x00-\x20] | {_CODEPOINT})*> )
    | (?P<string>   '''(?:'{{0,2}}(?:[^'\\] | {_ESCAPE}))*''' | '(?!'')(?:[^'\\\r\n] | {_ESCAPE})*'
                  | \"\"\"(?:"{{0,2}}(?:[^"\\] | {_ESCAPE}))*\"\"\" | "(?!"")(?:[^"\\\r\n] | {_ESCAPE})*" )
    | (?P<name>     [{_LETTER}][{_VARCHAR}-]*(?:\.+[{_VARCHAR}-]+)*(?::{_LOCAL})? | :{_LOCAL} )
    | (?P<blank>    _:[{_LETTER}_0-9][{_VARCHAR}-]*(?:\.+[{_VARCHAR}-]+)* )
    | (?P<variable> [?$][{_LETTER}_0-9][{_VARCHAR}]* )
    | (?P<language> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<number>   (?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)? )
    | (?P<mark>     \^\^ | && | \|\| | [<>!]= | <(?!<) | [][(){{}}.,;=!>|/*+?^~-] )
    """,
    re.VERBOSE,
)
_WHOLE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\\]*")  # neither relative nor with an escape
_SERVICE_IN_PREFIX = re.compile(r"(?:^|[.0-9]|true|false)service", re.IGNORECASE)


def check(text: str) -> str:
    """Return the form of a query that may be asked, one of FORMS: it reads only, this data set only, within limits.

    Raises BadQuery for updates, SERVICE, LATERAL, an undeclared prefix and what no query can contain, else TooLong.

    >>> check("PREFIX ex: <http://example.org/> ASK { ex:service ?p 'LATERAL' } # SERVICE")
    'ask'
    """
    if len(text) > QUERY_CHARACTERS:
        raise TooLong(f"the query has {len(text):,} characters; at most {QUERY_CHARACTERS:,} are read")
    tokens = list(tokenize(text))
    if (rows := _values_rows(tokens)) > VALUES_ROWS:
        raise TooLong(f"the query has {rows:,} rows in VALUES; at most {VALUES_ROWS:,} are read: ask in parts")
    form, prefixes = _prologue(iter(tokens), text)
    for token in tokens:
        prefix, colon, _ = token.text.partition(":") if token.kind == "name" else ("", "", "")
        if colon and _SERVICE_IN_PREFIX.search(prefix):
            raise bad(text, token.start, f"SERVICE is not allowed, nor a prefix that begins like it ({prefix}:)")
        if not colon and (word := re.search("service|lateral", prefix, re.IGNORECASE)):
            raise bad(text, token.start, f"{word[0].upper()} is not allowed: queries see this data set only")
        if colon and prefix not in prefixes:
            raise bad(text, token.start, f"no prefix {prefix}: is declared (add PREFIX {prefix}: <…> at the top)")
    return form


def prefixes(text: str) -> dict[str, str]:
    """The prefixes that the top of a query declares, to write its result with; relative IRIs are left out.

    >>> prefixes("PREFIX ex: <http://example.org/> ASK { ex:a ?p 'prefix no: <http://no/>' } # prefix no: <http://no/>")
    {'ex': 'http://example.org/'}
    """
    _, found = _prologue(tokenize(text), text)
    return {prefix: iri for prefix, iri in found.items() if _WHOLE_IRI.fullmatch(iri)}


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of *text* without space and comments; raises BadQuery where their reading is not certain."""
    brackets, last, start = [""], Token("mark", "", 0), 0
    while start < len(text):
        match = _TOKEN.match(text, start)
        if not match or not match.lastgroup:
            raise bad(text, start, f"cannot read on from {text[start : start + 20]!r}")
        token = Token(match.lastgroup, match[0], start)
        start = match.end()
        if token.kind == "space":
            continue
        if token.kind == "iri" and brackets[-1] == "(" and _may_be_less_than(token, last):
            raise bad(text, token.start, "write a space after '<' if it means 'less than', else the full IRI")
        if token.text in ("(", "{", "["):
            brackets.append(token.text)
        elif token.text in (")", "}", "]") and len(brackets) > 1:
            brackets.pop()
        last = token
        yield token


def bad(text: str, start: int, message: str) -> BadQuery:
    """An error at character *start*, with its line and column."""
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return BadQuery(f"line {line}, column {column}: {message}")


def _may_be_less_than(token: Token, last: Token) -> bool:
    """Whether the engine could read an IRI as "less than" with a string or comment behind it."""
    after_operand = last.kind != "mark" or last.text in (")", "}", "]")
    return after_operand and bool(re.search("['#]", token.text)) and not re.match(r"<[A-Za-z][\w+.-]*://", token.text)


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


def _prologue(tokens: Iterator[Token], text: str) -> tuple[str, dict[str, str]]:
    """The form, told by the keyword behind BASE and PREFIX, and the prefixes; no token behind it is read."""
    prefixes: dict[str, str] = {}
    for token in tokens:
        word = token.text.lower()
        if word in FORMS:
            return word, prefixes
        if word in UPDATES:
            raise bad(text, token.start, f"{word.upper()} is not allowed. {HOW_TO_CHANGE}")
        if word not in ("prefix", "base", "version"):
            raise bad(text, token.start, f"expected {', '.join(FORMS).upper()} or PREFIX, not {token.text!r}")
        name = next(tokens, token)
        if word == "prefix":
            prefixes[name.text.removesuffix(":")] = next(tokens, token).text[1:-1]
    raise BadQuery("the query is empty: it needs a SELECT, ASK, CONSTRUCT or DESCRIBE")
