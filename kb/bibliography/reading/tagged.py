"""Cut tagged text into records as it streams by: where each begins, its tags, and what is odd about its lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from kb.bibliography.reading.entry import Entry, unreadable
from kb.bibliography.reading.ris_tags import KNOWN

BIGGEST = 2_000_000  # characters of a record; what is longer is none
PARAGRAPHS = ("AB", "N1", "N2", "RN", "X", "Z")  # tags whose further lines may be paragraphs; of one letter EndNote's
LISTS = ("KW", "L1", "L2", "L3", "L4", "UR", "K", ">")  # tags that hold one thing a line
WIDE, FULL = 85, 65  # columns: lines that a program wrapped are not wider, and only the last of them is short
_STRICT = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*))?$", re.S)
_LOOSE = re.compile(r"[^\S\n]*([A-Za-z][A-Za-z0-9])([^\S\n]{0,4}-[^\S\n]*)(.*)$", re.S)
_SPACED = "tags are not written as RIS has them, such as “TY  - JOUR”: read all the same"


class Tag(NamedTuple):
    """A tag of a record and its text, the lines of a list or paragraph apart."""

    name: str
    text: str


class Tagged:
    """A record while its lines come in."""

    def __init__(self, line: int, loose: bool = False) -> None:
        self.line, self.loose, self.size, self.problems = line, loose, 0, [_SPACED] if loose else []
        self._tags: list[tuple[str, list[str]]] = []

    def add(self, tag: str, text: str) -> None:
        """A tag with what stands behind it on its line."""
        self.size += len(tag) + len(text)
        self._tags.append((tag, [text]))

    def go_on(self, line: str, same: bool = False) -> None:
        """A further line of the last tag, or more of the *same* line."""
        self.size += len(line) + 1
        if same:
            self._tags[-1][1][-1] += line
        else:
            self._tags[-1][1].append(line)

    @property
    def tags(self) -> list[Tag]:
        """All that was said, in order; a tag with nothing behind it says nothing."""
        joined = (Tag(name, _joined(name, lines)) for name, lines in self._tags)
        return [tag for tag in joined if tag.text]


def records(lines: Iterable[str]) -> Iterator[Tagged | Entry]:
    """The records of RIS among *lines*, from TY to ER, and unreadable entries for what is outside of them.

    RIS is read here and not by rispy, which keeps one value of a tag that stands twice, puts the lines of a note
    together, takes a further line of a name for a name, and forgets in which order A1 and AU stood.
    """
    record: Tagged | None = None
    stray: Entry | None = None
    too_long = False
    for number, line, same in _numbered(lines):
        tag, text = ("", line) if same else _tag(line, record)
        if tag and stray:
            yield stray
            stray = None
        if tag == "TY":
            if record:
                yield _ended(record, "has no ER at its end: taken to end where the next record begins")
            record, too_long = Tagged(number, loose=not _STRICT.match(line)), False
            record.add("TY", text)
        elif tag == "ER":
            if record:
                yield record
            record, too_long = None, False
        elif too_long:
            continue
        elif record is None and tag:
            record = Tagged(number)
            record.problems.append("has no TY, which tells its type: taken for an article or a document")
            record.add(tag, text)
        elif record is None:
            stray = stray or _stray(number, line)
        elif tag:
            record.add(tag, text)
        else:
            record.go_on(line, same)
        if record and record.size > BIGGEST:
            yield unreadable(record.line, f"a record of more than {BIGGEST:,} characters: left out up to the next TY")
            record, too_long = None, True
    if stray:
        yield stray
    if record:
        yield _ended(record, "has no ER at its end: taken to end with the file")


def _numbered(lines: Iterable[str]) -> Iterator[tuple[int, str, bool]]:
    """Each line with its number and without its end; a very long one comes in parts, the further ones as the *same*."""
    number, same = 1, False
    for line in lines:
        text = line.rstrip("\n")
        yield number, text.lstrip("\ufeff") if number == 1 else text, same
        same = text == line
        number += not same


def _tag(line: str, record: Tagged | None) -> tuple[str, str]:
    """The tag that a line begins with and what is behind it; no tag where the line is none of a tag.

    Other spacing and small letters are taken in a record whose TY has them too, and of TY and ER.
    """
    if found := _STRICT.match(line):
        return found[1], found[2] or ""
    if found := _LOOSE.match(line):
        tag, between, text = found[1].upper(), found[2], found[3]
        spaced = between != "-" or tag == "ER"
        here = _whole(tag, text) if tag in ("TY", "ER") else record is not None and record.loose
        if tag in KNOWN and spaced and here:
            return tag, text
    return "", line


def _whole(tag: str, text: str) -> bool:
    """Whether the text is what stands behind TY or ER: one word, or none."""
    return bool(re.fullmatch(r"[A-Za-z]{2,12}\s*" if tag == "TY" else r"\s*", text))


def _ended(record: Tagged, why: str) -> Tagged:
    record.problems.append(why)
    return record


def _stray(number: int, line: str) -> Entry | None:
    text = " ".join(line.split())
    return unreadable(number, f"text outside of a record: {text[:80]!r}") if text else None


def _joined(tag: str, lines: list[str]) -> str:
    """The lines of a tag as one text."""
    if len(lines) == 1:
        return lines[0].strip()
    if tag in LISTS:
        return "\n".join(line.strip() for line in lines).strip()
    if tag in PARAGRAPHS:
        return _paragraphs([line.strip() for line in lines])
    return " ".join(line.strip() for line in lines).strip()


def _paragraphs(lines: list[str]) -> str:
    """Lines that a program wrapped put together, others kept."""
    wrapped = max(map(len, lines)) <= WIDE
    text = lines[0]
    for before, line in pairwise(lines):
        text += (" " if wrapped and len(before) >= FULL and line else "\n") + line
    return text.strip()
