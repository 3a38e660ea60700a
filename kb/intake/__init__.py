"""Take in what a curator brings: what is here already is found, and the rest becomes sources."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.corpus.sources import Corpus
from kb.home import Home
from kb.intake import merging, taking
from kb.intake.differences import Difference
from kb.intake.plan import DUPLICATE, INCOMPLETE, NEW, UNREADABLE, Planned
from kb.saving import Author, Saving
from kb.terms import LANGUAGE

if TYPE_CHECKING:
    from kb.bibliography.reading import Given
    from kb.corpus.ontology import Ontology
    from kb.intake.choice import Choice, Taken
    from kb.intake.review import Review

__all__ = ["DUPLICATE", "INCOMPLETE", "NEW", "UNREADABLE", "Difference", "Intake", "Planned"]


class Intake:
    """What becomes of the records that files bring to one home.

    The files are of a reference manager, documents, or annotated sources (YAML: all or none). *suggest* gives concepts
    for a text in a language, as `KnowledgeBase.suggest` does, and *ontology* those that there are.
    """

    def __init__(self, home: Home, suggest: Callable[..., Iterable[Any]], ontology: Callable[[], Ontology]) -> None:
        home.check()
        self._home, self._corpus, self._suggest, self._ontology = home, Corpus(home.corpus), suggest, ontology

    def preview(
        self, files: Iterable[str | Path | Given], progress: taking.Progress | None = None
    ) -> Iterator[Planned]:  # fmt: skip
        """What `add` would make of each record in *files*; nothing is written."""
        return taking.preview(self._home, files, progress)

    def beginning(self, files: Iterable[str | Path | Given]) -> Iterator[Planned]:
        """What `preview` gives, as far as `review` reads it; where that is not all, a last unreadable one says so."""
        from kb.intake.review import Bounded

        return Bounded(self.preview(files)).told()

    def review(self, files: Iterable[str | Path | Given], language: str = LANGUAGE) -> Review:
        """What `preview` gives as a person reads it: counted, the first in full, with concepts suggested."""
        from kb.intake.review import review

        return review(self.preview(files), self._corpus, partial(self._suggest, language=language))

    def add(
        self, files: Iterable[str | Path | Given], *, merge: str = "", fields: Collection[str] = (),
        progress: taking.Progress | None = None,
    ) -> list[Planned]:  # fmt: skip
        """Take in the new records of *files* and return what became of each.

        What is here already stays as it is; with *merge* "fill" it gets the fields it lacks, and those called *fields*
        (`title`, `extra.language`) in any case. Who was stopped goes on by the same call.
        """
        return taking.add(self._home, files, merge, fields, progress)

    def take(
        self, files: Iterable[str | Path | Given], choice: Choice, author: Author | None = None,
        edited: merging.Edit | None = None,
    ) -> Taken:  # fmt: skip
        """Add those records of *files* that are chosen, and take the chosen fields for works that are here already.

        It is committed in the name of *author*; without one nothing is. *edited* gives the data of a source, before
        and after its fields are taken, the status that they then have; without it, that stays.
        """
        from kb.intake.chosen import take

        return take(self._home, files, choice, author, self._ontology, edited)

    def source(self, files: Iterable[str | Path | Given], number: int, concepts: Iterable[str] = ()) -> dict[str, Any]:
        """The data of the source that the record of this *number* in *files* would become, for a form to be filled.

        *concepts* are its subjects. Raises NotFound for no such record, BadSource for one that becomes no new source.
        """
        from kb.intake.chosen import source

        return source(self._home, files, number, concepts, self._ontology())

    def merge(self, id: str, fields: Mapping[str, Any]) -> Path:
        """Write *fields* (``{"volume": "5", "extra.language": "en"}``) into source *id*; no other line changes."""
        with Saving(self._home).lock():
            return merging.merge(self._corpus, id, fields)

    def accept(self, id: str, concepts: Iterable[str]) -> tuple[str, ...]:
        """Give source *id* these *concepts* as subjects, and return those it had not yet; only those lines change.

        After the next `KnowledgeBase.build` they teach what to suggest.
        """
        from kb.intake.accepting import accept

        ontology = self._ontology()
        with Saving(self._home).lock():
            return accept(self._corpus, id, [concepts] if isinstance(concepts, str) else concepts, ontology)

    def reject(self, id: str, concepts: Iterable[str]) -> tuple[str, ...]:
        """Note that source *id* is not about these *concepts*, which are not suggested again; return the new ones."""
        from kb.intake.accepting import reject

        ontology = self._ontology()
        with Saving(self._home).lock():
            return reject(self._corpus, id, [concepts] if isinstance(concepts, str) else concepts, ontology)
