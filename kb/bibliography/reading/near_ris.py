"""Read the tagged formats of PubMed (.nbib) and EndNote (.enw), by giving each field the tag that RIS has for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from kb.bibliography.reading.entry import Entry, unreadable
from kb.bibliography.reading.procite import family_first
from kb.bibliography.reading.tagged import BIGGEST, Tagged
from kb.bibliography.variables import table

_TYPES = {  # EndNote's names of types, where RIS has another than the default
    "journal article": "JOUR", "electronic article": "EJOUR", "magazine article": "MGZN",
    "newspaper article": "NEWS", "book": "BOOK", "edited book": "EDBOOK", "electronic book": "EBOOK",
    "book section": "CHAP", "electronic book section": "ECHAP", "conference paper": "CPAPER",
    "conference proceedings": "CONF", "report": "RPRT", "government document": "GOVDOC", "standard": "STAND",
    "thesis": "THES", "manuscript": "MANSCPT", "unpublished work": "UNPB", "web page": "ELEC", "blog": "BLOG",
    "encyclopedia": "ENCYC", "dictionary": "DICT", "statute": "STAT", "legal rule or regulation": "STAT",
    "bill": "BILL", "case": "CASE", "hearing": "HEAR", "patent": "PAT", "map": "MAP", "artwork": "ART",
    "figure": "FIGURE", "chart or table": "CHART", "computer program": "COMP", "dataset": "DATA",
    "online database": "DBASE", "aggregated database": "AGGR", "film or broadcast": "MPCT",
    "audiovisual material": "ADVS", "online multimedia": "MULTI", "music": "MUSIC", "pamphlet": "PAMP",
    "personal communication": "PCOMM", "serial": "SER", "serial publication": "SER", "catalog": "CTLG",
    "classical work": "CLSWK", "ancient text": "ANCIENT", "equation": "EQUA", "grant": "GRNT",
}  # fmt: skip
_ENDNOTE = (
    "A=AU B=T2 C=CY D=PY E=ED F=LB G=LA I=PB J=JF K=KW L=CN M=AN N=IS P=SP Q=TT R=DO S=T3 T=TI U=UR V=VL W=DP X=AB "
    "Y=A3 Z=N1 6=NV 7=ET 8=DA 9=M3 @=SN !=ST &=SE >=L1 (=OP )=RP *=RI +=AD ?=A4 [=Y2 ~=DB 1=C1 2=C2 3=C3 4=C4 5=C5"
)
_PUBMED = (
    "TI=TI JT=JF TA=J2 FAU=AU CN=AU FED=ED DP=DA VI=VL IP=IS PG=SP IS=SN ISBN=SN AB=AB LA=LA PL=CY PB=PB MH=KW "
    "OT=KW PT=M3 CTI=T3 GN=N1"
)
_PEOPLE = ("A", "E", "Y", "?")  # of EndNote, who may be named in spoken order
_NAMED = {"PMID": "PMID", "PMC": "PMCID", "DEP": "available-date"}  # of PubMed: names of CSL


class Format(NamedTuple):
    """How a line of a format tells a tag, which tag begins a record, and the tags of RIS for its tags."""

    line: re.Pattern[str]
    first: str
    tags: dict[str, str]


PUBMED = Format(re.compile(r"([A-Z]{2,4}) {0,3}-(?: (.*))?$"), "PMID", table(_PUBMED))
ENDNOTE = Format(re.compile(r"%(\S)(?:\s+(.*))?$"), "0", table(_ENDNOTE))


def known(line: str) -> Format | None:
    """The format of a text by its first line, if it is one of these."""
    if re.match(r"(?:PMID|OWN|STAT)\s*- ", line):
        return PUBMED
    return ENDNOTE if re.match(r"%[0A-Z] ", line) else None


def records(lines: Iterable[str], format: Format) -> Iterator[Tagged | Entry]:
    """The records among *lines*, each with the tags of its *format*."""
    record: Tagged | None = None
    blank = True
    for number, text in enumerate(lines, 1):
        line = text.strip("\ufeff\r\n")
        found = format.line.match(line)
        if found and (record is None or found[1] == format.first or (blank and format is ENDNOTE)):
            if record:
                yield record
            record = Tagged(number)
        if record and found:
            record.add(found[1], found[2] or "")
        elif record and line.strip():
            record.go_on(line)
        elif line.strip() and blank:
            yield unreadable(number, f"text outside of a record: {line.strip()[:80]!r}")
        blank = not line.strip()
        if record and record.size > BIGGEST:
            yield unreadable(record.line, f"a record of more than {BIGGEST:,} characters: left out up to the next")
            record = None
    if record:
        yield record


def as_ris(record: Tagged, format: Format) -> Tagged:
    """The record with tags of RIS; what RIS has none for is a note that tells its tag."""
    made = Tagged(record.line)
    names = {tag.name for tag in record.tags}
    if format is PUBMED:
        made.add("TY", "JOUR" if "BTI" not in names else "CHAP" if "TI" in names else "BOOK")
    elif "0" not in names:
        made.add("TY", "GEN")
    for tag in record.tags:
        for name, text in _endnote(tag.name, tag.text) if format is ENDNOTE else _pubmed(tag.name, tag.text, names):
            made.add(name, text)
    return made


def _endnote(tag: str, text: str) -> Iterator[tuple[str, str]]:
    if tag == "0":
        yield "TY", _TYPES.get(text.lower(), "GEN")
        if text.lower() not in _TYPES and text.lower() != "generic":
            yield "N1", f"enw:0: {text}"
    elif tag in ENDNOTE.tags:
        yield ENDNOTE.tags[tag], family_first(text) if tag in _PEOPLE else text
    else:
        yield "N1", f"enw:{tag}: {text}"


def _pubmed(tag: str, text: str, names: set[str]) -> Iterator[tuple[str, str]]:
    if tag in _NAMED:
        yield "N1", f"{_NAMED[tag]}: {text}"
    elif tag in ("LID", "AID") and text.endswith("[doi]"):
        yield "DO", text.removesuffix("[doi]").strip()
    elif tag == "BTI":
        yield ("T2" if "TI" in names else "TI"), text
    elif tag in ("AU", "ED") and f"F{tag}" not in names:
        yield tag, re.sub(r" (?=[A-Z]{1,4}$)", ", ", text)
    elif tag == "PT" and text == "Journal Article":
        return
    elif tag in PUBMED.tags:
        yield PUBMED.tags[tag], text
    else:
        yield "N1", f"nbib:{tag}: {text}"
