"""Vectors are found again whatever was added, changed or deleted before, and no more is written than that."""

import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import pytest

from kb.retrieval.vectors import Vectors, write

FLAT = 300  # so that a few hundred texts have a base
DIMENSIONS = 32
CENTRES = np.random.default_rng(7).standard_normal((40, DIMENSIONS))


@cache
def vector(text):
    """A unit vector near one of a few centres."""
    own = np.random.default_rng(text)
    noisy = CENTRES[text % len(CENTRES)] + own.standard_normal(DIMENSIONS) * 0.5
    return (noisy / np.linalg.norm(noisy)).astype(np.float32)


def digest(text):
    return blake2b(str(text).encode(), digest_size=15).digest() + b"\0"  # a nought at the end is part of it


def matrix(texts):
    return np.array([vector(text) for text in texts], dtype=np.float32).reshape(len(texts), DIMENSIONS)


class Generations:
    """Generations under *folder*, each made from the one before; texts are numbers."""

    def __init__(self, folder, flat=FLAT):
        self.folder, self.flat, self.last, self.asked = folder, flat, None, []

    def make(self, texts, previous="last"):
        """The next generation, with a row for each of *texts*."""

        def encode(rows):
            self.asked += [texts[row] for row in rows]
            return matrix([texts[row] for row in rows])

        folder = self.folder / str(len(list(self.folder.iterdir())))
        folder.mkdir()
        self.asked = []
        count = write(
            folder, self.last if previous == "last" else previous, list(map(digest, texts)), encode, self.flat
        )
        assert count == len(self.asked)
        self.last = folder
        return Vectors(folder)


@pytest.fixture
def generations(tmp_path):
    return Generations(tmp_path)


def exact(texts, query, limit, mask=None):
    """What a search should find, by the definition."""
    cosines = (matrix(texts) * query).sum(axis=1)  # a product of matrices is not equal to the last bit for equal rows
    rows = np.arange(len(texts)) if mask is None else np.flatnonzero(mask)
    return rows[np.lexsort((rows, -cosines[rows]))][:limit]


def walk(seed, size, steps):
    """Lists of texts by sorted id, each the one before with some added, changed, deleted, moved and doubled."""
    random_ = random.Random(seed)
    texts = {random_.random(): random_.randrange(10**6) for _ in range(size)}
    for _ in range(steps):
        yield [text for _, text in sorted(texts.items())]
        for _ in range(random_.choice([1, 5, size // 20])):
            id, other = random_.choice(list(texts)), random_.choice(list(texts))
            match random_.choice(["add", "change", "delete", "move", "double"]):
                case "add":
                    texts[random_.random()] = random_.randrange(10**6)
                case "change":
                    texts[id] = random_.randrange(10**6)
                case "delete":
                    del texts[id]
                case "move":
                    texts[random_.random()] = texts.pop(id)
                case "double":
                    texts[id] = texts[other]


@pytest.mark.parametrize("seed", range(3))
def test_up_to_the_limit_any_walk_finds_what_a_build_from_nothing_finds(generations, seed):
    for texts in walk(seed, 150, 12):
        walked, afresh = generations.make(texts), Generations(generations.folder).make(texts)
        for query in matrix(range(5)):
            rows, scores = walked.search(query, 20)

            assert (rows == exact(texts, query, 20)).all() and (np.diff(scores) <= 0).all()
            for mine, other in zip((rows, scores), afresh.search(query, 20), strict=True):
                assert (mine == other).all()


@pytest.mark.parametrize("seed", range(3))
def test_beyond_it_any_walk_finds_nearly_the_same(generations, seed):
    overlap, bases = [], set()
    for texts in walk(seed, 5000, 12):
        walked = generations.make(texts)
        bases.add((generations.last / "base.faiss").stat().st_ino)
        for query in matrix(range(20)):
            rows, scores = walked.search(query, 10)
            overlap.append(len({*rows} & {*exact(texts, query, 10)}) / 10)

            assert scores == pytest.approx(matrix([texts[row] for row in rows]) @ query, abs=1e-3)

    assert np.mean(overlap) >= 0.98 and 1 < len(bases) < 12


def test_every_living_row_is_found_when_no_other_may_be(generations):
    texts = list(range(1000)) + list(range(50))
    generations.make(texts)
    texts[100:120] = range(5000, 5020)
    texts[500:510] = []
    found = generations.make(texts)
    query = vector(3)

    for row in range(len(texts)):
        rows, scores = found.search(query, 10, np.arange(len(texts)) == row)

        assert rows.tolist() == [row] and scores[0] == pytest.approx(vector(texts[row]) @ query, abs=1e-3)


@pytest.mark.parametrize("size", [FLAT, 2000])
@pytest.mark.parametrize("density", [0, 0.001, 0.05, 0.5, 1])
def test_a_filter_of_any_density_gives_as_many_as_there_are(generations, size, density):
    texts = list(range(size))
    generations.make(texts)
    texts[10:20] = texts[30:40]
    found = generations.make(texts)
    mask = np.random.default_rng(1).random(size) < density
    for limit in (0, 1, 10, 1000, 5000):
        rows, scores = found.search(vector(5), limit, mask)

        assert len(rows) == len(scores) == len({*rows}) == min(limit, mask.sum()) and mask[rows].all()
        assert rows.dtype == np.int64 and scores.dtype == np.float32
    expected = exact(texts, vector(5), 10, mask)
    assert len({*found.search(vector(5), 10, mask)[0]} & {*expected}) >= 0.9 * len(expected)


@pytest.mark.parametrize("density", [1, 0.5, 0.05, 0.005])
def test_of_many_vectors_the_ten_nearest_are_found(many, density):
    found, vectors, queries = many
    mask = np.random.default_rng(1).random(len(vectors)) < density
    overlap = []
    for query in queries:
        nearest = np.argsort(-np.where(mask, vectors @ query, -2))[:10]
        overlap.append(len({*found.search(query, 10, mask)[0]} & {*nearest}) / 10)

    assert np.mean(overlap) >= 0.98


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Vectors in four times as many lists as are looked at, and queries like them."""
    random_, size, asked = np.random.default_rng(3), 40_000, 50
    vectors = CENTRES[random_.integers(40, size=size + asked)] + random_.standard_normal((size + asked, DIMENSIONS))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    folder = tmp_path_factory.mktemp("many")
    write(folder, None, [digest(n) for n in range(size)], lambda rows: vectors[rows], FLAT)
    return Vectors(folder), vectors[:size], vectors[size:]


def test_a_filter_that_leaves_only_far_clusters_still_finds_the_nearest_of_them(generations):
    texts = list(range(4000))
    found = generations.make(texts)
    nearest = exact(texts, vector(5), 2000)
    mask = ~np.isin(np.arange(4000), nearest)

    assert len({*found.search(vector(5), 10, mask)[0]} & {*exact(texts, vector(5), 10, mask)}) >= 9


def test_a_base_comes_and_goes_with_the_size(generations):
    texts = list(range(FLAT))
    seen = []
    for size in (FLAT, FLAT + 1, FLAT, 0, 2 * FLAT, 5):
        texts = list(range(size))
        found = generations.make(texts)
        seen.append((generations.last / "base.faiss").exists())
        if size:
            assert {*found.search(vector(4), 5)[0]} == {*exact(texts, vector(4), 5)}

    assert seen == [False, True, False, False, True, False]


@pytest.mark.parametrize("size", [100, 1000])
def test_only_new_texts_are_encoded_each_once_and_in_the_order_of_rows(generations, size):
    texts = list(range(size, 0, -1))
    generations.make(texts)
    assert generations.asked == texts
    generations.make([9999, *texts[5:50], 7777, 9999, *texts[50:], 8888])
    assert generations.asked == [9999, 7777, 8888]
    generations.make([8888, *texts[5:], 8888])
    assert generations.asked == []


def test_the_text_of_a_dead_row_that_comes_back_is_known(generations):
    texts = list(range(1000))
    generations.make(texts)
    generations.make(texts[10:])
    found = generations.make(texts)

    assert generations.asked == []
    assert found.search(vector(3), 1)[0].tolist() == [3]


def test_the_base_is_the_same_file_until_a_twentieth_changed(generations):
    texts = list(range(1000))
    generations.make(texts)
    base = generations.last / "base.faiss"
    before, bytes_ = base.stat().st_ino, base.read_bytes()
    inodes = []
    for changed in (10, 25, 26):  # each an old text less and a new one more
        generations.make([*texts[changed:], *range(5000, 5000 + changed)])
        inodes.append((generations.last / "base.faiss").stat().st_ino == before)

    assert inodes == [True, True, False] and base.read_bytes() == bytes_


def test_a_reader_keeps_its_generation_when_that_is_deleted(generations):
    texts = list(range(1000))
    first, folder = generations.make(texts), generations.last
    generations.make(texts[500:])
    shutil.rmtree(folder)

    assert first.search(vector(3), 1)[0].tolist() == [3]


def test_links_that_a_killed_build_left_are_not_written_through(generations, tmp_path_factory):
    texts = list(range(1000))
    generations.make(texts)
    files = {file: file.read_bytes() for file in generations.last.iterdir()}
    folder = tmp_path_factory.mktemp("killed")
    for file in files:
        os.link(file, folder / file.name)
    write(
        folder, generations.last, list(map(digest, range(3000, 5000))), lambda rows: matrix([r + 3000 for r in rows]), 9
    )

    assert {file: file.read_bytes() for file in files} == files
    assert Vectors(folder).search(vector(3003), 1)[0].tolist() == [3]


@pytest.mark.parametrize("size", [100, 1000])
def test_a_build_that_fails_leaves_the_one_before_as_it_was(generations, tmp_path_factory, size):
    generations.make(list(range(size)))
    files = {file: file.read_bytes() for file in generations.last.iterdir()}

    def fail(rows):
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write(tmp_path_factory.mktemp("failed"), generations.last, list(map(digest, range(5, size + 5))), fail, FLAT)
    assert {file: file.read_bytes() for file in files} == files


@pytest.mark.parametrize("previous", [False, True])
def test_without_rows_there_is_nothing_to_find(generations, previous):
    if previous:
        generations.make([1, 2])
    empty = generations.make([])
    rows, scores = empty.search(vector(1), 10)

    assert len(empty) == len(rows) == len(scores) == 0
    assert empty.search(vector(1), 10, np.empty(0, dtype=bool))[0].tolist() == []
    assert empty.take(np.empty(0, dtype=np.int64)).shape == (0, DIMENSIONS)
    assert generations.make([1]).search(vector(1), 10)[0].tolist() == [0]


@pytest.mark.parametrize("size", [200, 1000])
def test_rows_of_equal_texts_are_all_found_in_their_order(generations, size):
    texts = list(range(size)) + [7] * 40
    generations.make(texts[:-20])
    found = generations.make(texts)
    same = [7, *range(size, size + 40)]

    assert found.search(vector(7), 41)[0].tolist() == same
    assert found.search(vector(7), 5)[0].tolist() == same[:5]
    assert found.search(vector(7), 5, np.arange(len(texts)) > size)[0].tolist() == same[2:7]


def test_of_equal_vectors_the_first_rows_are_found(tmp_path):
    same = np.tile(vector(1), (200, 1))
    for folder, flat in ((tmp_path / "flat", 200), (tmp_path / "base", 100)):
        folder.mkdir()
        write(folder, None, [digest(n) for n in range(200)], lambda rows: same[rows], flat)

        assert Vectors(folder).search(vector(1), 5)[0].tolist() == [0, 1, 2, 3, 4]


def test_vectors_are_given_back_in_the_order_asked(generations):
    texts = list(range(1000))
    generations.make(texts)
    texts[:10] = range(5000, 5010)
    found = generations.make(texts)
    rows = np.array([999, 3, 500, 3])

    assert np.abs(found.take(rows) - matrix([texts[row] for row in rows])).max() < 1e-3
    assert (found.take(rows[1:2]) == matrix([5003])).all()
    assert found.dimensions == DIMENSIONS and len(found) == 1000


def test_making_a_base_anew_loses_no_more(generations):
    texts = list(range(1000))
    before = generations.make(texts).take(np.arange(500, 1000))
    after = generations.make(texts[500:] + texts[:10]).take(np.arange(500))

    assert (before == after).all()


def test_a_model_of_other_dimensions_replaces_everything(generations, tmp_path_factory):
    generations.make(list(range(1000)))
    folder = tmp_path_factory.mktemp("other")
    other = np.eye(1000, 64, dtype=np.float32)
    write(folder, generations.last, [digest(-n - 1) for n in range(1000)], lambda rows: other[rows], FLAT)

    assert Vectors(folder).search(other[5], 1)[0].tolist() == [5]


@pytest.mark.parametrize("name", ["base.faiss", "vectors.npy", "digests.npy", "slots.npy"])
@pytest.mark.parametrize("part", [0, 0.5, 0.99])
def test_a_file_that_was_cut_short_is_refused(generations, name, part):
    generations.make(list(range(1000)))
    generations.make(list(range(10, 1010)))
    damaged = generations.last / name
    content = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(content[: int(len(content) * part)])

    with pytest.raises((ValueError, RuntimeError, EOFError, OSError)):
        Vectors(generations.last)


def test_a_lost_base_is_missed(generations):
    generations.make(list(range(1000)))
    (generations.last / "base.faiss").unlink()

    with pytest.raises(ValueError, match="not as many digests"):
        Vectors(generations.last)


def test_threads_find_the_same_together_as_alone(generations):
    found = generations.make(list(range(2000)))
    queries, mask = matrix(range(100)), np.arange(2000) % 3 > 0
    alone = [found.search(query, 20, mask)[0].tolist() for query in queries]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda query: found.search(query, 20, mask)[0].tolist(), queries))

    assert together == alone


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no /proc here that tells what is open")
def test_open_vectors_hold_no_file(generations):
    found = generations.make(list(range(1000)))
    held = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]

    assert len(found) and not [name for name in held if name.startswith(str(generations.folder))]
