"""Say an entry of BibTeX in our keys; what none of them takes is kept under its CSL name, or as ``bibtex:FIELD``."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kb.bibliography import biblatex as tables
from kb.bibliography.published import is_file
from kb.bibliography.reading import dates
from kb.bibliography.reading.bibtex.names import divided, enclosed, names, told
from kb.bibliography.reading.bibtex.tex import addresses, plain, verbatim
from kb.bibliography.reading.bibtex.values import Fields
from kb.bibliography.reading.entry import FIELDS, Entry, entry
from kb.bibliography.work import UNNAMED, says_unknown

_PMID = re.compile(r"(PMID|PMCID)\s*:\s*(\w+)\.?", re.I)
_ENDS, _BEGINS = re.compile(r"[-–—:!?.;]$"), re.compile(r"^[-–—:.;¡¿]")
_AGAIN = re.compile(r"\+duplicate-\d+$")  # of a field that stands there more than once, as Better BibTeX writes it
_KEYWORDS = re.compile("[,;]")


def mapped(read: Fields, line: int) -> Entry:
    """The entry of a work, from its fields with what they inherit."""
    return _Mapping(read).entry(line)


class _Mapping:
    """The fields of one entry: each is taken once, and what is left is kept under its own name."""

    def __init__(self, read: Fields) -> None:
        self.kind, self.key, self.told = read.kind, read.key, list(read.problems)
        self.raw: dict[str, list[str]] = {}
        for field, value in read.fields:
            if value.strip():
                self.raw.setdefault(_AGAIN.sub("", field), []).append(value)
        self.said: dict[str, Any] = {}
        self.extra: dict[str, list[str]] = {}
        self.abstract = ""
        self.type = "document"

    def entry(self, line: int) -> Entry:
        for step in _STEPS:
            step(self)
        return entry(self.said, self.extra, line, self.key, self.abstract, problems=self.told)

    def take(self, *fields: str) -> str:
        """The text of the first of some fields that is there; further values of it are kept."""
        for field in fields:
            if values := self.raw.pop(field, None):
                texts = [self.text(field, value) for value in values]
                self.keep(f"bibtex:{field}", *[text for text in texts[1:] if text != texts[0]])
                return texts[0]
        return ""

    def text(self, field: str, value: str) -> str:
        return verbatim(value) if field in tables.NUMBERS else plain(value)

    def first(self, field: str) -> str:
        """The text of a field, which is not taken."""
        return self.text(field, self.raw.get(field, [""])[0])

    def keep(self, name: str, *texts: str) -> None:
        if texts := tuple(text for text in texts if text):
            held = self.extra.setdefault(name, [])
            held += [text for text in texts if text not in held]

    def say(self, key: str, text: str, field: str) -> None:
        """Put a text under a key of ours, or keep it beside another that is there."""
        if text and self.said.setdefault(key, text) != text:
            self.keep(f"bibtex:{field}", text)


def _type(work: _Mapping) -> None:
    """The type of the work, and its genre where that says more."""
    said = work.take("type")
    work.type, genre = tables.typed(tables.TYPES.get(work.kind, "document"), said)
    subtype = work.first("entrysubtype").lower()
    is_type, of_type = tables.SUBTYPES.get(subtype, ("", ""))
    if of_type == work.type:
        work.type = is_type
        if subtype != "newspaper":
            work.raw["entrysubtype"].pop(0)
    if work.type == "book" and (book := work.first("booktitle")):
        _booktitle(work, book)
    if work.kind not in tables.PLAIN:
        work.keep("bibtex:entrytype", work.kind)
    if not said and work.kind in ("phdthesis", "mastersthesis", "bathesis", "candthesis"):
        genre = tables.GENRES[work.kind]
    work.keep("genre", genre)
    work.said["type"] = work.type


def _booktitle(work: _Mapping, book: str) -> None:
    """A whole work stands in no book: it is one, or the entry is of a part of it."""
    if "title" not in work.raw:
        work.raw["title"] = work.raw.pop("booktitle")
    elif book.lower() == work.first("title").lower():
        work.take("booktitle")
    elif work.kind == "book" and "crossref" not in work.raw:
        work.type = "chapter"
    else:
        work.keep("bibtex:booktitle", work.take("booktitle"))


def _titles(work: _Mapping) -> None:
    work.said["title"] = _joined(work.take("title"), work.take("subtitle"))
    if work.type in tables.SERIALS:
        _journal(work)
    book = _joined(work.take("booktitle"), work.take("booksubtitle"))
    if not book and work.type in tables.PARTS:
        book = _joined(work.take("maintitle"), work.take("mainsubtitle"))
    if "container" in work.said:
        work.keep("bibtex:booktitle", book)
    else:
        work.say("container", book, "booktitle")
    if "container" not in work.said:
        _journal(work)


def _journal(work: _Mapping) -> None:
    full = work.take("fjournal", "journal-full", "journaltitle", "journal")
    short = work.take("journal")
    work.say("container", _joined(full, work.take("journalsubtitle")), "journaltitle")
    if short != full:
        work.keep("container-title-short", short)


def _joined(title: str, subtitle: str) -> str:
    """A title with its subtitle."""
    if not title or not subtitle or title.endswith(subtitle):
        return title or subtitle
    return f"{title}{' ' if _ENDS.search(title) or _BEGINS.search(subtitle) else ': '}{subtitle}"


def _people(work: _Mapping) -> None:
    for field, key in (("author", "authors"), ("editor", "editors")):
        found = names(" and ".join(work.raw.pop(field, [])))
        work.told += found.problems
        work.said[key] = found.names
        if found.others and field == "author":
            work.said["othersOmitted"] = "true"
        elif found.others:
            work.keep("bibtex:editor", "and others")
    for field, name in tables.ROLES.items():
        found = names(" and ".join(work.raw.pop(field, [])))
        work.keep(name, *map(told, found.names), *["others"] * found.others)


def _date(work: _Mapping) -> None:
    """The date: BibLaTeX's, or year, month and day."""
    date, year, month, day = (work.take(field) for field in ("date", "year", "month", "day"))
    if date:
        work.said["issued"] = date
        if year and year not in date:
            work.keep("bibtex:year", year)
        work.keep("bibtex:month", month if _number(month) not in date else "")
        work.keep("bibtex:day", day if day not in date else "")
    else:
        work.said["issued"] = _dated(year, month, day)


def _dated(year: str, month: str, day: str) -> str:
    """A date of its parts, as ISO 8601 has it where they are numbers."""
    parts = re.fullmatch(r"(?:(\d{1,2})[.,]?\s+)?([A-Za-z]+\.?|\d{1,2})(?:\s+(\d{1,2})(?:st|nd|rd|th)?[.,]?)?", month)
    if parts and (number := _number(parts[2])) and re.fullmatch(r"\d{4}", year):
        day = day or parts[1] or parts[3] or ""
        return dates.iso(year, number, day) or dates.iso(year, number)
    return " ".join(part for part in (day, month, year) if part) if year not in month or not year else month


def _number(month: str) -> str:
    """The number of a month, of which its name or number is told."""
    if re.fullmatch(r"[0-9]{1,2}", month):
        return f"{int(month):02d}" if 0 < int(month) < 13 else ""
    return f"{dates.month(month):02d}" if re.fullmatch(r"[A-Za-z]+\.?", month) and dates.month(month) else ""


def _numbering(work: _Mapping) -> None:
    """Issues, numbers, pages."""
    number, issue = work.take("number"), work.take("issue")
    if work.type in tables.SERIALS or work.kind == "periodical":
        work.say("issue", number, "number")
        work.say("issue", issue, "issue")
    else:
        work.say("number", number, "number")
        work.say("issue", issue, "issue")
    work.say("number", work.take("eid", "article-number", "articleno", "art_number"), "eid")
    pages = work.take("pages")
    if work.type in ("book", "thesis") and tables.is_count(pages):
        work.keep("number-of-pages", pages)
    else:
        work.say("pages", pages, "pages")


def _places(work: _Mapping) -> None:
    address, location = work.take("address"), work.take("location")
    work.said["place"] = address or location
    if address and location != address:
        work.keep("event-place" if work.type == "conference-paper" else "bibtex:location", location)


def _web(work: _Mapping) -> None:
    """Addresses and identifiers."""
    work.said["url"] = [verbatim(url) for url in work.raw.pop("url", [])]
    how = work.raw.get("howpublished", [""])[0]
    if found := addresses(how):
        rest = re.sub(r"\\(?:url|href)|[{}]", "", how)
        if not work.said["url"]:
            work.said["url"] = found
        if set(found) <= set(work.said["url"]) and verbatim(rest) in found:
            work.raw.pop("howpublished")
    elif plain(how) and plain(how) == work.said.get("container"):
        work.raw.pop("howpublished")
    for field, key in tables.SAME.items():
        work.said.setdefault(key, []).extend(map(verbatim, work.raw.pop(field, [])))
    server = work.first("eprinttype") or work.first("archiveprefix")
    if name := tables.MEDLINE.get(server.lower()):
        work.keep(name, work.take("eprint"))
        work.take("eprinttype", "archiveprefix")


def _notes(work: _Mapping) -> None:
    for value in work.raw.pop("note", []):
        note = plain(value)
        if found := _PMID.fullmatch(note):
            work.keep(found[1].upper(), found[2])
        elif not says_unknown(note):
            work.keep("note", note)
        elif UNNAMED in note:
            work.said["othersOmitted"] = "true"
    for value in work.raw.pop("abstract", []):
        work.abstract = f"{work.abstract}\n{plain(value)}".strip()
    for field in ("keywords", "keyword", "author_keywords", "tags", "mesh"):
        for value in work.raw.pop(field, []):
            work.keep("keyword", *(plain(each) for each in divided(_opened(value), _KEYWORDS)))


def _opened(value: str) -> str:
    """A value without braces around all of it."""
    value = value.strip()
    return value[1:-1] if enclosed(value) else value


def _languages(work: _Mapping) -> None:
    said = [plain(value) for value in work.raw.pop("language", [])]
    code = work.take("langid", "hyphenation")
    work.keep("language", *(said or [code]))
    if said:
        work.keep("bibtex:langid", code if code not in said else "")


def _ours(work: _Mapping) -> None:
    """Fields that are keys of ours by themselves."""
    for field, key in tables.KEYS.items():
        if field in work.raw:
            work.say(key, work.take(field), field)


def _rest(work: _Mapping) -> None:
    """Whatever is left, under its name in CSL or as BibTeX has it."""
    for field, values in list(work.raw.items()):
        if field.startswith("record:") and (key := field.removeprefix("record:")) in FIELDS:
            work.said[key] = plain(values[0])
        elif field.startswith(tables.PREFIXES):  # as our own export writes names that BibTeX does not have
            work.keep(_decoded(field.removeprefix("extra:")), *map(plain, values))
        elif field == "ids":  # keys that the entry had before, or has elsewhere
            work.keep(tables.EXTRA[field], *(key.strip() for value in values for key in verbatim(value).split(",")))
        elif name := tables.EXTRA.get(field):
            work.keep(name, *(work.text(field, value) for value in values))
        elif field in tables.CSL:
            work.keep(field, *map(plain, values))
        elif is_file(field):
            work.keep(f"bibtex:{field}", *values)
        else:
            work.keep(f"bibtex:{field}", *(work.text(field, value) for value in values))


def _decoded(name: str) -> str:
    """A name with the signs that BibTeX does not allow in the names of fields."""
    return re.sub("~([0-9a-f]+)~", lambda found: chr(min(int(found[1], 16), 0x10FFFF)), name)


_STEPS: tuple[Callable[[_Mapping], None], ...] = (
    _type, _titles, _people, _date, _numbering, _places, _web, _notes, _languages, _ours, _rest,
)  # fmt: skip
