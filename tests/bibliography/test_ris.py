"""RIS comes in whole, however it is written, and goes out so that it comes in as the same work."""

import json
import re
import unicodedata
from html import unescape

import pytest
import rispy
from conftest import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.bibliography.export import ris
from kb.bibliography.export.told import KEYS, flat, told
from kb.bibliography.reading import Given, read
from kb.bibliography.reading.entry import TYPES, entry
from kb.bibliography.reading.ris import entries
from kb.bibliography.reading.ris_tags import KIND, KNOWN
from kb.bibliography.variables import KEPT

EXPORTS = DATA / "bib" / "ris"
RECORDS = {  # how many records each file has, by its lines with TY
    "Dimensions_246.ris": 246, "econlit_3.ris": 3, "envindex_100.ris": 100, "final_24.ris": 24, "lens_343.ris": 343,
    "medline_84.ris": 84, "screened_128.ris": 128, "wos_278.ris": 278,
}  # fmt: skip
ARTICLE = """\
TY  - JOUR
ID  - reed-2001
A1  - Reed, Cy, Jr.
AU  - van Oak, Ida
AU  - World Bank
TI  - Who pays & who decides?
T2  - Journal of Mills
Y1  - 2001/05//
VL  - 3
IS  - 2
SP  - 476
EP  - 81
SN  - 0028-0836
DO  - https://doi.org/10.1000/Ab
UR  - https://example.org/1
KW  - power; money
KW  - mills
AB  - We ask who pays.
LA  - en
AN  - 77
ER  - 
"""


def reading(text):
    return list(entries(lambda: iter(text.splitlines(keepends=True))))


def only(*lines):
    (found,) = reading("\n".join(lines) + "\n")
    return found


def test_an_article_comes_in_under_our_keys():
    (found,) = reading(ARTICLE)

    assert found.record == {
        "type": "article", "title": "Who pays & who decides?", "issued": "2001", "container": "Journal of Mills",
        "authors": [{"family": "Reed", "given": "Cy, Jr."}, {"family": "van Oak", "given": "Ida"},
                    {"literal": "World Bank"}],
        "volume": "3", "issue": "2", "pages": "476–81", "issn": "0028-0836", "doi": "10.1000/Ab",
        "url": "https://example.org/1",
        "extra": {"issued": "2001-05", "keyword": ["power", "money", "mills"], "language": "en", "ris:AN": "77"},
    }  # fmt: skip
    assert (found.line, found.key, found.problems) == (1, "reed-2001", ())
    assert [(page.label, page.text) for page in found.pages] == [("abstract", "We ask who pays.")]


@pytest.mark.parametrize("ty", ["", "XYZ", "GEN", *KIND])
def test_each_tag_of_a_record_is_found_again(ty):
    tags = sorted(KNOWN - {"TY", "ER"} | {"ZZ", "C9"})
    found = only(f"TY  - {ty}", *(f"{tag}  - text of {tag} one" for tag in tags), "ER  - ")

    said = everything(found)
    assert [tag for tag in tags if f"text of {tag} one" not in said and tag not in ("SP", "EP")] == []
    assert "text of SP one" in said and "text of EP one" in said


@pytest.mark.parametrize("tag", sorted(KNOWN - {"TY", "ER", "ID"}))
def test_a_tag_that_stands_twice_loses_neither(tag):
    said = everything(only("TY  - JOUR", f"{tag}  - first {tag}", f"{tag}  - second {tag}", "ER  - "))

    assert f"first {tag}" in said and f"second {tag}" in said


@pytest.mark.parametrize(
    ("lines", "type", "said"),
    [
        (["TY  - BOOK", "T2  - Towns", "A2  - Oak, Ida", "A3  - Elm, Bo", "SP  - 345", "SN  - 9780253033802"], "book",
         {"series": "Towns", "editors": [{"family": "Elm", "given": "Bo"}], "isbn": "9780253033802",
          "extra.collection-editor": "Oak, Ida", "extra.number-of-pages": "345"}),
        (["TY  - EDBOOK", "AU  - Oak, Ida"], "book", {"editors": [{"family": "Oak", "given": "Ida"}]}),
        (["TY  - CHAP", "T2  - Mills", "A2  - Oak, Ida", "SP  - 20-31", "CY  - Nowhere"], "chapter",
         {"container": "Mills", "editors": [{"family": "Oak", "given": "Ida"}], "pages": "20–31", "place": "Nowhere"}),
        (["TY  - CONF", "C3  - Proceedings", "T2  - Meeting", "CY  - Nowhere"], "conference-paper",
         {"container": "Proceedings", "extra.event-title": "Meeting", "place": "Nowhere"}),
        (["TY  - RPRT", "SN  - WP 4", "PB  - Mill", "M3  - Working paper"], "working-paper",
         {"number": "WP 4", "publisher": "Mill", "extra.genre": "Working paper"}),
        (["TY  - THES", "M3  - PhD thesis", "PB  - Mill", "SP  - 210"], "thesis",
         {"publisher": "Mill", "extra.genre": "PhD thesis", "extra.number-of-pages": "210"}),
        (["TY  - JOUR", "JO  - J. Mills", "C7  - 106558", "DA  - NOV 15", "PY  - 2019"], "article",
         {"container": "J. Mills", "pages": "106558", "issued": "2019", "extra.issued": "2019-11-15"}),
        (["TY  - JOUR", "JF  - Journal of Mills", "JA  - J. Mills", "M3  - 10.1000/x"], "article",
         {"container": "Journal of Mills", "extra.container-title-short": "J. Mills", "doi": "10.1000/x"}),
        (["TY  - JOUR", "TI  - A", "UR  - http://dx.doi.org/10.1000/x"], "article",
         {"doi": "10.1000/x", "url": "http://dx.doi.org/10.1000/x"}),
        (["TY  - JOUR", "TI  - A", "N1  - Seen; doi: 10.1000/x."], "article",
         {"doi": "10.1000/x", "extra.note": "Seen; doi: 10.1000/x."}),
        (["TY  - JOUR", "TI  - A", "U1  - 35957633 [PMID]", "UR  - PM:123", "C2  - PMC77"], "article",
         {"extra.PMID": ["123", "35957633"], "extra.PMCID": "PMC77"}),
        (["TY  - JOUR", "AU  - Oak, I.; Elm, B.", "AU  - et al."], "article",
         {"authors": [{"family": "Oak", "given": "I."}, {"family": "Elm", "given": "B."}], "othersOmitted": "true"}),
        (["TY  - JOUR", "TI  - A", "Y1  - 2008/08//Summer", "Y2  - 2011/03/17/10:20:33"], "article",
         {"extra.issued": "2008-08", "extra.ris:Y1": "2008/08//Summer", "extra.accessed": "2011-03-17 10:20:33"}),
        (["TY  - GEN", "TI  - A", "PB  - Mill"], "document", {"extra.ris:TY": None, "publisher": "Mill"}),
        (["TY  - GEN", "TI  - A", "T2  - Journal of Mills"], "article", {"extra.ris:TY": "GEN"}),
        (["TY  - MAP", "C1  - 1:5000", "T2  - Towns"], "document",
         {"extra.ris:TY": "MAP", "extra.scale": "1:5000", "series": "Towns"}),
        (["TY  - JOUR", "TI  - AT&amp;T", "SN  - 0028-0836 (print) 1476-4687 (online)"], "article",
         {"title": "AT&T", "issn": ["0028-0836", "1476-4687"]}),
    ],
)  # fmt: skip
def test_tags_mean_what_they_mean_for_their_type(lines, type, said):
    found = flat(only(*lines, "ER  - ").record)

    assert found["type"] == type
    assert {key: found.get(key) for key in said} == said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("TY  - JOUR\nTI  - A\n\nTY  - BOOK\nTI  - B\nER  - \n", "has no ER at its end: taken to end where"),
        ("TY  - BOOK\nTI  - B\nER  - \nTY  - JOUR\nTI  - A\n", "has no ER at its end: taken to end with the file"),
        ("TI  - A\nAU  - Oak, Ida\nER  - \nTY  - BOOK\nTI  - B\nER  - \n", "has no TY"),
        ("ty - JOUR\nTI - A\nER -\nTY  - BOOK\nTI  - B\nER  - \n", "tags are not written as RIS has them"),
        ("TY\t-\tJOUR\nTI\t-\tA\nER\t-\nTY  - BOOK\nTI  - B\nER  - \n", "tags are not written as RIS has them"),
        ("  TY  -JOUR\n  TI  -A\n  ER  -\nTY  - BOOK\nTI  - B\nER  - \n", "tags are not written as RIS has them"),
    ],
)
def test_a_record_that_is_oddly_written_comes_in_and_says_why(text, why):
    found = reading(text)

    assert sorted(each.record["title"] for each in found) == ["A", "B"]
    assert [problem for each in found for problem in each.problems if why in problem] != []


def test_text_outside_of_records_is_told_with_its_line():
    first, second, third = reading("Exported by hand\n2001\n\nTY  - BOOK\nTI  - B\nER  - \nthe end\n")

    assert (first.line, first.readable, first.problems) == (1, False, ("text outside of a record: 'Exported by hand'",))
    assert (second.line, second.record["title"], third.line, third.readable) == (4, "B", 7, False)


def test_a_record_that_says_nothing_is_told():
    (found,) = reading("TY  - BOOK\nER  - \n")

    assert (found.readable, found.problems) == (False, ("a record of RIS that says nothing",))


def test_a_record_without_end_does_not_fill_memory_nor_hide_the_next():
    runaway = "\n".join(["TY  - BOOK", "TI  - A", *(["AB  - " + "x" * 99_990] * 30), "TY  - BOOK", "TI  - B", "ER  - "])

    first, second = reading(runaway)

    assert (first.readable, first.line) == (False, 1) and "2,000,000 characters" in first.problems[0]
    assert second.record["title"] == "B"


def test_lines_that_go_on_belong_to_their_tag():
    found = only(
        "TY  - JOUR", "TI  - A long", "title of two lines", "AU  - Oak,", "Ida", "KW  - one", "two", "AB  - First.", "",
        "Second - with a dash.", "TI-in is no tag", "ER  - ",
    )  # fmt: skip

    assert found.record["title"] == "A long title of two lines"
    assert found.record["authors"] == [{"family": "Oak", "given": "Ida"}]
    assert found.record["extra"]["keyword"] == ["one", "two"]
    assert found.pages[0].text == "First.\nSecond - with a dash.\nTI-in is no tag"


@pytest.mark.parametrize(
    ("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("utf-16", "\r\n"), ("utf-8", "\r"), ("cp1252", "\n")]
)
def test_a_file_in_any_encoding_and_with_any_line_ends_is_read(tmp_path, encoding, end):
    path = tmp_path / "a.ris"
    path.write_bytes(ARTICLE.replace("Journal of Mills", "Zeitschrift für Mühlen").replace("\n", end).encode(encoding))

    (found,) = read(Given.of(path))

    assert (found.record["container"], found.line) == ("Zeitschrift für Mühlen", 1)


def test_a_note_under_a_name_of_ours_is_kept_under_it():
    extra = only("TY  - BOOK", "TI  - A", "N1  - original-date: 1899", "N1  - See also: B", "ER  - ").record["extra"]

    assert extra == {"original-date": "1899", "note": "See also: B"}


PUBMED = """\
PMID- 32789069
OWN - NLM
IS  - 2168-8184 (Print)
VI  - 12
IP  - 7
DP  - 2020 Jul 11
TI  - Tramadol for the
      management of withdrawal.
PG  - e9128
LID - 10.7759/cureus.9128 [doi]
AB  - We ask.
FAU - Shah, Kaushal
AU  - Shah K
CN  - Mill Group
LA  - eng
PT  - Journal Article
PT  - Review
TA  - Cureus
JT  - Cureus
MH  - Pain
PMC - PMC7417126

PMID- 2
TI  - Second
"""
ENDNOTE = """\
%0 Book Section
%A Ida Oak
%A Elm, Bo
%E Reed, Cy
%D 1999
%T Two towns
%B Mills and their towns
%P 20-31
%I Nowhere Press
%C Nowhere
%@ 978-0-253-03380-2
%K mills
towns
%= 5

%0 Thesis
%T Second
"""


def test_records_of_pubmed_are_read(tmp_path):
    (tmp_path / "a.txt").write_text(PUBMED, "utf-8")

    first, second = read(Given.of(tmp_path / "a.txt"))

    assert first.record == {
        "type": "article", "title": "Tramadol for the management of withdrawal.", "issued": "2020",
        "authors": [{"family": "Shah", "given": "Kaushal"}, {"literal": "Mill Group"}], "container": "Cureus",
        "volume": "12", "issue": "7", "pages": "e9128", "doi": "10.7759/cureus.9128", "issn": "2168-8184",
        "extra": {"PMCID": "PMC7417126", "PMID": "32789069", "genre": "Review", "issued": "2020-07-11",
                  "keyword": "Pain", "language": "eng", "nbib:AU": "Shah K", "nbib:OWN": "NLM"},
    }  # fmt: skip
    assert (first.pages[0].text, second.line, second.record["title"]) == ("We ask.", 23, "Second")


def test_records_of_endnote_are_read(tmp_path):
    (tmp_path / "a.txt").write_text(ENDNOTE, "utf-8")

    first, second = read(Given.of(tmp_path / "a.txt"))

    assert first.record == {
        "type": "chapter", "title": "Two towns", "issued": "1999", "container": "Mills and their towns",
        "authors": [{"family": "Oak", "given": "Ida"}, {"family": "Elm", "given": "Bo"}],
        "editors": [{"family": "Reed", "given": "Cy"}], "pages": "20–31", "place": "Nowhere",
        "publisher": "Nowhere Press", "isbn": "978-0-253-03380-2",
        "extra": {"keyword": ["mills", "towns"], "note": "enw:=: 5"},
    }  # fmt: skip
    assert (second.line, second.record["type"]) == (16, "thesis")


def test_paths_on_somebody_s_disk_stay_in_the_file_and_abstracts_are_not_exported():
    found = only("TY  - BOOK", "TI  - A", "L1  - file:///C:/a.pdf", "L2  - https://b.org/1", "AB  - Secret", "ER  - ")

    text = ris("a", found.record)

    assert found.record["extra"] == {"ris:L1": "file:///C:/a.pdf", "ris:L2": "https://b.org/1"}
    assert "L2  - https://b.org/1" in text and "a.pdf" not in text and "Secret" not in text


ODD = st.sampled_from(
    ["Zoë Ångström", "van der Berg", "Department of Health, Education and Welfare", "n.d.", "ER  - ", "a\nTY  - JOUR",
     "title not known", "note: x", "kb:title: z", "181–195", "e0123", "2019", "مرحبا بالعالم", "東京大学出版会", "🙂",
     "A & B; C, D", "&amp; <i>x</i>", '"quoted"', "[1]", "10.1000/abc", "Call Number: 7", "further authors not named",
     "a\u2028b", "978-0-253-03380-2", "0028-0836", "http://x.org/1", "Working Paper", "2008-08", "2013~", "et al."]
)  # fmt: skip
TEXT = st.one_of(ODD, st.text(max_size=20))
NAME = st.one_of(
    st.fixed_dictionaries({"family": TEXT, "given": TEXT}), st.fixed_dictionaries({"literal": TEXT}),
    st.fixed_dictionaries({"family": TEXT}),
)  # fmt: skip
SAID = st.fixed_dictionaries(
    {"type": st.sampled_from(TYPES)},
    optional={key: TEXT for key in KEYS if key not in ("type", "authors", "editors", "othersOmitted")}
    | {"issued": st.integers(1000, 2100).map(str), "authors": st.lists(NAME, max_size=3)}
    | {"editors": st.lists(NAME, max_size=2), "othersOmitted": st.just("true")},
)
EXTRA = st.dictionaries(
    st.one_of(
        st.sampled_from(sorted(KEPT)), st.text(min_size=1, max_size=6),
        st.sampled_from(["ris:AN", "ris:TY", "ris:SN", "ris:PY", "ris:L1", "csl:type", "csl:x", "bibtex:file", "isbn"]),
    ),
    st.one_of(TEXT, st.lists(TEXT, max_size=3)),
    max_size=3,
)  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(SAID, EXTRA)
def test_whatever_a_work_is_called_ris_brings_it_back(said, extra):
    work = entry(said, extra, 1).record

    found = reading(ris("a-b", work))

    assert [flat(each.record) for each in found] == [told(work)]


def everything(found):
    """All that an entry says, as one text without signs, and with the name of what is extra behind it."""
    record = dict(found.record)
    parts = [found.key, *(page.text for page in found.pages), *found.problems]
    for name, value in (*record.pop("extra", {}).items(), *record.items()):
        for each in value if isinstance(value, list) else [value]:
            parts += [" ".join(each.values()) if isinstance(each, dict) else each]
        parts.append(name)
    return "\n".join(parts)


def bare(text):
    for _ in range(4):  # abstracts of some databases are escaped so often
        text = unescape(text)
    plain = unicodedata.normalize("NFC", re.sub(r"</?[A-Za-z][^<>]*>", "", text))
    return "".join(filter(str.isalnum, plain)).lower()


needs_exports = pytest.mark.skipif(not EXPORTS.is_dir(), reason="the RIS exports to measure by are not here")


@needs_exports
@pytest.mark.parametrize("name", RECORDS)
def test_every_record_of_an_export_comes_in_with_all_it_says(name):
    text = (EXPORTS / name).read_text("utf-8-sig")
    raw = rispy.loads(text, mapping={tag: tag for tag in KNOWN} | {"UK": "UK"}, list_tags=[], enforce_list_tags=False)

    found = list(read(Given.of(EXPORTS / name)))

    assert len(found) == RECORDS[name] == len(raw) == len(re.findall(r"(?m)^TY  - ", text))
    assert all(each.readable for each in found)
    for record, each in zip(raw, found, strict=True):
        said = bare(everything(each))
        assert [(tag, value) for tag, value in values(record) if bare(value) not in said] == []


def values(record):
    """The tags that rispy has of a record, each with its values, as far as these are kept to the letter."""
    for tag, value in record.items():
        for other, text in value.items() if tag == "UK" else [(tag, value)]:
            for line in text if isinstance(text, list) else [text]:
                if other not in ("TY", "ER", "DA"):
                    yield other, line.removeprefix("https://doi.org/")


@needs_exports
def test_records_of_databases_go_out_and_come_back_as_they_are():
    for name in RECORDS:
        for each in list(read(Given.of(EXPORTS / name)))[:20]:
            assert [flat(back.record) for back in reading(ris("a", each.record))] == [told(each.record)]


@pytest.mark.real
def test_every_real_work_comes_back_from_ris(real_base):
    for source in real_base.corpus:
        (found,) = reading(ris(source.id, source.data))

        assert found.record == {key: source.data[key] for key in (*KEYS, "extra") if key in source.data}
        assert (found.key, found.problems) == (source.id, ())


@pytest.mark.real
def test_other_programs_read_what_we_export(real_base):
    text = real_base.cite([source.id for source in real_base.corpus], "ris")

    records = rispy.loads(text)

    assert [record["id"] for record in records] == [source.id for source in real_base.corpus]
    assert [record.get("title") for record in records] == [source.data.get("title") for source in real_base.corpus]
    assert json.dumps(records)


def test_title_and_year_have_their_tags_whatever_else_must_be_noted():
    extra = {"csl:type": "motion_picture", "note": "doi:10.1000/reeds"}  # which a reader takes for the DOI
    film = {"title": "A film", "authors": [{"family": "Reed", "given": "C"}], "issued": "1999", "extra": extra}
    lines = ris("film", film).splitlines()

    assert {"AU  - Reed, C", "TI  - A film", "PY  - 1999"} <= set(lines)


def test_only_a_single_range_of_pages_is_divided():
    lines = ris("mo", {"type": "article", "title": "Mo", "issued": "1999", "pages": "e12, 45–7, 99"}).splitlines()

    assert "SP  - e12, 45–7, 99" in lines
    assert not any(line.startswith("EP") for line in lines)
