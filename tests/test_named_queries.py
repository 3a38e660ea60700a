"""Named queries: what they are about is written into them, and nothing else can be."""

import pytest

from kb import BadHome, KnowledgeBase
from kb.home import Home
from kb.views.authors import Spelling, about
from kb.views.named import NAMES, PLACE, Queries

CONCEPT = "https://w3id.org/partnership-kb/concept/barrier-power-imbalance"
CLAIM = "https://w3id.org/partnership-kb/source/testwell-2010#c1"


@pytest.fixture
def queries(base: KnowledgeBase) -> Queries:
    return Queries(base.home, base.generation.store)


def test_the_text_that_a_reader_is_given_has_the_thing_in_it_and_its_title_on_top(base):
    text = base.generation.views().asked("concept-related", CONCEPT)

    assert text.startswith("# The concepts related to ?this.\nPREFIX ")
    assert f"VALUES ?this {{ <{CONCEPT}> }}" in text and PLACE not in text
    assert [row["this"] for row in base.query(text).rows()] == [CONCEPT]


def test_a_query_is_asked_about_one_thing_or_several(queries):
    several = queries.rows("claims", CLAIM, CLAIM.replace("#c1", "#c2"))

    assert [row["this"][-2:] for row in several] == ["c1", "c2"]
    assert queries.rows("claims", CLAIM) == several[:1]


@pytest.mark.parametrize("name", ["concept-claims", "concept-relations", "source-cites", "claim-stances"])
def test_a_query_about_things_gives_nothing_as_it_stands(queries, name):
    assert queries.rows(name) == []


@pytest.mark.parametrize("iri", ["http://e/> } #", "http://e/a b", "no iri", ""])
def test_what_is_no_iri_is_not_written_into_a_query(queries, iri):
    with pytest.raises(ValueError, match="IRI"):
        queries.text("claims", iri)


def test_names_enter_a_query_as_literals_whatever_is_in_them(queries):
    odd = Spelling('O"Brien\\', "} # \n", False, 1)

    text = queries.text("author-works", *about([odd, Spelling("Mill Board", "", True, 1)]))

    name, body = (f"<http://xmlns.com/foaf/0.1/{each}>" for each in ("familyName", "name"))
    wanted = rf'({name} "O\"Brien\\" "}} # \n") ({body} "Mill Board" "")'
    assert f"VALUES (?as ?name ?given) {{ {wanted} }}" in text and NAMES not in text
    assert queries.store.rows(text) == queries.rows("author-works") == []


def test_a_query_of_the_home_without_a_place_says_what_to_do(toy, base):
    file = toy / "ontology" / "queries" / "concept-claims.rq"
    file.write_text("SELECT ?claim { ?claim ?about ?this }")
    queries = Queries(Home(toy), base.generation.store)

    with pytest.raises(BadHome, match=r"concept-claims\.rq has no `VALUES \?this \{\}` .*delete it"):
        queries.text("concept-claims", CONCEPT)
    file.unlink()
    assert len(queries.rows("concept-claims", CONCEPT)) == 3  # by the query that the program carries
