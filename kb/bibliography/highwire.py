"""A work in the meta tags that reference managers and scholarly search engines read in a page (``citation_*``).

https://scholar.google.com/intl/en/scholar/inclusion.html#indexing
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

PARTS = (
    "article",
    "chapter",
    "conference-paper",
    "magazine-article",
    "reference-entry",
)  # that have a place in a whole
CONTAINERS = {  # what a work is in: a journal, a book, proceedings; → citation_
    "article": ("journal_title",),
    "magazine-article": ("journal_title",),
    "chapter": ("inbook_title", "book_title"),  # by the second Zotero tells a chapter
    "reference-entry": ("inbook_title", "book_title"),
    "conference-paper": ("conference_title", "inbook_title"),
}
INSTITUTIONS = {
    "report": "technical_report_institution",
    "working-paper": "technical_report_institution",
    "thesis": "dissertation_institution",
}
FIELDS = {"volume": "volume", "issue": "issue", "series": "series_title", "doi": "doi", "isbn": "isbn", "issn": "issn",
          "publisher": "publisher"}  # fmt: skip  # of the record → citation_
ZOTERO = {  # its types, which it takes from DC.type where no citation_ tag tells
    "article": "journalArticle", "book": "book", "chapter": "bookSection", "conference-paper": "conferencePaper",
    "document": "document", "legislation": "statute", "magazine-article": "magazineArticle",
    "reference-entry": "encyclopediaArticle", "report": "report", "thesis": "thesis", "webpage": "webpage",
    "working-paper": "report",
}  # fmt: skip


class Tag(NamedTuple):
    """A meta tag: its name and content."""

    name: str
    content: str


def tags(record: Mapping[str, Any], address: str = "") -> tuple[Tag, ...]:
    """What is known of the work, and nothing else; *address* is the page that the tags stand in.

    >>> record = {"type": "article", "authors": [{"family": "Gray", "given": "B."}], "pages": "3–9"}
    >>> [tag.content for tag in tags(record)]
    ['journalArticle', 'Gray, B.', '3', '9']
    """
    return tuple(tag for tag in _tags(record, address) if tag.content)


def pages(record: Mapping[str, Any]) -> tuple[str, str]:
    """The first and last page of a work that is a part of another; of any other the pages are a number."""
    if record.get("type") not in PARTS:
        return "", ""
    first, *rest = re.split(r"\s*[-–—]+\s*", str(record.get("pages") or ""), maxsplit=1)
    return first.strip(), rest[0].strip() if rest else ""


def _tags(record: Mapping[str, Any], address: str) -> Iterator[Tag]:
    kind = str(record.get("type", ""))
    yield Tag("DC.type", ZOTERO.get(kind, "document"))
    yield Tag("citation_title", str(record.get("title") or ""))
    for role in ("author", "editor"):
        for name in record.get(f"{role}s") or ():
            if isinstance(name, dict):
                yield Tag(f"citation_{role}", _name(name))
    yield Tag("citation_publication_date", str(record.get("issued") or ""))
    for container in CONTAINERS.get(kind, ()):
        yield Tag(f"citation_{container}", str(record.get("container") or ""))
    fields = {**FIELDS, "publisher": INSTITUTIONS.get(kind, "publisher")}
    if kind in INSTITUTIONS:
        fields["number"] = "technical_report_number"
    for field, name in fields.items():
        yield Tag(f"citation_{name}", str(record.get(field) or ""))
    first, last = pages(record)
    yield Tag("citation_firstpage", first)
    yield Tag("citation_lastpage", last)
    yield Tag("citation_public_url", address)


def _name(name: Mapping[str, str]) -> str:
    """A person as "Family, Given"; a body by its name."""
    return name.get("literal") or ", ".join(filter(None, (name.get("family"), name.get("given"))))
