"""The ontology: SKOS concepts with their labels, their tree, and the way from a label to a concept."""

from __future__ import annotations

import copy
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.errors import BadHome, BadSource, NotFound, unknown
from kb.terms import DCTERMS, FOAF, LANGUAGE, ONTOLOGY_GRAPH, OWL, PKB, RDF, RDFS, SKOS, Names

if TYPE_CHECKING:
    from pyoxigraph import Quad

SHAPES = "shapes.ttl"
LABELS = ("prefLabel", "altLabel", "hiddenLabel")
TITLES = (DCTERMS + "title", RDFS + "label", "http://purl.org/dc/elements/1.1/title")
MAPPINGS = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
SHORT = 3  # letters: a label in capitals up to this long, such as US, is no word written large


class Scheme(NamedTuple):
    """A concept scheme: id, IRI, its title and what it holds."""

    id: str
    iri: str
    label: str
    note: str


class Proposal(NamedTuple):
    """Who proposed a concept that no editor has accepted yet, and when (YYYY-MM-DD), as far as that is known."""

    by: str
    day: str


@dataclass(frozen=True)
class Concept:
    """One SKOS concept in the reader's language; links to other concepts are ids, sorted by label."""

    id: str
    iri: str
    label: str
    language: str = LANGUAGE  # of the label
    alt_labels: tuple[str, ...] = ()
    hidden_labels: tuple[str, ...] = ()
    foreign_labels: tuple[str, ...] = field(default=(), repr=False)  # in the languages that are not shown
    definition: str = ""
    scope_note: str = ""
    schemes: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    matches: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    groups: bool = False  # a heading that sorts others, and no concept of the literature
    retired: bool = False
    replaced_by: tuple[str, ...] = ()
    proposed: Proposal | None = None

    @property
    def shown(self) -> str:
        """The label, with what sets the concept apart from those that are in use and accepted."""
        return self.label + (" (retired)" if self.retired else " (proposed)" if self.proposed else "")

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything it is called, in any language."""
        return (self.label, *self.alt_labels, *self.hidden_labels, *self.foreign_labels)


class Statements:
    """RDF *quads* by subject and property, the literals apart from the links.

    Blank nodes and triple terms are in `values` alone. A subject without IRI is written _:x.
    """

    def __init__(self, quads: Iterable[Any]) -> None:
        import pyoxigraph as ox

        self.values: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
        self._literals: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._links: dict[tuple[str, str], list[str]] = defaultdict(list)
        for subject, predicate, value, *_ in quads:
            iri = subject.value if isinstance(subject, ox.NamedNode) else str(subject)
            self.values[iri][predicate.value].append(value)
            if isinstance(value, ox.Literal):
                self._literals[iri, predicate.value].append(value)
            elif isinstance(value, ox.NamedNode):
                self._links[iri, predicate.value].append(value.value)

    def get(self, iri: str, predicate: str) -> list[Any]:
        """The literals of a property; none for a subject that is not here."""
        return self._literals.get((iri, predicate), [])

    def iris(self, iri: str, predicate: str) -> list[str]:
        """The IRIs that a property leads to."""
        return self._links.get((iri, predicate), [])

    def instances(self, kind: str) -> list[str]:
        """The subjects of a class."""
        return [iri for iri in self.values if kind in self.iris(iri, RDF + "type")]


class Ontology:
    """The concepts and schemes in RDF *quads*, with labels in *language* where there are any.

    >>> from kb.terms import Names
    >>> names = Names({"concept": "http://e/c/"})
    >>> ontology = Ontology(parse_turtle('''@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    ...   <http://e/c/trust> a skos:Concept ; skos:prefLabel "Trust"@en, "Confiança"@pt .'''), names)
    >>> ontology["trust"].label, ontology.in_language("pt-BR")["trust"].label
    ('Trust', 'Confiança')
    """

    def __init__(self, quads: Iterable[Quad], names: Names, language: str = LANGUAGE) -> None:
        self.names, self._said = names, Statements(quads)
        self._arrange(language)

    def _arrange(self, language: str) -> None:
        self.language = language
        self._sorting: dict[str, tuple[bool, str, str, str]] = {}
        self.concepts = {c.id: c for c in map(self._concept, sorted(self._said.instances(SKOS + "Concept")))}
        self.schemes = {s.id: s for s in map(self._scheme, self._said.instances(SKOS + "ConceptScheme"))}
        first = next((scheme.label for scheme in self.schemes.values()), "")
        self.title = self._text(ONTOLOGY_GRAPH, DCTERMS + "title") or first

    def in_language(self, language: str) -> Ontology:
        """The same ontology for a reader of another language."""
        if language == self.language:
            return self
        other = copy.copy(self)
        other._arrange(language)
        return other

    @cached_property
    def languages(self) -> list[str]:
        """The languages that concepts have labels in, the most used first."""
        found: dict[str, int] = defaultdict(int)
        for concept in self.concepts.values():
            for label in self._said.get(concept.iri, SKOS + "prefLabel"):
                found[label.language or ""] += 1
        return sorted(filter(None, found), key=lambda language: (-found[language], language))

    def __getitem__(self, id: str) -> Concept:
        try:
            return self.concepts[id]
        except KeyError:
            raise NotFound(unknown("concept", id, list(self.concepts))) from None

    def called(self, text: str) -> list[str]:
        """The ids of the concepts with that label, in any language; those known by it first, retired ones last."""
        key = label_key(text)
        found = [(each.retired, label_key(each.label) != key, each.id) for each in self.concepts.values()
                 if key in map(label_key, each.labels)]  # fmt: skip
        return [id for *_, id in sorted(found)]

    def narrower(self, id: str) -> set[str]:
        """*id* and every concept below it."""
        found, todo = set[str](), [self[id].id]
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo += [n for n in self[current].narrower if n in self.concepts]
        return found

    def above(self, id: str) -> set[str]:
        """*id* and every concept that has it among its `narrower` ones."""
        found, todo = set[str](), [id]
        while todo:
            current = todo.pop()
            if current not in found:
                found.add(current)
                todo += self._parents.get(current, ())
        return found

    @cached_property
    def _parents(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for concept in self.concepts.values():
            for id in concept.narrower:
                found[id].append(concept.id)
        return dict(found)

    def listed(self, iris: Iterable[str]) -> list[str]:
        """The IRIs of concepts, each once, in the order of a list: by notation where there is one, then by label."""
        return sorted(set(iris), key=self._sort_key)

    def term(self, iri: str) -> str:
        """The label of a class, property or value of the vocabulary, or nothing."""
        return self._text(iri, RDFS + "label")

    def explained(self, iri: str) -> str:
        """What is said of a class, property or value of the vocabulary in a sentence or two, or nothing."""
        return self._text(iri, RDFS + "comment")

    def relations(self) -> dict[str, tuple[str, str]]:
        """The relations between concepts: the IRI of each, and how it reads from its object to its subject.

        They go by the property through which a claim puts them forward.
        """
        found = ((relation, self._text(relation, PKB + "inverseLabel"), asserted)
                 for relation in self._said.instances(PKB + "Relation")
                 for asserted in self._said.iris(relation, PKB + "assertedBy"))  # fmt: skip
        return {asserted: (relation, inverse) for relation, inverse, asserted in found}

    def peer_reviewed(self, iri: str) -> bool:
        """Whether works of the class are, as a rule, read by peers before they appear."""
        return any(value.value == "true" for value in self._said.get(iri, PKB + "peerReviewed"))

    @cached_property
    def _inverse(self) -> dict[str, dict[str, set[str]]]:
        """Links stated from the other side: object → predicate → subjects."""
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for subject in self._said.values:
            for link in ("broader", "narrower", "related", "hasTopConcept"):
                for iri in self._said.iris(subject, SKOS + link):
                    found[iri][link].add(subject)
        return found

    def _concept(self, iri: str) -> Concept:
        links = self._said.iris
        labels = {name: self._said.get(iri, SKOS + name) for name in LABELS}
        pref = self._preferred(labels["prefLabel"])
        label = pref.value if pref else self.names.id(iri)
        language = (pref.language if pref else None) or LANGUAGE
        shown = {name: [v.value for v in found if v.language in (language, None)] for name, found in labels.items()}
        every = dict.fromkeys(v.value for found in labels.values() for v in found)
        return Concept(
            id=self.names.id(iri),
            iri=iri,
            label=label,
            language=language,
            alt_labels=tuple(shown["altLabel"]),
            hidden_labels=tuple(shown["hiddenLabel"]),
            foreign_labels=tuple(text for text in every if all(text not in texts for texts in shown.values())),
            definition=self._text(iri, SKOS + "definition"),
            scope_note=self._text(iri, SKOS + "scopeNote"),
            schemes=self._ids(iri, "inScheme", "topConceptOf", inverse="hasTopConcept"),
            broader=self._ids(iri, "broader", inverse="narrower"),
            narrower=self._ids(iri, "narrower", inverse="broader"),
            related=self._ids(iri, "related", inverse="related"),
            matches=tuple((kind, other) for kind in MAPPINGS for other in links(iri, SKOS + kind)),
            groups=PKB + "GroupingConcept" in links(iri, RDF + "type"),
            retired=self._retired(iri),
            replaced_by=tuple(map(self.names.id, links(iri, DCTERMS + "isReplacedBy"))),
            proposed=self._proposal(iri) if PKB + "draft" in links(iri, PKB + "reviewStatus") else None,
        )

    def _proposal(self, iri: str) -> Proposal:
        creator = next(iter(self._said.iris(iri, DCTERMS + "creator")), "")
        by = self._text(creator, FOAF + "name") or creator.replace("#", "/").rpartition("/")[2]
        return Proposal(by, self._text(iri, DCTERMS + "created"))

    def _retired(self, iri: str) -> bool:
        return any(v.value == "true" for v in self._said.get(iri, OWL + "deprecated"))

    def _scheme(self, iri: str) -> Scheme:
        label = next(
            filter(None, (self._text(iri, name) for name in (SKOS + "prefLabel", *TITLES))), self.names.id(iri)
        )
        note = self._text(iri, SKOS + "scopeNote") or self._text(iri, DCTERMS + "description")
        return Scheme(self.names.id(iri), iri, label, note or self._text(iri, SKOS + "definition"))

    def _ids(self, iri: str, *predicates: str, inverse: str) -> tuple[str, ...]:
        stated = {other for p in predicates for other in self._said.iris(iri, SKOS + p)}
        found = stated | self._inverse.get(iri, {}).get(inverse, set())
        return tuple(map(self.names.id, self.listed(other for other in found if not self._retired(other))))

    def _sort_key(self, iri: str) -> tuple[bool, str, str, str]:
        """By notation where there is one, which is how SKOS tells an order, then by label."""
        if iri not in self._sorting:
            notation = self._text(iri, SKOS + "notation")
            self._sorting[iri] = (not notation, notation, fold(self._text(iri, SKOS + "prefLabel")), iri)
        return self._sorting[iri]

    def _text(self, iri: str, predicate: str) -> str:
        found = self._preferred(self._said.get(iri, predicate))
        return str(found.value) if found else ""

    def _preferred(self, values: Iterable[Any]) -> Any:
        """The value in the reader's language, else one without language, else in ours, else the first there is."""
        order = (self.language, self.language.partition("-")[0], None, LANGUAGE)
        return min(values, key=lambda v: order.index(v.language) if v.language in order else len(order), default=None)


def files(folder: Path) -> list[Path]:
    """The Turtle files that make up the ontology: all but the shapes."""
    found = sorted(path for path in folder.glob("[!.]*.ttl") if path.name != SHAPES)
    if not found:
        raise BadHome(f"{folder}: holds no .ttl file; 'kb init' lays an ontology down")
    return found


def load(folder: Path) -> list[Quad]:
    """The ontology's triples, in the ontology's named graph."""
    return [quad for path in files(folder) for quad in read_turtle(path)[1]]


def read_turtle(path: Path) -> tuple[str, list[Quad]]:
    """The text of a Turtle file and its triples; an error names the file, the line and what is wrong."""
    try:
        text = path.read_bytes().decode("utf-8")
        if text.startswith("\ufeff"):
            raise BadSource(f"{path}:1: begins with a byte order mark; save the file as UTF-8 without one")
        return text, parse_turtle(text)
    except FileNotFoundError:
        raise NotFound(f"no file {path}") from None
    except OSError as error:
        raise BadSource(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadSource(f"{path}: is not UTF-8; save the file as UTF-8") from error
    except SyntaxError as error:
        raise BadSource(f"{path}:{error.lineno or 1}: {error.msg}") from error


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
    plain = text.casefold()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return " ".join(plain.replace("-", " ").replace("–", " ").replace("’", "'").split())


def label_key(text: str) -> str:
    """What two labels share that mean the same: `fold`, but a short one in capitals stays as it is.

    >>> label_key("UK"), label_key("us")
    ('UK', 'us')
    """
    return text if len(text) <= SHORT and text.isupper() else fold(text)
