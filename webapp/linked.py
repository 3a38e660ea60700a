"""Linked data: where the IRIs of a knowledge base lead, and the twins of its pages as RDF and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from kb import BadQuery, NotFound, __version__
from kb.terms import DATASET
from kb.views import Thing

from . import map_picture, tables
from .bodies import answer
from .data import in_place
from .formats import HTML, asked, current_base, preferred
from .twins import CSV, GRAPHS, JSON, LITERATURE, SVG, TWINS, Twin, endpoint, see, twins

bp = Blueprint("linked", __name__)

SPACE = DATASET.removesuffix("dataset")  # what the IRIs of our own things begin with


@bp.get("/id")
def iri() -> Response:
    """What ``?iri=`` names, as page or as data."""
    if not (named := request.args.get("iri", "").strip()):
        raise BadQuery("give the IRI of a concept, a source or another thing: /id?iri=…")
    return _lead(current_base().named(named))


@bp.get("/id/<path:path>")
def permanent(path: str) -> Response:
    """What the IRI of ours with that *path* names, or a twin of it by suffix.

    The service that keeps permanent identifiers leads here.
    """
    base = current_base()
    try:
        return _lead(base.named(SPACE + path))
    except NotFound:
        for twin in (JSON, *GRAPHS, *LITERATURE):
            if path.endswith(twin.suffix):
                page, values = _page(base.named(SPACE + path.removesuffix(twin.suffix)))
                return see({each: address for each, address in twins(page, values)}[twin])
        raise


def _lead(thing: Thing) -> Response:
    """On to the page of *thing*, or to the twin of it that the client likes better (303 See Other)."""
    if thing.kind == "version":
        return see(url_for("data.version", version=thing.id))
    if thing.kind == "other":
        return see(url_for("sparql.sparql", query=asked("thing", thing.id)))
    page, values = _page(thing)
    forms = {HTML: url_for(page, **values)} | {twin.media: address for twin, address in twins(page, values)}
    if thing.kind == "dataset":
        forms |= dict.fromkeys((twin.media for twin in GRAPHS), url_for("data.void"))
    wanted = preferred(tuple(forms))
    if wanted is None:
        abort(406, f"this comes as {', '.join(forms)}")
    if wanted == HTML and (thing.part or thing.kind in ("scheme", "term")):
        return see(url_for(page, _anchor=thing.part or thing.id, **values))
    return see(forms[wanted])


def _page(thing: Thing) -> tuple[str, dict[str, Any]]:
    """The endpoint of the page that tells of *thing*, with the values in its address."""
    pages = {"scheme": "concepts", "term": "ontology", "ontology": "ontology"}
    if thing.kind in ("concept", "source"):
        return f"pages.{thing.kind}", {"id": thing.id}
    return ("data.dataset" if thing.kind == "dataset" else f"pages.{pages[thing.kind]}"), {}


def described(kind: str, twin: Twin, id: str = "") -> Response:
    """RDF about one thing, all concepts or the ontology."""
    base = current_base()
    if id and not base.has(kind, id):
        base.describe(kind, id)  # which says what is wrong

    def made() -> bytes:
        return base.describe(kind, id, twin.format)

    def parts() -> Iterator[bytes]:
        yield made()

    return answer(made if id else lambda: in_place(parts()), twin.media, _tag(twin))


def _listed(table: Callable[[str], Response]) -> Response:
    return table(_tag(CSV))


def _tag(twin: Twin) -> str:
    """The entity tag of what is made from the data alone."""
    return f"{current_base().generation.version}-{__version__}-{twin.suffix[1:]}"


def _register() -> None:
    """Give each twin as RDF, table or picture its address, but for those that stand beside their pages."""
    listed = {
        "pages.sources": tables.sources, "pages.concepts": tables.concepts, "pages.evidence_map": tables.cells,
        "pages.map_cell": tables.cell_claims,
    }  # fmt: skip
    for page, rule in {
        "pages.concepts": "/concepts", "pages.concept": "/concept/<path:id>", "pages.sources": "/sources",
        "pages.source": "/source/<path:id>", "pages.ontology": "/ontology",
        "pages.evidence_map": "/map", "pages.map_cell": "/map/cell",
    }.items():  # fmt: skip
        for twin in TWINS[page]:
            view: Callable[..., Response] | None = None
            if twin == CSV:
                view = partial(_listed, listed[page])
            elif twin == SVG:
                view = partial(map_picture.picture, _tag)
            elif twin in GRAPHS:
                view = partial(described, page.partition(".")[2], twin)
            if view:
                bp.add_url_rule(rule + twin.suffix, endpoint(page, twin), view)


_register()
