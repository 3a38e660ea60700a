"""The model: exported once, with the vectors that sentence-transformers itself gives."""

import json
import shutil

import numpy as np
import pytest

from kb import BadHome
from kb.retrieval import encoder
from kb.retrieval.encoder import LazyEncoder, OnnxEncoder, TorchEncoder

pytestmark = pytest.mark.real
TEXTS = ["trust", "Who pays sets the terms, says a report of some length.", ""]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="module")
def model(cache):
    return encoder.load(None, cache, lambda what: None)


def test_the_vectors_are_those_of_sentence_transformers(model):
    theirs = TorchEncoder(encoder._sentence_transformer(None), "").encode([*TEXTS, "long " * 400])

    assert isinstance(model, OnnxEncoder)
    assert (model.encode([*TEXTS, "long " * 400]) * theirs).sum(axis=1).min() >= encoder.AGREEMENT


def test_a_text_has_the_same_vector_alone_and_among_others(model):
    among = model.encode([f"{n} " * n for n in range(1, 70)] + TEXTS)[-len(TEXTS) :]

    assert np.abs(model.encode(TEXTS) - among).max() < 1e-5


def test_the_model_is_exported_once(cache, model):
    told = []
    again = encoder.load(None, cache, told.append)

    assert (told, again.fingerprint) == ([], model.fingerprint)


@pytest.fixture
def damaged(cache, model, tmp_path):
    """A cache whose exported model has a wrong last byte."""
    copy = tmp_path / "model"
    shutil.copytree(cache, copy)
    exported = next(copy.rglob("model.onnx"))
    exported.write_bytes(exported.read_bytes()[:-1] + b"x")
    return copy


def test_the_fingerprint_is_known_before_the_model_is_read(damaged, model):
    told = []
    lazy = LazyEncoder(None, damaged, told.append)

    assert (told, lazy.fingerprint) == ([], model.fingerprint)


def test_a_damaged_export_is_made_again_with_the_first_text(damaged, model):
    told = []
    vectors = LazyEncoder(None, damaged, told.append).encode(TEXTS)

    assert "damaged" in told[0]
    assert np.abs(vectors - model.encode(TEXTS)).max() < 1e-5


def test_an_export_of_another_model_is_not_mixed_with_this_one(damaged):
    path = next(damaged.rglob("model.json"))
    path.write_text(path.read_text().replace('"fingerprint": "onnx:', '"fingerprint": "onnx:another'))

    with pytest.raises(BadHome, match="run 'kb build' once more"):
        LazyEncoder(None, damaged, lambda what: None).encode(TEXTS)


def test_a_model_with_other_pooling_is_served_by_sentence_transformers(tmp_path):
    folder = tmp_path / "cls"
    shutil.copytree(encoder._location(None), folder)
    pooling = folder / "1_Pooling" / "config.json"
    pooling.write_text(json.dumps({"word_embedding_dimension": 384, "pooling_mode_cls_token": True,
                                   "pooling_mode_mean_tokens": False}))  # fmt: skip
    told = []

    found = encoder.load(str(folder), tmp_path / "cache", told.append)

    assert isinstance(found, TorchEncoder)
    assert "sentence-transformers serves it" in told[-1]
    assert np.linalg.norm(found.encode(["trust"]), axis=1) == pytest.approx(1)
    assert isinstance(encoder.load(str(folder), tmp_path / "cache", told.append), TorchEncoder)


def test_a_model_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadHome, match="KB_MODEL=no/such-model"):
        encoder.load("no/such-model", tmp_path, lambda what: None)


def test_other_weights_than_the_packaged_ones_are_refused():
    with pytest.raises(BadHome, match="is not the model it should be"):
        encoder._sentence_transformer(None, packaged="0" * 64)
