"""Two curators on one source: nobody overwrites, and nothing is lost."""

import shutil
from collections.abc import Iterator

import pytest
from curate_forms import HERE, SCRIPT, fields, form, send
from import_forms import words
from writing import logged_in

from kb import KnowledgeBase
from kb.saving import Author
from webapp.curate.drafts import Drafts

REED = "/curate/source/reed-2001"


@pytest.fixture(scope="module")
def home(base, stub_encoder, tmp_path_factory) -> Iterator[KnowledgeBase]:
    """A copy of the toy home, whose sources the tests of this file change together."""
    folder = tmp_path_factory.mktemp("both") / "home"
    copy = KnowledgeBase(shutil.copytree(base.home.folder, folder), encoder=stub_encoder)
    yield copy
    copy.close()


@pytest.fixture(scope="module")
def anna(home):
    return logged_in(home)


@pytest.fixture(autouse=True)
def as_at_first(home, base):
    """The source as it was, and no drafts."""
    shutil.rmtree(home.home.curation / "drafts", ignore_errors=True)
    yield
    path = home.home.corpus / "reed-2001.yaml"
    shutil.copy(base.home.corpus / "reed-2001.yaml", path)


def save(home, **changes: object) -> None:
    """Ed saves some keys of the source; no build is waited for."""
    data, was = home.corpus["reed-2001"].data | changes, home.curation.text("reed-2001")[1]
    home.curation.save_data("reed-2001", data, was, Author("ed", "Ed Moor", "ed@localhost"), "Mend it")


def both(home, anna, mine: dict[str, str], other: dict[str, object]):
    """Anna begins to edit, ed saves another change, then anna saves: the answer that she gets."""
    data = form(anna, REED)
    save(home, **other)
    changes = {key.replace("__", "."): value for key, value in mine.items()}
    return anna.post(REED, data={**data, **changes, "do": "save"}, headers=HERE)


def text(home) -> str:
    return (home.home.corpus / "reed-2001.yaml").read_text(encoding="utf-8")


def test_the_second_is_told_who_was_first_and_the_file_keeps_what_the_first_has_saved(home, anna):
    page = both(home, anna, {"issued": "2003"}, {"issued": "2002"})

    assert page.status_code == 412
    told = words(page.text)
    assert "Somebody else has saved this source" in told and "Ed Moor" in told and "nothing is lost" in told
    for version in ("As it was when you began 2001", "As it is now, by Ed Moor 2002", "Yours 2003"):
        assert version in told
    assert "issued: 2002" in text(home)
    assert form(anna, REED)["issued"] == ["2003"]


def test_what_was_chosen_is_shown_as_a_diff_and_saved_with_both_in_the_history(home, anna):
    page = both(home, anna, {"issued": "2003", "place": "The Mill"}, {"issued": "2002"})
    asked = fields(page.text)
    answer = anna.post(REED, data={**asked, "choose.issued": "ours", "do": "merge"}, headers=HERE)
    diff = anna.get(answer.headers["Location"], headers=HERE)
    saved = anna.post(REED, data={**fields(diff.text), "do": "save"}, headers=HERE)

    assert "removed: issued: 2002" in words(diff.text) and "added: issued: 2003" in words(diff.text)
    assert saved.status_code == 303, words(saved.text)
    assert "issued: 2003" in text(home) and "place: The Mill" in text(home)
    authors = [each.author for each in home.curation.history.log("corpus/reed-2001.yaml")]
    assert authors[:2] == ["Anna Smith", "Ed Moor"]


@pytest.mark.parametrize(("choice", "year"), [("theirs", "2002"), ("was", "2001"), ("other", "1999")])
def test_each_version_can_be_chosen_and_another_one_typed(home, anna, choice, year):
    page = both(home, anna, {"issued": "2003"}, {"issued": "2002"})
    chosen = {"choose.issued": choice, "edit.issued": "1999", "do": "merge"}
    anna.post(REED, data={**fields(page.text), **chosen}, headers=HERE)

    assert form(anna, REED)["issued"] == [year]


def test_what_one_of_them_has_changed_alone_goes_together_by_itself(home, anna):
    page = both(home, anna, {"place": "The Mill"}, {"publisher": "Weir Press", "subjects": ["barrier-distance"]})
    told = words(page.text)
    anna.post(REED, data={**fields(page.text), "do": "merge"}, headers=HERE)
    merged = form(anna, REED)

    assert "This goes together by itself" in told and "Both of you have changed this" not in told
    assert (merged["place"], merged["publisher"]) == (["The Mill"], ["Weir Press"])
    assert merged["subjects"] == ["", "barrier-distance"]


def test_two_new_claims_of_one_number_are_both_kept(home, anna):
    said = {"basis": "abstract", "about": ["barrier-distance"], "curator": "toy", "created": "2026-11-23"}
    send(anna, REED, "add:claims")
    save(home, claims=[*home.corpus["reed-2001"].claims, {"id": "#c3", "text": "Eels go round the mill.", **said}])
    mine = {
        "claims.2.text": "Boats stop at the mill.",
        "claims.2.basis": "abstract",
        "claims.2.about": "barrier-distance",
    }
    last = anna.post(REED, data={**form(anna, REED), **mine, "do": "save"}, headers=HERE)
    told = words(last.text)
    merged = anna.post(REED, data={**fields(last.text), "do": "merge"}, headers=HERE)
    anna.post(REED, data={**fields(anna.get(merged.headers["Location"]).text), "do": "save"}, headers=HERE)

    assert "Your new claim #c3 becomes #c4" in told
    claims = {each["id"]: each["text"] for each in home.corpus["reed-2001"].claims}
    assert (claims["#c3"], claims["#c4"]) == ("Eels go round the mill.", "Boats stop at the mill.")


def test_a_choice_that_is_missing_is_asked_for_again_with_those_that_were_made(home, anna):
    page = both(home, anna, {"issued": "2003", "title": "Mine"}, {"issued": "2002", "title": "Theirs"})
    again = anna.post(REED, data={**fields(page.text), "choose.issued": "theirs", "do": "merge"}, headers=HERE)

    assert again.status_code == 422 and "Choose one of the versions" in words(again.text)
    assert fields(again.text)["choose.issued"] == ["theirs"]
    assert form(anna, REED)["title"] == ["Mine"]


def test_a_third_save_in_between_is_shown_before_anything_is_put_together(home, anna):
    page = both(home, anna, {"issued": "2003"}, {"issued": "2002"})
    save(home, issued="2004")
    again = anna.post(REED, data={**fields(page.text), "choose.issued": "ours", "do": "merge"}, headers=HERE)

    assert again.status_code == 409 and "changed once more" in words(again.text)
    assert "As it is now, by Ed Moor 2004" in words(again.text)


def test_a_draft_whose_source_was_changed_since_says_so_when_it_is_opened(home, anna):
    send(anna, REED, place="The Mill")
    save(home, issued="2002")
    page = words(anna.get(REED).text)

    assert "This source was changed since you began, by Ed Moor" in page
    assert "the source was changed since" in words(anna.get("/curate").text)
    assert "Yours" in words(anna.get(f"{REED}?show=conflict").text) or "goes together" in words(
        anna.get(f"{REED}?show=conflict").text
    )


def test_a_change_in_an_editor_is_no_less_than_one_of_a_curator(home, anna):
    data = form(anna, REED)
    path = home.home.corpus / "reed-2001.yaml"
    path.write_text(text(home).replace("issued: 2001", "issued: 2005"), encoding="utf-8")
    page = anna.post(REED, data={**data, "issued": "2003", "do": "save"}, headers=HERE)

    assert page.status_code == 412 and "somebody outside the pages" in words(page.text)
    assert "issued: 2005" in text(home)


def test_both_doing_the_same_is_no_conflict(home, anna):
    answer = both(home, anna, {"issued": "2002"}, {"issued": "2002"})
    assert answer.status_code == 303, words(answer.text)

    assert answer.headers["Location"] == "/source/reed-2001"


def test_a_form_from_before_a_merge_in_another_window_does_not_undo_it(home, anna):
    old = form(anna, REED)
    page = both(home, anna, {"place": "The Mill"}, {"issued": "2002"})
    anna.post(REED, data={**fields(page.text), "do": "merge"}, headers=HERE)
    late = anna.post(REED, data={**old, "publisher": "Late Press", "do": "save"}, headers=HERE)

    assert late.status_code == 412
    assert "issued: 2002" in text(home) and "Late Press" in late.text + anna.get(REED).text


def test_a_client_that_names_the_version_by_if_match_is_told_412_too(home, anna):
    tag = anna.get(REED).headers["ETag"]
    data = {name: value for name, value in form(anna, REED).items() if name != "was"}
    save(home, issued="2002")
    late = anna.post(REED, data={**data, "issued": "2003", "do": "save"}, headers={**HERE, "If-Match": tag})

    assert late.status_code == 412 and "issued: 2002" in text(home)


def test_the_etag_of_the_form_is_that_of_the_file(home, anna):
    assert anna.get(REED).headers["ETag"] == f'"{home.curation.text("reed-2001")[1]}"'


def test_a_source_that_was_deleted_meanwhile_can_be_written_anew(home, anna):
    data = form(anna, REED)
    (home.home.corpus / "reed-2001.yaml").unlink()
    page = anna.post(REED, data={**data, "issued": "2003", "do": "save"}, headers=HERE)
    merged = anna.post(REED, data={**fields(page.text), "do": "merge"}, headers=HERE)
    anna.post(REED, data={**fields(anna.get(merged.headers["Location"]).text), "do": "save"}, headers=HERE)

    assert page.status_code == 412 and "was deleted while you worked on it" in words(page.text)
    assert "issued: 2003" in text(home)


def test_keeping_a_draft_while_somebody_saves_is_no_conflict_yet(home, anna):
    data = form(anna, REED)
    save(home, issued="2002")
    told = anna.post(REED, data={**data, "issued": "2003", "do": "keep"}, headers=SCRIPT)

    assert told.status_code == 200 and told.get_json()["saved"]


def test_a_window_that_shows_an_author_whom_another_took_out_brings_all_that_the_file_has_of_them(home, anna):
    path = home.home.corpus / "reed-2001.yaml"
    two = "authors:\n  - {family: Reed, given: Ida}\n  - {family: Weir, given: Ann, suffix: Jr.}\n"
    path.write_text(text(home).replace("authors:\n  - {family: Reed, given: Ida}\n", two), encoding="utf-8")
    stale = form(anna, REED)
    send(anna, REED, "remove:authors.0")
    anna.post(REED, data={**stale, "do": "keep"}, headers=HERE)
    draft = Drafts.of(home.home.private(), "anna")["reed-2001"]

    assert draft.data["authors"] == home.corpus["reed-2001"].data["authors"]


@pytest.mark.parametrize("odd", ["title: [a, b]", 'title: "never closed', "title: {a: b}"])
def test_a_file_that_cannot_be_read_any_more_is_told_with_its_line_beside_all_that_was_typed(home, anna, odd):
    data = {**form(anna, REED), "place": "The Mill"}
    lines = text(home).split("\n")
    number = next(at for at, line in enumerate(lines) if line.startswith("title:"))
    path = home.home.corpus / "reed-2001.yaml"
    path.write_text("\n".join([*lines[:number], odd, *lines[number + 1 :]]), encoding="utf-8")
    without_draft = anna.get(REED, headers=HERE)
    kept = anna.post(REED, data={**data, "do": "keep"}, headers=SCRIPT)
    pages = [anna.post(REED, data={**data, "do": do}, headers=HERE) for do in ("save", "preview", "merge")]
    pages += [anna.get(REED), anna.get(f"{REED}?show=changes"), anna.get(f"{REED}?show=conflict")]

    assert without_draft.status_code == 422 and "corpus/reed-2001.yaml:" in without_draft.text
    assert kept.status_code == 200 and kept.get_json()["saved"]
    assert [page.status_code for page in pages] == [422, 422, 422, 200, 200, 200]
    for page in pages:
        assert 'value="The Mill"' in page.text and "corpus/reed-2001.yaml:" in page.text
    assert anna.get("/curate").status_code == 200
