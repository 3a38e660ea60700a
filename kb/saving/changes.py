"""What a save is made of: changes of files, by whom, and what became of them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

from kb.errors import BadSource


class Author(NamedTuple):
    """Who saves: the id of a curator, a name to be read, and an address for git (any, if it has an @)."""

    id: str
    name: str
    email: str


class Change(NamedTuple):
    """A file of a home, such as corpus/reed-2001.yaml: its new *text* (None: it goes) in place of the one that *was*.

    *was* is the `etag` of the text that the change was made from; None where the file is new.
    """

    path: str
    text: str | None
    was: str | None


class Saved(NamedTuple):
    """The commit of a save and its files; without commit, the *problem* is why git has not taken it yet."""

    commit: str
    paths: tuple[str, ...]
    problem: str


def etag(text: str) -> str:
    """What tells one text of a file from another: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read(path: Path) -> str | None:
    """The text of a file as it is, line ends too; None where there is none."""
    try:
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise BadSource(f"{path}: is not UTF-8; save the file as UTF-8") from error
    except OSError as error:
        raise BadSource(f"{path}: cannot be read: {error.strerror}") from error
