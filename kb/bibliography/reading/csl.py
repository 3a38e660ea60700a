"""Read CSL-JSON, as Zotero, pandoc and Crossref write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from kb.bibliography.reading import dates
from kb.bibliography.reading.entry import FIELDS, NUMBERS, ROLES, Entry, attempt, entry, unreadable
from kb.bibliography.reading.entry import TYPES as OURS
from kb.bibliography.reading.files import Lines
from kb.bibliography.reading.json_items import Found, items
from kb.bibliography.reading.markup import paragraphs, unmarked
from kb.bibliography.reading.ris import names_in, person
from kb.bibliography.variables import DATES, GENRES, KEPT, KEYS, PEOPLE, TYPES, VARIABLES, WORKING
from kb.bibliography.work import OTHERS, UNNAMED, says_unknown
from kb.corpus.sources import texts

MINE = "kb"  # in "custom", what our exports say so that it reads back
DOUBTS = 20  # so many items that are none of CSL, before there is one that is
WRITTEN = {  # the type of CSL that stands for ours
    "article": "article-journal", "book": "book", "chapter": "chapter", "conference-paper": "paper-conference",
    "document": "document", "legislation": "legislation", "magazine-article": "article-magazine",
    "reference-entry": "entry-encyclopedia", "report": "report", "thesis": "thesis", "webpage": "webpage",
    "working-paper": "report",
}  # fmt: skip
_CHEAT = re.compile(r"\{?:?([A-Za-z][A-Za-z _-]{1,40}):[ \t]*(\S.*?)\}?\s*")
_OLD = {"shortTitle": "title-short", "journalAbbreviation": "container-title-short", "event": "event-title"}
_CROSSREF = {  # the types that Crossref has in place of those of CSL
    "journal-article": "article-journal", "book-chapter": "chapter", "book-part": "chapter",
    "book-section": "chapter", "proceedings-article": "paper-conference", "posted-content": "article",
    "monograph": "book", "edited-book": "book", "reference-book": "book", "dissertation": "thesis",
    "report-component": "report", "reference-entry": "entry", "proceedings": "book",
}  # fmt: skip
_BY_FOLDED = {name.lower(): name for name in VARIABLES}
_SIGNS = ("title", "author", "editor", "issued", "container-title", "DOI", "ISBN", "URL")


def entries(lines: Lines) -> Iterator[Entry]:
    """The items of CSL-JSON among *lines*, and what is no item, with the reason."""
    known, doubts = False, 0
    for found in items(lines()):
        made = attempt(partial(_entry, found), found.line)
        known, doubts = known or made.readable, doubts + (not made.readable)
        yield made
        if doubts == DOUBTS and not known:
            yield unreadable(found.line, f"no CSL-JSON in the first {DOUBTS} items: the rest is not read")
            return
    if not known and not doubts:
        yield unreadable(1, "the JSON holds no item: export the works as CSL JSON")


def _entry(found: Found) -> Entry:
    """The entry that an item makes."""
    if found.why:
        return unreadable(found.line, found.why if found.last else f"item {found.number}: {found.why}")
    if why := _no_item(found.value):
        return unreadable(found.line, f"item {found.number} {why}")
    return work(found.value, found.line)


def _no_item(value: Any) -> str:
    """Why a value is no item of CSL; empty where it is one."""
    if not isinstance(value, dict):
        return f"is no object but {json.dumps(value, ensure_ascii=False, default=str)[:60]}"
    if "itemType" in value and "type" not in value:
        return "is in Zotero's own JSON: export the works as CSL JSON or RIS"
    if str(value.get("type")) in TYPES or any(value.get(name) for name in _SIGNS):
        return ""
    return "is no CSL-JSON: has neither a type of CSL nor a title, author or date"


def work(item: Mapping[str, Any], line: int = 1) -> Entry:
    """The entry that an item of CSL makes.

    >>> work({"id": "r", "type": "book", "title": "<i>Reeds</i>", "issued": {"date-parts": [[2001, "5"]]}}).record
    {'type': 'book', 'title': 'Reeds', 'issued': '2001', 'extra': {'issued': '2001-05'}}
    """
    return _Reading(item, line).entry()


class _Reading:
    """An item on its way from variables to keys."""

    def __init__(self, item: Mapping[str, Any], line: int) -> None:
        self.item, self.line = item, line
        self.said: dict[str, Any] = {}
        self.extra: dict[str, list[str]] = {}
        self.problems: list[str] = []
        self.abstract = ""

    def entry(self) -> Entry:
        """All variables under our keys, or kept under their own name."""
        for name, value in self.item.items():
            if value not in (None, "", [], {}) and name not in ("id", "type", "note", "custom"):
                self._place(str(name), value)
        self._type()
        self._note(_text(self.item.get("note")))
        self._custom(self.item.get("custom"))
        key = _text(self.item.get("id"))
        return entry(self.said, self.extra, self.line, key, self.abstract, problems=self.problems)

    def _place(self, name: str, value: Any) -> None:
        """What a variable says, under our key or in extra."""
        name = _OLD.get(name, name)
        if name in ("author", "editor"):
            self._names(f"{name}s", value)
        elif name in PEOPLE:
            self._keep(name, *(written(each) for each in _people(value)))
        elif name in DATES:
            self._date(name, value)
        elif name == "abstract":
            self.abstract = paragraphs(value if isinstance(value, str) else _text(value))
        elif name in ("keyword", "subject", "tags"):
            self._keep("keyword", *_keywords(value))
        elif name in ("ISBN", "ISSN", "URL"):
            self.said[KEYS[name]] = [_text(each) for each in (value if isinstance(value, list) else [value])]
        elif name == "page-first":
            if not _text(self.item.get("page")).startswith(_text(value)):
                self._keep(name, _text(value))
        else:
            key = KEYS.get(name) or (name if name in KEPT else f"csl:{name}")
            text = _text(value)
            self.said.update({key: text}) if name in KEYS else self._keep(key, text)

    def _keep(self, name: str, *values: str) -> None:
        self.extra.setdefault(name, []).extend(values)

    def _names(self, role: str, value: Any) -> None:
        """Authors or editors; "others" after them are those who are not named."""
        for each in _people(value):
            if (name := name_of(each)) == OTHERS and role == "authors":
                self.said["othersOmitted"] = "true"
            elif name:
                self.said.setdefault(role, []).append(name)
            if isinstance(each, dict) and (more := {key: each[key] for key in each.keys() - _NAME_PARTS if each[key]}):
                self._keep(f"csl:{role[:-1]}", f"{written(each)}: {_text(more)}")

    def _date(self, name: str, value: Any) -> None:
        text, rest = date(value)
        if name == "issued":
            self.said["issued"] = text
        elif text:
            self._keep(name, text)
        if rest:
            self._keep(f"csl:{name}", rest)

    def _type(self) -> None:
        """Our type, and that of CSL where it says more."""
        told = _text(self.item.get("type"))
        type = TYPES.get(_CROSSREF.get(told, told), "document")
        if type == "report" and any(map(WORKING.search, self.extra.get("genre", ()))):
            type = "working-paper"
        self.said["type"] = type
        self.extra["genre"] = [text for text in self.extra.get("genre", ()) if text != GENRES.get(type)]
        if told and told not in TYPES and told not in _CROSSREF:
            self.problems.append(f"type {told[:40]!r} is none of CSL: taken for a document")
        if told and told != WRITTEN[type]:
            self.extra["csl:type"] = [told]

    def _note(self, text: str) -> None:
        """A note; lines such as "PMID: 123", as Zotero writes what it has no field for, are variables."""
        rest = []
        for line in text.splitlines():
            if not says_unknown(line):
                rest += [] if self._cheat(line) else [line]
            elif UNNAMED in line:
                self.said["othersOmitted"] = "true"
        self._keep("note", "\n".join(rest))

    def _cheat(self, line: str) -> bool:
        """Whether a line of a note is one of a variable that the item does not have otherwise."""
        found = _CHEAT.fullmatch(line.strip())
        name = _BY_FOLDED.get(found[1].strip().lower().replace(" ", "-"), "") if found else ""
        if found and found[1].upper() == "OCLC" and not self.said.get("oclc"):
            self.said["oclc"] = found[2]
        elif not found or not name or name in ("note", "keyword") or name in self.item:
            return False
        elif name in PEOPLE:
            family, _, given = found[2].partition("||")
            self._place(name, [{"family": family.strip(), "given": given.strip()} if given else found[2]])
        else:
            self._place(name, found[2])
        return True

    def _custom(self, value: Any) -> None:
        """What our exports say there counts more than what else they say; the rest is kept."""
        if not isinstance(value, dict):
            self._keep("csl:custom", _text(value))
            return
        for name, each in value.items():
            if name != MINE or not isinstance(each, dict):
                self._keep(f"csl:custom.{name}", _text(each))
        mine = value.get(MINE)
        for key, each in mine.items() if isinstance(mine, dict) else ():
            if key == "extra" and isinstance(each, dict):
                self.extra.update({str(kept): texts(said) for kept, said in each.items()})
            elif key in ROLES:
                self.said[key] = names_in(each)
            elif key in NUMBERS:
                self.said[key] = texts(each)
            elif key in FIELDS or key == "othersOmitted" or (key == "type" and each in OURS):
                self.said[key] = " ".join(texts(each))


def name_of(value: Any) -> dict[str, str]:
    """A name of CSL as ours: particles stand with the name they are written with, a suffix behind the given name.

    >>> name_of({"family": "Quist", "given": "Jean", "non-dropping-particle": "van", "suffix": "Jr."})
    {'family': 'van Quist', 'given': 'Jean, Jr.'}
    """
    if not isinstance(value, dict):
        return person(_text(value))
    part = {key: _text(value[key]) for key in _NAME_PARTS & value.keys()}
    if part.get("literal") or not part.get("family"):
        whole = part.get("literal") or " ".join(filter(None, (part.get("given"), part.get("family"))))
        return {"literal": whole} if whole else {}
    family = " ".join(filter(None, (part.get("non-dropping-particle"), part["family"])))
    given = " ".join(filter(None, (part.get("given"), part.get("dropping-particle"))))
    if part.get("isInstitution") in ("true", "True", "1") and not given:
        return {"literal": family}
    given = ", ".join(filter(None, (given, part.get("suffix"))))
    return {"family": family, "given": given} if given else {"family": family}


def written(value: Any) -> str:
    """A name as one text, family name first."""
    return ", ".join(name_of(value).values())


def date(value: Any) -> tuple[str, str]:
    """A date of CSL as text in the form of ISO 8601, and what else it says.

    >>> date({"date-parts": [["2008", 8], [2009]]}), date({"date-parts": [[2013]], "circa": True})
    (('2008-08/2009', ''), ('2013~', ''))
    >>> date({"literal": "n.d."}), date("2013-01"), date({"raw": "May 2001", "season": 1})
    (('n.d.', ''), ('2013-01', ''), ('2001-05', '{"season": 1}'))
    """
    if not isinstance(value, dict):
        return (_range(value), "") if isinstance(value, list) else (dates.plain(_text(value)), "")
    left = {key: each for key, each in value.items() if each not in (None, "", [], {}, 0, "0", False)}
    text = ""
    if "date-parts" in left or "year" in left:
        text = _range(left.get("date-parts") or [left])
        left = {key: each for key, each in left.items() if text and key not in ("date-parts", "year", "month", "day")}
        text, left = _season(text, left)
    for name in ("raw", "literal"):
        if not text and name in left:
            text = dates.plain(_text(left.pop(name))) if name == "raw" else _text(left.pop(name))
    if text and left.pop("circa", None):
        text += "~"
    return text, _text(left) if left else ""


def _range(parts: list[Any]) -> str:
    """One date, or two with a slash between."""
    if parts and not isinstance(parts[0], (list, dict)):
        parts = [parts]
    each = [
        [part.get(key, "") for key in ("year", "month", "day")] if isinstance(part, dict) else part for part in parts
    ]
    made = [dates.iso(*(_text(number) for number in part[:3])) for part in each if isinstance(part, list) and part]
    return "/".join(made) if all(made) else ""


def _season(text: str, left: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A year with its season, which CSL numbers from 1 or gives in words."""
    if "season" not in left or not re.fullmatch(r"-?\d{4}", text):
        return text, left
    said = _text(left["season"])
    number = dates.SEASONS.get(said.lower()[:3], 0) or (int(said) % 20 + 20 if re.fullmatch(r"\d\d?", said) else 0)
    season = f"{text}-{number}" if 21 <= number <= 24 else ""
    return season or text, {key: each for key, each in left.items() if key != "season" or not season}


def _people(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _keywords(value: Any) -> list[str]:
    if isinstance(value, list):
        return [_text(each.get("tag") if isinstance(each, dict) else each) for each in value]
    return [word for each in re.split(r"[;,\n]", _text(value)) if (word := each.strip())]


def _text(value: Any) -> str:
    """A value as text: numbers as they are written, several texts as one, all else as JSON; no marks of italics."""
    if value is None:
        return ""
    if isinstance(value, str):
        return unmarked(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return " ".join(map(_text, value))
    if isinstance(value, (dict, list, bool)):
        return json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return str(value)


_NAME_PARTS = {
    "family", "given", "literal", "suffix", "non-dropping-particle", "dropping-particle", "isInstitution",
    "comma-suffix", "static-ordering", "parse-names",
}  # fmt: skip
