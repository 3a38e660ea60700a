"""The history as a reader is shown it: who changed what when, and what a change did to each file and field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from kb.bibliography.published import as_published, published
from kb.corpus.revised import revised
from kb.corpus.sources import SLUG, Corpus, parse, texts
from kb.curation.lines import Line, lines
from kb.curation.undoing import found
from kb.errors import BadSource, NotFound, unknown
from kb.saving import Commit, Saving
from kb.saving.changes import in_git
from kb.saving.history import ID, Touched

PAGE = 30  # changes on a page
FILES = 20  # of a change, whose lines are shown
CHARACTERS = 200_000  # of a file whose lines are shown
SOMEBODY = "somebody"  # whose name is an address of mail
VALUE = 300  # characters of a value
HOW = {"A": "added", "D": "deleted", "M": "changed", "T": "changed"}
MESSAGE = 10_000  # characters of a message or name
_ADDRESS = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-][\w.-]*")
_LEFT = re.compile(r"(?<!\s)\s*[<(]?\0[>)]?")


class FileRef(NamedTuple):
    """A file of a change: what became of it (added, changed, deleted), and the id of the source that it is, if any."""

    path: str
    how: str
    source: str


class Revision(NamedTuple):
    """A change in the history: who made it, when (ISO 8601), in a line and in full, and its files; no address of mail.

    *whole* counts the files where not all are listed.
    """

    id: str
    author: str
    when: str
    subject: str
    message: str
    files: tuple[FileRef, ...]
    whole: int


class Revisions(NamedTuple):
    """A page of the history, the newest change first; *kept* is whether there is a history at all."""

    of: str
    page: int
    revisions: tuple[Revision, ...]
    more: bool
    kept: bool


class FieldChange(NamedTuple):
    """A field of a source, or of a claim of it, that was set from *was* to *now*; of a list, what went and came."""

    place: str
    was: str
    now: str


class FileChange(NamedTuple):
    """What a change did to a file: its fields, if it is a source, and its lines; or why these are not shown."""

    path: str
    how: str
    source: str
    fields: tuple[FieldChange, ...]
    lines: tuple[Line, ...]
    note: str


class RevisionView(NamedTuple):
    """A change with what it did to its files; *first* where it is the beginning of the history."""

    revision: Revision
    first: bool
    changes: tuple[FileChange, ...]


def revisions(saving: Saving, id: str = "", page: int = 1) -> Revisions:
    """The changes of the corpus and the ontology, or of source *id* alone."""
    commits = _log(saving, id, PAGE + 1, (page - 1) * PAGE)
    kept = bool(commits) or saving.history.is_kept
    return Revisions(id, page, tuple(map(revision, commits[:PAGE])), len(commits) > PAGE, kept)


def changes(saving: Saving, corpus: Corpus, id: str, limit: int) -> tuple[Revision, ...]:
    """The last changes, of all files, of source *id*, or the commit *id*; raises NotFound where there is neither."""
    commits = _log(saving, id, limit)
    if id and not commits and id not in corpus:
        if ID.fullmatch(id) and (commit := saving.history.commit_of(id)):
            return (revision(commit),)
        raise NotFound(unknown("source, nor a commit,", id, corpus.ids()))
    return tuple(map(revision, commits))


def _log(saving: Saving, id: str, limit: int, offset: int = 0) -> list[Commit]:
    """The commits that changed any file, or that of source *id*; none for what is no id."""
    if id and not SLUG.fullmatch(id):
        return []
    return saving.history.log(f"corpus/{id}.yaml" if id else "", limit, offset)


def revision(commit: Commit) -> Revision:
    """A commit as it is shown."""
    message = without_addresses(commit.message)
    files = [FileRef(each.path, HOW.get(each.how, "changed"), source_of(each.path)) for each in commit.files
             if in_git(each.path)]  # fmt: skip
    author = without_addresses(commit.author) or SOMEBODY
    return Revision(
        commit.id, author, commit.when, message.partition("\n")[0], message, tuple(files[:FILES]), len(files)
    )


def view(saving: Saving, id: str, whole: bool = False) -> RevisionView:
    """What commit *id* changed; only if *whole* with what of imported fields is not published."""
    commit = found(saving, id)
    files = [each for each in commit.files if in_git(each.path)][:FILES]
    blobs = saving.history.blobs(blob for each in files for blob in (each.before, each.after) if blob)
    changes = tuple(_change(each, blobs, whole) for each in files)
    return RevisionView(revision(commit), not commit.parents, changes)


def source_of(path: str) -> str:
    """The id of the source whose file is at *path*; nothing where it is another file."""
    parts = PurePosixPath(path)
    return parts.stem if parts.parts[0] == "corpus" and parts.suffix == ".yaml" and len(parts.parts) == 2 else ""


def _change(file: Touched, blobs: Mapping[str, bytes], whole: bool) -> FileChange:
    source, how = source_of(file.path), HOW.get(file.how, "changed")
    sides = [blobs.get(blob, b"") if blob else b"" for blob in (file.before, file.after)]
    if any(len(side) > CHARACTERS for side in sides):
        return FileChange(file.path, how, source, (), (), "The file is too long to be shown here.")
    before, after = (side.decode(errors="replace") for side in sides)
    if not source:
        return FileChange(file.path, how, source, (), lines(before, after), "")
    note = ""
    try:
        was, now = (parse(text, Path(file.path)) if text else {} for text in (before, after))
        if not whole and any(_hidden(data) for data in (was, now)):
            before, after = _shown(before, was), _shown(after, now)
            was, now = as_published(was), as_published(now)
            note = "Imported fields that tell of places on somebody's disk are left out."
        fields = tuple(field_changes(was, now))
    except BadSource:
        fields = ()
        if not whole:
            before, after, note = "", "", "The file cannot be read as a source, and is not shown."
    return FileChange(file.path, how, source, fields, lines(before, after), note)


def _hidden(data: Mapping[str, Any]) -> bool:
    extra = data.get("extra")
    return bool(extra) and (not isinstance(extra, Mapping) or published(extra) != extra)


def _shown(text: str, data: Mapping[str, Any]) -> str:
    """The text of a source without what is not published of its imported fields."""
    extra = data.get("extra")
    kept = published(extra) if isinstance(extra, Mapping) else None
    said = {key: value for key, value in data.items() if key != "extra"} | ({"extra": kept} if kept else {})
    try:
        return revised(text, said, Path("shown")) if text and said else ""
    except BadSource:
        return ""


def field_changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[FieldChange]:
    """The fields in which two versions of a source differ; those of claims with the claim before them."""
    yield from _fields("", was, now)
    before, after = (_claims(side) for side in (was, now))
    for id in dict.fromkeys([*before, *after]):
        name = f"claim {id}"
        if id not in before or id not in after:
            yield FieldChange(name, *(_value(side.get(id, {}).get("text")) for side in (before, after)))
        else:
            yield from _fields(f"{name}: ", before[id], after[id])


def _fields(name: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[FieldChange]:
    for key in dict.fromkeys([*was, *now]):
        before, after = was.get(key), now.get(key)
        if before == after or (key == "claims" and not name):
            continue
        lists = [side if isinstance(side, list) else [side] * (side is not None) for side in (before, after)]
        if any(isinstance(side, list) for side in (before, after)):
            before, after = _without(*lists), _without(*lists[::-1])
            if not before and not after:
                before, after = lists  # in another order
        yield FieldChange(name + key, _value(before), _value(after))


def _without(one: list[Any], other: list[Any]) -> list[Any]:
    """What of the one list is not in the other."""
    there = {json.dumps(each, sort_keys=True, default=str) for each in other}
    return [each for each in one if json.dumps(each, sort_keys=True, default=str) not in there]


def _claims(data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    claims: Iterable[Any] = data.get("claims") or ()
    return {str(each.get("id", "")): each for each in claims if isinstance(each, Mapping)}


def _value(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        told = ", ".join(f"{_value(each)}" if key in ("family", "given") else f"{key}: {_value(each)}"
                         for key, each in value.items())  # fmt: skip
    elif isinstance(value, list):
        told = "; ".join(map(_value, value))
    else:
        told = " ".join(texts(value)) if value is not None else ""
    told = " ".join(told.split())
    return told if len(told) <= VALUE else told[: VALUE - 2] + " …"


def without_addresses(text: str) -> str:
    """A name or message without addresses of mail.

    >>> without_addresses("Add reeds\\n\\nCo-authored-by: Anna Smith <anna@example.org>")
    'Add reeds\\n\\nCo-authored-by: Anna Smith'
    """
    marked = _ADDRESS.sub("\0", text[:MESSAGE].replace("\0", ""))
    return _LEFT.sub("", marked).strip()
