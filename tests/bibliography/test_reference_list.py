"""Plain text with a list of references: which lines are references, and what each of them tells."""

from pathlib import Path

import pytest

from kb.bibliography.reading import Given, read
from kb.bibliography.reading.printed_names import names
from kb.bibliography.reading.reference import parts
from kb.bibliography.styles import REFERENCE_STYLES, reference
from kb.corpus.ontology import fold
from kb.corpus.sources import Corpus

ROOT = Path(__file__).parents[2]
ARTICLE = ROOT.parent / "shared" / "seed" / "collaborative-partnership.txt"

LISTED = """\
On reeds
Reeds bend in the wind (Reed, 2001) [1].
1. First they bend.
2. In 2010 they broke.

References

1. Reed, C., & Mo, J. (2001). Bending together: Reeds and boats. Journal of Made-up
   Partnerships, 12(3), 181–195. https://doi.org/10.1000/made-up.181
2. Testwell, Tess, and Jo van der Mo. “Who Pays?” Wind Quarterly, vol. 3, no. 2, 2010, pp. 4–9.
3. Marlow, Ann. Harbours of the North. London: Quay Press, 2012.
4. Mo J, Reed C, Quist B, et al. Trust among boats. Am J Boats. 2009;34(3):459–465.
5. B. Quist and A. Marlow, “Ropes that hold,” in Proc. 3rd Conf. Ropes, 2015, pp. 12–19.
6. World Bank (2020). Boats for all (Report No. 17). World Bank.
7. Mo, J. (2004). Ropes. In C. Reed & T. Testwell (Eds.), Handbook of boats (2nd ed., pp. 12–30). Quay Press.

Appendix
More of the text.
"""


def entries(tmp_path, text, name="list.txt", encoding="utf-8"):
    file = tmp_path / name
    file.write_text(text, encoding=encoding)
    return list(read(Given.of(file)))


def names_of(record, role="authors"):
    return [name.get("literal") or f"{name['family']}, {name.get('given', '')}" for name in record.get(role, [])]


def test_each_reference_of_a_numbered_list_is_an_entry_whatever_its_style(tmp_path):
    found = [each for each in entries(tmp_path, LISTED) if each.readable]

    told = [(each.line, each.key, each.record["type"], each.record["title"], each.record["issued"]) for each in found]
    assert told == [
        (8, "1", "article", "Bending together: Reeds and boats", "2001"),
        (10, "2", "article", "Who Pays?", "2010"),
        (11, "3", "book", "Harbours of the North", "2012"),
        (12, "4", "article", "Trust among boats", "2009"),
        (13, "5", "conference-paper", "Ropes that hold", "2015"),
        (14, "6", "report", "Boats for all", "2020"),
        (15, "7", "chapter", "Ropes", "2004"),
    ]
    assert [names_of(each.record) for each in found[:5]] == [
        ["Reed, C.", "Mo, J."], ["Testwell, Tess", "van der Mo, Jo"], ["Marlow, Ann"],
        ["Mo, J.", "Reed, C.", "Quist, B."], ["Quist, B.", "Marlow, A."],
    ]  # fmt: skip
    assert found[3].record["othersOmitted"] == "true"


def test_the_parts_of_a_reference_go_to_our_keys(tmp_path):
    article, cited, book, _, _, report, chapter = (each.record for each in entries(tmp_path, LISTED) if each.readable)

    assert [article[key] for key in ("container", "volume", "issue", "pages", "doi")] == [
        "Journal of Made-up Partnerships", "12", "3", "181–195", "10.1000/made-up.181",
    ]  # fmt: skip
    assert [cited[key] for key in ("container", "volume", "issue", "pages")] == ["Wind Quarterly", "3", "2", "4–9"]
    assert (book["place"], book["publisher"]) == ("London", "Quay Press")
    assert (report["series"], report["number"], report["publisher"]) == ("Report", "17", "World Bank")
    assert (chapter["container"], chapter["edition"], chapter["pages"]) == ("Handbook of boats", "2nd", "12–30")
    assert (names_of(chapter, "editors"), chapter["publisher"]) == (["Reed, C.", "Testwell, T."], "Quay Press")


def test_a_word_that_the_end_of_a_line_divides_is_a_problem(tmp_path):
    (found,) = entries(tmp_path, "1. Mo, J. (2003). Power-\n   sharing boats. Quay Press.\n")

    assert found.record["title"] == "Power-sharing boats"
    assert found.problems == ("the end of a line divides 'Power-sharing': compare its hyphen",)


def test_lines_without_references_are_told_in_one_line_and_the_reference_is_kept_to_the_letter(tmp_path):
    *found, rest = entries(tmp_path, LISTED)

    assert not rest.readable
    assert rest.problems == ("lines 1–4, 17–18 hold no references: nothing was taken from them",)
    assert found[2].record["extra"]["text:reference"] == "Marlow, Ann. Harbours of the North. London: Quay Press, 2012."


@pytest.mark.parametrize("mark", ["[{}] ", "{}) ", "({}) ", "{}\t", "  {}. "])
def test_a_list_is_numbered_in_any_way(tmp_path, mark):
    works = [
        "Reed, C. (2001). Reeds. Wind, 1(2), 3–4.",
        "Mo, J. (2003). Boats. Quay Press.",
        "Mo, J. (2004). Ropes. Quay Press.",
    ]
    text = "".join(f"{mark.format(number)}{work}\n" for number, work in enumerate(works, 1))

    assert [each.record["title"] for each in entries(tmp_path, text)] == ["Reeds", "Boats", "Ropes"]


def test_a_bibliography_without_numbers_has_a_work_a_paragraph_or_a_line(tmp_path):
    lines = (
        "Bibliography\n\nMo, J. (2003). Boats and\n    ropes. Quay Press.\nReed, C. (2001). Reeds. Wind, 1(2), 3–4.\n"
        "———. (2002). More reeds. Wind, 2(1), 5–6.\n"
    )
    paragraphs = lines.replace("ropes. Quay Press.\n", "ropes. Quay Press.\n\n").replace("3–4.\n", "3–4.\n\n")
    for text in (lines, paragraphs):
        found = [each for each in entries(tmp_path, text) if each.readable]

        assert [each.record["title"] for each in found] == ["Boats and ropes", "Reeds", "More reeds"]
        assert names_of(found[2].record) == ["Reed, C."]


def test_a_list_of_thousands_goes_on_where_its_numbers_look_like_years(tmp_path):
    lines = [f"{number}. Mo, J. (2003). Boat {number}. Quay Press.\n" for number in range(1, 2_100)]
    found = entries(tmp_path, "References\n" + "".join(lines))

    assert [each.key for each in found] == [str(number) for number in range(1, 2_100)]


def test_a_single_reference_that_is_pasted_is_read(tmp_path):
    (found,) = entries(tmp_path, "Reed, C. (2001). Reeds. Wind, 1(2), 3–4. doi:10.1000/wind.3\n")

    assert (found.record["title"], found.record["doi"]) == ("Reeds", "10.1000/wind.3")


def test_a_text_without_a_list_says_what_to_do(tmp_path):
    (found,) = entries(tmp_path, "Reeds bend.\n\n1. They bend.\n2. They do not break.\n")

    assert not found.readable
    assert found.problems[0].startswith("no list of references was found: number them")


@pytest.mark.parametrize(
    ("printed", "problem"),
    [
        ("Mo, J. (2003). Boats Wind, 3(2), 1–4.", "title and journal could not be told apart"),
        (
            "Mo, J. (2003). Boats. A story. Wind, 3(2), 1–4.",
            "where the title ends and the journal begins is not certain",
        ),
        ("Mo, J. (2003). Boats. Quay and Sons.", "'Quay and Sons' was taken for the publisher"),
        ("K., Mo, Jo (2003). Boats. Quay Press.", "which part of the first name is the family name is not certain"),
        ("Mo, J. (2003). Boats. Wind, 33(5), 44.", "one page is given"),
        ("Boats without anything", "no names were recognised"),
    ],
)
def test_what_cannot_be_told_apart_is_a_problem(printed, problem):
    assert any(each.startswith(problem) for each in parts(printed).problems)


def test_a_page_that_was_cited_is_no_page_range_of_a_book():
    said, extra, _ = parts("Mo, J. (2003). Boats (1st ed.). London: Quay Press. p. 25. ISBN 978-0-7748-1383-9.")

    assert (said["type"], extra["locator"], "pages" in said) == ("book", "25", False)
    assert (said["isbn"], said["edition"]) == (["978-0-7748-1383-9"], "1st")


def test_days_of_looking_at_a_page_and_of_archiving_it_are_kept():
    printed = (
        'Mo, Jo. "Boats" (PDF). Quay. Archived from the original (PDF) on 2014-12-13. Retrieved 12 December 2014.'
        " https://example.org/boats"
    )
    said, extra, _ = parts(printed)

    assert (said["url"], said["type"]) == (["https://example.org/boats"], "webpage")
    assert (extra["accessed"], extra["text:archived"], extra["medium"]) == ("12 December 2014", "2014-12-13", "PDF")


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("Gillett, A., Loader, K., & Scott, J. M.", ["Gillett, A.", "Loader, K.", "Scott, J. M."]),
        ("LINDEN, RM", ["Linden, R. M."]),
        ("Gray, Barbara, John Doe, and Jane Roe", ["Gray, Barbara", "Doe, John", "Roe, Jane"]),
        ("J. Doe and C. van der Mo", ["Doe, J.", "van der Mo, C."]),
        ("Smith, J., Jr., & de la Cruz, M.", ["Smith, J., Jr.", "de la Cruz, M."]),
        ("Glasbergen, Pieter; P.J. Mol, Arthur", ["Glasbergen, Pieter", "Mol, Arthur P. J."]),
        ("U.S. Government Accountability Office", ["U.S. Government Accountability Office"]),
        ("UNESCO", ["UNESCO"]),
        ("Müller, H.; Maier, K. (Hrsg.)", ["Müller, H.", "Maier, K."]),
    ],
)
def test_names_are_read_in_the_form_of_each_style(printed, read):
    assert names_of({"authors": names(printed).people}) == read


def test_a_sentence_is_no_list_of_names():
    assert names("Role of trust in boats") is None or "family" not in names("Role of trust in boats").people[0]
    assert names("Smith J. Title of the thing. Journal 12") is None


# The article swaps given and family names, or ours names the work by its editor; titles and years that differ.
SWAPPED = {"3", "9", "13", "21"}
OTHER_TITLE = {"3", "6", "10", "12", "16", "21", "22"}
OTHER_YEAR = {"3", "9", "12", "21", "22"}  # none in the article, or of another edition


@pytest.mark.real
@pytest.mark.skipif(not ARTICLE.exists(), reason="the article that the corpus began with is not here")
def test_the_article_that_the_corpus_began_with_gives_its_23_works(records):
    ours = {number: record for record in records for number in numbers(record)}
    *found, rest = read(Given.of(ARTICLE))

    assert [each.key for each in found] == [str(number) for number in range(1, 24)]
    assert rest.problems[0].startswith("lines 1–124 hold no references")
    for each in found:
        theirs, known = each.record, ours[each.key]
        if each.key not in OTHER_TITLE:
            assert alike(theirs["title"], known["title"])
        if each.key not in SWAPPED:
            assert first(theirs) == first(known)
        if each.key not in OTHER_YEAR:
            assert theirs["issued"] == known["issued"]
        for field in ("doi", "isbn", "issn", "volume", "issue"):
            if each.key not in SWAPPED and field in theirs and field in known:
                assert theirs[field] == known[field]


@pytest.mark.real
def test_references_that_this_program_prints_are_read_again(records):
    right = total = 0
    for record in records[::5]:
        for style in REFERENCE_STYLES if record.get("title") and record.get("issued") else ():
            said = parts(reference(record, style)).said
            total += 1
            right += alike(said.get("title", ""), record["title"]) and said.get("issued", "") == record["issued"]

    assert total > 150 and right / total > 0.93


@pytest.fixture(scope="module")
def records():
    """The records of the real corpus."""
    return [source.data for source in Corpus(ROOT / "corpus")]


def numbers(record):
    value = record.get("seedReference", [])
    return value if isinstance(value, list) else [value]


def alike(one, other):
    """Whether titles are equal but for case, accents and punctuation."""
    return "".join(filter(str.isalnum, fold(one))) == "".join(filter(str.isalnum, fold(other)))


def first(record):
    name = (record.get("authors") or record["editors"])[0]
    return fold(name.get("family") or name["literal"])


BY_LINE = """\
References
Reed C, Mo J. (2008). Bending together in theory. Journal of Reeds, 18(4), 543-571. https://doi.org/10.1000/reeds.032
World Health Organization. (2019). Reeds for all. Geneva: WHO.
UNICEF. (2020). Boats for children. New York: UNICEF.
Oak, J. M. (2002). Mills by the lake. Mills and Wind, 22(1), 19-30. doi:10.1000/mill.203
OECD 2015. Partnering for good. Paris: OECD Publishing.
Society of Reeds. Wind for children. London: Reed Press.
"""


def test_in_a_list_without_blank_lines_bodies_begin_references_too(tmp_path):
    found = entries(tmp_path, BY_LINE)

    assert [each.line for each in found] == [2, 3, 4, 5, 6]
    assert [names_of(each.record)[0] for each in found[1:3]] == ["World Health Organization", "UNICEF"]
    assert "line 7 may be a reference of its own: compare" in found[-1].problems  # it has no year


def test_lines_that_a_reference_goes_over_are_none_of_their_own(tmp_path):
    text = (
        "References\nReed C. Who pays in the end.\nMill Review. 2016;12:3-5.\nOak J. Who decides.\nReeds. 2017;1:3-9.\n"
    )

    assert [each.line for each in entries(tmp_path, text)] == [2, 4]


@pytest.mark.parametrize("point", ["- ", "• ", "* "])
def test_each_point_of_a_list_is_a_reference(tmp_path, point):
    lines = BY_LINE.splitlines()
    text = "\n".join([lines[0], *(point + line for line in lines[1:])]).replace("Mills and", "Mills\n  and")
    found = entries(tmp_path, text)

    assert [each.line for each in found] == [2, 3, 4, 5, 7, 8]
    assert found[3].record["container"] == "Mills and Wind"
