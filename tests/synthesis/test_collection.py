"""A collection: what is collected comes in the reader's order with its notes, its references and its warnings."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import StubEncoder

from kb import BadQuery, KnowledgeBase, TooLong, cli
from kb.plain import plain
from kb.synthesis.collection import GONE, NO_PAGE, RETIRED, RETRACTED, UNCHECKED, UNSURE
from kb.synthesis.markdown import escaped
from kb.synthesis.written import HEAD, WITHOUT, markdown, rows

MIXED = ["testwell-2010#c1", "barrier-distance", "reed-2001", "marlow-quist-2012#c3", "no-such-thing"]
NEWS = """
type: article
state: complete
status: {status}
title: {title}
authors:
  - {{family: {name}}}
issued: 2020
container: Made-up News
subjects: [barrier-distance]
claims:
  - id: "#c1"
    text: The bridge is closed.
    basis: text
    about: [barrier-distance]
    curator: toy
    created: 2026-11-23
"""
OLD = """
concept:barrier-fog a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Fog"@en ;
    owl:deprecated true ; dcterms:isReplacedBy concept:barrier-distance .
"""


@pytest.fixture(scope="module")
def made_up(tmp_path_factory, stub_encoder) -> KnowledgeBase:
    """The toy home with a work that was withdrawn, one that gives no page, and a concept that is retired."""
    from conftest import lay_toy

    home = lay_toy(tmp_path_factory.mktemp("made") / "home")
    for name, status in (("withdrawn", "retracted"), ("pageless", "draft")):
        text = NEWS.format(status=status, title=f"The {name} bridge", name=name.title())
        (home / "corpus" / f"{name}.yaml").write_text(text)
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write(OLD)
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


def collected(base, *items, notes=(), style="apa"):
    return base.synthesis().collection(items, notes, style)


def same_rows(base: KnowledgeBase, view) -> bool:
    """Whether the query of a list gives over SPARQL what the list and its table show."""
    text = base.generation.views().queries.text("collected", *view.iris)
    asked = {(row["this"], row["kind"], row.get("source")) for row in base.query(text).rows()}
    names = base.generation.names
    shown = {(i.iri, i.kind, names.iri("source", i.source.id) if i.source else None) for i in view.items if i.iri}
    table = [dict(zip(HEAD, row, strict=True)) for row in rows(view)]
    written = {(row["iri"], row["kind"], names.iri("source", row["work"]) if row["work"] else None) for row in table}
    return asked == shown == written - {("", "missing", None)} and len(table) == len(view.items)


def test_items_come_as_they_are_asked_for_each_once_with_its_note(base):
    view = collected(base, "reed-2001", "barrier-distance", "reed-2001", notes=["", " far ", "read it"])

    assert [(item.id, item.kind, item.label, item.note) for item in view.items] == [
        ("reed-2001", "source", "Reed (2001)", "read it"),
        ("barrier-distance", "concept", "Distance", "far"),
    ]
    assert view.items[1].definition == "The partners live far from each other." and view.items[1].scheme == "Barrier"


def test_a_claim_comes_with_its_work_its_provenance_and_its_stances(base):
    (item,) = collected(base, "testwell-2010#c1").items

    assert item.source.citation == "Testwell (2010)" and item.label == item.claim.text
    assert item.claim.provenance == "p. 4" and {s.relation for s in item.claim.stances} == {"disputes", "supports"}


def test_labels_are_in_the_readers_language(base):
    (item,) = base.synthesis("de").collection(["barrier-power-imbalance"]).items

    assert item.label == "Machtgefälle"


@pytest.mark.parametrize("id", ["no-such-thing", "reed-2001#c9", "reed-2001#", "#c1", "http://e/> } #", 'a"b\\', "ü\n"])
def test_what_is_not_here_is_an_item_too_and_never_an_error(base, id):
    view = collected(base, id, "reed-2001", notes=["kept"])

    gone, work = view.items
    assert (gone.kind, gone.id, gone.note, gone.iri) == ("missing", id.strip(), "kept", "") and work.kind == "source"
    assert view.warnings[0] == (GONE, (id.strip(),))


def cited(view) -> list[str]:
    return [each.id for each in view.references]


def standing(view) -> list[str]:
    return [each.id for each in view.standing]


def test_references_are_all_works_that_are_cited_by_name(base):
    view = collected(base, "testwell-2010#c2", "marlow-quist-2012#c1", "testwell-2010", "barrier-distance")

    assert cited(view) == ["marlow-quist-2012", "testwell-2010"]
    assert view.references[1].text.startswith("Testwell, T. (2010). Who pays and who decides.")


def test_of_what_one_work_reports_of_another_the_one_that_was_read_is_the_reference(base):
    """The other one is there if it was collected, or read, itself (APA 7, 8.6)."""
    assert cited(collected(base, "sandhill-1998#c1")) == ["testwell-2010"]
    assert cited(collected(base, "sandhill-1998#c1", "sandhill-1998")) == ["sandhill-1998", "testwell-2010"]


def test_what_is_not_to_be_cited_brings_no_reference_unless_its_work_is_collected(made_up):
    view = collected(made_up, "marlow-quist-2012#c3", "withdrawn#c1", "reed-2001#c1")

    assert cited(view) == ["reed-2001"] and view.unreferenced == ("marlow-quist-2012#c3", "withdrawn#c1")
    both = collected(made_up, "marlow-quist-2012#c3", "marlow-quist-2012", "withdrawn#c1", "withdrawn")
    assert cited(both) == ["marlow-quist-2012", "withdrawn"] and both.unreferenced == ()


def test_works_whose_claims_stand_to_those_of_the_list_have_their_reference_too(base):
    """Of a reported claim that is again the work in which it was read."""
    view = collected(base, "testwell-2010#c1")

    assert (cited(view), standing(view)) == (["testwell-2010"], ["reed-2001"])  # sandhill-1998 is known from the former
    assert standing(collected(base, "reed-2001#c2")) == ["testwell-2010"]
    assert standing(collected(base, "reed-2001#c2", "testwell-2010")) == []
    assert standing(collected(base, "reed-2001", "barrier-distance")) == []


def test_numbers_go_on_from_the_works_cited_to_the_others(base):
    view = collected(base, "testwell-2010#c1", "marlow-quist-2012", style="ieee")

    assert [each.text[:3] for each in (*view.references, *view.standing)] == ["[1]", "[2]", "[3]"]


def test_a_list_has_the_name_that_its_reader_gives_it(base):
    assert (
        base.synthesis().collection(["reed-2001"], title="  Who\0 pays,\n  who decides ").title
        == "Who pays, who decides"
    )
    with pytest.raises(TooLong, match="the name of the list has 81 characters, and may have 80: shorten it"):
        base.synthesis().collection([], title="x" * 81)


def test_a_style_that_numbers_lists_works_as_they_are_cited(base):
    view = collected(base, "testwell-2010#c1", "reed-2001", "marlow-quist-2012", style="ieee")

    assert [each.id for each in view.references] == ["testwell-2010", "reed-2001", "marlow-quist-2012"]
    assert [each.text[:3] for each in view.references] == ["[1]", "[2]", "[3]"] and view.style_label == "IEEE"


def test_warnings_tell_what_not_to_cite_and_what_to_look_up(made_up):
    items = ["withdrawn#c1", "marlow-quist-2012#c3", "pageless#c1", "barrier-fog", "testwell-2010", "gone", "withdrawn"]
    view = collected(made_up, *items)

    assert view.warnings == (
        (GONE, ("gone",)),
        (RETRACTED, ("withdrawn#c1", "withdrawn")),
        (UNCHECKED, ("marlow-quist-2012#c3",)),
        (NO_PAGE, ("pageless#c1",)),
        (RETIRED, ("barrier-fog",)),
        (UNSURE, ("testwell-2010",)),
    )
    assert view.items[3].label == "Fog (retired)"


def test_what_is_well_known_has_no_warning(base):
    assert collected(base, "reed-2001#c1", "marlow-quist-2012", "barrier-distance").warnings == ()


@pytest.mark.parametrize(
    ("items", "notes", "said"),
    [
        ([f"item-{n}" for n in range(101)], [], "a list may have 100 items, not 101"),
        (["x" * 501], [], "item 1 is no id: it has 501 characters"),
        (["a", "b"], ["", "n" * 501], "the note on item 2 has 501 characters, and may have 500"),
        ([f"item-{n}" for n in range(21)], ["n" * 500] * 21, "the notes have 10,500 characters together"),
    ],
)
def test_too_much_is_refused_in_a_sentence(base, items, notes, said):
    with pytest.raises(TooLong, match=said):
        collected(base, *items, notes=notes)


def test_a_note_too_many_and_a_style_that_is_not_there_are_told(base):
    with pytest.raises(BadQuery, match="2 notes for 1 items"):
        collected(base, "reed-2001", notes=["a", "b"])
    with pytest.raises(BadQuery, match=r"no citation style 'ape' \(did you mean 'apa'\?\)"):
        collected(base, "reed-2001", style="ape")


def test_nothing_collected_is_an_empty_list(base):
    assert collected(base)[:1] + collected(base)[3:] == ((), (), (), (), "") and collected(base, "", " ").items == ()


def test_list_table_and_query_hold_the_same_rows(base, made_up):
    everything = ["withdrawn", "withdrawn#c1", "pageless#c1", "barrier-fog", *MIXED]

    assert same_rows(base, collected(base, *MIXED))
    assert same_rows(made_up, view := collected(made_up, *everything)) and len(view.iris) == 8


@pytest.mark.real
def test_so_they_do_over_the_real_corpus(real_base):
    records = list(real_base.generation.records)[::5]
    claims = [f"{source.id}{claim['id']}" for source in records for claim in source.data.get("claims", [])[:1]]
    concepts = list(real_base.ontology().concepts)[::20]
    view = collected(real_base, *[*claims, *(source.id for source in records), *concepts][:100])

    assert same_rows(real_base, view) and len(view.items) == 100
    assert {item.kind for item in view.items} == {"claim", "source", "concept"}


def test_markdown_has_each_item_with_its_citation_note_and_stances_then_the_references(base):
    text = markdown(collected(base, *MIXED, notes=["for the opening\nand the end"]), "From a test")

    assert text.startswith("# List\n\nFrom a test\n\n1. The side that pays sets the terms, unless all sides decide ")
    assert "decide together (Testwell, 2010, p. 4). \\[our paraphrase\\]\n   - disputes Reed (2001): Who pays " in text
    assert "   - Note: for the opening\\\n     and the end\n" in text
    assert "\n\n2. **Distance** (Barrier): The partners live far from each other.\n\n3. Reed (2001): *No: why" in text
    assert "4. A joint rule book" in text and f"\n   - **{UNCHECKED}.**\n\n5. No longer here: no-such-thing\n" in text
    assert "\n## References (APA)\n\n- Reed, I. (2001). No:" in text


def test_markdown_has_a_reference_for_each_work_that_it_names_with_what_to_know_before_one_cites(made_up):
    text = markdown(collected(made_up, "reed-2001#c2", "withdrawn", "marlow-quist-2012#c3"))
    named = re.findall(r"(?:supports|disputes|qualifies|(?:support|disput|qualifi)ed by) (\w+)", text)
    _, _, references = text.partition("## References (APA)\n\n")

    assert named == ["Testwell"] and references.startswith("### Works cited\n\n- Reed, I. (2001).")
    assert re.search(rf"- Withdrawn\. \(2020\)\..* \*\*{RETRACTED}\.\*\*\n", references)
    others = references.partition("\n\n### Works that stand to these claims\n\n- Testwell, T. (2010).")[2]
    assert f" **{UNSURE}.**\n\n{WITHOUT}: item 3.\n" in others


@pytest.mark.parametrize("title", ["*Who* pays? [x](javascript:y)", "=1+1", "<b>", "# 1. `rm`"])
def test_the_name_of_a_list_is_text_in_markdown(base, title):
    text = markdown(base.synthesis().collection(["reed-2001"], title=title))

    assert text.startswith(f"# {escaped(title)}\n\n1. Reed (2001)")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("*a* _b_ `c`", r"\*a\* \_b\_ \`c\`"),
        ("![x](javascript:y) <b>&lt;", r"!\[x\](javascript:y) \<b\>\&lt;"),
        ("# head", r"\# head"),
        ("12. list", r"12\. list"),
        ("- a\n- b\x00\x1b", r"\- a - b"),
        ("Banks & Hulme", "Banks & Hulme"),
        ("see https://example.org/a_b?c=*d*, then", "see <https://example.org/a_b?c=*d>\\*, then"),
        ("https://x/<script>", r"<https://x/>\<script\>"),
    ],
)
def test_what_is_typed_is_text_in_markdown(text, written):
    assert escaped(text) == written


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://e")'])
def test_no_cell_of_the_table_is_a_formula(base, text):
    (row,) = rows(collected(base, text, notes=[text]))

    assert [cell for cell in row if str(cell).startswith(("=", "+", "-", "@"))] == []
    assert row[HEAD.index("note")] == f"'{text}"


@pytest.fixture
def kb(base, monkeypatch):
    """Run `kb list` over the toy home."""
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(base.home.folder, encoder=StubEncoder()))
    return lambda *arguments: CliRunner().invoke(cli.main, ["--home", str(base.home.folder), "list", *arguments])


def test_the_verb_prints_items_and_references(kb):
    text = kb("reed-2001#c1", "barrier-distance", "gone", "--note", "first").stdout

    assert "  1  Reed (2001) — Neighbours who meet often come to trust each other.  [reed-2001#c1]\n" in text
    assert "     note: first\n  2  Distance: The partners live far from each other.  [barrier-distance]\n" in text
    assert "caution: No longer here" in text and text.endswith("References (APA)\nReed, I. (2001). No: why neighbours "
                                                               "refuse each other. Mill Press.\n")  # fmt: skip


def test_the_verb_prints_the_other_forms(kb, base):
    ids = ["testwell-2010#c1", "gone"]
    view = collected(base, *ids)

    assert json.loads(kb(*ids, "--json").stdout) == json.loads(kb(*ids, "--format", "json").stdout)
    assert json.loads(kb(*ids, "--json").stdout) == json.loads(json.dumps(plain(view)))
    assert kb(*ids, "--format", "markdown").stdout == markdown(view)
    assert kb(*ids, "--format", "bibtex").stdout.startswith("@article{testwell-2010,")
    assert kb(*ids, "--format", "csv").stdout.startswith(",".join(HEAD)) and "[1]" in kb(*ids, "--style", "ieee").stdout


def test_the_verb_prints_the_name_of_the_list_and_notes_behind_references(kb):
    text = kb("reed-2001#c2", "testwell-2010", "--title", "Who pays").stdout

    assert text.startswith("Who pays\n\n  1  Reed (2001)") and "\nReferences (APA)\nReed, I." in text
    assert text.endswith(f" [{UNSURE}]\n")
    assert kb("reed-2001", "--title", "A *b*", "--format", "markdown").stdout.startswith("# A \\*b\\*\n")


def test_the_verb_tells_in_a_line_what_is_wrong(kb):
    result = kb("reed-2001", "--style", "ape")

    assert result.exit_code == 1 and result.stderr == "Error: no citation style 'ape' (did you mean 'apa'?)\n"


def test_the_query_has_a_sentence_of_its_own():
    text = (Path(__file__).parents[2] / "ontology/queries/collected.rq").read_text(encoding="utf-8")

    assert text.startswith("# The collected ?this: ") and text.count("VALUES ?this {}") == 3
