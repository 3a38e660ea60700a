"""Rows about SPARQL: the endpoint beside the bare engine, our queries beside rdflib, and a million triples."""

import math
import statistics
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import graphs
import pyoxigraph as ox
from bench import HERE, Bench
from corpora import ROOT
from doors import server
from lines import Contender, Failed
from race import in_turns, seconds
from table import NONE, Row, alone, figure, percentile, told

from kb import KnowledgeBase

EXAMPLES = ROOT / "ontology" / "examples"
PREFIXES = "PREFIX pkb: <https://w3id.org/partnership-kb/ns#> PREFIX dcterms: <http://purl.org/dc/terms/> "
SHAPES = {
    "a work": "SELECT ?p ?o { <https://w3id.org/partnership-kb/source/bryson-crosby-stone-2006> ?p ?o }",
    "1,000 rows": "SELECT ?claim ?work ?year { ?claim pkb:statedIn ?work . ?work dcterms:issued ?year } LIMIT 1000",
    "20,000 rows": "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 20000",
    "a graph of 5,000": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5000",
}
FORMATS = {"SELECT": ("json", "csv"), "CONSTRUCT": ("turtle",)}
MEDIA = {"json": "application/sparql-results+json", "csv": "text/csv", "turtle": "text/turtle"}
ASKED = 25  # times in a turn
FACTOR, MORE = 1.3, 2.0  # times the engine, and milliseconds, that the endpoint may take
CUT = 30.0  # seconds that rdflib may take for a query
OPEN = (
    "import sys,time,pyoxigraph as o; t=time.perf_counter(); s=o.Store.read_only(sys.argv[1]); s.query('ASK {}');"
    " print(time.perf_counter()-t)"
)
LATE = 2.0  # seconds


def endpoint(bench: Bench) -> Iterator[Row]:
    """The endpoint over HTTP, on one kept connection, beside the engine in process; both write the same bytes."""
    home = graphs.multiply(bench.own.home, bench.folder / "100k", 100_000)
    store = ox.Store.read_only(str(graphs.store_of(home)))
    with server(home) as get:
        for name, text in SHAPES.items():
            query = PREFIXES + text
            for format in FORMATS[text.split()[0]]:
                address = f"/sparql?{urllib.parse.urlencode({'query': query, 'format': format})}"
                got, made = get(address), written(store, query, format)
                ours, theirs = in_turns(
                    lambda address=address: middle(lambda: get(address)),
                    lambda query=query, format=format: middle(lambda: written(store, query, format)),
                    bench.repeats,
                )
                most = FACTOR * statistics.median(theirs) + MORE
                other = "" if len(got) == len(made) else " (!)"
                yield Row(
                    f"SPARQL, {name} in {format}, {len(made):,} bytes, p50; theirs: the bare engine{other}",
                    told(ours, "ms"), told(theirs, "ms"),
                    told([our / their for our, their in zip(ours, theirs, strict=True)]),
                    f"≤ 1.3 × + 2 ms = {figure(most)} ms",
                )  # fmt: skip


def rdflib(bench: Bench) -> Iterator[Row]:
    """Each of our example queries, beside rdflib's own engine in memory."""
    home, file = bench.own.home, bench.folder / "own.nq"
    store = ox.Store.read_only(str(graphs.store_of(home)))
    file.write_bytes(ox.serialize(store, format=ox.RdfFormat.N_QUADS))
    base, rival = KnowledgeBase(home), Rival(file)
    bare, through, unable, cut, other = [], [], [], [], []
    for name, text in graphs.examples(EXAMPLES).items():
        base.query(text)
        ours = statistics.median(seconds(lambda text=text: base.query(text)) for _ in range(bench.repeats))
        engine = statistics.median(seconds(lambda text=text: consumed(store, text)) for _ in range(bench.repeats))
        try:
            taken, rows = rival.query(text)
        except Failed as error:
            unable.append(f"{name} ({str(error)[:60]})")
            continue
        cut += [name] if taken >= CUT else []
        other += [name] if rows is not None and rows != consumed(store, text) else []
        through.append((taken / ours, ours, taken))
        bare.append((taken / engine, engine, taken))
    rival.close()
    base.close()
    for what, found in (("through base.query", through), ("the bare store", bare)):
        ratios = [ratio for ratio, _, _ in found]
        mean = math.exp(statistics.fmean(map(math.log, ratios)))
        yield Row(
            f"{len(found)} example queries, {what}, median (least–most); theirs: rdflib in memory",
            spread([our * 1000 for _, our, _ in found]), spread([their * 1000 for *_, their in found]),
            f"1/{figure(mean)} (geometric mean; least 1/{figure(min(ratios))})",
            "≤ 1/10",
        )  # fmt: skip
    for what, names in (
        (f"cut after {CUT:g} s", cut),
        ("not answered by it", unable),
        ("with another number of rows", other),
    ):
        yield Row(f"rdflib: {what}: {', '.join(names) or 'none'}")


def million(bench: Bench) -> Iterator[Row]:
    """The example queries over a million triples on disk."""
    home = graphs.multiply(bench.own.home, bench.folder / "million", 1_000_000)
    path = graphs.store_of(home)
    cold = [float(subprocess.check_output([sys.executable, "-c", OPEN, path])) for _ in range(bench.repeats + 1)][1:]
    store = ox.Store.read_only(str(path))
    count = int(next(iter(store.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")))["n"].value)
    size = sum(each.stat().st_size for each in path.iterdir()) >> 20
    yield alone(f"store of {count:,} triples, {size} MB: opened in a new process", cold, "s", "≤ 0.5 s")
    base, times = KnowledgeBase(home), dict[str, float]()
    for name, text in graphs.examples(EXAMPLES).items():
        base.query(text, deadline=60)
        times[name] = statistics.median(seconds(lambda text=text: base.query(text, deadline=60)) for _ in range(3))
    base.close()
    for percent, aim in ((50, NONE), (95, f"≤ {LATE:g} s")):
        yield Row(
            f"{len(times)} example queries there, p{percent}",
            f"{figure(percentile(times.values(), percent))} s",
            aim=aim,
        )
    slow = sorted(((time, name) for name, time in times.items() if time > LATE / 2), reverse=True)
    yield Row(
        f"those that take more than {LATE / 2:g} s: " + (", ".join(f"{n} {figure(t)} s" for t, n in slow) or "none")
    )


class Rival:
    """rdflib, begun anew when it took too long."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._begin()

    def query(self, text: str) -> tuple[float, int | None]:
        """The seconds a query takes, at most CUT, and how many rows it has."""
        try:
            taken, rows = self._contender.ask("query", patience=CUT, text=text)
            return taken, rows
        except Failed as error:
            if "was not answered within" not in str(error):
                raise
        self.close()
        self._begin()
        return CUT, None

    def _begin(self) -> None:
        self._contender = Contender(Path(sys.executable), HERE / "rdflibs.py")
        self._contender.ask("load", file=self._file)

    def close(self) -> None:
        """End the process."""
        self._contender.close()


def middle(run) -> float:
    """The median of many times, in milliseconds."""
    return statistics.median(seconds(run) for _ in range(ASKED)) * 1000


def written(store: ox.Store, text: str, format: str) -> bytes:
    """What the engine itself writes."""
    kind = ox.RdfFormat if format == "turtle" else ox.QueryResultsFormat
    return store.query(text).serialize(format=kind.from_media_type(MEDIA[format]))


def consumed(store: ox.Store, text: str) -> int:
    """How many rows or triples a query has, 1 for yes and no."""
    result = store.query(text)
    return 1 if isinstance(result, ox.QueryBoolean) else sum(1 for _ in result)


def spread(values: list[float]) -> str:
    """The median, the least and the greatest, in milliseconds."""
    return told(values, "ms")
