"""Two runs are compared question by question, with an interval that tells what the choice of questions may do."""

import json
import random
from itertools import product

import numpy as np
import pytest

from kb import BadSource, NotFound
from kb.errors import BadQuery
from kb.plain import plain
from kb.retrieval.compare import compare, lines, read_run
from kb.retrieval.evaluate import Evaluation, Score, evaluate, questions


def run(**ndcg):
    return Evaluation(tuple(Score(id=id, ndcg=x, recall=x / 2, reciprocal_rank=1.0) for id, x in ndcg.items()))


def many(shift, seed=3, n=60):
    draw = random.Random(seed)
    before = {f"q{i}": draw.uniform(0.2, 0.6) for i in range(n)}
    after = {id: x + shift + draw.uniform(-0.2, 0.2) for id, x in before.items()}
    return run(**before), run(**after)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "run.json"


def test_a_run_comes_back_as_kb_eval_wrote_it(toy, file):
    ranking = ["practice-regular-meetings", "reed-2001", "testwell-2010#c1", "barrier-distance"]
    found = evaluate(lambda text: ranking, questions(toy / "questions.yaml"))
    file.write_text(json.dumps(plain(found)))

    assert [(s.id, s.ndcg, s.recall, s.reciprocal_rank) for s in read_run(file).scores] == [
        (s.id, s.ndcg, s.recall, s.reciprocal_rank) for s in found.scores
    ]


def test_further_keys_of_a_run_are_ignored(file):
    query = {"id": "a", "ndcg@10": 1, "recall@50": 0.5, "mrr": 0, "map": "x", "query": "who pays"}
    file.write_text(json.dumps({"queries": [query], "mode": "fused"}))

    assert read_run(file).plain()["queries"] == [{"id": "a", "ndcg@10": 1.0, "recall@50": 0.5, "mrr": 0.0}]


GOOD = {"id": "a", "ndcg@10": 1, "recall@50": 1, "mrr": 1}


@pytest.mark.parametrize(("text", "why"), [
    ("{\n", r"run\.json:2: is no JSON"), ("[]", "holds no 'queries'"), ("{}", "holds no 'queries'"),
    ('{"queries": 1}', "holds no 'queries'"), ('{"queries": ["a"]}', "holds no 'queries'"),
    (json.dumps({"queries": [GOOD | {"mrr": None}]}), "mrr of question 'a' is None, no number from 0 to 1"),
    (json.dumps({"queries": [GOOD | {"mrr": float("nan")}]}), "is nan"),
    (json.dumps({"queries": [GOOD | {"ndcg@10": 2}]}), "ndcg@10 of question 'a' is 2"),
    (json.dumps({"queries": [GOOD, GOOD]}), "question 'a' twice"),
    ("[" * 100_000, "holds no 'queries'"),
], ids=range(10))  # fmt: skip
def test_a_file_that_is_no_run_is_told(file, text, why):
    file.write_text(text)

    with pytest.raises(BadSource, match=why):
        read_run(file)


def test_a_run_that_is_missing_or_a_folder_is_told(tmp_path):
    with pytest.raises(NotFound, match="write it with 'kb eval FILE --json"):
        read_run(tmp_path / "none.json")
    with pytest.raises(BadSource, match="cannot be read"):
        read_run(tmp_path)


def test_means_and_counts_are_of_the_questions_in_both():
    found = compare(run(a=0.1, b=0.5, c=0.4, x=1.0), run(d=0.0, c=0.4, b=0.2, a=0.9, e=0.0))

    figure = found.figures[0]
    assert (figure.a, figure.b, figure.difference) == pytest.approx((1 / 3, 0.5, 1 / 6))
    assert (figure.won, figure.lost, figure.tied) == (1, 1, 1)
    assert (found.questions, found.only_a, found.only_b) == (3, 1, 2)
    assert [figure.name for figure in found.figures] == ["ndcg@10", "recall@50", "mrr"]


def test_questions_are_sorted_by_what_they_gained():
    found = compare(run(a=0.5, b=0.5, c=0.5, d=0.5), run(a=0.5, b=0.25, c=1.0, d=0.5))

    assert [(change.id, change.difference) for change in found.changes] == [
        ("c", 0.5), ("a", 0.0), ("d", 0.0), ("b", -0.25)
    ]  # fmt: skip


def test_a_run_against_itself_differs_by_nothing():
    one, _ = many(0)

    for figure in compare(one, one).figures:
        assert (figure.difference, figure.low, figure.high, figure.tied) == (0, 0, 0, 60)
        assert figure.verdict == "too close to call"


def test_the_interval_is_that_of_all_samples_where_they_can_be_counted():
    one, other = run(a=0.1, b=0.2, c=0.3, d=0.4), run(a=0.2, b=0.6, c=0.2, d=0.9)
    differences = [y.ndcg - x.ndcg for x, y in zip(one.scores, other.scores, strict=True)]
    exact = np.percentile([sum(drawn) / 4 for drawn in product(differences, repeat=4)], [2.5, 97.5])

    figure = compare(one, other, samples=100_000).figures[0]

    assert (figure.low, figure.high) == pytest.approx(tuple(exact), abs=0.0126)  # the neighbouring sums' distance


def test_the_interval_is_near_that_of_the_normal_distribution():
    one, other = many(0.05, n=200)
    differences = np.array([y.ndcg - x.ndcg for x, y in zip(one.scores, other.scores, strict=True)])
    half = 1.96 * differences.std() / np.sqrt(200)

    figure = compare(one, other).figures[0]

    assert (figure.low, figure.high) == pytest.approx((figure.difference - half, figure.difference + half), abs=2e-3)


@pytest.mark.parametrize(("shift", "verdict"), [(0.1, "b is better"), (-0.1, "b is worse"), (0, "too close to call")])
def test_a_verdict_needs_an_interval_without_zero(shift, verdict):
    assert compare(*many(shift)).figures[0].verdict == verdict


def test_the_same_seed_gives_the_same_interval_in_any_order_of_questions():
    one, other = many(0.02)
    turned = Evaluation(other.scores[::-1])

    assert compare(one, other, seed=7) == compare(one, turned, seed=7)
    assert compare(one, other, seed=7) != compare(one, other, seed=8)


def test_more_draws_than_are_held_at_once_are_drawn():
    one, other = many(0.05, n=400)

    assert compare(one, other, samples=7_000).figures[0].verdict == "b is better"


def test_runs_without_a_common_question_are_told():
    with pytest.raises(BadQuery, match="no question in common"):
        compare(run(a=1), run(b=1))


@pytest.mark.parametrize(("samples", "seed"), [(0, 1), (10, -1)])
def test_samples_and_seed_that_cannot_be_are_told(samples, seed):
    with pytest.raises(BadQuery, match="cannot draw"):
        compare(run(a=1), run(a=1), samples, seed)


def test_a_comparison_can_be_given_as_json():
    found = json.loads(json.dumps(plain(compare(run(a=0.5), run(a=0.75)))))

    assert found["changes"] == [{"id": "a", "a": 0.5, "b": 0.75, "difference": 0.25}]
    assert found["figures"][0] == {
        "name": "ndcg@10", "a": 0.5, "b": 0.75, "difference": 0.25, "low": 0.25, "high": 0.25,
        "won": 1, "lost": 0, "tied": 0,
    }  # fmt: skip


def test_the_report_is_aligned_and_short():
    before, after = run(**{f"q{n}": 0.5 for n in range(30)}), run(**{f"q{n}": n / 29 for n in range(30)})

    report = list(lines(compare(before, after)))

    assert {line.index("  too close") for line in report[1:4]} == {len(report[0])}
    assert len(report) == 5 + 2 * 6


def test_the_report_warns_of_few_questions():
    assert any("narrower than they should be" in line for line in lines(compare(run(a=0), run(a=1))))
