"""Rows that tell how soon a claim that is saved is seen on each page, in SPARQL and in suggestions."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any, NamedTuple

from bench import Bench
from lines import Failed
from table import Row, alone

from kb import KnowledgeBase
from kb.curation import Author
from kb.watch import watch
from webapp import create_app

CURATOR = Author("bench", "Bench", "bench@localhost")
CLAIMS = 50_000  # of the large home, five a work
AIM = "≤ 2 s"
PATIENCE = 120.0  # seconds until a save must be seen
SEARCHED = "Partners who row to the island every week"
COUNT = """PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
SELECT (COUNT(*) AS ?n) { ?claim pkb:statedIn <https://w3id.org/partnership-kb/source/%s> }"""


class Saved(NamedTuple):
    """A claim that was saved, the work it is of, and the concept it is about."""

    text: str
    work: str
    concept: str
    number: int


def saving(bench: Bench) -> Iterator[Row]:
    """From a save to each place where the claim is seen, in a warm server, at two sizes."""
    yield from seen(bench.own.home, bench.repeats)
    yield from seen(bench.recombined(CLAIMS).home, bench.repeats)


def seen(home: Path, repeats: int) -> Iterator[Row]:
    """The rows of one home; each save is looked for in one place alone, as by a curator who goes there next."""
    with served(home) as (base, get):
        size = f"{len(base.corpus.ids()):,} works"
        places = looks(base, get)
        for look in places.values():
            look(Saved("", *first(base), 0))
        times: dict[str, list[float]] = {name: [] for name in ("the end of the save", *places)}
        for _ in range(repeats):
            for name, look in places.items():
                start = time.perf_counter()
                made = save(base)
                if not base.catch_up(PATIENCE):
                    raise Failed("the save was not built")
                times["the end of the save"].append(time.perf_counter() - start)
                if not look(made):
                    raise Failed(f"the claim is not in {name}")
                times[name].append(time.perf_counter() - start)
                base.catch_up(PATIENCE)  # which is when all is made ready again
        for name, taken in times.items():
            yield alone(f"from a saved claim to {name}, {size}", taken, "s", AIM)


@contextmanager
def served(home: Path) -> Iterator[tuple[KnowledgeBase, Callable[[str], str]]]:
    """A base that is kept up to date as by a server, warm, and what gets its pages."""
    base, stop = KnowledgeBase(home), Event()
    base.build()
    options: dict[str, Any] = {"curated": True}
    watcher = Thread(target=watch, args=(base, print, stop), kwargs=options, daemon=True)
    watcher.start()
    client = create_app(base).test_client()
    base.encoder.encode(["warm"])
    base.generation.suggester.learn(lambda: base.encoder)
    while not base.turns.kept or not base.catch_up(PATIENCE):
        time.sleep(0.01)
    yield base, lambda address: client.get(address).get_data(as_text=True)
    stop.set()
    watcher.join()
    base.close()


def first(base: KnowledgeBase) -> tuple[str, str]:
    """A work with a claim, and a concept that it is about."""
    ids = base.corpus.ids()
    for id in ids[len(ids) // 2 :]:
        for claim in base.corpus[id].claims:
            return id, claim["about"][0]
    raise Failed("no work has a claim")


def save(base: KnowledgeBase) -> Saved:
    """Add a claim to a work as a curator does."""
    work, concept = first(base)
    _, was = base.curation.text(work)
    data = base.corpus[work].data
    number = max(int(claim["id"].removeprefix("#c")) for claim in data["claims"]) + 1
    said = f"{SEARCHED} {word(number)} keep small quarrels small."
    claim = {"id": f"#c{number}", "text": said, "basis": "abstract", "about": [concept],
             "curator": data["claims"][0]["curator"], "created": "2026-11-30"}  # fmt: skip
    base.curation.save_data(work, {**data, "claims": [*data["claims"], claim]}, was, CURATOR, "Add a claim")
    return Saved(said, work, concept, number)


def word(number: int) -> str:
    """A word that stands in one claim alone."""
    return "quixobel" + "".join("abcdefghij"[int(digit)] for digit in str(number))


def looks(base: KnowledgeBase, get: Callable[[str], str]) -> dict[str, Callable[[Saved], Any]]:
    """The places where a claim is looked for, each with what tells whether it is there."""
    return {
        "the page of its work": lambda made: made.text in get(f"/source/{made.work}"),
        "the page of its concept": lambda made: made.text in get(f"/concept/{made.concept}"),
        "a search": lambda made: made.text in get(f"/search.json?q={word(made.number)} island"),
        "the list of works": lambda made: len(base.corpus[made.work].claims) == listed(base, made.work),
        "a count in SPARQL": lambda made: counted(base, made.work) == len(base.corpus[made.work].claims),
        "a suggestion": lambda made: base.suggest(f"{SEARCHED}, and trust each other"),
        "the checks of a form": lambda made: base.curation.problems(made.work, base.corpus[made.work].data) is not None,
        "the map": lambda made: get("/map"),
        "the paths": lambda made: get("/paths"),
        "the front page": lambda made: get("/"),
    }


def listed(base: KnowledgeBase, work: str) -> int:
    """How many claims the list of works tells of one."""
    return next(each.claims for each in base.sources().sources if each.id == work)


def counted(base: KnowledgeBase, work: str) -> int:
    """How many claims of a work SPARQL counts."""
    found = json.loads(base.query(COUNT % work, "json").body)
    return int(found["results"]["bindings"][0]["n"]["value"])
