"""Saves that could not be written, as their files had been changed meanwhile, and texts that a save displaced."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kb.corpus.sources import write_atomically
from kb.home import Home
from kb.saving.changes import Author, Change
from kb.saving.files import Displaced
from kb.saving.journal import Entry

WHY, SAVE = "why.txt", "save.json"


class Lost(NamedTuple):
    """A save that is kept in *folder*, not in the files: by whom, when (seconds since 1970), what, and what to do."""

    folder: Path
    author: Author
    when: int
    message: str
    paths: tuple[str, ...]
    why: str


def keep_displaced(home: Home, entry: Entry, displaced: Iterable[Displaced]) -> str:
    """Keep the texts that a save has taken the place of in the moment in which somebody wrote them; say so, if any."""
    told = []
    for number, (change, file) in enumerate(displaced, 1):
        folder = home.private() / "lost" / f"{entry.file.name.partition('.')[0]}-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / PurePosixPath(change.path).name
        shutil.move(file, kept)
        why = (
            f"{change.path}: somebody else wrote it in the moment in which {entry.author.name} saved it "
            f"({entry.message}): the other text is kept as {kept}: compare it with the file, save what is missing "
            "again, and delete that folder"
        )
        text = kept.read_bytes().decode("utf-8", "replace")
        _note(folder, entry, (Change(change.path, text, change.was),), why)
        told.append(why)
    return "; ".join(told)


def keep(home: Home, entry: Entry, changes: tuple[Change, ...]) -> Lost:
    """Keep *changes* of a save beside the files, each text as a file of its own."""
    folder = home.private() / "lost" / entry.file.name.partition(".")[0]
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(each.path for each in changes)
    for each in changes:
        if each.text is not None:
            write_atomically(folder / PurePosixPath(each.path).name, each.text)
    why = (
        f"{', '.join(paths)}: changed by somebody else before a save by {entry.author.name} ({entry.message}) could be "
        f"written after a stop; the save is kept in {folder}: compare it with the file, save what is missing again, "
        "and delete that folder"
    )
    _note(folder, entry, changes, why)
    return Lost(folder, entry.author, entry.when, entry.message, paths, why)


def _note(folder: Path, entry: Entry, changes: tuple[Change, ...], why: str) -> None:
    write_atomically(folder / WHY, why + "\n")
    said = {"changes": changes, "author": entry.author, "message": entry.message, "when": entry.when}
    write_atomically(folder / SAVE, json.dumps(said))


def lost(home: Home) -> list[Lost]:
    """What is kept so, the newest first."""
    found = []
    for file in sorted(home.curation.glob(f"lost/*/{SAVE}"), reverse=True):
        said = json.loads(file.read_text(encoding="utf-8"))
        why = (file.parent / WHY).read_text(encoding="utf-8").strip()
        paths = tuple(Change(*each).path for each in said["changes"])
        found.append(Lost(file.parent, Author(*said["author"]), said["when"], said["message"], paths, why))
    return found
