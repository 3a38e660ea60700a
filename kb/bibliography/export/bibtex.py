"""A work as an entry of BibTeX."""

from __future__ import annotations

import re

from kb.bibliography.export.shared import KINDS, table
from kb.bibliography.work import OTHERS, Record, missing, names
from kb.corpus.sources import texts

_ENTRIES = table(
    "article=article book=book chapter=incollection conference-paper=inproceedings magazine-article=article "
    "reference-entry=incollection report=techreport thesis=phdthesis working-paper=techreport"
)
_TEX = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}"}
    | {"^": r"\textasciicircum{}"}
    | {sign: "\\" + sign for sign in "&%$#_"}
)


def bibtex(id: str, record: Record) -> str:
    """Return the work as a BibTeX entry in UTF-8: TeX's own signs escaped, capitals and bodies in braces."""
    entry, kind = _ENTRIES.get(record.get("type", ""), "misc"), KINDS.get(record.get("type", ""))
    text = {key: tex(value) for key, value in record.items() if isinstance(value, str)}
    fields = {role[:-1]: " and ".join(map(_bibtex_name, names(record, role))) for role in ("authors", "editors")}
    fields["title"] = " ".join(map(_keep_capitals, (record.get("title") or "").split()))
    fields[{"article": "journal", "misc": "howpublished"}.get(entry, "booktitle")] = text.get("container", "")
    fields[{"techreport": "institution", "phdthesis": "school"}.get(entry, "publisher")] = text.get("publisher", "")
    fields |= {"type": kind or "", "number": text.get("issue") or text.get("number", "")}
    fields |= {key: text[key] for key in ("series", "volume", "edition") if key in text}
    fields |= {key: ", ".join(map(_verbatim, texts(record.get(key)))) for key in ("isbn", "issn", "doi", "url")}
    fields |= {"year": text.get("issued", ""), "address": text.get("place", "")}
    fields["pages"] = re.sub(r"\s*[-–—]+\s*", "--", text.get("pages", ""))
    fields["note"] = "; ".join(f"{what} not known" for what in missing(record))
    return "\n".join([f"@{entry}{{{id},", *(f"  {key} = {{{value}}}," for key, value in fields.items() if value), "}"])


def tex(text: str) -> str:
    """*text* with TeX's own signs escaped."""
    return text.translate(_TEX)


def _verbatim(text: str) -> str:
    """What TeX takes as it stands, but for braces, which would end the field or the entry."""
    return re.sub("[{}]", lambda brace: tex(brace[0]), text)


def _bibtex_name(name: dict[str, str]) -> str:
    """One name; braces where BibTeX would cut it: bodies, "and", commas, family names of several words."""
    family, given = (tex(name.get(part, "")) for part in ("family", "given"))
    if not family:
        return "others" if name == OTHERS else f"{{{tex(name['literal'])}}}"
    if re.search(r"\band\b|,", family) or (" " in family and not (given and family[0].islower())):
        family = f"{{{family}}}"
    return f"{family}, {given}" if given else family


def _keep_capitals(word: str) -> str:
    """The word as TeX, in braces when a style that lowers titles would spoil it."""
    return f"{{{tex(word)}}}" if word != word.lower() else tex(word)
