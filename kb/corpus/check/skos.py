"""Checks of a SKOS vocabulary: the integrity conditions of the SKOS Reference, and what makes a thesaurus hard to use.

The selection follows qSKOS (Mader, Haslhofer and Isaac 2012) and Skosify (Suominen and Hyvönen 2012); S9, S13 … are
the conditions' numbers in the W3C SKOS Reference of 2009.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pyoxigraph as ox

from kb.corpus.check.mend import Add, Replace
from kb.corpus.check.problems import ERROR, WARNING
from kb.corpus.check.vocabulary import Fault, Vocabulary, unprintable
from kb.corpus.ontology import LABELS, MAPPINGS, TITLES, fold, label_key
from kb.errors import meant
from kb.terms import DCTERMS, PKB, RDF, SKOS

CLASSES = {"Concept", "ConceptScheme", "Collection", "OrderedCollection"}
RELATIONS = {"broader": "broadMatch", "narrower": "narrowMatch", "related": "relatedMatch"}  # in other vocabularies
PLACES = ("inScheme", "topConceptOf", "hasTopConcept")
NOTES = {"note", "changeNote", "definition", "editorialNote", "example", "historyNote", "scopeNote"}
ENTAILED = {"broaderTransitive", "narrowerTransitive", "semanticRelation", "mappingRelation"}
TERMS = CLASSES | NOTES | ENTAILED | {*LABELS, *RELATIONS, *MAPPINGS, *PLACES} | {"member", "memberList", "notation"}
FORMER = {"prefSymbol", "altSymbol", "symbol", "subject", "isSubjectOf", "primarySubject", "isPrimarySubjectOf",
          "subjectIndicator", "CollectableProperty"}  # fmt: skip
DEFINITION_WORDS = 8
NEAR_LENGTH = 7  # letters; shorter words that differ in one letter are different words
CIRCLE = 10  # concepts of a circle that are named


def faults(vocabulary: Vocabulary) -> Iterator[Fault]:
    """All that is wrong with *vocabulary*."""
    for check in CHECKS:
        yield from check(vocabulary)


# Labels


def labels(v: Vocabulary) -> Iterator[Fault]:
    """Labels that are missing, twice there, empty, without language or with signs that do not show."""
    for iri in v.living + v.schemes:
        found = {name: v.get(iri, SKOS + name) for name in LABELS}
        if not found["prefLabel"] and not (iri in v.schemes and any(v.get(iri, title) for title in TITLES)):
            severity = WARNING if iri in v.schemes else ERROR
            yield Fault(iri, "missing-label", f"{v.label(iri)} has no prefLabel", "", severity)
        languages = [label.language for label in found["prefLabel"]]
        for language in sorted({str(each or "no language") for each in languages if languages.count(each) > 1}):
            message = f"{v.label(iri)} has more than one prefLabel in {language} (S14)"
            yield Fault(iri, "two-preferred-labels", message, "make all but one altLabel", ERROR)
        for name, values in found.items():
            for value in values:
                yield from _label(v, iri, name, value)
        for first, second in (("prefLabel", "altLabel"), ("prefLabel", "hiddenLabel"), ("altLabel", "hiddenLabel")):
            for value in [value for value in found[second] if value in found[first]]:
                message = f"{v.label(iri)}: {value.value!r} is both {first} and {second} (S13)"
                mend = Replace(iri, SKOS + second, value, None)
                yield Fault(iri, "label-twice", message, f"delete the {second}", ERROR, mend)


def wrong_kinds(v: Vocabulary) -> Iterator[Fault]:
    """Links where text belongs, and text where the IRI of something belongs."""
    takes: dict[str, tuple[type, str]] = dict.fromkeys(LABELS, (ox.Literal, "text"))
    takes |= dict.fromkeys((*RELATIONS, *MAPPINGS, *PLACES), (ox.NamedNode, "an IRI"))
    for iri, properties in v.values.items():
        for name, (kind, what) in takes.items():
            for value in properties.get(SKOS + name, ()):
                if not isinstance(value, kind):
                    yield Fault(iri, "wrong-kind", f"{v.label(iri)}: {name} takes {what}, not {value}", "", ERROR)


def _label(v: Vocabulary, iri: str, name: str, value: Any) -> Iterator[Fault]:
    spaced = re.sub(r"[ \t\n\r]+", " ", value.value).strip(" ")  # others, such as U+00A0 and U+3000, are meant
    if not value.value.strip():
        yield Fault(iri, "empty-label", f"{v.label(iri)} has an empty {name}", "", ERROR)
    elif unprintable(value.value):
        message = f"{v.label(iri)}: the {name} {value.value!r} holds a sign that cannot be printed"
        yield Fault(iri, "unprintable-label", message, "type it anew", ERROR)
    elif value.value != spaced:
        mend = Replace(iri, SKOS + name, value, spaced)
        message = f"{v.label(iri)}: the {name} {value.value!r} has spaces too many"
        yield Fault(iri, "label-spaces", message, "", WARNING, mend)
    if not value.language:
        yield Fault(iri, "untagged-label", f"{v.label(iri)}: the {name} {value.value!r} has no language", 'add "@en"')


def languages(v: Vocabulary) -> Iterator[Fault]:
    """Concepts without prefLabel in a language that most concepts have one in."""
    spoken = {iri: {label.language for label in v.get(iri, SKOS + "prefLabel")} for iri in v.living}
    every = {language for each in spoken.values() for language in each if language}
    usual = {one for one in every if 2 * sum(one in each for each in spoken.values()) > len(spoken)}
    for iri, each in spoken.items():
        for language in sorted(usual - each) if each else ():
            yield Fault(iri, "missing-language", f"{v.label(iri)} has no prefLabel in {language}, as most others have")


def shared_labels(v: Vocabulary) -> Iterator[Fault]:
    """Labels that mean two concepts of the vocabulary, or nearly so.

    That may be so where a scope note on each tells when to use which.
    """
    holders: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for iri in v.living:
        for name in LABELS:
            for value in v.get(iri, SKOS + name):
                holders[value.language or "", label_key(value.value)].setdefault(iri, value.value)
    clashes = set()
    for (_, _), found in sorted(holders.items()):
        if len(found) > 1:
            clashes |= set(found)
            if not all(v.get(iri, SKOS + "scopeNote") for iri in found):
                iri, *others = sorted(found)
                message = f"{v.label(iri)} shares the label {found[iri]!r} with {', '.join(map(v.label, others))}"
                hint = "keep it on one, or tell in both scope notes when to use which"
                yield Fault(iri, "shared-label", message, hint)
    for iri, other, one, two in _near(v):
        if not {iri, other} <= clashes and not all(v.get(each, SKOS + "scopeNote") for each in (iri, other)):
            message = f"{v.label(iri)} and {v.label(other)} have nearly the same label: {one!r} and {two!r}"
            yield Fault(iri, "near-label", message, "one concept, or tell in both scope notes what sets them apart")


def _near(v: Vocabulary) -> Iterator[tuple[str, str, str, str]]:
    """Pairs of concepts whose preferred labels differ by one letter, or by nothing but an ending -s."""
    without: dict[tuple[str, str], list[tuple[str, str, str]]] = defaultdict(list)
    for iri in sorted(v.living):
        for value in v.get(iri, SKOS + "prefLabel"):
            key = fold(value.value)
            if len(key) >= NEAR_LENGTH:
                for form in {key, *(key[:at] + key[at + 1 :] for at in range(len(key)))}:
                    without[value.language or "", form].append((iri, key, value.value))
    told = set()
    for found in without.values():
        for at, (iri, key, text) in enumerate(found):
            for other, second, text2 in found[at + 1 :]:
                if other != iri and key != second and (iri, other) not in told and _slip(key, second):
                    told.add((iri, other))
                    yield iri, other, text, text2


def _slip(one: str, two: str) -> bool:
    """Whether two words may be one, misspelt: another beginning, a digit or a short word that differs is meant."""
    changed = [(a, b) for a, b in zip(one.split(), two.split(), strict=False) if a != b]
    if len(one.split()) != len(two.split()) or len(changed) != 1:
        return False
    [(a, b)] = changed
    return a[:2] == b[:2] and min(len(a), len(b)) >= NEAR_LENGTH // 2 and not any(map(str.isdigit, a + b))


def definitions(v: Vocabulary) -> Iterator[Fault]:
    """Definitions that are missing or too short to say anything."""
    for iri in v.living:
        found = v.texts(iri, SKOS + "definition")
        if not found:
            yield Fault(iri, "missing-definition", f"{v.label(iri)} has no definition")
        elif max(len(text.split()) for text in found) < DEFINITION_WORDS:
            message = f"{v.label(iri)}: the definition has fewer than {DEFINITION_WORDS} words"
            yield Fault(iri, "short-definition", message, "say what the thing is, and what sets it apart")


# The tree


def cycles(v: Vocabulary) -> Iterator[Fault]:
    """Concepts that are broader than themselves."""
    told = set[str]()
    for iri in v.concepts:
        for name in (*RELATIONS, *MAPPINGS):
            if iri in v.links(iri, name):
                yield Fault(iri, "self-link", f"{v.label(iri)} is {name} of itself", "delete the link", ERROR)
        if iri in v.circles and iri not in told:
            told |= v.circles[iri]
            names = [*map(v.label, _circle(v, iri))]
            shown = names if len(names) <= CIRCLE + 1 else [*names[:CIRCLE], f"… ({len(names) - 1} concepts)"]
            message = f"broader goes in a circle: {' → '.join(shown)}"
            yield Fault(iri, "broader-cycle", message, "delete one of these links", ERROR)


def _circle(v: Vocabulary, start: str) -> list[str]:
    """The shortest way from a concept up to itself, breadth first."""
    came_from, queue = dict[str, str](), [start]
    for iri in queue:  # which grows
        for above in sorted(each for each in v.broader[iri] & v.circles[start] if each not in came_from):
            came_from[above] = iri
            queue.append(above)
        if start in came_from:
            break
    way = [start, came_from[start]]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


def disjoint(v: Vocabulary) -> Iterator[Fault]:
    """Links that exclude each other, and things that are of two kinds at once."""
    for iri in v.concepts:
        related = v.related.get(iri, set())
        for other in sorted(related & v.above(iri)) if related else ():
            message = f"{v.label(iri)} is both related to and below {v.label(other)} (S27)"
            yield Fault(iri, "disjoint-relations", message, "delete one of the two links", ERROR)
        for name in MAPPINGS[2:]:
            for other in sorted(set(v.links(iri, "exactMatch")) & set(v.links(iri, name))):
                message = f"{v.label(iri)} has both exactMatch and {name} to {other} (S46)"
                yield Fault(iri, "disjoint-relations", message, "delete one of the two links", ERROR)
    for iri in v.values:
        kinds = {kind.removeprefix(SKOS).removeprefix("Ordered") for kind in v.iris(iri, RDF + "type")}
        if len(both := sorted(kinds & CLASSES)) > 1:
            message = f"{v.label(iri)} is both {' and '.join(both)} (S9, S37)"
            yield Fault(iri, "class-clash", message, "give the two an IRI each", ERROR)


def tree(v: Vocabulary) -> Iterator[Fault]:
    """Concepts outside the tree, and schemes without a way into it."""
    below = {parent for iri in v.concepts for parent in v.broader.get(iri, ())}
    mapped = {iri for iri in v.living if any(v.links(iri, name) for name in MAPPINGS)}
    marked = {scheme for schemes in v.tops.values() for scheme in schemes}
    for iri in v.living:
        parents, schemes = v.broader.get(iri, set()), v.members.get(iri, set())
        if not parents and iri not in below and not v.related.get(iri) and iri not in mapped:
            yield Fault(iri, "orphan", f"{v.label(iri)} is linked to no other concept", "add broader or related")
        if not schemes and v.schemes:
            yield Fault(iri, "no-scheme", f"{v.label(iri)} stands in no scheme", "add inScheme")
        if not parents and not v.tops.get(iri) and schemes & marked:
            message = f"{v.label(iri)} has no broader concept and is no top concept"
            yield Fault(iri, "not-in-tree", message, "add broader or topConceptOf")
    for scheme in v.schemes:
        if scheme not in marked and any(scheme in v.members.get(iri, ()) for iri in v.living):
            yield Fault(scheme, "no-top-concept", f"{v.label(scheme)} marks no top concept", "add topConceptOf")


def parents(v: Vocabulary) -> Iterator[Fault]:
    """Broader links that contradict a top concept, leave the scheme, or say what others say already."""
    for iri in v.living:
        above, schemes = v.broader.get(iri, set()), v.members.get(iri, set())
        higher = {other: v.above(other) for other in above} if len(above) > 1 and iri not in v.circles else {}
        for scheme in sorted(v.tops.get(iri, ())):
            if inside := sorted(parent for parent in above if scheme in v.members.get(parent, ())):
                message = f"{v.label(iri)} is a top concept and yet below {v.label(inside[0])}"
                yield Fault(iri, "top-with-broader", message, "delete one of the two")
        for parent in sorted(above & v.names):
            if schemes and v.members.get(parent) and not schemes & v.members[parent]:
                message = f"{v.label(iri)} is below {v.label(parent)}, which stands in another scheme"
                yield Fault(iri, "broader-elsewhere", message, "between schemes: related, or broadMatch")
            if between := sorted(other for other in higher if other != parent and parent in higher[other]):
                message = f"{v.label(iri)}: broader {v.label(parent)} is said already by {v.label(between[0])}"
                yield Fault(iri, "redundant-broader", message, f"delete broader {v.label(parent)}")


def one_way(v: Vocabulary) -> Iterator[Fault]:
    """Links of which the other direction is not stated, though it is elsewhere, and that nothing else is wrong with."""
    concepts = v.names - {*v.schemes} - v.retired
    schemes = {iri for iri in v.schemes if not iri.startswith("_:")} - v.names - v.retired
    ways = [("related", "related"), ("broader", "narrower"), ("narrower", "broader"),
            ("topConceptOf", "hasTopConcept"), ("hasTopConcept", "topConceptOf")]  # fmt: skip
    for name, inverse in ways:
        here, there = schemes if name == "hasTopConcept" else concepts, schemes if name == "topConceptOf" else concepts
        stated = {(iri, other) for iri in v.values for other in v.links(iri, inverse)}
        rare = 2 * len(stated) < sum(len(v.links(iri, name)) for iri in v.values) and name != inverse
        for iri in () if rare else sorted(here):  # else the vocabulary leaves this direction to whoever reads it
            for other in v.links(iri, name):
                if (
                    other in there
                    and other != iri
                    and (other, iri) not in stated
                    and not _excluded(v, iri, name, other)
                ):
                    message = f"{v.label(iri)} has {name} {v.label(other)}, which lacks {inverse} {v.label(iri)}"
                    # which of two opposite links in the tree is wrong, if one is, only a person can tell
                    mend = Add(other, SKOS + inverse, iri) if name == inverse else None
                    yield Fault(iri, "one-way-link", message, "", WARNING, mend)


def _excluded(v: Vocabulary, iri: str, name: str, other: str) -> bool:
    """Whether a link is part of a circle, or related to what is above or below: an error, and perhaps to be deleted."""
    if name == "related":
        return other in v.above(iri) or iri in v.above(other)
    return other in v.circles.get(iri, ()) or other in v.related.get(iri, ())


# Terms


def dangling(v: Vocabulary) -> Iterator[Fault]:
    """Links to what is no concept here, mappings that stay inside, and links to what is retired."""
    spaces = {iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in v.concepts}
    for iri in v.concepts:
        for name in RELATIONS:
            for other in v.links(iri, name):
                if other in v.retired and iri not in v.retired:
                    message = f"{v.label(iri)} has {name} {v.label(other)}, which is retired"
                    yield Fault(iri, "link-to-retired", message, _successor(v, other))
                elif other not in v.names:
                    inside = other.startswith(tuple(spaces))
                    hint = "" if inside else f"to another vocabulary: {RELATIONS[name]}"
                    message = f"{v.label(iri)} has {name} {other}, which is no concept here"
                    yield Fault(iri, "no-concept", message, hint, ERROR)
        for name in MAPPINGS:
            for other in v.links(iri, name):
                if v.members.get(other, set()) & v.members.get(iri, set()) and other != iri:
                    message = f"{v.label(iri)} has {name} {v.label(other)} of the same scheme"
                    yield Fault(iri, "mapping-inside", message, "mapping properties link to other schemes")
    for iri in v.values:
        for other in v.links(iri, "member"):
            if other not in v.values:
                yield Fault(iri, "no-concept", f"{v.label(iri)} has member {other}, which is not here", "", ERROR)
    for iri in v.retired:
        if iri in v.names and not v.values[iri].get(DCTERMS + "isReplacedBy"):
            hint = "add dcterms:isReplacedBy, or a skos:historyNote why there is none"
            yield Fault(iri, "no-successor", f"{v.label(iri)} is retired and names no successor", hint)
        for other in v.iris(iri, DCTERMS + "isReplacedBy"):
            if other not in v.values:
                message = f"{v.label(iri)} is replaced by {other}, which is not here"
                yield Fault(iri, "no-successor", message, "", ERROR)
            elif other in v.retired:
                message = f"{v.label(iri)} is replaced by {v.label(other)}, which is itself retired"
                yield Fault(iri, "no-successor", message, _successor(v, other))


def _successor(v: Vocabulary, iri: str) -> str:
    found = v.iris(iri, DCTERMS + "isReplacedBy")
    return f"it is replaced by {', '.join(map(v.label, found))}" if found else ""


def terms(v: Vocabulary) -> Iterator[Fault]:
    """SKOS and own terms that do not exist, exist no longer, or are not to be stated."""
    own = {iri for iri in v.values if iri.startswith(PKB)}
    for iri, properties in v.values.items():
        used = [*properties, *v.iris(iri, RDF + "type")]
        for term in used:
            name = term.removeprefix(SKOS)
            if name in FORMER and name != term:
                yield Fault(iri, "deprecated-term", f"{v.label(iri)} uses skos:{name}, which SKOS has given up")
            elif name in ENTAILED and name != term:
                message = f"{v.label(iri)} states skos:{name}, which follows from the other links"
                yield Fault(iri, "entailed-term", message)
            elif name not in TERMS and name != term:
                yield Fault(iri, "unknown-term", f"{v.label(iri)} uses skos:{name}, which SKOS does not have",
                            meant(name, TERMS), ERROR)  # fmt: skip
            elif own and term.startswith(PKB) and term not in own:
                known = {known.removeprefix(PKB) for known in own}
                name = term.removeprefix(PKB)
                yield Fault(iri, "unknown-term", f"{v.label(iri)} uses pkb:{name}, which is no term of ours",
                            meant(name, known), ERROR)  # fmt: skip


CHECKS: tuple[Callable[[Vocabulary], Iterator[Fault]], ...] = (
    wrong_kinds, labels, languages, shared_labels, definitions, cycles, disjoint, tree, parents, one_way, dangling,
    terms,
)  # fmt: skip
