"""Citations in running text: one work or several in one pair of brackets, each with its place, in five styles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kb.bibliography.locators import located
from kb.corpus.ontology import fold

NUMBERED = ("ieee",)  # styles that cite by the number of the work in a list
THROUGH = {  # before the work that reports another (APA 8.6; MLA: "quoted in"; Cite Them Right)
    "apa": "as cited in",
    "chicago": "cited in",
    "mla": "qtd. in",
    "harvard": "cited in",
    "ieee": "as cited in",
}
_SAME_NAMES = ("apa", "chicago", "harvard")  # styles that name the authors of several works once: (Gray, 1985, 1989)
_DATED = re.compile(r"(?P<names>.+?)(?P<comma>,?) (?P<year>(?:\d{4}|n\.d\.|no date)(?:-? ?[a-z]{1,2})?)")


class Citing(NamedTuple):
    """A work that a citation names: as its style has it alone, such as "(Gray, 1985)", and the place in it.

    Where the work was not read, *through* is how the style cites the one that reports it, and the place is in that.
    *called* is how a style that numbers calls a work that is not in its list. *number* is that of the work that is.
    """

    in_text: str
    locator: str = ""
    through: str = ""
    called: str = ""
    number: int = 1


def cite(works: Iterable[Citing], style: str) -> str:
    """The citation of *works* in running text.

    >>> works = [Citing("(Gray, 1985)"), Citing("(Banks & Hulme, 2014)", "p. 4")]
    >>> cite(works, "apa")
    '(Banks & Hulme, 2014, p. 4; Gray, 1985)'
    >>> cite([Citing("[1]"), Citing("[1]", "p. 4", number=2)], "ieee")
    '[1], [2, p. 4]'
    >>> cite([Citing("(Reed, 2001)", "p. 4", through="(Gray, 1985)")], "apa")
    '(Reed, 2001, as cited in Gray, 1985, p. 4)'
    """
    if style in NUMBERED:
        return ", ".join(_numbered(work, style) for work in works)
    parts = [_named(work, style) for work in works]
    if style == "apa":  # APA 8.12: in the order of the reference list
        parts.sort(key=fold)
    return f"({'; '.join(_once(parts) if style in _SAME_NAMES else parts)})"


def _named(work: Citing, style: str) -> str:
    if not work.through:
        return located(_bare(work.in_text), work.locator, style)
    return f"{_bare(work.in_text)}, {THROUGH[style]} {located(_bare(work.through), work.locator, style)}"


def _numbered(work: Citing, style: str) -> str:
    place = f"[{located(str(work.number), work.locator, style)}]"
    return f"({_bare(work.called)}, {THROUGH[style]} {place})" if work.through else place


def _once(parts: Iterable[str]) -> list[str]:
    """*parts* of a citation, where works of the same authors follow each other under one name."""
    once: list[str] = []
    before = ""
    for part in parts:
        found = _DATED.fullmatch(part)
        if found and before == found["names"]:
            once[-1] += f", {found['year']}"
        else:
            once.append(part)
        before = found["names"] if found else ""
    return once


def _bare(cited: str) -> str:
    return cited[1:-1] if cited[:1] in ("(", "[") else cited
