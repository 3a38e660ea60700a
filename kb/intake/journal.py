"""What an import has begun to write, so that one that was stopped goes on as if it had not been."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kb.errors import Busy

FILE = "adding"  # in the folder of what is derived: without it records are recognised by likeness alone


class Journal:
    """The new sources of one import: under which number of its records each id was begun."""

    def __init__(self, file: IO[str], begun: dict[int, str]) -> None:
        self._file, self.begun = file, begun

    def begin(self, number: int, id: str) -> None:
        """Note that the record of this *number* is about to become source *id*."""
        if self.begun.get(number) != id:
            self._file.write(f"{number} {id}\n")
            self._file.flush()


@contextmanager
def journal(folder: Path, mark: str) -> Iterator[Journal]:
    """The journal of the import called *mark*, new or of one that was stopped; one import runs at a time."""
    with lock(folder) as file:
        file.seek(0)
        head, *lines = file.read().split("\n")[:-1] or [""]  # what has no line end was cut off
        begun = dict(_begun(lines)) if head == mark else {}
        if not begun:
            file.truncate(0)
            file.write(f"{mark}\n")
        yield Journal(file, begun)
        file.truncate(0)  # it came to its end


@contextmanager
def lock(folder: Path) -> Iterator[IO[str]]:
    """Keep other imports waiting; what one that was stopped has noted stays."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("another import is running: try again when it has ended") from None
        yield file


def mark(paths: Iterable[Path], how: str) -> str:
    """What tells one import from another: what is in its files, in their order, and *how* it is done."""
    digest = hashlib.sha256(how.encode())
    for path in paths:
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _begun(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for line in lines:
        number, _, id = line.partition(" ")
        if number.isdecimal() and id:
            yield int(number), id
