"""Reference managers: what they read from a record is what the record says, and no more."""

import json
import re

import pytest

from kb.bibliography.export import csl, exported, ris
from kb.bibliography.styles import cite

ARTICLE = {
    "type": "article", "title": "Who pays & who decides?", "issued": "2010", "container": "Journal of Mills",
    "authors": [{"family": "Testwell", "given": "Tamsin A."}, {"family": "van Quist", "given": "Jean-Luc"}],
    "volume": "3", "issue": "2", "pages": "1–12", "publisher": "Nowhere Press", "place": "Nowhere",
    "issn": "1234-567X", "doi": "10.5555/made_up.2010", "url": "https://example.org/a?b=1&c=2",
}  # fmt: skip
CHAPTER = {
    "type": "chapter", "title": "Two towns", "issued": "1999", "container": "Mills and their towns", "series": "Towns",
    "authors": [{"family": "van Oak", "given": "Ida"}], "editors": [{"family": "Marlow", "given": "Bo"}],
    "pages": "20-31", "isbn": "978-0-00-000000-2", "edition": "2nd",
}  # fmt: skip
TYPES = {
    "article": ("JOUR", "article-journal"), "book": ("BOOK", "book"), "chapter": ("CHAP", "chapter"),
    "conference-paper": ("CONF", "paper-conference"), "document": ("GEN", "document"),
    "legislation": ("STAT", "legislation"), "magazine-article": ("MGZN", "article-magazine"),
    "reference-entry": ("ENCYC", "entry-encyclopedia"), "report": ("RPRT", "report"), "thesis": ("THES", "thesis"),
    "webpage": ("ELEC", "webpage"), "working-paper": ("RPRT", "report"),
}  # fmt: skip
CSL_DATE = {"date-parts", "literal"}  # of csl-data.json, as are these
CSL_NAME = {"family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle"}
CSL_TEXT = {
    "id", "type", "title", "container-title", "collection-title", "number", "volume", "issue", "page", "edition",
    "publisher", "publisher-place", "DOI", "ISBN", "ISSN", "URL", "genre", "note",
}  # fmt: skip


def read_ris(text):
    """What a reader of RIS sees: the tags of each record with their values, in order."""
    records, tags = [], None
    for line in text.splitlines():
        if not line:
            continue
        tag, value = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line).groups()
        if tag == "TY":
            assert tags is None  # the one before has ended
            tags = []
        tags.append((tag, value))
        if tag == "ER":
            records.append(tags[:-1])
            tags = None
    assert tags is None
    return records


def fields(record):
    (tags,) = read_ris(ris("a", record))
    return {tag: [value for other, value in tags if other == tag] for tag, _ in tags}


def test_ris_says_of_an_article_what_the_record_says():
    assert read_ris(ris("testwell-2010", ARTICLE)) == [
        [
            ("TY", "JOUR"), ("ID", "testwell-2010"), ("AU", "Testwell, Tamsin A."), ("AU", "van Quist, Jean-Luc"),
            ("TI", "Who pays & who decides?"), ("PY", "2010"), ("JO", "Journal of Mills"), ("VL", "3"), ("IS", "2"),
            ("SP", "1"), ("EP", "12"), ("PB", "Nowhere Press"), ("CY", "Nowhere"), ("SN", "1234-567X"),
            ("DO", "10.5555/made_up.2010"), ("UR", "https://example.org/a?b=1&c=2"),
        ]
    ]  # fmt: skip


def test_ris_puts_a_chapter_into_its_book():
    found = fields(CHAPTER)

    assert (found["T2"], found["T3"], found["A2"]) == (["Mills and their towns"], ["Towns"], ["Marlow, Bo"])
    assert (found["SP"], found["EP"], found["ET"], found["SN"]) == (["20"], ["31"], ["2nd"], ["978-0-00-000000-2"])


def test_ris_has_editors_series_and_numbers_of_whole_works():
    volume = fields({"type": "book", "title": "Mills", "editors": [{"family": "Marlow"}], "series": "Towns"})
    report = fields({"type": "working-paper", "title": "Mills", "number": "4", "series": "Papers"})

    assert (volume["ED"], volume["T2"]) == (["Marlow"], ["Towns"])
    assert (report["IS"], report["T2"], report["M3"]) == (["4"], ["Papers"], ["Working Paper"])


@pytest.mark.parametrize("kind", TYPES)
def test_each_kind_of_work_has_its_type(kind):
    assert (fields({"type": kind})["TY"][0], csl("a", {"type": kind})["type"]) == TYPES[kind]


def test_what_is_not_known_is_absent_and_noted():
    found = fields({"type": "article", "authors": [{"family": "Holt"}], "othersOmitted": "true"})
    odd = fields({"type": "book", "title": "Mills", "authors": [{"family": "Holt"}], "issued": "190x", "pages": "A64"})

    assert not found.keys() & {"TI", "PY", "JO", "SP", "EP", "DO"}
    assert found["AU"] == ["Holt"]
    assert found["N1"][-1] == "title not known; year not known; further authors not named"
    assert (odd["DA"], odd["N1"][-1], "PY" in odd, "EP" in odd) == (["190x"], "kb:pages: A64", False, False)
    assert "N1" not in fields(ARTICLE)


def test_no_text_can_end_a_record_of_ris_or_begin_another():
    text = cite({"a": {"type": "book", "title": "One\nER  - \nTY  - BOOK\r\nTI  - two"}, "b": ARTICLE}, "ris")

    assert [dict(tags)["ID"] for tags in read_ris(text)] == ["a", "b"]


def test_csl_json_is_one_array_with_every_work():
    found = json.loads(cite({"b": ARTICLE, "a": CHAPTER}, "csl-json"))

    assert [item["id"] for item in found] == ["b", "a"]
    assert found[0]["issued"] == {"date-parts": [[2010]]}
    assert found[1]["author"] == [{"family": "Oak", "given": "Ida", "non-dropping-particle": "van"}]


def test_csl_json_leaves_out_what_is_not_known_and_notes_it():
    record = {"type": "thesis", "authors": [{"family": "Holt"}]}

    assert csl("a", record) == exported("a", record) == {
        "id": "a", "type": "thesis", "author": [{"family": "Holt"}], "genre": "Thesis",
        "note": "title not known; year not known",
    }  # fmt: skip


def test_a_name_is_a_family_name_or_a_whole_one():
    names = [{"family": "Holt", "given": "Ann", "literal": "Ann Holt"}, {"given": "Ann"}, {}, {"literal": ""}]

    assert csl("a", {"authors": names})["author"] == [{"family": "Holt", "given": "Ann"}, {"literal": "Ann"}]
    assert fields({"authors": names})["AU"] == ["Holt, Ann", "Ann"]


@pytest.mark.real
def test_every_real_work_is_valid_csl_json_and_ris(real_base):
    ids = [source.id for source in real_base.corpus]

    items, tagged = json.loads(real_base.cite(ids, "csl-json")), read_ris(real_base.cite(ids, "ris"))

    assert [item["id"] for item in items] == [dict(tags)["ID"] for tags in tagged] == ids
    for item in items:
        for key, value in item.items():
            if key in ("author", "editor"):
                assert value and all(name.keys() <= CSL_NAME for name in value)
            elif key == "issued":
                assert value.keys() <= CSL_DATE
            else:
                assert (key in CSL_TEXT and isinstance(value, str)) or key == "custom"
    for tags in tagged:
        assert tags[0] in [("TY", kind) for kind, _ in TYPES.values()]
        assert all(value for _, value in tags)
