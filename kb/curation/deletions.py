"""Which sources were deleted, and by which change: read from the history once for all that ask."""

from __future__ import annotations

from threading import Lock

from kb.curation.revisions import source_of
from kb.saving import Commit, History, HistoryError

DELETED = "D"
FOLDER = "corpus/"


class Deletions:
    """The last commit that deleted a source, by its id; after further commits, these alone are read."""

    def __init__(self, history: History) -> None:
        self._history, self._lock = history, Lock()
        self._known: dict[str, Commit] = {}
        self._head = ""

    def of(self, id: str, seconds: float) -> Commit | None:
        """The commit that deleted source *id* last; None where there is none, or it is not known in *seconds*."""
        if not self._lock.acquire(timeout=seconds):
            return None
        try:
            head = self._history.head
            if head and head != self._head:
                self._read(head)
            return self._known.get(id)
        finally:
            self._lock.release()

    def _read(self, head: str) -> None:
        try:
            found = self._history.since(self._head, FOLDER, how=DELETED) if self._head else None
            self._known = self._known if found is not None else {}
            commits = self._history.log(FOLDER, how=DELETED, limit=-1) if found is None else found
        except HistoryError:  # it takes too long: it is not tried again before the next commit
            commits = []
        for commit in reversed(commits):
            gone = {source_of(each.path): commit._replace(files=(each,)) for each in commit.files}
            self._known |= {id: commit for id, commit in gone.items() if id}
        self._head = head
