"""The steps that paths are made of: relations to and from what can be done, with their evidence in ids and numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from kb.evidence import Standing, Strength, joint, natural
from kb.graph.store import Row
from kb.views.links import Links
from kb.views.named import Queries

READ = 3  # the basis from which on somebody read the statement: as reported, in the abstract, in the text


SAID_OF = {"disputes": ("in", "out"), "qualifies": ("in",), "supports": ("in",)}


def said_of(standings: Iterable[Standing], relation: str) -> int:
    """How many other claims support or qualify some, or are in dispute with them: one side of a dispute is enough."""
    return sum(s.claims for s in standings if s.relation == relation and s.direction in SAID_OF[relation])


class Stated(NamedTuple):
    """A claim that asserts a step: the work that makes it, its basis as an IRI, the works it was read in."""

    id: str
    source: str
    basis: str
    read_in: tuple[str, ...]
    strength: Strength
    retracted: bool = False  # claims of retracted works assert nothing


class Near(NamedTuple):
    """A claim that ``disputes`` or ``qualifies`` an *other* one, where both together are about both ends of a step.

    Neither states the step, so this counts neither for it nor against it.
    """

    claim: str
    relation: str
    other: str


class Step(NamedTuple):
    """A relation, by its IRI, between two concepts, with the claims that assert it, the strongest first.

    It is *established* where one of them is more than recalled or inferred. *works* are those it was read in,
    *sources* those that state it, as far as that was read. *standings* counts the other claims that stand to these, and
    *near* are those beside them, disputes first.
    """

    subject: str
    relation: str
    object: str
    established: bool
    claims: tuple[Stated, ...]
    strength: Strength
    works: frozenset[str]
    sources: frozenset[str]
    standings: tuple[Standing, ...]
    near: tuple[Near, ...] = ()


class Chain(NamedTuple):
    """A step to what can be done and a step on from there; or one of them, where there is no other."""

    first: Step | None
    second: Step | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that there are, in reading order."""
        return tuple(step for step in self if step)

    @property
    def relations(self) -> tuple[str, ...]:
        """Those of its steps."""
        return tuple(step.relation for step in self.steps)

    def touching(self, place: str) -> tuple[Step, ...]:
        """The steps at its ``start``, ``middle`` or ``end``."""
        there = {"start": self[:1], "middle": self, "end": self[1:]}[place]
        return tuple(step for step in there if step)

    @property
    def start(self) -> str | None:
        """The concept that it begins with."""
        return self.first.subject if self.first else None

    @property
    def middle(self) -> str:
        """The concept that can be done."""
        return self.first.object if self.first else self.second.subject if self.second else ""

    @property
    def end(self) -> str | None:
        """The concept that it leads to."""
        return self.second.object if self.second else None

    @property
    def whole(self) -> bool:
        """Whether it has both steps."""
        return self.first is not None and self.second is not None

    @property
    def established(self) -> bool:
        """Whether all its steps are."""
        return all(step.established for step in self.steps)

    @property
    def strength(self) -> Strength:
        """That of its weakest step."""
        return min(step.strength for step in self.steps)

    @property
    def one_work(self) -> str | None:
        """The work that all its steps were read in, where they were read in no other."""
        works = {work for step in self.steps for work in step.works}
        return works.pop() if len(works) == 1 and self.established else None

    @property
    def both(self) -> frozenset[str]:
        """The works that state both steps."""
        return self.first.sources & self.second.sources if self.first and self.second else frozenset()

    @property
    def named(self) -> frozenset[str]:
        """The works that both steps are put down to, though not both were read."""
        if not (self.first and self.second):
            return frozenset()
        first, second = ({claim.source for claim in step.claims} for step in self.steps)
        return frozenset(first & second) - self.both


def chains(queries: Queries, links: Links) -> tuple[Chain, ...]:
    """All chains that claims give, in no order."""
    evidence, stances, near = map(queries.rows, ("path-evidence", "path-stances", "path-near"))
    steps = _steps(evidence, stances, near, links)

    def step(row: Row, *names: str) -> Step | None:
        key = tuple(row[name] or "" for name in names)
        return steps.get(key)

    rows = queries.rows("paths")
    found = (Chain(step(r, "start", "first", "middle"), step(r, "middle", "second", "end")) for r in rows)
    return tuple(chain for chain in found if chain.steps)


def _steps(
    evidence: Iterable[Row], stances: Iterable[Row], near: Iterable[Row], links: Links
) -> dict[tuple[str, ...], Step]:
    """The steps by the IRIs of subject, relation and object."""
    stated: dict[tuple[str, ...], list[Stated]] = defaultdict(list)
    held: dict[tuple[str, ...], bool] = {}
    for row in evidence:
        stated[_key(row)].append(_stated(row, links))
        held[_key(row)] = row["established"] == "true"
    standing: dict[tuple[str, ...], dict[tuple[str, str], set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in stances:
        kind = row["direction"] or "", (row["stance"] or "").rpartition("/")[2]
        standing[_key(row)][kind].add(links.id(row["other"]))
    beside: dict[tuple[str, ...], list[Near]] = defaultdict(list)
    for row in near:
        stance = (row["stance"] or "").rpartition("/")[2]
        beside[_key(row)].append(Near(links.id(row["claim"]), stance, links.id(row["other"])))
    return {
        key: _step(key, held[key], claims, standing[key], links)._replace(near=_ordered(beside[key]))
        for key, claims in stated.items()
    }


def _ordered(near: Iterable[Near]) -> tuple[Near, ...]:
    """Disputes first, then by the claims."""
    return tuple(sorted(near, key=lambda each: (each.relation, natural(each.claim), natural(each.other))))


def _step(
    key: tuple[str, ...], established: bool, claims: list[Stated], standing: dict[tuple[str, str], set[str]],
    links: Links,
) -> Step:  # fmt: skip
    subject, relation, object = key
    claims.sort(key=lambda claim: natural(claim.id))
    claims.sort(key=lambda claim: claim.strength, reverse=True)
    ours = {claim.id for claim in claims}
    counted = {kind: len(others - ours) for kind, others in sorted(standing.items())}
    return Step(
        links.id(subject), relation, links.id(object), established, tuple(claims), joint(claims),
        frozenset(work for claim in claims for work in claim.read_in),
        frozenset(claim.source for claim in claims if claim.strength.basis >= READ),
        tuple(Standing(relation, direction, number) for (direction, relation), number in counted.items() if number),
    )  # fmt: skip


def _stated(row: Row, links: Links) -> Stated:
    read_in = tuple(links.ids(row["works"]))
    strength = Strength(int(row["strength"] or 0), len(read_in), row["peerReviewed"] == "true")
    id = links.id(row["claim"])
    return Stated(id, id.partition("#")[0], row["basis"] or "", read_in, strength)


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] or "" for name in ("from", "relation", "to"))
