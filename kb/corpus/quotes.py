"""Words quoted from a work, looked up in its text: on which page they stand, or what stands there instead."""

from __future__ import annotations

import os
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from kb.corpus import texts
from kb.corpus.sources import Corpus, Source
from kb.corpus.texts import ABSTRACT, PRINTED, Page, flowing, locator
from kb.errors import NotFound

LEFT_OUT = 2_000  # letters that an ellipsis may stand for: about a page
INSERTED = 60  # letters that words in square brackets may stand in place of
MARGIN = 150  # letters that may stand between two pages: what is printed at the foot of one and the head of the next
EDGE = 8  # letters of a quote on each of two pages at least
PLACES = 1_000  # of a quote that is only a word or two
NEAR = 75.0  # of 100: how like a quote something is that may be meant by it; unlike texts reach 60
TRIED, WINDOW = 5, 400  # how many stretches of a text, of so many words or more, are compared letter by letter
TOLD = 60  # words of what stands there instead
RUN, SHORT = 3, 12  # words in a row that a short quote, of so many words at most, has with a text where it is near
_SIGNS = str.maketrans("“”„«»‘’‚", '"""""\'\'\'')  # quotation marks, which are set in print otherwise than typed
_WORD = re.compile(r"[^\W_]+")
_DOTS = r"(?:…|\.\s?\.\s?\.)"
_CHANGED = re.compile(rf"(?P<gap>\[\s?{_DOTS}\s?\]|\(\s?{_DOTS}\s?\)|{_DOTS})|\[[^\[\]]{{0,200}}\]")
_LABEL = r"(?:[A-Za-z]{0,2}[-.]?\d{1,6}[a-z]?|[ivxlcdm]{1,12}|[IVXLCDM]{1,12})\b"
_RANGE = rf"{_LABEL}(?:\s?[-–—]\s?{_LABEL})?"
_PAGES = re.compile(rf"\bpp?\.\s?({_RANGE}(?:\s?(?:,|;|&|and)\s?{_RANGE})*)")
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


class Found(NamedTuple):
    """Where a quote stands: the labels of the pages where it begins and ends; *exact*: to the letter, but for spaces.

    Quotation marks may be straight or curly.
    """

    first: str
    last: str
    exact: bool

    @property
    def locator(self) -> str | None:
        """The page or pages as a locator has them."""
        return locator(self.first, self.last)


class Near(NamedTuple):
    """What of a text is most like a quote: the label of its page, how like (100 is the same), and the words there."""

    label: str
    likeness: float
    words: str


class Place(NamedTuple):
    """A place in a work: the page, whether the quote stands there to the letter, and the words that do."""

    locator: str | None
    exact: bool
    words: str


class LookedUp(NamedTuple):
    """A quote looked up in the text of the source called *id*: where it stands, else what is *nearest* to it."""

    id: str
    quote: str
    places: tuple[Place, ...]
    nearest: Place | None


class Span(NamedTuple):
    """Where something begins and ends among the letters of a text."""

    start: int
    end: int


class Piece(NamedTuple):
    """A part of a quote between two changes, in bare letters; *gap* letters may stand before it in the text.

    *begins* and *ends* tell whether it does so with a whole word: "[t]he" does not begin with one.
    """

    letters: str
    gap: int
    begins: bool
    ends: bool


def find(quote: str, pages: Sequence[Page]) -> tuple[Found, ...]:
    """Every page on which *quote* stands, in order; spaces, hyphens, signs, ligatures, accents and case do not count.

    An ellipsis, with or without brackets, stands for up to LEFT_OUT letters; words in brackets [] are not looked for.

    >>> find("the [paying] side sets … terms", [Page("7", "Mostly the side sets all its terms.")])
    (Found(first='7', last='7', exact=False),)
    """
    return tuple(found for found, _ in _stands(quote, pages))


def _stands(quote: str, pages: Sequence[Page]) -> Iterator[tuple[Found, Span]]:
    """Every page on which *quote* stands, with the first span there."""
    pieces, text = _pieces(quote), _letters(tuple(pages))
    if not pieces:
        return
    plain, seen = _signed(quote), set[tuple[int, int]]()
    for span in list(_spans(pieces, text)) or list(_across(pieces, text)):
        first, last = text.page(span.start), text.page(span.end - 1)
        if (first, last) not in seen:
            seen.add((first, last))
            exact = plain in _signed("\n".join(page.text for page in pages[first : last + 1]))
            yield Found(pages[first].label, pages[last].label, exact), span


def look_up(corpus: Corpus, id: str, quote: str) -> LookedUp:
    """Where *quote* stands in the text of the source called *id*, with the words there, TOLD of them at most.

    Raises NotFound where the source or its text is not here.
    """
    path, pages, places = corpus.path(id), texts.read(corpus.folder, id), []
    if not pages:
        raise NotFound(f"the text of {id!r} is not here: it would be {path.with_suffix(texts.SUFFIX)}")
    for found, span in _stands(quote, pages):
        words = flowing(quote) if found.exact else _told(_letters(tuple(pages)).words(span, pages))
        places.append(Place(found.locator, found.exact, words))
    near = None if places else nearest(quote, pages)
    return LookedUp(id, quote, tuple(places), Place(locator(near.label), False, near.words) if near else None)


def nearest(quote: str, pages: Sequence[Page]) -> Near | None:
    """What of the text is most like *quote*, if anything is."""
    from rapidfuzz import fuzz

    wanted = [_folded(found[0]) for found in _WORD.finditer(flowing(quote))]
    best: Near | None = None
    for label, text, words in _likely(set(wanted), len(wanted), pages):
        folded = [_folded(text[start:end]) for start, end in words]
        cutoff = best.likeness if best else NEAR
        made = fuzz.partial_ratio_alignment(" ".join(wanted), " ".join(folded), score_cutoff=cutoff)
        if made and made.score > (best.likeness if best else 0) and len(wanted) <= len(folded):
            ends = list(accumulate(len(word) + 1 for word in folded))
            first, last = bisect_right(ends, made.dest_start), bisect_right(ends, max(made.dest_end - 2, 0))
            last = min(last, first + TOLD, len(words) - 1)
            best = Near(label, made.score, text[words[first][0] : words[last][1]])
    return best or (_run(wanted, pages) if RUN < len(wanted) <= SHORT else None)


def _run(wanted: list[str], pages: Sequence[Page]) -> Near | None:
    """Where most words of a short quote stand in a row, half of them at least, with as many words as it has.

    Letter by letter a short quote is unlike the text as soon as two words are others.
    """
    best: Near | None = None
    begins = {tuple(wanted[at : at + RUN]): at for at in reversed(range(len(wanted) - RUN + 1))}
    for page in pages:
        text = flowing(page.text)
        spans = [found.span() for found in _WORD.finditer(text)]
        folded = [_folded(text[start:end]) for start, end in spans]
        for at in range(len(folded) - RUN + 1):
            begin = begins.get(tuple(folded[at : at + RUN]))
            if begin is None:
                continue
            size = len(os.path.commonprefix([wanted[begin:], folded[at : at + SHORT]]))  # noqa: RUF071 – words, no paths
            likeness = 100 * size / len(wanted)
            if 2 * size >= len(wanted) and likeness > (best.likeness if best else 0):
                first = max(0, at - begin)
                last = min(first + len(wanted), len(spans)) - 1
                best = Near(page.label, min(likeness, NEAR - 1), text[spans[first][0] : spans[last][1]])
    return best


def checked(source: Source, pages: Sequence[Page]) -> dict[str, str]:
    """Where the quote of each claim of *source* stands, by the claim's id, as `standing` tells it, where it does."""
    if not pages:
        return {}
    quoted = [claim for claim in source.claims if claim.get("quote")]
    found = {str(claim["id"]): standing(claim["quote"], claim.get("locator"), pages) for claim in quoted}
    return {id: place for id, place in found.items() if place is not None}


def standing(quote: str, place: str | None, pages: Sequence[Page]) -> str | None:
    """Where *quote* stands, by preference where the locator *place* says: "" nowhere, None if that cannot be told.

    It cannot where the text is not here, or only the abstract is and does not have it.
    """
    found = find(quote, pages)
    best = next((each for each in found if agrees(place, each)), found[0] if found else None)
    if best:
        return best.locator or "a page without number"
    return "" if any(page.label != ABSTRACT for page in pages) else None


def agrees(place: str | None, found: Found) -> bool | None:
    """Whether the locator *place* names a page on which a quote was found; None where it names none.

    >>> agrees("pp. 4, 181–3", Found("182", "182", True)), agrees("p. 4", Found("7", "7", True))
    (True, False)
    >>> agrees('section "Results"', Found("7", "7", True))
    """
    named = _PAGES.search(place or "")
    labels = [label for label in (found.first, found.last) if PRINTED.fullmatch(label)]
    if not named or not labels:
        return None
    return any(_among(label, part) for label in labels for part in re.split(r",|;|&|and", named[1]))


def agreeing(place: str | None, found: Iterable[Found]) -> bool | None:
    """Whether *place* names one of the pages where a quote was found; None where that cannot be told."""
    told = [agrees(place, each) for each in found]
    return None if None in told or not told else any(told)


class Letters:
    """The pages of a text as one run of bare letters, and where in it words and pages begin."""

    def __init__(self, pages: Sequence[Page]) -> None:
        words = [_WORD.findall(_normal(page.text)) for page in pages]
        self.pages = ["".join(found) for found in words]
        self.text = "".join(self.pages)
        self.edges = set(accumulate((len(word) for found in words for word in found), initial=0))
        self._starts = list(accumulate(map(len, self.pages), initial=0))

    def start(self, number: int) -> int:
        """The letter with which a page begins."""
        return self._starts[number]

    def page(self, at: int) -> int:
        """The number of the page on which the letter *at* stands."""
        return bisect_right(self._starts, at) - 1

    def words(self, span: Span, pages: Sequence[Page]) -> str:
        """What stands there in *pages*, whose letters these are."""
        parts = []
        for number in range(self.page(span.start), self.page(span.end - 1) + 1):
            text, start = pages[number].text, self._starts[number]
            ends = list(accumulate(len(_folded(sign)) for sign in text))
            first = bisect_right(ends, max(span.start - start, 0))
            last = bisect_left(ends, min(span.end - start, ends[-1]))
            parts.append(text[first : last + 1])
        return flowing("\n".join(parts))

    def places(self, piece: Piece, start: int, end: int) -> Iterator[int]:
        """Where *piece* begins, from *start* on and not after *end*."""
        size = len(piece.letters)
        while (start := self.text.find(piece.letters, start, end + size)) >= 0:
            if (not piece.begins or start in self.edges) and (not piece.ends or start + size in self.edges):
                yield start
            start += 1


@lru_cache(maxsize=1)  # the quotes of one work are looked up one after the other
def _letters(pages: tuple[Page, ...]) -> Letters:
    return Letters(pages)


def _spans(pieces: Sequence[Piece], text: Letters) -> Iterator[Span]:
    """Where the pieces begin and end, wherever they stand one after the other."""
    for _, start in zip(range(PLACES), text.places(pieces[0], 0, len(text.text)), strict=False):
        end: int | None = start + len(pieces[0].letters)
        for piece in pieces[1:]:
            assert end is not None
            at = next(text.places(piece, end, end + piece.gap), None)
            end = None if at is None else at + len(piece.letters)
            if end is None:
                break
        if end is not None:
            yield Span(start, end)


def _across(pieces: Sequence[Piece], text: Letters) -> Iterator[Span]:
    """The same for one piece that goes on on the next page, where head and foot of a page stand in between."""
    if len(pieces) > 1:
        return
    wanted = pieces[0].letters
    for number, (page, after) in enumerate(pairwise(text.pages)):
        foot = page[-len(wanted) - MARGIN :]
        at = foot.find(wanted[:EDGE])
        while at >= 0:
            size = len(os.path.commonprefix([wanted, foot[at:]]))  # noqa: RUF071 – letters are meant, not paths
            ends = len(foot) - at - size <= MARGIN
            for cut in range(size, max(size - EDGE, EDGE - 1), -1) if ends else ():
                rest = wanted[cut:]
                if len(rest) >= EDGE and (there := after[: len(rest) + MARGIN].find(rest)) >= 0:
                    ends_with = text.start(number + 1)
                    yield Span(ends_with - len(foot) + at, ends_with + there + len(rest))
                    return
            at = foot.find(wanted[:EDGE], at + 1)


def _pieces(quote: str) -> list[Piece]:
    """The parts of a quote between its changes."""
    pieces, gap, done, mended = list[Piece](), 0, 0, False
    for change in [*_CHANGED.finditer(quote), None]:
        part = quote[done : change.start() if change else len(quote)]
        inserted = change is not None and change["gap"] is None
        if letters := "".join(_WORD.findall(_normal(part))):
            begins, ends = not (mended and part[0].isalnum()), not (inserted and part[-1].isalnum())
            pieces.append(Piece(letters, gap, begins, ends))
            gap = 0
        if change:
            gap, done, mended = gap + (INSERTED if inserted else LEFT_OUT), change.end(), inserted
    return pieces


def _told(words: str) -> str:
    """*words*, of which TOLD are told at most: where they begin, and where they end."""
    all = words.split()
    return words if len(all) <= TOLD else " ".join([*all[: TOLD // 2], "…", *all[-TOLD // 2 :]])


def _signed(text: str) -> str:
    return flowing(text).translate(_SIGNS)


def _normal(text: str) -> str:
    """*text* without what print and copying change: case, ligatures, accents."""
    return unicodedata.normalize("NFKD", text).casefold()


def _folded(word: str) -> str:
    return "".join(_WORD.findall(_normal(word)))


def _likely(wanted: set[str], size: int, pages: Sequence[Page]) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """The few stretches of the text that share most words with a quote: label, text, and where its words are."""
    wide = max(WINDOW, 4 * size)
    ranked = []
    for number, (page, after) in enumerate(zip(pages, [*pages[1:], Page("", "")], strict=False)):
        text = flowing(f"{page.text}\n{' '.join(after.text.split()[:size])}")
        words = [found.span() for found in _WORD.finditer(text)]
        for start in range(0, max(len(words), 1), wide // 2):
            window = words[start : start + wide]
            shared = len(wanted & {_folded(text[a:b]) for a, b in window})
            ranked.append((-shared, number, start, (page.label, text, window)))
    ranked.sort(key=lambda each: each[:3])
    return [each for shared, *_, each in ranked[:TRIED] if shared]


def _among(label: str, named: str) -> bool:
    """Whether the page *label* is the one *named*, or in that range."""
    ends = [_number(each.strip()) for each in re.split(r"[-–—](?=\s?\w+\s*$)", named.strip())]
    kind, number = _number(label)
    first, last = ends[0], ends[-1]
    if last[0] == first[0] and last[1] < first[1]:  # 181–3
        ten = 10 ** len(str(last[1]))
        last = last[0], first[1] - first[1] % ten + last[1]
    return kind == first[0] and first[1] <= number <= max(last[1], first[1])


def _number(label: str) -> tuple[str, int]:
    """A page label as its kind and its number, so that labels can be compared: iv is 4 of another kind than 4."""
    if digits := re.search(r"\d+", label):
        return (label[: digits.start()] + label[digits.end() :]).casefold(), int(digits[0])
    values = [_ROMAN.get(letter, 0) for letter in label.casefold()]
    return "roman", sum(-a if a < b else a for a, b in pairwise([*values, 0]))
