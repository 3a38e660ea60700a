"""The command: contracts of --json, exit codes, and one line for each mistake."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import StubEncoder

from kb import KnowledgeBase, cli
from kb.plain import plain

HIT = ["rank", "id", "kind", "iri", "score", "text", "source", "locator", "citation", "concepts", "reasons", "also"]
GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def kb(toy, monkeypatch):
    """Run a verb over a toy home of its own; the stub encoder stands in for the model."""
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=StubEncoder()))
    KnowledgeBase(toy, encoder=StubEncoder()).build()

    def run(*arguments, input=None, home=toy):
        return CliRunner().invoke(cli.main, ["--home", str(home), *map(str, arguments)], input=input)

    run.home = toy
    return run


def test_search_keeps_its_contract(kb):
    found = json.loads(kb("search", "who sets the terms", "--limit", 3, "--json").stdout)

    assert list(found) == [
        "query", "understood", "concepts", "claims", "sources", "hits", "total", "offset", "nothing", "notes",
        "schemes", "close", "facets",
    ]  # fmt: skip
    assert [list(hit) for hit in found["hits"]] == [HIT] * 3
    assert all(list(reason) == ["type", "value", "weight"] for hit in found["hits"] for reason in hit["reasons"])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("search", ["search", "the side that pays sets the terms", "--limit", "2", "--mode", "words", "--json"]),
        ("concept", ["concept", "barrier-power-imbalance", "--json"]),
        ("source", ["source", "testwell-2010", "--json"]),
        ("concepts", ["concepts", "--json"]),
        ("eval", ["eval", "tests/toy/questions.yaml", "--mode", "words", "--json"]),
    ],
)
def test_json_is_what_it_was(kb, name, arguments):
    """To change a contract on purpose: delete the file in tests/golden, run the test, read the new file."""
    found = json.loads(kb(*arguments).stdout, parse_float=lambda text: round(float(text), 4))
    path = GOLDEN / f"{name}.json"
    if not path.exists():
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")

    assert found == json.loads(path.read_text())


def test_search_sorts_by_year_and_counts_facets_where_that_is_asked_for(kb):
    shown = kb("search", "who sets the terms of the mill", "--sort", "oldest", "--limit", 1, "--facets").stdout
    found = json.loads(kb("search", "who sets the terms of the mill", "--facets", "--json").stdout)

    assert re.search(r"^  1  0\.\d+  \w+ +sandhill-1998", shown, re.MULTILINE)
    assert "Barrier: Power imbalance " in shown and "Decade: 2010s " in shown
    assert "1 of " in shown and "of them close" not in shown
    assert list(found["facets"][0]["values"][0]) == ["value", "label", "count", "chosen", "children"]
    assert re.search(
        r"\d+ of them close; the next", kb("search", "who sets the terms of the mill", "--limit", 1).stdout
    )


def test_search_shows_what_was_understood_the_answer_and_each_reason(kb):
    shown = kb("search", "unequal power since 2005", "--limit", 2).stdout

    assert "concept: Power imbalance   [--off 'concept:barrier-power-imbalance']" in shown
    assert "years: since 2005   [--off 'years:2005..9999']" in shown
    assert "= Power imbalance (barrier-power-imbalance): One side decides more than the others." in shown
    assert "What the literature says, the best documented first:" in shown
    assert "meaning 0." in shown and "the next with --offset 2" in shown
    assert "(switched off)" in kb("search", "mill since 2005", "--off", "years:2005..9999").stdout


def test_nothing_found_is_told_with_its_reason_and_what_to_try(kb):
    result = kb("search", "what is the")

    assert result.exit_code == 0
    assert "nothing found, because “what is the” has only words that every text has" in result.stderr
    assert "try: add a word" in result.stderr


@pytest.mark.parametrize(("format", "sign"), [("turtle", "a skos:Concept"), ("jsonld", '"@id": "concept:barrier-dist'),
                                              ("ntriples", "barrier-distance> <"), ("rdfxml", "<rdf:RDF")])  # fmt: skip
def test_a_concept_and_a_source_are_printed_as_rdf(kb, format, sign):
    assert sign in kb("concept", "barrier-distance", "--format", format).stdout
    assert "reed-2001" in kb("source", "reed-2001", "--format", format).stdout


def test_the_tree_is_filtered_by_any_label(kb):
    found = kb("concepts", "--filter", "co-decision")

    assert found.stdout.splitlines() == [
        "Practice",
        "  Shared rules  [practice-shared-rules] 2",
        "    * Deciding together  (co-decision)  [practice-co-decision-making] 2",
    ]
    assert json.loads(kb("concepts", "--filter", "xyzzy", "--json").stdout)["total"] == 0


def test_sources_and_authors_are_listed_as_the_pages_have_them(kb):
    listed = kb("sources", "--type", "article", "--sort", "newest").stdout
    author = kb("author", "testwell-t").stdout

    assert listed.startswith("Marlow & Quist (2012) Two towns and a mill (article; 3 claims, cited by 0)")
    assert "2 works\n--type: article 2; book 1; document 1; report 1\n" in listed
    assert json.loads(kb("sources", "mill", "--page", "1", "--json").stdout)["total"] == 2
    assert "   1  Testwell, T.  [testwell-t]" in kb("authors", "test").stdout
    assert len(json.loads(kb("authors", "--json").stdout)) == 6
    assert "Testwell (2010) Who pays and who decides, author  [testwell-2010]" in author
    assert "about: Deciding together (1); Power imbalance (1)" in author
    assert json.loads(kb("author", "testwell-t", "--json").stdout)["called"] == "T. Testwell"


def test_a_map_is_printed_as_a_table_and_tells_what_a_dot_means(kb):
    printed = kb("map", "practice", "barrier").stdout

    assert "Practice × Barrier: 7 claims, 4 relations" in printed
    assert "Regular meetings                          1/2    ·    ·\n" in printed
    assert "1/4: of 4 claims about the row, 1 is itself about the column" in printed
    assert "·: nothing annotated here. The works are a sample" in printed
    assert "other maps: barrier practice (5)" in printed
    assert json.loads(kb("map", "--json").stdout)["claims"] == 7  # the fullest


def test_a_map_tells_what_filters_leave_out(kb):
    printed = kb("map", "practice", "barrier", "--years", "1990-1995", "--stance", "supports").stdout

    assert "0 claims, 0 relations\nnothing annotated here within these filters\n" in printed
    assert "Practice: 3 upper concepts without any entry left out" in printed
    assert "did you mean 'barrier'?" in kb("map", "barier").output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["author", "testwel-t"], "did you mean 'testwell-t'?"),
        (["sources", "--type", "novel"], "choose one of article, book"),
    ],
)
def test_a_slip_in_browsing_is_told_with_what_there_is(kb, arguments, told):
    result = kb(*arguments)

    assert result.exit_code == 1 and told in result.stderr


def test_more_like_this_and_completions_are_printed(kb):
    assert "near" not in kb("similar", "reed-2001", "--limit", 1).stderr
    assert (
        "concept  Power imbalance  (unequal power)  [barrier-power-imbalance]  Barrier" in kb("complete", "uneq").stdout
    )


def test_two_rankings_are_compared_with_an_interval(kb, tmp_path):
    runs = {mode: tmp_path / f"{mode}.json" for mode in ("words", "fused")}
    for mode, path in runs.items():
        path.write_text(kb("eval", kb.home / "questions.yaml", "--mode", mode, "--json").stdout)
    told = kb("eval", runs["words"], "--compare", runs["fused"]).stdout

    assert "95" in told and "ndcg@10" in told.lower()
    assert kb("eval", kb.home / "questions.yaml", "--mode", "words", "--against", "fused").exit_code == 0
    assert kb("eval", kb.home / "questions.yaml", "--without", "concepts", "--json").stdout.startswith("{")


def test_build_tells_what_it_did(kb):
    (kb.home / "corpus" / "tarn-1987.yaml").unlink()
    report = json.loads(kb("build", "--json").stdout)

    assert {**report, "seconds": 0} == {"read": 0, "embedded": 0, "removed": 1, "seconds": 0}


def test_nothing_found_is_no_error(kb):
    result = kb("search", "xylophone", "--mode", "words", "--json")

    assert (result.exit_code, json.loads(result.stdout)["hits"]) == (0, [])


def test_a_query_answers_from_a_file_and_from_standard_input(kb, tmp_path):
    text = "SELECT (COUNT(?c) AS ?n) WHERE { ?c a <http://www.w3.org/2004/02/skos/core#Concept> }"
    (tmp_path / "count.rq").write_text(text)

    assert kb("query", tmp_path / "count.rq").stdout.split() == ["n", "8"]
    rows = json.loads(kb("query", "-", "--format", "json", input=text).stdout)["results"]["bindings"]
    assert rows[0]["n"]["value"] == "8"


def test_an_added_file_is_searchable_at_once(kb, tmp_path):
    path = tmp_path / "ferry-2020.yaml"
    path.write_text("type: book\nstate: complete\ntitle: Xebec ferries\nissued: 2020\nauthors: [{family: Ferry}]\n")

    assert kb("add", path).stdout.startswith("added ferry-2020\n")
    assert "ferry-2020" in kb("search", "xebec", "--mode", "words").stdout
    assert "exists" not in kb("source", "ferry-2020").stdout


def test_a_file_with_mistakes_is_not_added(kb, tmp_path):
    good, bad = tmp_path / "good-2020.yaml", tmp_path / "bad-2020.yaml"
    good.write_text("type: book\nstate: complete\ntitle: Good\nissued: 2020\nauthors: [{family: Good}]\n")
    bad.write_text("type: book\nstate: complete\ntitel: Bad\n")
    result = kb("add", good, bad)

    assert result.exit_code == 1
    assert "bad-2020.yaml:3: unknown key 'titel' (did you mean 'title'?)" in result.stderr
    assert not (kb.home / "corpus" / "good-2020.yaml").exists()


def test_check_fails_with_the_place_of_the_mistake(kb):
    assert kb("check").exit_code == 0
    path = kb.home / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text().replace("practice-trust-building, barrier", "practice-trust-bilding, barrier"))
    result = kb("check")

    assert result.exit_code == 1
    assert "reed-2001.yaml:20: no concept 'practice-trust-bilding'" in result.stdout
    assert "(did you mean 'practice-trust-building'?)" in result.stdout


def test_citations_come_in_the_order_asked(kb):
    assert kb("cite", "reed-2001", "testwell-2010").stdout.index("Reed, I.") == 0
    assert kb("cite", "reed-2001", "--style", "bibtex").stdout.startswith("@book{reed-2001,")
    assert kb("cite", "reed-2001", "--style", "ris").stdout.startswith("TY  - BOOK\n")
    assert (
        kb("cite", "reed-2001", "testwell-2010", "--style", "ieee").stdout.splitlines()[1].startswith("[2] T. Testwell")
    )
    assert [item["id"] for item in json.loads(kb("cite", "reed-2001", "--style", "csl-json").stdout)] == ["reed-2001"]


def test_init_lays_a_home_down_once(kb, tmp_path):
    assert kb("init", tmp_path / "new").exit_code == 0
    assert len(list((tmp_path / "new" / "corpus").glob("*.yaml"))) > 100

    again = kb("init", tmp_path / "new")
    assert again.exit_code == 1 and "exists already" in again.stderr


MISTAKES = [
    (["search", "mill", "--scheme", "bariers"], "no scheme 'bariers'"),
    (["similar", "reed-2002"], "no concept, source or claim 'reed-2002'"),
    (["eval", "no.yaml", "--without", "magic"], "no feature 'magic'"),
    (["eval", "a.json", "--compare", "b.json"], "a.json"),
    (["search", "mill", "--limit", "0"], "between 1 and 1,000"),
    (["search", "mill", "--years", "soon"], "no range of years"),
    (["search", "mill", "--concept", "barrier-distanse"], "did you mean 'barrier-distance'?"),
    (["concept", "barrier-distanse"], "did you mean 'barrier-distance'?"),
    (["source", "reed-2002"], "did you mean 'reed-2001'?"),
    (["cite", "nobody-1900"], "no source 'nobody-1900'"),
    (["cite", "reed-2001", "--style", "oral"], "no citation style 'oral'; there are apa, chicago, mla"),
    (["query", "no.rq"], "no.rq: cannot be read"),
    (["eval", "no.yaml"], "no.yaml"),
    (["add", "no.yaml"], "no file no.yaml"),
]


@pytest.mark.parametrize(("arguments", "message"), MISTAKES, ids=[" ".join(a)[:30] for a, _ in MISTAKES])
def test_a_mistake_gets_one_line(kb, arguments, message):
    result = kb(*arguments)

    assert result.exit_code in (1, 2) and isinstance(result.exception, SystemExit)
    assert message in result.stderr and result.stderr.startswith("Error: ") and result.stderr.count("\n") == 1


BAD_QUERIES = {
    "SELECT * WHERE { ?s ?p": "line 1",
    "INSERT DATA { <a:a> <a:b> <a:c> }": "edit the files in corpus/",
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }": "SERVICE is not allowed",
    "SELECT * { # hi\r SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }": "SERVICE is not allowed",
    "SELECT * { ?s ?p ?o LATERAL { SELECT * { ?s ?p ?o } } }": "LATERAL is not allowed",
    "": "the query is empty",
}


@pytest.mark.parametrize("text", BAD_QUERIES)
def test_a_query_that_is_not_allowed_gets_one_sentence_and_its_place(kb, text):
    result = kb("query", "-", input=text)

    assert result.exit_code == 1
    assert BAD_QUERIES[text] in result.stderr
    assert result.stderr.count("\n") == (3 if "line " in result.stderr else 1)


@pytest.mark.parametrize("verb", ["build", "serve", "check", "search x", "concepts", "dump"])
def test_a_folder_that_is_no_home_is_told_to_be_made_one(kb, tmp_path, verb):
    result = kb(*verb.split(), home=tmp_path)

    assert result.exit_code == 1 and "kb init" in result.stderr


@pytest.mark.parametrize("verb", cli.main.commands.values(), ids=str)
def test_every_verb_has_help(verb):
    assert verb.help


def test_plain_turns_named_results_into_json():
    assert plain({"a": (1, None, Path("x"))}) == {"a": [1, None, "x"]}
