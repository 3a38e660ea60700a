"""After a concept is split: which of the new ones each source and claim gets that names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from flask import Response, request, url_for

from kb import KBError, NotFound
from kb.curation.offers import CONCEPT
from kb.curation.retagging import ASKED, PAGE, Choice

from ..accounts import needs
from ..formats import current_base, html_page
from . import bp
from .merging import EDITOR, author, done, named

KEEP = "keep"  # the value of a box that stands for the concept itself


@bp.get("/retag")
@needs(EDITOR)
def retag() -> Response:
    """What names the ``?concept=``, with boxes for the ``new`` ones, those that fit best checked."""
    return _page()


@bp.post("/retag")
@needs(EDITOR)
def retag_now() -> Response:
    """Give the sources and claims that were shown what is checked for each."""
    form = request.form
    concept, shown = form.get("concept", ""), form.getlist("row")
    choices = {id: Choice(tuple(each for each in form.getlist(f"to:{id}") if each != KEEP),
                          KEEP in form.getlist(f"to:{id}")) for id in shown}  # fmt: skip
    was = dict(each.split(" ", 1) for each in form.getlist("was") if " " in each)
    try:
        saved = current_base().curation.concepts.retag(concept, choices, author(), was)
    except KBError as error:
        return _page(str(error), error.status)
    number = len(saved.paths)
    anew = sum(bool(each.concepts) or not each.keeps for each in choices.values())
    told = f"{number} file{'s' * (number != 1)} changed: of {len(shown)} sources and claims, {anew} are tagged anew."
    return done(saved, told, url_for("curate.retag", concept=concept, new=_new(), offset=_offset()))


def _page(message: str = "", status: int = 200) -> Response:
    base, concept, new = current_base(), request.values.get("concept", "").strip(), list[str]()
    view = None
    try:
        new = [named(CONCEPT, each) for each in _new()]
        concept = named(CONCEPT, concept) if concept else ""
        if concept and new:
            view = base.curation.concepts.retagging(concept, new, partial(_suggested, concept), _offset())
    except KBError as error:
        message, status = message or str(error), error.status if status == 200 else status
    checked = {id: request.form.getlist(f"to:{id}") for id in request.form.getlist("row")}
    response = html_page(
        "curate/retag.html", status, view=view, concept_id=concept, new=_new(), message=message, checked=checked,
        keep=KEEP, page=PAGE,
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _suggested(concept: str, text: str) -> Iterable[Any]:
    """Concepts for a text; none where the index cannot tell."""
    try:
        return current_base().suggest(text, limit=ASKED)
    except (NotFound, KBError):
        return ()


def _new() -> list[str]:
    return list(dict.fromkeys(_typed("new")))


def _typed(name: str) -> Iterator[str]:
    for each in request.values.getlist(name):
        if text := each.replace("\0", " ").strip():
            yield text


def _offset() -> int:
    text = request.values.get("offset", "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0
