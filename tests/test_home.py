"""A new home is laid down whole or not at all."""

import pytest

from kb import BadSource, NotFound
from kb.graph.examples import read
from kb.home import init

VOCABULARY = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
BAD = {
    "no concept": ("<http://e/a> a <http://e/B> .", "holds no skos:Concept"),
    "broken": (VOCABULARY + "<http://e/a> a", ":2: "),
    "no namespace": (VOCABULARY + "<urn:x:1> a skos:Concept . <urn:x:2> a skos:Concept .", "no beginning in common"),
    "two hosts": (VOCABULARY + "<http://a/1> a skos:Concept . <http://b/2> a skos:Concept .", "no beginning in common"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_thesaurus_that_cannot_be_used_leaves_nothing_behind(tmp_path, case):
    text, why = BAD[case]
    file = tmp_path / "terms.ttl"
    file.write_text(text)

    with pytest.raises(BadSource, match=why):
        init(tmp_path / "home", file)

    assert not (tmp_path / "home").exists()


def test_a_thesaurus_that_is_not_there_or_is_a_folder_is_told(tmp_path):
    with pytest.raises(NotFound, match="no file"):
        init(tmp_path / "home", tmp_path / "none.ttl")
    with pytest.raises(BadSource, match="cannot be read"):
        init(tmp_path / "home", tmp_path)


@pytest.mark.parametrize("name", ["vocabulary.ttl", "shapes.ttl", "terms.rdf.txt"])
def test_a_thesaurus_may_have_any_name(tmp_path, name):
    file = tmp_path / name
    file.write_text(VOCABULARY + '<http://e/t/a> a skos:Concept ; skos:prefLabel "A"@en .')

    home = init(tmp_path / "home", file)

    assert (home.ontology / "thesaurus.ttl").read_text() == file.read_text()
    assert home.context()["@context"]["concept"] == "http://e/t/"
    assert b"pkb:Claim" in (home.ontology / "vocabulary.ttl").read_bytes()


def test_only_a_copy_of_our_home_has_our_examples(tmp_path):
    file = tmp_path / "terms.ttl"
    file.write_text(VOCABULARY + '<http://e/t/a> a skos:Concept ; skos:prefLabel "A"@en .')

    ours, other = init(tmp_path / "ours"), init(tmp_path / "other", file)

    assert len(read(ours.ontology / "examples")) >= 28
    assert read(other.ontology / "examples") == ()
    assert other.query("counts")  # the queries behind the pages are for any field
