"""The search clause is found where it stands, read in every spelling, and refused where it cannot be meant."""

import pytest

from kb import BadQuery
from kb.graph import query
from kb.graph.clause import find, without

PKB = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> PREFIX d: <http://d.example/> "
SPACE, XSD = "https://w3id.org/partnership-kb/ns#", "http://www.w3.org/2001/XMLSchema#"
ONE = '[] pkb:query "trust" ; pkb:about <urn:a>, <urn:b> ; pkb:hit ?hit ; pkb:rank ?rank'


def clauses(text):
    return find(query.read(PKB + text), {})


def meaning(text):
    """What the one search of a query asks for, without the places of its clause."""
    (clause,) = clauses(text)
    (search,) = clause.searches
    return {name: [term.value for term in terms] for name, terms in search.inputs.items()}, clause.outputs


@pytest.mark.parametrize(
    "body",
    [
        ONE,
        ONE + " .",
        '[ pkb:query "trust" ; pkb:about <urn:a>, <urn:b> ; pkb:hit ?hit ; pkb:rank ?rank ]',
        '_:x pkb:query "trust" . _:x pkb:about <urn:a> . _:x pkb:about <urn:b> . _:x pkb:hit ?hit . _:x pkb:rank ?rank',
        "[] pkb:query '''trust''' ; pkb:about ( <urn:a> <urn:b> ) ; pkb:hit ?hit ; pkb:rank ?rank ;",
        "[] pkb:hit ?hit ; pkb:rank $rank ; pkb:query 'trust' ; # a word\n pkb:about <urn:a> , <urn:b>",
        """[] pkb:query "trust" ; pkb:about _:l ; pkb:hit ?hit ; pkb:rank ?rank . _:l <http://www.w3.org/1999/02/22-rdf-syntax-ns#first>
           <urn:a> ; <http://www.w3.org/1999/02/22-rdf-syntax-ns#rest> ( <urn:b> )""",
    ],
)
def test_spellings_mean_the_same(body):
    inputs, outputs = meaning(f"SELECT * {{ SERVICE pkb:search {{ {body} }} }}")

    assert {**inputs, "about": sorted(inputs["about"])} == {"query": ["trust"], "about": ["urn:a", "urn:b"]}
    assert outputs == {"hit": "hit", "rank": "rank"}


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT * {{ SERVICE pkb:search {{ {ONE} }} }}",
        f"SELECT * {{ service silent <https://w3id.org/partnership-kb/ns#search>{{ {ONE} }} }}",
        f"SELECT * {{ OPTIONAL {{ ?s ?p ?o SERVICE pkb:search {{ {ONE} }} }} }}",
        f"SELECT * {{ {{}} UNION {{ SERVICE pkb:search {{ {ONE} }} }} }}",
        f"SELECT * {{ {{ SELECT ?hit {{ SERVICE pkb:search {{ {ONE} }} }} }} }}",
        f"ASK {{ FILTER EXISTS {{ SERVICE pkb:search {{ {ONE} }} }} }}",
        f"CONSTRUCT {{ ?hit a pkb:Hit }} WHERE {{ SERVICE pkb:search {{ {ONE} }} }}",
    ],
)
def test_a_clause_may_stand_in_any_group(text):
    asked = query.read(PKB + text)
    (clause,) = find(asked, {})
    rest = without(asked, [clause])

    assert asked.text[clause.start : clause.end].lower().startswith("service")
    assert "search" not in rest and len(rest) == len(asked.text)
    query.check(query.read(rest))


def test_several_clauses_are_several_searches():
    found = clauses(
        f"SELECT * {{ SERVICE pkb:search {{ {ONE} }} SERVICE pkb:search {{ [] pkb:similarTo <urn:c>; pkb:hit ?c }} }}"
    )

    assert [sorted(clause.searches[0].inputs) for clause in found] == [["about", "query"], ["similarTo"]]


ESCAPES = {
    r'"pays \\u0041 towns"': r"pays \u0041 towns",
    r'"\u0041 \"b\""': 'A "b"',
    r"d:a\#c1": "http://d.example/a#c1",
    '"""a\n"b" """': 'a\n"b" ',
}


@pytest.mark.parametrize("term", ESCAPES)
def test_escapes_mean_what_sparql_says(term):
    inputs, _ = meaning(f"SELECT * {{ SERVICE pkb:search {{ [] pkb:query {term} ; pkb:hit ?hit }} }}")

    assert inputs["query"] == [ESCAPES[term]]


@pytest.mark.parametrize(
    ("values", "terms"),
    [
        ('VALUES ?q { "a" "b"@en }', ['"a"', '"b"@en']),
        ('VALUES (?q ?x) { ("a" 1) ("a" 2) ("c" 3) }', ['"a"', '"c"']),
        (
            'VALUES ?q { "a"^^<urn:t> -5 true pkb:x }',
            ['"a"^^<urn:t>', f'"-5"^^<{XSD}integer>', f'"true"^^<{XSD}boolean>', f"<{SPACE}x>"],
        ),
        ("VALUES ?q { }", []),
        (r"""VALUES ?q { "a" 'a' '''a''' "\u0061" }""", ['"a"']),
    ],
)
def test_values_beside_a_clause_give_one_search_for_each_row(values, terms):
    for text in (f"{values} SERVICE pkb:search {{ [] pkb:query ?q ; pkb:hit ?h }}",
                 f"SERVICE pkb:search {{ [] pkb:query ?q ; pkb:hit ?h }} {values}"):  # fmt: skip
        (clause,) = clauses(f"SELECT * {{ {text} }}")

        assert [search.given["q"] for search in clause.searches] == terms


def test_values_of_two_blocks_are_combined():
    (clause,) = clauses("""SELECT * { VALUES ?q { "a" "b" } VALUES ?k { "claim" "source" }
        SERVICE pkb:search { [] pkb:query ?q ; pkb:kind ?k ; pkb:hit ?h } }""")

    assert len(clause.searches) == 4


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("[] pkb:hit ?h", "needs one of pkb:query and pkb:similarTo"),
        ('[] pkb:query "a" ; pkb:similarTo <urn:a> ; pkb:hit ?h', "needs one of"),
        ('[] pkb:query "a"', "needs pkb:hit"),
        ('[] pkb:query "a", "b" ; pkb:hit ?h', "pkb:query has 2 values"),
        ('[] pkb:query "a" ; pkb:hit <urn:h>', "write a variable behind it"),
        ('[] pkb:query "a" ; pkb:hit ?h ; pkb:text ?h', "pkb:text needs one variable of its own"),
        ("[] pkb:query ?q ; pkb:hit ?h", "a variable that VALUES gives in the same group, not \\?q"),
        ('[] pkb:query "a" ; pkb:hits ?h', "no pkb:hits .did you mean 'hit'"),
        ('[] pkb:query "a" ; <urn:x> 1 ; pkb:hit ?h', "says pkb:… of one blank node"),
        ('?s pkb:query "a" ; pkb:hit ?h', "of one blank node"),
        ('[] pkb:query "a" . [] pkb:hit ?h', "one subject, not 2"),
        ('[] pkb:query "a" ; pkb:hit ?h FILTER(true)', "only triples may stand"),
        ('[] pkb:query "a" ; pkb:hit ?h { }', "only triples may stand"),
        ('[] pkb:query/pkb:x "a" ; pkb:hit ?h', "only triples may stand"),
        ('[] pkb:query "a" ; pkb:hit ?h ; pkb:rank', "cannot be read"),
    ],
)
def test_a_clause_that_cannot_be_meant_is_told_with_its_place(body, told):
    with pytest.raises(BadQuery, match=told) as error:
        clauses(f"SELECT * {{ SERVICE pkb:search {{ {body} }} }}")

    assert str(error.value).startswith("line 1, column ")


def test_a_variable_from_another_group_is_no_parameter():
    with pytest.raises(BadQuery, match="in the same group"):
        clauses('SELECT * { VALUES ?q { "a" } { SERVICE pkb:search { [] pkb:query ?q ; pkb:hit ?h } } }')


def test_searches_have_a_limit():
    rows = " ".join(f'"{n}"' for n in range(17))

    with pytest.raises(BadQuery, match=r"17 searches.*at most 16"):
        clauses(f"SELECT * {{ VALUES ?q {{ {rows} }} SERVICE pkb:search {{ [] pkb:query ?q ; pkb:hit ?h }} }}")


UNREADABLE = "SERVICE pkb:search { [] pkb:query ?q ; ; pkb:hit }"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"SELECT * {{ {UNREADABLE * 500} }}", "asks for 500 searches"),
        (f"SELECT * {{ VALUES ?q {{ {' '.join(map(str, range(4000)))} }} {UNREADABLE} }}", "asks for 4,000 searches"),
        (f"SELECT * {{ {'VALUES (?q ?r) {(1 2) (3 4)}' * 40} {UNREADABLE} }}", "asks for 1,099,511,627,776 searches"),
        (
            f"SELECT * {{ SERVICE pkb:search {{ [] pkb:query ; {'pkb:about 1 ; ' * 2000} }} }}",
            "6,011 words and marks; at most 3,000",
        ),
    ],
)
def test_what_is_too_much_is_refused_before_it_is_read(text, told):
    with pytest.raises(BadQuery, match=told):
        clauses(text)


def test_equal_rows_of_values_are_one_search():
    (clause,) = clauses(f"""SELECT * {{ VALUES (?q ?r) {{ {"('a' 1) ('a' 2) " * 1000} }}
        SERVICE pkb:search {{ [] pkb:query ?q ; pkb:hit ?h }} }}""")

    assert [search.given for search in clause.searches] == [{"q": '"a"'}]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://127.0.0.1:9/search> { ?s ?p ?o } }",
        "PREFIX pkb: <http://127.0.0.1:9/> SELECT * { SERVICE pkb:search { [] pkb:query 'a' ; pkb:hit ?h } }",
        "SELECT * { SERVICE ?pkb { [] pkb:query 'a' ; pkb:hit ?h } }",
        f"SELECT * {{ SERVICE pkb:search {{ {ONE} }} SERVICE <http://127.0.0.1:9/> {{ }} }}",
    ],
)
def test_no_other_service_passes_for_a_search(text):
    asked = query.read(PKB + text)

    with pytest.raises(BadQuery, match="SERVICE is not allowed"):
        query.check(query.read(without(asked, find(asked, {}))))
