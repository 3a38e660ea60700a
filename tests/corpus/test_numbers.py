"""One normaliser for DOIs: what stands around one is cut off, what belongs to it stays, a bare one is left alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.bibliography.reading.entry import entry
from kb.corpus.check.fields import values
from kb.corpus.numbers import bare_doi, comparable_doi, dois, isbns, issns, whole_doi
from kb.intake.described import described

SAME = "10.1000/abc"
AROUND = [
    "10.1000/abc", "10.1000/abc)", "(10.1000/abc)", "10.1000/abc].", "10.1000/abc?utm_source=x&y=z", "doi:10.1000/abc,",
    "https://doi.org/10.1000/abc#section-2", "http://dx.doi.org/10.1000/abc?x", "https://doi.org/10.1000%2Fabc",
    "“10.1000/abc”", "<10.1000/abc>", "10.1000/abc;", "https://a.org/x?doi=10.1000/abc&page=2", "DOI: 10.1000/abc.)",
    "<a href='https://doi.org/10.1000/abc'>10.1000/abc</a>",
]  # fmt: skip
WHOLE = [
    "10.1016/S0140-6736(05)67000-0", "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
    "10.1000/a_b-c.d/e:f;g", "10.1093/ije/dyq191", "10.1000/456#789", "10.1000/a[b]c",
]  # fmt: skip


@pytest.mark.parametrize("text", AROUND)
def test_what_stands_around_a_doi_is_cut_off(text):
    assert bare_doi(text) == SAME


@pytest.mark.parametrize("doi", WHOLE)
def test_what_belongs_to_a_doi_stays(doi):
    assert [bare_doi(doi), bare_doi(f"(https://doi.org/{doi})."), *dois(f"See ({doi}).")][::2] == [doi, doi]
    assert whole_doi(doi) == doi


@given(st.text("10./()[]<>:?&=#%2F abc;,’", max_size=40).map(lambda text: f"10.1000/{text}") | st.text(max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_a_bare_doi_stays_as_it_is(text):
    doi = bare_doi(text)

    assert bare_doi(doi) == doi
    assert entry({"doi": doi}, {}, 1).record.get("doi", "") == doi


@pytest.mark.parametrize("text", ["10.1000/", "10.1000/)", "10.1/abc", "110,1000/abc", "doi:", "", "10.1000/?x=1"])
def test_what_is_no_doi_gives_none(text):
    assert bare_doi(text) == ""


@pytest.mark.parametrize("text", ["10.1000/abc)", "10.1000/ABC?x=1", "https://doi.org/10.1000/abc]"])
def test_works_are_matched_by_doi_whatever_stands_around_it(text):
    assert described(entry({"title": "Reeds", "doi": text}, {}, 1).record).dois == {SAME}
    assert comparable_doi(text) == SAME


def test_numbers_are_found_as_people_write_them():
    assert isbns("ISBN9780774813839; 0-7748-1383-8, 12345678901234") == ["9780774813839", "0-7748-1383-8"]
    assert issns("ISSN:0305-750x, eISSN 20493630, WPS1234-5678") == ["0305-750X", "2049-3630"]


@pytest.mark.parametrize("text", ["10.1000/" + ")" * 500_000, "10.1000/a" * 100_000, "doi.org/" + "%25" * 300_000])
def test_what_is_longer_than_any_doi_is_none(text):
    assert bare_doi(text) == ""


def test_check_offers_the_bare_doi():
    assert [each.mend for each in values("doi", "10.1000/abc)", ("doi",))] == [SAME]
    assert [each.mend for each in values("doi", f"https://doi.org/{SAME}", ("doi",))] == [SAME]
    assert list(values("doi", SAME, ("doi",))) == []
