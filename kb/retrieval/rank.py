"""One ranking out of words, meaning, what the best matches are like, and the concepts that a query means."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Literal, NamedTuple, cast, get_args

import numpy as np
from numpy.typing import NDArray

from kb.corpus.ontology import label_key
from kb.retrieval import understand
from kb.retrieval.encoder import Encoder, Matrix
from kb.retrieval.index import Index
from kb.retrieval.scope import CONCEPT, EVERYTHING, Scope, choice
from kb.retrieval.typed import typed
from kb.retrieval.understand import Part, Understood
from kb.retrieval.words import NONE, Ranking, terms

Mode = Literal["fused", "words", "vectors"]
Feature = Literal["understanding", "concepts", "alike", "narrower", "related", "relation"]
Floats = NDArray[np.float64]

# Measured on the questions of the corpus and three test collections: retrieval/README.md
MEANING = 0.62  # the weight of the vector leg beside the words
SHARPER = 1.3  # exponent of the words' share: their best hits stand out more
ALIKE, EXAMPLES, POOL = 0.25, 3, 200  # part of the score for what is like the best few, among so many
CONCEPTS, MEANT = 0.2, 5  # part of the score for what is about the concepts that are meant, so many at most
EXPANSION = {"narrower": 0.5, "related": 0.6, "relation": 0.3}  # how far a concept that another leads to counts
FOCUS = 3  # exponent: the best example or concept counts most
MATCH = 0.5  # the part of the score that is for what the query names: a label, a work, an author
NEARLY = 0.98  # a label but for its number or spelling
BY_AUTHOR, OF_WORK = 0.6, 0.9  # how far it counts that an author is named, or that a claim is of a named work
DEPTH = 1000  # how many passages each leg brings, whatever the limit: so pages are stable
WEAK = 0.4  # cosine of the best passage below which nothing comes close: the judged questions reach .5 and more
FLOOR = 0.3  # cosine below which a passage says nothing about a text none of whose words is known (README.md)
MODES: tuple[Mode, ...] = get_args(Mode)
FEATURES: tuple[Feature, ...] = get_args(Feature)
DEFAULT: frozenset[Feature] = frozenset({"understanding", "concepts", "alike", "narrower", "related"})


class Plan(NamedTuple):
    """How to rank: by both legs or by one alone, and with which features; measured one against the other."""

    mode: Mode = "fused"
    features: frozenset[Feature] = DEFAULT


def plan(mode: str, without: Iterable[str] = (), also: Iterable[str] = ()) -> Plan:
    """The plan of *mode* with the usual features but some, and with others besides."""
    less = {choice("feature", each, FEATURES) for each in without}
    features = DEFAULT - less | {choice("feature", each, FEATURES) for each in also}
    return Plan(cast(Mode, choice("search mode", mode, MODES)), cast(frozenset[Feature], features))


class Meant(NamedTuple):
    """A concept that the query means: how far, from 0 to 1, and *how* that is known; *via* another one, if so."""

    id: str
    weight: float
    how: str
    via: str = ""


class Match(NamedTuple):
    """Something the query names: of *type* label, work, author, citation, filter or text; *weight* from 0 to 1.

    Of type text is a passage that the query is typed from.
    """

    type: str
    label: str
    weight: float


class Ranked(NamedTuple):
    """Rows, best first, with their scores, cosines and the parts that each score sums, shape (len(PARTS), rows).

    *matches*, *concepts* and *examples* are what the last three parts stand on.
    """

    rows: NDArray[np.int64]
    scores: Floats
    cosines: Floats
    parts: Floats
    matches: dict[int, Match]
    concepts: dict[str, Meant]
    examples: tuple[int, ...]

    @property
    def typed(self) -> tuple[int, ...]:
        """The rows of passages that the query is typed from; empty where it names something else."""
        texts = tuple(row for row, match in self.matches.items() if match.type == "text")
        return texts if len(texts) == len(self.matches) else ()

    @property
    def weak(self) -> bool:
        """Whether nothing in it comes close, but what the query is typed from."""
        named = len(self.matches) > len(self.typed)
        return not named and 0 < float(self.cosines.max(initial=0.0)) < WEAK


class Found(NamedTuple):
    """What a query was read as, the concepts it means, the ranking, and whether any of its words is in the index."""

    understood: Understood
    meant: tuple[Meant, ...]
    ranked: Ranked
    known: bool


class Legs(NamedTuple):
    """What words and meaning bring, each as a share of its best, rows ascending."""

    rows: NDArray[np.int64]
    cosines: Floats
    words: Floats
    meaning: Floats

    def fused(self, weight: float) -> Floats:
        """Both legs in one score; *weight* is that of the meaning."""
        return weight * self.meaning + (1 - weight) * self.words


class Query(NamedTuple):
    """A query as the legs take it: its words, its vector (none where nothing is to be asked by meaning), the filter."""

    text: str
    vector: Matrix | None
    scope: Scope
    known: bool  # some word of it, other than function words, is in the index


PARTS = ("words", "meaning", "alike", "concept", "match")  # that a score is the sum of
FILTERS = {  # what is understood as a filter, the most telling first, and what is said where it would leave nothing
    "years": "nothing here is of these years; shown without this",
    "phrase": "these words stand nowhere side by side; shown without this",
    "cited-by": "no such citation is known to us; shown without this",
    "cites": "no such citation is known to us; shown without this",
    "stance": "no claim here takes this stance; shown without this",
}


class Asked:
    """A question as it was read, to be ranked within one scope after the other; it is encoded once."""

    def __init__(
        self, index: Index, encoder: Callable[[], Encoder], text: str, plan: Plan = Plan(),  # noqa: B008
        off: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.index, self.plan, self._encoder = index, plan, encoder
        self._understood = Understood(text, text, ())
        if "understanding" in plan.features:
            self._understood = understand.understand(text, index, _known_to(encoder, plan), off)

    def narrowed(self, scope: Scope) -> tuple[Understood, Scope]:
        """What is understood where *scope* is all there is, and what is left of that by the filters among it."""
        return _narrowed(self.index, self._understood, scope)

    def within(self, scope: Scope) -> Found:
        """Rank what lies in *scope*; a filter that was understood but leaves nothing is dropped."""
        return self.ranked(*self.narrowed(scope))

    def ranked(self, understood: Understood, scope: Scope) -> Found:
        """Rank what lies in *scope*, as `narrowed` gives both."""
        index, plan = self.index, self.plan
        named = _matches(index, understood, scope) if plan.mode == "fused" else {}
        if plan.mode != "vectors":
            named = _typed(index, understood, scope, named)
        query = Query(understood.text, self._vector(understood, named), scope, _known(index, understood))
        mask = index.mask(scope) if named else None
        matches = {row: match for row, match in named.items() if mask is None or mask[row]}
        meant = _meant(index, query, understood) if plan.mode == "fused" and "concepts" in plan.features else ()
        legs = _legs(index, query, plan, DEPTH, matches)
        ranked = _ranked(index, legs, _expanded(index, meant, plan), matches, plan)
        return Found(understood, meant, ranked, query.known)

    def _vector(self, understood: Understood, matches: dict[int, Match]) -> Matrix | None:
        """What to look for by meaning: the text, or where it only names works, what these are like."""
        if self.plan.mode == "words":
            return None
        if understand.words_of(understood.label):
            return self._encoded
        named = [
            row
            for row, match in sorted(matches.items())
            if "#" not in self.index.ids[row] and match.type not in ("label", "filter")
        ]
        return direction(self.index, np.array(named[:DEPTH], dtype=np.int64)) if named else None

    @cached_property
    def _encoded(self) -> Matrix:
        vector: Matrix = self._encoder().encode([self._understood.text])[0]
        return vector


def find(
    index: Index, encoder: Callable[[], Encoder], text: str, scope: Scope = EVERYTHING, plan: Plan = Plan(),  # noqa: B008
    off: tuple[str, ...] = (),
) -> Found:  # fmt: skip
    """Read *text* and rank what lies in *scope*."""
    return Asked(index, encoder, text, plan, off).within(scope)


def _narrowed(index: Index, understood: Understood, scope: Scope) -> tuple[Understood, Scope]:
    """*scope* with each filter that was understood; those that would leave nothing are marked as dropped."""
    filters = [part for type in FILTERS for part in understood.on(type)]
    mask = index.mask(scope) if filters else None
    if mask is not None and not mask.any():
        return understood, scope
    parts = {part: part for part in understood.parts}
    for part in filters:
        narrower = scope.also(understand.scope_of(part) or EVERYTHING)
        mask = index.mask(narrower)
        if mask is None or mask.any():
            scope = narrower
        else:
            parts[part] = part._replace(state="dropped", note=FILTERS[part.type])
    return understood._replace(parts=tuple(parts.values())), scope


def _known_to(encoder: Callable[[], Encoder], plan: Plan) -> Callable[[str], bool]:
    """Which words are no slips; to rank by words alone, no model is asked, and nothing is put right."""
    return (lambda word: True) if plan.mode == "words" else (lambda word: encoder().knows(word))


def _known(index: Index, understood: Understood) -> bool:
    return any(index.frequency(term) for word in understand.words_of(understood.text) for term in terms(word))


def _legs(index: Index, query: Query, plan: Plan, depth: int, matches: dict[int, Match]) -> Legs:
    """Both legs within the query's scope, and what it names, whether a leg brought it or not."""
    words = index.by_words(query.text, depth, query.scope) if plan.mode != "vectors" else NONE
    near = index.by_meaning(query.vector, depth, query.scope) if query.vector is not None else NONE
    if not query.known:
        words = NONE
        near = Ranking(near.rows[near.scores >= FLOOR], near.scores[near.scores >= FLOOR])
    rows = _union(words.rows, near.rows, np.array(list(matches), dtype=np.int64))
    cosines, bm25 = np.zeros(len(rows)), np.zeros(len(rows))
    cosines[np.searchsorted(rows, near.rows)] = near.scores
    bm25[np.searchsorted(rows, words.rows)] = words.scores
    own = index.annotated(rows)
    return Legs(rows, cosines, share(bm25, own) ** SHARPER, share(cosines, own))


def _union(*rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """All *rows* once, ascending."""
    found = np.sort(np.concatenate(rows))
    return found[np.append(found[1:] != found[:-1], True)] if len(found) else found


def _ranked(index: Index, legs: Legs, meant: tuple[Meant, ...], matches: dict[int, Match], plan: Plan) -> Ranked:
    """Sum the parts up and put the best first; equal scores go by id."""
    weight = {"fused": MEANING, "words": 0.0, "vectors": 1.0}[plan.mode]
    fused = legs.fused(weight)
    alike, examples = np.zeros(len(fused)), tuple[int, ...]()
    if plan.mode == "fused" and "alike" in plan.features and len(fused):
        alike, examples = _alike(index, legs.rows, fused)
    about = _about(index, legs.rows, meant)
    named = np.zeros(len(fused))
    for row, match in matches.items():
        named[np.searchsorted(legs.rows, row)] = match.weight
    rest = 1 - MATCH if matches else 1.0
    for_alike, for_about = (ALIKE if examples else 0.0), (CONCEPTS if meant else 0.0)
    base = rest * (1 - for_alike - for_about)
    legs_parts = base * (1 - weight) * legs.words, base * weight * legs.meaning
    parts = np.stack([*legs_parts, rest * for_alike * alike, rest * for_about * about, MATCH * named])
    scores = parts.sum(axis=0)
    order = np.lexsort((legs.rows, -scores))
    concepts = {each.id: each for each in meant}
    return Ranked(legs.rows[order], scores[order], legs.cosines[order], parts[:, order], matches, concepts, examples)


def _alike(index: Index, rows: NDArray[np.int64], fused: Floats) -> tuple[Floats, tuple[int, ...]]:
    """How near the best passages are to the mean of the best few: pseudo-relevance feedback (Rocchio 1971)."""
    best = np.lexsort((rows, -fused))
    own = index.annotated(rows)
    ours, theirs = best[own[best]], best[~own[best]]
    examples, pool = (ours if len(ours) else theirs)[:EXAMPLES], np.append(ours[:POOL], theirs[:POOL])
    centre = direction(index, rows[examples], fused[examples] ** FOCUS)
    found = np.zeros(len(rows))
    found[pool] = share((index.vectors.take(rows[pool]) @ centre).astype(np.float64), own[pool])
    return found, tuple(rows[examples].tolist())


def direction(index: Index, rows: NDArray[np.int64], weights: Floats | None = None) -> Matrix:
    """The unit vector that the vectors of *rows*, by their *weights*, point to together."""
    centre = np.average(
        index.vectors.take(rows), axis=0, weights=weights if weights is not None and weights.any() else None
    )
    result: Matrix = (centre / max(float(np.linalg.norm(centre)), 1e-9)).astype(np.float32)
    return result


def _meant(index: Index, query: Query, understood: Understood) -> tuple[Meant, ...]:
    """The concepts that are named by a label, then the nearest by words and meaning."""
    found: dict[str, Meant] = {}
    off = _off(understood)
    words = max(len(understand.words_of(understood.label)), 1)
    for part in understood.on("concept"):
        weight = min(len(understand.words_of(part.text)) / words, 1.0)  # how much of the query the label is
        found[part.value] = Meant(part.value, weight, f"named by “{part.text}”")
    if query.vector is not None or query.known:
        near = _legs(index, query._replace(scope=CONCEPT), Plan(), 4 * MEANT, {})
        fused = near.fused(MEANING)
        best = np.lexsort((near.rows, -fused))[:MEANT]
        for place in best[fused[best] > 0]:
            weight = float((fused[place] / fused[best[0]]) ** FOCUS)
            id = index.ids[near.rows[place]]
            if id in off:
                continue
            if id not in found:
                found[id] = Meant(id, weight, "near in words and meaning")
            elif weight > found[id].weight:
                found[id] = found[id]._replace(weight=weight)
    return tuple(sorted(found.values(), key=lambda m: (-m.weight, m.id)))


def _expanded(index: Index, meant: tuple[Meant, ...], plan: Plan) -> tuple[Meant, ...]:
    """*meant* and the concepts these lead to, by the links that the plan follows."""
    found = {each.id: each for each in meant}
    for id, link, other in index.catalogue.linked(list(found)):
        weight = found[id].weight * EXPANSION[link] if link in plan.features else 0.0
        if weight > (found[other].weight if other in found else 0.0):
            found[other] = Meant(other, weight, f"{link} of", id)
    return tuple(sorted(found.values(), key=lambda m: (-m.weight, m.id)))


def _about(index: Index, rows: NDArray[np.int64], meant: tuple[Meant, ...]) -> Floats:
    """For each row the weight of the best of the meant concepts that it is about."""
    weights = np.zeros(len(index))
    for concept in meant:
        tagged = index.catalogue.tagged(f"concept:{concept.id}")
        weights[tagged] = np.maximum(weights[tagged], concept.weight)
    return weights[rows]


def _matches(index: Index, understood: Understood, scope: Scope) -> dict[int, Match]:
    """What the query names: the concept whose label the whole of it is, works, and what authors wrote."""
    found = _labelled(index, understood)
    for part in understood.on("author", "work"):
        for row, match in _of_people(index, part):
            if row not in found or found[row].weight < match.weight:
                found[row] = match
    for part in understood.on("cites", "cited-by"):
        for id in part.value.split():
            rows = index.catalogue.tagged(f"{part.type}:{id}").tolist()
            found |= {row: Match("citation", part.label, 1.0) for row in rows}
    filters = understood.on(*FILTERS)
    if not found and filters and not understand.words_of(understood.label):  # nothing but filters: what they let pass
        mask = index.catalogue.mask(scope)
        mask[index.catalogue.tagged("kind:concept")] = False
        match = Match("filter", ", ".join(part.label for part in filters), 1.0)
        passing = mask.nonzero()[0]
        own = index.annotated(passing)  # first, since of a text there may be hundreds
        found = dict.fromkeys(np.append(passing[own], passing[~own])[:DEPTH].tolist(), match)
    return found


def _typed(index: Index, understood: Understood, scope: Scope, named: dict[int, Match]) -> dict[int, Match]:
    """What the query *named*, and the passages it is typed from, unless it is a label or has nothing but filters."""
    if any(match.type in ("label", "filter") for match in named.values()):
        return named
    return named | {row: Match("text", why, 1.0) for row, why in typed(index, understood, scope).items()}


def _labelled(index: Index, understood: Understood) -> dict[int, Match]:
    """The concepts that have the whole query as a label; to the letter counts more than but for number or spelling."""
    found: dict[int, Match] = {}
    off = _off(understood)
    for name in index.catalogue.names(understand.label_keys(understood.label), "label"):
        literal = name.key == label_key(understood.label)
        if name.id not in off and (literal or index.row(name.id) not in found):
            found[index.row(name.id)] = Match("label", name.text, 1.0 if literal else NEARLY)
    return found


def _off(understood: Understood) -> set[str]:
    """The concepts that the reader switched off."""
    return {part.value for part in understood.parts if part.type == "concept" and part.state == "off"}


def _of_people(index: Index, part: Part) -> list[tuple[int, Match]]:
    values = part.value.split()
    if part.type == "author":
        tagged = np.concatenate([index.catalogue.tagged(tag) for tag in values])
        rows, counts = np.unique(tagged, return_counts=True)
        best = np.lexsort((rows, ~index.annotated(rows), -counts))[:DEPTH]
        weights = BY_AUTHOR * counts[best] / len(values)
        pairs = zip(rows[best].tolist(), weights.tolist(), strict=True)
        return [(row, Match("author", part.label, weight)) for row, weight in pairs]
    works = values[:DEPTH]
    own = [(index.row(id), Match("work", part.label, 1.0)) for id in works]
    return own + [(row, Match("work", part.label, OF_WORK)) for id in works for row in index.claims(id)]


def share(scores: Floats, own: NDArray[np.bool_] | None = None) -> Floats:
    """Scores as shares of the best, none below 0 or above 1.

    A share of the best needs no knowledge of how deep a leg was searched (min-max does). The best is that of its *own*,
    if any, so that what is annotated ranks as it would without texts beside it.
    """
    best = float(scores[own].max(initial=0.0)) if own is not None else 0.0
    best = best or float(scores.max(initial=0.0))
    return np.clip(scores / best, 0.0, 1.0) if best > 0 else np.zeros(len(scores))
