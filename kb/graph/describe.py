"""What the data set, its endpoint and the example queries say of themselves, in RDF: VoID, DCAT, SD and SHACL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyoxigraph as ox

from kb.errors import KBError
from kb.graph.examples import Example
from kb.graph.query import GRAPH_FORMATS, ROW_FORMATS, read
from kb.graph.store import Row, Store, Value
from kb.terms import DATASET, DERIVED_GRAPH, LANGUAGE, ONTOLOGY_GRAPH, PKB, RDF, RDFS, VERSION, XSD

KINDS = ("void", "service", "examples")  # of descriptions
GRAPHS_LISTED = 1000  # named graphs; where there are more, the service description gives their number alone
SPACE = DATASET.rpartition("/")[0] + "/"  # what the IRIs of our own things begin with

SD = "http://www.w3.org/ns/sparql-service-description#"
SH = "http://www.w3.org/ns/shacl#"
SPEX = "https://purl.expasy.org/sparql-examples/ontology#"  # has what SHACL 1.0 lacks: the text of a DESCRIBE
SCHEMA = "https://schema.org/"
MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
PREFIXES = {
    "dataset": DATASET + "#", "dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/", "owl": "http://www.w3.org/2002/07/owl#", "pkb": PKB,
    "prov": "http://www.w3.org/ns/prov#", "rdfs": RDFS, "schema": SCHEMA, "sd": SD, "sh": SH, "spex": SPEX,
    "void": "http://rdfs.org/ns/void#", "xsd": XSD,
}  # fmt: skip

FORMAT = "http://www.w3.org/ns/formats/"
FORMATS = {  # as the W3C names them there; the engine has another name for JSON-LD
    "json": "SPARQL_Results_JSON", "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV", "turtle": "Turtle", "ntriples": "N-Triples", "trig": "TriG", "nquads": "N-Quads",
    "rdfxml": "RDF_XML", "jsonld": "JSON-LD",
}  # fmt: skip
# The class of an executable query, if there is one for its form, and the property that holds its text; as in
# https://github.com/sib-swiss/sparql-examples, which clients look for.
EXECUTABLES = {
    "select": (SH + "SPARQLSelectExecutable", SH + "select"),
    "ask": (SH + "SPARQLAskExecutable", SH + "ask"),
    "construct": (SH + "SPARQLConstructExecutable", SH + "construct"),
    "describe": (SH + "SPARQLExecutable", SPEX + "describe"),
}
DUMPS = {  # formats of `Store.dump`, and how such a file is called in the catalogue
    "trig": "All data in TriG, one named graph for each source",
    "nquads": "All data in N-Quads, one named graph for each source",
    "turtle": "All data in Turtle, each triple once",
}


class Addresses(NamedTuple):
    """Where a server has what a description points to; absolute addresses."""

    endpoint: str
    page: str
    void: str
    examples: str
    dumps: Mapping[str, str]  # by format, as in DUMPS


class Edition(NamedTuple):
    """The data set in one of its versions, and what is needed to cite it."""

    iri: str
    version_iri: str
    version: str
    date: str
    title: str
    description: str
    license: str
    creators: str
    citation: str


def edition(store: Store, version: str, date: str, title: str) -> Edition:
    """The data set as its ontology tells of it; *title* is taken where that has none."""
    row = next(iter(store.rows_named("edition")), Row())
    title, iri = row.get("title") or title, VERSION + version
    creators, license = row.get("creators") or "", row.get("license") or ""
    return Edition(
        DATASET, iri, version, date, title, row.get("description") or "", license, creators,
        cite(title, creators, date, version, iri),
    )  # fmt: skip


def cite(title: str, creators: str, date: str, version: str, iri: str) -> str:
    """A data set as APA 7 (§10.9) cites it; without creators the title comes first.

    >>> cite("Mills", "Ann Reed", "2026-11-24", "0a1b", "http://e/v/0a1b")
    'Ann Reed (2026). Mills (Version 0a1b, 2026-11-24) [Data set]. http://e/v/0a1b'
    """
    year, what = f"({date[:4] or 'n.d.'})", f"{title} (Version {', '.join(filter(None, [version, date]))}) [Data set]"
    return f"{creators} {year}. {what}. {iri}" if creators else f"{what}. {year}. {iri}"


def partitions(store: Store) -> list[ox.Triple]:
    """How much there is of what, in VoID: reads all triples, about 6 s for a million."""
    count = next(iter(store.rows_named("entities", (SPACE,))))["entities"] or "0"
    return store.construct("void", entities=_number(count), space=ox.Literal(SPACE))


def dataset(store: Store, edition: Edition, at: Addresses) -> list[ox.Triple]:
    """The data set, its version and where it is to be had, in DCAT and VoID; without the counts of `partitions`."""
    values: dict[str, Value] = {
        "void": ox.NamedNode(at.void), "page": ox.NamedNode(at.page), "endpoint": ox.NamedNode(at.endpoint),
        "version": ox.NamedNode(edition.version_iri), "number": ox.Literal(edition.version),
        "title": ox.Literal(edition.title, language=LANGUAGE),
    }  # fmt: skip
    if re.fullmatch(r"\d{4}-\d\d-\d\d", edition.date):
        values["date"] = ox.Literal(edition.date, datatype=ox.NamedNode(XSD + "date"))
    found = store.construct("dataset", **values)
    for format, address in at.dumps.items():
        found += store.construct("dump", **_dump(format, address))
    return found


def graphs(store: Store) -> list[ox.Triple]:
    """The default graph and the named ones; reads all triples where the named ones are few enough to be listed."""
    number = store.graph_count()
    words = (
        f"{number:,} named graphs: one for each source, called by its IRI, {ONTOLOGY_GRAPH} for concepts and terms, "
        f"and {DERIVED_GRAPH} for what follows from the claims. The default graph holds each triple of them once."
    )
    found = store.construct("graph-count", words=ox.Literal(words, language=LANGUAGE))
    return found + (store.construct("graphs") if number <= GRAPHS_LISTED else [])


def service(store: Store, at: Addresses) -> list[ox.Triple]:
    """The endpoint, in SPARQL 1.1 Service Description and DCAT; without the `graphs` of its data set."""
    endpoint, void, examples = map(ox.NamedNode, (at.endpoint, at.void, at.examples))
    found = store.construct("service", endpoint=endpoint, void=void, examples=examples)
    formats = (ox.NamedNode(FORMAT + FORMATS[name]) for name in (*ROW_FORMATS, *GRAPH_FORMATS))
    return found + [_triple(endpoint, SD + "resultFormat", format) for format in formats]


def examples(queries: Sequence[Example], at: Addresses) -> list[ox.Triple]:
    """Example queries as executables of SHACL, each called by its id behind the address of the document."""
    declared = ox.NamedNode(at.examples + "#prefixes")
    found = [_triple(declared, RDF + "type", ox.NamedNode(PREFIXES["owl"] + "Ontology"))]
    for prefix, namespace in sorted({pair for query in queries for pair in read(query.text).prefixes.items()}):
        one = ox.NamedNode(f"{at.examples}#prefix-{prefix}")
        value = ox.Literal(namespace, datatype=ox.NamedNode(XSD + "anyURI"))
        found += [_triple(declared, SH + "declare", one), _triple(one, SH + "namespace", value)]
        found += [_triple(one, SH + "prefix", ox.Literal(prefix))]
    return found + [triple for query in queries for triple in _example(query, declared, at)]


def serialise(triples: Iterable[ox.Triple], format: str, names: Mapping[str, str] = PREFIXES) -> bytes:
    """*triples* in one of GRAPH_FORMATS, each once, in an order that is always the same."""
    if format not in GRAPH_FORMATS:
        raise KBError(f"no format {format!r} for RDF: choose one of {', '.join(GRAPH_FORMATS)}")
    ordered = sorted(set(triples), key=_place)
    kind = ox.RdfFormat.from_media_type(GRAPH_FORMATS[format])
    return ox.serialize(ordered, format=kind, prefixes=dict(names)) or b""


def _example(query: Example, declared: ox.NamedNode, at: Addresses) -> list[ox.Triple]:
    this, (kind, property) = ox.NamedNode(f"{at.examples}#{query.id}"), EXECUTABLES[read(query.text).form]
    said: list[tuple[str, ox.NamedNode | ox.Literal]] = [
        (RDF + "type", ox.NamedNode(SH + "SPARQLExecutable")),
        (RDF + "type", ox.NamedNode(kind)),
        (RDFS + "comment", ox.Literal(query.title, language=LANGUAGE)),
        (SH + "prefixes", declared),
        (property, ox.Literal(query.text)),
        (SCHEMA + "target", ox.NamedNode(at.endpoint)),
        *((SCHEMA + "keywords", ox.Literal(word)) for word in query.keywords),
    ]
    return [_triple(this, predicate, value) for predicate, value in said]


def _dump(format: str, address: str) -> dict[str, Value]:
    return {
        "dump": ox.NamedNode(address),
        "title": ox.Literal(DUMPS[format], language=LANGUAGE),
        "media": ox.NamedNode(MEDIA_TYPES + GRAPH_FORMATS[format]),
        "format": ox.NamedNode(FORMAT + FORMATS[format]),
    }


def _place(triple: ox.Triple) -> tuple[str, bool, str, str]:
    """Things by IRI, and of each its classes first; no blank node is in a description."""
    subject, predicate = triple.subject, triple.predicate.value
    return getattr(subject, "value", ""), predicate != RDF + "type", predicate, str(triple.object)


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), value)


def _number(digits: str) -> ox.Literal:
    return ox.Literal(digits, datatype=ox.NamedNode(XSD + "integer"))
