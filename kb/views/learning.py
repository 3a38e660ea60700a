"""A way into a concept: what it is, where it begins, what is known best, what is in dispute, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.evidence import ClaimView, Relation, SourceRef, Stance

PASSIVE = {"disputes": "disputed by", "qualifies": "qualified by"}
DISPUTES = {"disputes": "The main dispute", "qualifies": "A qualification"}
QUALIFIED = {"qualifies": "What that qualifies"}  # where the claim told before is the one that does so
READ = 4  # the basis from which on a work itself was read: its abstract, or its text
ACTIONS = {"other": ("practice", "What practice follows"), "this": ("use", "What it is good for")}


class Step(NamedTuple):
    """A step of a learning path: what it is for, a text, the *kind* and *id* of what to read, and how that is known.

    *name*: ``definition``, ``earliest``, ``evidence``, ``dispute``, ``practice`` or ``use``; *kind*: ``concept``,
    ``source`` or ``claim``. *note* adds the other side of a dispute.
    """

    name: str
    title: str
    text: str
    kind: str
    id: str
    provenance: str
    note: str = ""


class Dated(NamedTuple):
    """A work and the year in which it appeared."""

    source: SourceRef
    year: int


def path(
    concept: str, definition: str, works: Iterable[Dated], claims: Sequence[ClaimView], relations: Sequence[Relation]
) -> tuple[Step, ...]:
    """The learning path of the concept called *concept*: *claims* come strongest first; no step is without material."""
    steps = [Step("definition", "What it is", definition, "concept", concept, "our words")] if definition else []
    standing = [claim for claim in claims if not claim.retracted]
    best = next(iter(sorted((claim for claim in standing if claim.strength.works), key=_second_hand)), None)
    steps += _earliest(works)
    if best:
        steps.append(Step("evidence", "The best documented claim", best.text, "claim", best.id, _known(best)))
    steps += _dispute(standing, best)
    steps += _actions(relations)
    return tuple(steps)


def _second_hand(claim: ClaimView) -> bool:
    """Whether a claim is known from elsewhere than the text or abstract of an article, as from an encyclopaedia."""
    return not (claim.strength.peer_reviewed and claim.strength.basis >= READ)


def _earliest(works: Iterable[Dated]) -> Iterator[Step]:
    for work, _ in sorted(works, key=lambda dated: (dated.year, dated.source.citation))[:1]:
        yield Step(
            "earliest",
            "The earliest dated work here",
            work.title or "Title not known",
            "source",
            work.id,
            work.citation,
        )


def _dispute(claims: Sequence[ClaimView], best: ClaimView | None) -> Iterator[Step]:
    """The strongest claim in dispute with the other side; else one with a qualification."""
    for relation, title in DISPUTES.items():
        found = ((claim, stance) for claim in claims for stance in claim.stances if stance.relation == relation)
        for claim, stance in found:
            yield _against(title, claim, stance, claim == best)
            return


def _against(title: str, claim: ClaimView, stance: Stance, told: bool) -> Step:
    """Both sides, what is said against the other first; of a claim that the path has told before, the other side."""
    if told:
        if stance.direction == "in":
            return _other_side(title, stance, f"{stance.relation} the above")
        return _other_side(QUALIFIED.get(stance.relation, title), stance, f"{PASSIVE[stance.relation]} the above")
    if stance.direction == "in":
        return _other_side(title, stance, f"{stance.relation} {claim.source.citation}: {claim.text}")
    note = f"{stance.relation} {stance.citation}: {stance.text}"
    return Step("dispute", title, claim.text, "claim", claim.id, _known(claim), note)


def _other_side(title: str, stance: Stance, note: str) -> Step:
    known = f"{stance.citation}, {stance.provenance}"
    return Step("dispute", title, stance.text, "claim", stance.claim_id, known, note)


def _actions(relations: Sequence[Relation]) -> Iterator[Step]:
    """What the ontology says can be done about it, and what it can be done for: by the strongest relation of each."""
    for acting, (name, title) in ACTIONS.items():
        found = [r for r in relations if r.acting == acting and r.established and r.claims]
        for r in sorted(found, key=lambda r: r.strength, reverse=True)[:1]:
            more = f"{r.label} {len(found) - 1} more" if len(found) > 1 else ""
            yield Step(name, title, f"{r.label} {r.other.label}", "concept", r.other.id, _known(r.claims[0]), more)


def _known(claim: ClaimView) -> str:
    return f"{claim.source.citation}, {claim.provenance}"
