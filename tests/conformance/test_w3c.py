"""The W3C's tests of SPARQL 1.1 pass over HTTP as far as they pass on the engine; what fails is known by name."""

from threading import Thread
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from conftest import DATA, StubEncoder, lay_toy
from description import offences
from endpoint import Endpoint
from known import ENGINE, REFUSED
from outcomes import all_outcomes
from rdflib import Graph
from waitress.server import create_server

from kb import KnowledgeBase

SUITES = DATA / "rdf-tests" / "sparql11"
pytestmark = pytest.mark.skipif(not SUITES.is_dir(), reason=f"the W3C's tests are not in {SUITES}")
DESCRIPTION = """@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
<> a sd:Service ; sd:endpoint <> ; sd:supportedLanguage sd:SPARQL11Query ;
  sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ;
    sd:namedGraph [ a sd:NamedGraph ; sd:name <urn:g> ] ] ."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    folder = tmp_path_factory.mktemp("w3c")
    base = KnowledgeBase(lay_toy(folder / "home"), encoder=StubEncoder())
    base.build()
    yield Endpoint(base, folder)
    base.close()


@pytest.fixture(scope="module")
def outcomes(endpoint):
    return list(all_outcomes(endpoint, SUITES))


def failing(outcomes, suite):
    return {each.name: each.http for each in outcomes if each.suite == suite and each.http}


def test_what_the_engine_passes_passes_over_http(outcomes):
    lost = {each.name: each.http for each in outcomes if each.http and each.engine == ""}

    assert lost.keys() == REFUSED.keys(), lost


def test_what_the_engine_fails_is_known(outcomes):
    failed = {each.name: each.engine for each in outcomes if each.engine}

    assert failed.keys() == ENGINE.keys(), failed


def test_at_least_222_queries_have_the_expected_result(outcomes):
    passed = [each.name for each in outcomes if each.suite == "evaluation" and not each.http]

    assert len(passed) >= 222


def test_all_114_texts_are_told_to_be_queries_or_not(outcomes):
    texts = [each.name for each in outcomes if each.suite == "syntax"]

    assert len(texts) == 114
    assert failing(outcomes, "syntax").keys() <= REFUSED.keys()


def test_queries_are_answered_as_the_protocol_has_it(outcomes):
    assert not failing(outcomes, "protocol")


def test_updates_are_refused_and_have_no_effect(outcomes):
    assert not failing(outcomes, "protocol, updates")


def test_the_service_describes_itself(outcomes):
    assert not failing(outcomes, "service description")


def test_a_description_is_held_against_the_vocabulary():
    def faults(turtle):
        return list(offences(Graph().parse(data=turtle, format="turtle", publicID="http://localhost/sparql")))

    assert faults(DESCRIPTION) == []
    assert faults(DESCRIPTION.replace("a sd:NamedGraph ;", "")) != []
    assert faults(DESCRIPTION.replace("sd:supportedLanguage", "sd:language")) != []
    assert faults(DESCRIPTION.replace("sd:endpoint <> ;", "")) != []


def test_the_same_app_answers_behind_a_listening_server(endpoint):
    endpoint.over(())
    server = create_server(endpoint.app, host="127.0.0.1", port=0)
    thread = Thread(target=server.run)
    thread.start()
    try:
        query = urlencode({"query": "ASK {}", "format": "csv"})
        with urlopen(f"http://127.0.0.1:{server.effective_port}/sparql?{query}") as answer:
            body = answer.read()
    finally:
        server.close()
        thread.join(10)

    assert body == b"true"
