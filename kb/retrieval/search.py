"""What a search gives: hits with the reason for each, page by page; or why there are none, and what to try."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from kb.errors import BadQuery
from kb.graph.query import LIMIT_MAX, SEARCH_CHARACTERS
from kb.retrieval.catalogue import UNDATED
from kb.retrieval.close import Close
from kb.retrieval.encoder import Encoder
from kb.retrieval.index import Index
from kb.retrieval.passages import Passage, owner
from kb.retrieval.rank import Asked, Found, Meant, Ranked, plan
from kb.retrieval.scope import EVERYTHING, Scope, choice
from kb.retrieval.snippets import PASSAGES, matched, numbered, snippet
from kb.retrieval.understand import words_of
from kb.retrieval.words import terms

Describe = Callable[[Passage], tuple[str, str]]  # a passage's IRI and its citation
Sort = Literal["score", "newest", "oldest"]
Listed = tuple[int, tuple[str, ...]]  # the place of a hit in the ranking, and the ids of what else belongs to it

SORTS: tuple[Sort, ...] = get_args(Sort)
OTHERWISE = ("say it in other words, in English",)


class Reason(NamedTuple):
    """Why a passage was found: what kind of reason, what was seen, and its part of the score."""

    type: str
    value: str
    weight: float


class Hit(NamedTuple):
    """One thing found; the weights of its reasons sum to its score, which is between 0 and 1.

    *also* are the ids of further passages of the same source, where hits were grouped, or of its text, of which a list
    has a few. *text* is of a passage of a text a snippet: such texts are not for publication.
    """

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
    also: tuple[str, ...] = ()


class Nothing(NamedTuple):
    """Why nothing was found, and what a reader may try."""

    because: str
    tries: tuple[str, ...]


class Results(NamedTuple):
    """The hits of one page, how many there are in all, what was found as `rank` has it, and what of it is close."""

    found: Found
    hits: tuple[Hit, ...]
    total: int
    nothing: Nothing | None
    notes: tuple[str, ...]
    close: Close


class Request(NamedTuple):
    """What is asked for: which page of hits, ranked how, without which parts of what was understood, in which order.

    Sorted by another thing than the score, only what is close to the question is listed.
    """

    limit: int
    offset: int = 0
    mode: str = "fused"
    off: tuple[str, ...] = ()
    group: bool = False
    sort: str = "score"


def search(
    index: Index, encoder: Callable[[], Encoder], describe: Describe, text: str, scope: Scope, request: Request
) -> Results:
    """The passages that answer *text* best, within *scope*."""
    check(request)
    text, notes = readable(text)
    asked = Asked(index, encoder, text, plan(request.mode), request.off)
    found = asked.within(scope)
    close = Close(asked, found, scope, request.group)
    listed = _listed(index, found.ranked, close, request)
    page = listed[request.offset : request.offset + request.limit]
    words = frozenset(terms(found.understood.text))
    explainer = Explainer(index, found.ranked, words, describe)
    passages = index.catalogue.passages(int(found.ranked.rows[place]) for place, _ in page)
    hits = [
        hit(passage, number, found.ranked.scores[place], explainer.reasons(place, passage), describe, also, words)
        for number, ((place, also), passage) in enumerate(zip(page, passages, strict=True), request.offset + 1)
    ]
    nothing = None if listed else _nothing(found, text, scope)
    if hits and found.ranked.weak and not close.count:
        notes = (*notes, "Nothing here comes close to this; what follows shares some of its words.")
    return Results(found, tuple(hits), len(listed), nothing, notes, close)


def check(request: Request) -> None:
    """Refuse a page that cannot be, in words that say what to do."""
    if not 1 <= request.limit <= LIMIT_MAX:
        raise BadQuery(f"limit {request.limit} is not between 1 and {LIMIT_MAX:,}")
    if not 0 <= request.offset <= LIMIT_MAX:
        raise BadQuery(f"offset {request.offset} is not between 0 and {LIMIT_MAX:,}: ask a narrower question")
    choice("order of hits", request.sort, SORTS)


def readable(text: str) -> tuple[str, tuple[str, ...]]:
    """*text* as it can be searched for, and what was left out of it."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    if len(text) <= SEARCH_CHARACTERS:
        return text, ()
    return text[:SEARCH_CHARACTERS], (f"Only the first {SEARCH_CHARACTERS:,} of {len(text):,} characters were read.",)


def hit(
    passage: Passage, number: int, score: float, reasons: Iterable[Reason], describe: Describe,
    also: tuple[str, ...] = (), asked: frozenset[str] = frozenset(),
) -> Hit:  # fmt: skip
    """A passage as a hit, counted as *number*; *score* is what it was ordered by: the sum of the reasons.

    *asked* are the terms that a snippet is to show.
    """
    iri, citation = describe(passage)
    return Hit(
        number, passage.id, passage.kind, iri, float(score), shown(passage, citation, asked),
        passage.source, passage.locator, citation, passage.concepts, tuple(reasons), also,
    )  # fmt: skip


class Explainer:
    """Tells why a passage stands where it does in a ranking; *asked* are the terms of the query."""

    def __init__(self, index: Index, ranked: Ranked, asked: frozenset[str], describe: Describe) -> None:
        self._index, self._ranked, self._asked, self._describe = index, ranked, asked, describe

    def reasons(self, place: int, passage: Passage) -> Iterator[Reason]:
        """The parts of the score at *place* that are not zero, what the query names first."""
        ranked = self._ranked
        words, meaning, alike, concept, match = map(float, ranked.parts[:, place])
        if match:
            named = ranked.matches[int(ranked.rows[place])]
            yield Reason(named.type, named.label, match)
        if words:
            yield Reason("words", ", ".join(matched(passage, self._asked)), words)
        if meaning:
            yield Reason("meaning", f"similarity {ranked.cosines[place]:.3f} (cosine)", meaning)
        if alike:
            yield Reason("alike", self._examples, alike)
        if concept:
            meant = (ranked.concepts[id] for id in passage.concepts if id in ranked.concepts)
            yield Reason("concept", self._about(min(meant, key=lambda m: (-m.weight, m.id))), concept)

    @cached_property
    def _examples(self) -> str:
        """The passages that alike means, as a reader calls them."""
        named = (
            self._describe(each)[1] or each.heading for each in self._index.catalogue.passages(self._ranked.examples)
        )
        return "near to the best matches: " + "; ".join(dict.fromkeys(named))

    def _about(self, meant: Meant) -> str:
        through = f" {self._index.label(meant.via)}" if meant.via else ""
        return f"about {self._index.label(meant.id)}: {meant.how}{through}"


def _listed(index: Index, ranked: Ranked, close: Close, request: Request) -> list[Listed]:
    """All that a request lists, in its order."""
    places: Sequence[int] = range(len(ranked.rows))
    if request.sort != "score":
        places = by_year(index, ranked, close.rows(), newest=request.sort == "newest").tolist()
    if request.group:
        return _grouped(index, ranked, places)[:LIMIT_MAX]
    return _ungrouped(index, ranked, places)[:LIMIT_MAX]


def by_year(index: Index, ranked: Ranked, close: NDArray[np.int64], newest: bool) -> NDArray[np.int64]:
    """The places of the *close* rows in a ranking by their years, what has none last; in a year the best first."""
    places = np.flatnonzero(np.isin(ranked.rows, close))
    years = index.catalogue.years[ranked.rows[places]].astype(np.int64)
    return places[np.lexsort((places, -years if newest else years, years == UNDATED))]


def _grouped(index: Index, ranked: Ranked, places: Iterable[int]) -> list[Listed]:
    """The first of the *places* of each source or concept in a ranking, with the ids of what else of it is there."""
    first: dict[str, int] = {}
    also: dict[int, list[str]] = {}
    for place in places:
        id = index.ids[ranked.rows[place]]
        start = first.setdefault(owner(id), place)
        also.setdefault(start, []).append(id)
    return [(place, tuple(ids[1:])) for place, ids in also.items()]


def _ungrouped(index: Index, ranked: Ranked, places: Sequence[int]) -> list[Listed]:
    """The *places* in a ranking but for further passages of a text, whose ids the last one that is listed has."""
    numbers = numbered(index, ranked.rows[list(places)]).tolist()
    also: dict[int, list[str]] = {}
    last: dict[str, int] = {}  # the place of the last passage of a text that is listed
    for place, number in zip(places, numbers, strict=True):
        id = index.ids[ranked.rows[place]]
        if number > PASSAGES:
            also[last[owner(id)]].append(id)
            continue
        also[place] = []
        if number == PASSAGES:
            last[owner(id)] = place
    return [(place, tuple(ids)) for place, ids in also.items()]


def _nothing(found: Found, text: str, scope: Scope) -> Nothing:
    """The reason why nothing is listed, the most telling one."""
    if len(found.ranked.rows):
        return Nothing("nothing comes close to it", ("list what there is with the best first", *OTHERWISE))
    if unknown := found.understood.on("doi"):
        return Nothing(f"no work here has the DOI {unknown[0].label}", ("look for its title or its authors",))
    if not re.search(r"\w", text):
        return Nothing("there is no word in it", ("type a word, a question, or an author and year",))
    if not words_of(text):
        words = " ".join(text.split())
        return Nothing(f"“{words[:60]}” has only words that every text has", ("add a word that tells the topic",))
    if scope != EVERYTHING and found.known:
        return Nothing("the filters leave nothing that answers it", ("search without the filters", *OTHERWISE))
    return Nothing("none of its words occurs here, and nothing is near in meaning", OTHERWISE)


def shown(passage: Passage, citation: str, asked: frozenset[str] = frozenset()) -> str:
    """What a reader sees: label and definition, title and summary, the claim as it stands, or a snippet of a text."""
    if passage.kind == "passage":
        return snippet(passage.text, asked)
    heading = passage.heading or (citation if passage.kind == "source" else "")
    return ": ".join(part for part in (heading, passage.text) if part)
