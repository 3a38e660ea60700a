"""A concept that no scheme holds yet is proposed, and is one like the others until an editor decides."""

import pytest

from kb import KnowledgeBase
from kb.corpus import ontology
from kb.curation import Author
from kb.errors import BadSource, NotFound
from kb.home import init
from kb.terms import Names

ANNA = Author("anna", "Anna Smith", "anna@localhost")
CALENDAR = "A calendar that all partners keep, so that each knows when the others meet."


@pytest.fixture
def curation(toy, stub_encoder):
    return KnowledgeBase(toy, encoder=stub_encoder).curation


def now(curation):
    """The ontology as the files have it."""
    return ontology.Ontology(ontology.load(curation.home.ontology), Names.of(curation.home.context()))


def test_a_proposed_concept_stands_in_a_file_of_its_own(curation):
    made = curation.propose("Shared calendar", CALENDAR, "practice-regular-meetings", "practice", ANNA, ["joint diary"])
    text = (curation.home.ontology / "proposed.ttl").read_text()
    block = text.partition("\n\n")[2].partition("\n\n")[2]

    assert made.id == "practice-shared-calendar" and made.saved.commit
    assert made.saved.paths == ("ontology/proposed.ttl",)
    assert (
        """concept:practice-shared-calendar a skos:Concept ;
    skos:inScheme scheme:practice ;
    skos:prefLabel "Shared calendar"@en ;
    skos:altLabel "joint diary"@en ;"""
        in block
    )
    assert "dcterms:creator curator:anna ;" in block and "pkb:reviewStatus pkb:draft .\n" in block
    assert curation.history.log()[0].author == "Anna Smith"


def test_a_proposed_concept_is_one_like_the_others(curation):
    id = curation.propose("Shared calendar", CALENDAR, "practice-regular-meetings", "", ANNA).id
    concept = now(curation)[id]

    assert concept.broader == ("practice-regular-meetings",) and concept.schemes == ("practice",)
    assert id in now(curation).narrower("practice-regular-meetings")


def test_a_second_proposal_follows_the_first(curation):
    curation.propose("Shared calendar", CALENDAR, "practice-regular-meetings", "practice", ANNA)
    curation.propose("Third language", "A language that belongs to none of the partners and that all speak.", "",
                     "practice", ANNA)  # fmt: skip

    assert {"practice-shared-calendar", "practice-third-language"} <= set(now(curation).concepts)
    assert now(curation)["practice-third-language"].broader == ()


@pytest.mark.parametrize(
    ("label", "definition", "why"),
    [
        ("", CALENDAR, "needs a label"),
        ("Shared calendar", "", "no definition"),
        ("Shared calendar", "A calendar.", "fewer than 8 words"),
        ("Market day", CALENDAR, "practice-regular-meetings.*did you mean"),
        ("Regular meeting", CALENDAR, "practice-regular-meetings.*did you mean"),
        ("x" * 1_000_000, CALENDAR, "at most 200"),
        ("Shared\u200bcalendar", CALENDAR, "cannot be printed"),
    ],
)
def test_what_kb_check_would_complain_of_is_refused(curation, label, definition, why):
    with pytest.raises(BadSource, match=why):
        curation.propose(label, definition, "practice-shared-rules", "practice", ANNA)

    assert not (curation.home.ontology / "proposed.ttl").exists()


def test_signs_of_turtle_in_a_label_are_text(curation):
    label = 'A "set" of \\ <rules> ; . @en'
    id = curation.propose(label, CALENDAR + " \"'''", "practice-shared-rules", "practice", ANNA).id

    assert id == "practice-a-set-of-rules-en" and now(curation)[id].label == label


def test_what_is_broader_has_to_be_here_and_in_the_scheme(curation):
    with pytest.raises(NotFound, match="did you mean 'practice-shared-rules'"):
        curation.propose("Shared calendar", CALENDAR, "practice-shared-rule", "practice", ANNA)
    with pytest.raises(BadSource, match="stands in another scheme"):
        curation.propose("Shared calendar", CALENDAR, "barrier-distance", "practice", ANNA)
    with pytest.raises(BadSource, match="choose one of barrier, practice"):
        curation.propose("Shared calendar", CALENDAR, "", "", ANNA)


def test_an_id_that_is_taken_gets_a_number(curation):
    (curation.home.corpus / "practice-shared-calendar.yaml").write_text("type: book\n")

    id = curation.propose("Shared calendar", CALENDAR, "", "practice", ANNA).id

    assert id == "practice-shared-calendar-2"


THESAURUS = """@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix t: <http://example.org/thesaurus/> .
t:1000 a skos:Concept ; skos:prefLabel "Wasser"@de ; skos:inScheme t:all ; skos:narrower t:1001 .
t:1001 a skos:Concept ; skos:prefLabel "Fluss"@de ; skos:inScheme t:all .
t:all a skos:ConceptScheme ; skos:prefLabel "Alles"@de .
"""


def test_a_thesaurus_with_numbers_for_ids_takes_a_concept_too(tmp_path, stub_encoder):
    (tmp_path / "given.ttl").write_text(THESAURUS)
    curation = KnowledgeBase(init(tmp_path / "home", tmp_path / "given.ttl").folder, encoder=stub_encoder).curation

    made = curation.propose("Bäche", "Ein kleines fließendes Gewässer, das man mit einem Schritt überquert.", "1001",
                            "", ANNA, language="de")  # fmt: skip
    concept = now(curation)[made.id]

    assert made.id == "bache" and concept.iri == "http://example.org/thesaurus/bache"
    assert (concept.label, concept.language, concept.broader) == ("Bäche", "de", ("1001",))
    assert "pkb:draft" in (curation.home.ontology / "proposed.ttl").read_text()
