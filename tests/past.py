"""A home with a past: who changed what, for tests of the history, of undoing and of its pages."""

from pathlib import Path

from conftest import StubEncoder, lay_toy

from kb import KnowledgeBase
from kb.bibliography.reading import Given
from kb.intake.choice import Choice
from kb.saving import Author

ANNA, ED = Author("anna", "Anna Smith", "anna@localhost"), Author("ed", "Ed Moor", "ed@localhost")
REED, TARN, TESTWELL = "reed-2001", "tarn-1987", "testwell-2010"
IMPORTED = (
    "@book{f, title={Ferries}, author={Ferrier, A.}, year={2015}, publisher={Mill}, note={<b>}, address={Mill}, "
    "file={/home/anna/ferries.pdf}}"
)
NOTE = "Correct the year\n\nAs the title page has it.\nThanks-to: Quist <quist@example.org>"


def changed(base, id, old, new, author=ANNA, message="Change it"):
    """Save a source with other words in it."""
    text, was = base.curation.text(id)
    assert old in text
    return base.curation.save(id, text.replace(old, new, 1), was, author, message)


def with_past(home: Path) -> KnowledgeBase:
    """The toy home with a corrected year, a corrected volume, an imported source, and a text beside another."""
    base = KnowledgeBase(lay_toy(home), encoder=StubEncoder())
    base.build()
    base.year = changed(base, REED, "issued: 2001", "issued: 2002", message=NOTE).commit
    base.volume = changed(base, TESTWELL, "volume: 3", "volume: 4", ED, "Correct the volume").commit
    file = base.home.folder / "given.bib"
    file.write_text(IMPORTED)
    base.intake.take([Given.of(file)], Choice(frozenset({1}), {}), ANNA)
    base.imported = base.curation.history.head
    (base.home.corpus / f"{TARN}.txt").write_text("Not for publication\n\f1\nTarns.\n")
    return base
