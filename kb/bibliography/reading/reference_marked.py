"""Cut out of a printed reference what is known by its mark, wherever it stands: a DOI, an address, pages."""

from __future__ import annotations

import re
from typing import Any

from kb.bibliography.reading.reference_forms import PAGES, YEAR, tidy
from kb.corpus.numbers import DOI, balanced, bare_doi

_DOI = (
    rf"(?:\bdoi\s*:?\s*)?(?:https?://(?:dx\.)?doi\.org/|\bdoi\.org/|\bdoi\s*:?\s*)\s*({DOI}\S*)"
    rf"|(?<![/\w])({DOI}\S*)"
)
_NUMBERS = {
    field: rf"[(,;]?\s*\be?[-‐]?{field}(?:[-‐ ]?1[03])?(?:\s*\((?:print|online)\))?\s*:?\s*({number})\)?[.;,]?"
    for field, number in {
        "isbn": r"[\dXx][\dXx‐–-]*(?:[ ][\dXx‐–-]+)*",
        "issn": r"\d{4}[-‐–]?\d{3}[\dXx]",
    }.items()
}
_IDENTIFIERS = {
    "PMID": r"\bPMID:?\s*(\d+)[.;]?", "PMCID": r"\b(?:PMCID:?\s*)?(PMC\s?\d+)[.;]?",
    "text:arXiv": r"\barXiv\s*:\s*(\S+?)[.;]?(?=\s|$)", "text:S2CID": r"\bS2CID:?\s*(\d+)[.;]?",
    "text:Bibcode": r"\bBibcode:?\s*(\S+?)[.;]?(?=\s|$)", "text:JSTOR": r"\bJSTOR:?\s*(\d+)[.;]?",
    "text:hdl": r"\bhdl:?\s*(\S+?)[.;]?(?=\s|$)", "text:SSRN": r"\bSSRN:?\s*(\d+)[.;]?",
}  # fmt: skip
_ARCHIVED = r"\bArchived from the original(?:\s*\(PDF\))?(?:\s+on\s+(.+?\d{2,4}(?:-\d\d-\d\d)?))?(?=\.|$|\s)\.?"
_ADDRESS = r"[<(\[]?\s*(https?://[^\s<>\"]+)(?:\s*[>)\]])?\.?"
_FROM = (
    r"(?:[<(\[]\s*)?(?:\b(?:Retrieved|Available|Accessed|Verfügbar|Abrufbar)\s*(?:[^.]{0,30}?,)?\s*"
    r"(?:from|at|unter|online)?\s*:?\s*)?(?:\bURL\s*:?\s*)?"
)
_SEEN = (
    r"[(\[]?\b(?:Retrieved|Accessed|cited|Abgerufen(?: am)?|Zugriff(?: am)?|last accessed|viewed)(?:\s+on)?:?\s+"
    rf"([^.()\[\]]*?{YEAR}(?:[- ]+[A-Z][a-z]{{2}} \d+|-\d\d-\d\d)?)[)\],]?\.?"
)
_NOWHERE = r"\b(?:Retrieved|Available|Accessed)\s+(?:from|at)\b:?\s*\.?$"
_MEDIUM = r"\s*[(\[](PDF|electronic resource|Internet|online|eBook|Kindle|video|CD-ROM|film)[)\]]"
_EDITION = (
    r"[(,.]?\s*\b((?:\d+(?:st|nd|rd|th)|rev(?:ised|\.)|second|third|fourth|fifth|first|new|expanded)\s+"
    r"(?:rev\.?\s+)?(?:ed(?:ition|n)?\b\.?)|\d+\.\s*(?:,\s*\w+\.\s*)?Aufl(?:age)?\.?)\s*(?:,\s*)?\)?\.?"
)
_MARKED_PAGES = rf"[(,.;]?\s*\b(?:pp?\.|pages?:?|pp|Seiten?|S\.(?=\s*\d))\s*({PAGES})\)?[.,;]?"


class Draft:
    """A reference on its way into parts: *text* is what has not been placed yet, *pages* what it tells of pages."""

    def __init__(self, reference: str) -> None:
        self.text = tidy(reference)
        self.said: dict[str, Any] = {}
        self.extra: dict[str, str | list[str]] = {"text:reference": " ".join(reference.split())}
        self.problems: list[str] = []
        self.pages = ""

    def take(self, pattern: str, ends: bool = False) -> re.Match[str] | None:
        """Cut the first match out of the text; *ends* tells that a sentence ends there."""
        found = re.search(pattern, self.text, re.I)
        if found:
            before, after = self.text[: found.start()].rstrip(), self.text[found.end() :].lstrip()
            gap = ", " if found[0].lstrip()[:1] == "," and after[:1] not in ",.;:)" else " "
            gap = ". " if ends and found[0].rstrip()[-1:] in ".)" and after[:1].isupper() else gap
            gap = " " if before[-1:] in ".,;:(" else gap
            self.text = f"{before}{gap if after else ''}{after}".strip()
        return found

    def take_marked(self) -> None:
        """Cut out all that is marked."""
        self._take_numbers()
        if found := self.take(_ARCHIVED):
            self.extra["text:archived"] = found[1] or "yes"
        self._take_address()
        if found := self.take(_SEEN):
            self.extra["accessed"] = found[1].strip(" ,")
        self.take(_NOWHERE)
        if found := self.take(_MEDIUM):
            self.extra["medium"] = found[1]
        if found := self.take(_EDITION, ends=True):
            self.said["edition"] = re.sub(r"\s*(?:ed(?:ition|n)?|Aufl(?:age)?)\b\.?$", "", found[1].strip(), flags=re.I)
        if found := self.take(_MARKED_PAGES, ends=True):
            self.pages = found[1]
            self.text = re.sub(r"\s+\.", ".", self.text)

    def _take_numbers(self) -> None:
        """Cut out DOI, ISBN, ISSN, OCLC and numbers that only extra takes."""
        if found := self.take(_DOI):
            self.said["doi"] = bare_doi(found[1] or found[2])
        for field, pattern in _NUMBERS.items():
            many: list[str] = []
            while found := self.take(pattern):
                many.append(re.sub(r"[‐–]", "-", found[1]).strip(" -"))
            if many:
                self.said[field] = many
        if found := self.take(r"\bOCLC\s*:?\s*(\d+)[.;]?"):
            self.said["oclc"] = found[1]
        for name, pattern in _IDENTIFIERS.items():
            if found := self.take(pattern):
                self.extra[name] = found[1]

    def _take_address(self) -> None:
        """Cut out addresses, and the day before the first one when it was seen."""
        if not (found := self.take(_FROM + _ADDRESS)):
            return
        addresses = [balanced(found[1].rstrip(".,;"))]
        if dated := re.search(rf"([^,:]*{YEAR})", found[0][: found[0].find("http")]):
            self.extra["accessed"] = re.sub(r"^.*?(?:Retrieved|Accessed)\s+(?:on\s+)?", "", dated[1]).strip()
        while more := self.take(_ADDRESS):
            addresses.append(balanced(more[1].rstrip(".,;")))
        self.said["url"] = addresses
