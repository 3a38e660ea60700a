"""How strong evidence is, who said what and when, and how much of it there is: from the same named queries for all."""

import pytest
from conftest import StubEncoder, lay_toy

from kb import KnowledgeBase
from kb.evidence import Strength

SUPPORT = """
  - id: "#c9"
    text: Where one side pays, that side decides.
    basis: {basis}
    about: [barrier-power-imbalance]
    supports: ["testwell-2010#c1"]
    curator: toy
    created: 2026-11-23
"""


@pytest.fixture
def home(tmp_path):
    return lay_toy(tmp_path / "home")


def built(home):
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    return base


def labelled(base, text):
    """What a search finds because *text* is one of its labels."""
    hits = base.search(text, limit=50).hits
    return [hit.id for hit in hits if any(reason.type == "label" for reason in hit.reasons)]


def strength(base, claim):
    return next(c.strength for c in base.concept("barrier-power-imbalance").claims if c.id == claim)


def test_strength_goes_by_basis_then_works_then_kind_of_work():
    assert Strength(5, 1, False) > Strength(4, 9, True)
    assert Strength(4, 2, False) > Strength(4, 1, True)
    assert Strength(4, 1, True) > Strength(4, 1, False)


def test_a_claim_stands_alone_until_another_work_supports_it(home):
    assert strength(built(home), "testwell-2010#c1") == Strength(5, 1, True)

    file = home / "corpus" / "sandhill-1998.yaml"
    text = file.read_text()
    file.write_text(text + ("" if "claims:" in text else "claims:") + SUPPORT.format(basis="abstract"))

    assert strength(built(home), "testwell-2010#c1") == Strength(5, 2, True)


@pytest.mark.parametrize("basis", ["recalled", "inferred", "reported\n    reportedIn: testwell-2010"])
def test_memory_inference_and_reports_of_the_same_work_add_no_work(home, basis):
    file = home / "corpus" / "sandhill-1998.yaml"
    text = file.read_text()
    file.write_text(text + ("" if "claims:" in text else "claims:") + SUPPORT.format(basis=basis))

    assert strength(built(home), "testwell-2010#c1").works == 1


def test_claims_about_a_concept_come_strongest_first(base):
    claims = base.concept("barrier-distance").claims

    assert [c.strength for c in claims] == sorted((c.strength for c in claims), reverse=True)
    assert len({c.strength for c in claims}) > 1


def test_a_relation_is_as_strong_as_its_claims_together(base):
    relations = {r.other.id: r for r in base.concept("barrier-distance").relations}

    assert relations["practice-regular-meetings"].strength == Strength(5, 1, True)
    assert relations["practice-shared-rules"].strength == Strength(2, 0, False)


def test_a_relation_counts_the_works_that_support_its_claims(home):
    file = home / "corpus" / "sandhill-1998.yaml"
    text = file.read_text()
    file.write_text(text + ("" if "claims:" in text else "claims:") + SUPPORT.format(basis="abstract"))

    [relation] = built(home).concept("barrier-power-imbalance").relations

    assert relation.strength == Strength(5, 2, True)


def test_what_is_retracted_comes_last_and_establishes_nothing(home):
    file = home / "corpus" / "testwell-2010.yaml"
    file.write_text(file.read_text().replace("status: draft", "status: retracted"))
    base = built(home)
    view = base.concept("barrier-power-imbalance")

    [relation] = view.relations
    assert (relation.established, relation.strength) == (False, Strength(0, 0, False))
    assert [claim.retracted for claim in view.claims] == sorted(claim.retracted for claim in view.claims)
    assert view.claims[-1].retracted
    assert base.source("testwell-2010").state_note.startswith("This work is retracted")


def test_prov_tells_who_entered_a_claim_when_and_from_what(base):
    rows = base.query("""
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX source: <https://w3id.org/partnership-kb/source/>
        SELECT ?property ?value WHERE { <https://w3id.org/partnership-kb/source/testwell-2010#c1> ?property ?value
          FILTER(STRSTARTS(STR(?property), STR(prov:))) } ORDER BY ?property""").rows()

    assert [(row["property"].partition("#")[2], row["value"]) for row in rows] == [
        ("generatedAtTime", "2026-11-23T00:00:00Z"),
        ("hadPrimarySource", "https://w3id.org/partnership-kb/source/testwell-2010"),
        ("wasAttributedTo", "https://w3id.org/partnership-kb/curator/toy"),
        ("wasDerivedFrom", "https://w3id.org/partnership-kb/source/testwell-2010"),
    ]


def test_what_is_recalled_was_derived_from_no_work(base):
    found = base.query("""
        PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
        PREFIX prov: <http://www.w3.org/ns/prov#>
        ASK { ?claim pkb:basis ?basis ; prov:wasDerivedFrom ?work
              FILTER(?basis IN (pkb:recalled, pkb:inferred)) }""")

    assert b"false" in found.body


def test_statistics_count_what_is_there_and_what_is_missing(home):
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write('concept:barrier-reef a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Reef"@en .\n')
        file.write("concept:barrier-sorted a skos:Concept, pkb:GroupingConcept ; skos:inScheme scheme:barrier .\n")
    base = built(home)
    stats = base.stats()

    assert {scheme: tuple(counts) for scheme, *counts in stats.concepts} == {
        "Barrier": (5, 4, 0, 1), "Practice": (4, 4, 0, 0),
    }  # fmt: skip
    assert sum(count.number for count in stats.claims_by_basis) == base.health()["claims"]
    assert sum(count.number for count in stats.sources_by_year) == base.sources().total
    assert [question.id for question in stats.questions] == ["open-toll"]


def test_labels_come_in_the_readers_language_with_english_to_fall_back_on(base):
    assert base.concept("barrier-power-imbalance", "de").label == "Machtgefälle"
    assert base.concept("barrier-power-imbalance", "de-AT").label == "Machtgefälle"
    assert base.concept("barrier-distance", "de").label == "Distance"
    assert base.concept("barrier-power-imbalance", "ja").label == "Power imbalance"
    assert labelled(base, "machtgefalle") == ["barrier-power-imbalance"]


def test_short_labels_in_capitals_are_matched_by_case(home):
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write('concept:barrier-distance skos:altLabel "US"@en, "Far Off"@en .\n')
    base = built(home)

    assert labelled(base, "US") == labelled(base, "far off") == ["barrier-distance"]
    assert labelled(base, "us") == labelled(base, "Us") == []


def test_a_retired_concept_answers_and_stands_in_no_tree(home):
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write("concept:barrier-distance owl:deprecated true ; dcterms:isReplacedBy concept:barrier-mistrust .\n")
    base = built(home)
    view = base.concept("barrier-distance")

    assert (view.retired, [ref.id for ref in view.replaced_by]) == (True, ["barrier-mistrust"])
    assert "barrier-distance" not in {node.id for scheme in base.concepts() for node in scheme.concepts}
    assert "barrier-distance" not in {hit.id for hit in base.search("Distance", kind="concept").hits}
