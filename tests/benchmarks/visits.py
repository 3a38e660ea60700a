"""A reader who visits the pages of a running server: which there are, and how long each takes."""

import gzip
import json
import re
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import doors
from lines import Failed
from race import seconds
from table import Row, figure, percentile

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Encoding": "gzip, br",
           "Accept-Language": "en"}  # fmt: skip
QUIET, IDLE = (
    3,
    600,
)  # seconds, in which a process that has nothing to do but look at its files works so many milliseconds
PATIENCE = 180  # seconds
Get = Callable[[str], bytes]


class Visit(NamedTuple):
    """A reader of the pages of a running server."""

    get: Get
    process: int

    def timed(self, address: str) -> tuple[float, float]:
        """Milliseconds by the clock until a page has come, and those that the server's processor worked."""
        before = worked(self.process)
        taken = seconds(lambda: self.get(address)) * 1000
        return taken, worked(self.process) - before


@contextmanager
def visiting(home: Path) -> Iterator[Visit]:
    """A server over *home* that is asked as a browser asks, once it has made ready what it makes unasked."""
    with doors.listening(home) as site, doors.connected(site, BROWSER) as get:
        settle(site.process)
        yield Visit(get, site.process)


def settle(process: int) -> None:
    """Wait until a process has hardly worked, or waited for a processor, for some seconds."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        before = worked(process, waited=True)
        time.sleep(QUIET)
        if worked(process, waited=True) - before < IDLE:
            return
    raise Failed(f"the server still worked {PATIENCE:.0f} s after its start")


def visited(
    visit: Visit, kind: str, addresses: Sequence[str], aim: float, first_aim: float | None = None
) -> Iterator[Row]:
    """The times of pages asked for one after the other, by one who never was there and by one who was.

    The first visit of a single page is told only where there is an aim for it.
    """
    different = list(dict.fromkeys(addresses))
    what = f"page: {kind}" + (f", {len(different):,} of them" if len(different) > 1 else "")
    first = [visit.timed(address) for address in different]
    again = [visit.timed(address) for address in addresses]
    if len(first) > 1 or first_aim:
        yield Row(f"{what}, first visit", spread(first), aim=f"p95 ≤ {first_aim or aim:,g} ms")
    yield Row(f"{what}, warm", spread(again), aim=f"p95 ≤ {aim:,g} ms")


def spread(times: Sequence[tuple[float, float]]) -> str:
    """Times in milliseconds: the middle, what 95 of 100 do not exceed, and the longest; by the clock and worked.

    >>> spread([(1.0, 0.5), (2.0, 1.0), (30.0, 1.5)])
    'p50 2.00, p95 30.0, longest 30.0 ms; of the processor p50 1.00, p95 1.50 ms'
    """
    clock, worked = zip(*times, strict=True)
    told = f"p50 {figure(percentile(clock, 50))}, p95 {figure(percentile(clock, 95))}, longest {figure(max(clock))} ms"
    if not any(worked):
        return told
    return f"{told}; of the processor p50 {figure(percentile(worked, 50))}, p95 {figure(percentile(worked, 95))} ms"


def worked(process: int, *, waited: bool = False) -> float:
    """Milliseconds for which the threads of a process had a processor; what else the machine does falls not on them.

    With *waited*, also those for which they waited for one.
    """
    files = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(time) for file in files for time in file.read_text().split()[: 2 if waited else 1]) / 1e6


def concepts(get: Get) -> list[str]:
    """The ids of all concepts, as the tree has them."""
    return list(dict.fromkeys(_ids(json.loads(text(get("/concepts.json"))))))


def _ids(node: Any) -> Iterator[str]:
    """Of a tree, and not of its schemes."""
    for each in node if isinstance(node, list) else node.get("schemes", []):
        children = each.get("concepts")
        if children is None:
            yield each["id"]
        yield from _ids(children or each.get("children") or [])


def concept(id: str) -> str:
    return f"/concept/{urllib.parse.quote(id)}"


def sources(home: Path) -> list[str]:
    return sorted(path.stem for path in (home / "corpus").glob("[!.]*.yaml"))


def links(get: Get, address: str, start: str) -> list[str]:
    """The different local links of a page that begin with *start*; none where there is no such page."""
    if not answers(get, address):
        return []
    return list(dict.fromkeys(unescape(link) for link in re.findall(rf'href="({start}[^"#]+)', text(get(address)))))


def answers(get: Get, address: str) -> bool:
    """Whether this program has a page there."""
    try:
        get(address)
    except Failed:
        return False
    return True


def text(body: bytes) -> str:
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode("utf-8")
