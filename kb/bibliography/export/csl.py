"""A work as an item of CSL-JSON."""

from __future__ import annotations

from typing import Any

from kb.bibliography.export.shared import KINDS, is_year, notes, table
from kb.bibliography.work import Record, names
from kb.corpus.sources import texts

_CSL_TYPES = table(
    "article=article-journal book=book chapter=chapter conference-paper=paper-conference legislation=legislation "
    "magazine-article=article-magazine reference-entry=entry-encyclopedia report=report thesis=thesis "
    "webpage=webpage working-paper=report"
)
_CSL_FIELDS = table(
    "title=title container=container-title series=collection-title number=number volume=volume issue=issue "
    "pages=page edition=edition publisher=publisher place=publisher-place doi=DOI isbn=ISBN issn=ISSN url=URL"
)


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
        item["issued"] = {"date-parts": [[int(year)]]} if is_year(year) else {"literal": year}
    if said := "; ".join(notes(record)):
        item["note"] = said
    return item
