"""An evidence map as one picture that stands alone: heads, marks, numbers, key, and whence the data are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial
from math import cos, pi, sin
from typing import Any, NamedTuple

from flask import Response, render_template
from markupsafe import Markup, escape

from .bodies import answer
from .cell_marks import PALE, PARTED, Mark, Slice, mark, sizes, spot
from .cell_words import STANCES, counted, parted, said, signs
from .evidence_map import chosen_filters, map_form, map_view
from .formats import current_base, language, site_title
from .graph_layout import SIZE, width, wrap
from .grid import Grid, Head, grid, grid_of_line
from .matrix import CELLS
from .twins import SVG, Twin

COLUMN, ROW, LINE, INDENT, MARGIN = 104.0, 44.0, 14.0, 12.0, 24.0  # in units, near to pixels
LABEL, HEAD = 210.0, 170.0  # room for the label of a row; of a column, along its slant
SLANT = pi / 4
NARROWEST = 760.0  # of the whole, so that title and key find room
KINDS = {"disputed": "#a3262a", "qualified": "#7a4a00", "supported": "#1f6b3a", "alone": "#629499"}
INK, SOFT, RULE = "#20262b", "#59626a", "#dedad0"
LONG = 9  # letters of a number that has room
EMPTY = "nothing annotated here", f'<circle r="1.2" fill="{SOFT}"/>'
NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets
OWN = "1 of 4: of 4 claims about the row, 1 is itself about the column; the others only come from works about it"
MEANS = (
    "A dot reads “nothing annotated here”: no claim here is about the row and, itself or by its work, about the "
    "column. Annotated is what the curators of this collection noted down. The collection is a sample of the "
    "literature, {works}. That does not say that there is no evidence, nor that the thing does not occur."
)


class Text(NamedTuple):
    """A line of text where its base begins, or has its middle; *turn* is in degrees."""

    text: str
    x: float
    y: float
    size: float = 12
    bold: bool = False
    fill: str = INK
    anchor: str = "start"
    turn: float = 0


class Sample(NamedTuple):
    """A mark of the key, with its middle."""

    x: float
    y: float
    mark: Markup


class Picture(NamedTuple):
    """All that is drawn, with the size of the whole; *rules* are lines from x, y to x, y."""

    width: float
    height: float
    name: str
    texts: tuple[Text, ...]
    rules: tuple[tuple[float, float, float, float], ...]
    cells: Markup
    samples: tuple[Sample, ...]


def picture(tag: Callable[[Twin], str]) -> Response:
    """What ``/map`` shows, as SVG."""
    form = map_form()
    view = map_view(form)
    shown = grid_of_line(view, form["line"]) if form["line"] else grid(view, form["unfold"])
    whole = draw(shown, list(_above(view, form)), list(_below(shown)))
    made = partial(render_template, "map.svg", drawn=whole, rule=RULE)
    response = answer(lambda: made().encode(), SVG.media, f"{tag(SVG)}-{language()}")
    response.headers.set("Content-Disposition", "inline", filename="map.svg")
    response.vary.add("Accept-Language")
    return response


def _above(view: Any, form: dict[str, Any]) -> Iterator[str]:
    yield f"Evidence map: {view.rows.label} × {view.columns.label}"
    within = "; ".join(f"{each.facet}: {each.label}" for each in chosen_filters(form))
    found = counted(view.claims, "claim") + (f" and {counted(view.relations, 'relation')}" if view.relations else "")
    yield f"{site_title()}: {found}" + (f"; only {within}" if within else "")


def _below(shown: Grid) -> Iterator[str]:
    edition = current_base().generation.edition
    yield MEANS.format(works=counted(current_base().generation.counts["sources"], "work"))
    if any(shown.more.values()):
        left = [counted(number, name[:-1]) for name, number in shown.more.items() if number]
        yield f"Left out, too many for one picture: {' and '.join(left)}."
    yield edition.citation + (f" Licence: {edition.license}" if edition.license else "")


def draw(shown: Grid, above: Sequence[str], below: Sequence[str]) -> Picture:
    """The picture of what is *shown*, with lines of text *above* and paragraphs *below* it."""
    left, top = MARGIN + LABEL, MARGIN + 56 + _head_height(shown.columns)
    heights = [max(ROW, LINE * len(_row_lines(row)) + 12) for row in shown.rows]
    right, bottom = left + COLUMN * len(shown.columns), top + sum(heights)
    whole = max(right + _overhang(shown.columns) + MARGIN, NARROWEST)
    tops = [top + sum(heights[:number]) for number in range(len(heights) + 1)]
    texts = [*_title(above), *_column_labels(shown.columns, left, top), *_row_labels(shown.rows, tops, heights)]
    key, samples, y = _key(shown.most, bottom + 34, whole)
    notes, y = _notes(below, y + 14, whole)
    across = [(MARGIN, y, right, y) for y in tops]
    down = [(left + COLUMN * number, top, left + COLUMN * number, bottom) for number in range(len(shown.columns) + 1)]
    cells = Markup("".join(_cells(shown, left, tops, heights)))
    return Picture(whole, y + MARGIN, clean(above[0]), tuple(map(_clean, (*texts, *key, *notes))), (*across, *down),
                   cells, tuple(samples))  # fmt: skip


def _clean(text: Text) -> Text:
    return text._replace(text=clean(text.text))


def clean(text: str) -> str:
    """*text* without characters that no XML may hold."""
    return NO_XML.sub(" ", text)


def _title(above: Sequence[str]) -> Iterator[Text]:
    yield Text(above[0], MARGIN, MARGIN + 16, 20, True)
    yield from (Text(line, MARGIN, MARGIN + 36 + LINE * number, 12, fill=SOFT) for number, line in enumerate(above[1:]))


def _cells(shown: Grid, left: float, tops: Sequence[float], heights: Sequence[float]) -> Iterator[str]:
    """Each cell as SVG: there are thousands, for which a template would take longest of all."""
    columns = [
        (round(left + COLUMN * (place + 0.5), 1), column.line.id, escape(clean(column.line.label)))
        for place, column in enumerate(shown.columns)
    ]
    for row, top, height in zip(shown.rows, tops, heights, strict=False):
        id, label, y = row.line.id, escape(clean(row.line.label)), round(top + height / 2, 1)
        for x, column, its_label in columns:
            cell = shown.cells.get((id, column))
            words, inside = _inside(cell, shown.most) if cell else EMPTY
            yield f'<g transform="translate({x} {y})"><title>{label} × {its_label}: {words}</title>{inside}</g>\n'


@lru_cache(CELLS)
def _inside(cell: Any, most: int) -> tuple[str, str]:
    """What is told of a cell in words, and what is drawn: its mark, its claims and its signs."""
    number, signed = parted(cell), _signed(tuple(signs(cell)), cell.relations)
    own, _, rest = number.partition(" ")
    seen = f'<tspan font-weight="600">{own}</tspan> {rest}' if cell.own else number
    narrow = ' textLength="57" lengthAdjust="spacingAndGlyphs"' if len(number) > LONG else ""
    return said(cell), (
        f'<g transform="translate(-28 -6)">{drawn(mark(cell, most))}</g>'
        f'<text x="-7" y="-2" font-size="12" fill="{INK}"{narrow}>{seen}</text>'
        + (f'<text y="18" font-size="9" text-anchor="middle">{signed}</text>' if signed else "")
    )


@lru_cache(10_000)
def drawn(mark: Mark) -> Markup:
    """A mark around 0 0 in plain colours."""
    hollow = (
        f'<circle r="{mark.radius:g}" fill="none" stroke="{SOFT}" stroke-width="1.25" stroke-dasharray="2.5 1.75"/>'
    )
    if mark.hollow:
        return Markup(hollow)
    pale = ['<g fill-opacity="0.25">', *_shapes(mark.pale, mark.radius), "</g>", _rim(mark.radius)] if mark.pale else []
    return Markup("".join([*pale, *_shapes(mark.full, mark.inner)]))


def _shapes(slices: Iterable[Slice], radius: float) -> Iterator[str]:
    for slice in slices:
        if slice.path:
            yield f'<path d="{slice.path}" fill="{KINDS[slice.kind]}" stroke="#ffffff" stroke-width="0.75"/>'
        else:
            yield f'<circle r="{radius:g}" fill="{KINDS[slice.kind]}"/>'


def _rim(radius: float) -> str:
    return f'<circle r="{radius:g}" fill="none" stroke="{SOFT}" stroke-width="1"/>'


@lru_cache(10_000)
def _signed(found: tuple[tuple[str, int, str], ...], relations: int) -> Markup | None:
    below = [(KINDS[kind], f"{count:,} {sign}") for kind, count, sign in found]
    below += [(SOFT, f"→ {relations:,}")] if relations else []
    spans = (f'<tspan fill="{fill}">{text}</tspan>' for fill, text in below)
    return Markup("\u2002".join(spans)) or None


def _row_lines(head: Head) -> tuple[str, ...]:
    return wrap(clean(head.line.label), (LABEL - INDENT * head.level - 16) * SIZE / 13)


def _row_labels(rows: Sequence[Head], tops: Sequence[float], heights: Sequence[float]) -> Iterator[Text]:
    for row, top, height in zip(rows, tops, heights, strict=False):
        lines = _row_lines(row)
        y = top + height / 2 - LINE * (len(lines) - 1) / 2 + 4
        for number, line in enumerate(lines):
            yield Text(line, MARGIN + INDENT * row.level, y + LINE * number, 12, row.level == 0)


def _column_lines(head: Head) -> tuple[str, ...]:
    return wrap(clean(head.line.label), HEAD * SIZE / 13)


def _column_labels(columns: Sequence[Head], left: float, top: float) -> Iterator[Text]:
    for place, column in enumerate(columns):
        lines = _column_lines(column)
        for number, line in enumerate(lines):
            x = left + COLUMN * (place + 0.5) + (number - (len(lines) - 1) / 2) * LINE / sin(SLANT)
            yield Text(line, round(x + 4, 1), top - 8, 12, column.level == 0, turn=-45)


def _long(columns: Sequence[Head]) -> float:
    """How long the longest line of a column's label is."""
    return max((width(line) * 12 / SIZE for column in columns for line in _column_lines(column)), default=0.0)


def _head_height(columns: Sequence[Head]) -> float:
    return _long(columns) * sin(SLANT) + 20


def _overhang(columns: Sequence[Head]) -> float:
    return _long(columns) * cos(SLANT)


def _key(most: int, y: float, whole: float) -> tuple[list[Text], list[Sample], float]:
    """What the marks mean, in as many rows as are needed; and where these end."""
    texts, samples = list[Text](), list[Sample]()
    parts: list[tuple[Mark | None, str, str]] = [
        (PARTED, OWN, INK),
        (PALE, "0 of 4: none is itself about the column", INK),
    ]
    parts += [(each, f"{number:,}", INK) for number, each in sizes(most)]
    parts[-1] = (*parts[-1][:1], parts[-1][1] + " claims: the larger, the more", INK)
    parts += [(spot(kind), f"{sign} {kind}", KINDS[kind]) for kind, sign in STANCES.items()]
    parts += [(spot("alone"), "not set against another claim", INK),
              (Mark(5, True, (), 0, ()), "none of them read, only recalled or inferred", INK),
              (None, "→ relations that claims state between the two", INK)]  # fmt: skip
    x = MARGIN
    for each, text, fill in parts:
        room = 2 * each.radius + 8 if each else 0
        long = room + width(text) * 11 / SIZE + 14
        if x + long > whole - MARGIN and x > MARGIN:
            x, y = MARGIN, y + 26
        if each:
            samples.append(Sample(x + each.radius, y - 4, drawn(each)))
        texts.append(Text(text, x + room, y, 11, fill=fill))
        x += long
    return texts, samples, y


def _notes(below: Sequence[str], y: float, whole: float) -> tuple[list[Text], float]:
    texts = []
    for paragraph in below:
        for line in wrap(clean(paragraph), (whole - 2 * MARGIN) * SIZE / 11):
            y += LINE + 1
            texts.append(Text(line, MARGIN, y, 11, fill=SOFT))
        y += 4
    return texts, y
