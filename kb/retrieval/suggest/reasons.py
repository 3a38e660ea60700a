"""Why a concept is suggested, in words: what was found where, and how much each reason weighs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kb.corpus.ontology import Concept
from kb.retrieval.index import Index
from kb.retrieval.passages import Passage
from kb.retrieval.suggest.annotated import Annotated
from kb.retrieval.suggest.evidence import KINDS, Measured, Text
from kb.retrieval.suggest.labels import Floats
from kb.retrieval.suggest.vocabulary import Vocabulary

TYPES = {  # of reasons, with the kinds of evidence that each tells of
    "label": ("found", "covered"),
    "meaning": ("words", "whole", "moved", "phrases"),
    "sources": ("sources",),
    "near": ("near",),
}
LEAST = 0.03  # of what speaks for a concept; less is no reason to tell
NAMED = 3  # sources that a reason names
SHOWN = 80  # characters of a definition
NEXT = {"narrower": "narrower than", "related": "related to", "broader": "broader than"}


class Reason(NamedTuple):
    """Why a concept is suggested: *type* is label, meaning, sources or near; *weight* is its part of the score."""

    type: str
    text: str
    weight: float


class Suggestion(NamedTuple):
    """A concept for a text; the weights of its reasons sum to its score, which is between 0 and 1.

    The score is about how likely it is that an annotator takes the concept. *scheme* is the id of the concept's
    scheme, where that is known.
    """

    id: str
    label: str
    scheme: str
    score: float
    reasons: tuple[Reason, ...]

    def shown(self, concept: Concept) -> Suggestion:
        """The same for a reader of the language of *concept*."""
        return self._replace(label=concept.label, scheme=next(iter(concept.schemes), ""))


class Explainer:
    """Tells the reasons for the candidates of one *text*; *telling* is what each kind of evidence gives for each."""

    def __init__(
        self, index: Index, vocabulary: Vocabulary, annotated: Annotated, text: Text, measured: Measured,
        telling: Floats,
    ) -> None:  # fmt: skip
        self._index, self._vocabulary, self._annotated = index, vocabulary, annotated
        self._text, self._measured, self._telling = text, measured, telling

    def suggestion(self, place: int, score: float) -> Suggestion:
        """The candidate at a *place* with its *score*, which its reasons share out."""
        concept = int(self._measured.candidates[place])
        passage = self._index.passage(int(self._vocabulary.rows[concept]))
        parts = dict(zip(KINDS, self._telling[place].tolist(), strict=True))
        sums = {type: max(0.0, sum(parts[kind] for kind in kinds)) for type, kinds in TYPES.items()}
        floor = LEAST * sum(sums.values())
        said = {type: text for type, part in sums.items()
                if part > floor and (text := getattr(self, f"_{type}")(concept, place, passage))}  # fmt: skip
        said = said or {"meaning": self._meaning(concept, place, passage)}
        total = sum(sums[type] for type in said)
        reasons = [Reason(type, text, score * sums[type] / total if total else score) for type, text in said.items()]
        return Suggestion(passage.id, passage.heading, "", score, tuple(sorted(reasons, key=lambda r: -r.weight)))

    def _label(self, concept: int, place: int, passage: Passage) -> str:
        if found := self._measured.labels.get(concept):
            start, end = found.place.start, found.place.end
            return f"label found here: “{self._text.whole[start:end]}”"
        if words := self._vocabulary.labels.shared(passage.labels, self._text.start):
            return "words of a label found here: " + ", ".join(f"“{word}”" for word in words)
        return ""

    def _meaning(self, concept: int, place: int, passage: Passage) -> str:
        cosine = self._measured.evidence[place, KINDS.index("whole")]
        said = passage.text if len(passage.text) <= SHOWN else passage.text[:SHOWN].rsplit(" ", 1)[0] + " …"
        what = f"its definition, “{said}”" if said else "its label"
        return f"meaning close to {what} (cosine {cosine:.2f})"

    def _sources(self, concept: int, place: int, passage: Passage) -> str:
        names = list(self._carrying(concept))
        more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
        return f"similar sources carry it: {', '.join(names[:NAMED])}{more}" if names else ""

    def _near(self, concept: int, place: int, passage: Passage) -> str:
        if (found := self._measured.near.get(concept)) is None:
            return ""
        how, other = found
        return f"{NEXT[how]} “{self._vocabulary.label(other)}”, which is chosen already"

    def _carrying(self, concept: int) -> Iterator[str]:
        for source in self._measured.similar.sources.tolist():
            if concept in self._annotated.subjects[source]:
                yield self._annotated.ids[source]
