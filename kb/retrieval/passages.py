"""Cut sources and concepts into passages: the unit that is indexed, found and cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kb.bibliography.people import Person, named
from kb.corpus.ontology import Concept, fold
from kb.corpus.sources import Source
from kb.corpus.texts import Page
from kb.retrieval.parts import PASSAGE_WORDS as PASSAGE_WORDS
from kb.retrieval.parts import cut as cut
from kb.retrieval.parts import parts

SEPARATOR = "\n"  # between labels
YEAR = re.compile(r"-?\d{4}")
STANCES = ("supports", "disputes", "qualifies")
NOT_CLAIM = {"id", "subject"}  # keys of an asserted relation that are no relation
KNOWN = ("text", "abstract", "reported")  # bases on which an asserted relation counts


@dataclass(frozen=True)
class Passage:
    """A short text with an address.

    *id* is a concept's id, a source's key, ``key#c1`` for a claim or
    ``key#p3`` for a part of a text. *heading* and *names* (other labels,
    authors, year) are searched beside *text*; *text* is what a reader sees, of
    a part of a text in a snippet (`kb.retrieval.snippets`).
    *quote*, of a claim the words of the work, is searched too.
    *foreign* labels, in other languages, are searched by their words alone.
    *subjects* and *state* are those of the work, *people* the ways to name its
    authors and, of the work itself, *authors* who they are; *note* tells
    editors when to use a concept, and is searched but not shown; *links* lead from a passage
    to others: (``cites``, a source), (``disputes``, a claim), and between
    concepts (``narrower``, id) or, from a claim, (``relation``, id, id).
    """

    id: str
    kind: str
    text: str
    heading: str = ""
    names: str = ""
    foreign: str = ""
    note: str = ""
    source: str | None = None
    locator: str | None = None
    basis: str | None = None
    reported_in: str | None = None
    concepts: tuple[str, ...] = ()
    year: int | None = None
    state: str | None = None
    subjects: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    authors: tuple[Person, ...] = ()
    doi: str | None = None
    links: tuple[tuple[str, ...], ...] = ()
    quote: str = ""

    @property
    def labels(self) -> list[str]:
        """Of a concept: every label in any language."""
        lists = (self.names, self.foreign) if self.kind == "concept" else ()
        return [self.heading, *(each for names in lists for each in names.split(SEPARATOR) if each)] if lists else []

    @property
    def searched(self) -> str:
        """What the word index reads of it."""
        parts = self.heading, self.names, self.foreign, self.text, self.quote, self.note
        return " ".join(part for part in parts if part)

    @property
    def encoded(self) -> str:
        """What the model reads of it."""
        if self.kind == "concept":
            said = f"{self.text} {self.note}" if self.note else self.text
            others = self.names.replace(SEPARATOR, "; ")
            return f"{self.heading} ({others}): {said}" if others else f"{self.heading}: {said}"
        said = f"{self.text} {self.quote}" if self.quote else self.text
        return f"{self.heading}. {said}" if self.heading else said

    @property
    def tags(self) -> Iterator[str]:
        """What filters ask of it, each as ``name:value``; what others say of a claim is not known here."""
        yield f"kind:{self.kind}"
        yield from (f"concept:{id}" for id in self.concepts)
        yield from (f"field:{id}" for id in self.subjects)
        yield from (author_tag(fold(name)) for name in self.people)
        if self.basis:
            yield f"basis:{self.basis}"
        if self.state:
            yield f"state:{self.state}"
        for name, other, *_ in self.links:
            if name in STANCES:
                yield f"stance:{name}"
                yield f"{name}:{other.partition('#')[0]}"
            elif name == "cites":
                yield f"cites:{other}"


def owner(id: str) -> str:
    """The source of a claim or passage; any other id is its own."""
    return id.rpartition("#")[0] or id


def author_tag(key: str) -> str:
    """The tag of the works of the author whose folded name is *key*; tags hold no spaces."""
    return "by:" + key.replace(" ", "_")


def of_concept(concept: Concept) -> Passage:
    """The one passage of a concept: its labels, definition and scope note."""
    others = SEPARATOR.join((*concept.alt_labels, *concept.hidden_labels))
    foreign = SEPARATOR.join(concept.foreign_labels)
    links = [("narrower", id) for id in concept.narrower] + [("related", id) for id in concept.related]
    return Passage(
        concept.id, "concept", concept.definition, concept.label, others, foreign, concept.scope_note,
        concepts=(concept.id,), subjects=(concept.id,), links=tuple(links),
    )  # fmt: skip


def of_source(source: Source, citation: str) -> Iterator[Passage]:
    """The passages of a source: the work itself, then each claim. *citation* names it in a text."""
    data, shared = source.data, _shared(source)
    words = [str(person.get("family") or person.get("literal") or "") for person in _people(data)]
    yield Passage(
        id=source.id,
        kind="source",
        text=str(data.get("summary") or ""),
        heading=str(data.get("title") or ""),
        names=" ".join([*words, str(data.get("issued", ""))]).strip(),
        concepts=shared["subjects"],
        authors=tuple(dict.fromkeys(named(data))),
        doi=str(data["doi"]).casefold() if data.get("doi") else None,
        links=tuple(("cites", key) for key in _items(data.get("cites"))),
        **shared,
    )
    for claim in source.claims:
        yield Passage(
            id=source.id + str(claim["id"]),
            kind="claim",
            text=str(claim["text"]),
            names=citation,
            quote=str(claim.get("quote") or ""),
            locator=claim.get("locator"),
            basis=claim.get("basis"),
            reported_in=claim.get("reportedIn"),
            concepts=tuple(_items(claim.get("about"))),
            links=tuple(_links(claim)),
            **shared,
        )


def of_pages(source: Source, pages: Sequence[Page]) -> Iterator[Passage]:
    """The passages of a source's text, each with its page; what filters ask of the work they have too.

    They are about no concept: nobody has annotated them.
    """
    shared, title = _shared(source), str(source.data.get("title") or "")
    for number, part in enumerate(parts(pages), 1):
        yield Passage(f"{source.id}#p{number}", "passage", part.text, title, locator=part.locator, **shared)


def of_text(source: str, heading: str, text: str) -> Iterator[Passage]:
    """A long text without pages cut into passages, each under the same heading."""
    for number, part in enumerate(cut(text), 1):
        yield Passage(f"{source}#p{number}", "passage", part, heading, source=source)


def _shared(source: Source) -> dict[str, Any]:
    """What every passage of a source has of the work."""
    data = source.data
    return {
        "source": source.id,
        "year": int(data["issued"]) if YEAR.fullmatch(str(data.get("issued", ""))) else None,
        "state": str(data.get("state") or "complete"),
        "subjects": tuple(_items(data.get("subjects"))),
        "people": tuple(dict.fromkeys(name for person in _people(data) for name in _called(person))),
    }


def _people(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [*data.get("authors", ()), *data.get("editors", ())]


def _called(person: dict[str, Any]) -> Iterator[str]:
    """How a reader may name a person: Gray; Gray, Barbara; Barbara Gray."""
    family, given = person.get("family") or person.get("literal"), person.get("given")
    if family:
        yield str(family)
        yield from (f"{family}, {given}", f"{given} {family}") if given else ()


def _links(claim: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Where a claim leads: the claims it takes a stance to, and the relations between concepts that it asserts."""
    for stance in STANCES:
        yield from ((stance, other) for other in _items(claim.get(stance)))
    if claim.get("basis") in KNOWN:
        for asserted in claim.get("asserts") or ():
            others = ((key, id) for key, value in asserted.items() if key not in NOT_CLAIM for id in _items(value))
            yield from (("relation", asserted["subject"], id) for _, id in others)


def _items(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else value or ()
