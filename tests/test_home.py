"""A new home is laid down whole or not at all."""

import ast
import subprocess
from pathlib import Path

import pytest

from kb import BadSource, NotFound
from kb.graph.examples import read
from kb.home import init

ROOT = Path(__file__).parents[1]
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


def test_git_ignores_the_texts_of_works_in_a_new_home(tmp_path):
    file = tmp_path / "terms.ttl"
    file.write_text(VOCABULARY + '<http://e/t/a> a skos:Concept ; skos:prefLabel "A"@en .')
    unpublished = ["reed-2001.txt", ".reed-2001.txt.9.tmp"]
    for home in (init(tmp_path / "ours"), init(tmp_path / "other", file)):
        git = ["git", "-C", str(home.corpus)]
        subprocess.run([*git, "init", "--quiet"], check=True)
        ignored = subprocess.check_output([*git, "check-ignore", *unpublished, "reed-2001.yaml"], text=True)

        assert ignored.split() == unpublished
        assert not list(home.corpus.glob("*.txt"))


def test_a_wheel_has_the_corpus_without_the_texts_of_works(tmp_path):
    file = ROOT / "hatch_build.py"  # whose imports are here only while a wheel is built
    [found] = [each for each in ast.parse(file.read_text()).body if getattr(each, "name", "") == "published"]
    made = {"Path": Path}
    exec(compile(ast.Module([found], []), str(file), "exec"), made)
    for name in ("reed-2001.yaml", "reed-2001.txt", "README.md", ".gitignore", ".reed-2001.txt.9.tmp"):
        (tmp_path / name).write_text("")

    assert made["published"](tmp_path) == {
        "corpus/README.md": "kb/_home/corpus/README.md",
        "corpus/reed-2001.yaml": "kb/_home/corpus/reed-2001.yaml",
    }
