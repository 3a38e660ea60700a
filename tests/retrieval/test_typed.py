"""A sentence or a word typed from the text of a work is found where it stands, before all else."""

import pytest
from conftest import StubEncoder, lay_toy

from kb import KnowledgeBase
from kb.corpus import texts
from kb.corpus.texts import Page

SENTENCE = "ottertail councils met fortnightly and rotated the chair"
FIRST = [
    Page("1", "Whoever sets the terms of the mill has the power, and trust is slow to grow between the towns."),
    Page("2", f"Of the sluices little is known. {SENTENCE.capitalize()}. Nobody kept the minutes of trust."),
    Page("3", "Councils met rarely. The chair of the guild was rotated by lot in a year of floods."),
]
SECOND = [
    Page("7", "The councils of the vale met in a barn, and a chair was a sign of rank there."),
    Page("8", "Ends."),
]


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The toy home with two texts, built; for reading only."""
    home = lay_toy(tmp_path_factory.mktemp("typed"))
    texts.write(home / "corpus", "testwell-2010", FIRST)
    texts.write(home / "corpus", "reed-2001", SECOND)
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    yield base
    base.close()


@pytest.mark.parametrize("mode", ["fused", "words"])
@pytest.mark.parametrize("text", [SENTENCE, "councils met fortnightly, rotated the chair", "ottertail", "Ottertail?",
                                  '"fortnightly and rotated"'])  # fmt: skip
def test_what_is_typed_from_a_text_is_found_first_and_is_close(read, text, mode):
    for kind in (None, "passage"):
        found = read.search(text, kind=kind, mode=mode)

        assert (found.hits[0].source, found.hits[0].locator) == ("testwell-2010", "p. 2")
        assert "Nothing here comes close" not in " ".join(found.notes) and found.close >= 1
        assert found.hits[0].reasons[0].type == "text"
    assert read.works.found(text, mode=mode)[0] == "testwell-2010"


def test_what_is_annotated_keeps_its_order_below(read, base):
    mixed, alone = (each.search(SENTENCE, limit=100) for each in (read, base))

    assert [h.id for h in mixed.hits if h.kind != "passage"] == [h.id for h in alone.hits]
    assert len(mixed.claims) == len(mixed.concepts) == 0  # none of them says so


def test_a_topic_that_a_text_speaks_of_too_is_answered_by_what_is_annotated(read, base):
    for text in ("trust", "who sets the terms of the mill", "Reed 2001", "unequal power since 2005"):
        mixed, alone = (each.search(text, limit=100) for each in (read, base))

        assert not any(reason.type == "text" for hit in mixed.hits for reason in hit.reasons)
        assert mixed.hits[0].id == alone.hits[0].id
