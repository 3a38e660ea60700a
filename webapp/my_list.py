"""A reader's list: all of it stands in its address, so that it can be kept, shared and printed; no server keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for

from kb import KBError, NotFound
from kb.bibliography.styles import REFERENCE_STYLES
from kb.synthesis import written
from kb.synthesis.collection import ID_CHARACTERS, MISSING, NOTE, Collection, noted

from . import linked, tables
from .adding import named
from .bodies import answer
from .formats import address, current_base, data_version, html_page, language, represent, site_title, wants_json
from .pages import bp, page
from .twins import CSV, JSON, MARKDOWN, REFERENCES, Twin, endpoint

__all__ = ["bp"]  # that of the other pages, which this joins

PAGE, NAME = "pages.my_list", "my-list"
STEPS = {"up": -1, "down": 1}  # buttons, with how far they move an item
BUTTONS = {*STEPS, "remove", "add", "save"}
KINDS = ("concept", "source")  # that can be added by a name
LONG = 8_000  # characters of an address, from which on some programs and servers cut it
Kept = dict[str, str]  # the ids of the items, each with its note


@page("/list")
def my_list() -> Response:
    """What ``?item=`` names, in that order, with a ``note=`` for each, and the works they cite in a ``style=``."""
    kept, style = _kept(), _style()
    if wants_json() or not BUTTONS & set(request.args):
        view = _collection(kept, style)
        return _private(represent("my_list.html", view, **_more(kept, view)))
    kept = _changed(kept)
    try:
        kept = _added(kept, request.args.get("add", ""))
    except KBError as error:  # what is on the list, and what was typed, stays
        view = _collection(kept, style)
        return _private(
            html_page("my_list.html", error.status, view=view, **_more(kept, view) | {"message": str(error)})
        )
    return redirect(address(PAGE, **_asked(kept, style)), 303)  # type: ignore[return-value]


def references(twin: Twin) -> Response:
    """The works that the items cite, for a reference manager."""
    view = _collection(_kept(), _style())
    made = current_base().cite((each.id for each in view.references), twin.style).encode()
    return _file(answer(lambda: made, twin.media), twin)


def markdown() -> Response:
    """The list as a text."""
    kept, style = _kept(), _style()
    made = written.markdown(_collection(kept, style), _made_from(kept)).encode()
    return _file(answer(lambda: made, MARKDOWN.media), MARKDOWN)


def table() -> Response:
    """The items as rows."""
    response = tables.table(NAME, written.HEAD, written.rows(_collection(_kept(), _style())))
    response.vary.add("Accept-Language")
    return _private(response)


def _kept() -> Kept:
    return noted(request.args.getlist("item"), request.args.getlist("note"))


def _style() -> str:
    return request.args.get("style") or next(iter(REFERENCE_STYLES))


def _collection(kept: Kept, style: str) -> Collection:
    return current_base().synthesis(language()).collection(kept, kept.values(), style)


def _changed(kept: Kept) -> Kept:
    """The list after the button that was pressed; a place that it does not have changes nothing."""
    items = list(kept.items())
    for name, step in STEPS.items():
        if 0 <= (place := _place(name)) < len(items) and 0 <= place + step < len(items):
            items.insert(place + step, items.pop(place))
    if 0 <= (place := _place("remove")) < len(items):
        del items[place]
    return dict(items)


def _place(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _added(kept: Kept, text: str) -> Kept:
    """The list with what *text* names at its end; a claim is named by its id."""
    if not (text := text.strip()):
        return kept
    (typed,) = current_base().synthesis().collection([text[:ID_CHARACTERS]]).items or (None,)
    known = typed is not None and typed.kind != MISSING
    try:
        id = text if known else named(text, KINDS)
    except NotFound as error:
        raise NotFound(f"{error}; a claim is named by its id: that of its work, then #c1 or so") from error
    return noted([*kept, id], kept.values())


def _asked(kept: Kept, style: str = "") -> dict[str, Any]:
    """The fields of the address of a list; what need not be said is left out."""
    asked: dict[str, Any] = {"item": list(kept)}
    if any(kept.values()):
        asked["note"] = list(kept.values())
    return asked | ({"style": style} if style and style != next(iter(REFERENCE_STYLES)) else {})


def _more(kept: Kept, view: Collection) -> dict[str, Any]:
    """What the page alone needs: addresses, and the queries that the list is made from."""
    asked, queries = _asked(kept, view.style), current_base().generation.views().queries
    standing = [item.iri for item in view.items if item.claim and item.claim.stances]
    link = url_for(PAGE, _external=bool(request.host), **asked)
    return {
        "kept": urlencode(asked, doseq=True), "link": link, "long": len(link) > LONG, "styles": REFERENCE_STYLES,
        "note_characters": NOTE, "places": {item.id: place for place, item in enumerate(view.items, 1)},
        "exports": [(twin, address(PAGE, **asked).replace("?", f"{twin.suffix}?", 1)) for twin in _forms(view)],
        "as_query": queries.text("collected", *view.iris) if view.iris else "",
        "stances": queries.text("claim-stances", *standing) if standing else "", "message": "",
    }  # fmt: skip


def _forms(view: Collection) -> Iterable[Twin]:
    """The forms in which the list can be taken along: without works there are no references."""
    return (*(REFERENCES if view.references else ()), MARKDOWN, CSV, JSON)


def _made_from(kept: Kept) -> str:
    data = data_version()
    version = f", data version {data.version}{f' of {data.date}' if data.date else ''}" if data else ""
    link = url_for(PAGE, _external=bool(request.host), item=list(kept))
    return f"From {site_title()}{version}: {link}"


def _file(response: Response, twin: Twin) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=NAME + twin.suffix)
    return _private(response)


def _private(response: Response) -> Response:
    """*response* with what a reader wrote: none but the reader's own browser is to keep it."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


for _twin in REFERENCES:
    linked.bp.add_url_rule(f"/list{_twin.suffix}", endpoint(PAGE, _twin), partial(references, _twin))
linked.bp.add_url_rule(f"/list{CSV.suffix}", endpoint(PAGE, CSV), table)
linked.bp.add_url_rule(f"/list{MARKDOWN.suffix}", endpoint(PAGE, MARKDOWN), markdown)
