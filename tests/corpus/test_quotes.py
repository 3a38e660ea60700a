"""A quote is found in the text of its work however print and copying have changed it, and told where it is not."""

import pytest
from with_texts import QUOTE, REED, lay, quoted

from kb import KnowledgeBase, NotFound
from kb.corpus import texts
from kb.corpus.quotes import agrees, find, nearest
from kb.corpus.texts import ABSTRACT, Page

PAGES = [
    Page("iv", "Preface. We thank the millers."),
    Page(
        "181",
        "REED 181\nThe part-\nners of each coali\u00ad\ntion said “that’s ours” — the ﬁrst time\n"
        "in naïve co-operation. All agreed.",
    ),
    Page("182", "It is never the work of one evening, and the weekly\n182"),
    Page("183", "OF MILLS AND MEN\nsupper keeps them going through the winter. Part of war is waiting. All agreed."),
]
STANDS = {
    "line breaks and hyphens": ("The partners of each coalition said", ["p. 181"]),
    "quotation marks, dashes, ligatures": ("said 'that's ours' -- the first time", ["p. 181"]),
    "accents and hyphens": ("naive cooperation", ["p. 181"]),
    "case": ("PREFACE. we thank", ["p. iv"]),
    "words in brackets that were put in": ("never the [patient] work of one evening", ["p. 182"]),
    "words in brackets instead of others": ("The partners of [the] coalition said", ["p. 181"]),
    "a letter in brackets": ("[t]he partner[s] of each coalition", ["p. 181"]),
    "an ellipsis": ("The partners … said “that’s ours”", ["p. 181"]),
    "an ellipsis in brackets, over pages": ("The partners of each [...] work of one evening", ["pp. 181–182"]),
    "head and foot between pages": ("and the weekly supper keeps them going", ["pp. 182–183"]),
    "two places": ("All agreed.", ["p. 181", "p. 183"]),
}
STANDS_NOT = [
    "the art of war",
    "part of wa",
    "said … the partners",
    "supper … The partners",
    "",
    "…",
    "[so]",
    "no such words",
]


@pytest.mark.parametrize("case", STANDS)
def test_a_quote_is_found_with_its_pages_in_spite_of(case):
    quote, pages = STANDS[case]

    assert [found.locator for found in find(quote, PAGES)] == pages


@pytest.mark.parametrize("quote", STANDS_NOT)
def test_other_words_are_not_found(quote):
    assert find(quote, PAGES) == ()


def test_a_quote_is_exact_if_only_spaces_differ():
    assert find("part of  war\nis waiting", PAGES)[0].exact is False
    assert find("Part of  war\nis waiting", PAGES)[0].exact is True


def test_the_nearest_words_are_told_with_their_page():
    near = nearest("the supper keeps them running through the winter", PAGES)

    assert near and near.label == "183" and "supper keeps them going through the winter" in near.words
    assert nearest("a quite different statement of somebody else", PAGES) is None


@pytest.mark.parametrize(
    ("place", "page", "named"),
    [
        ("p. 4", "4", True), ("p. 4", "5", False), ("pp. 41, 128", "128", True), ("pp. 181–3", "182", True),
        ("pp. 181-183", "184", False), ("p. iv", "iv", True), ("pp. ii–vi", "iv", True), ("p. 4", "iv", False),
        ("p. e12", "e12", True), ("ch. 3, p. 41 and p. 50", "41", True), ('section "Results"', "4", None),
        (None, "4", None), ("p. 4", ABSTRACT, None), ("p. 4", "", None),
    ],
)  # fmt: skip
def test_a_locator_names_pages_or_cannot_be_compared(place, page, named):
    [found] = find("mill", [Page(page, "the mill")])

    assert agrees(place, found) is named


def problems(home):
    """What is told of texts and quotes, from the home on."""
    found = KnowledgeBase(home).check()
    kinds = {"no-quote", "quote-elsewhere", "no-quote-locator", "long-quote", "stray-text", "empty-text", "unreadable"}
    return [str(each).replace(f"{home}/", "") for each in found if each.check in kinds]


def test_right_quotes_and_texts_have_no_problem(toy):
    assert problems(lay(toy)) == []


def test_a_quote_that_is_not_in_the_text_is_told_with_what_stands_there(toy):
    lay(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text().replace(QUOTE, "the weekly supper keeps each quarrel small"))

    [told] = problems(toy)
    assert told.startswith("corpus/reed-2001.yaml:18: warning: the quote is not in the text; nearest, at p. 13: “")
    assert told.endswith(f"{QUOTE}” (compare it with the work)")


def test_a_quote_that_is_like_nothing_in_the_text_is_an_error(toy):
    lay(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text().replace(QUOTE, "no clerk was ever seen among orchards"))

    assert problems(toy) == [
        "corpus/reed-2001.yaml:18: the quote is not in the text (quote words that stand there, or leave the quote out)"
    ]


def test_a_locator_of_another_page_is_an_error(toy):
    lay(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(
        path.read_text().replace(QUOTE, "the ferry runs at noon").replace("locator: p. 14", "locator: p. 4")
    )

    assert problems(toy) == [
        "corpus/reed-2001.yaml:19: the text has the quote at p. 14, the locator says p. 4 (compare it with the work)"
    ]


def test_what_cannot_be_looked_up_is_not_told(toy):
    quoted(toy, "words of nobody")
    assert problems(toy) == []

    texts.write(toy / "corpus", "reed-2001", REED[:1])
    assert problems(toy) == []


def test_a_missing_locator_is_written_where_the_page_is_certain(toy):
    texts.write(toy / "corpus", "reed-2001", REED)
    path = quoted(toy, "The ferry runs at noon", None)
    before = path.read_text()
    told = problems(toy)
    KnowledgeBase(toy).check(fix=True)

    assert told == [
        "corpus/reed-2001.yaml:16: warning: the text has the quote at p. 14, and there is no locator (give the page)"
    ]
    assert path.read_text() == before.replace('noon"\n', 'noon"\n    locator: p. 14\n')
    assert problems(toy) == []


def test_a_missing_locator_stays_missing_where_two_pages_have_the_words(toy):
    texts.write(toy / "corpus", "reed-2001", [Page("3", "The ferry runs."), Page("9", "The ferry runs.")])
    path = quoted(toy, "The ferry runs", None)
    before = path.read_text()
    KnowledgeBase(toy).check(fix=True)

    assert path.read_text() == before and "at p. 3 and p. 9" in problems(toy)[0]


def test_a_text_without_source_without_page_or_not_in_utf8_is_told(toy):
    corpus = toy / "corpus"
    texts.write(corpus, "nobody-1999", REED)
    (corpus / "reed-2001.txt").write_text("Only words, no form feed.\n")
    (corpus / "tarn-1987.txt").write_bytes(b"\f1\ncaf\xe9\n")

    assert problems(toy) == [
        "corpus/nobody-1999.txt:1: warning: the text belongs to no source (name it like its source; it is not read)",
        "corpus/reed-2001.txt:1: warning: the text has no page (each page begins with a form feed and its label; it is "
        "not searched)",
        "corpus/tarn-1987.txt:1: is not UTF-8; save the file as UTF-8",
    ]


def test_a_quote_too_long_for_one_is_told(toy):
    quoted(toy, "mill " * 101)

    assert "a quote of 101 words (it is published with the claim" in problems(toy)[0]


def test_a_curator_sees_the_words_from_the_first_to_the_last_that_were_found(toy):
    base = KnowledgeBase(toy)
    texts.write(toy / "corpus", "reed-2001", PAGES)
    [gap] = base.quote("reed-2001", "partners … first time").places
    [over] = base.quote("reed-2001", "and the weekly supper keeps them going").places
    [signs] = base.quote("reed-2001", 'said "that\'s ours" — the').places

    assert gap.words == "partners of each coalition said “that’s ours” — the ﬁrst time"
    assert over.words == "and the weekly 182 OF MILLS AND MEN supper keeps them going"
    assert signs.exact and not gap.exact


def test_a_short_misquote_is_told_with_what_stands_there():
    pages = [Page("4", "So the ottertail councils met fortnightly and rotated the chair. All was well.")]
    near = nearest("ottertail councils met every week", pages)

    assert near and near.words == "ottertail councils met fortnightly and"
    assert nearest("the councils of every week", pages) is None


def test_a_curator_looks_up_the_page_of_words(toy):
    base = KnowledgeBase(lay(toy))
    exact, loose = base.quote("reed-2001", "The ferry runs at noon"), base.quote("reed-2001", "Weekly supper … small")
    other = base.quote("reed-2001", "the ferry stops at noon and carries men")

    assert [(place.locator, place.exact) for place in exact.places] == [("p. 14", True)]
    assert [(place.locator, place.exact) for place in loose.places] == [("pp. 13–14", False)]
    assert other.places == () and other.nearest and other.nearest.locator == "p. 14"
    with pytest.raises(NotFound, match=r"the text of 'tarn-1987' is not here: it would be .*tarn-1987\.txt"):
        base.quote("tarn-1987", "mill")
    with pytest.raises(NotFound, match="no source"):
        base.quote("nobody-1999", "mill")
