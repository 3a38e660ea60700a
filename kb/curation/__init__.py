"""What curators do with sources and concepts, saved in their name; reading is for the views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kb.corpus.sources import SLUG, Corpus
from kb.errors import BadSource, Conflict, NotFound, unknown
from kb.home import Home
from kb.saving import Author, Change, History, Saved, Saving, etag
from kb.saving.changes import read

if TYPE_CHECKING:
    from kb.corpus.check.one import FieldProblem
    from kb.curation.fields import Choices, Field
    from kb.curation.known import Known
    from kb.curation.records import Likeness
    from kb.generation import Generation

__all__ = ["Author", "Change", "Curation", "Saved"]


class Curation:
    """The desk of the curators of one home: what they change, and the history of that.

    *generation* gives what the last build has read of the files.
    """

    def __init__(self, home: Home, generation: Callable[[], Generation]) -> None:
        home.check()
        self.home, self.corpus, self._generation = home, Corpus(home.corpus), generation
        self.saving = Saving(home)

    @property
    def history(self) -> History:
        """Who changed what when."""
        return self.saving.history

    def text(self, id: str) -> tuple[str, str]:
        """The text of the file of source *id*, and the etag that a save of it is to name."""
        text = read(self.corpus.path(id))
        if text is None:
            raise NotFound(unknown("source", id, self.corpus.ids()))
        return text, etag(text)

    def save(self, id: str, text: str, was: str | None, author: Author, message: str) -> Saved:
        """Write *text* as the file of source *id*, made from the text with the etag *was* (None: it is new)."""
        return self.saving.save([Change(f"corpus/{id}.yaml", text, was)], author, message)

    # A source as it is being written: *data* is the mapping of its file, whatever a form made of it

    def problems(self, id: str, data: Mapping[str, Any]) -> tuple[FieldProblem, ...]:
        """What `kb check` would say of source *id* if its file said *data*, by place; a new one may have no id yet."""
        from kb.corpus.sources import Source

        return self._known.problems(Source(id or self.new_id(data), dict(data)), self._generation())

    def duplicates(self, data: Mapping[str, Any], but: str = "") -> tuple[Likeness, ...]:
        """The sources, *but* the one called so, that may be of the same work; the nearest first, LIKE at most."""
        from kb.curation.records import LIKE, Likeness, readable

        now = self._generation()
        found = self._known.near(readable(data), but, now)[:LIKE]
        return tuple(Likeness(each.id, now.records.references(each.id)[0].text, each.why) for each in found)

    def citation(self, data: Mapping[str, Any], style: str = "apa") -> str:
        """How a *style* cites what *data* say so far."""
        from kb.curation.records import citation

        return citation(data, style)

    def new_id(self, data: Mapping[str, Any]) -> str:
        """An id for a new source, of its names and year, that nothing here has."""
        from kb.curation.records import readable
        from kb.intake.naming import Namer

        now = self._generation()
        return Namer(lambda id: self._known.taken(id, now)).new_id(readable(data))

    def save_data(
        self, id: str, data: Mapping[str, Any], was: str | None, author: Author, message: str
    ) -> Saved:  # fmt: skip
        """Let the file of source *id* say *data*: only lines that must change do; *was* as `save` has it.

        Raises BadSource for what no build can read.
        """
        return self.save(id, self._written(id, data, was), was, author, message)

    def diff(self, id: str, data: Mapping[str, Any]) -> str:
        """What `save_data` would change in the file of source *id*, as a unified diff; nothing where nothing would."""
        from kb.curation.writing import diff

        old = read(self.home.corpus / f"{id}.yaml") if SLUG.fullmatch(id) else None
        return diff(f"corpus/{id}.yaml", old, data)

    def fields(self, type: str) -> tuple[Field, ...]:
        """The fields of the record of a work of a *type*, in the order of a form."""
        from kb.curation.fields import fields, labels

        return fields(type, labels(self._generation()))

    def choices(self) -> Choices:
        """What can be chosen in a form: types, states, bases, stances, relations, with their labels."""
        from kb.curation.fields import choices, labels

        return choices(labels(self._generation()))

    @cached_property
    def _known(self) -> Known:
        from kb.curation.known import Known

        return Known()

    def _written(self, id: str, data: Mapping[str, Any], was: str | None) -> str:
        """The text of the file of source *id*, so that it says *data*."""
        from kb.curation.writing import written

        if not SLUG.fullmatch(id):
            raise BadSource(f"{id!r} is no id: use small letters, digits and single hyphens, such as 'reed-2001'")
        if was is None and id in self._generation().views().ontology.concepts:
            raise BadSource(f"{id!r} is the id of a concept: choose another one")
        path = self.home.corpus / f"{id}.yaml"
        old = read(path)
        if old is not None and etag(old) != was:
            raise Conflict(f"corpus/{id}.yaml: has changed, by somebody else; nothing was written")
        return written(path, old, data, self.home.context())
