"""What a map or cell is narrowed to: by year, basis, stance and state, for the index and for a named query alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pyoxigraph import Literal

from kb.errors import BadQuery, unknown
from kb.graph.store import Thing
from kb.retrieval.scope import Filters, Scope, scope, years
from kb.terms import Names
from kb.views import Views

FILTERS = ("years", "basis", "stance", "state")


class Narrowed(NamedTuple):
    """Some *filters* as the index asks them: *scope* of claims, and *works*, what of it is asked of works."""

    filters: Filters
    scope: Scope
    works: Scope


def narrowed(given: Mapping[str, Any], views: Views) -> Narrowed:
    """What the filters *given* let pass; raises BadQuery for one that is not here, or that cannot be read."""
    if wrong := given.keys() - set(FILTERS):
        raise BadQuery(unknown("filter", min(wrong), list(FILTERS)))
    filters = Filters.of(**given)
    works = Filters(state=filters.state, years=filters.years)
    return Narrowed(filters, *(scope(each, lambda: views.ontology) for each in (filters, works)))


def places(filters: Filters, context: Mapping[str, Any]) -> dict[str, list[Thing]]:
    """What *filters* write into a named query; the JSON-LD *context* tells which IRI a value stands for."""
    terms, names = context["@context"], Names.of({**context})

    def iris(curies: Iterable[str]) -> list[Thing]:
        parts = (curie.partition(":") for curie in dict.fromkeys(curies))
        return [names.prefixes[prefix] + name for prefix, _, name in parts]

    found: dict[str, list[Thing]] = {
        "?basis": iris(terms["basis"]["@context"][value] for value in filters.basis),
        "?stance": iris(terms[value]["@id"] for value in filters.stance),
        "?state": iris(terms["state"]["@context"][value] for value in filters.state),
        "(?from ?to)": [tuple(map(Literal, span))] if (span := years(filters.years)) else [],
    }
    return {place: values for place, values in found.items() if values}
