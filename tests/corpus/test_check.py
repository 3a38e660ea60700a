"""Each mistake a curator makes is found by name, on its line, once."""

import json
import shutil
from pathlib import Path

import pytest

from kb.corpus.check import Problem, check

ROOT = Path(__file__).parents[2]
CONTEXT = json.loads((ROOT / "ontology" / "context.jsonld").read_text(encoding="utf-8"))

CONCEPTS = """\
@prefix concept: <https://w3id.org/partnership-kb/concept/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
concept:barrier-fog a skos:Concept ; skos:prefLabel "Fog"@en .
concept:practice-lamp a skos:Concept ; skos:prefLabel "Lamp"@en .
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
    about: [practice-lamp]
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
    "key of the source in a claim": ("    curator", "    subjects: [barrier-fog]\n    curator", [
        "19: unknown key 'subjects' in claims (it belongs in the source itself)",
    ]),
    "id written into the file": ("type: article", "id: holt-2001\ntype: article", [
        "1: unknown key 'id' (it belongs in claims)",
    ]),
    "class name as key": ("doi:", "book: yes\ndoi:", ["10: unknown key 'book'"]),
    "unknown type": ("type: article", "type: artcle", ["1: unknown type 'artcle' (did you mean 'article'?)"]),
    "unknown value": ("basis: abstract", "basis: abstrct", ["14: unknown basis 'abstrct' (did you mean 'abstract'?)"]),
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
    "unknown concept in a claim": ("about: [practice-lamp]", "about: [lamp]", ["15: no concept 'lamp'"]),
    "unknown concept in a relation": ("subject: barrier-fog", "subject: barrier-frog", [
        "18: no concept 'barrier-frog' (did you mean 'barrier-fog'?)",
    ]),
    "unknown source": ("cites: [moss-1999]", "cites: [mos-1999]", [
        "9: no source 'mos-1999' (did you mean 'moss-1999'?)",
    ]),
    "unknown claim": ("moss-1999#c1", "moss-1999#c2", ["16: no claim 'moss-1999#c2' (did you mean 'moss-1999#c1'?)"]),
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
        "10: doi: must be the bare DOI, such as 10.1016/j.worlddev.2004.09.017, without https://doi.org/",
    ]),
    "address that is none": ("doi: 10.5555/lamp", "url: www.example.org", [
        "10: url 'www.example.org' is no web address (it begins with https:// or http://)",
    ]),
    "key twice": ("issued: 2001", "issued: 2001\ntitle: Lamps", [
        '8: found duplicate key "title" with value "Lamps" (original value: "Lamps in the fog")',
    ]),
    "broken YAML": ("title: Lamps in the fog", "title: Lamps: in the fog", ["4: mapping values are not allowed here"]),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_by_name_on_its_line(home, mistake):
    right, wrong, expected = MISTAKES[mistake]
    write(home, "holt-2001.yaml", LAMP.replace(right, wrong, 1))

    found = problems(home)

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


def test_blank_nodes_that_go_round_in_a_circle_do_not_hang_the_check(home):
    circle = LAMP.replace('id: "#c1"', 'id: "_:b"').replace("about: [practice-lamp]", 'about: ["_:b"]')
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

    [found] = problems(home)

    assert found.startswith("corpus/Moss 2004.yaml:2: 'Moss 2004' is no id (small letters,")


def test_file_of_another_ending_is_told(home):
    write(home, "reed-2001.yml", MOSS)

    assert problems(home) == ["corpus/reed-2001.yml:1: is not read (name it .yaml)"]


def test_broken_ontology_is_a_problem_with_its_line(home):
    (home / "ontology" / "concepts.ttl").write_text(CONCEPTS + "concept:rain a skos:Concept\n<", encoding="utf-8")

    [found] = problems(home)

    assert found.startswith("ontology/concepts.ttl:6: ")


def test_broken_shapes_are_a_problem(home):
    (home / "ontology" / "shapes.ttl").write_text("<urn:x> a\n", encoding="utf-8")

    [found] = problems(home)

    assert found.startswith("ontology/shapes.ttl:1: cannot be read: ")


def test_a_shape_may_only_warn(home):
    shapes = home / "ontology" / "shapes.ttl"
    shapes.write_text("""
        @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix pkb: <https://w3id.org/partnership-kb/ns#> .
        @prefix bibo: <http://purl.org/ontology/bibo/> .
        <urn:x> a sh:NodeShape ; sh:targetClass pkb:Claim ; sh:property [
            sh:path bibo:locator ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "no page is given" ] .
    """)

    found = check(home / "corpus", home / "ontology", CONTEXT)

    assert found == [Problem(home / "corpus" / "holt-2001.yaml", 12, "no page is given", "", "warning")]


def test_problems_come_by_file_and_line(home):
    write(home, "holt-2001.yaml", LAMP.replace("practice-lamp", "practice-lmp"))
    write(home, "moss-1999.yaml", MOSS.replace("barrier-fog", "barrier-frog"))

    found = check(home / "corpus", home / "ontology", CONTEXT)

    assert found == sorted(found) and len({problem.path for problem in found}) == 2


@pytest.mark.real
def test_our_own_sources_have_no_problem():
    assert check(ROOT / "corpus", ROOT / "ontology", CONTEXT) == []
