"""Concepts are suggested by labels, meaning, similar sources and neighbours; each reason is told, and counts."""

import sys

import numpy as np
import pytest
from conftest import ROOT, StubEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from kb import KnowledgeBase
from kb.errors import NotFound
from kb.home import init
from kb.retrieval.suggest import evidence
from kb.retrieval.suggest.labels import Labels
from kb.retrieval.suggest.weights import Example, Prior, fit

sys.path.insert(0, str(ROOT / "tests" / "benchmarks"))

MILL = "Two councils quarrel over the mill. Their unequal power shows on market days."
TRADES = (
    "baking brewing carpentry weaving spinning dyeing tanning milling fishing hunting mining smelting forging "
    "glassblowing pottery masonry thatching roofing plumbing printing bookbinding papermaking shoemaking tailoring "
    "hatmaking clockmaking shipbuilding ropemaking sailmaking coopering"
)


def reasons(found, id):
    return {reason.type: reason.text for each in found if each.id == id for reason in each.reasons}


def ids(found):
    return [each.id for each in found]


@pytest.fixture(scope="module")
def trades(tmp_path_factory, stub_encoder):
    """A base over a thesaurus of 30 concepts, with nothing annotated."""
    folder = tmp_path_factory.mktemp("trades")
    said = "".join(f'e:{name} a s:Concept ; s:prefLabel "{name.title()}"@en .\n' for name in TRADES.split())
    head = "@prefix s: <http://www.w3.org/2004/02/skos/core#> .\n@prefix e: <http://example.org/trade/> .\n"
    thesaurus = folder / "trades.ttl"
    thesaurus.write_text(head + "e:all a s:ConceptScheme .\n" + said.replace(" .\n", " ; s:inScheme e:all .\n"))
    base = KnowledgeBase(init(folder / "home", thesaurus).folder, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


def test_a_label_in_the_text_is_told_by_the_words_that_stand_there(base):
    found = base.suggest(MILL)

    assert "barrier-power-imbalance" in ids(found)[:2]
    assert reasons(found, "barrier-power-imbalance")["label"] == "label found here: “unequal power”"
    assert reasons(found, "practice-regular-meetings")["label"] == "label found here: “market days”"


def test_the_weights_of_the_reasons_sum_to_the_score(base):
    for each in base.suggest(MILL):
        assert 0 <= each.score <= 1
        assert sum(reason.weight for reason in each.reasons) == pytest.approx(each.score)
        assert [reason.weight for reason in each.reasons] == sorted((r.weight for r in each.reasons), reverse=True)


def test_similar_sources_are_named_and_can_be_left_out(base):
    text = base.corpus["marlow-quist-2012"].data["summary"]

    assert "marlow-quist-2012" in reasons(base.suggest(text), "barrier-distance")["sources"]
    assert "marlow-quist-2012" not in str(base.suggest(text, without=["marlow-quist-2012"]))


def test_what_is_chosen_is_not_suggested_and_speaks_for_its_neighbours(base):
    found = base.suggest(MILL, chosen=["barrier-power-imbalance"])

    assert "barrier-power-imbalance" not in ids(found)
    near = reasons(found, "barrier-one-way-resource-flow")["near"]
    assert near == "narrower than “Power imbalance”, which is chosen already"
    assert reasons(base.suggest(MILL, chosen="practice-co-decision-making"), "practice-shared-rules")["near"]


def test_an_unknown_chosen_concept_is_told_with_the_nearest(base):
    with pytest.raises(NotFound, match="did you mean 'barrier-distance'"):
        base.suggest(MILL, chosen=["barrier-distanc"])


def test_labels_are_those_of_the_reader_and_texts_may_be_of_any_language(base):
    found = {each.id: each for each in base.suggest("Das Machtgefälle zwischen zwei Dörfern", language="de")}
    imbalance = found["barrier-power-imbalance"]

    assert (imbalance.label, imbalance.scheme) == ("Machtgefälle", "barrier")
    assert "label found here: “Machtgefälle”" in [reason.text for reason in imbalance.reasons]


@pytest.mark.parametrize("text", ["", "   \n", "?!…", "\0"])
def test_a_text_without_words_suggests_nothing(base, text):
    assert base.suggest(text) == ()


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.text(max_size=300))
def test_no_text_breaks_it(base, text):
    assert len(base.suggest(text, limit=3)) <= 3


def test_a_source_is_not_offered_what_it_has(base):
    found = base.suggest_for("marlow-quist-2012")

    assert not {"barrier-distance", "practice-regular-meetings"} & set(ids(found))
    assert "marlow-quist-2012" not in str(found)


def test_a_vocabulary_without_definitions_or_annotated_sources_works(trades):
    found = trades.suggest("On the baking of bread, and on brewers")

    assert ids(found)[0] == "baking"
    assert {reason.type for each in found for reason in each.reasons} <= {"label", "meaning"}


def test_an_accepted_concept_teaches_what_to_suggest(toy):
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.build()
    text, new = base.corpus["reed-2001"].data["summary"], "practice-shared-rules"
    before = next((each.score for each in base.suggest(text, 1000) if each.id == new), 0)
    base.intake.accept("reed-2001", [new])
    base.build()
    after = next(each for each in base.suggest(text, 1000) if each.id == new)

    assert after.score > before
    assert "reed-2001" in reasons([after], new)["sources"]
    base.close()


def test_retired_and_grouping_concepts_are_never_suggested(toy, stub_encoder):
    path = toy / "ontology" / "toy.ttl"
    path.write_text(
        path.read_text(encoding="utf-8")
        + 'concept:old-mill a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Mill quarrel"@en ;\n'
        + "    owl:deprecated true .\n"
        + "concept:all-mills a skos:Concept , pkb:GroupingConcept ; skos:inScheme scheme:barrier ;\n"
        + '    skos:prefLabel "Mill"@en .\n',
        encoding="utf-8",
    )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    assert not {"old-mill", "all-mills"} & set(ids(base.suggest("A mill quarrel at the mill", 1000)))
    base.close()


def test_of_two_concepts_found_by_the_same_words_the_narrower_is_meant():
    labels = Labels([(0, "Trust"), (1, "Trust"), (2, "Trust building")], 3, {0: {1, 2}})

    assert set(labels.found("Trust among neighbours")) == {1}
    assert set(labels.found("Trust building takes time")) == {1, 2}
    assert set(labels.found("Trust building takes trust")) == {1, 2}


def test_a_short_label_in_capitals_is_no_small_word():
    labels = Labels([(0, "US"), (1, "NGO"), (2, "Springs (waters)")], 3, {})

    assert set(labels.found("They told us of two NGOs and a spring")) == {1, 2}
    assert set(labels.found("In the US")) == {0}


def test_a_place_within_a_longer_label_tells_less():
    labels = Labels([(0, "Power"), (1, "Power of attorney")], 2, {})
    within, alone = labels.found("A power of attorney"), labels.found("On power")

    assert within[0].strength < alone[0].strength < within[1].strength


def test_words_of_a_label_count_in_any_order():
    labels = Labels([(0, "Teacher-pupil relationship"), (1, "Relationship"), (2, "Mill")], 3, {})
    covered = labels.covered("Relationships of pupils and their teachers")

    assert covered[0] > covered[1] > covered[2] == 0


def test_a_long_text_is_read_in_bounded_time(base):
    class Counting(StubEncoder):
        read = 0

        def encode(self, texts):
            self.read += len(texts)
            return super().encode(texts)

    encoder = Counting()
    text = evidence.read("Who pays, and who decides? " + "The mill stands still on market days. " * 20_000, encoder)

    assert encoder.read <= evidence.PARTS + evidence.PHRASES + 1
    assert len(text.whole.split()) <= evidence.READ


def test_without_examples_the_weights_stay_and_examples_move_them():
    prior = Prior(np.array([1.0, 1.0]), np.array([1.0, 1.0]))
    one = Example(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]), np.array([True, False, False]))

    few, many = fit([one], prior), fit([one] * 50, prior)

    assert fit([], prior).tolist() == [1, 1]
    assert many[0] > few[0] > 1
    assert many[1] < few[1] < 1


@pytest.mark.real
def test_works_left_out_get_back_most_of_their_subjects(real_base):
    from suggesting import Works, measure

    works = Works.of(real_base)
    some = Works({id: works.texts[id] for id in sorted(works.texts)[::8]}, works.subjects, works.about)
    gold = {id: works.subjects[id] for id in some.texts}
    found, plain = measure(some.left_out(real_base), gold), measure(some.by_labels(real_base), gold)

    assert found.f1 > 0.64 * found.ceiling
    assert found.recall > 0.7
    assert found.f1 > 1.5 * plain.f1


@pytest.mark.real
def test_the_subjects_judged_anew_are_of_works_and_concepts_that_are_here(real_base):
    from suggesting import judged

    found = judged()

    assert len(found) == 30
    assert set(found) <= set(real_base.corpus.ids())
    assert set().union(*found.values()) <= set(real_base.ontology().concepts)
