"""The fields of a curator's form: what a type of work has, in the order of a form, and what can be chosen."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from kb.generation import Generation
from kb.terms import LANGUAGE, RDFS

TEXT, LONG, LIST, PEOPLE, CHOICE, YEAR, CHECK = "text", "long", "list", "people", "choice", "year", "check"
KINDS = {
    "authors": PEOPLE, "editors": PEOPLE, "issued": YEAR, "othersOmitted": CHECK, "summary": LONG, "note": LONG,
    "isbn": LIST, "issn": LIST, "url": LIST, "seenIn": LIST, "missing": LIST, "type": CHOICE, "state": CHOICE,
    "status": CHOICE, "summaryBasis": CHOICE, "openAccess": CHOICE,
}  # fmt: skip
NEEDED = ("title", "authors", "issued")  # by a record that is complete
FIRST = ("title", "authors", "othersOmitted", "issued")
LAST = ("doi", "url", "openAccess", "state", "status", "summary", "summaryBasis", "seenIn", "missing", "note")
BOOK = ("editors", "edition", "publisher", "place", "series", "volume", "isbn", "oclc")
PART = ("container", "editors", "pages", "edition", "publisher", "place", "series", "volume", "isbn")
REPORT = ("series", "number", "publisher", "place", "edition", "isbn", "issn", "oclc")
BETWEEN = {  # of each type, what stands between the first and the last fields
    "article": ("container", "volume", "issue", "pages", "number", "issn"),
    "magazine-article": ("container", "volume", "issue", "pages", "issn", "place"),
    "book": BOOK,
    "chapter": PART,
    "reference-entry": PART,
    "conference-paper": (*PART, "number"),
    "report": REPORT,
    "working-paper": REPORT,
    "document": ("editors", "container", *REPORT),
    "thesis": ("publisher", "place", "number", "pages", "oclc"),
    "legislation": ("number", "container", "volume", "pages", "publisher", "place"),
    "webpage": ("container", "publisher", "place"),
}
LABELS = {  # of keys whose property is of another vocabulary, which has no label here
    "title": "Title", "authors": "Authors", "editors": "Editors", "issued": "Year", "container": "Published in",
    "series": "Series", "number": "Number", "volume": "Volume", "issue": "Issue", "pages": "Pages",
    "edition": "Edition", "publisher": "Publisher", "doi": "DOI", "isbn": "ISBN", "issn": "ISSN",
    "oclc": "OCLC number", "url": "Web address", "summary": "Summary", "note": "Note", "subjects": "Concepts",
    "cites": "Cites", "type": "Type", "text": "What it says", "quote": "Quote", "locator": "Page or section",
    "about": "About", "supports": "supports", "disputes": "disputes", "qualifies": "qualifies",
    "curator": "Curator", "created": "Date",
}  # fmt: skip
OF_TYPE = {  # labels that say more for a type
    ("article", "container"): "Journal", ("magazine-article", "container"): "Magazine or newspaper",
    ("chapter", "container"): "Book", ("reference-entry", "container"): "Encyclopaedia or dictionary",
    ("conference-paper", "container"): "Proceedings", ("webpage", "container"): "Website",
    ("thesis", "publisher"): "University", ("article", "number"): "Article number",
}  # fmt: skip
STANCES = ("supports", "disputes", "qualifies")


class Field(NamedTuple):
    """A field of a form: the *key* of the file, its label, its *kind*, and whether a complete record needs it.

    Kinds are text, long (text of several lines), list (of texts), people, choice, year and check (true or nothing).
    """

    key: str
    label: str
    kind: str
    needed: bool = False


class Choice(NamedTuple):
    """What a key can be set to, and what that is called."""

    id: str
    label: str


class Choices(NamedTuple):
    """All that can be chosen: for the record, for the summary, and for claims."""

    types: tuple[Choice, ...]
    states: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    access: tuple[Choice, ...]
    summary_bases: tuple[Choice, ...]
    bases: tuple[Choice, ...]
    stances: tuple[Choice, ...]
    relations: tuple[Choice, ...]


class Labels:
    """What keys and values are called, by the ontology of a generation where it says so."""

    def __init__(self, now: Generation) -> None:
        found = now.store.rows(f"SELECT ?term ?label {{ ?term <{RDFS}label> ?label FILTER(LANGMATCHES(LANG(?label), "
                               f"'{LANGUAGE}')) }}")  # fmt: skip
        self._labels = {str(row["term"]): str(row["label"]) for row in found}
        self._names, self._terms = now.names, now.home.context()["@context"]

    def of(self, term: Any, id: str) -> str:
        """The label of a *term* of the context, which is called *id*."""
        name = term.get("@id") if isinstance(term, dict) else term
        return self._labels.get(self._names.full(str(name)), id.replace("-", " "))

    def key(self, key: str, type: str = "") -> str:
        """The label of a key."""
        own = OF_TYPE.get((type, key)) or LABELS.get(key)
        return own or _capital(self.of(self._terms.get(key), key))

    def values(self, key: str) -> tuple[Choice, ...]:
        """What can be said under a key that takes one of some values."""
        values = self._terms.get(key, {}).get("@context", {})
        return tuple(Choice(id, self.of(term, id)) for id, term in values.items() if id[0] != "@")

    def types(self) -> tuple[Choice, ...]:
        """The types of works: terms of the context that are small and name classes."""
        found = ((id, t) for id, t in self._terms.items() if isinstance(t, str) and id.islower() and _is_class(t))
        return tuple(Choice(id, self.of(term, id)) for id, term in found)

    def relations(self) -> tuple[Choice, ...]:
        """The relations between concepts that a claim can assert."""
        inner = self._terms.get("asserts", {}).get("@context", {})
        found = ((id, term) for id, term in inner.items() if id[0] != "@" and id != "subject")
        return tuple(Choice(id, self.of(term, id).removesuffix(" (asserted)")) for id, term in found)


@lru_cache(maxsize=2)
def labels(now: Generation) -> Labels:
    """The labels of a generation."""
    return Labels(now)


def fields(type: str, labels: Labels) -> tuple[Field, ...]:
    """The fields of the record of a work of a *type*, in the order of a form; of a type not known, all."""
    between = BETWEEN.get(type) or tuple(dict.fromkeys(key for keys in BETWEEN.values() for key in keys))
    keys = dict.fromkeys((*FIRST, *between, *LAST))
    return tuple(Field(key, labels.key(key, type), KINDS.get(key, TEXT), key in NEEDED) for key in keys)


def choices(labels: Labels) -> Choices:
    """All that can be chosen."""
    found = map(labels.values, ("state", "status", "openAccess", "summaryBasis", "basis"))
    states, statuses, access, summary_bases, bases = found
    stances = tuple(Choice(stance, labels.key(stance)) for stance in STANCES)
    return Choices(labels.types(), states, statuses, access, summary_bases, bases, stances, labels.relations())


def _is_class(term: str) -> bool:
    return term.rpartition(":")[2][:1].isupper()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
