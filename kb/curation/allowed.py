"""What of the past somebody may undo: no more than they may do. What editors decided, a curator leaves as it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kb.corpus.revised import revised
from kb.corpus.sources import parse
from kb.curation.status import CURATOR, DRAFT, EDITOR, after_edit
from kb.errors import NotAllowed
from kb.home import Home
from kb.saving import Author, Change
from kb.saving.changes import read

__all__ = ["CURATOR", "EDITOR", "allowed"]

ASK = "ask an account with the role 'editor' to do it; nothing was written"


def allowed(home: Home, changes: Iterable[Change], role: str, author: Author, own: bool = False) -> list[Change]:
    """What of *changes* somebody with a *role* may make, each source with the status that it has after their edit.

    Raises NotAllowed where files come or go, unless that undoes what is their *own* and no editor has decided on since;
    where the ontology changes, where a merge is undone, or nothing is left.
    """
    if role == EDITOR:
        return list(changes)
    found = [made for each in changes if (made := _edited(home, each, author, own))]
    if not found:
        raise NotAllowed(f"this is of the status of sources alone, which only an editor changes so: {ASK}")
    return found


def _edited(home: Home, change: Change, author: Author, own: bool) -> Change | None:
    """The change of a source's file as a curator may make it; None where nothing of it is left."""
    path = home.folder / change.path
    if path.suffix != ".yaml" or path.parent != home.corpus:
        raise NotAllowed(f"{change.path} is changed by it, which only an editor changes: {ASK}")
    if own and change.was is None and change.text is not None:
        return change
    if own and change.text is None and parse(read(path) or "", path).get("status", DRAFT) == DRAFT:
        return change
    if change.text is None or change.was is None:
        how = "would go" if change.text is None else "would come back"
        raise NotAllowed(f"{change.path} {how} by it, which only an editor decides: {ASK}")
    now = read(path) or ""
    old, new = parse(now, path), parse(change.text, path)
    if _replaced(old) != _replaced(new):
        raise NotAllowed(f"{change.path} is of sources that were merged, which only an editor undoes: {ASK}")
    text = revised(change.text, after_edit(old, new, CURATOR, author).data, path)
    return None if parse(text, path) == old else change._replace(text=text)


def _replaced(data: dict[str, Any]) -> set[str]:
    """What was merged into a source and its claims."""
    nodes = [data, *(each for each in data.get("claims") or () if isinstance(each, dict))]
    return {str(id) for node in nodes for value in [node.get("replaces") or ()]
            for id in (value if isinstance(value, list) else [value])}  # fmt: skip
