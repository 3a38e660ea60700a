"""Rows about the pages: how long the server takes for each kind, what a browser loads, and when it has painted."""

import re
import shutil
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

import doors
import evidence
from bench import Bench
from corpora import ROOT
from lines import Failed
from ruamel.yaml import YAML
from table import Row, alone
from visits import Get, answers, concept, concepts, links, sources, text, visited, visiting

JUDGED = ROOT / "tests" / "judged" / "questions.yaml"
STW = Path("skos") / "stw-skos.ttl"  # in the folder of the data
EVERY = 20  # each so manieth concept of the thesaurus
ANY, LARGE = 60, 150  # milliseconds that 95 of 100 pages may take, over our corpus and over the thesaurus
FACETS = "&kind=claim&years=2000-2020"
TIMES = 20  # that a page of which there is one is asked for
WEIGHT, PAINTED = 60, 1000  # kilobytes of the front page; milliseconds until the largest paint
SLOWER = 4  # times, that the browser's processor is slowed down
SETTLED = 400  # milliseconds after the load in which a later paint would come
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PARTS = re.compile(r'<(?:link [^>]*rel="(?:stylesheet|icon)"|script |img )[^>]*?(?:href|src)="([^"]+)"|'
                   r'<link [^>]*?href="([^"]+)"[^>]*rel="(?:stylesheet|icon)"')  # fmt: skip
LARGEST = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({ type: 'largest-contentful-paint', buffered: true }))"""


def times(bench: Bench) -> Iterator[Row]:
    """Every page over the project's corpus, when it is asked for first and again."""
    with visiting(bench.own.home) as visit:
        for kind, addresses in kinds(visit.get, bench.own.home).items():
            yield from visited(visit, kind, addresses, ANY)
    yield from evidence.own(bench)


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


def questions() -> list[str]:
    """The judged questions."""
    found = YAML(typ="safe").load(JUDGED)["questions"]
    return [each["query"] for each in found][:30]


def loaded(get: Get) -> dict[str, int]:
    """The bytes of the front page, and of each file that a browser loads for it."""
    page = get("/")
    names = [unescape(one or other) for one, other in PARTS.findall(text(page))]
    sizes = {"page": len(page)}
    return sizes | {urllib.parse.urlsplit(name).path.rpartition("/")[2]: len(get(name)) for name in names}


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
