"""The search clause, ``SERVICE pkb:search { [] pkb:query "…" ; pkb:hit ?hit }``: found in a query and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod
from typing import Any, NamedTuple

import pyoxigraph as ox

from kb.errors import BadQuery, meant
from kb.graph.edits import Edit, Edited
from kb.graph.query import CLAUSE_TOKENS, SEARCHES, Query
from kb.graph.tokens import Token, bad, closing
from kb.terms import PKB, RDF

Term = Any  # of pyoxigraph: a NamedNode, BlankNode or Literal
ASKS = ("query", "similarTo")  # what is searched for: one of them
INPUTS = (*ASKS, "kind", "about", "scheme", "field", "stance", "basis", "state", "from", "to", "mode", "off", "group",
          "limit", "offset")  # fmt: skip
SEVERAL = ("about", "scheme", "field", "stance", "basis", "state", "off")  # inputs that may have more than one value
OUTPUTS = ("hit", "rank", "score", "text", "reason", "citation")
WRITTEN = 'write SERVICE pkb:search { [] pkb:query "…" ; pkb:hit ?hit }'
VARIABLE = "urn:variable:"  # a variable, where only terms may stand
LIST = ("first", "rest")  # of RDF


class Search(NamedTuple):
    """One search of a clause: what goes in, and the terms, as N-Triples, of the variables that VALUES gives."""

    inputs: dict[str, tuple[Term, ...]]
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
    found = [_look(query, at, top) for at in places]
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


def _look(query: Query, at: int, top: str) -> _Found:
    """The clause whose SERVICE is token *at*, and what it takes from VALUES."""
    tokens, text = query.tokens, query.text
    opening = _service_name(tokens, at) + 1
    last = closing(tokens, opening)
    if last == len(tokens):
        raise bad(text, tokens[opening].start, "the search clause is not closed: a } is missing")
    body = tokens[opening + 1 : last]
    _only_triples(body, text)
    used = {token.text[1:] for token in body if token.kind == "variable"}
    blocks = []
    for names, rows in _values_beside(tokens, at, text, top):
        if used.intersection(names):
            taken = [{name: term for name, term in row.items() if name in used} for row in rows]
            blocks.append(list({tuple(row.items()): row for row in taken}.values()))
    return _Found(tokens[at], opening, last, blocks)


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


def _only_triples(body: list[Token], text: str) -> None:
    for token in body:
        allowed = token.text in "[](),;.+-^^" if token.kind == "mark" else token.kind != "name" or ":" in token.text
        if not allowed and token.text not in ("a", "true", "false"):
            raise bad(text, token.start, f"only triples may stand in a search clause, not {token.text!r}: {WRITTEN}")


def _values_beside(
    tokens: list[Token], at: int, text: str, top: str
) -> Iterator[tuple[list[str], list[dict[str, str]]]]:
    """The variables and rows of each VALUES in the group that token *at* stands in."""
    depth = 0
    start = at
    while start > 0 and depth > -1:
        start -= 1
        depth += {"}": 1, "{": -1}.get(tokens[start].text, 0)
    end = closing(tokens, start)
    depth = 0
    for here in range(start, end):
        depth += {"{": 1, "}": -1}.get(tokens[here].text, 0)
        if depth == 1 and tokens[here].kind == "name" and tokens[here].text.lower() == "values":
            yield _rows(tokens, here + 1, text, top)


def _rows(tokens: list[Token], at: int, text: str, top: str) -> tuple[list[str], list[dict[str, str]]]:
    """The variables and rows of a VALUES: each term as N-Triples has it; what is UNDEF is left out."""
    names = []
    while at < len(tokens) and tokens[at].text != "{":
        names += [tokens[at].text[1:]] if tokens[at].kind == "variable" else []
        at += 1
    end = closing(tokens, at)
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
    place = tokens[at].start if at < len(tokens) else len(text)
    if not names or len(terms) % len(names):
        raise bad(text, place, "a row of VALUES lacks a value")
    known = _terms(terms, top, text, place)
    rows = [known[start : start + len(names)] for start in range(0, len(known), len(names))]
    return names, [{name: term for name, term in zip(names, row, strict=True) if term} for row in rows]


def _terms(written: list[str], top: str, text: str, place: int) -> list[str]:
    """Terms, as they are *written* below *top*, as N-Triples has them; nothing for UNDEF."""
    body = "".join(f"<urn:row:{number}> <urn:is> {term} .\n" for number, term in enumerate(written)
                   if term.lower() != "undef")  # fmt: skip
    found = {
        int(str(triple.subject)[len("<urn:row:") : -1]): str(triple.object)
        for triple in _parse(top + body, text, place)
    }
    return [found.get(number, "") for number in range(len(written))]


def _meaning(
    query: Query, body: list[Token], given: dict[str, str], top: str
) -> tuple[dict[str, tuple[Term, ...]], dict[str, str]]:
    """What goes into the search that a clause asks for with the *given* terms, and the variables by what they take."""
    inputs: dict[str, list[Term]] = {}
    outputs: dict[str, str] = {}
    triples, lists = _triples(query, body, given, top)
    start = body[0].start if body else 0
    if len(subjects := {triple.subject for triple in triples}) > 1:
        raise bad(query.text, start, f"a search clause has one subject, not {len(subjects)}: {WRITTEN}")
    for subject, predicate, term in triples:
        name = predicate.value.removeprefix(PKB)
        if not isinstance(subject, ox.BlankNode) or not predicate.value.startswith(PKB):
            raise _wrong(query, body, name, f"a search clause says pkb:… of one blank node: {WRITTEN}")
        if name in OUTPUTS:
            variable = _variable(term)
            if not variable:
                raise _wrong(query, body, name, f"pkb:{name} is what a search gives: write a variable behind it")
            if name in outputs or variable in (*outputs.values(), *given):
                raise _wrong(query, body, name, f"pkb:{name} needs one variable of its own, not ?{variable} again")
            outputs[name] = variable
        elif name in INPUTS:
            values = lists.get(term, [term])
            if unbound := next((each for each in values if _variable(each) or isinstance(each, ox.BlankNode)), None):
                shown = f"?{_variable(unbound)}" if _variable(unbound) else "a blank node"
                message = f"pkb:{name} needs a constant, or a variable that VALUES gives in the same group, not {shown}"
                raise _wrong(query, body, name, message)
            inputs.setdefault(name, []).extend(values)
        else:
            hint = meant(name, [*INPUTS, *OUTPUTS]) or f"there are {', '.join([*INPUTS, *OUTPUTS])}"
            raise _wrong(query, body, name, f"a search has no pkb:{name} ({hint})")
    _complete(query, start, inputs, outputs)
    return {name: tuple(values) for name, values in inputs.items()}, outputs


def _variable(term: Term) -> str:
    """The name of the variable that *term* stands for, or nothing."""
    return term.value.removeprefix(VARIABLE) if str(term).startswith(f"<{VARIABLE}") else ""


def _complete(query: Query, start: int, inputs: Mapping[str, list[Term]], outputs: Mapping[str, str]) -> None:
    """Refuse a clause that does not say what to search, or says it twice."""
    if sum(name in inputs for name in ASKS) != 1:
        raise bad(query.text, start, f"a search clause needs one of pkb:query and pkb:similarTo: {WRITTEN}")
    if twice := next((name for name, values in inputs.items() if len(values) > 1 and name not in SEVERAL), None):
        raise bad(query.text, start, f"pkb:{twice} has {len(inputs[twice])} values: give one, or a variable of VALUES")
    if not outputs:
        raise bad(query.text, start, f"a search clause needs pkb:hit ?hit, or another output: {', '.join(OUTPUTS)}")


def _triples(
    query: Query, body: list[Token], given: dict[str, str], top: str
) -> tuple[list[ox.Triple], dict[Term, list[Term]]]:
    """The triples of a clause but those that make up lists, and the lists by their first node.

    They are read as Turtle, which writes triples as SPARQL does, but has no variables.
    """
    if not body:
        return [], {}
    start, end = body[0].start, body[-1].start + len(body[-1].text)
    edits = [
        Edit(token.start - start, token.start - start + len(token.text),
             given.get(token.text[1:]) or f"<{VARIABLE}{token.text[1:]}>")
        for token in body if token.kind == "variable"
    ]  # fmt: skip
    written = Edited(query.text[start:end].removesuffix("."), edits).text
    triples = _parse(f"{top}\n{written} .", query.text, start)
    parts: dict[str, dict[Term, Term]] = {
        part: {t.subject: t.object for t in triples if t.predicate.value == RDF + part} for part in LIST
    }
    heads = parts["first"].keys() - set(parts["rest"].values())
    lists = {head: list(_items(head, parts["first"], parts["rest"])) for head in heads}
    return [t for t in triples if t.predicate.value.removeprefix(RDF) not in LIST], lists


def _parse(turtle: str, text: str, place: int) -> list[ox.Triple]:
    """The triples of a *turtle* text, which came from *place* in the text of a query."""
    try:
        return [quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)]
    except (SyntaxError, ValueError) as error:
        reason = str(error).splitlines()[0][:100]
        raise bad(text, place, f"the search clause cannot be read: {reason}") from error


def _items(node: Term, first: dict[Term, Term], rest: dict[Term, Term]) -> Iterator[Term]:
    seen: set[Term] = set()
    while node in first and node not in seen:
        seen.add(node)
        yield first[node]
        node = rest.get(node, node)


def _wrong(query: Query, body: list[Token], name: str, message: str) -> BadQuery:
    """An error, shown where a clause names the property."""
    named = (token.start for token in body if token.text.endswith((f":{name}", f"#{name}>")))
    return bad(query.text, next(named, body[0].start if body else 0), message)
