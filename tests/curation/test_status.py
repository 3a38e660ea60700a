"""A source is entered as a draft, reviewed by a second person, and retracted where it must be."""

import subprocess
from datetime import date
from difflib import ndiff

import pytest
from click.testing import CliRunner

from kb import BadQuery, Conflict, KnowledgeBase, cli
from kb.curation import Author
from kb.curation.status import BACK, is_own

TOY = Author("toy", "Toy Curator", "toy@example.org")
TODAY = date.today().isoformat()
AGENTS = """
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
<https://w3id.org/partnership-kb/curator/toy> a prov:Agent ; foaf:name "Toy Curator" .
<https://w3id.org/partnership-kb/curator/ben> a prov:Agent .
"""


@pytest.fixture
def desk(toy):
    (toy / "ontology" / "curators.ttl").write_text(AGENTS)
    return KnowledgeBase(toy).curation


def changed(before, after):
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_a_review_is_signed_and_changes_no_other_line(desk):
    before, was = desk.text("testwell-2010")

    saved = desk.set_status("testwell-2010", "reviewed", was, TOY)

    after, _ = desk.text("testwell-2010")
    assert changed(before, after) == [
        "- status: draft", "+ status: reviewed", "+ statusBy: toy", f"+ statusDate: {TODAY}",
    ]  # fmt: skip
    assert desk.history.log(limit=1)[0][:3] == (saved.commit, "Toy Curator", "toy@example.org")
    assert desk.history.log(limit=1)[0].message == "Mark testwell-2010 as reviewed"


def test_a_retraction_tells_why_and_a_draft_takes_that_away_again(desk):
    before, was = desk.text("testwell-2010")
    desk.set_status("testwell-2010", "retracted", was, TOY, "The publisher has\nwithdrawn it: see <its> page")
    retracted, _ = desk.text("testwell-2010")
    desk.set_status("testwell-2010", "draft", None, TOY)

    assert '+ statusNote: "The publisher has withdrawn it: see <its> page"' in changed(before, retracted)
    assert desk.history.log(limit=1)[0].message == "Put testwell-2010 back to draft"
    assert changed(before, desk.text("testwell-2010")[0]) == ["+ statusBy: toy", f"+ statusDate: {TODAY}"]


def test_what_is_wrong_with_a_status_is_told_and_nothing_is_written(desk):
    text, was = desk.text("testwell-2010")
    with pytest.raises(BadQuery, match=r"no status 'revewed' .*did you mean 'reviewed'"):
        desk.set_status("testwell-2010", "revewed", was, TOY)
    with pytest.raises(BadQuery, match=r"say why"):
        desk.set_status("testwell-2010", "retracted", was, TOY, " \n")
    with pytest.raises(BadQuery, match=r"no curator 'tay' .*did you mean 'toy'.*kb user add"):
        desk.set_status("testwell-2010", "reviewed", was, Author("tay", "", ""))
    with pytest.raises(Conflict):
        desk.set_status("testwell-2010", "reviewed", "0" * 32, TOY)

    assert desk.text("testwell-2010")[0] == text


REVIEWED = {"type": "book", "status": "reviewed", "statusBy": "ben", "statusDate": "2026-11-30", "title": "Reeds"}


def edited(desk, old, new, role):
    return desk.after_edit(old, new, role, TOY)


def test_a_curators_change_puts_a_reviewed_source_back_to_draft_and_an_editors_does_not(desk):
    new = {**REVIEWED, "title": "Reeds and rushes"}

    data, note = edited(desk, REVIEWED, new, "curator")
    assert (data["status"], data["statusBy"], data["statusDate"], note) == ("draft", "toy", TODAY, BACK)
    assert edited(desk, REVIEWED, new, "editor") == (new, "")
    unread = {**REVIEWED, "rejected": ["barrier-distance"]}
    assert edited(desk, REVIEWED, unread, "curator") == (unread, "")


def test_a_curator_gives_no_other_status_than_draft_in_the_form_either(desk):
    draft = {"type": "book", "title": "Reeds", "status": "draft"}
    new = {**draft, "status": "reviewed", "statusBy": "ben"}

    assert edited(desk, draft, new, "curator").data == draft
    assert edited(desk, draft, new, "curator").note == "The status stays 'draft': only an editor gives another."
    assert edited(desk, None, new, "curator").data == {**draft, "statusBy": "toy", "statusDate": TODAY}
    assert edited(desk, None, draft, "editor").data == {**draft, "statusBy": "toy", "statusDate": TODAY}
    assert edited(desk, draft, new, "editor").data == {**new, "statusBy": "toy", "statusDate": TODAY}
    retracted = {**draft, "status": "retracted", "statusNote": "gone"}
    assert edited(desk, retracted, {**retracted, "title": "Rushes"}, "curator").data["status"] == "retracted"
    assert edited(desk, REVIEWED, {**REVIEWED, "status": "draft"}, "curator").data["status"] == "draft"


@pytest.mark.parametrize(
    ("data", "own"),
    [
        ({"claims": [{"curator": "toy"}, {"curator": "toy"}]}, True),
        ({"claims": [{"curator": "toy"}, {"curator": "ben"}], "statusBy": "toy"}, False),
        ({"claims": [{"curator": "ben"}], "statusBy": "toy"}, False),
        ({"statusBy": "toy"}, True),
        ({"statusBy": "ben"}, False),
        ({}, False),
        ({"status": "reviewed", "statusBy": "toy"}, False),
    ],
)
def test_a_draft_is_ones_own_where_nobody_else_wrote_a_claim(data, own):
    assert is_own(data, "toy") is own


def test_in_the_shell_git_says_who_reviews(desk, toy):
    def kb(*arguments):
        return CliRunner().invoke(cli.main, ["--home", str(toy), "review", *arguments])

    subprocess.run(["git", "init", "-q"], cwd=toy, check=True)
    subprocess.run(["git", "config", "user.name", "toy curator"], cwd=toy, check=True)
    subprocess.run(["git", "config", "user.email", "t@example.org"], cwd=toy, check=True)
    both = kb("testwell-2010", "tarn-1987")
    subprocess.run(["git", "config", "user.name", "Nobody"], cwd=toy, check=True)

    assert both.stdout.startswith("testwell-2010: reviewed, by Toy Curator\ntarn-1987: reviewed, by Toy Curator\n")
    assert "warning: testwell-2010: You wrote this yourself" in both.stderr
    assert desk.history.log(limit=1)[0].email == "t@example.org"
    assert (
        "git calls you 'Nobody', who is no curator here: give --curator NAME, one of ben, toy" in kb("tarn-1987").stderr
    )
    assert kb("tarn-1987", "--curator", "ben", "--status", "draft").exit_code == 0
    assert "say why it is retracted" in kb("tarn-1987", "--curator", "ben", "--status", "retracted").stderr
