"""Merge one concept into another: it is retired, and all that named it names the other, in one save."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from kb.corpus.check import skos
from kb.corpus.check.problems import ERROR
from kb.corpus.check.vocabulary import Vocabulary
from kb.corpus.ontology import LABELS, MAPPINGS, label_key
from kb.corpus.revised import revised
from kb.corpus.sources import Corpus
from kb.corpus.turtle_revised import Revision
from kb.curation.concept_files import PROPOSED, ConceptFiles, File, parsed
from kb.curation.plans import Plan, changed
from kb.curation.uses import Places, accepted, naming, swapped
from kb.errors import BadQuery
from kb.home import Home
from kb.saving import Change, etag
from kb.terms import DCTERMS, OWL, PKB, RDF, SKOS, XSD

HIERARCHY = tuple(SKOS + name for name in ("broader", "narrower", "topConceptOf", "hasTopConcept", "inScheme"))
TRUE = ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean"))
Triple = tuple[str, str, Any]


def plan(home: Home, corpus: Corpus, one: str, into: str, even: bool = False, drop: bool = False) -> Plan:
    """What merging the concept *one* into *into* would change; with *even*, even where they stand in other schemes.

    With *drop*, *one* is not retired but goes, its labels too. Raises BadQuery where the two cannot be merged, with
    the reason.
    """
    files = ConceptFiles(home)
    v, old, new = files.vocabulary, files.iri(one), files.iri(into)
    _check(files, v, old, new, even)
    minus, plus, notes = _statements(v, old, new, drop)
    texts = [_revised(file, minus, plus, old if drop else "") for file in files.files]
    _check_made(v, Vocabulary(q for file, text in zip(files.files, texts, strict=True) for q in _quads(file, text)))
    changes = [file.to(text or None) for file, text in zip(files.files, texts, strict=True) if text != file.text]
    for change, more in in_sources(corpus, files, one, into):
        changes.append(change)
        notes += more
    what = "Decline the concept {} for {}" if drop else "Merge the concept {} into {}"
    return Plan("concept", one, into, what.format(one, into), tuple(changes), changed(home.folder, changes),
                tuple(notes), {one: into}, lambda: plan(home, corpus, one, into, even, drop))  # fmt: skip


def in_sources(corpus: Corpus, files: ConceptFiles, one: str, into: str) -> Iterator[tuple[Change, tuple[str, ...]]]:
    """The changes of the source files that name the concept *one*, to *into*, with what to tell of each."""
    places = Places.of(files.context, "concept")
    for each in naming(corpus, one):
        data, notes = swapped(each.id, each.data, places, lambda id: [into] if id == one else [id])
        data = accepted(data)
        if data != each.data:
            text = revised(each.text, data, corpus.folder / f"{each.id}.yaml")
            yield Change(f"corpus/{each.id}.yaml", text, etag(each.text)), notes


def _quads(file: File, text: str) -> list[Any]:
    return file.quads if text == file.text else parsed(text, file.path) if text else []


def _check(files: ConceptFiles, v: Vocabulary, old: str, new: str, even: bool) -> None:
    """Refuse what would leave the vocabulary worse than it was."""
    if old == new:
        raise BadQuery(f"{v.label(old)} cannot be merged into itself: choose another concept")
    for iri in (old, new):
        if iri in v.retired:
            raise BadQuery(f"{v.label(iri)} is retired already: choose a concept that is in use")
    groups = set(v.instances(PKB + "GroupingConcept"))
    if new in groups and old not in groups:
        raise BadQuery(f"{v.label(new)} is a heading that sorts others: choose one of the concepts below it")
    between = [each for each in _children(v, old) if each != new and each in v.above(new)]
    if between:
        raise BadQuery(f"{v.label(new)} is below {v.label(between[0])}, which is below {v.label(old)}: broader would "
                       f"go in a circle; move {v.label(between[0])} first, or merge the other way round")  # fmt: skip
    mine, theirs = v.members[old], v.members[new]
    if mine and theirs and not mine & theirs and not even:
        one, other = (", ".join(sorted(map(files.names.id, each))) for each in (mine, theirs))
        raise BadQuery(f"{v.label(old)} stands in the scheme {one}, {v.label(new)} in {other}: to merge them "
                       "even so, check the box, or give --even")  # fmt: skip


def _children(v: Vocabulary, iri: str) -> list[str]:
    return sorted(each for each, above in v.broader.items() if iri in above)


def _check_made(before: Vocabulary, after: Vocabulary) -> None:
    """Refuse a merge that brings an error, such as a circle, that was not there before."""
    known = {(fault.subject, fault.check) for fault in skos.faults(before) if fault.severity == ERROR}
    for fault in skos.faults(after):
        if fault.severity == ERROR and (fault.subject, fault.check) not in known:
            hint = f" ({fault.hint})" if fault.hint else ""
            raise BadQuery(f"the merged vocabulary would not be in order: {fault.message}{hint}")


def _statements(v: Vocabulary, old: str, new: str, drop: bool) -> tuple[list[Triple], list[Triple], list[str]]:
    """The triples that go, those that come, and what to tell of them."""
    target, notes = ox.NamedNode(new), list[str]()
    minus, plus = [] if drop else [*_own_links(v, old)], [*_inherited(v, old, new)]
    if not drop:
        plus += _labels(v, old, new, notes)
        plus += [(old, OWL + "deprecated", TRUE), (old, DCTERMS + "isReplacedBy", target)]
    for subject, properties in v.values.items():
        for predicate, values in properties.items():
            if subject == old or not any(getattr(value, "value", "") == old for value in values if _is_link(value)):
                continue
            if subject.startswith("_:"):
                notes.append(f"a list of the ontology still names {v.label(old)}: change it by hand")
                continue
            minus.append((subject, predicate, ox.NamedNode(old)))
            if not _dropped(v, subject, predicate, old, new):
                plus.append((subject, predicate, target))
    if new in _children(v, old):
        minus.append((new, SKOS + "broader", ox.NamedNode(old)))
    stated = {(s, p, o) for s, p, o in minus if o in v.values.get(s, {}).get(p, ())}
    return list(dict.fromkeys(each for each in minus if each in stated)), list(dict.fromkeys(plus)), notes


def _is_link(value: Any) -> bool:
    return isinstance(value, ox.NamedNode)


def _dropped(v: Vocabulary, subject: str, predicate: str, old: str, new: str) -> bool:
    """Whether a link to the old concept is not to lead to the new one: it would say nothing, or nonsense."""
    if subject == new or ox.NamedNode(new) in v.values[subject].get(predicate, ()):
        return True
    if predicate == SKOS + "hasTopConcept":
        return True
    if predicate == SKOS + "broader":
        return (new in v.above(subject) and new not in v.above(old)) or subject in v.above(new)
    if predicate == SKOS + "narrower":
        return True  # it speaks of the old one's place
    if predicate == SKOS + "related":
        return subject in v.above(new) or new in v.above(subject) or subject in v.related.get(new, ())
    if predicate.removeprefix(SKOS) in MAPPINGS:
        return bool(v.members[subject] & v.members[new])
    return False


def _own_links(v: Vocabulary, old: str) -> Iterator[Triple]:
    """What the old concept says of its place, and of what is like it."""
    for predicate in (*HIERARCHY[:3], SKOS + "related", *(SKOS + name for name in MAPPINGS)):
        yield from ((old, predicate, value) for value in v.values[old].get(predicate, ()) if _is_link(value))
    yield old, PKB + "reviewStatus", ox.NamedNode(PKB + "draft")


def _inherited(v: Vocabulary, old: str, new: str) -> Iterator[Triple]:
    """The links of the old concept that the new one takes over."""
    said = v.values[new]
    for iri in v.links(old, "narrower"):
        if iri not in (new, *v.above(new)) and new not in v.broader.get(iri, ()):
            yield new, SKOS + "narrower", ox.NamedNode(iri)
    for iri in v.links(old, "related"):
        if iri != new and iri not in v.related.get(new, ()) and iri not in v.above(new) and new not in v.above(iri):
            yield new, SKOS + "related", ox.NamedNode(iri)
    for name in MAPPINGS:
        for iri in v.links(old, name):
            linked = any(iri in v.links(new, each) for each in MAPPINGS)
            if iri != new and not linked and not v.members.get(iri, set()) & v.members[new]:
                yield new, SKOS + name, ox.NamedNode(iri)
    if new in _children(v, old):  # it takes the place of the one above it
        others = [each for each in v.broader[new] if each != old]
        for iri in sorted(v.broader.get(old, ())):
            if iri not in others and not any(iri in v.above(each) for each in others):
                yield new, SKOS + "broader", ox.NamedNode(iri)
        for scheme in v.links(old, "topConceptOf"):
            if not others and ox.NamedNode(scheme) not in said.get(SKOS + "topConceptOf", ()):
                yield new, SKOS + "topConceptOf", ox.NamedNode(scheme)


def _labels(v: Vocabulary, old: str, new: str, notes: list[str]) -> Iterator[Triple]:
    """The labels by which the new concept is found too; none that means a third one."""
    taken = {_key(value): iri for iri in v.living if iri != old for name in LABELS
             for value in v.get(iri, SKOS + name)}  # fmt: skip
    for name in LABELS:
        for value in v.get(old, SKOS + name):
            holder = taken.setdefault(_key(value), "")
            if holder not in ("", new):
                notes.append(f"the label {value.value!r} is not taken over: {v.label(holder)} has it")
            elif not holder:
                taken[_key(value)] = new
                yield new, SKOS + ("hiddenLabel" if name == "hiddenLabel" else "altLabel"), value


def _key(value: Any) -> tuple[str, str]:
    return value.language or "", label_key(value.value)


def _revised(file: File, minus: Iterable[Triple], plus: Iterable[Triple], gone: str = "") -> str:
    """The text of a file after the triples that go and come; nothing where no concept is left in `PROPOSED`.

    A new triple stands where its subject has its block; what is *gone* goes whole.
    """
    here = {(q.subject.value, q.predicate.value, q.object) for q in file.quads if _is_link(q.subject)}
    kinds = {s for s, p, o in here if p == RDF + "type"}
    going = [each for each in minus if each in here]
    coming = [each for each in plus if each[0] in kinds and each not in here]
    if not going and not coming and gone not in kinds:
        return file.text
    revision = Revision(file.text, file.path)
    for each in going:
        revision.remove(*each)
    for each in coming:
        revision.add(*each)
    if gone in kinds:
        revision.drop(gone)
    return "" if file.name == PROPOSED and kinds == {gone} else revision.text()
