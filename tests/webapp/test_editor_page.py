"""The page of the query editor: what stands there with and without a result."""

import re
import shutil
from html import unescape

import pytest

from kb import KnowledgeBase
from webapp import create_app, editor

BROWSER = {"Accept": "text/html"}
ROWS = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
SELECT * { { ?x a pkb:Claim BIND("Wort"@de AS ?w) } UNION { ?x a skos:Concept } UNION { ?y a ?x } } ORDER BY ?x"""
NONE = "SELECT * { ?s <http://example.org/none> ?o }"


def show(client, query, **more) -> str:
    return client.get("/sparql", query_string={"query": query, **more}, headers=BROWSER).text


def links(page: str) -> set[str]:
    return set(map(unescape, re.findall(r'href="([^"]*)"', page)))


def test_what_a_result_names_leads_to_our_pages(client):
    page = show(client, ROWS)

    assert {"/source/testwell-2010#c1", "/concept/barrier-power-imbalance", "/ontology#pkb:Claim"} <= links(page)
    assert '<td lang="de">Wort</td>' in page


def test_an_empty_result_offers_to_tell_why(client):
    select, construct = (
        show(client, NONE),
        show(client, "PREFIX x: <http://x/> CONSTRUCT { ?s x:a ?o } WHERE { ?s x:none ?o }"),
    )

    assert any("why=1" in link for link in links(select))
    assert any("why=1" in link for link in links(construct))
    assert "why=1" not in show(client, ROWS)


def test_a_diagnosis_is_shown_as_it_is_given(base):
    with create_app(base).test_request_context("/sparql", headers=BROWSER):
        page = editor.page(NONE, diagnosis="line 1, column 9: no ?s has <none>\n  nor any").get_data(as_text=True)

    assert 'data-line="1" data-column="9">line 1, column 9: no ?s has &lt;none&gt;\n  nor any</pre>' in page


def test_a_mistake_tells_the_editor_its_place(client):
    page = show(client, "ASK {\n ?s none:such ?o }")

    assert 'data-line="2" data-column="5"' in page


def test_a_result_can_be_cited_with_the_version_of_the_data(client, base):
    now = base.generation
    page = unescape(show(client, NONE))
    link = next(link for link in links(page) if "version=" in link)

    assert f"{now.edition.citation}\nQuery: {link}\n" in page.replace("</pre>", "\n")
    assert f"@misc{{dataset-{now.version}-" in page
    assert link.startswith("http://localhost/sparql?query=") and link.endswith(f"&version={now.version}")
    assert "Query: " not in client.get("/sparql", headers=BROWSER).text


def test_a_link_made_over_other_data_says_so(client, base):
    assert "over version 0123456789ab" in show(client, NONE, version="0123456789ab")
    assert "over version" not in show(client, NONE, version=base.generation.version)


def test_the_graphs_that_were_asked_stay_chosen(client):
    graph = "https://w3id.org/partnership-kb/graph/ontology"
    page = show(client, NONE, **{"default-graph-uri": graph})

    assert f'<input type="hidden" name="default-graph-uri" value="{graph}">' in page
    assert all("default-graph-uri=" in link for link in links(page) if "format=" in link or "version=" in link)


@pytest.mark.parametrize("address", ["/", "/concepts", "/source/reed-2001", "/sparql", "/nothing-here"])
def test_each_page_tells_the_version_of_the_data(client, base, address):
    now = base.generation

    assert f"Data version {now.version} of {now.date}" in client.get(address, headers=BROWSER).text


def test_an_error_is_told_where_nothing_is_built_yet(toy):
    base = KnowledgeBase(toy)
    answer = create_app(base).test_client().get("/sparql", headers=BROWSER)

    assert answer.status_code == 500 and "kb build" in answer.text
    assert "Data version" not in answer.text


def test_the_editor_knows_our_prefixes_and_terms(base):
    with create_app(base).test_request_context("/sparql"):
        known = editor._known()

    assert known["prefixes"]["pkb"] == "https://w3id.org/partnership-kb/ns#"
    assert {("pkb:Claim", "Claim"), ("skos:prefLabel", "property")} <= set(map(tuple, known["words"]))


def test_without_what_npm_brings_there_is_the_plain_form(base, tmp_path):
    app = create_app(base)
    app.static_folder = shutil.copytree(app.static_folder, tmp_path / "static", ignore=shutil.ignore_patterns("vendor"))
    page = app.test_client().get("/sparql", headers=BROWSER).text

    assert "vendor" not in page and "data-known" not in page
    assert '<textarea id="query"' in page


def test_examples_stand_under_the_first_keyword_that_some_share():
    made = [
        editor.Example(str(n), f"Query {n}", words, "ASK {}")
        for n, words in enumerate([("a", "b"), ("b",), ("c", "b"), ("d",)])
    ]
    groups = editor._grouped(made)

    assert {name: [example.id for example in group] for name, group in groups.items()} == {
        "b": ["0", "1", "2"],
        "more": ["3"],
    }
