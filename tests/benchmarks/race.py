"""Rows measured side by side, in turns: embedding, warm and cold search; and completion, which has no rival."""

import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import corpora
import numpy as np
from bench import HERE, PEERS, Bench
from lines import Failed
from table import Row, alone, compared, percentile

BATCHES, OTHER_TURNS = (64, 128), 2  # beside their default of 32
WARM = 20  # searches that are not timed
TYPED = range(1, 16)  # letters
T = TypeVar("T")
AIMS = {10_000: (5, 10), 200_000: (8, 15)}  # passages: milliseconds at p50 and p95


def embedding(bench: Bench) -> Iterator[Row]:
    """Passages a second, of the project's own corpus."""
    texts, out = bench.own.texts, {name: bench.folder / f"{name}.npy" for name in ("our-own", "their-own")}
    count = len(bench.own.passages())

    def our() -> float:
        return count / bench.ours.ask("encode", texts=texts, out=out["our-own"])

    def their(batch: int = 32) -> float:
        return count / bench.theirs.ask("encode", texts=texts, out=out["their-own"], batch=batch)

    ours, theirs = in_turns(our, their, bench.repeats)
    yield compared(f"embedding the corpus, {count:,} passages", ours, theirs, "passages/s", "≥ 1.8")
    others = {batch: in_turns(our, partial(their, batch), OTHER_TURNS) for batch in BATCHES}
    best = max(others, key=lambda batch: max(others[batch][1]))
    yield compared(f"the same, the better of their batches 64 and 128: {best}", *others[best], "passages/s")
    yield Row("the same, least cosine of the two", f"{least_cosine(*out.values()):.6f}", aim="≥ .9999")


def query(count: int, bench: Bench) -> Iterator[Row]:
    """A warm search among about *count* passages."""
    made = bench.large(count)
    folder, taken = bench.rival(made)
    passages = f"{len(made.passages()):,} passages"
    yield compared(f"build of {passages}, vectors given; ours with RDF", [made.seconds], [taken], "s")
    bench.ours.ask("open", home=made.home)
    bench.theirs.ask("open", folder=folder)
    ours, theirs = searches(bench, corpora.queries(bench.records))
    for percent, aim in zip((50, 95), AIMS[count], strict=True):
        our, their = ([percentile(turn, percent) * 1000 for turn in side] for side in (ours, theirs))
        yield compared(f"search, warm, {passages}, p{percent}", our, their, "ms", f"≤ {aim} ms, ≤ 0.5")


def searches(bench: Bench, queries: list[str]) -> tuple[list[list[float]], list[list[float]]]:
    """The seconds of each of *queries* in each turn, ours and theirs, in what both have open."""
    for side in (bench.ours, bench.theirs):
        side.ask("search", queries=queries[:WARM])
    return in_turns(
        lambda: bench.ours.ask("search", queries=queries),
        lambda: bench.theirs.ask("search", queries=queries),
        bench.repeats,
    )


def cold(bench: Bench) -> Iterator[Row]:
    """A search of the project's corpus as a whole process."""
    folder, _ = bench.rival(bench.own)
    questions = iter(corpora.QUESTIONS * bench.repeats)

    def our() -> float:
        return seconds(lambda: bench.kb(bench.own.home, "search", next(questions)))

    def their() -> float:
        return seconds(lambda: their_search(folder, next(questions)))

    our(), their()  # the files are in the system's cache
    ours, theirs = in_turns(our, their, bench.repeats)
    yield compared("search, whole process", ours, theirs, "s", "≤ 0.7 s")


def complete(bench: Bench) -> Iterator[Row]:
    """What is being typed, in each home of this run."""
    typed = [text[:length] for text in corpora.QUESTIONS for length in TYPED]
    homes = [bench.own, *(made for name, made in bench.made.items() if name != "own")]
    for made in homes:
        bench.ours.ask("open", home=made.home)
        bench.ours.ask("complete", texts=typed[:WARM])
        found = [bench.ours.ask("complete", texts=typed) for _ in range(bench.repeats)]
        times = [percentile(turn, 95) * 1000 for turn in found]
        yield alone(f"completion, {len(made.passages()):,} passages, p95", times, "ms", "≤ 10 ms")


def in_turns(our: Callable[[], T], their: Callable[[], T], count: int) -> tuple[list[T], list[T]]:
    """What *count* turns of each give; who began a turn ends the next."""
    ours, theirs = [], []
    for number in range(count):
        for side, found in ((our, ours), (their, theirs))[:: -1 if number % 2 else 1]:
            found.append(side())
    return ours, theirs


def their_search(folder: Path, query: str) -> None:
    """A process that imports txtai, loads its index and searches."""
    done = subprocess.run([PEERS, HERE / "theirs.py", folder, query], capture_output=True, text=True)
    if done.returncode or not done.stdout:
        raise Failed(f"txtai: {done.stderr.strip()[-300:]}")


def seconds(run: Callable[[], object]) -> float:
    """How many seconds *run* takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def least_cosine(ours: Path, theirs: Path) -> float:
    """The least cosine of two files' vectors of one text."""
    our, their = (np.load(path) for path in (ours, theirs))
    lengths = np.linalg.norm(our, axis=1) * np.linalg.norm(their, axis=1)
    return float(((our * their).sum(axis=1) / lengths).min())
