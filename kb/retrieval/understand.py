"""What a reader means: the concepts, works, authors, years, phrases and stances that a query names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, takewhile
from typing import NamedTuple

from kb.corpus.numbers import comparable_doi
from kb.corpus.ontology import fold, label_key
from kb.retrieval import wording
from kb.retrieval.catalogue import UNDATED, Name
from kb.retrieval.index import Index
from kb.retrieval.passages import author_tag
from kb.retrieval.scope import FIRST, LAST, Scope
from kb.retrieval.words import plain, terms

LONGEST_KEY = 80  # characters
TOKENS = 64  # words of a query that are looked up; of a longer text the beginning
PHRASES = 5  # that are looked for
SHORT = 10  # words of a query in which a single word in quotes is meant to be there
LABEL_TOKENS = 8  # words of a label at most
COMMON = 2  # a name that this many times more passages have as a word than as an author is a word


class Part(NamedTuple):
    """One thing understood; *key* switches it off.

    *type* is concept, work, author, doi, years, phrase, stance, cites, cited-by or spelling; *text* is what was typed,
    *value* what it stands for (ids by spaces), *label* what a reader sees. *state* is on, off (by the reader) or
    dropped (nothing was found with it), and *note* says more.
    """

    key: str
    type: str
    text: str
    value: str
    label: str
    note: str = ""
    state: str = "on"


class Understood(NamedTuple):
    """A query, read: *text* is what is left to look for, *label* what it would be as the label of a concept."""

    text: str
    label: str
    parts: tuple[Part, ...]

    def on(self, *types: str) -> list[Part]:
        """The parts of some types that are not switched off."""
        return [part for part in self.parts if part.type in types and part.state == "on"]


class Span(NamedTuple):
    """A part and the piece of the text it was read from; a *consumed* piece is not looked for as words."""

    start: int
    end: int
    part: Part
    consumed: bool = False


class Reading:
    """A text to be understood: its words, every run of words that may be a name, and what has such a name."""

    def __init__(self, text: str, index: Index) -> None:
        self.text, self.index = text, index
        tokens = _tokens(text)
        plains = [plain(text[start:end]) for start, end in tokens]
        self.runs: dict[tuple[int, int], set[str]] = {}  # where a run stands, and how it may be written as a name
        begins = index.catalogue.beginnings
        for first, last in _runs(text, tokens):
            if plains[first] not in begins and fold(text[slice(*tokens[first])]) not in begins:
                continue
            start, end = tokens[first][0], tokens[last][1]
            piece = text[start:end]
            keys = label_keys(piece) if first == last else {fold(piece), " ".join(plains[first : last + 1])}
            self.runs[start, end] = keys
        self.labels: dict[str, list[Name]] = {}
        self.authors: dict[str, Name] = {}
        for name in index.catalogue.names(set().union(*self.runs.values()), "label", "author"):
            if name.kind == "label":
                self.labels.setdefault(name.key, []).append(name)
            else:
                self.authors.setdefault(name.key, name)


def understand(text: str, index: Index, known: Callable[[str], bool], off: Iterable[str] = ()) -> Understood:
    """Read *text*; parts whose key is in *off* are told, and have no effect. A word that is *known* is no slip."""
    off = frozenset(off)
    text, spelled = _spelled(text, index, known, off)
    reading = Reading(text, index)
    spans = list(_whole(reading))
    for read in () if spans else (_dois, _phrases, _relations, _years, _works, _concepts, _authors):
        spans += list(read(reading, [s for s in spans if s.part.key not in off and s.part.type != "phrase"]))
    spans = _related(reading.index, spans, off)
    parts = [*spelled, *(span.part for span in sorted(spans, key=lambda s: s.start))]
    gone = [s for s in spans if s.part.key not in off]
    return Understood(
        _without(text, (s for s in gone if s.consumed)),
        _bare(_without(text, (s for s in gone if s.part.type not in ("concept", "phrase")))),
        tuple(dict.fromkeys(part._replace(state="off" if part.key in off else "on") for part in parts)),
    )


def scope_of(part: Part) -> Scope | None:
    """The filter that a part is; None for a part that only ranks."""
    if part.type == "years":
        first, last = part.value.split("..")
        return Scope(years=(int(first), int(last)), undated_concepts=True)
    if part.type == "phrase":
        return Scope(phrases=(part.value,))
    if part.type in ("cites", "cited-by"):
        return Scope(needs=(frozenset(f"{part.type}:{id}" for id in part.value.split()),))
    if part.type == "stance":  # which one, and to which works it is taken, if any are named
        stance, *works = part.value.split()
        return Scope(needs=(frozenset(f"{stance}:{id}" for id in works) or frozenset({f"stance:{stance}"}),))
    return None


def label_keys(text: str) -> set[str]:
    """How *text* may stand among the labels; "uk" may mean the UK, but "us" not the US."""
    word = text.lower() in wording.FUNCTION_WORDS
    several = {text[:-1]} if re.fullmatch(r"[A-Z]{2,}s", text) else set[str]()  # NGOs
    return {label_key(text)} if word else {label_key(text), text.upper(), plain(text), *several}


def words_of(text: str) -> list[str]:
    """The words of *text* that are no function words, in small letters; among others, US in capitals is no "us"."""
    found = re.findall(r"\w+", text)
    shouted = text.isupper() and len(found) > 1
    kept = (w for w in found if w.lower() not in wording.FUNCTION_WORDS or (w.isupper() and len(w) > 1 and not shouted))
    return [word.lower() for word in kept]


def _part(type: str, text: str, value: str, label: str, note: str = "") -> Part:
    short = value if len(value) <= LONGEST_KEY else label  # of an author of many works
    return Part(f"{type}:{short}", type, text.strip(), value, label, note)


def _whole(reading: Reading) -> Iterator[Span]:
    """The concepts that have the whole text as a label to the letter: then nothing else is meant."""
    text = reading.text.strip()
    for name in reading.index.catalogue.names({label_key(text)}, "label"):
        yield Span(0, len(reading.text), _part("concept", text, name.id, _heading(reading.index, name.id)))


def _dois(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    for found in wording.DOI.finditer(reading.text):
        if not (doi := comparable_doi(found[0])):
            continue
        ids = " ".join(name.id for name in reading.index.catalogue.names([doi], "doi"))
        known = _part("work", found[0], ids, _heading(reading.index, ids) or doi)
        part = known if ids else _part("doi", found[0], doi, doi, "no work here has this DOI")
        yield Span(found.start(), found.end(), part, consumed=True)


def _phrases(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    short = len(terms(reading.text)) <= SHORT
    for found in islice(wording.QUOTED.finditer(reading.text), PHRASES):
        if len(terms(found[1])) > 1 or (
            short and terms(found[1])
        ):  # in a long text single words are quoted for emphasis
            yield Span(found.start(), found.end(), _part("phrase", found[0], found[1].strip(), f"“{found[1].strip()}”"))


def _relations(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    """Who cites …, cited by …, who disputes …: with what they point to, once that is read."""
    if found := wording.CITED.search(text := reading.text):
        yield Span(*found.span(), _part("cited-by", found[0], "", "cited by"), consumed=True)
    elif found := wording.CITING.search(text):
        yield Span(*found.span(), _part("cites", found[0], "", "cites"), consumed=True)
    for stance, pattern in wording.STANCE.items():
        if said := pattern.search(text) or (wording.DISPUTES.search(text) if stance == "disputes" else None):
            yield Span(*said.span(), _part("stance", said[0], stance, stance), consumed=True)


def _years(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    """Ranges of years; a single year is one only where the text tells of publishing: else it may be one of events."""
    text, years = reading.text, reading.index.catalogue.years
    latest = int(years.max()) if len(years) else UNDATED
    for pattern, range in wording.RANGES:
        for found in pattern.finditer(text):
            first, *rest = map(int, found.groups())
            low, high = range(first, rest[0] if rest else first)
            if _free(found.start(), found.end(), taken) and low <= high and first <= latest:
                period = wording.PERIOD.get((low == FIRST, high == LAST), "").format(low, high)
                span = Span(*found.span(), _part("years", found[0], f"{low}..{high}", period), consumed=True)
                taken = [*taken, span]
                yield span
    if (told := wording.WRITTEN.search(text)) and _free(*told.span(1), taken):
        yield Span(*told.span(1), _part("years", told[1], f"{told[2]}..{told[2]}", told[2]))


def _works(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    """Authors with a year."""
    text = reading.text
    for start, end, names in _author_groups(reading, taken):
        if not (found := wording.OF_YEAR.match(text, end)) or not _free(found.start(), found.end(), taken):
            continue
        piece, year, letter = text[start : found.end()], found[1], (found[2] or "").lower()
        ids = _by(reading.index, names, int(year))
        lettered = [id for id in ids if id.endswith(year + letter)] if letter else []
        label = " & ".join(dict.fromkeys(name.text for name in names))
        if ids:
            yield Span(start, found.end(), _part("work", piece, " ".join(lettered or ids), f"{label} ({year}{letter})"))
        else:
            keys = " ".join(dict.fromkeys(author_tag(name.key) for name in names))
            yield Span(start, found.end(), _part("author", piece, keys, label, f"no work of {year} here"))


def _concepts(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    """Labels, the longest first, from left to right; a word belongs to one label."""
    used = list(taken)
    for start, end in sorted(reading.runs, key=lambda run: (run[0] - run[1], run[0])):
        keys = sorted(reading.runs[start, end])
        names = {name.id: name for key in keys for name in reading.labels.get(key, ())}
        if names and _free(start, end, used):
            piece = reading.text[start:end]
            spans = [Span(start, end, _part("concept", piece, id, _heading(reading.index, id))) for id in sorted(names)]
            used += spans
            yield from spans


def _authors(reading: Reading, taken: list[Span]) -> Iterator[Span]:
    """Authors without a year, unless their name is more of a word in these texts."""
    for start, end, names in _author_groups(reading, taken):
        keys = list(dict.fromkeys(name.key for name in names))
        piece = reading.text[start:end]
        meant = piece[0].isupper() or piece == reading.text.strip()  # "gray areas" are no work of Gray's
        if meant and all(_is_name(key, reading.index) for key in keys):
            label = " & ".join(dict.fromkeys(name.text for name in names))
            yield Span(start, end, _part("author", piece, " ".join(map(author_tag, keys)), label))


def _is_name(key: str, index: Index) -> bool:
    """Whether *key* is a name more than a word, in all but the texts of works: there it may stand in each reference."""
    found, works = terms(key), int(index.annotated(index.catalogue.tagged(author_tag(key))).sum())
    return len(found) > 1 or sum(map(index.words.frequency, found)) <= COMMON * works


def _author_groups(reading: Reading, taken: list[Span]) -> list[tuple[int, int, list[Name]]]:
    """Authors that stand together ("Huxham and Vangen"): start, end, and their names."""
    groups: list[tuple[int, int, list[Name]]] = []
    for start, end in sorted(reading.runs, key=lambda run: (run[0], -run[1])):
        name = reading.authors.get(fold(reading.text[start:end])) if reading.authors else None
        if name is None or name.key in wording.FUNCTION_WORDS or not _free(start, end, taken):
            continue
        if groups and start < groups[-1][1]:
            continue
        if groups and wording.ET_AL.fullmatch(reading.text, groups[-1][1], start):
            groups[-1] = (groups[-1][0], end, [*groups[-1][2], name])
        else:
            groups.append((start, end, [name]))
    return groups


def _heading(index: Index, ids: str) -> str:
    """The label of a concept, or the titles of works."""
    return ", ".join(index.passage(index.row(id)).heading for id in ids.split())


def _by(index: Index, names: Iterable[Name], year: int) -> list[str]:
    """The works of *year* by all of some authors."""
    return _tagged(index, (author_tag(name.key) for name in names), (year, year))


def _tagged(index: Index, tags: Iterable[str], years: tuple[int, int] | None = None) -> list[str]:
    """The works that have all of some tags."""
    mask = index.catalogue.mask(Scope(tuple(frozenset({tag}) for tag in ("kind:source", *dict.fromkeys(tags))), years))
    return [index.ids[row] for row in mask.nonzero()[0]]


def _related(index: Index, spans: list[Span], off: frozenset[str]) -> list[Span]:
    """Let "cites" and a stance take hold of the works, or of the authors' works, named beside them.

    Without any, "who cites" and "who supports" are only words; what disputes or qualifies may be about anything.
    """
    named = [s.part for s in spans if s.part.type in ("work", "author") and s.part.key not in off]
    works = [id for part in named if part.type == "work" for id in part.value.split()]
    works += [id for part in named if part.type == "author" for id in _tagged(index, part.value.split())]
    label = " or ".join(part.label for part in named)
    result = []
    for span in spans:
        kind, stance = span.part.type, span.part.label
        if kind in ("cites", "cited-by"):
            if works:
                part = _part(kind, span.part.text, " ".join(works), f"{stance} {label}", "citations known to us")
                result.append(span._replace(part=part))
        elif kind == "stance" and works:
            part = _part(kind, span.part.text, " ".join([stance, *works]), f"{stance} {label}")
            result.append(span._replace(part=part))
        elif stance != "supports":
            result.append(span)
    return result


def _spelled(text: str, index: Index, known: Callable[[str], bool], off: frozenset[str]) -> tuple[str, list[Part]]:
    """*text* with words that are known nowhere put right, where a word of a label or an author's name is near."""
    parts, corrected = [], text
    kept = [found.span() for found in wording.VERBATIM.finditer(text)]
    for start, end in reversed(_tokens(text)):
        word = text[start:end]
        if len(word) < 4 or not word.isalpha() or any(map(index.frequency, terms(word))) or known(word):
            continue
        if any(start < last and end > first for first, last in kept) or not (meant := _nearest(fold(word), index)):
            continue
        part = _part("spelling", word, f"{word}→{meant}", f"{word} → {meant}")
        parts.append(part)
        if part.key not in off:
            corrected = corrected[:start] + meant + corrected[end:]
    return corrected, parts[::-1]


def _nearest(word: str, index: Index) -> str | None:
    """The word of the vocabulary that is one slip of a finger away, in a long word two; the most used of them."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA  # a transposition counts once

    slips = 1 if len(word) < 8 else 2
    near = process.extract(word, index.catalogue.vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=None)
    ranked = [(slip, -sum(map(index.words.frequency, terms(found))), found) for found, slip, _ in near if slip]
    return min(ranked)[2] if ranked else None


def _tokens(text: str) -> list[tuple[int, int]]:
    """Where the first words of *text* are."""
    return [found.span() for found, _ in zip(re.finditer(r"[^\W_]+", text), range(TOKENS), strict=False)]


def _runs(text: str, tokens: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Every run of up to LABEL_TOKENS words that only spaces, hyphens and the like part: first and last token."""
    for first in range(len(tokens)):
        near = takewhile(lambda n: re.fullmatch(r"[\s,\-–'’.&/]{1,3}", text[tokens[n - 1][1] : tokens[n][0]]),
                         range(first + 1, min(first + LABEL_TOKENS, len(tokens))))  # fmt: skip
        yield from ((first, last) for last in (first, *near))


def _free(start: int, end: int, taken: Iterable[Span]) -> bool:
    return all(end <= span.start or start >= span.end for span in taken)


def _bare(text: str) -> str:
    """*text* as a label has it: without quotation marks and what ends a sentence."""
    return " ".join(re.sub(r"[\"“”„«»]", " ", text).split()).strip(" ,;:?!.")


def _without(text: str, spans: Iterable[Span]) -> str:
    """*text* without some pieces; to the letter as it was where there are none, for the model reads each sign."""
    for span in sorted(spans, key=lambda s: -s.start):
        text = f"{text[: span.start]} {text[span.end :]}".strip()
    return text
