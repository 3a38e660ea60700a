"""What an entry of BibTeX has from others that it names: crossref and xdata, wherever in the file they stand."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from kb.bibliography import biblatex as tables
from kb.bibliography.published import is_file
from kb.bibliography.reading.bibtex.blocks import blocks
from kb.bibliography.reading.bibtex.values import Fields, Strings, fields

FARTHEST = 5  # generations
MOST = 100  # entries that one entry inherits from
KEYS = 100_000  # of entries that others name
ROOM = 20_000_000  # signs of the entries that are kept because others name them
_NAMED = re.compile(r"(?:^|[\s,])(?:crossref|xdata)\s*=\s*[{\"]?\s*([^{}\"\n]+)|[{\"\s]xdata\s*=\s*([^{}\"\s]+)", re.I)
_SINGLE = re.compile(r"\s*xdata\s*=\s*(\S+)-(\w+?)(?:-\d+)?\s*")
_KEY = re.compile(r"\s*([^\s,={}\"]+)\s*,")
_OWN = {  # of the parent alone
    "crossref", "xref", "xdata", "ids", "entryset", "entrysubtype", "execute", "label", "options", "presort", "related",
    "relatedoptions", "relatedstring", "relatedtype", "shorthand", "shorthandintro", "sortkey", "sortname", "sorttitle",
    "sortyear", "shorttitle", "doi", "url", "urldate", "eprint", "eprinttype", "eprintclass", "archiveprefix",
    "primaryclass", "abstract", "keywords", "note", "annote", "annotation", "pages", "pagetotal", "timestamp", "owner",
    "date-added", "date-modified", "bibsource", "biburl", "groups", "type",
}  # fmt: skip
_BOOK = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon"}
_JOURNAL = {"title": "journaltitle", "subtitle": "journalsubtitle"}
_MAIN = {"title": "maintitle", "subtitle": "mainsubtitle", "titleaddon": "maintitleaddon"}
_MULTIVOLUME = {"mvbook", "mvcollection", "mvproceedings", "mvreference"}

Lines = Callable[[], Iterator[str]]


class Parents:
    """The entries of a file that others name; they are looked for when the first is asked for."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._known: dict[str, Fields] | None = None
        self._left = MOST

    def complete(self, child: Fields) -> Fields:
        """The fields of an entry with those it inherits."""
        if not any(field in ("crossref", "xdata") or _SINGLE.fullmatch(value) for field, value in child.fields):
            return child
        self._left = MOST
        found = self._completed(child, FARTHEST)
        if self._left < 0:
            found.problems.append(f"inherits from more than {MOST} entries: the rest was left out")
        return found

    def _completed(self, child: Fields, generations: int) -> Fields:
        own, problems = dict(child.fields), list(child.problems)
        found = [(field, self._single(value)) for field, value in child.fields]
        for field, keys in (("xdata", own.get("xdata", "")), ("crossref", own.get("crossref", ""))):
            for key in filter(None, re.split(r"\s*,\s*", keys.strip())):
                parent = self._of().get(key)
                self._left -= 1
                if self._left < 0:
                    break
                if parent is None or parent.key == child.key:
                    problems.append(f"{field} names {key!r}, which is not in the file: nothing inherited")
                    continue
                has = {name for name, _ in found}
                given = self._completed(parent, generations - 1) if generations > 1 else parent
                found += [(name, value) for name, value in _given(given, child.kind, field) if name not in has]
        return child._replace(fields=found, problems=problems)

    def _single(self, value: str) -> str:
        """The value of a field, which may be that of another entry: "xdata=key-field"."""
        if not (named := _SINGLE.fullmatch(value)):
            return value
        parent = self._of().get(named[1])
        return dict(parent.fields).get(named[2], value) if parent else value

    def _of(self) -> dict[str, Fields]:
        if self._known is None:
            self._known = self._found(self._named())
        return self._known

    def _named(self) -> set[str]:
        """The keys that entries of the file name."""
        keys: set[str] = set()
        for block in blocks(self._lines()):
            if "crossref" in (text := block.text.lower()) or "xdata" in text:
                for whole, single in _NAMED.findall(block.text) if len(keys) < KEYS else ():
                    keys.update(key.strip() for key in whole.split(","))
                    keys.update(single.rsplit("-", count)[0] for count in (1, 2))
        return keys - {""}

    def _found(self, keys: set[str]) -> dict[str, Fields]:
        found: dict[str, Fields] = {}
        strings, room = Strings(), ROOM
        for block in blocks(self._lines()):
            if block.kind == "string":
                strings.define(block)
            elif (key := _KEY.match(block.text)) and key[1] in keys and key[1] not in found and not block.why:
                room -= len(block.text)
                if room < 0:
                    break
                with suppress(Exception):  # told where the block itself is read
                    found[key[1]] = fields(block, strings)
        return found


def _given(parent: Fields, kind: str, by: str) -> Iterator[tuple[str, str]]:
    """The fields that an entry of a kind has from its parent, under the names they have there."""
    if by == "xdata":
        yield from parent.fields
        return
    child, renamed = tables.TYPES.get(kind, ""), {}
    has = {name for name, _ in parent.fields}
    if parent.kind in _MULTIVOLUME:
        renamed = _MAIN
    elif child in tables.PARTS and "booktitle" not in has:
        renamed = _BOOK
    elif child in tables.SERIALS and not has & {"journal", "journaltitle"}:
        renamed = _JOURNAL
    for name, value in parent.fields:
        if name not in _OWN and not is_file(name):
            yield renamed.get(name, name), value
        if name == "author" and child == "chapter":
            yield "bookauthor", value
