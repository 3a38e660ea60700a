"""What explains the rest: how statements are known here, and what can be typed where."""

from __future__ import annotations

from flask import Blueprint, Response

from .formats import current_base, html_page, language, represent
from .pages import most_claimed

bp = Blueprint("about", __name__)


@bp.get("/about.json", endpoint="about_json")
@bp.get("/about")
def about() -> Response:
    """How statements are known here, with a claim as example, and the words for it."""
    return represent("about.html", current_base().about(language()))


@bp.get("/help")
def help() -> Response:
    """What can be typed, clicked and pressed, with examples from what is here."""
    base = current_base()
    best = most_claimed(base.concepts(language()))
    return html_page("help.html", best=best, example=base.about(language()).example)
