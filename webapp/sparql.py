"""The SPARQL 1.1 Protocol, query part.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from threading import Timer
from typing import NamedTuple

from flask import Blueprint, Response, abort, request
from waitress.channel import ClientDisconnected
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from kb import BadQuery, Busy, KBError, __version__
from kb.graph.query import GRAPH_FORMATS, HOW_TO_CHANGE, ROW_FORMATS, ROW_FORMS, form
from kb.graph.tokens import printable
from kb.graph.workers import Options

from . import data, editor
from .bodies import body, is_known, share, tagged, wants_zip
from .formats import HTML, current_base, preferred
from .server import HANG_UP

bp = Blueprint("sparql", __name__)
bp.after_request(share)
log = logging.getLogger("kb.sparql")

# Media type → short name; the plain names are taken for the specific ones.
ROWS = {media: name for name, media in ROW_FORMATS.items()} | {"application/json": "json", "application/xml": "xml"}
GRAPHS = {media: name for name, media in GRAPH_FORMATS.items()}
# What programs call a format besides: SPARQLWrapper adds format=xml to whatever it asks, Virtuoso's form a media type.
ALIASES = {"xml": "rdfxml", "rdf": "rdfxml", "rdf+xml": "rdfxml", "json": "jsonld", "json-ld": "jsonld", "n3": "turtle",
           "ttl": "turtle", "nt": "ntriples", "nq": "nquads"}  # fmt: skip
NO_UPDATES = f"updates are not allowed. {HOW_TO_CHANGE}"
PATIENCE = 1.0  # seconds that a client may take to read, when its query has ended
LOGGED = 300  # characters of a query in the log
NEVER_THE_SAME = re.compile(r"\b(?:now|rand|(?:str)?uuid|bnode)\b", re.IGNORECASE)  # functions that always differ


class Asked(NamedTuple):
    """A query as it came over the protocol, and how it is to be answered."""

    text: str
    options: Options


@bp.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query in the form that the Accept header (or ``format=``) asks for; a browser gets the editor."""
    if request.method != "POST" and not request.query_string:
        return _unasked(_for_people())
    start = time.monotonic()
    with ExitStack() as place:  # had before anything is read: a long query takes a while to decode
        try:
            place.enter_context(current_base().sparql.pool.admitted())
        except Busy as error:
            _note(request.method, start, "", error.status, 0, "no place")
            raise
        return _asked(start, place)


def _asked(start: float, place: ExitStack) -> Response:
    for_people = _for_people()
    if request.method != "POST" and not {"query", "update"} & request.args.keys():
        return _unasked(for_people)
    note = partial(_note, request.method, start, "")
    try:
        asked = read_request()
        note = partial(_note, request.method, start, asked.text)
        if not for_people:
            return _answer(asked, note, place)
        if request.args.get("why"):
            return editor.page(
                asked.text, diagnosis=current_base().sparql.diagnose(asked.text, **asked.options).message
            )
        page = editor.result(asked.text, asked.options)
        note(200, page.content_length or 0)
        return page
    except HTTPException as error:
        note(error.code or 500, 0, error.description or "")
        raise
    except KBError as error:
        note(error.status, 0, str(error))
        if not for_people:
            raise
        return editor.page(request.values.get("query", ""), status=error.status, message=str(error))


def _for_people() -> bool:
    return "format" not in request.values and preferred((*ROWS, *GRAPHS, HTML)) == HTML


def _unasked(for_people: bool) -> Response:
    """For who asks nothing: the editor, or what can be asked (SPARQL 1.1 Service Description §2)."""
    return editor.page() if for_people else data.described("service")


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
    options: Options = {
        "default_graphs": fields.getlist("default-graph-uri"), "named_graphs": fields.getlist("named-graph-uri"),
        "deadline": _seconds(fields.get("timeout")), "base_iri": request.base_url,
    }  # fmt: skip
    return Asked(queries[0].removeprefix("\ufeff"), options)  # the mark that Windows puts before a text in a file


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


def _answer(asked: Asked, note: Callable[..., None], place: ExitStack) -> Response:
    """The result in the media type that the client likes best among those its form has, as it comes."""
    offers = ROWS if form(asked.text) in ROW_FORMS else GRAPHS
    media = _by_name(offers) if "format" in request.values else preferred(tuple(offers))
    if media is None:
        abort(406, f"this query's result comes as {', '.join(offers)}")
    tag = _tag(asked, media)
    if tag and is_known(tag):
        return _kept(Response(status=304), tag)
    stream = current_base().sparql.stream(asked.text, offers[media], **asked.options)
    if stream.whole is not None:
        note(200, len(stream.whole))
        return _kept(body(stream.whole, media), tag)
    stream.when_done(place.pop_all().close)
    response = body(_counted(stream, note), media)
    response.call_on_close(_hang_up_at(stream.until + PATIENCE))
    response.call_on_close(stream.close)  # the body of an answer to HEAD is never begun
    return _kept(response, tag)


def _kept(response: Response, tag: str) -> Response:
    """A result with what a cache has to know."""
    response.headers["Cache-Control"] = "no-cache" if tag else "no-store"
    return tagged(response, tag) if tag else response


def _tag(asked: Asked, media: str) -> str:
    """The entity tag of a result: it changes with data, model and program; none where no two results are the same."""
    if NEVER_THE_SAME.search(asked.text):
        return ""
    now, options = current_base().generation, {**asked.options, "deadline": None}
    told = (__version__, now.state, now.encoder, asked.text, str(options), media, str(wants_zip()))
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
        if name in (short, media) or ALIASES.get(name) == short:
            return media
    raise BadQuery(f"no format {name[:20]!r} for this query: choose one of {', '.join(dict.fromkeys(offers.values()))}")


def _note(method: str, start: float, text: str, status: int, size: int, more: str = "") -> None:
    """One line in the log for each query."""
    shown = printable(" ".join(text[: 2 * LOGGED].split())[:LOGGED])
    more = f" ({printable(more.partition(chr(10))[0])})" if more else ""
    log.info("%s %d %.3f s %d bytes%s %s", method, status, time.monotonic() - start, size, more, shown)
