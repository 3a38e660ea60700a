"""What is asked of the whole: the vocabulary term by term, and how much there is of what."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from kb.corpus.ontology import Ontology
from kb.graph.store import Row
from kb.terms import Names

Rows = Callable[[str], list[Row]]  # of a named query


class Ref(NamedTuple):
    """A concept or scheme to link to."""

    id: str
    label: str


class FacetValue(NamedTuple):
    """A value that a list can be narrowed to: how many of the list have it, and whether it is what is chosen."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # which hides a method of tuples
    chosen: bool
    children: tuple[Any, ...] = ()


class Facet(NamedTuple):
    """A way to narrow a list: *name* is the filter, *values* are what it can be set to."""

    name: str
    label: str
    values: tuple[FacetValue, ...]


class Question(NamedTuple):
    """What is not known yet, why, and the ids of the concepts it is about."""

    id: str
    text: str
    why: str
    about: tuple[str, ...]


class Term(NamedTuple):
    """A class, property or value of the vocabulary, named as in SPARQL."""

    id: str
    iri: str
    kinds: tuple[str, ...]
    label: str
    comment: str
    domain: tuple[str, ...]
    range: tuple[str, ...]
    broader: tuple[str, ...]
    example: str
    retired: bool
    replaced_by: str


class TermGroup(NamedTuple):
    """Terms of one kind, under the name of the kind."""

    name: str
    terms: tuple[Term, ...]


class About(NamedTuple):
    """What an ontology or vocabulary says of itself."""

    iri: str
    title: str
    description: str
    version: str
    license: str
    created: str
    modified: str


class VocabularyView(NamedTuple):
    """How sources, claims and the relations they assert are described, term by term; and the schemes of concepts."""

    about: tuple[About, ...]
    groups: tuple[TermGroup, ...]
    schemes: tuple[Ref, ...]


class Word(NamedTuple):
    """A class, property or value as SPARQL has it; what it is called, or else its kind; how often it is used."""

    id: str
    label: str
    uses: int


class Count(NamedTuple):
    """How many there are of something."""

    name: str
    number: int


class SchemeCount(NamedTuple):
    """How many concepts a scheme has, and how many of them claims, or at least works, are about."""

    scheme: str
    concepts: int
    with_claims: int
    with_works_only: int
    without: int


class Stats(NamedTuple):
    """What the files hold and what they lack."""

    concepts: tuple[SchemeCount, ...]
    claims_by_basis: tuple[Count, ...]
    claims_by_stance: tuple[Count, ...]
    sources_by_field: tuple[Count, ...]
    sources_by_year: tuple[Count, ...]
    sources_by_record: tuple[Count, ...]
    sources_by_review: tuple[Count, ...]
    questions: tuple[Question, ...]


PREFIXED = re.compile(r"[A-Za-z][\w-]*:\w[\w-]*")  # what needs no escape in SPARQL
KINDS = {
    "owl:Class": "Classes",
    "pkb:Relation": "Relations between concepts",
    "owl:ObjectProperty": "Properties with a thing as value",
    "owl:DatatypeProperty": "Properties with a text or number as value",
    "owl:AnnotationProperty": "Names",
}


def vocabulary(rows: Rows, names: Names, ontology: Ontology) -> VocabularyView:
    """The vocabulary, its terms grouped by kind: classes and properties first, then the values of each class."""
    groups: dict[str, list[Term]] = defaultdict(list)
    for row in rows("vocabulary"):
        term = _term(row, names)
        groups[next((kind for kind in KINDS if kind in term.kinds), term.kinds[0])].append(term)
    labels = {term.id: term.label for terms in groups.values() for term in terms}
    values = sorted(groups.keys() - KINDS.keys())
    titles = KINDS | {kind: f"Values: {labels.get(kind, kind).lower()}" for kind in values}
    return VocabularyView(
        about=tuple(About(*(value or "" for value in row.values())) for row in rows("ontologies")),
        groups=tuple(TermGroup(title, tuple(groups[kind])) for kind, title in titles.items() if groups[kind]),
        schemes=tuple(sorted(_schemes(rows("schemes"), names, ontology), key=lambda ref: ref.label)),
    )


def words(rows: Rows, names: Names, terms: VocabularyView) -> tuple[Word, ...]:
    """What a query can be written with: the terms of the vocabulary and those of others in use, the most used first."""
    found = {
        term.id: Word(term.id, term.label, 0) for group in terms.groups for term in group.terms if not term.retired
    }
    for row in rows("words"):
        id, kind = names.curie(row["term"] or ""), row["kind"] or ""
        if PREFIXED.fullmatch(id):
            found[id] = Word(id, found[id].label if id in found else kind, int(row["uses"] or 0))
    return tuple(sorted(found.values(), key=lambda word: (-word.uses, word.id)))


def _schemes(rows: Iterable[Row], names: Names, ontology: Ontology) -> Iterator[Ref]:
    """The schemes, with labels in the language of *ontology*."""
    for id in (names.id(row["scheme"] or "") for row in rows):
        yield Ref(id, ontology.schemes[id].label)


def _term(row: Row, names: Names) -> Term:
    def curies(name: str) -> tuple[str, ...]:
        return tuple(map(names.curie, sorted((row[name] or "").split())))

    iri = row["term"] or ""
    return Term(
        id=names.curie(iri),
        iri=iri,
        kinds=curies("kinds"),
        label=row["label"] or "",
        comment=row["comment"] or "",
        domain=curies("domain"),
        range=curies("range"),
        broader=curies("broader"),
        example=row["example"] or "",
        retired=row["retired"] == "true",
        replaced_by=names.curie(row["successor"] or ""),
    )


def stats(rows: Rows, names: Names, ontology: Ontology) -> Stats:
    """What there is and what is missing, counted by the named queries stats-*."""
    concepts = []
    for row in rows("stats-concepts"):
        scheme = ontology.schemes.get(names.id(row["scheme"] or ""))
        total, claimed, treated = (int(row[name] or 0) for name in ("concepts", "withClaims", "withWorksOnly"))
        label = scheme.label if scheme else row["scheme"] or "in no scheme"
        concepts.append(SchemeCount(label, total, claimed, treated, total - claimed - treated))
    counts: dict[str, list[Count]] = defaultdict(list)
    for query, what in (("stats-claims", "claims"), ("stats-sources", "sources")):
        for row in rows(query):
            counts[row["by"] or ""].append(Count(row["name"] or "", int(row[what] or 0)))
    questions = ((names.id(row["question"] or "").rpartition("/")[2], row) for row in rows("open-questions"))
    return Stats(
        concepts=tuple(sorted(concepts)),
        claims_by_basis=tuple(counts["basis"]),
        claims_by_stance=tuple(counts["stance"]),
        sources_by_field=tuple(counts["field"]),
        sources_by_year=tuple(counts["year"]),
        sources_by_record=tuple(counts["record"]),
        sources_by_review=tuple(counts["review"]),
        questions=tuple(
            Question(id, row["text"] or "", row["why"] or "", tuple(map(names.id, (row["about"] or "").split())))
            for id, row in questions
        ),
    )
