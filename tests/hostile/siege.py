"""A server under attack, and what is looked at meanwhile: its health, its workers, its memory, and who it calls."""

import http.client
import json
import re
import socket
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from attacks import PORT

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 90.0  # seconds until a server must have said something
QUERY, FORM = "application/sparql-query", "application/x-www-form-urlencoded"


class Answer(NamedTuple):
    """What came back; *cut* where the connection ended before the body did."""

    status: int
    body: bytes
    seconds: float
    cut: bool

    @property
    def told(self) -> str:
        """The sentence of an error: in problem+json, or where the request was refused before it was read, plain."""
        try:
            return str(json.loads(self.body)["detail"])
        except (ValueError, KeyError):
            return self.body[:300].decode("utf-8", "replace").strip()


class Siege:
    """A running server, with the means to ask it and to look at it."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, listener: socket.socket) -> None:
        self.process, self.port, self._listener = process, port, listener

    def ask(self, text: str, way: str = "form", timeout: float = 2, accept: str = "*/*", **more: str) -> Answer:
        """The answer to a query that is sent in one of three ways: get, form, direct."""
        text = self._here(text)
        fields = {"timeout": str(timeout), **{name: self._here(value) for name, value in more.items()}}
        headers = {"Accept": accept}
        if way == "direct":
            return self.send(
                "POST", f"/sparql?{urllib.parse.urlencode(fields)}", text.encode(), {"Content-Type": QUERY, **headers}
            )
        encoded = urllib.parse.urlencode({"query": text, **fields})
        if way == "get":
            return self.send("GET", f"/sparql?{encoded}", None, headers)
        return self.send("POST", "/sparql", encoded.encode(), {"Content-Type": FORM, **headers})

    def send(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """The answer to one request on a connection of its own."""
        start, cut, status, got = time.monotonic(), False, 0, b""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent: the answer is there
                connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            status = response.status
            got = response.read()
        except (http.client.IncompleteRead, ConnectionError) as error:
            cut, got = True, getattr(error, "partial", b"")
        finally:
            connection.close()
        return Answer(status, got, time.monotonic() - start, cut)

    def open(self, window: int = 0) -> socket.socket:
        """A bare connection, with so many bytes to receive into."""
        client = socket.socket()
        client.settimeout(PATIENCE)
        if window:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        client.connect(("127.0.0.1", self.port))
        return client

    def workers(self) -> dict[int, float]:
        """The processes that answer queries, and the seconds each has worked."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError, IndexError):
                fields = status.read_text().rpartition(")")[2].split()
                if int(fields[1]) == self.process.pid and fields[0] != "Z":
                    found[int(status.parent.name)] = (int(fields[11]) + int(fields[12])) / 100
        return found

    def memory(self) -> float:
        """Megabytes that the server itself has in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def _here(self, text: str) -> str:
        return text.replace(PORT, str(self._listener.getsockname()[1]))

    def called(self) -> bool:
        """Whether anybody has called the listener."""
        self._listener.settimeout(0.2)
        try:
            self._listener.accept()
        except TimeoutError:
            return False
        return True

    @contextmanager
    def watched(self) -> Iterator["Health"]:
        """How long ``/healthz`` takes meanwhile."""
        health = Health()
        command = [sys.executable, HERE / "probe.py", str(self.port)]
        probe = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            yield health
        finally:
            health.seconds += sorted(seconds for _, seconds in json.loads(probe.communicate()[0]))


class Health:
    """Seconds that each look at a server's health took, the shortest first."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __str__(self) -> str:
        if not self.seconds:
            return "not looked at"
        late = self.seconds[int(len(self.seconds) * 0.99)]
        return f"/healthz {len(self.seconds)} times, p99 {late * 1000:.0f} ms, at most {self.seconds[-1] * 1000:.0f} ms"


@contextmanager
def besieged(folder: Path) -> Iterator[Siege]:
    """A server with its files in *folder*, and a listener that must stay silent."""
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"}
    with (folder / "log").open("wb") as log, socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, HERE / "target.py", folder]
        process = subprocess.Popen(command, stderr=log, stdout=log, env=environment, start_new_session=True)
        try:
            yield Siege(process, _port(process, folder / "log"), listener)
        finally:
            process.kill()
            process.wait()


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    """The port that the server tells."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    raise RuntimeError(f"the server does not answer: {log.read_text()[-2000:]}")
