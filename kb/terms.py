"""Names: the namespaces of a home, and the way from an id to its IRI and back."""

from __future__ import annotations

from typing import Any, NamedTuple

PKB = "https://w3id.org/partnership-kb/ns#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
OWL = "http://www.w3.org/2002/07/owl#"
PROV = "http://www.w3.org/ns/prov#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
FOAF = "http://xmlns.com/foaf/0.1/"

LANGUAGE = "en"  # of the interface, and of labels where the reader's language has none

ONTOLOGY_GRAPH = "https://w3id.org/partnership-kb/graph/ontology"
DERIVED_GRAPH = "https://w3id.org/partnership-kb/graph/derived"
DATASET = "https://w3id.org/partnership-kb/dataset"  # all graphs together
VERSION = "https://w3id.org/partnership-kb/version/"  # and behind it which state of the data set


class Names(NamedTuple):
    """The prefixes that a home's JSON-LD context declares.

    >>> names = Names({"concept": "http://example.org/c/", "source": "http://example.org/s/"})
    >>> names.iri("concept", "barrier-distance")
    'http://example.org/c/barrier-distance'
    >>> names.id("http://example.org/s/testwell-2010#c1")
    'testwell-2010#c1'
    """

    prefixes: dict[str, str]

    @classmethod
    def of(cls, context: dict[str, Any]) -> Names:
        """The namespace prefixes of a JSON-LD *context*: its plain terms that end like a namespace."""
        terms = context["@context"].items()
        return cls(
            {key: value for key, value in terms if isinstance(value, str) and value[-1:] in "/#" and ":" in value}
        )

    def iri(self, kind: str, id: str) -> str:
        """The IRI of the concept, source or claim called *id*; *kind* is a prefix of the context."""
        return self.prefixes[kind] + id

    def curie(self, iri: str) -> str:
        """*iri* with a prefix in place of its namespace; the whole of it where no prefix fits."""
        spaces = sorted(self.prefixes.items(), key=lambda item: -len(item[1]))
        return next((f"{p}:{iri.removeprefix(space)}" for p, space in spaces if iri.startswith(space)), iri)

    def full(self, curie: str) -> str:
        """The IRI that *curie* is short for; itself where its prefix is none of ours."""
        prefix, _, local = curie.partition(":")
        return self.prefixes[prefix] + local if prefix in self.prefixes else curie

    def id(self, iri: str) -> str:
        """The part of *iri* after the namespace of concepts or sources; the whole of it elsewhere."""
        for kind in ("concept", "source", "scheme"):
            namespace = self.prefixes.get(kind)
            if namespace and iri.startswith(namespace):
                return iri.removeprefix(namespace)
        return iri
