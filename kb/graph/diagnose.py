"""Why does a query have no rows? Its pattern is asked for bit by bit, until the first bit that leaves none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kb.graph.edits import Edit, Edited
from kb.graph.query import Query
from kb.graph.tokens import Token, closing

PARTS = ("filter", "optional", "minus", "graph", "bind", "values", "service", "lateral")


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
