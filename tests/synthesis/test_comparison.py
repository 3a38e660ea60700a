"""What stands side by side: the counts of a home known by hand, what things have in common, and what is refused."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from kb import BadQuery, KnowledgeBase, NotFound
from kb.cli import main
from kb.plain import plain
from kb.synthesis.columns import QUERIES
from kb.synthesis.compared import HEAD, markdown, rows
from webapp.pages import by_stance, walk

MILL = """type: article
state: complete
status: reviewed
title: The third mill
authors: [{family: Mill, given: Di}]
issued: 2020
subjects: []
treats: [{concept: barrier-power-imbalance, locator: pp. 3–5}, {concept: barrier-power-imbalance, locator: p. 9}]
claims:
  - {id: "#c1", text: Written rules bind the strong side too., locator: p. 4, basis: text, curator: toy,
     about: [barrier-power-imbalance, practice-shared-rules], created: 2026-11-23,
     asserts: [{subject: barrier-power-imbalance, mitigatedBy: practice-shared-rules}]}
  - {id: "#c2", text: Far towns decide less., basis: recalled, curator: toy,
     about: [barrier-power-imbalance, barrier-distance], created: 2026-11-23}
"""
GONE = """type: article
state: complete
status: retracted
title: Withdrawn
authors: [{family: Gone, given: G.}]
issued: 2000
subjects: [barrier-distance]
cites: [reed-2001]
claims:
  - {id: "#c1", text: Nothing counts., locator: p. 1, basis: text, curator: toy, created: 2026-11-23,
     about: [barrier-power-imbalance, barrier-distance, practice-trust-building], disputes: ["reed-2001#c1"],
     asserts: [{subject: barrier-distance, mitigatedBy: practice-trust-building}]}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory, stub_encoder) -> Iterator[KnowledgeBase]:
    """The toy home with a work more, and with one that is retracted."""
    from conftest import lay_toy

    home = lay_toy(tmp_path_factory.mktemp("made"))
    (home / "corpus" / "mill-2020.yaml").write_text(MILL.replace("subjects: []", "subjects: [barrier-power-imbalance]"))
    (home / "corpus" / "gone-2000.yaml").write_text(GONE)
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


def compared(base, *ids, **how):
    return base.synthesis().compare(ids, **how)


def cell(found, name, place=0):
    """The items of a cell as far as they can be counted by hand."""
    aspect = next((each for each in found.aspects if each.name == name), None)
    return [(item.id, item.claims, item.claim) for item in aspect.cells[place]] if aspect else None


def test_what_is_said_of_a_concept_is_counted_with_the_strongest_claim(made):
    found = compared(made, "barrier-power-imbalance", "barrier-distance")

    assert cell(found, "stance") == [
        ("disputes", 2, "testwell-2010#c1"),
        ("supports", 1, "sandhill-1998#c1"),
        ("none", 2, "mill-2020#c1"),
    ]
    assert cell(found, "basis") == [
        ("text", 2, "mill-2020#c1"),
        ("abstract", 1, "reed-2001#c2"),
        ("reported", 1, "sandhill-1998#c1"),
        ("recalled", 1, "mill-2020#c2"),
    ]
    assert cell(found, "together/practice") == [
        ("practice-shared-rules", 2, "mill-2020#c1"),
        ("practice-co-decision-making", 1, "testwell-2010#c1"),
    ]
    assert cell(found, "together/barrier") == [
        ("barrier-distance", 1, "mill-2020#c2"),  # which is compared here
        ("barrier-one-way-resource-flow", 2, "testwell-2010#c1"),
    ]
    assert cell(found, "work") == [
        ("mill-2020", 2, "mill-2020#c1"),
        ("reed-2001", 1, "reed-2001#c2"),
        ("sandhill-1998", 1, "sandhill-1998#c1"),
        ("testwell-2010", 1, "testwell-2010#c1"),
    ]
    assert [thing.claims for thing in found.things] == [5, 3]


def test_what_a_retracted_work_claims_does_not_count_and_the_work_says_so(made):
    found = compared(made, "barrier-distance", "practice-trust-building")
    works = next(each for each in found.aspects if each.name == "work").cells[0]

    assert cell(found, "relation/pkb:mitigatedBy/out") == [
        ("practice-regular-meetings", 1, "marlow-quist-2012#c1"),
        ("practice-shared-rules", 1, "marlow-quist-2012#c3"),
    ]
    assert cell(found, "stance") == [("none", 3, "marlow-quist-2012#c1")]
    assert [(item.id, item.claims, item.note) for item in works if not item.claims] == [
        ("gone-2000", 0, "retracted"),
        ("tarn-1987", 0, ""),
    ]
    retracted = compared(made, "gone-2000")
    assert retracted.things[0].note.startswith("This work is retracted")
    assert cell(retracted, "stance") == [] and cell(retracted, "relation") is None


def test_what_is_only_recalled_is_marked_and_comes_last(made):
    aspects = {each.name: each for each in compared(made, "barrier-distance").aspects}

    notes = [item.note for item in aspects["relation/pkb:mitigatedBy/out"].cells[0]]

    assert notes == ["", "only recalled or inferred"]
    assert aspects["relation/pkb:mitigatedBy/out"].label == "mitigated by"


def test_a_relation_is_read_from_the_side_of_the_concept(made):
    (aspect,) = (each for each in compared(made, "practice-shared-rules").aspects if each.name.startswith("relation"))

    assert aspect.name == "relation/pkb:mitigatedBy/in"
    assert [item.id for item in aspect.cells[0]] == ["barrier-power-imbalance", "barrier-distance"]


def test_a_work_says_where_it_treats_a_concept(made):
    works = next(each for each in compared(made, "barrier-power-imbalance").aspects if each.name == "work").cells[0]

    assert works[0].id == "mill-2020" and set(works[0].note.removeprefix("treated at ").split("; ")) == {
        "pp. 3–5",
        "p. 9",
    }


def test_what_is_said_of_a_work_is_counted_too(made):
    found = compared(made, "testwell-2010", "reed-2001")
    texts = {each.name: [[item.text for item in items] for items in each.cells] for each in found.aspects}

    assert texts["kind"] == [["article"], ["book"]] and texts["year"] == [["2010"], ["2001"]]
    assert texts["reference"][1] == ["Reed, I. (2001). No: why neighbours refuse each other. Mill Press."]
    assert cell(found, "stance", 0) == [("disputes", 1, "testwell-2010#c1"), ("none", 1, "testwell-2010#c2")]
    assert cell(found, "stance", 1) == [("disputes", 2, "reed-2001#c1")]
    assert cell(found, "standing/cito:disputes/out", 0) == [("reed-2001", 1, "testwell-2010#c1")]
    assert cell(found, "standing/cito:disputes/in", 1) == [
        ("testwell-2010", 1, "reed-2001#c2"),  # which is compared here
        ("gone-2000", 1, "reed-2001#c1"),  # which is marked as retracted
    ]
    assert cell(found, "cites", 0) == [("reed-2001", 0, ""), ("sandhill-1998", 0, "")]
    assert texts["relation"][0] == ["Power imbalance: mitigated by Deciding together"]
    assert cell(found, "about/practice", 0) == [("practice-co-decision-making", 2, "testwell-2010#c1")]


def test_what_things_have_in_common_says_with_whom(made):
    found = compared(made, "barrier-power-imbalance", "barrier-distance", "practice-shared-rules")
    works = next(each for each in found.aspects if each.name == "work")

    assert {item.id: item.also_in for item in works.cells[0]} == {
        "mill-2020": ("barrier-distance", "practice-shared-rules"),
        "reed-2001": ("practice-shared-rules",),
        "sandhill-1998": (),
        "testwell-2010": (),
    }


def test_numbers_of_claims_are_the_same_only_where_they_count_the_same_claim(base):
    def shared(*ids):
        aspects = {each.name: each for each in compared(base, *ids).aspects}
        return [item.also_in != () for item in aspects["stance"].cells[0]]

    assert shared("barrier-power-imbalance", "practice-trust-building") == [False, False]
    assert shared("barrier-one-way-resource-flow", "barrier-power-imbalance") == [False, True]


def test_only_what_differs_leaves_out_what_all_have(made):
    ids = "barrier-power-imbalance", "barrier-distance"
    whole, differing = compared(made, *ids), compared(made, *ids, differ=True)

    kept = {(a.name, thing.id, item.id, item.text) for a in differing.aspects
            for thing, items in zip(differing.things, a.cells, strict=True) for item in items}  # fmt: skip
    every = {(a.name, thing.id, item.id, item.text): item.also_in for a in whole.aspects
             for thing, items in zip(whole.things, a.cells, strict=True) for item in items}  # fmt: skip
    assert kept == {key for key, also in every.items() if not also} and len(kept) < len(every)
    assert compared(made, "barrier-distance", differ=True).aspects == ()


def test_a_cell_tells_how_many_there_are_where_fewer_are_shown(made):
    works = next(each for each in compared(made, "barrier-power-imbalance", most=2).aspects if each.name == "work")

    assert [item.id for item in works.cells[0]] == ["mill-2020", "reed-2001"] and works.counts == (4,)


def test_each_item_that_claims_say_is_cited_with_its_page_or_basis(made):
    found = compared(made, "barrier-power-imbalance", "barrier-distance")
    items = [item for each in found.aspects for items in each.cells for item in items]

    assert [item for item in items if not item.citation] == []
    assert {item.citation for item in items if item.claim == "testwell-2010#c1"} == {"Testwell (2010), p. 4"}
    assert {item.citation for item in items if item.kind == "text"} == {"Two towns and a mill, in our own words"}


def test_labels_are_in_the_language_of_the_reader(base):
    found = base.synthesis("de").compare(["barrier-power-imbalance", "practice-co-decision-making"])

    assert found.things[0].label == "Machtgefälle"
    assert "Machtgefälle" in {item.text for each in found.aspects for item in each.cells[1]}


@pytest.mark.parametrize(
    ("ids", "error", "said"),
    [
        ([], BadQuery, "name the concepts or the works to compare"),
        (["barrier-distance", "reed-2001"], BadQuery, "'barrier-distance' is a concept and 'reed-2001' is a work"),
        (["barrier-distanse"], NotFound, "no concept or work 'barrier-distanse' .did you mean 'barrier-distance'"),
        ([f"barrier-{n}" for n in range(7)], BadQuery, "7 are too many to stand side by side: choose 6"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_sentence(base, ids, error, said):
    with pytest.raises(error, match=said):
        base.synthesis().compare(ids)


def test_the_same_id_twice_is_one(base):
    assert [thing.id for thing in compared(base, "reed-2001", "reed-2001").things] == ["reed-2001"]


def test_a_retired_concept_says_what_to_use_instead(toy, stub_encoder):
    file = toy / "ontology" / "toy.ttl"
    more = "concept:barrier-distance owl:deprecated true ; dcterms:isReplacedBy concept:barrier-mistrust ."
    file.write_text(file.read_text() + more)
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    note = compared(base, "barrier-distance").things[0].note
    base.close()

    assert note == "This concept is retired: use Mistrust instead."


def test_the_comparisons_to_begin_with_are_found_in_the_data(base):
    offers = base.synthesis().offers()

    assert [offer.ids for offer in offers[-1:]] == [("marlow-quist-2012", "reed-2001")]
    assert {offer.within for offer in offers} == {"Barrier", "Practice", ""}
    assert all(compared(base, *offer.ids).things for offer in offers)


def test_the_table_has_a_row_for_each_item_and_no_formula(made):
    found = compared(made, "barrier-power-imbalance", "barrier-distance")
    table = list(rows(found))

    assert len(table) == sum(len(items) for each in found.aspects for items in each.cells)
    assert all(len(row) == len(HEAD) for row in table)
    assert ("barrier-distance", "Distance", "Evidence: How its claims are known") in {row[:3] for row in table}


def test_the_text_has_each_thing_under_each_aspect_and_the_references_of_all_works(made):
    found = compared(made, "barrier-power-imbalance", "barrier-distance")
    text = markdown(found, made.synthesis().references(found), "From a test")

    assert text.startswith("# Power imbalance · Distance\n\nFrom a test\n\n")
    assert (
        "### mitigated by\n\n- **Power imbalance**\n  - Deciding together (1 claim) – Testwell (2010), p. 4\n" in text
    )
    assert "- **Distance**: none\n" in text  # no scope note
    references = text.partition("## References (APA)\n\n")[2].splitlines()
    assert [line[2:6] for line in references] == ["Gone", "Marl", "Mill", "Reed", "Sand", "Tarn", "Test"]
    assert references[0].endswith(r"\[retracted\]")


NAUGHTY = ["*No* [way](http://example.org) <b>x</b>", "=1+1", "- # 1. `rm`", "a|b\\c & &amp; _d_", "![x](y) ~~z~~"]


def test_what_texts_have_in_them_is_no_markup_and_no_formula(toy, stub_encoder):
    parser = pytest.importorskip("markdown_it").MarkdownIt().enable("strikethrough").enable("table")
    lines = [f"  - {{id: '#c{n}', text: {json.dumps(text)}, locator: {json.dumps(text)}, basis: text, curator: toy,"
             f" about: [practice-trust-building], supports: ['reed-2001#c1'], created: 2026-11-23}}"
             for n, text in enumerate(NAUGHTY, 1)]  # fmt: skip
    for number, line in enumerate(lines):
        head = f"type: book\nstate: complete\nstatus: draft\ntitle: {json.dumps(NAUGHTY[number])}\n"
        body = f"authors: [{{family: {json.dumps(NAUGHTY[number])}}}]\nissued: 2000\nsubjects: []\nclaims:\n{line}\n"
        (toy / "corpus" / f"odd-{number}.yaml").write_text(head + body)
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    found = compared(base, "practice-trust-building", "barrier-distance")
    text = markdown(found, base.synthesis().references(found))
    table = list(rows(found))
    base.close()

    tokens = [token for block in parser.parse(text) for token in [block, *(block.children or [])]]
    kinds = {token.type for token in tokens} - {"inline", "text", "softbreak"}
    assert kinds <= {f"{kind}_{end}" for kind in ("heading", "paragraph", "bullet_list", "list_item", "strong", "link")
                     for end in ("open", "close")}  # fmt: skip
    links = {token.attrs["href"] for token in tokens if token.type == "link_open"}
    assert links == {"http://example.org", "https://doi.org/10.5555/toy.2012.5"}
    assert not [cell for row in table for cell in row if str(cell).startswith(("=", "-", "+", "@"))]


def test_the_command_prints_what_the_web_has(base, monkeypatch, stub_encoder):
    monkeypatch.setattr("kb.cli.opened", lambda home: base)
    ids = ["barrier-distance", "barrier-mistrust"]

    def kb(*arguments):
        return CliRunner().invoke(main, ["compare", *ids, *arguments]).stdout

    found = compared(base, *ids)
    assert json.loads(kb("--json")) == plain(found)
    assert list(csv.reader(io.StringIO(kb("--format", "csv"))))[1:] == [list(map(str, row)) for row in rows(found)]
    assert kb().startswith("# Distance · Mistrust\n")
    assert json.loads(kb("--json", "--differ")) == plain(compared(base, *ids, differ=True))


def test_a_home_with_an_older_query_of_that_name_is_told_what_to_do(toy, stub_encoder):
    (toy / "ontology" / "queries" / f"{QUERIES['concept']}.rq").write_text("# Old.\nSELECT * { ?s ?p ?o }")
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    with pytest.raises(Exception, match="to have the one of ours"):
        compared(base, "barrier-distance")
    base.close()


@pytest.mark.real
def test_the_strongest_claim_is_the_first_of_its_group_on_the_page_of_the_concept(real_base):
    nodes = sorted((n for scheme in real_base.concepts() for n in walk(scheme.concepts)), key=lambda n: -n.claims)
    wrong = {}
    for id in dict.fromkeys(node.id for node in nodes[:40]):
        claims = [claim for claim in real_base.concept(id).claims if not claim.retracted]
        page = [(len(group), group[0].id) for _, group in by_stance(claims)]
        if (ours := [row[1:] for row in cell(compared(real_base, id), "stance")]) != page:
            wrong[id] = ours, page

    assert wrong == {}
