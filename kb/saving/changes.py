"""What a save is made of: changes of files, by whom, and what became of them."""

from __future__ import annotations

import hashlib
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from kb.corpus import texts
from kb.errors import BadSource

FOLDERS = ("corpus", "ontology", ".curation")  # of a home, in which pages may write
IN_GIT = FOLDERS[:2]
OURS, THEIRS = "<<<<<<<", ">>>>>>>"  # with which git marks what it could not merge


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
    """The commit of a save and its files; without commit, the *problem* is why git has not taken it yet.

    With a commit, a *problem* tells of another's text that came in the moment of the save, and where it is kept.
    """

    commit: str
    paths: tuple[str, ...]
    problem: str


def etag(text: str) -> str:
    """What tells one text of a file from another: 32 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:32]


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


def in_git(path: str) -> bool:
    """Whether the history keeps a file: not the texts of works, nor what belongs to the work of curators.

    >>> in_git("corpus/reed-2001.yaml"), in_git("corpus/reed-2001.txt"), in_git(".curation/texts/reed-2001.txt")
    (True, False, False)
    """
    return path.startswith(tuple(f"{folder}/" for folder in IN_GIT)) and not path.endswith(texts.SUFFIX)


def check(changes: list[Change]) -> None:
    """Refuse what no save can be made of; *changes* may come from a form."""
    for each in changes:
        parts = PurePosixPath(each.path).parts
        hidden = [part for part in parts[1:] if part.startswith(".")]
        plain = each.path == str(PurePosixPath(each.path)) and "\0" not in each.path  # a file has one name here
        if parts[:1] not in [(folder,) for folder in FOLDERS] or len(parts) < 2 or hidden or not plain:
            raise BadSource(f"{each.path!r}: is no file that can be saved here")
        if each.text is not None and any("\ud800" <= letter <= "\udfff" for letter in each.text):
            raise BadSource(f"{each.path}: half a character stands in its text (a lone surrogate): take it out")
        if each.text is not None:
            refuse_unmerged(each.path, each.text)
    if len({each.path for each in changes}) < len(changes):
        raise BadSource("one save changes a file twice")


def refuse_unmerged(path: object, text: str) -> None:
    """Refuse to go on from a *text* in which git has marked what it could not merge; raises BadSource, with lines."""
    if OURS not in text or THEIRS not in text:
        return
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.startswith(OURS)]
    ends = [number for number, line in enumerate(lines, 1) if line.startswith(THEIRS)]
    if starts and ends:
        where = ", ".join(f"{start}–{end}" for start, end in zip(starts, ends, strict=False))
        raise BadSource(
            f"{path}:{starts[0]}: git could not merge two versions, which stand in lines {where} between {OURS} and "
            f"{THEIRS}: choose what is to stay in an editor, take the marks out, and save; nothing was changed here"
        )
