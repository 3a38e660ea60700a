"""A work as an entry of BibTeX, which our reader takes back as it was; fields that BibTeX has not are BibLaTeX's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from kb.bibliography import biblatex as tables
from kb.bibliography.name_parts import is_suffix
from kb.bibliography.published import published
from kb.bibliography.reading.dates import MONTHS
from kb.bibliography.variables import GENRES, table
from kb.bibliography.work import Record, missing, names, says_unknown
from kb.corpus.sources import texts

_ENTRIES = table(
    "article=article book=book chapter=incollection conference-paper=inproceedings magazine-article=article "
    "reference-entry=incollection report=techreport thesis=phdthesis working-paper=techreport"
)
_SUBTYPES = {"magazine-article": "magazine", "reference-entry": "encyclopedia", "webpage": "webpage"} | {
    "legislation": "legislation"
}
_PUBLISHERS = {"techreport": "institution", "phdthesis": "school", "mastersthesis": "school"}
_THESES = {"PhD thesis": "phdthesis", "Master's thesis": "mastersthesis"}
_TEX = str.maketrans(
    {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}"}
    | {"^": r"\textasciicircum{}", "`": r"\textasciigrave{}"}
    | {sign: "\\" + sign for sign in "&%$#_"}
)
_BRACES = str.maketrans({sign: _TEX[ord(sign)] for sign in "\\{}"})
_LIGATURE = re.compile("-(?=-)|'(?=')")
_JUNIOR = re.compile(r"([^,]+), ((?:Jr|Sr)\.?|[IVX]+|\d(?:st|nd|rd|th))")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d\d))?")
_PLAIN_NAME = re.compile(r"[a-z][a-z0-9_.*/-]*(?:\+an(?:-?\w+)?)?")
_YEAR = re.compile(r"(?<!\d)(-?\d{4})(?!\d)")
_ADDRESS = re.compile(r"https?://|\\(?:url|nolinkurl|path|href)")
_NO_NAME = re.compile(r"[\s\"#%'(),={}\\~]|\+(?=duplicate-\d+$)")
_OUTSIDE = {"comment", "preamble", "string", "set", "xdata"}

Field = tuple[str, str]  # its name, and its value as it is written


class _Work(NamedTuple):
    """A record on its way out: what kind of entry it becomes, and what its genre is."""

    record: Record
    extra: dict[str, Any]
    type: str
    entry: str


def bibtex(id: str, record: Record) -> str:
    r"""Return the work as a BibTeX entry in UTF-8: TeX's own signs escaped, capitals and bodies in braces.

    Reading it gives the same record: what BibTeX has no type for is told by ``entrysubtype`` or ``type``, and what is
    in ``extra`` goes under BibLaTeX's names, or its own, as far as it is `published`.

    >>> record = {"type": "webpage", "title": "Mills & co", "issued": "2001", "extra": {"issued": "2001-05"}}
    >>> print(bibtex("mills-2001", record))
    @misc{mills-2001,
      entrysubtype = {webpage},
      title = {{Mills} \& co},
      year = {2001},
      month = may,
      note = {names not known},
    }
    """
    extra = published(record.get("extra") or {})
    work = _Work(record, extra, record.get("type", ""), _entry(record, extra))
    found = [*_fields(work)]
    return "\n".join([f"@{work.entry}{{{id},", *(f"  {name} = {value}," for name, value in _numbered(found)), "}"])


def tex(text: str) -> str:
    """*text* with TeX's own signs escaped."""
    return _LIGATURE.sub(r"\g<0>{}", text.translate(_TEX))


def _fields(work: _Work) -> Iterator[Field]:
    yield from _people(work)
    yield from _type(work)
    yield from _titles(work)
    yield from _publication(work)
    yield from _numbers(work)
    yield from _date(work)
    yield from _extra(work)
    if unknown := missing(work.record):
        yield "note", _braced("; ".join(f"{what} not known" for what in unknown))


def _entry(record: Record, extra: dict[str, Any]) -> str:
    """The kind of entry: what the record was imported as, or what BibTeX has for its type."""
    type, came_as = record.get("type", ""), extra.get("bibtex:entrytype")
    if _is_entry(came_as, type):
        return str(came_as)
    genre = extra.get("genre")
    if type == "thesis" and isinstance(genre, str) and genre in _THESES:
        return _THESES[genre]
    return _ENTRIES.get(type, "misc")


def _is_entry(kind: Any, type: str) -> bool:
    return (
        isinstance(kind, str)
        and re.fullmatch(r"[a-z][\w-]*", kind, re.A) is not None
        and kind not in tables.PLAIN | _OUTSIDE
        and kind == kind.lower()
        and tables.TYPES.get(kind, "document") == type
    )


def _people(work: _Work) -> Iterator[Field]:
    for role in ("authors", "editors"):
        found = [_name(name) for name in names({role: work.record.get(role)}, role)]
        others = role == "authors" and work.record.get("othersOmitted") == "true"
        others = others or (role == "editors" and work.extra.get("bibtex:editor") == "and others")
        if found:
            yield role[:-1], f"{{{' and '.join([*found, *['others'] * others])}}}"


def _type(work: _Work) -> Iterator[Field]:
    """What tells the type of a work where the kind of its entry does not, and its genre."""
    came_as = tables.TYPES.get(work.entry, "document")
    genre = work.extra.get("genre")
    said = genre if isinstance(genre, str) and work.entry != _THESES.get(genre) else ""
    if work.type == "working-paper" and came_as == "report":
        fits = tables.typed("report", said) == ("working-paper", said)
        yield "type", _braced(said if fits and said else GENRES["working-paper"])
    else:
        fits = tables.typed(came_as, said) == (came_as, said)
        if (fits and said) or (work.type in GENRES and work.entry not in ("mastersthesis",) and not _says(work)):
            yield "type", _braced(said if fits and said else GENRES[work.type])
    if genre and not (fits and said) and not _says(work):
        yield from _several("genre", genre)
    if came_as != work.type and work.type in _SUBTYPES:
        newspaper = work.extra.get("bibtex:entrysubtype") == "newspaper" and work.type == "magazine-article"
        yield "entrysubtype", _braced("newspaper" if newspaper else _SUBTYPES[work.type])


def _says(work: _Work) -> bool:
    """Whether the kind of entry says the genre."""
    genre = work.extra.get("genre")
    return isinstance(genre, str) and work.entry == _THESES.get(genre)


def _titles(work: _Work) -> Iterator[Field]:
    title, container = work.record.get("title") or "", work.record.get("container") or ""
    if title:
        yield "title", f"{{{' '.join(map(_keep_capitals, title.split()))}}}"
    if not container:
        return
    if work.type in tables.SERIALS:
        yield "journal", _braced(container)
    elif work.type == "book":  # others would take it for a part of a book
        yield "record:container", _braced(container)
    else:
        yield "booktitle", _braced(container)
    if work.entry == "misc" and "bibtex:howpublished" not in work.extra and not _ADDRESS.search(container):
        yield "howpublished", _braced(container)


def _publication(work: _Work) -> Iterator[Field]:
    said = {key: value for key, value in work.record.items() if isinstance(value, str) and value}
    serial = work.type in tables.SERIALS
    if "publisher" in said:
        yield _publisher(work), _braced(said["publisher"])
    for key, field in (("issue", "number" if serial else "issue"), ("number", "eid" if serial else "number")):
        if key in said:
            yield field, _braced(said[key])
    for key in ("series", "volume", "edition"):
        if key in said:
            yield key, _braced(said[key])
    if "pages" in said:
        count = work.type in ("book", "thesis") and tables.is_count(said["pages"])
        pages = re.sub(r"(?<=[^\s-])–(?=[^\s-])", "--", tex(said["pages"]))
        yield ("record:pages" if count else "pages"), f"{{{pages}}}"
    if "place" in said:
        yield "address", _braced(said["place"])


def _publisher(work: _Work) -> str:
    """The field of the publisher: BibTeX has others for theses and reports."""
    field = _PUBLISHERS.get(work.entry, "publisher")
    return "publisher" if any(f"bibtex:{other}" in work.extra for other in _HOUSES) else field


def _numbers(work: _Work) -> Iterator[Field]:
    for key in ("isbn", "issn"):
        if found := texts(work.record.get(key)):
            yield key, f"{{{', '.join(map(_verbatim, found))}}}"
    for key in ("doi", "oclc", "url"):
        for value in texts(work.record.get(key)):
            if value:
                yield key, f"{{{_verbatim(value)}}}"


def _date(work: _Work) -> Iterator[Field]:
    """The year, and month and day where they are known; another date as BibLaTeX has it."""
    year, dates = work.record.get("issued") or "", texts(work.extra.get("issued"))
    date = dates[0] if len(dates) == 1 and _is_line(dates[0]) else ""
    found = _YEAR.search(date)
    if not year and date and not found:
        yield "year", _braced(date)
        return
    if year:
        yield "year", _braced(year)
    if found and found[1] == year:
        if parts := _MONTH.fullmatch(date):
            yield "month", MONTHS[int(parts[2]) - 1]
            if parts[3]:
                yield "day", _braced(parts[3])
        else:
            yield "date", f"{{{_verbatim(date)}}}"
    else:
        yield from _several("extra:issued", dates)


def _extra(work: _Work) -> Iterator[Field]:
    """What has no place in a record, but in the file it came from."""
    for name, value in work.extra.items():
        if name in ("issued", "genre") or (name == "bibtex:entrytype" and work.entry == value):
            continue
        if name == "bibtex:editor" and value == "and others" and work.record.get("editors"):
            continue
        if name == "bibtex:entrysubtype" and value == "newspaper" and work.type == "magazine-article":
            continue
        if name == "keyword":
            yield "keywords", _keywords(texts(value))
        elif name == "citation-key" and all(map(_is_key, texts(value))):
            yield tables.WRITTEN[name], f"{{{', '.join(map(_verbatim, texts(value)))}}}"
        elif (field := _ROLES.get(name)) and all(_is_line(text) for text in texts(value)):
            yield field, f"{{{' and '.join(map(_role, texts(value)))}}}"
        else:
            yield from _several(_field(name, value, work), value)


def _field(name: str, value: Any, work: _Work) -> str:
    """The name of a field for what ``extra`` has under *name*; one that the reader would take otherwise has a colon."""
    bare = name.removeprefix("bibtex:")
    if bare != name:
        lines = bare in tables.NUMBERS and not all(map(_is_line, texts(value)))
        kept = not lines and (bare not in tables.READ or _comes_back(bare, texts(value), work))
        return bare if kept and _PLAIN_NAME.fullmatch(bare) else _encoded(name)
    field = tables.WRITTEN.get(name, name)
    taken = field in ("ids", *tables.ROLES) or (field in tables.NUMBERS and not all(map(_is_line, texts(value))))
    taken |= field == "note" and any(says_unknown(text) or _IS_NUMBER.match(text) for text in texts(value))
    return (
        field
        if name in tables.CSL and not taken
        else _encoded(name if name.startswith(tables.KEPT) else f"extra:{name}")
    )


def _comes_back(field: str, values: list[str], work: _Work) -> bool:
    """Whether the reader only keeps a field, though it knows it, because another stands beside it."""
    record, extra = work.record, work.extra
    if len(values) != 1 or not _is_line(values[0]):
        return False
    if field in _HOUSES and field != "publisher":
        return bool(record.get("publisher")) and record["publisher"] != values[0]
    if field == "location":
        return bool(record.get("place")) and record["place"] != values[0] and work.type != "conference-paper"
    if field == "issue":
        return work.type in tables.SERIALS and record.get("issue") not in (None, "", values[0])
    if field == "howpublished":
        return not _ADDRESS.search(values[0]) and values[0] != record.get("container")
    if field in ("eprint", "eprinttype", "archiveprefix"):
        servers = [text for name in ("eprinttype", "archiveprefix") for text in texts(extra.get(f"bibtex:{name}"))]
        return not any(server.lower() in tables.MEDLINE for server in servers)
    if field in ("maintitle", "mainsubtitle"):
        return bool(record.get("container")) or work.type not in tables.PARTS
    if field == "langid":
        return bool(extra.get("language")) and values[0] not in texts(extra.get("language"))
    return False


def _several(field: str, value: Any) -> Iterator[Field]:
    """A field as often as it has values."""
    for text in texts(value):
        yield field, f"{{{_verbatim(text)}}}" if field in tables.NUMBERS else _braced(text)


def _numbered(fields: Iterable[Field]) -> Iterator[Field]:
    """Fields of which none has the name of another, as Better BibTeX writes those that come again."""
    seen: dict[str, int] = {}
    for name, value in fields:
        count = seen[name] = seen.get(name, -1) + 1
        yield (f"{name}+duplicate-{count}" if count else name), value


def _braced(text: str) -> str:
    """A value in braces; a line of its own is a paragraph of TeX."""
    return f"{{{tex(text)}}}".replace("\n", "\n\n")


def _verbatim(text: str) -> str:
    """What TeX takes as it stands, but for braces, which would end the field or the entry, and its own sign."""
    return text.translate(_BRACES)


def _keywords(found: list[str]) -> str:
    """Keywords between commas; braces where they have such in them."""
    parts = [f"{{{tex(each)}}}" if re.search(r"[,;]", each) else tex(each) for each in found]
    value = ", ".join(part.replace("\n", "\n\n") for part in parts)
    return f"{{{{{value}}}}}" if len(parts) == 1 and parts[0].startswith("{") else f"{{{value}}}"


def _name(name: dict[str, str]) -> str:
    """One name; braces where BibTeX would cut it: bodies, "and", commas, family names of several words."""
    family, given = name.get("family", ""), name.get("given", "")
    if not family:
        return _body(name["literal"])
    if not given:
        return tex(family) if re.fullmatch(r"[\w.'’-]+", family) and not _cut(family) else f"{{{tex(family)}}},"
    if junior := _JUNIOR.fullmatch(given):
        return f"{_part(family, family[0].islower())}, {tex(junior[2])}, {_part(junior[1])}"
    given = f"{{{tex(given)}}}" if is_suffix(given) else _part(given)  # "Reed, Jr." is no given name
    return f"{_part(family, family[0].islower())}, {given}"


def _part(text: str, whole: bool = True) -> str:
    """A part of a name, in braces where it would be cut."""
    return f"{{{tex(text)}}}" if _cut(text) or (" " in text and not whole) else tex(text)


def _cut(text: str) -> bool:
    return re.search(r"[,={}\\]|\b(?:and|others|et)\b|\bal\b\.?$", text, re.I) is not None


def _body(text: str) -> str:
    """A body in braces; they are not to look like those of an accent."""
    escaped = tex(text)
    return f"{{{'{}' if escaped.startswith(chr(92)) else ''}{escaped}}}"


def _role(text: str) -> str:
    """A name that is one text, "Family, Given" or a body."""
    family, comma, given = text.partition(", ")
    if comma and family and given and "," not in family + given:
        return f"{_part(family)}, {_part(given)}"
    return _body(text)


def _is_key(text: str) -> bool:
    """Whether a key can stand in a list of keys."""
    return "," not in text and text == text.strip() and _is_line(text)


def _is_line(text: str) -> bool:
    return "\n" not in text


def _keep_capitals(word: str) -> str:
    """The word as TeX, in braces when a style that lowers titles would spoil it."""
    return f"{{{tex(word)}}}" if word != word.lower() else tex(word)


def _encoded(name: str) -> str:
    """A name for a field, with signs that BibTeX allows."""
    return _NO_NAME.sub(lambda found: f"~{ord(found[0]):x}~", name)


_HOUSES = ("publisher", "institution", "school", "organization")
_ROLES = {held: field for field, held in tables.ROLES.items()}
_IS_NUMBER = re.compile(r"PMC?I?D", re.I)
