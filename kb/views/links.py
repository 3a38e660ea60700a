"""What a page links to: concepts by their labels in the reader's language, sources by their citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from kb.bibliography.lists import Citer
from kb.bibliography.records import COMPLETE, Records
from kb.bibliography.styles import REFERENCE_STYLES
from kb.corpus.ontology import Concept, Ontology
from kb.evidence import SourceRef
from kb.overview import Ref
from kb.terms import Names

REMEMBERED = 10_000  # references that are kept for the next page

T = TypeVar("T")


class Links:
    """From an IRI in a row to the concept or source to link to."""

    def __init__(self, names: Names, ontology: Ontology, records: Records) -> None:
        self.names, self.ontology, self.records = names, ontology, records
        self._sources: dict[str, SourceRef] = {}
        self.cite = Citer(records, next(iter(REFERENCE_STYLES)))  # in running text, where no style is asked for

    def id(self, iri: str | None) -> str:
        """The id of the concept, source, claim or scheme with that IRI."""
        return self.names.id(iri or "")

    def ids(self, iris: str | None) -> list[str]:
        """The ids for several IRIs in one value, sorted."""
        return sorted(map(self.id, (iris or "").split()))

    def concept(self, id: str) -> Ref:
        """The concept called *id*."""
        concept = self.ontology.concepts.get(id)
        return Ref(id, concept.shown if concept else id)

    def concepts(self, ids: Iterable[str]) -> tuple[Ref, ...]:
        """The concepts called *ids*."""
        return tuple(map(self.concept, ids))

    def listed(self, iris: Iterable[str | None]) -> tuple[Ref, ...]:
        """The concepts with these IRIs, each once, in the order of a list."""
        return self.concepts(map(self.id, self.ontology.listed(iri or "" for iri in iris)))

    def scheme(self, concept: Concept) -> Ref | None:
        """The scheme that *concept* is in, the first of several."""
        scheme = self.ontology.schemes.get(concept.schemes[0]) if concept.schemes else None
        return Ref(scheme.id, scheme.label) if scheme else None

    def scheme_label(self, id: str) -> str:
        """The label of the scheme that the concept called *id* is in, if it is in one."""
        concept = self.ontology.concepts.get(id)
        scheme = self.scheme(concept) if concept else None
        return scheme.label if scheme else ""

    def source(self, id: str, locator: str | None = None) -> SourceRef:
        """The source called *id*, and where in it to look."""
        found = self._sources.get(id)
        if found is None:
            data = self.records[id].data
            state = str(data.get("state") or COMPLETE)
            found = SourceRef(id, self.records.citation(id), data.get("title"), state)
            if len(self._sources) > REMEMBERED:
                self._sources.clear()
            self._sources[id] = found
        return found._replace(locator=locator) if locator else found

    def retracted(self, id: str) -> bool:
        """Whether the source called *id* is retracted."""
        return self.records[id].data.get("status") == "retracted"

    def year(self, id: str) -> int | None:
        """The year of the source called *id*, where it is known."""
        issued = str(self.records[id].data.get("issued") or "")[:4]
        return int(issued) if issued.isdecimal() else None


def in_order(found: Iterable[T], order: Sequence[T]) -> tuple[T, ...]:
    """What was *found*, each once, in the *order* that a file has it in; RDF has none."""
    place = {each: number for number, each in enumerate(order)}
    return tuple(sorted(dict.fromkeys(found), key=lambda each: place.get(each, len(place))))
