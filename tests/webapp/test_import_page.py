"""The page to import from: what it shows of each record, what it refuses, and that it adds what was chosen alone."""

import gzip
import io
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from threading import Thread
from urllib.request import urlopen

import pytest
from click.testing import CliRunner
from markup import Markup
from naughty import MARK, OURS

from kb import Busy, KBError, KnowledgeBase
from kb.cli import main
from kb.intake.review import READ, SHOWN
from webapp import create_app, serve
from webapp.importing import TURNS, Turns
from webapp.server import UPLOADING, create
from webapp.uploads import FILES, KEPT, PARTS, UPLOAD_BYTES, Uploads, shown_name

BROWSER = {"Accept": "text/html"}
JSON = {"Accept": "application/json"}
HERE = {**BROWSER, "Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
NEW = """TY  - JOUR
TI  - Ferries and neighbours
AU  - Ferrier, Ann
PY  - 2015
T2  - Journal of Made-up Partnerships
VL  - 8
AB  - Power imbalance between partners, and trust.
AN  - 77
ER  -
"""
KNOWN = """TY  - JOUR
TI  - Who pays and who decides
AU  - Testwell, T.
PY  - 2010
T2  - Journal of Made-up Partnerships
VL  - 4
IS  - 2
ER  -
"""
LACKING = """TY  - BOOK
AU  - Sailor, Cy
ER  -
"""
BROKEN = "TY  - JOUR\nER  -\n"
ALL = "\n".join([NEW, KNOWN, LACKING, BROKEN])


def sent(client, *files: tuple[str, str], text: str = "", headers=BROWSER, **fields: str):
    """The answer to a form with *files*, each a name with a text, and a pasted *text*."""
    parts = [(io.BytesIO(body.encode()), name) for name, body in files]
    data = {"text": text, "file": parts, **fields}
    return client.post("/curate/import", data=data, headers=headers, content_type="multipart/form-data")


def words(page: str) -> str:
    """What a person reads of the main part of a page."""
    main = re.search(r"<main.*</main>", page, re.S)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main[0] if main else page)).split())


def key(client) -> str:
    """The secret of the form."""
    return re.search(r'name="key" value="([^"]+)"', client.get("/curate/import", headers=BROWSER).text)[1]


@pytest.fixture
def writable(base, stub_encoder, tmp_path) -> Iterator[KnowledgeBase]:
    """A copy of the toy home, built, that a test may change."""
    copy = KnowledgeBase(shutil.copytree(base.home.folder, tmp_path / "home"), encoder=stub_encoder)
    yield copy
    copy.close()


@pytest.fixture
def writer(writable):
    return create_app(writable, writable=True).test_client()


def kept(writer, *files: tuple[str, str], text: str = "") -> str:
    """The address of what was sent to a page that may add it."""
    answer = sent(writer, *files, text=text, headers=HERE, key=key(writer))
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["Location"]


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


# Who may write


def test_without_writable_there_is_no_button_and_adding_is_refused(client):
    page = client.post(f"/curate/import/{'a' * 22}", data={"take": "1"}, headers=HERE)

    assert page.status_code == 403
    assert "This server takes nothing in: who runs it may start it with kb serve --writable" in words(page.text)
    assert client.get(f"/curate/import/{'a' * 22}", headers=BROWSER).status_code == 404


@pytest.mark.parametrize(
    ("host", "known_as", "told"),
    [("0.0.0.0", None, "0.0.0.0 can be reached from other computers"), ("example.org", None, "example.org can be"),
     ("127.0.0.1", "https://example.org/kb", "https://example.org/kb is an address for others")],
)  # fmt: skip
def test_a_writable_server_is_for_this_computer_alone(base, host, known_as, told):
    with pytest.raises(KBError, match=re.escape(told)):
        serve(base, host=host, port=0, known_as=known_as, writable=True)


@pytest.mark.parametrize(
    "headers",
    [
        {},  # no browser
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://rebound.example", "Host": "rebound.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_nothing_is_stored_or_added_for_a_form_from_elsewhere(writer, writable, headers):
    secret, address, before = key(writer), kept(writer, text=NEW), files(writable)
    stored = sent(writer, text=NEW, headers={**BROWSER, **headers}, key=secret)
    added = writer.post(address, data={"take": "1", "key": secret}, headers={**BROWSER, **headers})

    assert (stored.status_code, added.status_code) == (403, 403)
    assert files(writable) == before


def files(base) -> list[str]:
    """What stands in the corpus and among what was sent."""
    return sorted(
        str(path) for folder in (base.home.corpus, base.home.derived / "imports") for path in folder.rglob("*")
    )


@pytest.mark.parametrize("forged", ["", "x", "A" * 22, "é"])
def test_a_form_with_a_forged_secret_is_refused(writer, writable, forged):
    address, before = kept(writer, text=NEW), files(writable)

    for answer in (
        sent(writer, text=NEW, headers=HERE, key=forged),
        writer.post(address, data={"take": "1", "key": forged}, headers=HERE),
    ):
        assert answer.status_code == 403 and "open the page again" in words(answer.text)
    assert files(writable) == before


@pytest.mark.parametrize("token", ["a" * 22, "..%2f..%2fcorpus", "..", "a", "%00" * 22, "-" * 22])
def test_a_token_that_names_nothing_is_told(writer, token):
    secret = key(writer)

    assert writer.get(f"/curate/import/{token}", headers=BROWSER).status_code in (404, 308)
    assert writer.post(f"/curate/import/{token}", data={"key": secret}, headers=HERE).status_code in (404, 405, 308)


def test_a_page_elsewhere_cannot_make_a_browser_send_a_form(client):
    answer = sent(
        client, text=NEW, headers={**BROWSER, "Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 403


# What is kept, and adding


def test_what_was_sent_is_kept_for_a_day_and_can_be_opened_again(writer, writable):
    address, before = kept(writer, ("refs.ris", ALL), ("../../more.ris", NEW)), files(writable)
    pages = [writer.get(address, headers=BROWSER) for _ in range(2)]

    assert re.fullmatch(r"/curate/import/[\w-]{22}", address)
    assert pages[0].text == pages[1].text and "5 records" in words(pages[0].text)
    assert pages[0].headers["Cache-Control"] == "private, no-store"
    assert files(writable) == before


def test_what_is_older_than_a_day_or_too_much_goes(writer, writable):
    first = kept(writer, text=NEW)
    folder = writable.home.derived / "imports"
    os.utime(folder / first.rpartition("/")[2], (0, 0))
    assert "a day has passed" in words(writer.get(first, headers=BROWSER).text)
    for _ in range(KEPT + 3):
        kept(writer, text=NEW)

    assert len(list(folder.iterdir())) == KEPT


def test_what_is_older_than_a_day_goes_when_others_are_asked_for_and_when_a_server_starts(writer, writable):
    folder, addresses = writable.home.derived / "imports", [kept(writer, text=NEW) for _ in range(3)]
    for address in addresses[:2]:
        os.utime(folder / address.rpartition("/")[2], (0, 0))
    assert writer.get(addresses[2], headers=BROWSER).status_code == 200 and len(list(folder.iterdir())) == 1
    os.utime(folder / addresses[2].rpartition("/")[2], (0, 0))
    create_app(writable)

    assert list(folder.iterdir()) == []


def test_requests_that_delete_the_same_old_files_do_not_fail(tmp_path):
    uploads = Uploads(tmp_path)
    for number in range(2_000):
        (tmp_path / f"{number:022}").mkdir()
        os.utime(tmp_path / f"{number:022}", (0, 0))
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(uploads.sweep) for _ in range(8)]:
            done.result()

    assert list(tmp_path.iterdir()) == []


def test_a_mistake_of_what_is_kept_comes_with_the_form_and_the_text(writer):
    page = writer.get(kept(writer, ("refs.zip", "PK\x03\x04"), text="no list"), headers=BROWSER)

    assert page.status_code == 422 and "refs.zip: is a zip archive" in words(page.text)


def test_what_is_new_is_checked_and_what_is_incomplete_is_not(writer):
    page = writer.get(kept(writer, text=ALL), headers=BROWSER).text

    assert re.findall(r'name="take" value="(\d)"[^>]*?( checked)?>', page) == [("1", " checked"), ("3", "")]
    assert re.findall(r'name="theirs" value="([^"]*)"', page) == ["2:volume", "2:issue"]


def test_what_was_checked_is_added_alone_and_the_files_are_deleted(writer, writable):
    address = kept(writer, text=ALL)
    page = writer.post(address, data={"take": ["1"], "key": key(writer)}, headers=HERE)
    writable.build()

    assert page.status_code == 200 and Markup.of(page.text).wrong == []
    assert '<a href="/source/ferrier-2015">Ferrier, A. (2015). Ferries and neighbours.' in page.text
    assert "1 source added" in words(page.text)
    assert writable.source("ferrier-2015").title == "Ferries and neighbours"
    assert len(list(writable.corpus.ids())) == 6 and not list((writable.home.derived / "imports").iterdir())
    assert writer.get(address, headers=BROWSER).status_code == 404
    assert [problem for problem in writable.check() if problem.severity == "error"] == []


def test_of_a_duplicate_the_chosen_fields_are_taken_and_all_else_stays(writer, writable):
    before = writable.corpus.path("testwell-2010").read_text()
    page = writer.post(kept(writer, text=ALL), data={"theirs": ["2:issue"], "key": key(writer)}, headers=HERE)
    after = writable.corpus.path("testwell-2010").read_text()

    assert "1 source changed" in words(page.text) and "issue" in words(page.text)
    assert set(after.splitlines()) - set(before.splitlines()) == {"issue: 2", "state: complete"}
    assert set(before.splitlines()) - set(after.splitlines()) == {"state: incomplete"}


def test_a_field_of_theirs_can_stand_in_place_of_ours(writer, writable):
    writer.post(kept(writer, text=ALL), data={"theirs": ["2:volume"], "key": key(writer)}, headers=HERE)

    assert writable.corpus["testwell-2010"].data["volume"] == "4"
    assert "issue" not in writable.corpus["testwell-2010"].data


def test_a_field_that_was_not_offered_is_not_taken(writer, writable):
    before = writable.corpus.path("testwell-2010").read_text()
    fields = ["claims", "summary", "state", "status", "subjects", "../x", "extra", "type:x", "title", "authors"]
    chosen = {"theirs": [f"2:{field}" for field in fields], "key": key(writer)}
    page = writer.post(kept(writer, text=ALL), data=chosen, headers=HERE)

    assert page.status_code == 200 and "Nothing was added" in words(page.text)
    assert writable.corpus.path("testwell-2010").read_text() == before


def test_numbers_that_no_record_has_add_nothing(writer, writable):
    chosen = {"take": ["0", "2", "4", "99", "-1", "x", "9" * 50], "theirs": ["1:title", "x", ":", "99:title"]}
    page = writer.post(kept(writer, text=ALL), data={**chosen, "key": key(writer)}, headers=HERE)

    assert page.status_code == 200 and "Nothing was added" in words(page.text)
    assert len(writable.corpus.ids()) == 5


def test_a_record_that_was_added_meanwhile_is_not_added_again(writer, writable):
    secret, first, second = key(writer), kept(writer, text=NEW), kept(writer, text=NEW)
    writer.post(first, data={"take": "1", "key": secret}, headers=HERE)
    page = writer.post(second, data={"take": "1", "key": secret}, headers=HERE)

    assert "Not added" in words(page.text) and "ferrier-2015" in words(page.text)
    assert len(writable.corpus.ids()) == 6


# The server beneath


@pytest.fixture(scope="module")
def port(base) -> Iterator[int]:
    """The port of a server that listens."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = create(create_app(base), listener)
    Thread(target=server.run, daemon=True).start()
    yield listener.getsockname()[1]
    server.close()


def begun(port: int, path: str, length: int) -> socket.socket:
    """A connection on which the head of a request with so long a body was sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n"
    connection.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode())
    return connection


def status(connection: socket.socket) -> bytes:
    """The status that comes back."""
    with connection:
        return connection.recv(100).split(b" ")[1]


def test_a_body_that_is_far_too_large_is_refused_before_it_is_sent(port):
    assert status(begun(port, "/curate/import", 2 * UPLOAD_BYTES)) == b"413"
    assert status(begun(port, "/curate/import/x", 3_000_000)) == b"413"
    assert status(begun(port, "/sparql", 3_000_000)) == b"413"


def test_few_may_send_files_at_once_and_make_room_when_they_go(port):
    sending = [begun(port, "/curate/import", 5_000_000) for _ in range(UPLOADING)]
    for connection in sending:
        connection.sendall(b"--x\r\n")
    assert begun_until(port, b"503")
    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
        assert answer.status == 200
    for connection in sending:
        connection.close()

    assert begun_until(port, b"400")


def begun_until(port: int, wanted: bytes) -> bool:
    """Whether an empty upload is answered with a status, as soon as the server has seen what was sent before."""
    for _ in range(100):
        connection = begun(port, "/curate/import", 3)
        connection.sendall(b"abc")
        if status(connection) == wanted:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("headers", [BROWSER, JSON])
def test_nothing_is_laid_down_before_its_turn(base, tmp_path, monkeypatch, headers):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    app = create_app(base)
    turns, answers = app.extensions[TURNS], []
    with turns.turn():
        sending = Thread(target=lambda: answers.append(sent(app.test_client(), text=ALL, headers=headers)))
        sending.start()
        while turns._line._value:
            time.sleep(0.01)
        laid = list(tmp_path.iterdir())
    sending.join(30)

    assert laid == [] and answers[0].status_code == 200


def test_one_import_is_read_at_a_time_one_waits_and_the_next_is_turned_away(base):
    turns = Turns()
    with turns.turn():
        waiting = Thread(target=lambda: turns.turn().__enter__(), daemon=True)
        waiting.start()
        while turns._line._value:
            time.sleep(0.01)
        with pytest.raises(Busy, match="Another import is being read: try again in a minute"), turns.turn():
            pass
    waiting.join(10)

    assert not waiting.is_alive()
