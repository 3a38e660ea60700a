"""The example queries answer real questions over the real data, each as it stands in its file."""

import json
from pathlib import Path

import pytest

from kb import BadSource
from kb.graph import query
from kb.graph.examples import Example, read
from kb.graph.tokens import tokenize
from kb.home import Home
from kb.terms import Names

ROOT = Path(__file__).parents[2]
EXAMPLES = read(ROOT / "ontology" / "examples")
BY_ID = {example.id: example for example in EXAMPLES}
PREFIXES = Names.of(Home(ROOT).context()).prefixes
ELSEWHERE = {  # for data in the terms of others
    "np": "http://www.nanopub.org/nschema#", "oa": "http://www.w3.org/ns/oa#", "schema": "https://schema.org/",
}  # fmt: skip
SEARCH = [example for example in EXAMPLES if "SERVICE" in example.text]
EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)


def rows(base, id):
    """The rows of an example: each variable's text."""
    found = json.loads(base.query(BY_ID[id].text).body)["results"]["bindings"]
    return [{name: term["value"] for name, term in row.items()} for row in found]


def test_an_example_is_its_title_its_keywords_and_the_whole_text(tmp_path):
    text = "# Who pays?\n# keywords: money, power and  \n# More.\nASK { ?s ?p ?o }\n"
    (tmp_path / "2-b.rq").write_text(text)
    (tmp_path / "1-a.rq").write_text("#Is it so?\n#keywords:so\nASK {}")
    (tmp_path / "notes.txt").write_text("no query")

    first, second = read(tmp_path)

    assert first == Example("1-a", "Is it so?", ("so",), "#Is it so?\n#keywords:so\nASK {}")
    assert second == Example("2-b", "Who pays?", ("money", "power and"), text)


def test_a_home_may_have_no_examples(tmp_path):
    assert read(tmp_path / "none") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", r"a\.rq:1: has no title: let the file begin with"),
        (b"SELECT * {}", r"a\.rq:1: has no title"),
        (b"#\n# keywords: a\nASK {}", r"a\.rq:1: has no title"),
        (b"# keywords: a\nASK {}", r"a\.rq:1: has no title"),
        (b"# Who?\nASK {}", r"a\.rq:2: has no keywords: let the second line be '# keywords: '"),
        (b"# Who?\n# keywords: ,\nASK {}", r"a\.rq:2: has no keywords"),
        (b"# Wh\xff?\n# keywords: a\nASK {}", r"a\.rq: cannot be read: .*utf-8"),
    ],
)
def test_a_file_that_cannot_be_shown_is_told_with_what_to_add(tmp_path, text, told):
    (tmp_path / "a.rq").write_bytes(text)

    with pytest.raises(BadSource, match=told):
        read(tmp_path)


def test_there_are_examples_of_every_form_with_a_title_of_their_own():
    forms = {query.read(example.text).form for example in EXAMPLES}

    assert len(EXAMPLES) >= 28 and len(SEARCH) >= 3
    assert forms == {"select", "ask", "construct", "describe"}
    assert len({example.title for example in EXAMPLES}) == len(EXAMPLES)
    assert [example.id for example in EXAMPLES if not example.title.endswith("?")] == []


@EACH
def test_an_example_declares_the_prefixes_it_uses_and_no_others(example):
    declared = query.read(example.text).prefixes
    names = [token.text for token in tokenize(example.text) if token.kind == "name" and ":" in token.text]
    used = [name.partition(":")[0] for name in names]

    assert declared.items() <= (PREFIXES | ELSEWHERE).items()
    assert {prefix for prefix in used if used.count(prefix) > 1} == set(declared)  # once declared, and used


@EACH
def test_rows_have_a_fixed_order_and_no_path_is_slow(example):
    marks = [token.text for token in tokenize(example.text) if token.kind == "mark"]

    assert "SELECT" not in example.text or "\nORDER BY " in example.text or example.id == "51-how-much-is-there"
    assert "?" not in marks  # an optional step inside a path: a thousand times the time


@pytest.mark.real
@EACH
def test_an_example_finds_something(example, real_base):
    result = real_base.query(example.text)

    if result.form == "ask":
        assert json.loads(result.body)["boolean"] is True
    elif result.form == "select":
        found = json.loads(result.body)
        assert found["results"]["bindings"]
        assert set().union(*found["results"]["bindings"]) <= set(found["head"]["vars"])
    else:
        assert real_base.query(example.text, "ntriples").body.strip()


@pytest.mark.real
def test_no_example_gives_a_row_twice(real_base):
    for example in EXAMPLES:
        if query.read(example.text).form == "select":
            found = rows(real_base, example.id)
            assert len({json.dumps(row, sort_keys=True) for row in found}) == len(found), example.id


@pytest.mark.real
def test_remedies_are_ranked_by_the_same_strength_as_on_the_pages(real_base):
    for row in rows(real_base, "04-remedies-by-evidence"):
        barrier, practice = (row[name].rpartition("/")[2] for name in ("barrier", "practice"))
        relations = real_base.concept(barrier).relations
        [page] = [r for r in relations if (r.predicate.rpartition("#")[2], r.other.id) == ("mitigatedBy", practice)]

        assert (int(row["strength"]), int(row["works"]), row["peerReviewed"] == "true") == page.strength
        assert int(row["claims"]) == len(page.claims)


@pytest.mark.real
def test_counts_agree_with_the_files(real_base):
    sources = list(real_base.corpus)
    claims = [claim for source in sources for claim in source.claims]
    by_basis = {row["basisLabel"]: int(row["claims"]) for row in rows(real_base, "23-claims-by-basis")}
    by_decade = [int(row["claims"]) for row in rows(real_base, "26-evidence-by-decade")]
    stances = {row["stance"]: int(row["times"]) for row in rows(real_base, "15-stances-counted")}

    assert by_basis["from the text"] == sum(claim["basis"] == "text" for claim in claims)
    assert sum(by_basis.values()) == sum(by_decade) == len(claims)
    for stance, times in stances.items():
        assert times == sum(len(claim.get(stance, ())) for claim in claims)


@pytest.mark.real
def test_what_records_miss_is_what_their_files_name(real_base):
    missing = {source.id: source.data.get("missing", []) for source in real_base.corpus if _incomplete(source)}
    found = {row["source"].rpartition("/")[2]: row.get("missing") for row in rows(real_base, "47-incomplete-records")}

    assert {id: set(text.split("; ")) if text else set() for id, text in found.items()} == {
        id: set(fields) for id, fields in missing.items()
    }


def _incomplete(source):
    return source.data["state"] != "complete"
