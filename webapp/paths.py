"""The page of paths: from a concept through what can be done to what that leads to, as list, picture and table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from flask import Response

from kb.evidence import Stance
from kb.synthesis.shown import Path, StepView
from kb.synthesis.steps import SAID_OF, said_of
from kb.views import ConceptView

from . import linked, tables
from .asked import link_of, typed, whole
from .formats import current_base, language, represent, scheme_of
from .pages import bp, page
from .paths_layout import CONTRARY, on_phone, wide

PLACES = {"from": "start", "via": "middle", "to": "end"}  # fields of the address, each with its place in a path
ENDS = {  # how a concept is related to the others on a path, by its place: direction, acting end, what leads there
    "start": {"out": ("other", "")}, "middle": {"in": ("this", "for "), "out": ("this", "to ")},
    "end": {"in": ("other", "")},
}  # fmt: skip
NAMED = 3  # claims against a step that are named beside it; all stand with its claims
STEP = ("relation", "label", "checked", "best basis", "works", "peer-reviewed", "claims for", "supported by",
        "in dispute with", "qualified by", "near: in dispute or qualified", "rests on one work", "strongest claim",
        "its work", "kind of its work")  # fmt: skip
HEAD = (
    "rank", "start id", "start", *(f"step 1: {name}" for name in STEP), "middle id", "middle",
    *(f"step 2: {name}" for name in STEP), "end id", "end", "rests on one work", "one work states both steps",
    "named for both steps, not read for both",
)  # fmt: skip


class Told(NamedTuple):
    """A step on the page: its claims stand at *anchor*, here or where the page tells of it *first*.

    *against* are other claims that are in dispute with these or qualify them, the first of them, and *more* the rest.
    """

    step: StepView
    anchor: str
    first: bool
    against: tuple[Stance, ...]
    more: int


class Card(NamedTuple):
    """A path as the page tells of it."""

    path: Path
    steps: tuple[Told, ...]


class Way(NamedTuple):
    """A link to the paths that have a concept at a place, the *field* of the address, and what else they lead to."""

    field: str
    place: str
    others: str


@bp.app_template_global()
def places(id: str) -> tuple[str, ...]:
    """Where paths have the concept called *id*."""
    return current_base().synthesis(language()).places(id)


@bp.app_template_test()
def placed(id: str) -> bool:
    """Whether there are paths that the concept called *id* is on."""
    return bool(places(id))


@bp.app_template_global()
def ways(concept: ConceptView) -> list[Way]:
    """The paths from, through and to a *concept*, each with how many others its relations lead to, and of what kind."""
    fields = {place: name for name, place in PLACES.items()}
    return [Way(fields[place], place, " and ".join(_others(concept, place))) for place in places(concept.id)]


def _others(concept: ConceptView, place: str) -> Iterator[str]:
    for direction, (acting, word) in ENDS[place].items():
        found = {
            each.other.id: scheme_of(each.other.id) for each in concept.relations
            if (each.direction, each.acting) == (direction, acting) and any(not c.retracted for c in each.claims)
        }  # fmt: skip
        if found:
            yield f"{word}{len(found)} of {' or '.join(sorted(set(found.values())))}"


@page("/paths")
def paths() -> Response:
    """Paths within ``?from=``, ``via`` and ``to``: ids of concepts, which take narrower ones along."""
    form, number = _form(), whole("page", 1)
    view = current_base().synthesis(language()).paths(**_places(form), page=number)
    link = link_of(form, "pages.paths")
    pages = {"before": number > 1 and link(page=number - 1), "after": number < view.pages and link(page=number + 1)}
    return represent(
        "paths.html", view, form=form, link=link, pages=pages, cards=list(_cards(view.paths)),
        around={"wide": wide(view), "phone": on_phone(view)}, twin=link_of(form, "pages.paths_json")(),
        csv=link_of(form, "linked.paths_csv")(),
    )  # fmt: skip


@linked.bp.get("/paths.csv")
def paths_csv() -> Response:
    """All paths within the same as a table, a row for each."""
    view = current_base().synthesis(language()).paths(**_places(_form()), page=None)
    response = tables.table("paths", HEAD, map(_row, view.paths))
    response.vary.add("Accept-Language")
    return response


def _form() -> dict[str, str]:
    return {name: typed(name) for name in PLACES}


def _places(form: dict[str, str]) -> dict[str, str]:
    return {place: form[name] for name, place in PLACES.items()}


def _cards(found: Iterable[Path]) -> Iterator[Card]:
    """Paths with their steps; a step that several have is told in full once."""
    anchors: dict[tuple[str, ...], str] = {}

    def told(step: StepView) -> Told:
        key = step.subject.id, step.relation, step.object.id
        first = key not in anchors
        anchor, against = anchors.setdefault(key, f"step-{len(anchors) + 1}"), tuple(_against(step))[:NAMED]
        all = sum(said_of(step.standings, relation) for relation in CONTRARY)
        return Told(step, anchor, first, against, max(all - len(against), 0))

    for path in found:
        yield Card(path, tuple(told(step) for step in (path.first, path.second) if step))


def _against(step: StepView) -> Iterator[Stance]:
    """The other claims that stand against those of *step*, each once, disputes first."""
    ours = {claim.id for claim in step.claims}
    for relation in CONTRARY:
        stances = (each for claim in step.claims for each in claim.stances if each.relation == relation)
        found = {each.claim_id: each for each in stances if each.direction in SAID_OF[relation]}
        yield from (each for id, each in found.items() if id not in ours)


def _row(path: Path) -> Sequence[object]:
    start, end = path.start or ("", ""), path.end or ("", "")
    one, *several = path.one_work, *((work.citation for work in works) for works in (path.both, path.named))
    return (
        path.rank, *start, *_cells(path.first), *path.middle, *_cells(path.second), *end, one.citation if one else "",
        *map(tables.SEVERAL.join, several),
    )  # fmt: skip


def _cells(step: StepView | None) -> Sequence[object]:
    """What a table tells of a step."""
    if step is None:
        return ("",) * len(STEP)
    best = step.claims[0] if step.claims else None
    counts = (said_of(step.standings, relation) for relation in ("supports", *CONTRARY))
    return (
        step.relation, step.label, "yes" if step.established else "not checked", step.basis, step.strength.works,
        "yes" if step.strength.peer_reviewed else "", step.total, *counts, step.nearby,
        step.one_work.citation if step.one_work else "", best.id if best else "",
        f"{best.source.citation}, {best.provenance}" if best else "", step.kind,
    )  # fmt: skip
