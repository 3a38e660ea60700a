"""Reading pages of the history: who changed what when, of all files or of one source, and what a change did."""

from __future__ import annotations

from typing import Any

from flask import Response

from kb.errors import BadQuery, NotFound, unknown

from .accounts import account
from .asked import whole
from .formats import current_base, represent
from .git_turns import in_turn
from .pages import bp, page

__all__ = ["bp"]  # that of the other pages, which these join

LAST = 10_000  # page of the history


@page("/history")
@in_turn
def history() -> Response:
    """Who changed what when."""
    return _kept_apart(represent("history.html", current_base().curation.past.revisions(page=_number()), id=""))


@page("/source/<path:id>/history")
@in_turn
def source_history(id: str) -> Response:
    """Who changed a source when; also of one that was deleted."""
    base = current_base()
    view, number = base.curation.past.revisions(id, _number()), _number()
    is_here = id in base.corpus
    if not is_here and not view.revisions and number == 1:
        raise NotFound(unknown("source", id, base.corpus.ids()))
    return _kept_apart(represent("history.html", view, id=id, is_here=is_here, **_who()))


@page("/history/<commit>")
@in_turn
def change(commit: str) -> Response:
    """What a change did, file by file and field by field; to whom is logged in, with what is not published."""
    base, who = current_base(), account()
    view = base.curation.past.revision(commit, whole=who is not None)
    return _kept_apart(represent("change.html", view, corpus=base.corpus, **_who()))


def _who() -> dict[str, Any]:
    return {"who": account()}


def _number() -> int:
    number = whole("page", 1)
    if not 1 <= number <= LAST:
        raise BadQuery(f"page is to be from 1 to {LAST}")
    return number


def _kept_apart(response: Response) -> Response:
    """Robots need not go through every change."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response
