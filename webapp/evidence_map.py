"""The evidence map: a matrix of two schemes, one line of it, one cell; the same as tables and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from flask import Response, request

from kb import BadQuery
from kb.evidence import ClaimView
from kb.overview import Facet
from kb.synthesis import Pair

from . import cell_words
from .asked import SAFE, Link, several, typed, whole
from .browse import Chosen
from .cell_marks import PALE, PARTED, mark, parts, sizes
from .formats import address, current_base, language, represent, toggles, wants_json
from .grid import away, grid, of_line, strip, turned
from .matrix import COLOURS, drawn, rows
from .pages import by_stance, page

FILTERS = {"years": False, "basis": True, "stance": True, "state": True}  # each with whether it may be several
SWAPPED = {"rows": "columns", "columns": "rows"}


class CellLink(NamedTuple):
    """How the address of a cell begins and ends; called with the ids of row and column it gives the whole."""

    root: str
    rest: str

    @classmethod
    def of(cls, form: Mapping[str, Any]) -> CellLink:
        """The addresses of the cells of the map that *form* asks for."""
        kept = {name: form[name] for name in (*FILTERS, "lang") if form[name]}
        rest = f"&{urlencode(kept, doseq=True, safe=SAFE)}" if kept else ""
        return cls(address("pages.map_cell", lang=None).partition("?")[0], rest)

    def __call__(self, row: str, column: str) -> str:
        return f"{self.root}?row={quote(row, SAFE)}&column={quote(column, SAFE)}{self.rest}"


@page("/map")
def evidence_map() -> Response:
    """How many claims there are about each concept of one scheme that carry each of another, or one line of that."""
    form, message = map_form(), ""
    if wants_json():
        return represent("", map_view(form))
    try:
        view = map_view(form)
    except BadQuery as error:  # what else was chosen stays
        message, form = str(error), {**form, "years": ""}
        view = map_view(form)
    form |= {"rows": view.rows.id, "columns": view.columns.id}
    link, base = _link(form), current_base()
    views, line = base.generation.views(language()), form["line"]
    choices = views.choices()
    in_field, cell = views.is_field(view.columns.id), CellLink.of(form)
    shown: dict[str, Any] = {"strip": strip(view, line)} if line else {"grid": grid(view, form["unfold"])}
    if line and shown["strip"].line.groups:
        whole = map_view({**form, "line": ""})
        shown["parts_of_line"] = [(each, strip(of_line(whole, each.id), each.id)) for each in shown["strip"].below]
    if not line:
        shown["matrix"] = rows(shown["grid"], *cell, in_field)
    response = represent(
        "map.html", view, **shown, form=form, message=message, link=link, cell=cell, choices=choices,
        chosen=list(_chosen(form, choices, link)), swap=link(**_swapped(form)), query=map_query(form),
        schemes=views.ontology.schemes.values(), pairs=_once(view.pairs), in_field=in_field,
        works=base.generation.counts["sources"], words=cell_words, parts=parts, sizes=sizes, drawn=drawn,
        samples=(PARTED, PALE),
        colours=COLOURS, away=away,
        turn=lambda axis, id: link(unfold=turned(axis, form["unfold"], id)),
    )  # fmt: skip
    response.status_code = BadQuery.status if message else response.status_code
    return response


@page("/map/cell")
def map_cell() -> Response:
    """One cell: the claims about one concept that carry another, relations between the two, or what there is else."""
    form = cell_form()
    view = cell_view(form, whole("page", 1))
    if wants_json():
        return represent("", view)
    base = current_base()
    views, link, here = base.generation.views(language()), _link(form), _link(form, "pages.map_cell")
    choices = views.choices()
    to_map = {"row": "", "column": "", "rows": view.row_scheme.id, "columns": view.column_scheme.id}
    pages = {"before": view.page > 1 and here(page=view.page - 1), "after": view.page < view.pages
             and here(page=view.page + 1)}  # fmt: skip
    return represent(
        "map_cell.html", view, own=list(by_stance(view.claims[: view.own])),
        by_work=list(by_stance(view.claims[view.own :])), form=form, pages=pages, here=here,
        to_map=lambda line="": link(**to_map, line=line), chosen=list(_chosen(form, choices, here)),
        in_field=views.is_field(view.column_scheme.id), words=cell_words, mark=mark, drawn=drawn, colours=COLOURS,
        query=lambda of: base.synthesis(language()).cell_query(view.row.id, view.column.id, of, **filters(form)),
        works=base.generation.counts["sources"],
    )  # fmt: skip


def map_form() -> dict[str, Any]:
    """What is asked of the map."""
    form: dict[str, Any] = {name: typed(name) for name in ("rows", "columns")} | _filters()
    return form | {"unfold": several("unfold"), "line": typed("line"), "lang": typed("lang")}


def cell_form() -> dict[str, Any]:
    """What is asked of a cell."""
    form: dict[str, Any] = {name: typed(name) for name in ("row", "column")} | _filters() | {"lang": typed("lang")}
    if not (form["row"] and form["column"]):
        raise BadQuery("a cell of the map needs two concepts: /map/cell?row=ID&column=ID, or choose one on /map")
    return form


def map_view(form: Mapping[str, Any]) -> Any:
    """The map that *form* asks for; of a line, with the cells of that alone."""
    view = current_base().synthesis(language()).map(form["rows"], form["columns"], **filters(form))
    return of_line(view, form["line"]) if form["line"] else view


def map_query(form: Mapping[str, Any]) -> str:
    """The text of the query behind the map of a *form* with both schemes."""
    whole = current_base().synthesis(language())
    return whole.map_query(form["rows"], form["columns"], form["line"], **filters(form))


def cell_view(form: Mapping[str, Any], number: int | None) -> Any:
    """A page of the cell that *form* asks for, or all of it."""
    return current_base().synthesis(language()).cell(form["row"], form["column"], number, **filters(form))


def cell_claims(form: Mapping[str, Any]) -> Iterator[tuple[ClaimView, bool]]:
    """The claims of a cell, those of ``?page=``, else all; each with whether it is itself about the column."""
    view = cell_view(form, whole("page", 1) if request.args.get("page", "").strip() else None)
    yield from ((claim, place < view.own) for place, claim in enumerate(view.claims))


def chosen_filters(form: Mapping[str, Any]) -> list[Chosen]:
    """All filters of a map that are on."""
    choices = current_base().generation.views(language()).choices()
    return list(_chosen(form, choices, _link(form)))


def filters(form: Mapping[str, Any]) -> dict[str, Any]:
    """What of *form* narrows the claims that are counted."""
    return {name: form[name] for name in FILTERS}


def _filters() -> dict[str, Any]:
    return {name: several(name) if many else typed(name) for name, many in FILTERS.items()}


def _link(form: Mapping[str, Any], endpoint: str = "pages.evidence_map") -> Link:
    """A function that gives an address with some of *form* changed; nothing empty stands in it."""
    root = address(endpoint, lang=None).partition("?")[0]  # once: a page has hundreds of these links

    def written(values: Mapping[str, Any]) -> dict[str, str]:
        return {
            name: urlencode({name: value}, doseq=True, safe=SAFE) if value else "" for name, value in values.items()
        }

    now = written(form)

    def link(**changes: Any) -> str:
        asked = "&".join(filter(None, (now | written(changes)).values()))
        return f"{root}?{asked}" if asked else root

    return link


def _once(pairs: Sequence[Pair]) -> list[Pair]:
    """The maps that hold anything, each in the direction in which it is the fuller one."""
    found: dict[frozenset[str], Pair] = {}
    for pair in pairs:
        if pair.claims:
            found.setdefault(frozenset((pair.rows.id, pair.columns.id)), pair)
    return list(found.values())


def _swapped(form: Mapping[str, Any]) -> dict[str, Any]:
    """What changes where rows become columns and columns rows."""
    unfold = [SWAPPED.get(each, each) for each in form["unfold"]]
    return {"rows": form["columns"], "columns": form["rows"], "unfold": unfold}


def _chosen(form: Mapping[str, Any], choices: Sequence[Facet], link: Link) -> Iterator[Chosen]:
    """All filters that are on."""
    toggle = toggles(form, link)
    if form["years"]:
        yield Chosen("years", form["years"], link(years=""))
    for facet in choices:
        for value in facet.values:
            if value.value in form[facet.name]:
                yield Chosen(facet.label.lower(), value.label, toggle(facet.name, value.value))
