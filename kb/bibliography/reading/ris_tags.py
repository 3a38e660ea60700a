"""What each tag of RIS holds, by the type of the record: one table for reading and writing."""

from __future__ import annotations

import re
from typing import NamedTuple

KINDS = {  # the types of RIS (2011, with those of EndNote, RefMan and ProCite), under the type that CSL has for them
    "article-journal": "JOUR EJOUR ABST JFULL",
    "article-magazine": "MGZN CTLG",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK EBOOK EDBOOK CLSWK SER",
    "chapter": "CHAP ECHAP",
    "dataset": "DATA DBASE",
    "document": "AGGR ANCIENT EQUA GRNT GRANT",
    "entry-dictionary": "DICT",
    "entry-encyclopedia": "ENCYC",
    "graphic": "ART CHART FIGURE",
    "hearing": "HEAR",
    "legal_case": "CASE LEGAL",
    "legislation": "STAT",
    "manuscript": "MANSCPT INPR UNBILL UNPB UNPD",
    "map": "MAP",
    "motion_picture": "MPCT ADVS VIDEO MULTI",
    "pamphlet": "PAMP",
    "paper-conference": "CONF CPAPER",
    "patent": "PAT",
    "personal_communication": "PCOMM ICOMM",
    "post-weblog": "BLOG",
    "report": "RPRT GOVDOC STAND",
    "software": "COMP",
    "song": "SOUND MUSIC",
    "speech": "SLIDE",
    "thesis": "THES",
    "webpage": "ELEC WEB",
}
KIND = {ty: csl for csl, types in KINDS.items() for ty in types.split()}
GENERIC = "GEN"  # whatever it is: an article where a journal is named
WRITTEN = {  # the type of RIS that stands for ours
    "article": "JOUR", "book": "BOOK", "chapter": "CHAP", "conference-paper": "CONF", "document": GENERIC,
    "legislation": "STAT", "magazine-article": "MGZN", "reference-entry": "ENCYC", "report": "RPRT",
    "thesis": "THES", "webpage": "ELEC", "working-paper": "RPRT",
}  # fmt: skip

# A tag: what it holds; then for which kinds it holds what else. "-" is kept as ris:TAG. The order is that of
# precedence: of two tags for one key the upper one has it, the lower one is kept as ris:TAG.
_TABLE = """
TI title
T1 title
CT title
C3 - | paper-conference: container | graphic: dimensions | patent: jurisdiction
T2 container | book report software map: series | speech: event-title | thesis: -
T3 - | chapter paper-conference article-journal article-magazine book report song dataset document: series
T3 - | bill hearing: authority
AU authors
A1 authors
ED editors
A2 editors | book report software: collection-editor | song motion_picture: performer | dataset: producer
A2 editors | personal_communication: recipient | legal_case: container | patent: authority
A2 editors | bill graphic thesis speech: -
A3 - | book: editors | thesis: contributor | motion_picture: producer
A3 - | chapter paper-conference entry-dictionary entry-encyclopedia map: collection-editor
A4 translator | paper-conference motion_picture dataset: contributor | legal_case: -
JF container
BT container | book manuscript: title
JO container
JA container
J2 container
ST title-short
DA issued
PY issued
Y1 issued
VL volume | patent webpage post-weblog: -
SN isbn
IS issue | report: number | chapter: number-of-volumes | dataset: version
SV - | chapter: collection-number | legal_case: number
M1 - | article-journal: issue | book: collection-number | chapter: number-of-volumes | software: medium
M1 - | bill hearing legislation report: number | webpage: accessed
SP pages | motion_picture: dimensions
EP pages
C7 - | article-journal article-magazine: pages
ET edition | software dataset: version
PB publisher | legal_case: authority
C1 - | paper-conference: place | map: scale | motion_picture: performer
CY place
C2 - | chapter: container-author
DO doi
UR url
LK url
NV number-of-volumes | dataset: number | legal_case: -
KW keyword
LA language
M3 genre | graphic personal_communication: medium
N1 note
RN annote
AB abstract
N2 abstract
SE section | legal_case: - | chapter: chapter-number
C4 - | motion_picture: genre
C5 - | motion_picture song: medium | patent: references
C6 - | patent: status
OP - | legal_case bill legislation hearing: references
RI - | article-journal article-magazine article-newspaper book chapter: reviewed-title
AV archive_location
CN call-number
DB archive
DP source
H1 source
H2 call-number
Y2 accessed
"""


class Held(NamedTuple):
    """What a tag holds: by kind, else by *default*; "-" is none of our names."""

    default: str
    kinds: dict[str, str]

    def name(self, kind: str) -> str:
        """The name of what the tag holds in a record of a *kind*."""
        return self.kinds.get(kind, self.default)


def _table() -> dict[str, Held]:
    table: dict[str, Held] = {}
    for row in _TABLE.strip().splitlines():
        first, *special = row.split(" | ")
        tag, default = first.split()
        held = table.setdefault(tag, Held(default, {}))
        for kinds, name in (each.split(": ") for each in special):
            held.kinds.update(dict.fromkeys(kinds.split(), name))
    return table


TABLE = _table()
_AS_TAGS = "TY ER ID AD AN C8 CA CP CR L1 L2 L3 L4 LB M2 RP TA TS TT U1 U2 U3 U4 U5"  # kept as ris:TAG, as all others
KNOWN = frozenset([*TABLE, *_AS_TAGS.split()])


def name(tag: str, kind: str) -> str:
    """The key of a source file, or the name in ``extra``, for what *tag* holds in a record of a *kind*.

    >>> name("T2", "chapter"), name("T2", "book"), name("AN", "book")
    ('container', 'series', 'ris:AN')
    """
    held = TABLE.get(tag)
    found = held.name(kind) if held else "-"
    return f"ris:{tag}" if found == "-" else found


def kind(ty: str) -> str:
    """The CSL type of a type of RIS; of a generic one or none, that of a document."""
    return KIND.get(ty, "document")


def tag(wanted: str, kind: str) -> str:
    """The tag that holds what has the name *wanted* in a record of a *kind*; empty where none does.

    >>> tag("series", "book"), tag("language", "book"), tag("ris:AN", "book"), tag("PMID", "book")
    ('T2', 'LA', 'AN', '')
    """
    if re.fullmatch(r"ris:[A-Z][A-Z0-9]", wanted):
        return wanted[4:] if wanted[4:] not in ("TY", "ER", "ID") and name(wanted[4:], kind) == wanted else ""
    return next((each for each in TABLE if name(each, kind) == wanted), "")
