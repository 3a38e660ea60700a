"""The W3C's tests of SPARQL 1.1, read from their manifests."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rdflib import RDF, RDFS, Graph, Namespace, Node

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")

EVALUATION = (
    "aggregates", "bind", "bindings", "cast", "construct", "exists", "functions", "grouping", "negation",
    "project-expression", "property-path", "subquery", "csv-tsv-res", "json-res",
)  # fmt: skip
SYNTAX = ("syntax-query", "syntax-fed", "aggregates", "construct", "grouping", "delete-insert")
RESULTS = ("QueryEvaluationTest", "CSVResultFormatTest")
VALID, INVALID = "PositiveSyntaxTest11", "NegativeSyntaxTest11"

Data = tuple[tuple[str, Path], ...]  # graph ("" is the default graph) and file


class Test(NamedTuple):
    """A query, the data it is asked of, and the file with its result, if any."""

    __test__ = False  # pytest: not a class of tests

    name: str
    kind: str
    query: Path
    data: Data
    result: Path | None

    @property
    def text(self) -> str:
        """The query, with the address of its file as base where it declares none."""
        text = self.query.read_bytes().decode()
        return text if re.search(r"^\s*BASE\b", text, re.I | re.M) else f"BASE <{self.query.as_uri()}>\n{text}"


class Request(NamedTuple):
    """An HTTP request of a protocol test, and what may come back: statuses such as "2xx", a form, the truth."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None
    statuses: set[str]
    form: str | None
    truth: bool | None


def evaluation(data: Path) -> list[Test]:
    """The tests that compare results."""
    return [test for name in EVALUATION for test in tests(data / name) if test.kind in RESULTS]


def syntax(data: Path) -> list[Test]:
    """The tests that ask whether a text is a query."""
    return [test for name in SYNTAX for test in tests(data / name) if test.kind in (VALID, INVALID)]


def tests(folder: Path) -> Iterator[Test]:
    """The query tests of one manifest, in its order."""
    graph, entries = manifest(folder)
    for entry in entries:
        action = graph.value(entry, MF.action)
        kind = str(graph.value(entry, RDF.type)).rpartition("#")[2]
        result = graph.value(entry, MF.result)
        query = graph.value(action, QT.query) or action
        found = path(result) if result else None
        yield Test(title(folder, entry), kind, path(query), tuple(dataset(graph, action)), found)


def protocol(folder: Path) -> dict[str, list[Request]]:
    """The requests of each protocol test."""
    graph, entries = manifest(folder)
    requests = {entry: graph.value(graph.value(entry, MF.action), HT.requests) for entry in entries}
    return {title(folder, entry): [request(graph, each) for each in graph.items(requests[entry])] for entry in entries}


def protocol_data(folder: Path) -> Data:
    """The graphs that the protocol tests name."""
    graph, _ = manifest(folder)
    named = graph.objects(None, UT.graphData)
    return tuple(sorted({(str(graph.value(each, RDFS.label)), path(graph.value(each, UT.graph))) for each in named}))


def manifest(folder: Path) -> tuple[Graph, list[Node]]:
    """The graph of a manifest, and its tests."""
    graph = Graph().parse(folder / "manifest.ttl")
    return graph, [entry for entries in graph.objects(None, MF.entries) for entry in graph.items(entries)]


def dataset(graph: Graph, action: Node | None) -> Iterator[tuple[str, Path]]:
    """The graphs that a test's query is asked of."""
    yield from (("", path(each)) for each in graph.objects(action, QT.data))
    yield from ((str(each), path(each)) for each in graph.objects(action, QT.graphData))


def request(graph: Graph, node: Node) -> Request:
    """One ht:Request."""
    headers = {
        str(graph.value(each, HT.fieldName)): str(graph.value(each, HT.fieldValue))
        for each in graph.items(graph.value(node, HT.headers))
    }
    body, answer = graph.value(node, HT.body), graph.value(node, HT.resp)
    sent = str(graph.value(body, CNT.chars)).encode(str(graph.value(body, CNT.characterEncoding))) if body else None
    statuses = {str(each)[-3:] for each in graph.objects(answer, MF.expectedStatus)}
    form, truth = graph.value(answer, MF.expectedFormat), graph.value(answer, MF.expectedBoolean)
    address = str(graph.value(node, HT.absolutePath)).replace("/sparql/", "/sparql", 1)
    return Request(
        str(graph.value(node, HT.methodName)), address, headers, sent, statuses, form and str(form),
        None if truth is None else bool(truth),
    )  # fmt: skip


def title(folder: Path, entry: Node) -> str:
    """What a test is called here: its folder and its name there."""
    return f"{folder.name}/{str(entry).rpartition('#')[2]}"


def path(iri: Node | None) -> Path:
    """The file that a manifest names by its address."""
    return Path(str(iri).removeprefix("file://"))
