"""The references are made when a base is built, so that no page waits for them."""

import subprocess
import sys

import pytest

from kb import KnowledgeBase
from kb.bibliography import styles
from kb.errors import BadQuery, NotFound


def test_the_stored_references_are_those_of_the_record(base):
    for source in base.corpus:
        assert base.source(source.id).references == styles.references(source.data)
        assert base.source(source.id).reference == styles.reference(source.data)


def test_a_source_is_cited_in_five_styles_in_order(base):
    view = base.source("reed-2001")

    assert [each.style for each in view.references] == ["apa", "chicago", "mla", "harvard", "ieee"]
    assert [each.label for each in view.references][2:] == ["MLA", "Harvard (Cite Them Right)", "IEEE"]
    assert view.references[0].in_text == "(Reed, 2001)"
    assert view.ris.startswith("TY  - BOOK\nID  - reed-2001\nAU  - Reed, Ida\n")


@pytest.mark.parametrize("style", styles.STYLES)
def test_several_works_are_cited_as_one_text_whether_stored_or_made(base, style):
    ids = ["testwell-2010", "reed-2001"]
    records = {id: base.corpus[id].data for id in ids}

    assert base.cite(ids, style) == styles.cite(records, style)
    assert base.cite([*ids, "testwell-2010"], style) == base.cite(iter(ids), style)
    assert base.cite("reed-2001", style) == styles.cite({"reed-2001": records["reed-2001"]}, style)


def test_a_work_or_style_that_is_not_there_is_told(base):
    with pytest.raises(NotFound, match="no source 'reed-2002' \\(did you mean 'reed-2001'"):
        base.cite("reed-2002", "mla")
    with pytest.raises(BadQuery, match="no citation style 'mlaa'; there are apa, chicago, mla"):
        base.cite("reed-2001", "mlaa")


@pytest.mark.parametrize("style", styles.REFERENCE_STYLES)
def test_a_work_that_was_retracted_says_so_wherever_it_is_listed(toy, stub_encoder, style):
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text().replace("status: reviewed", "status: retracted"))
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    listed = "".join(base.works.written(["reed-2001"], style))

    assert base.cite("reed-2001", style) == listed and listed.endswith(" [retracted]")
    assert "[retracted]" not in base.cite("testwell-2010", style)


def test_a_build_makes_references_anew_only_for_what_changed(toy, stub_encoder):
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text().replace("issued: 2001", "issued: 2002"))
    before = base.source("testwell-2010").references

    base.build()

    assert base.cite("reed-2001", "chicago").startswith("Reed, Ida. 2002. ")
    assert base.source("testwell-2010").references == before


def test_citing_what_is_built_does_not_wait_for_the_style_engine(base):
    code = (
        "import sys; from pathlib import Path; from kb.bibliography.lists import cite; "
        "from kb.bibliography.records import Records; "
        f"cite(Records(Path({str(base.generation.folder)!r})), ['reed-2001'], 'mla'); print('citeproc' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
