"""What of an evidence map stands on a page: its unfolded rows and columns, or one line of it as two lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kb import NotFound
from kb.errors import unknown

from .pages import walk

MOST = {"rows": 200, "columns": 60}  # that a page shows
FOLDED = "-"  # before the id of a line that stays folded while all others are unfolded

Cells = Mapping[tuple[str, str], Any]


class Head(NamedTuple):
    """A row or column in its place: how deep it stands, whether there is more below it, and whether that is shown."""

    line: Any
    level: int
    unfolds: bool
    open: bool


class Grid(NamedTuple):
    """The rows and columns that are shown, the cells by both their ids, and the number of claims in the fullest.

    *more* tells how many rows and columns are too many for a page.
    """

    rows: tuple[Head, ...]
    columns: tuple[Head, ...]
    cells: Cells
    most: int
    more: Mapping[str, int]

    @property
    def pairs(self) -> dict[tuple[str, str], None]:
        """Where rows and columns meet, each once: a concept below two others stands twice."""
        return dict.fromkeys((row.line.id, column.line.id) for row in self.rows for column in self.columns)

    @property
    def shown(self) -> list[Any]:
        """The cells that hold anything."""
        return [self.cells[pair] for pair in self.pairs if pair in self.cells]


class Entry(NamedTuple):
    """A concept beside a line of a map, how deep it stands, how many are *narrower*, and the cell of the two."""

    line: Any
    level: int
    narrower: int
    cell: Any


class Strip(NamedTuple):
    """One line of a map: what of the *other* scheme has claims with it, and what has nothing.

    *axis* is where the line itself stands, rows or columns; *above* are the lines it is sorted under, *below* those
    right below it, *beside* those sorted right beside it. Of the concepts of the other scheme, its *groups* apart, some
    have *own* claims, which are themselves about the column, some only claims *by_work*, some only relations
    (*related*).
    """

    axis: str
    line: Any
    other: Any
    above: tuple[Any, ...]
    below: tuple[Any, ...]
    beside: tuple[Any, ...]
    entries: tuple[Entry, ...]
    empty: tuple[Any, ...]
    groups: int
    own: int
    by_work: int
    related: int
    most: int

    @property
    def filled(self) -> int:
        """How many concepts have anything."""
        return self.own + self.by_work + self.related


def grid(view: Any, unfold: Sequence[str]) -> Grid:
    """What of the map *view* is shown where the lines *unfold* are unfolded; see `unfolded`."""
    shown = {name: tuple(_heads(axis.lines, unfolded(name, unfold))) for name, axis in _axes(view).items()}
    more = {name: max(len(heads) - MOST[name], 0) for name, heads in shown.items()}
    rows, columns = (shown[name][: MOST[name]] for name in ("rows", "columns"))
    made = Grid(rows, columns, _cells(view), 0, more)
    return made._replace(most=max((cell.claims for cell in made.shown), default=0))


def unfolded(axis: str, unfold: Iterable[str]) -> Callable[[str], bool]:
    """A function that tells whether a line is unfolded: it is named, or all of *axis* are and it is not taken out.

    >>> all_but_one = unfolded("rows", ["rows", "-b"])
    >>> all_but_one("a"), all_but_one("b"), unfolded("columns", ["rows", "c"])("c")
    (True, False, True)
    """
    named = set(unfold)
    if axis in named:
        return lambda id: FOLDED + id not in named
    return named.__contains__


def turned(axis: str, unfold: Sequence[str], id: str) -> list[str]:
    """What is unfolded after the line *id* was folded or unfolded.

    >>> turned("rows", ["a"], "b"), turned("rows", ["a", "b"], "a"), turned("rows", ["rows"], "a")
    (['a', 'b'], ['b'], ['rows', '-a'])
    """
    name = FOLDED + id if axis in unfold else id
    return [each for each in unfold if each != name] if name in unfold else [*unfold, name]


def away(axis: Any) -> tuple[Any, ...]:
    """The lines of a whole axis that hold nothing, each once; headings are left out."""
    return tuple({line.id: line for line in walk(axis.lines) if not (line.filled or line.groups)}.values())


def strip(view: Any, id: str) -> Strip:
    """The line *id* of the map *view*; raises NotFound where neither scheme has it."""
    axis, (*above, line) = _way(view, id)
    other = view.columns if axis == "rows" else view.rows
    cells = {cell.column if axis == "rows" else cell.row: cell for cell in view.cells if getattr(cell, axis[:-1]) == id}
    entries = tuple(_entries(other.lines, cells, set()))
    named = {each.id: each for each in walk(other.lines)}
    concepts = {id: each for id, each in named.items() if not each.groups}
    empty = tuple(each for id, each in concepts.items() if id not in cells)
    kinds = Counter(_kind(cells[id]) for id in concepts if id in cells)
    beside = tuple(each for each in above[-1].children if each.id != id) if above else ()
    most = max((cell.claims for cell in cells.values()), default=0)
    return Strip(
        axis, line, other, tuple(above), line.children, beside, entries, empty, len(named) - len(concepts),
        kinds["own"], kinds["by work"], kinds["related"], most,
    )  # fmt: skip


def _kind(cell: Any) -> str:
    return "own" if cell.own else "by work" if cell.claims else "related"


def of_line(view: Any, id: str) -> Any:
    """The map *view* with the cells of the line *id* alone."""
    axis, _ = _way(view, id)
    return view._replace(cells=tuple(cell for cell in view.cells if getattr(cell, axis[:-1]) == id))


def grid_of_line(view: Any, id: str) -> Grid:
    """The line *id* as a grid of one row or column, the other axis unfolded."""
    axis, (*_, line) = _way(view, id)
    narrowed = of_line(view, id)
    held = {cell.column if axis == "rows" else cell.row for cell in narrowed.cells}
    other = "columns" if axis == "rows" else "rows"
    heads = [head for head in _heads(_axes(view)[other].lines, lambda _: True) if head.line.id in held]
    shown = {axis: (Head(line, 0, False, False),), other: tuple(heads[: MOST[other]])}
    more = {axis: 0, other: max(len(heads) - MOST[other], 0)}
    most = max((cell.claims for cell in narrowed.cells), default=0)
    return Grid(shown["rows"], shown["columns"], _cells(narrowed), most, more)


def _axes(view: Any) -> dict[str, Any]:
    return {"rows": view.rows, "columns": view.columns}


def _cells(view: Any) -> Cells:
    return {(cell.row, cell.column): cell for cell in view.cells}


def _heads(lines: Iterable[Any], is_open: Callable[[str], bool], level: int = 0) -> Iterator[Head]:
    """The lines that hold anything, from the top down as far as they are unfolded."""
    for line in lines:
        if line.filled:
            unfolds = any(child.filled for child in line.children)
            opened = unfolds and is_open(line.id)
            yield Head(line, level, unfolds, opened)
            if opened:
                yield from _heads(line.children, is_open, level + 1)


def _entries(lines: Iterable[Any], cells: Mapping[str, Any], seen: set[str], level: int = 0) -> Iterator[Entry]:
    """The lines that have a cell, each once, where it stands first."""
    for line in lines:
        if line.id in cells and line.id not in seen:
            seen.add(line.id)
            yield Entry(line, level, len({each.id for each in walk(line.children)}), cells[line.id])
        yield from _entries(line.children, cells, seen, level + 1)


def _way(view: Any, id: str) -> tuple[str, tuple[Any, ...]]:
    """The axis that the line *id* stands on, and the lines from the top down to it."""
    for name, axis in _axes(view).items():
        if found := _down(axis.lines, id):
            return name, found
    known = [line.id for axis in _axes(view).values() for line in walk(axis.lines)]
    raise NotFound(unknown("line", id, known) + f" in the map of {view.rows.label} and {view.columns.label}")


def _down(lines: Iterable[Any], id: str) -> tuple[Any, ...]:
    for line in lines:
        if line.id == id:
            return (line,)
        if below := _down(line.children, id):
            return (line, *below)
    return ()
