"""A work as a record of RIS."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.bibliography.export.shared import KINDS, is_year, notes, table
from kb.bibliography.work import OTHERS, Record, names
from kb.corpus.sources import texts

_RIS_TYPES = table(
    "article=JOUR book=BOOK chapter=CHAP conference-paper=CONF legislation=STAT magazine-article=MGZN "
    "reference-entry=ENCYC report=RPRT thesis=THES webpage=ELEC working-paper=RPRT"
)
_PERIODICALS, _MONOGRAPHS = ("JOUR", "MGZN"), ("BOOK", "RPRT")


def ris(id: str, record: Record) -> str:
    """Return the work as a RIS record in UTF-8; what is not known of title, names and year stands in N1.

    >>> record = {"type": "article", "authors": [{"family": "Reed", "given": "Cy"}], "issued": "2001"}
    >>> ris("reed-2001", record).splitlines()[2:]
    ['AU  - Reed, Cy', 'PY  - 2001', 'N1  - title not known', 'ER  - ']
    """
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in _ris(id, record) if value]
    return "\n".join([*lines, "ER  - "])


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
    yield from (("TI", given.get("title", "")), ("PY", year if is_year(year) else ""))
    yield ("JO" if kind in _PERIODICALS else "T2", container)
    yield ("T2" if kind in _MONOGRAPHS and not container else "T3", series)
    yield from (("VL", given.get("volume", "")), ("IS", given.get("issue") or given.get("number", "")))
    yield from (("ET", given.get("edition", "")), ("SP", first), ("EP", last))
    yield from (("PB", given.get("publisher", "")), ("CY", given.get("place", "")))
    yield ("M3", KINDS.get(record.get("type", ""), ""))
    yield from (("SN", value) for key in ("isbn", "issn") for value in texts(record.get(key)))
    yield ("DO", given.get("doi", ""))
    yield from (("UR", value) for value in texts(record.get("url")))
    yield ("N1", "; ".join(notes(record)))


def _ris_name(name: dict[str, str]) -> str:
    return ", ".join(name.values())
