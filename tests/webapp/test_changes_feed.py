"""The feed of changes is Atom that any reader takes, whatever was saved by whom."""

import uuid
from datetime import datetime
from xml.etree import ElementTree as xml

import pytest
from conftest import lay_toy
from naughty import OURS, listed, some

from kb import KnowledgeBase
from kb.curation import Author, Change
from kb.saving import etag
from webapp import create_app

ATOM, XHTML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/1999/xhtml}"
ANNA = Author("anna", "Anna <Smith> & Sons", "anna@localhost")


@pytest.fixture(scope="module")
def desk(stub_encoder, tmp_path_factory):
    """A toy home with a history."""
    base = KnowledgeBase(lay_toy(tmp_path_factory.mktemp("feed")), encoder=stub_encoder)
    base.build()
    desk = base.curation
    data = desk.corpus["reed-2001"].data
    _, was = desk.text("reed-2001")
    claims = [{**data["claims"][0], "text": "The mill stands still."}, *data["claims"][1:]]
    more = {"text": "Another.", "basis": "abstract", "about": ["barrier-distance"], "curator": "toy"}
    claims.append({"id": "#c9", **more, "created": "2026-11-30"})
    desk.save_data(
        "reed-2001", {**data, "title": "Reeds <b>&</b> rushes", "claims": claims}, was, ANNA, "Mend reed-2001"
    )
    toy = (base.home.ontology / "toy.ttl").read_text()
    changed = toy.replace('"remoteness"@en', '"remoteness"@en , "far away"@en')
    _, was = desk.text("tarn-1987")
    desk.saving.save([Change("ontology/toy.ttl", changed, etag(toy)), Change("corpus/tarn-1987.yaml", None, was)], ANNA,
                     "Drop tarn-1987\n\nIt was never\x0bpublished.\nThanks-to: Quist <quist@example.org>")  # fmt: skip
    base.build()
    base.app = create_app(base)
    yield base
    base.close()


def entries(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/atom+xml"), answer.text
    return xml.fromstring(answer.data).findall(f"{ATOM}entry")


def text(entry, name):
    return entry.findtext(f"{ATOM}{name}")


def told(entry):
    return ["".join(item.itertext()) for item in entry.iter(f"{XHTML}li")]


def test_an_entry_tells_who_changed_what_when(desk):
    drop, mend, first = entries(desk.app.test_client().get("/changes.atom"))

    assert (text(drop, "title"), text(mend, "title")) == ("Drop tarn-1987", "Mend reed-2001")
    assert drop.findtext(f"{ATOM}author/{ATOM}name") == "Anna Smith & Sons"
    assert told(mend) == ["Reed (2001): title, claim c1 changed, claim c9 added"]
    assert told(drop) == ["tarn-1987 deleted", "Distance"]
    assert "It was neverpublished." in "".join(drop.itertext())
    assert [link.get("href") for link in mend.iter(f"{XHTML}a")] == ["http://localhost/source/reed-2001"]
    assert told(first)[0].endswith(" added") and len(told(first)) > 4


def test_the_feed_has_what_the_standard_asks_for_and_keeps_its_ids(desk):
    reader = desk.app.test_client()
    feed = xml.fromstring(reader.get("/changes.atom").data)
    ids = [node.text for node in feed.iter(f"{ATOM}id")]

    assert all(uuid.UUID(id) for id in ids) and len(set(ids)) == len(ids) == 4
    assert ids == [node.text for node in xml.fromstring(reader.get("/changes.atom").data).iter(f"{ATOM}id")]
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == "http://localhost/changes.atom"
    commit = desk.curation.history.head
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href") == f"http://localhost/history/{commit}"
    days = [datetime.fromisoformat(node.text) for node in feed.iter(f"{ATOM}updated")]
    assert all(day.tzinfo for day in days) and days[0] == max(days)


def test_who_has_the_feed_already_gets_no_second_one(desk):
    reader = desk.app.test_client()
    first = reader.get("/changes.atom")
    again = reader.get("/changes.atom", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_a_source_has_a_feed_of_its_own_also_when_it_is_gone(desk):
    reader = desk.app.test_client()

    mended, *_ = entries(reader.get("/source/reed-2001/changes.atom"))
    dropped, *_ = entries(reader.get("/source/tarn-1987/changes.atom"))

    assert text(mended, "title") == "Mend reed-2001"
    assert told(dropped) == ["tarn-1987 deleted"]  # and not what else was changed with it
    for id in ("no-such-1999", "..%2Ftoy", "-x", "a" * 5000, "%00"):
        assert reader.get(f"/source/{id}/changes.atom").status_code == 404


def test_whatever_a_message_or_name_holds_the_feed_is_xml(desk):
    texts = OURS + some(listed(), 5)
    body, was = desk.curation.text("sandhill-1998")
    for number, odd in enumerate(texts):
        changed = f"{body}note: {number}\n"
        desk.curation.save("sandhill-1998", changed, was, Author("x", odd.replace("\0", ""), "x@y"), odd)
        _, was = desk.curation.text("sandhill-1998")

    found = entries(desk.app.test_client().get("/source/sandhill-1998/changes.atom"))
    assert len(found) == min(50, len(texts) + 1)
    assert all(text(each, "title") and each.findtext(f"{ATOM}author/{ATOM}name") for each in found)
    assert {tag.tag for each in found for tag in each.iter() if "kbmark" in tag.tag} == set()


def test_a_home_without_git_says_why_there_is_no_feed(client):
    answer = client.get("/changes.atom")

    assert answer.status_code == 404
    assert "no history of changes here: it begins with the first save" in answer.text


def test_no_address_of_mail_is_in_it(desk):
    feed = desk.app.test_client().get("/changes.atom").text

    assert "Thanks-to: Quist" in feed and "example.org" not in feed
