"""Read RIS, the tagged lines in which databases and reference managers export."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from kb.bibliography.reading import near_ris, procite, ris_tags
from kb.bibliography.reading.dates import plain
from kb.bibliography.reading.entry import FIELDS, NUMBERS, ROLES, YEAR, Entry, attempt, entry, span, unreadable
from kb.bibliography.reading.entry import TYPES as OURS
from kb.bibliography.reading.files import Lines
from kb.bibliography.reading.markup import paragraphs
from kb.bibliography.reading.tagged import Tag, Tagged, records
from kb.bibliography.variables import DATES, GENRES, KEPT, TYPES, WORKING
from kb.bibliography.work import UNNAMED, says_unknown
from kb.corpus.numbers import DOI_BEGINS, ISBN, ISSN, bare_doi, isbns, issns, whole_doi
from kb.corpus.sources import texts

_OWN = re.compile(r"([a-z]+:[\w:.-]+|[A-Za-z][A-Za-z_-]*):(?:\s+(.*))?$", re.S)
_OTHERS = re.compile(r"\W*(?:and\s+)?(?:et\.? al|others)\W*", re.I)
_PERIODICAL = ("article-journal", "article-magazine", "article-newspaper")
_OVERRULING = frozenset(f"kb:{key}" for key in ("type", "extra", "othersOmitted", *FIELDS, *NUMBERS, *ROLES))
_MONOGRAPH = ("book", "manuscript", "pamphlet", "thesis")
_JOURNAL_TAGS = frozenset({"JO", "JF", "JA", "J2", "T2", "VL", "IS", "M1"})
_BY_NUMBER = re.compile(r"^(\d{5,9})\s*\[PMID\]$|^(PMC\d+)(?:\s*\[PMCID\])?$", re.I)
_AND_MORE = re.compile(r"(\d{4}/\d{0,2}/\d{0,2})/\s*[^\s/].*")  # a date with a season or the like
_PAGES = re.compile(r"\d\s*[-‐‑‒–—−]+\s*\w")
_TOLD_DOI = re.compile(rf"doi\.org/|doi:\s*10\.|^{DOI_BEGINS}", re.I)  # in an address
_NOTED_DOI = re.compile(rf"\bdoi(?:\.org/|[:\s]\s*)({DOI_BEGINS}\S+)", re.I)
_WORDS_OF_NUMBERS = re.compile(r"\W+|_|ISSN|ISBN|e?-?(?:print|issn)|electronic|online|linking|pbk|hbk", re.I)


def entries(lines: Lines) -> Iterator[Entry]:
    """The records of RIS among *lines*, each with the line of its TY, and what is no record, with the reason.

    The formats of PubMed and EndNote, which are tagged as well, are known by how they begin.
    """
    first = next((line.lstrip("\ufeff") for line in lines() if line.strip("\ufeff \t\r\n")), "")
    near = near_ris.known(first)
    for each in near_ris.records(lines(), near) if near else records(lines()):
        yield attempt(partial(_entry, each, near), each.line)


def _entry(record: Tagged | Entry, near: near_ris.Format | None) -> Entry:
    if isinstance(record, Entry):
        return record
    return work(near_ris.as_ris(record, near) if near else record)


def work(record: Tagged) -> Entry:
    """The entry that a record of RIS makes."""
    tags = record.tags
    if not any(tag.name not in ("TY", "ID") for tag in tags):
        return unreadable(record.line, "a record of RIS that says nothing", _first(tags, "ID"))
    return _Reading(record.line, tags, record.problems).entry()


class _Reading:
    """A record on its way from tags to keys."""

    def __init__(self, line: int, tags: list[Tag], problems: Iterable[str]) -> None:
        self.line, self.problems = line, list(problems)
        self.ty = _first(tags, "TY").upper()
        self.own, self.tags = _own_notes(tags)
        self.kind = self._kind()
        if procite.is_procite(self.tags):
            more, self.tags = _own_notes(procite.as_ris(self.tags, self.kind))
            self.own |= {name: self.own.get(name, []) + values for name, values in more.items()}
        self.key = _first(self.tags, "ID")
        self.said: dict[str, Any] = {}
        self.extra: dict[str, list[str]] = {}

    def entry(self) -> Entry:
        """All tags under our keys, or kept under another name."""
        by_tag: dict[str, list[str]] = {}
        for tag in self.tags:
            text = tag.text if tag.name in ("N1", "RN", "AB") else html.unescape(tag.text)
            by_tag.setdefault(tag.name, []).append(text)
            if tag.name not in ("TY", "ID"):
                self._name(tag.name, text)
        self._type(by_tag)
        for name in (*ris_tags.TABLE, *(by_tag.keys() - ris_tags.TABLE.keys())):
            for text in by_tag.get(name, ()):
                self._place(name, ris_tags.name(name, self.kind), text)
        self._finish(by_tag)
        abstract = "\n".join(dict.fromkeys(map(paragraphs, self.extra.pop("abstract", ()))))
        self._overrule()
        return entry(self.said, self.extra, self.line, self.key, abstract, problems=self.problems)

    def _kind(self) -> str:
        """The CSL type under which the table knows the record's type."""
        if kind := ris_tags.KIND.get(self.ty):
            return kind
        if self.ty and self.ty != ris_tags.GENERIC:
            self.problems.append(f"type {self.ty[:40]!r} is not known: taken for an article or a document")
        journal = any(tag.name in _JOURNAL_TAGS for tag in self.tags)
        if self.own.get("kb:type", ["article"]) != ["article"]:
            journal = False
        return "article-journal" if journal else "document"

    def _type(self, by_tag: dict[str, list[str]]) -> None:
        """Our type, and that of RIS where it says more."""
        type = TYPES.get(self.kind, "document")
        if type == "report" and any(map(WORKING.search, by_tag.get("M3", ()))):
            type = "working-paper"
        self.said["type"] = type
        if (told := self.own.get("kb:type")) and told[0] in OURS:
            self.said["type"] = type = told[0]
        if self.ty and ris_tags.WRITTEN[type] != self.ty:
            self.extra["ris:TY"] = [self.ty]

    def _name(self, tag: str, text: str) -> None:
        """A person or body, in the order of the record, whichever tags it has."""
        name = ris_tags.name(tag, self.kind)
        if name == "authors" and self.ty == "EDBOOK":
            name = "editors"
        if name not in ROLES:
            return
        for each in text.split(";"):
            if name == "authors" and _OTHERS.fullmatch(each):
                self.said["othersOmitted"] = "true"
            elif each.strip():
                self.said.setdefault(name, []).append(person(each))

    def _place(self, tag: str, name: str, text: str) -> None:
        """What a tag says, under the *name* it has."""
        if name in ROLES or tag in ("TY", "ID"):
            return
        if place := getattr(self, f"_{tag.lower()}", None):
            place(text)
        elif name in FIELDS and name not in ("pages", "issued"):
            self._once(tag, name, text)
        elif name in NUMBERS:
            self.said.setdefault(name, []).append(text)
        elif name not in ("pages", "issued"):
            self._keep(name, plain(text) if name in DATES else text)

    def _once(self, tag: str, name: str, text: str) -> None:
        """A value of a key that has one; another one is kept by its tag."""
        if not self.said.get(name):
            self.said[name] = text
        elif self.said[name] != text:
            self._keep(f"ris:{tag}", text)

    def _keep(self, name: str, text: str) -> None:
        self.extra.setdefault(name, []).append(text)

    def _jo(self, text: str) -> None:
        """A journal, by its name or the short form of it."""
        if not self.said.get("container") and self.kind not in _MONOGRAPH:
            self.said["container"] = text
        elif self.said.get("container") != text:
            self._keep("container-title-short", text)

    _ja = _j2 = _jo

    def _t2(self, text: str) -> None:
        """The work that this one is in; of a paper the conference, where the proceedings are named as well."""
        name = ris_tags.name("T2", self.kind)
        if name == "container" and self.kind == "paper-conference" and self.said.get("container"):
            name = "event-title"
        if name in FIELDS:
            self._once("T2", name, text)
        else:
            self._keep(name, text)

    def _st(self, text: str) -> None:
        if self.said.get("title"):
            self._keep("title-short", text)
        else:
            self.said["title"] = text

    def _sn(self, text: str) -> None:
        """A number: ISBN or ISSN by its form, else by the type of the record."""
        rest = ISBN.sub(" ", text)
        found = {"isbn": isbns(text), "issn": issns(rest)}
        for key, numbers in found.items():
            if numbers:
                self.said.setdefault(key, []).extend(numbers)
        if any(found.values()):
            if re.sub(_WORDS_OF_NUMBERS, "", ISSN.sub("", rest)):
                self._keep("ris:SN", text)
        else:
            if self.kind in ("report", "patent"):
                self._once("SN", "number", text)
            else:
                self.said.setdefault("issn" if self.kind in _PERIODICAL else "isbn", []).append(text)

    def _c2(self, text: str) -> None:
        if self.kind == "article-journal" and re.fullmatch(r"PMC\d+", text):
            self._keep("PMCID", text)
        else:
            self._keep(ris_tags.name("C2", self.kind), text)

    def _u1(self, text: str) -> None:
        """A number of PubMed, as Dimensions gives it."""
        found = _BY_NUMBER.match(text)
        self._keep(("PMID" if found[1] else "PMCID") if found else "ris:U1", (found[1] or found[2]) if found else text)

    def _m3(self, text: str) -> None:
        """The kind of work, in words, or a DOI."""
        name = ris_tags.name("M3", self.kind)
        if doi := whole_doi(text):
            self._once("M3", "doi", doi)
        elif text != GENRES.get(self.said["type"]):
            self._keep(name, text)

    def _et(self, text: str) -> None:
        """An edition; of an article EndNote tells here when it came out ahead of print."""
        if self.kind in _PERIODICAL and YEAR.search(text):
            self._keep("available-date", plain(text))
        elif (name := ris_tags.name("ET", self.kind)) == "edition":
            self._once("ET", name, text)
        else:
            self._keep(name, text)

    def _ur(self, text: str) -> None:
        if found := re.fullmatch(r"PM:\s*(\d+)", text):
            self._keep("PMID", found[1])
        else:
            self.said.setdefault("url", []).extend(re.split(r"\n|(?<=\S)[;\s]+(?=https?://)", text))

    def _kw(self, text: str) -> None:
        for word in re.split(r"[\n;]", text):
            if word := re.sub(r"^%K\s+", "", word.strip()):
                self._keep("keyword", word)

    def _n1(self, text: str) -> None:
        if text != self.said.get("title"):
            self._keep("note", text)

    def _n2(self, text: str) -> None:
        self._keep("abstract", text)

    def _finish(self, by_tag: dict[str, list[str]]) -> None:
        """What is told by several tags together."""
        self._pages(by_tag)
        self._date(by_tag)
        if not self.said.get("doi"):
            self.said["doi"] = self._hidden_doi(by_tag)
        if len(words := self.extra.get("keyword", [])) == 1:
            self.extra["keyword"] = [word for each in words[0].split(",") if (word := each.strip())]

    def _pages(self, by_tag: dict[str, list[str]]) -> None:
        if ris_tags.name("SP", self.kind) != "pages":
            for tag, name in (("SP", ris_tags.name("SP", self.kind)), ("EP", "ris:EP")):
                for text in by_tag.get(tag, ()):
                    self._keep(name, text)
        elif ends := self._ends(by_tag):
            self.said["pages"] = span(*ends)
        for text in by_tag.get("C7", ()):
            if ris_tags.name("C7", self.kind) == "pages" and not self.said.get("pages"):
                self.said["pages"] = text
            else:
                self._keep("ris:C7", text)

    def _ends(self, by_tag: dict[str, list[str]]) -> list[str]:
        """First and last page, or pages in one."""
        (first, *more), (last, *further) = (by_tag.get(tag) or [""] for tag in ("SP", "EP"))
        for tag, rest in (("SP", more), ("EP", further)):
            for text in rest:
                self._keep(f"ris:{tag}", text)
        if first and not last and self.kind in _MONOGRAPH and not _PAGES.search(first):
            self._keep("number-of-pages", first)
            return []
        if first and last and _PAGES.search(first) and not first.endswith(last):
            self._keep("ris:EP", last)
        if not last or first == last or _PAGES.search(first):
            return [first] if first else []
        return [first, last] if first else [last]

    def _date(self, by_tag: dict[str, list[str]]) -> None:
        """The date that says most: a month and day may stand in one tag and the year in another."""
        dates = [(tag, text) for tag in ("DA", "PY", "Y1") for text in by_tag.get(tag, ())]
        if ris_tags.name("C2", self.kind) == "issued":
            dates += [("C2", text) for text in by_tag.get("C2", ())]
        years = [found[1] for _, text in dates if (found := YEAR.search(text))]
        for tag, text in dates:
            if more := _AND_MORE.fullmatch(text):
                self._keep(f"ris:{tag}", text)
                text = more[1]
            told = text if YEAR.search(text) or not years else f"{years[0]} {text.strip('/')}"
            date, held = plain(told), self.said.get("issued", "")
            if not held or date.startswith(held):
                self.said["issued"] = date
            elif not held.startswith(date):
                self._keep(f"ris:{tag}", text)

    def _hidden_doi(self, by_tag: dict[str, list[str]]) -> str:
        """A DOI that stands elsewhere: in an address, in a note behind "doi:"."""
        for tag in ("UR", "LK", "L1", "L2", "L3", "L4"):
            for text in by_tag.get(tag, ()):
                if _TOLD_DOI.search(text) and (doi := bare_doi(text)):
                    return doi
        notes = _NOTED_DOI.search("\n".join(by_tag.get("N1", ())))
        return bare_doi(notes[1]) if notes else ""

    def _overrule(self) -> None:
        """What our own notes say of keys counts more than what the tags say."""
        for name, values in self.own.items():
            key = name.removeprefix("kb:")
            if key == name:
                self.extra.setdefault(name, []).extend(texts(values))
            elif key in ROLES:
                self.said[key] = names_in(values[0])
            elif key in FIELDS or key in NUMBERS or key == "othersOmitted":
                self.said[key] = texts(values[0]) if key in NUMBERS else " ".join(texts(values[0]))
            elif key == "extra":
                for kept, value in (pair for each in values if isinstance(each, dict) for pair in each.items()):
                    self.extra[str(kept)] = texts(value)


def person(text: str) -> dict[str, str]:
    """A name of RIS: family name, given name and perhaps a suffix, with commas between; or a body.

    >>> person("Reed, Cy, Jr."), person("Baldwin,S.A."), person("World Bank")
    ({'family': 'Reed', 'given': 'Cy, Jr.'}, {'family': 'Baldwin', 'given': 'S.A.'}, {'literal': 'World Bank'})
    """
    family, _, given = (part.strip() for part in text.partition(","))
    if not given or not family:
        return {"literal": family or given}
    return {"family": family, "given": re.sub(r"\s*,\s*", ", ", given)}


def names_in(value: Any) -> list[dict[str, str]]:
    """The names in what our exports say of people, whatever was made of it since."""
    names = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return [{part: text for part, text in name.items() if isinstance(text, str)} for name in names]


def _first(tags: Iterable[Tag], name: str) -> str:
    return next((tag.text for tag in tags if tag.name == name), "")


def _own_notes(tags: list[Tag]) -> tuple[dict[str, list[Any]], list[Tag]]:
    """What notes say under one of our names, such as "N1  - language: de", and the other tags.

    That something is not known is no note that our exports would have to say again.
    """
    own: dict[str, list[Any]] = {}
    rest: list[Tag] = []
    for tag in tags:
        if tag.name != "N1":
            rest.append(tag)
        elif says_unknown(tag.text):
            if UNNAMED in tag.text:
                own["kb:othersOmitted"] = ["true"]
        elif (found := _OWN.match(tag.text)) and (is_name(found[1]) or found[1] in _OVERRULING):
            own.setdefault(found[1], []).append(_value(found[2] or ""))
        else:
            rest.append(tag)
    return own, rest


def is_name(name: str) -> bool:
    """Whether a note that begins with *name* and a colon says something that stands under it in ``extra``."""
    return name in KEPT or bool(re.fullmatch(r"(?!kb:)[a-z]+:[\w:.-]+", name))


def _value(text: str) -> Any:
    """A value as our exports write it: plain, or as JSON where it would not be read back."""
    if text[:1] in ('"', "[", "{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    return text
