"""What many who send files at once can take from the others: room, turns, and nothing else."""

import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from urllib.request import urlopen

import pytest
from import_forms import ALL, BROWSER, JSON, sent

from kb import Busy, KnowledgeBase
from webapp import create_app
from webapp.curate.importing import TURNS, Turns
from webapp.curate.uploads import FORM_BYTES, UPLOAD_BYTES, Uploads
from webapp.server import UPLOADING, create


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


def test_a_writable_server_takes_large_forms_where_curators_send_them(toy):
    listener = socket.create_server(("127.0.0.1", 0))
    server = create(create_app(KnowledgeBase(toy), writable=True), listener)
    Thread(target=server.run, daemon=True).start()
    port = listener.getsockname()[1]
    taken = begun(port, "/curate/source/reed-2001", 2 * FORM_BYTES - 1)
    taken.settimeout(0.3)

    assert status(begun(port, "/curate/source/reed-2001", 2 * FORM_BYTES)) == b"413"
    assert status(begun(port, "/search", 3_000_000)) == b"413"
    with pytest.raises(TimeoutError):
        status(taken)
    server.close()


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


def test_requests_that_delete_the_same_old_files_do_not_fail(tmp_path):
    uploads = Uploads(tmp_path)
    for number in range(2_000):
        (tmp_path / f"{number:022}").mkdir()
        os.utime(tmp_path / f"{number:022}", (0, 0))
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(uploads.sweep) for _ in range(8)]:
            done.result()

    assert list(tmp_path.iterdir()) == []
