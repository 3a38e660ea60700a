"""Readers see how far curators have come with a work, and everywhere that a work is retracted."""

import re

import pytest
from conftest import lay_toy

from kb import KnowledgeBase
from webapp import create_app

AGENT = """
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
<https://w3id.org/partnership-kb/curator/toy> a <http://www.w3.org/ns/prov#Agent> ; foaf:name "Ada <Toy>" .
"""
RETRACTED = 'status: retracted\nstatusBy: toy\nstatusDate: 2026-12-03\nstatusNote: "Made up: see <there>"\n'


@pytest.fixture(scope="module")
def pages(stub_encoder, tmp_path_factory):
    """A reader of a toy home in which one work is reviewed and one retracted."""
    home = lay_toy(tmp_path_factory.mktemp("status"))
    (home / "ontology" / "curators.ttl").write_text(AGENT)
    for id, status in {"reed-2001": "status: reviewed\nstatusBy: toy\n", "testwell-2010": RETRACTED}.items():
        file = home / "corpus" / f"{id}.yaml"
        file.write_text(re.sub(r"status: \w+\n", lambda _, new=status: new, file.read_text()))
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield create_app(base).test_client()
    base.close()


def told(pages, id):
    return re.search(r'<p class="meta reviewed">(.*?)(?: <a .*)?</p>', pages.get(f"/source/{id}").text)[1]


def test_a_source_page_tells_its_status_with_name_day_and_reason(pages):
    assert told(pages, "reed-2001") == "Reviewed by Ada &lt;Toy&gt;."
    assert told(pages, "testwell-2010") == "Retracted by Ada &lt;Toy&gt; on 3 December 2026: Made up: see &lt;there&gt;"
    assert told(pages, "tarn-1987") == "Draft: no second person has checked this record and its claims yet."
    assert "This work is retracted: what it claims counts as no evidence." in pages.get("/source/testwell-2010").text
    assert pages.get("/source/testwell-2010.json").json["review"]["date"] == "2026-12-03"


@pytest.mark.parametrize(
    "address",
    [
        "/sources",
        "/concept/barrier-power-imbalance",
        "/source/reed-2001",
        "/search?q=who+pays+sets+the+terms",
        "/author/testwell-t",
        "/list?item=testwell-2010",
        "/compare?ids=testwell-2010&ids=reed-2001",
    ],
)
def test_whatever_shows_a_retracted_work_says_so(pages, address):
    page = pages.get(address, headers={"Accept": "text/html"})

    assert page.status_code == 200 and "estwell" in page.text
    assert "retracted" in page.text


def test_the_status_of_a_work_is_data_with_who_gave_it_and_when(pages):
    query = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> SELECT ?by ?day {"
    query += "?work pkb:reviewStatus pkb:retracted ; pkb:statusBy ?by ; pkb:statusDate ?day }"

    rows = pages.get("/sparql", query_string={"query": query}, headers={"Accept": "text/csv"}).text

    assert rows.split() == ["by,day", "https://w3id.org/partnership-kb/curator/toy,2026-12-03"]
    assert " of 2026-12-03" in pages.get("/concepts").text
