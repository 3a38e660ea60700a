"""From where a form was sent: only our own pages may change anything."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import request


def from_our_pages() -> bool:
    """Whether a form was sent from a page of ours: browsers tell, and what is no browser has no one to trick."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin.partition("://")[2] == request.host


def from_this_computer() -> bool:
    """Whether a browser on this computer says that it sends a form from a page of ours.

    Another site may have pointed a name of its own to this address (DNS rebinding), so the Host has to be local too.
    """
    site, origin = request.headers.get("Sec-Fetch-Site", "same-origin"), request.headers.get("Origin", "")
    ours = site == "same-origin" and origin == f"{request.scheme}://{request.host}"
    with suppress(ValueError):  # from a Host that is none
        return ours and is_local(urlsplit(f"//{request.host}").hostname or "")
    return False


def is_local(host: str) -> bool:
    """Whether *host* is this computer for itself alone.

    >>> is_local("localhost"), is_local("127.0.0.1"), is_local("::1"), is_local("0.0.0.0"), is_local("example.org")
    (True, True, True, False, False)
    """
    try:
        return host.lower() == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
