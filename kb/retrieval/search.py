"""Find passages by words and by meaning, in one ranking with the reason for each hit."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal, NamedTuple, get_args

from kb.corpus.ontology import fold
from kb.errors import BadQuery, TooLong
from kb.graph.query import LIMIT_MAX, SEARCH_CHARACTERS
from kb.retrieval.encoder import Encoder
from kb.retrieval.index import Index
from kb.retrieval.passages import Passage
from kb.retrieval.words import EVERYTHING, Scope

Mode = Literal["fused", "words", "vectors"]
Kind = Literal["concept", "claim", "source", "passage"]

MEANING = 0.7  # the weight of the vector leg; words have the rest (measured: retrieval/README.md)
LABEL = 0.5  # the part of the score that is for the concept whose label was typed
DEPTH = 1000  # how many passages each leg brings to the fusion, whatever the limit: so pages are stable
YEARS = re.compile(r"(-?\d{1,4})?\s*[-–]\s*(-?\d{1,4})?|(-?\d{1,4})")


class Reason(NamedTuple):
    """Why a passage was found: a leg, what it saw, and its part of the score."""

    type: str
    value: str
    weight: float


class Hit(NamedTuple):
    """One thing found; the weights of its reasons sum to its score, which is between 0 and 1."""

    rank: int
    id: str
    kind: str
    iri: str
    score: float
    text: str
    source: str | None
    locator: str | None
    citation: str
    concepts: tuple[str, ...]
    reasons: tuple[Reason, ...]


class Answer(NamedTuple):
    """What was asked and what was found, best first; equal scores go by id."""

    query: str
    hits: tuple[Hit, ...]


class Found(NamedTuple):
    """A row of the index with the two legs' raw scores, their parts of the fused one, and that of a label."""

    row: int
    words: float
    cosine: float
    by_words: float
    by_meaning: float
    by_label: float

    @property
    def score(self) -> float:
        """The fused score."""
        return self.by_words + self.by_meaning + self.by_label


Describe = Callable[[Passage], tuple[str, str]]  # a passage's IRI and its citation


def search(
    index: Index,
    encoder: Callable[[], Encoder],
    describe: Describe,
    text: str,
    scope: Scope,
    limit: int,
    mode: Mode,
) -> Answer:
    """The *limit* passages that answer *text* best, within *scope*."""
    check(text, limit, mode)
    found = rank(index, encoder, text, mode, scope)[:limit]
    terms = set(index.words.terms(text))
    hits = (_hit(index, text, number, f, terms, describe) for number, f in enumerate(found, 1))
    return Answer(text, tuple(hits))


def rank(index: Index, encoder: Callable[[], Encoder], text: str, mode: Mode, scope: Scope = EVERYTHING) -> list[Found]:
    """All rows that either leg brings, best first: a weighted sum of scores, each as a share of its leg's best.

    A share of the best needs no knowledge of how deep a leg was searched
    (min-max does), and was at or above reciprocal rank fusion on every
    collection measured. Where *text* is the label of a concept, half of the
    score is for that, so that the concept comes first.
    """
    words = dict(index.by_words(text, DEPTH, scope)) if mode != "vectors" else {}
    cosines = dict(index.by_meaning(encoder().encode([text])[0], DEPTH, scope)) if mode != "words" else {}
    weight = {"fused": MEANING, "words": 0.0, "vectors": 1.0}[mode]
    labelled = index.by_label(text) & (words.keys() | cosines.keys()) if mode == "fused" else set[int]()
    rest = 1 - LABEL if labelled else 1.0
    best_words, best_cosine = max(words.values(), default=1.0), max(max(cosines.values(), default=1.0), 1e-9)
    found = [
        Found(
            row,
            words.get(row, 0.0),
            cosine := cosines.get(row, 0.0),
            rest * (1 - weight) * words.get(row, 0.0) / best_words,
            rest * weight * max(cosine, 0.0) / best_cosine,
            LABEL if row in labelled else 0.0,
        )
        for row in words.keys() | cosines.keys()
    ]
    return sorted(found, key=lambda f: (-f.score, index.ids[f.row]))


def check(text: str, limit: int, mode: str) -> None:
    """Refuse what cannot be searched for, in words that say what to do."""
    if not text.strip():
        raise BadQuery("nothing to search for: type a word, a question or an author and year")
    if len(text) > SEARCH_CHARACTERS:
        raise TooLong(f"the search has {len(text):,} characters; at most {SEARCH_CHARACTERS:,} are read: shorten it")
    if not 1 <= limit <= LIMIT_MAX:
        raise BadQuery(f"limit {limit} is not between 1 and {LIMIT_MAX:,}")
    if mode not in get_args(Mode):
        raise BadQuery(f"no search mode {mode!r}: choose one of {', '.join(get_args(Mode))}")


def kind(text: str | None) -> str | None:
    """A kind of hit as *text* names it; None for every kind."""
    if text and text not in get_args(Kind):
        raise BadQuery(f"no kind {text!r}: choose one of {', '.join(get_args(Kind))}")
    return text or None


def years(text: str | None) -> tuple[int, int] | None:
    """A range of years as a reader writes it, both ends included.

    >>> years("2000-2010"), years("2005-"), years("-2005"), years("1999")
    ((2000, 2010), (2005, 9999), (-9999, 2005), (1999, 1999))
    """
    if not text:
        return None
    found = YEARS.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise BadQuery(f"{text!r} is no range of years: write 2000-2010, 2005- or -2005")
    first, last, only = found.groups()
    low, high = int(only or first or -9999), int(only or last or 9999)
    if low > high:
        raise BadQuery(f"the years {text!r} end before they begin: write {high}-{low}")
    return low, high


def _hit(index: Index, text: str, number: int, found: Found, terms: set[str], describe: Describe) -> Hit:
    passage = index.passage(found.row)
    iri, citation = describe(passage)
    reasons = []
    if found.by_label:
        label = next(each for each in passage.labels if fold(each) == fold(text))
        reasons.append(Reason("label", label, found.by_label))
    if found.by_words:
        reasons.append(Reason("words", ", ".join(_matched(index, passage.searched, terms)), found.by_words))
    if found.by_meaning:
        reasons.append(Reason("meaning", f"cosine {found.cosine:.3f}", found.by_meaning))
    return Hit(
        number, passage.id, passage.kind, iri, found.score, _shown(passage, citation), passage.source,
        passage.locator, citation, passage.concepts, tuple(reasons),
    )  # fmt: skip


def _matched(index: Index, text: str, terms: set[str]) -> list[str]:
    """The words of *text* that are one of the *terms*, as they are written there."""
    words = dict.fromkeys(word.lower() for word in re.findall(r"\w+", text))
    return [word for word in words if terms.intersection(index.words.terms(word))]


def _shown(passage: Passage, citation: str) -> str:
    """What a reader sees: label and definition, title and summary, or the claim as it stands."""
    if passage.kind == "passage":
        return passage.text
    heading = passage.heading or (citation if passage.kind == "source" else "")
    return ": ".join(part for part in (heading, passage.text) if part)
