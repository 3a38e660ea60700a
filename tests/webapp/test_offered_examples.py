"""The editor starts people off with the examples of the home, whatever its field."""

import shutil
from contextlib import closing

from markupsafe import escape

from kb import KnowledgeBase
from kb.graph.examples import read
from webapp import create_app

BROWSER = {"Accept": "text/html"}


def test_the_editor_offers_each_example_of_the_home(client, base):
    page = client.get("/sparql", headers=BROWSER)
    examples = read(base.home.ontology / "examples")

    assert len(examples) >= 28
    assert [example.id for example in examples if str(escape(example.title)) not in page.text] == []


def test_a_home_without_examples_has_an_editor_too(toy, stub_encoder):
    shutil.rmtree(toy / "ontology" / "examples")
    with closing(KnowledgeBase(toy, encoder=stub_encoder)) as base:
        base.build()
        page = create_app(base).test_client().get("/sparql", headers=BROWSER)

    assert page.status_code == 200
    assert "?thing ?property ?value" in page.text
