"""A file that rests is read once; one that may have changed is read again."""

import hashlib
from types import SimpleNamespace

import pytest

from kb.corpus.hashes import Hashes
from kb.errors import BadSource

RESTED = {"st_mtime_ns": 10**18, "st_ctime_ns": 10**18, "st_size": 4, "st_ino": 7}


def of(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "reed.yaml").write_text("reed")
    return tmp_path


def asked(folder, **status):
    hashes = Hashes(folder / "hashes.json")
    found = hashes.of(folder, "reed.yaml", SimpleNamespace(**RESTED | status))
    hashes.keep()
    return found


def test_a_file_that_rests_is_not_read_again(folder):
    first = asked(folder)
    (folder / "reed.yaml").unlink()

    assert first == asked(folder) == of("reed")


@pytest.mark.parametrize("sign", RESTED)
def test_a_file_of_another_time_size_or_number_is_read_again(folder, sign):
    asked(folder)
    (folder / "reed.yaml").write_text("tarn")

    assert asked(folder, **{sign: RESTED[sign] - 1}) == of("tarn")


def test_a_file_that_was_just_changed_is_read_again(folder):
    status = (folder / "reed.yaml").stat()
    hashes = Hashes(folder / "hashes.json")
    first = hashes.of(folder, "reed.yaml", status)
    hashes.keep()
    (folder / "reed.yaml").write_text("tarn")

    assert (first, Hashes(folder / "hashes.json").of(folder, "reed.yaml", status)) == (of("reed"), of("tarn"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"reed.yaml": 1}', '{"reed.yaml": ["x"]}', "\x00"])
def test_a_list_that_cannot_be_read_is_made_again(folder, text):
    (folder / "hashes.json").write_text(text)

    assert asked(folder) == of("reed")


def test_a_link_to_nowhere_is_told(folder):
    from kb.corpus.hashes import listed

    (folder / "tarn.yaml").symlink_to(folder / "nowhere")

    with pytest.raises(BadSource, match="a link to nowhere"):
        list(listed(folder, [".yaml"]))
