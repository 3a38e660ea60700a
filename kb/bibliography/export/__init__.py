"""A work as reference managers take it: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from kb.bibliography.export.bibtex import bibtex, tex
from kb.bibliography.export.csl import csl, exported
from kb.bibliography.export.ris import ris
from kb.bibliography.work import Record

__all__ = ["FORMATS", "bibtex", "csl", "exported", "ris", "tex", "write"]

FORMATS = ("bibtex", "ris", "csl-json")
_ENTRY: Mapping[str, Callable[[str, Record], str]] = {"bibtex": bibtex, "ris": ris}


def write(records: Mapping[str, Record], format: str) -> str:
    """Return all *records* (by id, in the order given) in one of FORMATS: entries or records one after the other."""
    if format == "csl-json":
        return json.dumps([exported(id, record) for id, record in records.items()], ensure_ascii=False, indent=2)
    return "\n\n".join(_ENTRY[format](id, record) for id, record in records.items())
