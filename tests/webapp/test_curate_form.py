"""The form for a source, its drafts and saving."""

import re
import shutil
from collections.abc import Iterator
from html import unescape
from threading import Thread

import pytest
from curate_forms import HERE, SCRIPT, fields, form, send
from import_forms import words
from writing import logged_in

from kb import KnowledgeBase
from webapp import create_app

BIBTEX = """@article{ferrier2015, author = {Ferrier, Ann and Tarn, Bo}, title = {Ferries and neighbours},
 journal = {Journal of Made-up Partnerships}, year = 2015, volume = 8}"""
REED = "/curate/source/reed-2001"


@pytest.fixture(scope="module")
def home(base, stub_encoder, tmp_path_factory) -> Iterator[KnowledgeBase]:
    """A copy of the toy home that the tests of this file change together."""
    folder = tmp_path_factory.mktemp("curated") / "home"
    copy = KnowledgeBase(shutil.copytree(base.home.folder, folder), encoder=stub_encoder)
    yield copy
    copy.close()


@pytest.fixture(scope="module")
def anna(home):
    return logged_in(home)


@pytest.fixture(autouse=True)
def no_drafts(home):
    shutil.rmtree(home.home.curation / "drafts", ignore_errors=True)


def begun(client, **fields: str) -> str:
    """The address of a new draft."""
    answer = client.post("/curate/new", data={"do": "begin", "type": "book", **fields})
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["Location"]


def text(home, id: str) -> str:
    return (home.home.corpus / f"{id}.yaml").read_text(encoding="utf-8")


# Who may


@pytest.mark.parametrize("address", ["/curate", "/curate/new", REED, "/curate/draft/new_0123456789abcdef"])
def test_who_is_not_logged_in_is_led_to_log_in_and_a_read_only_server_has_no_such_page(home, base, address):
    stranger, reader = create_app(home, writable=True).test_client(), create_app(base).test_client()

    assert stranger.get(address).headers["Location"].startswith("/login?next=")
    assert reader.get(address).status_code == 404


def test_a_page_of_a_source_has_a_link_to_edit_it_for_curators_alone(home, anna):
    stranger = create_app(home, writable=True).test_client()

    assert f'href="{REED}"' in anna.get("/source/reed-2001").text
    assert REED not in stranger.get("/source/reed-2001").text


# The form


def test_opening_a_form_writes_nothing(home, anna):
    anna.get(REED)

    assert not (home.home.curation / "drafts").exists()


def test_a_form_that_is_sent_as_it_came_changes_nothing(home, anna):
    for id in home.corpus.ids():
        answer = send(anna, f"/curate/source/{id}", "preview")
        page = anna.get(answer.headers["Location"])

        assert "Nothing has changed" in words(page.text), id


def test_what_was_typed_is_there_when_the_form_is_opened_again(home, anna):
    answer = send(anna, REED, title="Never: a <b>title</b> & more", summary="  two\nlines ")

    assert answer.status_code == 303
    again = form(anna, REED)
    assert (again["title"], again["summary"]) == (["Never: a <b>title</b> & more"], ["  two\nlines "])
    assert "Never" not in text(home, "reed-2001")


def test_a_draft_outlives_the_server(home, anna):
    send(anna, REED, title="Typed before the restart")

    assert form(logged_in(home), REED)["title"] == ["Typed before the restart"]


def test_another_curator_does_not_see_it(home, anna):
    send(anna, REED, title="Only for anna")
    ed = logged_in(home, "editor", "ed", app=anna.application)

    assert "Only for anna" not in ed.get(REED).text + ed.get("/curate").text
    assert "Only for anna" in anna.get("/curate").text


def test_the_script_is_told_what_is_wrong_how_it_is_cited_and_when_it_was_kept(anna):
    answer = send(anna, REED, issued="20x1", headers=SCRIPT)

    told = answer.get_json()
    assert told["saved"] and told["revision"] == 1
    assert "issued" in {each["path"] for each in told["problems"] if each["severity"] == "error"}
    assert told["citation"].startswith("Reed, I. (20x1)")
    assert set(told) == {"saved", "revision", "was", "problems", "citation", "duplicates", "id"}


def test_a_citation_is_shown_in_the_style_that_is_asked_for(anna):
    told = send(anna, REED, style="ieee", headers=SCRIPT).get_json()

    assert told["citation"].startswith("[1]")


def test_a_problem_is_told_at_its_field_and_at_the_top(anna):
    page = send(anna, REED, "preview", issued="20x1")

    assert page.status_code == 422
    assert re.search(r'id="issued"[^>]*aria-invalid="true"', page.text)
    assert re.search(r'id="issued-told"[^>]*><p class="error">', page.text)
    assert '<a href="#issued">' in page.text
    assert "Nothing can be saved yet" in words(page.text)
    assert form(anna, REED)["issued"] == ["20x1"]


def test_a_work_that_is_here_already_is_told_with_a_link(anna):
    address = begun(anna)
    page = send(anna, address, "preview", title="No: why neighbours refuse each other", issued="2001",
                authors__0__family="Reed", authors__0__given="Ida")  # fmt: skip

    assert 'href="/source/reed-2001"' in page.text or 'href="/source/reed-2001"' in anna.get(address).text


# Buttons


def test_authors_are_added_moved_and_removed_without_a_script(anna):
    send(anna, REED, "add:authors")
    answer = send(anna, REED, "up:authors.1", authors__1__literal="The Mill")
    moved = form(anna, REED)

    assert answer.headers["Location"].endswith("?at=authors.0#authors.0")
    assert (moved["authors.0.literal"], moved["authors.1.family"]) == (["The Mill"], ["Reed"])
    send(anna, REED, "remove:authors.0")
    assert "authors.1.family" not in form(anna, REED)


def test_a_work_that_is_cited_is_added_by_a_word_of_its_title_and_removed(anna):
    send(anna, REED, cites__add="Who pays")
    added = form(anna, REED)["cites"]
    send(anna, REED, "remove:cites.0")

    assert (added, form(anna, REED)["cites"]) == (["", "testwell-2010"], [""])


def test_a_name_that_names_nothing_stays_typed_with_the_reason(anna):
    page = send(anna, REED, cites__add="Zzyzx")

    assert page.status_code == 422 and "no work is called 'Zzyzx'" in words(page.text)
    assert form(anna, REED)["cites.add"] == ["Zzyzx"]


def test_half_a_name_is_kept_with_the_draft_and_not_looked_up_while_one_types(anna):
    told = send(anna, REED, cites__add="Zzy", headers=SCRIPT)

    assert told.status_code == 200
    assert form(anna, REED)["cites.add"] == ["Zzy"]


def test_a_button_that_there_is_not_loses_nothing(anna):
    page = send(anna, REED, "explode:authors", title="Still here")

    assert page.status_code == 400 and "is nothing that a button here does" in words(page.text)
    assert form(anna, REED)["title"] == ["Still here"]


def test_a_draft_can_be_thrown_away(anna):
    send(anna, REED, title="Away with it")
    send(anna, REED, "discard")

    assert form(anna, REED)["title"] == ["No: why neighbours refuse each other"]


# Saving


def test_a_changed_year_is_seen_as_a_diff_and_saved_with_that_line_alone(home, anna):
    before = text(home, "tarn-1987")
    page = anna.get(send(anna, "/curate/source/tarn-1987", "preview", issued="1988").headers["Location"])
    data = fields(page.text)

    assert "removed: issued: 1987" in words(page.text) and "added: issued: 1988" in words(page.text)
    assert data["message"] == ["Change issued: tarn-1987"]
    answer = anna.post("/curate/source/tarn-1987", data={**data, "do": "save"})
    assert answer.headers["Location"] == "/source/tarn-1987"
    assert text(home, "tarn-1987") == before.replace("issued: 1987", "issued: 1988")
    saved = words(anna.get("/source/tarn-1987").text)
    assert re.search(r"Saved \(commit [0-9a-f]{10} ?\)", saved) and "Undo" in saved and "1988" in saved
    commit = home.curation.history.log("corpus/tarn-1987.yaml")[0]
    assert (commit.author, commit.message) == ("Anna Smith", "Change issued: tarn-1987")
    assert "Saved (commit" not in words(anna.get("/source/tarn-1987").text)
    assert "Tarn" not in re.search(r"Your drafts.*?</section>", anna.get("/curate").text, re.S)[0]


def test_a_message_that_the_curator_has_written_is_what_the_history_has(home, anna):
    send(anna, "/curate/source/sandhill-1998", "save", note="Seen again.", message="Tell what was seen")

    assert home.curation.history.log("corpus/sandhill-1998.yaml")[0].message == "Tell what was seen"


def test_saving_twice_by_pressing_twice_is_one_save(home, anna):
    data = {**form(anna, "/curate/source/sandhill-1998"), "note": "Twice.", "do": "save"}
    first = anna.post("/curate/source/sandhill-1998", data=data)
    commits = len(home.curation.history.log("corpus/sandhill-1998.yaml"))
    second = anna.post("/curate/source/sandhill-1998", data=data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert len(home.curation.history.log("corpus/sandhill-1998.yaml")) == commits


def test_a_new_source_is_saved_once_though_save_is_pressed_twice(home, anna):
    address = begun(anna)
    where = send(anna, address, "preview", title="Mills of the towns", issued="1999", state="incomplete").location
    data = {**fields(anna.get(where).text, "saving"), "do": "save"}
    first, second = anna.post(address, data=data), anna.post(address, data=data)
    whole = {**data, "type": "book", "title": "Mills of the towns", "issued": "1999", "state": "incomplete", "id": ""}
    third = anna.post(address, data=whole)

    assert {each.location for each in (first, second, third)} == {"/source/mills-towns-1999"}, words(third.text)
    assert [id for id in home.corpus.ids() if "1999" in id] == ["mills-towns-1999"]
    assert anna.get(address).location == "/curate/source/mills-towns-1999"


def test_two_saves_of_a_new_source_at_the_same_time_make_one(home, anna):
    address = begun(anna)
    send(anna, address, title="Weirs of the towns", issued="1998", state="incomplete")
    data, answers = {**form(anna, address), "do": "save"}, []
    del data["csrf_token"]  # each client has its own

    def save(client):
        answers.append(client.post(address, data=data))

    clients = [anna, logged_in(home, app=anna.application)]
    threads = [Thread(target=save, args=[each]) for each in clients]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [each.location for each in answers] == ["/source/weirs-towns-1998"] * 2
    assert [id for id in home.corpus.ids() if id.startswith("weirs")] == ["weirs-towns-1998"]


def test_what_is_typed_in_an_old_window_after_saving_goes_into_the_saved_source(home, anna):
    address = begun(anna)
    old = {**form(anna, address), "title": "Dams of the towns", "issued": "1997", "state": "incomplete"}
    anna.post(address, data={**old, "do": "save"})
    later = anna.post(address, data={**old, "note": "Typed later.", "do": "keep"})

    assert later.location == "/curate/source/dams-towns-1997"
    assert form(anna, later.location)["note"] == ["Typed later."]
    assert "Typed later" not in text(home, "dams-towns-1997")


def test_an_address_of_a_doi_is_taken_as_the_doi(anna):
    told = send(anna, REED, doi="https://doi.org/10.1000/abc", headers=SCRIPT).get_json()

    assert form(anna, REED)["doi"] == ["10.1000/abc"]
    assert "doi" not in {each["path"] for each in told["problems"]}


def test_a_claim_that_was_just_added_lacks_nothing_yet_and_then_says_what_in_words_of_the_form(anna):
    send(anna, REED, "add:claims")
    added = anna.get(REED).text
    number = max(int(each) for each in re.findall(r'name="claims\.(\d+)\.id"', added))
    path = f"claims.{number}"
    page = send(anna, REED, "preview")

    assert 'class="error"' not in added
    for field, said in (("text", "write the statement"), ("basis", "choose on what it rests"), ("about", "choose a c")):
        assert re.search(rf'id="{path}.{field}-told"[^>]*><p class="error"><b>Error:</b> {said}', page.text), field
    assert "basis:" not in words(page.text)


def test_a_relation_of_which_half_is_chosen_says_what_is_missing(anna):
    send(anna, REED, "add:claims.0.asserts")
    told = send(anna, REED, claims__0__asserts__1__relation="mitigatedBy", headers=SCRIPT).get_json()["problems"]

    assert {each["path"]: each["message"] for each in told if ".asserts" in each["path"]} == {
        "claims.0.asserts.1.subject": "choose what it is said of",
        "claims.0.asserts.1.object": "choose to what it relates",
    }


def test_of_a_claim_that_another_window_took_out_nothing_is_lost(home, anna):
    stale = form(anna, REED)
    send(anna, REED, "remove:claims.0")
    anna.post(REED, data={**stale, "do": "keep", "claims.0.text": "Neighbours who meet often trust each other more."})
    shown = anna.get(send(anna, REED, "preview").location).text

    assert "removed: curator" not in words(shown) and "claim needs" not in shown
    assert "removed: - text" not in words(shown)


def test_marks_of_git_in_the_file_hide_no_draft_and_no_desk(home, anna):
    path = home.home.corpus / "reed-2001.yaml"
    before = path.read_text(encoding="utf-8")
    data = {**form(anna, REED), "title": "Typed before the pull"}
    anna.post(REED, data={**data, "do": "keep"})
    path.write_text("<<<<<<< ours\n" + before + "=======\n" + before + ">>>>>>> theirs\n", encoding="utf-8")
    pages = [anna.get("/curate"), anna.get(REED), anna.post(REED, data={**data, "do": "save"})]
    path.write_text(before, encoding="utf-8")

    assert [each.status_code for each in pages] == [200, 200, 422]
    assert all("Typed before the pull" in each.text for each in pages)
    assert all("git could not merge" in each.text for each in pages[1:])


def test_errors_keep_it_from_being_saved_and_warnings_do_not(home, anna):
    before = text(home, "reed-2001")
    page = send(anna, REED, "save", issued="20x1")

    assert page.status_code == 422 and "Nothing was saved" in words(page.text)
    assert text(home, "reed-2001") == before


def test_bibtex_that_is_pasted_fills_the_form_and_is_saved_under_the_proposed_id(home, anna):
    answer = anna.post("/curate/new", data={"do": "paste", "pasted": BIBTEX})
    filled = form(anna, answer.headers["Location"])

    assert filled["title"] == ["Ferries and neighbours"] and filled["authors.1.family"] == ["Tarn"]
    saved = send(anna, answer.headers["Location"], "save")
    assert saved.headers["Location"] == "/source/ferrier-tarn-2015", words(saved.text)
    assert "Ferries and neighbours" in anna.get("/source/ferrier-tarn-2015").text
    assert home.curation.history.log("corpus/ferrier-tarn-2015.yaml")[0].message == "Add ferrier-tarn-2015"


def test_a_pasted_work_that_is_here_is_shown_before_anything_is_begun(anna):
    pasted = "@book{x, author={Reed, Ida}, title={No: why neighbours refuse each other}, year=2001}"
    page = anna.post("/curate/new", data={"do": "paste", "pasted": pasted})

    assert page.status_code == 200 and "here already" in words(page.text)
    assert f'href="{REED}"' in page.text


@pytest.mark.parametrize(("pasted", "said"), [("", "Nothing was pasted"), ("@book{", "No reference could be read")])
def test_what_cannot_be_read_is_told_and_stays_in_the_box(anna, pasted, said):
    page = anna.post("/curate/new", data={"do": "paste", "pasted": pasted})

    assert page.status_code == 400 and said in words(page.text)
    assert pasted in unescape(page.text)


def test_an_id_that_another_source_has_is_refused(anna):
    page = send(anna, begun(anna), "save", id="reed-2001", title="Another", state="incomplete")

    assert page.status_code == 422 and "reed-2001 is another source already" in words(page.text)


@pytest.mark.parametrize("id", ["../../etc/passwd", "Reed 2001", "a/b", "a..b", "é", "x" * 5000, "\0"])
def test_an_odd_id_is_refused_with_a_sentence_and_writes_nothing(home, anna, id):
    page = send(anna, begun(anna), "save", id=id, title="Odd", state="incomplete")

    assert page.status_code == 422
    assert sorted(each.name for each in home.home.folder.parent.iterdir()) == ["home"]


# Bad input


def test_an_expired_session_gives_the_form_back(home, anna):
    data = {**form(anna, REED), "title": "Typed while the session ended", "do": "keep"}
    stranger = anna.application.test_client()
    page = stranger.post(REED, data=data)
    told = stranger.post(REED, data=data, headers=SCRIPT)

    assert page.status_code == 401 and "Typed while the session ended" in page.text
    assert told.status_code == 401 and told.get_json()["login"] == "/login"


def test_a_megabyte_in_a_field_is_kept_and_ten_are_told_to_be_too_much_without_losing_them(anna):
    kept = send(anna, REED, summary="x" * 1_000_000)
    page = send(anna, REED, summary="x" * 9_000_000)

    assert kept.status_code == 303
    assert page.status_code == 413 and "up to 8 MB are kept" in words(page.text)
    assert "x" * 9_000_000 in page.text


def test_a_source_with_more_than_a_form_takes_is_to_be_changed_in_an_editor(anna, home):
    claim = "- {{id: '#c{0}', text: Reeds grow, basis: abstract, about: [barrier-distance, barrier-mistrust]}}\n"
    path = home.home.corpus / "many-2001.yaml"
    path.write_text("type: book\ntitle: Reeds\nclaims:\n" + "".join(map(claim.format, range(600))), encoding="utf-8")
    page = anna.get("/curate/source/many-2001", headers=HERE)
    path.unlink()

    assert page.status_code == 413 and "corpus/many-2001.yaml has more claims" in words(page.text)


def test_a_form_that_is_larger_than_any_is_refused_with_a_sentence(anna):
    page = anna.post(REED, data={"title": "x" * (17 << 20)}, headers=HERE)

    assert page.status_code == 413 and "16 MB" in words(page.text)


def test_a_form_may_have_thousands_of_fields(anna):
    assert send(anna, REED, subjects=["x"] * 3_000).status_code in (303, 400)


def test_where_no_draft_can_be_written_the_form_comes_back_with_all_that_was_typed(home, anna):
    shutil.rmtree(home.home.curation / "drafts", ignore_errors=True)
    (home.home.curation / "drafts").write_text("in the way", encoding="utf-8")
    page = send(anna, REED, title="Not lost")
    told = send(anna, REED, title="Not lost", headers=SCRIPT)
    (home.home.curation / "drafts").unlink()

    assert page.status_code == 507 and fields(page.text)["title"] == ["Not lost"]
    assert "cannot be kept on the server" in words(page.text)
    assert told.status_code == 507 and told.get_json()["saved"] is None


def test_a_file_with_a_merge_conflict_says_where_it_is(home, anna):
    path = home.home.corpus / "marlow-quist-2012.yaml"
    before = path.read_text(encoding="utf-8")
    path.write_text("<<<<<<< HEAD\n" + before + "=======\n", encoding="utf-8")
    page = anna.get("/curate/source/marlow-quist-2012")
    path.write_text(before, encoding="utf-8")

    assert page.status_code == 422 and "marlow-quist-2012.yaml:" in words(page.text)


def test_a_save_that_git_has_not_taken_is_on_the_desk_until_it_has(home, anna, monkeypatch):
    if not home.curation.history.is_kept:
        send(anna, "/curate/source/sandhill-1998", "save", note="The first.")
    monkeypatch.setattr("kb.saving.git.PATIENCE", 0.05)
    lock = home.home.folder / ".git" / "index.lock"
    lock.touch()
    answer = send(anna, "/curate/source/sandhill-1998", "save", note="Once more.", message="Wait for git")
    told, desk = words(anna.get(answer.headers["Location"]).text), words(anna.get("/curate").text)
    lock.unlink()
    home.curation.saving.recover()

    assert "the history has not taken it yet" in told and "Wait for git" in desk
    assert "Not in the history yet" not in words(anna.get("/curate").text)


def test_who_is_logged_in_is_told_why_pages_show_an_earlier_state(home, anna):
    reader = create_app(home).test_client()
    home.turns.done(0, "corpus/x.yaml:3: found duplicate key")
    told, others = words(anna.get("/source/reed-2001", headers=HERE).text), reader.get("/source/reed-2001").text
    home.turns.done(0)

    assert "as they were before the last change" in told and "corpus/x.yaml:3: found duplicate key" in told
    assert "before the last change" not in others + anna.get("/source/reed-2001", headers=HERE).text
