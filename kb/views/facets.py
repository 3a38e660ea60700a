"""Counts of hits as a reader is shown them: by the names of the vocabulary, the concepts of each scheme as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb.corpus.ontology import Ontology
from kb.overview import Facet, FacetValue
from kb.retrieval.facets import VALUES, Counts
from kb.retrieval.scope import Filters, years

MOST = 100  # concepts in a tree, those with the most hits
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
    fields = [id for id in fields if id in ontology.schemes]
    schemes = [id for id in counts["scheme"] if id in ontology.schemes and id not in fields]
    schemes.sort(key=lambda id: (-counts["scheme"][id], ontology.schemes[id].label, id))
    found = [
        _listed("kind", counts, filters, names),
        *(_tree("field", id, counts, filters, ontology) for id in fields),
        *(_tree("concept", id, counts, filters, ontology) for id in schemes),
        _decades(counts["years"], filters),
        *(_listed(name, counts, filters, names) for name in ("stance", "basis", "state")),
    ]
    return tuple(facet for facet in found if facet.values)


def _listed(name: str, counts: Counts, filters: Filters, names: Mapping[str, str]) -> Facet:
    """A filter with a few values, in their own order."""
    chosen = _chosen(name, filters)
    label = names.get(f"pkb:{name}", name)
    values = (
        FacetValue(value, _named(name, value, names), counts[name].get(value, 0), value in chosen)
        for value in VALUES[name]
    )
    return Facet(name, _large(label), tuple(each for each in values if each.count or each.chosen))


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


def _tree(name: str, scheme: str, counts: Counts, filters: Filters, ontology: Ontology) -> Facet:
    """The concepts of a scheme that have hits, those with the most; a heading that sorts others, only above these."""
    concepts, chosen, hits = ontology.concepts, getattr(filters, name), counts[name]
    members = {id for id in hits if id in concepts and scheme in concepts[id].schemes and not concepts[id].retired}
    best = sorted(members, key=lambda id: (-hits[id], len(ontology.above(id)), id))  # what is above is not after it
    ways = {above for id in chosen if id in members for above in ontology.above(id)}
    kept = members & {*best[:MOST], *ways}

    def values(ids: Iterable[str], path: tuple[str, ...] = ()) -> Iterator[FacetValue]:
        for id in sorted((id for id in ids if id in kept and id not in path), key=lambda id: -hits[id]):
            below = tuple(values(concepts[id].narrower, (*path, id)))
            if below or not concepts[id].groups:
                yield FacetValue(id, concepts[id].label, hits[id], id in chosen, below)

    tops = {id for id in kept if kept.isdisjoint(concepts[id].broader)}
    ordered = map(ontology.names.id, ontology.listed(concepts[id].iri for id in tops))
    return Facet(name, ontology.schemes[scheme].label, tuple(values(ordered)))
