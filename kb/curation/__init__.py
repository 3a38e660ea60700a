"""What curators do with sources and concepts, saved in their name; reading is for the views."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kb.corpus.sources import SLUG, Corpus
from kb.errors import BadQuery, BadSource, Conflict, NotFound, unknown
from kb.home import Home
from kb.saving import Author, Change, History, Saved, Saving, etag
from kb.saving.changes import read, refuse_unmerged

if TYPE_CHECKING:
    from kb.corpus.check.one import FieldProblem
    from kb.curation.concepts import Concepts
    from kb.curation.fields import Choices, Field
    from kb.curation.known import Known
    from kb.curation.merging_sources import Sides
    from kb.curation.past import Past
    from kb.curation.plans import Plan
    from kb.curation.records import Likeness
    from kb.curation.status import Edited
    from kb.curation.worklists import Worklists
    from kb.generation import Generation

__all__ = ["Author", "Change", "Curation", "Saved"]


class Curation:
    """The desk of the curators of one home: what they change, and the history of that.

    *generation* gives what the last build has read of the files, *fault* why there is none of what they are now.
    """

    def __init__(self, home: Home, generation: Callable[[], Generation], fault: Callable[[], str] = str) -> None:
        home.check()
        self.home, self.corpus, self._generation, self._fault = home, Corpus(home.corpus), generation, fault
        self.saving = Saving(home)

    @property
    def history(self) -> History:
        """Who changed what when."""
        return self.saving.history

    @cached_property
    def past(self) -> Past:
        """What was: revisions, and how to bring something back."""
        from kb.curation.past import Past

        return Past(self.home, self.saving)

    @cached_property
    def concepts(self) -> Concepts:
        """What is done with concepts: propose, accept, change, merge, tag anew."""
        from kb.curation.concepts import Concepts

        return Concepts(self.home, self.saving)

    def text(self, id: str) -> tuple[str, str]:
        """The text of the file of source *id*, and the etag that a save of it is to name."""
        text = read(self.corpus.path(id))
        if text is None:
            raise NotFound(unknown("source", id, self.corpus.ids()))
        refuse_unmerged(f"corpus/{id}.yaml", text)
        return text, etag(text)

    def save(self, id: str, text: str, was: str | None, author: Author, message: str) -> Saved:
        """Write *text* as the file of source *id*, made from the text with the etag *was* (None: it is new)."""
        return self.saving.save(
            [Change(f"corpus/{id}.yaml", text, was)], author, message, lambda: self._refuse(id, text, was)
        )

    def _refuse(self, id: str, text: str, was: str | None) -> None:
        """While nobody else saves: refuse the id of a merged source, and that claims go which others name."""
        from kb.curation import claims, removing

        if was is not None:
            claims.refuse_gone(self.home, id, self.text(id)[0], text)
        elif into := removing.merged_into(self.home, id):
            raise BadSource(f"{id} was merged into {into}: open that one, or choose another id; nothing was written")

    def used_claims(self, id: str) -> set[str]:
        """The ids of claims, such as #c4, that source *id* has, had, or is named with: none is for a new claim."""
        from kb.curation import claims

        return claims.used(self.saving, id) if SLUG.fullmatch(id) else set()

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

    def prepare(self) -> None:
        """Make ready what checks and comparisons need of the last build, so that nobody waits for it."""
        self._known.prepare(self._generation())

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

    # Sources

    def sides(self, one: str, into: str) -> Sides:
        """Two sources that are to be one, and where they differ."""
        from kb.curation import merging_sources

        return merging_sources.sides(self.corpus, one, into)

    def merging_sources(self, one: str, into: str, taken: Iterable[str] = ()) -> Plan:
        """What merging the source *one* into *into* would change; of the fields *taken* the value of *one* stands."""
        from kb.curation import merging_sources

        return merging_sources.plan(self.home, self.corpus, one, into, tuple(taken))

    def merge_sources(
        self, one: str, into: str, author: Author, taken: Iterable[str] = (), seen: str = ""
    ) -> Saved:  # fmt: skip
        """Merge the source *one* into *into* in one save, and its text; *seen* is that of the plan looked at."""
        return self.merging_sources(one, into, taken).save(self.saving, author, seen)

    # The life of a source; see `kb.curation.status`

    def set_status(self, id: str, status: str, was: str | None, author: Author, why: str = "") -> Saved:
        """Give source *id* a *status*, signed by *author*: draft, reviewed or retracted; only these lines change.

        *was* is the etag of the text that was read; None takes the file as it is. Who may give which, views see to.
        """
        from kb.curation import status as life

        text, now = self.text(id)
        self.check_curator(author)
        made = life.with_status(text, self.corpus.path(id), status, author, why)
        return self.save(id, made, was or now, author, life.message(id, status, why))

    def after_edit(
        self, old: Mapping[str, Any] | None, new: Mapping[str, Any], role: str, author: Author
    ) -> Edited:  # fmt: skip
        """The *new* data of a source with the status that they have after an edit by somebody with *role*, and a note.

        *old* are the data before; None where the source is new.
        """
        from kb.curation import status as life

        return life.after_edit(old, new, role, author)

    def curators(self) -> dict[str, str]:
        """Who may be named as curator, by id, with the name to be read."""
        from kb.curation import status as life

        space = self.home.context()["@context"].get("curator", {}).get("@context", {}).get("@base", "")
        return life.curators(self.home.ontology, space)

    def check_curator(self, author: Author) -> None:
        """Refuse who is not named as curator in the ontology; where nobody is, anybody may be one."""
        known = self.curators()
        if known and author.id not in known:
            raise BadQuery(
                f"{unknown('curator', author.id, list(known))}: the ontology names who is one; "
                "'kb user add' adds somebody"
            )

    # What waits; see `kb.curation.worklists`

    @cached_property
    def work(self) -> Worklists:
        """The worklists one by one."""
        from kb.curation.checks import Checks
        from kb.curation.worklists import Worklists

        checks = Checks(self.home, lambda source: self.problems(source.id, source.data), self._fault)
        return Worklists(self._generation, checks)
