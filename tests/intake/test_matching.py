"""One work is recognised in two records, and two works that are alike are kept apart."""

from __future__ import annotations

import sys

import pytest
from conftest import DATA, ROOT

from kb.intake.matching import Matcher

LAMPS = {
    "type": "article",
    "title": "Lamps in the fog: how two boats meet",
    "authors": [{"family": "Holt", "given": "Ada"}, {"family": "Moss", "given": "Ben"}],
    "issued": "2001",
    "container": "Journal of Made-up Partnerships",
    "volume": "12",
    "pages": "101–119",
    "doi": "10.5555/Lamps.1",
}
BOOK = {"type": "book", "title": "Fog and its friends", "authors": [{"family": "Moss"}], "issued": "1999"}


def match(record, known=LAMPS, key=""):
    """What *record* is taken for where "known" is here."""
    return Matcher([("known", known)]).match(record, key)


def lamps(**changed):
    """The record of the lamps without its DOI, and with other values; None leaves a field out."""
    made = LAMPS | {"doi": None} | changed
    return {key: value for key, value in made.items() if value is not None}


SAME = {
    "the DOI in other letters": {"title": "Lamps", "doi": "10.5555/LAMPS.1"},
    "the DOI in an address": {"title": "Lamps", "url": ["https://example.org/a", "https://doi.org/10.5555/lamps.1"]},
    "everything but the DOI": lamps(),
    "the year after, as online first": lamps(issued="2002"),
    "another spelling of title and journal": lamps(
        title="LAMPS IN THE FOG — How 2 boats meet.".replace("2", "two"), container="J. Made-up Partnersh."
    ),
    "markup and entities": lamps(title="<i>Lamps</i> in the fog &#58; how two boats meet".replace("&#58;", ":")),
    "without subtitle": lamps(title="Lamps in the fog"),
    "a slip of the pen": lamps(title="Lamps in the fgo: how two boats meet"),
    "words written together": lamps(title="Lamps in the fog: how twoboats meet"),
    "initials alone": lamps(authors=[{"family": "Holt", "given": "A"}]),
    "no names": lamps(authors=None),
    "no place": lamps(container=None, volume=None, pages=None),
    "an unknown kind": lamps(type="document"),
    "the first page short": lamps(pages="101–19"),
}


@pytest.mark.parametrize("record", SAME.values(), ids=SAME)
def test_a_record_of_a_work_that_is_here_is_recognised(record):
    found = match(record)

    assert found.same and found.id == "known"


OTHER = {
    "a correction": lamps(title="Erratum: Lamps in the fog: how two boats meet", pages="240"),
    "a correction in the same place": lamps(title="Correction to: Lamps in the fog: how two boats meet"),
    "a retraction": lamps(title="Retracted: Lamps in the fog: how two boats meet"),
    "a reply": lamps(title="Lamps in the fog: how two boats meet: a reply"),
    "a reply by name": lamps(title="Reply to Holt and Moss: Lamps in the fog: how two boats meet"),
    "a comment": lamps(title="Comment on Lamps in the fog: how two boats meet"),
    "a book review": lamps(title="Lamps in the fog: how two boats meet (book review)"),
    "another DOI": lamps(doi="10.5555/lamps.2"),
    "a preprint": lamps(type="working-paper", container="SSRN Electronic Journal", volume=None, pages=None),
    "a preprint called an article": lamps(container="arXiv", volume=None, pages=None),
    "the thesis behind it": lamps(type="thesis", container=None, volume=None, pages=None),
    "a conference abstract": lamps(type="conference-paper", container="Meeting of the Lamps", volume="3", pages="7"),
    "a reprint in a book": lamps(type="chapter", container="Readings on Lamps", volume=None, pages="33–50"),
    "another subtitle": lamps(title="Lamps in the fog: why three ships part", pages="120–133"),
    "a translation": lamps(title="Lampen im Nebel: wie zwei Boote sich treffen"),
    "another author": lamps(authors=[{"family": "Quist"}], volume=None, pages=None),
    "years later": lamps(issued="2009", volume="20", pages="1–9"),
}


@pytest.mark.parametrize("record", OTHER.values(), ids=OTHER)
def test_a_work_that_is_like_another_is_not_taken_for_it(record):
    found = match(record)

    assert found is None or not found.same


def test_what_tells_two_like_works_apart_is_said():
    assert "another DOI (a preprint?)" in match(lamps(type="working-paper", doi="10.5555/ssrn.7")).why
    assert "a correction" in match(lamps(title="Erratum: Lamps in the fog: how two boats meet")).why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A survey of fog, Part 1", "A survey of fog, Part 2"),
        ("A survey of fog I", "A survey of fog II"),
        ("Fog in the census of 2001", "Fog in the census of 2011"),
        ("A plan for fog and ice: the fog topic of the plan", "A plan for fog and ice: the oar topic of the plan"),
    ],
)  # fmt: skip
def test_works_of_a_series_are_kept_apart(one, other):
    found = match(lamps(title=one, volume=None, pages=None), lamps(title=other, volume=None, pages=None))

    assert found is None or not found.same


BODY = {"type": "report", "title": "Annual report of the mill board", "authors": [{"literal": "Mill Board"}]}
COLUMN = lamps(title="Notes from the lighthouse keeper", pages=None)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (BODY | {"issued": "1999"}, BODY | {"issued": "2000"}, "another year"),
        (BODY | {"type": "book", "issued": "1999", "number": "No. 12"}, BODY | {"issued": "1999", "number": "13"},
         "another number"),
        (BOOK | {"title": "Weirs in the north", "number": "12"},
         BOOK | {"title": "Weirs in the north", "number": "13", "issued": "2000"}, "another number"),
        (COLUMN | {"issue": "4"}, COLUMN | {"issue": "5"}, "another issue"),
        (COLUMN | {"issue": "4", "pages": "12"}, COLUMN | {"issue": "05", "pages": "12"}, "another issue"),
        (lamps(issue="1", pages="12–15"), lamps(issue="2", pages="99–101"), "another issue"),
    ],
)  # fmt: skip
def test_another_issue_number_or_year_of_a_body_is_another_work(one, other, why):
    found = match(other, one)

    assert not found.same and found.why == why


def test_an_issue_or_number_written_otherwise_is_the_same():
    assert match(lamps(issue="3-4"), lamps(issue="03")).same
    assert match(lamps(issue="6dr, 2985151r"), lamps(issue="2")).same
    assert match(BODY | {"issued": "1999", "number": "WP 12"}, BODY | {"issued": "1999", "number": "12"}).same
    assert match(BOOK | {"issued": "2000"}, BOOK).same


def test_books_are_known_by_their_isbn_and_chapters_are_not():
    book = BOOK | {"isbn": "0-306-40615-2"}

    assert match(BOOK | {"isbn": "978-0-306-40615-7", "issued": "2000"}, book).why == "same ISBN"
    assert not match(BOOK | {"isbn": "0-306-40615-2", "edition": "2nd"}, book | {"edition": "1"}).same
    assert match({"type": "chapter", "title": "On lamps", "isbn": "0-306-40615-2"}, book) is None
    assert not match(BOOK | {"type": "chapter", "container": BOOK["title"]}, book).same


def test_an_isbn_counts_to_its_last_digit_and_the_parts_of_a_set_share_one():
    one, other = BOOK | {"isbn": "9798641123455"}, {"type": "book", "title": "Oars", "isbn": "9798641129990"}
    parts = [BOOK | {"title": f"Fog and its friends, Part {part}", "isbn": "0-306-40615-2"} for part in ("I", "II")]

    assert match(other, one) is None
    assert match(one | {"issued": "2009"}, one).why == "same ISBN"
    assert not match(*parts).same and match(*parts).clash == "ISBN"


def test_a_chapter_with_the_doi_of_its_book_is_another_work():
    found = match({"type": "chapter", "title": "On lamps", "doi": "10.5555/book"}, BOOK | {"doi": "10.5555/book"})

    assert not found.same and found.clash == "DOI"


def test_our_own_key_is_known_again_unless_the_record_speaks_against_it():
    seed = {"type": "report", "authors": [{"family": "Clarke"}], "issued": "2005"}

    assert match({"authors": [{"family": "Clarke"}]}, seed, key="known").why == "same key"
    assert match({"authors": [{"family": "Quist"}]}, seed, key="known") is None
    assert match(seed | {"title": "x"}, seed) is None


@pytest.mark.parametrize(("extra", "kind", "same"), [
    ({"text:reference": "Ada, Quist; Holt, Ben. …"}, "webpage", True),
    ({}, "webpage", False),
    ({"text:reference": "Ada, Quist; Holt, Ben. …"}, "thesis", False),
])  # fmt: skip
def test_a_kind_told_from_a_text_and_names_the_wrong_way_round_set_no_work_apart(extra, kind, same):
    title = "Conflict and calm among the keepers of weirs"
    chapter = {"type": "chapter", "title": title, "issued": "1999", "container": "Weirs",
               "authors": [{"family": "Quist", "given": "Ada"}]}  # fmt: skip
    listed = {"type": kind, "title": title, "authors": [{"family": "Ada", "given": "Quist"}], "extra": extra}
    assert match(listed, known=chapter).same == same


def test_a_record_that_says_hardly_anything_is_known_again_to_the_letter():
    bare = {"type": "document", "issued": "1977", "extra": {"note": "seen in a list"}}

    assert match(bare, bare | {"summary": "Ours.", "status": "draft"}).why == "same record"
    assert match(bare | {"extra": {"note": "seen elsewhere"}}, bare) is None


def test_a_number_with_another_title_is_doubtful():
    pubmed = {"title": "Oars", "type": "article", "extra": {"PMID": "77"}}

    assert match({"title": "Oars", "doi": LAMPS["doi"]})[2:] == ("same DOI, but another title: compare them", "", True)
    assert match(pubmed, LAMPS | {"extra": {"PMID": "77"}}).why == "same PMID, but another title: compare them"
    assert not match(LAMPS).doubtful


def test_of_two_alike_the_more_alike_is_chosen():
    matcher = Matcher([("first", lamps(volume="7", pages="1–2", issued="2000")), ("second", lamps())])

    assert matcher.match(lamps()).id == "second"


@pytest.mark.skipif(not (DATA / "bib" / "ris").is_dir(), reason="needs the measuring data beside the project")
def test_records_of_eight_databases_are_matched_as_their_dois_tell():
    sys.path.append(str(ROOT / "tests" / "benchmarks"))
    from duplicates import figures, matched

    found = matched(DATA / "bib" / "ris")
    for half in (0, 1):
        got = figures(found, half)

        assert got.precision >= 0.98 and got.recall >= 0.97
    assert len(found) == 1206
