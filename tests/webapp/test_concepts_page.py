"""The page of all concepts: a tree to unfold, numbers at its head, and a filter that works without JavaScript."""

import re

import pytest
from test_pages import BROWSER, text_of

from kb import KnowledgeBase
from kb.home import init
from kb.plain import plain
from webapp import create_app


def page(client, address="/concepts"):
    return client.get(address, headers=BROWSER).text


def test_each_scheme_is_told_in_numbers(client):
    assert re.search(r"Barrier 4 concepts, \d with claims", text_of(page(client)))


def test_a_branch_can_be_folded_and_says_whose_it_is(client):
    assert page(client).count("<details open>") == 2
    assert "narrower than Power imbalance" in page(client)


def test_a_filter_marks_what_matches_and_tells_by_which_name(client):
    text = page(client, "/concepts?filter=co-decision")

    assert "<mark>Deciding together</mark></a> <small>also: co-decision</small>" in text
    assert "<mark>Shared rules" not in text and "Shared rules" in text and "Mistrust" not in text
    assert 'value="co-decision"' in text and "1 concept has “co-decision” in a name" in text


def test_a_filter_that_finds_nothing_advises_to_search(client):
    text = page(client, "/concepts?filter=xyzzy")

    assert "No concept has “xyzzy” in a name" in text and 'href="/search?q=xyzzy"' in text


def test_the_filtered_tree_has_its_twin(client, base):
    twin = client.get("/concepts.json?filter=power").json

    assert twin == plain(base.branches("power"))
    assert 'href="/concepts.json?filter=power"' in page(client, "/concepts?filter=power")
    assert client.get("/concepts.json?filter=").json == client.get("/concepts.json").json == plain(base.concepts())


@pytest.mark.parametrize("text", ["<b>", "' onload=x", "%00", "\u202e", "x" * 20_000, "🤝", "-", "(", "{{ 7 * 7 }}"])
def test_whatever_is_filtered_by_is_shown_as_text(client, text):
    answer = client.get("/concepts", query_string={"filter": text}, headers=BROWSER)

    assert answer.status_code == 200 and "<b>" not in answer.text and "' onload=x" not in answer.text


@pytest.fixture(scope="module")
def large(tmp_path_factory, stub_encoder):
    """A thesaurus of 1,210 concepts on three levels."""
    lines = ["@prefix s: <http://www.w3.org/2004/02/skos/core#> .", '<t> a s:ConceptScheme ; s:prefLabel "T"@en .']
    for n in range(1, 1211):
        above = f"s:broader <c{n // 10 if n > 109 else n % 10}> ;" if n > 9 else ""
        lines.append(f'<c{n}> a s:Concept ; s:inScheme <t> ; {above} s:prefLabel "Thing {n}"@en .')
    folder = tmp_path_factory.mktemp("large")
    text = "\n".join(lines).replace("<t>", "<http://e/t>").replace("<c", "<http://e/c")
    (folder / "large.ttl").write_text(text, encoding="utf-8")
    init(folder / "home", folder / "large.ttl")
    base = KnowledgeBase(folder / "home", encoder=stub_encoder)
    base.build()
    yield create_app(base).test_client()
    base.close()


def test_of_a_large_thesaurus_the_upper_levels_are_shown_and_the_filter_finds_what_is_below(large):
    assert "Thing 1200<" not in page(large) and "The upper 2 levels are shown" in page(large)
    assert "<mark>Thing 1200</mark>" in page(large, "/concepts?filter=thing 1200")


def test_of_many_matches_the_first_are_shown_and_all_are_counted(large):
    text = page(large, "/concepts?filter=thing")

    assert text.count("<mark>") == 200
    assert "1,210 concepts have “thing” in a name; the first 200 are shown" in text
