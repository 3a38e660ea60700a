"""SPARQL 1.1 Protocol, query part: what comes in, in which form, and what goes out.

https://www.w3.org/TR/sparql11-protocol/
"""

import csv
import gzip
import html
import io
import json
import re
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest
from waitress.channel import ClientDisconnected

from kb import KnowledgeBase
from kb.graph.query import BODY_BYTES, QUEUE, WORKERS
from webapp import create_app
from webapp.server import THREADS

LABELS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?label WHERE { ?c a skos:Concept ; skos:prefLabel ?label FILTER(lang(?label) = "en") } ORDER BY ?label LIMIT 2"""
ASK = "ASK { ?s ?p ?o }"
GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3"
RESULTS = "application/sparql-results+json"
FORM = {"content_type": "application/x-www-form-urlencoded"}
BODY = {"content_type": "application/sparql-query"}
UTF16 = {"content_type": "application/sparql-query; charset=utf-16"}
SERVICE = "ASK { SERVICE <http://127.0.0.1:9/> {} }"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def ask(client, query, accept="*/*", **more):
    return client.get("/sparql", query_string={"query": query, **more}, headers={"Accept": accept})


def labels(answer) -> list[str]:
    return [row["label"]["value"] for row in json.loads(answer.data)["results"]["bindings"]]


@pytest.mark.parametrize(
    "send",
    [
        lambda client: client.get("/sparql", query_string={"query": LABELS}),
        lambda client: client.post("/sparql", data={"query": LABELS}),
        lambda client: client.post("/sparql", data=LABELS, content_type="application/sparql-query"),
        lambda client: client.post("/sparql", data=LABELS, content_type="application/sparql-query; charset=UTF-8"),
    ],
    ids=["get", "form", "body", "body-utf8"],
)
def test_a_query_comes_in_three_ways(client, send):
    answer = send(client)

    assert answer.status_code == 200
    assert labels(answer) == ["Deciding together", "Distance"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", RESULTS),
        ("", RESULTS),
        (RESULTS, RESULTS),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/json", "application/json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "application/sparql-results+xml"),
        ("text/csv, */*;q=0.1", "text/csv"),
        ("text/csv, */*", "text/csv"),
        ("text/*", "text/csv"),
        (f"{RESULTS};q=0, text/*;q=0.2, */*;q=0.1", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
    ],
)
def test_rows_come_in_the_form_the_client_likes_best(client, accept, media):
    answer = ask(client, LABELS, accept)

    assert (answer.status_code, answer.mimetype) == (200, media)
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("*/*", "text/turtle"),
        ("text/turtle", "text/turtle"),
        ("application/n-triples", "application/n-triples"),
        ("application/n-triples, text/turtle;q=0.9", "application/n-triples"),
    ],
)
def test_a_graph_comes_as_turtle_or_triples(client, accept, media):
    answer = ask(client, GRAPH, accept)

    assert (answer.status_code, answer.mimetype) == (200, media)
    assert answer.text.strip()


@pytest.mark.parametrize(
    ("query", "accept"), [(LABELS, "image/png"), (LABELS, "text/turtle"), (GRAPH, "text/csv"), (ASK, "text/turtle")]
)
def test_a_form_that_the_result_does_not_have_is_406(client, query, accept):
    answer = ask(client, query, accept)

    assert answer.status_code == 406
    assert answer.mimetype == "application/problem+json"
    assert "comes as" in answer.json["detail"]


def test_an_answer_to_ask_is_a_truth_value(client):
    assert ask(client, ASK).json["boolean"] is True


def test_csv_can_be_read_by_others(client):
    rows = list(csv.DictReader(io.StringIO(ask(client, LABELS, "text/csv").text)))

    assert [row["label"] for row in rows] == ["Deciding together", "Distance"]


def test_a_link_names_its_format(client):
    answer = ask(client, LABELS, BROWSER["Accept"], format="csv")

    assert answer.mimetype == "text/csv"
    assert ask(client, LABELS, format="turtle").status_code == 400


def test_a_dataset_may_be_named(client):
    graph = "https://w3id.org/partnership-kb/source/reed-2001"
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    inside = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"

    def number(query, **more):
        return int(ask(client, query, **more).json["results"]["bindings"][0]["n"]["value"])

    of_one = number(count, **{"default-graph-uri": graph})
    assert 0 < of_one < number(count)
    assert number(inside, **{"named-graph-uri": graph}) == of_one


@pytest.mark.parametrize(
    ("request_of", "status", "told"),
    [
        (lambda c: c.post("/sparql", data={"query": ""}), 400, "exactly one `query`"),
        (lambda c: c.get("/sparql?" + urlencode([("query", ASK), ("query", ASK)])), 400, "not 2"),
        (lambda c: c.post("/sparql?" + urlencode({"query": ASK}), data={"query": ASK}), 400, "not 2"),
        (lambda c: c.get("/sparql", query_string={"query": "SELEC ?s"}), 400, ""),
        (lambda c: c.get("/sparql", query_string={"query": "INSERT DATA { <a:a> <a:a> 1 }"}), 400, ""),
        (lambda c: c.get("/sparql", query_string={"query": SERVICE}), 400, "SERVICE"),
        (lambda c: c.get("/sparql", query_string={"query": ASK, "default-graph-uri": "no iri"}), 400, ""),
        (lambda c: c.get("/sparql", query_string={"update": "CLEAR ALL"}), 400, "corpus/"),
        (lambda c: c.post("/sparql", data={"update": "CLEAR ALL"}), 400, "corpus/"),
        (lambda c: c.post("/sparql", data="CLEAR ALL", content_type="application/sparql-update"), 415, "corpus/"),
        (lambda c: c.post("/sparql", data=ASK, content_type="text/plain"), 415, "application/sparql-query"),
        (lambda c: c.post("/sparql", data=ASK), 415, "application/sparql-query"),
        (lambda c: c.post("/sparql", data=b'ASK { ?s ?p "\xff" }', **BODY), 400, "UTF-8"),
        (lambda c: c.post("/sparql", data=ASK.encode("utf-16"), **UTF16), 415, "UTF-8"),
        (lambda c: c.post("/sparql", data=" " * (BODY_BYTES + 1), **BODY), 413, f"{BODY_BYTES:,}"),
        (lambda c: c.post("/sparql", data="query=" + " " * BODY_BYTES, **FORM), 413, f"{BODY_BYTES:,}"),
        (lambda c: c.put("/sparql", data=ASK), 405, ""),
    ],
)
def test_what_cannot_be_answered_is_one_clear_problem(client, request_of, status, told):
    answer = request_of(client)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert told in answer.json["detail"]
    assert answer.json["detail"] and "Traceback" not in answer.text


def test_head_and_options_are_answered(client):
    head = client.head("/sparql", query_string={"query": LABELS})
    options = client.options("/sparql", headers={"Origin": "http://elsewhere.example"})

    assert (head.status_code, head.mimetype, head.data) == (200, RESULTS, b"")
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= {method.strip() for method in options.headers["Allow"].split(",")}
    assert options.headers["Access-Control-Allow-Origin"] == "*"
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]


def test_errors_may_be_read_from_elsewhere_too(client):
    assert ask(client, "SELEC").headers["Access-Control-Allow-Origin"] == "*"


def test_a_browser_gets_an_editor_with_queries_that_work(client):
    page = client.get("/sparql", headers=BROWSER)
    examples = page.text.count('<a href="/sparql?query=')

    assert page.status_code == 200
    assert "<textarea" in page.text and "PREFIX skos:" in page.text
    assert examples >= 4


def test_a_browser_gets_rows_as_a_table_with_links_to_our_pages(client):
    query = "SELECT ?c ?l WHERE { ?c <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } ORDER BY ?c"

    page = ask(client, query, BROWSER["Accept"]).text

    assert '<th scope="col">l</th>' in page
    assert '<a href="/concept/barrier-distance">concept:barrier-distance</a>' in page
    assert "format=csv" in page


def test_a_browser_gets_truth_and_graphs_as_text(client):
    assert '<p class="truth">yes</p>' in ask(client, ASK, BROWSER["Accept"]).text
    assert "format=ntriples" in ask(client, GRAPH, BROWSER["Accept"]).text


def test_a_browser_finds_its_query_again_beside_the_error(client):
    page = ask(client, "SELEC ?kept", BROWSER["Accept"])

    assert page.status_code == 400
    assert 'role="alert"' in page.text and "SELEC ?kept</textarea>" in page.text


MANY = "SELECT * { ?a ?b ?c . ?d ?e ?f . FILTER(?a != ?d) } LIMIT 60000"


def test_a_result_is_zipped_for_who_takes_it_so(client):
    plain = client.get("/sparql", query_string={"query": MANY}, headers={"Accept": "text/csv"}, buffered=True)
    takes = {"Accept": "text/csv", "Accept-Encoding": "gzip"}
    zipped = client.get("/sparql", query_string={"query": MANY}, headers=takes, buffered=True)
    refused = client.get("/sparql", query_string={"query": LABELS}, headers={"Accept-Encoding": "gzip;q=0"})

    assert zipped.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in zipped.headers["Vary"]
    assert gzip.decompress(zipped.data) == plain.data and len(zipped.data) < len(plain.data) / 5
    assert "Content-Encoding" not in refused.headers


def test_a_result_has_a_tag_of_the_data(client):
    first = ask(client, LABELS)
    tag = first.headers["ETag"]
    same = client.get("/sparql", query_string={"query": LABELS}, headers={"If-None-Match": tag})
    others = [ask(client, LABELS, "text/csv"), ask(client, ASK), ask(client, LABELS, **{"default-graph-uri": "urn:g"})]

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert tag not in [answer.headers["ETag"] for answer in others]
    assert first.headers["Cache-Control"] == "no-cache"


def test_the_tag_changes_with_the_data(toy, stub_encoder):
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    client = create_app(base).test_client()
    before = ask(client, LABELS).headers["ETag"]
    (toy / "corpus" / "tarn-1987.yaml").unlink()
    base.build()
    after = client.get("/sparql", query_string={"query": LABELS}, headers={"If-None-Match": before})
    base.close()

    assert after.status_code == 200 and after.headers["ETag"] != before


@pytest.mark.parametrize("function", ["NOW()", "1+RAND()", "UUID()", 'CONCAT("a",STRUUID())'])
def test_what_differs_each_time_has_no_tag(client, function):
    answer = ask(client, f"SELECT ({function} AS ?x) {{}}")

    assert "ETag" not in answer.headers and answer.headers["Cache-Control"] == "no-store"


ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(?a != ?d) }"


def test_a_request_may_say_how_long_it_may_take(client):
    answer = ask(client, ENDLESS, timeout="0.5")

    assert answer.status_code == 504
    assert "stopped after 0.5 s: begin with a pattern that few triples match" in answer.json["detail"]
    assert ask(client, ASK, timeout="soon").json["detail"] == "timeout is to be a number of seconds, not 'soon'"
    assert ask(client, ASK, timeout="-1").status_code == 400


def test_a_deadline_met_in_the_middle_breaks_the_result_off(client, caplog):
    with pytest.raises(ClientDisconnected), caplog.at_level("INFO", "kb.sparql"):
        ask(client, "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "text/csv", timeout="1.5").get_data()

    assert "broken off: stopped after 1.5 s" in caplog.text


def test_each_query_leaves_a_line_in_the_log(client, caplog):
    with caplog.at_level("INFO", "kb.sparql"):
        ask(client, LABELS)
        ask(client, "SELEC ?x")
        client.post("/sparql", data=MANY, headers={"Accept": "text/csv"}, **BODY).get_data()

    lines = [record.getMessage() for record in caplog.records]
    assert [line.split()[:2] for line in lines] == [["GET", "200"], ["GET", "400"], ["POST", "200"]]
    assert lines[0].endswith("ORDER BY ?label LIMIT 2") and "did you mean 'SELECT'" in lines[1]
    assert all("\n" not in line for line in lines)


def test_a_full_house_is_told_at_once(base, client):
    with ExitStack() as stack:
        for _ in range(WORKERS + QUEUE):
            stack.enter_context(base.sparql.pool.admitted())
        answer = ask(client, ASK)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert ask(client, ASK).status_code == 200


def test_sparql_takes_at_most_half_of_the_threads():
    assert 2 * WORKERS + QUEUE <= THREADS / 2


def test_the_search_clause_works_over_http(client, base):
    text = """PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
        SELECT ?hit { SERVICE pkb:search { [] pkb:query "who pays" ; pkb:hit ?hit ; pkb:rank ?rank } } ORDER BY ?rank"""

    for answer in (
        ask(client, text),
        client.post("/sparql", data=text, **BODY),
        client.post("/sparql", data={"query": text}),
    ):
        found = [row["hit"]["value"] for row in answer.json["results"]["bindings"]]
        assert found == [hit.iri for hit in base.search("who pays").hits]


@pytest.mark.parametrize(
    ("query", "format", "media"),
    [(GRAPH, "xml", "application/rdf+xml"), (GRAPH, "rdf+xml", "application/rdf+xml"), (GRAPH, "n3", "text/turtle"),
     (GRAPH, "application/ld+json", "application/ld+json"), (LABELS, "xml", "application/sparql-results+xml"),
     (LABELS, "application/sparql-results xml", "application/sparql-results+xml")],
)  # fmt: skip
def test_formats_go_by_the_names_that_clients_give_them(client, query, format, media):
    assert ask(client, query, format=format).mimetype == media


def test_what_other_programs_add_does_no_harm(client):
    assert ask(client, LABELS, timeout="0", output="xml", results="xml").status_code == 200
    assert ask(client, "\ufeff" + LABELS).status_code == 200


def test_a_tag_is_for_reading_and_may_have_become_weak(client):
    tag = ask(client, LABELS).headers["ETag"]
    weak = client.get("/sparql", query_string={"query": LABELS}, headers={"If-None-Match": tag.removeprefix("W/")})
    posted = client.post("/sparql", data={"query": LABELS}, headers={"If-None-Match": tag})

    assert (weak.status_code, posted.status_code) == (304, 200)


def test_the_status_line_tells_what_is_wrong(client):
    """Some clients show their user nothing else."""
    answer = ask(client, "SELECT ?caf\u00e9 {\r\n FILTR(?x) }")

    assert answer.status.startswith("400 line 2, column ") and answer.status.isascii() and "\n" not in answer.status


def test_the_version_of_the_data_goes_with_each_result(client, base):
    link = f'<https://w3id.org/partnership-kb/version/{base.generation.version}>; rel="cite-as"'

    assert ask(client, LABELS).headers["Link"] == link
    assert ask(client, GRAPH, "text/turtle").headers["Link"] == link


def test_who_asks_nothing_is_told_what_can_be_asked(client):
    answer = client.get("/sparql", headers={"Accept": "text/turtle"})

    assert (answer.status_code, answer.mimetype) == (200, "text/turtle")
    assert "sparql-service-description#" in answer.text and "endpoint <http://localhost/sparql>" in answer.text
    assert client.get("/sparql").mimetype == "text/turtle"


def test_a_browser_is_told_why_a_result_is_empty(client):
    query = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> SELECT * { ?s pkb:mitigatdBy ?o }"
    empty = ask(client, query, BROWSER["Accept"]).text
    link = html.unescape(re.search(r'href="([^"]*why=1[^"]*)"', empty)[1])

    assert "did you mean &#39;pkb:mitigatedBy&#39;?" in client.get(link, headers=BROWSER).text


def test_who_wants_the_headers_alone_leaves_no_worker_behind(base, client):
    for _ in range(5):
        head = client.head("/sparql", query_string={"query": MANY, "timeout": "60"}, headers={"Accept": "text/csv"})
        head.close()
        assert (head.status_code, head.data) == (200, b"")

    assert ask(client, LABELS).status_code == 200
    with ExitStack() as stack:  # everyone has gone
        for _ in range(WORKERS + QUEUE):
            stack.enter_context(base.sparql.pool.admitted())


def test_an_empty_query_is_an_error(client):
    assert client.get("/sparql?query=").status_code == 400
    assert client.get("/sparql?query=", headers=BROWSER).status_code == 400


def test_an_error_that_asks_for_the_search_clause_is_told_so(client):
    answer = ask(
        client, "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> SELECT * { SERVICE pkb:serach { [] pkb:query 1 } }"
    )

    assert "for search write SERVICE pkb:search" in answer.json["detail"]
