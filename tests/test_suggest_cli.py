"""`kb suggest`: for a text, for each record of a file, for a source; and what is accepted changes its lines alone."""

import json

import pytest
from click.testing import CliRunner
from conftest import StubEncoder

from kb import KnowledgeBase, cli

BIB = """
@article{one, title = {Unequal power in the valley}, year = 2001}
@article{two, title = {Market days and mistrust}, year = 2002}
"""


@pytest.fixture
def kb(toy, monkeypatch):
    """Run a verb over a toy home of its own; the stub encoder stands in for the model."""
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=StubEncoder()))
    KnowledgeBase(toy, encoder=StubEncoder()).build()

    def run(*arguments, input=None):
        return CliRunner().invoke(cli.main, ["--home", str(toy), *map(str, arguments)], input=input)

    run.home = toy
    return run


def lines_changed(before, after):
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


def test_a_text_on_standard_input_gets_concepts_with_their_reasons(kb):
    printed = kb("suggest", "-", input="Their unequal power shows.").stdout

    assert "Power imbalance  [barrier-power-imbalance]" in printed
    assert "label found here: “unequal power”" in printed


def test_a_plain_text_is_one_work_and_a_bibliography_is_read_by_record(kb, tmp_path):
    (tmp_path / "note.txt").write_text("Market days.\n\nMarket days.")
    (tmp_path / "two.bib").write_text(BIB)
    plain = json.loads(kb("suggest", tmp_path / "note.txt", "--json").stdout)["suggested"]
    records = json.loads(kb("suggest", tmp_path / "two.bib", "--json", "--limit", 2).stdout)["suggested"]

    assert [each["of"] for each in plain] == ["note.txt"]
    assert [(each["of"], each["line"]) for each in records] == [
        ("Unequal power in the valley", 2),
        ("Market days and mistrust", 3),
    ]
    first = records[0]["suggestions"][0]
    assert list(first) == ["id", "label", "scheme", "score", "reasons"]
    assert list(first["reasons"][0]) == ["type", "text", "weight"]
    assert len(records[0]["suggestions"]) == 2


def test_a_source_file_elsewhere_is_read_by_its_title_and_summary(kb, tmp_path):
    (tmp_path / "new.yaml").write_text("type: book\ntitle: Market days\n")

    assert "[practice-regular-meetings]" in kb("suggest", tmp_path / "new.yaml").stdout


def test_a_source_here_gets_what_it_has_not(kb):
    printed = kb("suggest", "marlow-quist-2012").stdout

    assert printed.startswith("marlow-quist-2012\n")
    assert "[barrier-distance]" not in printed


def test_what_is_neither_file_nor_source_is_told_with_the_nearest(kb):
    found = kb("suggest", "marlow-quist-2021")

    assert found.exit_code == 1
    assert "no file or source 'marlow-quist-2021' (did you mean 'marlow-quist-2012'?)" in found.stderr


def test_accepting_changes_the_subjects_alone(kb):
    path = kb.home / "corpus" / "marlow-quist-2012.yaml"
    before = path.read_text()
    printed = kb("suggest", "marlow-quist-2012", "--accept", "barrier-mistrust").stdout
    old, new = lines_changed(before, path.read_text())

    assert "barrier-mistrust added to its subjects; next: kb build" in printed
    assert old == ["subjects: [barrier-distance, practice-regular-meetings]"]
    assert new == ["subjects: [barrier-distance, practice-regular-meetings, barrier-mistrust]"]
    assert "has them already" in kb("suggest", "marlow-quist-2012", "--accept", "barrier-mistrust").stdout


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_with_one_a_line_keeps_its_comments(kb, end):
    path = kb.home / "corpus" / "tarn-1987.yaml"
    lines = [
        "type: book",
        "title: Tarn",
        "subjects:  # two",
        "    - barrier-mistrust  # p. 3",
        "# of it",
        "note: N",
        "",
    ]
    text = end.join(lines)
    path.write_bytes(text.encode())
    kb("suggest", "tarn-1987", "--accept", "barrier-distance")

    assert path.read_bytes().decode() == text.replace("p. 3" + end, f"p. 3{end}    - barrier-distance{end}")


def test_a_source_without_subjects_gets_the_key_at_its_place(kb):
    path = kb.home / "corpus" / "tarn-1987.yaml"
    path.write_text("type: book\ntitle: Tarn\nsummary: On a tarn.\n")
    kb("suggest", "tarn-1987", "--accept", "barrier-distance", "--accept", "barrier-mistrust")

    assert path.read_text() == (
        "type: book\ntitle: Tarn\nsubjects: [barrier-distance, barrier-mistrust]\nsummary: On a tarn.\n"
    )


def test_what_no_work_can_have_is_refused_and_nothing_written(kb):
    ontology = kb.home / "ontology" / "toy.ttl"
    ontology.write_text(
        ontology.read_text(encoding="utf-8")
        + 'concept:old a skos:Concept ; skos:prefLabel "Old"@en ; owl:deprecated true ;\n'
        + "    dcterms:isReplacedBy concept:barrier-distance .\n"
        + 'concept:all a skos:Concept , pkb:GroupingConcept ; skos:prefLabel "All"@en ;\n'
        + "    skos:narrower concept:barrier-distance .\n",
        encoding="utf-8",
    )
    KnowledgeBase(kb.home, encoder=StubEncoder()).build()
    before = (kb.home / "corpus" / "reed-2001.yaml").read_text()
    said = {
        id: kb("suggest", "reed-2001", "--accept", "barrier-distance", "--accept", id).stderr
        for id in ("old", "all", "barrier-mistrus")
    }

    assert "the concept 'old' is retired: use barrier-distance" in said["old"]
    assert "'all' only sorts other concepts: use one of them, such as barrier-distance" in said["all"]
    assert "no concept 'barrier-mistrus' (did you mean 'barrier-mistrust'?)" in said["barrier-mistrus"]
    assert (kb.home / "corpus" / "reed-2001.yaml").read_text() == before
