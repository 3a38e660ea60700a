"""What is typed to be added: an id, a label or title, or the beginning of one, in each language."""

import pytest

from kb import BadQuery, KnowledgeBase, NotFound
from webapp import create_app
from webapp.adding import named

BOTH = ("concept", "source")


@pytest.fixture
def app(base):
    return create_app(base)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("barrier-distance", "barrier-distance"),
        (" testwell-2010 ", "testwell-2010"),
        ("distance", "barrier-distance"),
        ("Two towns and a mill", "marlow-quist-2012"),
        ("Testwell (2010)", "testwell-2010"),
        ("Machtgefälle", "barrier-power-imbalance"),
        ("unequal", "barrier-power-imbalance"),
        ("who pays", "testwell-2010"),
    ],
)
def test_a_text_names_what_has_that_id_or_label_or_begins_so(app, text, id):
    with app.test_request_context():
        assert named(text, BOTH) == id


def test_what_is_called_so_goes_before_what_is_also_called_so(toy, stub_encoder):
    file = toy / "ontology" / "toy.ttl"  # which has "remoteness" as another label of barrier-distance
    more = 'concept:far a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Remoteness"@en .'
    file.write_text(file.read_text() + more)
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()

    with create_app(base).test_request_context():
        assert named("remoteness", BOTH) == "far"
    base.close()


def test_only_what_may_be_added_is_meant(app):
    with app.test_request_context(), pytest.raises(NotFound, match="no work is called 'barrier-distance'"):
        named("barrier-distance", ("source",))


def test_nothing_and_what_nobody_is_called_are_told_in_a_sentence(app):
    with app.test_request_context():
        with pytest.raises(BadQuery, match="type the name of a concept or work"):
            named(" \0 ", BOTH)
        with pytest.raises(NotFound, match="no concept or work is called 'xyzzy'"):
            named("xyzzy", BOTH)
