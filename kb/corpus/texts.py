"""The texts of works, beside their source files: by page, for search and for quotes, and not for publication."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from kb.corpus.sources import SLUG, read_bytes, write_atomically
from kb.errors import BadSource

SUFFIX = ".txt"
ABSTRACT = "abstract"  # the label of a page that is none
NOTICE = "Not for publication: the text of {} as read from a copy, for search and for quotes by page."
_PAGE = re.compile(r"\f[^\S\n]*([^\n]*)\n?")
PRINTED = re.compile(r"[A-Za-z]{0,2}[-.]?\d{1,6}[a-z]?|[ivxlcdm]{1,12}|[IVXLCDM]{1,12}")  # a page: 181, e12, S-3, iv
_BROKEN = re.compile(r"(?<=[^\W\d_])[-‐]\s*\n\s*(?=[^\W\d_])")  # a word at the end of a line


class Page(NamedTuple):
    """A page of a work: the *label* it has in print, such as "181" or "iv", or ABSTRACT; and its text."""

    label: str
    text: str


def path(folder: Path, id: str) -> Path:
    """Where the text of source *id* is, if there is one, beside its file."""
    return folder / f"{id}{SUFFIX}"


def has(folder: Path, id: str) -> bool:
    """Whether the text of source *id* is here."""
    return bool(SLUG.fullmatch(id)) and path(folder, id).is_file()


def read(folder: Path, id: str) -> list[Page]:
    """The pages of source *id*; none where its text is not here."""
    if not has(folder, id):
        return []
    file = path(folder, id)
    try:
        return parse(read_bytes(file).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadSource(f"{file}: is not UTF-8; save the file as UTF-8") from error


def printed(pages: Iterable[Page]) -> int | None:
    """How many *pages* of a work there are, 0 where there is only an abstract; None where there is no text.

    >>> printed([Page("abstract", "Reeds."), Page("181", "Who pays?")]), printed([Page("4", "")])
    (1, None)
    """
    labels = [page.label for page in pages if page.text]
    return sum(label != ABSTRACT for label in labels) if labels else None


def write(folder: Path, id: str, pages: Iterable[Page]) -> None:
    """Put the text of source *id* beside its file, in place of what is there."""
    write_atomically(path(folder, id), dump(id, pages))


def remove(folder: Path, id: str) -> None:
    """Delete the text of source *id*, if there is one."""
    path(folder, id).unlink(missing_ok=True)


def dump(id: str, pages: Iterable[Page]) -> str:
    r"""The text of a file: a notice, then each page after a form feed and its label.

    >>> dump("reed-2001", [Page("181", "Who pays?")])  # doctest: +ELLIPSIS
    'Not for publication: ...\n\x0c181\nWho pays?\n'
    """
    parts = [f"\f{' '.join(page.label.split())}\n{page.text.replace(chr(12), ' ').strip()}\n" for page in pages]
    return NOTICE.format(id) + "\n" + "".join(parts)


def parse(text: str) -> list[Page]:
    """The pages in the text of a file.

    >>> parse(dump("reed-2001", [Page("abstract", "Reeds."), Page("181", "Who pays?")]))
    [Page(label='abstract', text='Reeds.'), Page(label='181', text='Who pays?')]
    """
    parts = _PAGE.split(text)
    return [Page(label.strip(), body.strip()) for label, body in zip(parts[1::2], parts[2::2], strict=True)]


def locator(first: str, last: str = "") -> str | None:
    """Where in a work something stands, by the label of its page and of the page where it ends; None if there is none.

    >>> locator("181"), locator("181", "182"), locator("abstract"), locator('section "Results"')
    ('p. 181', 'pp. 181–182', 'abstract', 'section "Results"')
    """
    if not PRINTED.fullmatch(first):
        return first or None
    return f"pp. {first}–{last}" if last not in ("", first) else f"p. {first}"


def flowing(text: str) -> str:
    r"""*text* on one line, the words that were broken at the end of a line in one piece again.

    >>> flowing("the wind-\nmills on North-\nSea dikes")
    'the windmills on North-Sea dikes'
    """
    text = text.replace("\u00ad\n", "").replace("\u00ad", "")
    return " ".join(_BROKEN.sub(lambda at: "" if text[at.end()].islower() else "-", text).split())
