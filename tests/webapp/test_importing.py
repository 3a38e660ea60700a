"""Who may add sources in the browser, and that only what was chosen is added."""

import os
import re
import shutil
from collections.abc import Iterator
from datetime import date
from queue import Queue
from threading import Thread

import pytest
from import_forms import ALL, BROWSER, HERE, NEW, files, kept, sent, words
from markup import Markup
from writing import logged_in

from kb import KnowledgeBase
from webapp import NOBODY, create_app, serve
from webapp.curate.uploads import KEPT


@pytest.fixture
def writable(base, stub_encoder, tmp_path) -> Iterator[KnowledgeBase]:
    """A copy of the toy home, built, that a test may change."""
    copy = KnowledgeBase(shutil.copytree(base.home.folder, tmp_path / "home"), encoder=stub_encoder)
    yield copy
    copy.close()


@pytest.fixture
def writer(writable):
    return logged_in(writable)


# Who may write


def test_without_writable_there_is_no_button_and_nothing_to_add_by(client):
    address = f"/curate/import/{'a' * 22}"

    assert client.post(address, data={"take": "1"}, headers=HERE).status_code == 404
    assert client.get(address, headers=BROWSER).status_code == 404


def test_a_writable_server_without_accounts_says_how_to_make_one(writable):
    shutil.rmtree(writable.home.curation, ignore_errors=True)
    told: Queue[str] = Queue()
    options = {"port": 0, "announce": told.put, "writable": True}
    Thread(target=serve, args=(writable,), kwargs=options, daemon=True).start()

    assert [told.get(timeout=30).split()[1:3], told.get(timeout=30)] == [["is", "ready"], NOBODY]
    assert "'kb user add NAME' makes an account" in NOBODY


def test_without_an_account_a_file_is_looked_at_alone(writable):
    stranger, before = create_app(writable, writable=True).test_client(), files(writable)
    page = sent(stranger, text=NEW, headers=HERE)

    assert page.status_code == 200 and "Nothing was added" in words(page.text)
    assert "Log in , then send the files again" in words(page.text)
    assert "Set-Cookie" not in page.headers and files(writable) == before


def test_a_form_to_be_kept_is_not_taken_for_one_to_look_at_when_the_session_has_ended(writer, writable):
    before = files(writable)
    writer.delete_cookie(writer.application.config["SESSION_COOKIE_NAME"])
    page = sent(writer, ("refs.ris", ALL), text=NEW, headers=HERE, csrf_token="old")

    assert page.status_code == 401 and files(writable) == before
    assert "refs.ris" in words(page.text) and "Ferries and neighbours" in page.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
    ],
)
def test_nothing_is_stored_or_added_for_a_form_from_elsewhere(writer, writable, headers):
    address, before = kept(writer, text=NEW), files(writable)
    stored = sent(writer, text=NEW, headers={**BROWSER, **headers})
    added = writer.post(address, data={"take": "1"}, headers={**BROWSER, **headers})

    assert (stored.status_code, added.status_code) == (403, 403)
    assert files(writable) == before


@pytest.mark.parametrize("token", ["a" * 22, "..%2f..%2fcorpus", "..", "a", "%00" * 22, "-" * 22])
def test_a_token_that_names_nothing_is_told(writer, token):
    assert writer.get(f"/curate/import/{token}", headers=BROWSER).status_code in (404, 308)
    assert writer.post(f"/curate/import/{token}", headers=HERE).status_code in (404, 405, 308)


def test_a_page_elsewhere_cannot_make_a_browser_send_a_form(client):
    answer = sent(
        client, text=NEW, headers={**BROWSER, "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403


# What is kept, and adding


def test_what_was_sent_is_kept_for_a_day_and_can_be_opened_again(writer, writable):
    address, before = kept(writer, ("refs.ris", ALL), ("../../more.ris", NEW)), files(writable)
    pages = [writer.get(address, headers=BROWSER) for _ in range(2)]
    texts = [re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", page.text) for page in pages]  # it tells the time

    assert re.fullmatch(r"/curate/import/[\w-]{22}", address)
    assert texts[0] == texts[1] and "5 records" in words(pages[0].text)
    assert pages[0].headers["Cache-Control"] == "private, no-store"
    assert files(writable) == before


def test_what_is_older_than_a_day_or_too_much_goes(writer, writable):
    first = kept(writer, text=NEW)
    folder = writable.home.derived / "imports"
    os.utime(folder / first.rpartition("/")[2], (0, 0))
    assert "a day has passed" in words(writer.get(first, headers=BROWSER).text)
    for _ in range(KEPT + 3):
        kept(writer, text=NEW)

    assert len(list(folder.iterdir())) == KEPT


def test_what_is_older_than_a_day_goes_when_others_are_asked_for_and_when_a_server_starts(writer, writable):
    folder, addresses = writable.home.derived / "imports", [kept(writer, text=NEW) for _ in range(3)]
    for address in addresses[:2]:
        os.utime(folder / address.rpartition("/")[2], (0, 0))
    assert writer.get(addresses[2], headers=BROWSER).status_code == 200 and len(list(folder.iterdir())) == 1
    os.utime(folder / addresses[2].rpartition("/")[2], (0, 0))
    create_app(writable, writable=True)

    assert list(folder.iterdir()) == []


def test_a_mistake_of_what_is_kept_comes_with_the_form_and_the_text(writer):
    page = writer.get(kept(writer, ("refs.zip", "PK\x03\x04"), text="no list"), headers=BROWSER)

    assert page.status_code == 422 and "refs.zip: is a zip archive" in words(page.text)


def test_what_is_new_is_checked_and_what_is_incomplete_is_not(writer):
    page = writer.get(kept(writer, text=ALL), headers=BROWSER).text

    assert re.findall(r'name="take" value="(\d)"[^>]*?( checked)?>', page) == [("1", " checked"), ("3", "")]
    assert re.findall(r'name="theirs" value="([^"]*)"', page) == ["2:testwell-2010:volume", "2:testwell-2010:issue"]


def test_what_was_checked_is_added_alone_and_the_files_are_deleted(writer, writable):
    address = kept(writer, text=ALL)
    page = writer.post(address, data={"take": ["1"]}, headers=HERE)
    writable.build()

    assert page.status_code == 200 and Markup.of(page.text).wrong == []
    assert '<a href="/source/ferrier-2015">Ferrier, A. (2015). Ferries and neighbours.' in page.text
    assert "1 source added" in words(page.text)
    assert writable.source("ferrier-2015").title == "Ferries and neighbours"
    assert len(list(writable.corpus.ids())) == 6 and not list((writable.home.derived / "imports").iterdir())
    assert writer.get(address, headers=BROWSER).status_code == 404
    assert [problem for problem in writable.check() if problem.severity == "error"] == []


def test_of_a_duplicate_the_chosen_fields_are_taken_and_all_else_stays(writer, writable):
    before = writable.corpus.path("testwell-2010").read_text()
    page = writer.post(kept(writer, text=ALL), data={"theirs": ["2:testwell-2010:issue"]}, headers=HERE)
    after = writable.corpus.path("testwell-2010").read_text()

    assert "1 source changed" in words(page.text) and "issue" in words(page.text)
    assert set(after.splitlines()) - set(before.splitlines()) == {"issue: 2", "state: complete"}
    assert set(before.splitlines()) - set(after.splitlines()) == {"state: incomplete", "missing: [issue]"}


def test_a_reviewed_source_that_an_import_changes_is_a_draft_again_but_for_an_editor(writable):
    path = writable.corpus.path("testwell-2010")
    text = path.read_text().replace("status: draft", "status: reviewed")
    assert "status: reviewed" in text
    found = {}
    for role, name in (("curator", "anna"), ("editor", "ed")):
        path.write_text(text)
        client = logged_in(writable, role, name)
        client.post(kept(client, text=ALL), data={"theirs": ["2:testwell-2010:volume"]}, headers=HERE)
        found[role] = writable.corpus["testwell-2010"].data["status"]
        assert path.read_text() != text

    assert found == {"curator": "draft", "editor": "reviewed"}


def test_a_field_of_theirs_can_stand_in_place_of_ours(writer, writable):
    writer.post(kept(writer, text=ALL), data={"theirs": ["2:testwell-2010:volume"]}, headers=HERE)

    assert writable.corpus["testwell-2010"].data["volume"] == "4"
    assert "issue" not in writable.corpus["testwell-2010"].data


def test_a_field_goes_into_no_other_source_than_the_one_that_was_shown(writer, writable):
    address = kept(writer, text=ALL)
    corpus = writable.corpus
    corpus.add("other-2010", corpus.path("testwell-2010").read_text(encoding="utf-8"))
    corpus.remove("testwell-2010")
    before = corpus.path("other-2010").read_text()
    chosen = {"theirs": ["2:testwell-2010:volume", "1:testwell-2010:title"]}
    page = writer.post(address, data=chosen, headers=HERE)

    assert words(page.text).count("the corpus has changed since: look again") == 2
    assert corpus.path("other-2010").read_text() == before and len(corpus.ids()) == 5


def test_a_field_that_was_not_offered_is_not_taken(writer, writable):
    before = writable.corpus.path("testwell-2010").read_text()
    fields = ["claims", "summary", "state", "status", "subjects", "../x", "extra", "type:x", "title", "authors"]
    chosen = {"theirs": [f"2:testwell-2010:{field}" for field in fields]}
    page = writer.post(kept(writer, text=ALL), data=chosen, headers=HERE)

    assert page.status_code == 200 and "Nothing was added" in words(page.text)
    assert writable.corpus.path("testwell-2010").read_text() == before


def test_numbers_that_no_record_has_add_nothing(writer, writable):
    chosen = {"take": ["0", "2", "4", "99", "-1", "x", "9" * 50], "theirs": ["1:title", "x", ":::", "99:a:title"]}
    page = writer.post(kept(writer, text=ALL), data=chosen, headers=HERE)

    assert page.status_code == 200 and "Nothing was added" in words(page.text)
    assert len(writable.corpus.ids()) == 5


def test_a_record_that_was_added_meanwhile_is_not_added_again(writer, writable):
    first, second = kept(writer, text=NEW), kept(writer, text=NEW)
    writer.post(first, data={"take": "1"}, headers=HERE)
    page = writer.post(second, data={"take": "1"}, headers=HERE)

    assert "Not added" in words(page.text) and "ferrier-2015" in words(page.text)
    assert len(writable.corpus.ids()) == 6


def test_a_long_page_can_be_sent_from_its_top_too_and_then_names_what_comes_next(writer):
    several = "\n".join(NEW.replace("Ferries", f"Ferries of town {n * 7}").replace("8", f"{n}") for n in range(1, 8))
    short, address = (writer.get(kept(writer, text=NEW), headers=BROWSER), kept(writer, text=several))
    long = writer.get(address, headers=BROWSER).text

    assert (short.text.count("data-count"), long.count("data-count")) == (1, 2)
    assert long.index("data-count") < long.index("record-in")
    done = writer.post(address, data={"take": "1"}, headers=HERE)
    assert 'href="/curate/source/ferrier-2015"' in done.text


# Concepts, and a record that is completed before it is added


def test_concepts_that_are_checked_become_subjects_and_the_draft_is_signed(writer, writable):
    address = kept(writer, text=NEW)
    offered = re.findall(r'name="concept" value="(1:[\w-]+)"', writer.get(address, headers=BROWSER).text)
    writer.post(address, data={"take": "1", "concept": [*offered[:2], "1:no-such", "2:barrier-distance"]}, headers=HERE)

    data = writable.corpus["ferrier-2015"].data
    assert len(offered) == 5 and data["subjects"] == [each.partition(":")[2] for each in offered[:2]]
    assert (data["status"], data["statusBy"], data["statusDate"]) == ("draft", "anna", date.today().isoformat())
    assert writable.curation.history.log(limit=1)[0].author == "Anna Smith"


def test_a_subject_that_cannot_be_one_is_told_and_the_record_added_all_the_same(writer, writable):
    page = writer.post(kept(writer, text=NEW), data={"take": "1", "concept": "1:barrier-distanse"}, headers=HERE)

    assert "not with this subject: no concept 'barrier-distanse' (did you mean 'barrier-distance'?)" in words(page.text)
    assert "subjects" not in writable.corpus["ferrier-2015"].data


def test_a_record_is_opened_in_the_form_with_its_concepts_and_the_others_stay(writer, writable):
    address = kept(writer, text=ALL)
    answer = writer.post(address, data={"open": "1", "take": "1", "concept": "1:barrier-distance"}, headers=HERE)
    form = writer.get(answer.location, headers=BROWSER).text

    assert answer.status_code == 303 and re.fullmatch(r"/curate/draft/new_\w+", answer.location)
    assert "Ferries and neighbours" in form and "barrier-distance" in form
    assert "ferrier-2015" not in writable.corpus and "4 records" in words(writer.get(address, headers=BROWSER).text)


@pytest.mark.parametrize(
    ("number", "status", "told"),
    [
        ("2", 422, "record 2 is here already, as testwell-2010: open that one"),
        ("4", 422, "record 4 cannot be read"),
        ("5", 404, "these files have no record 5"),
        ("<b>", 404, "these files have no record 0"),
        ("9" * 100, 404, "these files have no record 0"),
    ],
)
def test_what_becomes_no_new_source_is_not_opened_in_the_form(writer, number, status, told):
    answer = writer.post(kept(writer, text=ALL), data={"open": number}, headers=HERE)

    assert answer.status_code == status and told in words(answer.text)
