"""Names of people and bodies as references print them: inverted or not, in full or with initials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kb.bibliography.name_parts import is_suffix, printed_suffix, without_suffix

LONGEST = 6_000  # characters of a list of names
_UP = r"A-ZÀ-ÖØ-ÞĀ-ž"
PARTICLES = (
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "ten", "ter",
    "el", "al", "bin", "ibn", "zu", "zur", "af", "av",
)  # fmt: skip
_PARTICLE = rf"(?:(?:{'|'.join(PARTICLES)})\s+|[Dd]['’]|[Aa]l-)"
_WORD = rf"[{_UP}][\w'’‐-]+"
FAMILY = rf"(?:{_PARTICLE})*{_WORD}(?:\s+(?:{_PARTICLE})*{_WORD}){{0,3}}"
INITIALS = rf"[{_UP}]\.?(?:[\s-]*[{_UP}]\.?){{0,4}}"
_INVERTED = re.compile(
    rf"(?P<family>{FAMILY}),\s*(?P<given>{INITIALS})(?![\w'’])(?:,?\s*(?P<suffix>Jr|Sr|I{{2,3}}|IV)\.?)?"
)
_CITED = re.compile(
    rf"(?P<family>{FAMILY})\s+(?P<given>[{_UP}](?:[{_UP}-]){{0,3}})(?:\s+(?P<suffix>Jr|Sr|2nd|3rd)\.?)?"
)
_BETWEEN = re.compile(
    r"(?:\s*[,;]?\s*(?:&|\+|\band\b|\bund\b|\by\b|\bet\b(?!\s+al))\s*|\s*[,;]\s*|\s*…\s*|\s*\.{3}\s*)"
)
_BODY = re.compile(
    r"\b(?:agenc|alliance|assembl|associat|authorit|bank\b|board|bureau|cent(?:er|re)|coalition|college|comisi|commission"
    r"|committee|communit|company|congress|consorti|corporation|council|department|depart\.|dept|division|federa"
    r"|forum|foundation|fund\b|gesellschaft|government|group|initiative|institut|international|laborator|ministr"
    r"|minister|museum|nation|network|office|organi[sz]ation|parliament|program|project|republic|research"
    r"|school|secretariat|service|society|stiftung|task force|team|trust\b|union|universi|verband)",
    re.I,
)
_OTHERS = re.compile(r"[,;]?\s*(?:&\s*|and\s+|und\s+)?\b(?:et\s+al|u\.\s?a|others|and colleagues)\b\.?,?\s*$", re.I)
_POINT = re.compile(r"(?<=[^\W\d_]{2})(?<!Inc)(?<!Ltd)(?<!Corp)(?<!Co)\.$")  # the one that ends the list
_EDITORS = re.compile(r"[,.]?\s*[(\[]?\s*\b(?:eds?|editors?|hrsg|hgg?)\b\.?\s*[)\]]?\s*[.,]?\s*$", re.I)


_DIRECT = rf"(?:[{_UP}][\w'’-]*\.?\s+|[{_UP}]\.-?)+(?:{_PARTICLE})*{_WORD}"
DIRECT = (
    rf"{_DIRECT}(?:(?:,\s+{_DIRECT})*,?\s+(?:and|&|und)\s+{_DIRECT}|,?\s+et\s+al)?"  # "Jo Mo, A. B. Doe, and Cy Reed"
)


class Names(NamedTuple):
    """Names in their order; whether there are more, whether they are editors, and whether they are doubtful."""

    people: tuple[dict[str, str], ...]
    omitted: bool = False
    editors: bool = False
    doubtful: bool = False


def names(text: str) -> Names | None:
    """The names that a *text* is a list of; nothing where it is none.

    >>> names("Gillett, A., & Scott, J. M.").people
    ({'family': 'Gillett', 'given': 'A.'}, {'family': 'Scott', 'given': 'J. M.'})
    >>> names("Riviello R, Hsia RY, et al").people[1], names("Riviello R, Hsia RY, et al").omitted
    ({'family': 'Hsia', 'given': 'R. Y.'}, True)
    >>> names("World Bank").people
    ({'literal': 'World Bank'},)
    """
    text = _POINT.sub("", text.strip(" ,;:"))
    if not text or len(text) > LONGEST:
        return None
    text, editors = _without(_EDITORS, text)
    text, omitted = _without(_OTHERS, text)
    text, late = _without(_EDITORS, text)
    if (found := _list(text.strip(" ,;"))) is None or not found.people:
        return None
    return found._replace(omitted=omitted, editors=editors or late)


def person(family: str, given: str = "", suffix: str = "") -> dict[str, str]:
    """A name with its initials spaced and a family name in capitals as others write it.

    >>> person("LINDEN", "RM"), person("P.J. Mol", "Arthur")
    ({'family': 'Linden', 'given': 'R. M.'}, {'family': 'Mol', 'given': 'Arthur P. J.'})
    >>> person("King", "Martin Luther, Jr")
    {'family': 'King', 'given': 'Martin Luther, Jr.'}
    """
    family, given = family.strip(" ,;"), given.strip(" ,;")
    if moved := re.fullmatch(rf"((?:[{_UP}]\.[\s-]*)+)([^\W\d_].+)", family):
        family, given = moved[2], f"{given} {moved[1]}"
    if len(family) > 3 and family.isupper():
        family = "-".join(part.capitalize() for part in family.split("-")) if "'" not in family else family.title()
    given = re.sub(r"(?<=[^\W\d_]{3})\.$", "", given)
    if not suffix:
        given, suffix = without_suffix(given)
    given = ", ".join(filter(None, (_spaced(given).strip(" ,"), printed_suffix(suffix))))
    return {"family": family, "given": given} if given else {"family": family}


def is_body(text: str) -> bool:
    """Whether a name without a comma is that of an organisation."""
    words = text.split()
    if len(words) == 1:
        return not words[0].istitle() or bool(_BODY.search(text))
    large = [word for word in words if not word[:1].islower()]
    if len(large) * 2 < len(words):
        return False
    return bool(_BODY.search(text)) or (len(words) > 4 and not re.search(rf",|\b[{_UP}]\.", text))


def _without(pattern: re.Pattern[str], text: str) -> tuple[str, bool]:
    found = pattern.search(text)
    return (text[: found.start()], True) if found else (text, False)


def _list(text: str) -> Names | None:
    for read in (_by_semicolons, _run_of_inverted, _run_of_cited, _mixed):
        if (found := read(text)) is not None:
            return found
    return None


def _by_semicolons(text: str) -> Names | None:
    """ "Family, Given; Family, Given", as library catalogues and Wikipedia have it."""
    if ";" not in text:
        return None
    parts = [part.strip() for part in re.split(r";|\s&\s", text) if part.strip()]
    people = [_one(part) for part in parts]
    return None if None in people else Names(tuple(each for each in people if each))


def _one(text: str) -> dict[str, str] | None:
    """One name, inverted or not."""
    if len(text.split()) > 8 and not is_body(text):
        return None
    family, comma, given = text.partition(",")
    if comma and given.count(",") < 2 and not is_body(text):
        given, _, suffix = given.partition(",")
        return person(family, given, suffix.strip(" .")) if len(given.split()) < 6 else None
    if comma and not is_body(text):
        return None
    if found := _CITED.fullmatch(text.rstrip(".")):
        return person(**{part: value or "" for part, value in found.groupdict().items()})
    return _direct(text)


def _direct(text: str) -> dict[str, str] | None:
    """ "Given Family", or a body."""
    text = text.strip()
    if not re.match(rf"(?:{_PARTICLE})*[{_UP}\d]", text) and not re.match(r"[^\W\d_a-z]", text):
        return None
    if is_body(text):
        return {"literal": text}
    if not re.fullmatch(r"[^\W\d_][\w.'’‐\s-]*", text) or len(text.split()) < 2:
        return {"literal": text} if re.fullmatch(rf"[{_UP}][^\W\d_]{{2,}}", text) else None
    text, suffix = without_suffix(text)
    found = re.fullmatch(rf"(?P<given>.+?)\s+(?P<family>(?i:{_PARTICLE})*[^\Wa-z]\S*)", text)
    return person(found["family"], found["given"], suffix) if found and len(found["family"].strip(".")) > 1 else None


def _run_of_inverted(text: str) -> Names | None:
    return _run(_INVERTED, text)


def _run_of_cited(text: str) -> Names | None:
    return _run(_CITED, text)


def _run(pattern: re.Pattern[str], text: str) -> Names | None:
    """Names of one form all through, with commas or "and" between."""
    people, at = [], 0
    while found := pattern.match(text, at):
        people.append(person(**{part: value or "" for part, value in found.groupdict().items()}))
        at = found.end()
        if not (between := _BETWEEN.match(text, at)):
            break
        at = between.end()
    return Names(tuple(people)) if people and not text[at:].strip(" .,;") else None


def _mixed(text: str) -> Names | None:
    """ "Gray, Barbara, John Doe, and Jane Roe"; "B. Gray and C. Doe"; a single name; a body."""
    if is_body(text) and len(text) < 300 and (text[:1].isupper() or text[:1].isdigit()):
        return (
            None
            if re.search(r"[.?!]\s+[A-Z]\w+\s+\w+\s", text) and "U.S." not in text
            else Names(({"literal": re.sub(r"(?<=\w{4})\.$", "", text)},))
        )
    parts = list(_parts(text))
    if not parts or any(_words(part) > 5 or re.search(r"[\d:?!()]", part) for part in parts):
        return None
    first, doubtful = _first(parts)
    rest = [_direct(part) for part in parts]
    if first is None or any(each is None or "family" not in each for each in rest):
        return None
    return Names((first, *(each for each in rest if each)), doubtful=doubtful)


def _parts(text: str) -> Iterator[str]:
    """The parts between commas and "and"; a suffix stays with the name before it."""
    found: list[str] = []
    for each in re.split(r",|\s(?:&|and|und|y)\s", text):
        if is_suffix(part := each.strip()) and found:
            found[-1] += f" {part}"
        elif part:
            found.append(part)
    yield from found


def _words(name: str) -> int:
    return sum(word.lower() not in PARTICLES for word in name.split())


def _first(parts: list[str]) -> tuple[dict[str, str] | None, bool]:
    """The first name, taken from the *parts*: one of them, or two where it is inverted."""
    begin = parts.pop(0)
    if re.fullmatch(rf"(?:[{_UP}]\.\s*)+", begin) and len(parts) == 2 and all(len(each.split()) == 1 for each in parts):
        return person(parts.pop(0), f"{parts.pop(0)} {begin}"), True  # "K., Duraiappah, Anantha"
    if len(begin.split()) >= 2 and (not parts or len(parts[0].split()) >= 2):
        return _direct(begin), False
    if parts and re.fullmatch(rf"(?:{_PARTICLE})*[{_UP}][^.].*", begin):
        return person(begin, parts.pop(0)), False
    return (_direct(begin), False) if not parts else (None, False)


def _spaced(given: str) -> str:
    """Initials with a point and a space after each: "RM", "R.M." → "R. M."."""
    if re.fullmatch(rf"[{_UP}]{{1,3}}", given):
        return " ".join(f"{letter}." for letter in given)
    given = re.sub(rf"\b([{_UP}])(?=\s|$)", r"\1.", given)
    return re.sub(rf"\b([{_UP}]\.)(?=[{_UP}])", r"\1 ", " ".join(given.split()))
