"""The page of a comparison, its table and its query hold the same rows; things are added and removed by address."""

from __future__ import annotations

import csv
import html
import io
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from test_pages import BROWSER, text_of

from webapp import create_app
from webapp.compare import AT_ONCE

RESULTS = "application/sparql-results+json"
TOY = [
    "barrier-power-imbalance,barrier-distance",
    "barrier-power-imbalance,barrier-mistrust,practice-trust-building",
    "practice-co-decision-making",
    "testwell-2010,reed-2001",
    "sandhill-1998,tarn-1987,marlow-quist-2012",
]
REAL = [
    "barrier-power-imbalance,barrier-lack-of-trust",
    "field-public-administration,field-sustainable-development,field-health",
    "modality-co-management,modality-collaborative-governance",
    "sector-state,place-united-kingdom",
    "gray-1989,wikipedia-collaborative-partnership",
    "kania-kramer-2011,wolff-2016,ansell-gash-2008",
]


class Table(HTMLParser):
    """The cells of a page's table: by heading of rows and row, for each column the texts of its items."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cells: dict[str, list[list[str]]] = {}
        self._group = self._row = ""
        self._in: list[str] = []  # th or td, and li, as far as we are inside
        self.feed(page.partition("<tbody")[1] + page.partition("<tbody")[2])

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "small" and self._in == ["group"]:
            self._in = ["what it means"]
        if tag == "th":
            self._in = ["group" if given.get("scope") == "rowgroup" else "row"]
            if self._in == ["group"]:
                self._group = ""
            else:
                self._row = ""
        if tag == "td":
            self._in = ["td"]
            self.cells.setdefault(f"{self._group}: {self._row}", []).append([])
        if tag == "li" and self._in[:1] == ["td"]:
            self._in.append("li")
            self._cell.append("")

    def handle_endtag(self, tag):
        if tag in ("th", "td"):
            self._in = []
        if tag == "li" and "li" in self._in:
            self._in.pop()

    def handle_data(self, data):
        if self._in == ["group"]:
            self._group += data.strip()
        elif self._in == ["row"]:
            self._row += data.strip()
        elif "li" in self._in:
            self._cell[-1] = " ".join(f"{self._cell[-1]} {data}".split())

    @property
    def _cell(self) -> list[str]:
        return next(reversed(self.cells.values()))[-1]


def page(client, ids: str, more: str = "") -> str:
    answer = client.get(f"/compare?ids={ids}{more}", headers=BROWSER)
    assert answer.status_code == 200
    return answer.text


def table(client, ids: str, more: str = "") -> list[dict[str, str]]:
    """The rows of the CSV, in order."""
    return list(csv.DictReader(io.StringIO(client.get(f"/compare.csv?ids={ids}{more}").get_data(as_text=True))))


def query(page: str) -> str:
    """The text of the query that a page links to."""
    link = html.unescape(re.search(r'class="as-query" href="([^"]+)"', page)[1])
    return parse_qs(urlsplit(link).query)["query"][0]


def asked(client, text: str) -> list[dict[str, str]]:
    answer = client.post("/sparql", data={"query": text}, headers={"Accept": RESULTS})
    assert answer.status_code == 200, answer.text
    return [{key: term["value"] for key, term in row.items()} for row in answer.json["results"]["bindings"]]


def of_row(row: dict[str, str], names) -> tuple[str, ...]:
    """A row of the query as the twin in JSON has it: thing, aspect, item, number of claims, the strongest of them."""
    aspect, property, direction = row["aspect"], row.get("property", ""), row.get("direction", "")
    scheme = aspect in ("together", "about", "subject")
    within = names.id(property) if scheme else names.curie(property) if direction else ""
    if aspect in ("definition", "scope-note", "summary", "year"):
        item = row["item"]
    elif aspect == "basis":
        item = row["item"].rpartition("#")[2].removeprefix("from-")
    elif aspect in ("kind", "state"):
        item = names.curie(row["item"])
    else:
        item = names.id(row["item"])
        if "object" in row:
            item += f" {names.curie(property)} {names.id(row['object'])}"
    counts = row["claims"], names.id(row.get("claim", ""))
    return (names.id(row["this"]), "/".join(filter(None, (aspect, within, direction))), item, *counts)


def of_item(thing, aspect, item) -> tuple[str, ...]:
    return thing["id"], aspect["name"], item["id"] or item["text"], str(item["claims"]), item["claim"]


def items(view):
    """Each item of the twin in JSON, with its aspect and thing."""
    return [(thing, aspect, item) for aspect in view["aspects"]
            for thing, cell in zip(view["things"], aspect["cells"], strict=True) for item in cell]  # fmt: skip


def same_rows(client, names, ids: str) -> None:
    shown, view = page(client, ids), client.get(f"/compare.json?ids={ids}").json
    rows = table(client, ids)

    assert sorted(of_row(row, names) for row in asked(client, query(shown))) == sorted(
        of_item(*each) for each in items(view)
    )
    assert [
        (r["thing id"], r["aspect"], r["item"], r["item id"], r["citation"], r["claim id"], r["claims"]) for r in rows
    ] == [
        (t["id"], f"{a['group']}: {a['label']}", i["text"], i["id"], i["citation"], i["claim"], str(i["claims"] or ""))
        for t, a, i in items(view)
    ]
    cells = Table(shown).cells
    assert list(cells) == [f"{aspect['group']}: {aspect['label']}" for aspect in view["aspects"]]
    for aspect in view["aspects"]:
        listed = cells[f"{aspect['group']}: {aspect['label']}"]
        assert [len(texts) for texts in listed] == [len(cell) for cell in aspect["cells"]]
        for texts, cell in zip(listed, aspect["cells"], strict=True):
            for text, item in zip(texts, cell, strict=True):
                assert text.startswith(" ".join(item["text"].split())), aspect["name"]
                assert not item["claims"] or f" {item['claims']} claim" in text


@pytest.mark.parametrize("ids", TOY)
def test_page_table_and_query_hold_the_same_rows(client, base, ids):
    same_rows(client, base.generation.names, ids)


@pytest.mark.real
@pytest.mark.parametrize("ids", REAL)
def test_so_they_do_over_the_real_corpus(real_base, ids):
    same_rows(create_app(real_base).test_client(), real_base.generation.names, ids)


def test_a_cell_shows_some_items_and_folds_the_rest_away(toy, stub_encoder):
    from kb import KnowledgeBase

    for number in range(AT_ONCE + 3):
        text = f"type: book\nstate: complete\nstatus: draft\ntitle: Book {number}\nissued: 2000\n"
        (toy / "corpus" / f"book-{number:02}.yaml").write_text(
            text + "authors: [{family: Lund}]\nsubjects: [barrier-mistrust]\n"
        )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    client = create_app(base).test_client()

    shown = page(client, "barrier-mistrust")
    same_rows(client, base.generation.names, "barrier-mistrust,barrier-distance")
    base.close()

    assert f"<summary>{3 + 1} more</summary>" in shown  # reed-2001 is about it too


def test_things_are_columns_and_aspects_rows_of_a_real_table(client):
    shown = page(client, "barrier-power-imbalance,barrier-distance")

    assert shown.count('<th scope="col"') == 2 and shown.count('<th scope="row"') == shown.count('role="row"') - 1 - 5
    assert 'aria-label="Remove Distance from the comparison"' in shown
    assert 'href="/compare?ids=barrier-power-imbalance" rel="nofollow" aria-label="Remove Distance' in shown


def test_what_is_shared_is_told_in_words_and_an_empty_cell_too(client):
    shown = text_of(page(client, "barrier-power-imbalance,barrier-one-way-resource-flow"))

    assert "= in both" in shown and "nothing annotated here" in shown and "no evidence" not in shown
    assert "without what is narrower" in shown and "The collection is a sample" in shown
    assert "= also: Power imbalance" in text_of(
        page(client, "barrier-power-imbalance,barrier-one-way-resource-flow,barrier-mistrust")
    )


def test_only_what_differs_is_a_link_away(client):
    ids = "barrier-power-imbalance,barrier-one-way-resource-flow"
    differing = page(client, ids, "&differ=1")

    assert f'href="/compare?ids={ids}&amp;differ=1" rel="nofollow">Only what differs' in page(client, ids)
    assert "in both" not in text_of(differing) and f'href="/compare?ids={ids}" rel="nofollow">Show all' in differing
    assert len(table(client, ids, "&differ=1")) < len(table(client, ids))


def test_what_one_claim_says_is_not_read_as_what_all_of_them_say(base, client):
    """Beside the number, which leads to the claims, one is quoted as the best documented of them."""
    shown = page(client, "barrier-power-imbalance,practice-trust-building")
    stances = client.get("/compare.json?ids=barrier-power-imbalance,practice-trust-building").json["aspects"]
    cells = next(each["cells"] for each in stances if each["name"] == "stance")

    for thing, cell in zip(("barrier-power-imbalance", "practice-trust-building"), cells, strict=True):
        for item in cell:
            number = f"{item['claims']} claim{'s' * (item['claims'] > 1)}"
            assert f'<a class="number" href="/concept/{thing}#claims">{number}</a>' in shown
            which = f"{number}; the best documented of them says: " if item["claims"] > 1 else f"{number} says: "
            assert f"{item['text']} {which}{item['said']}" in text_of(shown)
    assert max(item["claims"] for cell in cells for item in cell) > 1
    assert 'id="claims"' in client.get("/concept/barrier-power-imbalance", headers=BROWSER).text
    works = page(client, "testwell-2010,reed-2001")
    assert 'href="/source/testwell-2010#claims">' in works
    assert 'id="claims"' in client.get("/source/testwell-2010", headers=BROWSER).text


def test_agreement_says_with_what(made_of_support):
    shown = text_of(page(made_of_support, "barrier-distance"))

    assert "In agreement with another claim 1 claim says: " in shown


@pytest.fixture
def made_of_support(toy, stub_encoder):
    """The toy home with a claim that supports another."""
    from kb import KnowledgeBase

    claim = "{id: '#c1', text: It is far., basis: abstract, about: [barrier-distance], supports: ['reed-2001#c1'],"
    (toy / "corpus" / "far-2020.yaml").write_text(
        "type: book\nstate: complete\nstatus: draft\ntitle: Far\nissued: 2020\nauthors: [{family: Far}]\nsubjects: []\n"
        f"claims:\n  - {claim} curator: toy, created: 2026-11-23}}\n"
    )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    yield create_app(base).test_client()
    base.close()


def test_what_is_named_in_the_same_claim_is_not_told_as_what_acts_on_it(client):
    shown = page(client, "barrier-power-imbalance,barrier-distance")
    told = "Named in the same claim; not that one acts on the other."

    assert text_of(shown).count(f"What its claims are also about {told}") == 1
    text = client.get("/compare.md?ids=barrier-power-imbalance,barrier-distance").text
    assert f"## What its claims are also about\n\n{told}\n" in text
    assert told not in page(client, "testwell-2010,reed-2001")


def test_what_claims_say_leads_to_the_claim(client):
    shown = page(client, "barrier-power-imbalance")

    assert '<a href="/source/testwell-2010#c1">p. 4</a>' in shown
    assert "In dispute</b>\n" in shown and "The side that pays sets the terms" in shown


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("add=Distance", "ids=barrier-distance"),
        ("ids=barrier-distance&add=unequal+power", "ids=barrier-distance,barrier-power-imbalance"),
        ("ids=barrier-distance&add=barrier-distance", "ids=barrier-distance"),
        ("ids=barrier-distance&differ=1&add=mistrust", "ids=barrier-distance,barrier-mistrust&differ=1"),
        ("ids=reed-2001&add=who+pays&lang=de", "ids=reed-2001,testwell-2010&lang=de"),
        ("ids=reed-2001&ids=tarn-1987&add=Two+towns", "ids=reed-2001,tarn-1987,marlow-quist-2012"),
    ],
)
def test_what_is_typed_leads_to_the_comparison_with_it(client, address, leads_to):
    answer = client.get(f"/compare?{address}", headers=BROWSER)

    assert (answer.status_code, answer.location) == (303, f"/compare?{leads_to}")


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("ids=barrier-distance&add=xyzzy", 404, "no concept is called 'xyzzy'"),
        ("ids=reed-2001&add=Distance", 404, "no work is called 'Distance'"),
        ("ids=reed-2001&add=", 400, "nothing to add was named"),
        ("add=xyzzy", 404, "no concept or work is called 'xyzzy'"),
    ],
)
def test_what_cannot_be_added_is_told_where_it_was_typed(client, address, status, said):
    answer = client.get(f"/compare?{address}", headers=BROWSER)

    assert answer.status_code == status and said in text_of(answer.text)
    assert 'name="add"' in answer.text and ("<table" in answer.text) == ("ids=" in address)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/compare?ids=barrier-distanse", 404, "did you mean 'barrier-distance'?"),
        ("/compare?ids=barrier-distance,reed-2001", 400, "compare concepts with concepts"),
        ("/compare?ids=a,b,c,d,e,f,g", 400, "choose 6 of them at most"),
        ("/compare.csv?ids=nobody", 404, "no concept or work 'nobody'"),
        ("/compare.json", 400, "name the concepts or the works to compare"),
        ("/compare.md", 400, "name the concepts or the works to compare"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(client, address, status, said):
    answer = client.get(address, headers=BROWSER)

    assert answer.status_code == status and said in text_of(answer.text)


def test_without_ids_the_page_offers_comparisons_from_the_data(client, base):
    shown = client.get("/compare", headers=BROWSER).text

    for offer in base.synthesis().offers():
        assert f'href="/compare?ids={",".join(offer.ids)}"' in shown
    assert 'name="add"' in shown and 'type="text/csv"' not in shown  # no twin of nothing


def test_one_thing_alone_is_offered_others_like_it(client):
    assert "Compare it with" in text_of(page(client, "barrier-distance"))
    assert re.search(r'href="/compare\?ids=barrier-distance,[\w-]+"', page(client, "barrier-distance"))
    assert re.search(r'href="/compare\?ids=reed-2001,[\w-]+"', page(client, "reed-2001"))


def test_six_are_enough(client):
    ids = "barrier-distance,barrier-mistrust,practice-shared-rules,practice-regular-meetings,practice-trust-building"

    assert 'name="add"' in page(client, ids)
    assert 'name="add"' not in page(client, f"{ids},barrier-power-imbalance")


def test_the_text_to_take_along_tells_whence_it_is(client, base):
    answer = client.get("/compare.md?ids=barrier-distance,barrier-mistrust")

    assert answer.content_type == "text/markdown; charset=utf-8"
    assert f"data version {base.generation.version}" in answer.text
    assert "<http://localhost/compare?ids=barrier-distance,barrier-mistrust>" in answer.text
    assert "## References (APA)\n\n- Marlow, A., & Quist, B. (2012)" in answer.text


def test_a_comparison_has_twins_as_it_was_asked_for(client):
    link = client.get("/compare?ids=reed-2001,tarn-1987", headers=BROWSER).headers["Link"]

    assert '</compare.md?ids=reed-2001,tarn-1987>; rel="alternate"; type="text/markdown"' in link
    assert '</compare.csv?ids=reed-2001,tarn-1987>; rel="alternate"; type="text/csv"' in link
    led = client.get("/compare?ids=reed-2001", headers={"Accept": "text/csv"})
    assert (led.status_code, led.location) == (303, "/compare.csv?ids=reed-2001")


@pytest.mark.parametrize("address", ["/concept/barrier-distance", "/source/reed-2001"])
def test_a_concept_and_a_work_lead_to_their_comparison(client, address):
    id = address.rpartition("/")[2]

    assert f'href="/compare?ids={id}" rel="nofollow">Compare with' in client.get(address, headers=BROWSER).text


def test_what_texts_have_in_them_is_no_markup_of_the_page(toy, stub_encoder):
    from kb import KnowledgeBase

    bad = "<script>alert(1)</script>&amp;\"'"
    file = toy / "ontology" / "toy.ttl"
    file.write_text(file.read_text().replace('"Distance"@en', '"<script>alert(1)</script>&amp;\\"\'"@en'))
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    shown = page(create_app(base).test_client(), "barrier-distance,barrier-mistrust")
    base.close()

    assert "<script>alert" not in shown and bad in html.unescape(shown)


def test_who_is_not_here_is_told_and_the_others_stay(client):
    answer = client.get("/compare?ids=barrier-distance,barrier-mistrst,reed-2001,barrier-mistrust", headers=BROWSER)

    assert answer.status_code == 404 and "barrier-mistrst" in answer.text
    assert "Distance · Mistrust" in answer.text
    assert client.get("/compare.json?ids=barrier-distance,barrier-mistrst").status_code == 404
