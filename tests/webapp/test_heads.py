"""What pages tell programs: links to their twins, their one address, tags for reference managers, schema.org."""

import json
from xml.etree import ElementTree

import pytest
from heads import BROWSER, SCHEMA, SPACE, Head, head, links
from rdflib import RDF, Graph, URIRef

from kb import KBError
from kb.bibliography.highwire import CONTAINERS, INSTITUTIONS
from webapp import create_app
from webapp.crawlers import PAGES

# rdflib's reader of JSON-LD uses a class of its own that it warns of.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

TYPES = ["article", "book", "chapter", "conference-paper", "document", "legislation", "magazine-article",
         "reference-entry", "report", "thesis", "webpage", "working-paper"]  # fmt: skip


def test_a_source_page_points_to_what_there_is_of_it(client, base):
    found = links(client.get("/source/marlow-quist-2012", headers=BROWSER))

    assert (f"{SPACE}version/{base.generation.version}", "cite-as", "") in found
    assert ("/source/marlow-quist-2012.jsonld", "describedby", "application/ld+json") in found
    assert ("/source/marlow-quist-2012.bib", "alternate", "application/x-bibtex") in found
    assert (SCHEMA + "AboutPage", "type", "") in found and (SCHEMA + "ScholarlyArticle", "type", "") in found
    assert ("/dataset", "collection", "text/html") in found


def test_data_point_back_to_their_page(client):
    found = links(client.get("/source/reed-2001.ttl"))

    assert ("/source/reed-2001", "describes", "text/html") in found
    assert ("/source/reed-2001.jsonld", "alternate", "application/ld+json") in found
    assert ("/source/reed-2001.ttl", "alternate", "text/turtle") not in found


@pytest.mark.parametrize(
    "page",
    ["/concept/barrier-distance", "/source/reed-2001", "/concepts", "/sources", "/ontology", "/dataset",
     "/search?q=who+pays%2C+%3C%3E&limit=2", "/similar/testwell-2010%23c1"],
)  # fmt: skip
def test_each_twin_that_is_named_is_there_with_that_type(client, page):
    answer = client.get(page, headers=BROWSER)
    header = {(address, media) for address, relation, media in links(answer) if relation == "alternate"}
    shown = {(link["href"], link["type"]) for link in Head(answer.text).links if link["rel"] == "alternate"}

    assert header == shown and header
    assert {client.get(address).mimetype == media for address, media in header} == {True}


def test_a_very_long_question_is_not_repeated_in_headers(client):
    answer = client.get("/search", query_string={"q": "a " * 5000}, headers=BROWSER)

    assert answer.status_code == 200 and len(answer.headers["Link"]) < 1000


def test_what_is_not_there_points_nowhere(client):
    answer = client.get("/source/no-such", headers=BROWSER)

    assert "Link" not in answer.headers
    assert {link["rel"] for link in Head(answer.text).links} == {"stylesheet", "icon"}


@pytest.mark.parametrize(
    "page", ["/concept/barrier-distance", "/source/reed-2001", "/concepts", "/sources", "/", "/dataset"]
)
def test_each_page_tells_its_one_address(base, page):
    known = create_app(base, known_as="https://example.org/kb/").test_client()
    (address,) = [link["href"] for link in head(known, page + "?lang=de").links if link["rel"] == "canonical"]
    (here,) = [link["href"] for link in head(create_app(base).test_client(), page).links if link["rel"] == "canonical"]

    assert address == f"https://example.org/kb{page}"
    assert here == f"http://localhost{page}"


def test_an_answer_to_a_question_has_no_one_address(client):
    assert "canonical" not in {link["rel"] for link in head(client, "/search?q=power").links}


def test_the_site_may_be_known_by_another_address(base):
    client = create_app(base, known_as="https://example.org/kb").test_client()

    assert client.get("/id/source/reed-2001").location == "/kb/source/reed-2001"
    assert client.get("/kb/source/reed-2001", headers=BROWSER).status_code == 200  # where a proxy leaves the folder on
    assert "https://example.org/kb/sparql" in client.get("/.well-known/void").text
    assert client.get("/dataset.json").json["addresses"]["dumps"]["trig"] == "https://example.org/kb/dump.trig"
    page = head(client, "/source/reed-2001")
    assert page.all("citation_public_url") == ["https://example.org/kb/source/reed-2001"]
    assert page.data()["url"] == "https://example.org/kb/source/reed-2001"
    assert "Sitemap: https://example.org/kb/sitemap.xml" in client.get("/robots.txt").text
    assert "</kb/sources.csv?type=article>" in client.get("/sources?type=article", headers=BROWSER).headers["Link"]


@pytest.mark.parametrize(
    "address", ["example.org", "ftp://e/", "https://", "https://e/?q", "http://e:x/", "http://a b/"]
)
def test_an_address_that_is_none_is_told_at_the_start(base, address):
    with pytest.raises(KBError, match="KB_BASE_URL is to be an address such as"):
        create_app(base, known_as=address)


def test_a_page_for_a_host_that_is_none_still_answers(client):
    for page in ("/", "/source/reed-2001", "/concept/barrier-distance", "/concepts"):
        answer = client.get(page, headers=BROWSER, environ_overrides={"HTTP_HOST": "a b"})

        assert answer.status_code in (200, 400)
        assert "a b" not in answer.text


def test_an_article_has_the_tags_that_reference_managers_read(client):
    page = head(client, "/source/marlow-quist-2012")

    assert page.all("citation_author") == ["Marlow, Ada", "Quist, Ben"]
    wanted = {"title": "Two towns and a mill", "publication_date": "2012", "volume": "5", "issue": "2",
              "journal_title": "Journal of Made-up Partnerships", "firstpage": "101", "lastpage": "119",
              "doi": "10.5555/toy.2012.5"}  # fmt: skip
    assert {name: page.all(f"citation_{name}") for name in wanted} == {name: [text] for name, text in wanted.items()}
    assert page.all("DC.type") == ["journalArticle"]
    assert page.all("description")[0].startswith("Two towns a day's walk apart")


def test_only_what_is_known_is_told(client):
    page = head(client, "/source/sandhill-1998")

    assert page.all("citation_author") == ["Sandhill Mill Board"] and page.all("citation_publication_date") == ["1998"]
    assert page.all("citation_title") == [] and all(content for name, content in page.tags if name)


@pytest.mark.parametrize(
    ("page", "kind"),
    [("/source/marlow-quist-2012", "ScholarlyArticle"), ("/source/reed-2001", "Book"), ("/", "WebSite"),
     ("/source/tarn-1987", "CreativeWork"), ("/concept/barrier-distance", "DefinedTerm"),
     ("/concepts", "DefinedTermSet"), ("/dataset", "Dataset")],
)  # fmt: skip
def test_a_page_speaks_schema_org(client, page, kind):
    data = head(client, page).data()
    assert data.pop("@context") == "https://schema.org"
    expanded = Graph().parse(data=json.dumps({"@context": {"@vocab": SCHEMA}, **data}), format="json-ld")

    assert URIRef(SCHEMA + kind) in set(expanded.objects(None, RDF.type))
    assert all(str(predicate).startswith((SCHEMA, str(RDF))) for predicate in expanded.predicates())


def test_a_work_names_what_it_is_in_what_it_is_about_and_what_it_cites(client):
    data = head(client, "/source/marlow-quist-2012").data()

    assert data["isPartOf"]["isPartOf"]["isPartOf"] == {
        "@type": "Periodical",
        "name": "Journal of Made-up Partnerships",
    }
    assert [each["name"] for each in data["about"]] == ["Distance", "Regular meetings"]
    assert [each["@id"] for each in data["citation"]] == [SPACE + "source/reed-2001"]
    assert data["sameAs"] == ["https://doi.org/10.5555/toy.2012.5"]
    assert data["author"][0] == {"@type": "Person", "name": "Ada Marlow", "familyName": "Marlow", "givenName": "Ada"}


def test_a_site_map_has_each_concept_and_each_source(client, base):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").data)
    addresses = [element.text for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    assert len(addresses) == len(set(addresses)) == len(PAGES) + 8 + 5
    assert {client.get(address, headers=BROWSER).status_code for address in addresses} == {200}
    assert [client.get("/sitemap.xml?part=" + part).status_code for part in ("2", "01", "9" * 5000)] == [404] * 3


def test_a_large_site_map_comes_in_parts(client, monkeypatch):
    monkeypatch.setattr("webapp.crawlers.LISTED", 7)
    index = ElementTree.fromstring(client.get("/sitemap.xml").data)
    parts = [element.text for element in index.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    listed = len(PAGES) + 8 + 5
    assert len(parts) == -(-listed // 7)
    assert [client.get(part).text.count("<url>") for part in parts] == [7] * (listed // 7) + [listed % 7] * bool(
        listed % 7
    )


def test_crawlers_leave_alone_what_has_no_end(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert lines[0] == "User-agent: *" and "Disallow: /sparql?" in lines and "Disallow: /search?" in lines
    assert lines[-1] == "Sitemap: http://localhost/sitemap.xml"


def tags_of(record) -> dict[str, list[str]]:
    """The tags that a work must have, told by its record."""
    kind = record["type"]
    names = {"title": "title", "issued": "publication_date", "doi": "doi", "isbn": "isbn", "volume": "volume",
             "issue": "issue", "publisher": INSTITUTIONS.get(kind, "publisher")}  # fmt: skip
    if kind in CONTAINERS:
        names["container"] = CONTAINERS[kind][0]
    wanted = {f"citation_{name}": [record[field]] if field in record else [] for field, name in names.items()}
    people = [[n.get("literal") or n["family"], n.get("given")] for n in record.get("authors", ())]
    return wanted | {"citation_author": [", ".join(filter(None, name)) for name in people]}


@pytest.mark.real
def test_each_work_of_the_corpus_tells_all_that_is_known_of_it(real_base):
    client, records = create_app(real_base).test_client(), real_base.generation.records
    by_type: dict[str, list[str]] = {}
    for id in records.ids():
        by_type.setdefault(records[id].data["type"], []).append(id)
    some = [id for ids in by_type.values() for id in ids[:4]]  # of each type: a page takes a while
    pages = {id: head(client, f"/source/{id}") for id in some}

    assert sorted(by_type) == TYPES
    for id, page in pages.items():
        wanted = tags_of(records[id].data)
        assert {name: page.all(name) for name in wanted} == wanted, id
        assert page.data()["name"] and len(page.all("description")) == 1, id


@pytest.mark.browser
def test_a_browser_takes_the_data_block_for_data(site, browser):
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for address in ("", "source/marlow-quist-2012", "concept/barrier-distance", "concepts", "dataset"):
        page.goto(site + address, wait_until="load")
        block = page.locator('script[type="application/ld+json"]').text_content()

        assert json.loads(block)["@context"] == "https://schema.org"
    page.close()

    assert complaints == []
