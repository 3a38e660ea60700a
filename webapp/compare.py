"""Concepts or works side by side: the page, and the same as a table and as a text to take along."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

from flask import Response, redirect, request, url_for

from kb import KBError
from kb.synthesis import compared
from kb.synthesis.columns import QUERIES
from kb.synthesis.comparison import MOST, Comparison

from . import exports, linked, tables
from .adding import named
from .bodies import answer
from .cell_marks import Part
from .formats import address, current_base, html_page, language, made_from, represent, wants_json
from .pages import bp, page
from .twins import CSV, MARKDOWN, Twin, endpoint

__all__ = ["bp"]  # that of the other pages, which this joins

PAGE, NAME = "pages.compare", "comparison"
BAR = 160  # units: the longest bar of claims
SHADES = {"disputes": "against", "qualifies": "partly", "supports": "agree", "none": "alone"}
AT_ONCE, LISTED = 8, 100  # items of a cell that are seen at once, and that the page has, folded away
NEAR = 4  # things that one alone may be compared with
KINDS = ("concept", "source")


@page("/compare")
def compare() -> Response:
    """The concepts or works ``?ids=`` side by side; with ``differ`` without what all have, ``add`` adds one by name."""
    ids = chosen()
    if wants_json():
        return represent("compare.html", _found(ids))
    if "add" not in request.args:
        try:
            return _shown(ids)
        except KBError as error:
            if not (fitting := _fitting(ids)):
                raise
            return _shown(fitting, error.status, str(error))
    try:
        return redirect(_link(list(dict.fromkeys([*ids, _added(ids)]))), 303)  # type: ignore[return-value]
    except KBError as error:  # what is compared stays
        return _shown(ids, error.status, str(error))


def table() -> Response:
    """The same as a table, a row for each item."""
    response = tables.table(NAME, compared.HEAD, compared.rows(_found(chosen())))
    response.vary.add("Accept-Language")
    return response


def markdown() -> Response:
    """The same as a text, with the references of all works that it names."""
    found = _found(chosen())
    link = url_for(PAGE, _external=bool(request.host), ids=",".join(chosen()))
    text = compared.markdown(found, current_base().synthesis().references(found), made_from(link))
    response = answer(text.encode, MARKDOWN.media)
    response.headers.set("Content-Disposition", "attachment", filename=NAME + MARKDOWN.suffix)
    response.vary.add("Accept-Language")
    return response


def chosen() -> list[str]:
    """The ids that are asked for, each once: with commas between them, or one by one."""
    listed = (id.strip() for text in request.args.getlist("ids") for id in text.replace("\0", " ").split(","))
    return list(dict.fromkeys(filter(None, listed)))


def _fitting(ids: Sequence[str]) -> list[str]:
    """Those of *ids* that are here and of the kind of the first of them, as many as there may be."""
    kinds = ([kind for kind in KINDS if current_base().has(kind, id)] for id in ids)
    known = [(id, found[0]) for id, found in zip(ids, kinds, strict=True) if found]
    return [id for id, kind in known if kind == known[0][1]][:MOST]


def _found(ids: Sequence[str], most: int | None = None) -> Comparison:
    return current_base().synthesis(language()).compare(ids, differ=_differ(), most=most)


def _differ() -> bool:
    return request.args.get("differ", "") not in ("", "0")


def _added(ids: Sequence[str]) -> str:
    """The id of what is to be added, which is of the kind of those that are there."""
    kinds = [kind for kind in KINDS if not ids or current_base().has(kind, ids[0])]
    return named(request.args["add"], kinds or KINDS)


def _shown(ids: Sequence[str], status: int = 200, message: str = "") -> Response:
    """The page: a table, or without *ids* what can be compared and comparisons to begin with."""
    more: dict[str, Any] = {"ids": ids, "link": _link, "most": MOST, "message": message, "differ": _differ()}
    if not ids:
        offers = current_base().synthesis(language()).offers()
        return html_page("compare.html", status, view=None, offers=offers, kinds=KINDS, **more)
    view = _found(ids, LISTED)
    if len(ids) == 1:
        more["near"] = [hit.id for hit in current_base().similar(ids[0], kind=view.kind, limit=NEAR).hits]
    return html_page(
        "compare.html", status, view=view, query=_query(view), at_once=AT_ONCE, compared=compared,
        bars=_bars(view), bar=BAR,
        forms=[(twin.name, _link(ids, page=f"linked.{endpoint(PAGE, twin)}")) for twin in (CSV, MARKDOWN)], **more,
    )  # fmt: skip


def _bars(view: Comparison) -> list[list[Part]]:
    """The claims of each thing by their stance, as a bar; the longest is that of the thing with most."""
    cells = next((aspect.cells for aspect in view.aspects if aspect.name == "stance"), ())
    numbers = [{SHADES[item.id]: item.claims for item in cell} for cell in cells]
    unit = BAR / max([1, *(sum(each.values()) for each in numbers)])
    return [
        [Part(shade, round(start * unit, 2), round(number * unit, 2))
         for (shade, number), start in zip(each.items(), accumulate(each.values(), initial=0), strict=False)]
        for each in numbers
    ]  # fmt: skip


def _link(ids: Sequence[str], differ: bool | None = None, page: str = PAGE) -> str:
    """The address of a comparison or of a twin; what is not said of *differ* stays as it is."""
    asked = "1" if (_differ() if differ is None else differ) else None
    return address(page, ids=",".join(ids) or None, differ=asked, lang=request.args.get("lang") or None)


def _query(view: Comparison) -> str:
    """The named query that the page is made from, about the things that are compared."""
    return current_base().generation.views().queries.text(QUERIES[view.kind], *(thing.iri for thing in view.things))


def works() -> Iterable[str]:
    """The works that the comparison names."""
    return compared.named(_found(chosen()))


def _register(twin: Twin, view: Any) -> None:
    linked.bp.add_url_rule(f"/compare{twin.suffix}", endpoint(PAGE, twin), view)


_register(CSV, table)
_register(MARKDOWN, markdown)
exports.offer(PAGE, "/compare", works, NAME)
