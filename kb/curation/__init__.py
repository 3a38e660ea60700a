"""What curators do with sources and concepts, saved in their name; reading is for the views."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from kb.corpus.sources import Corpus
from kb.errors import NotFound, unknown
from kb.home import Home
from kb.saving import Author, Change, History, Saved, Saving, etag
from kb.saving.changes import read
from kb.terms import LANGUAGE

if TYPE_CHECKING:
    from kb.curation.concept_edits import Wording
    from kb.curation.merging_sources import Sides
    from kb.curation.plans import Plan
    from kb.curation.proposing import Draft, Proposed
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
        from kb.curation import merging_texts

        saved = self.merging_sources(one, into, taken).save(self.saving, author, seen)
        merging_texts.move(self.home, one, into)
        return saved
