"""What curators may do with the past: undo a change, bring back a version; editors also delete a source."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, cast

from flask import Response, redirect, request, url_for

from kb import KBError
from kb.curation import Author, Saved
from kb.errors import BadSource, Conflict, NotAllowed

from ..accounts import account, needs
from ..formats import current_base, html_page, wants_json
from . import bp


class Way(NamedTuple):
    """A link: an address, or nothing where there is none, and its words."""

    address: str
    words: str


@bp.post("/revert")
@needs()
def revert() -> Response:
    """Undo a change; with a path, bring its file back as it was then."""
    commit, path = request.form.get("commit", ""), request.form.get("path", "")
    past = current_base().curation.past
    try:
        return _done(past.restore(path, commit, *_who()) if path else past.revert(commit, *_who()))
    except (NotAllowed, Conflict, BadSource) as error:
        back = Way(url_for("pages.change", commit=commit), "Back to the change")
        return _refused("This is not undone", error, [back])


@bp.post("/undelete")
@needs("editor")
def undelete() -> Response:
    """Bring back a source that was deleted."""
    return _done(current_base().curation.past.undelete(request.form.get("id", ""), _author()))


@bp.post("/delete")
@needs("editor")
def delete() -> Response:
    """Delete a source on which no other leans."""
    was = request.form.get("was") or None
    past, id = current_base().curation.past, request.form.get("id", "")
    try:
        return _done(past.delete(id, _author(), was))
    except BadSource as error:
        if id not in current_base().corpus:
            raise
        ways = [Way(url_for("pages.source", id=id), f"Back to {id}"),
                Way(url_for("curate.merge_sources", one=id), "Merge it into another source")]  # fmt: skip
        return _refused(f"{id} is not deleted", error, ways, past.leaning(id))


def _refused(title: str, error: KBError, ways: list[Way], leaning: Iterable[str] = ()) -> Response:
    """Why something is not done, where to go from there, and what leans on a source."""
    if wants_json():
        raise error
    found = [_leaning(each) for each in leaning]
    return html_page("curate/refused.html", error.status, title=title, detail=str(error), ways=ways, leaning=found)


def _leaning(place: str) -> Way:
    """A place that names a source, with the form in which that can be changed: quist-2002#c1 (disputes)."""
    holder = place.partition(" ")[0]
    source, _, claim = holder.partition("#")
    if source not in current_base().corpus:
        return Way("", place)
    return Way(url_for("pages.source", id=source, _anchor=claim or None), place)


def _who() -> tuple[Author, str]:
    who = account()
    assert who is not None  # `needs` has seen to it
    return who.author, who.role


def _author() -> Author:
    return _who()[0]


def _done(saved: Saved) -> Response:
    """On to the change that was made; where git has not taken it yet, that is told."""
    if saved.commit:
        return cast(Response, redirect(url_for("pages.change", commit=saved.commit), 303))
    return html_page("waiting.html", saved=saved)
