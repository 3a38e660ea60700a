"""A name in the parts that styles and CSL tell apart: given name, particles, family name, suffix; and its initials."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

PARTICLES = frozenset(
    word
    for line in (
        "af al am auf av aus bin binti da dal de degli dei del della delle den der di do dos das du e el ibn la las le",
        "les lo los of op te ten ter 't ’t und van vom von y zu zum zur d' d’ de' de’",
    )
    for word in line.split()
)
SMALL = 3  # letters that may be initials without points, as Medline writes them: "SA"
_LIKE_SUFFIX = r"(?:[JS]r|JR|SR|Junior|Senior)\.?|(?:I{2,3}|IV|VI{1,3})\.?|(?:2nd|3rd|[4-9]th)"
_BEHIND = re.compile(rf"(.*[^\s,],?)\s+({_LIKE_SUFFIX})")  # "King Jr.", "M. L. Jr."
_SUFFIX = re.compile(_LIKE_SUFFIX)
_NUMERAL = re.compile(r"[IVX]+\.?")
_ORDINARY = re.compile(r"([JS])r\.?", re.I)
_INITIAL = re.compile(r"(?<![\w.'’-])([^\W\d_])(?=\s|$)")
_GLUED = re.compile(r"(?<![^\W\d_])([^\W\d_]\.)(?=[^\W\d_])")
_HYPHENS = re.compile("([-‐‑])")


class Parts(NamedTuple):
    """The parts of a person's name; *dropping* particles go before the family name only where that is not first."""

    given: str = ""
    dropping: str = ""
    particle: str = ""
    family: str = ""
    suffix: str = ""


def parts(name: Mapping[str, str]) -> Parts:
    """The parts of a *name* of a source file that has a family name.

    >>> parts({"family": "de la Cruz", "given": "Sammy, Jr."})
    Parts(given='Sammy', dropping='', particle='de la', family='Cruz', suffix='Jr.')
    >>> parts({"family": "Humboldt", "given": "Alexander von"})
    Parts(given='Alexander', dropping='von', particle='', family='Humboldt', suffix='')
    """
    family, (given, _, suffix) = name["family"], name.get("given", "").partition(", ")
    if not suffix:
        given, suffix = without_suffix(given)
    if not suffix and given:
        family, suffix = without_suffix(family)
    words, own = given.split(" "), family.split(" ")
    drop = len(words)
    while drop > 1 and words[drop - 1] in PARTICLES:
        drop -= 1
    particles = next((at for at, word in enumerate(own[:-1]) if word not in PARTICLES), len(own) - 1)
    return Parts(
        " ".join(words[:drop]), " ".join(words[drop:]), " ".join(own[:particles]), " ".join(own[particles:]), suffix
    )


def is_suffix(text: str) -> bool:
    """Whether a *text* is such as stands behind a name: "Jr.", "III"."""
    return bool(_SUFFIX.fullmatch(text))


def without_suffix(text: str) -> tuple[str, str]:
    """A *text* that ends with a suffix, and this; the text as it is where it has none.

    >>> without_suffix("Martin Luther King, Jr."), without_suffix("Cy Reed")
    (('Martin Luther King', 'Jr.'), ('Cy Reed', ''))
    """
    found = _BEHIND.fullmatch(text)
    return (found[1].rstrip(" ,"), found[2]) if found else (text, "")


def spoken(given: str, family: str) -> str:
    """A name in the order in which it is spoken.

    >>> spoken("Sammy, Jr.", "Davis"), spoken("John, III", "Reed"), spoken("Jean d’", "Alembert")
    ('Sammy Davis, Jr.', 'John Reed III', 'Jean d’Alembert')
    """
    if not given or not family:
        return given or family
    name = parts({"family": family, "given": given})
    before = " ".join(filter(None, (name.given, name.dropping)))
    whole = f"{before}{'' if before.endswith(('d’', chr(100) + chr(39))) else ' '}"
    whole += " ".join(filter(None, (name.particle, name.family)))
    return f"{whole}{' ' if is_numeral(name.suffix) else ', '}{name.suffix}" if name.suffix else whole


def is_numeral(suffix: str) -> bool:
    """Whether a suffix is a number, before which no comma stands in a name that is not inverted."""
    return bool(_NUMERAL.fullmatch(suffix)) or suffix[:1].isdigit()


def printed_suffix(suffix: str) -> str:
    """A suffix as style guides write it.

    >>> printed_suffix("JR"), printed_suffix("III.")
    ('Jr.', 'III')
    """
    if found := _ORDINARY.fullmatch(suffix):
        return f"{found[1].upper()}r."
    return suffix.rstrip(".") if _NUMERAL.fullmatch(suffix) else suffix


def spaced(given: str, family: str = "") -> str:
    """A given name whose initials have a point and a space after each; by-names in brackets are left out.

    >>> spaced("S.A."), spaced("SA"), spaced("Tamsin A"), spaced("J.-P."), spaced("JO", "REED")
    ('S. A.', 'S. A.', 'Tamsin A.', 'J.-P.', 'JO')
    """
    given = re.sub(r"\s*\(.*?\)", "", given).strip() or given
    if given.isalpha() and given.isupper() and len(given) <= SMALL and (len(given) == 1 or not family.isupper()):
        return " ".join(f"{letter}." for letter in given)
    given = _INITIAL.sub(lambda found: found[0] + "." * found[0].isupper(), given)
    return _GLUED.sub(r"\1 ", given)


def initials(given: str, between: str = " ") -> str:
    """The initials of a `spaced` given name; small words within stay, and words in scripts without capitals.

    >>> initials("Jean-Luc A."), initials("Juan de Dios"), initials("bell"), initials("明"), initials("S. A.", "")
    ('J.-L. A.', 'J. de D.', 'b.', '明', 'S.A.')
    """
    text, before = "", ""
    for word in given.split():
        made = word if text and word.islower() else _initial(word)
        text += (between if before.endswith(".") and made.endswith(".") else " " if text else "") + made
        before = made
    return text


def _initial(word: str) -> str:
    """The initial of a word, or initials with hyphens between."""
    made = ""
    for at, part in enumerate(_HYPHENS.split(word)):
        if at % 2 or not (letter := next(filter(str.isalpha, part), "")):
            made += part if at % 2 else ""
        elif letter.isupper() or letter.islower():
            made += f"{letter.upper() if at else letter}."
        else:
            return word
    return made.rstrip("-‐‑") or word
