"""The query editor for people: a form that works everywhere, and the result of a query as a table."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import Response, url_for

from kb.graph.query import GRAPH_FORMATS, ROW_FORMATS

from .formats import current_base, html_page, is_web_address

ROW_FORMS = ("select", "ask")
SHOWN_BYTES = 8 << 20  # of a result that a page reads
TABLE_ROWS = 1000  # that a page shows; all of them come in the other formats


class Example(NamedTuple):
    """A query to start from."""

    title: str
    text: str


class Cell(NamedTuple):
    """A value of a result table, with where it leads: to our own page of an IRI where there is one."""

    text: str = ""
    link: str = ""


def result(text: str, default_graphs: Sequence[str] = (), named_graphs: Sequence[str] = ()) -> Response:
    """The editor with a query and its result."""
    graphs: dict[str, Any] = {"default_graphs": default_graphs, "named_graphs": named_graphs}
    result = current_base().sparql.query(text, most=SHOWN_BYTES, **graphs)
    if result.form not in ROW_FORMS:
        return page(text, graph=result.body.decode("utf-8"), formats=list(GRAPH_FORMATS))
    found = json.loads(result.body)
    if result.form == "ask":
        return page(text, truth=found["boolean"], formats=list(ROW_FORMATS))
    names, bindings = found["head"]["vars"], found["results"]["bindings"]
    rows = [[_cell(row.get(name)) for name in names] for row in bindings[:TABLE_ROWS]]
    return page(text, names=names, rows=rows, total=len(bindings), formats=list(ROW_FORMATS))


def _cell(term: dict[str, str] | None) -> Cell:
    if term is None:
        return Cell()
    value = str(term["value"])
    if term["type"] != "uri":
        return Cell(value)
    short, link = value, value if is_web_address(value) else ""
    for prefix, namespace in _prefixes().items():
        if value.startswith(namespace):
            id, _, anchor = value.removeprefix(namespace).partition("#")
            short = value.replace(namespace, f"{prefix}:", 1)
            if id and prefix in ("concept", "source"):
                link = url_for(f"pages.{prefix}", id=id, _anchor=anchor or None)
    return Cell(short, link)


def page(text: str = "", status: int = 200, **result: object) -> Response:
    """The editor with a query, and with what became of it."""
    prefixes = _prefixes()
    examples = [Example(e.title, _prologue(e.text, prefixes) + e.text) for e in _examples()]
    text = text or examples[0].text
    return html_page("sparql.html", status, text=text, examples=examples, prologue=_declare(prefixes), **result)


@cache
def _examples() -> list[Example]:
    """The queries of ``queries/``: the first line of each file, a comment, is its title."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "queries").glob("*.rq"))]
    return [Example(title.removeprefix("# "), text) for title, _, text in (text.partition("\n") for text in texts)]


def _prologue(text: str, prefixes: dict[str, str]) -> str:
    used = set(re.findall(r"\b([a-z]+):", text))
    return _declare({prefix: iri for prefix, iri in prefixes.items() if prefix in used})


def _prefixes() -> dict[str, str]:
    return current_base().generation.names.prefixes


def _declare(prefixes: dict[str, str]) -> str:
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(prefixes.items()))
