"""What may be asked: queries that read this data set, and nothing else."""

import pytest

from kb import BadQuery, TooLong
from kb.graph import query
from kb.graph.query import QUERY_CHARACTERS, QUERY_TOKENS, VALUES_ROWS

ALLOWED = {
    'SELECT * { ?s ?p ?o FILTER(CONTAINS(STR(?o), "public service partnership")) }': "select",
    "SELECT ?service { ?service a <http://example.org/SERVICE> } # SERVICE in a comment": "select",
    "PREFIX ex: <http://e/> ASK { ?s ex:service ?lateral }": "ask",
    "PREFIX add: <http://e/> CONSTRUCT { ?s add:x ?o } WHERE { ?s add:x ?o }": "construct",
    "BASE <http://e/> DESCRIBE <x>": "describe",
    "SELECT ('''a long 'SERVICE' text''' AS ?t) {}": "select",
    "SELECT * { ?s ?p ?o FILTER(?o < 5 && ?o > 3) }": "select",
}
REFUSED = {
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }": "SERVICE",
    "SELECT * { serVice SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }": "SERVICE",
    "SELECT * { # hi\r SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }": "SERVICE",
    "SELECT * { { SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } } }": "SERVICE",
    "SELECT * { FILTER EXISTS { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } } }": "SERVICE",
    "SELECT * { ?s ?p 1.SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }": "SERVICE",
    r"SELECT * { \u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }": "cannot read on",
    "SELECT * { ?s ?p ?o LATERAL { SELECT * { ?s ?p ?o } } }": "LATERAL",
    "INSERT DATA { <a:a> <a:b> <a:c> }": "edit the files in corpus/",
    "PREFIX e: <http://e/> DELETE WHERE { ?s ?p ?o }": "DELETE is not allowed",
    "DROP ALL": "DROP is not allowed",
    "LOAD <http://127.0.0.1:9/>": "LOAD is not allowed",
    "SELECT * { ?s ex:p ?o }": "no prefix ex:",
    "": "empty",
}


def check(text, **more):
    """Whether a text may be asked, and of which form it is."""
    asked = query.read(text)
    query.check(asked, **more)
    return asked.form


@pytest.mark.parametrize("text", ALLOWED)
def test_a_query_that_reads_is_allowed(text):
    assert check(text) == ALLOWED[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_reaches_out_or_changes_data_is_refused(text):
    with pytest.raises(BadQuery, match=REFUSED[text]):
        check(text)


def test_an_error_names_line_and_column():
    with pytest.raises(BadQuery, match="line 2, column 3: SERVICE"):
        check("SELECT * {\n  SERVICE <http://127.0.0.1:9/> {} }")


def test_a_text_has_a_limit():
    with pytest.raises(TooLong, match="100,000"):
        check("ASK {}" + " " * QUERY_CHARACTERS)


def test_words_and_marks_have_a_limit():
    assert check("ASK {" + "{}" * (QUERY_TOKENS // 2 - 2) + "}") == "ask"
    with pytest.raises(TooLong, match="more than 50,000 words and marks"):
        check("ASK {" + "{}" * (QUERY_TOKENS // 2) + "}")


def test_values_have_a_limit():
    with pytest.raises(TooLong, match="rows in VALUES"):
        check("SELECT * { VALUES ?x { " + "1 " * (VALUES_ROWS + 1) + "} }")


def test_declarations_have_a_limit():
    with pytest.raises(TooLong, match="more than 1,000 prefixes"):
        query.form("PREFIX e: <http://e/> BASE <http://e/> " * 1001 + "ASK {}")


def test_the_form_is_told_by_the_top_alone():
    assert query.form("PREFIX e: <http://e/> CONSTRUCT { e:s e:p <<<<<") == "construct"


@pytest.mark.parametrize("text", [f"{'x' * 90_000}", f"ASK {{ {'x' * 90_000}:a ?p ?o }}", f"ASK {{}} \\{'x' * 90_000}"])
def test_an_error_quotes_no_more_than_can_be_read(text):
    with pytest.raises(BadQuery) as error:
        check(text, known={"x" * 89_999: "http://e/"})

    assert len(str(error.value)) < 1000
