"""A work as web pages tell it in schema.org's terms, written as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from kb.bibliography.reading.coins import Told
from kb.bibliography.reading.entry import span
from kb.bibliography.reading.printed_names import names, person
from kb.corpus.numbers import bare_doi

TYPES = {  # of schema.org → ours, those first that tell most of a work
    "ScholarlyArticle": "article", "MedicalScholarlyArticle": "article", "Chapter": "chapter", "Thesis": "thesis",
    "Book": "book", "Report": "report", "TechArticle": "report", "Legislation": "legislation",
    "DefinedTerm": "reference-entry", "NewsArticle": "webpage", "BlogPosting": "webpage", "Article": "webpage",
    "WebPage": "webpage", "CreativeWork": "document",
}  # fmt: skip
NODES = 5_000  # looked at
DEPTH = 20
_EXTRA = {"inLanguage": "language", "keywords": "keyword", "numberOfPages": "number-of-pages", "genre": "genre",
          "license": "schema:license"}  # fmt: skip


def told(texts: Iterable[str]) -> Told:
    """The work that the JSON-LD of a page is about; empty where there is none, or it cannot be read."""
    nodes: list[dict[str, Any]] = []
    for text in texts:
        try:
            nodes += _nodes(json.loads(text, parse_int=str, parse_float=str))
        except (ValueError, RecursionError):
            continue
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 1}
    ranked = [(list(TYPES).index(kind), at) for at, node in enumerate(nodes) if (kind := _kind(node)) in TYPES]
    return Work(nodes[min(ranked)[1]], by_id).told() if ranked else Told({}, {})


def _nodes(value: Any) -> list[dict[str, Any]]:
    """The nodes at the top, which may stand in lists and in ``@graph``, and what they are mainly about."""
    found: list[dict[str, Any]] = []
    waiting = [value]
    while waiting and len(found) < NODES:
        each = waiting.pop(0)
        if isinstance(each, list):
            waiting += each[:NODES]
        elif isinstance(each, dict):
            found.append(each)
            waiting += [each[key] for key in ("@graph", "mainEntity") if key in each]
    return found


def _kind(node: dict[str, Any]) -> str:
    """The type of a node that tells most."""
    kinds = [str(each).rpartition("/")[2].removeprefix("schema:") for each in _list(node.get("@type"))]
    return min((kind for kind in kinds if kind in TYPES), key=list(TYPES).index, default="")


class Work:
    """A node that stands for a work, with those it points to."""

    def __init__(self, node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> None:
        self.node, self.by_id = node, by_id

    def told(self) -> Told:
        """What it tells, under our keys and in extra."""
        node = self.node
        said: dict[str, Any] = {
            "type": TYPES[_kind(node)],
            "title": _text(node.get("headline")) or _text(node.get("name")),
            "authors": self._people("author") or self._people("creator"),
            "editors": self._people("editor"),
            "issued": _text(node.get("datePublished")) or _text(node.get("copyrightYear")),
            "publisher": self._name("publisher"),
            "volume": _text(node.get("volumeNumber")),
            "issue": _text(node.get("issueNumber")),
            "pages": self._pages(),
            "edition": _text(node.get("bookEdition")),
            "isbn": _texts(node.get("isbn")),
            "number": _text(node.get("reportNumber")),
            "url": next((url for url in _texts(node.get("url")) if url.startswith("http")), ""),
            "doi": self._doi(),
        }
        self._wholes(said)
        extra = {name: _texts(node[key]) for key, name in _EXTRA.items() if _texts(node.get(key))}
        if abstract := _text(node.get("abstract")):
            said["abstract"] = abstract
        return Told({key: value for key, value in said.items() if value}, extra)

    def _wholes(self, said: dict[str, Any]) -> None:
        """Take what the work is part of: an issue of a volume of a journal, a book, a series."""
        whole: Any = self.node.get("isPartOf")
        for _ in range(DEPTH):
            whole = self._resolved(next(iter(_list(whole)), None))
            if not whole:
                return
            kinds = " ".join(map(str, _list(whole.get("@type"))))
            said["issue"] = said.get("issue") or _text(whole.get("issueNumber"))
            said["volume"] = said.get("volume") or _text(whole.get("volumeNumber"))
            said["issn"] = said.get("issn") or _texts(whole.get("issn"))
            if any(kind in kinds for kind in ("Periodical", "Book", "CreativeWorkSeries", "Newspaper")):
                key = "series" if "Series" in kinds and said["type"] not in ("article", "chapter") else "container"
                said.setdefault(key, _text(whole.get("name")))
                said["isbn"] = said.get("isbn") or _texts(whole.get("isbn"))
                if said["type"] == "webpage" and "Periodical" in kinds:
                    said["type"] = "article"
            whole = whole.get("isPartOf")

    def _pages(self) -> str:
        first, last = _text(self.node.get("pageStart")), _text(self.node.get("pageEnd"))
        return span(first, last if first else "") or _text(self.node.get("pagination"))

    def _doi(self) -> str:
        ids = [
            *_list(self.node.get("identifier")),
            *_list(self.node.get("sameAs")),
            self.node.get("@id"),
            self.node.get("doi"),
        ]
        for each in ids:
            text = _text(each.get("value")) or _text(each.get("@id")) if isinstance(each, dict) else _text(each)
            if doi := bare_doi(text):
                return doi
        return ""

    def _name(self, key: str) -> str:
        for each in _list(self.node.get(key)):
            node = self._resolved(each)
            if name := _text(node.get("name")) if node else _text(each):
                return name
        return ""

    def _people(self, key: str) -> list[dict[str, str]]:
        return [name for each in _list(self.node.get(key))[:NODES] for name in self._person(each)]

    def _person(self, value: Any) -> Iterator[dict[str, str]]:
        node = self._resolved(value)
        if node is None:
            if text := _text(value):
                read = names(text)
                yield from read.people if read else ({"literal": text},)
            return
        name = _text(node.get("name"))
        if family := _text(node.get("familyName")):
            yield person(family, _text(node.get("givenName")))
        elif "Organization" in " ".join(map(str, _list(node.get("@type")))) and name:
            yield {"literal": name}
        elif name:
            read = names(name)
            yield from read.people if read else ({"literal": name},)

    def _resolved(self, value: Any) -> dict[str, Any] | None:
        """The node that a value is or points to."""
        if not isinstance(value, dict):
            return None
        return self.by_id.get(str(value["@id"]), value) if "@id" in value and len(value) <= 2 else value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return next(iter(_texts(value)), "")


def _texts(value: Any) -> list[str]:
    """The texts in a value, which may be in a list, or in a language."""
    each = [item.get("@value") if isinstance(item, dict) else item for item in _list(value)[:NODES]]
    return [" ".join(item.split()) for item in each if isinstance(item, str) and item.strip()]
