"""Files as they are written by a save: all are laid beside their places first, then each is moved into its place."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kb.corpus.sources import unfinished
from kb.errors import NotSaved
from kb.saving.changes import Change

NEXT = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "let the server write larger files",
    errno.ENAMETOOLONG: "choose a shorter id",
}


class Laid(NamedTuple):
    """A change whose new text lies beside the file at *path*; nowhere where the file is to go."""

    path: Path
    beside: Path | None


def lay(folder: Path, changes: Iterable[Change]) -> list[Laid]:
    """Write the new texts beside their files in *folder*; on any error all of them go."""
    laid: list[Laid] = []
    try:
        for each in changes:
            path = folder / each.path
            path.parent.mkdir(parents=True, exist_ok=True)
            laid.append(Laid(path, None if each.text is None else unfinished(path, each.text)))
    except BaseException:
        take_away(laid)
        raise
    return laid


def take_away(laid: Iterable[Laid]) -> None:
    """Let what lies beside the files go."""
    for each in laid:
        if each.beside:
            each.beside.unlink(missing_ok=True)


def put(laid: Iterable[Laid]) -> None:
    """Move each new text into its place; when this returns, a power cut changes nothing any more."""
    folders = set()
    for path, beside in laid:
        if beside:
            beside.replace(path.resolve())
        else:
            path.unlink(missing_ok=True)
        folders.add(path.resolve().parent)
    for folder in folders:
        sync(folder)


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
