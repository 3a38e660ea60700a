"""Counts of hits as a reader is shown them: by the names of the vocabulary, the concepts of each scheme as a tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from kb.corpus.ontology import Ontology
from kb.overview import Facet, FacetValue
from kb.retrieval.facets import VALUES, Counts
from kb.retrieval.scope import Filters, years

MOST = 25  # concepts in a tree, those with the most hits
NAMES = {  # of values that are no terms of our vocabulary
    "kind": {"concept": "concepts", "claim": "claims", "source": "sources", "passage": "passages of texts"},
    "stance": {
        "supports": "support or are supported",
        "disputes": "dispute or are disputed",
        "qualifies": "qualify or are qualified",
    },
}
DECADE = "decade"


def facets(
    counts: Counts, filters: Filters, ontology: Ontology, names: Mapping[str, str], fields: Iterable[str]
) -> tuple[Facet, ...]:
    """The facets with a value to choose: kinds, fields, concepts by scheme, decades, and what is said of claims.

    *names* are the labels of the vocabulary; *fields* are the schemes whose concepts are the fields of works. Schemes
    come by how many hits are about them, values of a tree likewise. What is chosen stays, whatever is left of it.
    """
    by_field, by_scheme = (_by_scheme(counts[name], ontology) for name in ("field", "concept"))
    fields = [id for id in fields if id in by_field]
    schemes = sorted(by_scheme.keys() - set(fields), key=lambda id: (-counts["scheme"][id], ontology.schemes[id].label))
    found = [
        _listed("kind", counts, filters, names),
        *(Facet("field", ontology.schemes[id].label, _tree(by_field[id], filters.field, ontology)) for id in fields),
        *(Facet("concept", ontology.schemes[id].label, _tree(by_scheme[id], filters.concept, ontology))
          for id in schemes),
        _decades(counts["years"], filters),
        *(_listed(name, counts, filters, names) for name in ("stance", "basis", "state")),
    ]  # fmt: skip
    return tuple(facet for facet in found if facet.values)


def _listed(name: str, counts: Counts, filters: Filters, names: Mapping[str, str]) -> Facet:
    """A filter with a few values, in their own order."""
    chosen = _chosen(name, filters)
    label = names.get(f"pkb:{name}", name)
    values = (
        FacetValue(value, _named(name, value, names), counts[name].get(value, 0), value in chosen)
        for value in VALUES[name]
    )
    return Facet(name, _large(label), tuple(each for each in values if each.value in counts[name] or each.chosen))


def choices(names: Mapping[str, str]) -> tuple[Facet, ...]:
    """What claims can be narrowed to by themselves: their stances, bases and the state of the record; uncounted."""
    return tuple(
        Facet(name, _large(names.get(f"pkb:{name}", name)),
              tuple(FacetValue(value, _named(name, value, names), 0, False) for value in VALUES[name]))
        for name in ("stance", "basis", "state")
    )  # fmt: skip


def _chosen(name: str, filters: Filters) -> tuple[str, ...]:
    given = getattr(filters, name)
    return (given,) if isinstance(given, str) else given


def _named(name: str, value: str, names: Mapping[str, str]) -> str:
    ours = NAMES.get(name, {})
    return ours.get(value) or names.get(f"pkb:from-{value}") or names.get(f"pkb:{value}") or value


def _large(label: str) -> str:
    return label[:1].upper() + label[1:]


def _decades(counts: Mapping[str, int], filters: Filters) -> Facet:
    """The decades, the latest first."""
    chosen = years(filters.years)
    decades = sorted(((years(value) or (0, 0), value, count) for value, count in counts.items()), reverse=True)
    values = (FacetValue(value, f"{first}s", count, (first, last) == chosen) for (first, last), value, count in decades)
    return Facet("years", _large(DECADE), tuple(values))


def _by_scheme(hits: Mapping[str, int], ontology: Ontology) -> dict[str, dict[str, int]]:
    """The concepts of each scheme that have *hits*."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for id, count in hits.items():
        concept = ontology.concepts.get(id)
        for scheme in concept.schemes if concept and not concept.retired else ():
            if scheme in ontology.schemes:
                found[scheme][id] = count
    return found


def _tree(hits: Mapping[str, int], chosen: tuple[str, ...], ontology: Ontology) -> tuple[FacetValue, ...]:
    """Concepts of a scheme, those with the most *hits*; one that is a heading, only above what it sorts."""
    concepts = ontology.concepts
    best = sorted(hits, key=lambda id: (-hits[id], len(ontology.above(id)), id))  # what is above is not after it
    ways = {above for id in chosen if id in hits for above in ontology.above(id)}
    kept = hits.keys() & {*best[:MOST], *ways}

    def values(ids: Iterable[str], path: tuple[str, ...] = ()) -> Iterator[FacetValue]:
        for id in sorted((id for id in ids if id in kept and id not in path), key=lambda id: -hits[id]):
            below = tuple(values(concepts[id].narrower, (*path, id)))
            if below or not concepts[id].groups:
                yield FacetValue(id, concepts[id].label, hits[id], id in chosen, below)

    tops = (concepts[id].iri for id in kept if kept.isdisjoint(concepts[id].broader))
    return tuple(values(map(ontology.names.id, ontology.listed(tops))))
