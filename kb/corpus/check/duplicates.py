"""Checks for one work in two files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

from kb.corpus.check.fields import Finding
from kb.corpus.check.problems import WARNING
from kb.corpus.numbers import WHOLE, comparable
from kb.corpus.ontology import fold
from kb.corpus.sources import Source

READ = 1000  # letters of a title: to compare two takes as long as their lengths multiplied
NEAR = 0.9  # how much of two titles is the same, by Ratcliff and Obershelp


def findings(sources: dict[Path, Source], one: Path | None = None) -> Iterator[tuple[Path, Finding]]:
    """Works that stand in two files: the same DOI or ISBN, or nearly the same title by the same author in one year.

    With *one*, only those that stand in that file too.
    """
    hint = "one work, one file"
    for path, other in _same(sources, "doi", str.lower):
        yield path, Finding(("doi",), "same-doi", f"{other.name} has the same doi", hint)
    books = {path: source for path, source in sources.items() if str(source.data.get("type")) in WHOLE}
    for path, other in _same(books, "isbn", comparable):
        yield path, Finding(("isbn",), "same-isbn", f"{other.name} has the same isbn", hint)
    for path, other in _alike(sources, one):
        message = f"{other.name} has nearly the same title, first author and year"
        yield path, Finding(("title",), "same-title", message, f"{hint}; otherwise tell them apart in note", WARNING)


def _same(
    sources: dict[Path, Source], key: str, bare: Callable[[str], str]
) -> Iterator[tuple[Path, Path]]:  # fmt: skip
    holders = defaultdict[str, list[Path]](list)
    for path, source in sources.items():
        value = source.data.get(key, [])
        for each in {bare(str(each)) for each in (value if isinstance(value, list) else [value])}:
            holders[each].append(path)
    for found in holders.values():
        for pair in combinations(found, 2):
            yield from (pair, pair[::-1])


def _alike(sources: dict[Path, Source], one: Path | None) -> Iterator[tuple[Path, Path]]:
    groups = defaultdict[tuple[str, str], list[tuple[Path, str]]](list)
    for path, source in sources.items():
        if group := signed(source.data):
            groups[group].append((path, fold(str(source.data["title"])[:READ])))
    for found in groups.values():
        for (path, title), (other, title2) in combinations(found, 2):
            if (one is None or one in (path, other)) and _near(title, title2):
                yield from ((path, other), (other, path))


def signed(data: Mapping[str, Any]) -> tuple[str, str] | None:
    """First author and year of a work, where two titles are compared; none where a note tells it apart."""
    people = data.get("authors") or data.get("editors") or [{}]
    first = people[0] if isinstance(people, list) and isinstance(people[0], dict) else {}
    name = fold(str(first.get("family") or first.get("literal") or ""))
    return (name, str(data.get("issued"))) if name and data.get("title") and not data.get("note") else None


def _near(title: str, other: str) -> bool:
    matcher = SequenceMatcher(None, title, other, autojunk=False)
    bounds = matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio  # the quicker ones are never less
    return all(ratio() >= NEAR for ratio in bounds)
