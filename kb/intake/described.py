"""What of a record tells which work it is of, in the form in which two records are compared."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from kb.bibliography.reading.entry import FIELDS, NUMBERS, ROLES
from kb.corpus.numbers import WHOLE, comparable, comparable_doi, whole_doi
from kb.corpus.ontology import fold
from kb.corpus.sources import texts
from kb.corpus.texts import ABSTRACT, Page
from kb.intake.naming import KEPT_KEY

SAID = {*FIELDS, *NUMBERS, *ROLES, "type", "othersOmitted", "extra"}  # keys that an imported record may have
PREPRINTS = {
    "arxiv", "biorxiv", "medrxiv", "chemrxiv", "psyarxiv", "socarxiv", "ssrn", "ssrnelectronicjournal", "osf",
    "researchsquare", "preprints", "preprintsorg", "osfpreprints", "authorea", "techrxiv", "eartharxiv", "engrxiv",
    "zenodo", "figshare",
}  # fmt: skip
COMPARED = 1000  # letters of a title: to compare two takes as long as their lengths multiplied
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>")
_SIGNS = re.compile(r"[\W_]+")
_ROMAN = re.compile(r"\b(?=[ivx])x{0,2}(?:ix|iv|v?i{0,3})\b")
_ABOUT_ANOTHER = {  # titles of what was written about a work, and bears its title
    "correction": r"^(?:(?:publisher|author|editorial) )?(?:correction|corrigend\w+|errat\w+|addend\w+)\b"
    r"|\b(?:corrigendum|erratum)$",
    "retraction": r"^(?:retract\w+|withdrawn|expression of concern)\b",
    "reply": r"^(?:(?:a|the|an|authors?'?s?|in) )*(?:reply|replies|rejoinder|rebuttal|response to)\b"
    r"|\b(?:a|authors?'?) (?:reply|response|rejoinder|rebuttal)$|\ba (?:reply|rejoinder|rebuttal) to\b|^re\b",
    "comment": r"^(?:an? )?(?:invited )?(?:comments?|commentary|discussion|letter) (?:on|to|of|by|about)\b|^comment\w*$"
    r"|\ba (?:comment|commentary|critique)$",
    "review": r"^book reviews?\b|\bbook review$|^reviewed work",
    "abstract": r"^(?:(?:meeting|conference|poster) )?abstracts?\b|\b(?:poster|meeting|conference) abstract$",
}
_MARKS = {name: re.compile(pattern) for name, pattern in _ABOUT_ANOTHER.items()}
_EDITION = re.compile(r"\d+")
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


class Described(NamedTuple):
    """A record as it is compared; a text is "" and a set is empty where the record does not say."""

    kind: str
    title: str  # folded, words alone
    words: tuple[str, ...]
    squeezed: str  # the same without spaces: "post-war" and "postwar" are one
    figures: str  # the digits and Roman numerals of the title, which tell parts of a series apart
    marks: frozenset[str]  # such as correction or reply: what bears the title of another work
    first: frozenset[str]  # words of the first author's name
    person: bool  # whether a person is named, not bodies alone
    year: int  # 0 where it is not known
    container: str
    volume: str
    issue: frozenset[str]  # the numbers in it, as in those of a report
    number: frozenset[str]
    page: str  # the first one; "" also of page 1, where every volume begins
    edition: int
    dois: frozenset[str]
    isbns: frozenset[str]
    pubmed: str
    guessed: bool  # whether its parts, and so its kind, were told from a reference in a text

    @property
    def preprint(self) -> bool:
        """Whether it was made public before, or beside, a publication."""
        return self.kind == "working-paper" or self.container.replace(" ", "") in PREPRINTS

    @property
    def published(self) -> bool:
        """Whether it is known to stand in a journal, book or proceedings."""
        return bool(self.container or self.volume) and not self.preprint


def described(record: Mapping[str, Any]) -> Described:
    """What tells which work a *record* is of.

    >>> found = described({"title": "Mills & <i>towns</i>, Part II", "issued": "2001", "pages": "12–20"})
    >>> found.title, found.figures, found.year, found.page
    ('mills and towns part ii', 'ii', 2001, '12')
    """
    title = plain(str(record.get("title") or "")[:COMPARED])
    extra = record.get("extra") or {}
    return Described(
        kind=str(record.get("type") or "document"),
        title=title,
        words=tuple(title.split()),
        squeezed=title.replace(" ", ""),
        figures="".join(re.findall(r"\d+", title) + _ROMAN.findall(title)),
        marks=frozenset(name for name, pattern in _MARKS.items() if pattern.search(title)),
        first=_first(record),
        person=any(isinstance(name, dict) and name.get("family") for name in _people(record)),
        year=_year(record),
        container=plain(str(record.get("container") or "")[:COMPARED]).removeprefix("the "),
        volume=_leading(str(record.get("volume") or "")),
        issue=_figures(record.get("issue")),
        number=_figures(record.get("number")),
        page=_page(str(record.get("pages") or "")),
        edition=_edition(str(record.get("edition") or "")),
        dois=frozenset(_dois(record)),
        isbns=frozenset(map(comparable, texts(record.get("isbn")))) if record.get("type") in WHOLE else frozenset(),
        pubmed="".join(texts(extra.get("PMID"))[:1]),
        guessed="text:reference" in extra,
    )


def exact(record: Mapping[str, Any], pages: Iterable[Page] = ()) -> list[tuple[str, bytes]]:
    """What a record shares with one that is the same to the letter, and what to call it; nothing if it says nothing.

    That is the text of the work, if it is among the *pages*; else all that the record and its abstract say, if that is
    more than a kind and what has no place of ours. The work of curators, such as a summary, does not count.
    """
    pages = list(pages)
    printed, abstract = (
        _words(each for each in pages if (each.label == ABSTRACT) == wanted) for wanted in (False, True)
    )
    if printed:
        return [("text", _digest(printed))]
    said = {key: value for key, value in record.items() if key in SAID and value}
    if "extra" in said:  # a key is of a file, not of the work
        said["extra"] = {name: value for name, value in said["extra"].items() if name != KEPT_KEY}
        said = said if said["extra"] else {key: value for key, value in said.items() if key != "extra"}
    if not said.keys() - {"type", "extra"}:
        return []
    return [("record", _digest(json.dumps([said, abstract], sort_keys=True)))]


def _words(pages: Iterable[Page]) -> str:
    return " ".join(" ".join(page.text for page in pages).split())


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()


def plain(text: str) -> str:
    """*text* folded, its words alone.

    >>> plain("Trust &amp; power: PM<sub>2.5</sub>")
    'trust and power pm2 5'
    """
    bare = _MARKUP.sub("", text.replace("&amp;", "&")).replace("&", " and ")
    return " ".join(_SIGNS.split(fold(bare))).strip()


def _first(record: Mapping[str, Any]) -> frozenset[str]:
    """The words of the first author's name, or editor's; initials are left out, which a family name hardly is."""
    for name in _people(record):
        if isinstance(name, dict):
            family = plain(str(name.get("family") or name.get("literal") or "")).split()
            given = [word for word in plain(str(name.get("given") or "")).split() if len(word) > 2]
            return frozenset(family + given)
    return frozenset()


def _people(record: Mapping[str, Any]) -> Iterable[Any]:
    people: Iterable[Any] = record.get("authors") or record.get("editors") or ()
    return people


def _figures(value: Any) -> frozenset[str]:
    """The numbers in a value, but for those in words, such as an identifier of the journal in place of an issue.

    >>> sorted(_figures("Suppl 1, 03-4")), _figures("6dr, 2985151r"), sorted(_figures("GAO-06-15"))
    (['1', '3', '4'], frozenset(), ['15', '6'])
    """
    return frozenset(each.lstrip("0") for each in re.findall(r"\b\d+\b", str(value or "")))


def _page(text: str) -> str:
    page = _leading(text)
    return "" if page == "1" else page


def _year(record: Mapping[str, Any]) -> int:
    text = str(record.get("issued") or "")
    return int(text) if re.fullmatch(r"[0-9]{4}", text) else 0


def _leading(text: str) -> str:
    """The first number of a range or list, with its letters: "e963" of "E963–E975"; nothing of "N.PAG".

    >>> _leading("E963–E975"), _leading("610/611"), _leading("N.PAG–N.PAG"), _leading("0012")
    ('e963', '610', '', '12')
    """
    found = re.search(r"[a-z]*\d+", fold(text))
    return re.sub(r"^([a-z]*)0+(?=\d)", r"\1", found[0]) if found else ""


def _edition(text: str) -> int:
    """The number of an edition; 0 where none is named."""
    if found := _EDITION.search(text):
        return int(found[0][:4])
    words = fold(text).split()
    return next((number for number, word in enumerate(_ORDINALS) if word and word in words), 0)


def _dois(record: Mapping[str, Any]) -> Iterable[str]:
    for text in (*texts(record.get("doi")), *texts(record.get("url"))):
        if whole_doi(text):
            yield comparable_doi(text)
