"""The address that the site is known by: every absolute address that it writes begins with that."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from kb import KBError

ASKED_HOST = "kb.asked_host"  # in the environment of a request: the Host that it came with
WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


class KnownAs(NamedTuple):
    """A WSGI app under a scheme, host and folder of its own, whatever a proxy before it calls it.

    Without it, absolute addresses begin with what the request has as its Host.
    """

    app: WSGI
    scheme: str
    host: str
    folder: str

    @classmethod
    def at(cls, address: str, app: WSGI) -> KnownAs:
        """*app* as it is known by *address*, such as https://example.org/kb; raises KBError where that is none."""
        try:
            parts = urlsplit(address.strip())
            whole = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
            _ = parts.port
        except ValueError:
            whole = False
        if not whole or parts.username is not None or any(sign in address.strip() for sign in " <>\"'\\"):
            raise KBError(f"KB_BASE_URL is to be an address such as https://example.org/kb, not {address[:80]!r}")
        return cls(app, parts.scheme, parts.netloc, parts.path.rstrip("/"))

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer a request; its path may still have the folder in front, or a proxy may have taken that off."""
        path = environ.get("PATH_INFO", "")
        if self.folder and (path + "/").startswith(self.folder + "/"):
            path = path.removeprefix(self.folder) or "/"
        environ[ASKED_HOST] = environ.get("HTTP_HOST", "")
        environ |= {"wsgi.url_scheme": self.scheme, "HTTP_HOST": self.host, "SCRIPT_NAME": self.folder}
        return self.app(environ | {"PATH_INFO": path}, start)
