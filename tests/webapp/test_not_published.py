"""The texts of works leave a home in short snippets alone: by no page, twin, dump, export, query or verb."""

import html
import json
import re

import pytest
from click.testing import CliRunner
from conftest import StubEncoder, lay_toy
from with_texts import HERON, IN_A_ROW, WORDS, lay

from kb import KnowledgeBase, cli
from kb.bibliography.styles import REFERENCE_STYLES
from webapp import create_app

MOST = 60  # words in a row
PLACES = {word: n for n, word in enumerate(WORDS)}
BROWSER = {"Accept": "text/html"}
ASKED = {
    "the secret": HERON,
    "the title and a word": f"who pays {WORDS[600]}",
    "the beginning of all pages": "the mill pays",
    "many words at once": " ".join(WORDS[220:660]),
    "a phrase": f'"{" ".join(WORDS[12:23])}"',
}
CLAUSE = """PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
SELECT * WHERE { SERVICE pkb:search { [] %s ; pkb:limit 1000 ; pkb:hit ?hit ; pkb:rank ?rank ; pkb:score ?score ;
  pkb:text ?text ; pkb:reason ?reason ; pkb:citation ?citation } }"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = lay(lay_toy(tmp_path_factory.mktemp("kept")))
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    yield home, base, create_app(base).test_client()
    base.close()


def longest(said):
    """How many words of the long text stand in a row somewhere in what was *said*, in the order of the text."""
    words = re.findall(r"[^\W_]+", html.unescape(re.sub(r"<[^>]*>", "", said)).lower())
    best, start, before = 0, 0, -2
    for word in words:
        place = PLACES.get(word)
        if place is None:  # the secret, or something else
            continue
        start = place if place != before + 1 else start
        before, best = place, max(best, place - start + 1)
    return best + best // IN_A_ROW * len(HERON.split())


def addresses(client):
    """Every address that is asked with GET, with the ids of the works whose texts are here."""
    for rule in client.application.url_map.iter_rules():
        if "GET" in rule.methods and not rule.rule.startswith("/static"):
            for id in (
                "testwell-2010",
                "reed-2001",
                "testwell-2010%23p7",
                "testwell-2010%23c1",
                "barrier-power-imbalance",
            ):
                yield re.sub(r"<[^>]*>", id, rule.rule)


def test_longest_counts_words_in_a_row_and_the_secret_between_them():
    text = " ".join([*WORDS[:22], HERON, *WORDS[22:40]])

    assert longest(f"<p>x <mark>{text}</mark> {WORDS[90]} y</p>") >= 40
    assert longest(" ".join(WORDS[40:30:-1])) == 1


def test_no_page_and_no_twin_shows_more_than_a_snippet(home):
    _, _, client = home
    asked = [client.get(each, headers=BROWSER) for each in dict.fromkeys(addresses(client))]

    assert len(asked) > 100 and max(longest(answer.get_data(as_text=True)) for answer in asked) > 20
    assert max(longest(answer.get_data(as_text=True)) for answer in asked) <= MOST


@pytest.mark.parametrize("text", ASKED)
def test_no_search_shows_more_than_a_snippet_of_a_few_passages(home, text):
    _, base, client = home
    for kind in ("", "passage"):
        for mode in ("fused", "words", "vectors"):
            asked = {"q": ASKED[text], "limit": 1000, "kind": kind, "mode": mode}
            hits = client.get("/search.json", query_string=asked).json["hits"]
            of_text = [hit for hit in hits if hit["id"].startswith("testwell-2010#p")]
            told = [json.dumps(hits)]
            page = client.get("/search", query_string=asked).text
            page = page.replace(ASKED[text], "").replace(ASKED[text].replace(" ", "+"), "")  # which it repeats
            told += [page, client.get("/search.csv", query_string=asked).text]

            assert max(map(longest, told)) <= MOST
            assert len(of_text) <= 3 and all(len(hit["text"].split()) <= 40 for hit in of_text)
    assert base.search(ASKED[text], kind="passage").hits, "else this shows nothing"


@pytest.mark.parametrize("asked", ['pkb:query "%s"', 'pkb:query "%s" ; pkb:kind "passage" ; pkb:mode "words"'])
def test_no_query_gives_more_than_a_snippet(home, asked):
    _, base, client = home
    for text in (HERON, "the mill pays", ASKED["many words at once"]):
        answer = client.get("/sparql", query_string={"query": CLAUSE % (asked % text), "format": "json"})

        assert answer.status_code == 200 and longest(answer.text) <= MOST
        assert text != HERON or longest(answer.text) > 20, "else this shows nothing"
    every = base.query("SELECT * WHERE { GRAPH ?g { ?s ?p ?o } }", "csv").body.decode()
    assert longest(every) == 0 and HERON not in every


def test_no_dump_export_or_description_has_a_word_of_it(home):
    _, base, client = home
    told = [base.dump(format).decode() for format in ("trig", "nquads", "turtle")]
    told += [
        base.cite(["testwell-2010", "reed-2001"], style) for style in (*REFERENCE_STYLES, "bibtex", "ris", "csl-json")
    ]
    told += [base.describe("source", "testwell-2010", format).decode() for format in ("turtle", "jsonld")]
    told += [
        client.get(f"/source/testwell-2010{end}").text
        for end in (".json", ".jsonld", ".ttl", ".bib", ".ris", ".csl.json")
    ]
    told += [client.get(f"/dump.{end}").get_data(as_text=True) for end in ("trig", "nq", "ttl")]

    assert all(told) and {longest(each) for each in told} == {0}
    assert not any(HERON in each for each in told)


def test_no_verb_prints_more_than_a_snippet(home, monkeypatch, tmp_path):
    folder, _, _ = home
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=StubEncoder()))
    judged = tmp_path / "judged.yaml"
    judged.write_text(f"questions: [{{id: Q1, query: {HERON}, relevant: [{{id: testwell-2010, grade: 2}}]}}]\n")
    verbs = [
        ["search", HERON, "--json"], ["search", HERON, "--kind", "passage"], ["search", "mill", "--group", "--json"],
        ["similar", "testwell-2010#p7", "--json"], ["similar", "testwell-2010#p7"], ["eval", str(judged), "--json"],
        ["source", "testwell-2010", "--json"], ["quote", "testwell-2010", " ".join(WORDS[20:80])], ["check", "--json"],
    ]  # fmt: skip
    told = [CliRunner().invoke(cli.main, ["--home", str(folder), *verb]) for verb in verbs]

    assert not any(each.exception and each.exit_code > 1 for each in told)
    assert max(longest(each.output) for each in told) <= MOST + len(HERON.split()) * 5  # what a curator asks, is told


def test_a_hit_in_a_text_leads_to_the_page_of_its_work_and_tells_where_it_stands(home):
    _, _, client = home
    page = client.get("/search", query_string={"q": "ferry runs at noon", "kind": "passage"}, headers=BROWSER).text

    assert '<p class="kind">passage · p. 14 of the text</p>' in page
    assert '<h2><a href="/source/reed-2001">Reed (2001), p. 14</a></h2>' in page
    assert "more passages of this text are not listed" in client.get("/search?q=the+mill+pays", headers=BROWSER).text


def test_the_pages_of_source_and_concept_show_a_quote_and_that_it_was_checked(home):
    _, _, client = home
    for page in ("/source/reed-2001", "/concept/barrier-mistrust"):
        text = client.get(page, headers=BROWSER).text

        assert "<p>“the weekly supper keeps a quarrel small”</p>" in text
        assert "the work&#39;s own words, checked against the text, pp. 13–14" in text
    assert "but for what stands in quotation marks" in client.get("/source/reed-2001", headers=BROWSER).text
    assert "quotation marks" not in client.get("/source/testwell-2010", headers=BROWSER).text


def test_a_result_that_a_cache_keeps_changes_with_a_text(toy):
    from kb.corpus import texts

    base = KnowledgeBase(lay(toy), encoder=StubEncoder())
    base.build()
    client = create_app(base).test_client()
    asked = {"query": CLAUSE % 'pkb:query "mill"', "format": "json"}
    first = client.get("/sparql", query_string=asked).headers["ETag"]
    texts.remove(toy / "corpus", "testwell-2010")
    base.build()
    second = client.get("/sparql", query_string=asked).headers["ETag"]
    base.close()

    assert first != second
