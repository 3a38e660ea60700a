"""The web server: waitress, with limits to what one client can take from the others."""

from __future__ import annotations

import ctypes
import socket
import sys
from contextlib import suppress
from copy import copy
from functools import partial
from typing import Any, ClassVar
from weakref import WeakSet

from flask import Flask, Response, request
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import create_server
from waitress.task import WSGITask
from waitress.utilities import Error

from kb.graph.query import BODY_BYTES

from .curate.uploads import FORM_BYTES, FORM_FIELDS, UPLOAD_BYTES
from .sessions import WRITABLE

THREADS = 20  # SPARQL takes at most half of them: WORKERS and QUEUE in kb/graph/query.py
CONNECTIONS = 500  # at once: those that wait for a slow client cost no thread
HEADER_BYTES = (
    1 << 20
)  # of a request: a pasted text of 100,000 letters in its address, 9 bytes each, is cut, not refused
VALUE_CHARACTERS = 16_000  # of all headers but the address: some are lists, which are slow to read
AHEAD_BYTES = 4 << 20  # of a result, that are written before its reader has read them
FIELDS = 1_000  # in an address, and in a form
UPLOADS = "/curate/import"  # the end of the one address that takes files
FORMS = ("/curate/", "/login")  # in addresses that take large forms; one is held while its sender logs in
UPLOADING = 4  # requests at once that may bring files or large forms: each may fill the disk with twice UPLOAD_BYTES
SWITCH = 0.001  # seconds until a thread that computes lets another one go on: each page needs several turns
# Options of glibc's mallopt: few arenas, and what is large or last is given back to the system (`man mallopt`).
MEMORY = {"M_ARENA_MAX": (-8, 2), "M_MMAP_THRESHOLD": (-3, 128 << 10), "M_TRIM_THRESHOLD": (-1, 128 << 10)}
HANG_UP = "kb.hang_up"  # in the environment of a request: a function that ends its connection


class _Task(WSGITask):  # type: ignore[misc]
    """A request, whose connection can be ended by any thread."""

    def get_environment(self) -> Any:
        environ = super().get_environment()
        environ[HANG_UP] = partial(self.channel.server.trigger.pull_trigger, self.channel.handle_close)
        return environ


class _Full(Error):  # type: ignore[misc]
    code, reason = 503, "Service Unavailable"


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """A request as it comes in: with a body that may be large, where files are taken."""

    uploading: ClassVar[WeakSet[_Parser]] = WeakSet()
    takes_forms = False  # of curators, which may be large

    adj: Any

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        most = self._most()
        if not most:
            return
        if len(self.uploading) >= UPLOADING:
            self.error, self.completed = _Full("others are sending files: try again in a minute"), True
            self.content_length = 0  # else it is told to be too large
            return
        self.uploading.add(self)
        roomy = copy(self.adj)
        roomy.max_request_body_size = 2 * most
        self.adj = roomy

    def _most(self) -> int:
        """The bytes that the app takes of this body, if it is a large one."""
        if self.command != "POST":
            return 0
        if self.path.endswith(UPLOADS):
            return UPLOAD_BYTES
        small = not self.chunked and self.content_length <= BODY_BYTES
        return FORM_BYTES if self.takes_forms and not small and any(part in self.path for part in FORMS) else 0


class _WritingParser(_Parser):
    takes_forms = True


class _Channel(HTTPChannel):  # type: ignore[misc]
    task_class = _Task
    parser_class = _Parser


class _WritingChannel(_Channel):
    parser_class = _WritingParser


def create(app: Flask, listener: socket.socket, proxied: bool = False) -> Any:
    """A server of *app*, which runs when told to; if *proxied*, a proxy on this computer tells who asks."""
    proxy = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-for"}} if proxied else {}
    # Waitress reads a body before the app sees it: far over our limit it stops by itself.
    server = create_server(
        app, sockets=[listener], threads=THREADS, ident=None, recv_bytes=1 << 16,
        connection_limit=CONNECTIONS, asyncore_use_poll=True, outbuf_high_watermark=AHEAD_BYTES,
        max_request_body_size=2 * BODY_BYTES, max_request_header_size=HEADER_BYTES, **proxy,
    )  # fmt: skip
    server.channel_class = _WritingChannel if app.config.get(WRITABLE) else _Channel
    sys.setswitchinterval(SWITCH)
    _keep_little_memory()
    return server


def too_much() -> Response | None:
    """The refusal of a request with so many headers or fields that to take them apart would keep others waiting."""
    if sum(len(value) for _, value in request.headers) > VALUE_CHARACTERS:
        return _refusal(431, f"the headers of a request may have {VALUE_CHARACTERS:,} characters")
    most = FORM_FIELDS if request.method == "POST" and any(part in request.path for part in FORMS) else FIELDS
    form = request.get_data() if request.mimetype == "application/x-www-form-urlencoded" else b""
    if max(request.query_string.count(b"&"), form.count(b"&")) >= most:
        return _refusal(413, f"an address or form may have {most:,} fields")
    return None


def _keep_little_memory() -> None:
    """Give back what many requests at once have taken; each thread would keep its share, 200 MB together."""
    with suppress(AttributeError, OSError, TypeError):  # another C library
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in MEMORY.values():
            mallopt(option, value)


def _refusal(status: int, detail: str) -> Response:
    return Response(detail + "\n", status, mimetype="text/plain")
