"""Cut sources and concepts into passages: the unit that is indexed, found and cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kb.corpus.ontology import Concept
from kb.corpus.sources import Source

PASSAGE_WORDS = 180  # about 240 tokens, the most that the default model reads
SEPARATOR = "; "  # between labels
YEAR = re.compile(r"-?\d{4}")


@dataclass(frozen=True)
class Passage:
    """A short text with an address.

    *id* is a concept's id, a source's key, ``key#c1`` for a claim or
    ``key#p3`` for a part of a text. *heading* and *names* (other labels,
    authors, year) are searched beside *text*; *text* is what a reader sees.
    *foreign* labels, in other languages, are searched by their words alone.
    """

    id: str
    kind: str
    text: str
    heading: str = ""
    names: str = ""
    foreign: str = ""
    source: str | None = None
    locator: str | None = None
    basis: str | None = None
    reported_in: str | None = None
    concepts: tuple[str, ...] = ()
    year: int | None = None

    @property
    def labels(self) -> list[str]:
        """Of a concept: every label in any language."""
        lists = (self.names, self.foreign) if self.kind == "concept" else ()
        return [self.heading, *(each for names in lists for each in names.split(SEPARATOR))] if lists else []

    @property
    def searched(self) -> str:
        """What the word index reads of it."""
        return " ".join(part for part in (self.heading, self.names, self.foreign, self.text) if part)

    @property
    def encoded(self) -> str:
        """What the model reads of it."""
        if self.kind == "concept":
            return f"{self.heading} ({self.names}): {self.text}" if self.names else f"{self.heading}: {self.text}"
        return f"{self.heading}. {self.text}" if self.heading else self.text


def of_concept(concept: Concept) -> Passage:
    """The one passage of a concept: its labels, definition and scope note."""
    text = " ".join(part for part in (concept.definition, concept.scope_note) if part)
    others = SEPARATOR.join((*concept.alt_labels, *concept.hidden_labels))
    foreign = SEPARATOR.join(concept.foreign_labels)
    return Passage(concept.id, "concept", text, concept.label, others, foreign, concepts=(concept.id,))


def of_source(source: Source, citation: str) -> Iterator[Passage]:
    """The passages of a source: the work itself, then each claim. *citation* names it in a text."""
    data = source.data
    year = int(data["issued"]) if YEAR.fullmatch(str(data.get("issued", ""))) else None
    people = [*data.get("authors", ()), *data.get("editors", ())]
    words = [str(person.get("family") or person.get("literal") or "") for person in people]
    yield Passage(
        id=source.id,
        kind="source",
        text=str(data.get("summary") or ""),
        heading=str(data.get("title") or ""),
        names=" ".join([*words, str(data.get("issued", ""))]).strip(),
        source=source.id,
        concepts=tuple(data.get("subjects") or ()),
        year=year,
    )
    for claim in source.claims:
        yield Passage(
            id=source.id + str(claim["id"]),
            kind="claim",
            text=str(claim["text"]),
            names=citation,
            source=source.id,
            locator=claim.get("locator"),
            basis=claim.get("basis"),
            reported_in=claim.get("reportedIn"),
            concepts=tuple(claim.get("about") or ()),
            year=year,
        )


def of_text(source: str, heading: str, text: str) -> Iterator[Passage]:
    """A long text cut into passages of about PASSAGE_WORDS words, each under the same heading."""
    for number, part in enumerate(cut(text), 1):
        yield Passage(f"{source}#p{number}", "passage", part, heading, source=source)


def cut(text: str, words: int = PASSAGE_WORDS) -> list[str]:
    """*text* in parts of at most *words* words and of about equal length; at least one part.

    >>> cut("one two three four five", 3)
    ['one two three', 'four five']
    """
    found = text.split()
    parts = max(1, -(-len(found) // words))
    size = -(-len(found) // parts)
    return [" ".join(found[n : n + size]) for n in range(0, max(len(found), 1), max(size, 1))]
