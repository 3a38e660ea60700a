"""An import that is stopped at any moment goes on by the same call, as if it had not been stopped."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from random import Random

import pytest
from conftest import ROOT

from kb import Busy, KnowledgeBase
from kb.corpus.sources import Corpus
from kb.intake.choice import Choice
from kb.intake.journal import FILE, journal

RECORDS = 40
CHILD = "import sys; from kb import KnowledgeBase; KnowledgeBase(sys.argv[1]).add(sys.argv[2:], merge='fill')"
WORDS = ["oar", "weir", "fog", "lamp", "mill", "tow", "rope", "bank", "reed", "pier", "lock", "boat", "buoy", "dock"]


def made():
    """The text of a file: records that share names and years, each fourth followed by another of the same work."""
    random, parts = Random(8), []
    for number in range(RECORDS):
        title, name, year = " ".join(random.sample(WORDS, 5)), random.choice(("Holt", "Moss")), 2001 + number % 2
        lines = ["TY  - JOUR", f"TI  - {title}", f"AU  - {name}, A.", f"PY  - {year}"]
        parts += [*lines, f"AB  - Abstract {number}.", "ER  - ", ""]
        if number % 4 == 3:
            parts += [*lines, f"VL  - {number}", "LA  - en", "ER  - ", ""]
    return "\n".join(parts)


@pytest.fixture
def refs(tmp_path):
    path = tmp_path / "refs.ris"
    path.write_text(made(), encoding="utf-8")
    return path


def sources(home):
    """What is in the folder of sources."""
    return {path.name: path.read_bytes() for path in (home / "corpus").iterdir()}


def said(source):
    return str(source.data)


def stopped(home, refs, count, how=signal.SIGKILL):
    """Add *refs* in a process of its own, which is stopped when it has written *count* sources."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(home), str(refs)], cwd=ROOT, stderr=subprocess.DEVNULL)
    before = len(list((home / "corpus").glob("*.yaml")))
    while child.poll() is None and len(list((home / "corpus").glob("*.yaml"))) < before + count:
        time.sleep(0.001)
    child.send_signal(how)
    child.wait()


def test_an_import_that_is_killed_goes_on_where_it_was(toy, refs, tmp_path):
    whole = shutil.copytree(toy, tmp_path / "whole")
    wanted = KnowledgeBase(whole).add([refs], merge="fill")
    random = Random(5)
    stopped(toy, refs, random.randrange(1, 15))
    stopped(toy, refs, random.randrange(1, 10), signal.SIGINT)
    ended = not (toy / ".kb" / FILE).read_text()  # the child may have come to its end before it was stopped
    done = KnowledgeBase(toy).add([refs], merge="fill")

    assert sources(toy) == sources(whole)
    assert [each.id for each in done] == [each.id for each in wanted]
    assert ended or [each.status for each in done] == [each.status for each in wanted]


def test_without_what_is_derived_the_records_are_recognised(toy, refs, tmp_path):
    whole = shutil.copytree(toy, tmp_path / "whole")
    KnowledgeBase(whole).add([refs], merge="fill")
    stopped(toy, refs, 12)
    shutil.rmtree(toy / ".kb")
    done = KnowledgeBase(toy).add([refs], merge="fill")

    assert sorted(map(said, Corpus(toy / "corpus"))) == sorted(map(said, Corpus(whole / "corpus")))
    assert len([each for each in done if each.status == "duplicate"]) >= 12


def test_what_was_begun_keeps_its_id_and_what_was_edited_stays(toy, refs):
    stopped(toy, refs, 5)
    begun = [line.split()[1] for line in (toy / ".kb" / FILE).read_text().splitlines()[1:]]
    path = toy / "corpus" / f"{begun[0]}.yaml"
    path.write_text(path.read_text() + "note: Seen.\n")
    found = KnowledgeBase(toy).add([refs], merge="fill")

    assert [each.id for each in found if each.status != "duplicate"][: len(begun)] == begun
    assert path.read_text().endswith("note: Seen.\n")
    assert (toy / ".kb" / FILE).read_text() == ""


def test_a_file_that_was_laid_under_the_name_of_a_begun_record_stays_and_the_record_comes_in(toy, refs):
    stopped(toy, refs, 5)
    begun = [line.split()[1] for line in (toy / ".kb" / FILE).read_text().splitlines()[1:]]
    path = toy / "corpus" / f"{begun[0]}.yaml"
    title = Corpus(toy / "corpus")[begun[0]].data["title"]
    by_hand = "type: book\nstate: complete\ntitle: Quite another\n"
    path.write_text(by_hand)
    found = KnowledgeBase(toy).add([refs], merge="fill")

    assert path.read_text() == by_hand
    assert found[0].status == "new" and found[0].id != begun[0]
    assert Corpus(toy / "corpus")[found[0].id].data["title"] == title
    assert [each.id for each in found[1:] if each.status == "new"][: len(begun) - 1] == begun[1:]


def test_a_choice_of_records_leaves_what_a_stopped_import_has_noted(toy, refs, tmp_path):
    stopped(toy, refs, 3)
    noted = (toy / ".kb" / FILE).read_text()
    (tmp_path / "one.ris").write_text("TY  - BOOK\nTI  - Nine weirs\nAU  - Ferry, X.\nPY  - 2011\nER  -\n")
    taken = KnowledgeBase(toy).intake.take([tmp_path / "one.ris"], Choice.of(["1"], []))

    assert [each.id for each in taken.added] == ["ferry-2011"]
    assert (toy / ".kb" / FILE).read_text() == noted
    with journal(toy / ".kb", "another"), pytest.raises(Busy):
        KnowledgeBase(toy).intake.take([refs], Choice.of(["1"], []))


def test_another_import_waits_its_turn(toy, refs):
    with journal(toy / ".kb", "another"), pytest.raises(Busy, match="another import is running"):
        KnowledgeBase(toy).add([refs])
    assert KnowledgeBase(toy).add([refs])
