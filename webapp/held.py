"""A form that could not be taken: it comes back with all that was typed, to be sent once more."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import NamedTuple, cast
from urllib.parse import unquote, urlsplit

from flask import Response, current_app, redirect, request
from flask_wtf.csrf import generate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from .formats import PROBLEM, html_page, json_response, wants_json
from .origin import here, is_ours
from .sessions import account, log_in_address

TOKEN = "csrf_token"
FIELD, TO, FILE = "held:", "held-to", "held-file"  # how fields are called while they are held
LOST = "You are not logged in: the session has ended, or was ended elsewhere."
STALE = "This form is from before you logged in, or before the server was set up anew."


class Held(NamedTuple):
    """Where a form was going, its fields in their order, and the names of its files, which cannot be held."""

    to: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What a person has typed or chosen, to be looked at."""
        return [(name, value) for name, value in self.fields if value.strip() and name != "do"]


def of_request() -> Held | None:
    """The form of this request, if it is one of those that curators fill in."""
    if request.method != "POST" or request.blueprint != "curate":
        return None
    files = [file.filename for _, file in request.files.items(multi=True) if file.filename]
    return Held(here(), tuple(_others(request.form.items(multi=True))), tuple(files))


def of_form() -> Held | None:
    """What the form to log in by holds, if that may be sent on from here."""
    to = request.form.get(TO, "")
    if not to or not _takes_forms(to):
        return None
    fields = ((name.removeprefix(FIELD), value) for name, value in request.form.items(multi=True)
              if name.startswith(FIELD))  # fmt: skip
    return Held(to, tuple(_others(fields)), tuple(request.form.getlist(FILE)))


def log_in_first() -> Response:
    """The answer to who is not logged in."""
    if wants_json():
        return _problem(HTTPStatus.UNAUTHORIZED, LOST + " Log in, then send it again.", login=log_in_address())
    held = of_request()
    if held is None:
        return cast(Response, redirect(log_in_address(here() if request.endpoint == "accounts.change" else ""), 303))
    return log_in_page(HTTPStatus.UNAUTHORIZED, held=held)


def once_more() -> Response:
    """The answer to a form without the token of this session."""
    if wants_json():
        token = {TOKEN: generate_csrf()} if account() else {}
        return _problem(HTTPStatus.FORBIDDEN, STALE + " Send it again.", login=log_in_address(), **token)
    if request.endpoint == "accounts.log_in":
        message = "Nobody was logged in: the page was too old, or your browser takes no cookies. Try it again."
        return log_in_page(HTTPStatus.FORBIDDEN, message, of_form(), request.form.get("name", ""))
    if (held := of_request()) is not None:
        return go_on_page(held, HTTPStatus.FORBIDDEN, STALE)
    return html_page("go_on.html", HTTPStatus.FORBIDDEN, held=None, message=STALE)


def log_in_page(status: int = 200, message: str = "", held: Held | None = None, name: str = "",
                next: str = "") -> Response:  # fmt: skip
    """The form to log in by, with a form that is held."""
    response = _asking(html_page("login.html", status, message=message, held=held, name=name, next=next))
    response.headers.update({"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"})
    return response


def go_on_page(held: Held, status: int = 200, message: str = "") -> Response:
    """A form that is held, to be sent once more: by hand, since somebody else may have laid it here."""
    response = html_page("go_on.html", status, held=held, message=message)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _takes_forms(address: str) -> bool:
    """Whether *address* is one of ours that takes forms of curators."""
    adapter = current_app.create_url_adapter(request)
    path = unquote(urlsplit(address).path) if is_ours(address) else ""
    if adapter is None or not path.startswith(request.root_path + "/curate") or "/." in path:
        return False
    try:
        endpoint, _ = adapter.match(path.removeprefix(request.root_path), "POST")
    except (HTTPException, RequestRedirect):
        return False
    return str(endpoint).startswith("curate.")


def _others(fields: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, value in fields if name != TOKEN)


def _problem(status: HTTPStatus, detail: str, **more: str) -> Response:
    told = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, **more}
    return _asking(json_response(told, status, PROBLEM))


def _asking(response: Response) -> Response:
    """What tells to log in names a way to do so (RFC 9110 §11.6.1); a browser does nothing about this one."""
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Form realm="accounts"'
    return response
