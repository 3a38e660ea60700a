"""A reader's list: all of it stands in its address, so that it can be kept, shared and printed; no server keeps it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for

from kb import KBError, NotFound
from kb.bibliography.styles import REFERENCE_STYLES
from kb.corpus.ontology import fold
from kb.synthesis import written
from kb.synthesis.collection import ID_CHARACTERS, MISSING, NOTE, TITLE, Collection, entitled, noted

from . import linked, tables
from .adding import named
from .bodies import answer
from .formats import address, current_base, html_page, language, made_from, represent, wants_json
from .pages import bp, page
from .twins import CSV, JSON, LITERATURE, MARKDOWN, TEXT, Twin, endpoint

__all__ = ["bp"]  # that of the other pages, which this joins

PAGE, NAME = "pages.my_list", "list"
STEPS = {"up": -1, "down": 1}  # buttons, with how far they move an item
BUTTONS = {*STEPS, "remove", "undo", "add", "save"}
KINDS = ("concept", "source")  # that can be added by a name
LONG = 8_000  # characters of an address, from which on some programs and servers cut it
SLUG_WORDS = 8  # of the name of a list that the name of a file takes
Kept = dict[str, str]  # the ids of the items, each with its note


class Asked(NamedTuple):
    """What an address says of a list: its items with their notes, its name, and how its works are cited."""

    kept: Kept
    title: str
    style: str

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the address; what need not be said is left out."""
        fields: dict[str, Any] = {"item": list(self.kept)}
        if any(self.kept.values()):
            fields["note"] = list(self.kept.values())
        style = self.style if self.style != next(iter(REFERENCE_STYLES)) else ""
        return fields | {name: text for name, text in (("title", self.title), ("style", style)) if text}

    @property
    def name(self) -> str:
        """The name of the list as that of a file, in ASCII since it travels in a header."""
        return "-".join(re.findall("[a-z0-9]+", fold(self.title))[:SLUG_WORDS]) or NAME


class Removed(NamedTuple):
    """An item that was just taken off, and can be put back in its place."""

    id: str
    place: int
    note: str

    @property
    def fields(self) -> dict[str, Any]:
        """The fields of the address that tell of it."""
        fields = {"removed": self.id, "removed-place": self.place, "removed-note": self.note}
        return {name: value for name, value in fields.items() if value}


@page("/list")
def my_list() -> Response:
    """What ``?item=`` names, in order, each with a ``note=``; called ``title=``, with its works in a ``style=``."""
    asked = _asked()
    if wants_json() or not BUTTONS & set(request.args):
        view = _collection(asked)
        return _private(represent("my_list.html", view, **_more(asked, view)))
    asked, removed = _changed(asked)
    try:
        kept = _added(_put_back(asked.kept), request.args.get("add", ""))
    except KBError as error:  # what is on the list, and what was typed, stays
        view = _collection(asked)
        more = _more(asked, view) | {"message": str(error)}
        return _private(html_page("my_list.html", error.status, view=view, **more))
    fields = asked._replace(kept=kept).fields | (removed.fields if removed else {})
    return redirect(address(PAGE, **fields), 303)  # type: ignore[return-value]


def references(twin: Twin) -> Response:
    """The works that the items cite, for a reference manager or as a list."""
    view = _collection(asked := _asked())
    if twin == TEXT:
        made = "\n".join(each.noted for each in view.references).encode()
    else:
        made = current_base().cite((each.id for each in view.references), twin.style).encode()
    return _file(answer(lambda: made, twin.media), asked, twin)


def markdown() -> Response:
    """The list as a text."""
    asked = _asked()
    made = written.markdown(_collection(asked), _made_from(asked)).encode()
    return _file(answer(lambda: made, MARKDOWN.media), asked, MARKDOWN)


def table() -> Response:
    """The items as rows."""
    asked = _asked()
    response = tables.table(asked.name, written.HEAD, written.rows(_collection(asked)))
    response.vary.add("Accept-Language")
    return _private(response)


def _asked() -> Asked:
    args = request.args
    kept = noted(args.getlist("item"), args.getlist("note"))
    return Asked(kept, entitled(args.get("title", "")), args.get("style") or next(iter(REFERENCE_STYLES)))


def _collection(asked: Asked) -> Collection:
    synthesis = current_base().synthesis(language())
    return synthesis.collection(asked.kept, asked.kept.values(), asked.style, asked.title)


def _changed(asked: Asked) -> tuple[Asked, Removed | None]:
    """The list after the button that was pressed, and what that took off; a place it does not have changes nothing."""
    items, removed = list(asked.kept.items()), None
    for name, step in STEPS.items():
        if 0 <= (place := _place(name)) < len(items) and 0 <= place + step < len(items):
            items.insert(place + step, items.pop(place))
    if 0 <= (place := _place("remove")) < len(items):
        id, note = items.pop(place)
        removed = Removed(id, place + 1, note)
    return asked._replace(kept=dict(items)), removed


def _place(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) - 1 if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _removed() -> Removed | None:
    """What the button before took off."""
    id = request.args.get("removed", "").replace("\0", " ").strip()[:ID_CHARACTERS]
    return Removed(id, max(_place("removed-place"), 0) + 1, request.args.get("removed-note", "")) if id else None


def _put_back(kept: Kept) -> Kept:
    """The list with what was taken off in its place again, if that is asked for."""
    if "undo" not in request.args or not (removed := _removed()):
        return kept
    items = list(kept.items())
    items.insert(removed.place - 1, (removed.id, removed.note))
    return noted((id for id, _ in items), (note for _, note in items))


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


def _more(asked: Asked, view: Collection) -> dict[str, Any]:
    """What the page alone needs: addresses, and the queries that the list is made from."""
    queries = current_base().generation.views().queries
    standing = [item.iri for item in view.items if item.claim and item.claim.stances]
    link = url_for(PAGE, _external=bool(request.host), **asked.fields)
    return {
        "kept": urlencode(asked.fields, doseq=True), "link": link, "long": len(link) > LONG,
        "styles": REFERENCE_STYLES, "note_characters": NOTE, "title_characters": TITLE,
        "places": {item.id: place for place, item in enumerate(view.items, 1)},
        "groups": written.groups(view), "without": written.WITHOUT, "untitled": written.UNTITLED,
        "exports": [(twin, address(PAGE, **asked.fields).replace("?", f"{twin.suffix}?", 1)) for twin in _forms(view)],
        "as_query": queries.text("collected", *view.iris) if view.iris else "",
        "stances": queries.text("claim-stances", *standing) if standing else "", "message": "",
        "removed": _told(asked.kept),
    }  # fmt: skip


def _told(kept: Kept) -> tuple[str, dict[str, Any]] | None:
    """What was just taken off, as a reader knows it, with the fields that put it back; nothing if it is there again."""
    removed = _removed()
    if not removed or removed.id in kept:
        return None
    (item,) = current_base().synthesis(language()).collection([removed.id]).items
    return item.label, removed.fields


def _forms(view: Collection) -> Iterable[Twin]:
    """The forms in which the list can be taken along: without works there are no references."""
    return (*(LITERATURE if view.references else ()), MARKDOWN, CSV, JSON)


def _made_from(asked: Asked) -> str:
    bare = asked._replace(kept=dict.fromkeys(asked.kept, ""))
    without = " (link without the notes)" if bare != asked else ""
    return made_from(url_for(PAGE, _external=bool(request.host), **bare.fields)) + without


def _file(response: Response, asked: Asked, twin: Twin) -> Response:
    response.headers.set("Content-Disposition", "attachment", filename=asked.name + twin.suffix)
    return _private(response)


def _private(response: Response) -> Response:
    """*response* with what a reader wrote: none but the reader's own browser is to keep it."""
    response.headers["Cache-Control"] = "private, no-cache"
    return response


for _twin in LITERATURE:
    linked.bp.add_url_rule(f"/list{_twin.suffix}", endpoint(PAGE, _twin), partial(references, _twin))
linked.bp.add_url_rule(f"/list{CSV.suffix}", endpoint(PAGE, CSV), table)
linked.bp.add_url_rule(f"/list{MARKDOWN.suffix}", endpoint(PAGE, MARKDOWN), markdown)
