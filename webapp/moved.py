"""Addresses of what was merged into something else: they lead there (301), and the page there says so."""

from __future__ import annotations

from typing import Any, cast

from flask import Flask, Response, redirect, request, url_for

from kb import NotFound

from .formats import DATA, current_base, explain, wants_json

SOURCES, CONCEPT = "/source/", "pages.concept"
TWINS = (".csl.json", ".json", *DATA)  # the longer ones first
WAS, SHOW = "was", "retired"  # fields of an address: from where one came; to see what is retired itself


def register(app: Flask) -> None:
    """Let *app* lead on from what was merged."""
    app.register_error_handler(NotFound, _lead_on)


def _lead_on(error: NotFound) -> Response:
    """From a source that was merged to the one that it is part of, or to a twin of that."""
    if request.method in ("GET", "HEAD") and request.path.startswith(SOURCES):
        asked = request.path.removeprefix(SOURCES)
        for suffix in ("", *TWINS):
            id = asked.removesuffix(suffix)
            if asked.endswith(suffix) and "/" not in id and (into := current_base().moved(id)):
                return _to_source(id, into, suffix)
    return explain(error)


def _to_source(id: str, into: str, suffix: str) -> Response:
    args: dict[str, Any] = request.args.to_dict(flat=False)
    if suffix:
        address = url_for("pages.source", id=into + suffix, **args)
    else:  # the fragment keeps the browser from going on to a claim of the same number, which is another one
        address = url_for("pages.source", id=into, **args | {WAS: id}, _anchor=WAS)
    return cast(Response, redirect(address, 301))


def successor(view: Any) -> Response | None:
    """From the page of a concept that is retired to the one concept that replaced it, unless it is itself asked for."""
    if not view.retired or len(view.replaced_by) != 1 or SHOW in request.args or wants_json():
        return None
    args: dict[str, Any] = request.args.to_dict(flat=False)
    return cast(Response, redirect(url_for(CONCEPT, id=view.replaced_by[0].id, **args | {WAS: view.id}), 301))


def came_from(kind: str, id: str) -> Any:
    """What the page of a concept or source tells who came from another one; nothing where that was not merged into it.

    Of a source that is its former id, and what became of its claims.
    """
    was, base = request.args.get(WAS, ""), current_base()
    if not was:
        return None
    if kind == "concept":
        concept = base.ontology().concepts.get(was)
        return concept if concept and concept.retired and id in concept.replaced_by else None
    if base.moved(was) != id:
        return None
    return {"id": was, "claims": base.generation.views().things().came_from(id, was)}
