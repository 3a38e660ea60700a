"""What came of each of the W3C's tests, over HTTP and on the bare engine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import rdflib
from endpoint import MEDIA, Endpoint, engine, media_type, reads
from rdflib import RDF, URIRef
from results import read, same
from w3c import VALID, Request, Test, evaluation, protocol, protocol_data, syntax
from werkzeug.test import TestResponse

SD = "http://www.w3.org/ns/sparql-service-description#"
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


def evaluate(asked: Endpoint | Path, test: Test) -> str:
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


def parse(asked: Endpoint | Path, test: Test) -> str:
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
    graph = rdflib.Graph().parse(data=answer.data, format=answer.mimetype, publicID="http://localhost/sparql")
    here = (None, URIRef(SD + "endpoint"), URIRef("http://localhost/sparql")) in graph
    return {
        "returns-rdf": "" if len(graph) else "no triple",
        "has-endpoint-triple": "" if here else "no sd:endpoint <http://localhost/sparql>",
        "conforms-to-schema": "; ".join(sorted(offences(graph))),
    }


# https://www.w3.org/TR/sparql11-service-description/#vocab: what each property says its subject and object are
SCHEMA = {
    "endpoint": ("Service", None), "feature": ("Service", "Feature"), "defaultEntailmentRegime": ("Service", None),
    "entailmentRegime": (None, None), "defaultSupportedEntailmentProfile": ("Service", None),
    "supportedEntailmentProfile": (None, None), "extensionFunction": ("Service", "Function"),
    "extensionAggregate": ("Service", "Aggregate"), "languageExtension": ("Service", "Feature"),
    "supportedLanguage": ("Service", "Language"), "propertyFeature": ("Service", "Feature"),
    "defaultDataset": ("Service", "Dataset"), "availableGraphs": ("Service", "GraphCollection"),
    "resultFormat": ("Service", None), "inputFormat": ("Service", None), "defaultGraph": ("Dataset", "Graph"),
    "namedGraph": ("GraphCollection", "NamedGraph"), "name": ("NamedGraph", None), "graph": ("NamedGraph", "Graph"),
}  # fmt: skip
KNOWN = {  # https://www.w3.org/TR/sparql11-service-description/#instances, which need no type beside them
    "Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
    "Feature": {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"},
}
ABOVE = {"GraphCollection": ("Dataset",)}  # a Dataset is a GraphCollection


def offences(graph: rdflib.Graph) -> Iterator[str]:
    """What in a service description is not of the vocabulary, or not of the class that a property wants."""
    for subject, predicate, object in graph:
        name = str(predicate).removeprefix(SD)
        if name == str(predicate):
            continue
        for node, kind in zip((subject, object), SCHEMA.get(name, (None, None)), strict=True):
            kinds = {URIRef(SD + each) for each in (kind, *ABOVE.get(kind or "", ()))}
            if kind and str(node).removeprefix(SD) not in KNOWN.get(kind, ()) and not kinds & set(graph[node : RDF.type]):
                yield f"sd:{name} wants {node} to be a sd:{kind}"
        if name not in SCHEMA or isinstance(object, rdflib.Literal):
            yield f"no such use of sd:{name}"
    services = set(graph[: RDF.type : URIRef(SD + "Service")])
    if len(services) != 1 or not all((service, URIRef(SD + "endpoint"), None) in graph for service in services):
        yield "not one sd:Service with its sd:endpoint"
