"""After a concept is split, each source and claim that names it gets the part it speaks of."""

import pytest

from kb import KnowledgeBase
from kb.corpus.check import ERROR, check
from kb.curation import Author, retagging
from kb.curation.retagging import Choice
from kb.errors import BadQuery, BadSource, Conflict, NotFound

ANNA = Author("anna", "Anna Smith", "anna@localhost")
WHOLE, ONE, OTHER = "practice-trust-building", "practice-regular-meetings", "practice-shared-rules"


@pytest.fixture
def curation(toy, stub_encoder):
    return KnowledgeBase(toy, encoder=stub_encoder).curation


def errors(curation):
    home = curation.home
    return [str(each) for each in check(home.corpus, home.ontology, home.context()) if each.severity == ERROR]


def test_all_that_names_it_is_shown_with_what_fits_best(base):
    found = base.curation.concepts.retagging(WHOLE, [ONE, OTHER], base.suggest)

    assert [(row.id, row.keys) for row in found.rows] == [
        ("marlow-quist-2012#c2", ("about",)),
        ("reed-2001", ("subjects",)),
        ("reed-2001#c1", ("about", "asserts")),
    ]
    assert found.rows[0].text.startswith("Trust grew") and found.total == 3
    best = {row.id: [each.concept for each in row.options if each.fits] for row in found.rows}
    assert best["marlow-quist-2012#c2"] == [ONE]


def test_each_gets_what_was_chosen_for_it_in_one_save(curation):
    chosen = {
        "reed-2001": Choice((ONE, OTHER), False),
        "reed-2001#c1": Choice((ONE,), False),
        "marlow-quist-2012#c2": Choice((OTHER,), True),
    }
    saved = curation.concepts.retag(WHOLE, chosen, ANNA)
    reed, marlow = (curation.corpus[id].data for id in ("reed-2001", "marlow-quist-2012"))

    assert reed["subjects"] == ["barrier-mistrust", ONE, OTHER]
    assert reed["claims"][0]["about"] == [ONE, "barrier-mistrust"]
    assert reed["claims"][0]["asserts"] == [{"subject": "barrier-mistrust", "mitigatedBy": ONE}]
    assert marlow["claims"][1]["about"] == [OTHER, WHOLE, ONE]
    assert len(saved.paths) == 2 and saved.commit and errors(curation) == []


def test_a_relation_stays_where_its_end_is_not_said(curation):
    curation.concepts.retag(WHOLE, {"reed-2001#c1": Choice((ONE, OTHER), False)}, ANNA)
    claim = curation.corpus["reed-2001"].claims[0]

    assert claim["about"] == [ONE, OTHER, WHOLE, "barrier-mistrust"]
    assert claim["asserts"] == [{"subject": "barrier-mistrust", "mitigatedBy": WHOLE}]


def test_what_is_not_chosen_for_stays_as_it_is(curation):
    before = (curation.home.corpus / "marlow-quist-2012.yaml").read_text()
    curation.concepts.retag(WHOLE, {"reed-2001": Choice((), False)}, ANNA)

    assert curation.corpus["reed-2001"].data["subjects"] == ["barrier-mistrust"]
    assert (curation.home.corpus / "marlow-quist-2012.yaml").read_text() == before


@pytest.mark.parametrize(
    ("choices", "why"),
    [
        ({"reed-2001": Choice(("practice-nothing",), False)}, "no concept"),
        ({"reed-2001": Choice((WHOLE,), False)}, "is the concept itself"),
        ({"reed-2001#c9": Choice((ONE,), False)}, "no claim 'reed-2001#c9'"),
        ({"testwell-2010#c2": Choice((), False)}, "about nothing else"),
        ({"reed-2002": Choice((ONE,), False)}, "no source"),
    ],
)
def test_what_makes_no_sense_is_refused(curation, choices, why):
    concept = "practice-co-decision-making" if "testwell-2010#c2" in choices else WHOLE

    with pytest.raises((BadQuery, NotFound), match=why):
        curation.concepts.retag(concept, choices, ANNA)


def test_a_file_that_changed_since_is_a_conflict(curation):
    with pytest.raises(Conflict, match="look again"):
        curation.concepts.retag(WHOLE, {"reed-2001": Choice((ONE,), False)}, ANNA, {"reed-2001": "another"})


def test_two_claims_with_one_id_are_told_and_none_is_dropped(curation):
    path = curation.corpus.path("reed-2001")
    path.write_text(path.read_text().replace('id: "#c2"', 'id: "#c1"'))

    with pytest.raises(BadSource, match="two claims have the id '#c1'"):
        curation.concepts.retag(WHOLE, {"reed-2001": Choice((ONE,), False)}, ANNA)


def test_a_file_with_two_claims_of_one_id_loses_neither_and_its_line_is_told(curation):
    path = curation.corpus.path("reed-2001")
    path.write_text(before := path.read_text().replace('id: "#c2"', 'id: "#c1"'))
    line = before[: before.rindex('- id: "#c1"')].count("\n") + 1

    with pytest.raises(BadSource, match=rf"reed-2001\.yaml:{line}: two claims have the id '#c1'"):
        curation.concepts.retag(WHOLE, {"reed-2001": Choice((ONE,), False)}, ANNA)
    assert path.read_text() == before


def test_a_concept_that_is_declined_meanwhile_is_given_to_nothing(curation):
    means = "Bridges between two towns at which whoever crosses pays a toll."
    made = curation.concepts.propose("Toll bridges", means, WHOLE, "", ANNA)
    chosen = {"reed-2001": Choice((made.id,), False)}
    plan = retagging.plan(curation.home, curation.corpus, WHOLE, chosen)
    curation.concepts.decline(made.id, None, ANNA)

    with pytest.raises(NotFound, match=made.id):
        plan.save(curation.saving, ANNA)
    assert made.id not in curation.corpus["reed-2001"].data["subjects"]
