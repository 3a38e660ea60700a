"""The pages of the history, and what curators undo on them."""

import json
import re
import shutil

import pytest
from import_forms import words
from markup import Markup
from past import REED, TARN, TESTWELL, with_past
from writing import logged_in

from kb.saving.git import Git
from webapp import create_app
from webapp.git_turns import AT_ONCE, _turns


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """A home with a past, whose tests put things right again."""
    base = with_past(tmp_path_factory.mktemp("past") / "home")
    yield base
    base.close()


@pytest.fixture(scope="module")
def reader(past):
    return create_app(past).test_client()


@pytest.fixture(scope="module")
def curator(past):
    return logged_in(past)


@pytest.fixture(scope="module")
def editor(past, curator):
    return logged_in(past, "editor", "ed", app=curator.application)


def test_the_history_tells_who_changed_what_when_and_no_address_of_mail(past, reader):
    page, data = reader.get("/history"), reader.get("/history.json").json

    assert Markup.of(page.text).wrong == []
    assert "Correct the volume" in page.text and "Ed Moor · 20" in words(page.text)
    assert data["revisions"][-1]["subject"] == "Begin the history"
    for address in ("/history", "/history.json", f"/history/{past.year}", f"/history/{past.year}.json"):
        assert "@" not in reader.get(address).text.replace("@context", "")


def test_a_change_shows_fields_and_lines_marked_by_sign_and_word(past, reader):
    page = reader.get(f"/history/{past.year[:9]}")

    assert Markup.of(page.text).wrong == []
    assert "<dt>issued</dt>" in page.text and "<del>2001</del> → <ins>2002</ins>" in page.text
    assert re.search(r'<tr class="added"><td>\d+</td><td>\+<span class="hidden"> added</span></td>', page.text)
    assert "As the title page has it." in page.text and "Undo this change" not in page.text
    assert reader.get(f"/history/{past.year}.json").json["changes"][0]["fields"][0]["now"] == "2002"


def test_what_is_not_published_of_an_import_is_shown_to_curators_alone(past, reader, curator):
    address = f"/history/{past.imported}"

    for suffix in ("", ".json"):
        assert "/home/anna" not in reader.get(address + suffix).text
    assert "left out" in reader.get(address).text and "&lt;b&gt;" in reader.get(address).text
    assert "/home/anna" in curator.get(address).text


def test_the_page_of_a_source_leads_to_its_history(past, reader):
    assert f'href="/source/{REED}/history"' in reader.get(f"/source/{REED}").text
    page = reader.get(f"/source/{REED}/history")
    assert "Correct the year" in page.text and "Correct the volume" not in page.text
    assert reader.get("/source/nothing/history").status_code == 404


def test_a_home_without_git_says_that_there_is_no_history_yet(client):
    assert "There is no history yet" in client.get("/history").text
    assert client.get("/history.json").json["kept"] is False
    assert "/history" not in client.get(f"/source/{REED}").text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999"])
def test_a_page_of_the_history_that_cannot_be_is_refused(reader, page):
    assert reader.get(f"/history?page={page}").status_code == 400


def test_a_curator_undoes_a_change_and_brings_the_version_back(past, curator):
    assert "Undo this change" in curator.get(f"/history/{past.volume}").text
    undone = curator.post("/curate/revert", data={"commit": past.volume})
    assert undone.status_code == 303
    assert "Undo &#34;Correct the volume&#34;" in curator.get(undone.location).text
    assert "volume: 3" in past.curation.text(TESTWELL)[0]
    data = {"commit": past.volume, "path": f"corpus/{TESTWELL}.yaml"}
    assert curator.post("/curate/revert", data=data).status_code == 303

    assert "volume: 4" in past.curation.text(TESTWELL)[0]
    assert curator.post("/curate/revert", data={**data, "path": "../x"}).status_code == 400
    assert curator.post("/curate/revert", data={"commit": "HEAD"}).status_code == 404


def test_an_editor_deletes_a_source_whose_page_then_says_so_and_brings_it_back(past, reader, curator, editor):
    assert curator.post("/curate/delete", data={"id": TARN}).status_code == 403
    assert "Delete this source" not in curator.get(f"/source/{TARN}/history").text
    assert f"Delete {TARN}" in editor.get(f"/source/{TARN}/history").text
    assert f"/source/{TARN}/history#delete" in editor.get(f"/source/{TARN}").text
    assert editor.post("/curate/delete", data={"id": TARN}).status_code == 303
    past.build()
    gone = reader.get(f"/source/{TARN}")
    assert (gone.status_code, Markup.of(gone.text).wrong) == (404, [])
    assert f"{TARN} was deleted" in gone.text and "Ed Moor deleted this source on" in words(gone.text)
    assert "was deleted on 20" in reader.get(f"/source/{TARN}.json").json["detail"]
    assert "Bring it back" not in curator.get(f"/source/{TARN}/history").text
    assert "Bring it back" in editor.get(f"/source/{TARN}/history").text

    assert curator.post("/curate/undelete", data={"id": TARN}).status_code == 403
    assert editor.post("/curate/undelete", data={"id": TARN}).status_code == 303
    past.build()
    assert reader.get(f"/source/{TARN}").status_code == 200


def test_a_source_that_stays_has_links_to_what_leans_on_it(past, editor):
    refused = editor.post("/curate/delete", data={"id": REED})
    found = past.curation.past.leaning(REED)
    source, _, claim = found[0].partition(" ")[0].partition("#")

    assert (refused.status_code, Markup.of(refused.text).wrong) == (422, [])
    assert f'href="/source/{source}{f"#{claim}" if claim else ""}">{found[0]}</a>' in refused.text
    assert f'href="/source/{REED}"' in refused.text and f"/curate/merge/sources?one={REED}" in refused.text
    assert editor.post("/curate/delete", data={"id": REED}, headers={"Accept": "application/json"}).is_json


def test_a_curator_undoes_nothing_that_an_editor_decided(past, curator, editor):
    _, was = past.curation.text(REED)
    editor.post(f"/curate/review/{REED}", data={"status": "retracted", "why": "Fraud", "was": was})
    retracted = past.curation.history.head
    refused = curator.post("/curate/revert", data={"commit": retracted})

    assert refused.status_code == 403 and "which only an editor changes so" in words(refused.text)
    assert f'href="/history/{retracted}"' in refused.text and "ask an account with the role" in words(refused.text)
    assert "Undo this change" not in curator.get(f"/history/{retracted}").text
    assert "Undo this change" in editor.get(f"/history/{retracted}").text
    assert past.corpus[REED].data["status"] == "retracted"
    assert "Undo this change" in curator.get(f"/history/{past.imported}").text  # what she has added herself
    assert curator.post("/curate/revert", data={"commit": past.imported}).status_code == 303
    assert editor.post("/curate/revert", data={"commit": retracted}).status_code == 303


def test_who_asks_for_sources_that_are_not_there_has_the_history_read_once(past, reader, monkeypatch):
    asked, run = [], Git.__call__

    def ask(git, *words, **more):
        asked.append(words[0])
        return run(git, *words, **more)

    monkeypatch.setattr(
        "kb.saving.git.Git.__call__", lambda *words, **more: asked.append(words[1]) or run(*words, **more)
    )
    past.__dict__.pop("curation", None)
    for number in range(5):
        assert reader.get(f"/source/none-{number}").status_code == 404

    assert asked.count("log") == 1


def test_a_source_that_is_deleted_after_the_history_was_read_is_known_too(past, reader, editor):
    assert reader.get("/source/none-1").status_code == 404
    for _ in range(2):
        deleted = editor.post("/curate/delete", data={"id": TARN})
        assert past.curation.past.deletion(TARN).id == deleted.location.rpartition("/")[2]
        editor.post("/curate/undelete", data={"id": TARN})
        assert past.curation.past.deletion(TARN) is None


def test_when_many_look_at_the_history_others_are_asked_to_wait_and_pages_go_on(reader, monkeypatch):
    monkeypatch.setattr("webapp.git_turns.PATIENCE", 0.01)
    for _ in range(AT_ONCE):
        assert _turns.acquire(timeout=10)
    try:
        busy, page = reader.get("/history"), reader.get(f"/source/{REED}")
    finally:
        for _ in range(AT_ONCE):
            _turns.release()

    assert (busy.status_code, page.status_code) == (503, 200) and busy.headers["Retry-After"]
    assert reader.get("/history").status_code == 200


@pytest.mark.parametrize("address", ["/curate/revert", "/curate/delete", "/curate/undelete"])
def test_nobody_undoes_anything_without_an_account_or_by_get(past, reader, curator, address):
    head = past.curation.history.head

    assert reader.post(address, data={"commit": past.year, "id": TARN}).status_code in (403, 404)
    assert curator.get(address).status_code in (404, 405)
    assert past.curation.history.head == head


def test_the_desk_tells_of_texts_that_were_displaced_and_no_address_of_mail(past, curator):
    folder = past.home.curation / "lost" / "1-1"
    folder.mkdir(parents=True)
    (folder / "why.txt").write_text("corpus/x.yaml: somebody else wrote <it>\n")
    said = {"changes": [["corpus/x.yaml", "", None]], "author": ["ed", "Ed Moor", "ed@x"], "message": "M", "when": 1}
    (folder / "save.json").write_text(json.dumps(said))
    page = curator.get("/curate", headers={"Accept": "text/html"})
    shutil.rmtree(folder.parent)

    assert page.status_code == 200 and "somebody else wrote &lt;it&gt;" in page.text
    assert "quist@example.org" not in page.text
