"""Judged questions come from a file or a BEIR folder; anything else is told in one sentence."""

import json

import pytest
from conftest import DATA, ROOT

from kb import BadQuery, BadSource
from kb.retrieval import evaluate

RECORDED = {"questions": 0.709, "pooled": 0.727}  # nDCG@10 of the usual ranking; raise it when the ranking gets better


def test_a_folder_without_documents_is_told(base, tmp_path):
    with pytest.raises(BadSource, match=r"without corpus\.jsonl: give a file of questions, or a BEIR folder"):
        base.evaluate(tmp_path)


@pytest.mark.parametrize("line", ["[1]", "{}", "none"])
def test_documents_of_another_form_are_told(base, tmp_path, line):
    (tmp_path / "corpus.jsonl").write_text(line + "\n")

    with pytest.raises(BadSource, match="is not a BEIR folder"):
        base.evaluate(tmp_path)


def test_a_beir_folder_is_ranked_over_its_own_documents(base, tmp_path):
    documents = [{"_id": "a", "title": "Mills", "text": "Who pays for a mill"}, {"_id": "b", "text": "Nothing of it"}]
    (tmp_path / "corpus.jsonl").write_text("\n".join(map(json.dumps, documents)))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "1", "text": "who pays for a mill"}))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n1\ta\t1\n")

    assert base.evaluate(tmp_path).plain()["mrr"] == 1


@pytest.mark.real
@pytest.mark.parametrize("name", RECORDED)
def test_the_ranking_is_as_good_as_it_was(real_base, name):
    found = real_base.evaluate(ROOT / "tests" / "judged" / f"{name}.yaml").plain()

    assert found["ndcg@10"] >= RECORDED[name]


@pytest.mark.real
@pytest.mark.parametrize("name", ["adi"])
def test_on_other_collections_too_it_beats_plain_fusion(real_base, name):
    folder = DATA / "ir" / name
    if not folder.exists():
        pytest.skip(f"no measuring data at {folder}")

    assert real_base.evaluate(folder).plain()["ndcg@10"] >= 0.5169  # reciprocal rank fusion of BM25 and the same model


def test_pooled_judgements_keep_the_frozen_ones():
    frozen, pooled = (evaluate.questions(ROOT / "tests" / "judged" / f"{name}.yaml") for name in RECORDED)

    assert [(q.id, q.text) for q in frozen] == [(q.id, q.text) for q in pooled]
    assert all(f.grades.items() <= p.grades.items() for f, p in zip(frozen, pooled, strict=True))


@pytest.mark.parametrize("feature", ["understanding", "concepts", "alike", "narrower", "related"])
def test_each_feature_of_the_ranking_can_be_left_out(base, feature):
    usual, without = (base.evaluate(ROOT / "tests/toy/questions.yaml", without=w).plain() for w in ([], [feature]))

    assert len(usual["queries"]) == len(without["queries"])


def test_a_feature_that_is_not_is_told(base):
    with pytest.raises(BadQuery, match="no feature 'magic'"):
        base.evaluate(ROOT / "tests/toy/questions.yaml", also=["magic"])


def test_a_judged_claim_counts_as_its_source(tmp_path):
    path = tmp_path / "q.yaml"
    path.write_text(
        "questions: [{id: a, query: mill, relevant: [{id: reed-2001#c1, grade: 2}, {id: reed-2001, grade: 1}]}]"
    )

    assert evaluate.questions(path)[0].grades == {"reed-2001": 2}
