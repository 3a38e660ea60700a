"""Name a new source: an id of family names and year that nothing has yet, as the guide of the corpus tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from string import ascii_lowercase
from typing import Any

from kb.bibliography.name_parts import without_suffix
from kb.bibliography.work import OTHERS, leading
from kb.corpus.ontology import fold
from kb.corpus.sources import SLUG, texts

UNDATED, UNNAMED = "n-d", "work"
LONGEST = 60  # letters of the names in an id
DIGITS = 8  # of what stands in place of a year
TITLE_WORDS = 3
KEPT_KEY = "citation-key"  # what CSL calls the key of a work in some file; it stands in ``extra``
_PLAIN = str.maketrans(  # letters that are no letter with a sign; Greek and Cyrillic after ISO 843 and ISO 9
    dict(zip("øłđðħıŋĸſ", "olddhinks", strict=True))
    | {"æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}
    | dict(zip("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo", strict=True))
    | {"θ": "th", "χ": "ch", "ψ": "ps", "ς": "s"}
    | dict(zip("абвгдезийклмнопрстуфхыіў", "abvgdezijklmnoprstufhyiu", strict=True))
    | {"ж": "zh", "ц": "c", "ч": "ch", "ш": "sh", "щ": "shch", "э": "e", "ю": "yu", "я": "ya", "ъ": "", "ь": ""}
    | {"є": "ye", "ґ": "g", "ђ": "d", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz"}
)
_SMALL = frozenset(["a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with", "der", "die", "das", "de"])


class Namer:
    """Gives each new source its id, which is not *taken*: names and year, and a letter where another one has these.

    >>> namer = Namer({"omill-2001"}.__contains__)
    >>> namer.new_id({"authors": [{"family": "O’Mill"}], "issued": "2001"})
    'omill-2001a'
    """

    def __init__(self, taken: Callable[[str], bool]) -> None:
        self._taken = taken
        self._letters: dict[str, Iterator[str]] = {}  # those that a name and year has left

    def new_id(self, record: Mapping[str, Any], key: str = "") -> str:
        """An id that has not been given before: the *key* of the record in its file, if that has the form of ours."""
        if "-" in key and len(key) <= LONGEST and SLUG.fullmatch(key) and not self._taken(key):
            return key
        year = re.sub(r"\D", "", str(record.get("issued") or ""))[:DIGITS]
        stem = f"{called(record)}-{year or UNDATED}"
        if stem not in self._letters:
            self._letters[stem] = _letters("" if year else "-")
        return next(id for letters in self._letters[stem] if not self._taken(id := stem + letters))


def with_key(record: Mapping[str, Any], key: str, id: str) -> dict[str, Any]:
    """The *record* of a source *id* with the *key* that its file has for it, if it is another.

    >>> with_key({"type": "book"}, "muller_2018", "muller-2018")
    {'type': 'book', 'extra': {'citation-key': 'muller_2018'}}
    """
    extra = dict(record.get("extra") or {})
    if "text:reference" in extra:  # the number that it has in a list
        key = ""
    keys = [each for each in dict.fromkeys([key, *texts(extra.pop(KEPT_KEY, None))]) if each not in ("", id)]
    if keys:
        extra[KEPT_KEY] = keys[0] if len(keys) == 1 else keys
    rest = {name: value for name, value in record.items() if name != "extra"}
    return rest | ({"extra": dict(sorted(extra.items()))} if extra else {})


def called(record: Mapping[str, Any]) -> str:
    """What an id calls a work by: one or two names, the first and "etal", or words of the title.

    >>> called({"authors": [{"family": "Łoś"}, {"family": "Šimić"}, {"family": "Iñárritu"}]})
    'los-etal'
    >>> called({"authors": [{"literal": "National Research Council"}]}), called({"title": "The flows of power: notes"})
    ('nrc', 'flows-power')
    """
    people = [] if record.get("type") == "legislation" else leading(record)
    names = [name for each in people if each != OTHERS and (name := _name(each))]
    if len(people) > 2 or OTHERS in people:
        names = [*names[:1], "etal"] if names else []
    head = re.split(r"[:.?!]\s", str(record.get("title") or ""))[0]
    words = [word for word in slug(head).split("-") if word not in _SMALL][:TITLE_WORDS]
    return (_cut("-".join(names)) or _cut("-".join(words)) or UNNAMED).strip("-")


def slug(text: str) -> str:
    """*text* in small plain letters, digits and hyphens.

    >>> slug("Žižek’s “Straße”"), slug("Достоевский")
    ('zizeks-strasse', 'dostoevskii')
    """
    plain = fold(re.sub("[’'`´ʼ]", "", fold(text).translate(_PLAIN)))
    return "-".join(re.findall(r"[a-z0-9]+", plain))


def _name(name: Mapping[str, str]) -> str:
    """A family name, or a body by its short form: initials of more than two words, or what stands in brackets."""
    if name.get("family"):
        return slug(without_suffix(name["family"])[0])
    body = name.get("literal", "")
    if short := re.search(r"\(([A-Z][\w&-]{1,9})\)", body):
        return slug(short[1])
    words = [word for word in slug(body).split("-") if word not in _SMALL]
    return "".join(word[0] for word in words) if len(words) > 2 else "-".join(words)


def _cut(text: str) -> str:
    """At most LONGEST letters, whole words if it can be."""
    return text if len(text) <= LONGEST else text[: LONGEST + 1].rpartition("-")[0] or text[:LONGEST]


def _letters(mark: str) -> Iterator[str]:
    """What tells works of one name and year apart: nothing, a to z behind a *mark*, and then numbers."""
    yield ""
    yield from (mark + letter for letter in ascii_lowercase)
    yield from (f"-{number}" for number in count(27))
