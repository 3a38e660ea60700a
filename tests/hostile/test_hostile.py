"""Hostile queries and clients, against a real server: nobody else waits, nothing is left behind, nobody is called."""

import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import attacks
import pytest
from siege import FORM, QUERY, Answer, Siege, besieged

from kb.graph.query import QUEUE, WORKERS
from webapp.server import FIELDS, VALUE_CHARACTERS

FINE = "SELECT * { ?s ?p ?o } LIMIT 5"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
LARGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"  # far more than is ever sent
GRACE = 1.0  # seconds that a worker may outlive its deadline
RETURNS = 30.0  # megabytes by which a server that was attacked twice may be larger than after the first time
TEN = b"query=" + b"a" * 10_000_000
AT_ONCE = 200


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    with besieged(tmp_path_factory.mktemp("hostile")) as siege:
        yield siege


def proper(answer: Answer) -> bool:
    """Whether an answer is a result, or a sentence with the status of an error."""
    return answer.status == 200 or (400 <= answer.status < 600 and answer.status != 500 and bool(answer.told))


def asleep(siege: Siege) -> None:
    """Return when no worker works any more; fail where one does so for longer than it may."""
    until = time.monotonic() + GRACE + 1
    while True:
        before = siege.workers()
        time.sleep(0.3)
        after = siege.workers()
        if len(after) <= WORKERS and all(after[pid] - before.get(pid, 0) < 0.1 for pid in after):
            return
        assert time.monotonic() < until, f"at work still: {after}"


# What is refused at once


def test_what_its_text_betrays_is_refused_in_each_way_and_calls_nobody(siege):
    ways = ("get", "form", "direct")
    wrong = []
    for number, attack in enumerate(attacks.refused()):
        way = ways[number % 3] if len(attack.text) < 20_000 else "direct"
        answer = siege.ask(attack.text, way)
        if answer.status not in attack.statuses or not answer.told:
            wrong.append((attack.name, way, answer))

    assert wrong == []
    assert not siege.called()


@pytest.mark.parametrize("letter", ["x", "ж", "共"])
def test_a_long_text_that_was_pasted_is_cut_in_any_alphabet(siege, letter):
    answer = siege.send("GET", f"/search.json?q={quote(letter * 100_000)}")

    assert (answer.status, b"Only the first 2,000 of" in answer.body) == (200, True)


def test_a_graph_elsewhere_is_not_fetched(siege):
    place = f"http://127.0.0.1:{attacks.PORT}/"
    fields = {"default-graph-uri": place, "named-graph-uri": place}

    assert [siege.ask(FINE, way, **fields).status for way in ("get", "form", "direct")] == [200] * 3
    assert not siege.called()


@pytest.mark.parametrize(
    ("send", "status"),
    [
        (lambda s: s.send("GET", f"/sparql?{TEN.decode()}"), 431),
        (lambda s: s.send("POST", "/sparql", TEN, {"Content-Type": FORM}), 413),
        (lambda s: s.send("POST", "/sparql", TEN, {"Content-Type": QUERY}), 413),
        (lambda s: s.send("POST", "/sparql", TEN[:1_500_000], {"Content-Type": QUERY}), 413),
        (lambda s: s.send("GET", "/sparql?" + "a=1&" * FIELDS), 413),
        (lambda s: s.send("POST", "/sparql", b"a=1&" * FIELDS, {"Content-Type": FORM}), 413),
        (lambda s: s.send("GET", "/sparql", None, {"Accept": "a/b;q=0.1," * VALUE_CHARACTERS}), 431),
        (lambda s: s.send("GET", "/search", None, {"Accept-Language": "a;q=0.1," * (VALUE_CHARACTERS // 8)}), 431),
    ],
    ids=["get", "form", "direct", "direct, less", "fields", "fields of a form", "accept", "accept-language"],
)
def test_what_is_too_large_is_refused_with_a_sentence(siege, send, status):
    answer = send(siege)

    assert (answer.status, proper(answer)) == (status, True)


def test_the_head_of_a_large_result_keeps_no_worker(siege):
    for _ in range(2 * WORKERS):
        assert siege.send("HEAD", f"/sparql?timeout=5&query={quote(LARGE)}").status == 200

    asleep(siege)
    assert siege.ask(FINE).status == 200


def test_who_hangs_up_or_never_reads_keeps_no_place(siege):
    clients = [never_reads(siege, timeout=2) for _ in range(WORKERS)]
    for _ in range(WORKERS + QUEUE):
        never_reads(siege, timeout=2).close()
    time.sleep(2 + GRACE)

    asleep(siege)
    assert siege.ask(FINE).status == 200
    for client in clients:
        client.close()


def never_reads(siege: Siege, timeout: float) -> socket.socket:
    """A client that asks for a large result and leaves it where it is."""
    client = siege.open(window=4096)
    client.sendall(f"GET /sparql?timeout={timeout:g}&query={quote(LARGE)} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return client


# What takes time


@pytest.mark.slow
def test_no_query_keeps_others_waiting_or_leaves_anything_behind(siege, seconds, capsys):
    end, wrong, every = time.monotonic() + seconds, [], attacks.every()
    left = list(reversed(every))
    with siege.watched() as health:
        while left and time.monotonic() < end:
            attack = left.pop()
            answer = siege.ask(attack.text)
            if answer.status not in attack.statuses or not proper(answer) or answer.seconds > 2 + GRACE:
                wrong.append((attack.name, answer.status, answer.seconds, answer.told))
    told(
        capsys,
        f"{len(every) - len(left)} of {len(every)} queries, one after the other: {health}; {siege.memory():.0f} MB",
    )

    assert wrong == []
    assert not siege.called()
    asleep(siege)


CROWDS: dict[str, Callable[[Siege], Answer]] = {
    "small queries": lambda s: s.ask(FINE),
    "endless queries": lambda s: s.ask(ENDLESS),
    "large results": lambda s: s.ask(LARGE),
    "large results for people": lambda s: s.ask(LARGE, accept="text/html"),
    "long texts": lambda s: s.ask("SELECT * {" + "{} " * 24_000 + "}"),
    "long texts, refused": lambda s: s.ask("SELECT * {" + "{} " * 24_000 + "SERVICE <urn:a> {} }"),
    "sixteen searches for a thousand": lambda s: s.ask(attacks.named("sixteen thousand hits").text),
    "ten megabytes in the address": lambda s: s.send("GET", f"/sparql?{TEN.decode()}"),
    "ten megabytes in a form": lambda s: s.send("POST", "/sparql", TEN, {"Content-Type": FORM}),
    "ten megabytes in a body": lambda s: s.send("POST", "/sparql", TEN, {"Content-Type": QUERY}),
    "a megabyte of fields": lambda s: s.send("POST", "/sparql", b"a&" * 490_000, {"Content-Type": FORM}),
    "half a megabyte of Accept": lambda s: s.send("GET", "/sparql", None, {"Accept": "a/b;q=0.1," * 50_000}),
}


@pytest.mark.slow
def test_two_hundred_at_once_keep_nobody_waiting_and_leave_nothing_behind(siege, seconds, capsys):
    end, sizes = time.monotonic() + seconds, []
    os.nice(5)  # they are elsewhere: what they compute is not taken from the server
    for _ in range(2):
        for name, attack in CROWDS.items():
            with siege.watched() as health, ThreadPoolExecutor(AT_ONCE) as crowd:
                answers = list(crowd.map(lambda _, attack=attack: attack(siege), range(AT_ONCE)))
            came = ", ".join(
                f"{count} × {status}" for status, count in sorted(Counter(a.status for a in answers).items())
            )
            told(capsys, f"{AT_ONCE} at once, {name}: {came}; {health}; {siege.memory():.0f} MB")
            assert all(map(proper, answers)), [answer for answer in answers if not proper(answer)][:3]
            asleep(siege)
            if time.monotonic() > end:
                return told(capsys, "no time for more")
        time.sleep(2)
        sizes.append(siege.memory())

    assert sizes[1] - sizes[0] < RETURNS
    assert not siege.called()


@pytest.mark.slow
def test_clients_that_send_byte_by_byte_keep_nobody_waiting(siege, capsys):
    head = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\nContent-Length: 1000\r\n\r\n"
    with siege.watched() as health:
        clients = [siege.open() for _ in range(AT_ONCE)]
        for byte in head + b"A" * 20:
            for client in clients:
                client.sendall(bytes([byte]))
            time.sleep(0.03)
        status = siege.ask(FINE).status
    for client in clients:
        client.close()
    told(capsys, f"{AT_ONCE} clients that send byte by byte: {health}; {siege.memory():.0f} MB")

    assert status == 200


@pytest.mark.slow
def test_clients_that_never_read_or_hang_up_keep_nobody_waiting(siege, capsys):
    with siege.watched() as health:
        clients = [never_reads(siege, timeout=4) for _ in range(AT_ONCE)]
        for _ in range(AT_ONCE):
            never_reads(siege, timeout=4).close()
            time.sleep(0.02)
        time.sleep(4 + GRACE)
        asleep(siege)
        status = siege.ask(FINE).status
    for client in clients:
        client.close()
    told(capsys, f"{AT_ONCE} clients that never read, {AT_ONCE} that hang up: {health}; {siege.memory():.0f} MB")

    assert status == 200


def told(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """Print a figure, which nothing asserts."""
    with capsys.disabled():
        print(f"\n  {text}", end="", flush=True)
