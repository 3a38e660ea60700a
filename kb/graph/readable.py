"""A graph as people like to read it: Turtle and JSON-LD with prefixes, and what has no name where it is used."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kb.errors import BadQuery
from kb.graph.describe import serialise
from kb.graph.query import GRAPH_FORMATS, whole
from kb.terms import RDF, XSD

FORMATS = ("turtle", "jsonld", "ntriples", "rdfxml")
ARRANGED = 20_000  # triples that are put in order, which takes about a second
TYPE, FIRST, REST, NIL = (RDF + name for name in ("type", "first", "rest", "nil"))
TEXT, LANGUAGE_TEXT = XSD + "string", RDF + "langString"
LOCAL = re.compile(r"[A-Za-z_](?:[\w.-]*[\w-])?", re.ASCII)  # the end of a name that needs no escape in Turtle
Subject = ox.NamedNode | ox.BlankNode | ox.Triple
Term = Subject | ox.Literal
Said = dict[str, list[Term]]  # the values of each property of one thing


def written(triples: Iterable[ox.Triple], format: str, prefixes: Mapping[str, str], first: str = "") -> bytes:
    """*triples* in one of FORMATS, what has the IRI *first* on top; very many as the engine writes them."""
    if format not in FORMATS:
        raise BadQuery(f"no format {format!r} for this: choose one of {', '.join(FORMATS)}")
    listed = list(triples)
    if len(listed) > ARRANGED:
        kind = ox.RdfFormat.from_media_type(GRAPH_FORMATS[format])
        return ox.serialize(listed, format=kind, prefixes=whole(prefixes)) or b""
    if format in ("ntriples", "rdfxml"):
        return serialise(listed, format, whole(prefixes))
    tree = Tree(listed, prefixes, first)
    return tree.turtle() if format == "turtle" else tree.jsonld()


class Tree:
    """Triples, grouped by thing; a blank node that is the value of one triple alone stands in its place there."""

    def __init__(self, triples: Iterable[ox.Triple], prefixes: Mapping[str, str], first: str = "") -> None:
        self._said: dict[Subject, Said] = defaultdict(lambda: defaultdict(list))
        uses: Counter[Term] = Counter()
        for triple in sorted(set(triples), key=_place):
            self._said[triple.subject][triple.predicate.value].append(triple.object)
            uses[triple.object] += 1
        self._prefixes = sorted(whole(prefixes).items(), key=lambda pair: -len(pair[1]))
        self._used: set[str] = set()
        self._nested = {node for node in self._said if isinstance(node, ox.BlankNode) and uses[node] == 1}
        self._nested -= set(self._in_circles())
        self._first = first

    def turtle(self) -> bytes:
        """The graph in Turtle (https://www.w3.org/TR/turtle/)."""
        blocks = [self._block(node) for node in self._tops()]
        head = (f"@prefix {prefix}: <{space}> .\n" for prefix, space in sorted(self._declared().items()))
        return ("".join(head) + "\n" + "\n".join(blocks)).encode()

    def jsonld(self) -> bytes:
        """The graph in JSON-LD 1.1 (https://www.w3.org/TR/json-ld11/), its names in short."""
        graph = [{"@id": self._id(node), **self._object(self._said[node])} for node in self._tops()]
        document = {"@context": self._declared(), "@graph": graph}
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()

    def _tops(self) -> Iterator[Subject]:
        """What stands on its own, what the graph is about first."""
        tops = (node for node in self._said if node not in self._nested)
        return iter(sorted(tops, key=lambda node: getattr(node, "value", "") != self._first))

    def _in_circles(self) -> Iterator[Subject]:
        """Blank nodes that lead to themselves: none of them can stand inside another."""
        above = {
            value: node for node, said in self._said.items() for values in said.values() for value in values
            if value in self._nested
        }  # fmt: skip
        known = set[Term]()
        for start in self._nested:
            node: Subject | None = start
            way: list[Subject] = []
            while node is not None and node in self._nested and node not in known:
                known.add(node)
                way.append(node)
                node = above.get(node)
            if node is not None and node in way:
                yield from way[way.index(node) :]

    def _items(self, node: Term) -> list[Term] | None:
        """The members of the list that begins at *node*, or None where no list does."""
        found: list[Term] = []
        while getattr(node, "value", "") != NIL or not isinstance(node, ox.NamedNode):
            said = self._said.get(node) if node in self._nested else None  # type: ignore[arg-type]
            if said is None or said.keys() != {FIRST, REST} or any(len(values) > 1 for values in said.values()):
                return None
            found.append(said[FIRST][0])
            node = said[REST][0]
        return found

    def _declared(self) -> dict[str, str]:
        """The prefixes that were needed."""
        return {prefix: space for prefix, space in sorted(self._prefixes) if prefix in self._used}

    def _short(self, iri: str) -> tuple[str, str] | None:
        """The prefix and the rest of an IRI, where both formats can write it so."""
        for prefix, space in self._prefixes:
            if iri.startswith(space) and LOCAL.fullmatch(iri, len(space)):
                self._used.add(prefix)
                return prefix, iri[len(space) :]
        return None

    # Turtle

    def _block(self, node: Subject) -> str:
        return f"{self._written(node)} {self._pairs(self._said[node], 1)} .\n"

    def _pairs(self, said: Said, depth: int) -> str:
        indent = "  " * depth
        pairs = (
            f"{'a' if name == TYPE else self._name(name)} "
            + f",\n{indent}  ".join(self._value(value, depth + 1) for value in values)
            for name, values in said.items()
        )
        return f" ;\n{indent}".join(pairs)

    def _value(self, value: Term, depth: int) -> str:
        if (items := self._items(value)) is not None:
            return f"( {' '.join(self._value(item, depth) for item in items)} )" if items else "()"
        if value in self._nested:
            return f"[ {self._pairs(self._said[value], depth)} ]"  # type: ignore[index]
        return self._written(value)

    def _written(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self._name(term.value)
        if isinstance(term, ox.Literal) and term.datatype.value not in (TEXT, LANGUAGE_TEXT):
            return f"{ox.Literal(term.value)}^^{self._name(term.datatype.value)}"
        return str(term)

    def _name(self, iri: str) -> str:
        short = self._short(iri)
        return ":".join(short) if short else str(ox.NamedNode(iri))

    # JSON-LD

    def _object(self, said: Said) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, values in said.items():
            if name == TYPE and all(isinstance(value, ox.NamedNode) for value in values):
                many: list[Any] = [self._iri(value.value) for value in values]  # type: ignore[union-attr]
                found["@type"] = many[0] if len(many) == 1 else many
                continue
            many = [self._node(value) for value in values]
            found[self._iri(name)] = many[0] if len(many) == 1 else many
        return found

    def _node(self, value: Term) -> Any:
        if (items := self._items(value)) is not None:
            return {"@list": [self._node(item) for item in items]}
        if value in self._nested:
            return self._object(self._said[value])  # type: ignore[index]
        if not isinstance(value, ox.Literal):
            return {"@id": self._id(value)}
        if value.language:
            return {"@language": value.language, "@value": value.value}
        kind = value.datatype.value
        return value.value if kind == TEXT else {"@type": self._iri(kind), "@value": value.value}

    def _id(self, node: Term) -> str:
        return self._iri(node.value) if isinstance(node, ox.NamedNode) else str(node)

    def _iri(self, iri: str) -> str:
        short = self._short(iri)
        return ":".join(short) if short else iri


def _place(triple: ox.Triple) -> tuple[str, bool, str, str]:
    """Things by IRI, and of each its classes first."""
    predicate = triple.predicate.value
    return str(triple.subject), predicate != TYPE, predicate, str(triple.object)
