"""References and citations in the text, in the form of each style guide."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kb.bibliography.styles import REFERENCE_STYLES, cite, reference, references
from kb.errors import BadQuery

WORKS = {
    "article": {
        "type": "article", "title": "A Ladder of Citizen Participation", "issued": "1969", "volume": "35", "issue": "4",
        "authors": [{"family": "Arnstein", "given": "Sherry R."}], "pages": "216–224",
        "container": "Journal of the American Institute of Planners", "doi": "10.1080/01944366908977225",
    },
    "article of five authors": {
        "type": "article", "title": "Emotions in Storybooks", "issued": "2019", "volume": "8", "issue": "3",
        "authors": [
            {"family": "Grady", "given": "Jessica S."}, {"family": "Her", "given": "Mai"},
            {"family": "Moreno", "given": "Geena"}, {"family": "Perez", "given": "Claudia"},
            {"family": "Yelinek", "given": "Jill"},
        ],
        "container": "Psychology of Popular Media Culture", "pages": "207–217", "doi": "10.1037/ppm0000185",
    },
    "book": {
        "type": "book", "title": "Governing the Commons: The Evolution of Institutions for Collective Action",
        "authors": [{"family": "Ostrom", "given": "Elinor"}], "issued": "1990", "place": "Cambridge",
        "publisher": "Cambridge University Press",
    },
    "second edition": {
        "type": "book", "title": "The Psychology of Prejudice", "issued": "2019", "edition": "2nd",
        "authors": [{"family": "Jackson", "given": "Lynne M."}], "publisher": "American Psychological Association",
        "doi": "10.1037/0000168-000",
    },
    "edited volume": {
        "type": "book", "title": "Selfish, Shallow, and Self-Absorbed", "issued": "2015", "publisher": "Picador",
        "editors": [{"family": "Daum", "given": "Meghan"}],
    },
    "chapter": {
        "type": "chapter", "title": "The Queen Mary Psalter", "issued": "2023", "pages": "64–80",
        "authors": [{"family": "Doyle", "given": "Kathleen"}], "place": "Chicago",
        "editors": [{"family": "Marks", "given": "P. J. M."}, {"family": "Parkin", "given": "Stephen"}],
        "container": "The Book by Design: The Remarkable Story of the World’s Greatest Invention",
        "publisher": "University of Chicago Press",
    },
    "report of a body": {
        "type": "report", "title": "Taking Time: Support for People with Cancer", "issued": "2019",
        "authors": [{"literal": "National Cancer Institute"}], "series": "NIH Publication", "number": "18-2059",
        "publisher": "National Institutes of Health",
        "url": "https://www.cancer.gov/publications/patient-education/takingtime.pdf",
    },
    "thesis": {
        "type": "thesis", "issued": "2002", "authors": [{"family": "Bishop", "given": "Karen Lynn"}],
        "title": "Documenting Institutional Identity: Strategic Writing in the IUPUI Comprehensive Campaign",
        "publisher": "Purdue University",
    },
    "web page": {
        "type": "webpage", "title": "Athens", "issued": "2020", "authors": [{"literal": "UNESCO"}],
        "url": "https://example.org/athens",
    },
}  # fmt: skip
FORMS = {
    "article": {
        "apa": (
            "Arnstein, S. R. (1969). A Ladder of Citizen Participation. Journal of the American Institute of "
            "Planners, 35(4), 216–224. https://doi.org/10.1080/01944366908977225"
        ),
        "chicago": (
            "Arnstein, Sherry R. 1969. “A Ladder of Citizen Participation.” Journal of the American Institute of "
            "Planners 35 (4): 216–24. https://doi.org/10.1080/01944366908977225."
        ),
        "mla": (
            "Arnstein, Sherry R. “A Ladder of Citizen Participation.” Journal of the American Institute of "
            "Planners, vol. 35, no. 4, 1969, pp. 216–24, https://doi.org/10.1080/01944366908977225."
        ),
        "harvard": (
            "Arnstein, S.R. (1969) ‘A Ladder of Citizen Participation’, Journal of the American Institute of "
            "Planners, 35(4), pp. 216–224. Available at: https://doi.org/10.1080/01944366908977225."
        ),
        "ieee": (
            "[1] S. R. Arnstein, “A Ladder of Citizen Participation,” Journal of the American Institute of "
            "Planners, vol. 35, no. 4, pp. 216–224, 1969, doi: 10.1080/01944366908977225."
        ),
    },
    "article of five authors": {
        "apa": (
            "Grady, J. S., Her, M., Moreno, G., Perez, C., & Yelinek, J. (2019). Emotions in Storybooks. "
            "Psychology of Popular Media Culture, 8(3), 207–217. https://doi.org/10.1037/ppm0000185"
        ),
        "chicago": (
            "Grady, Jessica S., Mai Her, Geena Moreno, Claudia Perez, and Jill Yelinek. 2019. “Emotions in "
            "Storybooks.” Psychology of Popular Media Culture 8 (3): 207–17. https://doi.org/10.1037/ppm0000185."
        ),
        "mla": (
            "Grady, Jessica S., et al. “Emotions in Storybooks.” Psychology of Popular Media Culture, vol. 8, "
            "no. 3, 2019, pp. 207–17, https://doi.org/10.1037/ppm0000185."
        ),
        "harvard": (
            "Grady, J.S. et al. (2019) ‘Emotions in Storybooks’, Psychology of Popular Media Culture, 8(3), pp. "
            "207–217. Available at: https://doi.org/10.1037/ppm0000185."
        ),
        "ieee": (
            "[1] J. S. Grady, M. Her, G. Moreno, C. Perez, and J. Yelinek, “Emotions in Storybooks,” Psychology "
            "of Popular Media Culture, vol. 8, no. 3, pp. 207–217, 2019, doi: 10.1037/ppm0000185."
        ),
    },
    "book": {
        "apa": (
            "Ostrom, E. (1990). Governing the Commons: The Evolution of Institutions for Collective Action. "
            "Cambridge University Press."
        ),
        "chicago": (
            "Ostrom, Elinor. 1990. Governing the Commons: The Evolution of Institutions for Collective Action. "
            "Cambridge University Press."
        ),
        "mla": (
            "Ostrom, Elinor. Governing the Commons: The Evolution of Institutions for Collective Action. "
            "Cambridge University Press, 1990."
        ),
        "harvard": (
            "Ostrom, E. (1990) Governing the Commons: The Evolution of Institutions for Collective Action. "
            "Cambridge: Cambridge University Press."
        ),
        "ieee": (
            "[1] E. Ostrom, Governing the Commons: The Evolution of Institutions for Collective Action. "
            "Cambridge: Cambridge University Press, 1990."
        ),
    },
    "second edition": {
        "apa": (
            "Jackson, L. M. (2019). The Psychology of Prejudice (2nd ed.). American Psychological Association. "
            "https://doi.org/10.1037/0000168-000"
        ),
        "chicago": (
            "Jackson, Lynne M. 2019. The Psychology of Prejudice. 2nd ed. American Psychological Association. "
            "https://doi.org/10.1037/0000168-000."
        ),
        "mla": (
            "Jackson, Lynne M. The Psychology of Prejudice. 2nd ed., American Psychological Association, 2019, "
            "https://doi.org/10.1037/0000168-000."
        ),
        "harvard": (
            "Jackson, L.M. (2019) The Psychology of Prejudice. 2nd edn. American Psychological Association. "
            "Available at: https://doi.org/10.1037/0000168-000."
        ),
        "ieee": (
            "[1] L. M. Jackson, The Psychology of Prejudice, 2nd ed. American Psychological Association, 2019. "
            "doi: 10.1037/0000168-000."
        ),
    },
    "edited volume": {
        "apa": "Daum, M. (Ed.). (2015). Selfish, Shallow, and Self-Absorbed. Picador.",
        "chicago": "Daum, Meghan, ed. 2015. Selfish, Shallow, and Self-Absorbed. Picador.",
        "mla": "Daum, Meghan, editor. Selfish, Shallow, and Self-Absorbed. Picador, 2015.",
        "harvard": "Daum, M. (ed.) (2015) Selfish, Shallow, and Self-Absorbed. Picador.",
        "ieee": "[1] M. Daum, Ed., Selfish, Shallow, and Self-Absorbed. Picador, 2015.",
    },
    "chapter": {
        "apa": (
            "Doyle, K. (2023). The Queen Mary Psalter. In P. J. M. Marks & S. Parkin (Eds.), The Book by Design: "
            "The Remarkable Story of the World’s Greatest Invention (pp. 64–80). University of Chicago Press."
        ),
        "chicago": (
            "Doyle, Kathleen. 2023. “The Queen Mary Psalter.” In The Book by Design: The Remarkable Story of the "
            "World’s Greatest Invention, edited by P. J. M. Marks and Stephen Parkin. University of Chicago "
            "Press."
        ),
        "mla": (
            "Doyle, Kathleen. “The Queen Mary Psalter.” The Book by Design: The Remarkable Story of the World’s "
            "Greatest Invention, edited by P. J. M. Marks and Stephen Parkin, University of Chicago Press, 2023, "
            "pp. 64–80."
        ),
        "harvard": (
            "Doyle, K. (2023) ‘The Queen Mary Psalter’, in P.J.M. Marks and S. Parkin (eds) The Book by Design: "
            "The Remarkable Story of the World’s Greatest Invention. Chicago: University of Chicago Press, pp. "
            "64–80."
        ),
        "ieee": (
            "[1] K. Doyle, “The Queen Mary Psalter,” in The Book by Design: The Remarkable Story of the World’s "
            "Greatest Invention, P. J. M. Marks and S. Parkin, Eds., Chicago: University of Chicago Press, 2023, "
            "pp. 64–80."
        ),
    },
    "report of a body": {
        "apa": (
            "National Cancer Institute. (2019). Taking Time: Support for People with Cancer (NIH Publication No. "
            "18-2059). National Institutes of Health. "
            "https://www.cancer.gov/publications/patient-education/takingtime.pdf"
        ),
        "chicago": (
            "National Cancer Institute. 2019. Taking Time: Support for People with Cancer. NIH Publication No. "
            "18-2059. National Institutes of Health. "
            "https://www.cancer.gov/publications/patient-education/takingtime.pdf."
        ),
        "mla": (
            "National Cancer Institute. Taking Time: Support for People with Cancer. NIH Publication No. "
            "18-2059, National Institutes of Health, 2019, "
            "https://www.cancer.gov/publications/patient-education/takingtime.pdf."
        ),
        "harvard": (
            "National Cancer Institute (2019) Taking Time: Support for People with Cancer. NIH Publication No. "
            "18-2059. National Institutes of Health. Available at: "
            "https://www.cancer.gov/publications/patient-education/takingtime.pdf."
        ),
        "ieee": (
            "[1] National Cancer Institute, “Taking Time: Support for People with Cancer,” National Institutes "
            "of Health, NIH Publication No. 18-2059, 2019. [Online]. Available: "
            "https://www.cancer.gov/publications/patient-education/takingtime.pdf"
        ),
    },
    "thesis": {
        "apa": (
            "Bishop, K. L. (2002). Documenting Institutional Identity: Strategic Writing in the IUPUI "
            "Comprehensive Campaign [Thesis]. Purdue University."
        ),
        "chicago": (
            "Bishop, Karen Lynn. 2002. “Documenting Institutional Identity: Strategic Writing in the IUPUI "
            "Comprehensive Campaign.” Thesis, Purdue University."
        ),
        "mla": (
            "Bishop, Karen Lynn. Documenting Institutional Identity: Strategic Writing in the IUPUI "
            "Comprehensive Campaign. 2002. Purdue University, Thesis."
        ),
        "harvard": (
            "Bishop, K.L. (2002) Documenting Institutional Identity: Strategic Writing in the IUPUI "
            "Comprehensive Campaign. Thesis. Purdue University."
        ),
        "ieee": (
            "[1] K. L. Bishop, “Documenting Institutional Identity: Strategic Writing in the IUPUI Comprehensive "
            "Campaign,” Thesis, Purdue University, 2002."
        ),
    },
    "web page": {
        "apa": "UNESCO. (2020). Athens. https://example.org/athens",
        "chicago": "UNESCO. 2020. “Athens.” https://example.org/athens.",
        "mla": "UNESCO. Athens. 2020, https://example.org/athens.",
        "harvard": "UNESCO (2020) Athens. Available at: https://example.org/athens.",
        "ieee": "[1] UNESCO, “Athens.” [Online]. Available: https://example.org/athens",
    },
}


@pytest.mark.parametrize("style", REFERENCE_STYLES)
@pytest.mark.parametrize("kind", WORKS)
def test_a_reference_has_the_form_of_the_style_guide(kind, style):
    assert reference(WORKS[kind], style) == FORMS[kind][style]


def in_text(record):
    return [each.in_text for each in references(record)]


@pytest.mark.parametrize(
    ("record", "cited"),
    [
        (WORKS["book"], ["(Ostrom, 1990)", "(Ostrom 1990)", "(Ostrom)", "(Ostrom, 1990)", "[1]"]),
        (
            {"type": "book", "title": "New", "issued": "2014", "authors": [{"family": "Banks"}, {"family": "Hulme"}]},
            ["(Banks & Hulme, 2014)", "(Banks and Hulme 2014)", "(Banks and Hulme)", "(Banks and Hulme, 2014)", "[1]"],
        ),
        (
            {"type": "book", "title": "New", "authors": [{"family": name} for name in "ABC"]},
            ["(A et al., n.d.)", "(A et al., n.d.)", "(A et al.)", "(A, B and C, no date)", "[1]"],
        ),
        (
            {"type": "book", "title": "New", "issued": "1996", "authors": [{"family": "A"}], "othersOmitted": "true"},
            ["(A et al., 1996)", "(A et al. 1996)", "(A et al.)", "(A et al., 1996)", "[1]"],
        ),
        (
            {"type": "article", "title": "Flows: a long story", "issued": "2022", "container": "Mill Review"},
            ["(“Flows,” 2022)", "(“Flows” 2022)", "(“Flows”)", "(Mill Review, 2022)", "[1]"],
        ),
        ({"type": "article", "issued": "2006"}, ["", "", "", "", "[1]"]),
    ],
)  # fmt: skip
def test_a_citation_in_the_text_has_the_form_of_the_style_guide(record, cited):
    assert in_text(record) == cited


def test_a_list_in_a_numbered_style_is_numbered():
    lines = cite({"b": WORKS["book"], "a": WORKS["article"]}, "ieee").splitlines()

    assert [line[:9] for line in lines] == ["[1] E. Os", "[2] S. R."]


def test_an_unknown_style_is_refused_with_all_that_there_are():
    everything = "apa, chicago, mla, harvard, ieee, bibtex, ris and csl-json"
    with pytest.raises(BadQuery, match=f"no citation style 'apaa'; there are {everything}"):
        cite({"a": WORKS["book"]}, "apaa")
    with pytest.raises(BadQuery, match="no citation style 'bibtex'; there are apa, chicago, mla, harvard and ieee"):
        reference(WORKS["book"], "bibtex")


def test_threads_that_share_a_style_do_not_mix_up_works():
    expected = {kind: references(record) for kind, record in WORKS.items()}

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(references, [WORKS[kind] for kind in WORKS] * 4))

    assert found == [expected[kind] for kind in WORKS] * 4
