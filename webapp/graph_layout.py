"""Where the parts of a concept's neighbourhood stand in its picture, for a wide page and for a phone.

In a wide one, broader concepts stand above and narrower ones below, what comes in stands at the left, what goes out at
the right; what has no direction fills up the shorter side. On a phone all but the broader ones stand below, at both
sides of a trunk. Labels are broken into lines, never cut, and boxes are as high as their lines; so nothing overlaps in
any language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby, takewhile
from typing import Any, NamedTuple

GAP, LINE, PADDING, CAPTION, TRUNK = 10.0, 17.0, 8.0, 20.0, 36.0  # in units, near to pixels of the page
SIZE = 13.0  # of the letters
NARROW, BROAD = "iljftrI.,:;'|!()[]- ", "mwMW@%—"


class Frame(NamedTuple):
    """How wide the whole and a box are, how many boxes stand in a row before a trunk parts them, and how far off."""

    width: float
    box: float
    abreast: int
    rise: float

    @property
    def middle(self) -> float:
        return self.width / 2


WIDE, PHONE = Frame(640.0, 176.0, 3, 44.0), Frame(340.0, 152.0, 0, 32.0)
TOP = PHONE._replace(abreast=1)  # where no trunk goes on


class Line(NamedTuple):
    """A line of text with the middle of its base, or the beginning for a caption."""

    text: str
    x: float
    y: float


class Box(NamedTuple):
    """A concept in the picture; *neighbour* is None for the one in the middle."""

    neighbour: Any
    x: float
    y: float
    width: float
    height: float
    lines: tuple[Line, ...]


class Edge(NamedTuple):
    """A curve from the middle to a neighbour."""

    neighbour: Any
    path: str


Part = Box | Edge | Line


class Picture(NamedTuple):
    """Boxes, curves and captions with the size of the whole."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    captions: tuple[Line, ...]


def wide(label: str, neighbours: Sequence[Any]) -> Picture:
    """The picture of the concept called *label* among its *neighbours* (`kb.views.neighbours.Neighbour`)."""
    left, right = _sides(neighbours)
    up, down = ([each for each in neighbours if each.direction == direction] for direction in ("up", "down"))
    half = height_of(label, WIDE) / 2
    band = max(_stack_height(left), _stack_height(right), 2 * half) / 2
    start, end = (half if len(concepts) == 1 else band for concepts in (up, down))  # one alone stands between the sides
    middle = max(band, start + _rows_height(up, WIDE))
    parts = [
        boxed(None, label, WIDE.middle - WIDE.box / 2, middle - half, WIDE),
        *_stack(left, 0.0, middle),
        *_stack(right, WIDE.width - WIDE.box, middle),
        *_rows(up, middle - start, middle - half, -1, WIDE),
        *_rows(down, middle + end, middle + half, 1, WIDE),
    ]
    return _picture(parts, WIDE)


def on_phone(label: str, neighbours: Sequence[Any]) -> Picture:
    """The same for a narrow page: what asserts or is asserted first, then narrower, then related concepts."""
    up = [each for each in neighbours if each.direction == "up"]
    rest = sorted(neighbours, key=lambda each: ("in", "out", "down", "beside", "up").index(each.direction))
    top, height = _rows_height(up, TOP), height_of(label, PHONE)
    parts = [boxed(None, label, PHONE.middle - PHONE.box / 2, top, PHONE), *_rows(up, top, top, -1, TOP)]
    y = start = top + height
    for _, group in groupby(_by_link(rest[: len(rest) - len(up)]), key=lambda each: each.link):
        concepts = list(group)
        parts += _rows(concepts, y, start, 1, PHONE)
        y += _rows_height(concepts, PHONE) - GAP
    return _picture(parts, PHONE)


def _picture(parts: Sequence[Part], frame: Frame) -> Picture:
    boxes = tuple(part for part in parts if isinstance(part, Box))
    edges = tuple(part for part in parts if isinstance(part, Edge))
    captions = tuple(part for part in parts if isinstance(part, Line))
    return Picture(frame.width, max(box.y + box.height for box in boxes), boxes, edges, captions)


def _sides(neighbours: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Who stands left and right of the middle, each with those of the same link."""
    left, right = ([each for each in neighbours if each.direction == direction] for direction in ("in", "out"))
    for each in neighbours:
        if each.direction == "beside":
            min(left, right, key=len).append(each)
    return _by_link(left), _by_link(right)


def _by_link(neighbours: Sequence[Any]) -> list[Any]:
    """Those of the same link together, in the order of their first."""
    order = list(dict.fromkeys(each.link for each in neighbours))
    return sorted(neighbours, key=lambda each: order.index(each.link))


def _stack(side: Sequence[Any], x: float, middle: float) -> Iterator[Part]:
    """Boxes one below the other, those of one link below its caption."""
    y = middle - _stack_height(side) / 2
    for link, group in groupby(side, key=lambda each: each.link):
        yield Line(link, x, y + CAPTION - 7)
        y += CAPTION
        for each in group:
            box = boxed(each, each.label, x, y, WIDE)
            yield from (box, Edge(each, _sideways(box, middle)))
            y += box.height + GAP


def _sideways(box: Box, middle: float) -> str:
    side = -1 if box.x < WIDE.middle else 1
    inner, outer = WIDE.middle + side * WIDE.box / 2, box.x + (box.width if side < 0 else 0)
    half, y = (inner + outer) / 2, box.y + box.height / 2
    return f"M{inner:g} {middle:g}C{half:g} {middle:g} {half:g} {y:g} {outer:g} {y:g}"


def _rows(concepts: Sequence[Any], edge: float, start: float, way: int, frame: Frame) -> Iterator[Part]:
    """Boxes in rows, away from *edge*: upwards where *way* is -1; their lines begin at *start*."""
    y, trunk, boxes = edge + way * frame.rise, len(concepts) > frame.abreast, list[Box]()
    for row in _in_rows(concepts, frame):
        for each, x in zip(row, _columns(len(row), trunk, frame), strict=True):
            boxes.append(boxed(each, each.label, x, y if way > 0 else y - height_of(each.label, frame), frame))
        y += way * (_row_height(row, frame) + GAP)
    yield from boxes
    for box in boxes:
        path = _from_trunk(box, start, way, frame) if trunk else _fan(box, edge, start, way, frame)
        yield Edge(box.neighbour, path)
    if boxes:
        yield Line(concepts[0].link, boxes[0].x, min(box.y for box in boxes) - 7)


def _fan(box: Box, edge: float, start: float, way: int, frame: Frame) -> str:
    """Straight past the sides, then in a curve to the box."""
    x, end = box.x + box.width / 2, box.y if way > 0 else box.y + box.height
    half = (edge + end) / 2
    return f"M{frame.middle:g} {start:g}V{edge:g}C{frame.middle:g} {half:g} {x:g} {half:g} {x:g} {end:g}"


def _from_trunk(box: Box, start: float, way: int, frame: Frame) -> str:
    """Along the middle, then round the corner to the box."""
    x, y = (box.x + box.width if box.x < frame.middle - box.width / 2 else box.x), box.y + box.height / 2
    return f"M{frame.middle:g} {start:g}V{y - way * GAP:g}Q{frame.middle:g} {y:g} {x:g} {y:g}"


def _columns(count: int, trunk: bool, frame: Frame) -> list[float]:
    """The left ends of *count* boxes in a row, at both sides of the trunk if there is one."""
    gap = TRUNK if trunk else (frame.width - frame.abreast * frame.box) / max(frame.abreast - 1, 1)
    width = 2 * frame.box + gap if trunk else count * frame.box + (count - 1) * gap
    return [(frame.width - width) / 2 + number * (frame.box + gap) for number in range(count)]


def _in_rows(concepts: Sequence[Any], frame: Frame) -> list[Sequence[Any]]:
    number = len(concepts) if 0 < len(concepts) <= frame.abreast else 2
    return [concepts[first : first + number] for first in range(0, len(concepts), number)]


def _rows_height(concepts: Sequence[Any], frame: Frame) -> float:
    rows = [_row_height(row, frame) for row in _in_rows(concepts, frame)]
    return frame.rise + sum(rows) + GAP * len(rows) + CAPTION - GAP if rows else 0.0


def _row_height(row: Iterable[Any], frame: Frame) -> float:
    return max(height_of(each.label, frame) for each in row)


def _stack_height(side: Sequence[Any]) -> float:
    """With as much room below as the first caption takes above, so that one box alone stands level with the middle."""
    captions = len({each.link for each in side})
    return sum(height_of(each.label, WIDE) + GAP for each in side) + CAPTION * (captions + 1) - GAP if side else 0.0


def boxed(neighbour: Any, label: str, x: float, y: float, frame: Frame) -> Box:
    """A box with *label* in lines that fit into it."""
    lines = _spaced(label, wrap(label, _room(frame)))
    texts = (Line(text, x + frame.box / 2, y + PADDING + LINE * (n + 0.75)) for n, text in enumerate(lines))
    return Box(neighbour, x, y, frame.box, height_of(label, frame), tuple(texts))


def _spaced(label: str, lines: Iterable[str]) -> Iterator[str]:
    """The *lines* of a label, each with the space that follows it there: together they are read as the label."""
    rest = " ".join(label.split())
    for line in lines:
        rest = rest[len(line) :]
        yield line + " " * rest.startswith(" ")
        rest = rest.lstrip()


def height_of(label: str, frame: Frame) -> float:
    """How high the box of *label* is."""
    return LINE * len(wrap(label, _room(frame))) + 2 * PADDING


def _room(frame: Frame) -> float:
    return frame.box - 2 * PADDING


@lru_cache(10_000)
def wrap(label: str, room: float) -> tuple[str, ...]:
    """*label* in lines that fit into *room*; a word that is longer alone is broken.

    >>> wrap("Coaching and external support for marginal stakeholders", 160)
    ('Coaching and external', 'support for marginal', 'stakeholders')
    """
    lines = [""]
    for word in label.split():
        for part in _parts(word, room):
            longer = f"{lines[-1]} {part}".strip()
            lines[len(lines) - (width(longer) <= room) :] = [longer if width(longer) <= room else part]
    return tuple(lines)


def _parts(word: str, room: float) -> Iterator[str]:
    """A word as it is, or in parts that fit; it is broken after a hyphen of its own, if there is one."""
    while (fits := max(_fitting(word, room), 1)) < len(word):
        end = word.rfind("-", 0, fits) + 1 or fits
        yield word[:end]
        word = word[end:]
    yield word


def _fitting(word: str, room: float) -> int:
    """How many letters of a word fit."""
    return sum(1 for _ in takewhile(lambda wide: wide <= room, accumulate(map(width, word))))


def width(text: str) -> float:
    """About how wide *text* is set in a sans serif, rather too wide than too narrow."""
    return SIZE * sum(map(_letter, text))


def _letter(letter: str) -> float:
    if letter in NARROW:
        return 0.36
    if letter in BROAD or unicodedata.east_asian_width(letter) in "WF":
        return 1.02
    return 0.74 if letter.isupper() else 0.59
