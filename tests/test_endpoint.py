"""SPARQL over a knowledge base: the search clause gives what a search gives; an empty result can be explained."""

import json

import pytest

from kb import BadQuery, TooLong

PKB = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> PREFIX concept: <https://w3id.org/partnership-kb/concept/>\n"
OUTPUTS = "pkb:hit ?hit ; pkb:rank ?rank ; pkb:score ?score ; pkb:text ?text ; pkb:reason ?why ; pkb:citation ?cited"
QUESTIONS = {
    "": {},
    "pkb:kind pkb:Claim": {"kind": "claim"},
    'pkb:kind "source" ; pkb:limit 3 ; pkb:offset 2': {"kind": "source", "limit": 3, "offset": 2},
    "pkb:about concept:barrier-power-imbalance": {"concept": "barrier-power-imbalance"},
    "pkb:from 2005 ; pkb:to 2015": {"years": "2005-2015"},
    'pkb:to "2009"': {"years": "-2009"},
    "pkb:stance <http://purl.org/spar/cito/qualifies>, 'disputes'": {"stance": ["qualifies", "disputes"]},
    "pkb:basis pkb:from-abstract": {"basis": "abstract"},
    "pkb:state pkb:complete ; pkb:group true": {"state": "complete", "group": True},
    "pkb:scheme <https://w3id.org/partnership-kb/scheme/barrier>": {"scheme": "barrier"},
    "pkb:mode 'words'": {"mode": "words"},
    "pkb:mode 'vectors' ; pkb:limit 40": {"mode": "vectors", "limit": 40},
}


def rows(base, text, **more):
    return base.query(PKB + text, **more).rows()


@pytest.mark.real
@pytest.mark.parametrize("filters", QUESTIONS)
@pytest.mark.parametrize("question", ["what stops unequal partners", "Gray 1989", "trust between schools and business"])
def test_a_search_clause_gives_the_hits_of_a_search(real_base, question, filters):
    hits = real_base.search(question, **QUESTIONS[filters]).hits
    inside = "".join(f" ; {each}" for each in [filters, OUTPUTS] if each)

    found = rows(real_base, f'SELECT * {{ SERVICE pkb:search {{ [] pkb:query "{question}"{inside} }} }} ORDER BY ?rank')

    assert [row["hit"] for row in found] == [hit.iri for hit in hits]
    assert [float(row["score"]) for row in found] == [hit.score for hit in hits]
    assert [int(row["rank"]) for row in found] == [hit.rank for hit in hits]
    assert [row["text"] for row in found] == [hit.text for hit in hits]
    assert [row.get("cited", "") for row in found] == [hit.citation for hit in hits]
    assert all(
        f"{hit.reasons[0].type}: {hit.reasons[0].value}" in row["why"] for hit, row in zip(hits, found, strict=True)
    )


@pytest.mark.real
@pytest.mark.parametrize("id", ["bebbington-2005#c1", "bebbington-2005", "barrier-power-imbalance"])
def test_more_like_this_is_a_clause_too(real_base, id):
    names = real_base.generation.names
    iri = names.iri("concept" if id.startswith("barrier") else "source", id)
    hits = real_base.similar(id, kind="claim", limit=7).hits

    found = rows(real_base, f"""SELECT ?hit ?score {{ SERVICE pkb:search {{
        [] pkb:similarTo <{iri}> ; pkb:kind pkb:Claim ; pkb:limit 7 ;
           pkb:hit ?hit ; pkb:score ?score ; pkb:rank ?rank }} }}
        ORDER BY ?rank""")  # fmt: skip

    assert [(row["hit"], float(row["score"])) for row in found] == [(hit.iri, hit.score) for hit in hits]
    assert len(hits) == 7


ASKED = [
    {"text": r"pays \u0022 x \n", "limit": 3},
    {"text": 'a "quoted" question \\ with ? signs', "limit": 5},
    {"text": "trust", "kind": "claim", "concept": ("barrier-power-imbalance",), "years": "2000-2015", "limit": 4},
    {"text": "donor NGO relations", "stance": ("qualifies", "supports"), "basis": ("abstract",), "mode": "words"},
    {"text": "schools", "scheme": ("barrier", "practice"), "years": "-2009", "group": True, "offset": 3},
    {"text": "Gray 1989", "state": ("complete",), "field": ("field-health",), "kind": "source", "years": "1999"},
    {"id": "bebbington-2005#c1", "kind": "claim", "limit": 3},
    {"id": "barrier-power-imbalance", "offset": 2, "years": "2000-"},
]


@pytest.mark.real
@pytest.mark.parametrize("asked", ASKED)
def test_a_search_can_be_written_as_a_query(real_base, asked):
    found = real_base.query(real_base.sparql.of_search(**asked)).rows()

    words = {name: value for name, value in asked.items() if name not in ("text", "id")}
    answer = real_base.search(asked["text"], **words) if "text" in asked else real_base.similar(asked["id"], **words)
    assert [(row["hit"], float(row["score"])) for row in found] == [(hit.iri, hit.score) for hit in answer.hits]


@pytest.mark.real
def test_hits_are_joined_with_what_the_data_say_of_them(real_base):
    found = rows(real_base, """PREFIX dcterms: <http://purl.org/dc/terms/>
        SELECT ?claim ?year { SERVICE pkb:search { [] pkb:query "what stops unequal partners" ; pkb:kind pkb:Claim ;
            pkb:limit 20 ; pkb:hit ?claim ; pkb:rank ?rank }
          ?claim pkb:statedIn/dcterms:issued ?year FILTER(STR(?year) >= "2005") } ORDER BY ?rank""")  # fmt: skip
    hits = [hit.iri for hit in real_base.search("what stops unequal partners", kind="claim", limit=20).hits]

    assert 0 < len(found) < 20 and all(row["year"] >= "2005" for row in found)
    assert [row["claim"] for row in found] == [iri for iri in hits if iri in {row["claim"] for row in found}]


def test_a_row_of_values_is_a_search_and_joins_its_hits(base):
    found = rows(
        base,
        f"""SELECT ?q ?hit {{ VALUES ?q {{ "pays"@en "mill towns" }}
        SERVICE pkb:search {{ [] pkb:query ?q ; pkb:limit 2 ; {OUTPUTS} }} }} ORDER BY ?q ?rank""",
    )

    hits = [(q, hit.iri) for q in ("mill towns", "pays") for hit in base.search(q, limit=2).hits]
    assert [(row["q"], row["hit"]) for row in found] == hits


@pytest.mark.parametrize(
    "group",
    ["{{ {clause} }}", "OPTIONAL {{ {clause} }}", "{{}} MINUS {{ ?nothing a ?at }} {clause}",
     "{{ SELECT ?hit {{ {clause} }} }}", "{{ {clause} }} UNION {{ {clause} }}"],
)  # fmt: skip
def test_a_clause_works_in_any_group(base, group):
    clause = 'SERVICE pkb:search { [] pkb:query "pays" ; pkb:limit 2 ; pkb:hit ?hit }'

    found = rows(base, f"SELECT DISTINCT ?hit {{ {group.format(clause=clause)} }}")

    assert {row["hit"] for row in found} == {hit.iri for hit in base.search("pays", limit=2).hits}


def test_a_search_without_hits_leaves_no_row(base):
    assert rows(base, 'SELECT * { SERVICE pkb:search { [] pkb:query "?" ; pkb:hit ?hit ; pkb:text ?text } }') == []


def test_a_text_may_hold_anything(base):
    text = r"a \"quote\" } SERVICE <http://127.0.0.1:9/> { \\ \u00e9 # "

    assert isinstance(rows(base, f'SELECT * {{ SERVICE pkb:search {{ [] pkb:query "{text}" ; {OUTPUTS} }} }}'), list)


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("pkb:about concept:barrier-distanc", "no concept 'barrier-distanc' .did you mean 'barrier-distance'"),
        ("pkb:kind pkb:Clam", "no kind 'clam': choose one of concept, claim"),
        ("pkb:kind <http://elsewhere.example/x#Claim>", "<http://elsewhere.example/x#Claim> is no concept"),
        ("pkb:group 'yes'", "pkb:group is to be true or false, not 'yes'"),
        ("pkb:limit 0", "limit 0 is not between 1"),
        ("pkb:limit 'many'", "pkb:limit is to be a whole number, not 'many'"),
        ("pkb:from 2010 ; pkb:to 2005", "end before they begin"),
        ("pkb:mode 'magic'", "magic"),
    ],
)
def test_what_a_search_refuses_is_told_at_the_clause(base, inside, told):
    with pytest.raises(BadQuery, match=f"line 3, column 3: .*{told}"):
        rows(base, f'SELECT * {{\n  SERVICE pkb:search {{ [] pkb:query "a" ; {inside} ; pkb:hit ?hit }} }}')


def test_an_error_behind_a_clause_is_told_where_it_stands(base):
    text = 'SELECT * {\n  SERVICE pkb:search { [] pkb:query "pays" ;\n pkb:hit ?hit } FILTR(?hit = 1)\n}'

    with pytest.raises(BadQuery) as error:
        rows(base, text)

    assert str(error.value).splitlines() == [
        "line 4, column 17: SPARQL has no word 'FILTR' (did you mean 'FILTER'?)",
        "   pkb:hit ?hit } FILTR(?hit = 1)",
        " " * 18 + "^",
    ]  # fmt: skip


def test_our_prefixes_are_lent_on_request_alone(base):
    text = "SELECT ?c { ?c a skos:Concept }"

    assert base.query(text, lend=True).rows()
    with pytest.raises(
        BadQuery, match=r"no prefix skos: is declared .add PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"
    ):
        base.query(text)
    with pytest.raises(BadQuery, match="did you mean 'skos'"):
        base.query(text.replace("skos:", "skso:"))


def test_a_whole_result_may_be_bounded(base):
    with pytest.raises(TooLong, match="larger than 0 MB"):
        base.sparql.query("SELECT * { ?s ?p ?o }", most=1000)


DIAGNOSES = {
    "SELECT * { ?b pkb:mitigatdBy ?p }": (1, "did you mean 'pkb:mitigatedBy'"),
    "SELECT * {\n ?b a skos:Concept .\n ?b skos:prefLabel 'Distance' }": (3, "stands in the data with a language"),
    "SELECT * { ?b a skos:Concept\n FILTER(?b = 1) }": (2, "no row is left by this"),
    "SELECT * { ?b a skos:Concept } LIMIT 0": (None, "the pattern matches: look at HAVING"),
    "SELECT * { ?b a skos:Concept }": (None, "there is nothing to explain"),
    "SELECT * { ?s a pkb:Source ; dcterms:issued ?y\n FILTER(?y > 1900) }": (2, '?y is of type xsd:gYear'),
    "SELECT * FROM <urn:x> { ?a ?b ?c }": (1, "no row is left by this\n"),
    "SELECT * FROM <urn:x> {\n ?a ?b ?c }": (2, "the graphs that it asks for hold nothing"),
    "DESCRIBE <urn:none>": (None, "the query has no pattern"),
    "ASK { ?b a skos:Concept }": (None, "there is nothing to explain"),
    "CONSTRUCT WHERE { ?b\n a skos:Concpt }": (1, "did you mean 'skos:Concept'"),
    "SELECT * { ?b a skos:Concept ;\n skos:broader concept:practice-nothing }": (2, "practice-nothing does not occur"),
    'SELECT * { SERVICE pkb:search { [] pkb:query "pays" ; pkb:hit ?h }\n ?h pkb:none ?x }': (2, "pkb:none does not"),
}  # fmt: skip


@pytest.mark.parametrize("text", DIAGNOSES)
def test_an_empty_result_is_explained(base, text):
    found = base.sparql.diagnose(text, lend=True)

    line, told = DIAGNOSES[text]
    assert found.line == line and told in found.message


def test_relative_iris_are_taken_from_the_base(base):
    answer = base.query("CONSTRUCT { <s> <p> 1 } WHERE {}", "ntriples", base_iri="http://example.org/x/y")

    assert answer.body.startswith(b"<http://example.org/x/s> <http://example.org/x/p>")


def test_results_stay_json(base):
    result = base.query(PKB + f'SELECT * {{ SERVICE pkb:search {{ [] pkb:query "pays" ; {OUTPUTS} }} }} ORDER BY ?rank')
    first = json.loads(result.body)["results"]["bindings"][0]

    assert first["score"]["datatype"].endswith("double") and first["rank"]["value"] == "1"


def test_a_diagnosis_has_no_word_of_the_prologue(base):
    found = base.sparql.diagnose("PREFIX none: <http://none.example/> SELECT * { ?s none:p ?o }")

    assert found.message.splitlines()[3:] == ["none:p does not occur in the data"]


def test_an_error_is_told_in_a_diagnosis_as_anywhere(base):
    with pytest.raises(BadQuery, match="did you mean 'FILTER'"):
        base.sparql.diagnose("SELECT * { ?s a skos:Concept FILTR(1) }", lend=True)


def test_graphs_are_those_of_the_store_and_unknown_ones_are_empty(base):
    known = "https://w3id.org/partnership-kb/source/reed-2001"

    assert base.query(f"SELECT * FROM <{known}> {{ ?s ?p ?o }}").rows()
    assert base.query("SELECT * FROM <http://127.0.0.1:9/none> { ?s ?p ?o }").rows() == []
    assert base.query("SELECT * { ?s ?p ?o }", default_graphs=["http://127.0.0.1:9/none"]).rows() == []


MISTAKES = {
    "SELECT ?x { ?x ?y ?z } ORDER ?x": "line 1, column 30: BY is missing behind ORDER",
    "SELECT ?x { ?x ?y ?z FILTER(foo(?x)) }": "line 1, column 29: SPARQL has no word 'foo'",
    "SELECT ?x { ?x a Claim }": "line 1, column 18: SPARQL has no word 'Claim': a name of the data has a prefix",
    'SELECT ?s { ?s ?p ?o FILTER(?s = "x"\n}': "line 1, column 28: this ( is not closed",
    "SELECT ?s {\n ?s a ?o\n": "line 1, column 11: this { is not closed",
    'SELECT ?s { ?s ?p "abc }': "line 1, column 19: a text in quotation marks is not closed",
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_is_told_where_it_was_made(base, text):
    with pytest.raises(BadQuery) as error:
        base.query(text)

    assert str(error.value).startswith(MISTAKES[text])
