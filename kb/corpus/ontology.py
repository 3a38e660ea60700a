"""The ontology: SKOS concepts with their labels, their tree, and the way from a label to a concept."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.corpus.sources import unknown
from kb.errors import BadHome, BadSource, NotFound
from kb.terms import DCTERMS, ONTOLOGY_GRAPH, OWL, RDF, SKOS, Names

if TYPE_CHECKING:
    from pyoxigraph import Quad

LANGUAGE = "en"
SHAPES = "shapes.ttl"


class Scheme(NamedTuple):
    """A concept scheme: id, IRI, its title and what it holds."""

    id: str
    iri: str
    label: str
    note: str


@dataclass(frozen=True)
class Concept:
    """One SKOS concept; links to other concepts are ids, sorted by label."""

    id: str
    iri: str
    label: str
    alt_labels: tuple[str, ...] = ()
    hidden_labels: tuple[str, ...] = ()
    definition: str = ""
    scope_note: str = ""
    schemes: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    matches: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label a reader may type, the preferred one first."""
        return (self.label, *self.alt_labels, *self.hidden_labels)


class Ontology:
    """The concepts and schemes in RDF *quads*.

    >>> from kb.terms import Names
    >>> names = Names({"concept": "http://e/c/"})
    >>> ontology = Ontology(parse_turtle('''@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    ...   <http://e/c/trust> a skos:Concept ; skos:prefLabel "Trust"@en ; skos:altLabel "Confiança"@pt .'''), names)
    >>> ontology["trust"].label, ontology.by_label("confianca")
    ('Trust', ['trust'])
    """

    def __init__(self, quads: Iterable[Quad], names: Names) -> None:
        self.names = names
        values: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        kinds: dict[str, list[str]] = defaultdict(list)
        for subject, predicate, value, _ in quads:
            values[subject.value][predicate.value].append(value)
            if predicate.value == RDF + "type":
                kinds[value.value].append(subject.value)
        self._values = values
        self.concepts = {c.id: c for c in map(self._concept, sorted(set(kinds[SKOS + "Concept"])))}
        self.title = next((self._text(iri, DCTERMS + "title") for iri in kinds[OWL + "Ontology"]), "")
        self.schemes = {s.id: s for s in map(self._scheme, kinds[SKOS + "ConceptScheme"])}

    def __getitem__(self, id: str) -> Concept:
        try:
            return self.concepts[id]
        except KeyError:
            raise NotFound(unknown("concept", id, list(self.concepts))) from None

    def by_label(self, text: str) -> list[str]:
        """The ids of concepts that carry *text* as any label; case and diacritics do not matter."""
        return self._by_label.get(fold(text), [])

    def narrower(self, id: str) -> set[str]:
        """*id* and every concept below it."""
        found, todo = set[str](), [self[id].id]
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo += [n for n in self[current].narrower if n in self.concepts]
        return found

    def tops(self, scheme: str) -> list[Concept]:
        """The concepts of a scheme that have no broader one in it, by label."""
        members = [c for c in self.concepts.values() if scheme in c.schemes]
        ids = {c.id for c in members}
        return sorted((c for c in members if not ids & set(c.broader)), key=lambda c: fold(c.label))

    @cached_property
    def _by_label(self) -> dict[str, list[str]]:
        labels = defaultdict(list)
        for concept in self.concepts.values():
            for label in dict.fromkeys(map(fold, concept.labels)):
                labels[label].append(concept.id)
        return dict(labels)

    @cached_property
    def _inverse(self) -> dict[str, dict[str, set[str]]]:
        """Links stated from the other side: object → predicate → subjects."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for subject, links in self._values.items():
            for link in ("broader", "narrower", "related", "hasTopConcept"):
                for value in links.get(SKOS + link, ()):
                    found[value.value][link].add(subject)
        return found

    def _concept(self, iri: str) -> Concept:
        links = self._values[iri]
        kinds = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
        return Concept(
            id=self.names.id(iri),
            iri=iri,
            label=self._text(iri, SKOS + "prefLabel") or self.names.id(iri),
            alt_labels=self._texts(iri, SKOS + "altLabel"),
            hidden_labels=self._texts(iri, SKOS + "hiddenLabel"),
            definition=self._text(iri, SKOS + "definition"),
            scope_note=self._text(iri, SKOS + "scopeNote"),
            schemes=self._ids(iri, "inScheme", "topConceptOf", inverse="hasTopConcept"),
            broader=self._ids(iri, "broader", inverse="narrower"),
            narrower=self._ids(iri, "narrower", inverse="broader"),
            related=self._ids(iri, "related", inverse="related"),
            matches=tuple((kind, v.value) for kind in kinds for v in links.get(SKOS + kind, ())),
        )

    def _scheme(self, iri: str) -> Scheme:
        label = self._text(iri, SKOS + "prefLabel") or self._text(iri, DCTERMS + "title") or self.names.id(iri)
        note = self._text(iri, SKOS + "scopeNote") or self._text(iri, DCTERMS + "description")
        return Scheme(self.names.id(iri), iri, label, note or self._text(iri, SKOS + "definition"))

    def _ids(self, iri: str, *predicates: str, inverse: str) -> tuple[str, ...]:
        stated = {v.value for p in predicates for v in self._values[iri].get(SKOS + p, ())}
        iris = stated | self._inverse.get(iri, {}).get(inverse, set())
        return tuple(self.names.id(i) for i in sorted(iris, key=lambda i: (self._text(i, SKOS + "prefLabel"), i)))

    def _texts(self, iri: str, predicate: str) -> tuple[str, ...]:
        return tuple(v.value for v in self._values[iri].get(predicate, ()))

    def _text(self, iri: str, predicate: str) -> str:
        """The value in the reader's language, else one without language, else the first there is."""
        values = self._values[iri].get(predicate, ()) if iri in self._values else ()
        order = (LANGUAGE, None)
        ranked = sorted(values, key=lambda v: order.index(v.language) if v.language in order else 2)
        return str(ranked[0].value) if ranked else ""


def files(folder: Path) -> list[Path]:
    """The Turtle files that make up the ontology: all but the shapes."""
    found = sorted(path for path in folder.glob("*.ttl") if path.name != SHAPES)
    if not found:
        raise BadHome(f"{folder}: holds no .ttl file; 'kb init' lays an ontology down")
    return found


def load(folder: Path) -> list[Quad]:
    """The ontology's triples, in the ontology's named graph."""
    quads: list[Quad] = []
    for path in files(folder):
        try:
            quads += parse_turtle(path.read_bytes().decode("utf-8"))
        except UnicodeDecodeError as error:
            raise BadSource(f"{path}: is not UTF-8; save the file as UTF-8") from error
        except SyntaxError as error:
            raise BadSource(f"{path}:{error.lineno or 1}: {error.msg}") from error
    return quads


def parse_turtle(text: str) -> list[Quad]:
    """The triples of a Turtle *text* in the ontology's named graph."""
    import pyoxigraph as ox

    graph = ox.NamedNode(ONTOLOGY_GRAPH)
    return [ox.Quad(q.subject, q.predicate, q.object, graph) for q in ox.parse(text, format=ox.RdfFormat.TURTLE)]


def fold(text: str) -> str:
    """*text* as labels are compared: no case, no diacritics, single spaces, hyphen as space.

    >>> fold("Co-Management  Água")
    'co management agua'
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(plain.replace("-", " ").replace("–", " ").split())
