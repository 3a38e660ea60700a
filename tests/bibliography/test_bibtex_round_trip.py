"""BibTeX out and in again: a work comes back as it was, whatever its record says."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.bibliography.export import bibtex, write
from kb.bibliography.reading.bibtex import entries
from kb.bibliography.reading.entry import TYPES, entry

KEYS = (
    "type", "title", "authors", "editors", "othersOmitted", "issued", "container", "series", "number", "volume",
    "issue", "pages", "edition", "place", "publisher", "doi", "isbn", "issn", "oclc", "url", "extra",
)  # fmt: skip
PIECES = (
    "Mills", "towns", " and ", "others", "et al.", "van der Berg", "de", "Jr.", "III", "{", "}", "\\", "$", "&", "%",
    "#", "_", "^", "~", "--", "---", "``", "''", "'", '"', ",", ";", ":", "é", "ß", "Ø", "שלום", "ا", "协作", "🎉",
    "👩‍🔬", "\n", " ", "=", "@", "@book{a,", "\\emph{x}", "$x^2$", "n.d.", "12", "title not known", "<", "–",
    "PMID: 12", "—", "\\url{http://a.org}", "?`", "family=", "xdata=a-b", "Working Paper", "Thesis", "webpage",
    "newspaper",
)  # fmt: skip
EXTRA = (
    "note", "annote", "keyword", "language", "genre", "issued", "accessed", "number-of-pages", "title-short",
    "container-title-short", "translator", "PMID", "event-place", "original-date", "status", "chapter-number", "isbn",
    "doi", "pages", "bibtex:entrytype", "bibtex:entrysubtype", "bibtex:editor", "bibtex:editora", "bibtex:institution",
    "bibtex:publisher", "bibtex:location", "bibtex:issue", "bibtex:howpublished", "bibtex:eprint", "bibtex:eprinttype",
    "bibtex:crossref", "bibtex:langid", "bibtex:booktitle", "bibtex:maintitle", "bibtex:month", "bibtex:type",
    "bibtex:author+an", "bibtex:Odd Name", "bibtex:timestamp", "ris:AN", "csl:x y", "csl:{a}", "custom", "record:title",
)  # fmt: skip
SAID = (
    "2010-03", "2010-03-18", "March 2010", "n.d.", "in press", "2010/2011", "magazine", "newspaper", "and others",
    "manual", "dataset", "PhD thesis", "Master's thesis", "Report", "Discussion paper", "software", "350", "pubmed",
)  # fmt: skip

line = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), min_size=1, max_size=5).map("".join)
name = st.fixed_dictionaries({}, optional={"family": line, "given": line, "literal": line})
value = line | st.sampled_from(SAID) | st.lists(line, min_size=1, max_size=3)
said = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={
        **{key: line for key in ("title", "container", "series", "number", "volume", "issue", "edition", "place")},
        **{key: line for key in ("publisher", "oclc")},
        "authors": st.lists(name, max_size=3),
        "editors": st.lists(name, max_size=2),
        "othersOmitted": st.just("true"),
        "issued": st.sampled_from(["2010", "-0043", "1999-12", "n.d.", "March 2010"]) | line,
        "pages": st.sampled_from(["1-12", "350", "xii+20", "e12", "1–3, 7"]) | line,
        "doi": st.sampled_from(["10.1000/a_b", "10.1000/a{b}%c", "10.1000/$\\b#"]),
        "isbn": st.sampled_from(["978-0-19-852663-6", ["978-0-19-852663-6", "0-19-852663-6"]]),
        "issn": st.sampled_from(["0305-750X", ["0305-750X", "1873-5991"]]),
        "url": st.sampled_from(["http://a.org/~b_c%20d#e", ["http://a.org", "https://b.org/?a=1&b=$"]]),
    },
)
works = st.tuples(said, st.dictionaries(st.sampled_from(EXTRA), value, max_size=4))


def back(record):
    """A record as it is after it was written and read."""
    text = bibtex("a-2010", record)
    (found,) = entries(lambda: iter(text.splitlines(keepends=True)))
    assert (found.key, found.readable) == ("a-2010", True)
    return found.record


def as_filed(said, extra):
    """A record as a source file can hold it."""
    once = entry(said, extra, 1).record
    return entry(once, once.get("extra", {}), 1).record


@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(works)
def test_any_work_comes_back_as_it_was(work):
    record = as_filed(*work)

    assert back(record) == record


@pytest.mark.parametrize("type", TYPES)
def test_a_work_of_each_type_comes_back_with_all_it_has(type):
    record = as_filed(
        {
            "type": type, "title": "NGOs & {their} towns — a 50 % view", "issued": "2010", "container": "Mills_today",
            "authors": [{"family": "van der Berg", "given": "Ida, Jr."}, {"literal": "UN and others"}], "series": "S",
            "editors": [{"family": "Oak Marlow", "given": "Bo"}, {"family": "Holt"}], "othersOmitted": "true",
            "number": "12", "volume": "3", "issue": "4–5", "pages": "1–12", "edition": "2nd", "place": "Oakham",
            "publisher": "Mill & Sons", "doi": "10.5555/x_y", "isbn": "978-0-19-852663-6", "oclc": "123",
            "issn": ["0305-750X", "1873-5991"], "url": ["http://a.org/~b", "http://c.org/d%20e#f"],
        },
        {"issued": "2010-05-07", "note": ["one", "two\nthree"], "keyword": ["a, b", "c"], "ris:AN": "X1"},
    )  # fmt: skip

    assert back(record) == record


@pytest.mark.parametrize(
    "authors",
    [
        [
            {"family": "van der Berg", "given": "Ida"},
            {"family": "de Wit"},
            {"family": "Sanchez de Pablo", "given": "J."},
        ],
        [{"literal": "UN and others"}, {"literal": "others"}, {"literal": "& Söhne"}, {"literal": "Mill, Inc."}],
        [{"family": "King", "given": "M. L., Jr."}, {"family": "Who, What", "given": "A, B, C"}, {"family": "others"}],
        [{"family": "שלום", "given": "א"}, {"family": "張", "given": "三"}, {"family": "Ó {x}", "given": '"Q" and R'}],
    ],
)
def test_names_come_back_as_they_were(authors):
    assert back({"type": "book", "title": "Mills", "authors": authors})["authors"] == authors


def test_what_is_not_known_does_not_come_back_as_a_note():
    text = bibtex("a", {"type": "book", "extra": {"note": "A note"}})

    assert "note = {A note}" in text
    assert "{title not known; names not known; year not known}" in text
    assert back({"type": "book", "extra": {"note": "A note"}}) == {"type": "book", "extra": {"note": "A note"}}
    assert back({"type": "book"}) == {"type": "book"}


def test_paths_of_files_are_not_written():
    extra = {"bibtex:file": "C:/Users/reed/x.pdf", "bibtex:bdsk-file-1": "YnBsaXN0", "bibtex:owner": "reed"}

    text = bibtex("a", {"type": "book", "title": "Mills", "extra": extra})

    assert "x.pdf" not in text
    assert "YnBsaXN0" not in text
    assert "owner = {reed}" in text


def test_extra_fields_are_named_as_biblatex_names_them():
    extra = {
        "accessed": "2020-01-02", "number-of-pages": "350", "title-short": "Mills", "keyword": ["a", "b; c"],
        "translator": ["Quist, Bo", "Mill House"], "language": "en", "ris:AN": "1", "archive_location": "Box 3",
        "bibtex:eprint": "2001.1", "bibtex:eprinttype": "arxiv", "volume-title": "One",
    }  # fmt: skip

    text = bibtex("a", {"type": "book", "title": "Mills", "extra": extra})

    for written in (
        "urldate = {2020-01-02}", "pagetotal = {350}", "shorttitle = {Mills}", "keywords = {a, {b; c}}",
        "translator = {Quist, Bo and {Mill House}}", "language = {en}", "ris:AN = {1}", "archive_location = {Box 3}",
        "eprint = {2001.1}", "eprinttype = {arxiv}", "volume-title = {One}",
    ):  # fmt: skip
        assert f"  {written},\n" in text


def test_dates_and_types_are_written_so_that_plain_bibtex_has_year_and_month():
    law = bibtex("a", {"type": "legislation", "title": "Act", "issued": "2010", "extra": {"issued": "2010-03-08"}})
    thesis = bibtex("b", {"type": "thesis", "title": "Mills", "extra": {"genre": "Master's thesis"}})

    assert "@misc{a,\n  entrysubtype = {legislation}" in law
    assert "  year = {2010},\n  month = mar,\n  day = {08}," in law
    assert thesis.startswith("@mastersthesis{b,")


@pytest.mark.real
def test_every_real_work_comes_back_as_it_was(real_base):
    records = {
        source.id: json.loads(json.dumps({key: source.data[key] for key in KEYS if key in source.data}))
        for source in real_base.corpus
    }
    text = write({source.id: source.data for source in real_base.corpus}, "bibtex")

    found = {each.key: each.record for each in entries(lambda: iter(text.splitlines(keepends=True)))}

    assert found == records
    assert len(found) == len(re.findall("^@", text, re.M))
