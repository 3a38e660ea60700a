"""Pages to go through: the sources with facets and a histogram, and the authors from A to Z."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flask import Response, request

from kb.views.browse import FACETS

from .asked import link_of, typed, whole
from .formats import current_base, language, represent, toggles, wants_json
from .pages import bp, page, walk

__all__ = ["bp", "wanted"]  # the former is that of the other pages, which these join

LIST = "pages.sources"


class Chosen(NamedTuple):
    """A part of what the list is narrowed to, and the address of the list without it."""

    facet: str
    label: str
    without: str


@page("/sources")
def sources() -> Response:
    """The sources, narrowed by facets and sorted; a page at a time for people, all at once for programs."""
    form = wanted()
    number = whole("page", 1) if request.args.get("page", "").strip() or not wants_json() else None
    view = current_base().sources(language(), **form, page=number)
    link = link_of(form, LIST)
    pages = {"before": number and number > 1 and link(page=number - 1), "after": number and number < view.pages
             and link(page=number + 1)}  # fmt: skip
    return represent(
        "sources.html", view, form=form, link=link, toggle=toggles(form, link), pages=pages,
        chosen=list(_chosen(view, form)), twin=link_of(form, "pages.sources_json")(),
    )  # fmt: skip


@page("/authors")
def authors() -> Response:
    """Who wrote or edited the works, from A to Z; ``?q=`` leaves those whose names begin so."""
    text = typed("q")
    return represent("authors.html", current_base().authors(text), q=text)


@page("/author/<path:id>")
def author(id: str) -> Response:
    """An author or editor: works, colleagues, subjects and claims."""
    return represent("author.html", current_base().author(id, language()))


def wanted() -> dict[str, Any]:
    """What the list of sources is asked to be narrowed to, and its order, as `KnowledgeBase.sources` takes it."""
    form: dict[str, Any] = {name: list(filter(None, request.args.getlist(name))) for name in FACETS}
    return form | {name: typed(name) for name in ("q", "years", "sort")}


def _chosen(view: Any, form: Mapping[str, Any]) -> Iterator[Chosen]:
    """All that the list is narrowed to."""
    link = link_of(form, LIST)
    toggle = toggles(form, link)
    for name, what in (("q", "title or name"), ("years", "years")):
        if form[name]:
            yield Chosen(what, form[name], link(**{name: ""}))
    for facet in view.facets:
        for value in walk(facet.values):
            if value.chosen:
                yield Chosen(facet.label, value.label, toggle(facet.name, value.value))
