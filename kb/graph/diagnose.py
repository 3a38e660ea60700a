"""Why does a query have no rows? Its pattern is asked for bit by bit; what is wrong with the bit that leaves none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kb.errors import meant
from kb.graph.edits import Edit, Edited
from kb.graph.query import Query
from kb.graph.tokens import Token, closing
from kb.terms import XSD

PARTS = ("filter", "optional", "minus", "graph", "bind", "values", "service", "lateral")


NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger")}
NO_GRAPH = "the graphs that it asks for hold nothing: FROM and default-graph-uri take IRIs of graphs that are here"

Ask = Callable[[str], list[str]]  # a query → the lines of its result in CSV; none where the answer is no


class Step(NamedTuple):
    """A bit of a pattern, from character *start* to before *end*, and an ASK for all of the pattern up to it."""

    start: int
    end: int
    ask: str


class _Bit(NamedTuple):
    """A bit that ends behind token *last* of the pattern; a sentence grows by one bit with each ``;`` and ``,``."""

    kind: str
    first: Token
    last: Token

    @property
    def end(self) -> int:
        return self.last.start + len(self.last.text)


def steps(query: Query) -> Iterator[Step]:
    """The bits of the pattern of *query*, each with what to ask; filters come last, since they see the whole group."""
    opening = _pattern(query.tokens)
    if opening is None:
        return
    inside = query.tokens[opening + 1 : closing(query.tokens, opening)]
    start = query.tokens[opening].start + 1
    head = query.text[: query.body] + "ASK " + _dataset(query.tokens[:opening])
    bits = list(_bits(inside))
    filters = [bit for bit in bits if bit.kind == "filter"]
    others = [bit for bit in bits if bit.kind != "filter"]
    for bit in others:
        blanks = [Edit(f.first.start, f.end, " ") for f in filters if f.end <= bit.end]
        yield Step(bit.first.start, bit.end, f"{head}{{ {_cut(query.text, start, bit.end, blanks)} }}")
    end = max((bit.end for bit in bits), default=start)
    for number, bit in enumerate(filters, 1):
        blanks = [Edit(f.first.start, f.end, " ") for f in filters[number:]]
        yield Step(bit.first.start, bit.end, f"{head}{{ {_cut(query.text, start, end, blanks)} }}")


def hints(query: Query, step: Step, before: str, ask: Ask, known: Callable[[], list[str]]) -> Iterator[str]:
    """What may be wrong with the bit of *query* that leaves no row.

    *before* is the ASK for what stands before it, or nothing; *known* gives the names that occur in the data, as they
    are written with a prefix.
    """
    top = query.text[: query.body]
    bit = [token for token in query.tokens if step.start <= token.start < step.end]
    if not before and not ask(f"{step.ask[: step.ask.index('{', query.body)]}{{ ?s ?p ?o }}"):
        yield NO_GRAPH
        return
    yield from _absent(bit, top, ask, known)
    yield from _without_language(bit, top, ask)
    if before and any(token.kind == "number" for token in bit):
        yield from _no_numbers(bit, f"{top}SELECT DISTINCT (DATATYPE({{}}) AS ?type) ", before[query.body + 4 :], ask)


def _absent(bit: list[Token], top: str, ask: Ask, known: Callable[[], list[str]]) -> Iterator[str]:
    """The names of a bit that the data do not have."""
    for term in dict.fromkeys(t.text for t in bit if t.kind == "iri" or (t.kind == "name" and ":" in t.text)):
        spots = " UNION ".join(f"{{ {at} }}" for at in (f"{term} ?p ?o", f"?s {term} ?o", f"?s ?p {term}"))
        if not ask(f"{top}ASK {{ {spots} UNION {{ GRAPH {term} {{ ?s ?p ?o }} }} }}"):
            hint = meant(term, known()) if term[0] != "<" else ""
            yield f"{term} does not occur in the data" + (f" ({hint})" if hint else "")


def _without_language(bit: list[Token], top: str, ask: Ask) -> Iterator[str]:
    """The texts of a bit that stand in the data with a language."""
    for token, after in zip(bit, [*bit[1:], None], strict=True):
        plain = token.kind == "string" and not (after and (after.kind == "language" or after.text == "^^"))
        if plain and ask(f'{top}ASK {{ ?s ?p ?o FILTER(STR(?o) = {token.text} && LANG(?o) != "") }}'):
            yield f"{token.text} stands in the data with a language, which makes it another term: add @en"


def _no_numbers(bit: list[Token], select: str, pattern: str, ask: Ask) -> Iterator[str]:
    """The variables of a bit that compares with a number, and whose values are none."""
    for variable in dict.fromkeys(token.text for token in bit if token.kind == "variable"):
        types = [each for each in ask(f"{select.format(variable)}{pattern} LIMIT 3")[1:] if each.startswith(XSD)]
        if types and NUMBERS.isdisjoint(types):
            yield (
                f"{variable} is of type xsd:{types[0].removeprefix(XSD)}, which no number equals or exceeds:"
                f' compare texts, as in STR({variable}) >= "2000"'
            )


def _cut(text: str, start: int, end: int, blanks: list[Edit]) -> str:
    return Edited(text[:end], blanks).text[start:]


def _pattern(tokens: list[Token]) -> int | None:
    """The bracket that opens the pattern of the query: behind WHERE, else the first one."""
    depth, first = 0, None
    for at, token in enumerate(tokens):
        if depth == 0 and token.kind == "name" and token.text.lower() == "where" and at + 1 < len(tokens):
            return at + 1
        if depth == 0 and token.text == "{" and first is None:
            first = at
        depth += (token.text in "([{") - (token.text in ")]}")
    return first


def _dataset(tokens: list[Token]) -> str:
    """The FROM clauses."""
    found = ""
    for at, token in enumerate(tokens):
        if token.kind == "name" and token.text.lower() == "from":
            named = tokens[at + 1].text.lower() == "named"
            found += f"FROM {'NAMED ' if named else ''}{tokens[at + 1 + named].text} "
    return found


def _bits(tokens: list[Token]) -> Iterator[_Bit]:
    """The bits of a group: parts such as OPTIONAL {…}, and each triple."""
    at = 0
    if tokens and tokens[0].text.lower() == "select":  # a sub-select is one bit
        yield _Bit("select", tokens[0], tokens[-1])
        return
    while at < len(tokens):
        word = tokens[at].text.lower() if tokens[at].kind in ("name", "mark") else ""
        if word in (".", ";", ","):
            at += 1
            continue
        last = _part(tokens, at) if word in PARTS or word == "{" else _triple(tokens, at)
        yield _Bit(word if word in PARTS else "triple", tokens[at], tokens[min(last, len(tokens) - 1)])
        at = last + 1


def _part(tokens: list[Token], at: int) -> int:
    """The last token of a part with a bracket, such as FILTER (…), FILTER NOT EXISTS {…} or {…} UNION {…}."""
    while True:
        values = tokens[at].text.lower() == "values"
        while at < len(tokens) and (tokens[at].text not in ("(", "{") or (values and tokens[at].text == "(")):
            at += 1
        last = closing(tokens, at)
        if last + 2 >= len(tokens) or tokens[last + 1].text.lower() != "union":
            return last
        at = last + 2


def _triple(tokens: list[Token], at: int) -> int:
    """The last token of a triple, or of what ``;`` or ``,`` adds to one."""
    last = at
    while at < len(tokens):
        token = tokens[at]
        if token.text in (".", ";", ",", "{") or (token.kind == "name" and token.text.lower() in PARTS):
            break
        last = at = closing(tokens, at) if token.text in "([{" else at
        at += 1
    return last
