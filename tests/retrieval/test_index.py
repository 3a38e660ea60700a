"""The index of a generation is made from the one before with the least work, and is let go of whole."""

import os
import random
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from kb import KnowledgeBase
from kb.bibliography.people import Person
from kb.bibliography.records import Records
from kb.retrieval.complete import Completions
from kb.retrieval.index import Index, write
from kb.retrieval.passages import Passage

TEXTS = {"one": "the mill", "two": "the market day", "three": "the bridge"}


class Unasked:
    """An encoder that nobody may ask for a vector."""

    fingerprint = "stub"

    def encode(self, texts):
        raise AssertionError(f"asked for {texts}")


def passages(texts):
    return {id: [Passage(id, "claim", text)] for id, text in texts.items()}


def made(folder, previous, changes, encoder, **options):
    folder.mkdir()
    return write(folder, previous, changes, encoder, lambda what, done, total: None, **options)


@pytest.fixture
def first(tmp_path, stub_encoder):
    made(tmp_path / "1", None, passages(TEXTS), stub_encoder)
    return tmp_path / "1"


def answers(folder, vector):
    index = Index(folder)
    words = [
        (index.ids[row], index.passage(row).text, score)
        for row, score in zip(*index.by_words("the day", 9), strict=True)
    ]
    near = [(index.ids[row], score) for row, score in zip(*index.by_meaning(vector, 9), strict=True)]
    index.close()
    return words, near


NAMES = [
    Person("O’Leary", "R."),
    Person("OLeary", "R"),
    Person("Gray", "Barbara"),
    Person("GRAY", "Barbara"),
    Person("X"),
]
WORDS = ["mill", "market", "bridge", "day", "town", "river", "supper", "ferry", "quarrel", "ladder"]


def work(dice, id):
    """A work with authors, of whom some share a slug, and a claim on it that takes a stance to another."""
    text = " ".join(dice.choices(WORDS, k=12))
    authors, other = tuple(dice.sample(NAMES, 2)), f"work-{dice.randrange(300)}"
    source = {"people": tuple(map(str, authors)), "concepts": (dice.choice(WORDS),), "year": dice.randrange(1990, 2000)}
    yield Passage(id, "source", text, text[:20], authors=authors, source=id, links=(("cites", other),), **source)
    yield Passage(f"{id}#c1", "claim", text[::-1], source=id, links=(("disputes", f"{other}#c1"),), **source)


def everything(folder):
    """What an index of works answers: by words, by tags and years, and what it completes."""
    index, completions = Index(folder), Completions(folder)
    ranked = [index.by_words(text, 25) for text in ("mill day", "ferry", "rettal")]
    found = [[index.ids[row] for row in ranking.rows] for ranking in ranked]
    tags = {tag: [index.ids[row] for row in rows] for name in ("concept", "stance", "cited-by", "author", "cites")
            for tag, rows in index.catalogue.tagged_by(name)}  # fmt: skip
    typed = [completions.complete(text, 300) for text in ("m", "o", "gray")]
    index.close()
    completions.close()
    return found, tags, typed, [ranking.scores for ranking in ranked]


def test_a_large_index_answers_after_small_changes_like_one_made_whole(tmp_path, stub_encoder):
    dice = random.Random(3)
    works = {f"work-{n}": list(work(dice, f"work-{n}")) for n in range(300)}
    made(tmp_path / "0", None, works, stub_encoder, whole=0)
    for step in range(1, 7):
        changed = {id: list(work(dice, id)) for id in dice.sample(sorted(works), step % 2)}
        changed |= {f"new-{step}": list(work(dice, f"new-{step}"))}
        changed |= {id: [] for id in dice.sample(sorted(works.keys() - changed.keys()), 1)} if step > 4 else {}
        works = {id: passages for id, passages in (works | changed).items() if passages}
        made(tmp_path / str(step), tmp_path / str(step - 1), changed, stub_encoder, whole=0)
    made(tmp_path / "whole", None, works, stub_encoder, whole=0)
    *after, scores = everything(tmp_path / "6")
    *whole, exact = everything(tmp_path / "whole")

    assert after == whole
    assert all(np.allclose(one, other, rtol=0.01) for one, other in zip(scores, exact, strict=True))
    assert any(segments(tmp_path / str(step)) & segments(tmp_path / str(step - 1)) for step in range(1, 7))


def segments(folder):
    """What the word index of what is annotated is made of."""
    return {file.name for file in (folder / "words").iterdir() if not file.name.startswith((".", "meta"))}


def test_an_index_after_changes_answers_like_one_made_whole(first, tmp_path, stub_encoder):
    changes = passages({"two": "the fair", "zero": "the day"}) | {"one": []}
    made(tmp_path / "2", first, changes, stub_encoder)
    made(tmp_path / "3", None, passages({"three": TEXTS["three"], "two": "the fair", "zero": "the day"}), stub_encoder)
    vector = stub_encoder.encode(["the day"])[0]

    assert answers(tmp_path / "2", vector) == answers(tmp_path / "3", vector)


def test_where_no_text_is_new_the_encoder_is_not_asked(first, tmp_path, stub_encoder):
    moved = {"one": [], "four": [Passage("four", "claim", TEXTS["one"])]}

    assert made(tmp_path / "2", first, moved, Unasked()) == 0
    assert answers(tmp_path / "2", stub_encoder.encode(["the mill"])[0])[1][0] == ("four", pytest.approx(1))


def test_texts_of_many_lengths_get_their_own_vectors(tmp_path, stub_encoder):
    texts = {f"{n:04}": f"word{n} " * (n % 7 + 1) for n in range(600)}
    made(tmp_path / "1", None, passages(texts), stub_encoder)
    index = Index(tmp_path / "1")
    expected = stub_encoder.encode(list(texts.values()))
    found = [dict(zip(*index.by_meaning(vector, 600), strict=True))[row] for row, vector in enumerate(expected)]
    index.close()

    assert np.array(found) == pytest.approx(1, abs=1e-5)


OPEN = Path("/proc/self/fd")


def held(folder):
    """The files under *folder* that this process holds open."""
    links = [os.readlink(link) for link in OPEN.iterdir() if link.is_symlink()]
    return [link for link in links if link.startswith(str(folder))]


@pytest.mark.skipif(not OPEN.exists(), reason="no /proc here that tells what is open")
@pytest.mark.parametrize("part", [Index, Records])
@pytest.mark.parametrize("end", ["closed", "dropped"])
def test_what_is_closed_or_read_by_nobody_holds_no_file(toy, stub_encoder, part, end):
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    opened = part(base.generation.folder)
    before = held(toy)
    if end == "closed":
        opened.close()
    else:
        del opened

    assert before and held(toy) == []


def test_a_closed_part_can_be_closed_again_but_not_asked(first):
    index = Index(first)
    index.close()
    index.close()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        index.passage(0)
