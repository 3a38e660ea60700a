"""What was: who changed what when, and how to bring something back."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kb.corpus.sources import SLUG, Corpus
from kb.home import Home
from kb.saving import Author, Saved, Saving

if TYPE_CHECKING:
    from kb.curation.changed import Entry
    from kb.curation.deletions import Deletions
    from kb.curation.revisions import Revision, Revisions, RevisionView


class Past:
    """The history of the files of one home, as readers see it, and the acts that go back in it."""

    def __init__(self, home: Home, saving: Saving) -> None:
        self.home, self.saving, self.corpus, self.history = home, saving, Corpus(home.corpus), saving.history

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

    def latest(self, limit: int, id: str = "") -> list[Entry]:
        """The newest commits with what each changed, in sources and concepts; those alone that changed source *id*."""
        from kb.curation.changed import entries
        from kb.terms import Names

        commits = self.history.log(f"corpus/{id}.yaml" if id else "", limit)
        return entries(self.history, commits, Names.of(self.home.context()).prefixes)
