"""Judged questions come from a file or a BEIR folder; anything else is told in one sentence."""

import json

import pytest

from kb import BadSource


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
