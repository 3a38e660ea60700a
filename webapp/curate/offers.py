"""What the pickers of the form ask for: concepts, claims and works to choose from, suggestions, words of a work."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request, url_for

from kb import NotFound
from kb.curation.offers import CLAIM, CONCEPT, SOURCE, Choice, Offered, Offers, Relation
from kb.graph.query import SEARCH_CHARACTERS
from kb.plain import plain

from ..accounts import needs
from ..formats import current_base, html_page, json_response, language, wants_json
from . import bp
from .fields import asserted

QUOTED = 5_000  # characters that are looked up in the text of a work
SUGGESTED = 8
PAGES = {CONCEPT: "pages.concept", SOURCE: "pages.source"}


@bp.get("/offer/concepts")
@needs()
def offer_concepts() -> Response:
    """Concepts that ``?q=`` may mean, of a ``scheme``; those that are chosen are named by ``not``."""
    args = request.args
    found = offers().concepts(_text("q"), args.get("scheme", ""), args.getlist("not"))
    return json_response([_with_page(CONCEPT, each) for each in found])


@bp.get("/offer/claims")
@needs()
def offer_claims() -> Response:
    """Claims that ``?q=`` may mean, but those of the work that ``not`` names."""
    return json_response([_with_page(CLAIM, each) for each in offers().claims(_text("q"), request.args.get("not", ""))])


@bp.get("/offer/sources")
@needs()
def offer_sources() -> Response:
    """Works that ``?q=`` may mean."""
    return json_response([_with_page(SOURCE, each) for each in offers().sources(_text("q"))])


@bp.get("/offer/tree")
@needs()
def offer_tree() -> Response:
    """The concepts of a ``scheme`` as a tree of buttons: a part of a page."""
    id = request.args.get("scheme", "")
    scheme = next((each for each in current_base().concepts(language()) if each.id == id), None)
    if scheme is None:
        raise NotFound(f"no scheme {id[:100]!r}")
    return html_page("curate/_branches.html", scheme=scheme)


@bp.post("/suggest")
@needs()
def suggest() -> Response:
    """Concepts for the title and summary of a form, with reasons: a part of a page, or data."""
    data = {name: request.form.get(name, "") for name in ("title", "summary")}
    lists = {name: list(filter(None, request.form.getlist(name))) for name in ("subjects", "rejected")}
    found = offers().suggestions({**data, **lists}, request.form.get("id", ""), SUGGESTED)
    if wants_json():
        return json_response({"suggestions": found})
    return html_page("curate/_suggestions.html", suggestions=found)


@bp.post("/quote")
@needs()
def quote() -> Response:
    """Where words stand in the text of a work, or what is near to them, as data."""
    id, words = request.form.get("id", ""), request.form.get("words", "")
    return json_response(looked_up(id, words))


# For templates and other views


def offers() -> Offers:
    """What there is to choose from, in the reader's language."""
    return current_base().offers(language())


@bp.app_template_global()
def looked_up(id: str, words: str) -> dict[str, Any]:
    """Where *words* stand in the text of source *id*: the places, else what is nearest, and what that says."""
    words = " ".join(words.split())
    nothing: dict[str, Any] = {"places": [], "nearest": None}
    if not words:
        return {"said": "Nothing is quoted: type the words of the work first.", **nothing}
    if len(words) > QUOTED:
        return {"said": f"That is too long to be looked up: quote up to {QUOTED:,} characters.", **nothing}
    try:
        found = current_base().quote(id, words)
    except NotFound:
        return {"said": "The text of this work is not here, so the words cannot be checked.", **nothing}
    return {"said": _said(found), "places": plain(found.places), "nearest": plain(found.nearest)}


def _said(found: Any) -> str:
    if not found.places:
        near = found.nearest
        where = f" Near to it, {near.locator or 'on a page without number'}: “{near.words}”" if near else ""
        return f"These words do not stand in the text.{where}"
    where = ", ".join(each.locator or "a page without number" for each in found.places)
    exact = "" if found.places[0].exact else f" There it reads: “{found.places[0].words}”"
    return f"Stands in the text: {where}.{exact}"


@bp.app_template_global()
def picked(kind: str, id: str) -> Offered:
    """What is chosen, as it is shown: a concept, claim or source by its id."""
    found = offers().claim(id) if kind == CLAIM else getattr(offers(), kind)(id)
    return found or Offered(id, id, "not in the index yet", choosable=False)


@bp.app_template_global()
def offered(kind: str, text: str) -> Iterable[Offered]:
    """What a typed *text* may mean, that can be chosen."""
    found: Iterable[Offered] = getattr(offers(), f"{kind}s")(text[:SEARCH_CHARACTERS])
    return [each for each in found if each.choosable]


@bp.app_template_global()
def bases() -> tuple[Choice, ...]:
    """On what a claim may rest."""
    return offers().bases()


@bp.app_template_global()
def relations() -> tuple[Relation, ...]:
    """The relations that a claim may put forward."""
    return offers().relations()


bp.add_app_template_global(asserted)


@bp.app_template_global()
def schemes() -> Iterable[Any]:
    """The concept schemes."""
    return current_base().concepts(language())


def _text(name: str) -> str:
    return request.args.get(name, "")[:SEARCH_CHARACTERS].replace("\0", " ")


def _with_page(kind: str, found: Offered) -> dict[str, Any]:
    """What is offered, as data, with its kind and the address of its page."""
    source, _, claim = found.id.partition("#")
    address = url_for("pages.source", id=source, _anchor=claim) if kind == CLAIM else url_for(PAGES[kind], id=found.id)
    return {"kind": kind, **plain(found), "url": address}
