"""Read a web page: what its head tells of the work, the works it cites by COinS, and its text under headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from kb.bibliography.reading import coins, schema_org
from kb.bibliography.reading.entry import Entry, attempt, entry, span, unreadable
from kb.bibliography.reading.files import Lines
from kb.bibliography.reading.html_parts import Cited, Parts, taken_apart
from kb.bibliography.reading.printed_names import names
from kb.corpus.numbers import bare_doi
from kb.corpus.texts import Page

ARTICLE = 2_000  # characters of text that make a page with cited works worth an entry of its own
_HIGHWIRE = {  # citation_… → our key; https://scholar.google.com/intl/en/scholar/inclusion.html#indexing
    "title": "title", "journal_title": "container", "inbook_title": "container", "book_title": "container",
    "conference_title": "container", "conference": "container", "volume": "volume", "issue": "issue", "doi": "doi",
    "publisher": "publisher", "dissertation_institution": "publisher", "technical_report_institution": "publisher",
    "technical_report_number": "number", "series_title": "series", "publication_date": "issued", "date": "issued",
    "cover_date": "issued", "year": "issued", "online_date": "issued", "edition": "edition",
    "public_url": "url", "abstract_html_url": "url", "fulltext_html_url": "url",
}  # fmt: skip
_DUBLIN = {"title": "title", "date": "issued", "issued": "issued", "date.issued": "issued", "publisher": "publisher"}
_PRISM = {
    "publicationname": "container", "volume": "volume", "number": "issue", "doi": "doi", "publicationdate": "issued",
    "coverdate": "issued", "url": "url", "edition": "edition",
}  # fmt: skip
_EXTRA = {
    "citation_language": "language", "dc.language": "language",
    "citation_keywords": "keyword", "citation_keyword": "keyword",
    "dc.subject": "keyword", "keywords": "keyword", "citation_pmid": "PMID", "dc.rights": "html:dc.rights",
    "citation_arxiv_id": "html:citation_arxiv_id", "citation_pdf_url": "html:citation_pdf_url",
    "dcterms.bibliographiccitation": "html:dcterms.bibliographicCitation",
}  # fmt: skip
_KINDS = {  # which tag tells a type
    "citation_dissertation_institution": "thesis", "citation_technical_report_institution": "report",
    "citation_conference_title": "conference-paper", "citation_conference": "conference-paper",
    "citation_inbook_title": "chapter", "citation_book_title": "chapter", "citation_journal_title": "article",
    "prism.publicationname": "article",
}  # fmt: skip
_TYPES = {  # of DC.type: Zotero's, and DCMI's and journals' words
    "journalarticle": "article", "article": "article", "text.serial.journal": "article", "research article": "article",
    "booksection": "chapter", "bookchapter": "chapter", "book": "book", "text.monograph": "book",
    "conferencepaper": "conference-paper",
    "document": "document", "statute": "legislation", "magazinearticle": "magazine-article",
    "encyclopediaarticle": "reference-entry", "report": "report", "thesis": "thesis", "dissertation": "thesis",
    "webpage": "webpage", "workingpaper": "working-paper", "working paper": "working-paper",
    "preprint": "working-paper",
}  # fmt: skip


def entries(lines: Lines) -> Iterator[Entry]:
    """An entry for the page, with its text, and one for each of several works that it cites by COinS."""
    parts = taken_apart(lines())
    record, taken = Record(parts), 0
    pages = [Page(f'section "{each.heading}"' if each.heading else "", each.text) for each in parts.sections]
    article = len(parts.cited) != 1 and sum(len(page.text) for page in pages) > ARTICLE
    if (record.is_work or article or not parts.cited) and (record.said.get("title") or pages):
        taken += 1
        yield record.entry(pages, parts)
    if len(parts.cited) == 1 and not taken:
        said, extra = coins.told(parts.cited[0].context)
        taken += 1
        yield entry({**record.said, **said}, {**record.extra, **extra}, 1, pages=pages)
    elif len(parts.cited) > 1:
        for cited in parts.cited:
            taken += 1
            yield attempt(partial(_cited, cited), cited.line)
    if not taken:
        yield unreadable(
            1, "no title and no text was found in the page: save it in the browser as a complete page, or as PDF"
        )


def _cited(cited: Cited) -> Entry:
    """The entry of a work that the page cites."""
    said, extra = coins.told(cited.context)
    return (
        entry(said, extra, cited.line) if said.get("title") else unreadable(cited.line, "a COinS span without a title")
    )


class Record:
    """The record of the work that a page is, or tells of."""

    def __init__(self, parts: Parts) -> None:
        self.said: dict[str, Any] = {}
        self.extra: dict[str, Any] = {}
        self.problems: list[str] = []
        self.abstract = ""
        self._meta: dict[str, list[str]] = {}
        for name, content in parts.meta:
            self._meta.setdefault(re.sub(r"^(dc|dcterms|prism)[:.]", r"\1.", name), []).append(content)
        self._take_highwire()
        self._take_prism()
        self._take_dublin()
        self.is_work = bool(self.said)
        self._take_linked(parts)
        self._take_page(parts)
        for name, place in _EXTRA.items():
            if name in self._meta:
                self.extra.setdefault(place, self._meta[name])
        self.said["type"] = self._type()

    def entry(self, pages: list[Page], parts: Parts) -> Entry:
        """The entry of the page."""
        if parts.cut:
            self.problems.append("the page was not read to its end: it is too long or too broken")
        if not self.said.get("title"):
            self.problems.append("no title was found")
        return entry(self.said, self.extra, 1, abstract=self.abstract, pages=pages, problems=self.problems)

    def _place(self, key: str, value: str) -> None:
        if value:
            self.said.setdefault(key, value)

    def _take_highwire(self) -> None:
        for name, key in _HIGHWIRE.items():
            for value in self._meta.get(f"citation_{name}", ())[:1]:
                self._place(key, value)
        for key in ("isbn", "issn"):
            if numbers := [*self._meta.get(f"citation_{key}", ()), *self._meta.get(f"citation_e{key}", ())]:
                self.said[key] = numbers
        self._people("authors", self._meta.get("citation_author", self._meta.get("citation_authors", [])))
        self._people("editors", self._meta.get("citation_editor", []))
        self._span(self._one("citation_firstpage"), self._one("citation_lastpage"))
        self.abstract = self._one("citation_abstract")

    def _take_prism(self) -> None:
        for name, key in _PRISM.items():
            self._place(key, self._one(f"prism.{name}"))
        if "issn" not in self.said and (
            numbers := [*self._meta.get("prism.issn", ()), *self._meta.get("prism.eissn", ())]
        ):
            self.said["issn"] = numbers
        self._span(self._one("prism.startingpage"), self._one("prism.endingpage"))

    def _take_dublin(self) -> None:
        for space in ("dc", "dcterms"):
            for name, key in _DUBLIN.items():
                self._place(key, self._one(f"{space}.{name}"))
            self._people("authors", self._meta.get(f"{space}.creator", []))
            for value in self._meta.get(f"{space}.identifier", ()):
                if doi := bare_doi(value):
                    self._place("doi", doi)
                elif found := re.match(r"(?i)(?:urn:)?isbn:?\s*([\dXx -]+)$", value):
                    self.said.setdefault("isbn", found[1])
                elif value.startswith(("http://", "https://")):
                    self._place("url", value)
                else:
                    self.extra.setdefault("html:dc.identifier", []).append(value)
            description = self._one(f"{space}.description")
            if len(description) > 300:
                self.abstract = self.abstract or description

    def _take_linked(self, parts: Parts) -> None:
        said, extra = schema_org.told(parts.linked)
        self._linked = str(said.pop("type", ""))
        self.is_work = self.is_work or self._linked not in ("", "webpage", "document")
        self.abstract = self.abstract or said.pop("abstract", "")
        for key, value in said.items():
            self.said.setdefault(key, value)
        for key, value in extra.items():
            self.extra.setdefault(key, value)

    def _take_page(self, parts: Parts) -> None:
        """What any page tells: og:, its title, author, address and language."""
        self._place("title", self._one("og:title"))
        self._place("title", parts.title)
        self._place("issued", self._one("article:published_time") or self._one("date"))
        if (author := self._one("author") or self._one("article:author")) and not author.startswith("http"):
            self._people("authors", [author])
        if "container" not in self.said:
            self._place("publisher", self._one("og:site_name"))
        for address in (parts.address, self._one("og:url")):
            if address.startswith(("http://", "https://")):
                self._place("url", address)
        if parts.language:
            self.extra.setdefault("language", parts.language)

    def _one(self, name: str) -> str:
        return self._meta.get(name, [""])[0]

    def _span(self, first: str, last: str) -> None:
        if first:
            self.said.setdefault("pages", span(first, last))

    def _people(self, role: str, values: list[str]) -> None:
        if self.said.get(role) or not values:
            return
        people: list[dict[str, str]] = []
        for value in values:
            read = names(value)
            if read is None:
                self.problems.append(f"{value[:80]!r} could not be told apart into names: kept as one")
            people += read.people if read else ({"literal": value},)
        self.said[role] = people

    def _type(self) -> str:
        told = self._one("dc.type").lower() or self._one("dcterms.type").lower()
        if told in _TYPES:
            return _TYPES[told]
        for name, kind in _KINDS.items():
            if name in self._meta:
                return kind
        if self._linked:
            return self._linked
        return "book" if self.said.get("isbn") else "webpage"
