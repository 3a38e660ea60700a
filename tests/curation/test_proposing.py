"""A concept that no scheme holds yet is proposed, and is one like the others until an editor decides."""

import pytest

from kb import KnowledgeBase
from kb.corpus import ontology
from kb.curation import Author
from kb.errors import BadQuery, BadSource, Conflict, NotFound
from kb.home import init
from kb.terms import Names
from webapp import create_app

ANNA = Author("anna", "Anna Smith", "anna@localhost")
CALENDAR = "A calendar that all partners keep, so that each knows when the others meet."
THIRD = "A language that belongs to none of the partners and that all speak."


@pytest.fixture
def curation(toy, stub_encoder):
    return KnowledgeBase(toy, encoder=stub_encoder).curation


def now(curation):
    """The ontology as the files have it."""
    return ontology.Ontology(ontology.load(curation.home.ontology), Names.of(curation.home.context()))


def test_a_proposed_concept_stands_in_a_file_of_its_own(curation):
    made = curation.concepts.propose(
        "Shared calendar", CALENDAR, "practice-regular-meetings", "practice", ANNA, ["joint diary"]
    )
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
    id = curation.concepts.propose("Shared calendar", CALENDAR, "practice-regular-meetings", "", ANNA).id
    concept = now(curation)[id]

    assert concept.broader == ("practice-regular-meetings",) and concept.schemes == ("practice",)
    assert id in now(curation).narrower("practice-regular-meetings")


def test_a_second_proposal_follows_the_first(curation):
    curation.concepts.propose("Shared calendar", CALENDAR, "practice-regular-meetings", "practice", ANNA)
    curation.concepts.propose("Third language", THIRD, "", "practice", ANNA)

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
        curation.concepts.propose(label, definition, "practice-shared-rules", "practice", ANNA)

    assert not (curation.home.ontology / "proposed.ttl").exists()


def test_signs_of_turtle_in_a_label_are_text(curation):
    label = 'A "set" of \\ <rules> ; . @en'
    id = curation.concepts.propose(label, CALENDAR + " \"'''", "practice-shared-rules", "practice", ANNA).id

    assert id == "practice-a-set-of-rules-en" and now(curation)[id].label == label


def test_what_is_broader_has_to_be_here_and_in_the_scheme(curation):
    with pytest.raises(NotFound, match="did you mean 'practice-shared-rules'"):
        curation.concepts.propose("Shared calendar", CALENDAR, "practice-shared-rule", "practice", ANNA)
    with pytest.raises(BadSource, match="stands in another scheme"):
        curation.concepts.propose("Shared calendar", CALENDAR, "barrier-distance", "practice", ANNA)
    with pytest.raises(BadSource, match="choose one of barrier, practice"):
        curation.concepts.propose("Shared calendar", CALENDAR, "", "", ANNA)


def test_an_id_that_is_taken_gets_a_number(curation):
    (curation.home.corpus / "practice-shared-calendar.yaml").write_text("type: book\n")

    id = curation.concepts.propose("Shared calendar", CALENDAR, "", "practice", ANNA).id

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

    made = curation.concepts.propose(
        "Bäche",
        "Ein kleines fließendes Gewässer, das man mit einem Schritt überquert.",
        "1001",
        "",
        ANNA,
        language="de",
    )
    concept = now(curation)[made.id]

    assert made.id == "bache" and concept.iri == "http://example.org/thesaurus/bache"
    assert (concept.label, concept.language, concept.broader) == ("Bäche", "de", ("1001",))
    assert "pkb:draft" in (curation.home.ontology / "proposed.ttl").read_text()


# What an editor does with it


def proposed(curation, *more):
    """A proposed concept; its file has another one, so that it stays."""
    curation.concepts.propose("Third language", THIRD, "", "practice", ANNA)
    return curation.concepts.propose(
        "Shared calendar", CALENDAR, "practice-regular-meetings", "practice", ANNA, *more
    ).id


def test_an_accepted_concept_stands_beside_its_like_and_waits_no_more(curation):
    id = proposed(curation)
    curation.concepts.accept(id, ANNA)
    toy, rest = ((curation.home.ontology / name).read_text() for name in ("toy.ttl", "proposed.ttl"))

    after = toy.partition("concept:practice-regular-meetings a skos:Concept")[2]
    assert after.partition("concept:")[2].partition(" a ")[0].endswith("shared-calendar") or id in after
    assert toy.index(id) < toy.index("concept:practice-trust-building a skos:Concept")
    assert id not in rest and "practice-third-language" in rest and "reviewStatus" not in toy
    assert not curation.concepts.wording(id).waits


def test_a_file_without_proposals_goes(curation):
    id = curation.concepts.propose("Shared calendar", CALENDAR, "practice-regular-meetings", "practice", ANNA).id
    curation.concepts.accept(id, ANNA)

    assert not (curation.home.ontology / "proposed.ttl").exists() and id in now(curation).concepts


def test_a_concept_that_is_used_is_declined_only_for_another_one(curation):
    id = proposed(curation)
    path = curation.home.corpus / "reed-2001.yaml"
    path.write_text(path.read_text().replace("[barrier-mistrust, practice", f"[{id}, barrier-mistrust, practice"))

    with pytest.raises(BadQuery, match=r"used by reed-2001 \(subjects\): choose a concept"):
        curation.concepts.decline(id, None, ANNA)
    saved = curation.concepts.decline(id, "practice-shared-rules", ANNA)

    assert curation.corpus["reed-2001"].data["subjects"] == [
        "practice-shared-rules", "barrier-mistrust", "practice-trust-building",
    ]  # fmt: skip
    assert id not in now(curation).concepts and set(saved.paths) == {"ontology/proposed.ttl", "corpus/reed-2001.yaml"}


def test_a_concept_that_nobody_uses_is_declined(curation):
    id = proposed(curation)
    curation.concepts.decline(id, None, ANNA)

    assert id not in now(curation).concepts and "practice-third-language" in now(curation).concepts
    with pytest.raises(NotFound):
        curation.concepts.decline(id, None, ANNA)
    with pytest.raises(BadQuery, match="no proposed concept"):
        curation.concepts.accept("barrier-distance", ANNA)


def test_an_edit_changes_only_the_lines_of_what_is_new(curation):
    path = curation.home.ontology / "toy.ttl"
    before, was = path.read_text().splitlines(), curation.concepts.wording("barrier-distance")
    definition = "The partners live so far from each other that none walks there."
    draft = was.draft._replace(label="Long way", alt_labels=("remoteness", "far away"), definition=definition)
    curation.concepts.edit("barrier-distance", draft, was.etag, ANNA)
    after = path.read_text().splitlines()

    assert [line for line in after if line not in before] == [
        '    skos:prefLabel "Long way"@en ;',
        '    skos:altLabel "remoteness"@en, "far away"@en ;',
        '    skos:definition "The partners live so far from each other that none walks there."@en .',
    ]
    assert len(after) == len(before)


def test_an_edit_of_what_has_changed_since_is_a_conflict(curation):
    was = curation.concepts.wording("practice-trust-building")
    definition = "Small promises are made and kept, so that larger ones are believed later."
    curation.concepts.edit("practice-trust-building", was.draft._replace(definition=definition), was.etag, ANNA)

    with pytest.raises(Conflict, match="somebody else"):
        curation.concepts.edit("practice-trust-building", was.draft, was.etag, ANNA)
    assert '"Construção de confiança"@pt' in (curation.home.ontology / "toy.ttl").read_text()


def test_a_concept_moves_below_another_and_not_below_itself(curation):
    was = curation.concepts.wording("practice-regular-meetings")
    curation.concepts.edit(was.id, was.draft._replace(broader=("practice-shared-rules",)), was.etag, ANNA)

    assert now(curation)["practice-regular-meetings"].broader == ("practice-shared-rules",)
    rules = curation.concepts.wording("practice-shared-rules").draft
    with pytest.raises(BadSource, match="circle"):
        curation.concepts.edit("practice-shared-rules", rules._replace(broader=(was.id,)), "", ANNA)


def test_a_proposed_concept_is_marked_wherever_it_is_named(curation, stub_encoder):
    id = proposed(curation)
    base = KnowledgeBase(curation.home.folder, encoder=stub_encoder)
    base.build()
    view, page = base.concept(id), create_app(base).test_client().get(f"/concept/{id}").text

    assert view.proposed.by == "anna" and view.proposed.day
    assert "Proposed by anna on" in page and "not reviewed yet" in page
    assert base.concept("practice-regular-meetings").narrower == ((id, "Shared calendar (proposed)"),)
    assert [str(each).partition(": ")[2] for each in base.check() if each.check == "proposed-concept"] == [
        f"warning: {each} is proposed, to be reviewed (accept or decline it, on its page)"
        for each in ("practice-third-language", id)
    ]
    base.close()
