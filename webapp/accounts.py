"""Accounts: who may change files on the pages of a writable server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from flask import current_app, redirect, request, session, url_for
from werkzeug.exceptions import Forbidden, NotFound

from kb.saving import Author

ROLES = ("curator", "editor")  # an editor may all that a curator may
WRITABLE = "WRITABLE"  # in the app's configuration: whether pages may change files


class Account(NamedTuple):
    """Who works here: the name to log in by, which is the curator's id too, the name to be read, and the role."""

    name: str
    full: str
    role: str

    @property
    def author(self) -> Author:
        """As the history names them."""
        return Author(self.name, self.full or self.name, f"{self.name}@localhost")

    def may(self, role: str) -> bool:
        """Whether what *role* may do is allowed."""
        return ROLES.index(self.role) >= ROLES.index(role)


def account() -> Account | None:
    """Who is logged in; nobody on a server that is not writable."""
    if not current_app.config[WRITABLE] or "account" not in session:
        return None
    return Account(**session["account"])


def needs(role: str = ROLES[0]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be for accounts with *role*: others are sent to log in, or told that they may not."""

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Any:
            if not current_app.config[WRITABLE]:
                raise NotFound("There is no page at this address.")
            who = account()
            if who is None:
                return redirect(url_for("accounts.log_in", next=request.full_path if request.method == "GET" else ""))
            if not who.may(role):
                raise Forbidden(f"This is for accounts with the role {role!r}; yours is {who.role!r}.")
            return view(*args, **named)

        return guarded

    return guard
