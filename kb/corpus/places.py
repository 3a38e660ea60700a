"""Where the parts of a YAML text stand: what comments, quotes and line ends around them are is for the text to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

BLOCK = (">", "|")  # styles of texts of several lines


class Cannot(Exception):
    """A part of a text cannot be changed in its lines: it is to be written anew."""


class Edit(NamedTuple):
    """*text* in place of the characters from *start* to before *end*."""

    start: int
    end: int
    text: str


class Item(NamedTuple):
    """An entry of a list with one or more lines for each, all whole.

    *lead* are the blank lines and comments above it, from *above* on; its own lines begin at *start*, with the hyphen
    at *column*, and end at *stop*.
    """

    node: Any
    lead: str
    above: int
    start: int
    column: int
    stop: int


class Places:
    """The tree of a YAML *text*, and where its parts stand."""

    def __init__(self, text: str) -> None:
        from ruamel.yaml import YAML

        self.text, self.end = text, "\r\n" if "\r\n" in text else "\n"
        self.root: Any = YAML(typ="base").compose(text)
        self._seen, self._repeated = set[int](), set[int]()
        self._count(self.root)

    def repeated(self, node: Any) -> bool:
        """Whether an alias repeats a node, or a part of it: then its place is that of only one of the two."""
        return id(node) in self._repeated

    def line(self, at: int) -> int:
        """Where the line begins that the place *at* is on."""
        return self.text.rfind("\n", 0, at) + 1

    def next_line(self, at: int) -> int:
        """Where the next line begins."""
        found = self.text.find("\n", at)
        return len(self.text) if found < 0 else found + 1

    def start(self, node: Any) -> int:
        """Where a node begins, with its tag and anchor."""
        return int(node.start_mark.index)

    def column(self, node: Any) -> int:
        """How far from the beginning of its line a node begins."""
        return self.start(node) - self.line(self.start(node))

    def is_first(self, node: Any) -> bool:
        """Whether nothing stands on a line before the node."""
        return not self.text[self.line(self.start(node)) : self.start(node)].strip(" ")

    def stop(self, node: Any, after: int) -> int:
        """Where the text of a node ends that begins behind the place *after*; comments behind it are not part of it."""
        if self.repeated(node):
            raise Cannot
        if node.id == "scalar" and node.style in BLOCK:
            return self._stop_of_block(node)
        if node.id == "scalar" or node.flow_style or not node.value:
            return max(after, self.start(node) + len(self.text[self.start(node) : node.end_mark.index].rstrip()))
        if node.id == "mapping":
            return self.stop_of_pair(*node.value[-1])
        return self.stop(node.value[-1], self.start(node))

    def stop_of_pair(self, key: Any, value: Any) -> int:
        """Where the value of a key ends."""
        return self.stop(value, int(key.end_mark.index))

    def items(self, node: Any) -> Iterator[Item]:
        """The entries of a list that stands in lines."""
        above, column = self.line(self.start(node)), self.column(node)
        if not self.is_first(node):  # a list in a list, on one line
            raise Cannot
        for each in node.value:
            start = above
            while self.text[start : start + column + 1] != " " * column + "-":
                start = self.next_line(start)
                if start == len(self.text):
                    raise Cannot
            stop = self.next_line(self.stop(each, start + column + 1))
            yield Item(each, self.text[above:start], above, start, column, stop)
            above = stop

    def applied(self, start: int, stop: int, edits: Iterable[Edit]) -> str:
        """The text from *start* to *stop* with *edits* made."""
        parts, at = list[str](), start
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):  # which leaves those at one place in order
            if edit.start < at:
                raise Cannot
            parts += [self.text[at : edit.start], edit.text]
            at = edit.end
        return "".join([*parts, self.text[at:stop]])

    def _stop_of_block(self, node: Any) -> int:
        """Where a folded or literal text ends: with the last line that is indented as far as its first one."""
        line = self.next_line(self.start(node))
        stop, indent = line, 0
        while line < min(len(self.text), int(node.end_mark.index)):
            following = self.next_line(line)
            content = self.text[line:following]
            if content.strip():
                margin = len(content) - len(content.lstrip(" "))
                indent = indent or margin
                if margin < indent:
                    break
                stop = following
            line = following
        return len(self.text[:stop].rstrip("\r\n")) if stop else 0

    def _count(self, node: Any) -> bool:
        """Find what is repeated; whether *node* is, or holds, such."""
        if id(node) in self._seen:
            self._repeated.add(id(node))
            return True
        self._seen.add(id(node))
        parts = [] if node.id == "scalar" else node.value
        held = [self._count(part) for each in parts for part in (each if node.id == "mapping" else [each])]
        if any(held):
            self._repeated.add(id(node))
        return any(held)
