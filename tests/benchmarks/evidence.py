"""Rows about the pages that show the evidence as a whole: map, paths, comparison and list, of homes small and large."""

import json
import urllib.parse
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise, permutations, product
from pathlib import Path
from typing import Any

from bench import Bench
from lines import Failed
from table import Row
from visits import Get, answers, sources, text, visited, visiting

from kb.corpus.sources import Corpus

CLAIMS = 100_000
ANY, FIRST = 100, 3000  # milliseconds that 95 of 100 pages may take; those that the first visit of a large home may
MOST, SOME = 300, 10  # pages of a kind that are asked for of the project's own home, and of a large one
TIMES = 20  # that a page of which there is one is asked for
FILTERS = ({"years": "2000-2015"}, {"basis": "text"}, {"basis": "abstract"}, {"stance": "disputes"},
           {"state": "complete"}, {"years": "2010-2020", "basis": "abstract", "stance": "supports"})  # fmt: skip
LISTED = (1, 10, 100)


def own(bench: Bench) -> Iterator[Row]:
    """All such pages over the project's corpus, but of the cells some."""
    yield from asked(bench.own.home, ANY, MOST)


def synthesis(bench: Bench) -> Iterator[Row]:
    """Some of each kind, the fullest among them, over many recombined claims."""
    yield from asked(bench.recombined(CLAIMS).home, FIRST, SOME)


def asked(home: Path, first: float, most: int) -> Iterator[Row]:
    """The times of the pages; which there are is asked of another server, so that the first visit is one."""
    with visiting(home) as scout:
        found = kinds(scout.get, home)
    with visiting(home) as visit:
        for kind, addresses in found.items():
            chosen = some(addresses, most)
            try:
                yield from visited(visit, kind, chosen * TIMES if len(chosen) == 1 else chosen, ANY, first)
            except Failed as error:
                yield Row(f"page: {kind}", f"skipped: {error}")


def kinds(get: Get, home: Path) -> dict[str, list[str]]:
    """The addresses of each kind of page, of each kind the fullest first; of one that this program lacks none."""
    pages = {"/map": maps, "/paths": paths, "/compare": comparisons, "/list": lists}
    found = [of(get, home) for page, of in pages.items() if answers(get, page)]
    return {kind: addresses for each in found for kind, addresses in each.items() if addresses}


def maps(get: Get, home: Path) -> dict[str, list[str]]:
    """The fullest map and its cells, those with claims and those without, and the maps of all pairs of schemes."""
    shown = json.loads(text(get("/map.json")))
    ends = {"rows": shown["rows"]["id"], "columns": shown["columns"]["id"]}
    cells = sorted(shown["cells"], key=lambda cell: -cell["claims"])
    full = {(cell["row"], cell["column"]): None for cell in cells}
    pairs = permutations([scheme["id"] for scheme in schemes(get)], 2)
    grid = product(lines(shown["rows"]), lines(shown["columns"]))
    empty = list(dict.fromkeys(pair for pair in grid if pair not in full))
    return {
        "map": ["/map"],
        "a map": [address("/map", rows=one, columns=other) for one, other in pairs],
        "a map, filtered": [address("/map", **ends, **given) for given in FILTERS],
        "a cell with claims": [address("/map/cell", row=row, column=column) for row, column in full],
        "a cell without": [address("/map/cell", row=row, column=column) for row, column in empty],
    }


def paths(get: Get, home: Path) -> dict[str, list[str]]:
    """The page of all paths, and those from each concept, if only to say that there are none."""
    starts = [address("/paths", **{"from": id}) for id in claimed(get)]
    return {"paths": ["/paths"], "paths from a concept": starts}


def comparisons(get: Get, home: Path) -> dict[str, list[str]]:
    """Pairs of concepts, of the two most claimed and of siblings, and pairs of sources."""
    siblings = [pair for group in groups(schemes(get)) for pair in pairwise(node["id"] for node in group)]
    pairs = [tuple(claimed(get)[:2]), *siblings]
    works = list(pairwise(sources(home)))
    return {
        "two concepts compared": [address("/compare", ids=",".join(pair)) for pair in dict.fromkeys(pairs)],
        "two sources compared": [address("/compare", ids=",".join(pair)) for pair in works[: len(pairs)]],
    }


def lists(get: Get, home: Path) -> dict[str, list[str]]:
    """Lists of the first claims of as many works."""
    corpus = Corpus(home / "corpus")
    works = (source for source in map(corpus.__getitem__, sources(home)) if source.claims)
    claims = [source.claim_ids[0] for source in islice(works, max(LISTED))]
    return {f"a list of {number}": [address("/list", item=claims[:number])] for number in LISTED}


def some(addresses: Sequence[str], most: int) -> list[str]:
    """*most* of *addresses*, or somewhat fewer: the first, and others from all over.

    >>> some("abcdefghijklmnopqrstuvwxyz", 10)
    ['a', 'd', 'g', 'j', 'm', 'p', 's', 'v', 'y']
    """
    return list(addresses[:: -(-len(addresses) // most)])


def address(page: str, **given: Any) -> str:
    return f"{page}?{urllib.parse.urlencode(given, doseq=True)}"


def schemes(get: Get) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(text(get("/concepts.json")))
    return found


def lines(axis: dict[str, Any]) -> Iterator[str]:
    """The concepts of an axis of a map."""
    for line in axis.get("lines") or axis.get("children") or ():
        yield line["id"]
        yield from lines(line)


def claimed(get: Get) -> list[str]:
    """All concepts, those with the most claims first."""
    counts = {node["id"]: node["claims"] for group in groups(schemes(get)) for node in group}
    return sorted(counts, key=lambda id: -counts[id])


def groups(nodes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The concepts below each scheme and each concept."""
    for node in nodes:
        below = node.get("concepts") or node.get("children") or []
        yield below
        yield from groups(below)
