"""An entry of an imported file: the record of a work in our keys, with what has no place of ours kept beside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple, TypeVar

from stdnum import isbn, issn
from stdnum.exceptions import ValidationError

from kb.corpus.numbers import bare_doi, isbns, issns
from kb.corpus.sources import texts
from kb.corpus.texts import ABSTRACT, Page
from kb.corpus.written import ORDER
from kb.errors import KBError

TYPES = (
    "article", "book", "chapter", "conference-paper", "document", "legislation", "magazine-article",
    "reference-entry", "report", "thesis", "webpage", "working-paper",
)  # fmt: skip
FIELDS = (  # keys of a source file that hold one text of a record
    "title", "issued", "container", "series", "number", "volume", "issue", "pages", "edition", "place", "publisher",
    "doi", "oclc",
)  # fmt: skip
NUMBERS = ("isbn", "issn", "url")  # keys that hold one text or several
EXTRA = "extra."  # before the names of what stands in ``extra``, which may be called as a key is
ROLES = ("authors", "editors")
NAME = 80  # signs of a name in extra
PROBLEM, KEY = 1_000, 500  # signs of a problem, and of what a file calls an entry
UNREAD = "\ufffd"  # stands for what decoding could not read
NOT_READ = "a sign could not be read: “?” stands for it; compare"
ONE_PAGE = "one page is given: it may be where the work begins, or the page that was cited"  # a problem
UNNAMED = "unnamed"  # what stands in extra under no name that can be written
YEAR = re.compile(r"(?<!\d)(-?\d{4})(?!\d)")
_RANGE = re.compile(r"(?<=[\w.])\s*(?:-{1,3}|[‐‑‒–—−])\s*(?=\w)")

_SURROGATE = re.compile("[\ud800-\udfff]")  # halves of a sign, which JSON can hold and no file in UTF-8
_MERGE = "<<"  # which YAML takes for an order

Extra = dict[str, str | list[str]]


class Entry(NamedTuple):
    """What one place of a file says of a work.

    *record* has the keys of a source file, every scalar a string, and ``extra``, what none of them takes: under its
    CSL name, or where there is none as ``format:FIELD``. *line* is where the entry begins, from 1; *key* what the
    file calls it (a citation key, an ID). *pages* hold its text, or only its abstract, which are not for publication.
    *problems* are for the one who imports it. Of an entry that is not *readable* they say why.
    """

    record: dict[str, Any]
    line: int
    key: str = ""
    pages: tuple[Page, ...] = ()
    problems: tuple[str, ...] = ()
    readable: bool = True


Made = TypeVar("Made", Entry, Entry | None)


def attempt(make: Callable[[], Made], line: int, key: str = "") -> Made | Entry:
    """What *make* makes of what stands at a *line*; a mistake of ours costs this one alone."""
    try:
        return make()
    except (KBError, OSError, MemoryError):
        raise
    except RecursionError:
        return unreadable(line, "is nested too deeply to be read", key)
    except Exception as error:
        return unreadable(
            line, f"a mistake of this program: {type(error).__name__}: {str(error)[:300]}: report it", key
        )


def unreadable(line: int, why: str, key: str = "") -> Entry:
    """An entry of which nothing can be taken."""
    return Entry({}, line, _short(key, KEY), problems=(_short(why, PROBLEM),), readable=False)


def entry(
    said: Mapping[str, Any], extra: Mapping[str, Any], line: int, key: str = "", abstract: str = "",
    pages: Iterable[Page] = (), problems: Iterable[str] = (),
) -> Entry:  # fmt: skip
    """An entry from what a file *said* under our keys, in its own spelling: `kb check` finds no error in the record.

    A value that our keys cannot hold goes to ``extra``, and a problem tells it; a date that says more than the year
    is kept there too. Names are ``{family, given}`` or ``{literal}``. Those in ``extra`` are of one line and of no
    more than NAME signs; where that makes two of them one, the second has a number.

    >>> entry({"type": "book", "title": " Reeds  in wind ", "issued": "May 2001", "isbn": "1"}, {}, 3)[:2]
    ({'type': 'book', 'title': 'Reeds in wind', 'issued': '2001', 'extra': {'isbn': '1', 'issued': 'May 2001'}}, 3)
    """
    record: dict[str, Any] = {"type": said["type"] if said.get("type") in TYPES else "document"}
    rest: Extra = {}
    for kept, what in zip(_names_kept(extra), extra.values(), strict=True):
        _keep(rest, kept, what)
    told = [*problems, *([NOT_READ] if UNREAD in repr(said) else [])]
    for field in FIELDS:
        if value := clean(" ".join(texts(said.get(field)))):
            record |= _field(field, value, rest, told)
    for role in ROLES:
        if names := [name for each in said.get(role) or () if (name := _name(each))]:
            record[role] = names
    if said.get("othersOmitted") == "true" and record.get("authors"):
        record["othersOmitted"] = "true"
    for field in NUMBERS:
        if numbers := _numbers(field, said.get(field), rest, told):
            record[field] = numbers[0] if len(numbers) == 1 else numbers
    if rest:
        record["extra"] = dict(sorted(rest.items()))
    summary = [Page(ABSTRACT, said_in_short)] if (said_in_short := _text(abstract)) else []
    read = (Page(clean(page.label), _SURROGATE.sub("", page.text)) for page in pages)
    problems = dict.fromkeys(_short(each, PROBLEM) for each in told)
    return Entry(_ordered(record), line, _short(key, KEY), (*summary, *read), tuple(problems))


def clean(text: str) -> str:
    """*text* on one line, composed (NFC), without signs that cannot be printed; "?" stands for those not read."""
    plain = unicodedata.normalize("NFC", " ".join(text.replace(UNREAD, "?").split()))
    if plain.isprintable():  # most are; to look at each sign takes a hundred times as long
        return plain
    shown = "".join(c for c in plain if c.isspace() or _prints(c))
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def name_kept(name: str) -> str:
    r"""*name* as a name in ``extra``: on one line, without signs that do not show, and not too long; it may be empty.

    >>> name_kept("bibtex:a\ud800\n b"), name_kept("<<"), len(name_kept("x" * 2000))
    ('bibtex:a b', '', 80)
    """
    name = _short("".join(c for c in clean(name) if unicodedata.category(c) != "Cf"), NAME)
    return "" if name == _MERGE else name


def page_range(text: str) -> str:
    """Pages with an en dash between them.

    >>> page_range("181--195"), page_range("12-15, 20"), page_range("e0123")
    ('181–195', '12–15, 20', 'e0123')
    """
    return _RANGE.sub("–", text)


def span(first: str, last: str = "") -> str:
    """Pages by the first and the last of them, of which one may be all that is known.

    >>> span("181", "195"), span("181", "181"), span("", "195")
    ('181–195', '181', '195')
    """
    return f"{first}–{last}" if first and last and first != last else first or last


def _prints(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs", "Co", "Cn") and sign not in "\u200b\ufeff"


def _short(text: str, most: int) -> str:
    """*text* cleaned, and cut where it is longer than it may be."""
    text = clean(text)
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _names_kept(names: Collection[str]) -> Iterator[str]:
    """A name for each of some *names*, no two the same."""
    wanted = [name_kept(name) for name in names]
    taken = {made for name, made in zip(names, wanted, strict=True) if name == made}
    for name, made in zip(names, wanted, strict=True):
        if name != made or not made:
            made = next(each for each in _numbered(made or UNNAMED) if each not in taken)
            taken.add(made)
        yield made


def _numbered(name: str) -> Iterator[str]:
    """*name*, and then with numbers behind it."""
    yield name
    for number in count(2):
        yield f"{name[: NAME - 1 - len(str(number))].rstrip()} {number}"


def _text(text: str) -> str:
    """*text* with its paragraphs, cleaned."""
    return "\n".join(line for part in text.replace("\f", "\n").splitlines() if (line := clean(part)))


def _field(field: str, text: str, rest: Extra, told: list[str]) -> dict[str, str]:
    """A single value as our key holds it, if it can."""
    if field == "issued":
        return _issued(text, rest, told)
    if field == "pages":
        return {field: page_range(text)}
    if field == "doi":
        if doi := bare_doi(text):
            return {field: doi}
        _aside(field, text, "is no DOI", rest, told)
        return {}
    return {field: text}


def _issued(text: str, rest: Extra, told: list[str]) -> dict[str, str]:
    """The year of a date; what else it says is kept."""
    found = YEAR.search(text)
    if found is None or found[1] != text:
        _keep(rest, "issued", text)
    if found is None:
        told.append(f"no year in the date {text!r}: kept in extra")
        return {}
    return {"issued": found[1]}


def _numbers(field: str, value: Any, rest: Extra, told: list[str]) -> list[str]:
    """The ISBNs, ISSNs or addresses in a value; what is none goes to *rest*."""
    found: list[str] = []
    for text in map(clean, texts(value)):
        for number in _split(field, text) or [text]:
            if not number:
                continue
            if wrong := _wrong(field, number):
                _aside(field, number, wrong, rest, told)
            elif number not in found:
                found.append(number)
    return found


def _split(field: str, text: str) -> list[str]:
    """The numbers that stand in one text, as we write them."""
    if field == "isbn":
        return isbns(text)
    if field == "issn":
        return issns(text)
    return text.split() if text.startswith(("http://", "https://")) else []


def _wrong(field: str, number: str) -> str:
    """What is wrong with a number or address."""
    if field == "url":
        return "" if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", number) else "is no web address"
    try:
        (isbn if field == "isbn" else issn).validate(number)
    except ValidationError as error:
        return f"is no {field.upper()} ({str(error).rstrip('.').lower()})"
    return ""


def _aside(field: str, text: str, wrong: str, rest: Extra, told: list[str]) -> None:
    """Keep a value that our key cannot hold, and tell it."""
    _keep(rest, field, text)
    told.append(f"{field}: {text[:80]!r} {wrong}: kept in extra")


def _keep(rest: Extra, name: str, value: Any) -> None:
    """Keep a value under *name*, beside what is there."""
    held = texts(rest.get(name)) + [line for each in texts(value) if (line := _text(each))]
    held = list(dict.fromkeys(held))
    if held:
        rest[name] = held[0] if len(held) == 1 else held


def _name(name: Mapping[str, str]) -> dict[str, str]:
    """A name with its parts cleaned: family with given, or a body."""
    parts = {part: text for part in ("family", "given", "literal") if (text := clean(name.get(part, "")))}
    if "literal" in parts or "family" not in parts:
        whole = parts.get("literal") or parts.get("given", "")
        return {"literal": whole} if whole else {}
    return parts


def _ordered(record: dict[str, Any]) -> dict[str, Any]:
    return {key: record[key] for key in ORDER if key in record}
