"""A work as web pages tell it in a COinS span: an OpenURL context object (Z39.88) of keys and values."""

from __future__ import annotations

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from kb.bibliography.reading.entry import span
from kb.bibliography.reading.printed_names import names, person
from kb.corpus.numbers import bare_doi

_PLACES = {
    "volume": "volume", "issue": "issue", "pages": "pages", "issn": "issn", "eissn": "issn", "isbn": "isbn",
    "pub": "publisher", "place": "place", "edition": "edition", "date": "issued", "series": "series",
    "publisher": "publisher", "language": "language",
}  # fmt: skip
_TYPES = {
    "article": "article", "proceeding": "conference-paper", "conference": "conference-paper",
    "preprint": "working-paper",
    "book": "book", "bookitem": "chapter", "report": "report", "dissertation": "thesis", "unknown": "document",
}  # fmt: skip
_USED = {
    "genre", "atitle", "title", "btitle", "jtitle", "stitle", "au", "aulast", "aufirst", "auinit", "aucorp", "spage",
    "epage", "creator", "source", "type", "identifier", "inst",
}  # fmt: skip


class Told(NamedTuple):
    """What a context object tells, under our keys and in extra."""

    said: dict[str, Any]
    extra: dict[str, Any]


def told(context: str) -> Told:
    """The work of a context object.

    >>> told("rft.genre=article&rft.atitle=Reeds&rft.jtitle=Wind&rft.au=Reed%2C+Cy&rft.date=2001").said["container"]
    'Wind'
    """
    fields: dict[str, list[str]] = {}
    for key, value in parse_qsl(context, max_num_fields=500, errors="replace") if len(context) < 20_000 else ():
        if text := " ".join(value.split()):
            fields.setdefault(key, []).append(text)
    rft = {key.removeprefix("rft."): values for key, values in fields.items() if key.startswith("rft.")}
    first = {key: values[0] for key, values in rft.items()}
    said: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, values in rft.items():
        place = _PLACES.get(key)
        if place == "language":
            extra["language"] = values
        elif place:
            said.setdefault(place, values if place in ("issn", "isbn") else values[0])
        elif key not in _USED:
            extra[f"coins:{key}"] = values
    part, whole = first.get("atitle", ""), first.get("jtitle") or first.get("btitle") or first.get("title", "")
    said["title"] = part or first.get("title") or whole
    if part or (whole and whole != said["title"]):
        said["container"] = whole or first.get("stitle", "")
    if "spage" in first:
        said.setdefault("pages", span(first["spage"], first.get("epage", "")))
    if "inst" in first:
        said.setdefault("publisher", first["inst"])
    said["authors"] = _authors(rft, first)
    _identify(fields.get("rft_id", []) + rft.get("identifier", []), said, extra)
    said["type"] = _type(first, fields, bool(part))
    return Told({key: value for key, value in said.items() if value}, extra)


def _authors(rft: dict[str, list[str]], first: dict[str, str]) -> list[dict[str, str]]:
    """The names; the first author is told in parts, and once more in full among all."""
    people = [person(first["aulast"], first.get("aufirst") or first.get("auinit", ""))] if "aulast" in first else []
    people += [{"literal": name} for name in rft.get("aucorp", [])]
    for name in rft.get("au", []) + rft.get("creator", []):
        read = names(name)
        for each in read.people if read else ({"literal": name},):
            if each not in people:
                people.append(each)
    return people


def _identify(ids: list[str], said: dict[str, Any], extra: dict[str, Any]) -> None:
    for id in ids:
        if doi := bare_doi(id):
            said.setdefault("doi", doi)
        elif found := re.match(r"(?i)urn:isbn:(.+)", id):
            said.setdefault("isbn", found[1])
        elif found := re.match(r"(?i)info:oclcnum/(\d+)", id):
            said.setdefault("oclc", found[1])
        elif found := re.match(r"(?i)info:pmid/(\d+)", id):
            extra["PMID"] = found[1]
        elif id.startswith(("http://", "https://")):
            said.setdefault("url", id)
        else:
            extra.setdefault("coins:rft_id", []).append(id)


def _type(first: dict[str, str], fields: dict[str, list[str]], part: bool) -> str:
    kind = _TYPES.get(first.get("genre", first.get("type", "")).lower(), "")
    format = " ".join(fields.get("rft_val_fmt", []))
    if kind and kind != "document":
        return kind
    if "journal" in format:
        return "article" if part else "document"
    if "dissertation" in format:
        return "thesis"
    return ("chapter" if part else "book") if "book" in format else "webpage"
