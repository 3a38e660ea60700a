"""The page on which an editor says that a source was reviewed, is a draft again, or is retracted."""

from __future__ import annotations

from typing import Any, cast

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import Forbidden

from kb import BadQuery, Conflict, KBError
from kb.corpus.sources import parse
from kb.curation.status import MAY, OWN, REVIEWED, is_own

from ..accounts import account, needs
from ..formats import current_base, html_page, language
from . import bp

WHY = 2_000  # characters of a reason


@bp.get("/review/<id>")
@needs()
def review(id: str) -> Response:
    """What there is to review of a source, and what can be said of it."""
    return _page(id)


@bp.post("/review/<id>")
@needs()
def set_status(id: str) -> Response:
    """Give a source another status; then on to the next one that waits."""
    status, why, was = (request.form.get(name, "") for name in ("status", "why", "was"))
    who = account()
    assert who is not None  # `needs` has seen to it
    role = MAY.get(status)
    if role and not who.may(role):
        raise Forbidden(f"Only accounts with the role {role!r} mark a source as {status}; yours is {who.role!r}.")
    try:
        if len(why) > WHY:
            raise BadQuery(f"the reason has {len(why):,} characters: {WHY:,} at most, the rest belongs into a claim")
        if status == REVIEWED and "own" not in request.form and _is_own(id, who.name):
            raise BadQuery(f"{OWN} Where nobody else can, read it again and tick the box; nothing was written")
        current_base().curation.set_status(id, status, was, who.author, why)
    except (Conflict, BadQuery) as error:
        if not (isinstance(error, Conflict) and _is_given(id, status, who.name)):  # the button was pressed twice
            return _page(id, error, status, why)
    if status == REVIEWED:
        return cast(Response, redirect(url_for("curate.worklist", name="review", done=id), 303))
    return cast(Response, redirect(url_for("pages.source", id=id), 303))


def _is_given(id: str, status: str, name: str) -> bool:
    data = current_base().corpus[id].data
    return (data.get("status"), data.get("statusBy")) == (status, name)


def _is_own(id: str, name: str) -> bool:
    base = current_base()
    return is_own(parse(base.curation.text(id)[0], base.corpus.path(id)), name)


def _page(id: str, error: KBError | None = None, status: str = "", why: str = "") -> Response:
    base, who = current_base(), account()
    text, was = base.curation.text(id)
    data = parse(text, base.corpus.path(id))
    shown: dict[str, Any] = {
        "view": base.source(id, language()) if base.has("source", id) else None,
        "problems": base.curation.problems(id, data),
        "now": str(data.get("status") or "draft"),
        "choices": [each for each, role in MAY.items() if who and who.may(role)],
    }
    shown["own"] = OWN if "reviewed" in shown["choices"] and who and is_own(data, who.name) else ""
    message = str(error) if error else ""
    if message.partition(" ")[0].isalpha():  # no path or id
        message = message[0].upper() + message[1:]
    return html_page("curate/review.html", error.status if error else 200, id=id, was=was, message=message,
                     chosen=status, why=why, **shown)  # fmt: skip
