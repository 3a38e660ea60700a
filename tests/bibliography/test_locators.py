"""Places in citations: read from what is typed, written as each style's manual has it; works cited alike told apart."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.bibliography import locators, styles
from kb.bibliography.apart import Listed, told_apart
from kb.bibliography.citations import Citing, cite
from kb.errors import BadQuery, NotFound

STYLES = ("apa", "chicago", "mla", "harvard", "ieee")


@pytest.mark.parametrize(
    ("typed", "apa", "chicago", "mla", "harvard", "ieee"),
    [
        ("p. 940", "p. 940", "940", "940", "p. 940", "p. 940"),
        ("pp. 41, 128", "pp. 41, 128", "41, 128", "41, 128", "pp. 41, 128", "pp. 41, 128"),
        ("p. 41 and 128", "pp. 41, 128", "41, 128", "41, 128", "pp. 41, 128", "pp. 41, 128"),
        ("p. 4; p. 8", "pp. 4, 8", "4, 8", "4, 8", "pp. 4, 8", "pp. 4, 8"),
        ("104-6", "pp. 104–106", "104–6", "104–06", "pp. 104–106", "pp. 104–106"),
        ("pp. 321–328", "pp. 321–328", "321–28", "321–28", "pp. 321–328", "pp. 321–328"),
        ("pp. 96-101", "pp. 96–101", "96–101", "96–101", "pp. 96–101", "pp. 96–101"),
        ("pp. 1496–1504", "pp. 1496–1504", "1496–1504", "1496–1504", "pp. 1496–1504", "pp. 1496–1504"),
        ("p. xii", "p. xii", "xii", "xii", "p. xii", "p. xii"),
        ("S. 940", "p. 940", "940", "940", "p. 940", "p. 940"),
        ("S4", "p. S4", "S4", "S4", "p. S4", "p. S4"),
        ("ch. 3, p. 12", "Chapter 3, p. 12", "chap. 3, 12", "ch. 3, 12", "ch. 3, p. 12", "Ch. 3, p. 12"),
        ("para. 5", "para. 5", "para. 5", "par. 5", "para. 5", "Para. 5"),
        ("Abs. 4–6", "paras. 4–6", "paras. 4–6", "pars. 4–6", "paras. 4–6", "Paras. 4–6"),
        ("Table 2", "Table 2", "table 2", "table 2", "table 2", "Table 2"),
        ("fig 3", "Figure 3", "fig. 3", "fig. 3", "fig. 3", "Fig. 3"),
        ("section 4.2", "Section 4.2", "sec. 4.2", "sec. 4.2", "sec. 4.2", "Sec. 4.2"),
        ("eq. 2", "Equation 2", "eq. 2", "eq. 2", "eq. 2", "eq. (2)"),
        ("1:30:40", *["1:30:40"] * 5),
        ("opening section", *["opening section"] * 5),
        ("abstract", *[""] * 5),
        ('section "Results"', "Results section", "under “Results”", "sec. “Results”", "section ‘Results’",
         "Sec. “Results”"),
        ("p. 4, section “A, B”", "p. 4, A, B section", "4, under “A, B”", "4, sec. “A, B”", "p. 4, section ‘A, B’",
         "p. 4, Sec. “A, B”"),
        ("section “What can you do to prevent it”", "“What can you do to prevent it” section",
         *[f"{word}“What can you do to prevent it”" for word in ("under ", "sec. ")],
         "section ‘What can you do to prevent it’", "Sec. “What can you do to prevent it”"),
        ("preface (Rusnak)", *["preface [Rusnak]"] * 4, "preface (Rusnak)"),
    ],
)  # fmt: skip
def test_a_place_is_written_as_the_manual_of_each_style_has_it(typed, apa, chicago, mla, harvard, ieee):
    assert [locators.written(typed, style) for style in STYLES] == [apa, chicago, mla, harvard, ieee]


@given(st.text() | st.from_regex(r"([a-z]{1,5}\.? ?[0-9ivx]{1,5}[-–,;& ]{0,2}){1,4}", fullmatch=True))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_whatever_is_typed_as_a_place_is_written_in_each_style(text):
    for style in STYLES:
        written = locators.written(text, style)

        assert "\n" not in written and (bool(written) or not text.strip(" ,;") or locators.read(text) == ())


def test_a_place_is_set_off_as_the_style_has_it():
    located = {style: locators.located("Gray", "p. 4", style) for style in STYLES}

    assert located == {
        "apa": "Gray, p. 4", "chicago": "Gray, 4", "mla": "Gray 4", "harvard": "Gray, p. 4", "ieee": "Gray, p. 4"
    }  # fmt: skip
    assert locators.located("Gray", "ch. 3", "mla") == "Gray, ch. 3"
    assert locators.located("Gray", "abstract", "mla") == "Gray"


def test_several_works_stand_in_one_pair_of_brackets():
    assert cite([Citing("(Gray, 1989)"), Citing("(Gray, 1985)"), Citing("(Banks & Hulme, 2014)", "p. 4")], "apa") == (
        "(Banks & Hulme, 2014, p. 4; Gray, 1985, 1989)"
    )
    assert cite([Citing("(Gray 1985)", "p. 4"), Citing("(Gray 1989)")], "chicago") == "(Gray 1985, 4; Gray 1989)"
    assert cite([Citing("[1]", number=3), Citing("[1]", "p. 4", number=1)], "ieee") == "[3], [1, p. 4]"


@pytest.mark.parametrize(
    ("style", "citation"),
    [
        ("apa", "(Sandhill Mill Board, 1998, as cited in Testwell, 2010, p. 4)"),
        ("chicago", "(Sandhill Mill Board 1998, cited in Testwell 2010, 4)"),
        ("mla", "(Sandhill Mill Board, qtd. in Testwell 4)"),
        ("harvard", "(Sandhill Mill Board, 1998, cited in Testwell, 2010, p. 4)"),
        ("ieee", "(Sandhill Mill Board, as cited in [1, p. 4])"),
    ],
)
def test_what_one_work_reports_of_another_names_both_with_the_page_of_the_one_that_was_read(base, style, citation):
    assert base.cite("sandhill-1998#c1", style, in_text=True, locator="p. 4") == citation


def test_a_claim_brings_its_own_page_and_an_abstract_none(base):
    assert base.cite("testwell-2010#c1", in_text=True) == "(Testwell, 2010, p. 4)"
    assert base.cite("testwell-2010#c1", in_text=True, locator="p. 9") == "(Testwell, 2010, p. 9)"
    assert base.cite("reed-2001#c2", in_text=True) == "(Reed, 2001)"
    assert base.cite(["reed-2001#c1", "reed-2001", "testwell-2010"], "mla", in_text=True, locator=["", "p. 20"]) == (
        "(Reed 14, 20; Testwell)"
    )


def test_a_claim_in_a_list_of_references_stands_for_the_work_it_was_read_in(base):
    assert base.cite(["sandhill-1998#c1", "testwell-2010#c1"]) == base.cite("testwell-2010")


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"ids": "marlow-quist-2012#c3"}, BadQuery, "is not to be cited: the work was not read for it"),
        ({"ids": "testwell-2010#c99"}, NotFound, "no claim 'testwell-2010#c99'"),
        ({"ids": "testwel-2010#c1"}, NotFound, "did you mean 'testwell-2010'"),
        ({"ids": "reed-2001", "style": "ris"}, BadQuery, "no citation style 'ris'"),
        ({"ids": "reed-2001", "locator": ["p. 4", "p. 5"]}, BadQuery, "2 locators for 1 works"),
        ({"ids": "reed-2001", "locator": "p. 4", "in_text": False}, BadQuery, "a locator stands in a citation in the"),
    ],
)
def test_what_cannot_be_cited_is_told_in_a_sentence(base, asked, error, said):
    with pytest.raises(error, match=said):
        base.cite(**{"in_text": True, **asked})


def apart(style, **records):
    number = list(styles.REFERENCE_STYLES).index(style)
    works = {id: Listed.of(styles.references(record)[number], record) for id, record in records.items()}
    return {id: (each.text.partition("Z")[0], each.in_text) for id, each in told_apart(works).items()}


def work(title, year="2005", family="Reed", **more):
    named = {"title": title, "authors": [{"family": family, "given": "Ann"}], "type": "book", **more}
    return {**named, **({"issued": year} if year else {})}


def test_works_of_the_same_authors_and_year_get_letters_by_title():
    works = {"a": work("The Zoo"), "b": work("A beach"), "c": work("Zebra", "2006"), "d": work("Z", family="Gray")}

    assert [each[1] for each in apart("apa", **works).values()] == [
        "(Reed, 2005b)", "(Reed, 2005a)", "(Reed, 2006)", "(Gray, 2005)"
    ]  # fmt: skip
    assert apart("apa", **works)["a"][0] == "Reed, A. (2005b). The "
    assert apart("chicago", **works)["a"] == ("Reed, Ann. 2005b. The ", "(Reed 2005b)")
    assert apart("harvard", **works)["a"] == ("Reed, A. (2005b) The ", "(Reed, 2005b)")


def test_works_without_a_year_are_told_apart_as_the_manuals_have_it():
    works = {"a": work("Zoo", ""), "b": work("Zebra", "")}

    assert apart("apa", **works)["a"] == ("Reed, A. (n.d.-b). ", "(Reed, n.d.-b)")
    assert apart("chicago", **works)["b"] == ("Reed, Ann. n.d.-a. ", "(Reed, n.d.-a)")
    assert apart("harvard", **works)["b"][1] == "(Reed, no date a)"


def test_mla_names_the_title_where_a_list_has_several_works_of_somebody():
    works = {"a": work("Zoo: A study", "2001"), "b": work("Zebra", type="article"), "c": work("Zinc", family="Gray")}

    assert [each[1] for each in apart("mla", **works).values()] == ["(Reed, Zoo)", "(Reed, “Zebra”)", "(Gray)"]
