"""Clients and servers for tests of what is written: with accounts, and logged in by the real log-in."""

import re
from functools import cache
from html import unescape
from queue import Queue
from threading import Thread

from flask.testing import FlaskClient
from werkzeug.security import generate_password_hash

from kb import KnowledgeBase
from webapp import create_app, serve
from webapp.users import User, Users

PASSWORD = "three plain words"
FULL = {"anna": "Anna Smith", "ed": "Ed Moor"}


def logged_in(base: KnowledgeBase, role: str = "curator", name: str = "anna", **options) -> FlaskClient:
    """A client of a writable server over *base*, logged in; its posts carry the token of the session.

    *options* are those of `create_app`, or ``app=`` another client's ``application``.
    """
    app = options.pop("app", None) or create_app(base, writable=True, **options)
    have_account(base, name, role)
    client = app.test_client()
    answer = log_in(client, name)
    assert answer.status_code == 303, answer.text
    client.environ_base["HTTP_X_CSRFTOKEN"] = token(client, "/account")
    return client


def log_in(client: FlaskClient, name: str = "anna", password: str = PASSWORD, **fields: str):
    """The answer to the form to log in by."""
    fields = {"name": name, "password": password, "csrf_token": token(client, "/login"), **fields}
    return client.post("/login", data=fields)


def token(client: FlaskClient, address: str) -> str:
    """The token in the forms of a page."""
    return unescape(re.search(r'name="csrf_token" value="([^"]+)"', client.get(address).text)[1])


def have_account(base: KnowledgeBase, name: str = "anna", role: str = "curator") -> None:
    """Make an account with PASSWORD, hashed as passwords are but at less cost, if there is none of that name."""
    users = Users(base.home)
    with users._changing() as kept:
        kept.setdefault(name, User(name, FULL.get(name, ""), role, _hash(), {}))
    if users.get(name).role != role:
        users.set_role(name, role)


def serving(base: KnowledgeBase, **options: object) -> str:
    """The address of a writable server over *base* with the accounts anna (curator) and ed (editor)."""
    have_account(base, "anna", "curator")
    have_account(base, "ed", "editor")
    told: Queue[str] = Queue()
    options = {"port": 0, "announce": told.put, "writable": True, **options}
    Thread(target=serve, args=(base,), kwargs=options, daemon=True).start()
    return told.get(timeout=30).split()[0]


def log_in_by_hand(page, name: str = "anna", next: str = "/account") -> None:
    """Log in on a *page* of a browser."""
    page.goto(f"/login?next={next}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"**{next}")


@cache
def _hash() -> str:
    return generate_password_hash(PASSWORD, "scrypt:1024:8:1")
