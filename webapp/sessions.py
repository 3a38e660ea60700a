"""Who is logged in: the session in a signed cookie, which the accounts know of."""

from __future__ import annotations

import time
from typing import NamedTuple, cast

from flask import current_app, g, session, url_for

from kb.saving import Author

from .users import ROLES, User, Users

WRITABLE = "WRITABLE"  # in the app's configuration: whether pages may change files
USERS = "kb.users"  # in the app's extensions
SEEN = 300  # seconds until a session that is used is told to last on


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
    if not current_app.config[WRITABLE]:
        return None
    if "account" not in g:
        g.account = _of_session()
    return cast("Account | None", g.account)


def begin(user: User) -> None:
    """Log *user* in: a new session, with nothing of the one before."""
    session.clear()
    g.pop("csrf_token", None)
    now = int(time.time())
    session.update(account=user.name, session=users().begin(user.name), seen=now)
    session.permanent = True
    g.account = Account(user.name, user.full, user.role)


def end() -> None:
    """Log out: the session ends, in copies of the cookie too."""
    if (who := account()) is not None:
        users().end(who.name, session["session"])
    session.clear()
    g.account = None


def users() -> Users:
    """The accounts of the home."""
    return cast(Users, current_app.extensions[USERS])


def log_in_address(next: str = "") -> str:
    """The address to log in at, and to go on from to *next*."""
    return url_for("accounts.log_in", next=next or None)


def _of_session() -> Account | None:
    user = users().in_session(session.get("account"), session.get("session"))
    if user is None:
        return None
    if time.time() - session.get("seen", 0) > SEEN:
        session["seen"] = int(time.time())
    return Account(user.name, user.full, user.role)
