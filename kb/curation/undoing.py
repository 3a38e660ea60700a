"""Undo what one commit changed, or bring an earlier version of a file back: as a new commit, never by another past."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from pathlib import PurePosixPath

from kb.corpus.sources import parse
from kb.curation import claims
from kb.curation.allowed import EDITOR, allowed
from kb.curation.removing import away, in_corpus, put_away, refuse_leaned_on, taken_out
from kb.curation.texts_moved import moved_back, texts_moved
from kb.errors import BadQuery, BadSource, Conflict, KBError, NotAllowed, NotFound
from kb.saving import Author, Change, Commit, Saved, Saving, etag
from kb.saving.changes import in_git, read
from kb.saving.merging import merge


def revert(saving: Saving, id: str, author: Author, role: str = EDITOR) -> Saved:
    """Undo what commit *id* changed, file by file; what was changed since stays.

    Raises Conflict, which names the lines, where later changes are in the same lines, and NotAllowed where somebody
    with that *role* may not change so much; then nothing is written.
    """
    commit = found(saving, id)
    changes = allowed(saving.home, _changes(saving, commit), role, author, _own(commit, author))
    message = f'Undo "{subject(commit)}"\n\nThis undoes {commit.id}, of {commit.author}.'
    moved = list(moved_back(saving.home, commit))
    changes += [*moved, *_texts(saving, changes, {each.path for each in moved})]
    return saving.save(changes, author, message + texts_moved(moved), lambda: _refuse_gone(saving, changes))


def may_revert(saving: Saving, id: str, author: Author, role: str) -> bool:
    """Whether somebody with that *role* may undo commit *id*; what else may be in the way, `revert` tells."""
    try:
        commit = found(saving, id)
        allowed(saving.home, _changes(saving, commit), role, author, _own(commit, author))
    except NotAllowed:
        return False
    except KBError:
        pass
    return True


def _own(commit: Commit, author: Author) -> bool:
    """Whether it is *author* who made a commit."""
    return commit.email == author.email


def _changes(saving: Saving, commit: Commit) -> list[Change]:
    """The changes of files that undo a commit."""
    if not commit.parents:
        raise BadQuery("this is the beginning of the history: to undo it would take all files away")
    blobs = saving.history.blobs(blob for each in commit.files for blob in (each.before, each.after) if blob)
    changes: list[Change] = []
    for each in commit.files:
        if in_git(each.path):
            before, after = (_text(each.path, blobs.get(blob)) for blob in (each.before, each.after))
            changes += _undone(saving, each.path, before, after)
    if not changes:
        raise BadQuery(f"{commit.id[:8]} is undone already: the files are without it")
    return changes


def restore(saving: Saving, path: str, id: str, author: Author, role: str = EDITOR) -> Saved:
    """Let the file at *path* be as it was in commit *id*, as far as somebody with that *role* may change it."""
    commit, text = found(saving, id), saving.history.text(id, path) if in_git(path) else None
    if text is None:
        raise BadQuery(f"{path}: was not there in {commit.id[:8]}")
    now = read(saving.home.folder / path)
    if now == text:
        raise BadQuery(f"{path}: is as it was in {commit.id[:8]} already")
    _refuse_unreadable(path, text)
    changes = allowed(saving.home, [Change(path, text, None if now is None else etag(now))], role, author)
    message = f"Bring back {path} as of {commit.when[:10]}\n\nThis is the version of {commit.id}, of {commit.author}."
    return saving.save([*changes, *_texts(saving, changes)], author, message, lambda: _refuse_gone(saving, changes))


def found(saving: Saving, id: str) -> Commit:
    """The commit called *id*; raises NotFound where there is none that changed files of this home."""
    commit = saving.history.commit_of(id)
    if commit is None or not commit.files:
        raise NotFound(f"no change {id[:64]!r} in the history of these files")
    return commit


def subject(commit: Commit) -> str:
    """The first line of a commit's message."""
    return commit.message.partition("\n")[0]


def _undone(saving: Saving, path: str, before: str | None, after: str | None) -> Iterator[Change]:
    """The change of a file from what it is now to what it would be without the change from *before* to *after*."""
    now = read(saving.home.folder / path)
    if now == before:
        return
    if now != after and (now is None or before is None or after is None):
        what = "has been deleted" if now is None else "has been changed"
        raise Conflict(f"{path}: {what} since, so that this cannot be undone alone; nothing was written")
    text = before
    if now != after and now is not None and before is not None and after is not None:
        text = _merged(path, now, after, before)
    if text is not None:
        _refuse_unreadable(path, text)
    if text != now:
        yield Change(path, text, None if now is None else etag(now))


def _text(path: str, blob: bytes | None) -> str | None:
    try:
        return None if blob is None else blob.decode("utf-8")
    except UnicodeDecodeError:
        raise BadSource(f"{path}: was no UTF-8 before or after that: use git for it; nothing was written") from None


def _merged(path: str, now: str, base: str, other: str) -> str:
    merged = merge(now, base, other)
    if merged.text is None:
        where = ", ".join(f"{start}" if start == end else f"{start}–{end}" for start, end in merged.lines)
        what = f"line {where} has" if where.isdecimal() else f"lines {where} have"
        raise Conflict(
            f"{path}: {what} been changed again since: undo that change first, or edit there; nothing was written"
        )
    return merged.text


def _refuse_unreadable(path: str, text: str) -> None:
    if path.endswith(".yaml"):
        try:
            parse(text, PurePosixPath(path))  # type: ignore[arg-type]  # it is named in errors alone
        except BadSource as error:
            raise Conflict(f"the file could not be read afterwards: {error}; nothing was written") from error


def _source(change: Change) -> str:
    """The id of the source whose file is changed, if it is one."""
    path = PurePosixPath(change.path)
    return path.stem if path.suffix == ".yaml" and path.parts[0] == "corpus" else ""


def _texts(saving: Saving, changes: Iterable[Change], moved: Container[str] = ()) -> Iterator[Change]:
    """What happens to the texts of sources that go or come back, but to those that are *moved* anyway."""
    for each in changes:
        id = _source(each)
        if not id or in_corpus(id) in moved or away(id) in moved:
            continue
        if each.text is None:
            yield from put_away(saving.home, id)
        elif each.was is None:
            yield from taken_out(saving.home, id)


def _refuse_gone(saving: Saving, changes: Iterable[Change]) -> None:
    """Refuse to let sources or claims go on which others lean that stay as they are."""
    changed = {id for each in changes if (id := _source(each))}
    for each in changes:
        if (id := _source(each)) and each.text is None:
            refuse_leaned_on(saving.home, id, changed)
        elif id and each.text is not None:
            old = read(saving.home.folder / each.path) or ""
            claims.refuse_gone(saving.home, id, old, each.text, changed)
