"""Rows about the pages: how long the server takes for each kind, what a browser loads, and when it has painted."""

import gzip
import json
import re
import shutil
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import doors
from bench import Bench
from corpora import ROOT
from lines import Failed
from race import seconds
from ruamel.yaml import YAML
from table import Row, alone, figure, percentile

JUDGED = ROOT / "tests" / "judged" / "questions.yaml"
STW = Path("skos") / "stw-skos.ttl"  # in the folder of the data
EVERY = 20  # each so manieth concept of the thesaurus
ANY, LARGE = 60, 150  # milliseconds that 95 of 100 pages may take, over our corpus and over the thesaurus
FACETS = "&kind=claim&years=2000-2020"
TIMES = 20  # that a page of which there is one is asked for
WEIGHT, PAINTED = 60, 1000  # kilobytes of the front page; milliseconds until the largest paint
SLOWER = 4  # times, that the browser's processor is slowed down
SETTLED = 400  # milliseconds after the load in which a later paint would come
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Encoding": "gzip, br",
           "Accept-Language": "en"}  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PARTS = re.compile(r'<(?:link [^>]*rel="(?:stylesheet|icon)"|script |img )[^>]*?(?:href|src)="([^"]+)"|'
                   r'<link [^>]*?href="([^"]+)"[^>]*rel="(?:stylesheet|icon)"')  # fmt: skip
LARGEST = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({ type: 'largest-contentful-paint', buffered: true }))"""
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


def times(bench: Bench) -> Iterator[Row]:
    """Every page over the project's corpus, when it is asked for first and again."""
    with visiting(bench.own.home) as visit:
        for kind, addresses in kinds(visit.get, bench.own.home).items():
            yield from visited(visit, kind, addresses, ANY)


def thesaurus(bench: Bench) -> Iterator[Row]:
    """The tree of a large thesaurus, and some of its concepts."""
    home = bench.thesaurus(bench.data / STW).home
    with visiting(home) as visit:
        ids = concepts(visit.get)
        yield from visited(visit, f"concepts of STW ({len(ids):,})", ["/concepts"] * TIMES, LARGE)
        yield from visited(visit, "a concept of STW", [concept(id) for id in ids[::EVERY]], LARGE)


def paint(bench: Bench) -> Iterator[Row]:
    """What the front page weighs, and when a slowed-down browser has painted the largest text or picture of a page."""
    with visiting(bench.own.home) as visit:
        parts = loaded(visit.get)
        told = ", ".join(f"{name} {size / 1000:.1f}" for name, size in parts.items())
        yield Row("front page over the wire, bodies as sent", f"{sum(parts.values()) / 1000:.1f} kB ({told})",
                  aim=f"≤ {WEIGHT} kB")  # fmt: skip
    with doors.listening(bench.own.home) as (site, _), slow_browser() as largest:
        for kind, address in {
            "front": "/",
            "search": f"/search?q={urllib.parse.quote(questions()[0])}",
            "concept": "/concept/barrier-power-imbalance",
            "source": f"/source/{sources(bench.own.home)[0]}",
        }.items():
            largest(site + address)  # the server's first time
            found = [largest(site + address) for _ in range(bench.repeats)]
            yield alone(f"largest paint of the {kind} page, processor {SLOWER} × slower", found, "ms",
                        f"≤ {PAINTED:,} ms")  # fmt: skip


def kinds(get: Get, home: Path) -> dict[str, list[str]]:
    """The addresses of each kind of page; of a kind that this program lacks there are none."""
    asked = [f"/search?q={urllib.parse.quote(text)}" for text in questions()]
    found = {
        "front": ["/"] * TIMES,
        "search": asked,
        "search with facets": [address + FACETS for address in asked],
        "concepts": ["/concepts"] * TIMES,
        "a concept": [concept(id) for id in concepts(get)],
        "sources": ["/sources"] * TIMES,
        "a source": [f"/source/{id}" for id in sources(home)],
        "authors": ["/authors"] * TIMES,
        "an author": links(get, "/authors", "/author/"),
        "ontology": ["/ontology"] * TIMES,
        "SPARQL": ["/sparql"] * TIMES,
        "data set": ["/dataset"] * TIMES,
        "about": ["/about"] * TIMES,
    }
    return {kind: addresses for kind, addresses in found.items() if addresses and answers(get, addresses[0])}


@contextmanager
def visiting(home: Path) -> Iterator[Visit]:
    """A server over *home* that is asked as a browser asks."""
    with doors.listening(home) as site, doors.connected(site, BROWSER) as get:
        yield Visit(get, site.process)


def visited(visit: Visit, kind: str, addresses: Sequence[str], aim: float) -> Iterator[Row]:
    """The times of pages asked for one after the other, by one who never was there and by one who was."""
    different = list(dict.fromkeys(addresses))
    what = f"page: {kind}" + (f", {len(different):,} of them" if len(different) > 1 else "")
    first = [visit.timed(address) for address in different]
    again = [visit.timed(address) for address in addresses]
    if len(first) > 1:
        yield Row(f"{what}, first visit", spread(first), aim=f"p95 ≤ {aim:g} ms")
    yield Row(f"{what}, warm", spread(again), aim=f"p95 ≤ {aim:g} ms")


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


def worked(process: int) -> float:
    """Milliseconds for which the threads of a process had a processor; what else the machine does falls not on them."""
    files = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(file.read_text().split()[0]) for file in files) / 1e6


def questions() -> list[str]:
    """The judged questions."""
    found = YAML(typ="safe").load(JUDGED)["questions"]
    return [each["query"] for each in found][:30]


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


def loaded(get: Get) -> dict[str, int]:
    """The bytes of the front page, and of each file that a browser loads for it."""
    page = get("/")
    names = [unescape(one or other) for one, other in PARTS.findall(text(page))]
    sizes = {"page": len(page)}
    return sizes | {urllib.parse.urlsplit(name).path.rpartition("/")[2]: len(get(name)) for name in names}


def text(body: bytes) -> str:
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode("utf-8")


@contextmanager
def slow_browser() -> Iterator[Callable[[str], float]]:
    """A browser; gives the function that visits a page as a new reader, and tells the time of its largest paint."""
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Failed("no chromium here: install the package chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=chromium, args=FLAGS)

        def largest(address: str) -> float:
            page = browser.new_page()
            page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(address, wait_until="load")
            page.wait_for_timeout(SETTLED)
            found: float = page.evaluate(LARGEST)
            page.close()
            return found

        try:
            yield largest
        finally:
            browser.close()
