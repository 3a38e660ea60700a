"""A page says which words are the work's and which are ours, that a text is here, and what else the record has."""

import pytest
from conftest import StubEncoder
from with_texts import QUOTE, REED, lay, quoted

from kb import KnowledgeBase
from kb.corpus import texts
from webapp import create_app


@pytest.fixture
def page(toy):
    """What the page of reed-2001 says of the toy home, once it is built."""

    def shown():
        base = KnowledgeBase(toy, encoder=StubEncoder())
        base.build()
        found = create_app(base).test_client().get("/source/reed-2001", headers={"Accept": "text/html"}).text
        base.close()
        return found

    return shown


def test_it_is_clear_which_words_are_quoted_and_which_are_ours(toy, page):
    lay(toy)
    text = page()

    assert "the work&#39;s own words, checked against the text, pp. 13–14" in text
    assert "The sentence without quotation marks is our paraphrase: check p. 14 before you quote." in text
    assert text.count("is our paraphrase") == 1


def test_words_that_the_text_has_not_are_not_called_its_own(toy, page):
    texts.write(toy / "corpus", "reed-2001", REED)
    quoted(toy, "no clerk was ever seen among orchards")
    text = page()

    assert "not found in the text of the work" in text and "own words, checked" not in text
    assert QUOTE not in text


def test_a_page_tells_that_a_text_is_here_and_how_long_it_is(toy, page):
    assert "is here for search" not in page()

    texts.write(toy / "corpus", "reed-2001", REED)
    assert "Its text is here for search and for checking quotes (2 pages); it is not published." in page()
    texts.write(toy / "corpus", "reed-2001", REED[:1])
    assert "Its abstract is here for search and for checking quotes; it is not published." in page()
    texts.remove(toy / "corpus", "reed-2001")
    assert "is here for search" not in page()


def test_what_was_imported_is_shown_as_far_as_exports_publish_it(toy, page):
    assert "More of the record" not in page()

    path = toy / "corpus" / "reed-2001.yaml"
    more = (
        "extra:\n  keyword: [mills, <b>reeds</b>]\n  language: de\n  PMID: '123'\n  note: kept in C:/Users/reed/a.pdf\n"
    )
    path.write_text(path.read_text().replace("claims:\n", f"{more}claims:\n", 1))
    text = page()

    assert "<summary>More of the record</summary>" in text and "<dd>mills; &lt;b&gt;reeds&lt;/b&gt;</dd>" in text
    assert "<dt>PMID</dt>" in text and "<dt>language</dt>" in text and "Users/reed" not in text
