"""What the style engine prints wrong is mended, and no field, however odd, makes a faulty reference."""

import re

import pytest

from kb.bibliography.styles import REFERENCE_STYLES, reference, references

OTHERS = {"type": "book", "title": "Mills", "issued": "1996", "othersOmitted": "true"}
MENDED = [
    ("chicago", {**OTHERS, "authors": [{"family": "Holt", "given": "Ann"}]}, "Holt, Ann, et al. 1996. Mills."),
    ("mla", {**OTHERS, "authors": [{"family": "Holt", "given": "Ann"}]}, "Holt, Ann, et al. Mills. 1996."),
    ("harvard", {**OTHERS, "authors": [{"family": "Holt", "given": "Ann"}]}, "Holt, A. et al. (1996) Mills."),
    ("ieee", {**OTHERS, "authors": [{"family": "Holt", "given": "Ann"}]}, "[1] A. Holt et al., Mills. 1996."),
    ("chicago", {"type": "book", "title": "Why?", "editors": [{"family": "Cook"}, {"family": "Kothari"}]},
     "Cook and Kothari, eds. n.d. Why?"),
    ("mla", {"type": "article", "title": "Why?", "authors": [{"family": "Holt"}], "container": "Mill Review",
             "pages": "9–35"}, "Holt. “Why?” Mill Review, pp. 9–35."),
    ("ieee", {"type": "article", "title": "Why?", "authors": [{"family": "Holt"}], "container": "Mill Review",
              "issue": "suppl. 1"}, "[1] Holt, “Why?” Mill Review, suppl. 1."),
    ("harvard", {"type": "article", "title": "On ‘mills’ and \"rye\"", "authors": [{"family": "Holt"}],
                 "container": "Mill Review"}, "Holt (no date) ‘On “mills” and “rye”’, Mill Review."),
    ("chicago", {"type": "article", "title": "The millers' \"rye\"", "authors": [{"family": "Holt"}],
                 "container": "Mill Review"}, "Holt. n.d. “The millers' ‘rye.’” Mill Review."),
    ("chicago", {"type": "article", "title": "Rye", "authors": [{"family": "Holt"}], "issued": "2006",
                 "container": "Mill Review", "doi": "10.5555/rye"},
     "Holt. 2006. “Rye.” Mill Review. https://doi.org/10.5555/rye."),
    ("harvard", {"type": "chapter", "title": "Rye", "authors": [{"family": "Holt"}], "container": "Mills",
                 "editors": [{"family": name, "given": name} for name in "ABC"], "place": "Oxford; Boston",
                 "publisher": "Mill Press"},
     "Holt (no date) ‘Rye’, in A. A, B. B and C. C (eds) Mills. Oxford: Mill Press."),
    ("harvard", {"type": "book", "title": "Mills", "authors": [{"family": "Holt"}], "series": "Towns"},
     "Holt (no date) Mills (Towns)."),
    ("mla", {"type": "report", "title": "Mills", "authors": [{"family": "Holt"}], "number": "R41803"},
     "Holt. Mills. No. R41803."),
    ("ieee", {"type": "book", "title": "Mills", "authors": [{"family": "Holt"}], "series": "Towns", "volume": "3",
              "publisher": "Mill Press"}, "[1] Holt, Mills (Towns), vol. 3. Mill Press."),
    ("ieee", {"type": "conference-paper", "title": "Mills", "authors": [{"family": "Holt"}]}, "[1] Holt, “Mills.”"),
    ("chicago", {"type": "legislation", "title": "Mill Act", "authors": [{"literal": "Utopia"}], "issued": "1901"},
     "Mill Act (1901)."),
    ("apa", {"type": "book", "title": "Mills", "authors": [{"family": "Holt"}], "edition": "1st"},
     "Holt. (n.d.). Mills."),
    ("chicago", {"type": "document", "authors": [{"family": "Clarke"}], "issued": "2005"},
     "Clarke. 2005. [title not known]."),
    ("mla", {"type": "article", "container": "Mill Review", "volume": "7", "issued": "2006"},
     "[title and names not known]. Mill Review, vol. 7, 2006."),
]  # fmt: skip


@pytest.mark.parametrize(("style", "record", "text"), MENDED)
def test_what_the_style_engine_prints_wrong_is_mended(style, record, text):
    assert reference(record, style) == text


@pytest.mark.parametrize("style", REFERENCE_STYLES)
def test_a_title_keeps_the_case_in_which_it_was_printed(style):
    record = {"type": "article", "title": "Os moinhos de Minas e a NGO", "container": "Revista de Tudo e Nada"}

    assert "Os moinhos de Minas e a NGO" in reference(record, style)
    assert "Revista de Tudo e Nada" in reference(record, style)


ODD = [
    "",
    " ",
    "-",
    "–3",
    "12–",
    "1-2-3",
    "...",
    "?!",
    "“x”",
    "\\1",
    "\\g<0>",
    "[1]",
    "(",
    "a\nb",
    "²",
    "١٩٩٩",
    "\ue000",
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", ["article", "book", "chapter", "report", "legislation", "webpage", ""])
def test_no_field_however_odd_stops_a_reference(kind, odd):
    fields = ("title", "issued", "container", "series", "number", "volume", "issue", "pages", "edition", "publisher")
    names = [{"family": odd, "given": odd, "literal": odd}, {"given": odd}, {}]

    found = references({"type": kind, **dict.fromkeys(fields, odd), "authors": names, "editors": names})

    assert [each.style for each in found] == list(REFERENCE_STYLES)


FAULTS = (
    r"\.\.|,,|[?!][.,](?=\s)|\s[.,;:)]|\(\)|  |”[.,]|,$|\bothers\b|None|[\ue000-\uf8ff]|ahead of print|Preprint|&amp;"
)


@pytest.mark.real
def test_no_real_work_has_a_faulty_reference(real_base):
    found = {
        (source.id, each.style): text
        for source in real_base.corpus
        for each in real_base.source(source.id).references
        for text in (each.text, each.in_text)
        if re.search(FAULTS, text)
    }

    assert found == {}
