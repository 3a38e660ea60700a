"""The search clauses of a SPARQL query, answered: the hits of each search as the rows of a VALUES."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kb.errors import BadQuery, KBError
from kb.generation import Generation
from kb.graph.clause import ASKS, OUTPUTS, Clause
from kb.graph.edits import Edit
from kb.graph.query import LIMIT_DEFAULT, Query
from kb.graph.tokens import bad
from kb.retrieval import search, similar
from kb.retrieval.encoder import Encoder
from kb.retrieval.scope import FIRST, LAST, Filters, years
from kb.retrieval.search import Hit, Reason, Request
from kb.terms import XSD, Names

FILTERS = {"kind": "kind", "about": "concept", "scheme": "scheme", "field": "field", "stance": "stance",
           "basis": "basis", "state": "state"}  # fmt: skip  # properties of a clause → filters of a search
VALUED = ("pkb", "cito", "skos")  # prefixes of the classes and values that filters take
FUSED = "fused"  # the mode of a search when nobody says


def as_values(query: Query, clause: Clause, now: Generation, encoder: Callable[[], Encoder]) -> Edit:
    """What stands in place of *clause*: a group with its hits, best first, for each of its searches.

    The rows are those of `KnowledgeBase.search` with the same filters. Raises BadQuery with the place of the clause.
    """
    given = sorted({name for each in clause.searches for name in each.given})
    rows = []
    try:
        for each in clause.searches:
            before = [each.given[name] for name in given]
            rows += [
                [*before, *(_output(name, hit) for name in clause.outputs)] for hit in _hits(each.inputs, now, encoder)
            ]
    except KBError as error:
        if error.status < 500:
            raise bad(query.text, clause.start, str(error)) from error
        raise
    header = " ".join(f"?{name}" for name in (*given, *clause.outputs.values()))
    body = " ".join(f"({' '.join(row)})" for row in rows)
    return Edit(clause.start, clause.end, f"{{ VALUES ({header}) {{ {body} }} }}")


def as_query(asked: Mapping[str, Any], names: Names) -> str:
    """The query for the hits of a search, *asked* by *text* or *iri* and as `KnowledgeBase.search` has it."""
    said = [f"pkb:query {_text(asked['text'])}"] if "text" in asked else [f"pkb:similarTo {ox.NamedNode(asked['iri'])}"]
    said += [f"pkb:{name} {_listed(name, values, names)}" for name, filter in FILTERS.items()
             if (values := asked.get(filter))]  # fmt: skip
    first, last = years(asked.get("years")) or (FIRST, LAST)
    said += [f"pkb:{name} {year}" for name, year in (("from", first), ("to", last)) if year not in (FIRST, LAST)]
    said += [f"pkb:mode {_text(asked['mode'])}"] if asked.get("mode", FUSED) != FUSED else []
    said += [f"pkb:off {_listed('off', asked['off'], names)}"] if asked.get("off") else []
    said += ["pkb:group true"] if asked.get("group") else []
    said += [f"pkb:{name} {asked[name]}" for name in ("limit", "offset") if asked.get(name)]
    said += [f"pkb:{name} ?{name}" for name in OUTPUTS]
    body = " ;\n    ".join(said)
    used = set(re.findall(r"\b(\w+):[\w-]", body)) & names.prefixes.keys()
    top = "".join(f"PREFIX {prefix}: <{names.prefixes[prefix]}>\n" for prefix in sorted(used))
    shown = " ".join(f"?{name}" for name in OUTPUTS)
    return f"{top}SELECT {shown} WHERE {{\n  SERVICE pkb:search {{ []\n    {body}\n  }}\n}}\nORDER BY ?rank\n"


def _listed(name: str, values: str | Iterable[str], names: Names) -> str:
    """The values of a property, as Turtle has a list of objects."""
    listed = [values] if isinstance(values, str) else values
    return ", ".join(_term(name, value, names) for value in listed)


def _term(name: str, value: str, names: Names) -> str:
    """A value as it reads best: the IRI of a concept, scheme, kind or stance, else a text."""
    kinds = {"claim": "pkb:Claim", "source": "pkb:Source", "concept": "skos:Concept"}
    if name == "kind" and value in kinds:
        return kinds[value]
    prefix = {"about": "concept", "field": "concept", "scheme": "scheme", "stance": "cito"}.get(name)
    return f"{prefix}:{value}" if prefix in names.prefixes and re.fullmatch(r"\w[\w-]*", value) else _text(value)


def _text(value: str) -> str:
    return str(ox.Literal(value))


def _hits(inputs: dict[str, tuple[Any, ...]], now: Generation, encoder: Callable[[], Encoder]) -> tuple[Hit, ...]:
    one = {name: values[0].value for name, values in inputs.items()}
    names = {FILTERS[name]: [_local(term, now) for term in values] for name, values in inputs.items()
             if name in FILTERS}  # fmt: skip
    filters: dict[str, Any] = {**names, "kind": names.get("kind", [""])[0].lower(), "years": _years(one)}
    scope = now.scope(Filters.of(**filters))
    request = Request(
        _number("limit", one, LIMIT_DEFAULT), _number("offset", one, 0), one.get("mode", FUSED),
        tuple(term.value for term in inputs.get("off", ())), _truth("group", one),
    )  # fmt: skip
    asked = next(name for name in ASKS if name in one)
    if asked == "query":
        return search.search(now.index, encoder, now.describe, one["query"], scope, request).hits
    if rest := [name for name in ("mode", "off", "group") if name in one]:
        raise BadQuery(f"pkb:similarTo takes no pkb:{rest[0]}: it goes with pkb:query alone")
    return similar.similar(now.index, now.describe, now.names.id(one["similarTo"]), scope, request)[0]


def _local(term: Any, now: Generation) -> str:
    """A concept, scheme or value as the filters of a search name it: *term* is its IRI, or that name as a text."""
    text: str = term.value
    if isinstance(term, ox.Literal) or (id := now.names.id(text)) == "":
        return text
    if id != text:
        return id
    spaces = [space for prefix, space in now.names.prefixes.items() if prefix in VALUED]
    local = next((text.removeprefix(space) for space in spaces if text.startswith(space)), None)
    if local is None:
        raise BadQuery(f"<{text}> is no concept, scheme, class or value that a search knows")
    return local.removeprefix("from-")


def _years(one: dict[str, str]) -> str:
    """The range of years, as the filters of a search have it."""
    first, last = (str(_number(name, one, 0)) if name in one else "" for name in ("from", "to"))
    return f"{first}-{last}" if first or last else ""


def _number(name: str, one: dict[str, str], default: int) -> int:
    try:
        return int(one.get(name, default))
    except ValueError:
        raise BadQuery(f"pkb:{name} is to be a whole number, not {one[name][:40]!r}") from None


def _truth(name: str, one: dict[str, str]) -> bool:
    if (text := one.get(name, "false")) not in ("true", "false", "1", "0"):
        raise BadQuery(f"pkb:{name} is to be true or false, not {text[:40]!r}")
    return text in ("true", "1")


def _output(name: str, hit: Hit) -> str:
    """A part of a hit as a term of SPARQL."""
    if name == "hit":
        return str(ox.NamedNode(hit.iri))
    if name in ("rank", "score"):
        kind = "integer" if name == "rank" else "double"
        return str(ox.Literal(str(getattr(hit, name)), datatype=ox.NamedNode(XSD + kind)))
    text = told(hit.reasons) if name == "reason" else getattr(hit, name)
    return str(ox.Literal(text)) if text else "UNDEF"


def told(reasons: tuple[Reason, ...]) -> str:
    """The reasons for a hit in one line, each with its part of the score."""
    return "; ".join(f"{reason.type}: {reason.value} ({reason.weight:.3f})" for reason in reasons)
