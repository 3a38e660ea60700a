"""Records become sources that need no mending; what is here is never written over, and only filled where one asks."""

from __future__ import annotations

import difflib
import json

import pytest
from click.testing import CliRunner
from conftest import DATA, StubEncoder

from kb import BadQuery, BadSource, KnowledgeBase, NotFound, cli
from kb.bibliography import reading
from kb.bibliography.export import write
from kb.corpus import texts
from kb.corpus.sources import read

RIS = """\
TY  - JOUR
TI  - Lamps in the fog
AU  - Holt, Ada
PY  - 2001
JO  - Journal of Lamps
SP  - 4
EP  - 9
AB  - A lamp helps.
LA  - en
AN  - 77
ER  -

TY  - JOUR
TI  - Two Towns and a Mill
AU  - Marlow, Ada
AU  - Quist, Ben
PY  - 2012
VL  - 6
SN  - 2049-3630
UR  - https://example.org/mill
AB  - Two towns, one mill.
LA  - en
ER  -

TY  - RPRT
AU  - Holt, Ada
PY  - 2001
ER  -
"""


@pytest.fixture
def refs(tmp_path):
    path = tmp_path / "refs.ris"
    path.write_text(RIS, encoding="utf-8")
    return path


def changed(before, after):
    """The lines that differ, each with its sign."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in lines if line[0] in "+-"]


def errors(base):
    return [str(problem) for problem in base.check() if problem.severity == "error"]


def test_a_record_becomes_a_draft_with_what_is_missing_and_its_text_beside_it(toy, refs):
    base = KnowledgeBase(toy)
    found = base.add([refs])

    assert [(each.status, each.id) for each in found] == [
        ("new", "holt-2001"), ("duplicate", "marlow-quist-2012"), ("incomplete", "holt-2001a"),
    ]  # fmt: skip
    assert base.corpus["holt-2001"].data == {
        "type": "article", "state": "complete", "status": "draft", "title": "Lamps in the fog",
        "authors": [{"family": "Holt", "given": "Ada"}], "issued": "2001", "container": "Journal of Lamps",
        "pages": "4–9", "seenIn": ["RIS import"], "extra": {"language": "en", "ris:AN": "77"},
    }  # fmt: skip
    assert texts.read(toy / "corpus", "holt-2001") == [texts.Page("abstract", "A lamp helps.")]
    assert base.corpus["holt-2001a"].data["state"] == "incomplete"
    assert base.corpus["holt-2001a"].data["missing"] == ["title"]
    assert errors(base) == []


def test_what_is_here_already_is_not_written_over(toy, refs):
    path = toy / "corpus" / "marlow-quist-2012.yaml"
    before = path.read_bytes()
    base = KnowledgeBase(toy)
    base.add([refs])
    first = {path.name: path.read_bytes() for path in (toy / "corpus").iterdir()}
    again = base.add([refs])

    assert path.read_bytes() == before
    assert [each.status for each in again] == ["duplicate"] * 3
    assert {path.name: path.read_bytes() for path in (toy / "corpus").iterdir()} == first


def test_filling_changes_only_the_lines_of_what_was_lacking(toy, refs):
    path = toy / "corpus" / "marlow-quist-2012.yaml"
    before = path.read_text()
    base = KnowledgeBase(toy)
    found = base.add([refs], merge="fill")

    assert changed(before, path.read_text()) == [
        "+ issn: 2049-3630", "+ url: https://example.org/mill", "+ extra:", "+   language: en",
    ]  # fmt: skip
    assert found[1].filled == ("issn", "url", "extra.language", "text")
    assert [tuple(each) for each in found[1].differences if each.ours] == [("volume", "5", "6")]
    assert texts.read(toy / "corpus", "marlow-quist-2012")[0].text == "Two towns, one mill."
    assert errors(base) == []


def test_a_field_is_taken_from_them_only_where_that_is_asked(toy, refs):
    path = toy / "corpus" / "marlow-quist-2012.yaml"
    before = path.read_text()
    KnowledgeBase(toy).add([refs], fields=["volume"])

    assert changed(before, path.read_text()) == ["- volume: 5", "+ volume: 6"]


def test_what_is_filled_is_missing_no_more(toy):
    path = toy / "corpus" / "testwell-2010.yaml"
    path.write_text(path.read_text().replace("missing: [issue]", "missing: [doi, issue, place]"))
    base = KnowledgeBase(toy)
    base.intake.merge("testwell-2010", {"issue": "2", "doi": ""})

    assert base.corpus["testwell-2010"].data["missing"] == ["doi", "place"]


def test_a_single_page_that_may_be_the_one_cited_is_not_filled_in(toy, tmp_path):
    home = KnowledgeBase(toy)
    (first := tmp_path / "first.bib").write_text(
        "@article{w, title = {Why weirs fail in spring}, author = {Ferry, Xavier}, year = 2011, journal = {Weirs}}"
    )
    (later := tmp_path / "list.txt").write_text("Ferry, X. (2011). Why weirs fail in spring. Weirs, 3(4), 5.\n")
    home.add([first])

    (numbered := tmp_path / "numbered.txt").write_text(
        "1. Moss, B. (2003). Boats without end. Weirs, 1(2), 7-9.\n2. Reed, I. (2004). More boats. Weirs, 2(2), 8-9.\n"
    )
    listed = [home.corpus[each.id].data for each in home.add([numbered])]
    assert [each["extra"].get("citation-key") for each in listed] == [None, None]  # the numbers of a list are no keys
    assert home.add([later], merge="fill")[0].filled[:2] == ("volume", "issue")
    assert "pages" not in home.corpus["ferry-2011"].data
    home.add([later], fields=["pages"])
    assert home.corpus["ferry-2011"].data["pages"] == "5"


def test_an_incomplete_record_that_gets_the_rest_becomes_complete(toy, tmp_path):
    (tmp_path / "first.ris").write_text("TY  - RPRT\nTI  - Nine weirs and their keepers\nAU  - Ferry, X.\nER  -\n")
    (tmp_path / "later.ris").write_text(
        "TY  - RPRT\nID  - ferry-n-d\nTI  - Nine weirs and their keepers\nAU  - Ferry, X.\nPY  - 2011\nER  -\n"
    )
    base = KnowledgeBase(toy)
    base.add([tmp_path / "first.ris"])
    state = base.corpus["ferry-n-d"].data["state"]
    base.add([tmp_path / "later.ris"], merge="fill")
    data = base.corpus["ferry-n-d"].data

    assert (state, data["state"], data["issued"]) == ("incomplete", "complete", "2011")
    assert "missing" not in data


def test_fields_are_merged_into_a_source_by_hand(toy):
    base = KnowledgeBase(toy)
    path = base.intake.merge("testwell-2010", {"issue": "2", "extra.language": "en", "volume": ""})
    data = read(path).data

    assert data["issue"] == "2" and data["extra"] == {"language": "en"} and "volume" not in data
    with pytest.raises(BadSource, match=r"no field 'volum' \(did you mean 'volume'\?\)"):
        base.intake.merge("testwell-2010", {"volum": "2"})
    with pytest.raises(NotFound, match="did you mean 'testwell-2010'"):
        base.intake.merge("testwel-2010", {"volume": "2"})
    with pytest.raises(BadQuery, match="no merge 'over'"):
        base.add([], merge="over")


def test_a_number_that_another_source_has_is_not_filled_in(toy, tmp_path):
    (tmp_path / "first.ris").write_text(
        "TY  - BOOK\nTI  - Weirs and boats\nAU  - Ferry, X.\nPY  - 2011\nER  -\n"
        "TY  - BOOK\nTI  - Other weirs\nAU  - Moss, B.\nPY  - 2012\nSN  - 0306406152\nER  -\n"
    )
    (tmp_path / "later.ris").write_text(
        "TY  - BOOK\nTI  - Weirs and boats\nAU  - Ferry, X.\nPY  - 2011\nPB  - Mill\nSN  - 0306406152\nER  -\n"
    )
    base = KnowledgeBase(toy)
    base.add([tmp_path / "first.ris"])
    found = base.add([tmp_path / "later.ris"], merge="fill")

    assert found[0].status == "duplicate" and found[0].filled == ("publisher",)
    assert "isbn not taken: another source has it" in found[0].problems
    assert errors(base) == []


def test_the_verb_says_which_number_of_a_duplicate_was_not_taken(toy, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=StubEncoder()))
    head = "TY  - BOOK\nTI  - Weirs and boats\nAU  - Ferry, X.\nPY  - 2011\n"
    other = "TY  - BOOK\nTI  - Other weirs\nAU  - Moss, B.\nPY  - 2012\nSN  - 0306406152\nER  -\n"
    (tmp_path / "refs.ris").write_text(f"{head}ER  -\n{other}{head}SN  - 0306406152\nER  -\n")
    said = CliRunner().invoke(cli.main, ["--home", str(toy), "add", str(tmp_path / "refs.ris"), "--merge", "fill"])

    assert "isbn not taken: another source has it\n" in said.stdout


@pytest.mark.parametrize(("here", "there"), [("ED", "AU"), ("AU", "ED")])
def test_authors_that_are_our_editors_are_not_added(toy, tmp_path, here, there):
    book = "TY  - BOOK\nTI  - Nine weirs and their keepers\n{}  - Ferry, X.\nPY  - 2011\n{}ER  -\n"
    (tmp_path / "first.ris").write_text(book.format(here, ""))
    (tmp_path / "later.ris").write_text(book.format(there, "PB  - Mill\n"))
    base = KnowledgeBase(toy)
    base.add([tmp_path / "first.ris"])
    roles = {"AU": "authors", "ED": "editors"}
    told = next(base.preview([tmp_path / "later.ris"])).differences
    found = base.add([tmp_path / "later.ris"], merge="fill")

    assert [tuple(each) for each in told] == [
        (roles[there], f"ours has them as {roles[here]}", "Ferry, X."), ("publisher", "", "Mill"),
    ]  # fmt: skip
    assert found[0].filled == ("publisher",) and roles[there] not in base.corpus["ferry-2011"].data


def test_a_source_of_unusual_layout_is_filled_too(toy, refs):
    path = toy / "corpus" / "marlow-quist-2012.yaml"
    said = json.dumps(KnowledgeBase(toy).corpus["marlow-quist-2012"].data, default=str)
    path.write_text(said)
    base = KnowledgeBase(toy)
    found = base.add([refs], merge="fill")

    assert [(each.status, each.id) for each in found] == [
        ("new", "holt-2001"), ("duplicate", "marlow-quist-2012"), ("incomplete", "holt-2001a"),
    ]  # fmt: skip
    after = base.corpus["marlow-quist-2012"].data
    assert found[1].filled and after.items() >= json.loads(said).items()
    assert "\n" not in path.read_text() and "holt-2001a" in base.corpus


def test_yaml_and_other_files_come_in_together_or_with_a_mistake_not_at_all(toy, refs, tmp_path):
    good, bad = tmp_path / "good-2020.yaml", tmp_path / "bad-2020.yaml"
    good.write_text("type: book\nstate: complete\ntitle: Good\nissued: 2020\nauthors: [{family: Good}]\n")
    bad.write_text("type: book\nstate: complete\ntitel: Bad\n")
    base = KnowledgeBase(toy)
    with pytest.raises(BadSource, match="unknown key 'titel'"):
        base.add([refs, good, bad])
    before = base.corpus.ids()
    added = base.add([refs, good])

    assert "good-2020" not in before and "holt-2001" not in before
    assert [each.id for each in added][:2] == ["good-2020", "holt-2001"]
    assert base.add([good])[0].why == "the same file"


def test_the_verb_says_what_was_done_and_fails_where_something_was_not_read(toy, refs, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "opened", lambda home: KnowledgeBase(home, encoder=StubEncoder()))
    (tmp_path / "broken.bib").write_text("@article{fine, title={Boats}}\n@article{broken, title={Boats\n")
    verb = ["--home", str(toy), "add", str(refs), str(tmp_path / "broken.bib"), "--merge", "fill"]
    result = CliRunner().invoke(cli.main, verb)

    assert result.exit_code == 1
    assert "added holt-2001\n" in result.stdout and "added holt-2001a (incomplete)\n" in result.stdout
    assert "here already: marlow-quist-2012 (same title" in result.stdout and "now with issn, url" in result.stdout
    assert "volume: 5 | theirs: 6" in result.stdout
    assert f"not read: {tmp_path / 'broken.bib'}:2" in result.stdout


def test_removing_a_source_removes_its_text(toy, refs):
    base = KnowledgeBase(toy)
    base.add([refs])
    base.corpus.remove("holt-2001")

    assert not texts.has(toy / "corpus", "holt-2001") and "holt-2001" not in base.corpus


def test_a_record_with_names_that_no_file_can_hold_leaves_a_home_that_builds(toy, tmp_path):
    file = tmp_path / "odd.bib"
    file.write_text("@book{a, title={Reeds}, author={Reed, Cy}, year=2001, extra:a~d800~b={x}, extra:~3c~<={y}}")
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.add([file])

    base.build()
    assert errors(base) == []
    base.close()


@pytest.mark.skipif(not (DATA / "bib").is_dir(), reason="needs the measuring data beside the project")
def test_what_comes_of_real_files_needs_no_mending(toy, tmp_path):
    files = [DATA / "bib" / "ris" / name for name in ("econlit_3.ris", "final_24.ris")]
    for name, suffix in (("BibTeX", "bib"), ("RIS", "ris"), ("CSL_JSON", "json")):
        cases = json.loads((DATA / "bib" / "zotero" / f"{name}.json").read_text(encoding="utf-8"))
        for number, case in enumerate(cases[::3]):
            given = case["input"]
            files.append(tmp_path / f"{name}{number}.{suffix}")
            files[-1].write_text(given if isinstance(given, str) else json.dumps(given), encoding="utf-8")
    base = KnowledgeBase(toy)
    found = base.add(files)

    assert len([each for each in found if each.status in ("new", "incomplete")]) > 30
    assert errors(base) == []


KEYED = """\
@book{austin-2000, title = {Reeds and the people who cut them}, author = {Austin, Jo}, year = {2000}}
@book{muller_mills_2018, title = {Mills along the quiet river}, author = {Müller, Eva}, year = {2018}, ids = {old_key}}
@book{reed-2001, title = {An entirely different work of Reed}, author = {Reed, Cy}, year = {2001}}
"""


@pytest.mark.parametrize("format", ["bibtex", "ris", "csl-json"])
def test_the_key_of_a_record_is_its_id_or_kept_and_comes_back(toy, tmp_path, format):
    (path := tmp_path / "keyed.bib").write_text(KEYED, encoding="utf-8")
    base = KnowledgeBase(toy)
    ids = [each.id for each in base.add([path])]
    assert ids == ["austin-2000", "muller-2018", "reed-2001a"]
    kept = {id: base.corpus[id].data.get("extra", {}).get("citation-key") for id in ids}
    assert kept == {"austin-2000": None, "muller-2018": ["muller_mills_2018", "old_key"], "reed-2001a": "reed-2001"}

    (back := tmp_path / "back").write_text(write({id: base.corpus[id].data for id in ids}, format), encoding="utf-8")
    again = list(reading.read(reading.Given(back, "back")))
    assert [each.key for each in again] == ids
    assert [each.record.get("extra", {}).get("citation-key") for each in again] == list(kept.values())
    assert {each.status for each in base.preview([path])} == {"duplicate"}


def test_a_record_that_was_corrected_since_is_recognised_by_the_key_it_came_with(toy, tmp_path):
    (path := tmp_path / "keyed.bib").write_text(KEYED, encoding="utf-8")
    base = KnowledgeBase(toy)
    base.add([path])
    path.write_text("@misc{muller_mills_2018, title = {Mills along the quiet river: a history}}", encoding="utf-8")
    assert [(each.status, each.id, each.why) for each in base.preview([path])] == [
        ("duplicate", "muller-2018", "same citation key")
    ]
    path.write_text("@misc{muller_mills_2018, title = {Nothing of the kind}}", encoding="utf-8")
    assert [each.status for each in base.preview([path])] == ["incomplete"]
