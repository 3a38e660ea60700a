"""Going through sources and authors: what a list can be narrowed to, its order, its pages, its years."""

import html
import re
from itertools import pairwise

import pytest

from kb import BadQuery, KnowledgeBase
from kb.overview import FacetValue
from webapp import create_app

FIELDS = """
scheme:field a skos:ConceptScheme ; skos:prefLabel "Field of milling"@en .
concept:field-grain a skos:Concept ; skos:inScheme scheme:field ; skos:prefLabel "Grain"@en, "Getreide"@de ;
  skos:narrower concept:field-rye .
concept:field-rye a skos:Concept ; skos:inScheme scheme:field ; skos:prefLabel "Rye"@en .
concept:field-oil a skos:Concept ; skos:inScheme scheme:field ; skos:prefLabel "Oil"@en .
"""


@pytest.fixture(scope="module")
def mill(tmp_path_factory, stub_encoder) -> KnowledgeBase:
    """A home with fields and 120 more works, three of them in a field, each tenth undated."""
    from conftest import lay_toy

    home = lay_toy(tmp_path_factory.mktemp("mill"))
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write(FIELDS)
    for n in range(120):
        fields = {0: "field-rye", 1: "field-grain", 2: "field-oil"}.get(n, "")
        text = f"type: report\nstate: complete\ntitle: Report {n:03}\nauthors: [{{family: Rye{n:03}}}]\n"
        text += f"openAccess: 'yes'\nsubjects: [{fields}]\n" + ("" if n % 10 == 9 else f"issued: {1950 + n // 2}\n")
        (home / "corpus" / f"report-{n:03}.yaml").write_text(text)
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


def ids(base, **filters) -> list[str]:
    return [each.id for each in base.sources(**filters).sources]


def counts(view) -> dict[str, dict[str, int]]:
    def flat(values):
        for each in values:
            yield each.value, each.count
            yield from flat(each.children)

    return {facet.name: dict(flat(facet.values)) for facet in view.facets}


def test_all_sources_come_by_citation_with_what_they_can_be_narrowed_to(base):
    view = base.sources()

    assert [each.citation for each in view.sources] == sorted(each.citation for each in view.sources)
    assert (view.total, view.page, view.pages) == (5, None, 1)
    assert counts(view) == {
        "type": {"article": 2, "book": 1, "document": 1, "report": 1},
        "decade": {"2010": 2, "2000": 1, "1990": 1, "1980": 1},
        "state": {"complete": 2, "incomplete": 2, "seed-only": 1},
        "open": {"unknown": 5},
    }
    assert (view.sources[1].claims, view.sources[1].cited_by) == (2, 2)  # Reed


def test_a_facet_counts_within_the_others_and_not_within_itself(base):
    view = base.sources(type=["article"], state="incomplete")

    assert [each.id for each in view.sources] == ["testwell-2010"]
    assert counts(view)["type"] == {"article": 1, "report": 1}
    assert counts(view)["state"] == {"complete": 1, "incomplete": 1}
    assert counts(view)["decade"] == {"2010": 1}
    chosen = [value.value for facet in view.facets for value in facet.values if value.chosen]
    assert chosen == ["article", "incomplete"]


def test_of_several_values_of_a_facet_any_will_do(base):
    assert ids(base, type=["book", "report"]) == ["reed-2001", "sandhill-1998"]
    assert ids(base, type="book", decade="1990") == []


def test_what_is_chosen_stays_to_be_taken_away_though_nothing_is_left(base):
    view = base.sources(type="book", state="seed-only")

    assert view.total == 0
    assert FacetValue("book", "book", 0, True) in view.facets[0].values


def test_states_and_access_are_called_as_the_ontology_has_them(base):
    labels = {value.value: value.label for facet in base.sources().facets for value in facet.values}

    assert labels["seed-only"] == "known from a mention only" and labels["unknown"] == "access not known"


def test_fields_are_those_of_the_ontology_and_take_narrower_ones_along(mill, base):
    [field] = (facet for facet in mill.sources().facets if facet.name == "field")

    assert field.label == "Field of milling"
    assert field.values == (
        FacetValue("field-grain", "Grain", 2, False, (FacetValue("field-rye", "Rye", 1, False),)),
        FacetValue("field-oil", "Oil", 1, False),
    )
    assert ids(mill, field="field-grain") == ["report-000", "report-001"]
    assert ids(mill, field=["field-rye", "field-oil"]) == ["report-000", "report-002"]
    assert all(facet.name != "field" for facet in base.sources().facets)  # where the ontology has none
    german = next(facet for facet in mill.sources("de").facets if facet.name == "field")
    assert german.values[0].label == "Getreide"


@pytest.mark.parametrize(
    ("sort", "first"),
    [("citation", "marlow-quist-2012"), ("newest", "marlow-quist-2012"), ("oldest", "tarn-1987"),
     ("title", "reed-2001"), ("claims", "marlow-quist-2012"), ("cited", "reed-2001")],
)  # fmt: skip
def test_each_order_has_its_first(base, sort, first):
    assert ids(base, sort=sort)[0] == first
    assert sorted(ids(base, sort=sort)) == sorted(ids(base))


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_undated_works_come_last_by_year(mill, sort):
    years = [each.year for each in mill.sources(sort=sort).sources]

    assert years[-12:] == [None] * 12 and None not in years[:-12]
    assert all(a >= b if sort == "newest" else a <= b for a, b in pairwise(years[:-12]))


def test_a_text_begins_words_of_title_or_names(base):
    assert ids(base, q="quist") == ids(base, q="MILL tow") == ["marlow-quist-2012"]
    assert ids(base, q="sandh board") == ["sandhill-1998"] and ids(base, q="uist") == []
    assert ids(base, q="ida quist") == []  # in two works
    assert len(ids(base, q="  …  ")) == 5


def test_undated_works_have_a_decade_of_their_own(mill):
    assert counts(mill.sources())["decade"]["undated"] == 12
    assert {each.year for each in mill.sources(decade="undated").sources} == {None}


def test_years_are_counted_without_their_own_filter(mill):
    view = mill.sources(years="1990-1999", open="yes")

    assert {each.year for each in view.sources} == {str(year) for year in range(1990, 2000)}
    assert (view.years[0].first, view.years[-1].last) == (1950, 2012)
    assert sum(bar.works for bar in view.years) == 108
    assert [bar.first for bar in view.years if bar.chosen] == list(range(1990, 2000))


def test_a_long_time_has_bars_of_several_years(toy, stub_encoder):
    (toy / "corpus" / "old.yaml").write_text("type: book\nstate: complete\ntitle: Old\nissued: 1851\nsubjects: []\n")
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    bars = base.sources().years

    assert (bars[0].first, bars[0].last, bars[-1].last) == (1850, 1854, 2014)
    assert sum(bar.works for bar in bars) == 6


def test_pages_hold_each_work_once_in_a_stable_order(mill):
    pages = [ids(mill, page=page, sort="claims") for page in (1, 2, 3)]

    assert [len(page) for page in pages] == [50, 50, 25]
    assert [id for page in pages for id in page] == ids(mill, sort="claims")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"type": "novel"}, "no type 'novel': choose one of article, book, document, report"),
        ({"decade": "2000s"}, "no decade '2000s': choose one of 2010, 2000, 1990, 1980"),
        ({"state": "done"}, "no state 'done': choose one of complete, incomplete, seed-only"),
        ({"open": "maybe"}, "no open 'maybe': choose one of yes, assumed-no, unknown"),
        ({"sort": "size"}, "no sort 'size': choose one of citation, newest, oldest, title, claims, cited"),
        ({"years": "x"}, "'x' is no range of years: write 2000-2010, 2005- or -2005"),
        ({"page": "2"}, "no page 2: choose one from 1 to 1"),
        ({"page": "0"}, "no page 0"),
        ({"page": "two"}, "page is to be a whole number, not 'two'"),
    ],
)
def test_a_value_that_there_is_not_is_told_with_those_there_are(client, asked, told):
    for address in ("/sources", "/sources.json"):
        answer = client.get(address, query_string=asked, headers={"Accept": "text/html"})

        assert answer.status_code == 400 and told in html.unescape(answer.text)


def test_a_filter_that_there_is_not_is_told(base):
    with pytest.raises(BadQuery, match=r"no filter 'typ' \(did you mean 'type'\?\)"):
        base.sources(typ="book")


def test_each_value_of_a_facet_is_a_link_that_sets_and_unsets_it(client):
    page = client.get("/sources?type=article&sort=newest&page=1").text
    links = [html.unescape(link) for link in re.findall(r'href="(/sources\?[^"]*)"', page)]

    assert "/sources?type=article&type=book&sort=newest" in links
    assert "/sources?type=article&state=incomplete&sort=newest" in links
    assert "/sources?sort=newest" in links
    assert '<span aria-current="true">article</span>' in page


def test_the_years_can_be_seen_and_read(client):
    page = client.get("/sources?years=2010").text

    assert "Works by year, 1987 to 2012; the most, 1, in 1987" in page and '<svg aria-hidden="true"' in page
    assert page.count('class="bar') == 5 and page.count('class="bar chosen"') == 1
    assert page.count('href="/sources?years=2001"') == 2  # the bar and the row of the table
    assert " style=" not in page and '<table class="years">' in page


def test_pages_lead_to_each_other_with_all_that_is_chosen(mill):
    client = create_app(mill).test_client()
    page = client.get("/sources?type=report&page=2").text

    assert "Works 51–100 of 121" in page and '<ol class="literature" start="51">' in page
    assert 'rel="prev" href="/sources?type=report&amp;page=1"' in page
    assert 'rel="next" href="/sources?type=report&amp;page=3"' in page
    assert len(client.get("/sources.json").json["sources"]) == 125  # for programs all at once
    assert len(client.get("/sources.json?page=3").json["sources"]) == 25
    assert client.get("/sources.json?type=book&q=no").json["total"] == 1


def test_authors_stand_from_a_to_z_with_letters_to_jump_to(client):
    page = client.get("/authors").text

    assert re.findall(r'href="#letter-(.)"', page) == re.findall(r'<h2 id="letter-(.)"', page) == list("MQRST")
    assert re.findall(r'href="/author/([^"]+)">[^<]+</a> <span class="number">1<', page) == [
        "marlow-ada", "quist-ben", "reed-ida", "sandhill-mill-board", "tarn", "testwell-t",
    ]  # fmt: skip
    assert "No such name" in client.get("/authors?q=zzz").text


def test_a_page_of_an_author_shows_works_colleagues_subjects_and_claims(client):
    page = client.get("/author/quist-ben").text

    assert "<h1>Ben Quist</h1>" in page and "1 work here, 2012" in page
    assert 'href="/author/marlow-ada"' in page and 'href="/source/marlow-quist-2012"' in page
    assert 'href="/concept/practice-regular-meetings"' in page
    assert page.index("A fixed day") < page.index("A joint rule book")  # which is only recalled


def test_more_claims_than_a_page_shows_lead_to_a_search(toy, stub_encoder):
    claims = "".join(f'  - {{id: "#c{n}", text: Mills turn {n} times., basis: text}}\n' for n in range(1, 24))
    text = f"type: book\nstate: complete\ntitle: Mills\nauthors: [{{family: Lund, given: Mo}}]\nclaims:\n{claims}"
    (toy / "corpus" / "mills.yaml").write_text(text)
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    client = create_app(base).test_client()
    page = client.get("/author/lund-mo").text

    assert page.count('<li class="claim') == 20
    assert '<a href="/search?q=Mo+Lund&amp;kind=claim">3 more: search all 23 claims</a>' in page
    assert client.get("/search.json?q=Mo+Lund&kind=claim").json["total"] >= 23


def test_a_person_of_a_record_is_a_link_to_the_page(base):
    app = create_app(base)
    with app.test_request_context():
        macro = app.jinja_env.get_template("_people.html").module.people
        shown = str(macro([{"family": "Reed", "given": "Ida"}, {"literal": "Sandhill Mill Board"}, {"given": "<b>"}]))

    assert shown.strip() == (
        '<a href="/author/reed-ida">Ida Reed</a>, '
        '<a href="/author/sandhill-mill-board">Sandhill Mill Board</a>, &lt;b&gt;'
    )
