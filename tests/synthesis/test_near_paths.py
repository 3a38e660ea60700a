"""What stands near the steps of paths: who is named for them, what else is said, what else can be asked for."""

import pytest
from conftest import StubEncoder
from many_paths import RING, lay, lay_near

from kb import KnowledgeBase
from kb.evidence import Standing

POWER, FLOW = "barrier-power-imbalance", "barrier-one-way-resource-flow"


def built(home):
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    return base


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """The made-up home, with claims that stand near its steps."""
    home = lay(tmp_path_factory.mktemp("near") / "home")
    lay_near(home)
    base = built(home)
    yield base
    base.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    base = built(lay(tmp_path_factory.mktemp("made") / "home"))
    yield base
    base.close()


def test_who_states_a_step_is_one_thing_and_where_it_was_read_another(near):
    reported = near.synthesis().paths(start="barrier-hunger", middle="practice-singing", end="outcome-bread").paths[0]
    inferred = near.synthesis().paths(start="barrier-mistrust", middle="practice-singing", end="outcome-peace").paths[0]

    assert [work.id for work in reported.both] == ["cook-1990"] and reported.one_work.id == "digest-2001"
    assert (inferred.both, inferred.one_work, [work.id for work in inferred.named]) == ((), None, ["guess-2003"])
    assert all(path.named == () for path in near.synthesis().paths(start="barrier-distance").paths)


def test_a_kind_of_work_is_named_where_it_is_not_peer_reviewed(near):
    kinds = {
        claim.source.id: step.kind for path in near.synthesis().paths(page=None).paths
        for step in (path.first, path.second) if step for claim in step.claims[:1]
    }  # fmt: skip

    assert (kinds["cook-1990"], kinds["guess-2003"], kinds["alone-2020"]) == ("encyclopaedia entry", "web page", "")


# What is said near a step


def test_a_dispute_between_claims_that_are_together_about_both_concepts_is_near(near):
    step = near.synthesis().paths(start="barrier-distance", middle="practice-regular-meetings").paths[0].first

    assert [(c.id, [(s.relation, s.claim_id) for s in c.stances]) for c in step.near] == [
        ("near-2005#c1", [("disputes", "far-2004#c1")]), ("near-2005#c2", [("qualifies", "far-2004#c1")]),
    ]  # fmt: skip
    assert step.nearby == 2 and step.standings == (Standing("qualifies", "out", 1),)


def test_a_claim_about_a_narrower_concept_is_near_too(near):
    steps = [path.first for path in near.synthesis().paths(start=POWER).paths]
    found = {(s.subject.id, c.id) for s in steps for c in s.near}

    assert (POWER, "near-2005#c4") in found and (FLOW, "near-2005#c4") in found
    assert (FLOW, "near-2005#c5") not in found and (POWER, "near-2005#c5") in found


def test_what_states_the_step_or_is_retracted_or_no_dispute_is_not_near(near):
    every = near.synthesis().paths().paths
    found = {c.id for path in every for step in (path.first, path.second) if step for c in step.near}

    assert found.isdisjoint({"near-2005#c3", "lie-2006#c1", "far-2004#c2", "reed-2001#c1"})


def test_statements_with_something_near_are_counted_and_it_is_not_against_them(near):
    tally = near.synthesis().paths(start="barrier-distance", middle="practice-regular-meetings").first

    assert (tally.statements, tally.near, tally.disputed, tally.qualified) == (1, 1, 0, 0)
    assert "no claim here disputes or qualifies it (that was not looked for systematically); for 1, other" in tally.said


# What else can be asked for


def test_broader_and_neighbouring_concepts_are_offered_with_the_number_of_their_paths(made, near):
    flow = made.synthesis().paths(start=FLOW).start
    bread = made.synthesis().paths(start="barrier-mistrust", end="outcome-bread").end
    wet = near.synthesis().paths(start="barrier-flood").start

    assert [(o.id, o.paths) for o in flow.broader] == [(POWER, made.synthesis().paths(start=POWER).total)]
    assert flow.siblings == () and made.synthesis().paths(start=POWER).start.broader == ()
    assert [(o.id, o.paths) for o in bread.broader] == [("outcome-peace", 2)]  # from the same start
    assert [(o.id, o.paths) for o in wet.siblings] == [("barrier-drought", 1)]
    assert [(o.id, o.paths) for o in wet.broader] == [("barrier-water", 2)]


def test_the_places_of_a_concept_are_those_of_its_own_relations(made, near):
    places = made.synthesis().places

    assert places("barrier-mistrust") == ("start",) and places("practice-trust-building") == ("middle",)
    assert places("outcome-peace") == places("outcome-bread") == ("end",)
    assert places("no-such-thing") == () and near.synthesis().places("barrier-water") == ()


def test_a_concept_may_have_several_places(toy):
    (toy / "corpus" / "ring-2000.yaml").write_text(RING)

    assert built(toy).synthesis("de").places("barrier-distance") == ("start", "middle", "end")


@pytest.mark.real
def test_what_qualifies_a_claim_on_unequal_power_stands_near_its_paths(real_base):
    found = real_base.synthesis().paths(start=POWER, middle="practice-co-decision-making").paths
    near = [claim for path in found for claim in path.first.near]

    assert "gaventa-2006#c1" in {claim.id for claim in near}
    assert {s.claim_id for claim in near for s in claim.stances} == {"wikipedia-collaborative-partnership#c5"}


@pytest.mark.real
def test_the_places_of_each_concept_are_the_ends_of_the_paths_there_are(real_base):
    every, ids = real_base.synthesis().paths(page=None).paths, real_base.ontology().concepts
    there = {(place, ref.id) for path in every for place in ("start", "middle", "end") if (ref := getattr(path, place))}

    assert {(place, id) for id in ids for place in real_base.synthesis().places(id)} == there
