"""Where the parts of the picture of paths stand: three columns on a wide page, on a phone a tree from the start down.

Concepts are boxes, each once in a column; in the tree one that several lead to is drawn below each of them. A line is
thicker the more works a step was read in, and has a sign where other claims stand against its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kb.overview import Ref
from kb.synthesis.paths import PathsView
from kb.synthesis.shown import Path, StepView
from kb.synthesis.steps import said_of

from .graph_layout import GAP, Box, Frame, Line, boxed, height_of

PLACES = ("start", "middle", "end")
SIGNS = {"disputes": "≠", "qualifies": "±", "near": "∗"}  # the last where claims about both its ends do
CONTRARY = ("disputes", "qualifies")
WIDE, PHONE = Frame(760.0, 196.0, 0, 0.0), Frame(340.0, 270.0, 0, 0.0)
TOP, INDENT, TRUNK = 22.0, 32.0, 10.0  # room for the captions; how far a level of the tree stands in, and its line
THICK, READ_NOWHERE = 7.0, 1.5


class Spot(NamedTuple):
    """A concept at a place of the paths."""

    place: str
    concept: Ref


class Edge(NamedTuple):
    """The line of a step, how other claims stand to it at worst, and where the sign for that stands."""

    step: StepView
    path: str
    width: float
    kind: str
    sign: str
    x: float
    y: float


class Picture(NamedTuple):
    """Boxes, whose neighbours are spots, lines and captions with the size of the whole."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    captions: tuple[Line, ...]


class Branch(NamedTuple):
    """What can be done, the step that leads to it, and the steps on from it with their ends."""

    middle: Ref
    first: StepView | None
    ends: list[tuple[Ref, StepView]]


def wide(view: PathsView) -> Picture:
    """The paths of a page in three columns; a concept stands about level with what it is linked to."""
    columns = {place: _concepts(view.paths, place) for place in PLACES}
    height = max(_stack(column) for column in columns.values())
    boxes = _column(columns["middle"], "middle", {}, height)
    for place in ("start", "end"):
        levels = {id: [box.y + box.height / 2 for box in boxes if box.neighbour.concept.id in linked]
                  for id, linked in _linked(view.paths, place).items()}  # fmt: skip
        boxes += _column(columns[place], place, {id: sum(ys) / len(ys) for id, ys in levels.items() if ys}, height)
    at = {(box.neighbour.place, box.neighbour.concept.id): box for box in boxes}
    edges = {_key(step): _across(step, at[step_from], at[step_to]) for step, step_from, step_to in _steps(view.paths)}
    labels = dict(zip(PLACES, (view.starts, view.middles, view.ends), strict=True))
    captions = (Line(labels[place].label, _left(place) + WIDE.box / 2, 12.0) for place in PLACES if columns[place])
    return Picture(WIDE.width, TOP + height, tuple(boxes), tuple(edges.values()), tuple(captions))


def on_phone(view: PathsView) -> Picture:
    """The same as a tree: below each start what can be done, below that what it leads to."""
    boxes: list[Box] = []
    edges: list[Edge] = []

    def add(place: str, concept: Ref, level: int, above: Box | None = None, step: StepView | None = None) -> Box:
        y = boxes[-1].y + boxes[-1].height + GAP if boxes else 0.0
        box = boxed(Spot(place, concept), concept.label, level * INDENT, y, PHONE)
        boxes.append(box)
        if above and step:
            edges.append(_down(step, above, box))
        return box

    for start, branches in _tree(view.paths).items():
        root = add("start", start, 0) if start else None
        for branch in branches:
            over = add("middle", branch.middle, 1, root, branch.first)
            for end, second in branch.ends:
                add("end", end, 2, over, second)
    height = boxes[-1].y + boxes[-1].height if boxes else 0.0
    return Picture(PHONE.width, height, tuple(boxes), tuple(edges), ())


def _tree(paths: Iterable[Path]) -> dict[Ref | None, list[Branch]]:
    """For each start what it leads over, and to, in the order of the paths."""
    found: dict[Ref | None, dict[tuple[str, str], Branch]] = {}
    for path in paths:
        key = path.middle.id, path.first.relation if path.first else ""
        branch = found.setdefault(path.start, {}).setdefault(key, Branch(path.middle, path.first, []))
        if path.end and path.second:
            branch.ends.append((path.end, path.second))
    return {start: list(branches.values()) for start, branches in found.items()}


def _concepts(paths: Iterable[Path], place: str) -> dict[str, Ref]:
    """The concepts at a place, in the order of the paths."""
    found = (getattr(path, place) for path in paths)
    return {ref.id: ref for ref in found if ref}


def _linked(paths: Iterable[Path], place: str) -> dict[str, set[str]]:
    """What can be done on the paths of each concept at a place."""
    found: dict[str, set[str]] = {}
    for path in paths:
        if ref := getattr(path, place):
            found.setdefault(ref.id, set()).add(path.middle.id)
    return found


def _steps(paths: Iterable[Path]) -> Iterator[tuple[StepView, tuple[str, str], tuple[str, str]]]:
    """Each step with the places and ids of what it leads from and to."""
    for path in paths:
        for step, places in ((path.first, PLACES[:2]), (path.second, PLACES[1:])):
            if step:
                yield step, (places[0], step.subject.id), (places[1], step.object.id)


def _key(step: StepView) -> tuple[str, str, str]:
    return step.subject.id, step.relation, step.object.id


def _left(place: str) -> float:
    return PLACES.index(place) * (WIDE.width - WIDE.box) / 2


def _stack(concepts: Mapping[str, Ref]) -> float:
    return sum(height_of(ref.label, WIDE) + GAP for ref in concepts.values()) - GAP if concepts else 0.0


def _column(concepts: Mapping[str, Ref], place: str, levels: Mapping[str, float], height: float) -> list[Box]:
    """Boxes one below the other, each as near to its level as the others allow; without levels, in the middle."""
    refs = sorted(concepts.values(), key=lambda ref: levels.get(ref.id, height)) if levels else [*concepts.values()]
    heights = [height_of(ref.label, WIDE) for ref in refs]
    if levels:
        wanted = [levels.get(ref.id, height) - TOP - tall / 2 for ref, tall in zip(refs, heights, strict=True)]
    else:
        wanted = [(height - _stack(concepts)) / 2] * len(refs)
    tops = _settled(wanted, heights, height)
    return [boxed(Spot(place, ref), ref.label, _left(place), TOP + top, WIDE)
            for ref, top in zip(refs, tops, strict=True)]  # fmt: skip


def _settled(wanted: Sequence[float], heights: Sequence[float], room: float) -> list[float]:
    """Where boxes begin that would be at *wanted*, so that none overlaps the next and all are within *room*."""
    tops: list[float] = []
    free = 0.0
    for top, tall in zip(wanted, heights, strict=True):
        tops.append(max(free, top))
        free = tops[-1] + tall + GAP
    end = room
    for number in reversed(range(len(tops))):
        tops[number] = min(tops[number], end - heights[number])
        end = tops[number] - GAP
    return tops


def _across(step: StepView, left: Box, right: Box) -> Edge:
    x, y, end, to = left.x + left.width, left.y + left.height / 2, right.x, right.y + right.height / 2
    half = (x + end) / 2
    return _edge(step, f"M{x:g} {y:g}C{half:g} {y:g} {half:g} {to:g} {end:g} {to:g}", half, (y + to) / 2)


def _down(step: StepView, above: Box, box: Box) -> Edge:
    x, y = above.x + TRUNK, box.y + box.height / 2
    return _edge(step, f"M{x:g} {above.y + above.height:g}V{y:g}H{box.x:g}", x, y)


def _edge(step: StepView, path: str, x: float, y: float) -> Edge:
    stances = (each for each in CONTRARY if said_of(step.standings, each))
    kind = next(stances, "near" if step.nearby else "")
    width = min(READ_NOWHERE + step.strength.works, THICK) if step.established else READ_NOWHERE
    return Edge(step, path, width, kind, SIGNS.get(kind, ""), x, y)
