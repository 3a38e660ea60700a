"""A build brings what is derived up to date with the files, whatever happened before."""

import fcntl
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest
from conftest import TOY, StubEncoder, lay_toy

from kb import BadHome, BadSource, Busy, KnowledgeBase, NotFound
from kb.home import FORMAT, STORE, init
from kb.watch import watch

QUESTIONS = ["who pays sets the terms", "towns far apart", "trust", "a joint rule book"]
TYPED = ["t", "m", "r", "journal", "two towns", "three", "reed, ida"]
EDITS = {
    "a claim is reworded": ("testwell-2010", "Deciding together keeps", "Deciding as one keeps"),
    "a title changes": ("marlow-quist-2012", "Two towns and a mill", "Three towns and a mill"),
    "a subject goes": ("sandhill-1998", "subjects: [barrier-one-way-resource-flow]\n", ""),
}


def built(home, **options):
    base = KnowledgeBase(home, encoder=StubEncoder(), **options)
    return base, base.build()


def state(home):
    """What readers of *home* get: the triples without blank nodes, and rankings with scores."""
    base, _ = built(home)
    lines = base.dump("nquads").decode().splitlines()
    quads = sorted(line for line in lines if "_:" not in line)
    answers = [base.search(question, limit=50).hits for question in QUESTIONS]
    answers += [base.search("mill towns", limit=50, stance=stance).hits for stance in ("disputes", "supports")]
    answers += [base.search("who cites Reed 2001", limit=50).hits, base.similar("barrier-distance", limit=50).hits]
    typed = [base.complete(text, limit=100) for text in TYPED]
    return quads, len(lines), typed, [[(h.id, round(h.score, 3), h.text, h.citation) for h in hits] for hits in answers]


@pytest.mark.parametrize("edit", EDITS)
def test_building_after_an_edit_equals_building_from_nothing(toy, tmp_path, edit):
    built(toy)
    id, old, new = EDITS[edit]
    path = toy / "corpus" / f"{id}.yaml"
    path.write_text(path.read_text().replace(old, new))
    fresh = tmp_path / "fresh"
    shutil.copytree(toy, fresh, ignore=shutil.ignore_patterns(".kb"))

    assert state(toy) == state(fresh)


def test_building_after_files_and_concepts_came_and_went_equals_building_from_nothing(toy, tmp_path):
    """A walk of forty random edits, compared with a build from nothing after every tenth."""
    dice = random.Random(7)
    files = {path.name: path.read_text() for path in (TOY / "corpus").iterdir()}
    turtle = (toy / "ontology" / "toy.ttl").read_text()
    for step in range(1, 41):
        name = dice.choice(sorted(files))
        path = toy / "corpus" / name
        if path.exists() and dice.random() < 0.4:
            path.unlink()
        else:
            path.write_text(files[name].replace("mill", f"mill {step}"))
        (toy / "ontology" / "toy.ttl").write_text(turtle.replace("fixed in advance", f"fixed {step // 5} days before"))
        built(toy)
        if step % 10 == 0:
            fresh = tmp_path / f"fresh-{step}"
            shutil.copytree(toy, fresh, ignore=shutil.ignore_patterns(".kb"))
            assert state(toy) == state(fresh)


def test_a_deleted_file_leaves_nothing_behind(toy):
    base, _ = built(toy)
    (toy / "corpus" / "reed-2001.yaml").unlink()

    report = base.build()

    assert (report.removed, report.embedded) == (1, 0)
    assert b"source/reed-2001#c1> <http://www.w3.org/1999" not in base.dump("nquads")
    assert "Neighbours who meet often" not in str(base.search("neighbours meet often", limit=50))
    with pytest.raises(NotFound):
        base.source("reed-2001")


def test_a_triple_two_files_share_goes_when_the_last_one_goes(toy):
    shared = "<https://w3id.org/partnership-kb/concept/barrier-distance> a <https://example.org/Shared> ."
    for name in ("one.ttl", "two.ttl"):
        (toy / "ontology" / name).write_text(shared)
    base, _ = built(toy)

    def count():
        return base.query("SELECT * WHERE { ?s a <https://example.org/Shared> }", "csv").body.count(b"barrier")

    counts = [count()]
    for name in ("one.ttl", "two.ttl"):
        (toy / "ontology" / name).unlink()
        base.build()
        counts.append(count())
    base.close()

    assert counts == [1, 1, 0]


def test_a_retired_concept_is_not_found(toy):
    base, _ = built(toy)
    before = base.search("joint rule book", kind="concept", limit=50).hits
    (toy / "ontology" / "retired.ttl").write_text(
        "<https://w3id.org/partnership-kb/concept/practice-shared-rules>"
        " <http://www.w3.org/2002/07/owl#deprecated> true ."
    )

    base.build()

    ids = {hit.id for hit in before}
    after = {hit.id for hit in base.search("joint rule book", kind="concept", limit=50).hits}
    assert ids - after == {"practice-shared-rules"}


def test_an_unchanged_home_is_left_alone(toy):
    base, first = built(toy)

    again = base.build()

    assert (again.read, again.embedded, again.generation) == (0, 0, first.generation)


def test_only_new_texts_are_embedded(toy):
    base, _ = built(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text().replace("publisher: Mill Press", "publisher: Mill & Press"))
    unseen = base.build()
    path.write_text(path.read_text().replace("Neighbours who meet often", "Neighbours who dine often"))
    seen = base.build()

    assert (unseen.read, unseen.embedded, seen.embedded) == (1, 0, 1)


def test_another_model_embeds_everything_again(toy):
    _, first = built(toy)
    other = StubEncoder()
    other.fingerprint = "another"
    base = KnowledgeBase(toy, encoder=other)

    assert base.build().embedded == first.embedded


def test_an_index_of_another_model_is_not_searched(toy):
    built(toy)
    other = StubEncoder()
    other.fingerprint = "another"

    with pytest.raises(BadHome, match="another model"):
        KnowledgeBase(toy, encoder=other).search("trust")


def test_an_index_of_another_version_is_made_again(toy):
    built(toy)
    (toy / ".kb" / "current").write_text("0 00000001\n")
    base = KnowledgeBase(toy, encoder=StubEncoder())
    with pytest.raises(BadHome, match="kb build"):
        base.search("trust")

    base.build()

    assert base.search("trust").hits
    assert (toy / ".kb" / "current").read_text().startswith(FORMAT)


def test_generations_of_another_version_go_and_the_readers_own_stays(toy):
    base, _ = built(toy)
    generations = toy / ".kb" / "generations"
    for name in ("00000057", "00000058"):
        shutil.copytree(generations / "00000001", generations / name)
    shutil.rmtree(generations / "00000001")
    (toy / ".kb" / "current").write_text("0 00000058\n")

    kept = []
    for year in ("1990", "1991"):
        path = toy / "corpus" / "tarn-1987.yaml"
        path.write_text(path.read_text() + f"# {year}\n")
        base.build()
        kept.append(sorted(folder.name for folder in generations.iterdir()))

    assert kept == [["00000058", "00000059"], ["00000059", "00000060"]]


def test_builds_that_fail_leave_nothing_and_cost_no_generation(toy):
    base, first = built(toy)
    path = toy / "corpus" / "tarn-1987.yaml"
    text = path.read_text()
    for _ in range(3):
        path.write_text("title: {a: b}\n")
        with pytest.raises(BadSource):
            base.build()
    path.write_text(text + "# mended\n")
    last = base.build()

    assert sorted(f.name for f in (toy / ".kb" / "generations").iterdir()) == [first.generation, last.generation]


def test_what_a_killed_build_left_is_cleared_away(toy):
    base, _ = built(toy)
    half = toy / ".kb" / "generations" / "00000002" / STORE
    half.mkdir(parents=True)
    (half / "CURRENT").write_text("nonsense")
    (toy / "corpus" / "tarn-1987.yaml").unlink()

    base.build()

    assert base.health()["sources"] == 4
    assert len(list(half.parent.parent.iterdir())) == 2 and not (half / "CURRENT").read_text().startswith("nonsense")


def test_a_damaged_index_says_what_to_do(toy):
    base, _ = built(toy)
    (base.generation.folder / "vectors.npy").write_bytes(b"nonsense")

    with pytest.raises(BadHome, match=r"delete .* run 'kb build'"):
        KnowledgeBase(toy, encoder=StubEncoder()).search("trust")


def test_a_broken_file_stops_the_build_and_leaves_the_last_state(toy):
    base, _ = built(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text() + "publisher: twice\n")

    with pytest.raises(BadSource, match=r"reed-2001.yaml:\d+: found duplicate key"):
        base.build()
    assert base.search("neighbours").hits


CLAIM = 'claims: [{id: "#c1", text: a text, basis: text, %s}]'
ODD = {
    "title: {a: b}": "title must be a text",
    "title: [a, b]": "title must be a text",
    "isbn: {a: b}": "isbn must be a text or a list of texts",
    "authors: Reed": "authors must be a list of names, each with family and given, or literal",
    "authors: [{family: [Reed, Quist]}]": "authors must be a list of names",
    "subjects: {a: b}": "subjects must be a text or a list of texts",
    "cites: [{a: b}]": "cites must be a text or a list of texts",
    "treats: [barrier-distance]": "treats must be a list of entries, each with concept",
    "treats: [{locator: p. 3}]": "treats must be a list of entries, each with concept",
    "claims: none": "claim 1 needs an id such as",
    "claims: [x]": "claim 1 needs an id such as '#c1', a text and a basis",
    'claims: [{id: "#c1", text: a text}]': "claim 1 needs an id such as '#c1', a text and a basis",
    'claims: [{id: "#c1", text: {a: b}, basis: text}]': "claim 1: text must be a text",
    "claims: [{id: c1, text: a text, basis: text}]": "claim 1 needs an id such as '#c1', not 'c1'",
    CLAIM % "about: {a: b}": "claim 1: about must be a text or a list of texts",
    CLAIM % "locator: [p. 3]": "claim 1: locator must be a text",
    CLAIM % "asserts: [barrier-distance]": "claim 1: asserts must be a list of entries, each with subject",
    CLAIM % "asserts: [{impedes: barrier-distance}]": "claim 1: asserts must be a list of entries, each with subject",
}


@pytest.mark.parametrize("text", ODD)
def test_a_file_of_another_form_is_told_in_one_line(toy, text):
    (toy / "corpus" / "odd-2000.yaml").write_text(f"type: book\nissued: 2000\n{text}\n")

    with pytest.raises(BadSource, match=rf"^[^\n]*odd-2000\.yaml: {re.escape(ODD[text])}[^\n]*$"):
        built(toy)


EMPTY = ["authors:", "subjects:", "claims: []", "treats: []", "summary:", "missing: []", "unknown: {a: [b]}"]


@pytest.mark.parametrize("text", EMPTY)
def test_what_is_empty_or_unknown_stops_no_build(toy, text):
    (toy / "corpus" / "odd-2000.yaml").write_text(f"type: book\nissued: 2000\n{text}\n")

    base, _ = built(toy)

    assert base.source("odd-2000").citation == "Untitled work (2000), title and names not known"
    base.close()


def test_two_builds_at_once_do_not_meet(toy):
    built(toy)
    with (toy / ".kb" / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        with pytest.raises(Busy, match="another build is running"):
            built(toy)


def test_a_build_waits_for_another_one(toy):
    built(toy)
    lock = (toy / ".kb" / "lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX)
    threading.Timer(0.2, lock.close).start()

    assert KnowledgeBase(toy, encoder=StubEncoder()).build(wait=10).read == 0


def test_only_the_last_two_generations_are_kept(toy):
    base, _ = built(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    for year in range(2002, 2006):
        path.write_text(path.read_text().replace("issued: ", f"issued: {year} #"))
        base.build()

    assert len(list((toy / ".kb" / "generations").iterdir())) == 2


def test_a_reader_holds_its_generation_until_it_moves_on(toy):
    reader, _ = built(toy)
    before = reader.search("market day").hits
    (toy / "corpus" / "marlow-quist-2012.yaml").unlink()
    writer, _ = built(toy)

    assert reader.search("market day").hits == before
    assert reader.refresh() and reader.search("market day").hits == writer.search("market day").hits


def test_a_changed_file_is_seen_by_a_running_server(toy):
    base, _ = built(toy)
    stop, told = threading.Event(), []
    watcher = threading.Thread(target=watch, args=(base, told.append, stop, 0.05))
    watcher.start()
    path = toy / "corpus" / "tarn-1987.yaml"
    path.write_text(path.read_text() + "broken: [\n")
    deadline = time.monotonic() + 60
    while not told and time.monotonic() < deadline:
        time.sleep(0.02)
    path.write_text("type: document\nstate: seed-only\ntitle: The toll on the bridge\n")
    while base.source("tarn-1987").title is None and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    watcher.join()

    assert "tarn-1987.yaml" in told[0]
    assert base.source("tarn-1987").title == "The toll on the bridge"


KILLED = """
import sys
sys.path.insert(0, {tests!r})
from conftest import StubEncoder
from kb import KnowledgeBase
KnowledgeBase({home!r}, encoder=StubEncoder()).build()
"""


def test_a_build_killed_at_any_moment_is_repaired_by_the_next(toy, tmp_path):
    home, dice = str(toy), random.Random(1)
    built(toy)
    path = toy / "corpus" / "reed-2001.yaml"
    text = path.read_text()
    code = KILLED.format(tests=str(TOY.parent), home=home)
    for round in range(12):
        path.write_text(text.replace("Neighbours who meet", f"Neighbours who meet {round} times"))
        child = subprocess.Popen([sys.executable, "-c", code])
        time.sleep(dice.uniform(0.2, 0.9))
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        KnowledgeBase(toy, encoder=StubEncoder()).search("neighbours")  # never half a state

    assert state(toy) == state(shutil.copytree(toy, tmp_path / "fresh", ignore=shutil.ignore_patterns(".kb")))


def test_a_new_home_over_another_thesaurus_has_its_concepts_and_no_sources(tmp_path):
    turtle = tmp_path / "fruit.ttl"
    turtle.write_text(
        """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix f: <http://example.org/fruit/> .
        f:s a skos:ConceptScheme ; skos:prefLabel "Fruit"@en .
        f:apple a skos:Concept ; skos:inScheme f:s ; skos:prefLabel "Apple"@en ; skos:definition "A round fruit."@en .
        f:pear a skos:Concept ; skos:inScheme f:s ; skos:prefLabel "Pear"@en ; skos:related f:apple ."""
    )
    home = init(tmp_path / "home", turtle)
    (home.corpus / "orchard-2000.yaml").write_text(
        "type: book\ntitle: Apples\nissued: 2000\nauthors: [{family: Orchard}]\nsubjects: [apple]\n"
    )
    base, _ = built(home.folder)

    assert [problem for problem in base.check() if problem.severity == "error"] == []
    assert base.concept("apple").sources[0].id == "orchard-2000"
    assert base.search("a round fruit", kind="concept").hits[0].id == "apple"


def test_a_folder_without_a_corpus_says_what_to_do(tmp_path):
    with pytest.raises(BadHome, match="kb init"):
        built(tmp_path)


def test_the_version_of_the_data_is_told_by_the_files_alone(toy, tmp_path, stub_encoder):
    here = KnowledgeBase(toy, encoder=stub_encoder)
    there = KnowledgeBase(lay_toy(tmp_path / "there"), encoder=stub_encoder)
    here.build()
    there.build()
    before, date = here.generation.version, here.generation.date
    path = toy / "corpus" / "reed-2001.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# seen\n", encoding="utf-8")
    here.build()

    assert before == there.generation.version != here.generation.version
    assert re.fullmatch("[0-9a-f]{12}", before) and re.fullmatch(r"\d{4}-\d\d-\d\d", date)
