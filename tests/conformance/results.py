"""Are two query results the same? Numbers by datatype and value, blank nodes by their places, order where asked for."""

import csv
import io
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyoxigraph as ox

XSD = "http://www.w3.org/2001/XMLSchema#"
# The engine stores values, so 1.0E2 comes back as 100, which counts as the same. Integers are written in one way only
# in the suites, and a type derived from them must come back as itself.
VALUES: dict[str, Callable[[str], Any]] = {
    XSD + "decimal": lambda text: Decimal(text).normalize(),
    XSD + "double": float,
    XSD + "float": np.float32,
    XSD + "boolean": lambda text: {"1": "true", "0": "false"}.get(text, text),
}
SOLUTIONS = """PREFIX rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#>
SELECT ?row ?name ?value { [] rs:solution ?row . ?row rs:binding [ rs:variable ?name ; rs:value ?value ] }"""
Row = tuple[Any, ...]


class Rows(NamedTuple):
    """The rows of a SELECT, the truth of an ASK or the triples of a graph; terms of a row by the name of the column."""

    columns: tuple[str, ...]
    rows: list[Row]


def read(body: bytes, media: str, base: str = "http://example.org/") -> Rows:
    """A result in any media type; a result set that is written as a graph is read as what it says."""
    if media == "text/csv":
        head, *lines = csv.reader(io.StringIO(body.decode(), newline=""))
        return by_name(head, [tuple(map(cell, line)) for line in lines])
    if format := ox.QueryResultsFormat.from_media_type(media):
        result = ox.parse_query_results(body, format)
        if isinstance(result, ox.QueryBoolean):
            return Rows(("truth",), [(bool(result),)])
        names = [variable.value for variable in result.variables]
        return by_name(names, [tuple(value(row[name]) for name in names) for row in result])
    triples = {quad.triple for quad in ox.parse(body, ox.RdfFormat.from_media_type(media), base_iri=base)}
    return solutions(triples) or Rows(("s", "p", "o"), [tuple(map(value, triple)) for triple in triples])


def solutions(triples: set[ox.Triple]) -> Rows | None:
    """The rows that a graph tells with rs:solution."""
    store, rows = ox.Store(), dict[Any, dict[str, Any]]()
    store.extend(ox.Quad(*triple) for triple in triples)
    for row, name, term in store.query(SOLUTIONS):
        rows.setdefault(row, {})[name.value] = value(term)
    names = sorted({name for row in rows.values() for name in row})
    return Rows(tuple(names), [tuple(row.get(name) for name in names) for row in rows.values()]) if rows else None


def by_name(names: list[str], rows: list[Row]) -> Rows:
    """The same with the columns sorted: the order of variables tells nothing."""
    places = sorted(range(len(names)), key=names.__getitem__)
    return Rows(tuple(names[place] for place in places), [tuple(row[place] for place in places) for row in rows])


def value(term: Any) -> Any:
    """A term as it is compared: a number by datatype and value."""
    if isinstance(term, ox.Literal) and (kind := VALUES.get(term.datatype.value)):
        with suppress(ArithmeticError, ValueError):
            return term.datatype.value, str(kind(term.value))
    return term


def cell(text: str) -> Any:
    """A cell of a CSV file, which has no datatypes."""
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    with suppress(ValueError):
        return float(text)
    return text


def same(expected: Rows, found: Rows, in_order: bool) -> bool:
    """Whether two results are equal up to the names of blank nodes.

    >>> a, b = ox.BlankNode("a"), ox.BlankNode("b")
    >>> same(Rows(("x", "y"), [(a, b), (a, 1)]), Rows(("x", "y"), [(b, 1), (b, a)]), in_order=False)
    True
    >>> same(Rows(("x", "y"), [(a, b), (a, 1)]), Rows(("x", "y"), [(b, 1), (b, a)]), in_order=True)
    False
    >>> same(Rows(("x", "y"), [(a, b)]), Rows(("x", "y"), [(a, a)]), in_order=False)
    False
    """
    rows = expected.rows if in_order else sorted(expected.rows, key=blanks)
    return expected.columns == found.columns and len(rows) == len(found.rows) and match(rows, found.rows, in_order, {})


def blanks(row: Row) -> int:
    """How many blank nodes a row has: the more, the later it is matched."""
    return sum(isinstance(term, ox.BlankNode) for term in row)


def match(expected: list[Row], found: list[Row], in_order: bool, names: dict[Any, Any]) -> bool:
    """Whether each expected row has one of its own among *found*, with blank nodes called as in *names*."""
    if not expected:
        return True
    for place, row in enumerate(found[:1] if in_order else found):
        more = unify(expected[0], row, names)
        if more is not None and match(expected[1:], found[:place] + found[place + 1 :], in_order, names | more):
            return True
        if more == {}:  # another row like this one would fare no better
            return False
    return False


def unify(expected: Row, found: Row, names: dict[Any, Any]) -> dict[Any, Any] | None:
    """What must be added to *names* to read one row as the other; None where nothing helps."""
    more: dict[Any, Any] = {}
    for left, right in zip(expected, found, strict=True):
        if not (isinstance(left, ox.BlankNode) and isinstance(right, ox.BlankNode)):
            if left != right:
                return None
        elif (known := (names | more).get(left)) is None and right not in (names | more).values():
            more[left] = right
        elif known != right:
            return None
    return more
