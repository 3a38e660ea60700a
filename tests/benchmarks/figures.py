"""Measure what the project promises on this machine: `make bench`, or with judged questions `make bench EVAL=FILE`.

Works on a copy of ontology/ and corpus/ in a temporary folder. Nothing is asserted: timings depend on the machine.
"""

import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
KB = Path(sys.executable).parent / "kb"
QUERIES = [
    "what stops partners with unequal power from working together",
    "trust between organisations",
    "who pays and who decides",
    "why do joint projects achieve nothing",
    "sharing knowledge across sectors",
]


def main(questions: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for part in ("ontology", "corpus"):
            shutil.copytree(ROOT / part, Path(folder) / part)
        os.environ["KB_HOME"] = folder
        tell("kb --help", times(lambda n: kb("--help")))
        tell("kb build, from nothing", times(lambda n: kb("build"), 1))
        tell("kb build, nothing changed", times(lambda n: kb("build")))
        tell("kb search, cold", times(lambda n: kb("search", QUERIES[n % len(QUERIES)])))
        with server() as get:
            get(f"/search.json?q={urllib.parse.quote('warming up')}")
            addresses = [f"/search.json?q={urllib.parse.quote(query)}" for query in QUERIES]
            tell("search in the server, warm", times(lambda n: get(addresses[n % len(addresses)]), 200))
        for path in questions:
            for mode in ("fused", "words", "vectors"):
                result = json.loads(kb("eval", path, "--json", "--mode", mode))
                scores = "  ".join(f"{name} {result[name]:.3f}" for name in ("ndcg@10", "recall@50", "mrr"))
                print(f"{Path(path).name}, {mode:<8} {scores}", flush=True)


def tell(what: str, seconds: list[float]) -> None:
    """Print the median and the slowest of some timings."""
    print(f"{what:<28} {statistics.median(seconds) * 1000:8.1f} ms   slowest {max(seconds) * 1000:8.1f} ms", flush=True)


def times(run: Callable[[int], object], repeat: int = 5) -> list[float]:
    """How many seconds each of *repeat* runs takes; a run is told its number."""
    found = []
    for number in range(repeat):
        start = time.perf_counter()
        run(number)
        found.append(time.perf_counter() - start)
    return found


def kb(*arguments: str) -> str:
    """What ``kb`` prints."""
    done = subprocess.run([KB, *arguments], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"kb {' '.join(arguments)}: {done.stderr}")
    return done.stdout


@contextmanager
def server() -> Iterator[Callable[[str], bytes]]:
    """A running ``kb serve``; gives the function that gets a page from it over one kept connection."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen([KB, "serve", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(address: str) -> bytes:
        connection.request("GET", address)
        response = connection.getresponse()
        body = response.read()
        assert response.status == 200, body
        return body

    try:
        for _ in range(100):
            try:
                get("/healthz")
                break
            except OSError:  # it does not listen yet
                connection.close()
                time.sleep(0.2)
        yield get
    finally:
        connection.close()
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
