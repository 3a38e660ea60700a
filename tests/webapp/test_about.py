"""What explains the rest: the evidence by an example, the help, and pages that lead on where an address is wrong."""

import html
import re

import pytest

from kb import KnowledgeBase
from webapp import create_app


def test_the_evidence_is_explained_by_a_claim_that_is_here(client, base):
    example = base.about().example
    page = client.get("/about").text

    assert example.locator and example.stances
    assert html.escape(example.text) in page
    assert f"/source/{example.source.id}" in page


def test_every_basis_and_stance_is_explained(client):
    page = client.get("/about").text

    for word in ("text", "abstract", "reported", "recalled", "inferred"):
        assert f'<th scope="row">{word}</th>' in page
    for word in ("Claim", "Stance", "Basis", "Locator"):
        assert re.search(rf"<dt[^>]*>{word}</dt>", page)


def test_what_the_help_offers_to_type_finds_something(client):
    page = client.get("/help").text
    offered = [html.unescape(link) for link in re.findall(r'href="(/search\?[^"]+)"', page)]

    assert len(offered) > 4
    assert all(client.get(link.replace("/search?", "/search.json?")).json["hits"] for link in offered)


def test_a_home_without_claims_explains_them_without_an_example(toy, stub_encoder):
    for file in (toy / "corpus").glob("*.yaml"):
        file.unlink()
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    client = create_app(base).test_client()

    assert base.about().example is None
    assert client.get("/about").status_code == client.get("/help").status_code == 200
    base.close()


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        ("/concept/barrier-power-imbalnce", "/concept/barrier-power-imbalance"),
        ("/concept/power-imbalance", "/concept/barrier-power-imbalance"),
        ("/source/testwell", "/source/testwell-2010"),
        ("/concepts/power", "/concept/barrier-power-imbalance"),
        ("/concept/power-imbalance" + "/and/so/on" * 1000, "/concept/barrier-power-imbalance"),
    ],
)
def test_an_address_that_leads_nowhere_tells_what_may_be_meant(client, address, leads):
    answer = client.get(address, headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert f'href="{leads}"' in answer.text


def test_an_address_of_nothing_known_still_leads_on(client):
    answer = client.get("/xyzzy/plugh", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "Did you mean" not in answer.text
    assert 'href="/concepts"' in answer.text and 'href="/help"' in answer.text


def test_links_keep_the_language_that_was_asked_for(client):
    for address in ("/concept/barrier-power-imbalance?lang=de", "/search?q=trust&lang=de", "/concepts?lang=de"):
        page = client.get(address).text
        links = re.findall(r'href="(/(?:concept|search)[^"#.]*)"', page)

        assert links and all("lang=de" in link for link in links)
        assert '<input type="hidden" name="lang" value="de">' in page
    assert "lang=de" not in client.get("/concepts").text
