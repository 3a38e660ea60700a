"""Checks of sources and ontology by the home's SHACL shapes."""

from __future__ import annotations

import logging
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from kb.corpus.check.fields import Checker, Finding, Where, unreadable
from kb.corpus.check.problems import ERROR, WARNING
from kb.corpus.check.vocabulary import Fault
from kb.corpus.ontology import read_turtle
from kb.corpus.sources import SLUG, Source, triples
from kb.errors import BadSource
from kb.terms import RDF

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from rdflib import Graph

CHECK = "shape"


class Shapes:
    """The *shapes* of a home, which say what the *ontology* and sources together must be; read once for many checks.

    Raises `BadSource` when the shapes cannot be read.
    """

    def __init__(self, quads: Iterable[Quad], shapes: Path) -> None:
        self._ontology, self._shapes = as_graph(quads), as_graph(read_turtle(shapes)[1])
        self._lock = Lock()

    def findings(self, checker: Checker) -> tuple[dict[Path, list[Finding]], list[Fault]]:
        """What the shapes say of each source of *checker*, and of the ontology itself."""
        found = defaultdict[Path, list[Finding]](list)
        added = _data(checker, found)
        with self._lock:  # the graph of the ontology is lent out to one check at a time
            new = [triple for triple in added if triple not in self._ontology]
            try:
                for triple in new:
                    self._ontology.add(triple)
                return found, list(_reported(checker, self._ontology, self._shapes, found))
            finally:
                for triple in new:
                    self._ontology.remove(triple)


def _reported(
    checker: Checker, graph: Graph, shapes: Graph, found: dict[Path, list[Finding]]
) -> Iterator[Fault]:  # fmt: skip
    """Put what *shapes* say of sources into *found*, and give what they say of the rest."""
    from pyshacl import validate
    from rdflib import SH, BNode, URIRef

    report: Any = validate(graph, shacl_graph=shapes, inplace=True)[1]
    paths = {checker.names.iri("source", source.id): path for path, source in checker.sources.items()}
    for result in report.objects(None, SH.result):
        node, message = report.value(result, SH.focusNode), str(report.value(result, SH.resultMessage))
        path_node = report.value(result, SH.resultPath)
        predicate = report.value(path_node, URIRef(RDF + "first")) or path_node  # the first step of several
        value = checker.names.id(str(report.value(result, SH.value)))
        seen = set()  # blank nodes may go round in a circle
        while isinstance(node, BNode) and node not in seen and (link := next(graph.subject_predicates(node), None)):
            seen.add(node)
            node, predicate = link
        severity = ERROR if report.value(result, SH.resultSeverity) == SH.Violation else WARNING
        iri, _, fragment = str(node).partition("#")
        if iri in paths:
            where = _where(checker, checker.sources[paths[iri]], fragment, str(predicate), value)
            found[paths[iri]].append(Finding(where, CHECK, message, "", severity))
        elif not isinstance(node, BNode):  # a claim without id, which has been told
            yield Fault(str(node), CHECK, f"{checker.names.id(str(node))}: {message}", "", severity)


def _data(checker: Checker, found: dict[Path, list[Finding]]) -> Graph:
    """All sources as one rdflib graph."""
    graph = as_graph()
    for path, source in checker.sources.items():
        if SLUG.fullmatch(source.id):  # another has no IRI
            try:
                as_graph(triples(source, checker.context), graph)
            except BadSource as error:
                found[path].append(Finding((), "unreadable", unreadable(error).message))
    return graph


def _where(checker: Checker, source: Source, fragment: str, predicate: str, value: str) -> Where:
    """Where the source, or its claim #*fragment*, says *predicate* and *value*; else where it begins."""
    found = [at for at, claim in enumerate(source.claims) if claim.get("id") == f"#{fragment}"]
    place, node = (("claims", found[0]), source.claims[found[0]]) if found else ((), source.data)
    for key, held in node.items():
        prefix, _, local = checker.terms.get(key, {}).get("@id", "").partition(":")
        if predicate == (RDF + "type" if prefix == "@type" else checker.names.prefixes.get(prefix, ":") + local):
            return (*place, key, held.index(value)) if isinstance(held, list) and value in held else (*place, key)
    return place


def as_graph(quads: Iterable[Quad] = (), graph: Graph | None = None) -> Graph:
    """*quads* as an rdflib graph, or with what is in *graph*."""
    import pyoxigraph as ox
    from rdflib import BNode, Graph, Literal, URIRef

    def term(node: Any) -> Any:
        if isinstance(node, ox.Literal):
            return Literal(node.value, lang=node.language, datatype=None if node.language else node.datatype.value)
        return (URIRef if isinstance(node, ox.NamedNode) else BNode)(node.value)

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # a date that is none is for the shapes to tell
    graph = Graph() if graph is None else graph
    with warnings.catch_warnings(action="ignore"):
        for subject, predicate, value, _ in quads:
            if not isinstance(value, ox.Triple):  # which rdflib does not know
                graph.add((term(subject), term(predicate), term(value)))
    return graph
