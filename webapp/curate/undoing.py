"""What curators may do with the past: undo a change, bring back a version; editors also delete a source."""

from __future__ import annotations

from typing import cast

from flask import Response, redirect, request, url_for

from kb.curation import Author, Saved

from ..accounts import account, needs
from ..formats import current_base, html_page
from . import bp


@bp.post("/revert")
@needs()
def revert() -> Response:
    """Undo a change; with a path, bring its file back as it was then."""
    commit, path = request.form.get("commit", ""), request.form.get("path", "")
    curation = current_base().curation
    if path:
        return _done(curation.past.restore(path, commit, *_who()))
    return _done(curation.past.revert(commit, *_who()))


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
    return _done(current_base().curation.past.delete(request.form.get("id", ""), _author(), was))


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
