"""One ranking out of words and meaning, each hit with its reasons."""

import json
import time

import pytest

from kb import BadQuery, KnowledgeBase, NotFound
from kb.graph.query import LIMIT_MAX, SEARCH_CHARACTERS
from kb.retrieval.passages import cut
from kb.retrieval.scope import years

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

    assert not reasons and words.split(", ") == ["sets", "terms"]


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


def test_a_work_takes_its_claims_through_the_filter_by_field(base):
    found = ids(base.search("mill", field="practice-regular-meetings", limit=50))

    assert {"marlow-quist-2012", "marlow-quist-2012#c3", "practice-regular-meetings"} <= set(found)
    assert {id.partition("#")[0] for id in found} == {"marlow-quist-2012", "practice-regular-meetings"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"stance": "disputes"}, {"testwell-2010#c1", "reed-2001#c2"}),
        ({"stance": ["disputes", "qualifies"]},
         {"testwell-2010#c1", "reed-2001#c2", "marlow-quist-2012#c2", "reed-2001#c1"}),
        ({"basis": "recalled"}, {"marlow-quist-2012#c3"}),
        ({"state": "seed-only"}, {"tarn-1987"}),
        ({"kind": "concept", "scheme": "barrier"},
         {"barrier-power-imbalance", "barrier-one-way-resource-flow", "barrier-distance", "barrier-mistrust"}),
        ({"concept": ["barrier-distance", "practice-shared-rules"]}, {"marlow-quist-2012#c3"}),
        ({"kind": "claim", "basis": ["text", "abstract"], "years": "2010"}, {"testwell-2010#c1", "testwell-2010#c2"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["fused", "vectors"])
def test_each_filter_lets_just_these_pass(base, mode, filters, expected):
    assert set(ids(base.search("mill trust towns terms", limit=50, mode=mode, **filters))) == expected


@pytest.mark.parametrize(
    ("text", "because", "filters"),
    [
        ("", "no word", {}),
        (" \n", "no word", {}),
        ("?!… —", "no word", {}),
        ("🤝🤝", "no word", {}),
        ("what is the", "only words that every text has", {}),
        ("xylophone", "none of its words occurs here", {}),
        ("10.5555/none", "no work here has the DOI", {}),
        ("trust", "the filters leave nothing", {"years": "1700"}),
    ],
)
def test_where_nothing_is_found_the_reason_is_told(base, text, because, filters):
    answer = base.search(text, mode="words" if text == "xylophone" else "fused", **filters)

    assert answer.hits == () and answer.total == 0
    assert because in answer.nothing.because and answer.nothing.tries


def test_of_a_long_text_the_beginning_is_read_and_that_is_told(base):
    answer = base.search("mill " * 20_000)

    assert answer.hits and f"first {SEARCH_CHARACTERS:,} of 100,000" in answer.notes[0]


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("mode", ["fused", "words", "vectors"])
def test_pages_put_together_are_the_whole(base, mode, group):
    whole = base.search(QUERY, limit=LIMIT_MAX, mode=mode, group=group)
    pages = [base.search(QUERY, limit=3, offset=n, mode=mode, group=group).hits for n in range(0, whole.total, 3)]

    assert [hit for page in pages for hit in page] == list(whole.hits)
    assert base.search(QUERY, offset=whole.total, mode=mode, group=group).hits == ()


def test_grouped_hits_are_one_for_each_source_and_name_the_others(base):
    alone = base.search(QUERY, limit=100)
    grouped = base.search(QUERY, limit=100, group=True)
    owners = [hit.id.partition("#")[0] for hit in grouped.hits]

    assert len(owners) == len(set(owners))
    assert sorted(id for hit in grouped.hits for id in (hit.id, *hit.also)) == sorted(ids(alone))
    assert ids(grouped)[0] == ids(alone)[0]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": "mill", "limit": 0}, BadQuery),
        ({"text": "mill", "limit": 1001}, BadQuery),
        ({"text": "mill", "mode": "both"}, BadQuery),
        ({"text": "mill", "kind": "person"}, BadQuery),
        ({"text": "mill", "years": "soon"}, BadQuery),
        ({"text": "mill", "years": "2010-2001"}, BadQuery),
        ({"text": "mill", "concept": "barrier-power"}, NotFound),
        ({"text": "mill", "scheme": "no-such"}, NotFound),
        ({"text": "mill", "stance": "doubts"}, BadQuery),
        ({"text": "mill", "colour": "red"}, BadQuery),
        ({"text": "mill", "offset": -1}, BadQuery),
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


def test_what_is_named_comes_first_and_says_so(base):
    hits = base.search("Reed 2001", limit=20).hits
    citing = base.search("who cites Reed 2001", limit=20)

    assert [hit.id for hit in hits[:3]] == ["reed-2001", "reed-2001#c1", "reed-2001#c2"]
    assert hits[0].reasons[0][:2] == ("work", "Reed (2001)")
    assert {hit.id for hit in citing.hits} == {"marlow-quist-2012", "testwell-2010"}
    assert all(hit.reasons[0].type == "citation" for hit in citing.hits)
    assert any("citations known to us" in note for note in citing.notes)


def test_who_disputes_a_work_is_found_through_the_claims(base):
    answer = base.search("who disputes Reed 2001")

    assert ids(answer) == ["testwell-2010#c1"]
    assert [(s.relation, s.direction, s.claim_id) for s in answer.claims[0].stances if s.direction == "out"] == [
        ("disputes", "out", "reed-2001#c2")
    ]


def test_a_filter_that_was_only_understood_gives_way_and_says_so(base):
    answer = base.search("trust since 2011 and before 1990", kind="claim")

    assert answer.hits
    assert [(part.label, part.state) for part in answer.understood] == [("since 2011", "on"), ("until 1989", "dropped")]
    assert "nothing here is of these years" in " ".join(answer.notes)


def test_years_alone_list_the_works_of_these_years(base):
    answer = base.search("since 2011", limit=50)

    assert {hit.id.partition("#")[0] for hit in answer.hits} == {"marlow-quist-2012"}
    assert answer.hits[0].reasons[0][:2] == ("filter", "since 2011") and answer.concepts == ()


def test_a_concept_that_is_switched_off_has_no_weight(base):
    on, off = (base.search("unequal power", off=keys) for keys in ((), ("concept:barrier-power-imbalance",)))

    assert on.hits[0].reasons[0].type == "label"
    assert all(reason.type != "label" for hit in off.hits for reason in hit.reasons)
    assert "barrier-power-imbalance" not in {concept.id for concept in off.concepts}


def test_a_label_to_the_letter_comes_first_whatever_else_it_could_mean(toy, stub_encoder):
    labels = {
        "a": "Reed and Quist since 1990",
        "b": "Disputes over mills",
        "c": "Mill",
        "d": "Mills",
        "e": "“Quoted” mill",
    }
    block = "concept:barrier-{} a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel {}@en .\n"
    said = "".join(block.format(id, json.dumps(label)) for id, label in labels.items())
    turtle = toy / "ontology" / "toy.ttl"
    turtle.write_text(turtle.read_text() + said)
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    assert [base.search(label).hits[0].id for label in labels.values()] == [f"barrier-{id}" for id in labels]


def test_a_quoted_query_is_still_understood_and_looked_for_by_meaning(base):
    hit = base.search('"unequal power"', limit=50).hits[0]

    assert {"words", "meaning", "label"} <= {reason.type for reason in hit.reasons}
    assert base.search("“Reed 2001”").hits[0].reasons[0].type == "work"


@pytest.mark.parametrize(
    "text", ["Reed" + " " * 1900 + "!Reed", '"a b" ' * 330, "(" * 1999, "Reed, " * 300, "cites " * 300]
)
def test_no_text_takes_long_to_be_understood(base, text):
    start = time.process_time()
    base.search(text)

    assert time.process_time() - start < 5  # the worst took 39 s; this one is a guard and no benchmark


def test_what_is_about_a_heading_of_the_ontology_is_found_too(toy, stub_encoder):
    turtle = toy / "ontology" / "toy.ttl"
    plain = "concept:practice-shared-rules a skos:Concept ;"
    turtle.write_text(turtle.read_text().replace(plain, plain.replace(" ;", ", pkb:GroupingConcept ;")))
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    answer = base.search("deciding together", limit=50)

    assert "practice-shared-rules" not in ids(answer) and "reed-2001#c2" in ids(answer)
    assert base.similar("reed-2001#c2").hits


def test_a_scheme_that_is_named_is_offered_as_a_filter(base):
    assert [scheme.id for scheme in base.search("what are the barriers").schemes] == ["barrier"]


def test_concepts_pass_years_that_were_understood_but_not_years_that_were_set(base):
    understood = {hit.kind for hit in base.search("remoteness since 2011", limit=50).hits}
    given = {hit.kind for hit in base.search("remoteness", years="2011-", limit=50).hits}

    assert understood >= {"concept", "claim"} and "concept" not in given


def test_a_hit_about_a_concept_that_is_meant_says_by_which_label(base):
    hits = {hit.id: hit.reasons for hit in base.search("what lessens unequal power", limit=50).hits}

    reasons = {reason.type: reason.value for reason in hits["testwell-2010#c1"]}
    assert reasons["concept"] == "about Power imbalance: named by “unequal power”"


def test_an_answer_names_the_concepts_the_claims_and_the_works(base):
    answer = base.search("unequal power")

    assert answer.concepts[0].id == "barrier-power-imbalance" and answer.concepts[0].narrower == 1
    assert answer.concepts[0].definition == "One side decides more than the others."
    strengths = [claim.strength for claim in answer.claims if not claim.retracted]
    assert len(strengths) > 1 and strengths == sorted(strengths, reverse=True)
    assert "testwell-2010" in {source.id for source in answer.sources}


@pytest.mark.parametrize("id", ["testwell-2010", "testwell-2010#c1", "barrier-power-imbalance"])
def test_more_like_this_leaves_out_the_thing_itself(base, id):
    found = base.similar(id, limit=50)

    assert found.hits and {hit.id.partition("#")[0] for hit in found.hits}.isdisjoint({id.partition("#")[0]})
    assert all(hit.score == pytest.approx(sum(r.weight for r in hit.reasons), abs=1e-6) for hit in found.hits)
    assert list(found.hits) == sorted(found.hits, key=lambda hit: (-hit.score, hit.id))


def test_more_like_a_claim_takes_filters_and_is_about_the_same(base):
    first = base.similar("testwell-2010#c1", kind="claim").hits[0]

    assert first.id in ("sandhill-1998#c1", "reed-2001#c2")
    assert any(reason.type == "concept" and "Power imbalance" in reason.value for reason in first.reasons)


def test_more_like_what_is_not_there_is_told(base):
    with pytest.raises(NotFound, match="no concept, source or claim 'no-such'"):
        base.similar("no-such")


def test_labels_titles_and_authors_are_completed(base):
    assert [(c.kind, c.id, c.note) for c in base.complete("imbal")] == [
        ("concept", "barrier-power-imbalance", "Barrier")
    ]
    assert [(c.kind, c.id) for c in base.complete("two to")] == [("source", "marlow-quist-2012")]
    assert (base.complete("quis")[0].kind, base.complete("quis")[0].label) == ("author", "Quist, Ben")
    assert [(c.id, c.note) for c in base.complete("testwell 2010")] == [("testwell-2010", "Testwell (2010)")]
    assert base.complete("joint r")[0].matched == "joint rule book"
    with pytest.raises(BadQuery):
        base.complete("a", kind="place")
