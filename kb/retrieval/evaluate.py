"""How good a ranking is: nDCG, recall and reciprocal rank on judged queries."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from kb.corpus.sources import parse
from kb.errors import BadSource, NotFound
from kb.retrieval import passages
from kb.retrieval.encoder import Encoder
from kb.retrieval.index import Index, Progress, write
from kb.retrieval.passages import Passage, owner
from kb.retrieval.rank import Plan, find

NDCG_CUT, RECALL_CUT = 10, 50
BEIR = "a BEIR folder (corpus.jsonl, queries.jsonl, qrels/test.tsv)"


class Question(NamedTuple):
    """A query with its judgements: id → grade, higher is more relevant, 0 is not."""

    id: str
    text: str
    grades: dict[str, int]


class Score(NamedTuple):
    """The figures of one query, each between 0 and 1."""

    id: str
    ndcg: float
    recall: float
    reciprocal_rank: float

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"id": self.id, **_figures(self.ndcg, self.recall, self.reciprocal_rank)}


class Evaluation(NamedTuple):
    """The means over all queries that have a positive judgement, and each query's own figures."""

    scores: tuple[Score, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        mean = (self._mean("ndcg"), self._mean("recall"), self._mean("reciprocal_rank"))
        return {**_figures(*mean), "queries": [score.plain() for score in self.scores]}

    def _mean(self, figure: str) -> float:
        return math.fsum(getattr(score, figure) for score in self.scores) / max(len(self.scores), 1)


def evaluate(rank: Callable[[str], list[str]], questions: list[Question]) -> Evaluation:
    """Score what *rank* gives for each question: ids of passages, best first.

    Claims and passages count as their source, the first occurrence is kept.
    """
    judged = [q for q in questions if any(grade > 0 for grade in q.grades.values())]
    return Evaluation(tuple(score(q, list(dict.fromkeys(map(owner, rank(q.text))))) for q in judged))


def on_index(index: Index, questions: list[Question], encoder: Callable[[], Encoder], plan: Plan) -> Evaluation:
    """Score the ranking of an index."""
    return evaluate(
        lambda text: [index.ids[row] for row in find(index, encoder, text, plan=plan).ranked.rows], questions
    )


def on_beir(folder: Path, encoder: Encoder, plan: Plan, progress: Progress | None) -> Evaluation:
    """Score the ranking over a BEIR folder's documents, in an index that is thrown away."""
    documents, asked = beir(folder)
    with TemporaryDirectory() as name:
        place = Path(name) / "index"
        write(place, None, documents, encoder, progress or (lambda what, done, total: None))
        index = Index(place)
        try:
            return on_index(index, asked, lambda: encoder, plan)
        finally:
            index.close()


def score(question: Question, ranking: list[str]) -> Score:
    """The figures of one ranking: gains linear, ideal cut at 10 (Järvelin & Kekäläinen 2002).

    >>> score(Question("q", "", {"a": 2, "b": 1}), ["b", "x", "a"])
    Score(id='q', ndcg=0.760..., recall=1.0, reciprocal_rank=1.0)
    """
    grades = question.grades
    relevant = {id for id, grade in grades.items() if grade > 0}
    ideal = _dcg(sorted((grades[id] for id in relevant), reverse=True))
    gained = _dcg([max(grades.get(id, 0), 0) for id in ranking])
    first = next((n for n, id in enumerate(ranking, 1) if id in relevant), 0)
    recall = len(relevant.intersection(ranking[:RECALL_CUT])) / len(relevant)
    return Score(question.id, gained / ideal, recall, 1 / first if first else 0.0)


def questions(path: Path) -> list[Question]:
    """The questions of a YAML file: ``questions:``, each with id, query and ``relevant: [{id, grade}]``."""
    try:
        data = parse(path.read_text(encoding="utf-8"), path)
        return [
            Question(str(q["id"]), str(q["query"]), _grades((str(r["id"]), int(r["grade"])) for r in q["relevant"]))
            for q in data["questions"]
        ]
    except FileNotFoundError:
        raise NotFound(f"no file or folder {path}") from None
    except IsADirectoryError:
        raise BadSource(f"{path}: is a folder without corpus.jsonl: give a file of questions, or {BEIR}") from None
    except OSError as error:
        raise BadSource(f"{path}: cannot be read: {error.strerror}") from error
    except (KeyError, TypeError, ValueError) as error:
        what = f"no {error}" if isinstance(error, KeyError) else str(error)
        raise BadSource(f"{path}: {what}; each question needs id, query and relevant: [{{id, grade}}]") from error


def _grades(judged: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Grades by source: a claim counts as its source, which has the best grade of any of them."""
    found: dict[str, int] = {}
    for id, grade in judged:
        found[owner(id)] = max(grade, found.get(owner(id), grade))
    return found


def is_beir(path: Path) -> bool:
    """Whether *path* is a folder in the layout of the BEIR benchmark."""
    return (path / "corpus.jsonl").is_file()


def beir(folder: Path) -> tuple[Mapping[str, list[Passage]], list[Question]]:
    """The documents (as passages, by id) and the judged queries of a BEIR folder."""
    try:
        documents = {d["_id"]: list(passages.of_text(d["_id"], d.get("title") or "", d["text"]))
                     for d in _lines(folder / "corpus.jsonl")}  # fmt: skip
        grades: dict[str, dict[str, int]] = {}
        for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            query, document, grade = line.split("\t")
            grades.setdefault(query, {})[document] = int(grade)
        asked = [Question(q["_id"], q["text"], grades.get(q["_id"], {})) for q in _lines(folder / "queries.jsonl")]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BadSource(f"{folder}: is not {BEIR}: {error}") from error
    return documents, asked


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _dcg(gains: list[int]) -> float:
    return math.fsum(gain / math.log2(n + 1) for n, gain in enumerate(gains[:NDCG_CUT], 1))


def _figures(ndcg: float, recall: float, mrr: float) -> dict[str, float]:
    return {f"ndcg@{NDCG_CUT}": ndcg, f"recall@{RECALL_CUT}": recall, "mrr": mrr}
