"""Each mistake of a SKOS vocabulary is found by name, on the line where the block of its subject begins."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.corpus.check import check_vocabulary, fix_vocabulary

STW = Path(__file__).parents[3] / "shared" / "data" / "skos" / "stw-skos.ttl"
RIGHT = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix ex: <http://example.org/sea/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .

ex:sea a skos:ConceptScheme ; skos:prefLabel "Sea"@en .
ex:land a skos:ConceptScheme ; skos:prefLabel "Land"@en .

ex:vessel a skos:Concept ;
    skos:inScheme ex:sea ; skos:topConceptOf ex:sea ;
    skos:prefLabel "Vessel"@en ;
    skos:altLabel "watercraft"@en ;
    skos:definition "A thing that floats, is steered and carries people or goods."@en .

ex:boat a skos:Concept ;
    skos:inScheme ex:sea ;
    skos:prefLabel "Boat"@en ;
    skos:altLabel "small craft"@en ;
    skos:definition "A vessel that is small enough to be pulled ashore by hand."@en ;
    skos:broader ex:vessel ;
    skos:related ex:harbour .

ex:harbour a skos:Concept ;
    skos:inScheme ex:land ; skos:topConceptOf ex:land ;
    skos:prefLabel "Harbour"@en ;
    skos:altLabel "harbor"@en, "haven"@en ;
    skos:definition "A place by the sea where a vessel lies safe from the waves."@en ;
    skos:related ex:boat .

ex:dinghy a skos:Concept ;
    skos:inScheme ex:sea ;
    skos:prefLabel "Dinghy"@en ;
    skos:definition "A boat without deck, rowed or sailed, that serves a larger vessel."@en ;
    skos:broader ex:boat .
"""
VESSEL, BOAT, HARBOUR, DINGHY, END = 9, 15, 23, 30, 35

MISTAKES = {
    "label missing": ('skos:prefLabel "Boat"@en ;\n', "\n", [(BOAT, "missing-label", "boat has no prefLabel")]),
    "two preferred labels in a language": ('"Boat"@en', '"Boat"@en, "Skiff"@en', [
        (BOAT, "two-preferred-labels", "boat has more than one prefLabel in en (S14)"),
    ]),
    "empty label": ('"small craft"@en', '" "@en', [(BOAT, "empty-label", "boat has an empty altLabel")]),
    "label without language": ('"small craft"@en', '"small craft"', [
        (BOAT, "untagged-label", "boat: the altLabel 'small craft' has no language"),
    ]),
    "sign that cannot be printed": ('"small craft"@en', '"small\\u200Bcraft"@en', [
        (BOAT, "unprintable-label", "boat: the altLabel 'small\\u200bcraft' holds a sign that cannot be printed"),
    ]),
    "spaces too many": ('"small craft"@en', '" small  craft"@en', [
        (BOAT, "label-spaces", "boat: the altLabel ' small  craft' has spaces too many"),
    ]),
    "label of two kinds": ('"small craft"@en', '"small craft"@en, "Boat"@en', [
        (BOAT, "label-twice", "boat: 'Boat' is both prefLabel and altLabel (S13)"),
    ]),
    "label of two concepts": ('"small craft"@en', '"Haven"@en', [
        (BOAT, "shared-label", "boat shares the label 'Haven' with harbour"),
    ]),
    "nearly the same label": ('"Dinghy"@en', '"Harbours"@en', [
        (DINGHY, "near-label", "dinghy and harbour have nearly the same label: 'Harbours' and 'Harbour'"),
    ]),
    "language missing": (
        'skos:prefLabel "Boat"@en ;', 'skos:prefLabel "Boot"@de ;', [
            (BOAT, "missing-language", "boat has no prefLabel in en, as most others have"),
        ]),
    "no definition": ('    skos:definition "A place by the sea where a vessel lies safe from the waves."@en ;\n', "", [
        (HARBOUR, "missing-definition", "harbour has no definition"),
    ]),
    "definition too short": ("A place by the sea where a vessel lies safe from the waves.", "A place for boats.", [
        (HARBOUR, "short-definition", "harbour: the definition has fewer than 8 words"),
    ]),
    "circle": ("skos:topConceptOf ex:sea ;", "skos:broader ex:dinghy ;", [
        (6, "no-top-concept", "sea marks no top concept"),
        (VESSEL, "broader-cycle", "broader goes in a circle: vessel → dinghy → boat → vessel"),
    ]),
    "link to itself": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related ex:dinghy .", [
        (DINGHY, "self-link", "dinghy is related of itself"),
    ]),
    "related and below": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related ex:vessel .", [
        (DINGHY, "one-way-link", "dinghy has related vessel, which lacks related dinghy"),
        (DINGHY, "disjoint-relations", "dinghy is both related to and below vessel (S27)"),
    ]),
    "exact and broader match": ("skos:related ex:boat .", "skos:exactMatch <urn:h> ; skos:broadMatch <urn:h> ;"
                                " skos:related ex:boat .", [
        (HARBOUR, "disjoint-relations", "harbour has both exactMatch and broadMatch to urn:h (S46)"),
    ]),
    "concept and scheme at once": ("ex:harbour a skos:Concept ;", "ex:harbour a skos:Concept, skos:Collection ;", [
        (HARBOUR, "class-clash", "harbour is both Collection and Concept (S9, S37)"),
    ]),
    "orphan": ("ex:dinghy a", 'ex:wave a skos:Concept ; skos:inScheme ex:sea ; skos:topConceptOf ex:sea ;\n'
               '    skos:prefLabel "Wave"@en ; skos:definition "What the wind makes of the water when it blows."@en'
               " .\n\nex:dinghy a", [(DINGHY, "orphan", "wave is linked to no other concept")]),
    "concept without scheme": ('    skos:inScheme ex:sea ;\n    skos:prefLabel "Din', '    skos:prefLabel "Din', [
        (DINGHY, "no-scheme", "dinghy stands in no scheme"),
    ]),
    "concept outside the tree": ("skos:broader ex:boat .", "skos:related ex:harbour .", [
        (DINGHY, "not-in-tree", "dinghy has no broader concept and is no top concept"),
        (DINGHY, "one-way-link", "dinghy has related harbour, which lacks related dinghy"),
    ]),
    "top concept with a broader one": ("skos:broader ex:boat .", "skos:topConceptOf ex:sea ; skos:broader ex:boat .", [
        (DINGHY, "top-with-broader", "dinghy is a top concept and yet below boat"),
    ]),
    "broader in another scheme": ("skos:topConceptOf ex:land ;", "skos:broader ex:vessel ;", [
        (7, "no-top-concept", "land marks no top concept"),
        (HARBOUR, "broader-elsewhere", "harbour is below vessel, which stands in another scheme"),
    ]),
    "broader that goes without saying": ("skos:broader ex:boat .", "skos:broader ex:boat, ex:vessel .", [
        (DINGHY, "redundant-broader", "dinghy: broader vessel is said already by boat"),
    ]),
    "related in one direction": ("    skos:related ex:harbour .", "    skos:note \"By the shore.\"@en .", [
        (HARBOUR, "one-way-link", "harbour has related boat, which lacks related harbour"),
    ]),
    "broader to nothing": ("skos:broader ex:boat .", "skos:broader ex:boot, ex:boat .", [
        (DINGHY, "no-concept", "dinghy has broader http://example.org/sea/boot, which is no concept here"),
    ]),
    "mapping inside": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:closeMatch ex:vessel .", [
        (DINGHY, "mapping-inside", "dinghy has closeMatch vessel of the same scheme"),
    ]),
    "retired without successor": ("ex:dinghy a skos:Concept ;", "ex:dinghy a skos:Concept ; owl:deprecated true ;", [
        (DINGHY, "no-successor", "dinghy is retired and names no successor"),
    ]),
    "link to what is retired": ("ex:boat a skos:Concept ;", "ex:boat a skos:Concept ; owl:deprecated true ;"
                                " dcterms:isReplacedBy ex:vessel ;", [
        (HARBOUR, "link-to-retired", "harbour has related boat, which is retired"),
        (DINGHY, "link-to-retired", "dinghy has broader boat, which is retired"),
    ]),
    "term that SKOS gave up": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:subject ex:boat .", [
        (DINGHY, "deprecated-term", "dinghy uses skos:subject, which SKOS has given up"),
    ]),
    "term that SKOS does not have": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:broaderr ex:vessel .", [
        (DINGHY, "unknown-term", "dinghy uses skos:broaderr, which SKOS does not have"),
    ]),
    "term that follows": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:broaderTransitive ex:vessel .", [
        (DINGHY, "entailed-term", "dinghy states skos:broaderTransitive, which follows from the other links"),
    ]),
}  # fmt: skip


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sea.ttl"


def test_a_right_vocabulary_has_no_problem(file):
    file.write_text(RIGHT, encoding="utf-8")

    assert check_vocabulary(file) == []


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found_by_name_on_its_line(file, mistake):
    right, wrong, expected = MISTAKES[mistake]
    assert right in RIGHT
    file.write_text(RIGHT.replace(right, wrong, 1), encoding="utf-8")

    found = [(problem.line, problem.check, problem.message) for problem in check_vocabulary(file)]

    shift = RIGHT.replace(right, wrong, 1).count("\n") - RIGHT.count("\n")
    assert [
        (line if line in {want for want, *_ in expected} else line - shift, *rest) for line, *rest in found
    ] == expected


def test_a_shared_label_may_be_explained(file):
    note = 'skos:scopeNote "A boat, when the place where it lies is not meant."@en ; skos:broader ex:vessel ;'
    text = RIGHT.replace('"small craft"@en', '"Haven"@en').replace("skos:broader ex:vessel ;", note)
    file.write_text(text.replace("skos:related ex:boat", 'skos:scopeNote "The place alone."@en ; skos:related ex:boat'))

    assert check_vocabulary(file) == []


def test_the_other_side_of_a_link_is_added_in_place(file):
    left_out = RIGHT.replace(" ;\n    skos:related ex:harbour .", " .")
    file.write_text(left_out, encoding="utf-8")

    changed = fix_vocabulary(file)

    assert changed == [file] and check_vocabulary(file) == []
    assert file.read_text(encoding="utf-8") == RIGHT


def test_several_mends_of_one_block_are_made_at_once(file):
    boat = 'skos:related ex:boat, ex:dinghy ; skos:altLabel "Harbour"@en, " quay"@en .'
    file.write_text(
        RIGHT.replace("skos:related ex:boat .", boat).replace(
            "    skos:related ex:harbour .", '    skos:note "1; 2. 3"@en .'
        )
    )

    fix_vocabulary(file)

    text = file.read_text(encoding="utf-8")
    assert check_vocabulary(file) == []
    assert 'skos:related ex:boat, ex:dinghy ; skos:altLabel "quay"@en .' in text
    assert 'skos:note "1; 2. 3"@en ;\n    skos:related ex:harbour .' in text
    assert "skos:broader ex:boat ;\n    skos:related ex:harbour .\n" in text and "safe from the waves" in text


def test_a_file_that_is_no_vocabulary_is_told(tmp_path):
    broken, empty = tmp_path / "broken.ttl", tmp_path / "empty.ttl"
    broken.write_text("<urn:a> a\n\n<", encoding="utf-8")
    empty.write_text("<urn:a> a <urn:b> .", encoding="utf-8")

    assert [check_vocabulary(path)[0].check for path in (broken, empty)] == ["unreadable", "unreadable"]
    assert check_vocabulary(broken)[0].line == 3


def test_the_command_tells_kinds_and_how_many(file):
    file.write_text(RIGHT.replace('"small craft"@en', '" small  craft"@en, ""@en'), encoding="utf-8")

    shown = CliRunner().invoke(main, ["check", str(file)])
    data = CliRunner().invoke(main, ["check", str(file), "--json"])

    assert shown.exit_code == 1
    assert shown.output.splitlines()[-3:] == [
        "1 error: 1 empty-label", "1 warning: 1 label-spaces", "1 of them can be mended by --fix",
    ]  # fmt: skip
    assert [problem["fixable"] for problem in json.loads(data.output)] == [False, True]


def test_many_problems_of_one_kind_are_cut_short_unless_all_are_wanted(file):
    names = [f"w{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(30)]
    more = [
        f'ex:{n} a skos:Concept ; skos:inScheme ex:sea ; skos:prefLabel "{n}"@en ; skos:broader ex:boat .'
        for n in names
    ]
    file.write_text(RIGHT + "\n".join(more), encoding="utf-8")

    short = CliRunner().invoke(main, ["check", str(file)]).output
    long = CliRunner().invoke(main, ["check", str(file), "--all"]).output

    assert short.count("has no definition") == 20 and long.count("has no definition") == 30
    assert "of each kind the first 20 were shown; --all shows every one" in short


@pytest.mark.skipif(not STW.exists(), reason=f"no {STW}: a thesaurus to measure with, not part of this project")
@pytest.mark.real
def test_a_large_thesaurus_is_checked_whole():
    found = check_vocabulary(STW)

    kinds = {problem.check for problem in found}
    assert {"redundant-broader", "label-spaces", "link-to-retired"} <= kinds
    assert "no-concept" not in kinds and "broader-cycle" not in kinds
