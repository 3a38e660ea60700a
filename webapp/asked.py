"""What an address asks for, field by field, and addresses that ask the same with some of it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from kb import BadQuery
from kb.graph.query import SEARCH_CHARACTERS

from .formats import address

SAFE = "!$'()*,/:;?@"  # that may stand in a query as they are (RFC 3986 §3.4), as `flask.url_for` has it
MOST = 200  # values that a field may have
Link = Callable[..., str]


def typed(name: str) -> str:
    """The field *name*; what is too long is cut."""
    return clean(request.args.get(name, ""))


def several(name: str) -> list[str]:
    """The different values of a field that may be given several times."""
    return list(dict.fromkeys(filter(None, map(clean, request.args.getlist(name)))))[:MOST]


def whole(name: str, default: int) -> int:
    """The field *name*, which is to be a whole number; raises BadQuery."""
    given = request.args.get(name, "").strip()
    try:
        return int(given or default)
    except ValueError:
        raise BadQuery(f"{name} is to be a whole number, not {given[:40]!r}") from None


def clean(given: str) -> str:
    """A text as it is searched for."""
    return given[:SEARCH_CHARACTERS].replace("\0", " ").strip()


def link_of(form: Mapping[str, Any], endpoint: str) -> Link:
    """A function that gives the address of a page with some of *form* changed; nothing empty stands in it."""

    def link(**changes: Any) -> str:
        return address(endpoint, **{name: value for name, value in {**form, **changes}.items() if value})

    return link
