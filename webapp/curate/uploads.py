"""What was sent to be imported: kept for as long as a preview takes, or for a day where it may be added afterwards."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from werkzeug.datastructures import FileStorage

from kb import NotFound
from kb.bibliography.reading import Given

UPLOAD_BYTES = 50 << 20  # of a request that brings files
PASTED_BYTES = 5 << 20  # of a text in a form
FILES = 50  # in a request
FORM_BYTES = 16 << 20  # of the form for a source
FORM_FIELDS = 10_000  # in it
PARTS = 2_000  # of a form: the records of a page that are chosen, and their fields
KEPT_SECONDS = 86_400
KEPT = 10  # uploads at once, half a gigabyte; the oldest go first
NAME = 100  # characters of a file's name that are shown
NAMES, PASTED = "names.json", "pasted text"
GONE = "These files are here no longer: they were added, or a day has passed. Send them again."
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")


class Uploads(NamedTuple):
    """The folder with what was sent, a folder in it for each upload, called by a random token.

    A file there is called by its number: names from elsewhere are no names of files here.
    """

    folder: Path

    def keep(self, text: str, files: Iterable[FileStorage]) -> str:
        """Keep what was sent, and return the token that it is asked for by."""
        self.sweep(KEPT - 1)
        token = secrets.token_urlsafe(16)
        folder = self.folder / token
        folder.mkdir(parents=True)
        laid = lay(folder, text, files)
        (folder / NAMES).write_text(json.dumps([each.name for each in laid]), encoding="utf-8")
        return token

    def sweep(self, most: int = KEPT) -> None:
        """Delete what is older than a day, and the oldest of what is more than *most*."""
        found = sorted(self.folder.iterdir(), key=_since, reverse=True) if self.folder.is_dir() else []
        for number, folder in enumerate(found):
            if number >= most or _old(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def files(self, token: str) -> list[Given]:
        """What is kept under *token*; raises NotFound where that is nothing, or older than a day."""
        self.sweep()
        folder = self._found(token)
        try:
            names = json.loads((folder / NAMES).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise NotFound(GONE) from None
        return [Given(folder / str(number), name) for number, name in enumerate(names)]

    def forget(self, token: str) -> None:
        """Delete what is kept under *token*, if it still is."""
        with suppress(NotFound):
            shutil.rmtree(self._found(token), ignore_errors=True)

    def _found(self, token: str) -> Path:
        folder = self.folder / token if _TOKEN.fullmatch(token) else None
        if folder is None or not (folder / NAMES).is_file() or _old(folder):
            raise NotFound(GONE)
        return folder


@contextmanager
def for_now(text: str, files: Iterable[FileStorage]) -> Iterator[list[Given]]:
    """What was sent, as files that are deleted in the end."""
    with TemporaryDirectory(prefix="kb-import-") as folder:
        yield lay(Path(folder), text, files)


def lay(folder: Path, text: str, files: Iterable[FileStorage]) -> list[Given]:
    """Write what was sent into *folder*: first the pasted text, then each file."""
    laid: list[Given] = []
    if text.strip():
        laid.append(Given(folder / "0", PASTED))
        laid[0].path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
    for file in files:
        number = str(len(laid))
        laid.append(Given(folder / number, shown_name(file.filename or "", number)))
        file.save(laid[-1].path)
    return laid


def shown_name(name: str, number: str = "") -> str:
    r"""The name of a file as messages give it: its last part, without signs that cannot be seen.

    >>> shown_name("..\\..\\refs.bib"), shown_name("/etc/a\x00b"), shown_name("../", "2")
    ('refs.bib', 'ab', 'file 2')
    """
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(sign for sign in last if sign.isprintable()).strip(" .")
    return seen[-NAME:] or f"file {number}"


def _old(folder: Path) -> bool:
    return time.time() - _since(folder) > KEPT_SECONDS


def _since(folder: Path) -> float:
    """Since when a folder is kept; since long ago, if another request has just deleted it."""
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0
