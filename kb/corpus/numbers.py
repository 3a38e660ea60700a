"""The numbers by which works are known: how DOI, ISBN and ISSN stand in a text, and how they are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from stdnum import isbn
from stdnum.exceptions import ValidationError

WHOLE = {"book", "report", "thesis", "document"}  # a chapter rightly has the ISBN of its book
LONGEST = 1_000  # signs of a DOI
DOI_BEGINS = r"10\.[0-9]{4,9}/"
_SIGNS = r"[^\s\"“”«»<>]+"
DOI = rf"{DOI_BEGINS}{_SIGNS}(?:<\w+:[^\s<>\"]+>{_SIGNS})?"  # the latter in DOIs of about 1998, made from SICIs
RESOLVER = r"\b(?:dx\.|www\.)?doi\.org/"
ISBN = re.compile(r"(?:(?<![\w-])|(?<=(?i:isbn)))(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dXx](?![\dXx-])", re.A)
ISSN = re.compile(r"(?:(?<![\w-])|(?<=(?i:issn)))(\d{4})-?(\d{3}[\dXx])(?![\dXx-])", re.A)
_DOI = re.compile(DOI)
_WHOLE = re.compile(rf"(?:(?:https?://)?{RESOLVER}|doi:?\s*)?{DOI}", re.I)
_RESOLVED = re.compile(rf"{RESOLVER}(\S+)", re.I)
_ASKED = re.compile(r"[?&][\w.%-]*=")  # what an address asks for
_BRACKETS = {")": "(", "]": "[", "}": "{", ">": "<"}
_AFTER = ".,;:?!'’*"  # signs after a DOI, which do not end one


def bare_doi(text: str) -> str:
    """The DOI in a text, which may be an address; nothing where there is none. A bare one stays as it is.

    >>> bare_doi("https://doi.org/10.1000/Ab?x=1#top"), bare_doi("(doi: 10.1000/a(b)c).")
    ('10.1000/Ab', '10.1000/a(b)c')
    >>> bare_doi("10.1016/S0140-6736(05)67000-0"), bare_doi("n/a")
    ('10.1016/S0140-6736(05)67000-0', '')
    """
    if found := _RESOLVED.search(text):
        resolved = re.split("[?#]", unquote(found[1]))[0] if len(found[1]) <= LONGEST else ""
        if doi := next(dois(resolved), ""):
            return doi
    return next(dois(text), "")


def dois(text: str) -> Iterator[str]:
    """Every DOI in a text, bare."""
    for found in _DOI.finditer(text):
        doi = _trimmed(found[0]) if len(found[0]) <= LONGEST else ""
        if _DOI.fullmatch(doi):
            yield doi


def whole_doi(text: str) -> str:
    """The DOI that all of a text is, as a number or as its address at doi.org; nothing where it says more.

    >>> whole_doi("doi:10.1000/a"), whole_doi("https://doi.org/10.1000/a"), whole_doi("https://a.org/10.1000/a")
    ('10.1000/a', '10.1000/a', '')
    """
    return bare_doi(text) if _WHOLE.fullmatch(text.strip()) else ""


def comparable_doi(text: str) -> str:
    """The DOI in a text as it is compared: case makes no difference, nor does a slash at the end."""
    return bare_doi(text).lower().rstrip("/")


def comparable(text: str) -> str:
    """An ISBN as it is compared: ISBN-10 and ISBN-13 of one edition are the same.

    >>> comparable("0-306-40615-2"), comparable("979-8-6411-2345-5"), comparable("306 40")
    ('9780306406157', '9798641123455', '30640')
    """
    try:
        return str(isbn.validate(text, convert=True))
    except ValidationError:
        return str(isbn.compact(text))


def isbns(text: str) -> list[str]:
    """What looks like an ISBN in a text, with its hyphens.

    >>> isbns("ISBN978-0-7748-1383-9 (pbk), 0774813830pdf")
    ['978-0-7748-1383-9', '0774813830']
    """
    return [found[0].upper() for found in ISBN.finditer(text)]


def issns(text: str) -> list[str]:
    """What looks like an ISSN in a text, as it is written.

    >>> issns("ISSN 0305750x (print); WPS1234-5678")
    ['0305-750X']
    """
    return [f"{first}-{last.upper()}" for first, last in ISSN.findall(text)]


def balanced(text: str) -> str:
    """*text* without closing brackets that nothing in it opens."""
    while text and (opening := _BRACKETS.get(text[-1])) and text.count(text[-1]) > text.count(opening):
        text = text[:-1].rstrip(".,;")
    return text


def _trimmed(doi: str) -> str:
    """A DOI without what stands behind it in a sentence, or in an address."""
    doi = _ASKED.split(doi, maxsplit=1)[0]
    while (shorter := balanced(doi.rstrip(_AFTER))) != doi:
        doi = shorter
    return doi
