"""Cut a BibTeX file into its entries as it streams by, each with its line, and go on after one that does not end."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

LONGEST = 1_000_000  # signs of one entry
SHORT = 2_000  # signs of a line in which braces are counted before they are looked at one by one
FAR = 10  # lines between an "@" and the brace that opens its entry
TOO_LONG = f"is longer than {LONGEST:,} signs: a brace or quote may not be closed where it should be"
_BEGIN = re.compile(r"(?<![\w.@\\])@\s*([A-Za-z][\w+-]*)\s*([{(])")
_HALF = re.compile(r"(?<![\w.@\\])@\s*(?:[A-Za-z][\w+-]*\s*)?\Z")
_AGAIN = re.compile(  # a line that begins an entry, even inside of what looks like another
    r"[^\S\n]*@[^\S\n]*[A-Za-z][\w+-]*[^\S\n]*"
    r"(?:\{[^\S\n]*(?:[^\s{}\"=,()]*[^\S\n]*,|[^\s{}\",()=]+[^\S\n]*=|\Z|\n)|\([^\S\n]*[^\s{}\"=,()]+[^\S\n]*,[^\S\n]*(?:\Z|\n))"
)
_LEFT_OVER = re.compile(r"[\s,]*[A-Za-z][\w-]*\s*=\s*[{\"]")
_BRACE = re.compile(r"\\[{}\\]|[{}]")
_ROUND = re.compile(r"\\[{}\\\"]|[{}()\"]")


class Block(NamedTuple):
    """What stands between the outer braces after ``@kind``, in *line*; *why* tells that it has no right end.

    Braces behind a backslash do not count, unless the block only closes when they do: then it is *literal*.
    """

    line: int
    kind: str
    text: str
    why: str = ""
    literal: bool = False


class _Line(NamedTuple):
    number: int
    text: str
    starts: bool  # whether it is the beginning of its line: a very long line comes in parts


class _Open(NamedTuple):
    """A place in a line, behind the brace that opens a block."""

    line: _Line
    kind: str
    brace: str
    at: int


def blocks(chunks: Iterable[str]) -> Iterator[Block]:
    """The blocks of a file, comments and preambles left out; memory holds two at a time.

    >>> [block.kind for block in blocks(["@string{a = 1}", "see @book{b, title={c}} @misc{d,}"])]
    ['string', 'book', 'misc']
    """
    held: Block | None = None
    for block in _Cutter(chunks).cut():
        if isinstance(block, Block):
            if held:
                yield held
            held = block
        elif held and not held.why and _LEFT_OVER.match(block):  # fields behind the end of their entry
            held = held._replace(why=f"a brace closes the entry before its end: after it stands {block.strip()[:40]!r}")
    if held:
        yield held


class _Cutter:
    """Goes through the lines of a file; lines that were looked at too early are put back."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._lines = _numbered(chunks)
        self._back: deque[_Line] = deque()
        self._comments_close = True

    def cut(self) -> Iterator[Block | str]:
        """Blocks, and the text between them where there is any."""
        while line := self._next():
            at = 0
            while True:
                begin = _BEGIN.search(line.text, at)
                if begin is None:
                    half = _HALF.search(line.text, at)
                    if half and (joined := self._joined(line, half.start())):
                        line, at = joined, 0
                        continue
                    if rest := line.text[at:].strip():
                        yield rest
                    break
                if between := line.text[at : begin.start()].strip():
                    yield between
                opened = _Open(line, begin[1].lower(), begin[2], begin.end())
                block, line, at = self._block(opened)
                if block:
                    yield block

    def _next(self) -> _Line | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def _joined(self, line: _Line, at: int) -> _Line | None:
        """An "@" with what follows in further lines, up to the brace; comments between them are left out."""
        text, taken = line.text[at:].rstrip("\n"), []
        for _ in range(FAR):
            if (further := self._next()) is None:
                break
            taken.append(further)
            text += " " + re.sub(r"^\s*%.*", "", further.text)
            if _BEGIN.match(text):
                return _Line(line.number, text, False)
            if not _HALF.fullmatch(text):
                break
        self._back.extendleft(reversed(taken))
        return None

    def _block(self, opened: _Open) -> tuple[Block | None, _Line, int]:
        """The block that begins here, if it is wanted, and where to go on."""
        wanted, first = opened.kind not in ("comment", "preamble"), opened.line
        if not (wanted or self._comments_close):
            return None, first, opened.at
        parts: list[str] = []
        taken: list[_Line] = []
        size = 0
        state = _Depth(opened.brace)
        line, at = first, opened.at
        while True:
            end = state.end(line.text, at)
            if end >= 0:
                text = "".join([*parts, line.text[at : end - 1]])
                why = TOO_LONG if len(text) > LONGEST else ""
                return Block(first.number, opened.kind, text, why) if wanted else None, line, end
            parts.append(line.text[at:])
            size += len(line.text) - at
            further = self._next() if size <= LONGEST else None
            stops = further is None or (wanted and further.starts and _AGAIN.match(further.text))
            if stops or further is None:
                if further:
                    self._back.appendleft(further)
                return self._without_end(opened, "".join(parts), taken, size, further)
            if not wanted:
                taken.append(further)
            line, at = further, 0

    def _without_end(
        self, opened: _Open, text: str, taken: list[_Line], size: int, further: _Line | None
    ) -> tuple[Block | None, _Line, int]:  # fmt: skip
        """What to do with a block whose end was not found: where the next entry begins, the file goes on."""
        nowhere = _Line(opened.line.number, "", False)
        if opened.kind in ("comment", "preamble"):  # no more than its first line
            self._comments_close = False
            self._back.extendleft(reversed(taken))
            return None, nowhere, 0
        if opened.brace == "{" and (end := _end_of_all(text)) >= 0 and not text[end:].strip():
            return Block(opened.line.number, opened.kind, text[: end - 1], literal=True), nowhere, 0
        if size > LONGEST:
            self._skip()
            why = TOO_LONG
        elif further:
            why = f"braces do not match: it is not closed before the next entry, in line {further.number}"
        else:
            why = "braces do not match: it is not closed before the end of the file"
        return Block(opened.line.number, opened.kind, text[:LONGEST], why), nowhere, 0

    def _skip(self) -> None:
        """Go on to the next line that begins an entry."""
        while line := self._next():
            if line.starts and _AGAIN.match(line.text):
                self._back.appendleft(line)
                return


class _Depth:
    """How deep in braces a block is, from line to line."""

    def __init__(self, brace: str) -> None:
        self._round, self._depth, self._quoted = brace == "(", int(brace == "{"), False

    def end(self, text: str, at: int) -> int:
        """Where the block ends in a line, behind its last brace, or -1."""
        if self._round:
            return self._round_end(text, at)
        if len(text) - at < SHORT:
            closing = text.count("}", at)
            if closing < self._depth and "\\{" not in text and "\\}" not in text:
                self._depth += text.count("{", at) - closing
                return -1
        for mark in _BRACE.finditer(text, at):
            if mark[0] in "{}":
                self._depth += 1 if mark[0] == "{" else -1
                if self._depth == 0:
                    return mark.end()
        return -1

    def _round_end(self, text: str, at: int) -> int:
        """The same for a block in parentheses, which may stand within quotes and braces too."""
        for mark in _ROUND.finditer(text, at):
            if mark[0] in "{}":
                self._depth = max(0, self._depth + (1 if mark[0] == "{" else -1))
            elif mark[0] == '"' and self._depth == 0:
                self._quoted = not self._quoted
            elif mark[0] == ")" and self._depth == 0 and not self._quoted:
                return mark.end()
        return -1


def _numbered(chunks: Iterable[str]) -> Iterator[_Line]:
    number, starts = 1, True
    for chunk in chunks:
        yield _Line(number, chunk, starts)
        starts = chunk.endswith("\n")
        number += starts


def _end_of_all(text: str) -> int:
    """Where a block ends when braces behind a backslash count too, as BibTeX itself counts; or -1."""
    depth = 1
    for mark in re.finditer("[{}]", text):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return mark.end()
    return -1
