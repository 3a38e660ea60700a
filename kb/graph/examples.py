"""Example queries: files that each answer one question, with the question in plain words at the top."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from kb.errors import BadSource

KEYWORDS = "keywords:"


class Example(NamedTuple):
    """A query that can be sent as it stands; *title* is the question it answers, *id* its file's name."""

    id: str
    title: str
    keywords: tuple[str, ...]
    text: str


def read(folder: Path) -> tuple[Example, ...]:
    """The examples in *folder*, by file name; none where there is no such folder.

    Raises BadSource for a file whose first line is no title or whose second names no keywords.
    """
    return tuple(_example(path) for path in sorted(folder.glob("[!.]*.rq")))


def _example(path: Path) -> Example:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSource(f"{path}: cannot be read: {error}") from error
    title, keywords = (_comment(line) for line in [*text.splitlines(), "", ""][:2])
    if not title or title.startswith(KEYWORDS):
        raise BadSource(f"{path}:1: has no title: let the file begin with '# ' and the question that the query answers")
    words = tuple(word for word in (part.strip() for part in keywords.removeprefix(KEYWORDS).split(",")) if word)
    if not keywords.startswith(KEYWORDS) or not words:
        raise BadSource(f"{path}:2: has no keywords: let the second line be '# {KEYWORDS} ' and words between commas")
    return Example(path.stem, title, words, text)


def _comment(line: str) -> str:
    return line[1:].strip() if line.startswith("#") else ""
