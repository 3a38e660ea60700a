"""What is said and how strongly: claims with their sources, their stances to others and the strength of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kb.overview import Ref


class SourceRef(NamedTuple):
    """A source to link to: how a text names it, its title where known, and where in it to look."""

    id: str
    citation: str
    title: str | None
    state: str
    locator: str | None = None


class Stance(NamedTuple):
    """How a claim stands to another: ``out`` says it of the other, ``in`` the other of it."""

    relation: str
    direction: str
    claim_id: str
    text: str
    citation: str
    provenance: str


class Strength(NamedTuple):
    """How strong evidence is; of two the greater is the stronger, compared part by part in this order.

    *basis* ranks how the statement is known: in the text 5, in the abstract 4, reported by another work 3, recalled 2,
    inferred 1. *works* counts the different works in which it was read; a report counts as the work that reports, what
    is recalled or inferred counts as none. *peer_reviewed* tells whether one of these is, by its kind: journal articles
    and conference papers are, as a rule.
    """

    basis: int
    works: int
    peer_reviewed: bool


class ClaimView(NamedTuple):
    """A claim with its source, how it is known, how strongly, what it is about and how it stands to others.

    *read_in* are the ids of the works in which the statement was read.
    """

    id: str
    text: str
    source: SourceRef
    locator: str | None
    basis: str
    reported_in: str | None
    provenance: str
    read_in: tuple[str, ...]
    strength: Strength
    retracted: bool
    about: tuple[Ref, ...]
    stances: tuple[Stance, ...]


class Relation(NamedTuple):
    """A relation that claims assert; not *established* where all of them are only recalled, inferred or retracted.

    Its *strength* is the best basis among the claims, the works in which any of them was read, and whether one of them
    is peer-reviewed.
    """

    predicate: str
    label: str
    other: Ref
    claims: tuple[ClaimView, ...]
    established: bool
    strength: Strength


def strongest_first(claims: Iterable[ClaimView]) -> list[ClaimView]:
    """Claims by strength, then id; what is retracted comes last."""
    by_id = sorted(claims, key=lambda claim: natural(claim.id))
    return sorted(by_id, key=lambda claim: (not claim.retracted, claim.strength), reverse=True)


def joint(claims: Iterable[ClaimView]) -> Strength:
    """The strength of what several claims assert together."""
    claims = [claim for claim in claims if not claim.retracted]
    works = {work for claim in claims for work in claim.read_in}
    return Strength(
        max((claim.strength.basis for claim in claims), default=0), len(works),
        any(claim.strength.peer_reviewed for claim in claims),
    )  # fmt: skip


def natural(id: str) -> tuple[str, int, str]:
    """Claim 2 before claim 10."""
    source, _, claim = id.partition("#")
    digits = re.sub(r"\D", "", claim)
    return source, int(digits or 0), claim
