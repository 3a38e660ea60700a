"""The items of a JSON file one by one as it streams by, each with its line, however large or broken the file is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import ijson
from ijson.common import JSONError, ObjectBuilder

WRAPPERS = ("items", "references")  # keys of an object that hold the items: of Zotero's web interface, of pandoc
PIECE = 65_536  # characters that are parsed at a time
DEEPEST, DEEP = 1_000, 20  # levels in a file; in an item
BIGGEST = 2_000_000  # characters of an item, or of one text
_BROKEN = (JSONError, ValueError, ArithmeticError)
# Python makes no number of more than 4,300 digits, and the parser falls over it; in quotes they are a text.
_LONG = re.compile(r"(?:\A|[:\[,]\s*-?)\d{1000}")


class Found(NamedTuple):
    """What stands at one place where an item may: its *value*, or *why* there is none; the *last* ends the file."""

    line: int
    number: int
    value: Any = None
    why: str = ""
    last: bool = False


def items(lines: Iterable[str]) -> Iterator[Found]:
    """The items of a list, of an object that wraps one, or the object that is the only one.

    Where the file is broken, that comes last, with the reason: JSON cannot be read from the middle.
    """
    events = ijson.sendable_list()
    parser, walk, since = ijson.basic_parse_coro(events, multiple_values=True), _Walk(), 0
    line = 1
    try:
        for line, piece in _pieces(lines):
            if _LONG.search(piece):
                raise ValueError("a number of more than 1,000 digits")
            parser.send(piece.encode("utf-8", "replace"))
            since = 0 if events else since + len(piece)
            yield from walk.along(events, line)
            del events[:]
            if walk.depth > DEEPEST or since > BIGGEST:
                yield walk.end(line, f"nested deeper than {DEEPEST:,} levels" if since == 0 else "a text without end")
                return
        parser.close()
    except _BROKEN as error:
        yield from walk.along(events, line)
        yield walk.end(line, _reason(error))


def _pieces(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The text in pieces none of which goes beyond a line, with the number of that line."""
    number = 1
    for line in lines:
        text = line.lstrip("\ufeff") if number == 1 else line
        for start in range(0, len(text), PIECE):
            yield number, text[start : start + PIECE]
        number += text.endswith("\n")


def _reason(error: BaseException) -> str:
    text = error.args[0] if error.args else ""
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    said = text.strip().splitlines()[0] if text.strip() else "not understood"
    return "the file ends in the middle" if "premature EOF" in said else said.split(": ", 1)[-1].rstrip(".")


class _Walk:
    """Where in the file the parser is, and the item that is being put together."""

    def __init__(self) -> None:
        self.depth, self.number, self.size = 0, 0, 0
        self._start, self._key, self._why = 1, "", ""
        self._building: ObjectBuilder | None = None
        self._base = 0  # levels around the item that is being put together
        self._whole: dict[str, Any] | None = None  # the object around all, which may be the only item
        self._listed = False  # whether there are items in a list

    def along(self, events: Iterable[tuple[str, Any]], line: int) -> Iterator[Found]:
        """The items that are complete after these *events* of a *line*."""
        for event, value in events:
            opens, closes = event.startswith("start_"), event.startswith("end_")
            if self._building is None and not closes and self._begins(event, value):
                self._building, self._base, self._start, self._why = ObjectBuilder(), self.depth, line, ""
                self.size = 0
            self.depth += opens - closes
            if self._building is not None:
                yield from self._add(event, value)
            elif closes and self.depth == 0 and self._whole is not None:
                whole, self._whole = self._whole, None
                if not self._listed or (whole and not self.number):
                    yield self._found(whole)
            elif event == "start_map" and self.depth == 1:
                self._whole, self._start = {}, line

    def end(self, line: int, why: str) -> Found:
        """What is told where nothing more can be read."""
        begun = f"; the item that begins in line {self._start} is not complete" if self._building else ""
        return Found(
            line, self.number, why=f"the JSON is broken here, nothing after it can be read: {why}{begun}", last=True
        )

    def _begins(self, event: str, value: Any) -> bool:
        """Whether an item, or a member of the object around all, begins here."""
        if self.depth == 0:
            return not event.startswith("start_")
        if self._whole is None or self.depth == 2:
            return True
        if event == "map_key":
            self._key = str(value)
            return False
        if event == "start_array" and self._key in WRAPPERS:
            self._listed = True
            return False
        return True

    def _add(self, event: str, value: Any) -> Iterator[Found]:
        """Put an event to the item; give the item when it is complete."""
        building = self._building
        assert building is not None
        self.size += len(value) if isinstance(value, str) else 1
        if self.depth - self._base > DEEP:
            self._why = f"nested deeper than {DEEP} levels"
        elif self.size > BIGGEST:
            self._why = f"larger than {BIGGEST:,} characters"
        if self._why:
            building.value = None
        else:
            building.event(event, value)
        if self.depth == self._base and event != "map_key":
            self._building = None
            if self._whole is not None and self.depth == 1:
                self._whole[self._key] = building.value
            else:
                yield self._found(building.value)

    def _found(self, value: Any) -> Found:
        self.number += 1
        return Found(self._start, self.number, None if self._why else value, self._why)
