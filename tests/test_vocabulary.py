"""The vocabulary is documented term by term, and its examples hold in the data."""

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.corpus import ontology
from kb.home import Home
from kb.terms import PKB, Names

ROOT = Path(__file__).parents[1]
ASSERTED = PKB.replace("ns#", "asserted#")
TEXT, QUADS = ontology.read_turtle(ROOT / "ontology" / "vocabulary.ttl")
NAMES = Names.of(Home(ROOT).context())
TERMS = sorted({q.subject.value for q in QUADS if q.subject.value.startswith((PKB, ASSERTED))})


def said(iri, *curies):
    """What the vocabulary says of *iri* by properties such as ``rdfs:label``."""
    wanted = {NAMES.prefixes[prefix] + local for prefix, local in (curie.split(":") for curie in curies)}
    return [q.object.value for q in QUADS if q.subject.value == iri and q.predicate.value in wanted]


@pytest.mark.parametrize("iri", TERMS, ids=NAMES.curie)
def test_a_term_has_a_label_a_comment_and_where_it_applies(iri):
    kinds = said(iri, "rdf:type")

    assert len(said(iri, "rdfs:label")) == len(said(iri, "rdfs:comment")) == 1
    assert said(iri, "rdfs:isDefinedBy") == [PKB.rstrip("#")]
    if any(kind.endswith("Property") or kind.endswith("#Relation") for kind in kinds):
        assert said(iri, "rdfs:domain") and said(iri, "rdfs:range")
    if any(kind.startswith(NAMES.prefixes["owl"]) for kind in kinds):  # values are shown in use by others
        assert said(iri, "skos:example")


@pytest.mark.parametrize("iri", TERMS, ids=NAMES.curie)
def test_a_term_stands_in_the_guide(iri):
    assert f"`{NAMES.curie(iri)}`" in (ROOT / "ontology" / "README.md").read_text(encoding="utf-8")


@pytest.mark.real
@pytest.mark.parametrize("iri", [iri for iri in TERMS if said(iri, "skos:example")], ids=NAMES.curie)
def test_an_example_is_true(iri, real_base):
    [example] = said(iri, "skos:example")
    prefixes = "".join(f"@prefix {name}: <{space}> .\n" for name, space in NAMES.prefixes.items())
    assert list(ox.parse(prefixes + example, format=ox.RdfFormat.TURTLE))  # it is Turtle, and so a pattern too
    query = "".join(f"PREFIX {name}: <{space}>\n" for name, space in NAMES.prefixes.items())

    found = real_base.query(query + f"ASK {{ {example} }}")

    assert b"true" in found.body, example


def test_the_versions_stand_in_the_changelog():
    versions = re.findall(r'owl:versionInfo "([^"]+)"', TEXT)
    versions += re.findall(r'owl:versionInfo "([^"]+)"', (ROOT / "ontology" / "partnership.ttl").read_text())

    assert len(versions) == 2
    for version in versions:
        assert f"ontology {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_no_concept_has_lost_its_id():
    """An id, once published, stays: a concept that is given up keeps its block, marked as retired."""
    published = (ROOT / "tests" / "golden" / "concept-ids.txt").read_text().split()
    ids = ontology.Ontology(ontology.load(ROOT / "ontology"), NAMES).concepts

    assert set(published) - ids.keys() == set()
