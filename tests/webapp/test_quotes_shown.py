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
