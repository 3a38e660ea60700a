"""Find the source that a record is of already: by its numbers, or by likeness of title, names, year and place.

The likeness is a sum of weights, one for each thing that is compared, after Fellegi and Sunter (1969), "A theory for
record linkage": what agrees speaks for one work, what differs against it, and what one of the two does not say for
neither. `tests/benchmarks/duplicates.py` measures it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from kb.corpus.sources import texts
from kb.corpus.texts import Page
from kb.intake.described import Described, described, exact
from kb.intake.naming import KEPT_KEY

TOLD = 4.0  # weight from which one who writes a record is told of another one
SAME = 5.0  # weight from which two records are of one work
WEIGHTS = {  # of what agrees, half agrees, and differs; rounded
    "title": (4.0, 2.0, -5.0),  # half: the one is the beginning of the other, or lacks some of its words
    "first author": (2.0, 2.0, -4.0),
    "year": (1.0, 0.5, -2.0),  # half: a year apart, as online first and in print
    "container": (1.0, 1.0, -1.5),
    "volume": (1.0, 1.0, -1.5),
    "first page": (2.0, 2.0, -2.0),
}
RELATED = -0.5  # of titles that share most words, and each has others of its own
SHORT, WORDY = 1.0, 3  # of the same title that says little of its own: of fewer words, "Reply to Reed" of twice as many
OTHER_FIGURES = -4.0  # the titles have other numbers: Part 1 and Part 2
OTHER_KIND = -3.0  # a chapter and its book, a thesis and the article from it, a preprint and the publication
ABOUT = -8.0  # one is a correction of the other, a reply to it, a review of it …
OTHER_NUMBER = -8.0  # another issue, another number of a series, another year of a body's report: more than may agree
ALIKE, CLOSE, SPELT = 0.9, 0.7, 0.75  # similarity of titles, but for slips and with most in common; of a misspelt word
WORDS_READ, LISTED, CANDIDATES = 4, 400, 60  # rarest words of a title; works that have one; works that are compared
KIN = (  # kinds of work that are not always told apart
    {"article", "magazine-article", "conference-paper"}, {"chapter", "conference-paper", "reference-entry"},
    {"report", "working-paper"}, {"report", "book"},
)  # fmt: skip
YEARLY = {"report", "book", "document"}  # a body may have one of the same title each year
CITED_AS = "citation key"  # of another file, kept with a source
CLASH = 100.0  # more than any weight: who has the same number is told first
START = 20  # letters of a title that are looked up as one


class Match(NamedTuple):
    """The source that a record is of; where it is not the *same*, one that it is like, and *why* says what differs.

    A DOI or ISBN that another work has is a *clash*. What is the same by its number alone, under another title, is
    *doubtful*.
    """

    id: str
    same: bool
    why: str
    clash: str = ""
    doubtful: bool = False


class Near(NamedTuple):
    """A source that may be of the same work as a record that is being written, and *why*."""

    id: str
    why: str
    weight: float


class Compared(NamedTuple):
    """How alike two records are: the *weight* of what was compared, what of it agrees, and what tells them *apart*."""

    weight: float
    agree: tuple[str, ...] = ()
    apart: str = ""
    against: float = 0  # weight of what tells them apart

    @property
    def same(self) -> bool:
        """Whether the two are of one work."""
        return self.weight + self.against >= SAME


class Matcher:
    """The works that are here, and those of the same import, by what finds them quickly.

    >>> matcher = Matcher([("reed-2001", {"title": "Reeds in the wind", "issued": "2001", "volume": "5"})])
    >>> matcher.match({"title": "Reeds in the Wind.", "authors": [{"family": "Reed"}], "issued": "2002", "volume": "5"})
    Match(id='reed-2001', same=True, why='same title and volume, year differs by one', clash='', doubtful=False)
    """

    def __init__(self, sources: Iterable[tuple[str, Mapping[str, Any]]] = ()) -> None:
        self._works: list[tuple[str, Described] | None] = []  # none where one was removed
        self._at: dict[str, list[int]] = defaultdict(list)
        self._found_by: dict[Hashable, list[int]] = defaultdict(list)
        self._words: dict[str, list[int]] = defaultdict(list)
        self._last: tuple[Mapping[str, Any], Described, list[tuple[str, bytes]]] | None = None
        for id, record in sources:
            self.add(id, record)

    def add(self, id: str, record: Mapping[str, Any], pages: Iterable[Page] = ()) -> None:
        """Let further records be matched with this one; an *id* may have several, as several files know the work.

        *pages* are its text: they are read only where the record says too little to be known without.
        """
        (work, said), at = self._described(record, pages), len(self._works)
        self._works.append((id, work))
        self._at[id].append(at)
        keys = texts((record.get("extra") or {}).get(KEPT_KEY))
        for each in (("key", id), *((CITED_AS, key) for key in keys), *said, *_numbers(work), *_places(work)):
            self._found_by[each].append(at)
        for word in dict.fromkeys(work.words):
            self._words[word].append(at)

    def match(self, record: Mapping[str, Any], key: str = "", pages: Iterable[Page] = ()) -> Match | None:
        """The source that *record* is of, or else one that is like it; *key* is what its file calls it."""
        work, said = self._described(record, pages)
        like: list[tuple[float, Match]] = []
        for number in (*_numbers(work), *said, ("key", key), (CITED_AS, key)):
            for id, other in self._with(number):
                found = by_number(work, other, number[0])
                if found.same:
                    return Match(id, True, found.apart or f"same {number[0]}", doubtful=bool(found.apart))
                if found.apart:
                    like.append((CLASH, Match(id, False, found.apart, number[0])))
        best: tuple[float, Match] | None = None
        for id, other in self._living(self._candidates(work)):
            found = compare(work, other)
            if found.same and (best is None or found.weight + found.against > best[0]):
                best = found.weight + found.against, Match(id, True, _listed(found.agree))
            elif found.apart and found.weight >= SAME:
                like.append((found.weight, Match(id, False, found.apart)))
        chosen = best or max(like, key=lambda each: each[0], default=None)
        return chosen[1] if chosen else None

    def remove(self, id: str) -> None:
        """Let no further record be matched with the one called *id*."""
        for at in self._at.pop(id, ()):
            self._works[at] = None

    def near(self, record: Mapping[str, Any], but: str = "") -> list[Near]:
        """The sources that a half-written *record* may be of, *but* the one called so; the nearest first.

        What `match` takes for the same, what has the same number, and what agrees in as much of title, first author
        and year as the record says already.
        """
        work, found = described(record), dict[str, Near]()
        for number in _numbers(work):
            for id, other in self._with(number):
                same = by_number(work, other, number[0])
                found.setdefault(id, Near(id, same.apart or f"same {number[0]}", CLASH))
        enough = min(TOLD, _said(work))
        for id, other in self._living(self._candidates(work)):
            same = compare(work, other, enough)
            titled = titles(work, other) in ("same", "part")
            if same.same or (titled and same.weight >= enough):
                found.setdefault(id, Near(id, same.apart or _listed(same.agree), same.weight + same.against))
        return sorted((each for each in found.values() if each.id != but), key=lambda near: (-near.weight, near.id))

    def _living(self, places: Iterable[int]) -> list[tuple[str, Described]]:
        return [work for at in places if (work := self._works[at])]

    def held(self, record: Mapping[str, Any], number: str, id: str) -> bool:
        """Whether another work than *id* has the DOI or ISBN of a *record*."""
        own = (each for each in _numbers(described(record)) if each[0] == number)
        return any(holder != id for each in own for holder, _ in self._with(each))

    def _described(
        self, record: Mapping[str, Any], pages: Iterable[Page]
    ) -> tuple[Described, list[tuple[str, bytes]]]:  # fmt: skip
        """A record as it is compared, and to the letter; the last one is kept, as what is no match is added."""
        if self._last is None or self._last[0] is not record:
            work = described(record)
            self._last = record, work, exact(record, pages if _says_little(work) else ())
        return self._last[1:]

    def _with(self, number: Hashable) -> list[tuple[str, Described]]:
        return self._living(self._found_by.get(number, ()))

    def _candidates(self, work: Described) -> list[int]:
        """Which works to compare: those found by a beginning or place, and those that share the rarest words."""
        found = dict.fromkeys(at for place in _places(work) for at in self._found_by.get(place, ())[:CANDIDATES])
        lists = sorted((self._words[word] for word in set(work.words) if word in self._words), key=len)[:WORDS_READ]
        shared = Counter(at for listed in lists for at in listed[:LISTED])
        return list(found | dict.fromkeys(at for at, _ in shared.most_common(CANDIDATES)))


def by_number(one: Described, other: Described, number: str) -> Compared:
    """Whether two records with the same *number* are of one work: a chapter may bear the DOI of its book."""
    title = titles(one, other)
    if number == "text":  # or it is what a site says in place of a text
        return Compared(0 if title in ("other", "related") else SAME)
    if number == "record":
        return Compared(SAME)
    if number == "key":
        return _by_key(one, other, title)
    if number == CITED_AS:  # which is of anybody's making: "1" is the first of every list
        return _by_key(one, other, title) if title in ("same", "part") else Compared(0)
    apart = title == "other" or any(
        map(_differ, (one.edition, one.volume, one.figures), (other.edition, other.volume, other.figures))
    )  # fmt: skip
    if number == "ISBN" and apart:
        return Compared(0, apart="the same ISBN, but another title, edition, volume or part")
    other_part = title in ("other", "related") or one.figures != other.figures
    if number == "DOI" and other_part and _parts(one, other):
        return Compared(0, apart="the same DOI, but another title: a chapter of the same book?")
    return Compared(SAME, apart=f"same {number}, but another title: compare them" if title == "other" else "")


def _said(work: Described) -> float:
    """The weight of a record that agrees by half in all that *work* says of title, first author and year."""
    said = {"title": work.squeezed, "first author": work.first, "year": work.year}
    return sum(WEIGHTS[name][1] for name, value in said.items() if value)


def _parts(one: Described, other: Described) -> bool:
    """Whether one is, or may be, a part of a book."""
    kinds = {one.kind, other.kind}
    return bool(kinds & {"chapter", "reference-entry"}) or kinds == {"conference-paper", "book"}


def _by_key(one: Described, other: Described, title: str) -> Compared:
    """Whether the key of a record is that of our own export: nothing else may speak against it."""
    names = one.first and other.first and not one.first & other.first
    years = one.year and other.year and abs(one.year - other.year) > 1
    if title in ("other", "related") or names or years or _apart(one, other)[1]:
        return Compared(0)
    return Compared(SAME)


def compare(one: Described, other: Described, enough: float = SAME) -> Compared:
    """How alike two records are; titles, which take longest, are compared where a weight of *enough* can be reached."""
    if one.page != other.page and one.first and other.first and one.first.isdisjoint(other.first):
        return Compared(WEIGHTS["first author"][2])  # what is left to agree does not outweigh that
    levels = dict(_levels(one, other))
    weight = sum(WEIGHTS[name][_RANKS[level]] for name, level in levels.items() if level)
    if weight + WEIGHTS["title"][0] < enough:
        return Compared(weight)
    title = titles(one, other)
    if title == "related":
        weight += RELATED
    elif title == "same" and len(one.words) < WORDY * (1 + bool(one.marks)):
        weight += SHORT
    elif title:
        weight += WEIGHTS["title"][_RANKS[title]]
    told = (_TOLD[level].format(name) for name, level in {"title": title, **levels}.items() if level in _TOLD)
    return Compared(weight, tuple(told), *_apart(one, other))


_RANKS = {"same": 0, "part": 1, "near": 1, "other": 2}
_TOLD = {"same": "same {}", "part": "{} in part the same", "near": "{} differs by one"}


def titles(one: Described, other: Described) -> str:
    """How two titles relate: same, part, related, other; "" where one record has none."""
    if not one.squeezed or not other.squeezed:
        return ""
    if one.squeezed == other.squeezed:
        return "same"
    words = min(len(one.words), len(other.words))
    alike = fuzz.ratio(one.squeezed, other.squeezed, score_cutoff=CLOSE * 100) / 100
    if not alike and len(set(one.words).intersection(other.words)) < words * CLOSE:
        return "other"
    ours, theirs = _own_words(one.words, other.words)
    if not (ours and theirs):
        return "same" if alike >= ALIKE else "part" if words > 2 else "related"
    return "related" if alike >= CLOSE else "other"


def _own_words(one: Sequence[str], other: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that each of two titles has for itself: not misspelt, nor written together, in the other."""
    ours, theirs = list((Counter(one) - Counter(other)).elements()), list((Counter(other) - Counter(one)).elements())
    return _without_like(ours, theirs), _without_like(theirs, ours)


def _without_like(words: list[str], others: list[str]) -> list[str]:
    run = "".join(others)
    return [
        word for word in words if word not in run and all(fuzz.ratio(word, each) < SPELT * 100 for each in others)
    ]  # fmt: skip


def _levels(one: Described, other: Described) -> Iterable[tuple[str, str]]:
    """How the other parts of two records relate; "" where one of the two does not say."""
    yield "first author", _level(one.first, other.first, bool(one.first & other.first))
    years = abs(one.year - other.year)
    yield "year", "near" if one.year and other.year and years == 1 else _level(one.year, other.year, not years)
    same = one.container == other.container or containers(*sorted((one.container, other.container)))
    yield "container", _level(one.container, other.container, same)
    yield "volume", _level(one.volume, other.volume, one.volume == other.volume)
    yield "first page", _level(one.page, other.page, one.page == other.page)


def _level(one: object, other: object, same: bool) -> str:
    return "" if not one or not other else "same" if same else "other"


@lru_cache(maxsize=50_000)
def containers(one: str, other: str) -> bool:
    """Whether two names may be of one journal or book: alike, one within the other, or one short for the other.

    >>> containers("gcb bioenergy", "global change biology bioenergy"), containers("fire", "fire switzerland")
    (True, True)
    """
    if fuzz.ratio(one, other) >= 85 or fuzz.partial_ratio(one, other) >= 95:
        return True
    words, more = sorted((one.split(), other.split()), key=len)
    more = [word for word in more if word not in ("of", "the", "and", "in", "for", "on", "de", "la")]
    initials = "".join(word[0] for word in more)
    return all(any(each.startswith(word) for each in more) or word in initials for word in words if len(word) > 1)


def _apart(one: Described, other: Described) -> tuple[str, float]:
    """What tells apart two works that are alike, and its weight."""
    if one.dois and other.dois and not one.dois & other.dois:
        kind = " (a preprint?)" if one.preprint != other.preprint else ""
        return f"it has another DOI{kind}", ABOUT
    if one.marks != other.marks:
        return f"one is a {' or '.join(sorted(one.marks ^ other.marks))}", ABOUT
    for name, ours, theirs in (("issue", one.issue, other.issue), ("number", one.number, other.number)):
        if not (ours <= theirs or theirs <= ours):
            return f"another {name}", OTHER_NUMBER
    if not (one.person or other.person) and {one.kind, other.kind} <= YEARLY and _differ(one.year, other.year):
        return "another year", OTHER_NUMBER
    if one.figures != other.figures:
        return "the numbers in the titles differ", OTHER_FIGURES
    if _differ(one.edition, other.edition) or (max(one.edition, other.edition) > 1 and one.year != other.year
                                               and one.edition != other.edition):  # fmt: skip
        return "another edition", OTHER_KIND
    if _guessed(one, other):
        return "", 0
    if (one.preprint and other.published) or (other.preprint and one.published):
        return "one is a preprint or working paper", OTHER_KIND
    if one.kind != other.kind and not any({one.kind, other.kind} <= kin for kin in KIN) and "document" not in (
        one.kind, other.kind
    ):  # fmt: skip
        return f"one is a {one.kind}, the other a {other.kind}".replace("a article", "an article"), OTHER_KIND
    return "", 0


def _guessed(one: Described, other: Described) -> bool:
    """Whether the kind of one is a guess, which tells nothing apart that has the same title and names.

    A list may have names the wrong way round; that a work is a thesis is no guess.
    """
    same = one.squeezed and one.squeezed == other.squeezed and one.first & other.first
    return bool(same and (one.guessed or other.guessed) and "thesis" not in (one.kind, other.kind))


def _differ(one: object, other: object) -> bool:
    return bool(one and other and one != other)


def _numbers(work: Described) -> Iterable[tuple[str, str]]:
    """The numbers by which a work is known, each with its name."""
    yield from (("DOI", doi) for doi in sorted(work.dois))
    yield from (("ISBN", isbn) for isbn in sorted(work.isbns))
    if work.pubmed:
        yield "PMID", work.pubmed


def _says_little(work: Described) -> bool:
    """Whether a record could not be known by its numbers or by likeness: there several works may say the same."""
    return not any(_numbers(work)) and compare(work, work).weight < SAME


def _places(work: Described) -> Iterable[tuple[str, ...]]:
    """Where works that may be the same are looked for."""
    if work.squeezed:
        yield "title", work.squeezed[:START]
    if work.volume and work.page:
        yield "place", work.volume, work.page
    elif not work.squeezed:
        yield from (("name", name, str(work.year)) for name in sorted(work.first))


def _listed(parts: Sequence[str]) -> str:
    """What agrees, in a sentence.

    >>> _listed(["same title", "same year", "year differs by one"])
    'same title and year, year differs by one'
    """
    same = [part.removeprefix("same ") for part in parts if part.startswith("same ")]
    told = [f"same {' and '.join(filter(None, (', '.join(same[:-1]), same[-1])))}"] if same else []
    return ", ".join([*told, *(part for part in parts if not part.startswith("same "))])
