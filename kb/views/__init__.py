"""What a reader is shown of a concept, a source or the whole: rows of named queries, as objects."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from functools import cached_property

from kb import overview
from kb.bibliography.records import Records
from kb.corpus.ontology import Concept, Ontology
from kb.evidence import ClaimView, SourceRef
from kb.graph.store import Store
from kb.home import Home
from kb.overview import Ref, Stats, VocabularyView, Word
from kb.terms import ONTOLOGY_GRAPH, Names
from kb.views import concepts, sources
from kb.views.claims import Claims
from kb.views.concepts import ConceptView, Match, Node, Places, SchemeView
from kb.views.links import Links
from kb.views.named import Queries
from kb.views.sources import SourceView, Treatment
from kb.views.things import Thing, Things

__all__ = ["ConceptView", "Match", "Node", "SchemeView", "SourceView", "Thing", "Treatment", "Views"]


class Views:
    """The pages of one generation, with labels in one language."""

    def __init__(self, home: Home, names: Names, store: Store, records: Records) -> None:
        self._names, self._store, self._records = names, store, records
        self._queries = Queries(home, store)
        self._speak(Ontology(store.graph(ONTOLOGY_GRAPH), names))

    def _speak(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self._links = Links(self._names, ontology, self._records)
        self._claims = Claims(self._queries, self._links)

    def in_language(self, language: str) -> Views:
        """The same pages for a reader of another language."""
        other = copy.copy(self)
        other.__dict__.pop("_trees", None)
        other._speak(self.ontology.in_language(language))
        return other

    def concept(self, id: str) -> ConceptView:
        """The concept called *id*."""
        return concepts.concept(id, self._queries, self._links, self._claims)

    def concepts(self) -> tuple[SchemeView, ...]:
        """Every scheme with its concepts as a tree."""
        return self._trees

    @cached_property
    def _trees(self) -> tuple[SchemeView, ...]:
        return concepts.trees(self._places, self.ontology)

    @cached_property
    def _places(self) -> Places:
        return Places(self._queries.rows("concepts"))

    def source(self, id: str) -> SourceView:
        """The source called *id*."""
        return sources.source(id, self._queries, self._links, self._claims)

    def sources(self) -> tuple[SourceRef, ...]:
        """Every source, by citation."""
        return sources.sources(self._queries, self._links)

    def things(self) -> Things:
        """What IRIs name, and what is said of it in RDF."""
        return Things(self._names, self.ontology, self._records, self._queries)

    def evidence(self, ids: Iterable[str]) -> tuple[ClaimView, ...]:
        """The claims called *ids*, in that order."""
        return self._claims.called(ids)

    def reference(self, id: str) -> SourceRef:
        """The source called *id*, to link to."""
        return self._links.source(id)

    def scheme(self, concept: Concept) -> Ref | None:
        """The scheme that *concept* is in, the first of several."""
        return self._links.scheme(concept)

    def scheme_label(self, id: str) -> str:
        """The label of the scheme that the concept called *id* is in, if it is in one."""
        concept = self.ontology.concepts.get(id)
        scheme = self.scheme(concept) if concept else None
        return scheme.label if scheme else ""

    def vocabulary(self) -> VocabularyView:
        """The vocabulary, its terms grouped by kind."""
        return overview.vocabulary(self._queries.rows, self._names, self.ontology)

    def words(self) -> tuple[Word, ...]:
        """What a query can be written with, for who types one."""
        return self._words

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        return overview.words(self._queries.rows, self._names, self.vocabulary())

    def stats(self) -> Stats:
        """What there is and what is missing, counted."""
        return overview.stats(self._queries.rows, self._names, self.ontology)

    def counts(self) -> dict[str, int]:
        """How many concepts, sources, claims, relations and triples there are."""
        row = self._queries.rows("counts")[0]
        return {**{name: int(value or 0) for name, value in row.items()}, "triples": len(self._store)}

    def date(self) -> str:
        """The newest date in the data."""
        return (self._queries.rows("newest-date")[0]["date"] or "")[:10]

    def asked(self, name: str, iri: str | None = None) -> str:
        """The text of the named query that a list of a page is made from, for anybody to run.

        With *iri*, the query is about the concept or source with that IRI, as it is on that one's page.
        """
        return self._queries.text(name, *([iri] if iri else []))
