"""Two changes of one source put together."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kb.curation.three_way import Clash, merged

WAS = {
    "title": "Who pays", "issued": "2010", "subjects": ["a", "b"], "authors": [{"family": "Reed"}],
    "claims": [{"id": "#c1", "text": "One.", "about": ["a"]}, {"id": "#c2", "text": "Two."}],
}  # fmt: skip


def test_what_one_side_alone_has_changed_is_taken():
    made = merged(WAS, WAS | {"issued": "2011"}, WAS | {"title": "Who decides"})

    assert (made.data["issued"], made.data["title"], made.clashes) == ("2011", "Who decides", ())
    assert made.taken == ("issued",)


def test_what_both_sides_have_changed_alike_is_no_clash():
    assert merged(WAS, WAS | {"issued": "2011"}, WAS | {"issued": "2011"}).clashes == ()


def test_what_both_have_changed_must_be_chosen_and_until_then_is_ours():
    made = merged(WAS, WAS | {"issued": "2011"}, WAS | {"issued": "2012"})

    assert made.clashes == (Clash("issued", "2010", "2011", "2012"),)
    assert made.data["issued"] == "2012"
    assert (
        merged(WAS, WAS | {"issued": "2011"}, WAS | {"issued": "2012"}, chosen={"issued": "2013"}).data["issued"]
        == "2013"
    )


def test_a_key_that_one_side_took_away_and_the_other_changed_clashes():
    without = {key: value for key, value in WAS.items() if key != "issued"}

    assert merged(WAS, without, WAS | {"issued": "2012"}).clashes == (Clash("issued", "2010", None, "2012"),)
    assert "issued" not in merged(WAS, without, WAS | {"issued": "2012"}, chosen={"issued": None}).data


def test_lists_of_texts_have_what_either_side_added_and_not_what_either_took_away():
    made = merged(WAS, WAS | {"subjects": ["a", "b", "c"]}, WAS | {"subjects": ["b", "d"]})

    assert (made.data["subjects"], made.clashes) == (["b", "d", "c"], ())


def test_names_that_both_have_changed_clash_as_a_whole():
    made = merged(WAS, WAS | {"authors": [{"family": "Reid"}]}, WAS | {"authors": [{"family": "Read"}]})

    assert [each.path for each in made.clashes] == ["authors"]


def test_claims_are_put_together_one_by_one_and_key_by_key():
    one, two = WAS["claims"]
    made = merged(WAS, WAS | {"claims": [one | {"text": "One!"}, two]},
                  WAS | {"claims": [one | {"about": ["a", "c"]}, two | {"text": "Two!"}]})  # fmt: skip

    assert made.data["claims"] == [{"id": "#c1", "text": "One!", "about": ["a", "c"]}, {"id": "#c2", "text": "Two!"}]
    assert made.clashes == ()


def test_the_same_claim_worded_in_two_ways_clashes_by_its_id():
    one, two = WAS["claims"]
    made = merged(WAS, WAS | {"claims": [one | {"text": "A"}, two]}, WAS | {"claims": [one | {"text": "B"}, two]})

    assert made.clashes == (Clash("claims.#c1.text", "One.", "A", "B"),)


def test_a_claim_that_one_took_away_and_the_other_reworded_clashes():
    one, two = WAS["claims"]
    made = merged(WAS, WAS | {"claims": [two]}, WAS | {"claims": [one | {"text": "B"}, two]})

    assert [(each.path, each.theirs) for each in made.clashes] == [("claims.#c1", None)]


def test_two_new_claims_with_the_same_number_are_both_kept_and_ours_is_renumbered():
    theirs = WAS | {"claims": [*WAS["claims"], {"id": "#c3", "text": "Theirs."}]}
    follows = {"id": "#c4", "text": "It follows.", "supports": ["here-2010#c3", "reed-2001#c3"]}
    ours = WAS | {"claims": [*WAS["claims"], {"id": "#c3", "text": "Ours."}, follows]}
    made = merged(WAS, theirs, ours, "here-2010")

    assert {each["id"]: each["text"] for each in made.data["claims"][2:]} == {
        "#c3": "Theirs.", "#c5": "Ours.", "#c4": "It follows."}  # fmt: skip
    assert made.data["claims"][-1]["supports"] == ["here-2010#c5", "reed-2001#c3"]
    assert (made.renamed, made.clashes) == ({"#c3": "#c5"}, ())


def test_claims_put_into_another_order_by_one_side_stay_so():
    one, two = WAS["claims"]
    made = merged(WAS, WAS | {"claims": [one, two, {"id": "#c3"}]}, WAS | {"claims": [two, one]})

    assert [each["id"] for each in made.data["claims"]] == ["#c2", "#c1", "#c3"]


TEXTS = st.sampled_from(["x", "y", "z"])
WORDS = st.dictionaries(st.sampled_from(["text", "note"]), TEXTS)
CLAIMS = st.dictionaries(st.sampled_from(["#c1", "#c2", "#c3"]), WORDS, max_size=3).map(
    lambda found: [{"id": id, **claim} for id, claim in found.items()]
)
SOURCES = st.fixed_dictionaries(
    {}, optional={"title": TEXTS, "subjects": st.lists(TEXTS, unique=True, min_size=1), "claims": CLAIMS}
)


@given(SOURCES, SOURCES)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_where_one_side_changed_nothing_the_other_is_the_whole_result(was, other):
    assert merged(was, was, other).data == other
    assert merged(was, other, was).data == other
    assert merged(was, other, other).data == other


@given(SOURCES, SOURCES, SOURCES)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_each_text_that_ours_has_put_in_is_in_the_result(was, theirs, ours):
    made = merged(was, theirs, ours)

    before = {claim["id"]: claim for claim in was.get("claims", ())}
    put = {claim["text"] for claim in ours.get("claims", ())
           if "text" in claim and claim["text"] != before.get(claim["id"], {}).get("text")}  # fmt: skip

    assert set(ours.get("subjects", ())) - set(was.get("subjects", ())) <= set(made.data.get("subjects", ()))
    assert put <= {claim.get("text") for claim in made.data.get("claims", ())}
