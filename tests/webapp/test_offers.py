"""What is offered while a curator types: concepts in their tree, claims, works; and where quoted words stand."""

import pytest
from conftest import lay_toy
from curate_forms import HERE, send
from flask.testing import FlaskClient
from import_forms import words
from writing import logged_in

from kb import BadQuery, KnowledgeBase, NotFound
from webapp import create_app

MORE = """
concept:old-quarrel a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Old quarrel"@en ;
    owl:deprecated true ; dcterms:isReplacedBy concept:barrier-mistrust .
concept:barriers-of-feeling a skos:Concept , pkb:GroupingConcept ; skos:inScheme scheme:barrier ;
    skos:topConceptOf scheme:barrier ; skos:prefLabel "Barriers of feeling"@en ;
    skos:narrower concept:barrier-mistrust .
"""
TEXT = "notice\n\f4\nThe side that pays sets the terms, as every miller knows.\n\f5\nNobody asked the fishers.\n"


@pytest.fixture(scope="module")
def offering(stub_encoder, tmp_path_factory) -> KnowledgeBase:
    """A toy home with a heading, a retired concept and the text of a work; for reading only."""
    home = lay_toy(tmp_path_factory.mktemp("offers") / "home")
    (home / "corpus" / "testwell-2010.txt").write_text(TEXT, encoding="utf-8")
    with (home / "ontology" / "toy.ttl").open("a", encoding="utf-8") as file:
        file.write(MORE)
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


@pytest.fixture(scope="module")
def desk(offering) -> FlaskClient:
    return logged_in(offering)


def rows(found):
    return [(each.depth, each.label, each.choosable, each.why) for each in found]


def test_narrower_concepts_stand_indented_below_what_matches(offering):
    first, second, *_ = offering.offers().concepts("power imb")

    assert (first.label, first.depth, first.note) == ("Power imbalance", 0, "Barrier")
    assert (second.label, second.depth, second.way) == ("One-way resource flow", 1, ("Power imbalance",))


def test_a_match_stands_below_its_broader_one_that_matches_less_well(offering):
    found = rows(offering.offers().concepts("mistrust")) + rows(offering.offers().concepts("barriers of f"))

    assert (0, "Mistrust", True, "") in found
    assert (0, "Barriers of feeling", False, "a heading: choose below it") in found
    assert (1, "Mistrust", True, "") in found


def test_a_label_in_any_language_is_matched_and_told(offering):
    (first, *_) = offering.offers().concepts("Machtgef")

    assert (first.label, first.matched) == ("Power imbalance", "Machtgefälle")


def test_a_retired_concept_leads_to_its_successor(offering):
    assert rows(offering.offers().concepts("old quarrel")) == [
        (0, "Old quarrel", False, "retired: use “Mistrust”"),
        (1, "Mistrust", True, ""),
    ]
    assert offering.offers().named("concept", "Old quarrel") == "barrier-mistrust"


def test_what_is_chosen_is_shown_as_such_and_a_scheme_narrows(offering):
    (first, *_) = offering.offers().concepts("power imb", without=["barrier-power-imbalance"])

    assert (first.choosable, first.why) == (False, "chosen already")
    assert {each.note for each in offering.offers().concepts("trust", scheme="practice")} == {"Practice"}


def test_without_a_label_what_is_near_in_meaning_is_offered(offering):
    found = offering.offers().concepts("goods pass and nothing comes back")

    assert ("One-way resource flow", "near in meaning") in [(each.label, each.why) for each in found]


@pytest.mark.parametrize(
    ("kind", "typed", "id"),
    [
        ("concept", "barrier-distance", "barrier-distance"),
        ("concept", "remoteness", "barrier-distance"),
        ("concept", "one-way", "barrier-one-way-resource-flow"),
        ("source", "Two towns", "marlow-quist-2012"),
        ("source", "reed-2001", "reed-2001"),
        ("claim", "reed-2001#c2", "reed-2001#c2"),
        ("claim", "Neighbours who meet often come to trust each other.", "reed-2001#c1"),
    ],
)
def test_a_typed_name_stands_for_one_thing(offering, kind, typed, id):
    assert offering.offers().named(kind, typed) == id


@pytest.mark.parametrize(
    ("kind", "typed", "error", "says"),
    [
        ("concept", "Barriers of feeling", BadQuery, "only sorts other concepts: use one of them, such as “Mistrust”"),
        ("concept", "t", BadQuery, "may be"),
        ("concept", "", BadQuery, "nothing was named"),
        ("concept", "zzz", NotFound, "no concept is called 'zzz'"),
        ("claim", "neighbours meet", NotFound, "did you mean “reed-2001#c1”"),
    ],
)
def test_what_names_nothing_or_several_is_told_with_what_can_be_chosen(offering, kind, typed, error, says):
    with pytest.raises(error, match=says.replace("(", r"\(")):
        offering.offers().named(kind, typed)


def test_claims_come_in_full_with_citation_and_page(desk):
    (first, *_) = desk.get("/curate/offer/claims?q=neighbours meet often").json

    assert first["label"] == "Neighbours who meet often come to trust each other."
    assert first["note"] == "Reed (2001), p. 14"
    assert first["id"] == "reed-2001#c1"


def test_offers_of_all_kinds_come_as_data_with_their_pages(desk):
    concept = desk.get("/curate/offer/concepts?q=distance").json[0]
    work = desk.get("/curate/offer/sources?q=marlow").json[0]

    assert (concept["kind"], concept["url"]) == ("concept", "/concept/barrier-distance")
    assert (work["label"], work["note"]) == ("Two towns and a mill", "Marlow & Quist (2012)")


def test_suggestions_leave_out_what_is_chosen_or_rejected(desk):
    def ids(**fields):
        data = {"title": "Mistrust and distance", **fields}
        found = desk.post("/curate/suggest", data=data, headers={"Accept": "application/json"}).json
        return [each["id"] for each in found["suggestions"]]

    assert {"barrier-mistrust", "barrier-distance"} <= set(ids())
    assert "barrier-mistrust" not in ids(rejected=["barrier-mistrust"])
    assert "barrier-distance" not in ids(subjects=["barrier-distance", "no-such-concept"])


def test_suggestions_for_a_page_have_buttons_and_reasons(desk):
    page = desk.post("/curate/suggest", data={"title": "Mistrust"}, headers={"Accept": "text/html"}).text

    assert 'value="accept:subjects=barrier-mistrust"' in page
    assert 'value="reject:barrier-mistrust"' in page
    assert "label found here: “Mistrust”" in page


def test_words_are_looked_up_in_the_work(desk):
    def said(words, id="testwell-2010"):
        return desk.post("/curate/quote", data={"id": id, "words": words}, headers={"Accept": "application/json"}).json

    assert said("the side that pays sets the terms")["places"][0]["locator"] == "p. 4"
    assert said("The side that pays sets all of the terms, as millers know")["said"].startswith(
        "These words do not stand"
    )
    assert "The text of this work is not here" in said("words", "reed-2001")["said"]
    assert "Nothing is quoted" in said(" ")["said"]


def test_a_quote_is_looked_up_in_the_form_for_who_asks_for_it(desk):
    form, said = "/curate/source/testwell-2010", "Stands in the text: p. 4"
    sent = send(desk, form, "check:claims.0.quote", claims__0__quote="the side that pays sets the terms")
    found = desk.get(sent.location.partition("#")[0], headers=HERE).text
    without = desk.get(form, headers=HERE).text
    desk.post(form, data={"do": "discard"})

    assert said in words(found) and said not in words(without)


def test_the_tree_of_a_scheme_is_a_part_of_a_page_whose_headings_are_no_buttons(desk):
    page = desk.get("/curate/offer/tree?scheme=barrier").text

    assert 'data-take="barrier-mistrust"' in page
    assert 'data-take="barriers-of-feeling"' not in page
    assert desk.get("/curate/offer/tree?scheme=none").status_code == 404


@pytest.mark.parametrize("rule", ["offer/concepts", "offer/claims", "offer/sources", "offer/tree?scheme=barrier"])
def test_nobody_but_curators_is_offered_anything(offering, rule):
    strangers = create_app(offering, writable=True).test_client()
    readers = create_app(offering).test_client()

    assert strangers.get(f"/curate/{rule}").status_code in (302, 303, 401)
    assert readers.get(f"/curate/{rule}").status_code == 404


@pytest.mark.parametrize("text", ["<script>", "\0", "a" * 100_000, "«»", "'\"", "#", "é" * 300, "x#c1"])
def test_no_text_makes_a_failure(desk, text):
    for kind in ("concepts", "claims", "sources"):
        assert desk.get(f"/curate/offer/{kind}", query_string={"q": text}).status_code == 200
