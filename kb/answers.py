"""What a reader is given for a question: the concepts it means, the claims that answer it, the works, and all hits."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.evidence import ClaimView, SourceRef, strongest_first
from kb.graph.query import SEARCH_CHARACTERS
from kb.overview import Facet, Ref
from kb.retrieval.catalogue import among
from kb.retrieval.index import Index
from kb.retrieval.passages import owner
from kb.retrieval.search import Hit, Nothing, Results
from kb.retrieval.snippets import few
from kb.retrieval.understand import Part, words_of
from kb.retrieval.words import plain
from kb.views import Views

CLAIMS, SOURCES, CONCEPTS = 6, 5, 3  # how many an answer names at most
QUOTES = '“”"'
SEEN = 200  # hits that are looked through for it
NEAR = 0.5  # a claim, work or concept that has less of the best one's score is no answer


class ConceptAnswer(NamedTuple):
    """A concept that the question means: *weight* tells how far, from 0 to 1, and *how* why it is thought so.

    A search by the concept takes *narrower* further concepts along.
    """

    id: str
    label: str
    definition: str
    scheme: Ref | None
    weight: float
    how: str
    narrower: int


class Similar(NamedTuple):
    """What is like the source, claim or concept called *id*: one page of hits, best first, out of *total*."""

    id: str
    text: str
    hits: tuple[Hit, ...]
    total: int
    offset: int


class Answer(NamedTuple):
    """What was asked, as it was understood, and what was found.

    *concepts*, *claims* (the strongest evidence first, each with its stances)
    and *sources* are the answer in short, from the best of all hits; *hits*
    are one page of them, best first, equal scores by id, out of *total*.
    Every sentence is from the corpus. Where nothing was found, *nothing*
    tells why and what to try; *notes* tell what else a reader should know.
    *schemes* are the kinds of concept that the question names ("barriers").
    *close* tells how many hits come close to the question (`kb.retrieval.close`);
    *facets*, where they were asked for, how many of these each filter would leave.
    """

    query: str
    understood: tuple[Part, ...]
    concepts: tuple[ConceptAnswer, ...]
    claims: tuple[ClaimView, ...]
    sources: tuple[SourceRef, ...]
    hits: tuple[Hit, ...]
    total: int
    offset: int
    nothing: Nothing | None
    notes: tuple[str, ...]
    schemes: tuple[Ref, ...]
    close: int
    facets: tuple[Facet, ...]


def answer(
    query: str, results: Results, index: Index, views: Views, offset: int, facets: tuple[Facet, ...] = ()
) -> Answer:
    """*results* with the answer in short."""
    understood = results.found.understood.parts
    told = (part for part in understood if part.note and (results.hits or part.state == "on"))
    notes = (*results.notes, *(f"“{part.text.strip(QUOTES)}”: {part.note}." for part in told))
    seen = np.flatnonzero(few(index, results.found.ranked.rows))[:SEEN]
    rows = results.found.ranked.rows[seen]
    said = seen[among(rows, index.catalogue.tagged("kind:claim"))]
    claims = _known(views.claims.called(_best(results, index, said, CLAIMS)))
    works = seen[~among(rows, index.catalogue.tagged("kind:concept"))]
    owners = dict.fromkeys(map(owner, _best(results, index, works, 4 * SOURCES)))
    sources = map(views.links.source, list(owners)[:SOURCES])
    return Answer(
        query, understood, tuple(_concepts(results, views)), tuple(strongest_first(claims)), tuple(sources),
        results.hits, results.total, offset, results.nothing, notes, tuple(_schemes(query, views)),
        results.close.count, facets,
    )  # fmt: skip


def _known(claims: Sequence[ClaimView]) -> Sequence[ClaimView]:
    """Those of *claims* that may be cited, where there are any: what is only recalled or inferred is no answer."""
    return [claim for claim in claims if claim.copy] or claims


def _best(results: Results, index: Index, places: NDArray[Any], most: int) -> list[str]:
    """The ids of what is at the first *places* of the ranking, as far as it is not much worse than the best."""
    ranked, places = results.found.ranked, places[:most]
    best = [0] if ranked.typed else places[:1]  # of what was typed from a text, other things are no answer
    near = (place for place in places if ranked.scores[place] >= NEAR * ranked.scores[best].max())
    return [index.ids[ranked.rows[place]] for place in near]


def _schemes(query: str, views: Views) -> Iterator[Ref]:
    """The schemes that the words of a query name, such as "barriers"."""
    asked = set(plain(query[:SEARCH_CHARACTERS]).split())
    for scheme in views.ontology.schemes.values():
        if asked.intersection(words_of(plain(scheme.label))):
            yield Ref(scheme.id, scheme.label)


def _concepts(results: Results, views: Views) -> Iterator[ConceptAnswer]:
    """The concepts that are meant, the ones named by a label first."""
    understood = results.found.understood
    named = {part.value for part in understood.on("concept")}
    if not words_of(understood.label):  # it names works, or sets filters, and no notion
        return
    least = math.inf if results.found.ranked.typed else NEAR
    likely = (each for each in results.found.meant if each.id in named or each.weight >= least)
    for meant in sorted(likely, key=lambda m: (m.id not in named, -m.weight, m.id))[:CONCEPTS]:
        if concept := views.ontology.concepts.get(meant.id):
            below = len(views.ontology.narrower(meant.id)) - 1
            yield ConceptAnswer(
                concept.id,
                concept.label,
                concept.definition,
                views.links.scheme(concept),
                meant.weight,
                meant.how,
                below,
            )
