"""What is said and how strongly: claims with their sources, their stances to others and the strength of evidence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple, Protocol

from kb.bibliography.lists import CITABLE, Cited, Citer
from kb.overview import Ref


class SourceRef(NamedTuple):
    """A source to link to: how a text names it, its title where known, and where in it to look."""

    id: str
    citation: str
    title: str | None
    state: str
    locator: str | None = None


class Stance(NamedTuple):
    """How a claim stands to another: ``out`` says it of the other, ``in`` the other of it.

    *text*, *citation*, *provenance* and *copy*, what may stand in a reader's own text, are those of the other claim.
    """

    relation: str
    direction: str
    claim_id: str
    text: str
    citation: str
    provenance: str
    copy: str = ""


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


class Quote(NamedTuple):
    """Words given as those of the work; *place* where they stand in its text, as far as they were found there.

    *note* says whose words they are: whether they were looked for, and where they stand.
    """

    words: str
    place: str | None
    note: str


class ClaimView(NamedTuple):
    """A claim with its source, how it is known, how strongly, what it is about and how it stands to others.

    *read_in* are the ids of the works in which the statement was read. *copy* is the text with its citation, in APA or
    the style asked for, for who writes about it; empty where it is not to be cited (see `with_citation`). *quote* are
    words of the work itself.
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
    copy: str = ""
    quote: Quote | None = None


class Standing(NamedTuple):
    """How many other claims stand so to some claims (``in``), or to how many of others these do (``out``)."""

    relation: str
    direction: str
    claims: int


class Relation(NamedTuple):
    """A relation that claims assert; not *established* where all of them are only recalled, inferred or retracted.

    Its *strength* is the best basis among the claims, the works in which any of them was read, and whether one of them
    is peer-reviewed. It is read from the concept whose page it stands on: *direction* is ``out`` where that is its
    subject, ``in`` where it is its object. *acting* tells which of the two is something that can be done: ``this``,
    the ``other``, or neither.
    """

    predicate: str
    label: str
    other: Ref
    claims: tuple[ClaimView, ...]
    established: bool
    strength: Strength
    direction: str
    acting: str
    standings: tuple[Standing, ...]


class Weighed(Protocol):
    """What of a claim tells how strong it is."""

    @property
    def read_in(self) -> tuple[str, ...]: ...

    @property
    def strength(self) -> Strength: ...

    @property
    def retracted(self) -> bool: ...


def strongest_first(claims: Iterable[ClaimView]) -> list[ClaimView]:
    """Claims by strength, then id; what is retracted comes last."""
    by_id = sorted(claims, key=lambda claim: natural(claim.id))
    return sorted(by_id, key=lambda claim: (not claim.retracted, claim.strength), reverse=True)


def joint(claims: Iterable[Weighed]) -> Strength:
    """The strength of what several claims assert together."""
    claims = [claim for claim in claims if not claim.retracted]
    works = {work for claim in claims for work in claim.read_in}
    return Strength(
        max((claim.strength.basis for claim in claims), default=0), len(works),
        any(claim.strength.peer_reviewed for claim in claims),
    )  # fmt: skip


def standings(claims: Iterable[ClaimView]) -> tuple[Standing, ...]:
    """How many other claims stand how to *claims*: what is said of them first, disputes before support."""
    claims = list(claims)
    ours = {claim.id for claim in claims}
    found: dict[tuple[str, str], set[str]] = {}
    for stance in (stance for claim in claims for stance in claim.stances):
        if stance.claim_id not in ours:
            found.setdefault((stance.direction, stance.relation), set()).add(stance.claim_id)
    return tuple(Standing(relation, direction, len(others)) for (direction, relation), others in sorted(found.items()))


def with_citation(text: str, citation: str, basis: str) -> str:
    """A claim as it may stand in a reader's text: with its *citation*, marked as our words; empty if not to be cited.

    >>> with_citation("Trust grows by meeting.", "(Banks & Hulme, 2014, p. 4)", "text")
    'Trust grows by meeting (Banks & Hulme, 2014, p. 4). [our paraphrase]'
    >>> with_citation("Trust grows by meeting.", "(Banks & Hulme, 2014)", "abstract")
    'Trust grows by meeting (Banks & Hulme, 2014). [our paraphrase of the abstract]'
    """
    if basis not in CITABLE:
        return ""
    ours = "our paraphrase of the abstract" if basis == "abstract" else "our paraphrase"
    return f"{text.rstrip().removesuffix('.')} {citation}. [{ours}]"


def cited_by(claim: ClaimView, citer: Citer) -> ClaimView:
    """*claim*, which is copied with its citation in the style of *citer*, if it may be cited at all."""
    if not claim.copy:
        return claim
    cited = Cited(claim.source.id, claim.locator or "", (claim.basis == "reported" and claim.reported_in) or "")
    return claim._replace(copy=with_citation(claim.text, citer(cited), claim.basis))


def quoted(words: str, place: str | None) -> Quote:
    """A quote and what is known of it: *place* is where the text has it, "" where it has not, None if not looked for.

    >>> quoted("No.", "p. 4").note, quoted("No.", "").note, quoted("No.", None).note  # doctest: +NORMALIZE_WHITESPACE
    ("the work's own words, checked against the text, p. 4",
     'not found in the text of the work',
     "given as the work's own words, not checked: the text is not here")
    """
    if place is None:
        return Quote(words, None, "given as the work's own words, not checked: the text is not here")
    found = f"the work's own words, checked against the text, {place}"
    return Quote(words, place or None, found if place else "not found in the text of the work")


def natural(id: str) -> tuple[str, int, str]:
    """Claim 2 before claim 10."""
    source, _, claim = id.partition("#")
    digits = re.sub(r"\D", "", claim)
    return source, int(digits or 0), claim
