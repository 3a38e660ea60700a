"""Paths and their steps as a reader is shown them: with labels, citations and the claims themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pyoxigraph import NamedNode

from kb.evidence import ClaimView, SourceRef, Standing, Strength
from kb.overview import Ref
from kb.synthesis.steps import Chain, Near, Step
from kb.terms import PKB
from kb.views import Views

SHOWN = 3  # claims of a step


class StepView(NamedTuple):
    """A relation from *subject* to *object* with its label, and what is said for it and against it.

    *claims* are the strongest of *total* that assert it; *basis* tells how the best of them is known. *standings*
    counts the other claims that stand to any of the *total*. *one_work* is the work it was read in, if in one alone.
    *kind* is the kind of work that makes the strongest claim, where such works are not peer-reviewed as a rule. *near*
    are the first of the claims that dispute or qualify others about its concepts, with these stances alone, *nearby* in
    all; see `kb.synthesis.steps.Near`. *query* gives all its claims.
    """

    subject: Ref
    relation: str
    label: str
    object: Ref
    established: bool
    strength: Strength
    basis: str
    total: int
    claims: tuple[ClaimView, ...]
    standings: tuple[Standing, ...]
    one_work: SourceRef | None
    kind: str
    near: tuple[ClaimView, ...]
    nearby: int
    query: str


class Path(NamedTuple):
    """A chain of two steps over *middle*, or the one of them that there is; *rank* is its place among all.

    *strength* is that of its weakest step. *one_work* is the work that all was read in, if there is no other; it may
    report what others state. *both* are the works that state both steps, as far as that was read, and *named* those
    that both are put down to, though not both were read.
    """

    rank: int
    start: Ref | None
    first: StepView | None
    middle: Ref
    second: StepView | None
    end: Ref | None
    whole: bool
    established: bool
    strength: Strength
    one_work: SourceRef | None
    both: tuple[SourceRef, ...]
    named: tuple[SourceRef, ...]


def shown(found: Sequence[Chain], first: int, most: int, views: Views) -> tuple[Path, ...]:
    """Chains as a reader is shown them, with at most so many claims of a step."""
    steps = {step[:3]: step for chain in found for step in chain.steps}
    ids = [claim.id for step in steps.values() for claim in step.claims[:most]]
    ids += [near.claim for step in steps.values() for near in step.near[:most]]
    claims = {claim.id: _standing_ones(claim, views) for claim in views.claims.called(dict.fromkeys(ids))}
    made = {key: _step(step, most, claims, views) for key, step in steps.items()}
    return tuple(_path(chain, number, made, views) for number, chain in enumerate(found, first))


def _standing_ones(claim: ClaimView, views: Views) -> ClaimView:
    """A claim without the stances that retracted works take."""
    kept = (each for each in claim.stances if not views.links.retracted(each.claim_id.partition("#")[0]))
    return claim._replace(stances=tuple(kept))


def _path(chain: Chain, rank: int, steps: Mapping[tuple[str, str, str], StepView], views: Views) -> Path:
    first, second = (steps[step[:3]] if step else None for step in (chain.first, chain.second))
    concept, source = views.links.concept, views.links.source
    both, named = (tuple(sorted(map(source, ids), key=lambda work: work.citation)) for ids in (chain.both, chain.named))
    return Path(
        rank, first and first.subject, first, concept(chain.middle), second, second and second.object, chain.whole,
        chain.established, chain.strength, source(chain.one_work) if chain.one_work else None, both, named,
    )  # fmt: skip


def _step(step: Step, most: int, claims: Mapping[str, ClaimView], views: Views) -> StepView:
    links, [best, *_] = views.links, step.claims
    alone = links.source(min(step.works)) if len(step.works) == 1 else None
    return StepView(
        links.concept(step.subject), step.relation.removeprefix(PKB), label(step.relation, views),
        links.concept(step.object), step.established, step.strength, views.ontology.term(best.basis), len(step.claims),
        tuple(claims[each.id] for each in step.claims[:most] if each.id in claims), step.standings, alone,
        views.kind_of_work(best.source), tuple(_near(step.near[:most], claims)), len(step.near),
        narrowed("path-evidence", [step], views),
    )  # fmt: skip


def _near(found: Iterable[Near], claims: Mapping[str, ClaimView]) -> Iterator[ClaimView]:
    """The claims that take these stances, each with them alone."""
    taken: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for near in found:
        taken[near.claim].add((near.relation, near.other))
    for id in filter(claims.__contains__, taken):
        outward = (each for each in claims[id].stances if each.direction == "out")
        yield claims[id]._replace(stances=tuple(s for s in outward if (s.relation, s.claim_id) in taken[id]))


def label(relation: str, views: Views) -> str:
    """The label of the relation with that IRI."""
    return views.ontology.term(relation) or relation.removeprefix(PKB)


def narrowed(name: str, steps: Iterable[Step], views: Views) -> str:
    """The text of a named query about *steps*."""
    rows = [tuple(map(NamedNode, (iri(s.subject, views), s.relation, iri(s.object, views)))) for s in steps]
    return views.queries.narrowed(name, {"(?from ?relation ?to)": rows})


def iri(id: str, views: Views) -> str:
    """The IRI of the concept called *id*."""
    concept = views.ontology.concepts.get(id)  # an id that is none stands for itself, if it is whole
    return concept.iri if concept else id if ":" in id else views.links.names.iri("concept", id)
