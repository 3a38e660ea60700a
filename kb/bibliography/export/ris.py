"""A work as a record of RIS, which `kb.bibliography.reading.ris` reads as the same work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kb.bibliography.export.told import differing, flat, told, unknown
from kb.bibliography.reading import ris as reader
from kb.bibliography.reading import ris_tags
from kb.bibliography.reading.entry import EXTRA, ROLES
from kb.bibliography.variables import DATES, GENRES
from kb.bibliography.work import Record
from kb.corpus.sources import texts

TRIES = 5  # so often it is looked whether the reader finds the work again
_ALWAYS = ("title", "issued")  # written with their tags, whatever notes say beside them
_PERIODICALS, _MONOGRAPHS = ("JOUR", "MGZN"), ("BOOK", "RPRT")
_TYPE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TAGS = {"issued": "DA", "container-title-short": "J2"}  # of what stands in extra, beside the reader's table
_NUMBERS = {EXTRA + key for key in ("isbn", "issn", "doi", "url")}  # there, where they are none that our keys hold


class Line(NamedTuple):
    """A tag with its value, and the key that it tells."""

    key: str
    tag: str
    value: str

    def __str__(self) -> str:
        return f"{self.tag}  - {self.value}"


def ris(id: str, record: Record) -> str:
    """Return the work as a RIS record in UTF-8; what is not known of title, names and year stands in N1.

    What no tag tells so that the reader finds it again stands in notes of its own: "N1  - language: de" under a name
    of ``extra``, and "N1  - kb:pages: 3" under a key of a source file.

    >>> record = {"type": "article", "authors": [{"family": "Reed", "given": "Cy"}], "issued": "2001"}
    >>> ris("reed-2001", record).splitlines()[2:]
    ['AU  - Reed, Cy', 'PY  - 2001', 'N1  - title not known', 'ER  - ']
    """
    said = told(record)
    last = (Line("", "N1", unknown(record)), Line("", "ER", ""))
    left_out: set[str] = set()
    noted: dict[str, int] = {}
    for _ in range(TRIES):
        lines = [line for line in _lines(id, said) if line.key not in left_out]
        lines += [line for key, times in noted.items() for line in _own(key, said[key], times > 1)]
        text = "\n".join(str(line) for line in (*lines, *last) if line.value or line.tag == "ER")
        wrong, more = differing(said, _read(text))
        if not wrong and not more:
            break
        kept = {key for key in said if key.startswith(EXTRA) and noted.get(key, 0) < 2}
        blamed = wrong or kept or said.keys() - {*_ALWAYS}
        for key in [key for key in said if key in blamed]:
            noted[key] = noted.get(key, 0) + 1
            if (more and key not in _ALWAYS and (key not in ROLES or not wrong)) or key.startswith(EXTRA):
                left_out.add(key)
    return text


def _read(text: str) -> dict[str, Any]:
    """What the reader finds in a record."""
    (found,) = reader.entries(lambda: iter(text.splitlines(keepends=True)))
    return flat(found.record)


def _lines(id: str, said: Mapping[str, Any]) -> Iterator[Line]:
    """The tags of a record in their order, each with its value, which may be empty."""
    type = said["type"]
    named = said.get(EXTRA + "ris:TY")
    kind = named if isinstance(named, str) and _TYPE.fullmatch(named) else ris_tags.WRITTEN[type]
    yield from (Line("", "TY", kind), Line("", "ID", id))
    csl = ris_tags.kind(kind)
    for role, tag in (("authors", "AU"), ("editors", "A2" if ris_tags.name("A2", csl) == "editors" else "ED")):
        yield from (Line(role, tag, ", ".join(name.values())) for name in said.get(role, ()))
    yield Line("title", "TI", said.get("title", ""))
    yield Line("issued", "PY", said.get("issued", ""))
    yield from _places(kind, said)
    yield Line("type", "M3", "" if EXTRA + "genre" in said else GENRES.get(type, ""))
    for key, tag in (("isbn", "SN"), ("issn", "SN"), ("doi", "DO"), ("url", "UR")):
        for each in (key, EXTRA + key):
            yield from (Line(each, tag, " ".join(text.split())) for text in texts(said.get(each)))
    for key in said:
        if key.startswith(EXTRA) and key not in _NUMBERS and (key, said[key]) != (EXTRA + "ris:TY", kind):
            yield from _extra(key, texts(said[key]), csl)


def _places(kind: str, said: Mapping[str, Any]) -> Iterator[Line]:
    """Where the work stands: in what, in which volume, on which pages."""
    container, series = said.get("container", ""), said.get("series", "")
    at_conference = kind in ("CONF", "CPAPER") and EXTRA + "event-title" in said
    first, last = _ends(said.get("pages", ""))
    yield Line("container", "JO" if kind in _PERIODICALS else "C3" if at_conference else "T2", container)
    yield Line("series", "T2" if kind in _MONOGRAPHS and not container else "T3", series)
    yield Line("volume", "VL", said.get("volume", ""))
    issue = "issue" if said.get("issue") else "number"
    yield Line(issue, "IS", said.get(issue, ""))
    yield Line("edition", "ET", said.get("edition", ""))
    yield from (Line("pages", "SP", first), Line("pages", "EP", last))
    yield from (Line("publisher", "PB", said.get("publisher", "")), Line("place", "CY", said.get("place", "")))


def _ends(pages: str) -> tuple[str, str]:
    """The first and the last page of a range; pages that are no single one as they stand.

    >>> _ends("181–195"), _ends("e12, 45–7, 99")
    (('181', '195'), ('e12, 45–7, 99', ''))
    """
    first, dash, last = pages.partition("–")
    return (first, last) if dash and re.fullmatch(r"[\w.]+–[\w.]+", pages) else (pages, "")


def _extra(key: str, values: list[str], kind: str) -> Iterator[Line]:
    """What has no key of ours, under the tag that the reader knows for it, or in a note."""
    name = key.removeprefix(EXTRA)
    tag = _TAGS.get(name) or ris_tags.tag(name, kind)
    for value in values:
        if not tag:
            yield _note(key, name, value)
        elif name in ("note", "annote") and not _looks_tagged(value):
            yield Line(key, tag, value)
        else:
            date = _ISO.fullmatch(value) if name in DATES else None
            yield Line(key, tag, "/".join(part or "" for part in date.groups()) if date else " ".join(value.split()))


def _own(key: str, value: Any, firmly: bool) -> Iterator[Line]:
    """A key in notes that the reader takes for it; of what stands in extra, only *firmly* in place of all else."""
    name = key.removeprefix(EXTRA)
    if name == key:
        yield _note(key, f"kb:{key}", value)
    elif reader.is_name(name) and not firmly:
        yield from (_note(key, name, text) for text in texts(value))
    else:
        yield _note(key, "kb:extra", {name: value})


def _note(key: str, name: str, value: Any) -> Line:
    """A note of our own; a value is in JSON where it is no text of one line, or looks as if it were in JSON."""
    plain = isinstance(value, str) and "\n" not in value and value[:1] not in ('"', "[", "{")
    return Line(key, "N1", f"{name}: {value if plain else json.dumps(value, ensure_ascii=False)}")


def _looks_tagged(text: str) -> bool:
    """Whether a line of a text would be read as a tag."""
    return any(re.match(r"\s*\w\w\s*-", line) for line in text.splitlines())
