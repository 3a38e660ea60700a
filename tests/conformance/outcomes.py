"""What came of each of the W3C's tests, over HTTP and on the bare engine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from description import SD, offences
from endpoint import MEDIA, Endpoint, engine, media_type, reads
from pyoxigraph import Store
from rdflib import Graph, URIRef
from results import read, same
from w3c import VALID, Request, Test, evaluation, protocol, protocol_data, syntax
from werkzeug.test import TestResponse

HERE = "http://localhost/sparql"  # as the test client calls it
JSON, XML, TABLES = MEDIA[".srj"], MEDIA[".srx"], (MEDIA[".csv"], MEDIA[".tsv"])
FORMS = {
    "boolean": (JSON, XML), "tabular": (JSON, XML, *TABLES),
    "RDF": ("application/rdf+xml", "text/turtle", "application/n-triples"),
}  # fmt: skip


class Outcome(NamedTuple):
    """Why a test fails over HTTP and on the bare engine; an empty reason is a pass, None means that it has no part."""

    suite: str
    name: str
    http: str
    engine: str | None = None


def all_outcomes(endpoint: Endpoint, suites: Path) -> Iterator[Outcome]:
    """Every test's outcome."""
    for test in evaluation(suites):
        store = endpoint.over(test.data)
        yield Outcome("evaluation", test.name, evaluate(endpoint, test), evaluate(store, test))
    store = endpoint.over(())
    for test in syntax(suites):
        yield Outcome("syntax", test.name, parse(endpoint, test), parse(store, test))
    endpoint.over(protocol_data(suites / "protocol"))
    for name, requests in protocol(suites / "protocol").items():
        updates = "update" in name
        reasons = (refused(endpoint, each) if updates else spoken(endpoint, each) for each in requests)
        yield Outcome("protocol, updates" if updates else "protocol", name, "; ".join(filter(None, reasons)))
    for name, reason in describe(endpoint).items():
        yield Outcome("service description", f"service-description/{name}", reason)


def evaluate(asked: Endpoint | Store, test: Test) -> str:
    """Why the result is not the expected one."""
    assert test.result
    media, written = media_type(test), MEDIA[test.result.suffix]
    if isinstance(asked, Endpoint):
        answer = asked.ask(test.text, media)
        if answer.status_code != 200 or answer.mimetype != media:
            return told(answer)
        body = answer.data
    else:
        body = engine(asked, test.text, media)
    in_order = bool(re.search(r"order\s+by", test.text.rpartition("}")[2], re.I))  # that of a sub-select gives none
    expected, found = read(test.result.read_bytes(), written, test.result.as_uri()), read(body, media)
    return "" if same(expected, found, in_order) else "another result"


def parse(asked: Endpoint | Store, test: Test) -> str:
    """Why a text is not read or refused as it should be."""
    if isinstance(asked, Endpoint):
        answer = asked.ask(test.text, "*/*")
        return "" if answer.status_code == (200 if test.kind == VALID else 400) else told(answer)
    return "" if reads(asked, test.text) == (test.kind == VALID) else "read amiss"


def spoken(endpoint: Endpoint, request: Request) -> str:
    """Why the answer to a request is not what the protocol wants."""
    answer = send(endpoint, request)
    if f"{answer.status_code // 100}xx" not in request.statuses:
        return told(answer)
    if request.form and answer.mimetype not in FORMS[request.form]:
        return f"{answer.mimetype} is no {request.form}"
    if request.truth is not None and read(answer.data, answer.mimetype).rows != [(request.truth,)]:
        return f"not {request.truth}"
    return ""


def refused(endpoint: Endpoint, request: Request) -> str:
    """Why a request of an update test does not show that nothing is changed here: no update, and no effect of one."""
    wanted = request._replace(truth=False) if request.truth else request._replace(statuses={"4xx"})
    return spoken(endpoint, wanted)


def send(endpoint: Endpoint, request: Request) -> TestResponse:
    """Send a request as it is described."""
    return endpoint.client.open(request.path, method=request.method, headers=request.headers, data=request.body)


def told(answer: TestResponse) -> str:
    """What came instead, in short."""
    problem = answer.json if answer.is_json and answer.status_code >= 400 else None
    return f"{answer.status_code} {problem.get('detail', '') if isinstance(problem, dict) else answer.mimetype}"


def describe(endpoint: Endpoint) -> dict[str, str]:
    """The three tests of the service description, each with the reason why it fails."""
    answer = endpoint.client.get("/sparql", headers={"Accept": "text/turtle, application/rdf+xml;q=0.9"})
    if answer.status_code != 200 or answer.mimetype not in FORMS["RDF"]:
        return dict.fromkeys(("returns-rdf", "has-endpoint-triple", "conforms-to-schema"), told(answer))
    graph = Graph().parse(data=answer.data, format=answer.mimetype, publicID=HERE)
    return {
        "returns-rdf": "" if graph else "no triple",
        "has-endpoint-triple": "" if (None, SD.endpoint, URIRef(HERE)) in graph else f"no sd:endpoint <{HERE}>",
        "conforms-to-schema": "; ".join(sorted(offences(graph))),
    }
