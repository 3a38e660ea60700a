"""While a source is written, it is checked, compared and cited as it would be in its file."""

import copy
import json
import shutil

import pytest
from with_texts import lay

from kb import KnowledgeBase
from kb.corpus.check.fields import _place
from kb.corpus.check.one import FieldProblem
from kb.corpus.sources import parse, with_lists
from kb.corpus.written import as_yaml
from kb.curation import Author
from kb.errors import BadSource, Conflict

ANNA = Author("anna", "Anna Smith", "anna@localhost")
MORE = """
concept:barrier-old a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Old"@en ;
    owl:deprecated true ; dcterms:isReplacedBy concept:barrier-distance .
concept:barrier-all a skos:Concept, pkb:GroupingConcept ; skos:inScheme scheme:barrier ; skos:prefLabel "All"@en .
<https://w3id.org/partnership-kb/curator/toy> a <http://www.w3.org/ns/prov#Agent> .
"""
GOOD_CLAIM = {
    "id": "#c1", "text": "A claim that says enough.", "basis": "abstract", "about": ["barrier-distance"],
    "curator": "toy", "created": "2026-11-23",
}  # fmt: skip
BAD_RECORD = {
    "type": "artikel", "state": "complete", "title": "e\u0301\ufffd", "titel": "x", "authors": ["Reed", {"given": "A"}],
    "issued": "2999", "pages": "1-2", "doi": "https://doi.org/10.5555/toy.2012.5", "isbn": "978-3-16-148410-1",
    "issn": "0305-750x", "url": "nowhere", "volume": ["1", "2"], "container": "", "publisher": "e\u0301",
    "extra": {" ": {"a": "b"}},
    "subjects": ["barrier-distanc", "barrier-old", "barrier-all", "barrier-mistrust", "barrier-mistrust"],
    "treats": [{"concept": "barrier-old"}], "cites": ["testwell-2010", "reed-201"], "openAccess": {"a": "b"},
}  # fmt: skip
BAD_CLAIMS = [
    {"id": "c1", "text": "short", "basis": "hearsay", "locatr": "p. 1", "about": "barrier-mistrust",
     "curator": "nobody", "created": "2999-01-01"},
    GOOD_CLAIM | {"basis": "text", "locator": "", "reportedIn": "reed-2001", "supports": ["reed-2001#c1"],
                  "disputes": ["reed-2001#c1", "#c3", "reed-2001#c99"]},
    GOOD_CLAIM | {"asserts": [{"subject": "practice-shared-rules", "mitigatedBy": "practice-shared-rules"},
                              {"subject": "barrier-mistrust", "mitigatedBy": "practice-shared-rules"}, {}]},
    GOOD_CLAIM | {"id": "#c3", "basis": "recalled", "created": "then", "quote": "nobody ever wrote these words so",
                  "asserts": [{"subject": "barrier-distance", "mitigatedBy": "practice-regular-meetings"},
                              {"subject": "barrier-distance", "fosters": "practice-shared-rules"}]},
]  # fmt: skip
QUOTES = [
    GOOD_CLAIM | {"quote": "the weekly supper keeps a quarrel small"},
    GOOD_CLAIM | {"id": "#c2", "quote": "The ferry runs at noon", "locator": "p. 1", "basis": "text"},
    GOOD_CLAIM | {"id": "#c3", "quote": "word " * 101},
]
TOWNS = {
    "title": "Two towns and one mill",
    "authors": [{"family": "Marlow"}],
    "issued": "2012",
    "type": "article",
    "doi": "10.5555/toy.2012.5",
}
CASES = {
    "testwell-2010": BAD_RECORD | {"claims": BAD_CLAIMS},
    "reed-2001": {"type": "book", "state": "incomplete", "claims": QUOTES},
    "tarn-1987": TOWNS | {"state": "complete", "claims": []},
    "sandhill-1998": {"type": "book", "claims": "none", "isbn": "x"},
    "barrier-distance": {"type": "book", "state": "seed-only"},
}
CHECKS = {
    "bad-doi", "bad-id", "bad-issn", "bad-isbn", "bad-value", "contradictory-stance", "empty-value", "future-day",
    "future-year", "grouping-concept", "long-quote", "no-claims", "no-claim", "no-concept", "no-source", "no-curator",
    "no-locator", "no-quote", "no-quote-locator", "not-about", "not-composed", "page-range", "quote-elsewhere",
    "retired-concept", "same-doi", "same-id", "same-title", "same-value", "self-link", "shape", "unknown-key",
    "unknown-value", "unprintable-value", "weak-relation",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(stub_encoder, tmp_path_factory):
    """A toy home with texts, a retired concept and a heading, built; for reading only."""
    from conftest import lay_toy

    home = lay(lay_toy(tmp_path_factory.mktemp("desk") / "home"))
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write(MORE)
    (home / "corpus" / "marlow-quist-2012.yaml").write_text(
        (home / "corpus" / "marlow-quist-2012.yaml").read_text().replace("10.5555/toy.2012.5", "10.5555/TOY.2012.5")
    )
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


@pytest.fixture
def written(toy, stub_encoder):
    """A toy home with a history, built, that a test may change."""
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


def told_by_check(base, id, data, folder):
    """What `kb check` says of a file that says *data*: line, severity, message, hint, name."""
    shutil.copytree(base.home.corpus, folder / "corpus")
    shutil.copytree(base.home.ontology, folder / "ontology")
    path = folder / "corpus" / f"{id}.yaml"
    path.write_text(as_yaml(data))
    found = [each for each in KnowledgeBase(folder).check() if each.path == path]
    return {(each.line, each.severity, each.message, each.hint, each.check) for each in found}


def lines(problems, data):
    """Problems with the lines of their places in a file that says *data*."""
    from ruamel.yaml import YAML

    root = YAML(typ="base").compose(as_yaml(data))
    steps = [[int(step) if step.isdigit() else step for step in each.path.split(".") if step] for each in problems]
    return {(_place(root, tuple(where))[0], *each[1:5]) for where, each in zip(steps, problems, strict=True)}


@pytest.mark.parametrize("id", [*CASES][::3])
def test_a_source_that_is_written_is_told_what_its_file_would_be(desk, id, tmp_path):
    found = desk.curation.problems(id, CASES[id])

    assert lines(found, CASES[id]) == told_by_check(desk, id, CASES[id], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("id", [id for at, id in enumerate(CASES) if at % 3])
def test_further_sources_are_told_what_their_files_would_be(desk, id, tmp_path):
    test_a_source_that_is_written_is_told_what_its_file_would_be(desk, id, tmp_path)


def test_every_check_is_made_of_what_is_written(desk):
    found = {each.check for id, data in CASES.items() for each in desk.curation.problems(id, data)}

    assert found >= CHECKS


@pytest.mark.real
def test_each_source_is_told_what_the_check_of_all_files_tells(real_base):
    sources = [real_base.corpus[id] for id in real_base.corpus.ids()[::5]]
    ids = {source.id for source in sources}
    told = {(each.path.stem, *each[2:6]) for each in real_base.check() if each.path.suffix == ".yaml"}
    found = {(source.id, p.message, p.hint, p.severity, p.check) for source in sources
             for p in real_base.curation.problems(source.id, source.data)}  # fmt: skip

    assert found == {each for each in told if each[0] in ids}


def test_a_problem_names_its_field_and_what_is_certainly_meant(desk):
    found = desk.curation.problems("", {"type": "book", "state": "incomplete", "doi": "doi:10.5555/x", "claims": [
        GOOD_CLAIM, GOOD_CLAIM | {"id": "#c2", "about": ["barrier-distance", "barrier-old"]}]})  # fmt: skip

    assert [(each.path, each.check, each.mend) for each in found] == [
        ("doi", "bad-doi", "10.5555/x"), ("claims.1.about.1", "retired-concept", None),
    ]  # fmt: skip


BROKEN = [
    {}, {"type": None}, {"title": ["a"], "authors": "x", "claims": [1]}, {"authors": {"family": {"a": "b"}}},
    {"claims": {"text": []}}, {"claims": [{"about": {"a": "b"}, "asserts": "x", "supports": [[]], "quote": ["q"]}]},
    {"title": "x" * 1_000_000, "authors": [{"family": "x" * 1_000_000}], "issued": "1" * 1_000_000},
    {"title": "\x00\x07\ud800", "doi": "10.1/" + "(" * 10_000, "extra": {"\x00": [[]]}, "cites": ["a b", "<>", "\n"]},
    {"subjects": ["x" * 1_000_000], "isbn": ["-" * 100_000], "url": "http://" + "a" * 100_000, "": "", "@id": "x"},
    {"a": [[[[{}]]]], "treats": [{"concept": [[]]}], "type": {"@id": "x"}, "status": ["draft"], "claims": [{"id": {}}]},
]  # fmt: skip


@pytest.mark.parametrize("data", BROKEN, ids=range(len(BROKEN)))
def test_what_no_file_should_say_is_a_problem_and_never_an_error(desk, data):
    curation = desk.curation
    found = curation.problems("reed-2001", data)

    assert found and all(isinstance(each, FieldProblem) for each in found)
    assert curation.citation(data) and curation.new_id(data) and isinstance(curation.duplicates(data), tuple)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ({"doi": "https://doi.org/10.5555/toy.2012.5"}, "same DOI"),
        ({"title": "Two Towns and a Mill."}, "same title"),
        ({"title": "Two towns and", "authors": [{"family": "Marlow"}]}, "same first author, title in part the same"),
        ({"title": "Two towns and a mill", "issued": "2013"}, "same title, year differs by one"),
        ({"title": "Two"}, None),
        ({"authors": [{"family": "Marlow"}], "issued": "2012"}, None),
        ({"title": "Who pays for the mill"}, None),
        ({}, None),
    ],
)
def test_who_begins_a_record_is_told_of_the_work_that_is_here(desk, data, why):
    found = desk.curation.duplicates({"type": "article"} | data)

    assert [(each.id, each.why) for each in found] == ([("marlow-quist-2012", why)] if why else [])
    assert all(each.citation.startswith("Marlow, A., & Quist, B. (2012). Two towns") for each in found)


def test_a_source_is_not_taken_for_its_own_duplicate(desk):
    data = desk.corpus["marlow-quist-2012"].data

    assert desk.curation.duplicates(data, "marlow-quist-2012") == ()


def test_a_half_written_record_is_cited_as_far_as_it_goes(desk):
    cite = desk.curation.citation

    assert cite({"title": "Reeds"}) == "Reeds. (n.d.)."
    assert cite({"title": "Reeds", "authors": [{"family": "Reed"}, {}], "issued": "2001"}) == "Reed. (2001). Reeds."
    assert cite({}, "ieee") == "[1] [title and names not known]."


def test_a_new_source_is_named_as_nothing_here_is(desk):
    assert desk.curation.new_id({"authors": [{"family": "Reed"}], "issued": "2001"}) == "reed-2001a"
    assert desk.curation.new_id({"authors": [{"family": "Tarn"}], "issued": "1987"}) == "tarn-1987a"


def test_what_changed_in_the_files_is_known_after_a_build(written):
    doi = {"doi": "10.5555/new"}
    assert written.curation.duplicates(doi) == ()
    data = written.corpus["reed-2001"].data | doi
    (written.home.corpus / "reed-2001.yaml").write_text(as_yaml(data))
    (written.home.corpus / "marlow-quist-2012.yaml").unlink()
    written.build()

    assert [each.id for each in written.curation.duplicates(doi)] == ["reed-2001"]
    assert written.curation.duplicates({"doi": "10.5555/toy.2012.5"}) == ()
    assert "no source 'marlow-quist-2012'" in {
        each.message for each in written.curation.problems("tarn-1987", {"cites": ["marlow-quist-2012"]})
    }


def test_saved_data_change_only_their_lines_and_the_diff_shows_them(written):
    curation = written.curation
    text, etag = curation.text("reed-2001")
    data = parse(text, "x") | {"issued": "2002"}
    diff = curation.diff("reed-2001", data)
    saved = curation.save_data("reed-2001", data, etag, ANNA, "Mend the year")

    assert [line for line in diff.splitlines() if line[0] in "+-"][2:] == ["-issued: 2001", "+issued: 2002"]
    assert curation.text("reed-2001")[0] == text.replace("issued: 2001", "issued: 2002") and saved.commit
    assert curation.diff("reed-2001", data) == ""
    with pytest.raises(Conflict):
        curation.save_data("reed-2001", data | {"issued": "2003"}, etag, ANNA, "Mend it again")


def test_a_new_source_is_written_in_our_layout(written):
    data = {"title": "Reeds", "type": "book", "claims": [dict(reversed(GOOD_CLAIM.items()))]}
    saved = written.curation.save_data("reeds-n-d", data, None, ANNA, "Add reeds")
    text = (written.home.corpus / "reeds-n-d.yaml").read_text()

    assert saved.paths == ("corpus/reeds-n-d.yaml",) and text.startswith("type: book\ntitle: Reeds\nclaims:\n")
    assert with_lists(data) == parse(text, "x") and text.index("basis:") < text.index("about:") < text.index("curator:")
    with pytest.raises(Conflict):
        written.curation.save_data("reeds-n-d", data, None, ANNA, "Add reeds")


UNREADABLE = [{"title": ["a"]}, {"claims": [{"id": "#c1"}]}, {"subjects": [{}]}, {"title": "\ud800"}]


@pytest.mark.parametrize("data", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_no_build_can_read_is_not_saved(written, data):
    before = copy.deepcopy(written.curation.text("reed-2001"))
    with pytest.raises(BadSource):
        written.curation.save_data("reed-2001", data, before[1], ANNA, "Break it")

    assert written.curation.text("reed-2001") == before
    with pytest.raises(BadSource, match="'barrier-distance' is the id of a concept"):
        written.curation.save_data("barrier-distance", {"type": "book"}, None, ANNA, "Add it")


def test_every_type_of_the_context_has_fields_and_every_choice_a_label(base):
    choices, context = base.curation.choices(), json.loads((base.home.ontology / "context.jsonld").read_text())
    types = [choice.id for choice in choices.types]
    fields = {type: base.curation.fields(type) for type in types}

    assert "reference-entry" in types and "Source" not in types and "asserted" not in types
    assert all(field.key in context["@context"] for of_type in fields.values() for field in of_type)
    assert [field.label for field in fields["article"]][:6] == [
        "Title", "Authors", "Others omitted", "Year", "Journal", "Volume",
    ]  # fmt: skip
    assert [(each.id, each.label) for each in choices.bases][:2] == [
        ("text", "from the text"), ("abstract", "from the abstract"),
    ]  # fmt: skip
    assert ("mitigatedBy", "mitigated by") in choices.relations
    assert set(choices.states) and set(choices.statuses) and set(choices.access) and set(choices.summary_bases)


# Claims that go


def test_a_claim_that_others_name_does_not_go(written):
    curation = written.curation
    text, was = curation.text("reed-2001")
    data = parse(text, curation.corpus.path("reed-2001"))
    less = {**data, "claims": data["claims"][1:]}
    problem = next(each for each in curation.problems("reed-2001", less) if "is named by" in each.message)

    assert (problem.path, problem.severity) == ("claims", "error")
    assert problem.message == "claim #c1 is named by marlow-quist-2012#c2 (qualifies)"
    with pytest.raises(BadSource, match="claim #c1 is named by marlow-quist-2012#c2"):
        curation.save_data("reed-2001", less, was, ANNA, "Edit")
    assert curation.text("reed-2001")[1] == was
    assert not any("is named by" in each.message for each in curation.problems("reed-2001", data))


def test_a_number_of_a_claim_that_was_there_or_is_named_is_not_free(written):
    curation = written.curation
    text, was = curation.text("testwell-2010")
    data = parse(text, curation.corpus.path("testwell-2010"))
    more = {**data["claims"][0], "id": "#c7", "text": "A claim that goes again."}
    curation.save_data("testwell-2010", {**data, "claims": [*data["claims"], more]}, was, ANNA, "Add")
    curation.save_data("testwell-2010", data, curation.text("testwell-2010")[1], ANNA, "Take out")

    assert "#c7" in curation.used_claims("testwell-2010") and "#c1" in curation.used_claims("reed-2001")
    assert curation.used_claims("no such") == set()


def test_an_id_that_a_source_had_which_was_merged_is_not_free(written):
    curation = written.curation
    curation.merge_sources("tarn-1987", "sandhill-1998", ANNA)
    written.build()
    record = {"type": "book", "authors": [{"family": "Tarn"}], "issued": "1987"}

    assert curation.new_id(record) == "tarn-1987a"
    with pytest.raises(BadSource, match="tarn-1987 was merged into sandhill-1998"):
        curation.save_data("tarn-1987", record | {"state": "incomplete", "title": "Tarns"}, None, ANNA, "Add")
