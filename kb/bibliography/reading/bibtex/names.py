"""Read the names of BibTeX: people in their parts, bodies in braces, BibLaTeX's named parts, "and others"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bibtexparser.middlewares.names import parse_single_name_into_parts

from kb.bibliography.name_parts import is_suffix, without_suffix
from kb.bibliography.reading.bibtex.tex import plain

Name = dict[str, str]
LONGEST = 1_000  # signs of a name that are parted
_MARK = re.compile(r"\\.|[{}]", re.S)
_AND = re.compile(r"\s+and(?=\s)\s*|^and\s+|\s+and$", re.I)
_OTHERS = re.compile(r"(?:and\s+)?others|et\s+al[.]?", re.I)
_ET_AL = re.compile(r",?\s+et\.?\s+al\.?$", re.I)
_NAMED = re.compile(r"\s*(family|given|prefix|suffix|useprefix|[\w-]+-i|id)\s*=", re.I)


class Names(NamedTuple):
    """The names of a field, and whether it says that there are others."""

    names: list[Name]
    others: bool
    problems: list[str]


def names(text: str) -> Names:
    r"""The names in a field.

    >>> names(r"Ludwig van Beethoven and {World Bank} and others").names
    [{'family': 'van Beethoven', 'given': 'Ludwig'}, {'literal': 'World Bank'}]
    """
    found: list[Name] = []
    others, problems = False, []
    for each in divided(" ".join(text.split()), _AND):
        if _OTHERS.fullmatch(each):
            others = True
            continue
        if _ET_AL.search(each):
            others, each = True, _ET_AL.sub("", each)
        if each.count(",") > 2 and len(parts := divided(each, re.compile(","))) > 3 and not _NAMED.match(each):
            problems.append(f"{len(parts)} parts in the name {plain(each)[:60]!r}: names are divided by “and”")
        if len(each) > LONGEST:
            problems.append(f"a name of {len(each):,} signs: read as one whole")
            found.append({"literal": plain(each)})
        elif name := _name(each):
            found.append(name)
    return Names(found, others, problems)


def divided(text: str, at: re.Pattern[str]) -> list[str]:
    """The parts of a text between matches that do not stand in braces, stripped; empty ones are left out."""
    if "{" not in text:
        return [part for each in at.split(text) if (part := each.strip())]
    hidden = _covered(text)
    parts, start = [], 0
    for found in at.finditer(hidden):
        parts.append(text[start : found.start()])
        start = found.end()
    return [part for each in [*parts, text[start:]] if (part := each.strip())]


def told(name: Name) -> str:
    """A name as one text, for roles that our records do not have."""
    return ", ".join(part for part in (name.get("family"), name.get("given"), name.get("literal")) if part)


def _covered(text: str) -> str:
    """*text* with a sign for each that stands within braces, or after a backslash."""
    out, depth, at = [], 0, 0
    for mark in _MARK.finditer(text):
        out.append("\0" * (mark.start() - at) if depth else text[at : mark.start()])
        if mark[0] in "{}":
            depth = max(0, depth + (1 if mark[0] == "{" else -1))
        out.append("\0" * len(mark[0]))
        at = mark.end()
    out.append("\0" * (len(text) - at) if depth else text[at:])
    return "".join(out)


def _name(text: str) -> Name:
    if _NAMED.match(text):
        return _by_parts(text)
    if body := _body(text):
        return {"literal": body}
    parts = [each.strip() for each in _pieces(text)]
    if len(parts) == 1 or (len(parts) == 2 and is_suffix(parts[1]) and re.search(r"[^{]\s", parts[0])):
        return _forward(text)
    family, given = plain(parts[0]), plain(parts[-1])
    if junior := ", ".join(plain(part) for part in parts[1:-1]):
        given = f"{given}, {junior}" if given else junior
    return _made(family, given)


def _pieces(text: str) -> Iterator[str]:
    """The parts of a name between commas, empty ones too."""
    hidden, start = _covered(text), 0
    for found in re.finditer(",", hidden):
        yield text[start : found.start()]
        start = found.end()
    yield text[start:]


def _body(text: str) -> str:
    """What stands in braces, where all of a name does, and they are not those of an accent."""
    return plain(text[1:-1]) if enclosed(text) and not text.startswith("{\\") else ""


def enclosed(text: str) -> bool:
    """Whether one pair of braces stands around all of a text."""
    if not (text.startswith("{") and text.endswith("}")):
        return False
    depth = 0
    for mark in _MARK.finditer(text):
        if mark[0] in "{}":
            depth += 1 if mark[0] == "{" else -1
            if depth == 0:
                return mark.end() == len(text)
    return False


def _forward(text: str) -> Name:
    """A name as it is spoken, "First von Last", parted by BibTeX's rule; "Jr." behind it is no family name."""
    if not re.search(r"[\s~]", text):
        return _made(plain(text), "")
    name, suffix = without_suffix(text)
    if not re.search(r"[\s~]", name):  # "Jr." is then all there is of a family name
        name, suffix = text, ""
    parts = parse_single_name_into_parts(name, strict=False)
    family, given = " ".join([*parts.von, *parts.last]), " ".join(parts.first)
    return _made(plain(family), ", ".join(filter(None, (plain(given), suffix))))


def _by_parts(text: str) -> Name:
    """A name as BibLaTeX's extended format has it: "family=…, given=…, prefix=…, suffix=…"."""
    parts = {}
    for each in _pieces(text):
        key, _, said = each.partition("=")
        parts[key.strip().lower()] = plain(said.strip().strip('"'))
    family = " ".join(part for key in ("prefix", "family") if (part := parts.get(key)))
    given = ", ".join(part for key in ("given", "suffix") if (part := parts.get(key)))
    return _made(family, given)


def _made(family: str, given: str) -> Name:
    if family and given:
        return {"family": family, "given": given}
    return {"family": family or given} if family or given else {}
