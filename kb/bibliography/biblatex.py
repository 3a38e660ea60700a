"""How BibTeX and BibLaTeX name types and fields, and how we do: for reading and for writing."""

from __future__ import annotations

import re

from kb.bibliography.published import FILES
from kb.bibliography.variables import KEPT as KEPT_BY_CSL
from kb.bibliography.variables import WORKING, table

TYPES = table(  # of entries; those of Mendeley, Papers and EndNote too
    "article=article suppperiodical=article review=article journal_article=article generic=document "
    "magazine_article=magazine-article magazine=magazine-article newspaper_article=magazine-article "
    "newspaper=magazine-article "
    "book=book mvbook=book collection=book mvcollection=book proceedings=book mvproceedings=book reference=book "
    "mvreference=book booklet=book manual=book periodical=document "
    "inbook=chapter bookinbook=chapter suppbook=chapter incollection=chapter suppcollection=chapter "
    "book_section=chapter chapter=chapter "
    "inproceedings=conference-paper conference=conference-paper conference_proceedings=conference-paper "
    "inreference=reference-entry encyclopedia_article=reference-entry "
    "report=report techreport=report working_paper=working-paper workingpaper=working-paper "
    "thesis=thesis phdthesis=thesis mastersthesis=thesis bathesis=thesis candthesis=thesis "
    "online=webpage electronic=webpage www=webpage webpage=webpage web_page=webpage website=webpage "
    "legislation=legislation statute=legislation bill=legislation legal=legislation "
    "misc=document unpublished=document patent=document software=document dataset=document"
)
PLAIN = {  # entry types that say no more than our type does
    "article", "book", "incollection", "inproceedings", "conference", "inreference", "report", "techreport", "thesis",
    "online", "electronic", "www", "webpage", "web_page", "website", "legislation", "misc", "phdthesis",
    "mastersthesis", "bathesis", "candthesis", "generic", "journal_article", "book_section", "working_paper",
    "workingpaper", "magazine_article", "conference_proceedings", "encyclopedia_article", "chapter", "magazine",
}  # fmt: skip
GENRES = {  # of theses and reports, as BibLaTeX and the entry types name them
    "phdthesis": "PhD thesis", "mastersthesis": "Master's thesis", "mathesis": "Master's thesis",
    "bathesis": "Bachelor's thesis", "candthesis": "Candidate thesis", "techreport": "Technical report",
    "resreport": "Research report", "software": "Computer software", "datacd": "Data CD", "audiocd": "Audio CD",
    "patentde": "German patent", "patenteu": "European patent", "patentfr": "French patent",
    "patentuk": "British patent", "patentus": "US patent", "patreq": "Patent request",
}  # fmt: skip
PARTS = {"chapter", "conference-paper", "reference-entry"}  # types of works that stand in another
SERIALS = {"article", "magazine-article"}

KEYS = table(  # fields that are keys of ours, whatever the entry
    "edition=edition series=series volume=volume oclc=oclc publisher=publisher institution=publisher school=publisher "
    "organization=publisher doi=doi"
)
SAME = table(  # fields for numbers of which a work has several
    "isbn=isbn isbn-13=isbn isbn13=isbn isbn-10=isbn isbn10=isbn eisbn=isbn e-isbn=isbn "
    "issn=issn eissn=issn e-issn=issn pissn=issn p-issn=issn issn-online=issn issn-print=issn"
)
EXTRA = table(  # fields that are none, under their names in CSL
    "shorttitle=title-short shortjournal=container-title-short journal-iso=container-title-short "
    "abbrev_source_title=container-title-short journalabbreviation=container-title-short "
    "urldate=accessed lastchecked=accessed accessed=accessed lastaccessed=accessed "
    "pagetotal=number-of-pages numpages=number-of-pages page_count=number-of-pages number-of-pages=number-of-pages "
    "volumes=number-of-volumes chapter=chapter-number part=part-number "
    "eventtitle=event-title eventdate=event-date venue=event-place "
    "origdate=original-date origpublisher=original-publisher origlocation=original-publisher-place "
    "origtitle=original-title pubstate=status version=version copyright=license license=license rights=license "
    "pmid=PMID pmcid=PMCID ids=citation-key medium=medium section=section scale=scale "
    "note=note annote=annote annotation=annote comment=annote review=annote notes=annote"
)
CSL = (KEPT_BY_CSL | {"collection-title"}) - {  # variables of CSL that may stand under their own names
    "citation-number", "editor-translator", "first-reference-note-number", "journalAbbreviation",
    "locator", "number", "shortTitle", "year-suffix",
}  # fmt: skip
ROLES = {  # fields with names, other than authors and editors, and what holds them
    "translator": "translator", "bookauthor": "container-author", "director": "director", "illustrator": "illustrator",
    "scriptwriter": "script-writer", "compiler": "compiler", "editora": "bibtex:editora", "editorb": "bibtex:editorb",
    "editorc": "bibtex:editorc", "annotator": "bibtex:annotator", "commentator": "bibtex:commentator",
    "introduction": "bibtex:introduction", "foreword": "bibtex:foreword", "afterword": "bibtex:afterword",
    "holder": "bibtex:holder", "collaborator": "bibtex:collaborator", "serieseditor": "collection-editor",
}  # fmt: skip
WRITTEN = {  # what CSL calls a field, and how it is called when written
    "title-short": "shorttitle", "container-title-short": "shortjournal", "accessed": "urldate",
    "number-of-pages": "pagetotal", "number-of-volumes": "volumes", "chapter-number": "chapter", "part-number": "part",
    "event-title": "eventtitle", "event-date": "eventdate", "event-place": "venue", "original-date": "origdate",
    "original-publisher": "origpublisher", "original-publisher-place": "origlocation", "original-title": "origtitle",
    "status": "pubstate", "license": "license", "PMID": "pmid", "PMCID": "pmcid", "keyword": "keywords",
    "citation-key": "ids",
    "container-author": "bookauthor", "script-writer": "scriptwriter", "collection-editor": "serieseditor",
}  # fmt: skip
NUMBERS = {  # fields in which TeX's signs have no meaning
    "doi", "url", "isbn", "issn", "oclc", "eprint", "pmid", "pmcid", "urldate", "lastchecked", "biburl", "date", "ids",
    "eventdate", "origdate", *FILES,
}  # fmt: skip


SUBTYPES = {  # of entries that BibTeX itself has no type for: what they are, and of which types
    "magazine": ("magazine-article", "article"), "newspaper": ("magazine-article", "article"),
    "encyclopedia": ("reference-entry", "chapter"), "webpage": ("webpage", "document"),
    "legislation": ("legislation", "document"),
}  # fmt: skip
NO_GENRE = {"thesis": "Thesis", "report": "Report"}  # what a field "type" must say where nothing is to be said
READ = {  # fields that the reader takes to mean something; another is only kept
    "url", "title", "subtitle", "booktitle", "booksubtitle", "journal", "journaltitle", "fjournal", "journal-full",
    "journalsubtitle", "maintitle", "mainsubtitle", "author", "editor", "date", "year", "month", "day", "number",
    "issue", "eid", "article-number", "articleno", "art_number", "pages", "address", "location", "howpublished",
    "eprint", "eprinttype", "archiveprefix", "note", "abstract", "keywords",
    "keyword", "author_keywords", "tags", "mesh", "language", "langid", "hyphenation", "type", "entrysubtype",
    "entrytype", "crossref", "xdata", *KEYS, *SAME, *EXTRA, *ROLES, *CSL,
}  # fmt: skip
KEPT = ("bibtex:", "csl:", "html:", "pdf:", "ris:", "text:")  # how names in extra begin that CSL has not
PREFIXES = (*KEPT, "extra:", "record:")  # of fields that our own export writes
MEDLINE = {"pubmed": "PMID", "pmid": "PMID", "pmc": "PMCID", "pmcid": "PMCID"}  # archives of eprints
_COUNT = re.compile(r"(?:[ivxlc]+\s*[,+]?\s*)?\d+(?:\s*(?:p|pp|pages|S|Seiten)\b\.?)?", re.I)


def typed(type: str, said: str) -> tuple[str, str]:
    """The type and the genre of a work whose entry is of a *type* and has *said* more in its field "type".

    >>> typed("report", "Discussion paper"), typed("thesis", "phdthesis"), typed("report", "Report")
    (('working-paper', 'Discussion paper'), ('thesis', 'PhD thesis'), ('report', ''))
    """
    if type == "report" and WORKING.search(said):
        return "working-paper", "" if said == "Working Paper" else said
    if said == NO_GENRE.get(type):
        return type, ""
    return type, GENRES.get(said.lower().replace(" ", ""), said)


def is_count(pages: str) -> bool:
    """Whether the pages of a whole work are their number, such as "xii, 350 p."."""
    return _COUNT.fullmatch(pages) is not None
