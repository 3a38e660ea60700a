"""Measure what the project promises on this machine, beside what users would pick instead: `make bench`.

Prints one table in Markdown. Nothing is asserted: timings depend on the machine. How: README.md beside this file.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import asking
import doors
import duplicates
import evidence
import machine
import pages
import quality
import race
import saving
import suggesting
from bench import HERE, Bench
from lines import Failed
from table import HEAD, Row, put

ROWS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "help": doors.usage,
    "build": doors.build,
    "cold": race.cold,
    "warm": doors.warm,
    "edit": doors.edit,
    "embedding": race.embedding,
    "query10k": partial(race.query, 10_000),
    "query200k": partial(race.query, 200_000),
    "complete": race.complete,
    "ndcg": quality.ndcg,
    "suggest": suggesting.suggest,
    "saving": saving.saving,
    "duplicates": duplicates.row,
    "endpoint": asking.endpoint,
    "rdflib": asking.rdflib,
    "million": asking.million,
    "pages": pages.times,
    "synthesis": evidence.synthesis,
    "thesaurus": pages.thesaurus,
    "paint": pages.paint,
}


def main(arguments: list[str]) -> None:
    """Print the rows that are asked for, each as soon as it is measured."""
    asked = options(arguments)
    printed = []
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), asked.data, asked.judged, asked.repeats)
        try:
            for line in lines(bench, asked.only):
                print(line, flush=True)
                printed.append(line)
        finally:
            bench.close()
    if asked.write:
        put("\n".join(printed), HERE / "README.md")


def lines(bench: Bench, names: list[str]) -> Iterator[str]:
    """What is printed: the machine, the head of the table and its rows."""
    yield machine.described(peers(bench))
    yield ""
    yield HEAD
    for name in names:
        yield from map(str, measured(name, bench))


def measured(name: str, bench: Bench) -> Iterator[Row]:
    """The rows called *name*; what cannot be measured says why, and the others go on."""
    try:
        yield from ROWS[name](bench)
    except Exception as error:
        reason = str(error) if isinstance(error, Failed) else f"{type(error).__name__}: {error}"
        yield Row(name, f"skipped: {' '.join(reason.split())}")


def peers(bench: Bench) -> str:
    """What is compared with, and its versions."""
    try:
        return str(bench.theirs.ask("versions"))
    except Failed as error:
        return f"nothing ({error})"


def options(arguments: list[str]) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("judged", nargs="*", type=Path, help="files or folders for 'kb eval'")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the folder with measuring data")
    parser.add_argument("--only", type=rows, default=list(ROWS), help=f"some of {','.join(ROWS)}")
    parser.add_argument("--repeats", type=int, default=5, help="how many turns each measurement has")
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    asked = parser.parse_args(arguments)
    if asked.write and asked.only != list(ROWS):
        parser.error("--write takes the whole table: leave --only out")
    return asked


def rows(text: str) -> list[str]:
    """The names in *text*, in the order of the table; all of them if it is empty."""
    names = {name.strip() for name in text.split(",") if name.strip()}
    if unknown := names - ROWS.keys():
        raise argparse.ArgumentTypeError(f"no row {', '.join(sorted(unknown))}: choose from {', '.join(ROWS)}")
    return [name for name in ROWS if name in names or not names]


if __name__ == "__main__":
    main(sys.argv[1:])
