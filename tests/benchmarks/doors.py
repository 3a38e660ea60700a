"""Rows measured through the doors of the program: the command, and the server with the files it watches."""

import http.client
import json
import re
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import corpora
from bench import BIN, Bench, environment
from lines import Failed
from race import seconds
from table import Row, alone, percentile

ROUNDS = 5  # of the questions in a turn
PATIENCE = 30.0  # seconds until an edit must be found
PAUSE = 0.02  # seconds between two looks
CLAIM = """
  - id: "#c{number}"
    text: The {word} partnership was made up to be found.
    basis: abstract
    curator: bench
    created: 2026-11-24
"""


def usage(bench: Bench) -> Iterator[Row]:
    """The least that a command takes."""
    bench.kb(bench.folder, "--help")
    yield alone("kb --help", [seconds(lambda: bench.kb(bench.folder, "--help")) for _ in range(bench.repeats)], "s",
                "≤ 0.4 s")  # fmt: skip


def build(bench: Bench) -> Iterator[Row]:
    """A build of the project's corpus."""
    home = corpora.lay_own(bench.folder / "build")
    yield alone("kb build, from nothing, with the export of the model", [seconds(lambda: bench.kb(home, "build"))], "s")
    again = [seconds(lambda: bench.kb(home, "build")) for _ in range(bench.repeats)]
    yield alone("kb build, nothing changed", again, "s")


def warm(bench: Bench) -> Iterator[Row]:
    """Searches over HTTP, one after the other."""
    addresses = [search(text) for text in corpora.QUESTIONS] * ROUNDS
    with server(bench.own.home) as get:
        get(search("warming up"))
        turns = [[seconds(lambda to=to: get(to)) * 1000 for to in addresses] for _ in range(bench.repeats)]
    for percent in (50, 95):
        yield alone(f"search in the server, warm, p{percent}", [percentile(turn, percent) for turn in turns], "ms")


def edit(bench: Bench) -> Iterator[Row]:
    """From a claim written into a file until a running server finds it."""
    file = last_claims(bench.own.home / "corpus")
    with server(bench.own.home) as get:
        get(search("warming up"))
        times = [until_found(get, file, number) for number in range(bench.repeats)]
    yield alone("from an edited file to a hit in the server", times, "s", "≤ 2 s")


def until_found(get: Callable[[str], bytes], file: Path, number: int) -> float:
    """How many seconds pass until a new claim of *file* is found."""
    word = "quixobel" + "abcdefghijklmnopqrstuvwxyz"[number % 26]
    claim = CLAIM.format(number=900 + number, word=word)
    text = file.read_text(encoding="utf-8").rstrip("\n") + claim
    start = time.perf_counter()
    file.write_text(text, encoding="utf-8")
    while time.perf_counter() - start < PATIENCE:
        hits: list[dict[str, Any]] = json.loads(get(search(f"{word} partnership")))["hits"]
        if any(word in hit["text"] for hit in hits):
            return time.perf_counter() - start
        time.sleep(PAUSE)
    raise Failed(f"an edit was not found within {PATIENCE:.0f} s")


def last_claims(corpus: Path) -> Path:
    """A source file that ends in its claims, so that another can be written below."""
    for path in sorted(corpus.glob("[!.]*.yaml")):
        if re.findall(r"^\w+:", path.read_text(encoding="utf-8"), re.MULTILINE)[-1:] == ["claims:"]:
            return path
    raise Failed("no source file ends in its claims")


def search(text: str) -> str:
    """The address of a search."""
    return f"/search.json?q={urllib.parse.quote(text)}"


class Site(NamedTuple):
    """A running server: its address and its process."""

    address: str
    process: int


@contextmanager
def server(home: Path) -> Iterator[Callable[[str], bytes]]:
    """A running ``kb serve``; gives the function that gets a page from it over one kept connection."""
    with listening(home) as site, connected(site) as get:
        yield get


@contextmanager
def connected(site: Site, headers: Mapping[str, str] | None = None) -> Iterator[Callable[[str], bytes]]:
    """The function that gets a page of *site* over one kept connection, asking with *headers*."""
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(site.address).netloc, timeout=60)

    def get(address: str) -> bytes:
        connection.request("GET", address, headers=headers or {})
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:
            raise Failed(f"{address}: {response.status} {body[:200].decode('utf-8', 'replace')}")
        return body

    try:
        yield get
    finally:
        connection.close()


@contextmanager
def listening(home: Path) -> Iterator[Site]:
    """A running ``kb serve``."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([BIN / "kb", "serve", "--port", str(port)], env=environment(home), **quiet)
    try:
        wait_for(port)
        yield Site(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait()


def wait_for(port: int) -> None:
    """Return when the server listens."""
    for _ in range(150):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=60).close()
            return
        except OSError:  # it does not listen yet
            time.sleep(0.2)
    raise Failed("kb serve did not begin to answer within 30 s")
