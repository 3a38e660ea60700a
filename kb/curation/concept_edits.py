"""What an editor does with concepts: accept or decline one that was proposed, and change one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import pyoxigraph as ox

from kb.corpus.sources import Corpus
from kb.corpus.turtle import Document
from kb.corpus.turtle_revised import Revision, block
from kb.curation import merging_concepts
from kb.curation.concept_files import PROPOSED, ConceptFiles, File, parsed
from kb.curation.proposing import Draft, faults_of, marks_tops, refuse
from kb.curation.uses import Places, naming_whole
from kb.errors import BadQuery, Conflict
from kb.home import Home
from kb.saving import Author, Change, Saved, Saving, etag
from kb.terms import DCTERMS, PKB, RDF, SKOS

STATUS, WAITS = PKB + "reviewStatus", ox.NamedNode(PKB + "draft")
USES = 10  # that a message names
PREFIX = re.compile(r"(?<![\w\"'])([\w-]*):(?=[\w%\\])")


class Wording(NamedTuple):
    """A concept as an editor finds it: what can be changed, who proposed it if it waits, and the etag of its block."""

    id: str
    draft: Draft
    waits: bool
    creator: str
    created: str
    etag: str


def wording(home: Home, id: str, language: str = "en") -> Wording:
    """The concept called *id* as its file says, with its texts in one *language*."""
    files = ConceptFiles(home)
    v, iri = files.vocabulary, files.iri(id)

    def texts(name: str) -> list[str]:
        return [value.value for value in v.get(iri, SKOS + name) if value.language == language]

    ids = tuple(sorted(files.names.id(each) for each in v.broader.get(iri, ())))
    scheme = next(iter(sorted(map(files.names.id, v.members[iri]))), "")
    label, definition, note = ("".join(texts(name)[:1]) for name in ("prefLabel", "definition", "scopeNote"))
    draft = Draft(label, definition, ids, scheme, tuple(texts("altLabel")), note, language)
    creator = next((each.removeprefix(files.curators) for each in v.iris(iri, DCTERMS + "creator")), "")
    created = next(iter(v.texts(iri, DCTERMS + "created")), "")
    return Wording(id, draft, WAITS.value in v.iris(iri, STATUS), creator, created, _etag(files.holder(iri), iri))


def accept(saving: Saving, id: str, author: Author) -> Saved:
    """Let a proposed concept stand among the others of its scheme."""
    files = ConceptFiles(saving.home)
    iri = _waiting(files, id)
    file, scheme = files.holder(iri), next(iter(sorted(files.vocabulary.members[iri])), "")
    home = files.main(scheme)
    changes = [file.to(_struck(file, iri))] if file.name != PROPOSED else [*_moved(files, file, home, iri)]
    return saving.save(changes, author, f"Accept the concept {id}")


def decline(saving: Saving, corpus: Corpus, id: str, into: str, author: Author) -> Saved:
    """Take a proposed concept out; what uses it gets *into* in its place, and without that there may be no such use."""
    files = ConceptFiles(saving.home)
    iri = _waiting(files, id)
    if into:
        return merging_concepts.plan(saving.home, corpus, id, into, even=True, drop=True).save(saving, author)
    _refuse_used(corpus, files, id)
    below = [files.names.id(each) for each, above in files.vocabulary.broader.items() if iri in above]
    if below:
        raise BadQuery(f"{id} has {', '.join(sorted(below))} below it: choose a concept to stand in its place")
    changes = [change for file in files.files for change in _without(file, iri)]
    return saving.save(changes, author, f"Decline the concept {id}", lambda: _refuse_used(corpus, files, id))


def _refuse_used(corpus: Corpus, files: ConceptFiles, id: str) -> None:
    if uses := naming_whole(corpus, Places.of(files.context, "concept"), [id]):
        told = "; ".join(f"{who} ({', '.join(keys)})" for who, keys in list(uses.items())[:USES])
        more = f" and {len(uses) - USES} more" if len(uses) > USES else ""
        raise BadQuery(f"{id} is used by {told}{more}: choose a concept to stand in its place")


def edit(saving: Saving, id: str, draft: Draft, was: str, author: Author) -> Saved:
    """Change what a concept is called, what it means and what it is below, to what *draft* says in its language.

    *was* is the etag of the `Wording` that was changed; raises Conflict where the concept is not so any more, and
    BadSource where `kb check` would complain of what is new.
    """
    files = ConceptFiles(saving.home)
    iri = files.iri(id)
    file = files.holder(iri)
    if was and was != _etag(file, iri):
        raise Conflict(f"{id} has been changed by somebody else: compare, then save again; nothing was written")
    changes, own = list[Change](), list[Any]()
    for each in files.files:
        text = _edited(files, each, iri, draft)
        if text != each.text:
            changes.append(each.to(text))
        own += [quad for quad in parsed(text, each.path) if getattr(quad.subject, "value", "") == iri]
    if not changes:
        return Saved("", (), "")
    refuse(files, iri, own, {fault.check for fault in faults_of(files.vocabulary, iri)})
    return saving.save(changes, author, f"Edit the concept {id}")


def _waiting(files: ConceptFiles, id: str) -> str:
    iri = files.iri(id)
    if WAITS.value not in files.vocabulary.iris(iri, STATUS):
        raise BadQuery(f"{id} is no proposed concept: it has been accepted, or was never proposed")
    return iri


def _etag(file: File, iri: str) -> str:
    return etag(Revision(file.text, file.path).block(iri))


def _struck(file: File, iri: str) -> str:
    revision = Revision(file.text, file.path)
    revision.remove(iri, STATUS, WAITS)
    return revision.text()


def _moved(files: ConceptFiles, file: File, home: File, iri: str) -> Iterable[Change]:
    """A block goes from one file to another: as it is, where its prefixes mean the same there."""
    struck = _struck(file, iri)
    moving = Revision(struck, file.path)
    text, target = moving.block(iri), Revision(home.text, home.path)
    named = {name for name in PREFIX.findall(text) if name in moving.document.prefixes}
    if any(target.document.prefixes.get(name) != moving.document.prefixes[name] for name in named):
        text = block(target.document, iri, _said(parsed(struck, file.path), iri))
    target.insert(text, _neighbour(files, target.document, iri))
    yield home.to(target.text())
    yield from _without(file, iri)


def _said(quads: Iterable[Any], iri: str) -> dict[str, list[Any]]:
    said: dict[str, list[Any]] = {}
    for quad in quads:
        if getattr(quad.subject, "value", "") == iri:
            said.setdefault(quad.predicate.value, []).append(quad.object)
    return said


def _neighbour(files: ConceptFiles, document: Document, iri: str) -> str:
    """Behind which concept of a file another belongs: the last beside it or above it, else the last of its scheme."""
    v = files.vocabulary
    above, schemes = v.broader.get(iri, set()), v.members[iri]
    near = [each for each in document.blocks if each in above or (above and v.broader.get(each, set()) & above)]
    same = [each for each in document.blocks if schemes and each in v.names and v.members[each] & schemes]
    return (near or same or [""])[-1]


def _without(file: File, iri: str) -> Iterable[Change]:
    """A file without a concept and what names it, if it has that; without any concept left the file goes."""
    subjects = {quad.subject.value for quad in file.quads if isinstance(quad.subject, ox.NamedNode)}
    links = {(q.subject.value, q.predicate.value) for q in file.quads
             if getattr(q.object, "value", "") == iri and q.subject.value != iri}  # fmt: skip
    if iri not in subjects and not links:
        return
    if file.name == PROPOSED and subjects == {iri}:
        yield file.to(None)
        return
    revision = Revision(file.text, file.path)
    for link in links:
        revision.remove(*link, ox.NamedNode(iri))
    if iri in subjects:
        revision.drop(iri)
    yield file.to(revision.text())


def _edited(files: ConceptFiles, file: File, iri: str, draft: Draft) -> str:
    """The text of a file in which a concept is as *draft* says."""
    here = {(q.subject.value, q.predicate.value, q.object) for q in file.quads}
    revision = Revision(file.text, file.path)
    holds = (iri, RDF + "type", ox.NamedNode(SKOS + "Concept")) in here
    minus, plus = _differences(files, iri, draft)
    for triple in minus:
        if triple in here:
            revision.remove(*triple)
    for triple in plus if holds else ():
        revision.add(*triple)
    return revision.text()


def _differences(files: ConceptFiles, iri: str, draft: Draft) -> tuple[list[Any], list[Any]]:
    """The triples that go and that come where a concept becomes what *draft* says."""
    v, language = files.vocabulary, draft.language.lower()
    texts = {"prefLabel": [draft.label], "altLabel": [*draft.alt_labels], "definition": [draft.definition],
             "scopeNote": [draft.scope_note]}  # fmt: skip
    minus, plus = list[Any](), list[Any]()
    for name, wanted in texts.items():
        has = [value for value in v.get(iri, SKOS + name) if (value.language or "").lower() == language]
        minus += [(iri, SKOS + name, value) for value in has if value.value not in wanted]
        said = {value.value for value in has}
        plus += [
            (iri, SKOS + name, ox.Literal(text, language=language)) for text in wanted if text and text not in said
        ]
    before, after = v.broader.get(iri, set()), {files.iri(id) for id in draft.broader}
    for other in before - after:
        minus += [(iri, SKOS + "broader", ox.NamedNode(other)), (other, SKOS + "narrower", ox.NamedNode(iri))]
    plus += [(iri, SKOS + "broader", ox.NamedNode(other)) for other in sorted(after - before)]
    tops = [ox.NamedNode(scheme) for scheme in sorted(v.members[iri]) if marks_tops(files, scheme)]
    if after and not before:
        minus += [(iri, SKOS + "topConceptOf", scheme) for scheme in tops]
    elif before and not after:
        plus += [(iri, SKOS + "topConceptOf", scheme) for scheme in tops]
    return minus, plus
