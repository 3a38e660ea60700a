"""Read a PDF: what its metadata and first pages tell of the work, and its text by page, in a process of its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

from kb.bibliography.reading import pdf_process, pdf_text
from kb.bibliography.reading.entry import Entry, entry, span
from kb.bibliography.reading.files import Given
from kb.bibliography.reading.printed_names import names
from kb.corpus.numbers import bare_doi, dois
from kb.corpus.texts import Page
from kb.errors import BadSource

MEMORY = 400 << 20  # bytes that reading may take
SECONDS = 60  # of the processor, likewise; of a longer document the pages that were read by then are kept
PATIENCE = 300.0  # seconds by the clock, on a machine that is busy
LIMITS = f"{MEMORY >> 20} MB / {SECONDS} s"
FIRST = 3  # pages on which a DOI is looked for
_PLACES = {  # property of the XMP packet → our key
    "prism:publicationName": "container", "prism:volume": "volume", "prism:number": "issue", "prism:doi": "doi",
    "prism:pageRange": "pages", "prism:issn": "issn", "prism:eIssn": "issn", "prism:isbn": "isbn",
    "dc:publisher": "publisher", "prism:edition": "edition", "prism:url": "url",
}  # fmt: skip
_EXTRA = {
    "dc:language": "language",
    "dc:subject": "keyword",
    "dc:rights": "pdf:rights",
    "dc:description": "pdf:description",
}
_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint)\b|full page photo"
    r"|(?:untitled|unknown|document|layout|print|title|slide|page)\W*\d*$|doi:|.*\.(?:docx?|pdf|indd|tex|dvi|qxd|rtf|odt|pages|pptx?|html?|eps|ps)$|[\w.-]*\d[\w.-]*$|\W*$",
    re.I,
)
_NO_AUTHOR = re.compile(r"(?:admin\w*|user\w*|owner|author|unknown|microsoft.*|windows.*|\W*|\w)$", re.I)


class Told(NamedTuple):
    """What the process told of a PDF: its metadata, the texts of its pages, and how it ended."""

    head: dict[str, Any]
    texts: list[str]
    failed: dict[int, str]
    largest: str
    end: str


def entries(given: Given) -> Iterator[Entry]:
    """One entry for the document, with the text of its pages; raises BadSource where nothing can be read."""
    told = _told(given)
    record = Record(told)
    texts = pdf_text.whole(told.texts)
    labels, doubt = _labels(told, texts, record.said.get("pages", ""))
    pages = [Page(label, text) for label, text in zip(labels, texts, strict=False) if text.strip()]
    problems = [*record.problems, *_ended(told, pages), *([doubt] if doubt and pages else [])]
    yield entry(record.said, record.extra, 1, "", record.abstract, pages, problems)


def _told(given: Given) -> Told:
    """All that the process tells, until it ends or is ended."""
    head: dict[str, Any] = {}
    texts: list[str] = []
    failed: dict[int, str] = {}
    largest = end = ""
    with _lines(given) as lines:
        for line in lines:
            try:
                said = json.loads(line)
            except ValueError:  # it was ended while it wrote
                break
            if "error" in said:
                end = said["error"]
                _refuse(given, end, said.get("why", ""), bool(head))
            elif "count" in said:
                head = said
            elif "page" in said:
                texts.append(said["text"])
                largest = said.get("largest", "") or largest
                if why := said.get("failed") or ("cut" if said.get("cut") else ""):
                    failed[said["page"]] = why
            else:
                end = "whole"
    if not head:
        _refuse(given, "time", "", False)
    return Told(head, texts, failed, largest, end or "time")


@contextmanager
def _lines(given: Given) -> Iterator[Iterator[bytes]]:
    """What the process writes; it is ended when its time is over, or when nobody reads on."""
    command = [sys.executable, "-P", pdf_process.__file__, str(given.path), str(MEMORY), str(SECONDS)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=1 << 16
    )
    clock = threading.Timer(PATIENCE, process.kill)
    clock.daemon = True
    clock.start()
    assert process.stdout
    try:
        yield iter(process.stdout)
    finally:
        clock.cancel()
        process.kill()
        with suppress(BrokenPipeError), process:
            pass


def _refuse(given: Given, error: str, why: str, begun: bool) -> None:
    """Say why nothing of the file can be read, unless some of it was."""
    if begun:
        return
    told = {
        "encrypted": "is encrypted: save a copy without a password, and import that",
        "memory": f"cannot be read within {LIMITS}: split it, or print it anew as PDF",
        "time": f"cannot be read within {LIMITS}: split it, or print it anew as PDF",
    }
    damaged = f"is damaged and cannot be read ({why}): open it in a viewer and print it anew as PDF".replace(" ()", "")
    raise BadSource(f"{given.name}: {told.get(error, damaged)}")


def _ended(told: Told, pages: Sequence[Page]) -> Iterator[str]:
    """What the one who imports must know of the text."""
    count = told.head["count"]
    if told.head["mended"]:
        yield "the file is damaged, its end is missing: pages may be missing too"
    if not count:
        yield "has no pages"
    elif not pages and not told.failed:
        yield "holds pictures of pages, no text: run OCR, and import it again"
    if told.failed:
        at = ", ".join(str(number + 1) for number in list(told.failed)[:5])
        more = f" and {len(told.failed) - 5} more" if len(told.failed) > 5 else ""
        yield f"page {at}{more} of the file could not be read whole"
    if len(told.texts) < count:
        yield f"pages {len(told.texts) + 1}–{count} of the file were not read within {LIMITS}: split it to have all"


def _labels(told: Told, texts: Sequence[str], span: str) -> tuple[list[str], str]:
    """The printed label of each page, and a doubt about them."""
    count = len(texts)
    own: list[str] = told.head["labels"]
    plain = [str(number + 1) for number in range(count)]
    if own and own[:count] != plain:
        return own, ""
    if numbers := _numbers_of(span, told.head["count"]):
        return numbers, ""
    if numbers := pdf_text.printed(texts):
        return numbers, ""
    return plain, "" if own else "pages are numbered as in the file: compare them with the printed numbers"


def _numbers_of(pages: str, count: int) -> list[str]:
    """The numbers in a range of pages, where it has as many as the document."""
    if found := re.fullmatch(r"(\d+)\s*[-–]+\s*(\d+)", pages):
        first, last = int(found[1]), int(found[2])
        last = int(found[1][: len(found[1]) - len(found[2])] + found[2]) if last < first else last
        if last - first + 1 == count:
            return [str(number) for number in range(first, last + 1)]
    return []


class Record:
    """The record of a work from the metadata of a PDF and from what is printed on its first pages."""

    def __init__(self, told: Told) -> None:
        self.said: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
        self.problems: list[str] = []
        self.abstract = ""
        self._take_xmp(told.head["xmp"])
        self._take_info(told.head["info"])
        first = [pdf_text.whole([text])[0] for text in told.texts[:FIRST]]
        self._take_first_pages(first, told.largest)
        self.said["type"] = self._type()
        if told.head["count"] > 1:
            self.extra.setdefault("number-of-pages", str(told.head["count"]))

    def _take_xmp(self, xmp: Mapping[str, Sequence[str]]) -> None:
        """Place the properties of the XMP packet."""
        for name, values in xmp.items():
            if name in _PLACES and values:
                self.said.setdefault(_PLACES[name], list(values) if _PLACES[name] in ("issn", "isbn") else values[0])
            elif name in _EXTRA:
                self.extra[_EXTRA[name]] = list(values)
        if title := next(iter(xmp.get("dc:title", ())), ""):
            self._title(title)
        self._names(xmp.get("dc:creator", ()))
        first, last = (next(iter(xmp.get(f"prism:{end}Page", ())), "") for end in ("starting", "ending"))
        if first:
            self.said.setdefault("pages", span(first, last))
        for date in ("prism:publicationDate", "prism:coverDate", "prism:coverDisplayDate"):
            for value in xmp.get(date, ()):
                self.said.setdefault("issued", value)
        for value in xmp.get("dc:identifier", ()):
            if doi := bare_doi(value):
                self.said.setdefault("doi", doi)
        description = " ".join(xmp.get("dc:description", ()))
        if len(description) > 300:
            self.abstract = description
            del self.extra["pdf:description"]

    def _take_info(self, info: Mapping[str, str]) -> None:
        """Place the entries of the document information; those with no place of ours are kept."""
        for name, value in info.items():
            value = " ".join(value.split())
            if name == "Title":
                self._title(value)
            elif name == "Author":
                self._names([value])
            elif name == "Keywords":
                self.extra.setdefault("keyword", [each.strip() for each in re.split(r"[;,]", value) if each.strip()])
            elif "doi" in name.lower() and bare_doi(value):
                self.said.setdefault("doi", bare_doi(value))
            elif name in ("Subject", "CreationDate"):
                self.extra[f"pdf:{name}"] = value
                if name == "Subject" and (doi := bare_doi(value)):
                    self.said.setdefault("doi", doi)

    def _title(self, title: str) -> None:
        title = re.sub(r"^Microsoft Word - ", "", " ".join(title.split()))
        if _NO_TITLE.match(title):
            self.extra.setdefault("pdf:Title", title)
        else:
            self.said.setdefault("title", title)

    def _names(self, values: Sequence[str]) -> None:
        """Place the names of authors, one a value or several in one."""
        if self.said.get("authors") or not values or all(_NO_AUTHOR.match(value) for value in values):
            if not self.said.get("authors") and values and "".join(values).strip():
                self.extra["pdf:Author"] = list(values)
            return
        read = [names(value) for value in values]
        if any(each is None for each in read):
            self.extra["pdf:Author"] = list(values)
            self.problems.append("the names of the authors could not be told apart: they are kept in extra")
            return
        self.said["authors"] = [person for each in read if each for person in each.people]

    def _take_first_pages(self, texts: Sequence[str], largest: str) -> None:
        """Find on the first pages what the metadata do not tell."""
        if "doi" not in self.said and (doi := next((doi for text in texts for doi in dois(text[:20_000])), "")):
            self.said["doi"] = doi
            self.problems.append(f"the DOI {doi} stands on the first pages, not in the metadata: compare")
        if "title" not in self.said and largest and not _NO_TITLE.match(largest):
            self.said["title"] = pdf_text.whole([largest])[0]
            self.problems.append("the title is what stands in the largest print on the first page: compare")
        isbn = re.search(r"\bISBN(?:-1[03])?:?\s*([\d-]{10,17}[\dXx]?)", "\n".join(texts))
        if isbn and not self.said.keys() & {"isbn", "container"}:
            self.said["isbn"] = isbn[1]
            self.problems.append(f"the ISBN {isbn[1]} stands on the first pages, not in the metadata: compare")
        missing = [
            name
            for key, name in (("title", "title"), ("authors", "authors"), ("issued", "year"))
            if not self.said.get(key)
        ]
        if missing:
            self.problems.append(
                f"the metadata tell no {', no '.join(missing)}: add them, or import the record by its DOI"
            )

    def _type(self) -> str:
        if self.said.get("container") or self.said.get("issn"):
            return "article"
        return "book" if self.said.get("isbn") else "document"
