"""A query text in tokens: the terminals of SPARQL 1.1, and errors that show where in the text they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.errors import BadQuery

SHOWN = 76  # characters of a line that an error shows
TOLD = 400  # characters of its message: it may quote a name of any length


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


def tokenize(text: str) -> Iterator[Token]:
    """Yield the tokens of *text* without space and comments; raises BadQuery where their reading is not certain."""
    brackets, last, start = [""], Token("mark", "", 0), 0
    while start < len(text):
        match = _TOKEN.match(text, start)
        if not match or not match.lastgroup:
            unclosed = (
                text[start] in "\"'" and "a text in quotation marks is not closed, or has an escape that there is not: "
            )
            raise bad(text, start, f"{unclosed or ''}cannot read on from {text[start : start + 20]!r}")
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


def closing(tokens: list[Token], opening: int) -> int:
    """The bracket that closes the one at *opening*, of any kind; the end where none does."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at].text in "([{") - (tokens[at].text in ")]}")
        if depth == 0:
            return at
    return len(tokens)


def bad(text: str, start: int, message: str) -> BadQuery:
    """An error at character *start*: its line and column, what is wrong, and the line with a caret below the place.

    >>> print(bad("SELECT *\\nWHER { }", 9, "did you mean WHERE?"))
    line 2, column 1: did you mean WHERE?
      WHER { }
      ^
    """
    message = message if len(message) <= TOLD else f"{message[:TOLD]}…"
    start = min(start, len(text))
    line, column = position(text, start)
    written = text.split("\n")[line - 1].rstrip("\r")
    first = max(0, column - 1 - SHOWN // 2) if len(written) > SHOWN else 0
    shown = printable(written[first : first + SHOWN])
    under = "".join(c if c == "\t" else " " for c in shown[: column - 1 - first])
    return BadQuery(f"line {line}, column {column}: {message}\n  {shown}\n  {under}^")


def printable(text: str) -> str:
    """*text* as it may stand in an error or a log: no character moves the cursor or colours a terminal, but tabs."""
    return "".join(c if c.isprintable() or c == "\t" else " " for c in text)


def position(text: str, start: int) -> tuple[int, int]:
    """The line and column of the character at *start*, both counted from 1."""
    return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)


def unbalanced(tokens: list[Token]) -> tuple[int, str] | None:
    """The first bracket that has no partner: where it stands, and what to say of it."""
    partners = {")": "(", "]": "[", "}": "{"}
    opened: list[Token] = []
    for token in tokens:
        if token.text in ("(", "[", "{"):
            opened.append(token)
        elif token.text in partners:
            if not opened:
                return token.start, f"this {token.text} closes nothing"
            if opened[-1].text != partners[token.text]:
                return opened[-1].start, f"this {opened[-1].text} is not closed"
            opened.pop()
    return (opened[-1].start, f"this {opened[-1].text} is not closed") if opened else None


def offset(text: str, line: int, column: int) -> int:
    """The character at *line* and *column*, both counted from 1.

    >>> offset("ASK\\n{}", 2, 1)
    4
    """
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1 or len(text)
    return min(start + column - 1, len(text))


def _may_be_less_than(token: Token, last: Token) -> bool:
    """Whether the engine could read an IRI as "less than" with a string or comment behind it."""
    after_operand = last.kind != "mark" or last.text in (")", "}", "]")
    return after_operand and bool(re.search("['#]", token.text)) and not re.match(r"<[A-Za-z][\w+.-]*://", token.text)
