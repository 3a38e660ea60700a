"""Dates as texts: as much as is known of year, month and day, in the form of ISO 8601 (EDTF)."""

from __future__ import annotations

import re

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SEASONS = {"spr": 21, "sum": 22, "aut": 23, "fal": 23, "win": 24}  # as EDTF numbers them
_SLASHED = re.compile(r"(\d{4})(?:/(\d{0,2})(?:/(\d{0,2})(?:/\s*)?)?)?")
_TIMED = re.compile(r"(\d{4}/\d{1,2}/\d{1,2})[/ ]\s*(\d{1,2}:\d\d(?::\d\d)?(?:\s*[ap]m)?)", re.I)
_DASHED = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_WORDS = re.compile(r"[a-z]+|\d+", re.I)


def iso(year: str | int, month: str | int = "", day: str | int = "") -> str:
    """A date of which parts may be missing; empty where it is none.

    >>> iso("2008", "08"), iso(2008, 8, 5), iso("2008", "", "5"), iso(2008, 13), iso(-44, 3)
    ('2008-08', '2008-08-05', '2008', '', '-0044-03')
    """
    try:
        numbers = [int(part) for part in (year, month, day) if str(part).strip()]
    except ValueError:
        return ""
    if not str(month).strip():
        numbers = numbers[:1]
    if not numbers or not _possible(*numbers):
        return ""
    sign = "-" if numbers[0] < 0 else ""
    return sign + "-".join([f"{abs(numbers[0]):04}", *(f"{part:02}" for part in numbers[1:])])


def plain(text: str) -> str:
    """A date written as programs do or in words, as ISO has it; as it stands where it is not understood.

    >>> plain("2008/08//"), plain("2019 Nov 15"), plain("May 2001"), plain("2022///"), plain("1998 SPR")
    ('2008-08', '2019-11-15', '2001-05', '2022', '1998-21')
    >>> plain("2011/03/17/10:20:33"), plain("1999/2000"), plain("forthcoming"), plain("2019 JUL-AUG")
    ('2011-03-17 10:20:33', '1999/2000', 'forthcoming', '2019 JUL-AUG')
    """
    text = " ".join(text.split())
    if found := _TIMED.fullmatch(text):
        return f"{plain(found[1])} {found[2]}"
    if found := _SLASHED.fullmatch(text) or _DASHED.fullmatch(text):
        year, month, day = (part or "" for part in found.groups())
        month, day = ("" if set(part) <= {"0"} else part for part in (month, day))
        return iso(year, month, day) or text
    return _in_words(text) or text


def _in_words(text: str) -> str:
    """A date of a month or season in letters, a year and perhaps a day."""
    if re.search(r"[^\w\s,.]", text):
        return ""
    words = _WORDS.findall(text)
    years = [word for word in words if word.isdecimal() and len(word) == 4]
    days = [word for word in words if word.isdecimal() and len(word) <= 2]
    names = [number for word in words if word.isalpha() for number in [_number(word)] if number]
    if len(years) != 1 or len(days) > 1 or len(names) != 1 or len(words) != len(years + days) + 1:
        return ""
    return iso(years[0], names[0], *days)


def month(word: str) -> int:
    """The number of a month by its name, or the beginning of it; 0 where it is none.

    >>> month("Sept."), month("spring")
    (9, 0)
    """
    short = word.lower()[:3]
    return MONTHS.index(short) + 1 if short in MONTHS else 0


def _number(word: str) -> int:
    """The number of a month or season, by its name or the beginning of it."""
    return month(word) or SEASONS.get(word.lower()[:3], 0)


def _possible(year: int, month: int = 1, day: int = 1) -> bool:
    return abs(year) <= 9999 and ((1 <= month <= 12 and 1 <= day <= 31) or (21 <= month <= 24 and day == 1))
