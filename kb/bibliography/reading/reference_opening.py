"""Tell apart what a printed reference begins with: names, a date, a title in quotation marks."""

from __future__ import annotations

import re
from typing import NamedTuple

from kb.bibliography.reading.printed_names import Names, names
from kb.bibliography.reading.reference_forms import IMPRINT_NOTE, YEAR

FARTHEST = 1_500  # characters within which the names end


class Opening(NamedTuple):
    """How a reference begins: with names, a date, a title in quotation marks, or some of these; and what follows."""

    who: str
    date: str
    title: str
    rest: str


_AUTHOR_DATE = re.compile(
    rf"(?P<who>[^\"“”„«»]{{2,}}?)[.,]?\s*\(\s*"
    rf"(?P<date>[^():]{{0,25}}?\b{YEAR}[a-z]?\b[^():]{{0,30}}|n\.\s?d\.|o\.\s?J\.|in press|forthcoming)"
    r"\s*\)\s*[.,:]?\s*(?P<rest>.*)",
    re.S,
)
_AUTHOR_PLAIN = re.compile(
    rf"(?P<who>[^\"“”„«»()]{{2,}}?)[.,]?\s+(?P<date>{YEAR}[a-z]?|n\.d)[.,:]\s+(?P<rest>[^\d\s].*)", re.S
)
_QUOTED = tuple(
    re.compile(pattern, re.S)
    for pattern in (
        r"(?P<who>(?:^|.*?[\s(]))“(?P<title>.+?)[,.;]?”(?P<rest>.*)",
        r"(?P<who>(?:^|.*?[\s(]))\"(?P<title>.+?)[,.;]?\"(?=[\s.,;:)]|$)(?P<rest>.*)",
        r"(?P<who>(?:^|.*?[\s(]))„(?P<title>.+?)[,.;]?[“”](?P<rest>.*)",
        r"(?P<who>)‘(?P<title>[^‘].*?)[,.;]?’(?=[.,]\s|\s\(|$)(?P<rest>.*)",
        r"(?P<who>(?:^|.*?[\s(]))«\s*(?P<title>.+?)[,.;]?\s*»(?P<rest>.*)",
    )
)
_INITIALS_FIRST = re.compile(r"(?:[A-Z]\.[\s-]?)+\s*[A-Z]")
_POINT = r"\.\s+(?![A-Z]\.|&|and\s|et\s)|:\s+"  # may end the names
_COMMA = r",\s+(?![A-Z]\.|Eds?\b)(?=[A-ZÀ-Þ])"  # may end them too where given names stand first
_LONGER = re.compile(r".{0,200}?(?:editors?|\beds?\.?|\bet al)\.\s+")


def opened(text: str) -> Opening:
    """Tell apart what a reference begins with.

    >>> opened("Gray, B. (1989). Collaborating. Jossey-Bass.")
    Opening(who='Gray, B', date='1989', title='', rest='Collaborating. Jossey-Bass.')
    """
    for pattern in (_AUTHOR_DATE, _AUTHOR_PLAIN):
        found = pattern.match(text)
        if not found or not found["rest"].strip():
            continue
        if names(found["who"]) or (pattern is _AUTHOR_DATE and _are_names(found["who"])):
            return Opening(found["who"], found["date"], *_quoted_first(found["rest"]))
    quoted = _first_quoted(text)
    if quoted and len(quoted["who"]) < FARTHEST and (len(quoted["who"]) < 200 or names(quoted["who"].strip(" ,.:"))):
        return Opening(quoted["who"].strip(" ,:"), "", quoted["title"].strip(), quoted["rest"].strip())
    who, rest = _leading_names(text)
    return Opening(who, "", "", rest)


def _are_names(text: str) -> bool:
    """Whether a text before a date looks like names, even if one of them cannot be read."""
    begins = re.match(r"(?:[a-z]{1,3}\s)*[A-ZÀ-Þ][\w'’ -]+,\s*[A-ZÀ-Þ]", text)
    return bool(begins) and not re.search(r"\d|[.?!:]\s+[A-ZÀ-Þ]\w+\s+[a-z]{2,}\s+[a-z]{2,}", text)


def _first_quoted(text: str) -> re.Match[str] | None:
    found = [match for pattern in _QUOTED if (match := pattern.match(text))]
    return min(found, key=lambda match: len(match["who"]), default=None)


def _quoted_first(text: str) -> tuple[str, str]:
    """A title in quotation marks at the very beginning, and what follows."""
    quoted = _first_quoted(text)
    if quoted and not quoted["who"].strip() and not quoted["rest"].lstrip().startswith(":"):
        return quoted["title"].strip(), quoted["rest"].strip()
    return "", text.strip()


def _leading_names(text: str) -> tuple[str, str]:
    """The names at the beginning, up to the point, comma or colon that ends them, and what follows."""
    by_comma = IMPRINT_NOTE.search(text) or _INITIALS_FIRST.match(text)
    for end in re.finditer(f"{_POINT}|{_COMMA}" if by_comma else _POINT, text[:FARTHEST]):
        who, rest = text[: end.start()], text[end.end() :]
        if end[0].startswith(",") and len(who.split()) < 2:
            continue
        found = names(who)
        if not found or (len(found.people) == 1 and _is_title(who, found)):
            continue
        longer = _LONGER.match(rest)
        if longer and names(who + end[0] + longer[0]):
            return (who + end[0] + longer[0]).strip(), rest[longer.end() :]
        return who, rest
    return "", text


def _is_title(who: str, found: Names) -> bool:
    """Whether what could be one name is rather the beginning of a title: a body of many small words."""
    (one,) = found.people
    return "literal" in one and sum(word.islower() for word in who.split()) > len(who.split()) / 2
