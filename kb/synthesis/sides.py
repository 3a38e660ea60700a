"""Where paths begin, pass and end: what can be asked for at each place, and what is there of what was asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kb.corpus.ontology import Ontology
from kb.overview import Ref
from kb.synthesis.kept import Kept
from kb.views import Views

SIDES = ("start", "middle", "end")


class Choice(NamedTuple):
    """A concept to ask for: its *relations* at that place, in *total* with narrower ones; *depth* is 0 at the top."""

    id: str
    label: str
    depth: int
    relations: int
    total: int


class Group(NamedTuple):
    """The concepts of one scheme as a tree, from the top down."""

    id: str
    label: str
    choices: tuple[Choice, ...]


class Side(NamedTuple):
    """A place of the paths: the schemes it takes concepts of, by their labels, and these concepts."""

    label: str
    groups: tuple[Group, ...]


class Other(NamedTuple):
    """Another concept that could be asked for, and how many paths there are then, with narrower ones."""

    id: str
    label: str
    paths: int


class Asked(NamedTuple):
    """The concept that was asked for at a place.

    *below* are the narrower ones that have relations there, *here* tells whether it or one of them has, *elsewhere* at
    which other places they have, and *above* are broader concepts that have some there. *broader* are those directly
    above it with more paths than it has, *siblings* the others directly below these that have some, the most first.
    """

    id: str
    label: str
    scheme: str
    below: tuple[Ref, ...]
    here: bool
    elsewhere: tuple[str, ...]
    above: tuple[Ref, ...]
    broader: tuple[Other, ...]
    siblings: tuple[Other, ...]


def side(relations: Mapping[str, int], views: Views) -> Side:
    """What can be asked for where the concepts with these ids have *relations*: they, and what is broader."""
    totals: dict[str, int] = defaultdict(int)
    for id, number in relations.items():
        for above in views.ontology.above(id):
            totals[above] += number
    schemes: dict[str, list[str]] = defaultdict(list)
    for id in totals:
        concept = views.ontology.concepts.get(id)
        schemes[concept.schemes[0] if concept and concept.schemes else ""].append(id)
    groups = (_group(scheme, ids, relations, totals, views) for scheme, ids in schemes.items())
    ordered = tuple(sorted(groups, key=lambda group: group.label))
    return Side(" or ".join(group.label for group in ordered), ordered)


def asked(
    id: str, place: str, standing: Mapping[str, Mapping[str, int]], paths: Mapping[str, int], views: Views
) -> Asked:
    """What there is at *place* of the concept called *id*.

    *standing* has the concepts with relations by place, *paths* how many paths each has at this one.
    """
    ontology, links = views.ontology, views.links
    ids = ontology.narrower(id)
    below = links.listed(ontology[each].iri for each in ids - {id} if each in standing[place])
    elsewhere = tuple(name for name in SIDES if name != place and not ids.isdisjoint(standing[name]))
    here = not ids.isdisjoint(standing[place])
    above = () if here else _above(id, standing[place], ontology)
    return Asked(
        id, ontology[id].label, views.links.scheme_label(id), below, here, elsewhere, links.concepts(above),
        *_around(id, paths, ontology),
    )  # fmt: skip


def _around(id: str, paths: Mapping[str, int], ontology: Ontology) -> tuple[tuple[Other, ...], tuple[Other, ...]]:
    """What is directly above the concept called *id*, and what else is directly below that."""

    def counted(ids: Iterable[str], least: int) -> tuple[Other, ...]:
        found = (Other(each, ontology[each].label, count(each)) for each in ids if each in ontology.concepts)
        return tuple(sorted((other for other in found if other.paths > least), key=lambda o: (-o.paths, o.label)))

    def count(id: str) -> int:
        return sum(paths.get(each, 0) for each in ontology.narrower(id))

    broader = [each for each in ontology[id].broader if each in ontology.concepts and each != id]
    beside = dict.fromkeys(each for above in broader for each in ontology[above].narrower if each != id)
    return counted(broader, count(id)), counted((each for each in beside if each not in broader), 0)


def places(id: str, views: Views, kept: Kept) -> tuple[str, ...]:
    """Where paths have the concept called *id*, without narrower ones: some of ``start``, ``middle`` and ``end``."""
    ends: Mapping[str, tuple[str, ...]] = kept.get("path ends", lambda: _ends(views))
    return ends.get(id, ())


def _ends(views: Views) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in views.queries.rows("path-ends"):
        found[views.links.id(row["concept"])].add(row["side"] or "")
    return {id: tuple(name for name in SIDES if name in there) for id, there in found.items()}


def _above(id: str, there: Mapping[str, int], ontology: Ontology) -> list[str]:
    """The broader concepts of *id* that are, or have below them, what is there; the nearest first."""
    found, level = dict[str, None](), [id]
    while level:
        level = [each for below in level for each in ontology[below].broader if each in ontology.concepts]
        level = [each for each in dict.fromkeys(level) if each not in found and each != id]
        found.update(dict.fromkeys(level))
    return [each for each in found if not ontology.narrower(each).isdisjoint(there)]


def _group(
    scheme: str, ids: Iterable[str], relations: Mapping[str, int], totals: Mapping[str, int], views: Views
) -> Group:
    named = views.ontology.schemes.get(scheme)
    tree = _walked(sorted(ids, key=lambda id: views.links.concept(id).label), views.ontology)
    choices = (Choice(*views.links.concept(id), depth, relations.get(id, 0), totals[id]) for id, depth in tree)
    return Group(scheme, named.label if named else scheme, tuple(choices))


def _walked(ids: list[str], ontology: Ontology) -> Iterator[tuple[str, int]]:
    """The concepts, each once and below the first broader one that is among them; a ring begins where it is entered."""
    among, seen = set(ids), set[str]()
    below: dict[str, list[str]] = defaultdict(list)
    for id in ids:
        for broader in _broader(id, ontology):
            below[broader].append(id)

    def walk(id: str, depth: int) -> Iterator[tuple[str, int]]:
        if id not in seen:
            seen.add(id)
            yield id, depth
            for each in below.get(id, ()):
                yield from walk(each, depth + 1)

    tops = [id for id in ids if among.isdisjoint(_broader(id, ontology))]
    for id in [*tops, *ids]:
        yield from walk(id, 0)


def _broader(id: str, ontology: Ontology) -> tuple[str, ...]:
    concept = ontology.concepts.get(id)
    return concept.broader if concept else ()
