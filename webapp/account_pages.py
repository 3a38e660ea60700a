"""The pages of accounts: to log in and out, and to change one's password."""

from __future__ import annotations

import math
import time
from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, redirect, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from kb import BadQuery

from .accounts import needs
from .formats import PROBLEM, address, html_page, json_response, wants_json
from .held import go_on_page, log_in_page, of_form
from .origin import is_ours
from .sessions import account, begin, end, users

bp = Blueprint("accounts", __name__)

LIMITER = "kb.limiter"  # in the app's extensions
BY_ADDRESS = "20 per 5 minutes"  # attempts that fail, from one address
BY_NAME = "10 per 5 minutes"  # for one name
WRONG = "This name and this password do not belong together."


def register(app: Flask) -> None:
    """Give *app* the pages, with a limit to attempts that fail."""
    app.register_blueprint(bp)
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", strategy="moving-window")
    app.extensions[LIMITER] = limiter
    limits = ((BY_ADDRESS, get_remote_address), (BY_NAME, _name))
    for endpoint in ("accounts.log_in", "accounts.change"):
        view: Any = app.view_functions[endpoint]
        for limit, key in limits:
            view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_failed)(view)
        app.view_functions[endpoint] = view
    app.register_error_handler(RateLimitExceeded, _too_often)


@bp.get("/login")
def log_in_form() -> Response:
    """The form to log in by."""
    next = request.args.get("next", "")
    if account():
        return _on(next)
    return log_in_page(next=next)


@bp.post("/login")
def log_in() -> Response:
    """Log in, and go on to where the reader was going; a form that was held is shown to be sent again."""
    held, name, next = of_form(), request.form.get("name", "").strip().lower(), request.form.get("next", "")
    user = users().known(name, request.form.get("password", ""))
    if user is None:
        return log_in_page(HTTPStatus.UNAUTHORIZED, WRONG, held, name, next)
    begin(user)
    return go_on_page(held) if held else _on(next)


@bp.post("/logout")
def log_out() -> Response:
    """Log out."""
    end()
    return cast(Response, redirect(address("search.home"), 303))


@bp.get("/account")
@needs()
def account_page() -> Response:
    """Who is logged in, and the form to change one's password."""
    return _account_page()


@bp.post("/account")
@needs()
def change() -> Response:
    """Change one's password; all other sessions of the account end."""
    who = account()
    assert who is not None  # `needs` has seen to it
    old, new, again = (request.form.get(field, "") for field in ("old", "new", "again"))
    if users().known(who.name, old) is None:
        return _account_page(HTTPStatus.UNPROCESSABLE_ENTITY, "The password until now is another one.", "old")
    if new != again:
        return _account_page(HTTPStatus.UNPROCESSABLE_ENTITY, "The new password was not typed the same twice.", "new")
    try:
        users().set_password(who.name, new)
    except BadQuery as error:
        return _account_page(HTTPStatus.UNPROCESSABLE_ENTITY, f"{str(error)[:1].upper()}{str(error)[1:]}.", "new")
    begin(users().get(who.name))
    return cast(Response, redirect(address("accounts.account_page", changed="yes"), 303))


def _account_page(status: int = 200, message: str = "", wrong: str = "") -> Response:
    response = html_page("account.html", status, who=account(), message=message, wrong=wrong,
                         changed=request.args.get("changed") == "yes")  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _on(next: str) -> Response:
    """To where a reader was going, if that is a page of ours."""
    desk = f"{request.root_path}/curate"
    return cast(Response, redirect(next if is_ours(next) else desk, 303))


def _name() -> str:
    who = account() if request.endpoint == "accounts.change" else None
    return (who.name if who else request.form.get("name", "").strip().lower()[:50]) or "nobody's"


def _failed(response: Response) -> bool:
    """Whether an attempt counts: who logs in, or changes a password, is led on or given a form back."""
    return response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_often(_: RateLimitExceeded) -> Response:
    """Say how long to wait; what was typed stays."""
    limit = current_app.extensions[LIMITER].current_limit
    wait = max(1, math.ceil(limit.reset_at - 1 - time.time()))  # that one second is added to be safe
    said = f"{wait} seconds" if wait <= 90 else f"{math.ceil(wait / 60)} minutes"
    message = f"Too many attempts have failed: wait {said}, then try again."
    if wants_json():
        told = {"type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": message}
        response = json_response(told, 429, PROBLEM)
    elif request.endpoint == "accounts.change":
        response = _account_page(429, message)
    else:
        response = log_in_page(429, message, of_form(), request.form.get("name", ""), request.form.get("next", ""))
    response.headers["Retry-After"] = str(wait)
    return response
