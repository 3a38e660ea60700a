"""The pages that curators work on: each asks for an account, and changes files by `base.curation` alone."""

from __future__ import annotations

from flask import Blueprint, Response, request

bp = Blueprint("curate", __name__, url_prefix="/curate")


@bp.after_request
def _keep_out_of_lists(response: Response) -> Response:
    if request.method == "POST" or request.view_args:
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Cache-Control"] = "private, no-store"
    return response
