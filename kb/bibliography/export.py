"""A work as reference managers take it: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kb.bibliography.work import OTHERS, Record, missing, names
from kb.corpus.sources import texts


def _table(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


_CSL_TYPES = _table(
    "article=article-journal book=book chapter=chapter conference-paper=paper-conference legislation=legislation "
    "magazine-article=article-magazine reference-entry=entry-encyclopedia report=report thesis=thesis "
    "webpage=webpage working-paper=report"
)
_CSL_FIELDS = _table(
    "title=title container=container-title series=collection-title number=number volume=volume issue=issue "
    "pages=page edition=edition publisher=publisher place=publisher-place doi=DOI isbn=ISBN issn=ISSN url=URL"
)
_ENTRIES = _table(
    "article=article book=book chapter=incollection conference-paper=inproceedings magazine-article=article "
    "reference-entry=incollection report=techreport thesis=phdthesis working-paper=techreport"
)
_RIS_TYPES = _table(
    "article=JOUR book=BOOK chapter=CHAP conference-paper=CONF legislation=STAT magazine-article=MGZN "
    "reference-entry=ENCYC report=RPRT thesis=THES webpage=ELEC working-paper=RPRT"
)
_PERIODICALS, _MONOGRAPHS = ("JOUR", "MGZN"), ("BOOK", "RPRT")
KINDS = {"report": "Report", "thesis": "Thesis", "working-paper": "Working Paper"}
_TEX = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}"}
    | {"^": r"\textasciicircum{}"}
    | {sign: "\\" + sign for sign in "&%$#_"}
)


def write(records: Mapping[str, Record], format: str) -> str:
    """Return all *records* (by id, in the order given) in one of FORMATS: entries or records one after the other."""
    if format == "csl-json":
        return json.dumps([csl(id, record) for id, record in records.items()], ensure_ascii=False, indent=2)
    return "\n\n".join(_ENTRY[format](id, record) for id, record in records.items())


def bibtex(id: str, record: Record) -> str:
    """Return the work as a BibTeX entry in UTF-8: TeX's own signs escaped, capitals and bodies in braces."""
    entry, kind = _ENTRIES.get(record.get("type", ""), "misc"), KINDS.get(record.get("type", ""))
    text = {key: tex(value) for key, value in record.items() if isinstance(value, str)}
    fields = {role[:-1]: " and ".join(map(_bibtex_name, names(record, role))) for role in ("authors", "editors")}
    fields["title"] = " ".join(map(_keep_capitals, (record.get("title") or "").split()))
    fields[{"article": "journal", "misc": "howpublished"}.get(entry, "booktitle")] = text.get("container", "")
    fields[{"techreport": "institution", "phdthesis": "school"}.get(entry, "publisher")] = text.get("publisher", "")
    fields |= {"type": kind or "", "number": text.get("issue") or text.get("number", "")}
    fields |= {key: text[key] for key in ("series", "volume", "edition") if key in text}
    fields |= {key: ", ".join(map(_verbatim, texts(record.get(key)))) for key in ("isbn", "issn", "doi", "url")}
    fields |= {"year": text.get("issued", ""), "address": text.get("place", "")}
    fields["pages"] = re.sub(r"\s*[-–—]+\s*", "--", text.get("pages", ""))
    fields["note"] = "; ".join(f"{what} not known" for what in missing(record))
    return "\n".join([f"@{entry}{{{id},", *(f"  {key} = {{{value}}}," for key, value in fields.items() if value), "}"])


def ris(id: str, record: Record) -> str:
    """Return the work as a RIS record in UTF-8; what is not known of title, names and year stands in N1.

    >>> record = {"type": "article", "authors": [{"family": "Reed", "given": "Cy"}], "issued": "2001"}
    >>> ris("reed-2001", record).splitlines()[2:]
    ['AU  - Reed, Cy', 'PY  - 2001', 'N1  - title not known', 'ER  - ']
    """
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _ris(id, record) if value]
    return "\n".join([*lines, "ER  - "])


def csl(id: str, record: Record) -> dict[str, Any]:
    """Return the work as an item of CSL-JSON 1.0.2, the format that citation processors share."""
    item: dict[str, Any] = {"id": id, "type": _CSL_TYPES.get(record.get("type", ""), "document")}
    item |= {field: each[0] for key, field in _CSL_FIELDS.items() if (each := texts(record.get(key))) and each[0]}
    for role in ("author", "editor"):
        if found := names(record, f"{role}s"):
            item[role] = found
    if record.get("type") in ("thesis", "working-paper"):
        item["genre"] = KINDS[record["type"]]
    if year := record.get("issued"):
        item["issued"] = {"date-parts": [[int(year)]]} if _is_year(year) else {"literal": year}
    if notes := "; ".join(_notes(record)):
        item["note"] = notes
    return item


def tex(text: str) -> str:
    """*text* with TeX's own signs escaped."""
    return text.translate(_TEX)


def _verbatim(text: str) -> str:
    """What TeX takes as it stands, but for braces, which would end the field or the entry."""
    return re.sub("[{}]", lambda brace: tex(brace[0]), text)


def _ris(id: str, record: Record) -> Iterator[tuple[str, str]]:
    """The tags of a record in their order, each with its value, which may be empty."""
    kind = _RIS_TYPES.get(record.get("type", ""), "GEN")
    given = {key: value for key, value in record.items() if isinstance(value, str)}
    container, series = given.get("container", ""), given.get("series", "")
    first, _, last = re.sub(r"\s*[-–—]+\s*", "-", given.get("pages", "")).partition("-")
    year = given.get("issued", "")
    yield from (("TY", kind), ("ID", id))
    yield from (("AU", _ris_name(name)) for name in names(record, "authors") if name != OTHERS)
    yield from (("ED" if kind == "BOOK" else "A2", _ris_name(name)) for name in names(record, "editors"))
    yield from (("TI", given.get("title", "")), ("PY", year if _is_year(year) else ""))
    yield ("JO" if kind in _PERIODICALS else "T2", container)
    yield ("T2" if kind in _MONOGRAPHS and not container else "T3", series)
    yield from (("VL", given.get("volume", "")), ("IS", given.get("issue") or given.get("number", "")))
    yield from (("ET", given.get("edition", "")), ("SP", first), ("EP", last))
    yield from (("PB", given.get("publisher", "")), ("CY", given.get("place", "")))
    yield ("M3", KINDS.get(record.get("type", ""), ""))
    yield from (("SN", value) for key in ("isbn", "issn") for value in texts(record.get(key)))
    yield ("DO", given.get("doi", ""))
    yield from (("UR", value) for value in texts(record.get("url")))
    yield ("N1", "; ".join(_notes(record)))


def _notes(record: Record) -> Iterator[str]:
    yield from (f"{what} not known" for what in missing(record))
    if names(record, "authors")[-1:] == [OTHERS]:
        yield "further authors not named"
    if (year := record.get("issued")) and not _is_year(year):
        yield f"year: {year}"


def _is_year(text: str) -> bool:
    return text.isdecimal() and len(text) == 4


def _ris_name(name: dict[str, str]) -> str:
    return ", ".join(name.values())


def _bibtex_name(name: dict[str, str]) -> str:
    """One name; braces where BibTeX would cut it: bodies, "and", commas, family names of several words."""
    family, given = (tex(name.get(part, "")) for part in ("family", "given"))
    if not family:
        return "others" if name == OTHERS else f"{{{tex(name['literal'])}}}"
    if re.search(r"\band\b|,", family) or (" " in family and not (given and family[0].islower())):
        family = f"{{{family}}}"
    return f"{family}, {given}" if given else family


def _keep_capitals(word: str) -> str:
    """The word as TeX, in braces when a style that lowers titles would spoil it."""
    return f"{{{tex(word)}}}" if word != word.lower() else tex(word)


FORMATS = ("bibtex", "ris", "csl-json")
_ENTRY: Mapping[str, Callable[[str, Record], str]] = {"bibtex": bibtex, "ris": ris}
