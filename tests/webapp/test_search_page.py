"""The search page: what was understood can be changed, the answer is in short and at length, and can be judged."""

import re

import pytest
from test_pages import BROWSER, text_of

from kb.plain import plain
from kb.retrieval import evaluate
from webapp import create_app


def test_search_shows_hits_with_citation_and_reasons(client):
    page = client.get("/search?q=who pays sets the terms").text

    assert "The side that pays sets the terms, unless all sides decide together." in page
    assert "Testwell (2010), p. 4" in page
    assert "/source/testwell-2010#c1" in page
    assert "Why this?" in page
    assert '<a class="chip" href="/concept/barrier-one-way-resource-flow">One-way resource flow</a>' in page


def test_search_json_is_what_the_base_answers(client, base):
    found = client.get("/search.json?q=trust&kind=claim&concept=practice-trust-building&years=2000-2010&limit=3").json

    answer = base.search("trust", kind="claim", concept="practice-trust-building", years="2000-2010", limit=3)

    assert found == plain(answer)
    assert found["hits"][0]["id"] == "reed-2001#c1"


def test_a_sorted_search_keeps_its_order_from_page_to_page_and_offers_no_query(client):
    first = client.get("/search?q=mill+towns&limit=2&sort=oldest").text
    found = client.get("/search.json?q=mill+towns&limit=2&sort=oldest").json

    assert 'rel="next" href="/search?q=mill+towns&amp;limit=2&amp;offset=2&amp;sort=oldest#hits"' in first
    assert found["hits"][0]["source"] == "sandhill-1998" and found["total"] == found["close"]
    assert ">these hits" not in first and "SERVICE" not in first
    assert "/sparql?" in client.get("/search?q=mill+towns&limit=2").text


def test_facets_are_in_the_data_where_they_are_asked_for(client, base):
    plainly, counted = (client.get(f"/search.json?q=mill{more}").json["facets"] for more in ("", "&facets=1"))

    assert plainly == [] and counted == plain(base.search("mill", facets=True).facets)


def test_a_search_without_hits_advises_what_to_try(client):
    page = client.get("/search?q=trust&years=1700").text

    assert "Nothing found" in page
    assert 'href="/search?q=trust">Search without the filters' in page


def test_pages_lead_to_one_another(client):
    first, second = (client.get(f"/search?q=mill&limit=2{more}").text for more in ("", "&offset=2"))

    assert 'rel="next" href="/search?q=mill&amp;limit=2&amp;offset=2#hits"' in first and 'rel="prev"' not in first
    assert 'rel="prev" href="/search?q=mill&amp;limit=2#hits"' in second
    assert 'rel="next"' not in client.get("/search?q=mill&limit=500").text


@pytest.mark.parametrize(
    ("asked", "status", "told"),
    [
        ("q=mill&stance=doubts", 400, "no stance 'doubts'"),
        ("q=mill&offset=-1", 400, "not between 0 and 1,000"),
        ("q=mill&years=soon", 400, "no range of years"),
        ("q=mill&kind=cat", 400, "no kind 'cat'"),
        ("q=mill&mode=magic", 400, "no search mode"),
        ("q=mill&sort=random", 400, "no order of hits"),
        ("q=mill&limit=many", 400, "whole number"),
        ("q=mill&limit=99999", 400, "not between 1 and 1,000"),
        ("q=mill&concept=no-such", 404, "no concept 'no-such'"),
    ],
)
def test_a_search_that_cannot_be_made_says_why_and_keeps_the_form(client, asked, status, told):
    page = client.get(f"/search?{asked}", headers=BROWSER)
    problem = client.get(f"/search.json?{asked}")

    assert (page.status_code, problem.status_code) == (status, status)
    assert told in text_of(page.text)
    assert told in problem.json["detail"]
    assert asked.partition("&")[0].removeprefix("q=") in page.text


def test_what_was_understood_can_be_switched_off_and_on_again(client):
    page = client.get("/search?q=unequal power since 2005").text
    off = re.search(r'href="(/search\?[^"]*off=years[^"]*)"', page)[1].replace("&amp;", "&")
    without = client.get(off).text

    assert "switch on" not in page and "switch on" in without
    assert 'href="/search?q=unequal+power+since+2005"' in without


def test_the_claims_of_an_answer_stand_with_support_and_dispute_side_by_side(client):
    page = text_of(client.get("/search?q=the side that pays sets the terms").text)

    assert "The best documented first" in page
    assert re.search(r"The side that pays.* Supported by Grain that flows.*as cited in.* Disputes Who pays more", page)


def test_completions_are_offered(client):
    found = client.get("/complete.json?q=imbal").json

    assert found[0]["label"] == "Power imbalance"
    assert found[0]["url"] == "/concept/barrier-power-imbalance"
    assert client.get("/complete.json?q=").json == []
    assert client.get("/complete.json?q=a&limit=many").status_code == 400


def test_completions_are_of_the_kinds_that_are_asked_for(client):
    kinds = [
        {each["kind"] for each in client.get(f"/complete?q=te{asked}").json}
        for asked in ("", "&kind=source", "&kind=source&kind=concept", "&kind=")
    ]

    assert kinds[0] == kinds[3] >= {"source", "author"} and kinds[1] == {"source"}
    assert kinds[2] <= {"source", "concept"} and "author" not in kinds[2]
    assert client.get("/complete?q=te&kind=source&kind=page").status_code == 400


def test_more_like_this_is_one_link_away(client, base):
    assert 'href="/similar/testwell-2010%23c1"' in client.get("/search?q=who pays sets the terms").text
    assert client.get("/similar/reed-2001.json?kind=claim").json == plain(base.similar("reed-2001", kind="claim"))
    assert client.get("/similar/no-such").status_code == 404


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "🤝" * 5_000, "the of and", "?!", "", " ", "\ud83e", "伙伴关系", "شراكة"]
)
def test_whatever_is_typed_gets_an_answer_or_a_reason(client, text):
    query = {"q": text.encode("utf-8", "surrogatepass")}
    answer = client.get("/search", query_string=query, headers=BROWSER)

    assert answer.status_code == 200
    assert "come close" in answer.text or "Nothing was found, because" in answer.text


@pytest.fixture
def judging(base, tmp_path):
    return create_app(base, judgements=tmp_path / "judged.yaml").test_client()


def test_what_stands_in_an_address_is_no_command(client):
    for more in ("endpoint=x", "_method=POST", "_external=1&_scheme=javascript", "_anchor=x", "q=%00"):
        assert client.get(f"/search?q=trust&{more}", headers=BROWSER).status_code == 200


def test_a_long_text_does_not_stand_in_every_link(client):
    assert len(client.get("/search", query_string={"q": "🤝 mill " * 10_000}, headers=BROWSER).data) < 1_000_000


def test_a_judgement_leads_back_to_the_same_page(judging):
    data = {"q": "mill", "id": "testwell-2010", "grade": "1", "back": "q=mill&years=2010&group=1&x=y&offset="}

    assert judging.post("/judge", data=data).headers["Location"] == (
        "/search?judged=testwell-2010&q=mill&years=2010&group=1#testwell-2010"
    )


def test_a_judgement_goes_to_the_file_of_questions(judging, base, tmp_path):
    page = judging.get("/search?q=who pays sets the terms").text
    answer = judging.post("/judge", data={"q": "who pays sets the terms", "id": "testwell-2010#c1", "grade": "2"})
    judging.post("/judge", data={"q": "who pays sets the terms", "id": "reed-2001#c2", "grade": "0"})

    assert 'action="/judge"' in page and answer.status_code == 303
    assert "noted, thank you" in judging.get(answer.headers["Location"]).text
    [question] = evaluate.questions(tmp_path / "judged.yaml")
    assert (question.text, question.grades) == ("who pays sets the terms", {"testwell-2010": 2, "reed-2001": 0})
    assert base.evaluate(tmp_path / "judged.yaml").plain()["mrr"] > 0


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        ({"q": "mill", "id": "testwell-2010", "grade": "3"}, {}, 400),
        ({"q": "mill", "id": "testwell-2010"}, {}, 400),
        ({"q": "", "id": "testwell-2010", "grade": "1"}, {}, 400),
        ({"q": "mill", "id": "no-such", "grade": "1"}, {}, 404),
        ({"q": "mill", "id": "testwell-2010", "grade": "1"}, {"Origin": "http://elsewhere.example"}, 403),
        ({"q": "mill", "id": "testwell-2010", "grade": "1"}, {"Origin": "http://["}, 403),
        ({"q": "mill", "id": "testwell-2010", "grade": "1"}, {"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_a_judgement_that_cannot_be_is_refused_and_writes_nothing(judging, tmp_path, data, headers, status):
    assert judging.post("/judge", data=data, headers=headers).status_code == status
    assert not (tmp_path / "judged.yaml").exists()


def test_a_server_that_takes_no_judgements_shows_no_form_and_refuses(client):
    assert "/judge" not in client.get("/search?q=mill").text
    assert client.post("/judge", data={"q": "mill", "id": "testwell-2010", "grade": "1"}).status_code == 404
