"""What becomes of each record is told before anything is written, and no record is passed over."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kb import KnowledgeBase, NotFound
from kb.cli import main
from kb.intake.naming import Namer

RIS = """\
TY  - JOUR
TI  - Lamps in the fog
AU  - Holt, Ada
PY  - 2001
DO  - 10.5555/lamps
ER  -

TY  - JOUR
TI  - Two towns and a mill
AU  - Marlow, Ada
AU  - Quist, Ben
PY  - 2013
VL  - 6
DO  - 10.5555/TOY.2012.5
KW  - mills
ER  -

TY  - JOUR
TI  - Lamps in the Fog
AU  - Holt, A.
PY  - 2001
VL  - 3
ER  -

TY  - RPRT
AU  - Holt, Ada
PY  - 2001
IS  - 7
ER  -
"""
BIBTEX = """\
@article{fine, title = {Boats}, author = {Moss, Ben and Reed, Ida and Quist, Eva}, year = 2003}

@article{broken, title = {Boats without end, author = {Moss, Ben},
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "refs.ris").write_text(RIS, encoding="utf-8")
    (tmp_path / "refs.bib").write_text(BIBTEX, encoding="utf-8")
    return [tmp_path / "refs.ris", tmp_path / "refs.bib"]


def test_each_record_is_new_a_duplicate_incomplete_or_unreadable(toy, files):
    before = {path.name for path in (toy / "corpus").iterdir()}
    found = list(KnowledgeBase(toy).preview(files))

    assert [(each.status, each.id, each.line) for each in found] == [
        ("new", "holt-2001", 1),
        ("duplicate", "marlow-quist-2012", 8),
        ("duplicate", "holt-2001", 18),
        ("incomplete", "holt-2001a", 25),
        ("new", "moss-etal-2003", 1),
        ("unreadable", "", 3),
    ]
    assert found[3].problems == ("title missing",)
    assert found[5].problems and found[5].file == str(files[1])
    assert {path.name for path in (toy / "corpus").iterdir()} == before


def test_a_duplicate_shows_both_sides_field_by_field(toy, files):
    found = list(KnowledgeBase(toy).preview(files))

    assert found[1].why == "same DOI"
    assert [tuple(each) for each in found[1].differences] == [
        ("issued", "2012", "2013"),
        ("volume", "5", "6"),
        ("extra.keyword", "", "mills"),
    ]
    assert found[2].why == "same title, first author and year"
    assert [each.field for each in found[2].differences] == ["authors", "volume"]


def test_json_tells_of_every_record(toy, files):
    result = CliRunner().invoke(main, ["--home", str(toy), "add", "--dry-run", "--json", *map(str, files)])
    records = json.loads(result.stdout)["records"]

    assert result.exit_code == 1
    assert records[0].keys() == {"status", "id", "file", "line", "problems", "record", "differences", "why"}
    assert [each["status"] for each in records].count("duplicate") == 2
    assert "6 records in 2 files: 2 new, 1 incomplete, 2 duplicate" in result.stderr


def test_the_table_names_what_is_missing_and_what_is_not_here(toy, files):
    result = CliRunner().invoke(main, ["--home", str(toy), "add", "--dry-run", *map(str, files)])

    assert "holt-2001a" in result.stdout and "title missing" in result.stdout
    assert "volume: 5 | theirs: 6" in result.stdout and "not here: extra.keyword" in result.stdout
    assert f"{files[1]}:3" in result.stdout


def test_the_table_tells_which_file_records_are_from_and_which_record_another_repeats(toy, files):
    shown = CliRunner().invoke(main, ["--home", str(toy), "add", "--dry-run", *map(str, files)]).stdout.splitlines()

    assert shown[0] == f"{files[0]}:" and shown.count(f"{files[1]}:") == 1
    assert "moss-etal-2003" in shown[shown.index(f"{files[1]}:") + 1]
    assert any(line.startswith("duplicate   holt-2001 (record 1 of refs.ris)") for line in shown)
    one = CliRunner().invoke(main, ["--home", str(toy), "add", "--dry-run", str(files[0])]).stdout
    assert f"{files[0]}:\n" not in one


def test_a_source_that_changed_since_the_build_is_read_anew(toy, files, stub_encoder):
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    path = toy / "corpus" / "marlow-quist-2012.yaml"
    path.write_text(path.read_text().replace("10.5555/toy.2012.5", "10.5555/other"))
    (toy / "corpus" / "reed-2001.yaml").unlink()
    found = list(base.preview(files))
    base.close()

    assert found[1].status == "new" and found[1].problems[0].startswith("like marlow-quist-2012, but another work")


def test_a_file_that_cannot_be_read_is_told_and_the_others_come_in(toy, files, tmp_path):
    (tmp_path / "refs.docx").write_bytes(b"PK\x03\x04 and so on")
    found = list(KnowledgeBase(toy).preview([tmp_path / "refs.docx", *files]))

    assert found[0].status == "unreadable" and "unpack it" in found[0].problems[0]
    assert len(found) == 7
    with pytest.raises(NotFound, match=r"no file .*none\.ris"):
        list(KnowledgeBase(toy).preview([tmp_path / "none.ris"]))


def test_a_doi_that_a_book_has_already_is_set_aside_in_its_chapter(toy, tmp_path):
    path = tmp_path / "book.ris"
    book, chapter = (
        f"TY  - {kind}\nTI  - {title}\nAU  - Moss, Ben\nPY  - 2003\nDO  - 10.5555/b\nER  -\n"
        for kind, title in (("BOOK", "Boats"), ("CHAP", "The oar and its blade"))
    )
    path.write_text(book + chapter)
    found = list(KnowledgeBase(toy).preview([path]))

    assert [each.id for each in found] == ["moss-2003", "moss-2003a"]
    assert "doi" not in found[1].record and found[1].record["extra"]["DOI"] == "10.5555/b"
    assert any("kept in extra" in problem for problem in found[1].problems)


def html(folder, name, body, title=""):
    path = folder / f"{name}.html"
    path.write_text(f"<!doctype html><html><head><title>{title}</title></head><body><p>{body}</p></body></html>")
    return path


def test_works_of_which_only_the_text_is_known_are_told_apart_by_it(toy, tmp_path):
    titles = ("", "", "Oars", "Oars", "Weir")
    texts = ("A ferry is a boat.", "A mill needs a weir.", "Oars of ash.", "Oars of elm.", "Oars of elm.")
    files = [html(tmp_path, str(at), *each) for at, each in enumerate(zip(texts, titles, strict=True))]
    base = KnowledgeBase(toy)
    first = base.add(files)
    again = base.add([html(tmp_path, "copy", texts[0]), *reversed(files)])

    assert {each.status for each in first} <= {"new", "incomplete"} and len({each.id for each in first}) == 5
    assert [each.status for each in again] == ["duplicate"] * 6
    assert [each.id for each in again] == [first[0].id, *(each.id for each in reversed(first))]
    assert {each.why for each in again} == {"same text"}


def test_records_that_say_little_are_one_where_their_abstracts_are_the_same_too(toy, tmp_path):
    path = tmp_path / "short.ris"
    record = "TY  - JOUR\nTI  - Editorial\nAU  - Holt, Ada\nAB  - {}\nER  -\n"
    path.write_text("".join(map(record.format, ("On oars.", "On weirs.", "On oars."))))
    base = KnowledgeBase(toy)

    assert [each.id for each in base.add([path])] == ["holt-n-d", "holt-n-d-a", "holt-n-d"]
    assert {each.why for each in base.preview([path])} == {"same record"}


def test_an_annotated_source_is_looked_at_too(toy, tmp_path):
    good, bad = tmp_path / "good-2020.yaml", tmp_path / "bad-2020.yaml"
    good.write_text("type: book\nstate: complete\ntitle: Good\nissued: 2020\nauthors: [{family: Good}]\n")
    bad.write_text("type: book\nstate: incomplete\ntitel: Bad\n")
    found = list(KnowledgeBase(toy).preview([good, bad, toy / "corpus" / "reed-2001.yaml"]))

    assert [(each.status, each.id) for each in found] == [
        ("new", "good-2020"), ("unreadable", ""), ("duplicate", "reed-2001"),
    ]  # fmt: skip
    assert found[1].line == 3 and "unknown key 'titel'" in found[1].problems[0]


IDS = {
    "ansell-gash-2008": {"authors": [{"family": "Ansell"}, {"family": "Gash"}], "issued": "2008"},
    "de-vries-etal-n-d": {"authors": [{"family": "de Vries"}, {"family": "A"}, {"family": "B"}]},
    "oleary-etal-2009": {"authors": [{"family": "O’Leary"}], "othersOmitted": "true", "issued": "2009"},
    "moss-1999": {"type": "book", "editors": [{"family": "Moss"}], "issued": "1999"},
    "nrc-2009": {"authors": [{"literal": "National Research Council"}], "issued": "2009"},
    "world-bank-2009": {"authors": [{"literal": "The World Bank"}], "issued": "2009"},
    "odi-2009": {"authors": [{"literal": "Overseas Development Institute (ODI), London"}], "issued": "2009"},
    "flows-power-2022": {"title": "The flows of power: a story", "issued": "2022"},
    "gpra-modernization-act-2010": {
        "type": "legislation", "title": "GPRA Modernization Act of 2010", "authors": [{"literal": "US"}],
        "issued": "2010",
    },
    "dostoevskii-1866": {"authors": [{"family": "Достоевский"}], "issued": "1866"},
    "strasse-lodz-2001": {"authors": [{"family": "Straße"}, {"family": "Łódź"}], "issued": "2001"},
    "work-2001": {"authors": [{"family": "山田"}], "issued": "2001"},
    "work-n-d": {},
}  # fmt: skip


@pytest.mark.parametrize(("id", "record"), IDS.items(), ids=IDS)
def test_an_id_is_of_names_and_year(id, record):
    assert Namer(lambda _: False).new_id(record) == id


def test_an_id_is_never_that_of_another_source_or_a_concept(toy, tmp_path):
    path = tmp_path / "more.ris"
    path.write_text("".join(
        f"TY  - BOOK\nTI  - Book {'x' * at} on {at}\nAU  - {name}\nPY  - {year}\nER  -\n"
        for at, (name, year) in enumerate([("Reed, I.", 2001), ("Reed, I.", 2001), ("barrier", ""), ("Reed, I.", "")])
    ))  # fmt: skip
    concept = toy / "ontology" / "toy.ttl"
    concept.write_text(concept.read_text() + "concept:barrier-n-d a <http://www.w3.org/2004/02/skos/core#Concept> .\n")
    found = list(KnowledgeBase(toy).preview([path]))

    assert [each.id for each in found] == ["reed-2001a", "reed-2001b", "barrier-n-d-a", "reed-n-d"]
