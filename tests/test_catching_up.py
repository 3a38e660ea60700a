"""Who has saved sees it on the next page, whether or not somebody keeps the base up to date."""

import threading
import time

from conftest import StubEncoder

from kb import KnowledgeBase
from kb.curation import Author
from kb.turns import Turns
from kb.watch import watch

ANNA = Author("anna", "Anna Smith", "anna@localhost")


def save(base, year):
    text, etag = base.curation.text("reed-2001")
    base.curation.save("reed-2001", text.replace("issued: 2001", f"issued: {year}"), etag, ANNA, "Mend the year")


def test_without_a_server_the_base_builds_itself(toy):
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.build()
    save(base, 2004)

    assert base.catch_up() and base.source("reed-2001").issued == "2004"
    (toy / "corpus" / "broken-2001.yaml").write_text("claims: x")
    assert not base.catch_up()
    base.close()


def test_a_server_builds_as_soon_as_it_is_asked(toy):
    base, stop, told = KnowledgeBase(toy, encoder=StubEncoder()), threading.Event(), []
    base.build()
    options = {"interval": 60, "curated": True}
    watcher = threading.Thread(target=watch, args=(base, told.append, stop), kwargs=options, daemon=True)
    watcher.start()
    while not base.turns.kept:
        time.sleep(0.01)
    save(base, 2004)
    caught_up = base.catch_up(patience=60)
    shown = base.source("reed-2001").issued
    (toy / "corpus" / "broken-2001.yaml").write_text("claims: x")
    broken = base.catch_up(patience=60)
    stop.set()
    base.turns.ask(0)
    watcher.join(60)
    base.close()

    assert caught_up and shown == "2004"
    assert broken and len(told) == 1 and "broken-2001.yaml" in told[0]
    assert not watcher.is_alive() and not base.turns.kept


def test_nobody_waits_longer_than_asked():
    turns = Turns()
    with turns.keeping():
        assert not turns.ask(patience=0.01)
        turn = turns.wait(0)
        assert turns.waiting(turn)
        turns.done(turn)
        assert not turns.waiting(turn) and not turns.ask(patience=0)


EDITS = {
    "a year": lambda files: files["reed-2001"].write_text(files["reed-2001"].read_text().replace(": 2001", ": 1066")),
    "a cited work": lambda files: files["tarn-1987"].write_text(
        files["tarn-1987"].read_text() + "cites: [reed-2001]\n"
    ),
    "a name": lambda files: files["tarn-1987"].write_text(files["tarn-1987"].read_text().replace("Tarn", "Reed")),
    "a new work": lambda files: (files["tarn-1987"].parent / "holt-1999.yaml").write_text("type: book\ntitle: Holt\n"),
    "no work": lambda files: files["testwell-2010"].unlink(),
    "the ontology": lambda files: (files["reed-2001"].parents[1] / "ontology" / "more.ttl").write_text(
        "<https://w3id.org/partnership-kb/concept/practice-x> a <http://www.w3.org/2004/02/skos/core#Concept> ;"
        ' <http://www.w3.org/2004/02/skos/core#prefLabel> "X"@en .'
    ),
}


def test_what_is_taken_over_from_the_generation_before_is_what_is_made_anew(toy):
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.build()
    for what, edit in EDITS.items():
        shown = base.sources(), base.authors(), base.suggest("trust between the towns")
        edit({path.stem: path for path in (toy / "corpus").glob("*.yaml")})
        base.build()
        fresh = KnowledgeBase(toy, encoder=StubEncoder())

        assert (base.sources(), base.authors()) == (fresh.sources(), fresh.authors()), what
        assert base.suggest("trust between the towns") == fresh.suggest("trust between the towns"), what
        assert what == "the ontology" or shown[:2] != (base.sources(), base.authors()), what
        fresh.close()
    base.close()
