"""How a work is cited: in the text, as a reference in a style, in an exchange format."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from kb.bibliography import export
from kb.bibliography.export import bibtex, csl
from kb.bibliography.work import Record, citation, in_text, parenthetical
from kb.errors import BadQuery, meant

if TYPE_CHECKING:
    from kb.bibliography.processor import Processor

__all__ = ["STYLES", "Reference", "bibtex", "citation", "cite", "csl", "in_text"]

REFERENCE_STYLES = {  # style, and its name
    "apa": "APA",
    "chicago": "Chicago (author-date)",
    "mla": "MLA",
    "harvard": "Harvard (Cite Them Right)",
    "ieee": "IEEE",
}
NAMED = 100  # characters of a style that an error repeats
STYLES = (*REFERENCE_STYLES, *export.FORMATS)


class Reference(NamedTuple):
    """How a style cites a work: the entry of a reference list, and what stands in the text, if anything can."""

    style: str
    label: str
    text: str
    in_text: str


def references(record: Record) -> tuple[Reference, ...]:
    """Return how each style cites the work; takes about 8 ms.

    >>> [each.in_text for each in references({"authors": [{"family": "Ostrom"}], "title": "Commons", "issued": "1990"})]
    ['(Ostrom, 1990)', '(Ostrom 1990)', '(Ostrom)', '(Ostrom, 1990)', '[1]']
    """
    return tuple(_reference(record, style) for style in REFERENCE_STYLES)


def reference(record: Record, style: str = "apa") -> str:
    """Return the entry of a reference list as plain text.

    >>> reference({"type": "book", "authors": [{"family": "Ostrom", "given": "Elinor"}], "issued": "1990",
    ...            "title": "Governing the commons", "publisher": "Cambridge University Press"})
    'Ostrom, E. (1990). Governing the commons. Cambridge University Press.'
    """
    if style not in REFERENCE_STYLES:
        raise BadQuery(f"no citation style {style!r}; there are {_named(REFERENCE_STYLES)}")
    return _reference(record, style).text


def cite(records: Mapping[str, Record], style: str = "apa") -> str:
    """Return all *records* (by id, in the order given) as one text: a reference a line, or an exchange format."""
    check(style)
    if style in export.FORMATS:
        return export.write(records, style)
    return listed((reference(record, style) for record in records.values()), style)


def untitled(record: Record, style: str) -> str:
    """How a *style* cites a work in the text of which neither names nor title are known.

    >>> [untitled({"issued": "1990"}, style) for style in ("apa", "chicago", "mla")]
    ['(Untitled work, 1990)', '(Untitled work 1990)', '(Untitled work)']
    """
    called, _, year = parenthetical(record).rpartition(", ")
    return f"({called})" if style == "mla" else f"({called}{' ' if style == 'chicago' else ', '}{year})"


def listed(references: Iterable[str], style: str) -> str:
    """Return the texts of *references* in a style as one list; where it numbers, each comes as if it stood alone."""
    return "\n".join(numbered(references, style))


def numbered(references: Iterable[str], style: str) -> Iterable[str]:
    """Return the texts of *references* as they stand in one list, each with its number where the style has one."""
    if style == "ieee":
        return (text.replace("[1]", f"[{number}]", 1) for number, text in enumerate(references, 1))
    return references


def check(style: str) -> None:
    """Refuse a style that is not there."""
    if style not in STYLES:
        raise BadQuery(f"no citation style {style!r}; there are {_named(STYLES)}")


def check_written(style: str) -> None:
    """Refuse what is no style in which references are written and works cited in the text."""
    if style not in REFERENCE_STYLES:
        hint = meant(style, REFERENCE_STYLES)
        known = f" ({hint})" if hint else f"; there are {_named(REFERENCE_STYLES)}"
        raise BadQuery(f"no citation style {style[:NAMED]!r}{known}")


@cache
def _processor(style: str) -> Processor:
    from kb.bibliography.processor import Processor

    return Processor(style)


def _reference(record: Record, style: str) -> Reference:
    processor = _processor(style)
    return Reference(style, REFERENCE_STYLES[style], processor.entry(record), processor.in_text(record))


def _named(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}"
