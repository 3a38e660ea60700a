"""Rows that tell how good suggested concepts are, on library titles and on our own works, and how long one takes."""

import json
import statistics
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from bench import Bench
from table import NONE, Row, figure, told

from kb.corpus.sources import parse
from kb.retrieval import index
from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.evaluate import Question, score
from kb.retrieval.index import Index
from kb.retrieval.passages import Passage
from kb.retrieval.suggest import Suggester

CUT, RECALL = 5, 10
NEAR = "near_domain_dev.jsonl"
JUDGED = Path(__file__).parents[1] / "judged" / "subjects.yaml"
TIMED, WORDS = 10, 200  # texts that are timed, of so many words
REFERENCES = {  # F1@5 by other programs: nearest label with label match; nearest titles; both fused
    "labels only": "0.134 (label match and nearest label)",
    "with the titles of dev": "0.191 (fused with nearest titles, which are not told)",
}

Gold = Mapping[str, Collection[str]]
Rank = Callable[[str], Sequence[str]]


class Figures(NamedTuple):
    """Means over works: F1@5, the most that F1@5 can be with so few subjects, P@1, recall@10, nDCG@10."""

    f1: float
    ceiling: float
    first: float
    recall: float
    ndcg: float


class Titles(NamedTuple):
    """Titles of works by id, and the subjects of each."""

    texts: dict[str, str]
    subjects: dict[str, list[str]]


def measure(rank: Rank, gold: Gold) -> Figures:
    """How well *rank* gives the *gold* subjects of each work."""
    found = [_figures(list(rank(id))[:RECALL], set(wanted)) for id, wanted in gold.items() if wanted]
    return Figures(*(statistics.fmean(column) for column in zip(*found, strict=True)))


def suggest(bench: Bench) -> Iterator[Row]:
    """F1@5 on titles of a library and on our own works, and the time of a suggestion."""
    from kb import KnowledgeBase

    base = KnowledgeBase(bench.own.home)
    try:
        works = Works.of(base)
        for name, gold in works.golds().items():
            found = measure(works.left_out(base), gold)
            told_ = f"{found.f1:.4f} ({found.f1 / found.ceiling:.2f} of what is possible, recall@10 {found.recall:.3f})"
            plain = measure(works.by_labels(base), gold)
            yield Row(f"suggested concepts, F1@5, our works, each left out, {name}", told_, f"{plain.f1:.4f} (labels)",
                      figure(found.f1 / plain.f1), "≥ 0.80 of it")  # fmt: skip
        suggester = base.generation.suggester
        yield timed(suggester, lambda: base.encoder, works.long(), len(suggester.vocabulary))
        yield from library(bench, Remembered(base.encoder))
    finally:
        base.close()


def library(bench: Bench, encoder: Encoder) -> Iterator[Row]:
    """The same on titles of a library, with nothing annotated, with titles of all fields, with half of their own."""
    folder = bench.data / "yso"
    if not folder.is_dir():
        yield Row("suggested concepts, library titles", "skipped: there is no yso in the folder DATA")
        return
    concepts, dev, near = labels(folder / "yso-en.tsv"), titles(folder / "dev.jsonl"), titles(folder / NEAR)
    halves = [list(near.texts)[n::2] for n in (0, 1)]
    first = lay(bench.folder / "yso", concepts, Titles({}, {}), encoder)
    runs = {
        "labels only": [(first, list(near.texts))],
        "with the titles of dev": [(lay(bench.folder / "yso-dev", concepts, dev, encoder), list(near.texts))],
        "with the other half of them": [
            (lay(bench.folder / f"yso-{n}", concepts, only(near, halves[n]), encoder), halves[1 - n]) for n in (0, 1)
        ],
    }
    for name, parts in runs.items():
        ranked: dict[str, list[str]] = {}
        for made, ids in parts:
            suggester = Suggester(made)
            for id in ids:
                ranked[id] = [each.id for each in suggester.suggest(lambda: encoder, near.texts[id])]
        found = measure(ranked.__getitem__, near.subjects)
        ours = f"{found.f1:.4f} (P@1 {found.first:.3f}, nDCG@10 {found.ndcg:.4f})"
        yield Row(f"suggested concepts, F1@5, library titles, {name}", ours, REFERENCES.get(name, NONE))
    yield timed(Suggester(first), lambda: Forgetful(encoder), long(near.texts.values()), len(concepts))


def timed(suggester: Suggester, encoder: Callable[[], Encoder], texts: Sequence[str], count: int) -> Row:
    """How long a suggestion takes in a warm process."""
    suggester.suggest(encoder, texts[0])
    taken = []
    for text in texts:
        start = time.perf_counter()
        suggester.suggest(encoder, text)
        taken.append(1000 * (time.perf_counter() - start))
    return Row(f"suggestion for {WORDS} words, {count:,} concepts", told(taken, "ms"), aim="≤ 150 ms")


class Works(NamedTuple):
    """Our works: the text of each, its subjects, and what else its claims are about."""

    texts: dict[str, str]
    subjects: dict[str, set[str]]
    about: dict[str, set[str]]

    @classmethod
    def of(cls, base: Any) -> "Works":
        """Those of a base."""
        sources = list(base.corpus)
        about = {s.id: {id for claim in s.claims for id in claim.get("about") or ()} for s in sources}
        texts = {s.id: f"{s.data.get('title', '')}. {s.data.get('summary', '')}" for s in sources}
        return cls(texts, {s.id: set(s.data.get("subjects") or ()) for s in sources}, about)

    def golds(self) -> dict[str, Gold]:
        """What the suggestions are compared with."""
        return {
            f"{len(self.subjects)} works, their subjects": self.subjects,
            f"{len(self.subjects)} works, with what claims are about": {
                id: wanted | self.about[id] for id, wanted in self.subjects.items()
            },
            "30 works judged anew": judged(),
        }

    def left_out(self, base: Any) -> Rank:
        """What is suggested for each work as if it were new: for its title and summary, by all other works."""
        suggester = base.generation.suggester
        found = {
            id: [each.id for each in suggester.suggest(lambda: base.encoder, text, without=[id])]
            for id, text in self.texts.items()
        }
        return found.__getitem__

    def by_labels(self, base: Any) -> Rank:
        """The concepts with a label in the text: the longest ones first, then the first ones."""
        vocabulary = base.generation.suggester.vocabulary

        def rank(id: str) -> list[str]:
            found = vocabulary.labels.found(self.texts[id])
            order = sorted(found, key=lambda n: (-found[n].place.words, found[n].place.start))
            return [vocabulary.ids[n] for n in order]

        return rank

    def long(self) -> list[str]:
        """Texts of WORDS words."""
        return long(self.texts.values())


class Remembered:
    """An encoder that reads no text twice: most titles and phrases come again in the next run."""

    def __init__(self, encoder: Encoder) -> None:
        self.inner, self.fingerprint = encoder, encoder.fingerprint
        self._known: dict[str, Matrix] = {}

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return the unit vectors of *texts*."""
        if new := [text for text in dict.fromkeys(texts) if text not in self._known]:
            self._known.update(zip(new, self.inner.encode(new), strict=True))
        return np.stack([self._known[text] for text in texts]) if len(texts) else self.inner.encode([""])[:0]

    def knows(self, word: str) -> bool:
        """Whether the model has *word* whole in its vocabulary."""
        return self.inner.knows(word)


class Forgetful:
    """The encoder behind a `Remembered` one, so that what is timed is read."""

    def __init__(self, encoder: Any) -> None:
        self.encode, self.knows, self.fingerprint = encoder.inner.encode, encoder.inner.knows, encoder.fingerprint


def judged() -> dict[str, set[str]]:
    """The subjects of the works that were judged anew."""
    data = parse(JUDGED.read_text(encoding="utf-8"), JUDGED)
    return {id: set(said["relevant"]) for id, said in data["works"].items()}


def labels(path: Path) -> dict[str, str]:
    """The concepts of a vocabulary: the last part of each IRI, with its label."""
    lines = (line.split("\t")[:2] for line in path.read_text(encoding="utf-8").splitlines())
    return {_local(iri.strip("<>")): label for iri, label in lines}


def titles(path: Path) -> Titles:
    """Titles with their subjects."""
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    texts = {f"{path.stem}-{n}": record["text"] for n, record in enumerate(records)}
    return Titles(texts, {id: sorted({_local(each["uri"]) for each in record["subjects"]})
                          for id, record in zip(texts, records, strict=True)})  # fmt: skip


def only(given: Titles, ids: Iterable[str]) -> Titles:
    """Some of the titles."""
    kept = list(ids)
    return Titles({id: given.texts[id] for id in kept}, {id: given.subjects[id] for id in kept})


def lay(folder: Path, concepts: Mapping[str, str], annotated: Titles, encoder: Encoder) -> Index:
    """An index of a vocabulary that has labels alone, with annotated titles."""
    passages = {"vocabulary": [Passage(id, "concept", "", label, concepts=(id,)) for id, label in concepts.items()]}
    for id, text in annotated.texts.items():
        passages[id] = [Passage(id, "source", "", text, source=id, concepts=tuple(annotated.subjects[id]))]
    index.write(folder, None, passages, encoder, lambda what, done, total: None)
    return Index(folder)


def long(texts: Iterable[str]) -> list[str]:
    """Texts of WORDS words, made of *texts*."""
    words = " ".join(texts).split()
    return [" ".join(words[n * WORDS : (n + 1) * WORDS]) for n in range(TIMED)]


def _figures(ranked: Sequence[str], wanted: Collection[str]) -> Figures:
    hits = len(set(wanted) & set(ranked[:CUT]))
    scored = score(Question("", "", dict.fromkeys(wanted, 1)), list(ranked))
    most = min(CUT, len(wanted))
    return Figures(
        2 * hits / (CUT + len(wanted)), 2 * most / (CUT + len(wanted)), float(ranked[:1] != [] and ranked[0] in wanted),
        len(set(ranked[:RECALL]) & set(wanted)) / len(wanted), scored.ndcg,
    )  # fmt: skip


def _local(iri: str) -> str:
    return iri.rpartition("/")[2]
