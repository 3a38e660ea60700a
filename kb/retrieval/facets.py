"""How many close hits each filter would leave, for every value that one of them has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import get_args

from kb.bibliography.records import BASES
from kb.corpus.ontology import Ontology
from kb.retrieval.catalogue import UNDATED, among
from kb.retrieval.close import Close, Rows
from kb.retrieval.passages import STANCES
from kb.retrieval.scope import STATES, Filters, Kind, Scope

Counts = dict[str, dict[str, int]]  # filter → value → how many
Things = defaultdict[str, set[str]]  # value → what has it

VALUES = {"kind": get_args(Kind), "stance": STANCES, "basis": tuple(BASES), "state": STATES}
TREES = {"concept": "concept:", "field": "field:", "scheme": "concept:"}  # each with the tags that it asks
TOGETHER = ("concept",)  # filters of which each value must hold, so that a further one narrows what the others leave


def count(close: Close, filters: Filters, scope: Callable[[Filters], Scope], ontology: Ontology) -> Counts:
    """The values of each filter, with how many close hits there are where it is set to that one alone.

    All else is as in *filters*; of a concept it is how many there are where it is added. Each passage says itself what
    it is about, so that the work grows with what is close, and not with the ontology.
    """
    free = {name: filters if name in TOGETHER else _without(filters, name) for name in (*VALUES, *TREES, "years")}
    rows = {each: close.rows(scope(each)) for each in set(free.values())}
    tagged = {each: _tagged(close, rows[each]) for each in {free[name] for name in TREES}}
    upward: dict[str, Callable[[str], Iterable[str]]] = {
        "concept": ontology.above, "field": ontology.above,
        "scheme": lambda id: ontology.concepts[id].schemes if id in ontology.concepts else (),
    }  # fmt: skip
    found = {name: _listed(close, rows[free[name]], name) for name in VALUES}
    if close.index.has_texts:
        found["kind"].setdefault("passage", set())  # so that a reader sees that there are texts
    found |= {name: _rolled(tagged[free[name]], TREES[name], upward[name]) for name in TREES}
    found["years"] = _decades(close, rows[free["years"]])
    return {name: {value: len(things) for value, things in values.items()} for name, values in found.items()}


def _without(filters: Filters, name: str) -> Filters:
    return filters._replace(**{name: type(getattr(filters, name))()})


def _tagged(close: Close, rows: Rows) -> Things:
    """What has which tag, of those that trees ask."""
    found: Things = defaultdict(set)
    asked = tuple(TREES.values())
    for thing, tags in zip(close.things(rows), close.index.catalogue.tags(rows.tolist()), strict=True):
        for tag in tags:
            if tag.startswith(asked):
                found[tag].add(thing)
    return found


def _listed(close: Close, rows: Rows, name: str) -> Things:
    """What has which of a few values."""
    found: Things = defaultdict(set)
    for value in VALUES[name]:
        if len(having := rows[among(rows, close.index.catalogue.tagged(f"{name}:{value}"))]):
            found[value].update(close.things(having))
    return found


def _rolled(tagged: Things, kind: str, upward: Callable[[str], Iterable[str]]) -> Things:
    """What is about something, or about what has it *upward*."""
    found: Things = defaultdict(set)
    for tag, things in tagged.items():
        if tag.startswith(kind):
            for value in upward(tag.removeprefix(kind)):
                found[value] |= things
    return found


def _decades(close: Close, rows: Rows) -> Things:
    """What is of which ten years, written as the filter has them."""
    found: Things = defaultdict(set)
    years = close.index.catalogue.years[rows].tolist()
    for year, thing in zip(years, close.things(rows), strict=True):
        if year != UNDATED:
            first = year // 10 * 10
            found[f"{first}-{first + 9}"].add(thing)
    return found
