"""The SPARQL 1.1 Protocol, query part.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import BoundedSemaphore, Timer
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, request
from waitress.channel import ClientDisconnected
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from kb import BadQuery, Busy, KBError, __version__
from kb.graph.query import GRAPH_FORMATS, HOW_TO_CHANGE, QUEUE, ROW_FORMATS, WORKERS
from kb.graph.tokens import printable

from . import data, editor
from .formats import HTML, current_base, preferred
from .server import HANG_UP

bp = Blueprint("sparql", __name__)
log = logging.getLogger("kb.sparql")

# Media type → short name; the plain names are taken for the specific ones.
ROWS = {media: name for name, media in ROW_FORMATS.items()} | {"application/json": "json", "application/xml": "xml"}
GRAPHS = {media: name for name, media in GRAPH_FORMATS.items()}
# What programs call a format besides: SPARQLWrapper adds format=xml to whatever it asks, Virtuoso's form a media type.
ALSO = {"xml": "rdfxml", "rdf": "rdfxml", "rdf+xml": "rdfxml", "json": "jsonld", "json-ld": "jsonld", "n3": "turtle",
        "ttl": "turtle", "nt": "ntriples", "nq": "nquads"}  # fmt: skip
NO_UPDATES = f"updates are not allowed. {HOW_TO_CHANGE}"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
}
PLACES = BoundedSemaphore(WORKERS + QUEUE)  # of requests that are read or answered
PATIENCE = 1.0  # seconds that a client may take to read, when its query has ended
LOGGED = 300  # characters of a query in the log
ZIPPED = 1000  # bytes from which on a body is worth zipping
NEVER_THE_SAME = re.compile(r"\b(?:now|rand|(?:str)?uuid|bnode)\b", re.IGNORECASE)  # functions that always differ


class Asked(NamedTuple):
    """A query as it came over the protocol."""

    text: str
    default_graphs: list[str]
    named_graphs: list[str]
    deadline: float | None


@bp.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query in the form that the Accept header (or ``format=``) asks for; a browser gets the editor."""
    if request.method == "POST" or request.query_string:
        with _place():
            return _sparql()
    return _sparql()


@contextmanager
def _place() -> Iterator[None]:
    """Turn away whom there is no place for, before anything is read: a long query takes a while to decode."""
    start = time.monotonic()
    if not PLACES.acquire(blocking=False):
        _note(request.method, start, "", Busy.status, 0, "no place")
        raise Busy(f"{WORKERS + QUEUE} queries run or wait already: try again in some seconds")
    try:
        yield
    finally:
        PLACES.release()


def _sparql() -> Response:
    for_people = "format" not in request.values and preferred((*ROWS, *GRAPHS, HTML)) == HTML
    if request.method != "POST" and not {"query", "update"} & request.args.keys():
        return editor.page() if for_people else data.described("service")
    start, text = time.monotonic(), ""
    try:
        asked = read_request()
        text = asked.text
        note = partial(_note, request.method, start, text)
        if not for_people:
            return _answer(asked, note)
        if request.args.get("why"):
            graphs: dict[str, Any] = {"default_graphs": asked.default_graphs, "named_graphs": asked.named_graphs}
            found = current_base().sparql.diagnose(asked.text, deadline=asked.deadline, **graphs)
            return editor.page(asked.text, diagnosis=found.message)
        page = editor.result(asked.text, asked.default_graphs, asked.named_graphs, asked.deadline)
        note(200, page.content_length or 0)
        return page
    except HTTPException as error:
        _note(request.method, start, text, error.code or 500, 0, error.description or "")
        raise
    except KBError as error:
        _note(request.method, start, text, error.status, 0, str(error))
        if not for_people:
            raise
        return editor.page(request.values.get("query", ""), status=error.status, message=str(error))


@bp.after_request
def _share(response: Response) -> Response:
    response.headers.update(CORS)
    response.vary.update(("Accept", "Accept-Encoding"))
    return response


def read_request() -> Asked:
    """The one query of this request, from the URL, a form or the body itself."""
    fields = MultiDict(request.args)
    if request.method == "POST":
        _require_utf8()
        if request.mimetype == "application/x-www-form-urlencoded":
            fields.update(request.form)
        elif request.mimetype == "application/sparql-query":
            fields.add("query", _body())
        elif request.mimetype == "application/sparql-update":
            abort(415, NO_UPDATES)
        else:
            abort(415, "POST a query as application/sparql-query, or as application/x-www-form-urlencoded query=…")
    if "update" in fields:
        raise BadQuery(NO_UPDATES)
    queries = fields.getlist("query")
    if len(queries) != 1 or not queries[0].strip():
        raise BadQuery(f"send exactly one `query`, not {len(queries) if any(queries) else 'none'}")
    graphs = fields.getlist("default-graph-uri"), fields.getlist("named-graph-uri")
    text = queries[0].removeprefix("\ufeff")  # the mark that Windows puts before a text in a file
    return Asked(text, *graphs, _seconds(fields.get("timeout")))


def _require_utf8() -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        abort(415, f"queries are read as UTF-8, not {charset[:20]}")


def _body() -> str:
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadQuery(f"the query is not UTF-8: byte {error.start + 1} cannot be read") from None


def _seconds(text: str | None) -> float | None:
    try:
        return (float(text) or None) if text else None  # Virtuoso's form sends 0 for "as you like"
    except ValueError:
        raise BadQuery(f"timeout is to be a number of seconds, not {str(text)[:20]!r}") from None


def _answer(asked: Asked, note: Callable[..., None]) -> Response:
    """The result in the media type that the client likes best among those its form has, as it comes."""
    endpoint = current_base().sparql
    offers = ROWS if endpoint.form(asked.text) in editor.ROW_FORMS else GRAPHS
    media = _by_name(offers) if "format" in request.values else preferred(tuple(offers))
    if media is None:
        abort(406, f"this query's result comes as {', '.join(offers)}")
    zipped = request.accept_encodings.quality("gzip") > 0
    tag = _tag(asked, media, zipped)
    known = request.if_none_match
    if tag and request.method != "POST" and not known.star_tag and known.contains_weak(tag):
        return _headed(Response(status=304), tag)
    stream = endpoint.stream(
        asked.text, offers[media], asked.default_graphs, asked.named_graphs, asked.deadline, base_iri=request.base_url
    )
    if stream.whole is None:
        pieces = _counted(stream, note)
        response = Response(data.packed(pieces) if zipped else pieces, mimetype=media)
        response.call_on_close(_hang_up_at(stream.until + PATIENCE))
        response.call_on_close(stream.close)  # the body of an answer to HEAD is never begun
        return _headed(response, tag, zipped)
    zipped = zipped and len(stream.whole) >= ZIPPED
    response = Response(b"".join(data.packed(iter((stream.whole,)))) if zipped else stream.whole, mimetype=media)
    note(200, len(stream.whole))
    return _headed(response, tag, zipped)


def _headed(response: Response, tag: str, zipped: bool = False) -> Response:
    """A result with what a cache has to know."""
    response.headers["Cache-Control"] = "no-cache" if tag else "no-store"
    response.headers["Link"] = data.version_link(current_base())
    if tag:
        response.set_etag(tag, weak=True)  # blank nodes have other names each time
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _tag(asked: Asked, media: str, zipped: bool) -> str:
    """The entity tag of a result: it changes with data, model and program; none where no two results are the same."""
    if NEVER_THE_SAME.search(asked.text):
        return ""
    now = current_base().generation
    told = (__version__, now.version, now.encoder, *map(str, asked[:3]), request.base_url, media, str(zipped))
    return hashlib.sha256("\0".join(told).encode("utf-8", "replace")).hexdigest()[:32]


def _hang_up_at(end: float) -> Callable[[], None]:
    """End the connection at *end*, by the monotonic clock, unless the function that this returns is called before."""
    timer = Timer(max(end - time.monotonic(), 0), request.environ.get(HANG_UP, bool))
    timer.start()
    return timer.cancel


def _counted(pieces: Iterable[bytes], note: Callable[..., None]) -> Iterator[bytes]:
    """The pieces of a result; one that breaks off in the middle ends the connection, and the log tells why."""
    size = 0
    try:
        for piece in pieces:
            size += len(piece)
            yield piece
    except KBError as error:
        note(error.status, size, f"broken off: {error}")
        raise ClientDisconnected from error  # on which the server hangs up, and writes no traceback
    except GeneratorExit:
        note(200, size, "the client left")
        raise
    else:
        note(200, size)


def _by_name(offers: dict[str, str]) -> str:
    """The media type of ``format=``, for links, which can set no header."""
    name = request.values["format"].replace(" ", "+")  # an unescaped + arrives as a space
    for media, short in offers.items():
        if name in (short, media) or ALSO.get(name) == short:
            return media
    raise BadQuery(f"no format {name[:20]!r} for this query: choose one of {', '.join(dict.fromkeys(offers.values()))}")


def _note(method: str, start: float, text: str, status: int, size: int, more: str = "") -> None:
    """One line in the log for each query."""
    shown = printable(" ".join(text[: 2 * LOGGED].split())[:LOGGED])
    more = f" ({printable(more.partition(chr(10))[0])})" if more else ""
    log.info("%s %d %.3f s %d bytes%s %s", method, status, time.monotonic() - start, size, more, shown)
