"""A work as an item of CSL-JSON."""

from __future__ import annotations

import re
from typing import Any

from kb.bibliography.export.shared import is_year, notes
from kb.bibliography.export.told import differing, flat, told, unknown
from kb.bibliography.name_parts import parts
from kb.bibliography.reading import csl as reader
from kb.bibliography.reading.entry import EXTRA
from kb.bibliography.reading.ris import person
from kb.bibliography.variables import DATES, GENRES, KEPT, PEOPLE, TYPES, VARIABLES, table
from kb.bibliography.work import Record, names
from kb.corpus.sources import texts

TRIES = 5  # so often it is looked whether the reader finds the work again
_CSL_FIELDS = table(
    "title=title container=container-title series=collection-title number=number volume=volume issue=issue "
    "pages=page edition=edition publisher=publisher place=publisher-place doi=DOI isbn=ISBN issn=ISSN url=URL"
)
_DATE = re.compile(r"-?\d{4}(?:-\d\d){0,2}(?:/-?\d{4}(?:-\d\d){0,2})?")
_SEPARATORS = {"keyword": ", ", "note": "\n", "isbn": " ", "issn": " "}


def csl(id: str, record: Record) -> dict[str, Any]:
    """Return the work as an item of CSL-JSON 1.0.2 with what citation processors need."""
    item: dict[str, Any] = {"id": id, "type": reader.WRITTEN.get(record.get("type", ""), "document")}
    item |= {field: each[0] for key, field in _CSL_FIELDS.items() if (each := texts(record.get(key))) and each[0]}
    for role in ("author", "editor"):
        if found := names(record, f"{role}s"):
            item[role] = [_name(name) for name in found]
    if record.get("type") in ("thesis", "working-paper"):
        item["genre"] = GENRES[record["type"]]
    if year := record.get("issued"):
        item["issued"] = {"date-parts": [[int(year)]]} if is_year(year) else {"literal": year}
    if said := "; ".join(notes(record)):
        item["note"] = said
    return item


def exported(id: str, record: Record) -> dict[str, Any]:
    """Return the work as an item that `kb.bibliography.reading.csl` reads as the same work.

    What has no variable of CSL, or would not be read back from one, stands in ``custom`` under "kb", which processors
    and reference managers leave alone.
    """
    said = told(record)
    item = {name: value for name, value in csl(id, record).items() if name != "note"}
    note = unknown(record)
    mine: dict[str, Any] = {}
    variables = {key: made for key in said if key.startswith(EXTRA) for made in _variables(key, said[key])}
    variables |= {key: (key.upper(), " ".join(texts(said[key]))) for key in ("isbn", "issn") if key in said}
    for _ in range(TRIES):
        made = item | {name: value for key, (name, value) in variables.items() if key not in mine}
        if whole := "\n".join(filter(None, (made.get("note"), note))):
            made["note"] = whole
        made |= {"custom": {reader.MINE: _nested(mine)}} if mine else {}
        wrong, more = differing(said, flat(reader.work(made).record))
        if not (blamed := wrong - mine.keys() or (more and said.keys() - mine.keys())):
            break
        mine |= {key: said[key] for key in said if key in blamed}
    return made


def _name(name: dict[str, str]) -> dict[str, str]:
    """A name with its particles and suffix under CSL's own names, where it is read back from these as it is.

    >>> _name({"family": "van Quist", "given": "Jean, Jr."})
    {'family': 'Quist', 'given': 'Jean', 'non-dropping-particle': 'van', 'suffix': 'Jr.'}
    """
    if "family" not in name:
        return name
    part = parts(name)
    made = {
        "family": part.family, "given": part.given, "dropping-particle": part.dropping,
        "non-dropping-particle": part.particle, "suffix": part.suffix,
    }  # fmt: skip
    made = {key: text for key, text in made.items() if text}
    return made if reader.name_of(made) == name else name


def _nested(mine: dict[str, Any]) -> dict[str, Any]:
    """Keys with those of extra in an object of their own."""
    keys = {key: value for key, value in mine.items() if not key.startswith(EXTRA)}
    extra = {key.removeprefix(EXTRA): value for key, value in mine.items() if key.startswith(EXTRA)}
    return keys | ({"extra": extra} if extra else {})


def _variables(key: str, value: Any) -> list[tuple[str, Any]]:
    """The variable that what stands in extra is, with its value; none where CSL has none."""
    name = key.removeprefix(EXTRA)
    if name == "csl:type":
        return [("type", value)] if isinstance(value, str) and value in TYPES else []
    if name in DATES:
        return [(name, _date(value))] if isinstance(value, str) else []
    if name in PEOPLE:
        return [(name, [_name(person(text)) for text in texts(value)])]
    if name in KEPT:
        return [(name, _SEPARATORS.get(name, "; ").join(texts(value)))]
    if name.startswith("csl:") and isinstance(value, str) and name[4:] not in VARIABLES and "." not in name:
        return [(name[4:], value)]
    return []


def _date(text: str) -> dict[str, Any]:
    """A date in parts where it has any, or as it stands."""
    circa = text.endswith("~")
    if not _DATE.fullmatch(plain := text.removesuffix("~")):
        return {"literal": text}
    parts = [_parts(each) for each in plain.split("/")]
    if len(parts) == 1 and len(parts[0]) == 2 and parts[0][1] > 20:
        made: dict[str, Any] = {"date-parts": [parts[0][:1]], "season": parts[0][1] - 20}
    else:
        made = {"date-parts": parts}
    return made | ({"circa": True} if circa else {})


def _parts(text: str) -> list[int]:
    sign = -1 if text.startswith("-") else 1
    year, *rest = text.lstrip("-").split("-")
    return [sign * int(year), *map(int, rest)]
