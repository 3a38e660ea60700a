"""What a reader is shown of a concept, a source or the whole: rows of named queries, as objects."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any, NamedTuple

from kb import overview
from kb.bibliography import people
from kb.bibliography.lists import Citer
from kb.bibliography.records import Records
from kb.bibliography.styles import check_written
from kb.corpus.ontology import Ontology
from kb.errors import BadHome, NotFound
from kb.evidence import ClaimView, cited_by
from kb.graph.store import Store
from kb.home import Home
from kb.overview import Facet, Stats, VocabularyView, Word
from kb.retrieval.complete import Completion
from kb.retrieval.facets import Counts
from kb.retrieval.scope import Filters
from kb.terms import ONTOLOGY_GRAPH, Names
from kb.views import authors, concepts, facets, sources
from kb.views.authors import AuthoredWork, AuthorRef, Authors, AuthorView, Spelling, Treated
from kb.views.branches import Branches, Labels, branches, walked
from kb.views.browse import Bar, Listing, Shelf, SourcesView, Wanted
from kb.views.claims import Claims
from kb.views.concepts import ConceptView, Match, Node, Places, SchemeView
from kb.views.links import Links
from kb.views.named import Queries
from kb.views.sources import SourceView, Treatment
from kb.views.things import Thing, Things

__all__ = [
    "AboutView", "AuthorRef", "AuthorView", "AuthoredWork", "Bar", "Branches", "ConceptView", "Listing", "Match",
    "Node", "SchemeView", "SourceView", "SourcesView", "Thing", "Treated", "Treatment", "Views", "Wanted",
]  # fmt: skip


class AboutView(NamedTuple):
    """What explains the evidence: a claim that is well known and that others stand to, and counts."""

    example: ClaimView | None
    stats: Stats


class Before(NamedTuple):
    """What pages were made from in the generation before, and what the files said there that have changed since."""

    shelf: Shelf | None
    authors: Authors | None
    changed: Mapping[str, dict[str, Any] | None]

    def touched(self, records: Records) -> set[str]:
        """The sources of which the list may say something else: those that changed, and those that they cite."""
        found = set(self.changed)
        for id, data in self.changed.items():
            for each in (data, _data(records, id)):
                found |= set(map(str, (each or {}).get("cites") or ()))
        return found

    def same_names(self, records: Records) -> bool:
        """Whether everybody is named as before."""
        pairs = ((data or {}, _data(records, id)) for id, data in self.changed.items())
        return all([*people.named(before)] == [*people.named(now)] for before, now in pairs)


def _data(records: Records, id: str) -> dict[str, Any]:
    return records[id].data if id in records else {}


class Views:
    """The pages of one generation, with labels in one language.

    What they are made from can be asked too: the named *queries*, the *links* to concepts and sources, the *claims*.
    """

    def __init__(
        self, home: Home, names: Names, store: Store, records: Records, before: Before | None = None
    ) -> None:  # fmt: skip
        self._before = before
        self._names, self._store, self._records = names, store, records
        self.queries = Queries(home, store)
        self._speak(Ontology(store.graph(ONTOLOGY_GRAPH), names))

    def _speak(self, ontology: Ontology) -> None:
        self.ontology = ontology
        self.links = Links(self._names, ontology, self._records)
        self.claims = Claims(self.queries, self.links)

    def after(self, changed: Iterable[str]) -> Before:
        """What the next generation can take over, whose files say otherwise of the sources *changed*."""
        data = {id: self._records[id].data if id in self._records else None for id in changed}
        return Before(self.__dict__.get("_shelf"), self.__dict__.get("_authors"), data)

    def in_language(self, language: str) -> Views:
        """The same pages for a reader of another language."""
        other = copy.copy(self)
        for made in ("_trees", "_labels", "_about", "_kinds"):
            other.__dict__.pop(made, None)
        other._speak(self.ontology.in_language(language))
        return other

    def concept(self, id: str) -> ConceptView:
        """The concept called *id*."""
        return concepts.concept(id, self.queries, self.links, self.claims, self._places)

    def concepts(self) -> tuple[SchemeView, ...]:
        """Every scheme with its concepts as a tree."""
        return self._trees

    @cached_property
    def _trees(self) -> tuple[SchemeView, ...]:
        return concepts.trees(self._places, self.ontology)

    def branches(self, text: str) -> Branches:
        """What of the trees leads to the concepts with a label that holds *text*."""
        return branches(text, self._trees, self._labels, self.ontology)

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.ontology, dict.fromkeys(id for tree in self._trees for id in walked(tree.concepts)))

    @cached_property
    def _places(self) -> Places:
        return Places(self.queries.rows("concepts"))

    def source(self, id: str, style: str = "apa") -> SourceView:
        """The source called *id*, its claims with citations in a *style*."""
        if id not in self._records and (into := self.things().moved(id)):
            raise NotFound(f"no source {id!r}: it was merged into {into!r}")
        view, citer = sources.source(id, self.queries, self.links, self.claims), self.citer(style)
        return view._replace(claims=tuple(cited_by(claim, citer) for claim in view.claims))

    def citer(self, style: str) -> Citer:
        """What cites works in running text in a *style*; raises BadQuery for one that is not there."""
        check_written(style)
        return Citer(self._records, style)

    def sources(self, wanted: Wanted) -> SourcesView:
        """The sources, narrowed and sorted."""
        return self._shelf.view(wanted, self.ontology)

    @cached_property
    def _shelf(self) -> Shelf:
        if self._before and self._before.shelf:
            touched = self._before.touched(self._records)
            iris = [self._names.iri("source", id) for id in touched]
            with suppress(BadHome):  # a home's older query cannot be asked for some
                rows = self._store.rows(self.queries.narrowed("sources", {"?source": iris})) if iris else []
                return self._before.shelf.with_changes(touched, rows, self._records, self._names)
        rows, context = self.queries.rows("sources"), self.queries.home.context()
        return Shelf(rows, self._records, self.ontology, self._fields, context)

    def author(self, id: str) -> AuthorView:
        """The author or editor called *id*."""
        return authors.author(id, self._authors, self.queries, self.links, self.claims)

    def authors(self, text: str = "") -> tuple[AuthorRef, ...]:
        """Who is named on works, by family name; with *text*, those whose names begin so."""
        return self._authors.called(text)

    def author_id(self, named: Mapping[str, Any]) -> str:
        """The id of the person that an entry of a record names; nothing where it names nobody."""
        return self._authors.id(named)

    @cached_property
    def _authors(self) -> Authors:
        if self._before and self._before.authors and self._before.same_names(self._records):
            return self._before.authors
        return Authors(self.queries.rows("authors"))

    def things(self) -> Things:
        """What IRIs name, and what is said of it in RDF."""
        return Things(self._names, self.ontology, self._records, self.queries)

    @cached_property
    def retracted(self) -> frozenset[str]:
        """The ids of the sources that are retracted."""
        return frozenset(self._names.id(row["source"] or "") for row in self._store.rows_named("retracted"))

    def kind_of_work(self, id: str) -> str:
        """The kind of work of the source called *id*, in words, unless such works are peer-reviewed as a rule."""
        return self._kinds.get(str(self._records[id].data.get("type") or "document"), "")

    @cached_property
    def _kinds(self) -> dict[str, str]:
        """The kinds of work that are not peer-reviewed as a rule, as files name them, each in words."""
        terms = self.queries.home.context()["@context"]
        iris = {kind: self._names.full(term) for kind, term in terms.items() if isinstance(term, str)}
        rest = {kind: iri for kind, iri in iris.items() if not self.ontology.peer_reviewed(iri)}
        return {kind: self.ontology.term(iri) or kind.replace("-", " ") for kind, iri in rest.items()}

    def noted(self, found: Completion) -> Completion:
        """What was completed, with what tells it from others: the scheme of a concept, the citation of a work."""
        if found.kind == "concept":
            return found._replace(note=self.links.scheme_label(found.id))
        return found._replace(note=self._records.citation(found.id)) if found.kind == "source" else found

    def facets(self, counts: Counts, filters: Filters) -> tuple[Facet, ...]:
        """The ways to narrow a list, from the *counts* of what each value of a filter would leave."""
        return facets.facets(counts, filters, self.ontology, self._names_of_values, self._fields)

    def choices(self) -> tuple[Facet, ...]:
        """What claims can be narrowed to by themselves, without counts: stance, basis and state of the record."""
        return facets.choices(self._names_of_values)

    def is_field(self, scheme: str) -> bool:
        """Whether the concepts of the scheme called *scheme* are the fields of works."""
        return scheme in self._fields

    @cached_property
    def _names_of_values(self) -> dict[str, str]:
        return {term.id: term.label for group in self.vocabulary().groups for term in group.terms}

    @cached_property
    def _fields(self) -> tuple[str, ...]:
        return tuple(self._names.id(row["scheme"] or "") for row in self.queries.rows("field-schemes"))

    def vocabulary(self) -> VocabularyView:
        """The vocabulary, its terms grouped by kind."""
        return overview.vocabulary(self.queries.rows, self._names, self.ontology)

    def words(self) -> tuple[Word, ...]:
        """What a query can be written with, for who types one."""
        return self._words

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        return overview.words(self.queries.rows, self._names, self.vocabulary())

    def stats(self) -> Stats:
        """What there is and what is missing, counted."""
        return overview.stats(self.queries.rows, self._names, self.ontology)

    def about(self) -> AboutView:
        """How statements are known here, by a claim as example, and how much rests on what."""
        return self._about

    @cached_property
    def _about(self) -> AboutView:
        claims = (self._names.id(row["claim"] or "") for row in self.queries.rows("example-claim"))
        return AboutView(next(iter(self.claims.called(claims)), None), self.stats())

    def counts(self) -> dict[str, int]:
        """How many concepts, sources, claims, relations and triples there are."""
        row = self.queries.rows("counts")[0]
        return {**{name: int(value or 0) for name, value in row.items()}, "triples": len(self._store)}

    def date(self) -> str:
        """The newest date in the data."""
        return (self.queries.rows("newest-date")[0]["date"] or "")[:10]

    def asked(self, name: str, about: str | Iterable[Spelling] | None = None) -> str:
        """The text of the named query that a list of a page is made from, for anybody to run.

        It is *about* the concept or source with an IRI, or the person with some names, as it is on that one's page.
        """
        return self.queries.text(name, *([about] if isinstance(about, str) else authors.about(about or ())))
