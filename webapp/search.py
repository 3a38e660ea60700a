"""The search page and its JSON twin, what may be typed, more like this, and judging what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, current_app, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden, NotFound

from kb import BadQuery, TooLong
from kb import NotFound as Unknown
from kb.graph.query import LIMIT_DEFAULT, LIMIT_MAX, SEARCH_CHARACTERS
from kb.plain import plain
from kb.retrieval.marks import marks

from . import exports, tables
from .asked import SAFE, whole
from .formats import address, current_base, html_page, json_response, language, represent, toggles, wants_json
from .origin import from_our_pages
from .pages import most_claimed

bp = Blueprint("search", __name__)
bp.add_app_template_global(marks)

FILTERS = {"kind": False, "concept": True, "scheme": True, "field": True, "stance": True, "basis": True, "state": True,
           "years": False}  # fmt: skip  # each with whether it may be given several times
PAGES = {"concept": "pages.concept", "source": "pages.source", "author": "pages.author"}  # of a completion
JUDGEMENTS = "JUDGEMENTS"  # in the app's configuration: the file of questions that judgements go to, if any


@bp.get("/")
def home() -> Response:
    """The search box and what to try."""
    return _form_alone({"q": ""}, 200)


@bp.get("/search.json", endpoint="search_json")
@bp.get("/search")
def search() -> Response:
    """What answers ``?q=``, best first, within the filters; ``off`` switches off a part of what was understood."""
    if "q" not in request.args and not wants_json():
        return _form_alone({"q": ""}, 200)
    form = _form(request.args)
    asked = _asked(form)
    try:
        counted = not wants_json() or bool(request.args.get("facets"))
        view = current_base().search(request.args.get("q", ""), language=language(), facets=counted, **asked)
    except (BadQuery, Unknown, TooLong) as error:
        if wants_json():
            raise
        return _form_alone(form, error.status, str(error))
    pages = {"before": _page(form, view, -1), "after": _page(form, view, 1)}
    twin = _link(form, ".search_json")
    more = {"form": form, "more": _link(form), "twin": twin, "pages": pages, "judging": _file() is not None}
    more |= {"toggle": toggles(form, _link(form)), "whole": _link(form)(limit=""), "most": LIMIT_MAX}
    best_first = asked.pop("sort") == "score"  # a search clause of SPARQL has no other order
    as_query = partial(current_base().sparql.of_search, text=form["q"], **asked) if best_first else None
    return represent("search.html", view, as_query=as_query, **more)


@bp.get("/search.csv")
def search_csv() -> Response:
    """The hits of the same search as a table."""
    found = current_base().search(request.args.get("q", ""), language=language(), **_asked(_form(request.args)))
    return tables.hits(found)


def works() -> Iterable[str]:
    """The works of all hits that come close, whatever page is asked for; at most ``?limit=`` of them, if given."""
    asked = _asked(_form(request.args))
    kept = {name: value for name, value in asked.items() if name not in ("limit", "offset", "group")}
    limit = {"limit": asked["limit"]} if request.args.get("limit", "").strip() else {}
    return current_base().works.found(request.args.get("q", ""), **kept, **limit)


@bp.get("/complete.json")
@bp.get("/complete")
def complete() -> Response:
    """Concepts, works and authors that ``?q=`` may become, each with the address of its page; always as JSON.

    ``kind=`` leaves one kind of them, and several times several.
    """
    found = current_base().complete(
        request.args.get("q", ""), whole("limit", LIMIT_DEFAULT), request.args.getlist("kind"), language()
    )
    response = json_response([{**plain(each), "url": address_of(each)} for each in found])
    response.vary.add("Accept-Language")
    return response


@bp.app_template_global()
def address_of(found: Any) -> str:
    """The page of what was completed."""
    return address(PAGES[found.kind], id=found.id)


@bp.get("/similar/<path:id>.json", endpoint="similar_json")
@bp.get("/similar/<path:id>")
def similar(id: str) -> Response:
    """More like a source, claim or concept; a claim is ``source#c1``, the sign written as ``%23``."""
    filters = {name: value for name, value in _form(request.args).items() if name in FILTERS}
    limit, offset = whole("limit", LIMIT_DEFAULT), whole("offset", 0)
    view = current_base().similar(id, limit=limit, offset=offset, **filters)
    as_query = partial(current_base().sparql.of_search, id=id, limit=limit, offset=offset, **filters)
    last = view.offset + len(view.hits)
    after = {"id": id, "limit": limit, "offset": last, **filters} if view.hits and last < view.total else None
    return represent("similar.html", view, after=after, as_query=as_query)


@bp.post("/judge")
def judge() -> Response:
    """Write down how well a hit answers a question, then show the question again."""
    file = _file()
    if file is None:
        raise NotFound("This server takes no judgements: start it with kb serve --judgements FILE.")
    if not from_our_pages():
        raise Forbidden("A judgement is taken from this server's own pages alone.")
    form = request.form
    try:
        grade = int(form.get("grade", ""))
    except ValueError:
        raise BadQuery("a judgement needs a grade: 0, 1 or 2") from None
    current_base().judge(file, form.get("q", ""), form.get("id", ""), grade, judge="a reader of the search page")
    return redirect(_back(form.get("back", ""), form.get("q", ""), form.get("id", "")), 303)  # type: ignore[return-value]


def _form(args: MultiDict[str, str]) -> dict[str, Any]:
    """What was asked for, as the form holds it."""
    text = args.get("q", "")[:SEARCH_CHARACTERS].replace("\0", " ")  # it stands in each link of the page
    form: dict[str, Any] = {"q": text, "mode": args.get("mode", ""), "off": args.getlist("off")}
    form |= {name: args.getlist(name) if several else args.get(name, "").strip() for name, several in FILTERS.items()}
    form |= {name: args.get(name, "") for name in ("limit", "offset", "group", "sort", "lang")}
    return form


def _asked(form: Mapping[str, Any]) -> dict[str, Any]:
    """The form as `KnowledgeBase.search` takes it."""
    asked = {name: form[name] for name in FILTERS}
    numbers = {"limit": whole("limit", LIMIT_DEFAULT), "offset": whole("offset", 0)}
    ranked = {"mode": form["mode"] or "fused", "off": form["off"], "sort": form["sort"] or "score"}
    return asked | numbers | ranked | {"group": bool(form["group"])}


def _back(asked: str, text: str, id: str) -> str:
    """The address of the search that *asked* is the query string of, at the hit that was judged."""
    form = _form(MultiDict(parse_qsl(asked))) if asked else _form(MultiDict({"q": text}))
    values = {name: value for name, value in form.items() if value}
    return url_for(".search", judged=id, _anchor=id, **values)


def _link(form: Mapping[str, Any], endpoint: str = ".search") -> Any:
    """A function that gives the address of this search with some of it changed; nothing empty stands in it."""

    root = url_for(endpoint)  # once: a page has some two hundred of these links

    def link(_anchor: str = "", **changes: Any) -> str:
        values = {name: value for name, value in {**form, "offset": "", **changes}.items() if value}
        asked = f"?{urlencode(values, doseq=True, safe=SAFE)}" if values else ""
        return f"{root}{asked}{'#' * bool(_anchor)}{_anchor}"

    return link


def _page(form: Mapping[str, Any], view: Any, step: int) -> str | None:
    """The address of the page before (-1) or after (1), where there is one."""
    limit = whole("limit", LIMIT_DEFAULT)
    offset = max(view.offset + step * limit, 0)
    if (step < 0 and view.offset == 0) or (step > 0 and offset >= view.total):
        return None
    return str(_link(form)(offset=offset or "", _anchor="hits"))


def _form_alone(form: dict[str, Any], status: int, message: str = "") -> Response:
    """The form without an answer: on arrival, or with what was wrong with the question."""
    base = current_base()
    start: dict[str, Any] = {}
    if not message:
        schemes = base.concepts(language())
        start = {"schemes": schemes, "best": most_claimed(schemes), "counts": base.health()}
    form = _form(MultiDict()) | form
    return html_page("search.html", status, view=None, form=form, more=_link(form), message=message, start=start)


def _file() -> Path | None:
    file: Path | None = current_app.config.get(JUDGEMENTS)
    return file


exports.offer("search.search", "/search", works, "search", tagged=False)
