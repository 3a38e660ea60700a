"""The works of a page to take along: for reference managers, and as a reference list in each style."""

import html
import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from kb.bibliography.styles import REFERENCE_STYLES
from webapp import create_app

CELL = "row=barrier-power-imbalance&column=practice-co-decision-making"
PAGES = {  # address of a page → the works that it tells of
    "/source/reed-2001": lambda base: ["reed-2001"],
    "/sources?type=article&page=1": lambda base: ["marlow-quist-2012", "testwell-2010"],
    "/concept/barrier-power-imbalance": lambda base: base.works.about("barrier-power-imbalance"),
    "/author/testwell-t": lambda base: ["testwell-2010"],
    "/search?q=who+sets+the+terms&offset=2": lambda base: base.works.found("who sets the terms"),
    f"/map/cell?{CELL}": lambda base: ["testwell-2010"],
    "/compare?ids=reed-2001,testwell-2010": lambda base: ["reed-2001", "testwell-2010", "marlow-quist-2012",
                                                          "sandhill-1998"],
    "/list?item=reed-2001&item=testwell-2010%23c1": lambda base: ["reed-2001", "testwell-2010"],
}  # fmt: skip
STYLES = {".bib": "bibtex", ".ris": "ris", ".csl.json": "csl-json"}


def twin(address, suffix, **more):
    parts = urlsplit(address)
    query = "&".join([*filter(None, [parts.query]), *(f"{name}={value}" for name, value in more.items())])
    return f"{parts.path}{suffix}" + (f"?{query}" if query else "")


@pytest.mark.parametrize("address", PAGES)
def test_the_works_of_a_page_come_in_each_form(client, base, address):
    works = list(PAGES[address](base))

    for suffix, style in STYLES.items():
        answer = client.get(twin(address, suffix))
        ids = [each["id"] for each in json.loads(base.cite(works, "csl-json"))]

        assert answer.status_code == 200 and sorted(ids) == sorted(works)
        if style == "csl-json":
            assert sorted(each["id"] for each in answer.json) == sorted(works)
        else:
            assert len(answer.text.split("\n\n")) == len(works)
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    for style in REFERENCE_STYLES:
        answer = client.get(twin(address, ".txt", style=style))

        assert answer.mimetype == "text/plain" and answer.headers["Content-Disposition"].startswith(("inline", "att"))
        assert len(answer.text.splitlines()) == len(works)


@pytest.mark.parametrize("address", PAGES)
def test_the_links_on_a_page_lead_to_its_works_and_to_nothing_else(client, address):
    page = client.get(address).text
    links = {html.unescape(link) for link in re.findall(r"<main.*</main>", page, re.S)[0].split('href="')[1:]}
    links = {link.partition('"')[0] for link in links}
    found = {link for link in links if re.search(r"\.(bib|ris|csl\.json|txt)(\?|$)", link)}

    assert {re.search(r"\.(bib|ris|csl\.json)(?=\?|$)", link)[0] for link in found if ".txt" not in link} == {*STYLES}
    for link in found:
        assert client.get(link).status_code == 200
        assert not {"offset", "page"} & parse_qs(urlsplit(link).query).keys() or address.startswith("/sources")


@pytest.mark.parametrize("address", PAGES)
def test_the_twins_stand_in_link_headers_and_answer_by_accept(client, address):
    page = client.get(address)
    led = client.get(address, headers={"Accept": "application/x-research-info-systems"})

    assert f'<{twin(address, ".ris")}>; rel="alternate' in page.headers["Link"].replace("%2C", ",")
    assert led.status_code == 303 and led.location == twin(address, ".ris")


def test_a_reference_list_is_by_name_and_one_with_numbers_as_the_page_has_it(client, base):
    by_name = client.get("/sources.txt?sort=newest").text.splitlines()
    numbered = client.get("/sources.txt?sort=newest&style=ieee").text.splitlines()

    assert by_name == sorted(by_name) and by_name[0].startswith("Marlow")
    assert [line.split()[0] for line in numbered] == ["[1]", "[2]", "[3]", "[4]", "[5]"]
    assert base.sources(sort="newest").sources[0].id == "marlow-quist-2012" and "Marlow" in numbered[0]


def test_a_concept_takes_the_works_of_narrower_ones_along(client, base):
    wide, narrow = (set(base.works.about(id)) for id in ("barrier-power-imbalance", "barrier-one-way-resource-flow"))
    subjects = {source.id for source in base.concept("barrier-power-imbalance").sources}

    assert narrow < wide and wide - subjects == {"reed-2001", "sandhill-1998"}
    assert f"The {len(wide)} works about it or what is narrower" in client.get("/concept/barrier-power-imbalance").text


def test_a_search_gives_the_works_of_all_that_is_close_in_the_order_of_the_hits(base):
    found = base.search("who sets the terms of the mill", limit=1000)
    works = base.works.found("who sets the terms of the mill")
    near = [hit.source for hit in found.hits if hit.source][: found.close]

    assert list(works) == [id for id in dict.fromkeys(near) if id in works] and len(works) > 1
    assert base.works.found("who sets the terms of the mill", limit=1) == works[:1]
    assert base.works.found("who sets the terms of the mill", sort="oldest")[0] == "sandhill-1998"
    assert base.works.found("qqq zzz") == ()


def test_what_is_asked_for_wrongly_is_told(client):
    assert client.get("/sources.txt?style=oral").status_code == 400
    assert "did you mean 'apa'" in client.get("/search.txt?q=mill&style=ap").json["detail"]
    assert client.get("/source/nobody.txt").status_code == 404
    assert client.get("/author/nobody.ris").status_code == 404
    assert client.get("/map/cell.bib").status_code == 400
    assert client.get("/compare.bib?ids=reed-2001,barrier-distance").status_code == 400


def test_a_file_comes_in_parts_that_make_the_whole(base):
    ids = [source.id for source in base.sources().sources]

    for style in STYLES.values():
        assert "".join(base.works.written(ids, style)) == base.cite(ids, style)
        assert "".join(base.works.written([], style)) == base.cite([], style)


@pytest.mark.real
def test_so_it_does_over_the_real_corpus_in_several_parts(real_base):
    ids = [source.id for source in real_base.sources().sources]

    assert len(ids) > 200
    for style in STYLES.values():
        parts = list(real_base.works.written(ids, style))
        assert len(parts) > 2 and "".join(parts) == real_base.cite(ids, style)


def test_claims_are_copied_with_citations_in_the_style_asked_for(client):
    def copied(address):
        return [html.unescape(copy) for copy in re.findall(r'data-copy="([^"]+)"', client.get(address).text)]

    assert copied("/source/testwell-2010")[0].endswith("(Testwell, 2010, p. 4). [our paraphrase]")
    assert copied("/source/testwell-2010?style=mla")[0].endswith("(Testwell 4). [our paraphrase]")
    assert copied("/source/testwell-2010?style=ieee")[0].endswith(" [1, p. 4]. [our paraphrase]")
    assert '<b aria-current="true">MLA</b>' in client.get("/source/testwell-2010?style=mla").text
    assert client.get("/source/testwell-2010?style=oral").status_code == 400


def test_claims_of_a_list_are_cited_as_its_references_are_numbered_and_told_apart(client):
    items = "item=reed-2001&item=testwell-2010%23c1&item=sandhill-1998%23c1&style="
    copies = {
        style: [
            each["claim"]["copy"] for each in client.get(f"/list.json?{items}{style}").json["items"] if each["claim"]
        ]
        for style in ("apa", "ieee")
    }

    assert [copy.rpartition(" (")[2] for copy in copies["apa"]] == [
        "Testwell, 2010, p. 4). [our paraphrase]",
        "Sandhill Mill Board, 1998, as cited in Testwell, 2010). [our paraphrase]",
    ]
    assert copies["ieee"][0].endswith(" [2, p. 4]. [our paraphrase]")
    assert copies["ieee"][1].endswith(" (Sandhill Mill Board, as cited in [2]). [our paraphrase]")


@pytest.mark.real
def test_each_claim_that_may_be_cited_has_a_citation_in_each_style_over_the_real_corpus(real_base):
    client = create_app(real_base).test_client()
    works = [source.id for source in real_base.sources().sources if source.claims][:40]

    for id in works:
        for style in REFERENCE_STYLES:
            for claim in real_base.source(id, style=style).claims:
                assert not claim.copy or re.search(r"(\)|\d\]|”\]|n\])\. \[our paraphrase", claim.copy), claim.copy
                assert "((" not in claim.copy and "None" not in claim.copy
    assert client.get("/search.txt?q=trust&style=chicago").text.count("\n") > 10
