"""The query editor for people: a form that works everywhere, and the result of a query as a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Response, url_for

from kb.graph.examples import Example, read
from kb.graph.query import GRAPH_FORMATS, ROW_FORMATS

from .formats import current_base, html_page, is_web_address

ROW_FORMS = ("select", "ask")
SHOWN_BYTES = 8 << 20  # of a result that a page reads
STARTER = "SELECT ?thing ?property ?value\nWHERE { ?thing ?property ?value }\nLIMIT 20"  # where a home has no examples
TABLE_ROWS = 1000  # that a page shows; all of them come in the other formats


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
    examples = _examples()
    text = text or (examples[0].text if examples else STARTER)
    return html_page("sparql.html", status, text=text, examples=examples, prologue=_declare(prefixes), **result)


def _examples() -> tuple[Example, ...]:
    """The queries to start from that the home has."""
    return read(current_base().home.ontology / "examples")


def _prefixes() -> dict[str, str]:
    return current_base().generation.names.prefixes


def _declare(prefixes: dict[str, str]) -> str:
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in sorted(prefixes.items()))
