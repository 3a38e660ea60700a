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
from kb.terms import LANGUAGE

if TYPE_CHECKING:
    from kb.corpus.check.one import FieldProblem
    from kb.curation.changed import Entry
    from kb.curation.concept_edits import Wording
    from kb.curation.deletions import Deletions
    from kb.curation.fields import Choices, Field
    from kb.curation.known import Known
    from kb.curation.merging_sources import Sides
    from kb.curation.plans import Plan
    from kb.curation.proposing import Draft, Proposed
    from kb.curation.records import Likeness
    from kb.curation.retagging import Choice, Retagging
    from kb.curation.revisions import Revision, Revisions, RevisionView
    from kb.curation.status import Edited
    from kb.curation.worklists import Worklist, Worklists
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

    # The past

    def revisions(self, id: str = "", page: int = 1) -> Revisions:
        """Who changed what when, the newest first: of all files, or of source *id*; so many to a *page*."""
        from kb.curation import revisions

        return revisions.revisions(self.saving, id, page)

    def changes(self, id: str = "", limit: int = 20) -> tuple[Revision, ...]:
        """The last changes, of all files, of source *id*, or the commit *id*; NotFound where there is neither."""
        from kb.curation import revisions

        return revisions.changes(self.saving, self.corpus, id, limit)

    def revision(self, commit: str, whole: bool = False) -> RevisionView:
        """What a *commit* did to each file; only if *whole* with what of imported fields is not published."""
        from kb.curation import revisions

        return revisions.view(self.saving, commit, whole)

    def deletion(self, id: str, seconds: float = 2) -> Revision | None:
        """The change that deleted source *id*; None where that is not known within *seconds*."""
        from kb.curation import revisions

        if not self.history.is_near or id in self.corpus or not SLUG.fullmatch(id):
            return None
        found = self._deletions.of(id, seconds)
        return revisions.revision(found) if found else None

    @cached_property
    def _deletions(self) -> Deletions:
        from kb.curation.deletions import Deletions

        return Deletions(self.history)

    def delete(self, id: str, author: Author, was: str | None = None) -> Saved:
        """Delete source *id*, on which no other leans; see `kb.curation.removing`."""
        from kb.curation import removing

        return removing.delete(self.saving, id, author, was)

    def undelete(self, id: str, author: Author) -> Saved:
        """Bring back source *id* as it was when it was deleted."""
        from kb.curation import removing

        return removing.undelete(self.saving, id, author)

    def revert(self, commit: str, author: Author, role: str = "editor") -> Saved:
        """Undo what a *commit* changed, as a new one; what was changed since stays, or it is refused.

        Raises NotAllowed for what somebody with that *role* may not do.
        """
        from kb.curation import undoing

        return undoing.revert(self.saving, commit, author, role)

    def restore(self, path: str, commit: str, author: Author, role: str = "editor") -> Saved:
        """Let the file at *path*, as corpus/reed-2001.yaml, be as it was in *commit*; *role* as in `revert`."""
        from kb.curation import undoing

        return undoing.restore(self.saving, path, commit, author, role)

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

    # Concepts

    def propose(
        self, label: str, definition: str, broader: str | Iterable[str], scheme: str, author: Author,
        alt_labels: Iterable[str] = (), scope_note: str = "", language: str = LANGUAGE,
    ) -> Proposed:  # fmt: skip
        """Propose a concept, which counts at once and waits for an editor; see `kb.curation.proposing`."""
        from kb.curation import proposing

        draft = proposing.Draft.of(label, definition, broader, scheme, alt_labels, scope_note, language)
        return proposing.propose(self.saving, self.corpus, draft, author)

    def wording(self, id: str, language: str = LANGUAGE) -> Wording:
        """A concept as an editor changes it, with its texts in a *language*."""
        from kb.curation import concept_edits

        return concept_edits.wording(self.home, id, language)

    def accept_concept(self, id: str, author: Author) -> Saved:
        """Let a proposed concept stand among the others of its scheme."""
        from kb.curation import concept_edits

        return concept_edits.accept(self.saving, id, author)

    def decline_concept(self, id: str, into: str | None, author: Author) -> Saved:
        """Take a proposed concept out; what uses it gets *into* in its place."""
        from kb.curation import concept_edits

        return concept_edits.decline(self.saving, self.corpus, id, into or "", author)

    def edit_concept(self, id: str, draft: Draft, was: str, author: Author) -> Saved:
        """Change a concept to what *draft* says, made from the wording with the etag *was*."""
        from kb.curation import concept_edits

        return concept_edits.edit(self.saving, id, draft, was, author)

    def merging_concepts(self, one: str, into: str, even: bool = False) -> Plan:
        """What merging the concept *one* into *into* would change; with *even*, even across schemes."""
        from kb.curation import merging_concepts

        return merging_concepts.plan(self.home, self.corpus, one, into, even)

    def merge_concepts(self, one: str, into: str, author: Author, even: bool = False, seen: str = "") -> Saved:
        """Merge the concept *one* into *into* in one save; *seen* is that of the plan that was looked at."""
        return self.merging_concepts(one, into, even).save(self.saving, author, seen)

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

    # After a concept was split

    def retagging(
        self, concept: str, new: Iterable[str], suggest: Callable[[str], Iterable[Any]], offset: int = 0
    ) -> Retagging:  # fmt: skip
        """The sources and claims that name *concept*, a page of them, each with how well each *new* one fits."""
        from kb.curation import retagging

        return retagging.retagging(self.home, self.corpus, concept, new, suggest, offset)

    def retag(
        self, concept: str, choices: Mapping[str, Choice], author: Author, was: Mapping[str, str] | None = None
    ) -> Saved:  # fmt: skip
        """Give sources and claims, by id, the chosen concepts in place of *concept*, in one save."""
        from kb.curation import retagging

        return retagging.plan(self.home, self.corpus, concept, choices, was).save(self.saving, author)

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

    def worklists(self) -> tuple[Worklist, ...]:
        """What waits for curators: each list with how much is on it."""
        return self.work.all()

    @cached_property
    def work(self) -> Worklists:
        """The worklists one by one."""
        from kb.curation.checks import Checks
        from kb.curation.worklists import Worklists

        return Worklists(self._generation, Checks(self.home, lambda source: self.problems(source.id, source.data)))

    def latest(self, limit: int, id: str = "") -> list[Entry]:
        """The newest commits with what each changed, in sources and concepts; those alone that changed source *id*."""
        from kb.curation.changed import entries
        from kb.terms import Names

        commits = self.history.log(f"corpus/{id}.yaml" if id else "", limit)
        return entries(self.history, commits, Names.of(self.home.context()).prefixes)
