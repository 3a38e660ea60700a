"""The pattern of a query, bit by bit."""

import pytest

from kb.graph import query
from kb.graph.diagnose import steps

CASES = {
    "SELECT * { ?a ?b ?c }": ["?a ?b ?c"],
    "SELECT * WHERE { ?a <p> ?c ; <q> 1, 2 . ?c ?d ?e }": ["?a <p> ?c", "<q> 1", "2", "?c ?d ?e"],
    "SELECT * { ?a <p> ?c FILTER(?c > 1) ?c <q> ?d }": ["?a <p> ?c", "?c <q> ?d", "FILTER(?c > 1)"],
    "ASK { ?a <p> ?c FILTER NOT EXISTS { ?c ?d ?e } }": ["?a <p> ?c", "FILTER NOT EXISTS { ?c ?d ?e }"],
    "ASK { { ?a ?b 1 } UNION { ?a ?b 2 } OPTIONAL { ?a ?c 3 } }":
        ["{ ?a ?b 1 } UNION { ?a ?b 2 }", "OPTIONAL { ?a ?c 3 }"],
    "SELECT * { VALUES (?a ?b) { (1 2) } BIND(1 AS ?c) ?a ?b ?c }":
        ["VALUES (?a ?b) { (1 2) }", "BIND(1 AS ?c)", "?a ?b ?c"],
    "SELECT * { ?a (<p>|<q>)/<r>* [ <s> 1 ; <t> 2 ] . }": ["?a (<p>|<q>)/<r>* [ <s> 1 ; <t> 2 ]"],
    "CONSTRUCT { ?a ?b ?c } WHERE { GRAPH ?g { ?a ?b ?c } }": ["GRAPH ?g { ?a ?b ?c }"],
    "SELECT (EXISTS { ?x ?y ?z } AS ?t) FROM <g> { { SELECT ?a { ?a ?b ?c } } }": ["{ SELECT ?a { ?a ?b ?c } }"],
    "DESCRIBE <urn:a>": [],
}  # fmt: skip


@pytest.mark.parametrize("text", CASES)
def test_a_pattern_is_taken_bit_by_bit(text):
    found = list(steps(query.read(text)))

    assert [text[step.start : step.end] for step in found] == CASES[text]
    assert all(query.read(step.ask).form == "ask" for step in found)


def test_a_bit_is_asked_for_with_all_that_stands_before_it_but_filters_come_last():
    text = "PREFIX a: <urn:> SELECT * FROM a:g WHERE { ?a a:p ?c FILTER(?d > 1) ?c a:q ?d }"

    assert [" ".join(step.ask.split()) for step in steps(query.read(text))] == [
        "PREFIX a: <urn:> ASK FROM a:g { ?a a:p ?c }",
        "PREFIX a: <urn:> ASK FROM a:g { ?a a:p ?c ?c a:q ?d }",
        "PREFIX a: <urn:> ASK FROM a:g { ?a a:p ?c FILTER(?d > 1) ?c a:q ?d }",
    ]


def test_a_long_pattern_is_not_taken_apart_at_once():
    unions = steps(query.read(f"SELECT * {{ {'{ ?a ?b ?c } UNION ' * 5000} {{ ?a ?b ?c }} }}"))
    groups = steps(query.read(f"SELECT * {{ {'{ } ' * 20_000} }}"))

    assert len(list(unions)) == 1
    assert next(groups).ask == "ASK { { } }".replace("{ {", "{  {")
