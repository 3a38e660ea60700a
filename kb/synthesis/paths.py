"""Paths over what can be done: from a concept to what is stated for it and on to what that leads to, or back.

A path joins statements. Each step is one that claims make; that the first leads on to where the second ends is our
inference, unless one work states both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pyoxigraph import NamedNode

from kb.errors import BadQuery
from kb.evidence import ClaimView, SourceRef, Standing, Strength
from kb.overview import Ref
from kb.synthesis.kept import Kept
from kb.synthesis.sides import SIDES, Asked, Side, asked, side
from kb.synthesis.steps import Chain, Step, chains, said_of
from kb.terms import PKB
from kb.views import Views

PAGE = 20  # paths
SHOWN = 3  # claims of a step


class StepView(NamedTuple):
    """A relation from *subject* to *object* with its label, and what is said for it and against it.

    *claims* are the strongest of *total* that assert it; *basis* tells how the best of them is known. *standings*
    counts the other claims that stand to any of the *total*. *one_work* is the work it was read in, if in one alone.
    *query* gives all its claims.
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
    query: str


class Path(NamedTuple):
    """A chain of two steps over *middle*, or the one of them that there is; *rank* is its place among all.

    *strength* is that of its weakest step. *one_work* is the work that all was read in, if there is no other; *both*
    are the works that state both steps.
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


class Tally(NamedTuple):
    """Different statements with a relation, counted: by how many works they were read in, and how others stand to them.

    *starts* and *ends* are how many different concepts these lead from and to; see `kb.synthesis.steps.said_of`.
    """

    labels: tuple[str, ...]
    starts: int
    ends: int
    statements: int
    several_works: int
    one_work: int
    not_checked: int
    supported: int
    qualified: int
    disputed: int

    @property
    def said(self) -> str:
        """How well the statements are known here, in words.

        >>> Tally(("fosters",), 2, 3, 4, 1, 2, 1, 0, 1, 0).said
        '1 was read in two works or more, 2 in one work only, 1 was not checked; none is in dispute, 1 is qualified'
        >>> Tally(("fosters",), 2, 3, 4, 0, 4, 0, 0, 0, 0).said
        'none was read in two works or more, 4 in one work only; none is in dispute or qualified'
        """
        read = [f"{_were(self.several_works)} read in two works or more"]
        read += [f"{self.one_work} in one work only"] if self.one_work else []
        read += [f"{_were(self.not_checked)} not checked"] if self.not_checked else []
        against = f"{_are(self.disputed)} in dispute, {_are(self.qualified)} qualified"
        quiet = not self.disputed and not self.qualified
        return f"{', '.join(read)}; {'none is in dispute or qualified' if quiet else against}"


class Texts(NamedTuple):
    """The named queries that give what is shown."""

    paths: str
    ends: str
    evidence: str
    stances: str


class PathsView(NamedTuple):
    """Paths within what was asked for, the strongest first: *total* of them, *whole* of two steps, a *page*.

    *first* and *second* count their steps, *one_work* those that rest on one work alone. *starts*, *middles* and *ends*
    are what can be asked for.
    """

    start: Asked | None
    middle: Asked | None
    end: Asked | None
    total: int
    whole: int
    one_work: int
    first: Tally
    second: Tally
    page: int | None
    pages: int
    paths: tuple[Path, ...]
    starts: Side
    middles: Side
    ends: Side
    queries: Texts


def paths(
    views: Views, kept: Kept, start: str = "", middle: str = "", end: str = "", page: int | None = 1
) -> PathsView:
    """The paths from, over and to the concepts with these ids, each or a narrower one; a page, or all where it is None.

    Raises NotFound for a concept that there is not, BadQuery for a page that there is not.
    """
    every = ranked(views, kept)
    wanted = dict(zip(SIDES, (start, middle, end), strict=True))
    within = {name: views.ontology.narrower(id) for name, id in wanted.items() if id}
    found = [chain for chain in every if all(getattr(chain, name) in ids for name, ids in within.items())]
    standing = {name: _standing(every, name) for name in SIDES}
    begin, over, to = (asked(id, name, standing, views) if id else None for name, id in wanted.items())
    starts, middles, ends = (side(standing[name], views) for name in SIDES)
    first, pages = _page(len(found), page)
    shown = found[first : first + PAGE] if page else found
    return PathsView(
        begin, over, to, len(found), sum(chain.whole for chain in found),
        sum(chain.one_work is not None for chain in found),
        _tally((chain.first for chain in found), views), _tally((chain.second for chain in found), views), page, pages,
        _shown(shown, first + 1, SHOWN if page else 1, views), starts, middles, ends,
        _texts(wanted, within, standing, shown, views),
    )  # fmt: skip


def _were(number: int) -> str:
    return f"{number or 'none'} {'were' if number > 1 else 'was'}"


def _are(number: int) -> str:
    return f"{number or 'none'} {'are' if number > 1 else 'is'}"


def ranked(views: Views, kept: Kept) -> tuple[Chain, ...]:
    """All chains, the strongest first; of equals, by the labels in the reader's language.

    Those with a step that is only recalled or inferred come last, a single step after whole chains; then the weakest
    step decides, then the other one.
    """

    def make() -> tuple[Chain, ...]:
        label: Callable[[str | None], str] = lambda id: views.links.concept(id).label if id else ""  # noqa: E731
        every = kept.get("paths", lambda: chains(views.queries, views.links))
        by_label = sorted(every, key=lambda c: ([label(id) for id in (c.start, c.middle, c.end)], c.relations))
        return tuple(sorted(by_label, key=rank))

    found: tuple[Chain, ...] = kept.get(("paths", views.ontology.language), make)
    return found


def rank(chain: Chain) -> tuple[Any, ...]:
    """What orders chains, the least first."""
    strengths = sorted(step.strength for step in chain.steps)
    return not chain.established, not chain.whole, [[-part for part in strength] for strength in strengths]


def _standing(every: Iterable[Chain], name: str) -> dict[str, int]:
    """The concepts at one place of the chains, each with how many steps it has there."""
    steps: dict[str, set[tuple[str, ...]]] = {}
    for chain in every:
        for step in chain.touching(name):
            steps.setdefault(getattr(chain, name), set()).add(step[:3])
    return {id: len(found) for id, found in steps.items()}


def _page(total: int, page: int | None) -> tuple[int, int]:
    """Where a page begins, and how many pages there are."""
    pages = max(1, -(-total // PAGE))
    if page is not None and not 1 <= page <= pages:
        raise BadQuery(f"no page {page}: choose one from 1 to {pages}")
    return ((page or 1) - 1) * PAGE, pages


def _tally(steps: Iterable[Step | None], views: Views) -> Tally:
    found = {step[:3]: step for step in steps if step}.values()
    held = [step for step in found if step.established]
    return Tally(
        tuple(dict.fromkeys(_label(step.relation, views) for step in found)),
        len({step.subject for step in found}), len({step.object for step in found}), len(found),
        sum(step.strength.works > 1 for step in held), sum(step.strength.works == 1 for step in held),
        len(found) - len(held),
        *(sum(said_of(step.standings, how) > 0 for step in found) for how in ("supports", "qualifies", "disputes")),
    )  # fmt: skip


def _shown(found: Sequence[Chain], first: int, most: int, views: Views) -> tuple[Path, ...]:
    """Chains as a reader is shown them, with at most so many claims of a step."""
    steps = {step[:3]: step for chain in found for step in chain.steps}
    ids = [claim.id for step in steps.values() for claim in step.claims[:most]]
    claims = {claim.id: _standing_ones(claim, views) for claim in views.claims.called(ids)}
    made = {key: _step(step, most, claims, views) for key, step in steps.items()}
    return tuple(_path(chain, number, made, views) for number, chain in enumerate(found, first))


def _standing_ones(claim: ClaimView, views: Views) -> ClaimView:
    """A claim without the stances that retracted works take."""
    kept = (each for each in claim.stances if not views.links.retracted(each.claim_id.partition("#")[0]))
    return claim._replace(stances=tuple(kept))


def _path(chain: Chain, rank: int, steps: Mapping[tuple[str, str, str], StepView], views: Views) -> Path:
    first, second = (steps[step[:3]] if step else None for step in (chain.first, chain.second))
    concept, source = views.links.concept, views.links.source
    return Path(
        rank, first and first.subject, first, concept(chain.middle), second, second and second.object, chain.whole,
        chain.established, chain.strength, source(chain.one_work) if chain.one_work else None,
        tuple(sorted(map(source, chain.both), key=lambda work: work.citation)),
    )  # fmt: skip


def _step(step: Step, most: int, claims: Mapping[str, ClaimView], views: Views) -> StepView:
    links, [best, *_] = views.links, step.claims
    alone = links.source(min(step.works)) if len(step.works) == 1 else None
    return StepView(
        links.concept(step.subject), step.relation.removeprefix(PKB), _label(step.relation, views),
        links.concept(step.object), step.established, step.strength, views.ontology.term(best.basis), len(step.claims),
        tuple(claims[each.id] for each in step.claims[:most] if each.id in claims), step.standings, alone,
        _narrowed("path-evidence", [step], views),
    )  # fmt: skip


def _label(relation: str, views: Views) -> str:
    return views.ontology.term(relation) or relation.removeprefix(PKB)


def _texts(
    wanted: Mapping[str, str], within: Mapping[str, set[str]], standing: Mapping[str, Mapping[str, int]],
    shown: Iterable[Chain], views: Views,
) -> Texts:  # fmt: skip
    """The queries; with a concept stand those narrower ones that have a step where it was asked for."""
    places = {
        f"?{name}": [_iri(id, views) for id in sorted({wanted[name], *(ids & standing[name].keys())})]
        for name, ids in within.items()
    }
    steps = list({step[:3]: step for chain in shown for step in chain.steps}.values())
    texts = (_narrowed(name, steps, views) for name in ("path-evidence", "path-stances"))
    return Texts(views.queries.narrowed("paths", places), views.queries.text("path-ends"), *texts)


def _narrowed(name: str, steps: Iterable[Step], views: Views) -> str:
    """The text of a named query about *steps*."""
    rows = [tuple(map(NamedNode, (_iri(s.subject, views), s.relation, _iri(s.object, views)))) for s in steps]
    return views.queries.narrowed(name, {"(?from ?relation ?to)": rows})


def _iri(id: str, views: Views) -> str:
    concept = views.ontology.concepts.get(id)  # an id that is none stands for itself, if it is whole
    return concept.iri if concept else id if ":" in id else views.links.names.iri("concept", id)
