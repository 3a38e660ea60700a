"""How the parts of a printed reference look: dates, pages, volumes, marks, and where a sentence of it ends."""

from __future__ import annotations

import re
import unicodedata

YEAR = r"(?:1[5-9]|20)\d\d"
PAGE = r"(?:[A-Za-z]{0,2}\d+|[ivxlc]+)"
SPAN = rf"{PAGE}\s*[-‐‑–—]+\s*{PAGE}"
PAGES = rf"(?:{SPAN}|{PAGE})(?:,\s*(?!{YEAR}\b)(?:{SPAN}|{PAGE}))*(?![\w])"
MONTH = r"(?:[A-Z][a-zäû]{2,8}\.?(?:[-–/][A-Z][a-z]{2,8}\.?)?)"
DATE = rf"(?:(?:\d{{1,2}}\.?\s+)?{MONTH}\s+(?:\d{{1,2}},?\s+)?)?{YEAR}"
IMPRINT_NOTE = re.compile(rf"\(([^():]+:[^()]+,\s*{YEAR})\)")  # of Chicago's notes: "(London: Routledge, 2009)"

_VOLUME = r"\b(?:vol(?:ume)?\b\.?|bd\.|band\b|jg\.)\s*(?P<volume>(?:\d|[ivxlc]+\b)[\w–-]*)"
_ISSUE = (
    r"\b(?:no\b\.?|nr\b\.?|iss(?:ue)?\b\.?|number\b|heft\b|H\.)"
    r"\s*(?P<issue>(?:S|suppl\.?\s*)?\d[\w–/-]*)"
)
_SEASONS = "suppl|spring|summer|fall|autumn|winter"
_IN_YEAR = rf"(?:,?\s*\(?(?P<year>{DATE})\)?)?"
_ON_PAGES = rf"(?:\s*[,:.]\s*(?P<pages>{PAGES}|(?:Article|Art\.)\s*(?:ID\s*)?\w+))?"
VOLUME_ALONE = re.compile(r"[.,]?\s+(?P<volume>\d{1,3})\s*[:.,]?\s*$")  # "Journal of Reeds 22", where pages were marked
NUMERATION = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        # 2010;34(3):459–465
        rf"[.,]?\s*(?P<year>{YEAR})(?:\s+{MONTH}(?:\s+\d{{1,2}})?)?\s*;\s*(?P<volume>\w+)?\s*"
        rf"(?:\((?P<issue>[^()]+)\))?\s*(?::\s*(?P<pages>{PAGES})|(?=\.|$))",
        rf"[.,]?\s*{_VOLUME}(?:\s*[,.]?\s*{_ISSUE})?{_IN_YEAR}{_ON_PAGES}",  # vol. 34, no. 3, 2010
        rf"[.,]?\s*(?P<volume>\b\d+),?\s*{_ISSUE}{_IN_YEAR}{_ON_PAGES}",  # 34, no. 3 (2010): 459–65
        rf"[.,]\s*{_ISSUE}{_IN_YEAR}{_ON_PAGES}(?=[.,]?\s*$)",  # no. 79, 1998
        # 34(3), 459–465
        rf"[.,]?\s*(?P<volume>\b\d+)?\s*\((?P<issue>(?:S?\d|{_SEASONS})[^():]{{0,20}})\){_ON_PAGES}",
        rf"[.,]?\s+(?P<volume>\d+)\s*[:,]\s*(?P<pages>{PAGES})(?:\s*\((?P<year>{YEAR})\))?",  # 34, 459–465 (2010)
        r"(?<=[^\W\d]):\s*(?P<pages>\d+(?:\s*[-–]\s*\d+)?)(?=\.?$)",  # Public Reeds: 20
    )
)
NUMBERED = re.compile(  # a series and the number in it: "Working Paper No. 389"
    r"([^()]{0,80}?(?:papers?|report|digest|series|brief|publication|document|bulletin|study|studies)\b[^()]{0,40}?)"
    r",?\s+(?:No\.?\s*)?(\d[^\s()]*(?:\s*\([^()]*\))?)",
    re.I,
)
OWN_NUMBER = re.compile(rf"\s*\({NUMBERED.pattern}\)", re.I)
PUBLISHER = re.compile(
    r"\b(?:press|verlag|publish\w*|books?|springer|wiley|sage|routledge|elsevier|emerald|elgar|jossey-bass|mcgraw-hill"
    r"|palgrave|oecd|inc|ltd|gmbh|&\s*sons|\w*bank|institute?|university|ministry|office|agency|organi[sz]ation)\b",
    re.I,
)
JOURNAL = re.compile(
    r"\b(?:journal|review|quarterly|annals|magazine|zeitschrift|bulletin|letters|transactions)\b", re.I
)
MEETING = re.compile(r"\b(?:proceedings|conference|symposium|workshop|congress|proc\b|conf\b)", re.I)
_ABBREVIATIONS = {
    "vol", "no", "st", "dr", "vs", "u.s", "u.k", "inc", "ltd", "co", "ed", "eds", "al", "jr", "cf", "e.g", "i.e",
    "proc", "conf", "symp", "trans", "int", "intl", "univ", "dept", "ser", "nat", "acad",
}  # fmt: skip
_END = re.compile(r"[.?!][\"”’)]?(?=\s+[^a-z\s(&])|[.?!]\.(?=\s)|\?,(?=\s)")


def tidy(reference: str) -> str:
    """*reference* on one line, without what websites put around it."""
    text = " ".join(unicodedata.normalize("NFC", reference).split())
    text = re.sub(r"\{\{cite [^}]*\}\}(?::?\s*CS1 maint:[^()]*\(link\))?|\bCS1 maint:[^()]*\(link\)", " ", text)
    text = re.sub(r"\s*\[(?:Google Scholar|CrossRef|PubMed|Web of Science|Scopus|Green Version|Medline)\]", "", text)
    text = re.sub(r"^\^\s*(?:(?:[a-z]\s+)+(?=[A-Z\"“]))?", "", text.strip())
    text = re.sub(r"^(?:\[\d{1,4}\]|\d{1,3}\.(?!\d))\s+", "", text)
    text = re.sub(r"^1(?: \d\d?)+ (?=\D)", "", text)  # "1 2 Bebbington": the places that cite it
    return " ".join(text.split())


def sentences(text: str) -> list[str]:
    """The sentences of a reference; a point after an initial or an abbreviation ends none.

    >>> sentences("What is it? A study of the U.S. World Journal")
    ['What is it?', 'A study of the U.S. World Journal']
    """
    told, begin = [], 0
    for end in _END.finditer(text):
        word = re.split(r"[\s(]", text[begin : end.start()])[-1]
        if end[0] != "." or (len(word) > 1 and word.lower() not in _ABBREVIATIONS):
            told.append(text[begin : end.end()])
            begin = end.end()
    told.append(text[begin:])
    trimmed = (part.strip(" ,;").removesuffix(".").strip() for part in told)
    return [re.sub(r"([?!])[.,]$", r"\1", part) for part in trimmed if part]


def joined_abbreviations(told: list[str]) -> list[str]:
    """Put together again what is one journal in short: "Acad", "Manage", "J" → "Acad. Manage. J"."""
    while len(told) > 2 and len(told[-2].split()) == 1 and len(told[-2]) < 8:
        told = [*told[:-2], f"{told[-2]}. {told[-1]}"]
    return told
