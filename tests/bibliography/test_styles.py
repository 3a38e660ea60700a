"""Citations: what is known is printed in the field's form, what is not known is said, nothing is guessed."""

import json
import re
import subprocess
import sys

import pytest

from kb.bibliography.styles import bibtex, citation, cite, csl, in_text, reference
from kb.errors import BadQuery

ARTICLE = {
    "type": "article", "state": "complete", "title": "Who pays and who decides?", "issued": "2010",
    "authors": [{"family": "Testwell", "given": "Tamsin A."}, {"family": "Quist", "given": "Jean-Luc"}],
    "container": "Journal of Made-up Partnerships", "volume": "3", "issue": "2", "pages": "1–12",
    "publisher": "Nowhere Press", "doi": "10.5555/made_up.2010",
}  # fmt: skip
VOLUME = {
    "type": "book", "title": "Mills and their towns", "issued": "1999", "publisher": "Mill Books", "edition": "2nd",
    "editors": [{"family": "Marlow", "given": "Bo"}, {"family": "Reed", "given": "Cy"}],
}  # fmt: skip
CHAPTER = {
    "type": "chapter", "title": "Two towns", "issued": "1999", "container": "Mills and their towns",
    "authors": [{"family": "van Oak", "given": "Ida"}], "editors": [{"family": "Marlow", "given": "Bo"}],
    "pages": "20-31", "publisher": "Mill Books",
}  # fmt: skip
UNTITLED = {"type": "document", "state": "seed-only", "authors": [{"family": "Holt"}], "issued": "2004"}
NOBODY = {"type": "article", "state": "incomplete", "issued": "2006", "container": "Mill Review", "volume": "7"}


def names(*families):
    return [{"family": family} for family in families]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ({"authors": names("Holt"), "issued": "2005"}, "Holt (2005)"),
        ({"authors": names("Holt", "Reed"), "issued": "2014"}, "Holt & Reed (2014)"),
        ({"authors": names("Holt", "Reed", "Oak"), "issued": "2008"}, "Holt et al. (2008)"),
        ({"authors": [{"literal": "Council of Mills"}], "issued": "2019"}, "Council of Mills (2019)"),
        ({"authors": names("Holt"), "othersOmitted": "true", "issued": "1996"}, "Holt et al. (1996)"),
        ({"authors": names("Holt"), "othersOmitted": "false", "issued": "1996"}, "Holt (1996)"),
        ({"authors": names("Holt")}, "Holt (n.d.)"),
        (VOLUME, "Marlow & Reed (1999)"),
        ({**CHAPTER, "authors": []}, "“Two towns” (1999)"),
        ({"title": "Flows: a long story", "issued": "2022"}, "“Flows” (2022)"),
        ({"title": 'On "mills"?'}, "“On 'mills'” (n.d.)"),
        ({"title": "a b c d e f g h i"}, "“a b c d e f g h…” (n.d.)"),
        ({"type": "legislation", "title": "Act", "authors": names("Utopia"), "issued": "1901"}, "“Act” (1901)"),
        (NOBODY, "Untitled work (2006)"),
        ({}, "Untitled work (n.d.)"),
    ],
)  # fmt: skip
def test_in_text_citation_names_who_and_when(record, text):
    assert in_text(record) == text


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (ARTICLE, "Testwell & Quist (2010)"),
        (UNTITLED, "Holt (2004), title not known"),
        (NOBODY, "Untitled work (2006), title and names not known"),
        ({"title": "Flows", "state": "incomplete"}, "“Flows” (n.d.)"),
    ],
)
def test_page_citation_says_when_the_title_is_not_known(record, text):
    assert citation(record) == text


APA = {
    "article": (
        ARTICLE,
        "Testwell, T. A., & Quist, J.-L. (2010). Who pays and who decides? Journal of Made-up Partnerships, 3(2), "
        "1–12. https://doi.org/10.5555/made_up.2010",
    ),
    "article of many": (
        {**ARTICLE, "authors": names("A", "B"), "othersOmitted": "true", "doi": "", "issue": "", "title": "Why"},
        "A, B, et al. (2010). Why. Journal of Made-up Partnerships, 3, 1–12.",
    ),
    "article with no year and a page of the web": (
        {"type": "article", "title": "Why", "authors": names("Holt"), "url": "https://example.org/why"},
        "Holt. (n.d.). Why. https://example.org/why",
    ),
    "journal whose name is not English": (
        {"type": "article", "title": "Why", "authors": names("Holt"), "container": "Revista de Tudo e Nada"},
        "Holt. (n.d.). Why. Revista de Tudo e Nada.",
    ),
    "signs that HTML would escape": (
        {"type": "article", "title": "Profit < people", "authors": names("Holt"), "container": "Mills & Towns"},
        "Holt. (n.d.). Profit < people. Mills & Towns.",
    ),
    "edited volume": (VOLUME, "Marlow, B., & Reed, C. (Eds.). (1999). Mills and their towns (2nd ed.). Mill Books."),
    "volume of one editor": (
        {**VOLUME, "editors": names("Marlow"), "edition": "", "volume": "3"},
        "Marlow (Ed.). (1999). Mills and their towns (Vol. 3). Mill Books.",
    ),
    "chapter": (
        CHAPTER,
        "van Oak, I. (1999). Two towns. In B. Marlow (Ed.), Mills and their towns (pp. 20–31). Mill Books.",
    ),
    "report of a body": (
        {
            "type": "report", "title": "Mills: a survey", "authors": [{"literal": "Council of Mills"}],
            "issued": "2019", "series": "Mill Papers", "number": "12", "publisher": "Council of Mills",
        },
        "Council of Mills. (2019). Mills: a survey (Mill Papers No. 12).",
    ),
    "report with a number of letters": (
        {"type": "report", "title": "Mills", "authors": names("Holt"), "number": "GM-19", "publisher": "Mill Books"},
        "Holt. (n.d.). Mills (GM-19). Mill Books.",
    ),
    "working paper": (
        {"type": "working-paper", "title": "Mills", "authors": names("Holt"), "number": "4", "publisher": "Mill Books"},
        "Holt. (n.d.). Mills (Working Paper No. 4). Mill Books.",
    ),
    "thesis": (
        {"type": "thesis", "title": "Mills", "authors": names("Holt"), "issued": "2001", "publisher": "Mill College"},
        "Holt. (2001). Mills [Thesis]. Mill College.",
    ),
    "web page": (
        {"type": "webpage", "title": "Mills", "authors": [{"literal": "Millers"}], "url": "https://example.org/m"},
        "Millers. (n.d.). Mills. https://example.org/m",
    ),
    "conference paper": (
        {"type": "conference-paper", "title": "Mills!", "authors": names("Holt"), "container": "Mill Days 2003"},
        "Holt. (n.d.). Mills! Mill Days 2003.",
    ),
    "work without names": (
        {"type": "article", "title": "Flows: a story", "issued": "2022", "container": "Mill Review", "volume": "7"},
        "Flows: a story. (2022). Mill Review, 7.",
    ),
    "names with particles and by-names": (
        {"type": "book", "title": "Mills", "issued": "2022", "authors": [
            {"family": "Athar", "given": "Habib-ur-Rehman"}, {"family": "Shani", "given": "A. B. (Rami)"},
        ]},
        "Athar, H.-U.-R., & Shani, A. B. (2022). Mills.",
    ),
    "year that is no number": ({"type": "book", "title": "Mills", "authors": names("Holt"), "issued": "190x"},
        "Holt. (190x). Mills."),
    "untitled": (UNTITLED, "Holt (2004), title not known."),
    "untitled chapter": (
        {**CHAPTER, "title": ""},
        "van Oak (1999), title not known. In B. Marlow (Ed.), Mills and their towns (pp. 20–31). Mill Books.",
    ),
    "untitled volume": ({**VOLUME, "title": ""}, "Marlow & Reed (1999), title not known (2nd ed.). Mill Books."),
    "untitled and of nobody": (NOBODY, "Untitled work (2006), title and names not known. Mill Review, 7."),
}  # fmt: skip


@pytest.mark.parametrize("shape", APA)
def test_reference_is_plain_text_in_the_form_of_apa_7(shape):
    record, text = APA[shape]

    assert reference(record) == text


def test_unknown_style_is_refused_with_the_known_ones():
    with pytest.raises(BadQuery, match="no citation style 'apaa'; there are apa, chicago, mla, harvard and ieee"):
        reference(ARTICLE, style="apaa")


def test_csl_json_holds_the_work_under_its_own_id():
    item = csl("testwell-2010", ARTICLE)

    assert (item["id"], item["type"], item["issued"]) == ("testwell-2010", "article-journal", {"date-parts": [[2010]]})
    assert (item["container-title"], item["page"], item["DOI"]) == (ARTICLE["container"], "1–12", ARTICLE["doi"])


def test_records_are_cited_in_the_order_given():
    text = cite({"b": UNTITLED, "a": CHAPTER})

    assert [line[:4] for line in text.splitlines()] == ["Holt", "van "]


def test_nothing_is_cited_from_the_key_or_from_candidates():
    record = {**UNTITLED, "candidate_title": "Guesswork", "missing": ["title"]}

    shown = [in_text(record), citation(record), reference(record), bibtex("holt-2004", record)]

    assert "Guesswork" not in "".join(shown)
    assert reference({"type": "article"}) == "Untitled work (n.d.), title and names not known."


def test_citing_in_the_text_does_not_wait_for_the_style_engine():
    code = "import sys, kb.bibliography.styles as s; s.in_text({}); s.bibtex('a', {}); print('citeproc' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def read_back(records):
    """What a reference manager sees: the fields of each entry, TeX decoded and braces gone."""
    bibtexparser = pytest.importorskip("bibtexparser", minversion="2.0.0b7")
    middlewares = pytest.importorskip("bibtexparser.middlewares")
    library = bibtexparser.parse_string(
        cite(records, "bibtex"), append_middleware=[middlewares.LatexDecodingMiddleware()]
    )
    assert not library.failed_blocks
    return {
        entry.key: {"ENTRYTYPE": entry.entry_type}
        | {field.key: re.sub("[{}]", "", field.value) for field in entry.fields}
        for entry in library.entries
    }


def test_bibtex_read_back_gives_the_same_work():
    entry = read_back({"testwell-2010": ARTICLE})["testwell-2010"]

    assert entry["ENTRYTYPE"] == "article"
    assert entry["author"] == "Testwell, Tamsin A. and Quist, Jean-Luc"
    assert (entry["title"], entry["journal"]) == (ARTICLE["title"], ARTICLE["container"])
    assert (entry["volume"], entry["number"], entry["year"]) == ("3", "2", "2010")
    assert "pages = {1--12}" in bibtex("a", ARTICLE)
    assert "doi = {10.5555/made_up.2010}" in bibtex("a", ARTICLE)


def test_bibtex_survives_the_signs_that_tex_reads_as_orders():
    title = r"50 % of $ & # are_x ~ y \ back"

    assert read_back({"a": {"type": "book", "title": title}})["a"]["title"] == title


def test_bibtex_survives_braces_that_do_not_close():
    entries = read_back({"a": {"type": "book", "title": "open { x^2", "publisher": "close }"}, "b": UNTITLED})

    assert (list(entries), entries["a"]["publisher"]) == (["a", "b"], "close ")


@pytest.mark.parametrize(
    ("kind", "entry"),
    [
        ("article", "article"), ("book", "book"), ("chapter", "incollection"), ("report", "techreport"),
        ("thesis", "phdthesis"), ("conference-paper", "inproceedings"), ("webpage", "misc"), ("tool", "misc"),
    ],
)  # fmt: skip
def test_bibtex_entry_type_follows_the_kind_of_work(kind, entry):
    assert bibtex("a", {"type": kind}).startswith(f"@{entry}{{a,")


def test_bibtex_keeps_bodies_and_long_family_names_whole():
    authors = [
        {"literal": "Council of Mills and Towns"},
        {"family": "Sanchez de Pablo", "given": "J."},
        {"family": "de Wit", "given": "Esther"},
    ]

    text = bibtex("a", {"type": "book", "authors": authors})

    assert "author = {{Council of Mills and Towns} and {Sanchez de Pablo}, J. and de Wit, Esther}" in text


def test_bibtex_keeps_capitals_and_says_et_al_its_own_way():
    record = {"type": "book", "title": "Work of NGOs in Kenya", "authors": names("Holt"), "othersOmitted": "true"}

    text = bibtex("a", record)

    assert "title = {{Work} of {NGOs} in {Kenya}}" in text
    assert "author = {Holt and others}" in text


def test_bibtex_of_an_incomplete_record_notes_what_is_not_known():
    assert "note = {title not known}" in bibtex("a", UNTITLED)
    assert "note = {title not known; names not known}" in bibtex("a", NOBODY)
    assert "note" not in bibtex("a", ARTICLE)


def test_csl_json_is_json():
    assert json.loads(json.dumps(csl("a", VOLUME)))["editor"][0]["family"] == "Marlow"


def test_bibtex_survives_braces_in_numbers_and_addresses():
    record = {"type": "book", "title": "Mills", "doi": "10.5555/a}b", "isbn": "{{{", "url": ["http://a/", "http://b/}"]}
    entries = read_back({"a": record, "b": UNTITLED})

    assert (list(entries), entries["a"]["doi"]) == (["a", "b"], "10.5555/ab")
