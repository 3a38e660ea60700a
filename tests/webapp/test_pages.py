"""What a reader of the pages finds, and what a program finds at the same addresses."""

import html
import logging
import re
import socket

import pytest

from kb import KBError
from kb.plain import plain
from webapp import create_app, serve

PAGES = [
    "/",
    "/search",
    "/search?q=power",
    "/search?q=unequal+power+since+2005&off=years%3A2005..9999&group=1&limit=2&offset=2",
    "/similar/testwell-2010%23c1",
    "/similar/barrier-distance",
    "/concepts",
    "/concept/barrier-power-imbalance",
    "/source/testwell-2010",
    "/sources",
    "/sources?type=article&type=book&decade=2010&years=1990-2020&sort=newest&q=who",
    "/sources?type=book&state=seed-only",
    "/authors",
    "/authors?q=reed",
    "/author/testwell-t",
    "/author/sandhill-mill-board",
    "/ontology",
    "/dataset",
    "/sparql",
]
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def text_of(page: str) -> str:
    """What a person reads: the tags gone, white space evened."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).replace("&#39;", "'").replace("&#34;", '"')


def status_of(client, address: str) -> int:
    with client.get(address, headers=BROWSER) as answer:  # closes the file of a static one
        return answer.status_code


@pytest.mark.parametrize("address", PAGES)
def test_each_page_is_one_whole_document(client, address):
    answer = client.get(address, headers=BROWSER)

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert answer.text.count("<h1") == 1
    assert "None" not in text_of(answer.text)


@pytest.mark.parametrize("address", PAGES)
def test_each_local_link_of_a_page_leads_somewhere(client, address):
    page = client.get(address, headers=BROWSER).text
    links = {html.unescape(link) for link in re.findall(r'(?:href|action)="(/[^"]*)"', page)}
    if address == "/sparql":  # whose examples ask about the project's own data
        links = {link for link in links if "?query=" not in link}

    broken = {link for link in links if status_of(client, link.partition("#")[0]) != 200}

    assert links and broken == set()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_loads_nothing_from_elsewhere(client, address):
    answer = client.get(address, headers=BROWSER)

    loaded = r"""(?:src|action)="(?!/)|<link (?!rel="canonical")[^>]*href="(?!/)|style="|<script(?! src="/static/)"""
    assert re.findall(loaded + r'(?! type="application/ld\+json")', answer.text) == []
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def test_the_front_page_counts_what_there_is(client):
    page = text_of(client.get("/").text)

    assert "8 concepts in 2 groups" in page
    assert "from 5 sources" in page


def test_a_concept_tells_what_it_is_and_who_says_so(client):
    page = text_of(client.get("/concept/barrier-power-imbalance").text)

    assert "One side decides more than the others." in page
    assert re.search(r"also: .*unequal power", page)
    assert "For power between partners" in page
    assert "In dispute" in page
    assert "disputes Reed (2001): Who pays more has no more say" in page
    assert "disputed by Testwell (2010)" in page
    assert "as cited in Testwell (2010); the work itself not checked" in page


def test_a_relation_that_nobody_has_checked_says_so(client):
    page = text_of(client.get("/concept/barrier-distance").text)

    assert re.search(r"Shared rules only recalled or inferred 1 claim", page)
    assert not re.search(r"Regular meetings only recalled", page)


def test_each_concept_stands_in_the_tree_below_its_broader_one(client):
    page = client.get("/concepts").text

    place = {id: page.index(f"/concept/{id}") for id in ("barrier-power-imbalance", "barrier-one-way-resource-flow")}
    assert place["barrier-power-imbalance"] < place["barrier-one-way-resource-flow"]
    assert 'id="barrier"' in page


def test_a_source_gives_its_claims_addresses_and_its_reference_to_copy(client, base):
    page = client.get("/source/reed-2001").text

    assert 'id="c1"' in page and 'id="c2"' in page
    assert "p. 14" in page
    assert "disputed by" in page and "/source/testwell-2010#c1" in page
    assert base.source("reed-2001").reference.split(".")[0] in page
    assert "@book{" in page
    assert "Two towns and a mill" in page  # which cites it


def test_a_record_that_is_not_complete_says_what_is_missing(client):
    page = text_of(client.get("/source/sandhill-1998").text)

    assert "Title not known" in page
    assert "Missing: title, publisher." in page
    assert "incomplete record" in text_of(client.get("/sources").text)


def test_bibtex_comes_as_a_file(client, base):
    answer = client.get("/source/reed-2001.bib")

    assert answer.text == base.cite(["reed-2001"], style="bibtex")
    assert answer.mimetype == "application/x-bibtex"
    assert "reed-2001.bib" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("address", "view"),
    [
        ("/concepts", lambda base: base.concepts()),
        ("/concept/barrier-mistrust", lambda base: base.concept("barrier-mistrust")),
        ("/source/reed-2001", lambda base: base.source("reed-2001")),
        ("/sources", lambda base: base.sources()),
        ("/authors", lambda base: base.authors()),
        ("/author/reed-ida", lambda base: base.author("reed-ida")),
    ],
)
def test_a_page_has_a_twin_in_json_by_suffix_and_by_accept(client, base, address, view):
    by_suffix = client.get(address + ".json", headers=BROWSER)
    by_accept = client.get(address, headers={"Accept": "application/json"})

    assert by_suffix.json == by_accept.json == plain(view(base))
    assert by_suffix.mimetype == by_accept.mimetype == "application/json"
    assert "Accept" in by_accept.headers["Vary"]


def test_health_tells_the_counts(client, base):
    assert client.get("/healthz").json == plain(base.health())


@pytest.mark.parametrize(
    "address", ["/concept/no-such", "/source/no-such", "/source/no-such.bib", "/author/no-such", "/no/such/page"]
)
def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(client, address):
    page = client.get(address, headers=BROWSER)
    problem = client.get(address, headers={"Accept": "application/json"})

    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert (problem.status_code, problem.mimetype) == (404, "application/problem+json")
    assert problem.json["status"] == 404 and problem.json["title"] == "Not Found"
    assert problem.json["detail"] in text_of(page.text)


@pytest.mark.parametrize("host", ["0..0", "a" * 64, ".", "xn--\xff"])
def test_a_host_that_cannot_be_is_a_problem_and_no_failure(client, host):
    answer = client.get("/concepts", headers=BROWSER, environ_overrides={"HTTP_HOST": host})

    assert answer.status_code in (200, 400)
    assert answer.status_code == 200 or answer.mimetype == "application/problem+json"


def test_a_post_to_a_page_is_refused(client):
    answer = client.post("/concepts", data={"a": "b"})

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_failure_of_ours_is_logged_and_shows_no_traceback(caplog):
    class Broken:
        def vocabulary(self) -> None:
            raise RuntimeError("a secret")

    with caplog.at_level(logging.ERROR):
        answer = create_app(Broken()).test_client().get("/ontology", headers=BROWSER)

    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert "secret" not in answer.text and "Traceback" not in answer.text
    assert "a secret" in caplog.text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\"'><b>", "{{ 7 * 7 }}", "%00", "‮", "🤝", "a" * 300])
def test_whatever_is_asked_is_shown_as_text(client, text):
    for address in ("/search", "/sparql"):
        answer = client.get(address, query_string={"q": text, "query": text, "concept": text}, headers=BROWSER)

        assert answer.status_code < 500
        assert "<script>" not in answer.text and '<b>"' not in answer.text
    for address in ("/sources", "/authors"):
        answer = client.get(address, query_string={"q": text, "years": "", "sort": ""}, headers=BROWSER)
        assert answer.status_code == 200 and "<script>a" not in answer.text
        refused = client.get("/sources", query_string={"type": text, "page": text}, headers=BROWSER)
        assert refused.status_code == 400 and "<script>a" not in refused.text
    for address in ("/concept/", "/author/"):
        assert client.get(address + text, headers=BROWSER).status_code in (308, 404)


def test_an_address_that_cannot_be_had_is_told_in_a_sentence(base):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(KBError, match="cannot listen on 127"):
        serve(base, port=taken.getsockname()[1])
    with pytest.raises(KBError, match="no port 99999"):
        serve(base, port=99999)


def test_the_ontology_page_tells_each_term_and_how_evidence_is_weighed(client):
    page = text_of(client.get("/ontology", headers=BROWSER).text)
    data = client.get("/ontology.json").json

    terms = [term for group in data["groups"] for term in group["terms"]]
    assert len(terms) > 50 and all(term["comment"] in page.replace("&amp;", "&") for term in terms)
    assert "Strength of evidence" in page and "read in the text of the work" in page
    assert {about["version"] for about in data["about"]} >= {"0.6.0"}


def test_labels_come_in_the_language_of_the_reader(client):
    address = "/concept/barrier-power-imbalance"

    german = client.get(address, headers={**BROWSER, "Accept-Language": "de-AT, en;q=0.5"})
    asked = client.get(address + "?lang=de", headers=BROWSER)
    other = client.get(address, headers={**BROWSER, "Accept-Language": "ja"})

    assert '<h1 lang="de">Machtgefälle</h1>' in german.text and "Machtgefälle" in asked.text
    assert "<h1>Power imbalance</h1>" in other.text
    assert "Accept-Language" in german.headers["Vary"]


def test_strength_is_shown_with_claims_and_relations(client):
    page = text_of(client.get("/concept/barrier-distance", headers=BROWSER).text)

    assert "p. 104 · in a journal or proceedings" in page
    assert "only recalled or inferred" in page
