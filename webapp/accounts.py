"""Accounts: who may change files on the pages of a writable server, and what keeps all others from it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden, NotFound

from . import held
from .formats import current_base, wants_json
from .known_as import ASKED_HOST
from .origin import from_our_pages, here, is_local, is_secure
from .sessions import USERS, WRITABLE, Account, account, log_in_address
from .users import IDLE, ROLES, Users, nobodys, secret

__all__ = ["Account", "account", "needs", "refusal", "register"]

LOOKS = ("GET", "HEAD", "OPTIONS")  # methods that change nothing
OPEN = {"sparql.sparql", "search.judge", "curate.preview"}  # POSTs of readers; the last two look for themselves
ELSEWHERE = "A form is taken from this server's own pages alone."
NO_PAGE = "There is no page at this address."


def needs(role: str = ROLES[0]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be for accounts with *role*: others are sent to log in, or told that they may not."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Any:
            if not current_app.config[WRITABLE]:
                raise NotFound(NO_PAGE)
            who = account()
            if who is None:
                return _log_in_first()
            if not who.may(role):
                raise Forbidden(f"This is for accounts with the role {role!r}; yours is {who.role!r}.")
            return view(*args, **named)

        return guarded

    return guard


def register(app: Flask, writable: bool, known_as: str | None = None) -> None:
    """Keep all from *app* that would change files, and if it is *writable* let accounts do it.

    *known_as* is the address of the site: where that is https, cookies travel by nothing else. Else the site is for
    this computer, and answers to the names that it calls itself.
    """
    app.config[WRITABLE] = writable
    app.jinja_env.globals |= {"logged_in": _shown, "behind": _behind}
    app.before_request(_guard)
    if not writable:
        return
    home = app.extensions["kb"].home
    key = secret(home)
    app.config.update(
        SECRET_KEY=key,
        SESSION_COOKIE_NAME=f"kb_{hashlib.sha256(key).hexdigest()[:8]}",  # two homes on one computer share the cookies
        SESSION_COOKIE_PATH=urlsplit(known_as or "").path.strip().rstrip("/") or "/",
        SESSION_COOKIE_SECURE=is_secure(known_as),
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=IDLE),
        WTF_CSRF_CHECK_DEFAULT=False,  # `refusal` asks for it
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_CSRF_SSL_STRICT=False,  # `from_our_pages` is asked; some browsers send no Referer
    )
    app.extensions[USERS] = Users(home)
    CSRFProtect(app)
    nobodys()
    if not is_secure(known_as):
        app.before_request_funcs.setdefault(None, []).insert(0, _only_here)
    app.after_request(_keep_private)


def refusal() -> Response | None:
    """What answers a request that would change something and may not; a form in it is not lost."""
    if not current_app.config[WRITABLE]:
        raise NotFound(NO_PAGE)
    if not from_our_pages():
        raise Forbidden(ELSEWHERE)
    if request.endpoint != "accounts.log_in" and account() is None:
        return _log_in_first()
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        return held.once_more()
    return None


def _shown() -> Account | None:
    """For the head of each page, the one that tells of an error too."""
    with suppress(Exception):
        return account()
    return None


def _log_in_first() -> Response:
    if request.method in LOOKS and not wants_json():
        return cast(Response, redirect(log_in_address(here())))
    return held.log_in_first()


def _behind() -> str:
    """Why pages show an earlier state of the files, for those who have changed them; nothing where they do not."""
    return current_base().turns.fault if account() else ""


def _guard() -> Response | None:
    """Whatever is sent to be written needs an account and a token, also where a view forgets to ask for them."""
    if request.method in LOOKS or request.endpoint is None or request.endpoint in OPEN:
        return None
    return refusal()


def _only_here() -> Response | None:
    """Another site may have pointed a name of its own to this address (DNS rebinding): only local names are served."""
    with suppress(ValueError):  # from a Host that is none
        if is_local(urlsplit(f"//{request.environ.get(ASKED_HOST, request.host)}").hostname or ""):
            return None
    said = "This server is for this computer alone: call it localhost or 127.0.0.1."
    return Response(said + "\n", 421, mimetype="text/plain")


def _keep_private(response: Response) -> Response:
    """A page that was made for somebody is kept by their browser alone."""
    if g.get("account") and "no-store" not in response.headers.get("Cache-Control", ""):
        response.headers["Cache-Control"] = "private, no-cache"
    return response
