"""The types and variables of CSL 1.0.2, and what they are in a source file."""

from __future__ import annotations

import re


def table(text: str) -> dict[str, str]:
    """A mapping written as ``key=value key=value``."""
    return dict(pair.split("=", 1) for pair in text.split())


def _set(names: str) -> frozenset[str]:
    return frozenset(names.split())


DATES = _set("accessed available-date event-date issued original-date submitted")
PEOPLE = _set(
    "author chair collection-editor compiler composer container-author contributor curator director editor "
    "editorial-director editor-translator executive-producer guest host illustrator interviewer narrator organizer "
    "original-author performer producer recipient reviewed-author script-writer series-creator translator"
)
TEXTS = _set(
    "annote archive archive_collection archive_location archive-place authority call-number chapter-number "
    "citation-key citation-label citation-number collection-number collection-title container-title "
    "container-title-short dimensions division DOI edition event event-place event-title "
    "first-reference-note-number genre ISBN ISSN issue journalAbbreviation jurisdiction keyword language license "
    "locator medium note number number-of-pages number-of-volumes original-publisher original-publisher-place "
    "original-title page page-first part-number part-title PMCID PMID printing-number publisher publisher-place "
    "references reviewed-genre reviewed-title scale section shortTitle source status supplement-number title "
    "title-short URL version volume volume-title year-suffix"
)
KEYS = {  # the variables that are keys of ours; authors and editors, and the date, are told apart from these
    "title": "title", "container-title": "container", "collection-title": "series", "number": "number",
    "volume": "volume", "issue": "issue", "page": "pages", "edition": "edition", "publisher": "publisher",
    "publisher-place": "place", "DOI": "doi", "ISBN": "isbn", "ISSN": "issn", "URL": "url",
}  # fmt: skip
VARIABLES = DATES | PEOPLE | TEXTS
KEPT = (VARIABLES - KEYS.keys() - {"author", "editor", "issued"}) | {"number"}  # the names that stand in ``extra``
TYPES = {  # the types, and what they are of ours; "document" is anything else
    "article": "working-paper", "article-journal": "article", "article-magazine": "magazine-article",
    "article-newspaper": "magazine-article", "bill": "legislation", "book": "book", "broadcast": "document",
    "chapter": "chapter", "classic": "book", "collection": "document", "dataset": "document",
    "document": "document", "entry": "reference-entry", "entry-dictionary": "reference-entry",
    "entry-encyclopedia": "reference-entry", "event": "document", "figure": "document", "graphic": "document",
    "hearing": "document", "interview": "document", "legal_case": "document", "legislation": "legislation",
    "manuscript": "document", "map": "document", "motion_picture": "document", "musical_score": "document",
    "pamphlet": "document", "paper-conference": "conference-paper", "patent": "document",
    "performance": "document", "periodical": "document", "personal_communication": "document",
    "post": "webpage", "post-weblog": "webpage", "regulation": "legislation", "report": "report",
    "review": "article", "review-book": "article", "software": "document", "song": "document",
    "speech": "conference-paper", "standard": "report", "thesis": "thesis", "treaty": "legislation",
    "webpage": "webpage",
}  # fmt: skip
GENRES = {"report": "Report", "thesis": "Thesis", "working-paper": "Working Paper"}  # of our types, as others name them
WORKING = re.compile(r"\b(?:working|discussion) ?papers?\b", re.I)  # a genre of reports that is a type of ours
