"""A SKOS vocabulary as checks see it: links read in both directions, and what is wrong with a subject."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable
from functools import cached_property
from typing import Any, NamedTuple

from kb.corpus.check.mend import Mend
from kb.corpus.check.problems import WARNING
from kb.corpus.ontology import Statements
from kb.terms import OWL, SKOS


class Fault(NamedTuple):
    """What is wrong with a subject, before its file and line are known."""

    subject: str
    check: str
    message: str
    hint: str = ""
    severity: str = WARNING
    mend: Mend | None = None


class Vocabulary(Statements):
    """What a SKOS vocabulary says, with the links between concepts read in both directions.

    Of the concepts those with an IRI are in `names`.
    """

    def __init__(self, quads: Iterable[Any]) -> None:
        super().__init__(quads)
        self.retired = {iri for iri in self.values if "true" in self.texts(iri, OWL + "deprecated")}
        self.concepts, self.schemes = self.instances(SKOS + "Concept"), self.instances(SKOS + "ConceptScheme")
        self.living = [iri for iri in self.concepts if iri not in self.retired]
        self.names = {iri for iri in self.concepts if not iri.startswith("_:")}

    def texts(self, iri: str, predicate: str) -> list[str]:
        """The literals of a property as strings."""
        return [value.value for value in self.get(iri, predicate)]

    def links(self, iri: str, name: str) -> list[str]:
        """What *iri* is linked to by a SKOS property, as stated."""
        return self.iris(iri, SKOS + name)

    def label(self, iri: str) -> str:
        """The end of the IRI, as files write it; after a number the label."""
        end = iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
        found = "" if any(map(str.isalpha, end)) else next(iter(self.texts(iri, SKOS + "prefLabel")), "")
        return f"{end} {found!r}" if found else end

    @cached_property
    def broader(self) -> dict[str, set[str]]:
        """The broader concepts of each concept, stated from either side."""
        found: dict[str, set[str]] = defaultdict(set)
        for iri in self.concepts:
            found[iri] |= {b for b in self.links(iri, "broader") if b != iri}
            for narrower in self.links(iri, "narrower"):
                if narrower != iri:
                    found[narrower].add(iri)
        return found

    def above(self, *iris: str) -> set[str]:
        """Everything above some concepts; of those in a circle, they too. To keep this for all would be quadratic."""
        return _reached(iris, self.broader)

    @cached_property
    def circles(self) -> dict[str, set[str]]:
        """For each concept that is above itself the circle it stands in: all that is both above and below it."""
        narrower: dict[str, set[str]] = defaultdict(set)
        for iri, above in self.broader.items():
            for each in above:
                narrower[each].add(iri)
        found, done = dict[str, set[str]](), set[str]()  # a concept that is done is in no circle with one that is not
        for iri in self.concepts:
            if iri not in done and iri in (over := _reached([iri], self.broader, done)):
                circle = over & _reached([iri], narrower, done)
                found |= dict.fromkeys(circle, circle)
                done |= circle
            done.add(iri)
        return found

    @cached_property
    def related(self) -> dict[str, set[str]]:
        """The related concepts of each concept, stated from either side."""
        found: dict[str, set[str]] = defaultdict(set)
        for iri in self.concepts:
            for other in self.links(iri, "related"):
                found[iri].add(other)
                found[other].add(iri)
        return found

    @cached_property
    def members(self) -> dict[str, set[str]]:
        """The schemes each concept stands in."""
        return defaultdict(set, {i: {*self.links(i, "inScheme")} | self.tops[i] for i in [*self.tops, *self.concepts]})

    @cached_property
    def tops(self) -> dict[str, set[str]]:
        """The schemes whose top concept each concept is said to be."""
        found: dict[str, set[str]] = defaultdict(set)
        for iri in self.concepts:
            found[iri] |= set(self.links(iri, "topConceptOf"))
        for scheme in self.schemes:
            for top in self.links(scheme, "hasTopConcept"):
                found[top].add(scheme)
        return found


def _reached(starts: Iterable[str], links: dict[str, set[str]], without: Container[str] = ()) -> set[str]:
    """All that one comes to from *starts* by one link or more, past nothing in *without*."""
    seen, todo = set[str](), [*starts]
    while todo:
        new = [each for each in links.get(todo.pop(), ()) if each not in seen and each not in without]
        seen.update(new)
        todo += new
    return seen


def unprintable(text: str) -> bool:
    """Whether a sign in *text* does not show: those that join and part letters (Cf) may stay."""
    signs = {sign for sign in text if not sign.isalnum() and sign not in " \t\n\r"}
    return any(sign in "\ufffd\ufeff\u200b" or unicodedata.category(sign) in ("Cc", "Co", "Cs") for sign in signs)
