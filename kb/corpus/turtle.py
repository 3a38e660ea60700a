"""Where things stand in a Turtle file: the block of each subject, to name a line and to mend in place."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from kb.terms import RDF

# The terminals of RDF 1.1 Turtle (§6.5), as far as needed to tell them apart.
_LOCAL = r"(?:[\w:·-]|%[0-9A-Fa-f]{2}|\\[_~.!$&'()*+,;=/?#@%-]|\.+(?=[\w:%\\·-]))*"
TOKEN = re.compile(
    rf"""
    (?P<space>\s+|\#[^\n\r]*)
  | (?P<string>\"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''
              |"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
  | (?P<iri><[^<>"{{}}|^`\s]*>)
  | (?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<name>(?:[^\W\d_](?:[\w-]|\.+(?=[\w-]))*|_)?:{_LOCAL})
  | (?P<word>[+-]?(?:\d*\.\d+|\d+)(?:[eE][+-]?\d+)?|[^\W\d]\w*)
  | (?P<mark>\^\^|[][(){{}};,.])
    """,
    re.VERBOSE | re.DOTALL,
)

ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # urljoin would drop an empty fragment from these


class Token(NamedTuple):
    """A word of the file: its kind, its text, and the position of its first character."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """The position after its last character."""
        return self.start + len(self.text)


class Object(NamedTuple):
    """An object in a block: its predicate's IRI and where that begins, and the positions around the object."""

    predicate: str
    verb: int
    start: int
    end: int


class Block(NamedTuple):
    """All that a file says of a subject in one go, up to the full stop."""

    subject: str
    line: int
    objects: tuple[Object, ...]
    start: int = 0  # where it begins
    end: int = 0  # and the position after its full stop


class Document:
    """A Turtle text with its prefixes and blocks.

    >>> text = '@prefix ex: <http://e/> .\\n\\nex:a ex:knows ex:b, "x. y"@en ;\\n  a ex:C .'
    >>> [(block.line, len(block.objects)) for block in Document(text).blocks["http://e/a"]]
    [(3, 3)]
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.prefixes: dict[str, str] = {}
        self.base = ""
        self.blocks: dict[str, list[Block]] = defaultdict(list)  # by subject, in the order of the file
        for block in self._blocks():
            self.blocks[block.subject].append(block)

    def head(self) -> str:
        """The prefixes, as a Turtle text begins with them."""
        return "".join(f"@prefix {prefix}: <{space}> .\n" for prefix, space in self.prefixes.items())

    def short(self, iri: str) -> str:
        """*iri* as this file would write it."""
        for prefix, space in sorted(self.prefixes.items(), key=lambda item: -len(item[1])):
            if iri.startswith(space) and re.fullmatch(r"[\w-]+", iri[len(space) :]):
                return f"{prefix}:{iri[len(space) :]}"
        return f"<{iri}>"

    def _blocks(self) -> Iterator[Block]:
        line, seen = 1, 0
        for statement in self._statements():
            head = statement[0].text.lower()
            if head in ("@prefix", "prefix") and len(statement) > 2:
                self.prefixes[statement[1].text[:-1]] = self._iri(statement[2]) or ""
            elif head in ("@base", "base") and len(statement) > 1:
                self.base = self._iri(statement[1]) or ""
            elif subject := self._iri(statement[0]):
                start = statement[0].start
                line, seen = line + self.text.count("\n", seen, start), start
                yield Block(subject, line, tuple(self._objects(statement[1:])), start, statement[-1].end)

    def _statements(self) -> Iterator[list[Token]]:
        """The tokens of each directive or block; a block has its full stop with it."""
        statement: list[Token] = []
        for token in tokens(self.text):
            statement.append(token)
            sparql_like = statement[0].text.lower() in ("prefix", "base") and token.kind == "iri"
            if sparql_like or token.text == ".":
                if statement[0].text != ".":
                    yield statement
                statement = []

    def _objects(self, rest: list[Token]) -> Iterator[Object]:
        """The objects of a block, from the tokens after its subject."""
        depth, predicate, verb, start = 0, "", 0, None
        for before, token in zip([None, *rest], rest, strict=False):
            opens, closes = token.text in "[({", token.text in "])}"  # { stands in annotations of RDF 1.2
            if depth == 0 and token.text in (";", ",", ".") and token.kind == "mark":
                if predicate and start is not None and before:
                    yield Object(predicate, verb, start, before.end)
                start, predicate = None, predicate if token.text == "," else ""
            elif depth == 0 and not predicate:
                verb, predicate = token.start, RDF + "type" if token.text == "a" else self._iri(token) or ""
            elif depth == 0 and start is None:
                start = token.start
            depth += opens - closes

    def _iri(self, token: Token) -> str | None:
        if token.kind == "iri":
            iri = token.text[1:-1]
            return iri if ABSOLUTE.match(iri) else urljoin(self.base, iri)
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self.prefixes:
            return None
        return self.prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)


def tokens(text: str) -> Iterator[Token]:
    """The words of a Turtle *text* without space and comments; what is no Turtle is passed over."""
    for found in TOKEN.finditer(text):
        if found.lastgroup != "space":
            yield Token(found.lastgroup or "", found[0], found.start())
