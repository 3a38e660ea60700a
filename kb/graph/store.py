"""The RDF dataset in Oxigraph: one named graph per source, one for the ontology, one for what follows from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kb.errors import KBError

FORMATS = {"trig": ox.RdfFormat.TRIG, "nquads": ox.RdfFormat.N_QUADS, "turtle": ox.RdfFormat.TURTLE}
DUMPED = 5_000
PREFIX_LINES = re.compile(rb"\A(?:@prefix [^\n]*\n)*")
Value = ox.NamedNode | ox.Literal


PLACE = "VALUES ?this {}"  # in a query about things: as it stands, about nothing
NAMES = "VALUES (?as ?name ?given) {}"  # in a query about people, who are known by their names alone
Thing = str | tuple[Value | None, ...]  # an IRI for the one place, a row of terms for the other; None is UNDEF


class Row(dict[str, str | None]):
    """One solution: a variable's lexical value, or None where it is unbound."""


class Store:
    """A generation's dataset, open for reading; a build makes the next one beside it.

    Each triple stands in its own graph and once in the default graph, so that
    plain patterns, COUNT and FROM follow the standard.
    """

    def __init__(self, folder: Path) -> None:
        self._store = ox.Store.read_only(str(folder))

    def __len__(self) -> int:
        """How many triples the default graph holds."""
        count = next(iter(self._solutions("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")))["n"]
        return int(count.value)

    def rows(self, query: str) -> list[Row]:
        """The rows of one of our own SELECT queries."""
        solutions = self._solutions(query)
        names = [variable.value for variable in solutions.variables]
        return [Row(zip(names, (None if v is None else v.value for v in s), strict=True)) for s in solutions]

    def rows_named(self, query: str, iris: Iterable[Thing] = ()) -> list[Row]:
        """The rows of a SELECT query of this folder, such as ``edition``, for each of *iris* if it takes any."""
        return self.rows(filled(text(query), iris))

    def construct(self, query: str, **values: Value) -> list[ox.Triple]:
        """The triples of a CONSTRUCT query of this folder, with *values* put in for its variables."""
        return list(constructed(self._store, query, {ox.Variable(name): value for name, value in values.items()}))

    def triples(self, query: str) -> list[ox.Triple]:
        """The triples of one of our own CONSTRUCT queries."""
        found = self._store.query(query)
        assert isinstance(found, ox.QueryTriples)
        return list(found)

    def mentions(self, iri: str) -> bool:
        """Whether anything is said of or with *iri*; what is no IRI is not."""
        try:
            name = ox.NamedNode(iri)
        except ValueError:
            return False
        found = ((name, None, None), (None, None, name), (None, name, None))
        return any(next(self._store.quads_for_pattern(*pattern), None) for pattern in found)

    def graph_count(self) -> int:
        """How many named graphs there are."""
        return sum(1 for _ in self._store.named_graphs())

    def graph(self, name: str) -> Iterator[ox.Quad]:
        """The triples of one named graph."""
        return self._store.quads_for_pattern(None, None, None, ox.NamedNode(name))

    def dump(self, format: str, prefixes: Mapping[str, str]) -> Iterator[bytes]:
        """Everything, in parts: ``trig`` and ``nquads`` with the named graphs alone, ``turtle`` the triples once each.

        The parts make one document; each holds DUMPED triples, so that a large dump takes little memory.
        """
        if format not in FORMATS:
            raise KBError(f"no dump format {format!r}: choose one of {', '.join(FORMATS)}")
        return self._parts(format, dict(prefixes))

    def _parts(self, format: str, prefixes: dict[str, str]) -> Iterator[bytes]:
        once = (q.triple for q in self._store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        named = (q for q in self._store if not isinstance(q.graph_name, ox.DefaultGraph))
        data: Iterator[Any] = once if format == "turtle" else named
        begun = False
        while some := list(islice(data, DUMPED)):
            part = ox.serialize(some, format=FORMATS[format], prefixes=prefixes) or b""
            yield PREFIX_LINES.sub(b"", part) if begun else part  # they stand at the top, and once
            begun = True

    def _solutions(self, query: str) -> ox.QuerySolutions:
        result = self._store.query(query)
        assert isinstance(result, ox.QuerySolutions)
        return result


def filled(query: str, things: Iterable[Thing]) -> str:
    """A query about things or people, with them put in."""
    rows = " ".join(map(written, things))
    for place in (PLACE, NAMES):
        query = query.replace(place, f"{place[:-1]} {rows} }}")
    return query


def placed(query: str, places: Mapping[str, Iterable[Thing]]) -> str:
    """*query* with the values of *places* in their lines; raises KeyError for a place that it does not have.

    A place is what a line of VALUES is about, as in the file: ``?basis``, or ``(?from ?to)`` for rows of terms. One
    that nothing is given for stays as it is; ``{ UNDEF }`` there lets everything pass.

    >>> placed("SELECT * { VALUES ?basis { UNDEF } }", {"?basis": ["http://e/text", "http://e/abstract"]})
    'SELECT * { VALUES ?basis { <http://e/text> <http://e/abstract> } }'
    """
    for place, things in places.items():
        line = f"VALUES {place} {{ {' '.join(map(written, things))} }}"
        query, found = re.subn(rf"VALUES {re.escape(place)} \{{[^}}]*\}}", line.replace("\\", r"\\"), query)
        if not found:
            raise KeyError(place)
    return query


def written(thing: Thing) -> str:
    """An IRI or a row of terms as it is written in a query; the engine checks the IRI and escapes the literals."""
    if isinstance(thing, str):
        return node(thing)
    return f"({' '.join('UNDEF' if term is None else str(term) for term in thing)})"


def named(iri: str) -> Value:
    """The term for *iri*; raises ValueError where it is no IRI."""
    return ox.NamedNode(iri)


def node(iri: str) -> str:
    """*iri* as it is written in a query; raises ValueError where it is no IRI, so that no more than one is written."""
    return str(ox.NamedNode(iri))


def is_iri(text: str) -> bool:
    """Whether *text* can be an IRI."""
    try:
        return bool(ox.NamedNode(text))
    except ValueError:
        return False


@cache
def text(query: str) -> str:
    """The text of a query of this folder."""
    return (Path(__file__).parent / f"{query}.rq").read_text(encoding="utf-8")


def constructed(store: ox.Store, query: str, values: dict[ox.Variable, Value] | None = None) -> ox.QueryTriples:
    """The triples of a CONSTRUCT query of this folder, with *values* put in for its variables."""
    triples = store.query(text(query), substitutions=values)  # type: ignore[arg-type]
    assert isinstance(triples, ox.QueryTriples)
    return triples
