"""The search clause, ``SERVICE pkb:search { [] pkb:query "…" ; pkb:hit ?hit }``: found in a query and read."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from kb.errors import BadQuery, meant
from kb.graph.edits import Edit, Edited
from kb.graph.query import CLAUSE_TOKENS, SEARCHES, Query
from kb.graph.tokens import Token, bad
from kb.terms import PKB, RDF

if TYPE_CHECKING:
    from rdflib.term import Node

ASKS = ("query", "similarTo")  # what is searched for: one of them
INPUTS = (*ASKS, "kind", "about", "scheme", "field", "stance", "basis", "state", "from", "to", "mode", "off", "group",
          "limit", "offset")  # fmt: skip
SEVERAL = ("about", "scheme", "field", "stance", "basis", "state", "off")  # inputs that may have more than one value
OUTPUTS = ("hit", "rank", "score", "text", "reason", "citation")
WRITTEN = 'write SERVICE pkb:search { [] pkb:query "…" ; pkb:hit ?hit }'

_parsing = threading.Lock()  # rdflib's grammar keeps state while it parses


class Search(NamedTuple):
    """One search that a clause asks for: what goes in, and the terms, as written, of the variables it was given by."""

    inputs: dict[str, tuple[Node, ...]]
    given: dict[str, str]


class Clause(NamedTuple):
    """A search clause, from character *start* to before *end*; *outputs* are names of variables by what they take."""

    start: int
    end: int
    searches: tuple[Search, ...]
    outputs: dict[str, str]


class _Found(NamedTuple):
    """A clause that was not read yet: its SERVICE, its brackets, and the *rows* of each VALUES it takes terms from."""

    service: Token
    opening: int
    closing: int
    rows: list[list[dict[str, str]]]

    @property
    def searches(self) -> int:
        """How many searches it asks for."""
        return prod(map(len, self.rows))


def find(query: Query, lent: Mapping[str, str]) -> list[Clause]:
    """The search clauses of a query whose prefixes are its own or *lent*; raises BadQuery for what cannot be read."""
    names = {**lent, **query.prefixes}
    top = query.text[: query.body] + "".join(
        f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in lent.items() if prefix not in query.prefixes
    )
    places = [at for at in range(len(query.tokens)) if _is_search(query.tokens, at, names)]
    if len(places) > SEARCHES:
        raise _too_many(query, len(places), query.tokens[places[-1]])
    found = [_look(query, at) for at in places]
    _count(query, found)
    return [_read(query, each, top) for each in found]


def without(query: Query, clauses: list[Clause]) -> str:
    """The text with each clause empty, and all else in its place."""
    blanks = []
    for start, end, *_ in clauses:
        kept = "".join(c if c in "\r\n" else " " for c in query.text[start + 2 : end])
        blanks.append(Edit(start, end, "{}" + kept))
    return Edited(query.text, blanks).text


def _is_search(tokens: list[Token], at: int, names: Mapping[str, str]) -> bool:
    """Whether SERVICE pkb:search { begins at token *at*."""
    if tokens[at].kind != "name" or tokens[at].text.lower() != "service":
        return False
    at = _service_name(tokens, at)
    if at + 1 >= len(tokens) or tokens[at + 1].text != "{":
        return False
    prefix, colon, local = tokens[at].text.partition(":")
    iri = tokens[at].text[1:-1] if tokens[at].kind == "iri" else names.get(prefix, "") + local if colon else ""
    return iri == PKB + "search"


def _service_name(tokens: list[Token], at: int) -> int:
    """The token behind SERVICE and SILENT."""
    silent = at + 1 < len(tokens) and tokens[at + 1].text.lower() == "silent"
    return at + 2 if silent else at + 1


def _look(query: Query, at: int) -> _Found:
    """The clause whose SERVICE is token *at*, and what it takes from VALUES."""
    tokens, text = query.tokens, query.text
    opening = _service_name(tokens, at) + 1
    closing = _closing(tokens, opening)
    if closing is None:
        raise bad(text, tokens[opening].start, "the search clause is not closed: a } is missing")
    body = tokens[opening + 1 : closing]
    _only_triples(body, text)
    used = {token.text[1:] for token in body if token.kind == "variable"}
    blocks = []
    for names, rows in _values_beside(tokens, at, text):
        if used.intersection(names):
            taken = [{name: term for name, term in row.items() if name in used} for row in rows]
            blocks.append(list({tuple(row.items()): row for row in taken}.values()))
    return _Found(tokens[at], opening, closing, blocks)


def _count(query: Query, found: list[_Found]) -> None:
    """Refuse more searches than are made, before any is read: that is slow, and takes the time of the server itself."""
    if (searches := sum(each.searches for each in found)) > SEARCHES:
        raise _too_many(query, searches, found[-1].service)
    prologue = sum(token.start < query.body for token in query.tokens)
    read = sum(each.searches * (prologue + each.closing - each.opening) for each in found)
    if read > CLAUSE_TOKENS:
        message = f"the search clauses are too long: with the prologue, for each search anew, {read:,} words and marks"
        raise bad(query.text, found[-1].service.start, f"{message}; at most {CLAUSE_TOKENS:,} are read")


def _too_many(query: Query, searches: int, last: Token) -> BadQuery:
    message = f"the query asks for {searches:,} searches, one for each row of VALUES; at most {SEARCHES} are made"
    return bad(query.text, last.start, message)


def _read(query: Query, found: _Found, top: str) -> Clause:
    """What a clause asks for."""
    body = query.tokens[found.opening + 1 : found.closing]
    searches: dict[tuple[str, ...], Search] = {}
    outputs: dict[str, str] = {}
    for rows in product(*found.rows):
        given = {name: term for row in rows for name, term in row.items()}
        if tuple(given.values()) not in searches:
            inputs, outputs = _meaning(query, body, given, top)
            searches[tuple(given.values())] = Search(inputs, given)
    return Clause(found.service.start, query.tokens[found.closing].start + 1, tuple(searches.values()), outputs)


def _closing(tokens: list[Token], opening: int) -> int | None:
    """The bracket that closes the one at *opening*."""
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {"{": 1, "}": -1}.get(tokens[at].text, 0)
        if depth == 0:
            return at
    return None


def _only_triples(body: list[Token], text: str) -> None:
    for token in body:
        allowed = token.text in "[](),;.+-^^" if token.kind == "mark" else token.kind != "name" or ":" in token.text
        if not allowed and token.text not in ("a", "true", "false"):
            raise bad(text, token.start, f"only triples may stand in a search clause, not {token.text!r}: {WRITTEN}")


def _values_beside(tokens: list[Token], at: int, text: str) -> Iterator[tuple[list[str], list[dict[str, str]]]]:
    """The variables and rows of each VALUES in the group that token *at* stands in."""
    depth = 0
    start = at
    while start > 0 and depth > -1:
        start -= 1
        depth += {"}": 1, "{": -1}.get(tokens[start].text, 0)
    end = _closing(tokens, start) or len(tokens)
    depth = 0
    for here in range(start, end):
        depth += {"{": 1, "}": -1}.get(tokens[here].text, 0)
        if depth == 1 and tokens[here].kind == "name" and tokens[here].text.lower() == "values":
            yield _rows(tokens, here + 1, text)


def _rows(tokens: list[Token], at: int, text: str) -> tuple[list[str], list[dict[str, str]]]:
    """The variables and rows of a VALUES: each term as it is written; what is UNDEF is left out."""
    names = []
    while at < len(tokens) and tokens[at].text != "{":
        names += [tokens[at].text[1:]] if tokens[at].kind == "variable" else []
        at += 1
    end = _closing(tokens, at) or len(tokens)
    terms = list[str]()
    for here in range(at + 1, end):
        token = tokens[here]
        if token.text in ("(", ")"):
            continue
        joined = token.kind == "language" or token.text == "^^" or tokens[here - 1].text in ("^^", "+", "-")
        if joined and terms:
            terms[-1] += token.text
        else:
            terms.append(token.text)
    if not names or len(terms) % len(names):
        raise bad(text, tokens[at].start if at < len(tokens) else len(text), "a row of VALUES lacks a value")
    rows = [terms[start : start + len(names)] for start in range(0, len(terms), len(names))]
    return names, [
        {name: term for name, term in zip(names, row, strict=True) if term.lower() != "undef"} for row in rows
    ]


def _meaning(
    query: Query, body: list[Token], given: dict[str, str], top: str
) -> tuple[dict[str, tuple[Node, ...]], dict[str, str]]:
    """What the triples of a clause ask for, with the *given* terms in place of variables, and the outputs."""
    from rdflib.term import BNode, URIRef, Variable

    inputs: dict[str, list[Node]] = {}
    outputs: dict[str, str] = {}
    triples, lists = _triples(query, body, given, top)
    start = body[0].start if body else 0
    if len(subjects := {subject for subject, _, _ in triples}) > 1:
        raise bad(query.text, start, f"a search clause has one subject, not {len(subjects)}: {WRITTEN}")
    for subject, predicate, term in triples:
        name = str(predicate).removeprefix(PKB)
        if not isinstance(subject, BNode) or not isinstance(predicate, URIRef) or not predicate.startswith(PKB):
            raise _wrong(query, body, name, f"a search clause says pkb:… of one blank node: {WRITTEN}")
        if name in OUTPUTS:
            if not isinstance(term, Variable):
                raise _wrong(query, body, name, f"pkb:{name} is what a search gives: write a variable behind it")
            if name in outputs or str(term) in (*outputs.values(), *given):
                raise _wrong(query, body, name, f"pkb:{name} needs one variable of its own, not ?{term} again")
            outputs[name] = str(term)
        elif name in INPUTS:
            values = lists.get(term, [term])
            if unbound := next((value for value in values if isinstance(value, Variable | BNode)), None):
                shown = f"?{unbound}" if isinstance(unbound, Variable) else "a blank node"
                message = f"pkb:{name} needs a constant, or a variable that VALUES gives in the same group, not {shown}"
                raise _wrong(query, body, name, message)
            inputs.setdefault(name, []).extend(values)
        else:
            hint = meant(name, [*INPUTS, *OUTPUTS]) or f"there are {', '.join([*INPUTS, *OUTPUTS])}"
            raise _wrong(query, body, name, f"a search has no pkb:{name} ({hint})")
    _complete(query, start, inputs, outputs)
    return {name: tuple(values) for name, values in inputs.items()}, outputs


def _complete(query: Query, start: int, inputs: Mapping[str, list[Node]], outputs: Mapping[str, str]) -> None:
    """Refuse a clause that does not say what to search, or says it twice."""
    if sum(name in inputs for name in ASKS) != 1:
        raise bad(query.text, start, f"a search clause needs one of pkb:query and pkb:similarTo: {WRITTEN}")
    if twice := next((name for name, values in inputs.items() if len(values) > 1 and name not in SEVERAL), None):
        raise bad(query.text, start, f"pkb:{twice} has {len(inputs[twice])} values: give one, or a variable of VALUES")
    if not outputs:
        raise bad(query.text, start, f"a search clause needs pkb:hit ?hit, or another output: {', '.join(OUTPUTS)}")


def _triples(
    query: Query, body: list[Token], given: dict[str, str], top: str
) -> tuple[list[tuple[Node, Node, Node]], dict[Node, list[Node]]]:
    """The triples of a clause but those that make up lists, and the lists by their first node."""
    from rdflib.plugins.sparql import prepareQuery

    written = " ".join(given.get(token.text[1:], token.text) if token.kind == "variable" else token.text
                       for token in body)  # fmt: skip
    try:
        with _parsing:
            algebra = prepareQuery(f"{top}SELECT * WHERE {{ {written} }}").algebra
    except Exception as error:  # its parser has many kinds
        reason = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise bad(query.text, body[0].start if body else 0, f"the search clause cannot be read: {reason}") from error
    while "triples" not in algebra:
        if "p" not in algebra:
            raise BadQuery(f"only triples may stand in a search clause: {WRITTEN}")
        algebra = algebra["p"]
    return _without_lists([tuple(triple) for triple in algebra["triples"]])


def _without_lists(
    triples: list[tuple[Node, Node, Node]],
) -> tuple[list[tuple[Node, Node, Node]], dict[Node, list[Node]]]:
    from rdflib.term import URIRef

    first = {s: o for s, p, o in triples if p == URIRef(RDF + "first")}
    rest = {s: o for s, p, o in triples if p == URIRef(RDF + "rest")}
    lists = {}
    for head in first.keys() - set(rest.values()):
        lists[head] = list(_items(head, first, rest))
    return [t for t in triples if t[1] not in (URIRef(RDF + "first"), URIRef(RDF + "rest"))], lists


def _items(node: Node, first: dict[Node, Node], rest: dict[Node, Node]) -> Iterator[Node]:
    seen: set[Node] = set()
    while node in first and node not in seen:
        seen.add(node)
        yield first[node]
        node = rest.get(node, node)


def _wrong(query: Query, body: list[Token], name: str, message: str) -> BadQuery:
    """An error, shown where a clause names the property."""
    named = (token.start for token in body if token.text.endswith((f":{name}", f"#{name}>")))
    return bad(query.text, next(named, body[0].start if body else 0), message)
