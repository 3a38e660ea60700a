"""The Turtle files of the ontology as a curator changes them: what each says, and where a concept belongs."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from kb.corpus import ontology
from kb.corpus.check.vocabulary import Vocabulary
from kb.corpus.turtle import Document
from kb.errors import BadSource, NotFound, unknown
from kb.home import Home
from kb.saving import Change, etag
from kb.terms import DCTERMS, OWL, PKB, RDF, SKOS, XSD, Names

PROPOSED = "proposed.ttl"  # concepts that no editor has accepted yet
NOTE = """\
# Concepts that curators have proposed; an editor accepts, changes or declines each.
# They count as the others do. README.md beside this file says how a concept is written.
"""


class File(NamedTuple):
    """A Turtle file of the ontology: its name, its text, and what that says."""

    name: str
    text: str
    quads: list[Any]

    @property
    def path(self) -> str:
        """As changes and the history name it."""
        return f"ontology/{self.name}"

    def to(self, text: str | None) -> Change:
        """The change of this file to another text; with None it goes."""
        return Change(self.path, text, etag(self.text) if self.quads or self.text else None)


class ConceptFiles:
    """What the Turtle files of a *home* say now; a build may not have read it yet."""

    def __init__(self, home: Home) -> None:
        self.home, self.context = home, home.context()
        self.names = Names.of(self.context)
        self.files = [File(path.name, *ontology.read_turtle(path)) for path in ontology.files(home.ontology)]

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """All that the files say."""
        return Vocabulary(quad for file in self.files for quad in file.quads)

    @cached_property
    def ids(self) -> dict[str, str]:
        """The IRI of each concept by its id."""
        return {self.names.id(iri): iri for iri in self.vocabulary.names}

    @cached_property
    def schemes(self) -> dict[str, str]:
        """The IRI of each scheme by its id."""
        return {self.names.id(iri): iri for iri in self.vocabulary.schemes if not iri.startswith("_:")}

    @cached_property
    def curators(self) -> str:
        """What the IRIs of curators begin with."""
        term = self.context["@context"].get("curator")
        inner = term.get("@context", {}) if isinstance(term, dict) else {}
        return str(inner.get("@base") or PKB.replace("ns#", "curator/"))

    def iri(self, id: str) -> str:
        """The IRI of a concept; raises NotFound with what was perhaps meant."""
        try:
            return self.ids[id]
        except KeyError:
            raise NotFound(unknown("concept", id, list(self.ids))) from None

    def scheme(self, id: str) -> str:
        """The IRI of a scheme; raises NotFound with what was perhaps meant."""
        try:
            return self.schemes[id]
        except KeyError:
            raise NotFound(unknown("scheme", id, list(self.schemes))) from None

    def holder(self, iri: str) -> File:
        """The file with the block of a concept."""
        kind = SKOS + "Concept"
        for file in self.files:
            if any(q.subject.value == iri and q.predicate.value == RDF + "type" and q.object.value == kind
                   for q in file.quads):  # fmt: skip
                return file
        raise NotFound(unknown("concept", self.names.id(iri), list(self.ids)))

    @property
    def proposed(self) -> File:
        """The file of proposed concepts; without text where there is none yet."""
        return next((file for file in self.files if file.name == PROPOSED), File(PROPOSED, "", []))

    def main(self, scheme: str) -> File:
        """The file that most concepts of a scheme stand in, or the scheme itself, and which is not `PROPOSED`."""
        others = [file for file in self.files if file.name != PROPOSED]
        return max(others, key=lambda file: _members(file, scheme))

    def head(self, like: File) -> str:
        """How a file of concepts begins: the prefixes of another file, and those that are needed besides."""
        prefixes = dict(Document(like.text).prefixes)
        needed = {"skos": SKOS, "dcterms": DCTERMS, "owl": OWL, "pkb": PKB, "xsd": XSD, "curator": self.curators}
        needed |= {name: self.names.prefixes[name] for name in ("concept", "scheme") if name in self.names.prefixes}
        for name, space in needed.items():
            if space not in prefixes.values() and name not in prefixes:
                prefixes[name] = space
        return "".join(f"@prefix {name}: <{space}> .\n" for name, space in sorted(prefixes.items()))


def _members(file: File, scheme: str) -> tuple[int, bool, int]:
    """How many concepts of a scheme stand in a file, whether it names the scheme, and how many concepts there are."""
    links = {SKOS + "inScheme", SKOS + "topConceptOf"}
    count = sum(q.predicate.value in links and q.object.value == scheme for q in file.quads)
    concepts = sum(getattr(q.object, "value", "") == SKOS + "Concept" for q in file.quads)
    return count, any(q.subject.value == scheme for q in file.quads), concepts


def parsed(text: str, where: str) -> list[Any]:
    """What a Turtle text says that is to be written; an error of ours or of a file is told as one of that file."""
    try:
        return ontology.parse_turtle(text)
    except SyntaxError as error:
        raise BadSource(f"{where}:{error.lineno or 1}: {error.msg}") from error
