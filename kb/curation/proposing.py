"""Propose a concept where none fits: a draft that counts at once and waits for an editor."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from kb.corpus.check import skos
from kb.corpus.check.problems import ERROR
from kb.corpus.check.vocabulary import Fault, Vocabulary
from kb.corpus.ontology import fold
from kb.corpus.sources import Corpus
from kb.corpus.turtle import Document
from kb.corpus.turtle_revised import TYPE, block
from kb.curation.concept_files import NOTE, ConceptFiles, parsed
from kb.errors import BadSource
from kb.saving import Author, Change, Saved, Saving
from kb.terms import DCTERMS, LANGUAGE, PKB, SKOS, XSD

LABEL, DEFINITION, SLUG_WORDS = 200, 4000, 8  # characters, characters, words
WORD = re.compile(r"[a-z0-9]+")
LANGUAGE_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{1,8})*")
BEARABLE = {"orphan", "one-way-link", "missing-language", "no-top-concept", "not-in-tree"}  # an editor sees to these


class Draft(NamedTuple):
    """A concept as it is proposed: labels and definition in a language, the ids of what is broader and of its scheme.

    Without *broader* it is a top concept of its scheme; without *scheme* it stands in that of the broader one. A
    *scope_note* tells when to use it; one on both is needed where two concepts share a label.
    """

    label: str
    definition: str
    broader: tuple[str, ...] = ()
    scheme: str = ""
    alt_labels: tuple[str, ...] = ()
    scope_note: str = ""
    language: str = LANGUAGE

    @classmethod
    def of(
        cls, label: str, definition: str, broader: str | Iterable[str] = (), scheme: str = "",
        alt_labels: Iterable[str] = (), scope_note: str = "", language: str = LANGUAGE,
    ) -> Draft:  # fmt: skip
        """A draft of what was typed, without spaces too many and twins; raises BadSource for what is no label."""
        label, definition, scope_note = (" ".join(text.split()) for text in (label, definition, scope_note))
        above = [broader] if isinstance(broader, str) else broader
        others = dict.fromkeys(" ".join(text.split()) for text in alt_labels)
        draft = cls(label, definition, tuple(dict.fromkeys(filter(None, above))), scheme.strip(),
                    tuple(each for each in others if each and each != label), scope_note,
                    language.strip() or LANGUAGE)  # fmt: skip
        _check_texts(draft)
        return draft


class Proposed(NamedTuple):
    """A concept that was proposed: its id, and the save."""

    id: str
    saved: Saved


def propose(saving: Saving, corpus: Corpus, draft: Draft, author: Author) -> Proposed:
    """Write *draft* as a concept that waits for an editor; raises BadSource where `kb check` would complain of it."""
    files = ConceptFiles(saving.home)
    scheme = _scheme(files, draft)
    id = new_id(files, corpus, scheme, draft.label)
    iri = files.names.iri("concept", id)
    file = files.proposed
    text = file.text or f"{NOTE}\n{files.head(files.main(scheme))}"
    document = Document(text)
    made = block(document, iri, said(files, draft, scheme, author))
    refuse(files, iri, parsed(document.head() + made, file.path))
    end = "" if text.endswith("\n") else "\n"
    change = Change(file.path, f"{text}{end}\n{made}", file.to("").was)
    return Proposed(id, saving.save([change], author, f"Propose the concept {draft.label}"))


def said(files: ConceptFiles, draft: Draft, scheme: str, author: Author) -> dict[str, list[Any]]:
    """What a proposed concept's block says, by property."""
    import pyoxigraph as ox

    def texts(*values: str) -> list[Any]:
        return [ox.Literal(value, language=draft.language.lower()) for value in values if value]

    def links(*iris: str) -> list[Any]:
        return [ox.NamedNode(iri) for iri in iris]

    above, schemes = [files.iri(id) for id in draft.broader], [scheme] if scheme else []
    return {
        TYPE: links(SKOS + "Concept"),
        SKOS + "inScheme": links(*schemes),
        SKOS + "topConceptOf": [] if above else links(*(each for each in schemes if marks_tops(files, each))),
        SKOS + "prefLabel": texts(draft.label),
        SKOS + "altLabel": texts(*draft.alt_labels),
        SKOS + "definition": texts(draft.definition),
        SKOS + "scopeNote": texts(draft.scope_note),
        SKOS + "broader": links(*above),
        DCTERMS + "creator": links(files.curators + author.id),
        DCTERMS + "created": [ox.Literal(date.today().isoformat(), datatype=ox.NamedNode(XSD + "date"))],
        PKB + "reviewStatus": links(PKB + "draft"),
    }


def new_id(files: ConceptFiles, corpus: Corpus, scheme: str, label: str) -> str:
    """An id for a concept of a scheme: what its other ids begin with, and the label in small letters; none taken.

    In a thesaurus whose ids are numbers or codes it is the label alone: a number could be given there later.
    """
    prefix = _prefix(files, scheme)
    words = WORD.findall(fold(label).replace("'", ""))[:SLUG_WORDS]
    beginning = WORD.findall(prefix)
    words = words[len(beginning) :] if words[: len(beginning)] == beginning and words != beginning else words
    stem = f"{prefix}{'-'.join(words) or 'concept'}"
    return next(id for id in _numbered(stem) if id not in files.ids and id not in corpus)


def marks_tops(files: ConceptFiles, scheme: str) -> bool:
    """Whether a scheme tells its top concepts, or has none yet that it could tell."""
    v = files.vocabulary
    return any(scheme in each for each in v.tops.values()) or not any(scheme in v.members.get(i, ()) for i in v.names)


def _prefix(files: ConceptFiles, scheme: str) -> str:
    """What most ids of the concepts of a scheme begin with, hyphen included; nothing where they have nothing alike."""
    v = files.vocabulary
    if not scheme:
        return ""
    ids = [files.names.id(iri) for iri in v.names if scheme in v.members.get(iri, ())]
    own = files.names.id(scheme) + "-"
    begin = Counter(id.partition("-")[0] + "-" for id in ids if "-" in id and WORD.match(id) and id[0].isalpha())
    for start, count in ((own, sum(id.startswith(own) for id in ids)), *begin.most_common(1)):
        if 2 * count > len(ids) and (count > 1 or start == own):
            return start
    return own if not ids and re.fullmatch(r"[a-z0-9-]+", own) and _usual(files) else ""


def _usual(files: ConceptFiles) -> bool:
    """Whether the ids of concepts begin, as a rule, with that of their scheme."""
    v = files.vocabulary
    starts = [any(files.names.id(iri).startswith(files.names.id(each) + "-") for each in v.members.get(iri, ()))
              for iri in v.names]  # fmt: skip
    return 2 * sum(starts) > len(starts)


def _numbered(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{number}" for number in range(2, 10_000))


def _scheme(files: ConceptFiles, draft: Draft) -> str:
    """The IRI of the scheme that a draft is to stand in; nothing in a thesaurus that has none."""
    if draft.scheme:
        return files.scheme(draft.scheme)
    if not files.schemes:
        return ""
    above = {scheme for id in draft.broader for scheme in files.vocabulary.members[files.iri(id)]}
    if len(above) == 1:
        return above.pop()
    names = ", ".join(sorted(files.names.id(each) for each in above or set(files.schemes.values())))
    raise BadSource(f"a concept stands in a scheme: choose one of {names}")


def refuse(files: ConceptFiles, iri: str, quads: Iterable[Any], known: Collection[str] = ()) -> None:
    """Raise BadSource where *quads* about the concept *iri*, beside what the files say of others, are not in order.

    Faults of checks that are *known* were there before.
    """
    kept = (quad for file in files.files for quad in file.quads if getattr(quad.subject, "value", "") != iri)
    v = Vocabulary([*kept, *quads])
    for above in sorted(v.broader[iri] & v.retired):
        raise BadSource(f"{v.label(above)} is retired: choose another broader concept")
    if found := [fault for fault in faults_of(v, iri) if fault.severity == ERROR or fault.check not in known]:
        found.sort(key=lambda fault: fault.severity != ERROR)
        raise BadSource("; ".join(_sentence(fault) for fault in found[:3]))


def faults_of(v: Vocabulary, iri: str) -> list[Fault]:
    """What is wrong with a concept, or between another and it."""
    name = re.compile(rf"(?<![\w-]){re.escape(v.label(iri))}(?![\w-])")
    return [fault for fault in skos.faults(v)
            if fault.check not in BEARABLE and (fault.subject == iri or name.search(fault.message))]  # fmt: skip


def _sentence(fault: Fault) -> str:
    """A fault as whoever proposes is told it."""
    meant = {"shared-label": "did you mean that one? Else ", "near-label": "did you mean that one? Else "}
    hint = meant.get(fault.check, "") + fault.hint
    return fault.message + (f" ({hint})" if hint else "")


def _check_texts(draft: Draft) -> None:
    if not draft.label:
        raise BadSource("a concept needs a label")
    for what, text, most in (
        ("label", draft.label, LABEL), ("definition", draft.definition, DEFINITION),
        ("scope note", draft.scope_note, DEFINITION), *(("other label", each, LABEL) for each in draft.alt_labels),
    ):  # fmt: skip
        if len(text) > most:
            raise BadSource(f"the {what} has {len(text):,} characters: at most {most:,} are taken")
    if not LANGUAGE_TAG.fullmatch(draft.language):
        raise BadSource(f"{draft.language!r} is no language: write a tag such as en or pt-BR")
