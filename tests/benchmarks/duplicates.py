"""How well duplicates are found, by records of eight databases whose DOIs tell which are of one work.

The DOIs are hidden from the matcher, in addresses and notes too. A pair is two records that have a DOI; it is right to
take them for one work where the DOI is the same. `python tests/benchmarks/duplicates.py FOLDER` tells the figures for
each half of the DOIs, and every pair that the truth does not bear out.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from table import Row

from kb.bibliography.reading import Entry, Given, read
from kb.corpus.sources import texts
from kb.intake.matching import Matcher

if TYPE_CHECKING:
    from bench import Bench

_DOI = re.compile(r"10\.\d{4,9}/")
WHOLE = 2  # beside 0 and 1, the halves


class Found(NamedTuple):
    """A record of a file, its DOI, and the first record that it was taken for."""

    entry: Entry
    file: str
    doi: str
    group: str


class Figures(NamedTuple):
    """How many pairs were found, found wrongly and missed, and which were not right."""

    right: int
    wrong: int
    missed: int
    errors: tuple[tuple[Found, Found], ...]

    @property
    def precision(self) -> float:
        """What part of the pairs that were found is right."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """What part of the right pairs was found."""
        return self.right / (self.right + self.missed)


def matched(folder: Path) -> list[Found]:
    """The records of all files of a folder in their order, each taken for an earlier one or for a work of its own."""
    matcher, found = Matcher(), list[Found]()
    for path in sorted(folder.glob("*.ris")):
        for entry in read(Given(path, path.name)):
            record = hidden(entry.record)
            match = matcher.match(record)
            group = match.id if match and match.same else str(len(found))
            matcher.add(group, record)
            found.append(Found(entry, path.name, str(entry.record.get("doi", "")).lower(), group))
    return found


def hidden(record: dict[str, Any]) -> dict[str, Any]:
    """A record without its DOI, wherever it stands."""
    extra = {name: _without(value) for name, value in record.get("extra", {}).items()}
    return {key: value for key, value in record.items() if key != "doi"} | {
        "url": _without(record.get("url")), "extra": extra,
    }  # fmt: skip


def figures(found: list[Found], half: int = WHOLE) -> Figures:
    """What the DOIs of one half, or of all, tell of the pairs."""
    right = wrong = missed = 0
    errors = list[tuple[Found, Found]]()
    for one, other in combinations([each for each in found if each.doi], 2):
        same, taken = one.doi == other.doi, one.group == other.group
        if not (same or taken) or half not in (WHOLE, _half(one.doi), _half(other.doi)):
            continue
        right, wrong, missed = right + (same and taken), wrong + (not same), missed + (not taken)
        if not (same and taken):
            errors.append((one, other))
    return Figures(right, wrong, missed, tuple(errors))


def row(bench: Bench) -> Iterator[Row]:
    """Precision and recall on all pairs."""
    folder = bench.data / "bib" / "ris"
    if not folder.is_dir():
        yield Row("duplicates", f"skipped: no {folder}")
        return
    got = figures(matched(folder))
    tell: Callable[[float], str] = "{:.4f}".format
    yield Row("duplicates against DOIs, precision", tell(got.precision), aim="≥ .98")
    yield Row("duplicates against DOIs, recall", tell(got.recall), aim="≥ .97")


def _half(doi: str) -> int:
    return hashlib.sha256(doi.encode()).digest()[0] % 2


def _without(value: Any) -> list[str]:
    return [text for text in texts(value) if not _DOI.search(text)]


def _told(each: Found) -> str:
    record = each.entry.record
    said = " | ".join(str(record.get(key) or "–") for key in ("title", "issued", "container", "volume", "pages"))
    return f"    {each.file}:{each.entry.line} {each.doi}: {said}"


if __name__ == "__main__":
    records = matched(Path(sys.argv[1]))
    for name, half in (("first half", 0), ("second half", 1), ("all", WHOLE)):
        got = figures(records, half)
        counts = f"{got.right} right, {got.wrong} wrong, {got.missed} missed"
        print(f"{name}: precision {got.precision:.4f}, recall {got.recall:.4f} ({counts})")
    for pair in {tuple(sorted({each.doi for each in pair})): pair for pair in got.errors}.values():
        print("wrong" if pair[0].doi != pair[1].doi else "missed", *map(_told, pair), sep="\n")
