"""Each mistake of a SKOS vocabulary is found by name, on the line where the block of its subject begins."""

import json
import random
import tracemalloc
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kb.cli import main
from kb.corpus.check import check_vocabulary, fix_vocabulary
from kb.corpus.check.mend import apply
from kb.corpus.check.problems import Edit

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
VESSEL, BOAT, HARBOUR, DINGHY, SEA, LAND, WAVE = (
    "vessel", "boat", "harbour", "dinghy", "sea", "land", "wave",
)  # fmt: skip

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
        (SEA, "no-top-concept", "sea marks no top concept"),
        (VESSEL, "broader-cycle", "broader goes in a circle: vessel → dinghy → boat → vessel"),
    ]),
    "link to itself": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related ex:dinghy .", [
        (DINGHY, "self-link", "dinghy is related of itself"),
    ]),
    "related and below": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related ex:vessel .", [
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
               " .\n\nex:dinghy a", [(WAVE, "orphan", "wave is linked to no other concept")]),
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
        (LAND, "no-top-concept", "land marks no top concept"),
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
    "label that is an IRI": ('"small craft"@en', "ex:craft", [
        (BOAT, "wrong-kind", "boat: altLabel takes text, not <http://example.org/sea/craft>"),
    ]),
    "label that is a blank node": ('skos:prefLabel "Boat"@en ;', 'skos:prefLabel "Boat"@en ; skos:hiddenLabel _:x ;', [
        (BOAT, "wrong-kind", "boat: hiddenLabel takes text, not _:x"),
    ]),
    "link to text": ("skos:broader ex:boat .", 'skos:broader ex:boat ; skos:related "http://example.org/sea/boat" .', [
        (DINGHY, "wrong-kind", "dinghy: related takes an IRI, not \"http://example.org/sea/boat\""),
    ]),
    "link to a triple": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related <<( ex:a ex:b ex:c )>> .", [
        (DINGHY, "wrong-kind", "dinghy: related takes an IRI, not <http://example.org/sea/a>"
         " <http://example.org/sea/b> <http://example.org/sea/c>"),
    ]),
    "scheme without name": ('ex:sea a skos:ConceptScheme ; skos:prefLabel "Sea"@en', "ex:sea a skos:ConceptScheme", [
        (SEA, "missing-label", "sea has no prefLabel"),
    ]),
    "broader in another vocabulary": ("skos:broader ex:boat .", "skos:broader ex:boat, <urn:x:y> .", [
        (DINGHY, "no-concept", "dinghy has broader urn:x:y, which is no concept here"),
    ]),
}  # fmt: skip


def line_of(subject, text):
    """The line on which the block of a subject begins."""
    return text[: text.index(f"ex:{subject} a ")].count("\n") + 1


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
    text = RIGHT.replace(right, wrong, 1)
    file.write_text(text, encoding="utf-8")

    found = [(problem.line, problem.check, problem.message) for problem in check_vocabulary(file)]

    assert found == [(line_of(subject, text), *rest) for subject, *rest in expected]


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


CERTAIN = {  # what stands in the file, and what comes of it
    "the last of a list": ('"haven"@en', '"haven"@en, "Harbour"@en', '"haven"@en'),
    "the first of a list": ('"harbor"@en, "haven"@en', '"Harbour"@en,\n        "haven"@en', '"haven"@en'),
    "the only one of its predicate": ('"Dinghy"@en', '"Dinghy"@en ; skos:hiddenLabel "Dinghy"@en', '"Dinghy"@en'),
    "a text with a datatype": ('"haven"@en', '" haven"^^xsd:string', '"haven"^^xsd:string'),
    "a text with other quotes": ('"haven"@en', """'a \\"safe\\"  haven'@EN""", '"a \\"safe\\" haven"@EN'),
}  # fmt: skip
UNCERTAIN = {
    "first in its block": ("ex:boat a skos:Concept ;", 'ex:boat skos:altLabel "Boat"@en ; a skos:Concept ;'),
    "alone in a block": ("ex:dinghy a", 'ex:boat skos:altLabel "Boat"@en .\n\nex:dinghy a'),
    "before a comment": ('"small craft"@en', '"Boat"@en, # old\n        "small craft"@en'),
    "after a comment": ('"small craft"@en', '"small craft"@en, # the same:\n        "Boat"@en'),
    "stated twice": ('"small craft"@en', '"small craft"@en, "Boat"@en, "Boat"@en'),
    "with a remark of its own": ('"small craft"@en', '"small craft"@en, "Boat"@en {| dcterms:source ex:log |}'),
}  # fmt: skip


@pytest.mark.parametrize("place", CERTAIN)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_label_is_mended_where_it_stands(file, place, end):
    right, wrong, mended = CERTAIN[place]
    text = ("@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n" + RIGHT).replace("\n", end)
    wrong, mended = wrong.replace("\n", end), mended.replace("\n", end)
    file.write_bytes(text.replace(right, wrong).encode())

    fix_vocabulary(file)

    assert file.read_bytes().decode() == text.replace(right, mended)


@pytest.mark.parametrize("place", UNCERTAIN)
def test_a_label_is_left_alone_where_the_block_might_break(file, place):
    text = RIGHT.replace(*UNCERTAIN[place])
    file.write_text(text, encoding="utf-8")

    found = [problem for problem in check_vocabulary(file) if problem.check in ("label-twice", "label-spaces")]

    assert len(found) >= 1 and not any(problem.fixable for problem in found)
    assert fix_vocabulary(file) == [] and file.read_text(encoding="utf-8") == text


def test_lines_that_are_added_end_like_the_others(file):
    left_out = RIGHT.replace(" ;\n    skos:related ex:harbour .", " .")
    file.write_bytes(left_out.replace("\n", "\r\n").encode())

    fix_vocabulary(file)

    assert file.read_bytes() == RIGHT.replace("\n", "\r\n").encode()


def test_a_further_object_stays_with_its_predicate_when_a_predicate_follows_it(file):
    more = "skos:broader ex:boat ; skos:narrower ex:raft ; skos:related ex:harbour ."
    text = RIGHT.replace("skos:related ex:boat .", "skos:related ex:boat, ex:dinghy, ex:vessel .")
    text = text.replace("skos:broader ex:boat .", more).replace("skos:broader ex:vessel ;", "", 1)
    raft = 'ex:raft a skos:Concept ; skos:inScheme ex:sea ; skos:prefLabel "Raft"@en ; skos:related ex:dinghy .'
    file.write_text(text + raft, encoding="utf-8")

    fix_vocabulary(file)

    left = {p.message.split(" ")[2] for p in check_vocabulary(file) if p.check == "one-way-link"}
    assert left <= {"broader", "narrower"}  # of which a person must tell whether they are right


NO_MEND = {
    "a blank node has it": ("ex:dinghy a", "[] a skos:Concept ; skos:related ex:boat .\n\nex:dinghy a"),
    "it leads to a blank node": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related [ a skos:Concept ] ."),
    "a retired concept has it": ("skos:broader ex:boat .", "owl:deprecated true ; skos:related ex:vessel ;"
                                 " skos:broader ex:boat ."),
    "it leads to a scheme": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related ex:sea ."),
    "it excludes another": ("skos:broader ex:boat .", "skos:broader ex:boat ; skos:related ex:vessel ."),
    "it closes a circle": ("skos:related ex:harbour .", "skos:related ex:harbour ; skos:narrower ex:dinghy .\n\n"
                           "ex:vessel skos:broader ex:dinghy ; skos:narrower ex:boat ."),
}  # fmt: skip


@pytest.mark.parametrize("why", NO_MEND)
def test_the_other_side_of_a_link_is_not_added_when(file, why):
    text = RIGHT.replace(*NO_MEND[why])
    file.write_text(text, encoding="utf-8")

    assert fix_vocabulary(file) == [] and file.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("seed", range(200))
def test_a_fix_changes_the_triples_that_it_mends_and_no_others(file, seed):
    chance = random.Random(seed)
    text = RIGHT
    for _ in range(chance.randint(1, 6)):
        right, wrong = chance.choice([*((r, w) for r, w, _ in [*CERTAIN.values(), *MISTAKES.values()]),
                                      *UNCERTAIN.values(), *NO_MEND.values(), *NOISE])  # fmt: skip
        text = text.replace(right, wrong, 1)
    file.write_bytes(f"@prefix xsd: <urn:xsd#> .\n{text}".replace("\n", chance.choice(["\n", "\r\n"])).encode())
    before, fixable = triples(file), any(problem.fixable for problem in check_vocabulary(file))

    changed = fix_vocabulary(file)

    assert changed == ([file] if fixable else []) and (triples(file) != before) == fixable
    assert set(map(meaning, triples(file))) == set(map(meaning, before))


NOISE = [("ex:", "\n# a; b, c. \"\n  ex:"), (" ;\n", " ;; # x\n"), ("skos:related", "\n  skos:related"),
         ("@en ;", "@en , [] ;"), ("skos:altLabel", "skos:note [ skos:note (ex:a '. ') ] ; skos:altLabel")]  # fmt: skip


def triples(path):
    """The triples of a file, blank nodes all alike."""
    return {
        tuple(ox.BlankNode("b") if isinstance(part, ox.BlankNode) else part for part in quad.triple)
        for quad in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)
    }


def meaning(triple):
    """What is the same of two triples when the second is a mend of the first, or follows from it."""
    subject, predicate, value = triple
    name = predicate.value.rpartition("#")[2]
    if name.endswith("Label") and isinstance(value, ox.Literal):
        return subject, "label", " ".join(value.value.split()), value.language
    inverse = {"narrower": "broader", "hasTopConcept": "topConceptOf"}.get(name)
    if inverse or (name == "related" and str(value) > str(subject)):
        return value, inverse or "related", subject
    return subject, name, value


def test_a_file_that_was_saved_in_the_meantime_is_left_alone(file):
    file.write_text("title: Fog\npages: 3-9\n", encoding="utf-8")
    moved = Edit(file, 7, 10, "3-9", "3–9")

    assert apply([moved]) == [] and file.read_text(encoding="utf-8") == "title: Fog\npages: 3-9\n"


def test_a_mend_that_would_change_another_triple_is_not_made(file):
    file.write_text("<urn:a> <urn:b> <urn:c> .", encoding="utf-8")
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:d"))
    right, wrong = (Edit(file, 23, 23, "", f", <urn:{end}>", plus=(triple,)) for end in "de")

    assert apply([wrong]) == [] and apply([right]) == [file]


@pytest.mark.parametrize("label", ["Coût\u00a0: élevé", "力\u3000学", "می\u200cخواهم", "co\u00adoperation"])
def test_signs_that_a_script_needs_are_right(file, label):
    file.write_text(RIGHT.replace("small craft", label), encoding="utf-8")

    assert check_vocabulary(file) == []


@pytest.mark.parametrize("sign", ["\u200b", "\ufeff", "\ufffd", "\x07", "\ue000"])
def test_signs_that_nobody_sees_are_told(file, sign):
    file.write_text(RIGHT.replace("small craft", f"small{sign}craft"), encoding="utf-8")

    assert [problem.check for problem in check_vocabulary(file)] == ["unprintable-label"]


@pytest.mark.parametrize("name", ["dcterms:title", "rdfs:label", "dc:title"])
def test_a_scheme_may_have_its_name_as_a_title(file, name):
    prefixes = (
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n@prefix dc: <http://purl.org/dc/elements/1.1/> .\n"
    )
    file.write_text(prefixes + RIGHT.replace('skos:prefLabel "Sea"@en', f'{name} "Sea"@en'), encoding="utf-8")

    assert check_vocabulary(file) == []


def test_a_scheme_without_name_is_no_error(file):
    file.write_text(RIGHT.replace('; skos:prefLabel "Sea"@en', ""), encoding="utf-8")

    assert [problem.severity for problem in check_vocabulary(file)] == ["warning"]


def test_the_hint_names_the_mapping_to_another_vocabulary(file):
    file.write_text(RIGHT.replace("broader ex:boat .", "broader ex:boat, <urn:x:y> ."), encoding="utf-8")

    assert [problem.hint for problem in check_vocabulary(file)] == ["to another vocabulary: broadMatch"]


def layers(count, wide=2):
    """A vocabulary of layers, each concept below all of the layer above it, and the first layer below the last."""
    names = [[f"ex:n{chr(97 + at)}{layer}" for at in range(wide)] for layer in range(count)]
    below = zip(names, [names[-1], *names[:-1]], strict=True)
    lines = [f"{one} a skos:Concept ; skos:broader {', '.join(above)} ." for layer, above in below for one in layer]
    return "@prefix ex: <urn:x/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n" + "\n".join(lines)


def test_a_circle_of_many_ways_is_found_at_once(file):
    file.write_text(layers(40))

    [circle] = [problem for problem in check_vocabulary(file) if problem.check == "broader-cycle"]

    assert circle.message.startswith("broader goes in a circle: na0 → na39 → na38 →")
    assert circle.message.count("→") == 10 and circle.message.endswith("→ … (40 concepts)")


def test_a_large_circle_takes_little_memory(file):
    file.write_text(layers(3000, 1))
    tracemalloc.start()

    found = check_vocabulary(file)

    assert sum(problem.check == "broader-cycle" for problem in found) == 1
    assert tracemalloc.get_traced_memory()[1] < 60_000_000
    tracemalloc.stop()


def test_two_circles_are_two_problems_and_what_hangs_below_them_is_none(file):
    ring = layers(3, 1)
    other = ring.partition("\n")[2].replace("ex:n", "ex:m")
    file.write_text(f"{ring}\n{other}\nex:leaf a skos:Concept ; skos:broader ex:na0, ex:ma0 .")

    found = [problem.message for problem in check_vocabulary(file) if problem.check == "broader-cycle"]

    assert sorted(found) == [f"broader goes in a circle: {n}a0 → {n}a2 → {n}a1 → {n}a0" for n in "mn"]


def test_the_command_tells_which_file_was_mended(file):
    file.write_text(RIGHT.replace('"small craft"@en', '" small  craft"@en'), encoding="utf-8")

    first = CliRunner().invoke(main, ["check", "--fix", "--json", str(file)])
    second = CliRunner().invoke(main, ["check", "--fix", "--json", str(file)])

    assert first.stderr == f"mended {file}\n" and json.loads(first.stdout) == []
    assert second.stderr == ""


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
