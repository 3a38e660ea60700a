"""One source is merged into another: its claims move there, and nothing else still names it."""

import json

import pytest
from click.testing import CliRunner

from kb import KnowledgeBase, cli
from kb.corpus.check import ERROR, check
from kb.corpus.sources import texts
from kb.curation import Author
from kb.curation.merging_sources import TWO
from kb.errors import BadQuery, BadSource, Conflict, NotFound

ANNA = Author("anna", "Anna Smith", "anna@localhost")
TWIN = """\
type: book
state: complete
status: draft
title: "No. Why neighbours refuse each other"
authors:
  - {family: Reed, given: I.}
issued: 2001
publisher: Mill Press
isbn: 978-0-306-40615-7
subjects: [practice-trust-building, barrier-distance]
cites: [tarn-1987, reed-2001]
claims:
  - id: "#c1"
    text: Neighbours who meet often come to trust each other
    quote: who meet often
    locator: p. 15
    basis: text
    about: [practice-regular-meetings]
    supports: ["marlow-quist-2012#c1"]
    curator: toy
    created: 2026-11-24
  - id: "#c2"
    text: Most who said no had never been cheated.
    basis: abstract
    about: [barrier-mistrust]
    qualifies: ["reed-2001#c1", "reed-2001-twin#c1"]
    curator: toy
    created: 2026-11-24
"""


@pytest.fixture
def curation(toy, stub_encoder):
    (toy / "corpus" / "reed-2001-twin.yaml").write_text(TWIN)
    tarn = toy / "corpus" / "tarn-1987.yaml"
    tarn.write_text(tarn.read_text() + """\
cites: [reed-2001-twin, reed-2001]
claims:
  - id: "#c1"
    text: The walk between the towns is what keeps them apart.
    basis: reported
    reportedIn: reed-2001-twin
    about: [barrier-distance]
    disputes: ["reed-2001-twin#c2", "reed-2001-twin#c1"]
    curator: toy
    created: 2026-11-24
""")  # fmt: skip
    return KnowledgeBase(toy, encoder=stub_encoder).curation


def errors(curation):
    home = curation.home
    return [str(each) for each in check(home.corpus, home.ontology, home.context()) if each.severity == ERROR]


def test_two_that_share_nothing_are_told_to_be_perhaps_two_works(curation):
    assert TWO in curation.merging_sources("testwell-2010", "reed-2001").notes
    assert TWO not in curation.merging_sources("reed-2001-twin", "reed-2001").notes


def test_its_claims_move_and_an_equal_one_joins(curation):
    plan = curation.merging_sources("reed-2001-twin", "reed-2001")
    curation.merge_sources("reed-2001-twin", "reed-2001", ANNA, seen=plan.seen)
    claims = curation.corpus["reed-2001"].claims

    assert plan.moved == {
        "reed-2001-twin": "reed-2001",
        "reed-2001-twin#c1": "reed-2001#c1",
        "reed-2001-twin#c2": "reed-2001#c3",
    }
    assert [claim["id"] for claim in claims] == ["#c1", "#c2", "#c3"]
    assert claims[0]["about"] == ["practice-trust-building", "barrier-mistrust", "practice-regular-meetings"]
    assert claims[0]["supports"] == ["marlow-quist-2012#c1"] and claims[0]["locator"] == "p. 14"
    assert claims[0]["replaces"] == ["reed-2001-twin#c1"] and claims[2]["replaces"] == ["reed-2001-twin#c2"]
    assert claims[2]["qualifies"] == ["reed-2001#c1"]


def test_the_record_gets_what_it_lacks_and_keeps_what_it_has(curation):
    curation.merge_sources("reed-2001-twin", "reed-2001", ANNA, taken=["authors"])
    data = curation.corpus["reed-2001"].data

    assert data["isbn"] == "978-0-306-40615-7" and data["title"].startswith("No: why")
    assert data["authors"] == [{"family": "Reed", "given": "I."}]
    assert data["subjects"] == ["barrier-mistrust", "practice-trust-building", "barrier-distance"]
    assert data["cites"] == ["tarn-1987"] and data["replaces"] == ["reed-2001-twin"]
    assert (data["state"], data["status"]) == ("complete", "draft")


def test_no_other_file_names_it_any_more(curation):
    before = errors(curation)
    curation.merge_sources("reed-2001-twin", "reed-2001", ANNA)
    tarn = curation.corpus["tarn-1987"].data

    assert tarn["cites"] == ["reed-2001"] and tarn["claims"][0]["reportedIn"] == "reed-2001"
    assert tarn["claims"][0]["disputes"] == ["reed-2001#c3", "reed-2001#c1"]
    assert "reed-2001-twin" not in curation.corpus
    for source in curation.corpus:
        said = {key: value for key, value in source.data.items() if key != "replaces"}
        for claim in said.get("claims", ()):
            claim.pop("replaces", None)
        assert "reed-2001-twin" not in str(said)
    assert errors(curation) == before == []


def test_only_the_lines_that_must_change_do(curation):
    plan = curation.merging_sources("reed-2001-twin", "reed-2001")
    counts = {each.path: (each.added, each.removed) for each in plan.files}

    assert counts["corpus/tarn-1987.yaml"] == (3, 3)
    assert counts["corpus/reed-2001-twin.yaml"] == (0, len(TWIN.splitlines()))
    assert counts["corpus/reed-2001.yaml"][1] <= 3


def test_a_merge_after_a_merge_leads_all_the_way(curation):
    curation.merge_sources("reed-2001-twin", "reed-2001", ANNA)
    curation.merge_sources("reed-2001", "testwell-2010", ANNA)
    data = curation.corpus["testwell-2010"].data

    assert data["replaces"] == ["reed-2001", "reed-2001-twin"]
    assert [each for claim in data["claims"] for each in texts(claim.get("replaces"))] == [
        "reed-2001#c1", "reed-2001-twin#c1", "reed-2001#c2", "reed-2001#c3", "reed-2001-twin#c2",
    ]  # fmt: skip
    assert data["claims"][0]["disputes"] == ["testwell-2010#c4"] and "cites" in data and errors(curation) == []


def test_the_text_of_the_work_goes_along(curation):
    folder = curation.home.corpus
    (folder / "reed-2001-twin.txt").write_text("\f14\nNeighbours who meet often.\n")
    plan = curation.merging_sources("reed-2001-twin", "reed-2001")
    moves = [(each.path, each.text is None) for each in plan.changes if each.path.endswith(".txt")]
    (folder / "reed-2001.txt").write_text("\f14\nNeighbours.\n")
    aside = curation.merging_sources("reed-2001-twin", "reed-2001")

    assert moves == [("corpus/reed-2001.txt", False), ("corpus/reed-2001-twin.txt", True)]
    assert any(each.path == ".curation/texts/reed-2001-twin.txt" for each in aside.changes) and aside.notes


def test_undoing_a_merge_gives_each_its_text_back_and_undoing_that_moves_it_again(curation):
    folder = curation.home.corpus
    (folder / "reed-2001-twin.txt").write_text("The text of the twin.\n")
    merged = curation.merge_sources("reed-2001-twin", "reed-2001", ANNA)
    undone = curation.past.revert(merged.commit, ANNA)
    back = [each.name for each in folder.glob("*.txt")]
    again = curation.past.revert(undone.commit, ANNA)

    assert back == ["reed-2001-twin.txt"]
    assert [each.name for each in folder.glob("*.txt")] == ["reed-2001.txt"]
    (folder / "reed-2001.txt").write_text("Another text.\n")
    with pytest.raises(Conflict, match=r"reed-2001.txt: came from reed-2001-twin and has been changed since"):
        curation.past.revert(again.commit, ANNA) and curation.past.revert(merged.commit, ANNA)


def test_texts_that_were_put_away_before_stay(curation):
    folder, away = curation.home.corpus, curation.home.curation / "texts"
    away.mkdir(parents=True)
    for place, text in ((away, "old"), (folder, "new")):
        (place / "reed-2001-twin.txt").write_text(text)
    (folder / "reed-2001.txt").write_text("ours")
    curation.merge_sources("reed-2001-twin", "reed-2001", ANNA)

    assert sorted(each.read_text() for each in away.iterdir()) == ["new", "old"]


def test_a_source_that_was_merged_is_not_brought_back_beside_the_other_nor_is_its_id_given_again(curation):
    curation.merge_sources("reed-2001-twin", "reed-2001", ANNA)

    with pytest.raises(Conflict, match="was merged into reed-2001"):
        curation.past.undelete("reed-2001-twin", ANNA)
    with pytest.raises(BadSource, match="was merged into reed-2001: open that one"):
        curation.save("reed-2001-twin", TWIN, None, ANNA, "Add")


def test_a_source_that_came_to_be_named_since_a_plan_was_made_is_not_merged_away(curation):
    plan = curation.merging_sources("reed-2001-twin", "reed-2001")
    text, was = curation.text("sandhill-1998")
    curation.save("sandhill-1998", text + "cites: [reed-2001-twin]\n", was, ANNA, "Cite")

    with pytest.raises(Conflict, match="files have changed"):
        plan.save(curation.saving, ANNA)


def test_two_claims_with_one_id_are_told_and_none_is_dropped(curation):
    path = curation.corpus.path("reed-2001-twin")
    path.write_text(TWIN.replace('"#c2"', '"#c1"'))

    with pytest.raises(BadSource, match=r"reed-2001-twin.yaml:\d+: two claims have the id '#c1'"):
        curation.merging_sources("reed-2001-twin", "reed-2001")


def test_what_weaker_evidence_said_is_told_before_it_goes(curation):
    same = "text: Neighbours who meet often come to trust each other"
    path = curation.corpus.path("reed-2001")
    text = next(each["text"] for each in curation.corpus["reed-2001"].data["claims"])
    twin = curation.corpus.path("reed-2001-twin")
    twin.write_text(TWIN.replace(same, f'text: "{text}"\n    note: Mine').replace("basis: text", "basis: inferred"))
    plan = curation.merging_sources("reed-2001-twin", "reed-2001")

    assert any("reed-2001#c1 goes without locator: p. 15" in note for note in plan.notes), plan.notes
    assert path.exists() and "note: Mine" in plan.changes[0].text


@pytest.mark.parametrize(
    ("one", "into", "why"),
    [
        ("reed-2001", "reed-2001", "into itself"),
        ("reed-2001", "tarn-1978", "did you mean 'tarn-1987'"),
        ("reed-2001-twin", "tarn-1987", "tarn-1987#c1 is known through reed-2001-twin"),
        ("tarn-1987", "reed-2001-twin", "tarn-1987#c1 is known through reed-2001-twin"),
    ],
)
def test_what_makes_no_sense_is_refused(curation, one, into, why):
    with pytest.raises((BadQuery, NotFound), match=why):
        curation.merging_sources(one, into)


def test_a_retracted_work_takes_no_living_one_in(curation):
    path = curation.home.corpus / "reed-2001.yaml"
    path.write_text(path.read_text().replace("status: reviewed", "status: retracted"))

    with pytest.raises(BadQuery, match="is retracted and the other is not"):
        curation.merging_sources("reed-2001-twin", "reed-2001")


def test_claims_that_would_contradict_themselves_are_told(curation):
    path = curation.home.corpus / "tarn-1987.yaml"
    path.write_text(path.read_text() + '    supports: ["reed-2001#c1"]\n')

    with pytest.raises(BadQuery, match="would both support and dispute reed-2001#c1"):
        curation.merging_sources("reed-2001-twin", "reed-2001")


def test_a_file_that_changed_since_is_a_conflict(curation):
    plan = curation.merging_sources("reed-2001-twin", "reed-2001")
    path = curation.home.corpus / "tarn-1987.yaml"
    path.write_text(path.read_text() + "# seen again\n")

    with pytest.raises(Conflict):
        curation.merge_sources("reed-2001-twin", "reed-2001", ANNA, seen=plan.seen)


def test_what_a_source_replaces_must_be_gone(curation):
    path = curation.home.corpus / "reed-2001.yaml"
    path.write_text(path.read_text() + "replaces: [tarn-1987, long-gone-1950]\n")

    assert [each for each in errors(curation) if "replaces" in each] == [
        f"{path}:31: replaces 'tarn-1987', which is here still (delete it here, or merge the two: kb merge)"
    ]


def test_the_shell_shows_a_merge_before_it_makes_it(toy, stub_encoder, monkeypatch):
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=stub_encoder))

    def kb(*words):
        return CliRunner().invoke(cli.main, ["--home", str(toy), *words])

    dry = kb("merge", "testwell-2010", "reed-2001", "--dry-run")
    made = kb("merge", "testwell-2010", "reed-2001", "--json")
    concept = kb("merge", "barrier-mistrust", "barrier-distance")

    assert "--- corpus/testwell-2010.yaml" in dry.stdout and '+  - id: "#c3"' in dry.stdout
    assert json.loads(made.stdout)["moved"]["testwell-2010#c1"] == "reed-2001#c3"
    assert not (toy / "corpus" / "testwell-2010.yaml").exists()
    assert "barrier-mistrust is now barrier-distance" in concept.stdout
    assert "no source 'reed-2010' (did you mean" in kb("merge", "reed-2010", "reed-2001").output


@pytest.mark.parametrize("id", ["reed-2001", "reed-2001-twin", "tarn-1987"])
def test_a_file_that_no_build_reads_is_told_with_its_line_before_anything_is_merged(curation, id):
    path = curation.corpus.path(id)
    path.write_text(path.read_text() + '  - "words where a claim belongs"\n')
    line = path.read_text().count("\n")

    with pytest.raises(BadSource, match=rf"{id}\.yaml:{line}: claim \d needs"):
        curation.merging_sources("reed-2001-twin", "reed-2001")
