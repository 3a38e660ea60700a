"""What curators do with sources and concepts, saved in their name; reading is for the views."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from kb.corpus.sources import Corpus
from kb.errors import BadQuery, NotFound, unknown
from kb.home import Home
from kb.saving import Author, Change, History, Saved, Saving, etag
from kb.saving.changes import read

if TYPE_CHECKING:
    from kb.curation.status import Edited
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
