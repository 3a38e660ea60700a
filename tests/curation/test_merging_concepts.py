"""One concept is merged into another: all that named it names the other, and it leads there."""

import pytest

from kb import KnowledgeBase
from kb.corpus import ontology
from kb.corpus.check import ERROR, check
from kb.curation import Author
from kb.errors import BadQuery, Conflict, NotFound
from kb.terms import Names

ANNA = Author("anna", "Anna Smith", "anna@localhost")
MISTRUST, DISTANCE = "barrier-mistrust", "barrier-distance"


@pytest.fixture
def curation(toy, stub_encoder):
    return KnowledgeBase(toy, encoder=stub_encoder).curation


def now(curation):
    return ontology.Ontology(ontology.load(curation.home.ontology), Names.of(curation.home.context()))


def errors(curation):
    home = curation.home
    return [str(each) for each in check(home.corpus, home.ontology, home.context()) if each.severity == ERROR]


def add(curation, *blocks):
    path = curation.home.ontology / "toy.ttl"
    path.write_text(path.read_text() + "".join(f"\n{block}\n" for block in blocks))


def test_all_that_named_it_names_the_other(curation):
    before = errors(curation)
    saved = curation.concepts.merge(MISTRUST, DISTANCE, ANNA)
    reed = curation.corpus["reed-2001"].data

    assert reed["subjects"] == [DISTANCE, "practice-trust-building"]
    assert reed["claims"][0]["about"] == ["practice-trust-building", DISTANCE]
    assert reed["claims"][0]["asserts"] == [{"subject": DISTANCE, "mitigatedBy": "practice-trust-building"}]
    assert saved.paths == ("ontology/toy.ttl", "corpus/reed-2001.yaml") and saved.commit
    assert errors(curation) == before


def test_it_is_retired_and_its_labels_find_the_other(curation):
    curation.concepts.merge(MISTRUST, DISTANCE, ANNA)
    old, new = now(curation)[MISTRUST], now(curation)[DISTANCE]

    assert old.retired and old.replaced_by == (DISTANCE,) and old.label == "Mistrust"
    assert {"Mistrust", "lack of trust", "suspicion"} <= set(new.alt_labels) and new.hidden_labels == ("distrusst",)


def test_only_the_lines_of_the_two_change(curation):
    plan = curation.concepts.merging(MISTRUST, DISTANCE)
    toy = next(each for each in plan.files if each.path == "ontology/toy.ttl")

    assert [line for line in toy.diff.splitlines()[2:] if line[0] in "+-"] == [
        '-    skos:altLabel "remoteness"@en ;',
        '+    skos:altLabel "remoteness"@en, "Mistrust"@en, "lack of trust"@en, "suspicion"@en ;',
        '+    skos:hiddenLabel "distrusst"@en ;',
        "-concept:barrier-mistrust a skos:Concept ; skos:topConceptOf scheme:barrier ; skos:inScheme scheme:barrier ;",
        "+concept:barrier-mistrust a skos:Concept ; skos:inScheme scheme:barrier ;",
        '-    skos:definition "Each side expects to be cheated by the other."@en .',
        '+    skos:definition "Each side expects to be cheated by the other."@en ;',
        "+    owl:deprecated true ;",
        "+    dcterms:isReplacedBy concept:barrier-distance .",
    ]


def test_a_plan_writes_nothing(curation):
    before = {path: path.read_bytes() for path in curation.home.folder.rglob("*.*") if path.is_file()}
    curation.concepts.merging(MISTRUST, DISTANCE)

    assert {path: path.read_bytes() for path in curation.home.folder.rglob("*.*") if path.is_file()} == before


def test_what_was_narrower_and_related_goes_along(curation):
    add(curation, """concept:barrier-rumour a skos:Concept ; skos:inScheme scheme:barrier ;
    skos:prefLabel "Rumour"@en ; skos:definition "What is told of the others and not by them."@en ;
    skos:broader concept:barrier-power-imbalance, concept:barrier-mistrust .""")  # fmt: skip
    curation.concepts.merge("barrier-power-imbalance", DISTANCE, ANNA)
    after = now(curation)

    assert after["barrier-rumour"].broader == (DISTANCE, MISTRUST)
    assert after["barrier-one-way-resource-flow"].broader == (DISTANCE,)
    assert (
        after[DISTANCE].related == ("practice-co-decision-making",) and after["barrier-power-imbalance"].related == ()
    )
    assert after["practice-co-decision-making"].related == (DISTANCE,)


def test_a_concept_can_be_merged_into_the_one_above_and_into_the_one_below(curation):
    curation.concepts.merge("practice-co-decision-making", "practice-shared-rules", ANNA)
    curation.concepts.merge("barrier-power-imbalance", "barrier-one-way-resource-flow", ANNA)
    after, files = now(curation), (curation.home.ontology / "toy.ttl").read_text()

    assert after["barrier-one-way-resource-flow"].broader == ()
    assert "concept:barrier-one-way-resource-flow a skos:Concept ; skos:inScheme scheme:barrier ;" in files
    assert curation.corpus["testwell-2010"].data["claims"][0]["about"] == [
        "barrier-one-way-resource-flow", "practice-shared-rules",
    ]  # fmt: skip
    assert errors(curation) == []


def test_a_relation_of_a_concept_with_itself_is_dropped_and_told(curation):
    plan = curation.concepts.merging("barrier-distance", "practice-regular-meetings", even=True)

    assert plan.notes == (
        "marlow-quist-2012#c1: asserts would relate practice-regular-meetings to itself, and is left out",
    )


@pytest.mark.parametrize(
    ("one", "into", "why"),
    [
        (MISTRUST, MISTRUST, "into itself"),
        (MISTRUST, "practice-shared-rules", "stands in the scheme barrier, practice-shared-rules in practice"),
        (MISTRUST, "barrier-nowhere", "no concept"),
        ("barrier-nowhere", MISTRUST, "no concept"),
    ],
)
def test_what_makes_no_sense_is_refused(curation, one, into, why):
    with pytest.raises((BadQuery, NotFound), match=why):
        curation.concepts.merging(one, into)


def test_a_merge_that_would_make_a_circle_is_refused(curation):
    add(
        curation,
        """concept:barrier-toll a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Toll"@en ;
    skos:definition "What is paid on the bridge."@en ; skos:broader concept:barrier-one-way-resource-flow .""",
    )

    with pytest.raises(BadQuery, match="circle; move barrier-one-way-resource-flow first"):
        curation.concepts.merging("barrier-power-imbalance", "barrier-toll")


def test_a_retired_concept_is_merged_no_further(curation):
    curation.concepts.merge(MISTRUST, DISTANCE, ANNA)

    with pytest.raises(BadQuery, match="retired already"):
        curation.concepts.merging(MISTRUST, "barrier-power-imbalance")
    with pytest.raises(BadQuery, match="retired already"):
        curation.concepts.merging("barrier-power-imbalance", MISTRUST)


def test_what_was_replaced_by_it_is_replaced_by_the_other(curation):
    curation.concepts.merge(MISTRUST, DISTANCE, ANNA)
    curation.concepts.merge(DISTANCE, "barrier-power-imbalance", ANNA)

    assert now(curation)[MISTRUST].replaced_by == ("barrier-power-imbalance",)


def test_a_plan_that_has_been_looked_at_is_made_only_as_it_was(curation):
    plan = curation.concepts.merging(MISTRUST, DISTANCE)
    path = curation.home.corpus / "reed-2001.yaml"
    path.write_text(path.read_text() + "note: Read again.\n")

    with pytest.raises(Conflict, match="look at the changes again"):
        curation.concepts.merge(MISTRUST, DISTANCE, ANNA, seen=plan.seen)
