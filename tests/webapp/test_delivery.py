"""How pages and files travel: small over the wire, and not sent again to who has them."""

import gzip
import re

import pytest

from webapp.bodies import SMALL

ZIP = {"Accept-Encoding": "br, gzip;q=0.8", "Accept": "text/html"}
PAGES = ["/", "/search?q=power", "/concept/barrier-mistrust", "/sparql", "/sparql?query=ASK {}", "/no/such/page"]
STYLE = re.compile(r"/static/style\.css\?v=(\w+)")


def test_who_takes_gzip_gets_pages_zipped_and_others_the_same_plain(client):
    for address in [*PAGES, "/ontology.json"]:
        zipped, plain = client.get(address, headers=ZIP), client.get(address, headers={"Accept": "text/html"})

        assert zipped.headers["Content-Encoding"] == "gzip"
        assert "Content-Encoding" not in plain.headers
        assert gzip.decompress(zipped.data) == plain.data
        assert zipped.content_length == len(zipped.data) < len(plain.data) / 2
        assert "Accept-Encoding" in zipped.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("address", ["/", "/help", "/no/such/page", "/complete?q=power", "/search.csv?q=power"])
def test_what_has_labels_tells_caches_that_readers_of_other_languages_get_another(client, address):
    assert "Accept-Language" in client.get(address).headers["Vary"]


def test_data_that_are_zipped_tell_caches_so(client):
    zipped, plain = client.get("/sitemap.xml", headers=ZIP), client.get("/sitemap.xml")

    assert zipped.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in zipped.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize("encodings", ["identity", "gzip;q=0", "br", "gzip;q=0, *"])
def test_who_refuses_gzip_gets_none(client, encodings):
    answer = client.get("/", headers={"Accept-Encoding": encodings})

    assert "Content-Encoding" not in answer.headers
    assert answer.text.startswith("<!doctype html>")


def test_a_small_answer_is_not_zipped(client):
    answer = client.get("/healthz", headers=ZIP)

    assert len(answer.data) < SMALL
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("address", PAGES)
def test_head_tells_what_get_would_send(client, address):
    got, told = client.get(address, headers=ZIP), client.head(address, headers=ZIP)

    assert told.data == b""
    changing = {"Date"}
    assert {(k, v) for k, v in told.headers if k not in changing} == {
        (k, v) for k, v in got.headers if k not in changing
    }


@pytest.mark.parametrize("address", PAGES[:-1])
def test_a_page_is_asked_for_again_and_not_sent_again_while_it_is_the_same(client, address):
    first = client.get(address, headers=ZIP)
    again = client.get(address, headers={**ZIP, "If-None-Match": first.headers["ETag"]})
    other = client.get("/concepts", headers={**ZIP, "If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert first.headers["ETag"].startswith('W/"')
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert other.status_code == 200


def test_an_error_has_no_tag(client):
    answer = client.get("/no/such/page", headers=ZIP)

    assert "ETag" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-cache"


def test_each_static_file_of_a_page_is_kept_under_an_address_with_its_hash(client):
    page = client.get("/sparql", headers={"Accept": "text/html"}).text
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert files
    for address in files:
        with client.get(address, headers=ZIP) as answer:
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_under_another_hash_or_none_a_file_is_asked_for_again(client):
    for address in ("/static/style.css", "/static/style.css?v=old"):
        with client.get(address) as answer:
            assert answer.headers["Cache-Control"] == "no-cache"


def test_a_static_file_is_zipped_and_known_by_its_tag_in_both_forms(client):
    address = STYLE.search(client.get("/").text)[0]
    with client.get(address) as answer:
        plain = answer
        text = answer.data
    zipped = client.get(address, headers=ZIP)
    assert gzip.decompress(zipped.data) == text
    assert zipped.content_length == len(zipped.data)
    assert zipped.headers["ETag"] == "W/" + plain.headers["ETag"]

    for tag in (plain.headers["ETag"], zipped.headers["ETag"]):
        with client.get(address, headers={**ZIP, "If-None-Match": tag}) as again:
            assert (again.status_code, again.data) == (304, b"")
            assert "immutable" in again.headers["Cache-Control"]


def test_a_part_of_a_static_file_is_the_part_asked_for(client):
    with (
        client.get("/static/style.css") as whole,
        client.get("/static/style.css", headers={**ZIP, "Range": "bytes=0-9"}) as part,
    ):
        assert part.status_code == 206
        assert part.data == whole.data[:10]


def test_a_file_that_is_not_there_is_a_page_that_says_so(client):
    for address in ("/static/none.css?v=1", "/static/../pages.py", "/static/%2e%2e/pages.py", "/static/"):
        assert client.get(address, headers=ZIP).status_code == 404
