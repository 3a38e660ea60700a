"""Merge two sources or two concepts: what would change is shown first, then it is one save."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from flask import Response, flash, redirect, request, url_for

from kb import KBError
from kb.curation.offers import CONCEPT, SOURCE
from kb.curation.plans import Plan
from kb.saving import Saved

from ..accounts import account, needs
from ..formats import current_base, html_page
from . import bp
from .layout import lines
from .offers import offers

FILES = 30  # whose lines are shown; the others are counted
BUILDING = 10.0  # seconds that a build is waited for, so that the next page has what was saved
EDITOR = "editor"


@bp.get("/merge/sources")
@needs(EDITOR)
def merge_sources() -> Response:
    """What merging the source ``?one=`` into ``?into=`` would change; of the fields ``take`` the former's value."""
    return _page(SOURCE, _sources)


@bp.post("/merge/sources")
@needs(EDITOR)
def merge_sources_now() -> Response:
    """Merge two sources, as they were shown."""
    form = request.form

    def made(one: str, into: str) -> Saved:
        return current_base().curation.merge_sources(one, into, author(), form.getlist("take"), form.get("seen", ""))

    return _merged(SOURCE, _sources, made)


@bp.get("/merge/concepts")
@needs(EDITOR)
def merge_concepts() -> Response:
    """What merging the concept ``?one=`` into ``?into=`` would change; ``even`` across schemes."""
    return _page(CONCEPT, _concepts)


@bp.post("/merge/concepts")
@needs(EDITOR)
def merge_concepts_now() -> Response:
    """Merge two concepts, as they were shown."""
    form = request.form

    def made(one: str, into: str) -> Saved:
        return current_base().curation.concepts.merge(one, into, author(), "even" in form, form.get("seen", ""))

    return _merged(CONCEPT, _concepts, made)


def _sources(one: str, into: str) -> dict[str, Any]:
    curation, taken = current_base().curation, request.values.getlist("take")
    return {"sides": curation.sides(one, into), "taken": taken, "plan": curation.merging_sources(one, into, taken)}


def _concepts(one: str, into: str) -> dict[str, Any]:
    return {"plan": current_base().curation.concepts.merging(one, into, "even" in request.values)}


def _page(
    kind: str, planned: Callable[[str, str], dict[str, Any]], message: str = "", status: int = 200
) -> Response:  # fmt: skip
    """The form that names the two, and what would change, as far as they are named."""
    typed = {name: request.values.get(name, "").replace("\0", " ").strip() for name in ("one", "into")}
    given: dict[str, Any] = {"plan": None, "even": "even" in request.values}
    if all(typed.values()):
        try:
            one, into = (named(kind, typed[name]) for name in ("one", "into"))
            typed = {"one": one, "into": into}
            given |= planned(one, into)
        except KBError as error:
            message, status = message or str(error), error.status if status == 200 else status
    if given["plan"]:
        given |= shown(given["plan"])
    response = html_page("curate/merge.html", status, kind=kind, message=message, typed=typed, **given)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _merged(
    kind: str, planned: Callable[[str, str], dict[str, Any]], made: Callable[[str, str], Saved]
) -> Response:  # fmt: skip
    one, into = request.form.get("one", ""), request.form.get("into", "")
    try:
        saved = made(one, into)
    except KBError as error:
        return _page(kind, planned, str(error), error.status)
    page = "pages.concept" if kind == CONCEPT else "pages.source"
    return done(saved, f"{one} is merged into {into}.", url_for(page, id=into, was=one))


# For the other pages of this kind


def author() -> Any:
    """In whose name is saved."""
    who = account()
    assert who is not None  # the view is for accounts
    return who.author


def named(kind: str, text: str) -> str:
    """The id of the concept or source that was typed: an id, or what names one alone."""
    if kind == CONCEPT and text in current_base().ontology().concepts:
        return text  # a heading and a retired one too: what may not be done with them is told later
    return offers().named(kind, text, headings=True)


def shown(plan: Plan) -> dict[str, Any]:
    """The changes of a *plan* for a page: the lines of the first files, and how many more there are."""
    files = [(each, list(lines(each.diff + "\n"))) for each in plan.files[:FILES]]
    return {"files": files, "more": plan.files[FILES:]}


def done(saved: Saved, said: str, to: str) -> Response:
    """On to a page that tells what was saved, once it is there."""
    if saved.paths:
        with suppress(KBError):  # it is saved; a build comes by itself
            current_base().build(wait=BUILDING)
    waits = "" if saved.commit else "The history has not taken it yet: "
    problem = f" {waits}{saved.problem}." if saved.problem else ""
    flash(said + problem, "told")
    return cast(Response, redirect(to, 303))
