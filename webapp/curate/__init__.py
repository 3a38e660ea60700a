"""The pages that curators work on: each asks for an account, and changes files by `base.curation` alone."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from ..formats import current_base

bp = Blueprint("curate", __name__, url_prefix="/curate")


@bp.after_request
def _show_what_was_saved(response: Response) -> Response:
    """Send on from a form when what it has saved is there to be seen, or soon will be."""
    if request.method == "POST" and response.location:
        catch_up()
    return response


def catch_up() -> None:
    """Let pages show what this request has saved; once is enough."""
    if not g.setdefault("caught_up", False):
        g.caught_up = True
        current_base().catch_up()


@bp.after_request
def _keep_out_of_lists(response: Response) -> Response:
    if request.method == "POST" or request.view_args:
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "private, no-store"
    return response
