"""Concepts that were rejected for a source: kept in its file, suggested no more, and nowhere taken for subjects."""

import json

import pytest
from click.testing import CliRunner
from conftest import StubEncoder

from kb import KnowledgeBase, cli
from kb.corpus.written import as_yaml
from kb.errors import BadQuery, NotFound

ID = "marlow-quist-2012"
LINE = "subjects: [barrier-distance, practice-regular-meetings]\n"


@pytest.fixture
def file(toy):
    """The file of a source for which a concept was rejected."""
    path = toy / "corpus" / f"{ID}.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(LINE, LINE + "rejected: [barrier-mistrust]\n"), "utf-8")
    return path


@pytest.fixture
def base(toy, file):
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.build()
    yield base
    base.close()


def problems(toy):
    return [str(each).partition(f"{ID}.yaml:")[2] for each in KnowledgeBase(toy).check() if each.path.stem == ID]


def test_a_rejected_concept_is_suggested_no_more(base):
    text = "Mistrust between neighbours"

    assert "barrier-mistrust" in [each.id for each in base.suggest(text)]
    assert "barrier-mistrust" not in [each.id for each in base.suggest(text, rejected=["barrier-mistrust", "none"])]
    assert "barrier-mistrust" not in [each.id for each in base.suggest_for(ID, 20)]


def test_it_is_no_subject_of_the_work_anywhere(base):
    query = f"ASK {{ <https://w3id.org/partnership-kb/source/{ID}> dcterms:subject concept:barrier-mistrust }}"
    prefixes = "PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX concept: <https://w3id.org/partnership-kb/concept/> "
    found = base.search("two towns and a mill", concept=["barrier-mistrust"], kind="source")

    assert b"false" in base.query(prefixes + query).body
    assert ID not in [each.id for each in base.concept("barrier-mistrust").sources]
    assert ID not in base.works.about("barrier-mistrust")
    assert ID not in [hit.id for hit in found.hits]
    assert "barrier-mistrust" not in [each.id for each in base.source(ID).subjects]
    assert "istrust" not in base.cite([ID], "ris") + base.cite([ID], "bibtex") + base.cite([ID], "csl-json")


def test_it_is_data_under_a_property_of_its_own(base):
    ask = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> SELECT ?concept { ?source pkb:rejectedSubject ?concept }"

    assert b"concept/barrier-mistrust" in base.query(ask).body


def test_a_source_that_is_right_has_no_problem(toy, file):
    assert [each for each in problems(toy) if "rejected" in each or "mistrust" in each] == []


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("barrier-mistrus", "no concept 'barrier-mistrus' (did you mean 'barrier-mistrust'?)"),
        ("barrier-distance", "'barrier-distance' is among the subjects too (delete it in one of the two places)"),
        ("barrier-mistrust, barrier-mistrust", "rejected names 'barrier-mistrust' twice"),
    ],
)
def test_check_tells_what_is_wrong_with_it(toy, file, written, said):
    file.write_text(file.read_text("utf-8").replace("[barrier-mistrust]", f"[{written}]"), "utf-8")

    assert any(said in each for each in problems(toy))


def test_a_retired_one_is_told(toy, file):
    with (toy / "ontology" / "toy.ttl").open("a", encoding="utf-8") as ontology:
        ontology.write('concept:old a skos:Concept ; skos:prefLabel "Old"@en ; owl:deprecated true .\n')
    file.write_text(file.read_text("utf-8").replace("[barrier-mistrust]", "[old]"), "utf-8")

    assert any("concept 'old' is retired" in each for each in problems(toy))


def test_it_is_written_behind_what_the_work_treats():
    written = as_yaml(
        {"summary": "S.", "rejected": ["a"], "treats": [{"concept": "b", "locator": "p. 1"}], "type": "book"}
    )

    assert [line.split(":")[0] for line in written.splitlines() if line[0] != " "] == [
        "type",
        "treats",
        "rejected",
        "summary",
    ]


def test_what_is_accepted_later_is_rejected_no_more(base, file):
    before = file.read_text("utf-8")
    new = base.intake.accept(ID, "barrier-mistrust")

    assert new == ("barrier-mistrust",)
    assert file.read_text("utf-8") == before.replace("rejected: [barrier-mistrust]\n", "").replace(
        "practice-regular-meetings]\n", "practice-regular-meetings, barrier-mistrust]\n", 1
    )


def test_rejecting_changes_one_line_and_refuses_a_subject(base, file):
    before = file.read_text("utf-8")
    new = base.intake.reject(ID, ["practice-shared-rules", "barrier-mistrust"])

    assert new == ("practice-shared-rules",)
    assert file.read_text("utf-8") == before.replace("[barrier-mistrust]", "[barrier-mistrust, practice-shared-rules]")
    with pytest.raises(BadQuery, match="'barrier-distance' is a subject of marlow-quist-2012"):
        base.intake.reject(ID, "barrier-distance")


def test_a_label_in_place_of_an_id_is_answered_with_the_id(base):
    with pytest.raises(NotFound, match="no concept has the id 'Lack of trust': did you mean 'barrier-mistrust'"):
        base.intake.accept(ID, "Lack of trust")


def test_the_command_rejects_and_accepts_and_tells_it_as_data(base, toy, file, monkeypatch):
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=StubEncoder()))

    def kb(*arguments):
        return CliRunner().invoke(cli.main, ["--home", str(toy), "suggest", ID, *arguments])

    said = kb("--reject", "practice-shared-rules").stdout
    data = json.loads(kb("--accept", "practice-trust-building", "--reject", "practice-shared-rules", "--json").stdout)
    both = kb("--accept", "barrier-mistrust", "--reject", "barrier-mistrust")

    assert "practice-shared-rules rejected for it" in said
    assert data == {"id": ID, "accepted": ["practice-trust-building"], "rejected": []}
    assert "choose one" in both.stderr
