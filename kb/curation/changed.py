"""What commits changed, thing by thing and in words: sources with their keys and claims, and concepts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus.sources import parse
from kb.curation.revisions import SOMEBODY, without_addresses
from kb.errors import BadSource
from kb.saving.history import Commit, History, Touched

FILES = 50  # of one commit that are told of
SOURCE, CONCEPT, FILE = "source", "concept", "file"
ADDED, DELETED, EDITED = "added", "deleted", "edited"
UNTOLD = {"claims", "statusBy", "statusDate"}  # keys that are told of otherwise, or go with another
HOW = {"A": ADDED, "D": DELETED}
_BLOCK = re.compile(r"(?m)^(?=[^\s#@\]])")  # where a statement of a Turtle file begins, in the layout of ours
_SUBJECT = re.compile(r"[^\s;,]+")


class Changed(NamedTuple):
    """A source or concept (else a file) that a commit changed: added, deleted or edited, and *what* of a source.

    *what* are its keys, and its claims: ``title``, ``claim c3 added``.
    """

    kind: str
    id: str
    how: str
    what: tuple[str, ...] = ()


class Entry(NamedTuple):
    """A commit without addresses of mail, what it changed, and how many files *more* than those."""

    commit: Commit
    changes: tuple[Changed, ...]
    more: int


def entries(history: History, commits: Sequence[Commit], prefixes: Mapping[str, str]) -> list[Entry]:
    """What each of *commits* changed; *prefixes* are those of the home."""
    told = [commit.files[:FILES] for commit in commits]
    edited = [each for files in told for each in files if each.how not in HOW or each.path.endswith(".ttl")]
    texts = history.blobs(blob for each in edited for blob in (each.before, each.after) if blob.strip("0"))
    begins = _begins(prefixes)
    return [
        Entry(_clean(commit), tuple(_changed(files, texts, begins)), len(commit.files) - len(files))
        for commit, files in zip(commits, told, strict=True)
    ]


def _clean(commit: Commit) -> Commit:
    author = without_addresses(commit.author) or SOMEBODY
    return commit._replace(author=author, email="", message=without_addresses(commit.message))


def _begins(prefixes: Mapping[str, str]) -> tuple[str, ...]:
    """How the names of concepts begin in Turtle."""
    space = prefixes["concept"]
    return *(f"{name}:" for name, iri in prefixes.items() if iri == space), f"<{space}"


def _changed(files: Iterable[Touched], texts: Mapping[str, bytes], begins: tuple[str, ...]) -> Iterator[Changed]:
    for each in files:
        how, before, after = HOW.get(each.how, EDITED), texts.get(each.before, b""), texts.get(each.after, b"")
        folder, _, name = each.path.rpartition("/")
        if folder == "corpus" and name.endswith(".yaml"):
            what = _of_source(before, after) if how == EDITED else ()
            yield Changed(SOURCE, name.removesuffix(".yaml"), how, what)
        elif name.endswith(".ttl") and (found := _of_turtle(before, after, begins)):
            yield from found
        else:
            yield Changed(FILE, each.path, how)


@lru_cache(1000)
def _of_source(before: bytes, after: bytes) -> tuple[str, ...]:
    """What differs in a source: keys, and claims by their ids."""
    try:
        old, new = (parse(text.decode(), Path("a source")) for text in (before, after))
    except (BadSource, UnicodeDecodeError):
        return ()
    keys = [key for key in {**old, **new} if key not in UNTOLD and old.get(key) != new.get(key)]
    return *keys, *_claims(_by_id(old), _by_id(new))


def _by_id(data: Mapping[str, Any]) -> dict[str, Any]:
    claims = data.get("claims") or []
    return {str(each.get("id")).lstrip("#"): each for each in claims if isinstance(each, dict)}


def _claims(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for id in {**old, **new}:
        if old.get(id) != new.get(id):
            yield f"claim {id} {ADDED if id not in old else DELETED if id not in new else 'changed'}"


@lru_cache(100)
def _of_turtle(before: bytes, after: bytes, begins: tuple[str, ...]) -> tuple[Changed, ...]:
    """The concepts whose statements differ in two texts of a Turtle file."""
    old, new = (_blocks(text.decode(errors="replace"), begins) for text in (before, after))
    found = (id for id in sorted({*old, *new}) if old.get(id) != new.get(id))
    return tuple(Changed(CONCEPT, id, ADDED if id not in old else DELETED if id not in new else EDITED) for id in found)


def _blocks(text: str, begins: tuple[str, ...]) -> dict[str, str]:
    """The statements about each concept, by its id."""
    found: dict[str, str] = {}
    for block in _BLOCK.split(text):
        subject = _SUBJECT.match(block)
        start = next((start for start in begins if subject and subject[0].startswith(start)), None)
        if subject and start:
            id = subject[0].removeprefix(start).rstrip(">")
            found[id] = found.get(id, "") + block.strip()
    return found
