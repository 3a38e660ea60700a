"""Concepts or works side by side: what is said of each, whence that is known, and what they have in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kb.errors import BadQuery, NotFound, unknown
from kb.synthesis.columns import Laid, Said, lay, read
from kb.synthesis.items import ALWAYS, Aspect, Wording
from kb.synthesis.kept import Kept
from kb.views import Views
from kb.views.sources import RETRACTED

MOST = 6  # things side by side
NAMED = 100  # characters of an id that an error repeats


class Compared(NamedTuple):
    """One of the things that are compared, and how many claims about it or in it count.

    *title* is that of a work, or the scheme of a concept; *note* is what to know of it as a whole, such as that it is
    retracted.
    """

    id: str
    label: str
    title: str
    iri: str
    note: str
    claims: int


class Comparison(NamedTuple):
    """Concepts or sources (*kind*) side by side; each of the *aspects* has a cell for each of the *things*."""

    kind: str
    things: tuple[Compared, ...]
    aspects: tuple[Aspect, ...]


def compare(ids: Iterable[str], views: Views, kept: Kept, differ: bool = False, most: int | None = None) -> Comparison:
    """The concepts or sources called *ids* side by side; see `kb.synthesis.Synthesis.compare`."""
    kind, chosen = _checked(ids, views)
    laid = kept.get(("comparison", chosen, differ, most), lambda: _laid(kind, chosen, views, kept, differ, most))
    things = (_thing(kind, id, views)._replace(claims=_claims(_side(kind, id, views, kept))) for id in chosen)
    return Comparison(kind, tuple(things), Wording(kind, chosen, views).aspects(laid))


def _checked(ids: Iterable[str], views: Views) -> tuple[str, tuple[str, ...]]:
    """The kind of all of *ids*, and these, each once."""
    chosen = tuple(dict.fromkeys(filter(None, ids)))
    if not chosen:
        raise BadQuery("name the concepts or the works to compare, by their ids")
    if len(chosen) > MOST:
        raise BadQuery(f"{len(chosen)} are too many to stand side by side: choose {MOST} of them at most")
    concepts, works = views.ontology.concepts, views.links.records
    kinds = {id: "concept" if id in concepts else "work" if id in works else "" for id in chosen}
    if missing := next((id for id, kind in kinds.items() if not kind), None):
        raise NotFound(unknown("concept or work", missing[:NAMED], [*concepts, *works.ids()]))
    by_kind = {kind: id for id, kind in kinds.items()}
    if len(by_kind) > 1:
        raise BadQuery(
            f"{by_kind['concept']!r} is a concept and {by_kind['work']!r} is a work: "
            "compare concepts with concepts, and works with works"
        )
    return "concept" if "concept" in by_kind else "source", chosen


def _laid(kind: str, ids: tuple[str, ...], views: Views, kept: Kept, differ: bool, most: int | None) -> Laid:
    """What is said of each, cell by cell."""
    return lay(ids, [_side(kind, id, views, kept) for id in ids], ALWAYS[kind], views, differ, most)


def _side(kind: str, id: str, views: Views, kept: Kept) -> tuple[Said, ...]:
    """What is said of one thing, which is read once, whatever it is compared with."""
    return kept.get(("side of a comparison", id), lambda: read(kind, id, views))


def _claims(side: tuple[Said, ...]) -> int:
    """How many claims count: each stands to others in one way."""
    return sum(said.claims for said in side if said.key[0] == "stance")


def _thing(kind: str, id: str, views: Views) -> Compared:
    if kind == "source":
        source, note = views.links.source(id), RETRACTED if views.links.retracted(id) else ""
        return Compared(id, source.citation, source.title or "", views.links.names.iri("source", id), note, 0)
    concept = views.ontology[id]
    instead = " or ".join(ref.label for ref in views.links.concepts(concept.replaced_by))
    note = f"This concept is retired{f': use {instead} instead' if instead else ''}." if concept.retired else ""
    return Compared(id, concept.label, views.links.scheme_label(id), concept.iri, note, 0)
