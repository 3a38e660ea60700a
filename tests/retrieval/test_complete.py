"""What is typed is completed by what a reader may mean, the best first, whatever else is stored and typed."""

import random
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.corpus.ontology import fold
from kb.retrieval.complete import FILE, KINDS, Completion, Completions, Entry, write


def concept(label, *others, weight=0):
    return Entry("concept", label, label, (label, *others), weight=weight)


@pytest.fixture
def completed(tmp_path):
    """A function that stores entries and gives the labels that a text is completed to."""

    def complete(entries, text, limit=10, kind=None):
        write(tmp_path, entries)
        completions = Completions(tmp_path)
        found = completions.complete(text, limit, kind)
        completions.close()
        return [completion.label for completion in found]

    return complete


TOWN = [
    concept("Power imbalance", "Unequal power", weight=3),
    concept("Water mill", weight=1),
    concept("Co-management", "Água e gestão", "L’eau des villes"),
    concept("United Kingdom", "UK"),
    concept("Ukraine", weight=9),
    Entry("source", "testwell-2010", "Testwell (2010): The mill", ("The mill: water, power, and trade",), "2010"),
    Entry("author", "testwell-ann", "Testwell, Ann", ("Testwell, Ann", "Ann Testwell"), "2 works", 2),
]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("pow", ["Power imbalance", "Testwell (2010): The mill"]),  # it begins a text, it begins an inner word
        ("imbal", ["Power imbalance"]),
        ("POWER  imb", ["Power imbalance"]),
        ("imbalance po", ["Power imbalance"]),  # the words in any order
        ("mill pow wat", []),  # only the last word may be unfinished
        ("mill power wat", ["Testwell (2010): The mill"]),
        ("balance", []),  # inside a word
        ("power trade x", []),
        ("co-m", ["Co-management"]),
        ("co m", ["Co-management"]),
        ("agua", ["Co-management"]),
        ("ÁGUA", ["Co-management"]),
        ("l'eau", ["Co-management"]),
        ("eau", ["Co-management"]),
        ("uk", ["United Kingdom", "Ukraine"]),  # a whole text, though the other weighs more
        ("ann t", ["Testwell, Ann"]),
        ("testwell, a", ["Testwell, Ann"]),
        ("The mill: water, power, and trade", ["Testwell (2010): The mill"]),
    ],
)
def test_a_text_is_completed_by_what_holds_its_words(completed, typed, expected):
    assert completed(TOWN, typed) == expected


def test_equal_texts_come_before_those_that_begin_so_before_inner_words_before_any_order(completed):
    entries = [
        concept("Mills and water", weight=4),
        concept("The water mill", weight=3),
        concept("Water mill owners", weight=2),
        concept("Water mill", weight=1),
    ]

    assert completed(entries, "water mill") == ["Water mill", "Water mill owners", "The water mill", "Mills and water"]


def test_equals_go_by_weight_then_kind_then_preferred_label_then_length(completed):
    entries = [
        Entry("author", "a", "Parker", ("Parker",)),
        Entry("source", "s", "Paris", ("Paris",)),
        concept("Alliance", "Party"),
        concept("Partnership"),
        concept("Partner"),
        concept("Parting of the ways", weight=1),
    ]

    assert completed(entries, "par") == ["Parting of the ways", "Partner", "Partnership", "Alliance", "Paris", "Parker"]


def test_the_order_of_storing_does_not_matter(completed):
    entries = [Entry(kind, f"{n}", f"{kind} {n}", ("Mill",)) for n in range(20) for kind in KINDS]
    shuffled = random.Random(1).sample(entries, len(entries))
    first = completed(entries, "mill", 60)

    assert completed(shuffled, "mill", 60) == first and len(first) == 60


def test_an_entry_comes_once_with_the_text_that_matched_best(tmp_path):
    write(tmp_path, [Entry("concept", "mill", "Water mill", ("Water mill", "Mill", "Mill house", "mill"), "Places", 2)])
    completions = Completions(tmp_path)

    assert completions.complete("mill") == (Completion("concept", "mill", "Water mill", "Places", "Mill"),)
    assert [found.matched for found in completions.complete("wat")] == ["Water mill"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_leaves_the_others_out(completed, kind):
    entries = [Entry(k, f"{k}{n}", k, (f"Mill {n}",), weight=n) for k in KINDS for n in range(30)]

    assert completed(entries, "m", 12, kind) == [kind] * 12
    assert completed(entries, "mill 7", 12, kind) == [kind]


def test_several_kinds_leave_the_rest_out(completed):
    entries = [Entry(kind, f"{n}", f"{kind} {n}", (f"Mill {n}",)) for n in range(4) for kind in KINDS]

    assert set(completed(entries, "mill", 12, ["concept", "source"])) == {
        f"{kind} {n}" for n in range(4) for kind in ("concept", "source")
    }
    assert completed(entries, "mill 3", 12, ["author", "source"]) == ["source 3", "author 3"]
    assert completed(entries, "mill", 12, ["concept", "no such"]) == []


def test_no_other_kind_is_known(completed):
    assert completed(TOWN, "mill", kind='claim"') == completed(TOWN, "author", kind="claim") == []


@pytest.mark.parametrize("limit", [-1, 0, 1, 3, 1000])
def test_no_more_are_given_than_asked_for(completed, limit):
    entries = [concept(f"Mill {n}", f"Mill number {n}", f"Miller {n}") for n in range(20)]

    assert len(completed(entries, "mill", limit)) == min(max(limit, 0), 20)


@pytest.mark.parametrize(
    "text", ["", " ", "\t\n", "...", "–", "%", "_", "'\"", "\0", "🤝", "\ud800", "*", "^", "()", "·"]
)
def test_a_text_without_letters_completes_to_nothing(completed, text):
    assert completed([*TOWN, concept("%"), concept("🤝", ""), concept("_")], text) == []


@pytest.mark.parametrize(
    "text",
    ['"water', "water*", "^water", "wa\0ter", "water OR mill", "NOT water", "NEAR(water mill)", "words:water", "-water",
     "wat%", "w_ter", "'; DROP TABLE text; --", "\ud800water", "🤝 water", "·concept", "water ·concept",
     "water " * 15_000, "w" * 100_000, "%" * 100_000, "w" * 1000, "a " * 500,
     "".join(f"{chr(0x4E00 + n)} " for n in range(500))],
)  # fmt: skip
def test_no_text_is_an_error(completed, text):
    assert set(completed(TOWN, text)) <= {"Water mill", "Testwell (2010): The mill"}


@pytest.mark.parametrize(
    ("label", "typed"),
    [
        ("שותפות בין שווים", "בין"),
        ("شراكة الماء", "الم"),
        ("साझेदारी का बल", "का"),
        ("파트너십", "파트"),
        ("伙伴关系", "伙伴"),
    ],
)
def test_labels_in_any_script_are_found(completed, label, typed):
    assert completed([concept(label), *TOWN], typed) == [label]


def test_a_title_of_many_words_is_found_by_all_of_it_and_by_a_part(completed):
    words = [f"word{n}" for n in range(40)]
    entries = [concept(" ".join(words)), concept(" ".join(words[:20]))]

    assert completed(entries, " ".join(words)) == [entries[0].label]
    assert completed(entries, " ".join(words[5:30])) == [entries[0].label]
    assert completed(entries, " ".join(reversed(words))) == [entries[0].label]
    assert len(completed(entries, " ".join(words[2:18]))) == 2


def test_where_there_is_nothing_nothing_is_found(completed):
    assert completed([], "mill") == completed([Entry("concept", "none", "None", ())], "none") == []


def made_up(count=2000):
    """Concepts, works and authors of a few words each, many of them alike."""
    chance = random.Random(4)
    words = ["of", "the", "mill", "Miller", "Müller", "market", "market-day", "water", "Wa", "power", "UK", "(old)"]
    texts = [tuple(" ".join(chance.choices(words, k=chance.randint(1, 4))) for _ in "123") for _ in range(count)]
    return [Entry(KINDS[n % 3], f"e{n}", each[0], each, weight=n % 4) for n, each in enumerate(texts)], chance


def how_well(typed, text):
    """How well a text matches: 0 is best, None not at all. This is what the index has to do without reading all."""
    plain = fold(text).replace("(", "").replace(")", "")
    *before, last = typed.split()
    words = plain.split()
    anyhow = set(before) <= set(words) and any(word.startswith(last) for word in words)
    ranks = [plain == typed, plain.startswith(typed), f" {typed}" in plain, anyhow]
    return ranks.index(True) if any(ranks) else None


def expected(entries, typed, kind):
    """The ids that *typed* stands for, by comparing every text."""
    found = {}
    for entry in entries:
        for place, text in enumerate(entry.texts):
            rank = how_well(typed, text)
            if rank is not None and kind in (None, entry.kind):
                plain = fold(text).replace("(", "").replace(")", "")
                key = (rank, -entry.weight, KINDS.index(entry.kind), place > 0, len(plain), plain, entry.id)
                found[entry.id] = min(found.get(entry.id, key), key)
    return sorted(found, key=found.__getitem__)


def test_among_thousands_the_answer_is_that_of_comparing_every_text(tmp_path):
    entries, chance = made_up()
    write(tmp_path, entries)
    completions = Completions(tmp_path)
    for _ in range(60):
        entry = chance.choice(entries)
        words = fold(chance.choice(entry.texts)).replace("(", "").replace(")", "").split()
        typed = " ".join(chance.sample(words, chance.randint(1, len(words))))[: chance.randint(1, 12)].strip()
        kind = chance.choice([None, entry.kind])
        found = [completion.id for completion in completions.complete(typed, 25, kind)]

        assert found == expected(entries, typed, kind)[:25], typed


def test_writing_again_leaves_nothing_of_what_was_there(completed, tmp_path):
    completed([concept("Mill")], "mill")

    assert completed([concept("Market")], "m") == ["Market"]
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_equal_entries_make_equal_files(tmp_path):
    for folder in ("1", "2"):
        write(tmp_path / folder, made_up(300)[0])

    assert (tmp_path / "1" / FILE).read_bytes() == (tmp_path / "2" / FILE).read_bytes()


def test_a_folder_of_any_name_can_be_read(tmp_path, monkeypatch):
    folder = Path("a?b #c%41 é")
    monkeypatch.chdir(tmp_path)
    write(folder, TOWN)

    assert len(Completions(folder).complete("mill")) == 2


def test_a_file_that_nobody_may_change_is_read_and_left_alone(tmp_path):
    write(tmp_path, TOWN)
    before = (tmp_path / FILE).read_bytes()
    (tmp_path / FILE).chmod(0o444)
    completions = Completions(tmp_path)
    found = completions.complete("mill")

    assert len(found) == 2 and (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_many_readers_may_ask_at_once(tmp_path):
    write(tmp_path, made_up()[0])
    completions = Completions(tmp_path)
    typed = ["m", "mill", "w", "the m", "of the", "uk", "o"] * 30
    alone = [completions.complete(text) for text in typed]
    with ThreadPoolExecutor(8) as readers:
        together = list(readers.map(completions.complete, typed))

    assert together == alone


def test_what_is_closed_can_be_closed_again_but_not_asked(tmp_path):
    write(tmp_path, TOWN)
    completions = Completions(tmp_path)
    completions.close()
    completions.close()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        completions.complete("mill")
