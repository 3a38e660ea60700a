"""What an IRI of a knowledge base names, and what is said of that in RDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from kb.bibliography.records import Records
from kb.corpus.ontology import Ontology
from kb.corpus.sources import SLUG, texts
from kb.errors import BadQuery, NotFound, unknown
from kb.overview import VocabularyView
from kb.terms import DATASET, DERIVED_GRAPH, ONTOLOGY_GRAPH, PKB, VERSION, Names
from kb.views.named import Queries

if TYPE_CHECKING:
    from pyoxigraph import Triple

KINDS = ("concept", "source", "concepts", "ontology")  # that are described in RDF; the last two as a whole
CLAIM = re.compile(r"(c\d+)?")
SHOWN = 200  # characters of an address that a message repeats


class Thing(NamedTuple):
    """What an IRI names: its kind, its id, and the part of the thing that is meant, such as a claim of a source.

    *kind* is concept, source, scheme, term, ontology, dataset or version; what is only mentioned is "other" and has
    its IRI as id.
    """

    kind: str
    id: str
    part: str = ""


class Things(NamedTuple):
    """The things of one generation."""

    names: Names
    ontology: Ontology
    records: Records
    queries: Queries

    def has(self, kind: str, id: str) -> bool:
        """Whether there is a concept or source called *id*."""
        if kind == "concept":
            return id in self.ontology.concepts
        return kind == "source" and id in self.records

    def triples(self, kind: str, id: str) -> Iterable[Triple]:
        """What is said of a concept or source, of all schemes with their concepts, or in the ontology as a whole.

        Of a source that is its named graph, claims included; of a concept also the claims about it.
        """
        store = self.queries.store
        if kind == "concept":
            return store.triples(self.queries.text("concept", self.ontology[id].iri))
        if kind == "concepts":
            return store.triples(self.queries.text("thesaurus"))
        if kind == "source":
            graph = self.names.iri("source", self.records[id].id)
        elif kind == "ontology":
            graph = ONTOLOGY_GRAPH
        else:
            raise BadQuery(f"no kind {kind!r} of things: choose one of {', '.join(KINDS)}")
        return (quad.triple for quad in store.graph(graph))

    def iri(self, kind: str, id: str) -> str:
        """The IRI of what `triples` tells of; of the schemes together there is none."""
        return self.ontology[id].iri if kind == "concept" else self.names.iri(kind, id) if kind == "source" else ""

    def named(self, iri: str, vocabulary: Callable[[], VocabularyView]) -> Thing:
        """What *iri* names; raises NotFound, with what was perhaps meant, where it names nothing here."""
        kind, id = self._split(iri)
        if iri in (DATASET, DERIVED_GRAPH):
            return Thing("dataset", "")
        if iri.startswith(VERSION):
            return Thing("version", iri.removeprefix(VERSION))
        if kind == "concept" or iri in self.ontology.concepts:  # whose id is its IRI, where it has no namespace of ours
            return Thing("concept", self.ontology[id if kind == "concept" else iri].id)
        if kind == "source":
            return self._work(*id.partition("#")[::2])
        if kind == "scheme":
            return Thing("scheme", _known("scheme", id, self.ontology.schemes))
        if kind == "question":
            return self._question(iri, id)
        spaces = (PKB, self.names.prefixes.get("asserted", PKB))
        if iri == ONTOLOGY_GRAPH or iri.rstrip("#") in {space.rstrip("#") for space in spaces}:
            return Thing("ontology", "")
        if kind in ("pkb", "asserted"):
            known = {term.id: term for group in vocabulary().groups for term in group.terms}
            return Thing("term", _known("term", f"{kind}:{id}", known))
        if not self.queries.store.mentions(iri):
            raise NotFound(f"nothing here is called <{iri[:SHOWN]}>")
        return Thing("other", iri)

    def moved(self, id: str) -> str:
        """Where the source or claim called *id* is to be found since it was merged; nothing where it was not."""
        if not SLUG.fullmatch(id.partition("#")[0]) or not CLAIM.fullmatch(id.partition("#")[2]):
            return ""
        rows = self.queries.rows("merged-into", self.names.iri("source", id))
        return next((self.names.id(row["into"] or "") for row in rows), "")

    def came_from(self, id: str, was: str) -> tuple[tuple[str, str], ...]:
        """Which claims of source *id* the claims of *was* have become, which was merged into it: old and new ids."""
        claims = self.records[id].data.get("claims") or ()
        return tuple((old, id + str(claim["id"])) for claim in claims for old in texts(claim.get("replaces"))
                     if old.partition("#")[0] == was)  # fmt: skip

    def _split(self, iri: str) -> tuple[str, str]:
        """The prefix of *iri*, if it has one of ours, and what stands behind its namespace."""
        spaces = sorted(self.names.prefixes.items(), key=lambda item: -len(item[1]))
        return next(((p, iri.removeprefix(space)) for p, space in spaces if iri.startswith(space)), ("", iri))

    def _work(self, id: str, claim: str) -> Thing:
        if id not in self.records and (into := self.moved(f"{id}#{claim}" if claim else id)):
            return self._work(*into.partition("#")[::2])
        found = self.records[id]
        if claim:
            known = {str(each.get("id", "")): each for each in found.data.get("claims") or ()}
            _known("claim", f"#{claim}", known)
        return Thing("source", id, claim)

    def _question(self, iri: str, id: str) -> Thing:
        """An open question stands on the page of what it is about, the first of several."""
        about = {row["question"] or "": row["about"] or "" for row in self.queries.rows("open-questions")}
        _known("question", id, {self._split(each)[1]: each for each in about})
        return Thing("concept", self.names.id(about[iri].split()[0]))


def _known(kind: str, id: str, known: Mapping[str, object]) -> str:
    if id not in known:
        raise NotFound(unknown(kind, id[:SHOWN], list(known)))
    return id
