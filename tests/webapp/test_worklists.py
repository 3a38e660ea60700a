"""What waits for curators stands on lists, and each thing to mend leads to its field of the form."""

import re
import time
from types import SimpleNamespace

import pytest
from conftest import lay_toy
from curate_forms import HERE, send
from writing import logged_in

from kb import KnowledgeBase
from kb.curation.worklists import KINDS
from webapp import create_app

ODD = """\
type: article
state: complete
status: draft
title: Odd <b>one</b>
authors:
  - {family: Odd, given: O.}
issued: 2011
doi: https://doi.org/10.5555/odd
claims:
  - id: "#c1"
    text: Something odd is said of distance.
    basis: text
    about: [barrier-distance]
    curator: toy
    created: 2026-11-23
"""
BARE = "type: book\nstate: seed-only\nstatus: draft\nstatusDate: 2020-01-02\ntitle: Bare\n"


@pytest.fixture(scope="module")
def made(stub_encoder, tmp_path_factory):
    """A toy home with two sources to mend, and a curator and an editor of it."""
    home = lay_toy(tmp_path_factory.mktemp("lists"))
    (home / "corpus" / "odd-2011.yaml").write_text(ODD)
    (home / "corpus" / "bare-1999.yaml").write_text(BARE)
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    app = create_app(base, writable=True)
    curator, editor = logged_in(base, app=app), logged_in(base, "editor", "ed", app=app)
    yield SimpleNamespace(base=base, curator=curator, editor=editor, nobody=app.test_client())
    base.close()


def page(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


def ended(made):
    """Wait until the check that is running has ended."""
    until = time.monotonic() + 60
    while not (found := made.base.curation.work.checked(1.0)) or found.running:
        assert time.monotonic() < until
    return found


def test_drafts_are_listed_with_the_oldest_first(made):
    shown = page(made.curator, "/curate/worklist/review")

    listed = re.findall(r'href="/curate/review/([\w-]+)"', shown)
    assert listed[-1] == "odd-2011" or listed.index("bare-1999") < listed.index("odd-2011")
    assert "reed-2001" not in listed and "since 2020-01-02" in shown
    assert "&lt;b&gt;one&lt;/b&gt;" in shown


def test_works_without_claims_are_listed(made):
    shown = page(made.curator, "/curate/worklist/claims")

    assert 'href="/curate/source/bare-1999#claims"' in shown and "odd-2011" not in shown
    assert "known from a mention only" in shown


def test_what_is_to_mend_stands_by_kind_with_a_link_to_the_field(made):
    found = ended(made)
    shown = page(made.curator, "/curate/worklist/complete")

    assert {each.check for each in found.todos if each.id == "odd-2011"} == {"bad-doi", "no-locator"}
    assert 'href="/curate/source/odd-2011#doi"' in shown and "corpus/odd-2011.yaml, line 8" in shown
    assert 'href="/curate/source/odd-2011#claims.0.basis"' in shown
    assert f"<h2>{KINDS['no-locator']} <span" in shown and "As of 20" in shown
    assert page(made.curator, "/curate/check").count('class="todo ') == shown.count('class="todo ')
    alone = page(made.curator, "/curate/worklist/complete?kind=no-locator-warning")
    assert "odd-2011#claims.0.basis" in alone and "odd-2011#doi" not in alone


def test_what_is_mended_goes_from_the_list_before_all_is_checked_again(made):
    ended(made)
    desk = made.base.curation
    before = desk.work.checked().when
    text, was = desk.text("odd-2011")
    from kb.curation import Author

    desk.save("odd-2011", text.replace("https://doi.org/", ""), was, Author("toy", "Toy", ""), "Mend it")
    made.base.build()
    found = desk.work.checked()

    assert {each.check for each in found.todos if each.id == "odd-2011"} == {"no-locator"}
    assert found.when == before
    assert not [each for each in ended(made).todos if each.check == "bad-doi"]


def test_the_desk_counts_what_waits(made):
    ended(made)
    lists = {each.name: each.count for each in made.base.curation.work.all()}

    assert lists["claims"] == 2 and lists["review"] >= 4 and lists["complete"] and lists["changed"] is None


def test_a_file_that_holds_all_changes_up_is_named_first_and_the_check_runs_again(made):
    before = ended(made).when
    path = made.base.curation.corpus.path("odd-2011")
    text = path.read_text()
    path.write_text(text.replace("basis: text", "basis: [text"))
    made.base.turns.fault = "odd-2011.yaml:13: no basis"
    try:
        until = time.monotonic() + 60
        while (after := made.base.curation.work.checked(1.0)).when == before and time.monotonic() < until:
            time.sleep(0.1)
        shown, desk = page(made.curator, "/curate/worklist/complete"), page(made.curator, "/curate")
    finally:
        made.base.turns.fault = ""
        path.write_text(text)

    assert before < after.when
    assert [each for each in after.todos if each.id == "odd-2011" and each.severity == "error"]
    assert shown.index('id="fault"') < shown.index("As of 20") and "<p>odd-2011.yaml:13: no basis.</p>" in shown
    assert "/curate/worklist/complete#fault" in desk


def test_the_lists_are_for_curators(made):
    for address in ("/curate/worklist/review", "/curate/check", "/curate/review/tarn-1987"):
        answer = made.nobody.get(address)
        assert answer.status_code == 302 and answer.location.startswith("/login")
        assert create_app(made.base).test_client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/curate/worklist/revew", 404, "did you mean &#39;review&#39;"),
        ("/curate/worklist/review?page=0", 400, "page is to be a number from 1"),
        ("/curate/worklist/review?page=٣", 400, "page is to be a number from 1"),
        ("/curate/worklist/claims?page=99", 200, "2 works"),
        ("/curate/worklist/complete?kind=<b>", 200, "to mend"),
        ("/curate/review/no-such-1999", 404, "no source"),
    ],
)
def test_odd_addresses_are_answered(made, address, status, told):
    answer = made.curator.get(address)

    assert answer.status_code == status and "<b>" not in answer.text.replace("<b aria", "")
    assert told in answer.text or told == "to mend"


def review(client, id, status, why="", was=None):
    found = was or re.search(r'name="was" value="(\w+)"', page(client, f"/curate/review/{id}"))[1]
    return client.post(f"/curate/review/{id}", data={"status": status, "why": why, "was": found})


def test_an_editor_reviews_and_goes_on_to_the_next(made):
    answer = review(made.editor, "sandhill-1998", "reviewed")

    assert (answer.status_code, answer.location) == (303, "/curate/worklist/review?done=sandhill-1998")
    after = page(made.editor, answer.location)
    assert "</a> is reviewed." in after and "/curate/review/sandhill-1998" not in after
    assert made.base.curation.corpus["sandhill-1998"].data["statusBy"] == "ed"
    assert made.base.curation.history.log(limit=1)[0].author == "Ed Moor"
    assert "Mark sandhill-1998 as reviewed" in page(made.editor, "/curate/worklist/changed")


def test_who_wrote_a_source_is_asked_once_more_before_it_counts_as_reviewed(made):
    path = made.base.curation.corpus.path("sandhill-1998")
    before = path.read_text()
    path.write_text(re.sub("curator: .*", "curator: ed", before.replace("status: reviewed", "status: draft")))
    shown = page(made.editor, "/curate/review/sandhill-1998")
    was = re.search(r'name="was" value="(\w+)"', shown)[1]
    refused = review(made.editor, "sandhill-1998", "reviewed")
    told = {"status": "reviewed", "was": was, "own": "yes"}

    assert 'name="own"' in shown and "You wrote this yourself" in shown
    assert refused.status_code == 400 and "a second person should read it" in refused.text
    assert made.editor.post("/curate/review/sandhill-1998", data=told).status_code == 303
    path.write_text(before)


def test_a_curator_may_not_review_and_is_told_so(made):
    shown = page(made.curator, "/curate/review/tarn-1987")
    answer = review(made.curator, "tarn-1987", "reviewed")

    assert 'value="draft"' in shown and 'value="reviewed"' not in shown and "Editors mark sources as reviewed" in shown
    assert answer.status_code == 403 and "role &#39;editor&#39;" in answer.text
    assert "status: draft" in made.base.curation.text("tarn-1987")[0]


def test_what_cannot_be_saved_gives_the_form_back_with_what_was_typed(made):
    for status, why, was, code, told in (
        ("retracted", "", None, 400, "Say why it is retracted"),
        ("published", "Because <of> it", None, 400, "o status &#39;published&#39;"),
        ("retracted", "Because <of> it", "0" * 32, 412, "has changed, by somebody else"),
        ("retracted", "x" * 3000, None, 400, "The reason has 3,000 characters"),
    ):
        answer = review(made.editor, "tarn-1987", status, why, was)

        assert answer.status_code == code and told in answer.text
        assert why.replace("<", "&lt;").replace(">", "&gt;") in answer.text
    assert "status: draft" in made.base.curation.text("tarn-1987")[0]


def test_a_curators_change_of_a_reviewed_source_is_a_draft_again_as_the_preview_says(made):
    at, before = "/curate/source/reed-2001", made.base.curation.text("reed-2001")[0]
    send(made.curator, at, "keep", note="Changed by a curator")
    preview = made.curator.get(f"{at}?show=changes", headers=HERE).text
    send(made.curator, at, "save")
    data = made.base.curation.corpus["reed-2001"].data

    assert "status: reviewed" in before
    assert "With your change it is a draft again, until an editor has read it." in preview
    assert "<code>status: draft" in preview
    assert (data["status"], data["statusBy"]) == ("draft", "anna")
