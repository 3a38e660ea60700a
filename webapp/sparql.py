"""The SPARQL 1.1 Protocol, query part.

https://www.w3.org/TR/sparql11-protocol/#query-operation
"""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, Response, abort, request
from werkzeug.datastructures import MultiDict

from kb import BadQuery, KBError
from kb.graph.query import GRAPH_FORMATS, HOW_TO_CHANGE, ROW_FORMATS, check

from . import editor
from .formats import HTML, current_base, preferred

bp = Blueprint("sparql", __name__)

# Media type → short name; the plain names are taken for the specific ones.
ROWS = {media: name for name, media in ROW_FORMATS.items()} | {"application/json": "json", "application/xml": "xml"}
GRAPHS = {media: name for name, media in GRAPH_FORMATS.items()}
NO_UPDATES = f"updates are not allowed. {HOW_TO_CHANGE}"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Content-Type",
}


class Asked(NamedTuple):
    """A query as it came over the protocol."""

    text: str
    default_graphs: list[str]
    named_graphs: list[str]


@bp.route("/sparql", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query in the form that the Accept header (or ``format=``) asks for; a browser gets the editor."""
    for_people = "format" not in request.values and preferred((*ROWS, *GRAPHS, HTML)) == HTML
    if for_people and request.method != "POST" and not request.args.get("query"):
        return editor.page()
    try:
        asked = read_request()
        return editor.result(asked.text, asked.default_graphs, asked.named_graphs) if for_people else _answer(asked)
    except KBError as error:
        if not for_people:
            raise
        return editor.page(request.values.get("query", ""), status=error.status, message=str(error))


@bp.after_request
def _share(response: Response) -> Response:
    response.headers.update(CORS)
    response.vary.add("Accept")
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
    return Asked(queries[0], fields.getlist("default-graph-uri"), fields.getlist("named-graph-uri"))


def _require_utf8() -> None:
    charset = request.mimetype_params.get("charset", "utf-8")
    if charset.lower() not in ("utf-8", "utf8"):
        abort(415, f"queries are read as UTF-8, not {charset[:20]}")


def _body() -> str:
    try:
        return request.get_data().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadQuery(f"the query is not UTF-8: byte {error.start + 1} cannot be read") from None


def _answer(asked: Asked) -> Response:
    """The bytes of the result, in the media type that the client likes best among those its form has."""
    offers = ROWS if check(asked.text) in editor.ROW_FORMS else GRAPHS
    media = _by_name(offers) if "format" in request.values else preferred(tuple(offers))
    if media is None:
        abort(406, f"this query's result comes as {', '.join(offers)}")
    result = current_base().query(asked.text, offers[media], asked.default_graphs, asked.named_graphs)
    return Response(result.body, mimetype=media)


def _by_name(offers: dict[str, str]) -> str:
    """The media type of ``format=``, for links, which can set no header."""
    name = request.values["format"]
    for media, short in offers.items():
        if name in (short, media):
            return media
    raise BadQuery(f"no format {name[:20]!r} for this query: choose one of {', '.join(dict.fromkeys(offers.values()))}")
