"""One ranking out of words and meaning, each hit with its reasons."""

import pytest

from kb import BadQuery, NotFound, TooLong
from kb.graph.query import SEARCH_CHARACTERS
from kb.retrieval.passages import cut
from kb.retrieval.search import years

QUERY = "who pays more sets the terms of the mill"


def ids(answer):
    return [hit.id for hit in answer.hits]


def test_the_claim_that_says_it_comes_first(base):
    assert ids(base.search("the side that pays sets the terms"))[0] == "testwell-2010#c1"


def test_a_concept_is_found_by_another_label(base):
    assert ids(base.search("joint rule book", kind="concept"))[0] == "practice-shared-rules"


def test_a_word_is_found_in_another_form_and_without_diacritics(base):
    assert "practice-trust-building" in ids(base.search("trústed buildings", mode="words"))


@pytest.mark.parametrize("mode", ["fused", "words", "vectors"])
def test_the_weights_of_the_reasons_sum_to_the_score(base, mode):
    hits = base.search(QUERY, limit=50, mode=mode).hits
    sums = [sum(reason.weight for reason in hit.reasons) for hit in hits]

    assert hits and sums == pytest.approx([hit.score for hit in hits], abs=1e-6)


@pytest.mark.parametrize("mode", ["fused", "words", "vectors"])
def test_hits_are_ordered_by_score_and_then_by_id(base, mode):
    hits = base.search(QUERY, limit=50, mode=mode).hits

    assert list(hits) == sorted(hits, key=lambda hit: (-hit.score, hit.id))
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))


def test_a_longer_answer_begins_with_the_shorter_one(base):
    assert base.search(QUERY, limit=50).hits[:3] == base.search(QUERY, limit=3).hits


def test_the_matched_words_are_shown_as_they_are_written(base):
    reasons = base.search("paid", mode="words", kind="claim").hits
    words = base.search("setting the terms", mode="words", kind="claim").hits[0].reasons[0].value

    assert not reasons and words.split(", ") == ["the", "sets", "terms"]


def test_a_kind_is_found_alone(base):
    assert {hit.kind for hit in base.search("mill", kind="source", limit=50).hits} == {"source"}


def test_a_concept_takes_its_narrower_ones_along(base):
    about = {id for hit in base.search("mill", concept="barrier-power-imbalance", limit=50).hits for id in hit.concepts}

    assert {"barrier-power-imbalance", "barrier-one-way-resource-flow"} <= about
    assert "sandhill-1998" in ids(base.search("mill", concept="barrier-power-imbalance", limit=50))


def test_years_are_those_of_the_work(base):
    found = ids(base.search("mill", years="2001-2010", limit=50))

    assert {id.partition("#")[0] for id in found} == {"reed-2001", "testwell-2010"}


def test_filters_act_before_the_best_are_taken(base):
    assert len(base.search("grain", years="-1990", limit=1).hits) == 1


def test_a_claim_comes_with_the_citation_a_student_may_use(base):
    hits = {hit.id: hit.citation for hit in base.search("mill", limit=50).hits}

    assert hits["testwell-2010#c1"] == "Testwell (2010), p. 4"
    assert hits["testwell-2010#c2"] == "Testwell (2010), from the abstract"
    assert hits["sandhill-1998#c1"].endswith("as cited in Testwell (2010); the work itself not checked")
    assert hits["tarn-1987"] == "Tarn (1987), title not known"


def test_nothing_found_is_an_empty_answer(base):
    assert base.search("xylophone", mode="words").hits == ()


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": " \n"}, BadQuery),
        ({"text": "x" * (SEARCH_CHARACTERS + 1)}, TooLong),
        ({"text": "mill", "limit": 0}, BadQuery),
        ({"text": "mill", "limit": 1001}, BadQuery),
        ({"text": "mill", "mode": "both"}, BadQuery),
        ({"text": "mill", "kind": "person"}, BadQuery),
        ({"text": "mill", "years": "soon"}, BadQuery),
        ({"text": "mill", "years": "2010-2001"}, BadQuery),
        ({"text": "mill", "concept": "barrier-power"}, NotFound),
    ],
)
def test_what_cannot_be_searched_is_refused(base, arguments, error):
    with pytest.raises(error):
        base.search(**arguments)


@pytest.mark.parametrize("text", ["+", "*?[", 'a" AND (b', "who: NOT title:x", "🤝", "伙伴关系", "\x00", "a~2^9", "OR"])
def test_no_sign_has_a_meaning_of_its_own(base, text):
    base.search(text)


@pytest.mark.parametrize(("text", "range"), [("1999", (1999, 1999)), ("-1999", (-9999, 1999)), ("1999–", (1999, 9999))])
def test_years_are_read_as_written(text, range):
    assert years(text) == range


def test_a_text_is_cut_into_parts_of_about_equal_length():
    parts = cut(" ".join(map(str, range(1000))), 180)

    assert [len(part.split()) for part in parts] == [167] * 5 + [165]
    assert " ".join(parts).split() == list(map(str, range(1000)))


@pytest.mark.parametrize("label", ["Distance", "remoteness", "distrusst", "machtgefälle", "Construcao de confianca"])
def test_a_concept_whose_label_is_typed_comes_first(base, label):
    [first, *others] = base.search(label).hits

    reason = next(reason for reason in first.reasons if reason.type == "label")
    assert first.kind == "concept" and reason.weight == 0.5
    assert first.score == pytest.approx(sum(reason.weight for reason in first.reasons))
    assert all(hit.score <= 0.5 for hit in others)
