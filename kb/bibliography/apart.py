"""Works of one list that would be cited alike, told apart: by a letter behind the year, in MLA by the title."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import product
from string import ascii_lowercase
from typing import NamedTuple

from kb.bibliography.styles import Reference
from kb.bibliography.work import Record, leading, short_title
from kb.corpus.ontology import fold

LETTERED = ("apa", "chicago", "harvard")  # APA 8.19, Chicago 15.20, Cite Them Right
QUOTED = ("article", "chapter", "conference-paper", "magazine-article", "reference-entry", "webpage")  # by MLA
_UNDATED = {"n.d.": "n.d.-", "no date": "no date "}
_ARTICLE = re.compile(r"^(a|an|the) ")


class Listed(NamedTuple):
    """A work of a list: how a style cites it, and what tells it apart from others of the list."""

    reference: Reference
    names: tuple[str, ...]
    year: str
    title: str
    short: str

    @classmethod
    def of(cls, reference: Reference, record: Record) -> Listed:
        """The work of a *record*."""
        by = [] if record.get("type") == "legislation" else leading(record)  # a law goes by its title
        names = tuple(fold(" ".join(name.values())) for name in by)
        short = short_title(record)
        shown = f"“{short}”" if record.get("type") in QUOTED else short
        title = _ARTICLE.sub("", fold(str(record.get("title") or "")))
        return cls(reference, names, str(record.get("issued") or ""), title, shown if short else "")


def told_apart(works: Mapping[str, Listed]) -> dict[str, Reference]:
    """How each of *works*, all in one style, is cited beside the others.

    Works by the same authors of the same year get a, b … by their titles. Who is called alike and is not the same, as
    two works by Gray and different others may be in one year, stays so.
    """
    style = next((work.reference.style for work in works.values()), "")
    if style in LETTERED:
        return {id: _lettered(works[id], letter) for id, letter in _letters(works).items()}
    if style == "mla":
        return _titled(works)
    return {id: work.reference for id, work in works.items()}


def _letters(works: Mapping[str, Listed]) -> dict[str, str]:
    """The letter of each work, or nothing where no other has its names and year."""
    alike: dict[tuple[tuple[str, ...], str], list[str]] = defaultdict(list)
    for id, work in works.items():
        alike[work.names, work.year].append(id)
    letters = dict.fromkeys(works, "")
    for (names, _), ids in alike.items():
        if names and len(ids) > 1:
            letters |= zip(sorted(ids, key=lambda id: (works[id].title, id)), _alphabet(), strict=False)
    return letters


def _alphabet() -> Iterable[str]:
    """From a to z, then from aa to zz."""
    yield from ascii_lowercase
    yield from map("".join, product(ascii_lowercase, repeat=2))


def _lettered(work: Listed, letter: str) -> Reference:
    """The reference with the *letter* behind its year."""
    style, text, in_text = work.reference.style, work.reference.text, work.reference.in_text
    year = work.year or next((each for each in _UNDATED if each in in_text), "")
    if not letter or not year:
        return work.reference
    dated = _UNDATED.get(year, year) + letter
    behind = rf"(?<=\. ){re.escape(year)}(?=[. ]|$)" if style == "chicago" else rf"(?<=\(){re.escape(year)}(?=\))"
    stop = "." if style == "chicago" and year.endswith(".") else ""
    before, found, after = in_text.rpartition(year)
    return work.reference._replace(
        text=re.sub(behind, lambda _: dated + stop, text, count=1),
        in_text=f"{before}{dated}{after}" if found else in_text,
    )


def _titled(works: Mapping[str, Listed]) -> dict[str, Reference]:
    """The references as MLA tells them apart: who is named on several works of a list is named with the title."""
    alike: dict[str, list[str]] = defaultdict(list)
    for id, work in works.items():
        alike[work.reference.in_text].append(id)
    found = {id: work.reference for id, work in works.items()}
    for in_text, ids in alike.items():
        for id in ids if len(ids) > 1 and in_text else ():
            if works[id].short and works[id].names:
                found[id] = found[id]._replace(in_text=f"{in_text[:-1]}, {works[id].short})")
    return found
