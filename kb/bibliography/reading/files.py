"""Find out what a file is, open it as text, and hand it to the one who can read it."""

from __future__ import annotations

import codecs
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from kb.bibliography.reading.entry import Entry, unreadable
from kb.errors import BadSource, NotFound

HEAD = 65_536  # bytes by which a file is known
LONGEST = 2_000_000  # characters of a line; a longer one is read in parts
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SIGNATURES = {  # how files begin that are none of ours
    b"PK\x03\x04": "a zip archive, or an office document: unpack it, or save it as PDF or text",
    b"\x1f\x8b": "compressed with gzip: unpack it first",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it first",
    b"\xd0\xcf\x11\xe0": "an old office document: save it as PDF or text",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database: export from the reference manager as BibTeX, RIS or CSL-JSON",
}
FORMATS = ("bibtex", "ris", "csl-json", "pdf", "html", "text")

Lines = Callable[[], Iterator[str]]  # opens a file anew and gives its lines, each with its end


class Given(NamedTuple):
    """A file to read, and the name that messages give it, which of what was pasted or sent is another."""

    path: Path
    name: str

    @classmethod
    def of(cls, path: str | Path) -> Given:
        """A file by its own name."""
        return cls(Path(path), str(path))


def read(file: Given) -> Iterator[Entry]:
    """The entries of a file in their order, those that cannot be read among them; memory holds a few at a time.

    Raises NotFound, or BadSource where nothing of the file can be read; both say why and what to do.
    """
    head = _head(file)
    format = known(head, file)
    if format == "pdf":
        from kb.bibliography.reading import pdf

        yield from pdf.entries(file)
        return
    encoding = encoding_of(head)
    lines = _opener(file, encoding)
    guessed = encoding == "cp1252"
    for found in _entries(format, lines, file):
        if guessed and found.readable and not _ascii(found):
            note = "the file is not UTF-8: read as Windows-1252 (Latin-1); compare accents"
            found = found._replace(problems=(*found.problems, note))
        yield found


def known(head: bytes, file: Given) -> str:
    """The format of a file by how it begins, and only then by the end of its name."""
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise BadSource(f"{file.name}: is {what}")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if not head.strip():
        raise BadSource(f"{file.name}: is empty: nothing to import")
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff").lstrip()
    if text.count("\x00") + text.count("\ufffd") > len(text) / 10:
        raise BadSource(f"{file.name}: is no text, PDF or HTML: export from the reference manager as BibTeX or RIS")
    return _known_text(text, Path(file.name).suffix.lower())


def _known_text(text: str, suffix: str) -> str:
    if re.match(r"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body|meta)\b", text, re.I | re.S):
        return "html"
    if suffix in (".html", ".htm", ".xhtml") and "<" in text:
        return "html"
    if text[:1] in "[{" and (suffix == ".json" or re.match(r'[\[{]\s*(?:[\[{"]|[\]}])', text)):
        return "csl-json"
    if re.search(r"^[^\S\n]*TY[^\S\n]{1,3}-", text, re.M) or suffix in (".ris", ".nbib", ".enw"):
        return "ris"
    if re.search(r"^[^\S\n]*@[A-Za-z]+\s*[{(]", text, re.M) or suffix in (".bib", ".bibtex", ".biblatex"):
        return "bibtex"
    return "text"


def encoding_of(head: bytes) -> str:
    """How the bytes of a file are text: by its mark, as UTF-16 by its zeros, as UTF-8, or else as Windows-1252."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if head[1::2].count(0) > len(head) / 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) / 4:
        return "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _head(file: Given) -> bytes:
    try:
        with file.path.open("rb") as opened:
            return opened.read(HEAD)
    except FileNotFoundError:
        raise NotFound(f"no file {file.name}") from None
    except OSError as error:
        raise BadSource(f"{file.name}: cannot be read: {error.strerror}") from error


def _opener(file: Given, encoding: str) -> Lines:
    """A function that gives the lines of a file; bytes that are no text in its encoding become "\ufffd"."""

    def lines() -> Iterator[str]:
        with io.open(file.path, encoding=encoding, errors="replace", newline=None) as opened:  # noqa: UP020
            while line := opened.readline(LONGEST):
                yield line

    return lines


def _entries(format: str, lines: Lines, file: Given) -> Iterator[Entry]:
    """The entries of a text."""
    if format == "bibtex":
        from kb.bibliography.reading import bibtex

        return bibtex.entries(lines)
    if format == "ris":
        from kb.bibliography.reading import ris

        return ris.entries(lines)
    if format == "csl-json":
        from kb.bibliography.reading import csl

        return csl.entries(lines)
    if format == "html":
        from kb.bibliography.reading import html

        return html.entries(lines)
    from kb.bibliography.reading import listed

    return listed.entries(lines)


def _ascii(found: Entry) -> bool:
    return json.dumps(found.record, ensure_ascii=False).isascii()


__all__ = ["FORMATS", "Given", "Lines", "encoding_of", "known", "read", "unreadable"]
