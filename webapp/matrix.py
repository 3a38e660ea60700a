"""The cells of an evidence map as HTML. A page has thousands: a template takes a quarter of a second for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from .asked import SAFE
from .cell_marks import RADIUS, Mark, Slice, mark
from .cell_words import nothing, parted, said, signs
from .grid import Grid, Head

CELLS = 20_000  # that are remembered for the next page: they are the same in each language
COLOURS = {
    "disputed": "against",
    "qualified": "partly",
    "supported": "agree",
    "alone": "alone",
}  # as the style has them


class Column(NamedTuple):
    """What all cells of a column have in common, escaped: the end of their address, and what an empty one is called."""

    id: str
    kind: str
    address: str
    label: str
    nothing: str


def rows(grid: Grid, root: str, rest: str, in_field: bool) -> Iterator[tuple[Head, Markup]]:
    """Each row of *grid* with its cells; their addresses begin with *root* and end with *rest*."""
    columns = [_column(head, rest, in_field) for head in grid.columns]
    for head in grid.rows:
        id, label, start = head.line.id, escape(head.line.label), escape(f"{root}?row={quote(head.line.id, SAFE)}")
        found = ((column, grid.cells.get((id, column.id))) for column in columns)
        yield head, Markup("".join(
            _full(f"{start}{column.address}", f"{label} × {column.label}", column.kind, cell, grid.most)
            if cell else _empty(f"{start}{column.address}", f"{label} × {column.nothing}", column.kind)
            for column, cell in found
        ))  # fmt: skip


def _column(head: Head, rest: str, in_field: bool) -> Column:
    line, label = head.line, escape(head.line.label)
    kind = ' class="below"' if head.level else ""
    address = escape(f"&column={quote(line.id, SAFE)}{rest}")
    return Column(line.id, kind, address, label, f"{label}: {escape(nothing(line.sources, in_field))}")


def _full(address: str, label: str, kind: str, cell: Any, most: int) -> str:
    before, after = _inside(cell, most)
    return f'<td{kind}><a class="cell" href="{address}">{before}{label}{after}</a></td>'


@lru_cache(CELLS)
def _inside(cell: Any, most: int) -> tuple[str, str]:
    """What stands in a cell before and after its label; what is seen is a part of what is heard (WCAG 2.2, 2.5.3)."""
    number, told = parted(cell), said(cell)
    own, _, rest = number.partition(" ")
    seen = f"<b>{own}</b> {rest}" if cell.own else number
    return f'{drawn(mark(cell, most))}<span class="hidden">', (
        f': </span><span class="claims-of-cell">{seen}</span><span class="hidden">{told.removeprefix(number)}</span>'
        f'<small aria-hidden="true">{signed(cell)}</small>'
    )


def _empty(address: str, label: str, kind: str) -> str:
    return f'<td{kind}><a class="none" href="{address}" title="{label}"></a></td>'


@lru_cache(10_000)
def drawn(mark: Mark) -> Markup:
    """A mark as a small picture that who hears the page is spared."""
    edge, size = -RADIUS - 1, 2 * RADIUS + 2
    parts = [f'<circle class="hollow" r="{mark.radius:g}"/>'] if mark.hollow else []
    if mark.pale:
        parts += [
            '<g class="pale">',
            *_shapes(mark.pale, mark.radius),
            f'</g><circle class="rim" r="{mark.radius:g}"/>',
        ]
    parts += _shapes(mark.full, mark.inner)
    return Markup(
        f'<svg class="mark-of-cell" viewBox="{edge:g} {edge:g} {size:g} {size:g}" width="{size:g}" height="{size:g}" '
        f'aria-hidden="true">{"".join(parts)}</svg>'
    )


def _shapes(slices: Iterable[Slice], radius: float) -> Iterator[str]:
    for slice in slices:
        shape = f'path d="{slice.path}"' if slice.path else f'circle r="{radius:g}"'
        yield f'<{shape} class="{COLOURS[slice.kind]}"/>'


def signed(cell: Any) -> Markup:
    """How the claims of a cell stand to others, and its relations, in signs."""
    return _signed(tuple(signs(cell)), cell.relations)


@lru_cache(10_000)
def _signed(found: tuple[tuple[str, int, str], ...], relations: int) -> Markup:
    parts = [f'<span class="{COLOURS[kind]}">{number:,} {sign}</span>' for kind, number, sign in found]
    parts += [f'<span class="asserted">→ {relations:,}</span>'] if relations else []
    return Markup(" ".join(parts))
