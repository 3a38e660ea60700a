"""A judgement goes into a file of questions, and nothing else in the file changes."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from functools import partial

import pytest

from kb import BadSource
from kb.errors import BadQuery
from kb.retrieval.evaluate import questions
from kb.retrieval.judge import judge

DAY = partial(judge, on="2026-01-31")
NEW = "{id: new-2020, grade: 2, on: 2026-01-31}"
ODD = """\
# Judged questions, laid out by hand.
about:   "a test"   # kept as it is
questions:
- id:   T1
  query: 'Who pays   sets
    the terms'
  relevant:
  - { id: testwell-2010, grade: 2 }   # sure
  - id: barrier-power     # a block
    # why it is only 1
    grade: 1
    note: "old"   # a note
    more: [1, 2]
    # after

- {id: J7, query: "a flow: of it", relevant: []}
- id: T3
  query: "nobody has judged, and this line is much longer than any that a program would leave as it is, a hundred"
  relevant:   # none yet
# the end
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "questions.yaml"


@pytest.fixture
def odd(file):
    file.write_text(ODD)
    return file


def test_a_missing_file_is_made_and_can_be_read(file):
    asked = DAY(file, "who\n pays", "testwell-2010", 2, note="it  says so", judge="A. Q.")

    assert asked == "J1"
    assert file.read_text() == (
        "questions:\n  - id: J1\n    query: who pays\n    relevant:\n"
        "      - {id: testwell-2010, grade: 2, note: it says so, by: A. Q., on: 2026-01-31}\n"
    )
    assert questions(file) == [("J1", "who pays", {"testwell-2010": 2})]


def test_a_judgement_is_of_today_unless_a_day_is_given(file):
    judge(file, "who pays", "testwell-2010", 1)

    assert f"on: {date.today().isoformat()}" in file.read_text()


def test_the_lock_leaves_nothing_in_the_folder(file):
    judge(file, "who pays", "testwell-2010", 1)

    assert list(file.parent.iterdir()) == [file]


def test_a_question_is_known_by_its_words_whatever_their_case_and_spacing(toy):
    file = toy / "questions.yaml"
    before = file.read_text()

    asked = DAY(file, "  WHO pays\tsets the  Terms ", "reed-2001", 0)

    line = "      - {id: barrier-power-imbalance, grade: 1}\n"
    assert asked == "T1"
    assert file.read_text() == before.replace(line, line + "      - {id: reed-2001, grade: 0, on: 2026-01-31}\n")


def test_a_new_question_stands_at_the_end_under_the_next_free_id(odd):
    asked = DAY(odd, "is this: new?", "new-2020", 2)

    added = f"- id: J8\n  query: 'is this: new?'\n  relevant:\n    - {NEW}\n"
    assert asked == "J8"
    assert odd.read_text() == ODD.replace("# the end\n", added + "# the end\n")


@pytest.mark.parametrize(("query", "old", "new"), [
    ("who pays sets the terms", "    more: [1, 2]\n", f"    more: [1, 2]\n  - {NEW}\n"),
    ("a flow: of it", "relevant: []", f"relevant: [{NEW}]"),
    ("Nobody has judged, and this line is much longer than any that a program would leave as it is, a hundred",
     "# none yet\n", f"# none yet\n    - {NEW}\n"),
], ids=["block", "flow", "none"])  # fmt: skip
def test_a_judgement_is_added_in_the_style_of_its_list(odd, query, old, new):
    DAY(odd, query, "new-2020", 2)

    assert odd.read_text() == ODD.replace(old, new)


def test_a_second_judgement_of_a_flow_takes_the_place_of_the_first(odd):
    DAY(odd, "a flow: of it", "a", 2, note="first", judge="me")
    DAY(odd, "a flow: of it", "b", 1)
    DAY(odd, "a flow: of it", "a", 0)

    judged = "[{id: a, grade: 0, on: 2026-01-31}, {id: b, grade: 1, on: 2026-01-31}]"
    assert odd.read_text() == ODD.replace("[]}", f"{judged}}}")


def test_a_second_judgement_of_a_block_keeps_its_comments_and_other_keys(odd):
    DAY(odd, "who pays sets the terms", "barrier-power", 2, judge="me")

    old = '    grade: 1\n    note: "old"   # a note\n    more: [1, 2]\n'
    new = "    grade: 2\n    more: [1, 2]\n    by: me\n    on: 2026-01-31\n"
    assert odd.read_text() == ODD.replace(old, new)
    assert questions(odd)[0].grades == {"testwell-2010": 2, "barrier-power": 2}


def test_a_judgement_that_is_there_already_changes_no_byte(file):
    DAY(file, "who pays", "reed-2001", 1, note="long " * 60, judge="me")
    before = file.read_bytes()

    DAY(file, "who pays", "reed-2001", 1, note="long " * 60, judge="me")

    assert file.read_bytes() == before


def test_no_line_need_end_the_file(file):
    file.write_text("# mine\nquestions: []")

    DAY(file, "who pays", "reed-2001", 1)

    assert file.read_text() == (
        "# mine\nquestions: [{id: J1, query: who pays, relevant: [{id: reed-2001, grade: 1, on: 2026-01-31}]}]\n"
    )


@pytest.mark.parametrize("text", [
    "a, b: {c}", "# no comment", "- no list", "2010", "null", "yes", "'\"", "é 日本 😀", "a\0b", "*x &y !z", "x " * 200,
])  # fmt: skip
def test_any_text_comes_back_as_it_was(file, text):
    DAY(file, text, "a", 1, note=text, judge=text)
    DAY(file, text, "b", 2, note=text)
    DAY(file, text, "a", 0, note=text)

    assert questions(file) == [("J1", " ".join(text.split()), {"a": 0, "b": 2})]


@pytest.mark.parametrize(("query", "id", "grade", "on", "why"), [
    ("q", "", 1, None, "no id"), ("q", "a b", 1, None, "no id"), ("q", "a\nb", 1, None, "no id"),
    ("q", "a", 3, None, "no grade 3: give 0"), ("q", "a", -1, None, "no grade"), (" \n", "a", 1, None, "no query"),
    ("q", "a", 1, "yesterday", "no date"),
])  # fmt: skip
def test_what_cannot_be_kept_is_refused(odd, query, id, grade, on, why):
    with pytest.raises(BadQuery, match=why):
        judge(odd, query, id, grade, on=on)

    assert odd.read_text() == ODD


@pytest.mark.parametrize(("text", "why"), [
    (b"questions:\n  - id: [", r"questions\.yaml:2: "),
    (b"questions:\n  - id: \xff", r"questions\.yaml:2: is not UTF-8"),
    (b"questions:\n  - id: a\n", "each question needs id, query and relevant"),
    (b"other: 1\n", "no 'questions'"),
    (b"questions:\n  - {id: a, query: q, relevant: [{id: x, grade: high}]}\n", "each question needs"),
    (b"? [a, b]\n: 1\nquestions: []\n", "by hand"),
    (b"questions: &x\n  - {id: a, query: z, relevant: [], more: *x}\n", "by hand"),
    (b"questions:\n  - {id: a, query: q, relevant: {}}\n", "by hand"),
    (b"questions:\n  - {id: a, query: z, relevant: &x [{id: x, grade: 1}]}\n  - {id: b, query: q, relevant: *x}\n",
     "put 'new-2020' into it by hand"),
])  # fmt: skip
def test_a_damaged_or_odd_file_is_told_and_stays_as_it_was(file, text, why):
    file.write_bytes(text)

    with pytest.raises(BadSource, match=why):
        judge(file, "q", "new-2020", 2)

    assert file.read_bytes() == text


def test_a_folder_that_is_missing_and_a_file_that_is_a_folder_are_told(tmp_path):
    with pytest.raises(BadSource, match="cannot be written: No such file"):
        judge(tmp_path / "none" / "questions.yaml", "q", "a", 1)
    with pytest.raises(BadSource, match="cannot be read"):
        judge(tmp_path, "q", "a", 1)


def test_a_link_stays_a_link(file):
    link = file.with_name("link.yaml")
    link.symlink_to(file)

    judge(link, "q", "a", 1)

    assert link.is_symlink()
    assert questions(file)[0].grades == {"a": 1}


@pytest.mark.parametrize("writers", [
    lambda: ThreadPoolExecutor(6),
    lambda: ProcessPoolExecutor(3, multiprocessing.get_context("spawn")),
], ids=["threads", "processes"])  # fmt: skip
def test_writers_at_once_lose_nothing(file, writers):
    with writers() as pool:
        done = [pool.submit(judge, file, f"query {n % 8}", f"id-{n}", n % 3) for n in range(24)]
        asked = [each.result() for each in done]

    found = {question.id: question for question in questions(file)}
    assert sorted(found) == [f"J{n}" for n in range(1, 9)]
    assert [found[id].grades[f"id-{n}"] for n, id in enumerate(asked)] == [n % 3 for n in range(24)]
    assert sum(len(question.grades) for question in found.values()) == 24
