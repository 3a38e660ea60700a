"""Checks of the evidence: what claims rest on, and what lacks it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus.check.fields import Finding, Where
from kb.corpus.check.problems import ERROR, WARNING
from kb.corpus.check.vocabulary import Fault, Vocabulary
from kb.corpus.sources import SLUG, Source, texts
from kb.terms import PKB, Names

WEAK = {"recalled", "inferred"}  # of such support alone no relation is established
STANCES = ("supports", "disputes", "qualifies")


def findings(sources: dict[Path, Source], concepts: Container[str]) -> Iterator[tuple[Path, Finding]]:
    """Claims without a place to look them up, sources without claims, relations and stances that do not hold."""
    for path, source in sources.items():
        if not source.claims and source.data.get("status") != "retracted":
            hint = "add what it says, or set state: seed-only"
            if source.data.get("state") != "seed-only":
                yield path, Finding((), "no-claims", "the source has no claims", hint, WARNING)
        for at, claim in enumerate(source.claims):
            if claim.get("basis") == "text" and not claim.get("locator"):
                hint = "give the page or a named section as locator:"
                message = "read in the text, but no locator"
                yield path, Finding(("claims", at, "basis"), "no-locator", message, hint, WARNING)
    yield from _relations(sources, concepts)
    yield from _stances(sources)


class Stated(NamedTuple):
    """A relation that a claim asserts (subject, relation, object), where, and on which basis."""

    relation: tuple[str, str, str]
    where: Where
    basis: str


def relations(source: Source) -> Iterator[Stated]:
    """The relations that the claims of a source assert."""
    for where, claim, assertion in _assertions(source):
        ends = _ends(assertion)
        for subject in texts(assertion.get("subject")):
            for relation, other in ends:
                if relation != "subject":
                    yield Stated((subject, relation, other), where, str(claim.get("basis")))


def _assertions(source: Source) -> Iterator[tuple[Where, dict[str, Any], dict[str, Any]]]:
    for at, claim in enumerate(source.claims):
        for n, assertion in enumerate(claim.get("asserts") or ()):
            if isinstance(assertion, dict):  # else it has been told
                yield ("claims", at, "asserts", n), claim, assertion


def _ends(assertion: dict[str, Any]) -> list[tuple[str, str]]:
    return [(relation, end) for relation, value in assertion.items() for end in texts(value)]


def _relations(sources: dict[Path, Source], concepts: Container[str]) -> Iterator[tuple[Path, Finding]]:
    """Relations that rest on nothing but memory and inference, and ends of relations that a claim is not about."""
    support = defaultdict[tuple[str, str, str], list[tuple[Path, Stated]]](list)
    for path, source in sources.items():
        for stated in relations(source):
            support[stated.relation].append((path, stated))
        for where, claim, assertion in _assertions(source):
            for _, end in _ends(assertion):
                if claim.get("about") and end not in claim["about"] and end in concepts:
                    message = f"asserts something of {end!r}, which the claim is not about"
                    yield path, Finding(where, "not-about", message, "add it to about:", WARNING)
    for relation, found in support.items():
        if all(stated.basis in WEAK for _, stated in found):
            path, stated = found[0]
            message = f"{' '.join(relation)} rests on nothing but memory or inference"
            yield path, Finding(stated.where, "weak-relation", message, "find a work that says it", WARNING)


def _stances(sources: dict[Path, Source]) -> Iterator[tuple[Path, Finding]]:
    """Two claims of which one curator says that they agree and that they do not."""
    said: dict[tuple[str, frozenset[str]], list[tuple[str, Path, Where]]] = defaultdict(list)
    for path, source in sources.items():
        for at, (claim, id) in enumerate(zip(source.claims, source.claim_ids, strict=True)):
            for stance in STANCES:
                for n, other in enumerate(claim.get(stance) or ()):
                    key = str(claim.get("curator")), frozenset({id, str(other)})
                    said[key].append((stance, path, ("claims", at, stance, n)))
    for (curator, pair), found in said.items():
        stances = {stance for stance, _, _ in found}
        if {"supports", "disputes"} <= stances:
            for stance, path, where in found:
                message = f"{curator} says of {' and '.join(sorted(pair))} both that they agree and that they dispute"
                yield path, Finding(where, "contradictory-stance", message, f"keep {stance} or delete it")


def ids(v: Vocabulary, names: Names) -> Iterator[Fault]:
    """Concepts whose id is no slug, where most others have one: a thesaurus from elsewhere has ids of its own kind."""
    odd = [iri for iri in v.living if not SLUG.fullmatch(names.id(iri))]
    if 2 * len(odd) <= len(v.living):
        for iri in odd:
            hint = "small letters, digits and single hyphens, such as barrier-distance"
            yield Fault(iri, "bad-id", f"{names.id(iri)!r} is no id", hint, ERROR)


def proposed(v: Vocabulary) -> Iterator[Fault]:
    """Concepts that curators have proposed and no editor has accepted."""
    for iri in v.living:
        if PKB + "draft" in v.iris(iri, PKB + "reviewStatus"):
            message = f"{v.label(iri)} is proposed, to be reviewed"
            yield Fault(iri, "proposed-concept", message, "accept or decline it, on its page")


def of_ontology(v: Vocabulary, sources: dict[Path, Source], names: Names) -> Iterator[Fault]:
    """Concepts that no work treats, and relations that no claim asserts."""
    treated = set[str]()
    for source in sources.values():
        treated |= {names.iri("concept", str(id)) for id in source.data.get("subjects") or ()}
        treated |= {names.iri("concept", str(id)) for claim in source.claims for id in claim.get("about") or ()}
    passed = treated | v.above(*(treated & v.names)) | {*v.instances(PKB + "GroupingConcept")}
    for iri in v.living:
        if iri not in passed:
            hint = "name it in subjects: or about: of a work that treats it"
            yield Fault(iri, "no-literature", f"no work and no claim is about {v.label(iri)}", hint)
    relations = {*v.instances(PKB + "Relation")}
    for iri in v.concepts:
        for relation in sorted(relations & set(v.values[iri])):
            name = relation.removeprefix(PKB)
            hint = f"let a claim of a source assert it: asserts: [{{subject: {v.label(iri)}, {name}: …}}]"
            yield Fault(iri, "bare-relation", f"{v.label(iri)} states {name} without evidence", hint, ERROR)
