"""The query editor for people: a form that works everywhere, and the result of a query as a table."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from flask import Response, request, url_for

from kb.bibliography.dataset import bibtex
from kb.graph.examples import Example
from kb.graph.query import GRAPH_FORMATS, ROW_FORMATS
from kb.graph.workers import Options

from .formats import current_base, fetched, html_page, is_web_address

SHOWN_BYTES = 8 << 20  # of a result that a page reads
STARTER = "SELECT ?thing ?property ?value\nWHERE { ?thing ?property ?value }\nLIMIT 20"  # where a home has no examples
DIGITS = 8  # of a number that a table shows; all of them come in the other formats
TABLE_ROWS = 1000  # that a page shows; all of them come in the other formats
GROUP_SIZE = 3  # examples that share a keyword from which on it makes a group
OTHERS = "more"  # the group of what has no such keyword
YASQE = "yasqe.min.js"
PLACE = re.compile(r"\bline (\d+), column (\d+)")  # in the message of an error


class Cell(NamedTuple):
    """A value of a result table, with where it leads: to our own page of an IRI where there is one."""

    text: str = ""
    link: str = ""
    language: str = ""
    number: bool = False


class Place(NamedTuple):
    """Where in a query something is wrong, counted from 1."""

    line: int
    column: int


class Cited(NamedTuple):
    """How the data set and a query are cited: as text, in BibTeX, and the address with the version."""

    text: str
    bibtex: str
    address: str


def result(text: str, options: Options) -> Response:
    """The editor with a query and its result."""
    result = current_base().sparql.query(text, most=SHOWN_BYTES, **options)
    if result.form == "graph":
        graph = result.body.decode("utf-8")
        return page(text, graph=graph, empty=_holds_nothing(graph), formats=list(GRAPH_FORMATS))
    found = json.loads(result.body)
    if result.form == "ask":
        return page(text, truth=found["boolean"], formats=list(ROW_FORMATS))
    names, bindings = found["head"]["vars"], found["results"]["bindings"]
    named = cache(_named)  # the same things stand in many rows
    rows = [[_cell(row.get(name), named) for name in names] for row in bindings[:TABLE_ROWS]]
    total = len(bindings)
    return page(text, names=names, rows=rows, total=total, empty=not total, formats=list(ROW_FORMATS))


def page(text: str = "", status: int = 200, message: str = "", **result: Any) -> Response:
    """The editor with a query, and with what became of it: *result*, a *diagnosis* among it, or what is wrong."""
    now, place = current_base().generation, PLACE.search(message or result.get("diagnosis", ""))
    examples = now.examples
    graphs = {name: request.values.getlist(name) for name in ("default-graph-uri", "named-graph-uri")}
    return html_page(
        "sparql.html", status, text=text or (examples[0].text if examples else STARTER), asked=bool(text),
        graphs=graphs, message=message, place=Place(*map(int, place.groups())) if place else None,
        groups=_grouped(examples), cited=_cited(text, graphs) if "formats" in result else None,
        other_version=request.args.get("version", "") not in ("", now.version),
        known=_known(), has_yasqe=fetched(YASQE), **result,
    )  # fmt: skip


def _grouped(examples: Sequence[Example]) -> dict[str, list[Example]]:
    """The examples by the first of their keywords that is worth a group."""
    counts = Counter(word for example in examples for word in example.keywords)
    groups: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        groups[next((w for w in example.keywords if counts[w] >= GROUP_SIZE), OTHERS)].append(example)
    return groups | {OTHERS: groups.pop(OTHERS, [])}


def _known() -> dict[str, Any]:
    """What the editor can complete: prefixes, terms with their labels, and the address that knows concepts."""
    now = current_base().generation
    words = [[word.id, word.label] for word in now.views().words()]
    return {"prefixes": now.names.prefixes, "words": words, "complete": url_for("search.complete")}


def _cited(text: str, graphs: dict[str, list[str]]) -> Cited:
    edition = current_base().generation.edition
    values: dict[str, Any] = {"query": text, **graphs, "version": edition.version}
    address = url_for("sparql.sparql", _external=True, **values)
    named = edition.title, edition.creators, edition.version, edition.date, edition.version_iri
    return Cited(f"{edition.citation}\nQuery: {address}", bibtex(*named, address), address)


def _cell(term: dict[str, str] | None, named: Callable[[str], Cell]) -> Cell:
    """A term of a result in JSON (SPARQL 1.1 Query Results JSON Format §3.2.2)."""
    if term is None:
        return Cell()
    value, kind = str(term["value"]), term["type"]
    if kind == "uri":
        return named(value)
    number = re.search("#(integer|decimal|double|float)$", term.get("datatype", "")) is not None
    if number and "e" not in value.lower() and len(value) > DIGITS:
        value = f"{float(value):.{DIGITS - 2}g}" if "." in value else value
    return Cell(f"_:{value}" if kind == "bnode" else value, "", term.get("xml:lang", ""), number)


def _named(iri: str) -> Cell:
    """An IRI in short, leading to our own page of what it names, else to its address on the web."""
    short = current_base().generation.names.curie(iri)
    prefix, _, rest = short.partition(":")
    id, _, anchor = rest.partition("#")
    link = iri if is_web_address(iri) else ""
    if id and prefix in ("concept", "source"):
        link = url_for(f"pages.{prefix}", id=id, _anchor=anchor or None)
    elif prefix == "scheme":
        link = url_for("pages.concepts", _anchor=rest)
    elif prefix in ("pkb", "asserted"):
        link = url_for("pages.ontology", _anchor=short)
    return Cell(short, link)


def _holds_nothing(turtle: str) -> bool:
    """Whether a graph has no triple: prefixes may be all that stands there."""
    return not any(line and not line.startswith("@prefix ") for line in turtle.splitlines())
