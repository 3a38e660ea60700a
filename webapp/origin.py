"""From where a form was sent, and to where a reader may be led: only our own pages change anything."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from flask import request


def from_our_pages() -> bool:
    """Whether a form was sent from a page of ours: browsers tell, and what is no browser has no one to trick."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin.partition("://")[2] == request.host


def here() -> str:
    """The address of this request, as a link on this site has it."""
    query = request.query_string.decode("ascii", "replace")
    return quote(request.root_path + request.path) + (f"?{query}" if query else "")


def is_ours(address: str) -> bool:
    r"""Whether *address* is a path on this site, and nothing that a browser takes for another one.

    >>> [is_ours(each) for each in ("/curate?x=1", "//evil.example", "/\\evil.example", "/\t/evil.example", "x:y", "")]
    [True, False, False, False, False, False]
    """
    if not address.startswith("/") or "\\" in address or not address.isprintable():
        return False
    with suppress(ValueError):
        parts = urlsplit(address)
        return not (parts.scheme or parts.netloc) and not address.startswith("//")
    return False


def is_secure(address: str | None) -> bool:
    """Whether *address*, of a site, is one of https."""
    return (address or "").strip().lower().startswith("https://")


def is_local(host: str) -> bool:
    """Whether *host* is this computer for itself alone.

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("::1"), is_local("0.0.0.0"), is_local("example.org")
    (True, True, True, False, False)
    """
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
