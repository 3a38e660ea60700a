"""The fields of an entry of BibTeX: their values put together from quotes, braces, numbers and @string's names."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import NamedTuple

from bibtexparser.model import DuplicateFieldKeyBlock, Entry
from bibtexparser.splitter import Splitter

from kb.bibliography.biblatex import PREFIXES
from kb.bibliography.reading.bibtex.blocks import LONGEST, Block
from kb.bibliography.reading.dates import MONTHS

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())
logging.getLogger("bibtexparser").propagate = False  # what it cannot read is told with the entry
MOST = 20  # problems of an entry that are told
KEPT = 4_000_000  # signs that all @string's of a file may have
_NAME = re.compile(r"%[^\n]*|(?<![^\s\"#%'(),={}])([^\s\"#%'(),={}]+)\s*=")
_KEY = re.compile(r"\s*([^\s,={}\"]*(?:[^\S\n]+[^\s,={}\"]+)*)\s*(?:,|\Z)")
_BACKSLASH = "\ue000"
_NO_KEY = re.compile(r"\s*[^\s\"#%'(),={}]+\s*=")
_BARE = re.compile(r"[^\s\"#,={}]+")


class Fields(NamedTuple):
    """An entry in its own words: *fields* by their names in small letters, in order, and what was wrong with them."""

    kind: str
    key: str
    fields: list[tuple[str, str]]
    problems: list[str]


class _Found(NamedTuple):
    """A field in a text, and what stands before it; the last has no name."""

    name: str
    raw: str
    before: str


class Strings:
    """The names that @string gives to texts, and the months."""

    def __init__(self) -> None:
        self._texts = {month: month for month in MONTHS}
        self._size = 0

    def define(self, block: Block) -> None:
        """Take in an @string, as far as there is room."""
        for name, raw in scanned(block.text):
            text = value(raw, self, [])
            self._size += len(text)
            if self._size <= KEPT:
                self._texts[name.lower()] = text

    def get(self, name: str) -> str | None:
        """The text behind a name, in whatever letters."""
        return self._texts.get(name.lower())


def fields(block: Block, strings: Strings) -> Fields:
    """The fields of a block; where bibtexparser stops, each that can be made out."""
    problems: list[str] = []
    if block.literal:  # no backslash is to hide a brace
        block = block._replace(text=re.sub(r"\\(?=[{}])", _BACKSLASH, block.text))
    key, pairs = _split(block, problems)
    found, room = [], LONGEST
    for name, raw in pairs:
        for part, text in _values(name, raw, strings, problems):
            room -= len(text)
            if room >= 0:
                text = text.replace(_BACKSLASH, "\\")
                found.append((part if part.startswith(PREFIXES) else part.lower(), text))
    if room < 0:
        problems.append(f"is longer than {LONGEST:,} signs with what @string's stand for: the rest was left out")
    return Fields(block.kind, key, found, list(dict.fromkeys(problems))[:MOST])


def scanned(text: str) -> Iterator[tuple[str, str]]:
    """Each ``name = value`` in a text, whatever stands between them."""
    return ((field.name, field.raw) for field in _scanned(text) if field.name)


def _scanned(text: str) -> Iterator[_Found]:
    at = before = 0
    while found := _NAME.search(text, at):
        at = found.end()
        if found[1]:
            at = max(at, _end(text, at))
            yield _Found(found[1], text[found.end() : at].strip(), text[before : found.start()])
            before = at
    yield _Found("", "", text[before:])


def value(raw: str, strings: Strings, problems: list[str]) -> str:
    """The text of a value: its parts joined, names of @string replaced.

    >>> value('"Mills " # and # { Towns}', Strings(), problems := []), problems
    ('Mills and Towns', ['no @string has the name "and"'])
    """
    parts, at, size = [], 0, 0
    while at < len(raw) and size < LONGEST:
        if raw[at] in " \t\r\n#":
            at += 1
            continue
        end = _part(raw, at)
        parts.append(_text(raw[at:end], strings, problems))
        size += len(parts[-1])
        at = max(end, at + 1)
    return "".join(parts)[:LONGEST]


def _split(block: Block, problems: list[str]) -> tuple[str, list[tuple[str, str]]]:
    """The key and the raw fields, by bibtexparser where it can."""
    text = block.text.replace("\n", "\r")  # an "@" at the start of a line is text here
    if _NO_KEY.match(text):  # as EndNote writes it
        text = f",{text}"
    found = Splitter(f"@entry{{{text}}}").split().blocks
    entry = found[0] if len(found) == 1 else None
    if isinstance(entry, DuplicateFieldKeyBlock):
        entry = entry.ignore_error_block
    if isinstance(entry, Entry) and not re.search(r"[\r={}]", entry.key):
        return entry.key, [(_lines(field.key), _lines(str(field.value))) for field in entry.fields]
    named = _KEY.match(block.text)
    scanned = list(_scanned(block.text[named.end() :] if named else block.text))
    problems += [
        f"left out what is no field: {text[:40]!r}" for found in scanned if (text := found.before.strip(" \t\n,"))
    ]
    return named[1] if named else "", [(found.name, found.raw) for found in scanned if found.name]


def _lines(text: str) -> str:
    return text.replace("\r", "\n")


def _values(name: str, raw: str, strings: Strings, problems: list[str]) -> Iterator[tuple[str, str]]:
    """The value of a field, and the fields behind it that no comma divides from it."""
    name = re.sub(r"^(?:\s*%[^\n]*\n)+\s*", "", name)
    if name.startswith("%"):  # a field in a comment
        for further, text in scanned(raw.partition("\n")[2]):
            yield further, value(text, strings, problems)
        return
    end = _end(raw, 0)
    if rest := raw[end:].strip():
        problems.append(f"a comma is missing after {name}")
    yield name, value(raw[:end], strings, problems)
    for further, text in scanned(rest):
        yield further, value(text, strings, problems)


def _end(text: str, at: int) -> int:
    """Where the value that begins at a place ends: parts joined by "#"."""
    joined = True
    while at < len(text):
        if text[at].isspace():
            at += 1
        elif text[at] == "#":
            joined, at = True, at + 1
        elif not joined or text[at] in ",=}":
            break
        else:
            joined, at = False, max(_part(text, at), at + 1)
    return at


def _part(text: str, at: int) -> int:
    """Where the part of a value ends that begins with a brace, a quote or a sign."""
    if text[at] == "{":
        return _closing(text, at + 1, "}")
    if text[at] == '"':
        return _closing(text, at + 1, '"')
    bare = _BARE.match(text, at)
    return bare.end() if bare else at + 1


def _closing(text: str, at: int, sign: str) -> int:
    depth = 0
    for mark in re.compile(r"\\[{}\\\"]|[{}\"]").finditer(text, at):
        if mark[0] == sign and depth == 0:
            return mark.end()
        if mark[0] in "{}":
            depth = max(0, depth + (1 if mark[0] == "{" else -1))
    return len(text)


def _text(part: str, strings: Strings, problems: list[str]) -> str:
    if part[0] in '{"':
        return part[1:-1] if len(part) > 1 else ""
    if part.isdecimal():
        return part
    known = strings.get(part)
    if known is None:
        problems.append(f'no @string has the name "{part[:40]}"')
        return part
    return known
