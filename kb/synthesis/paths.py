"""Paths over what can be done: from a concept to what is stated for it and on to what that leads to, or back.

A path joins statements. Each step is one that claims make; that the first leads on to where the second ends is our
inference, unless one work states both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from kb.errors import BadQuery
from kb.synthesis.kept import Kept
from kb.synthesis.shown import SHOWN, Path, iri, label, narrowed, shown
from kb.synthesis.sides import SIDES, Asked, Side, asked, side
from kb.synthesis.steps import Chain, Step, chains, said_of
from kb.views import Views

PAGE = 20  # paths


class Tally(NamedTuple):
    """Different statements with a relation, counted: by how many works they were read in, and how others stand to them.

    *starts* and *ends* are how many different concepts these lead from and to; see `kb.synthesis.steps.said_of`. About
    the concepts of *near* of them other claims are in dispute or qualified.
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
    near: int

    @property
    def said(self) -> str:
        """How well the statements are known here, in words.

        >>> print(Tally(("fosters",), 2, 3, 4, 1, 2, 1, 0, 1, 0, 0).said)  # doctest: +NORMALIZE_WHITESPACE
        1 was read in two works or more, 2 in one work only, 1 was not checked; none is in dispute, 1 is qualified,
        as far as claims here tell
        >>> print(Tally(("fosters",), 2, 3, 4, 0, 4, 0, 0, 0, 0, 1).said)  # doctest: +NORMALIZE_WHITESPACE
        none was read in two works or more, 4 in one work only; no claim here disputes or qualifies them (that was not
        looked for systematically); for 1, other claims about both concepts are in dispute or qualified
        """
        read = [f"{_were(self.several_works)} read in two works or more"]
        read += [f"{self.one_work} in one work only"] if self.one_work else []
        read += [f"{_were(self.not_checked)} not checked"] if self.not_checked else []
        against = f"{_are(self.disputed)} in dispute, {_are(self.qualified)} qualified, as far as claims here tell"
        if not self.disputed and not self.qualified:
            against = f"no claim here disputes or qualifies {'it' if self.statements == 1 else 'them'} "
            against += "(that was not looked for systematically)"
        near = f"; for {self.near}, other claims about both concepts are in dispute or qualified" if self.near else ""
        return f"{', '.join(read)}; {against}{near}"


class Texts(NamedTuple):
    """The named queries that give what is shown."""

    paths: str
    ends: str
    evidence: str
    stances: str
    near: str


class PathsView(NamedTuple):
    """Paths within what was asked for, the best documented first: *total* of them, *whole* of two steps, a *page*.

    *first* and *second* count their steps, *one_work* the paths that rest on one work alone, *named* those whose steps
    are put down to one work, though not both were read. *starts*, *middles* and *ends* are what can be asked for.
    """

    start: Asked | None
    middle: Asked | None
    end: Asked | None
    total: int
    whole: int
    one_work: int
    named: int
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
    """The paths from, through and to the concepts with these ids, each or a narrower one: a page, or all for None.

    Raises NotFound for a concept that there is not, BadQuery for a page that there is not.
    """
    every = ranked(views, kept)
    wanted = dict(zip(SIDES, (start, middle, end), strict=True))
    within = {name: views.ontology.narrower(id) for name, id in wanted.items() if id}
    found = [chain for chain in every if _is_within(chain, within)]
    standing = {name: _standing(every, name) for name in SIDES}
    begin, through, to = (
        asked(id, name, standing, _counted(every, name, within), views) if id else None for name, id in wanted.items()
    )
    starts, middles, ends = (side(standing[name], views) for name in SIDES)
    first, pages = _page(len(found), page)
    chosen = found[first : first + PAGE] if page else found
    return PathsView(
        begin, through, to, len(found), sum(chain.whole for chain in found),
        sum(chain.one_work is not None for chain in found), sum(bool(chain.named) for chain in found),
        _tally((chain.first for chain in found), views), _tally((chain.second for chain in found), views), page, pages,
        shown(chosen, first + 1, SHOWN if page else 1, views), starts, middles, ends,
        _texts(wanted, within, standing, chosen, views),
    )  # fmt: skip


def _were(number: int) -> str:
    return f"{number or 'none'} {'were' if number > 1 else 'was'}"


def _are(number: int) -> str:
    return f"{number or 'none'} {'are' if number > 1 else 'is'}"


def ranked(views: Views, kept: Kept) -> tuple[Chain, ...]:
    """All chains, the best documented first; of equals, by the labels in the reader's language.

    Those with a step that is only recalled or inferred come last, a single step after whole chains; then the weakest
    step decides, then the other one.
    """

    def make() -> tuple[Chain, ...]:
        called: Callable[[str | None], str] = lambda id: views.links.concept(id).label if id else ""  # noqa: E731
        every = kept.get("paths", lambda: chains(views.queries, views.links))
        by_label = sorted(every, key=lambda c: ([called(id) for id in (c.start, c.middle, c.end)], c.relations))
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


def _is_within(chain: Chain, within: Mapping[str, set[str]]) -> bool:
    return all(getattr(chain, name) in ids for name, ids in within.items())


def _counted(every: Iterable[Chain], name: str, within: Mapping[str, set[str]]) -> Counter[str]:
    """How many chains have each concept at one place, of those that are *within* what is asked for at the others."""
    others = {place: ids for place, ids in within.items() if place != name}
    found = (getattr(chain, name) for chain in every if _is_within(chain, others))
    return Counter(filter(None, found))


def _page(total: int, page: int | None) -> tuple[int, int]:
    """Where a page begins, and how many pages there are."""
    pages = max(1, -(-total // PAGE))
    if page is not None and not 1 <= page <= pages:
        raise BadQuery(f"no page {page}: choose one from 1 to {pages}")
    return ((page or 1) - 1) * PAGE, pages


def _tally(steps: Iterable[Step | None], views: Views) -> Tally:
    found = {step[:3]: step for step in steps if step}.values()
    held = [step for step in found if step.established]
    supported, qualified, disputed = (
        sum(said_of(step.standings, how) > 0 for step in found) for how in ("supports", "qualifies", "disputes")
    )
    return Tally(
        tuple(dict.fromkeys(label(step.relation, views) for step in found)),
        len({step.subject for step in found}), len({step.object for step in found}), len(found),
        sum(step.strength.works > 1 for step in held), sum(step.strength.works == 1 for step in held),
        len(found) - len(held), supported, qualified, disputed, sum(bool(step.near) for step in found),
    )  # fmt: skip


def _texts(
    wanted: Mapping[str, str], within: Mapping[str, set[str]], standing: Mapping[str, Mapping[str, int]],
    shown: Iterable[Chain], views: Views,
) -> Texts:  # fmt: skip
    """The queries; with a concept stand those narrower ones that have a step where it was asked for."""
    places = {
        f"?{name}": [iri(id, views) for id in sorted({wanted[name], *(ids & standing[name].keys())})]
        for name, ids in within.items()
    }
    steps = list({step[:3]: step for chain in shown for step in chain.steps}.values())
    texts = (narrowed(name, steps, views) for name in ("path-evidence", "path-stances", "path-near"))
    return Texts(views.queries.narrowed("paths", places), views.queries.text("path-ends"), *texts)
