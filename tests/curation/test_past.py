"""What curators do with the past: undo, restore, delete and bring back; also in the shell."""

import json

import pytest
from click.testing import CliRunner
from past import ANNA, ED, REED, TARN, changed, with_past

from kb.cli import main
from kb.curation.lines import lines
from kb.curation.revisions import field_changes, without_addresses
from kb.errors import BadQuery, BadSource, Conflict, NotAllowed, NotFound
from kb.saving import Change, etag


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """A home with a past, whose tests put things right again."""
    base = with_past(tmp_path_factory.mktemp("past") / "home")
    yield base
    base.close()


# Undo


def test_undoing_a_change_leaves_what_was_changed_since(past):
    saved = changed(past, REED, "issued: 2002", "issued: 2003")
    changed(past, REED, "place: Quarrel-on-Sea", "place: Mill", ED)
    undone = past.curation.past.revert(saved.commit, ED)

    text = past.curation.text(REED)[0]
    assert "issued: 2002" in text and "place: Mill" in text
    last = past.curation.history.log(limit=1)[0]
    assert (last.id, last.author, last.message.splitlines()[0]) == (undone.commit, "Ed Moor", 'Undo "Change it"')
    with pytest.raises(BadQuery, match="undone already: the files are without it"):
        past.curation.past.revert(saved.commit, ED)


def test_where_later_changes_are_in_the_same_lines_they_are_named_and_nothing_is_written(past):
    saved = changed(past, REED, "place: Mill", "place: Fen")
    changed(past, REED, "place: Fen", "place: Moor")
    before = past.curation.text(REED)

    with pytest.raises(
        Conflict, match=r"corpus/reed-2001\.yaml: line 10 has been changed again since: undo that change"
    ):
        past.curation.past.revert(saved.commit, ANNA)
    assert past.curation.text(REED) == before


def test_an_earlier_version_comes_back_as_a_new_commit(past):
    was = past.curation.history.text(past.year, f"corpus/{REED}.yaml")
    past.curation.past.restore(f"corpus/{REED}.yaml", past.year, ED)

    assert past.curation.text(REED)[0] == was
    with pytest.raises(BadQuery, match="is as it was in"):
        past.curation.past.restore(f"corpus/{REED}.yaml", past.year, ED)
    with pytest.raises(BadQuery, match="was not there"):
        past.curation.past.restore("corpus/none.yaml", past.year, ED)


@pytest.mark.parametrize("id", ["HEAD", "0000000", "main", "--all", "", "abc", "'; rm"])
def test_what_is_no_commit_of_the_history_is_not_found(past, id):
    with pytest.raises(NotFound, match="no change"):
        past.curation.past.revert(id, ANNA)


def test_the_beginning_of_the_history_cannot_be_undone(past):
    first = past.curation.history.log(limit=100)[-1]

    with pytest.raises(BadQuery, match="beginning of the history"):
        past.curation.past.revert(first.id, ANNA)


# Delete and bring back


def test_a_source_on_which_others_lean_is_not_deleted_and_they_are_named(past):
    with pytest.raises(
        BadSource, match=r"others lean on it: marlow-quist-2012 \(cites\); .*testwell-2010#c1 \(disputes\)"
    ):
        past.curation.past.delete(REED, ED)
    assert REED in past.corpus


def test_a_deleted_source_is_brought_back_with_its_text(past):
    curation, text = past.curation, past.curation.text(TARN)[0]
    curation.past.delete(TARN, ED)
    assert not list(past.home.corpus.glob(f"{TARN}.*"))
    assert (past.home.curation / f"texts/{TARN}.txt").is_file()
    curation.past.undelete(TARN, ANNA)

    assert curation.text(TARN)[0] == text
    assert (past.home.corpus / f"{TARN}.txt").is_file()
    assert not (past.home.curation / f"texts/{TARN}.txt").exists()
    assert curation.history.log(limit=1)[0].paths == (f"corpus/{TARN}.yaml",)
    with pytest.raises(Conflict, match="is there already"):
        curation.past.undelete(TARN, ANNA)
    with pytest.raises(NotFound, match="no source 'never' was deleted"):
        curation.past.undelete("never", ANNA)


def test_git_is_asked_once_which_sources_were_deleted(past, monkeypatch):
    past.curation.past.delete(TARN, ED)
    log, asked = type(past.curation.history).log, []
    monkeypatch.setattr(type(past.curation.history), "log", lambda *a, **k: asked.append(a) or log(*a, **k))
    told = [past.curation.past.deletion(id) for id in (TARN, "never", "nor-this", TARN)]

    assert [each and each.author for each in told] == ["Ed Moor", None, None, "Ed Moor"]
    assert len(asked) == 1
    past.curation.past.undelete(TARN, ED)


def test_undoing_a_deletion_brings_the_text_back_too(past):
    gone = past.curation.past.delete(TARN, ED)
    past.curation.past.revert(gone.commit, ANNA)

    assert (past.home.corpus / f"{TARN}.txt").is_file() and TARN in past.corpus


def test_undoing_an_import_takes_its_sources_away(past):
    past.curation.past.revert(past.imported, ANNA)

    assert "ferrier-2015" not in past.corpus


def test_no_text_of_a_work_is_lost_however_often_its_source_goes_and_comes(past):
    text, away = past.home.corpus / f"{TARN}.txt", past.home.curation / "texts"
    first = text.read_text()
    past.curation.past.delete(TARN, ED)
    text.write_text("another\n")
    past.curation.past.undelete(TARN, ED)
    note = past.curation.history.log(limit=1)[0].message
    past.curation.past.delete(TARN, ED)

    assert f"Another text was laid at corpus/{TARN}.txt since, and stays" in note
    assert {each.read_text() for each in away.glob(f"{TARN}*.txt")} == {first, "another\n"}
    past.curation.past.undelete(TARN, ED)
    assert text.read_text() == "another\n"
    (away / f"{TARN}.1.txt").rename(text)


# What of that a curator may


def test_what_a_curator_undoes_in_a_source_leaves_its_status_to_editors(past):
    curation, place = past.curation, past.corpus[REED].data["place"]
    saved = changed(past, REED, "place: ", "place: New ")
    curation.set_status(REED, "reviewed", None, ED)
    curation.past.revert(saved.commit, ANNA, "curator")

    data = past.corpus[REED].data
    assert (data["status"], data["statusBy"], data["place"]) == ("draft", "anna", place)
    curation.set_status(REED, "reviewed", None, ED)
    back = curation.set_status(REED, "draft", None, ED).commit
    with pytest.raises(NotAllowed, match="status of sources alone"):
        curation.past.revert(back, ANNA, "curator")


def test_a_curator_undoes_neither_what_concepts_are_nor_what_came_or_went(past):
    curation, file = past.curation, past.home.ontology / "toy.ttl"
    text = file.read_text()
    edited = curation.saving.save([Change("ontology/toy.ttl", text + "# x\n", etag(text))], ED, "Edit").commit
    new = curation.save("new-2000", "type: book\ntitle: New\n", None, ED, "Add").commit
    gone = curation.past.delete(TARN, ED).commit

    for commit, why in ((edited, "toy.ttl is changed"), (gone, "would come back"), (new, "would go")):
        with pytest.raises(NotAllowed, match=why):
            curation.past.revert(commit, ANNA, "curator")
    with pytest.raises(NotAllowed, match=r"toy\.ttl is changed"):
        curation.past.restore("ontology/toy.ttl", past.year, ANNA, "curator")
    for commit in (edited, gone, new):
        curation.past.revert(commit, ED)


def test_a_curator_takes_back_what_he_has_added_and_no_editor_has_decided_on(past):
    curation = past.curation
    new = curation.save("new-2000", "type: book\ntitle: New\n", None, ANNA, "Add").commit
    undone = curation.past.revert(new, ANNA, "curator").commit
    curation.past.revert(undone, ANNA, "curator")
    back = "new-2000" in past.corpus
    curation.set_status("new-2000", "reviewed", None, ED)

    assert back
    with pytest.raises(Conflict):
        curation.past.revert(new, ANNA, "curator")
    curation.past.delete("new-2000", ED)


def test_a_change_of_a_file_that_was_no_utf_8_is_not_undone_and_says_so(past):
    file = past.home.corpus / "odd-2000.yaml"
    file.write_bytes(b"title: \xff\n")
    past.curation.history.commit({"corpus/odd-2000.yaml": file.read_bytes()}, ED, "Odd")
    with pytest.raises(BadSource, match=r"odd-2000\.yaml: was no UTF-8"):
        past.curation.past.revert(past.curation.history.head, ED)
    file.unlink()
    past.curation.history.commit({"corpus/odd-2000.yaml": None}, ED, "Odd")


def test_long_messages_and_lists_of_others_are_told_at_once():
    assert len(without_addresses("a" * 1_000_000)) == 10_000
    assert without_addresses("Thank (Quist <q@x.org>, m@x.org) <a@b.org>") == "Thank (Quist,"
    many = [str(each) for each in range(30_000)]
    assert [each[1:] for each in field_changes({"cites": many}, {"cites": [*many[1:], "x"]})] == [("0", "x")]


# What a change did


def test_a_change_is_told_field_by_field_with_claims_by_their_ids():
    was = {
        "issued": "2001",
        "subjects": ["a", "b"],
        "claims": [{"id": "#c1", "text": "A."}, {"id": "#c2", "text": "B."}],
    }
    now = {
        "issued": "2002",
        "subjects": ["b", "c"],
        "claims": [{"id": "#c1", "text": "A", "about": ["x"]}],
        "volume": "3",
    }

    assert [tuple(each) for each in field_changes(was, now)] == [
        ("issued", "2001", "2002"),
        ("subjects", "a", "c"),
        ("volume", "", "3"),
        ("claim #c1: text", "A.", "A"),
        ("claim #c1: about", "", "x"),
        ("claim #c2", "B.", ""),
    ]


def test_lines_far_from_what_changed_are_counted_only():
    before = "".join(f"{number}\n" for number in range(20))

    told = lines(before, before.replace("10\n", "ten\n"))
    assert [(line.what, line.number) for line in told if line.what != "same"] == [
        ("left out", 7), ("removed", 11), ("added", 11), ("left out", 6),
    ]  # fmt: skip


# Shell


def test_the_shell_tells_the_history_and_undoes_a_change(past, monkeypatch):
    monkeypatch.setenv("USER", "anna")
    shell = lambda *words: CliRunner().invoke(main, ["--home", str(past.home.folder), *words])  # noqa: E731

    told = shell("history", REED, "--diff").output
    assert (
        "Anna Smith: Correct the year  [reed-2001]" in told
        and "issued: 2001 → 2002" in told
        and "+ issued: 2002" in told
    )
    assert [each["subject"] for each in json.loads(shell("history", "--limit", "1", "--json").output)]
    assert "no source, nor a commit, 'nope'" in shell("history", "nope").output
    saved = changed(past, REED, "issued: 2002", "issued: 1999")
    assert f"undone in corpus/{REED}.yaml" in shell("revert", saved.commit[:10]).output
    assert "issued: 2002" in past.curation.text(REED)[0]
