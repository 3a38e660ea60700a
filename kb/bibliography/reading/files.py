"""Find out what a file is, open it as text, and hand it to the one who can read it."""

from __future__ import annotations

import codecs
import json
import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from kb.bibliography.reading.entry import Entry, unreadable
from kb.errors import BadSource, KBError, NotFound

HEAD = 65_536  # bytes by which a file is known
BLOCK = 1 << 20  # bytes that are looked at together to find out an encoding
LONGEST = 2_000_000  # characters of a line; a longer one is read in parts
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_PICTURE = "a picture: run OCR to have its text, or import the record by hand"
_EXPORT = "export from the reference manager as BibTeX, RIS or CSL-JSON"
_SIGNATURES = {  # how files begin that are none of ours
    b"PK\x03\x04": "a zip archive, or an office document: unpack it, or save it as PDF or text",
    b"PK\x05\x06": "an empty zip archive: nothing to import",
    b"\x1f\x8b": "compressed with gzip: unpack it first",
    b"BZh": "compressed with bzip2: unpack it first",
    b"\xfd7zXZ": "compressed with xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd: unpack it first",
    b"7z\xbc\xaf": "a 7-Zip archive: unpack it first",
    b"Rar!": "a RAR archive: unpack it first",
    b"\xd0\xcf\x11\xe0": "an old office document: save it as PDF or text",
    b"{\\rtf": "an RTF document: save it as PDF or text",
    b"\x89PNG": _PICTURE,
    b"\xff\xd8\xff": _PICTURE,
    b"GIF8": _PICTURE,
    b"II*\x00": _PICTURE,
    b"MM\x00*": _PICTURE,
    b"SQLite format 3": f"a database: {_EXPORT}",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
}
FORMATS = ("bibtex", "ris", "csl-json", "pdf", "html", "text")
_TOLD = re.compile(  # what a file says of its encoding: HTML, XML, JabRef
    rb"""(?:charset\s*=\s*|encoding\s*=\s*|%\s*Encoding:\s*)["']?\s*([\w-]{3,20})""", re.I
)
_TOLD_ONES = re.compile(
    r"(?:iso-?8859-\d{1,2}|windows-12\d\d|cp12\d\d|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gb2312|gbk|gb18030|big5"
    r"|macintosh|macroman|latin-?\d)",
    re.I,
)
GUESSED = "the file is not UTF-8: read as Windows-1252 (Latin-1); compare accents"
MIXED = "the file is not UTF-8 throughout: the other bytes were read as Windows-1252 (Latin-1); compare accents"
NO_PDF = "the file is a web page in spite of its name: download the PDF itself if that is what you want"
STOPPED = "reading stopped here by a mistake of this program"

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
    encoding = _encoding(file, head)
    note = {"cp1252": GUESSED, MIXTURE: MIXED}.get(encoding, "")
    is_named_pdf = format == "html" and file.name.lower().endswith(".pdf")
    for found in _guarded(_entries(format, _opener(file, encoding)), file):
        if is_named_pdf:
            found = found._replace(problems=(*found.problems, NO_PDF))
        if note and found.readable and not _ascii(found):
            found = found._replace(problems=(*found.problems, note))
        yield found


def _guarded(entries: Iterator[Entry], file: Given) -> Iterator[Entry]:
    """The entries, those before a mistake of ours too: then the last one tells it."""
    line = 1
    try:
        for found in entries:
            line = found.line
            yield found
    except KBError:
        raise
    except OSError as error:
        raise BadSource(f"{file.name}: cannot be read on: {error.strerror or error}") from error
    except (MemoryError, RecursionError) as error:
        what = "too large" if isinstance(error, MemoryError) else "nested too deeply"
        yield unreadable(line, f"what follows is {what} to be read: split the file")
    except Exception as error:  # between records, each of which is guarded by itself
        yield unreadable(line, f"{STOPPED} ({type(error).__name__}: {error}): report it, with the file"[:500])


_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")


def format_of(file: Given) -> str:
    """The format of a file, one of FORMATS; raises what `read` raises."""
    return known(_head(file), file)


def known(head: bytes, file: Given) -> str:
    """The format of a file by how it begins, and only then by the end of its name."""
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise BadSource(f"{file.name}: is {what}")
    if head.removeprefix(codecs.BOM_UTF8).startswith(b"FN ") and re.search(rb"^(?:VR |PT )", head[:1024], re.M):
        raise BadSource(f"{file.name}: is Web of Science's plain text: export as RIS or BibTeX")
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if not head.strip():
        raise BadSource(f"{file.name}: is empty: nothing to import")
    text = head.decode(encoding_of(head), "replace").lstrip("\ufeff").lstrip()
    if not text.strip():
        raise BadSource(f"{file.name}: holds only blanks: nothing to import")
    if len(_NO_TEXT.findall(text)) > len(text) / 20:
        raise BadSource(f"{file.name}: is no text, PDF or HTML: export from the reference manager as BibTeX or RIS")
    format = _known_text(text, Path(file.name).suffix.lower())
    if format == "text" and re.match(r"<(?:\?xml|[A-Za-z][\w:.-]*[\s>])", text):
        raise BadSource(f"{file.name}: is XML of a kind that is not read: {_EXPORT}")
    return format


_HTML = re.compile(
    r"<(?:!doctype html|html|head|body|meta|title|link|script|style|main|article|section|div|p|span|table|ul|ol|a"
    r"|h[1-6])\b",
    re.I,
)


def _known_text(text: str, suffix: str) -> str:
    if _HTML.match(_without_prologue(text)) or (suffix in (".html", ".htm", ".xhtml") and "<" in text):
        return "html"
    if text[:1] in "[{" and (suffix == ".json" or re.match(r'[\[{]\s*(?:[\[{"]|[\]}])', text)):
        return "csl-json"
    if re.search(r"^[^\S\n]*TY[^\S\n]{1,3}-|\A(?:PMID\s*- |%0 )", text, re.M) or suffix in (".ris", ".nbib", ".enw"):
        return "ris"
    if re.search(r"^[^\S\n]*@[A-Za-z]+\s*[{(]", text, re.M) or suffix in (".bib", ".bibtex", ".biblatex"):
        return "bibtex"
    return "text"


def _without_prologue(text: str) -> str:
    """*text* without the XML declaration and the comments before it."""
    if text[:5].lower() == "<?xml":
        text = text.partition(">")[2].lstrip()
    while text.startswith("<!--"):
        text = text.partition("-->")[2].lstrip()
    return text


MIXTURE = "utf-8 with cp1252"


def encoding_of(head: bytes) -> str:
    """How the bytes of a file are text: by its mark, as UTF-16 by its zeros, as UTF-8, as it says, or Windows-1252."""
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
        return _told_encoding(head) or "cp1252"
    return "utf-8"


def _told_encoding(head: bytes) -> str:
    """The encoding that a file says it has."""
    for found in _TOLD.finditer(head[:4096]):
        name = found[1].decode("ascii", "replace")
        if _TOLD_ONES.fullmatch(name):
            try:
                return codecs.lookup(name).name
            except LookupError:
                continue
    return ""


def _encoding(file: Given, head: bytes) -> str:
    """The encoding of a whole file, of which the head alone may tell too little."""
    encoding = encoding_of(head)
    if encoding not in ("utf-8", "utf-8-sig", "cp1252"):
        return encoding
    good, bad = _seen(file)
    if not bad:
        return encoding if encoding == "utf-8-sig" else "utf-8"
    if good or encoding == "utf-8-sig":
        return MIXTURE
    return _told_encoding(head) or "cp1252"


def _seen(file: Given) -> tuple[bool, bool]:
    """Whether a file has letters beyond ASCII that are UTF-8, and bytes that are not."""
    good = bad = False
    with file.path.open("rb") as opened:
        decoder = codecs.getincrementaldecoder("utf-8")()
        while (block := opened.read(BLOCK)) and not (good and bad):
            try:
                good = not decoder.decode(block).isascii() or good
            except UnicodeDecodeError:
                bad = True
                decoder.reset()
                good = good or bool(_LETTER.search(block.decode("utf-8", "ignore")))
    return good, bad


_LETTER = re.compile(r"[^\x00-\x7f]")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """An error handler of decoding: takes bytes that are no UTF-8 as Windows-1252."""
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("kb-as-cp1252", _as_cp1252)


def _head(file: Given) -> bytes:
    try:
        kind = os.stat(file.path).st_mode
        if stat.S_ISDIR(kind):
            raise BadSource(f"{file.name}: is a folder: name its files")
        if not stat.S_ISREG(kind):
            raise BadSource(f"{file.name}: is no ordinary file: save what it gives in one")
        with file.path.open("rb") as opened:
            return opened.read(HEAD)
    except FileNotFoundError:
        raise NotFound(f"no file {file.name}") from None
    except (OSError, ValueError) as error:
        raise BadSource(f"{file.name}: cannot be read: {getattr(error, 'strerror', '') or error}") from error


def _opener(file: Given, encoding: str) -> Lines:
    """A function that gives the lines of a file without zeros; bytes that are no text become "\ufffd"."""
    codec, errors = ("utf-8-sig", "kb-as-cp1252") if encoding == MIXTURE else (encoding, "replace")

    def lines() -> Iterator[str]:
        with file.path.open(encoding=codec, errors=errors, newline=None) as opened:
            while line := opened.readline(LONGEST):
                yield line.replace("\x00", "") if "\x00" in line else line

    return lines


def _entries(format: str, lines: Lines) -> Iterator[Entry]:
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
