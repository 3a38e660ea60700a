"""Each mistake a curator makes is found by name, on its line, once."""

import json
import shutil
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import pytest

from kb.base import KnowledgeBase
from kb.corpus.check import Problem, check, fix
from kb.corpus.check.fields import Checker
from kb.corpus.check.vocabulary import Vocabulary
from kb.corpus.ontology import Ontology, parse_turtle
from kb.corpus.sources import Source, parse
from kb.terms import Names

ROOT = Path(__file__).parents[2]
CONTEXT = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))

CONCEPTS = """\
@prefix concept: <https://w3id.org/partnership-kb/concept/> .
@prefix scheme: <https://w3id.org/partnership-kb/scheme/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
scheme:barrier a skos:ConceptScheme ; skos:prefLabel "Bar"@en . scheme:practice a skos:ConceptScheme ;\
    skos:prefLabel "Way"@en .
<https://w3id.org/partnership-kb/curator/toy> a <http://www.w3.org/ns/prov#Agent> .
concept:barrier-fog a skos:Concept ; skos:inScheme scheme:barrier ; skos:topConceptOf scheme:barrier ;
    skos:prefLabel "Fog"@en ; skos:related concept:practice-lamp ;
    skos:definition "Water in the air that keeps two boats from seeing each other."@en .
concept:practice-lamp a skos:Concept ; skos:inScheme scheme:practice ; skos:topConceptOf scheme:practice ;
    skos:prefLabel "Lamp"@en ; skos:related concept:barrier-fog ;
    skos:definition "A light that one boat shows so that the other finds it."@en .
"""
LAMP = """\
type: article
state: complete
status: draft
title: Lamps in the fog
authors:
  - {family: Holt, given: A.}
issued: 2001
subjects: [practice-lamp]
cites: [moss-1999]
doi: 10.5555/lamp
claims:
  - id: "#c1"
    text: A lamp helps two boats in fog to meet.
    basis: abstract
    about: [practice-lamp, barrier-fog]
    supports: ["moss-1999#c1"]
    asserts:
      - {subject: barrier-fog, mitigatedBy: practice-lamp}
    curator: toy
    created: 2026-11-23
"""
MOSS = """\
# the older one
type: book
state: complete
status: reviewed
title: Fog
authors: [{family: Moss}]
issued: 1999
url: https://example.org/fog
treats:
  - {concept: barrier-fog, locator: ch. 2}
claims:
  - id: "#c1"
    text: Fog keeps boats apart, whatever they do.
    locator: p. 3
    basis: text
    about: [barrier-fog]
    curator: toy
    created: 2026-11-23
"""


@pytest.fixture
def home(tmp_path):
    (tmp_path / "corpus").mkdir()
    write(tmp_path, "holt-2001.yaml", LAMP)
    write(tmp_path, "moss-1999.yaml", MOSS)
    (tmp_path / "ontology").mkdir()
    (tmp_path / "ontology" / "concepts.ttl").write_text(CONCEPTS, encoding="utf-8")
    shutil.copy(ROOT / "ontology" / "shapes.ttl", tmp_path / "ontology")
    return tmp_path


def problems(home):
    """What is wrong in *home*, as a curator reads it, paths from the home."""
    found = check(home / "corpus", home / "ontology", CONTEXT)
    return [str(problem).replace(f"{home}/", "") for problem in found]


def write(home, name, text):
    (home / "corpus" / name).write_text(text, encoding="utf-8")


def test_right_files_have_no_problem(home):
    assert problems(home) == []


MISTAKES = {
    "unknown key": ("title: Lamps", "titel: Lamps", [
        "1: a complete record needs a title; give title: or set state: incomplete",
        "4: unknown key 'titel' (did you mean 'title'?)",
    ]),
    "unknown key in a name": ("given: A.", "givn: A.", ["6: unknown key 'givn' in authors (did you mean 'given'?)"]),
    "unknown key in a claim": ("    basis: abstract\n", "    basis: abstract\n    locater: p. 2\n", [
        "15: unknown key 'locater' in claims (did you mean 'locator'?)",
    ]),
    "unknown relation": ("mitigatedBy", "mitigatdBy", [
        "18: unknown key 'mitigatdBy' in asserts (did you mean 'mitigatedBy'?)",
    ]),
    "key of a claim in the source": ("doi:", "about: [barrier-fog]\ndoi:", [
        "10: unknown key 'about' (it belongs in claims)",
    ]),
    "status signed by nobody we know": ("status: draft\n", "status: reviewed\nstatusBy: tay\n", [
        "4: no curator 'tay' (did you mean 'toy'?)",
    ]),
    "signature without a status": ("status: draft\n", "statusBy: toy\nstatusDate: 2026-11-30\n", [
        "3: statusBy without a status (add status: draft, reviewed or retracted)",
    ]),
    "no day": ("status: draft\n", "status: draft\nstatusDate: today\n", [
        "4: statusDate: must be one date such as 2026-11-23",
    ]),
    "day of a status to come": ("status: draft\n", "status: draft\nstatusDate: 2999-11-30\n", [
        "4: warning: statusDate: 2999-11-30 is yet to come",
    ]),
    "key of the source in a claim": ("    curator", "    subjects: [barrier-fog]\n    curator", [
        "19: unknown key 'subjects' in claims (it belongs in the source itself)",
    ]),
    "id written into the file": ("type: article", "id: holt-2001\ntype: article", [
        "1: unknown key 'id' (it belongs in claims)",
    ]),
    "class name as key": ("doi:", "book: yes\ndoi:", ["10: unknown key 'book'"]),
    "unknown type": ("type: article", "type: artcle", ["1: unknown type 'artcle' (did you mean 'article'?)"]),
    "unknown value": ("basis: abstract", "basis: abstrct", ["14: unknown basis 'abstrct' (did you mean 'abstract'?)"]),
    "key of a source in a claim": ("    curator", "    status: draft\n    curator", [
        "19: unknown key 'status' in claims (it belongs in the source itself)",
    ]),
    "keys where a concept belongs": ("mitigatedBy: practice-lamp", "mitigatedBy: {practice-lamp: very}", [
        "18: 'mitigatedBy' takes text, not keys",
    ]),
    "key that is a list": ("doi: 10.5555/lamp", "? [a, b]\n: c", [
        "1: a key is no text but a list or a mapping",
        "1: unknown key ('a', 'b')",
    ]),
    "list in a list in a list": ("doi: 10.5555/lamp", f"note: {'[' * 3000}{']' * 3000}", [
        "1: is nested too deeply",
    ]),
    "unknown state": ("state: complete", "state: finished", ["2: unknown state 'finished'"]),
    "empty value": ("title: Lamps in the fog", "title:", ["4: 'title' is empty (write a value or delete the key)"]),
    "text where keys belong": ("  - {family: Holt, given: A.}", "  - Holt, A.", [
        "6: 'authors' takes keys of its own (family, given, literal)",
    ]),
    "keys where text belongs": ("issued: 2001", "issued: {year: 2001}", ["7: 'issued' takes text, not keys"]),
    "claims that are none": (LAMP[LAMP.index("claims:"):], "claims: a lamp helps\n", [
        "11: 'claims' takes a list of claims, each with its keys",
    ]),
    "unknown concept": ("subjects: [practice-lamp]", "subjects:\n  - practice-lamp\n  - practice-lmp", [
        "10: no concept 'practice-lmp' (did you mean 'practice-lamp'?)",
    ]),
    "unknown concept in a claim": ("about: [practice-lamp, ", "about: [lamp, ", [
        "15: no concept 'lamp'",
        "18: warning: asserts something of 'practice-lamp', which the claim is not about (add it to about:)",
    ]),
    "unknown concept in a relation": ("subject: barrier-fog", "subject: barrier-frog", [
        "18: no concept 'barrier-frog' (did you mean 'barrier-fog'?)",
    ]),
    "unknown source": ("cites: [moss-1999]", "cites: [mos-1999]", [
        "9: no source 'mos-1999' (did you mean 'moss-1999'?)",
    ]),
    "unknown claim": ("moss-1999#c1", "moss-1999#c2", ["16: no claim 'moss-1999#c2' (did you mean 'moss-1999#c1'?)"]),
    "relation of the wrong kinds": ("{subject: barrier-fog, mitigatedBy: practice-lamp}",
                                    "{subject: practice-lamp, mitigatedBy: barrier-fog}", [
        "17: warning: mitigatedBy: a barrier is mitigated by a practice, but its object stands in another scheme",
        "17: warning: mitigatedBy: a barrier is mitigated by a practice, but its subject stands in another scheme",
    ]),
    "unknown relation without a near one": ("mitigatedBy", "helps", [
        "18: unknown key 'helps' in asserts (one of arisesIn, fosters, impedes, involves, mitigatedBy, subject)",
    ]),
    "list where one text belongs": ("title: Lamps in the fog", "title: [Lamps in the fog]", [
        "4: 'title' takes one text, not a list",
    ]),
    "type that is a list": ("type: article", "type: [article]", ["1: 'type' takes one text, not a list"]),
    "digits that are none": ("created: 2026-11-23", "created: ²⁰²⁶-11-23", [
        "20: created: must be one date such as 2026-11-23",
    ]),
    "escape beyond Unicode": ("title: Lamps in the fog", 'title: "\\UFFFFFFFF"', None),
    "YAML of another version": ("type: article", "%YAML 1.9\n---\ntype: article", None),
    "day to come": ("created: 2026-11-23", "created: 2936-11-24", ["20: warning: created: 2936-11-24 is yet to come"]),
    "claim id of another form": ('"#c1"', '"#2c"', ['12: the claim has no id or a wrong one (write it as "#c1")']),
    "unknown curator": ("curator: toy", "curator: toi", ["19: no curator 'toi' (did you mean 'toy'?)"]),
    "source where a claim belongs": ('"moss-1999#c1"', "moss-1999", [
        "16: supports: must list claims as key#c1, with the key even in the same file",
    ]),
    "work that cites itself": ("cites: [moss-1999]", "cites: [holt-2001]", ["9: cites names the source itself"]),
    "claim that supports itself": ("moss-1999#c1", "holt-2001#c1", ["16: supports names the claim itself"]),
    "relation of a thing to itself": ("subject: barrier-fog", "subject: practice-lamp", [
        "18: mitigatedBy relates 'practice-lamp' to itself",
    ]),
    "two claims of one id": ("    created: 2026-11-23\n", "    created: 2026-11-23\n" + LAMP[LAMP.index("  - id:"):], [
        "21: second claim 'holt-2001#c1' in this file (give it an id of its own)",
    ]),
    "claim without id": ('id: "#c1"\n    text', "text", ['12: the claim has no id or a wrong one (write it as "#c1")']),
    "claim id that is none": ('"#c1"', '"#C 1"', ['12: the claim has no id or a wrong one (write it as "#c1")']),
    "claim without basis": ("    basis: abstract\n", "", [
        "12: basis: must be one of text, abstract, reported, recalled, inferred",
    ]),
    "complete record without title": ("title: Lamps in the fog\n", "", [
        "1: a complete record needs a title; give title: or set state: incomplete",
    ]),
    "year that is none": ("issued: 2001", "issued: about 2001", [
        "7: issued: must be one year in four digits, such as 2010",
    ]),
    "date that is none": ("created: 2026-11-23", "created: 2026-13-45", [
        "20: created: must be one date such as 2026-11-23",
    ]),
    "doi as address": ("doi: 10", "doi: https://doi.org/10", [
        "10: doi: https://doi.org/10.5555/lamp is an address (the bare DOI: 10.5555/lamp)",
    ]),
    "doi that is none": ("doi: 10.5555/lamp", "doi: lamp", [
        "10: doi: must be the bare DOI, such as 10.1016/j.worlddev.2004.09.017, without https://doi.org/",
    ]),
    "address that is none": ("doi: 10.5555/lamp", "url: www.example.org", [
        "10: url 'www.example.org' is no web address (it begins with https:// or http://)",
    ]),
    "key twice": ("issued: 2001", "issued: 2001\ntitle: Lamps", [
        '8: found duplicate key "title" with value "Lamps" (original value: "Lamps in the fog")',
    ]),
    "concept twice": ("[practice-lamp, barrier-fog]", "[practice-lamp, barrier-fog, practice-lamp]", [
        "15: warning: about names 'practice-lamp' twice",
    ]),
    "isbn with a slip": ("doi: 10.5555/lamp", "isbn: 978-0-7879-6799-2", [
        "10: isbn: the check digit of 978-0-7879-6799-2 is wrong (compare it with the work; leave it out if in doubt)",
    ]),
    "issn with a slip": ("doi: 10.5555/lamp", "issn: 0305-7501", [
        "10: issn: the check digit of 0305-7501 is wrong (compare it with the work; leave it out if in doubt)",
    ]),
    "issn in small letters": ("doi: 10.5555/lamp", "issn: 0305-750x", ["10: issn: write 0305-750x in capitals"]),
    "isbn of no length": ("doi: 10.5555/lamp", "isbn: 12345", [
        "10: isbn: must have 10 or 13 digits, with or without hyphens",
    ]),
    "pages with a hyphen": ("doi: 10.5555/lamp", "pages: 3-9", [
        "10: warning: pages: write a range with an en dash: 3–9",
    ]),
    "year to come": ("issued: 2001", "issued: 2901", ["7: warning: issued: 2901 is yet to come"]),
    "sign that cannot be printed": ("Lamps in the fog", '"Lamps in the\\x07 fog"', [
        "4: title holds a sign that cannot be printed (type it anew)",
    ]),
    "letters and accents apart": ("Lamps in the fog", "Lamps in the fo\u0301g", [
        "4: warning: title: letters and accents are written apart (not Unicode NFC)",
    ]),
    "claim from the text without locator": ("basis: abstract", "basis: text", [
        "14: warning: read in the text, but no locator (give the page or a named section as locator:)",
    ]),
    "claim about nothing": ("    about: [practice-lamp, barrier-fog]\n", "", [
        "12: about: must list at least one concept, each by an id from ontology/partnership.ttl",
    ]),
    "source without claims": (LAMP[LAMP.index("claims:"):], "", [
        "1: warning: the source has no claims (add what it says, or set state: seed-only)",
    ]),
    "relation of recalled support only": ("basis: abstract", "basis: recalled", [
        "18: warning: barrier-fog mitigatedBy practice-lamp rests on nothing but memory or inference"
        " (find a work that says it)",
    ]),
    "relation of a thing the claim is not about": (", barrier-fog]", "]", [
        "18: warning: asserts something of 'barrier-fog', which the claim is not about (add it to about:)",
    ]),
    "contradictory stance": ("    asserts:", '    disputes: ["moss-1999#c1"]\n    asserts:', [
        f"{line}: toy says of holt-2001#c1 and moss-1999#c1 both that they agree and that they dispute"
        f" (keep {stance} or delete it)" for line, stance in ((16, "supports"), (17, "disputes"))
    ]),
    "broken YAML": ("title: Lamps in the fog", "title: Lamps: in the fog", ["4: mapping values are not allowed here"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_by_name_on_its_line(home, mistake):
    right, wrong, expected = MISTAKES[mistake]
    write(home, "holt-2001.yaml", LAMP.replace(right, wrong, 1))

    found = problems(home)

    if expected is None:  # the sentence is the library's
        assert len(found) == 1 and found[0].startswith("corpus/holt-2001.yaml:")
    else:
        assert [line.removeprefix("corpus/holt-2001.yaml:") for line in found] == expected


def test_claim_of_the_same_file_needs_the_source_before_it(home):
    second = MOSS[MOSS.index("  - id:") :].replace("#c1", "#c2") + '    qualifies: ["#c1"]\n'
    write(home, "moss-1999.yaml", MOSS + second)

    assert problems(home) == ["corpus/moss-1999.yaml:26: no claim '#c1' (did you mean 'moss-1999#c1'?)"]


def test_two_files_with_one_doi_are_both_named(home):
    write(home, "moss-1999.yaml", MOSS + "doi: 10.5555/LAMP\n")

    assert problems(home) == [
        "corpus/holt-2001.yaml:10: moss-1999.yaml has the same doi (one work, one file)",
        "corpus/moss-1999.yaml:19: holt-2001.yaml has the same doi (one work, one file)",
    ]


def test_two_books_with_one_isbn_in_two_forms_are_both_named(home):
    write(home, "holt-2001.yaml", LAMP.replace("article", "book").replace("doi: 10.5555/lamp", "isbn: 0-7879-6799-8"))
    write(home, "moss-1999.yaml", MOSS + "isbn: 978-0-7879-6799-4\n")

    assert [line.partition(" has ")[2] for line in problems(home)] == ["the same isbn (one work, one file)"] * 2


def test_an_isbn_of_979_counts_to_its_last_digit(home):
    write(home, "holt-2001.yaml", LAMP.replace("article", "book").replace("doi: 10.5555/lamp", "isbn: 9798641123455"))
    write(home, "moss-1999.yaml", MOSS + "isbn: 9798641129990\n")

    assert problems(home) == []


def test_a_work_entered_twice_without_number_is_told(home):
    twin = MOSS.replace("title: Fog", "title: The fog on the water").replace("claims:", "summary: On fog.\nclaims:")
    write(home, "moss-1999.yaml", twin)
    write(home, "moss-1999a.yaml", twin.replace("The fog on the water", "The fog on the waters"))

    assert [line for line in problems(home) if "moss-1999a.yaml has" in line] == [
        "corpus/moss-1999.yaml:5: warning: moss-1999a.yaml has nearly the same title, first author and year"
        " (one work, one file; otherwise tell them apart in note)"
    ]


def test_a_concept_that_nobody_treats_and_one_that_is_retired_are_told(home):
    more = """
concept:barrier-reef a skos:Concept ; skos:inScheme scheme:barrier ; skos:topConceptOf scheme:barrier ;
    skos:prefLabel "Reef"@en ; skos:related concept:practice-sounding .
concept:practice-sounding a skos:Concept ; <http://www.w3.org/2002/07/owl#deprecated> true ;
    <http://purl.org/dc/terms/isReplacedBy> concept:practice-lamp .
"""
    (home / "ontology" / "concepts.ttl").write_text(CONCEPTS + more, encoding="utf-8")
    write(home, "moss-1999.yaml", MOSS.replace("about: [barrier-fog]", "about: [barrier-fog, practice-sounding]"))

    assert problems(home) == [
        "corpus/moss-1999.yaml:16: warning: concept 'practice-sounding' is retired (use 'practice-lamp')",
        "ontology/concepts.ttl:13: warning: barrier-reef has no definition",
        "ontology/concepts.ttl:13: warning: barrier-reef has related practice-sounding, which is retired"
        " (it is replaced by practice-lamp)",
        "ontology/concepts.ttl:13: warning: no work and no claim is about barrier-reef"
        " (name it in subjects: or about: of a work that treats it)",
    ]


def test_a_concept_whose_id_is_no_slug_is_told(home):
    odd = CONCEPTS.replace("concept:practice-lamp", "concept:Practice_Lamp")
    (home / "ontology" / "concepts.ttl").write_text(odd, encoding="utf-8")

    assert "ontology/concepts.ttl:9: 'Practice_Lamp' is no id (small letters, digits and single hyphens, such as" in (
        "\n".join(line for line in problems(home) if "is no id" in line)
    )


def test_a_relation_written_into_the_ontology_has_no_evidence(home):
    more = """@prefix pkb: <https://w3id.org/partnership-kb/ns#> .
pkb:mitigatedBy a pkb:Relation . pkb:Relation a <urn:c> .

concept:barrier-fog pkb:mitigatedBy concept:practice-lamp ; pkb:mitigates concept:practice-lamp .
"""
    (home / "ontology" / "more.ttl").write_text("\n".join([*CONCEPTS.splitlines()[:3], more]), encoding="utf-8")

    assert problems(home) == [
        "ontology/concepts.ttl:6: barrier-fog states mitigatedBy without evidence"
        " (let a claim of a source assert it: asserts: [{subject: barrier-fog, mitigatedBy: …}])",
        "ontology/concepts.ttl:6: barrier-fog uses pkb:mitigates, which is no term of ours"
        " (did you mean 'mitigatedBy'?)",
    ]


def test_what_is_certain_is_mended_and_nothing_else_changes(home):
    wrong = LAMP.replace("doi: 10", 'doi: "https://doi.org/10').replace("lamp\n", 'lamp" # seen\npages: 3-9\n', 1)
    wrong = wrong.replace("    asserts", '    qualifies: ["#c2"]\n    asserts')
    wrong += """  - id: "#c2"
    text: A lamp is no good in thick fog.
    basis: abstract
    about: [practice-lamp]
"""
    write(home, "holt-2001.yaml", wrong)

    changed = fix(home / "corpus", home / "ontology", CONTEXT)

    right = wrong.replace("https://doi.org/", "").replace("3-9", "3–9").replace('["#c2"]', '["holt-2001#c2"]')
    assert changed == [home / "corpus" / "holt-2001.yaml"]
    assert (home / "corpus" / "holt-2001.yaml").read_text(encoding="utf-8") == right


def test_each_file_is_mended_within_a_lock_of_its_own(home):
    taken = []

    @contextmanager
    def lock():
        taken.append("lock")
        yield
        taken.append("free")

    for name in ("holt-2001.yaml", "holt-2002.yaml"):
        write(home, name, LAMP.replace("doi: 10", "doi: https://doi.org/10"))
    changed = fix(home / "corpus", home / "ontology", CONTEXT, lock)

    assert len(changed) == 2 and taken == ["lock", "free"] * 2


def test_a_mend_leaves_the_line_ends_as_they_are(home):
    wrong = LAMP.replace("doi: 10", "doi: https://doi.org/10").replace("\n", "\r\n").encode()
    (home / "corpus" / "holt-2001.yaml").write_bytes(wrong)

    fix(home / "corpus", home / "ontology", CONTEXT)

    assert (home / "corpus" / "holt-2001.yaml").read_bytes() == LAMP.replace("\n", "\r\n").encode()


def test_a_relation_to_a_list_of_one_is_a_relation(home):
    write(home, "holt-2001.yaml", LAMP.replace("mitigatedBy: practice-lamp", "mitigatedBy: [practice-lamp]"))
    assert problems(home) == []

    path = home / "corpus" / "holt-2001.yaml"
    write(home, "holt-2001.yaml", path.read_text().replace("basis: abstract", "basis: recalled"))

    assert problems(home) == [
        "corpus/holt-2001.yaml:18: warning: barrier-fog mitigatedBy practice-lamp rests on nothing but memory or"
        " inference (find a work that says it)"
    ]


RETIRED = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
concept:practice-bell a skos:Concept ; skos:inScheme scheme:barrier ; owl:deprecated true ;
    dcterms:isReplacedBy concept:practice-lamp .
concept:practice-gong a skos:Concept ; skos:inScheme scheme:barrier ; owl:deprecated true ;
    dcterms:isReplacedBy concept:practice-bell .
concept:practice-horn a skos:Concept ; skos:inScheme scheme:barrier ; owl:deprecated true ;
    dcterms:isReplacedBy concept:practice-whistle .
concept:practice-drum a skos:Concept ; skos:inScheme scheme:barrier ; owl:deprecated true ;
    dcterms:isReplacedBy concept:practice-lamp .
"""
SUCCESSORS = {
    "one in use": ("subjects: [practice-bell]", "subjects: [practice-lamp]"),
    "one in a relation, of which the claim's text speaks": (
        "asserts: {subject: barrier-fog, mitigatedBy: [practice-bell]}", None,
    ),
    "one of a claim, whose text speaks of it": ("about: [practice-bell]", None),
    "one that is retired too": ("subjects: [practice-gong]", None),
    "one that does not exist": ("subjects: [practice-horn]", None),
    "one that stands there already": ("subjects: [practice-bell, practice-lamp]", None),
    "one of two concepts": ("subjects: [practice-bell, practice-drum]", None),
}  # fmt: skip


@pytest.mark.parametrize("successor", SUCCESSORS)
def test_a_retired_concept_gives_way_where_its_successor_is_certain(home, successor):
    (home / "ontology" / "concepts.ttl").write_text(CONCEPTS + RETIRED, encoding="utf-8")
    wrong, right = SUCCESSORS[successor]
    key = wrong.partition(":")[0]
    text = MOSS.replace("about: [barrier-fog]", wrong) if key == "about" else f"{MOSS}    {wrong}\n"
    text = MOSS.replace("url:", f"{wrong}\nurl:") if key == "subjects" else text
    write(home, "moss-1999.yaml", text)

    found = [each.fixable for each in check(home / "corpus", home / "ontology", CONTEXT) if "is retired" in str(each)]
    fix(home / "corpus", home / "ontology", CONTEXT)

    assert found and set(found) == {right is not None}
    assert (home / "corpus" / "moss-1999.yaml").read_text(encoding="utf-8") == text.replace(wrong, right or wrong)


def test_a_concept_that_is_said_not_to_be_deprecated_is_in_use(home):
    text = CONCEPTS + "concept:barrier-fog <http://www.w3.org/2002/07/owl#deprecated> false .\n"
    (home / "ontology" / "concepts.ttl").write_text(text, encoding="utf-8")

    assert problems(home) == []


def test_text_for_a_link_a_link_for_text_and_a_triple_are_told_and_do_no_harm(home):
    text = (
        CONCEPTS
        + """concept:barrier-fog skos:altLabel concept:mist ; skos:related "https://e/x", [] ;
        <urn:says> <<( <urn:a> <urn:b> <urn:c> )>> ."""
    )
    (home / "ontology" / "concepts.ttl").write_text(text, encoding="utf-8")
    names = Names.of(CONTEXT)

    fog = Ontology(parse_turtle(text), names)["barrier-fog"]

    assert (fog.label, fog.alt_labels, fog.foreign_labels) == ("Fog", (), ()) and fog.related == ("practice-lamp",)
    assert [line.partition(": ")[2].partition(", not ")[0] for line in problems(home)] == [
        "barrier-fog: altLabel takes text", *["barrier-fog: related takes an IRI"] * 2,
    ]  # fmt: skip


def test_many_claims_are_checked_in_the_time_of_many_not_of_many_squared(home):
    claim = LAMP[LAMP.index("  - id:") : LAMP.index("    supports")]
    claims = [claim.replace("#c1", f"#c{number}") for number in range(2, 3000)]
    source = Source("holt-2001", parse(LAMP + "".join(claims), home / "holt-2001.yaml"))
    checker = Checker(CONTEXT, Vocabulary(parse_turtle(CONCEPTS)), {"holt-2001", "moss-1999"}, {home: source})
    checker.ids["claim"].add("moss-1999#c1")

    start = perf_counter()
    found = list(checker.findings(source))

    assert found == [] and perf_counter() - start < 2


def test_the_files_that_were_mended_are_told(home):
    (home / "ontology" / "context.jsonld").write_text(json.dumps(CONTEXT), encoding="utf-8")
    write(home, "holt-2001.yaml", LAMP.replace("doi: 10", "doi: https://doi.org/10"))
    told = []

    found = KnowledgeBase(home).check(fix=True, notice=told.append)

    assert found == [] and told == [f"mended {home / 'corpus' / 'holt-2001.yaml'}"]


def test_blank_nodes_that_go_round_in_a_circle_do_not_hang_the_check(home):
    circle = LAMP.replace('id: "#c1"', 'id: "_:b"').replace("about: [practice-lamp,", 'about: ["_:b",')
    write(home, "holt-2001.yaml", circle.replace("    basis: abstract\n", ""))

    found = problems(home)

    assert "corpus/holt-2001.yaml:14: no concept '_:b'" in found


def test_file_that_is_not_utf_8_does_not_hide_the_others(home):
    (home / "corpus" / "moss-1999.yaml").write_bytes(MOSS.encode().replace(b"Fog keeps", b"F\xf6g keeps"))
    write(home, "holt-2001.yaml", LAMP.replace("issued", "isued"))

    assert problems(home) == [
        "corpus/holt-2001.yaml:1: a complete record needs a year; give issued: or set state: incomplete",
        "corpus/holt-2001.yaml:7: unknown key 'isued' (did you mean 'issued'?)",
        "corpus/moss-1999.yaml:13: is not UTF-8; save the file as UTF-8",
    ]


def test_claims_of_an_unreadable_file_count_as_being_there(home):
    write(home, "moss-1999.yaml", MOSS.replace("title: Fog", "title: [Fog"))

    assert [line.split(":")[0] for line in problems(home)] == ["corpus/moss-1999.yaml"]


def test_file_name_that_is_no_id_is_told(home):
    write(home, "Moss 2004.yaml", MOSS)

    found, *_ = problems(home)

    assert found.startswith("corpus/Moss 2004.yaml:2: 'Moss 2004' is no id (small letters,")


def test_file_of_another_ending_is_told(home):
    write(home, "reed-2001.yml", MOSS)

    assert problems(home) == ["corpus/reed-2001.yml:1: is not read (name it .yaml)"]


def test_broken_ontology_is_a_problem_with_its_line(home):
    (home / "ontology" / "concepts.ttl").write_text(CONCEPTS + "concept:rain a skos:Concept\n<", encoding="utf-8")

    [found] = problems(home)

    assert found.startswith("ontology/concepts.ttl:13: ")


def test_broken_shapes_are_a_problem(home):
    (home / "ontology" / "shapes.ttl").write_text("<urn:x> a\n", encoding="utf-8")

    [found] = problems(home)

    assert found.startswith("ontology/shapes.ttl:2: ")


def test_missing_shapes_are_a_problem(home):
    (home / "ontology" / "shapes.ttl").unlink()

    [found] = problems(home)

    assert found.startswith("ontology/shapes.ttl:1: is missing")


def test_a_shape_may_only_warn(home):
    shapes = home / "ontology" / "shapes.ttl"
    shapes.write_text("""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix pkb: <https://w3id.org/partnership-kb/ns#> .
        @prefix bibo: <http://purl.org/ontology/bibo/> .
        <urn:x> a sh:NodeShape ; sh:targetClass pkb:Claim ; sh:property [
            sh:path bibo:locator ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "no page is given" ] .
    """)

    found = check(home / "corpus", home / "ontology", CONTEXT)

    assert [each._replace(place="") for each in found] == [
        Problem(home / "corpus" / "holt-2001.yaml", 12, "no page is given", "", "warning", "shape")
    ]
    assert found[0].place == "claims.0"


def test_problems_come_by_file_and_line(home):
    write(home, "holt-2001.yaml", LAMP.replace("practice-lamp", "practice-lmp"))
    write(home, "moss-1999.yaml", MOSS.replace("barrier-fog", "barrier-frog"))
    (home / "ontology" / "concepts.ttl").write_text(CONCEPTS, encoding="utf-8")

    found = check(home / "corpus", home / "ontology", CONTEXT)

    assert found == sorted(found) and len({problem.path for problem in found}) >= 2


@pytest.mark.real
def test_our_own_files_have_no_error():
    assert [p for p in check(ROOT / "corpus", ROOT / "ontology", CONTEXT) if p.severity == "error"] == []


def test_an_open_question_needs_a_concept_on_whose_page_it_stands(home):
    more = """@prefix pkb: <https://w3id.org/partnership-kb/ns#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/partnership-kb/question/open-a> a pkb:OpenQuestion ; rdfs:label "How deep?"@en ;
    rdfs:comment "Nobody measured."@en ; dcterms:subject <https://w3id.org/partnership-kb/concept/barrier-reef> .
"""
    (home / "ontology" / "questions.ttl").write_text(more, encoding="utf-8")

    [found] = problems(home)

    assert found.startswith("ontology/questions.ttl:3: ") and "a concept on whose page it stands" in found


def test_locks_of_editors_are_no_sources(home):
    (home / "corpus" / ".#moss-1999.yaml").symlink_to("me@host.123:45")
    (home / "ontology" / ".#concepts.ttl").symlink_to("me@host.123:45")

    assert problems(home) == []


def test_a_dead_link_among_the_concepts_is_a_problem(home):
    (home / "ontology" / "more.ttl").symlink_to("nowhere")

    [found] = problems(home)

    assert found == "ontology:1: no file ontology/more.ttl (a link to nowhere: delete it)".replace(f"{home}/", "")


def test_mending_keeps_links_and_rights(home, tmp_path):
    real = tmp_path / "real.yaml"
    real.write_text(LAMP.replace("doi: 10.5555/lamp", "pages: 3-9"), encoding="utf-8")
    real.chmod(0o664)
    (home / "corpus" / "holt-2001.yaml").unlink()
    (home / "corpus" / "holt-2001.yaml").symlink_to(real)

    fix(home / "corpus", home / "ontology", CONTEXT)

    assert (home / "corpus" / "holt-2001.yaml").is_symlink()
    assert "pages: 3–9" in real.read_text(encoding="utf-8") and real.stat().st_mode & 0o777 == 0o664


@pytest.mark.parametrize("name", ['""', '"a\\ud800"', '"<<"', '"a\\u0007"'])
def test_a_name_in_extra_that_is_none_is_an_error(home, name):
    write(home, "holt-2001.yaml", LAMP + f"extra:\n  language: en\n  {name}: x\n")

    assert [(at[:24], "is no name" in at) for at in problems(home)] == [("corpus/holt-2001.yaml:23", True)]
