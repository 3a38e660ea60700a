"""The page to import from: what it shows of each record, and what it refuses."""

import gzip
import json
import re

import pytest
from click.testing import CliRunner
from import_forms import ALL, BROKEN, BROWSER, JSON, KNOWN, LACKING, NEW, sent, words
from markup import Markup
from naughty import MARK, OURS

from kb.cli import main
from kb.intake.review import READ, SHOWN
from webapp.curate.uploads import FILES, PARTS, UPLOAD_BYTES, shown_name

# Preview


def test_the_form_says_what_it_takes(client):
    page = client.get("/curate/import", headers=BROWSER)

    assert page.status_code == 200
    assert Markup.of(page.text).wrong == []
    assert re.search(r'<form class="import" method="post" enctype="multipart/form-data"', page.text)
    for label, field in (("Files", "file"), ("Or paste a text", "text")):
        assert f'<label for="{field}">{label}</label>' in page.text
    for format in ("BibTeX", "RIS", "CSL-JSON", "PDF", "HTML", "plain text"):
        assert format in words(page.text)


@pytest.mark.parametrize("way", ["file", "paste"])
def test_a_file_or_a_pasted_text_is_shown_record_by_record(client, way):
    page = sent(client, ("refs.ris", ALL)) if way == "file" else sent(client, text=ALL)
    said = words(page.text)

    assert page.status_code == 200 and Markup.of(page.text).wrong == []
    assert "4 records 1 new , 1 incomplete , 1 duplicate , 1 not readable" in said
    assert "Ferrier, A. (2015). Ferries and neighbours. Journal of Made-up Partnerships, 8." in said
    assert "line 1 · becomes ferrier-2015 · with its abstract" in said
    assert "Nothing was added" in said and '<input type="checkbox"' not in page.text


def test_a_new_record_shows_its_fields_what_is_kept_and_concepts_with_reasons(client):
    said = words(sent(client, text=NEW).text)

    assert "All fields that were found" in said and "volume 8" in said
    assert re.search(r"Kept beside the record, which has no place for it \(\d\) .*ris:AN 77", said)
    assert re.search(r"Suggested concepts \(5\) .*Power imbalance .*label found here: “Power imbalance”", said)


def test_a_duplicate_shows_both_records_field_by_field_and_why_it_is_one(client):
    page = sent(client, text=KNOWN)
    said = words(page.text)

    assert 'The same work as <a href="/source/testwell-2010">Testwell (2010)</a>: same title' in page.text
    assert "volume 3 4 differs" in said
    assert "issue — 2 only in the file" in said
    assert "year 2010 2010 same" in said
    assert "pages 1–12 — only here" in said


def test_what_is_incomplete_or_not_readable_says_why(client):
    said = words(sent(client, text=LACKING + "\n" + BROKEN).text)

    assert "title missing" in said
    assert re.search(r"Not readable 1 .*line 5 .*nothing.*send it again", said)


def test_data_are_what_the_command_line_prints(client, base, tmp_path):
    (tmp_path / "refs.ris").write_text(ALL)
    answer = sent(client, ("refs.ris", ALL), headers=JSON)
    asked = ["--home", str(base.home.folder), "add", str(tmp_path / "refs.ris"), "--dry-run", "--json"]
    printed = CliRunner().invoke(main, asked)

    assert answer.status_code == 200 and answer.mimetype == "application/json"
    assert [each["status"] for each in answer.json["records"]] == ["new", "duplicate", "incomplete", "unreadable"]
    assert answer.json == json.loads(printed.stdout.replace(f"{tmp_path}/", ""))


def test_of_many_records_the_first_are_shown_and_the_others_counted(client):
    many = "".join(
        f"TY  - BOOK\nTI  - Mill number {n}\nAU  - Miller{n}, A.\nPY  - 1990\nER  -\n\n" for n in range(SHOWN + 50)
    )
    page = sent(client, ("many.ris", many))

    assert f"{SHOWN + 50} records" in words(page.text)
    assert f"The first {SHOWN} are shown here, and 50 more are counted alone: kb add --dry-run FILE" in words(page.text)
    assert page.text.count("<article") == SHOWN


def test_page_and_data_stop_at_so_many_records_and_say_so(client):
    many = NEW + BROKEN * (READ + 5)
    page, data = sent(client, ("many.ris", many)), sent(client, ("many.ris", many), headers=JSON)
    *records, last = data.json["records"]

    assert "Not all was read: more than 20,000 records. Use kb add FILE" in words(page.text)
    assert [len(records), last["status"], last["file"]] == [READ, "unreadable", "many.ris"]
    assert last["problems"] == [
        "not all was read: more than 20,000 records; use kb add on the command line, or send a part of the file"
    ]


def test_data_come_zipped_for_who_can_unpack_them(client):
    answer = sent(client, text=ALL, headers={**JSON, "Accept-Encoding": "gzip"})

    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.data)) == sent(client, text=ALL, headers=JSON).json


# What is wrong comes back with the form


@pytest.mark.parametrize(
    ("files", "text", "status", "told"),
    [
        ((), "", 400, "Nothing was sent: choose a file, or paste a text."),
        ((), "  ", 400, "Nothing was sent: choose a file"),
        ((("refs.zip", "PK\x03\x04 and so on"),), "", 422, "refs.zip: is a zip archive"),
        ((("refs.zip", "PK\x03\x04 and so on"),), "@book{a,", 422, "pasted text: "),
        ((("empty.bib", ""),), "", 422, "empty.bib: is empty"),
        ([(f"{n}.ris", NEW) for n in range(FILES + 1)], "", 413, f"{FILES + 1} files were sent: up to {FILES} are"),
        ((("reed-2001.yaml", "type: book"),), "TY  - ", 422, "reed-2001.yaml: is a source file with annotations"),
    ],
)
def test_a_mistake_comes_back_with_the_form_and_the_pasted_text(client, files, text, status, told):
    page = sent(client, *files, text=text)

    assert page.status_code == status
    assert re.search(r'<p class="problem" id="result" tabindex="-1" role="alert">' + re.escape(told), page.text)
    assert f">\n{text}</textarea>" in page.text and Markup.of(page.text).wrong == []


def test_too_much_is_told_in_the_form_and_to_programs(client):
    large = {"CONTENT_LENGTH": str(UPLOAD_BYTES + 1)}
    headers = {**BROWSER, "Content-Type": "multipart/form-data; boundary=x"}
    page = client.post("/curate/import", environ_overrides=large, headers=headers)
    data = client.post("/curate/import", environ_overrides=large, headers={**headers, "Accept": "application/json"})

    assert page.status_code == data.status_code == 413
    assert "That is too much at once: up to 50 MB of files and 5 MB of text" in words(page.text)
    assert data.mimetype == "application/problem+json" and "kb add" in data.json["detail"]


def test_a_large_file_is_taken_here_and_nowhere_else(client):
    large = "".join(NEW.replace("77", "more " * 20_000).replace("2015", f"20{n}") for n in range(10, 40))
    head = '--x\r\nContent-Disposition: form-data; name="file"; filename="refs.ris"\r\n\r\n'
    body, headers = f"{head}{large}\r\n--x--\r\n", {**BROWSER, "Content-Type": "multipart/form-data; boundary=x"}

    assert client.post("/curate/import", data=body, headers=headers).status_code == 200
    assert client.post("/sparql", data=body, headers=headers).status_code == 413


def test_a_form_of_thousands_of_parts_is_refused(client):
    for number in (PARTS + 1, 20_000):
        part = '--x\r\nContent-Disposition: form-data; name="take"\r\n\r\n1\r\n'
        body = part * number + "--x--\r\n"
        headers = {**BROWSER, "Content-Type": "multipart/form-data; boundary=x"}
        assert client.post("/curate/import", data=body, headers=headers).status_code == 413


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n\r\n", b"--x\r\nContent-Disposition: form-data; name=text\r\n"])
def test_a_form_that_is_cut_short_is_told(client, body):
    for media in ("multipart/form-data", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        headers = {**BROWSER, "Content-Type": media}
        assert client.post("/curate/import", data=body, headers=headers).status_code == 400


# Texts stay texts


def test_no_field_of_a_record_makes_a_tag(client):
    tags = ("TI", "AU", "PY", "T2", "DO", "UR", "SN", "AN", "KW", "AB", "ID", "XX")
    lines = [" ".join(text.split()) for text in OURS]
    records = ["\n".join(["TY  - JOUR", *(f"{tag}  - {line}" for tag in tags), "ER  -\n"]) for line in lines]
    page, plain = sent(client, text="\n".join(records)), Markup.of(sent(client, text=ALL).text)
    read = Markup.of(page.text)

    assert page.status_code == 200 and page.text.count("<article") == len(OURS)
    assert read.wrong == [] and read.tags <= plain.tags and not [each for each in read.attributes if MARK in each]


def test_no_name_of_a_file_makes_a_tag_or_a_path(client):
    names = [text.replace('"', "%22").replace("\r", " ").replace("\n", " ") for text in OURS]
    page, plain = sent(client, *((name, NEW) for name in names)), Markup.of(sent(client, text=ALL).text)
    read = Markup.of(page.text)

    assert page.status_code == 200 and page.text.count("<article") == len(OURS)
    assert read.wrong == [] and read.tags <= plain.tags and not [each for each in read.attributes if MARK in each]


def test_a_name_of_a_file_is_its_last_part_without_signs_that_cannot_be_seen():
    names = ["../../etc/passwd", "C:\\refs\\a.bib", "a\x00\x1b.ris", "..", "x" * 500, "\u202egpj.exe"]

    assert [shown_name(name, "3") for name in names] == [
        "passwd", "a.bib", "a.ris", "file 3", "x" * 100, "gpj.exe"
    ]  # fmt: skip


def test_nothing_is_left_of_what_was_only_looked_at(client, base, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    sent(client, ("refs.ris", ALL))

    assert list(tmp_path.iterdir()) == []
    assert not (base.home.derived / "imports").exists()
