"""Where in a work something stands, such as "p. 940" or a named section: read from text, written as styles have it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

NAMED, PAGE = "named", "page"  # a section under its heading; what a number without a label is
NOWHERE = ("abstract",)  # parts of a work for which no manual wants a place

_TYPED = {  # how each label may be typed, in small letters; of one letter it needs its full stop
    PAGE: "p pp pg page pages s seite seiten",
    "paragraph": "para paras par pars paragraph paragraphs ¶ abs absatz",
    "section": "sec secs sect section sections § §§ abschnitt",
    "chapter": "ch chs chap chaps chapter chapters kap kapitel",
    "part": "pt pts part parts teil",
    "figure": "fig figs figure figures abb abbildung",
    "table": "tab table tables tabelle",
    "line": "l ll line lines zeile",
    "volume": "vol vols volume volumes band",
    "appendix": "app apps appendix appendices anhang",
    "equation": "eq eqs equation equations",
    "note": "n nn note notes fn footnote footnotes",
}
LABELS = {typed: label for label, words in _TYPED.items() for typed in words.split()}
_NUMBER = r"(?:[A-Za-z]?\d[\w.:/]*|[ivxlcdm]+|[IVXLCDM]+|[A-Z])"
_VALUE = rf"{_NUMBER}(?:\s*[-–—]+\s*{_NUMBER})?"
_BETWEEN = r"\s*(?:[,;&]|\band\b|\bund\b)\s*"
_VALUES = re.compile(rf"{_VALUE}(?:{_BETWEEN}{_VALUE})*")
_LABELLED = re.compile(r"(?P<word>[^\W\d_]+|[¶§]+)(?P<stop>\.?)(?P<space>\s*)(?P<rest>\S.*)")
_QUOTED = re.compile(r"[“‘'«„](?P<name>[^“”«»„]+)[“”’'»]")
_APART = re.compile(r"[,;]\s*(?![^“”«»„(]*[”)»])")  # between two parts, not within a heading or brackets
_LONGEST = 300  # characters that are looked through for places
_HEADING = 5  # words of a heading that APA has without quotation marks


class Locator(NamedTuple):
    """A place in a work: its *label*, a value of `LABELS`, `NAMED` or nothing, and its number or name."""

    label: str
    value: str


def read(text: str) -> tuple[Locator, ...]:
    """The places that *text* names, from the larger to the smaller as they come; what has no label stays as it is.

    >>> read("ch. 3, pp. 41, 128")
    (Locator(label='chapter', value='3'), Locator(label='page', value='41, 128'))
    >>> read("section “Results”"), read("opening section"), read("abstract")
    ((Locator(label='named', value='Results'),), (Locator(label='', value='opening section'),), ())
    """
    text = re.sub(r'"([^"]*)"', r"“\1”", " ".join(text.split()))
    if len(text) > _LONGEST:
        return (Locator("", text),)
    found: list[Locator] = []
    for part in filter(None, _APART.split(text)):
        locator, before = _read(part), found[-1] if found else Locator("", "")
        if _VALUES.fullmatch(part) and before.label not in ("", NAMED):  # a further number under the same label
            locator = Locator(before.label, part)
        if locator.label == before.label and locator.label not in ("", NAMED):
            found[-1] = before._replace(value=f"{before.value}, {locator.value}")
        elif part.casefold() not in NOWHERE:
            found.append(locator)
    return tuple(found)


def written(text: str, style: str) -> str:
    """The places that *text* names as *style* writes them, without what goes before them; nothing where there is none.

    >>> [written("p. 940", style) for style in MANNERS]
    ['p. 940', '940', '940', 'p. 940', 'p. 940']
    >>> [written("ch. 3", style) for style in MANNERS]
    ['Chapter 3', 'chap. 3', 'ch. 3', 'ch. 3', 'Ch. 3']
    """
    return ", ".join(_written(locator, style) for locator in read(text))


def located(cited: str, text: str, style: str) -> str:
    """What a style has in the brackets of a citation, with the place that *text* names behind it.

    >>> located("Gray", "pp. 104-106", "mla"), located("Gray 1985", "pp. 104-106", "chicago")
    ('Gray 104–06', 'Gray 1985, 104–6')
    """
    place = written(text, style)
    bare = style == "mla" and place and read(text)[0].label == PAGE  # MLA: the page follows without a comma
    return f"{cited}{' ' if bare else ', '}{place}" if place else cited


def _read(part: str) -> Locator:
    found = _LABELLED.fullmatch(part)
    label = _label(**found.groupdict()) if found else ""
    if found and label:
        rest = found["rest"]
        if _VALUES.fullmatch(rest):
            return Locator(label, rest)
        if label == "section" and (heading := _QUOTED.fullmatch(rest)):
            return Locator(NAMED, heading["name"].strip())
    if _VALUES.fullmatch(part) and any(map(str.isdigit, part)) and ":" not in part:  # 1:30:40 is a time
        return Locator(PAGE, part)
    return Locator("", part)


def _label(word: str, stop: str, space: str, rest: str) -> str:
    """The label that *word* is; a single letter other than p is one with a full stop alone, else part of a number."""
    if len(word) == 1 and word.isalpha() and word not in "pP" and not stop:
        return ""
    if word == "s":  # which is a section to some and a page to others
        return ""
    apart = stop or space or not word.isalpha() or rest[0].isdigit()
    return LABELS.get(word.casefold(), "") if apart else ""


class Manner(NamedTuple):
    """How a style writes places: a label before one number and before several, a heading, and ranges of pages."""

    labels: Mapping[str, tuple[str, str]]
    named: Callable[[str], str]
    pages: Callable[[str, str], str]


def _written(locator: Locator, style: str) -> str:
    manner = MANNERS[style]
    if locator.label == NAMED:
        return manner.named(locator.value)
    if not locator.label:
        return locator.value.replace("(", "[").replace(")", "]") if style != "ieee" else locator.value
    values = [_value(each, manner, locator.label) for each in re.split(_BETWEEN, locator.value)]
    several = len(values) > 1 or "–" in values[0]
    if locator.label == "equation" and style == "ieee":
        values = [f"({value})" for value in values]
    return f"{manner.labels[locator.label][several]} {', '.join(values)}".strip()


def _value(value: str, manner: Manner, label: str) -> str:
    first, *last = (each.strip() for each in re.split("[-–—]+", value))
    if not last:
        return first
    both = first.isdecimal() and last[0].isdecimal() and label == PAGE
    return f"{first}–{manner.pages(first, last[0]) if both else last[0]}"


def _whole(first: str, last: str) -> str:
    """The last page of a range in full (APA): 104–106, also where the range says 104–6."""
    return first[: max(len(first) - len(last), 0)] + last


def _two(first: str, last: str) -> str:
    """The last page in two digits where the rest is as in the first (MLA): 96–101, 103–04, 395–401."""
    last = _whole(first, last)
    kept = len(last) - 2
    return last[kept:] if len(first) == len(last) > 2 and first[:kept] == last[:kept] else last


def _changed(first: str, last: str) -> str:
    """The last page as Chicago has it (9.61): 3–10, 100–104, 101–8, 321–28, 1496–1500."""
    last = _whole(first, last)
    if len(first) != len(last) or int(first) < 100 or int(first) % 100 == 0:
        return last
    same = next((place for place, (a, b) in enumerate(zip(first, last, strict=True)) if a != b), len(last) - 1)
    if int(first) % 100 >= 10:
        same = min(same, len(last) - 2)
    return last if len(last) > 3 and len(last) - same > 2 else last[same:]


def _table(text: str) -> dict[str, tuple[str, str]]:
    """Labels with their words for one and for several, an equals sign and a slash between them; ~ stands for none."""
    pairs = (pair.split("=") for pair in text.replace("~", "").split())
    found = ((label, words.partition("/")) for label, words in pairs)
    return {label: (one, several or one) for label, (one, _, several) in found}


def _capital(labels: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {label: (one[:1].upper() + one[1:], more[:1].upper() + more[1:]) for label, (one, more) in labels.items()}


def _quoted(before: str, opening: str, closing: str) -> Callable[[str], str]:
    return lambda name: f"{before}{opening}{name}{closing}"


def _apa_heading(name: str) -> str:
    """APA 8.28: "Musical Forays section"; a longer heading, or a sentence, stands in quotation marks."""
    plain = len(name.split()) <= _HEADING and name[-1:] not in ".?!"
    return f"{name} section" if plain else f"“{name}” section"


_SHORT = _table(
    "page=p./pp. paragraph=para./paras. section=sec./secs. chapter=chap./chaps. part=pt./pts. figure=fig./figs. "
    "table=table/tables line=line/lines volume=vol./vols. appendix=app./apps. equation=eq./eqs. note=n./nn."
)
_LONG = _table(
    "page=p./pp. paragraph=para./paras. section=Section/Sections chapter=Chapter/Chapters part=Part/Parts "
    "figure=Figure/Figures table=Table/Tables line=Line/Lines volume=Volume/Volumes appendix=Appendix/Appendices "
    "equation=Equation/Equations note=Note/Notes"
)
_BARE = _table("page=~")
# APA 7, 8.13 and 8.28; Chicago 17, 15.23; MLA 9, chapter 6; Cite Them Right; the IEEE Reference Guide.
MANNERS = {
    "apa": Manner(_LONG, _apa_heading, _whole),
    "chicago": Manner(_SHORT | _BARE, _quoted("under ", "“", "”"), _changed),
    "mla": Manner(
        _SHORT | _BARE | _table("paragraph=par./pars. chapter=ch./chs."), _quoted("sec. ", "“", "”"), _two
    ),
    "harvard": Manner(_SHORT | _table("chapter=ch./chs."), _quoted("section ", "‘", "’"), _whole),
    "ieee": Manner(
        _capital(_SHORT | _table("chapter=ch./chs. appendix=appendix/appendices"))
        | _table("page=p./pp. equation=eq./eqs."),
        _quoted("Sec. ", "“", "”"), _whole,
    ),
}  # fmt: skip
