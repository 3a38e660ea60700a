"""What ProCite says in notes for want of tags, such as "N1  - Edition: 2nd", under the tags that RIS has for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kb.bibliography.reading.tagged import Tag

_NOTE = re.compile(r"([A-Z][A-Za-z,()/ -]+?)\s*:\s*(\S.*)", re.S)
_SIGN = re.compile(  # notes that only ProCite writes
    r"Record (?:ID|Number)|Connective Phrase|Medium Designator|Packaging Method|Extent of Work|Call Number|"
    r"(?:Author|Series Editor|Editor/Compiler) Role|Author, (?:Subsidiary|Monographic)"
)
_LABELS = {  # what a note says, by its label: a tag, or a name of ours
    "Call Number": "CN", "Edition": "ET", "ISBN": "SN", "Language": "LA", "Publisher Name": "PB",
    "Place of Publication": "CY", "Page(s)": "SP", "Volume ID": "VL", "Issue ID": "IS", "Issue Identification": "IS",
    "Record ID": "ID", "Record Number": "ID", "Notes": "N1", "Histroy": "OP",
    "Series Volume ID": "collection-number", "Scale": "scale", "Size": "dimensions",
}  # fmt: skip
_ELSEWHERE = {  # tags that ProCite uses for something else, by type
    "BOOK": {"VL": "ET", "IS": "VL"}, "CHAP": {"VL": "ET"}, "COMP": {"IS": "ET"}, "ART": {"M1": "M3"},
    "BILL": {"CY": "T2", "VL": "M1", "SP": "SE"},
}  # fmt: skip
_ROLES = {  # what somebody did, by the words of a role note: the tag for it in most types
    "author": "A1", "editor": "ED", "ed": "ED", "edited": "ED", "compiler": "ED", "compiled": "ED",
    "translator": "A4", "translated": "A4",
}  # fmt: skip
_NOT_FOR = {"SP": ("manuscript", "thesis", "book"), "IS": ("chapter", "dataset"), "ET": ("song",), "VL": ("webpage",)}


def is_procite(tags: Sequence[Tag]) -> bool:
    """Whether a record has notes as ProCite writes them."""
    notes = (_NOTE.match(tag.text) for tag in tags if tag.name == "N1")
    return any(note and _SIGN.fullmatch(note[1]) for note in notes)


def as_ris(tags: Sequence[Tag], kind: str) -> list[Tag]:
    """The tags of a record of ProCite with what its notes say under tags; notes of no label stay."""
    ty = next((tag.text.upper() for tag in tags if tag.name == "TY"), "")
    made: list[Tag] = []
    elsewhere: Mapping[str, str] = _ELSEWHERE.get(ty, {})
    for tag in tags:
        found = _NOTE.fullmatch(tag.text) if tag.name == "N1" else None
        if found is None:
            made.append(Tag(elsewhere.get(tag.name, tag.name), tag.text))
        elif found[1].endswith(" Role"):
            made = _roles(made, tag, found[2])
        else:
            made += _told(tag, found[1], found[2], kind, {each.name for each in made})
    return made


def _told(tag: Tag, label: str, text: str, kind: str, before: set[str]) -> Iterator[Tag]:
    """What a note with a *label* says."""
    name = _LABELS.get(label, "")
    if label in ("Author, Subsidiary", "Author, Monographic"):
        role = ("A3" if "A2" in before else "A2") if "A1" in before else "A1"
        yield from (Tag(role, family_first(each)) for each in re.split(r";\s*", text))
    elif label in ("Series Title", "Proceedings Title"):
        yield Tag("C3" if label[0] == "P" else "T2" if kind in ("book", "report") else "T3", text)
    elif not name or kind in _NOT_FOR.get(name, ()):
        yield tag
    elif len(name) == 2:
        yield Tag(name, text)
    else:
        yield Tag("N1", f"{name}: {text}")


def _roles(made: list[Tag], note: Tag, text: str) -> list[Tag]:
    """The tags so far, the names just before under the tag of their role where it is known."""
    words = re.sub(r"s\b|\.|\s+by\b", "", text.lower()).strip()
    role = _ROLES.get(words)
    start = len(made)
    while start and made[start - 1].name == made[-1].name and made[-1].name in ("A1", "A2", "A3"):
        start -= 1
    if role is None or start == len(made):
        return [*made, note]
    return made[:start] + [Tag(role, tag.text) for tag in made[start:]]


def family_first(name: str) -> str:
    """A name in spoken order with the family name first; one with a comma stays, as does one of a single word."""
    first, _, last = name.strip().rpartition(" ")
    return name if "," in name or not first else f"{last}, {first}"
