"""What a reader means is read from the query, shown, and can be switched off part by part."""

import pytest

from kb.retrieval.understand import understand
from kb.retrieval.words import plain, spell


@pytest.fixture
def read(base, stub_encoder):
    """Read a query over the toy home."""
    return lambda text, off=(): understand(text, base.generation.index, stub_encoder.knows, off)


def parts(understood):
    return [(part.type, part.value) for part in understood.parts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("what helps against unequal power", [("concept", "barrier-power-imbalance")]),
        ("Power imbalances", [("concept", "barrier-power-imbalance")]),
        ("machtgefalle", [("concept", "barrier-power-imbalance")]),
        ("CO-DECISION", [("concept", "practice-co-decision-making")]),
        ("distance and mistrust", [("concept", "barrier-distance"), ("concept", "barrier-mistrust")]),
        ("construcao de confianca", [("concept", "practice-trust-building")]),
        ("lack of trust between neighbours", [("concept", "barrier-mistrust")]),
        ("Reed 2001", [("work", "reed-2001")]),
        ("reed (2001)", [("work", "reed-2001")]),
        ("Marlow and Quist, 2012", [("work", "marlow-quist-2012")]),
        ("Quist et al. (2012)", [("work", "marlow-quist-2012")]),
        ("Sandhill Mill Board 1998", [("work", "sandhill-1998")]),
        ("Reed 1999", [("author", "by:reed")]),
        ("what Quist says of letters", [("author", "by:quist")]),
        ("10.5555/toy.2012.5", [("work", "marlow-quist-2012")]),
        ("https://doi.org/10.5555/TOY.2012.5.", [("work", "marlow-quist-2012")]),
        ("doi:10.5555/none", [("doi", "10.5555/none")]),
        ("mills since 2005", [("years", "2005..9999")]),
        ("mills after 2005", [("years", "2006..9999")]),
        ("mills before 2005", [("years", "-9999..2004")]),
        ("mills between 1990 and 2005", [("years", "1990..2005")]),
        ("mills 1990–2005", [("years", "1990..2005")]),
        ("mills in the 1990s", [("years", "1990..1999")]),
        ("who wrote about mills in 2010", [("years", "2010..2010")]),
        ("the flood in 2010", []),
        ("plans for 2030 and since 2090", []),
        ("“who pays” for a mill", [("phrase", "who pays")]),
        ("who disputes the terms", [("stance", "disputes")]),
        ("disputes about the terms", [("stance", "disputes")]),
        ("a village that disputes a border", []),
        ("who supports small mills", []),
        ("what challenges does the mill face", []),
        ("what limits the mill", []),
        ("which agreements hold", []),
        ("who disputes Reed", [("stance", "disputes reed-2001"), ("author", "by:reed")]),
        ("Ida Reed", [("author", "by:ida_reed")]),
        ("Reed, Ida 2001", [("work", "reed-2001")]),
        ("Reed’s book", [("author", "by:reed")]),
        ("2010", [("years", "2010..2010")]),
        ("works from 2010", []),
        ("mills 2005–1990", [("years", "1990..2005")]),
        ("who agrees with Reed 2001", [("stance", "supports reed-2001"), ("work", "reed-2001")]),
        ("who cites Reed 2001", [("cites", "reed-2001"), ("work", "reed-2001")]),
        ("works cited by Testwell 2010", [("cited-by", "testwell-2010"), ("work", "testwell-2010")]),
        ("who cites mills", []),
        ("mistrsut of towns", [("spelling", "mistrsut→mistrust"), ("concept", "barrier-mistrust")]),
        ("hurt by the victory", []),
    ],
)  # fmt: skip
def test_what_is_named_is_understood(read, text, expected):
    assert parts(read(text)) == expected


def test_what_is_not_understood_is_left_to_the_letter(read):
    text = "  Who sets the hours,  and why?"

    assert read(text).text == text


def test_a_range_of_years_is_not_looked_for_as_words(read):
    assert read("mills since 2005").text == "mills"


def test_a_part_can_be_switched_off_and_is_still_told(read):
    understood = read("unequal power since 2005", off=["years:2005..9999"])

    assert [(part.type, part.state) for part in understood.parts] == [("concept", "on"), ("years", "off")]
    assert understood.text == "unequal power since 2005"


def test_a_name_that_is_more_of_a_word_here_needs_a_year(read):
    assert parts(read("a reed by the mill")) == []
    assert parts(read("what Reed says of towns")) == [("author", "by:reed")]


def test_a_word_switched_back_is_searched_as_typed(read):
    assert read("mistrsut", off=["spelling:mistrsut→mistrust"]).text == "mistrsut"


@pytest.mark.parametrize(
    ("british", "american"),
    [
        ("organisations organised organising", "organizations organized organizing"),
        ("behaviour of neighbours", "behavior of neighbors"),
        ("centre theatres", "center theaters"),
        ("dialogue catalogues", "dialog catalogs"),
        ("programmes", "programs"),
        ("judgement", "judgment"),
        ("modelling a labelled", "modeling a labeled"),
        ("defence licence", "defense license"),
    ],
)
def test_british_and_american_spelling_are_one(british, american):
    assert spell(british) == spell(american)


@pytest.mark.parametrize("word", ["four hours", "our course", "resource journal source", "basis analysis", "wise"])
def test_other_words_keep_their_spelling(word):
    assert spell(word) == word


@pytest.mark.parametrize(("plural", "singular"), [("policies", "policy"), ("crashes", "crash"), ("mills", "mill")])
def test_a_label_is_found_by_its_plural(plural, singular):
    assert plain(plural) == plain(singular)


@pytest.mark.real
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("partnerships in the uk", {"place-united-kingdom"}),
        ("partnerships in the UK", {"place-united-kingdom"}),
        ("what does it tell us", set()),
        ("interorganizational networks", set()),
    ],
)
def test_two_letter_terms_are_understood(real_base, text, expected):
    found = real_base.search(text, limit=1).understood
    places = {part.value for part in found if part.type == "concept" and part.value.startswith("place-")}

    assert places == expected


@pytest.mark.real
def test_the_examples_of_the_guide_are_understood(real_base):
    def top(query):
        return real_base.search(query, limit=5)

    assert top("Gray 1989").hits[0].id == "gray-1989"
    assert {hit.id for hit in top("who cites Gray 1989").hits} == {"wikipedia-collaborative-partnership"}
    assert top("10.1093/jopart/mum032").hits[0].id == "ansell-gash-2008"
    disputes = top("disputes about power in health partnerships since 2010")
    understood = {(part.type, part.state) for part in disputes.understood}
    assert understood >= {("stance", "dropped"), ("years", "on"), ("concept", "on")}
    years = [real_base.source(hit.source).issued for hit in disputes.hits if hit.source]
    assert years and min(map(int, years)) >= 2010
