"""The sources as a list to go through: narrowed by facets, sorted, page by page, their years as a histogram."""

from __future__ import annotations

import copy
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kb.bibliography import people
from kb.bibliography.records import COMPLETE, Records
from kb.corpus.ontology import Ontology, fold
from kb.corpus.sources import Source
from kb.errors import BadQuery, unknown
from kb.graph.store import Row
from kb.overview import Facet, FacetValue
from kb.retrieval.passages import YEAR
from kb.retrieval.scope import choice, years
from kb.terms import PKB, Names

PAGE = 50  # works
WORDS = 20  # of a text that titles and names are to hold
BARS, STEPS = 75, (1, 5, 10, 25, 50, 100, 500)  # bars at most; how many years a bar may stand for
UNDATED = "undated"
FACETS = {"type": "Kind of work", "field": "Field", "decade": "Decade", "state": "Record", "open": "Open access"}
VALUES = {"state": "state", "open": "openAccess"}  # facets with the keys whose values the context lists
SORTS = ("citation", "newest", "oldest", "title", "claims", "cited")


class Listing(NamedTuple):
    """A source in the list: *claims* are recorded of it, *cited_by* works that have a record cite it."""

    id: str
    citation: str
    title: str | None
    state: str
    type: str
    year: str | None
    claims: int
    cited_by: int


class Bar(NamedTuple):
    """How many works are of the years from *first* to *last*, and whether these are chosen."""

    first: int
    last: int
    works: int
    chosen: bool


class SourcesView(NamedTuple):
    """Sources: how many there are within the filters, those of a page, and what they can be narrowed to.

    The counts of a facet, and of the years, are those within all the other filters. Without a page, *sources* are all.
    """

    total: int
    page: int | None
    pages: int
    sources: tuple[Listing, ...]
    facets: tuple[Facet, ...]
    years: tuple[Bar, ...]


class Wanted(NamedTuple):
    """What a reader asks for; of several values of a facet any will do, and *q* begins words of title or names."""

    q: str = ""
    type: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    decade: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    years: str = ""
    sort: str = ""
    page: int | None = None

    @classmethod
    def of(cls, **given: Any) -> Wanted:
        """From loose *given* values: text, several texts, or nothing."""
        if wrong := given.keys() - set(cls._fields):
            raise BadQuery(unknown("filter", min(wrong), list(cls._fields)))
        several = {name: _several(given[name]) for name in FACETS if name in given}
        return cls(**{**given, **several})


class _Work(NamedTuple):
    """A source with what filters ask of it: words of its title and names, its year, its values by facet."""

    listing: Listing
    words: tuple[str, ...]
    year: int | None
    values: Mapping[str, frozenset[str]]


class Shelf:
    """The sources of one generation, by citation.

    *rows* are those of the query ``sources``; *fields* are the schemes whose concepts are fields; the JSON-LD *context*
    tells which states and accesses there are.
    """

    def __init__(
        self, rows: Iterable[Row], records: Records, ontology: Ontology, fields: Iterable[str],
        context: Mapping[str, Any],
    ) -> None:  # fmt: skip
        self._schemes = [id for id in fields if id in ontology.schemes]
        self._fields = [id for id, each in ontology.concepts.items() if not {*self._schemes}.isdisjoint(each.schemes)]
        self._terms = {name: _values(context, key) for name, key in VALUES.items()}
        self._below: dict[str, set[str]] = defaultdict(set)
        for field in self._fields:
            for id in ontology.narrower(field):
                self._below[id].add(field)
        stated = {ontology.names.id(row["source"] or ""): row for row in rows}
        found = (_work(source, stated[source.id], records, self._below) for source in records if source.id in stated)
        self._works = sorted(found, key=_by_citation)
        self._known = self._choices()

    def with_changes(self, ids: Collection[str], rows: Iterable[Row], records: Records, names: Names) -> Shelf:
        """The shelf of the next generation: the same, but for the sources *ids*, of which there are these *rows*."""
        other = copy.copy(self)
        other._works = [work for work in self._works if work.listing.id not in ids]
        for row in rows:
            source = records[names.id(row["source"] or "")]
            insort(other._works, _work(source, row, records, self._below), key=_by_citation)
        other._known = other._choices()
        return other

    def view(self, wanted: Wanted, ontology: Ontology) -> SourcesView:
        """What is *wanted*, with labels as *ontology* has them; raises BadQuery for a value that there is not."""
        tests = self._tests(wanted)
        missed = [(work, {name for name, test in tests.items() if not test(work)}) for work in self._works]

        def passing(but: str = "") -> list[_Work]:
            return [work for work, misses in missed if misses <= {but}]

        found = _sorted(passing(), choice("sort", wanted.sort or SORTS[0], SORTS))
        pages = max(1, -(-len(found) // PAGE))
        facets = (self._facet(name, passing(name), getattr(wanted, name), ontology) for name in FACETS)
        return SourcesView(
            len(found), wanted.page, pages, tuple(work.listing for work in _part(found, wanted.page, pages)),
            tuple(facet for facet in facets if facet.values), self._bars(passing("years"), years(wanted.years)),
        )  # fmt: skip

    def _choices(self) -> dict[str, list[str]]:
        """The values of each facet, in their order: those there are, and those that the vocabulary knows."""
        counts = {name: Counter(value for work in self._works for value in work.values[name]) for name in FACETS}
        decades = sorted((value for value in counts["decade"] if value != UNDATED), key=int, reverse=True)
        return {
            "type": sorted(counts["type"], key=lambda value: (-counts["type"][value], value)),
            "field": self._fields,
            "decade": [*decades, *([UNDATED] if UNDATED in counts["decade"] else [])],
            **{name: list(dict.fromkeys([*values, *sorted(counts[name])])) for name, values in self._terms.items()},
        }

    def _tests(self, wanted: Wanted) -> dict[str, Callable[[_Work], bool]]:
        """What a work must pass, by filter."""
        tests: dict[str, Callable[[_Work], bool]] = {}
        for name in FACETS:
            if values := {choice(name, value, self._known[name]) for value in getattr(wanted, name)}:
                tests[name] = lambda work, name=name, values=values: not values.isdisjoint(work.values[name])  # type: ignore[misc]
        if span := years(wanted.years):
            tests["years"] = lambda work: work.year is not None and span[0] <= work.year <= span[1]
        if words := tuple(dict.fromkeys(people.WORD.findall(fold(wanted.q))))[:WORDS]:
            tests["q"] = lambda work: all(any(word.startswith(each) for word in work.words) for each in words)
        return tests

    def _facet(self, name: str, works: Iterable[_Work], chosen: Sequence[str], ontology: Ontology) -> Facet:
        counts = Counter(value for work in works for value in work.values[name])
        if name == "field":
            label = ontology.schemes[self._schemes[0]].label if self._schemes else FACETS[name]
            return Facet(name, label, tuple(_tree(self._fields, counts, chosen, ontology)))
        values = (
            FacetValue(value, self._label(name, value, ontology), counts[value], value in chosen)
            for value in self._known[name]
        )
        return Facet(name, FACETS[name], tuple(each for each in values if each.count or each.chosen))

    def _label(self, name: str, value: str, ontology: Ontology) -> str:
        if name == "decade":
            return value if value == UNDATED else f"{value}s"
        prefix, _, local = self._terms.get(name, {}).get(value, "").partition(":")
        space = ontology.names.prefixes.get(prefix)
        return (space and ontology.term(space + local)) or value.replace("-", " ")

    def _bars(self, works: Iterable[_Work], chosen: tuple[int, int] | None) -> tuple[Bar, ...]:
        """A bar for each year from the first work to the last, or for so many years that there are not too many."""
        dated = [work.year for work in self._works if work.year is not None]
        if not dated:
            return ()
        low, high = min(dated), max(dated)
        step = next((step for step in STEPS if (high - low) // step < BARS), STEPS[-1])
        counts = Counter(work.year // step * step for work in works if work.year is not None)
        firsts = range(low // step * step, high + 1, step)
        return tuple(Bar(first, first + step - 1, counts[first], _within(first, step, chosen)) for first in firsts)


def _work(source: Source, row: Row, records: Records, below: Mapping[str, set[str]]) -> _Work:
    """A source for the shelf; *below* are the fields that a concept is in or below."""
    data, issued, state = source.data, row["year"] or "", (row["state"] or "").removeprefix(PKB) or COMPLETE
    kind, access = str(data.get("type") or "document"), str(data.get("openAccess") or "unknown")
    year = int(issued) if YEAR.fullmatch(issued) else None
    citation = records.citation(source.id)
    text = " ".join([row["title"] or "", citation, *map(str, people.named(data)), issued])
    fields = (below.get(id, ()) for id in data.get("subjects") or ())
    values = {
        "type": frozenset({kind}),
        "field": frozenset(field for found in fields for field in found),
        "decade": frozenset({UNDATED if year is None else str(year // 10 * 10)}),
        "state": frozenset({state}),
        "open": frozenset({access}),
    }
    counts = int(row.get("claims") or 0), int(row.get("citing") or 0)  # which a home's older query does not tell
    listing = Listing(source.id, citation, row["title"], state, kind, row["year"], *counts)
    return _Work(listing, tuple(dict.fromkeys(people.WORD.findall(fold(text)))), year, values)


def _by_citation(work: _Work) -> tuple[str, str]:
    return fold(work.listing.citation), work.listing.id


def _values(context: Mapping[str, Any], key: str) -> dict[str, str]:
    """The values that *key* may have in a file, each with the term that it stands for."""
    term = context["@context"].get(key)
    return {**term.get("@context", {})} if isinstance(term, dict) else {}


def _sorted(works: list[_Work], by: str) -> list[_Work]:
    """Works in order; of equals, and where nothing else is asked for, that by citation."""
    keys: dict[str, Callable[[_Work], Any]] = {
        "newest": lambda work: (work.year is None, -(work.year or 0)),
        "oldest": lambda work: (work.year is None, work.year),
        "title": lambda work: (not work.listing.title, fold(work.listing.title or "")),
        "claims": lambda work: -work.listing.claims,
        "cited": lambda work: -work.listing.cited_by,
    }
    return sorted(works, key=keys[by]) if by in keys else works


def _part(works: list[_Work], page: int | None, pages: int) -> list[_Work]:
    if page is None:
        return works
    if not 1 <= page <= pages:
        raise BadQuery(f"no page {page}: choose one from 1 to {pages}")
    return works[(page - 1) * PAGE : page * PAGE]


def _tree(
    ids: Iterable[str], counts: Mapping[str, int], chosen: Sequence[str], ontology: Ontology
) -> Iterator[FacetValue]:
    """The fields that have works, each below the broader one that has too."""
    kept, concepts = {id for id in ids if counts.get(id) or id in chosen}, ontology.concepts

    def values(ids: Iterable[str], path: tuple[str, ...] = ()) -> Iterator[FacetValue]:
        for id in (id for id in ids if id in kept and id not in path):
            below = tuple(values(concepts[id].narrower, (*path, id)))
            yield FacetValue(id, concepts[id].label, counts.get(id, 0), id in chosen, below)

    tops = (concepts[id].iri for id in kept if kept.isdisjoint(concepts[id].broader))
    yield from values(map(ontology.names.id, ontology.listed(tops)))


def _within(first: int, step: int, chosen: tuple[int, int] | None) -> bool:
    return chosen is not None and chosen[0] <= first and first + step - 1 <= chosen[1]


def _several(value: str | Iterable[str] | None) -> tuple[str, ...]:
    return tuple(filter(None, [value] if isinstance(value, str) else value or ()))
