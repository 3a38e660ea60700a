"""Reading pages and their JSON twins: concepts, sources, the ontology."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

from flask import Blueprint, Response, request

from kb.bibliography.styles import REFERENCE_STYLES
from kb.errors import NotFound, unknown
from kb.graph.query import SEARCH_CHARACTERS

from . import moved
from .asked import typed
from .bars import chart
from .formats import current_base, html_page, json_response, language, represent, wants_json
from .graph_layout import on_phone, wide

bp = Blueprint("pages", __name__)

STANCES = {
    "disputes": "In dispute",
    "qualifies": "With a qualification",
    "supports": "In agreement",
    "": "Not set against another claim",
}
LIKE_IT = 5  # works that the page of a source names as like it
LARGE, UPPER_LEVELS = 1000, 2  # concepts; levels of a large thesaurus that one page shows
FOLDED = 40  # concepts; of a scheme with more, what is below the second level is folded away
View = Callable[..., Response]


class Outline(NamedTuple):
    """A concept scheme in numbers: its concepts, and those that a claim is about."""

    id: str
    label: str
    concepts: int
    with_claims: int


def page(rule: str) -> Callable[[View], View]:
    """Serve a view as a page at *rule* and as JSON at *rule* + ``.json``."""

    def register(view: View) -> View:
        bp.add_url_rule(rule + ".json", view.__name__ + "_json", view)
        bp.add_url_rule(rule, view.__name__, view)
        return view

    return register


@page("/concepts")
def concepts() -> Response:
    """Every scheme as a tree of concepts; of a large thesaurus the upper levels, or what leads to ``?filter=``."""
    base, text = current_base(), request.args.get("filter", "").strip()[:SEARCH_CHARACTERS]
    if text:
        return represent("concepts.html", base.branches(text, language()), text=text)
    view, large = base.concepts(language()), len(base.ontology().concepts) > LARGE
    numbers = {"outlines": outlines(view), "folded": FOLDED, "levels": UPPER_LEVELS if large else None}
    return represent("concepts.html", view, text="", **numbers)


@page("/concept/<path:id>")
def concept(id: str) -> Response:
    """One concept: its place in the scheme and what the literature says about it."""
    base = current_base()
    view = base.concept(id, language())
    if lead := moved.successor(view):
        return lead
    around = {"wide": wide(view.label, view.neighbourhood), "phone": on_phone(view.label, view.neighbourhood)}
    pictures = {"chart": chart(view.timeline), "around": around}
    return represent(
        "concept.html", view, claims=list(by_stance(view.claims)), treating=len(base.works.about(id)), **pictures,
        was=moved.came_from("concept", id),
    )  # fmt: skip


@page("/ontology")
def ontology() -> Response:
    """The vocabulary term by term, and how strong evidence is."""
    return represent("ontology.html", current_base().vocabulary())


@page("/source/<path:id>")
def source(id: str) -> Response:
    """One source: its record, how to cite it, and its claims."""
    base, style = current_base(), typed("style") or next(iter(REFERENCE_STYLES))
    try:
        view = base.source(id, language(), style)
    except NotFound:
        return deleted(id)
    more: dict[str, Any] = {}
    if not wants_json():
        more = {"similar": base.similar(id, kind="source", limit=LIKE_IT), "style": style}
        more["was"] = moved.came_from("source", id)
    return represent("source.html", view, **more)


def deleted(id: str) -> Response:
    """The page in place of source *id*, which is not there: who deleted it when; raises NotFound."""
    base = current_base()
    gone = None if base.moved(id) else base.curation.past.deletion(id)
    if gone is None:  # or it was merged into another one, where `moved` leads
        raise NotFound(unknown("source", id, base.corpus.ids()))
    if wants_json():
        raise NotFound(f"source {id!r} was deleted on {gone.when[:10]} by {gone.author}")
    return html_page("deleted.html", 404, id=id, gone=gone, code=404)


@bp.get("/healthz")
def healthz() -> Response:
    """Version, generation and counts, for whoever watches the server."""
    return json_response(current_base().health())


def by_stance(claims: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """The claims in groups with a heading each: disputes first, then what stands unopposed.

    A claim appears once, in the first group that one of its stances, given or taken, puts it in.
    """
    groups: dict[str, list[Any]] = {relation: [] for relation in STANCES}
    for claim in claims:
        taken = {stance.relation for stance in claim.stances}
        groups[next((relation for relation in STANCES if relation in taken), "")].append(claim)
    yield from ((STANCES[relation], group) for relation, group in groups.items() if group)


def outlines(schemes: Iterable[Any]) -> dict[str, Outline]:
    """The schemes by their ids, in numbers, a concept counted once wherever it stands."""
    counted = ((scheme, {node.id: node.claims for node in walk(scheme.concepts)}) for scheme in schemes)
    return {s.id: Outline(s.id, s.label, len(claims), sum(map(bool, claims.values()))) for s, claims in counted}


def walk(nodes: Iterable[Any]) -> Iterator[Any]:
    """*nodes* and all that is below them, from the top down."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def most_claimed(schemes: Sequence[Any]) -> list[Any]:
    """Two concepts to start from: the ones most claims are about, in the two schemes most claims are about."""
    groups = [[node for node in _leaves(scheme.concepts) if node.claims] for scheme in schemes]
    groups.sort(key=lambda nodes: -sum(node.claims for node in nodes))
    return [max(nodes, key=attrgetter("claims")) for nodes in groups[:2] if nodes]


def _leaves(nodes: Sequence[Any]) -> Iterator[Any]:
    for node in nodes:
        yield from _leaves(node.children) if node.children else (node,)
