"""What other programs read in the head of a page: its address, a description, citation tags and schema.org."""

from __future__ import annotations

import json
from typing import Any

from flask import Flask, request, url_for
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup
from werkzeug.urls import iri_to_uri

from kb.bibliography import highwire
from kb.views import SourceView

from . import schema_org

SHAPES = {"source": schema_org.source, "concept": schema_org.concept, "concepts": schema_org.schemes}


def register(app: Flask) -> None:
    """Let the templates of *app* ask for these."""
    app.jinja_env.globals.update(citation_tags=citation_tags, structured=structured)


def citation_tags(view: SourceView) -> tuple[highwire.Tag, ...]:
    """The ``citation_*`` tags of a work."""
    known = request.host != ""
    return highwire.tags(view.record, iri_to_uri(url_for("pages.source", id=view.id, _external=True)) if known else "")


def structured(kind: str, view: Any = None) -> Markup:
    """The page in schema.org's words, as the content of a data block; no text in it can end the block."""
    if not request.host:
        return Markup("{}")
    if kind == "site":
        node = schema_org.site()
    elif kind == "dataset":
        node = schema_org.dataset(view.edition, view.addresses)
    else:
        node = SHAPES[kind](view)  # type: ignore[operator]
    return htmlsafe_json_dumps(node, dumps=_dumps)


def _dumps(node: Any, **_: Any) -> str:
    return json.dumps(node, ensure_ascii=False, separators=(",", ":"))
