"""Read plain text with a list of references: each becomes an entry, in whatever style it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple

from kb.bibliography.reading.entry import Entry, attempt, entry, unreadable
from kb.bibliography.reading.files import Lines
from kb.bibliography.reading.reference import parts
from kb.bibliography.reading.reference_forms import YEAR
from kb.corpus.numbers import DOI_BEGINS

LONGEST = 4_000  # characters of a reference
WAITING = 50  # items of a list that are kept until it is plain that it is one of references
PATIENCE = 3  # paragraphs without a reference end a list without numbers
BLOCK, BLOCK_LENGTH = 200, 100_000  # lines, and signs, by which it is seen whether each line is a reference
SHOWN = 5  # stretches of running text that a message names
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MARK = re.compile(
    r"\s*(?:\[(\d{1,5})\]|\((\d{1,5})\)|(\d{1,5})[.)](?!\d)|([⁰¹²³⁴⁵⁶⁷⁸⁹]{1,5})|(\d{1,5})(?:\t|\s{2,}))\s*(?=\S)"
)
_HEADING = re.compile(
    r"\W*(?:\d+\.?\s+)?(?:(?:list of )?references?(?: list| cited)?|(?:select(?:ed)? )?bibliograph(?:y|ie)|works cited"
    r"|literature(?: cited)?|literatur(?:verzeichnis)?|quellen(?:verzeichnis)?|références|referencias|further reading"
    r"|notes and references|sources)\W*",
    re.I,
)
_LIKE = re.compile(rf"(?<!\d){YEAR}[a-z]?\b|{DOI_BEGINS}|https?://|\bISBN\b|\bRetrieved\b|\(n\.\s?d\.\)|\(in press\)")
_AUTHOR = re.compile(
    r"[A-ZÀ-Þ][\w'’‐-]+(?:\s+[A-ZÀ-Þ][\w'’‐-]+){0,2}(?:,\s*[A-ZÀ-Þ]|\s+[A-Z]{1,3}[,.])|[a-z]{2,3}\s(?:[a-z]{2,3}\s)?[A-ZÀ-Þ]\w+,"
)
_BEGINS = re.compile(
    rf"{_AUTHOR.pattern}|[A-ZÀ-Þ\d][^.()]{{1,90}}?\.?\s*\((?:{YEAR}[a-z]?|n\.\s?d\.)[,)]|[—–_-]{{2,}}[.,]?\s"
)
_SURE = re.compile(
    rf"{DOI_BEGINS}|\bIS[BS]N\b|\d\s*\(\d+\)\s*[:,]|\bvol\.\s*\d|\bpp\.\s*\d|{YEAR};\s*\d|(?:Retrieved|Accessed|Available)\b.*http",
    re.I,
)
_POINT = re.compile(r"\s*(?:[•▪‣●]\s*|[-–*]\s+(?=[^\W\d_a-zß-ÿ]|[a-z]{2,3}\s|[\"“‘\[']))(?=\S)")
_YEARED = re.compile(rf"(?<![\d/.-]){YEAR}[a-z]?\b|\(n\.\s?d\.")
_ENDED = re.compile(rf"(?:[.)\]/]|\d|(?:{DOI_BEGINS}|https?://)\S*)[\"”’]?\s*$")
_GOES_ON = re.compile(rf"https?://\S*[/=&?-]$|{DOI_BEGINS}\S*[/.-]$")  # an address or DOI at the end of a line


class Item(NamedTuple):
    """Lines that may be one reference: the first and last of them, their text, and the number before it, if any.

    *listed* tells whether they stand under a heading such as "References"; *divided* are words that go over a line's
    end with a hyphen, of which nobody can tell whether they have it. It is *pointed* where a point or dash stands
    before it. *doubts* tell where the list may be divided otherwise.
    """

    first: int
    last: int
    text: str
    number: int = 0
    listed: bool = False
    divided: tuple[str, ...] = ()
    pointed: bool = False
    doubts: tuple[str, ...] = ()


def entries(lines: Lines) -> Iterator[Entry]:
    """An entry for each reference of a text; one more tells which lines hold none."""
    rest, before, count = Rest(), "", 0
    for item, taken in _chosen(_items(lines())):
        if not taken:
            if not _is_heading(item.text):
                rest.add(item.first, item.last)
            continue
        rest.apart = True
        found = attempt(partial(_entry, item, before), item.first)
        before, count = _names(found.record) or before, count + 1
        yield found
    if not count:
        yield unreadable(
            1, 'no list of references was found: number them ("1. …" or "[1] …"), or put the heading "References" above'
        )  # fmt: skip
    elif rest:
        yield unreadable(rest.stretches[0][0], f"{rest} no references: nothing was taken from them")


class Rest:
    """Stretches of lines of which nothing was taken."""

    def __init__(self) -> None:
        self.stretches: list[tuple[int, int]] = []
        self.more, self.apart = 0, True

    def __bool__(self) -> bool:
        return bool(self.stretches)

    def add(self, first: int, last: int) -> None:
        """Lines from *first* to *last*; with no reference since, they lengthen the stretch above."""
        if not self.apart:
            self.stretches[-1] = (self.stretches[-1][0], last) if not self.more else self.stretches[-1]
        elif len(self.stretches) < SHOWN:
            self.stretches.append((first, last))
        else:
            self.more += 1
        self.apart = False

    def __str__(self) -> str:
        told = [f"{first}–{last}" if last > first else str(first) for first, last in self.stretches]
        more = f" and {self.more} more stretches" if self.more else ""
        one = told == [str(self.stretches[0][0])] and not more
        return f"line {told[0]} holds" if one else f"lines {', '.join(told)}{more} hold"


def _entry(item: Item, before: str) -> Entry:
    """The entry of a reference; *before* are the names of the one above, for which a dash may stand."""
    text = re.sub(r"^[—–_-]{2,}[.,]?\s+", lambda _: f"{before}. ", item.text) if before else item.text
    said, extra, problems = parts(text)
    divided = [f"the end of a line divides {word!r}: compare its hyphen" for word in item.divided]
    extra["text:reference"] = item.text
    return entry(said, extra, item.first, str(item.number or ""), problems=(*problems, *divided, *item.doubts))


def _names(record: dict[str, Any]) -> str:
    names = record.get("authors") or record.get("editors") or ()
    return "; ".join(each.get("literal") or ", ".join(each.values()) for each in names)


def _chosen(items: Iterable[Item]) -> Iterator[tuple[Item, bool]]:
    """Each item, and whether it is a reference; numbered ones stand or fall with the others of their list."""
    waiting: list[Item] = []
    sure, misses = False, 0
    for item in items:
        if item.number:
            if not waiting and item.number == 1 and not item.listed:
                sure = False
            sure = sure or item.listed or _sure(item)
            waiting.append(item)
            if sure or len(waiting) >= WAITING:
                yield from ((each, sure) for each in waiting)
                waiting.clear()
            continue
        yield from ((each, False) for each in waiting)
        waiting.clear()
        sure = False
        misses = 0 if item.listed and _is_heading(item.text) else misses
        taken = misses < PATIENCE and (item.pointed or bool(_LIKE.search(item.text)) if item.listed else _sure(item))
        misses = 0 if taken else misses + 1
        yield item, taken and len(item.text) <= LONGEST
    yield from ((each, False) for each in waiting)


def _sure(item: Item) -> bool:
    """Whether an item is surely a reference, wherever it stands."""
    if len(item.text) > LONGEST:
        return False
    return bool(_LIKE.search(item.text) and _BEGINS.match(item.text)) or bool(
        (item.number or item.pointed) and _SURE.search(item.text)
    )


def _is_heading(line: str) -> bool:
    return len(line) < 80 and bool(_HEADING.fullmatch(line.strip()))


def _items(lines: Iterator[str]) -> Iterator[Item]:
    """The items of a text in their order: numbered ones, and paragraphs."""
    listed, at, held = False, 0, _Held()
    for at, line, by_line in _laid(lines):
        number = _number(line, held.before + 1)
        if not line.strip():
            held.gap = True
        elif _is_heading(line):
            yield from held.release()
            listed = True
            held.begin(at, line.strip(), 0, False)
            yield from held.release()
        elif number and held.follows(number):
            yield from held.release()
            held.begin(at, _MARK.sub("", line, count=1), number, listed)
        elif pointed := held.points(line):
            yield from held.release()
            held.begin(at, line[pointed:], 0, listed, pointed=True)
        elif held.goes_on(line, by_line):
            held.add(at, line, by_line)
        else:
            yield from held.release()
            held.begin(at, line, 0, listed)
    yield from held.release()


def _laid(lines: Iterable[str]) -> Iterator[tuple[int, str, bool]]:
    """Each line with its number, and whether it stands among lines of which each is a reference."""
    block: list[str] = []
    first = length = 1
    for at, line in enumerate(lines, 1):
        if ends := not line.strip() or _is_heading(line) or len(block) >= BLOCK or length > BLOCK_LENGTH:
            yield from _each(block, first)
            block, length = [], 0
        if ends and (not line.strip() or _is_heading(line)):
            yield at, line, False
            continue
        first = first if block else at
        block.append(line)
        length += len(line)
    yield from _each(block, first)


def _each(block: list[str], first: int) -> Iterator[tuple[int, str, bool]]:
    by_line = _by_line(block)
    return ((at, line, by_line) for at, line in enumerate(block, first))


def _by_line(block: list[str]) -> bool:
    """Whether each line is a reference: most begin and end like one and have a year, and none is indented."""
    if len(block) < 2 or any(line[:1].isspace() for line in block):
        return False
    begin = sum(bool(_BEGINS.match(line)) or _early(line) for line in block)
    like = sum(bool(_LIKE.search(line[:LONGEST])) for line in block)
    end = sum(_ended(line) for line in block)
    return begin * 2 > len(block) and min(like, end) * 3 >= len(block) * 2


def _early(line: str) -> bool:
    """Whether a line has a year in its first half, as a reference has it behind the names."""
    return line[:1].isalnum() and bool(_YEARED.search(line[: min(len(line) // 2, LONGEST)]))


def _ended(line: str) -> bool:
    """Whether a line ends as a reference may: with a full stop, a number, a DOI or an address."""
    return bool(_ENDED.search(line.rstrip()[-200:]))


def _number(line: str, expected: int) -> int:
    """The number before a reference, of which the *expected* one may look like a year; 0 where there is none."""
    if not (found := _MARK.match(line[:80])):
        return 0
    digits = next(filter(None, found.groups())).translate(_RAISED)
    is_year = re.fullmatch(YEAR, digits) and not line.lstrip().startswith("[") and int(digits) != expected
    return 0 if is_year else int(digits)


class _Held:
    """The item that is being read."""

    def __init__(self) -> None:
        self.first = self.last = self.number = self.indent = self.length = 0
        self.before = 0  # the number of the last item that had one
        self.listed = self.gap = self.pointed = False
        self.doubts: list[str] = []
        self.lines: list[str] = []

    def begin(self, at: int, text: str, number: int, listed: bool, pointed: bool = False) -> None:
        """Begin with line *at*."""
        self.first = self.last = at
        self.number, self.listed, self.gap, self.pointed, self.doubts = number, listed, False, pointed, []
        self.indent = len(text) - len(text.lstrip())
        self.lines, self.length = [text[: LONGEST + 1].strip()], len(text)
        self.before = number or self.before

    def add(self, at: int, line: str, by_line: bool = False) -> None:
        """Add line *at*; of what is too long to be a reference no more is kept than shows it."""
        if by_line and not self.number and line[:1].isupper() and _ended(self.lines[-1]):
            self.doubts.append(f"line {at} may be a reference of its own: compare")
        self.last, self.gap = at, False
        if self.length <= LONGEST:
            self.lines.append(line[: LONGEST + 1].strip())
            self.length += len(line)

    def follows(self, number: int) -> bool:
        """Whether a *number* begins an item: the first of a list, or the next one."""
        return number in (1, self.before + 1) or not self.number or self.gap

    def points(self, line: str) -> int:
        """How long the point or dash is that begins an item of a list; 0 where there is none."""
        found = _POINT.match(line[:80])
        dash_in_numbered = self.number and not self.gap and found and found[0].strip()[:1] in "-–*"
        return found.end() if found and not dash_in_numbered else 0

    def goes_on(self, line: str, by_line: bool = False) -> bool:
        """Whether a *line* without a number belongs to the item that is held; *by_line*, each may be one."""
        if not self.lines or self.gap:
            return False
        if self.number or self.pointed:
            return True
        if by_line and _ended(self.lines[-1]) and _early(line):
            return False
        if not _BEGINS.match(line.lstrip()):
            return True
        indent = len(line) - len(line.lstrip())
        return indent > self.indent or (
            not self.lines[-1].rstrip().endswith((".", ")", "/", "]")) and not self.lines[-1][-1:].isdigit()
        )

    def release(self) -> Iterator[Item]:
        """Give the item, if there is one."""
        if self.lines:
            text, divided = _joined(self.lines)
            yield Item(self.first, self.last, text, self.number, self.listed, divided, self.pointed, tuple(self.doubts))
        self.lines = []


def _joined(lines: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Lines as one, an address and a divided word without a space; and the divided words."""
    text, divided = "", []
    for line in lines:
        if first := re.search(r"[^\W\d_]+-$", text) if re.match(r"[a-zß-ÿ]", line) else None:
            divided.append(first[0] + line.split()[0].rstrip(".,;:"))
            text += line
        elif _GOES_ON.search(text):
            text += line
        else:
            text += f" {line}" if text else line
    return text, tuple(divided)
