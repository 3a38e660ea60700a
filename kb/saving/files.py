"""Files as they are written by a save: all are laid beside their places first, then each is moved into its place."""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus.sources import unfinished
from kb.errors import NotSaved
from kb.saving.changes import Change, etag

NEXT = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "let the server write larger files",
    errno.ENAMETOOLONG: "choose a shorter id",
}


HERE, SWAP = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux


class Laid(NamedTuple):
    """A *change* whose new text lies beside the file at *path*; nowhere where the file is to go."""

    path: Path
    beside: Path | None
    change: Change


class Displaced(NamedTuple):
    """A *file* with what somebody wrote in the moment in which a *change* took its place."""

    change: Change
    file: Path


def lay(folder: Path, changes: Iterable[Change]) -> list[Laid]:
    """Write the new texts beside their files in *folder*; on any error all of them go."""
    laid: list[Laid] = []
    try:
        for each in changes:
            path = folder / each.path
            path.parent.mkdir(parents=True, exist_ok=True)
            laid.append(Laid(path, None if each.text is None else unfinished(path, each.text), each))
    except BaseException:
        take_away(laid)
        raise
    return laid


def take_away(laid: Iterable[Laid]) -> None:
    """Let what lies beside the files go."""
    for each in laid:
        if each.beside:
            each.beside.unlink(missing_ok=True)


def put(laid: Iterable[Laid]) -> list[Displaced]:
    """Move each new text into its place; when this returns, a power cut changes nothing any more.

    What stood there and is not what the change was made from is told, and lies beside: it is for who called.
    """
    folders, displaced = set(), list[Displaced]()
    for each in laid:
        path = each.path.resolve()
        old = _exchanged(path, each.beside) if each.beside else _set_aside(path)
        if old and _is_other(old, each.change.was):
            displaced.append(Displaced(each.change, old))
        elif old:
            old.unlink(missing_ok=True)
        folders.add(path.parent)
    for folder in folders:
        sync(folder)
    return displaced


def _exchanged(path: Path, beside: Path) -> Path | None:
    """Put what lies *beside* at *path*, and return where what stood there is now; None where nothing did.

    No moment goes by in which another's text can come between: a new file is linked, and names are exchanged at once.
    """
    with suppress(OSError):  # it is there already, or the disk has no links
        os.link(beside, path)
        beside.unlink()
        return None
    if _swapped(path, beside):
        return beside
    old = _set_aside(path)
    beside.replace(path)
    return old


def _set_aside(path: Path) -> Path | None:
    """Let a file go from its place, and return where it is now."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.was.tmp")
    try:
        return path.replace(aside)
    except FileNotFoundError:
        return None


def _swapped(path: Path, beside: Path) -> bool:
    """Exchange two names in one step; whether the system and the disk can do that."""
    renameat2 = _renameat2()
    return bool(renameat2 and renameat2(HERE, os.fsencode(beside), HERE, os.fsencode(path), SWAP) == 0)


@cache
def _renameat2() -> Any:
    """The call of the C library; None where it has none."""
    with suppress(OSError, TypeError):
        return getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    return None


def _is_other(path: Path, was: str | None) -> bool:
    try:
        return etag(path.read_bytes().decode("utf-8")) != was
    except UnicodeDecodeError:
        return True


def sync(folder: Path) -> None:
    """Let the names of the files in *folder* reach the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def not_saved(error: OSError, folder: Path) -> NotSaved:
    """The sentence for a disk or folder that does not take a save."""
    return NotSaved(f"{why(error, folder)}, then save again; nothing was saved")


def why(error: OSError, folder: Path) -> str:
    """What the disk did not take, and what to do about it."""
    what = str(error.filename or folder)
    where = Path(what).parent if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) else None
    next = NEXT.get(error.errno or 0) or (f"let the server write in {where}" if where else "see what is wrong there")
    return f"{what} cannot be written: {error.strerror or error}: {next}"
