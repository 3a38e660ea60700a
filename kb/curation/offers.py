"""What pickers offer while one types: concepts in their tree, claims, works; and what a typed name stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.corpus.ontology import Concept, Ontology, fold
from kb.errors import BadQuery, NotFound, unknown
from kb.terms import LANGUAGE
from kb.views.branches import Labels

if TYPE_CHECKING:
    from kb.generation import Generation
    from kb.retrieval.suggest import Suggestion

FOUND, ROWS, BELOW = 10, 16, 5  # concepts that match; rows with what stands below; of that for each
OTHERS = 8  # claims or works
NEAR = 5  # concepts that are offered by meaning where no label matches
NAMED = 3  # that a message names
SHORTEST = 3  # letters of a text that has a meaning to go by
CONCEPT, CLAIM, SOURCE = "concept", "claim", "source"
CALLED = {CONCEPT: "concept", CLAIM: "claim", SOURCE: "work"}
RELATION = "relation"  # the field of a form that has the key of an assertion
_PARTICIPLE = re.compile(r"[a-z]+ed [a-z]+$")
CHOSEN, HEADING, RETIRED, BY_MEANING = "chosen already", "a heading: choose below it", "retired", "near in meaning"


class Offered(NamedTuple):
    """A concept, claim or work that can be chosen, or that leads to one that can.

    *note* is the scheme, or the citation with the page; *way* are the labels from the top of the scheme down to what is
    directly above; *matched* is the label that holds what was typed; *depth* tells how far it stands below a row before
    it; *why* is why it cannot be chosen, or why it is offered.
    """

    id: str
    label: str
    note: str
    way: tuple[str, ...] = ()
    matched: str = ""
    depth: int = 0
    choosable: bool = True
    why: str = ""


class Choice(NamedTuple):
    """A value that a key of a file may have, what it is called, and what that means."""

    value: str
    label: str
    note: str


class Relation(NamedTuple):
    """A relation as a key of a file, and how it reads between its two concepts: from the first, and from the second."""

    value: str
    label: str
    note: str
    forth: str
    back: str


class Offers:
    """What is offered of one generation, in one language.

    *search*, *complete* and *suggest* are those of `kb.KnowledgeBase`.
    """

    def __init__(
        self, generation: Generation, search: Callable[..., Any], complete: Callable[..., Any],
        suggest: Callable[..., Any], language: str = LANGUAGE,
    ) -> None:  # fmt: skip
        self._now, self._search, self._complete, self._suggest = generation, search, complete, suggest
        self._language, self._views = language, generation.views(language)

    # While one types

    def concepts(self, text: str, scheme: str = "", without: Collection[str] = ()) -> tuple[Offered, ...]:
        """Concepts with a label that holds *text*, of a *scheme* if given, narrower ones below broader ones.

        A heading, and a retired concept, is followed by what may be chosen in its place. Those *without* are shown as
        chosen already. Where no label matches, what is near in meaning.
        """
        ontology = self._views.ontology
        if scheme and scheme not in ontology.schemes:
            raise NotFound(unknown("scheme", scheme, list(ontology.schemes)))
        found = self._matching(text)
        if scheme:
            found = {id: matched for id, matched in found.items() if scheme in ontology[id].schemes}
        if not found:
            return tuple(self._near(text, scheme, without))
        return tuple(Rows(found, ontology, self._views.links.scheme_label, without).listed())

    def _matching(self, text: str) -> dict[str, str]:
        """The concepts with a label that holds *text*, the best first, and that label; at most `FOUND`."""
        ontology = self._views.ontology
        lead = (each.id for each in ontology.concepts.values() if each.groups or each.retired)
        leading = Labels(ontology, lead).holding(text)
        key = fold(text)
        exact = {id: label for id, label in leading.items() if fold(label) == key}
        best = {each.id: each.matched for each in self._complete(text, FOUND, CONCEPT, self._language)}
        return dict(list((exact | best | leading).items())[:FOUND])

    def _near(self, text: str, scheme: str, without: Collection[str]) -> Iterator[Offered]:
        """Concepts that are near to *text* in meaning; none where its beginning is all there is."""
        if len(text.strip()) < SHORTEST:
            return
        ontology = self._views.ontology
        hits = self._search(text, kind=CONCEPT, limit=NEAR, language=self._language).hits
        for id in (hit.id for hit in hits):
            if not scheme or scheme in ontology[id].schemes:
                yield self.concept(id)._replace(
                    why=CHOSEN if id in without else BY_MEANING, choosable=id not in without
                )

    def claims(self, text: str, source: str = "") -> tuple[Offered, ...]:
        """Claims by words and by meaning, each in full with its citation and page; or the one with that id.

        None is of the work called *source*.
        """
        if "#" in text and (known := self.claim(text.strip())):
            return (known,)
        if not text.strip():
            return ()
        hits = self._search(text, kind=CLAIM, limit=OTHERS, language=self._language).hits
        return tuple(Offered(hit.id, hit.text, hit.citation) for hit in hits if not source or hit.source != source)

    def sources(self, text: str) -> tuple[Offered, ...]:
        """Works by title, names and year, or by id."""
        exact = (self.source(text.strip()),) if text.strip() in self._now.records else ()
        found = self._complete(text, OTHERS, SOURCE, self._language)
        more = (Offered(each.id, each.label, each.note, matched=each.matched) for each in found)
        return (*exact, *(each for each in more if each.id != text.strip()))

    # What is chosen

    def concept(self, id: str) -> Offered:
        """The concept called *id* as it is shown where it is chosen; what is not here is known by its id."""
        found = self._views.ontology.concepts.get(id)
        if found is None:
            return Offered(id, id, "", choosable=False, why="not among the concepts")
        way = tuple(each.label for each in way_to(found, self._views.ontology))
        why = HEADING if found.groups else RETIRED if found.retired else ""
        return Offered(id, found.label, self._views.links.scheme_label(id), way, "", 0, not why, why)

    def claim(self, id: str) -> Offered | None:
        """The claim called *id*, in full; None where it is not here."""
        for found in self._views.claims.called([id]):
            known = f"{found.source.citation}, {found.provenance}"
            return Offered(id, found.text, known)
        return None

    def source(self, id: str) -> Offered:
        """The work called *id*; what is not here is known by its id."""
        if id not in self._now.records:
            return Offered(id, id, "", choosable=False, why="not among the works")
        found = self._views.links.source(id)
        return Offered(id, found.title or found.citation, found.citation)

    # What is typed

    def named(self, kind: str, text: str, headings: bool = False) -> str:
        """The id of the concept, claim or source that a typed *text* names: by id, by label or title, by its beginning.

        A retired concept stands for its one successor; *headings* count too, if so asked. Raises NotFound for what
        names nothing, and BadQuery for what names several, or what cannot be chosen; the message tells what can.
        """
        text = " ".join(text.split())
        if not text:
            raise BadQuery(f"nothing was named: type the name of a {CALLED[kind]}")
        if kind == CONCEPT:
            return self._concept_named(text, headings)
        offered = self.claims(text) if kind == CLAIM else self.sources(text)
        same = [
            each
            for each in offered
            if text in (each.id, each.label) or fold(text) in (fold(each.label), fold(each.note))
        ]
        return self._one(kind, text, same or (() if kind == CLAIM else offered), offered)

    def _concept_named(self, text: str, headings: bool) -> str:
        ontology = self._views.ontology
        called = [text] if text in ontology.concepts else ontology.called(text)
        rows = self.concepts(text) if not called else ()
        by_label = [each for each in rows if each.choosable and not each.depth and each.why != BY_MEANING]
        found = called[0] if called else self._one(CONCEPT, text, by_label, rows)
        concept = ontology[found]
        if concept.retired:
            if len(concept.replaced_by) == 1:
                return concept.replaced_by[0]
            raise BadQuery(f"{concept.label!r} is retired: use {_or(concept.replaced_by) or 'another concept'}")
        if concept.groups and not headings:
            below = _or(ontology[id].label for id in concept.narrower[:NAMED] if id in ontology.concepts)
            raise BadQuery(f"{concept.label!r} only sorts other concepts: use one of them, such as {below}")
        return found

    def _one(self, kind: str, text: str, meant: Collection[Offered], offered: Collection[Offered]) -> str:
        if len(meant) == 1:
            return next(iter(meant)).id
        names = _or(each.id if kind == CLAIM else each.label for each in list(meant or offered)[:NAMED])
        if not meant:
            raise NotFound(
                f"no {CALLED[kind]} is called {text[:100]!r}" + (f": did you mean {names}?" if names else "")
            )
        raise BadQuery(f"{text[:100]!r} may be {names} or another one: type more of it, or choose from the list")

    def settled(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """*data* of a source with ids in place of the labels that were typed where ids of concepts belong.

        What names no concept, or several, stays as it is: a check tells of it.
        """
        made = {**data, **self._settled(data, ("subjects", "rejected"))}
        if isinstance(claims := data.get("claims"), list):
            made["claims"] = [self._settled_claim(each) if isinstance(each, Mapping) else each for each in claims]
        return made

    def _settled_claim(self, claim: Mapping[str, Any]) -> dict[str, Any]:
        made = {**claim, **self._settled(claim, ("about",))}
        if isinstance(asserts := claim.get("asserts"), list):
            made["asserts"] = [
                {**each, **self._settled(each, [key for key in each if key != RELATION])}
                if isinstance(each, Mapping)
                else each
                for each in asserts
            ]
        return made

    def _settled(self, node: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
        return {key: [self._id(each) for each in value] if isinstance(value := node[key], list) else self._id(value)
                for key in keys if key in node}  # fmt: skip

    def _id(self, text: Any) -> Any:
        ontology = self._views.ontology
        if not isinstance(text, str) or text in ontology.concepts:
            return text
        called = ontology.called(text)
        return called[0] if len(called) == 1 else text

    # What a claim can say

    def bases(self) -> tuple[Choice, ...]:
        """On what a claim may rest, as files name it, the strongest first."""
        terms = self._now.home.context()["@context"]["basis"]["@context"]
        ontology, full = self._views.ontology, self._now.names.full
        iris = ((name, full(term)) for name, term in terms.items() if name[0] != "@")
        return tuple(Choice(name, ontology.term(iri) or name, ontology.explained(iri)) for name, iri in iris)

    def relations(self) -> tuple[Relation, ...]:
        """The relations that a claim may put forward, as files name them."""
        terms = self._now.home.context()["@context"]["asserts"]["@context"]
        ontology, full = self._views.ontology, self._now.names.full
        known, made = ontology.relations(), []
        for name, term in terms.items():
            if name[0] != "@" and (found := known.get(full(term["@id"]))):
                iri, inverse = found
                label = ontology.term(iri) or name
                made.append(Relation(name, label, ontology.explained(iri), sentence(label), sentence(inverse)))
        return tuple(made)

    # What a work may be about

    def suggestions(self, data: Mapping[str, Any], id: str = "", limit: int = 8) -> tuple[Suggestion, ...]:
        """Concepts for a record by its title, keywords and summary; neither its subjects nor what was rejected."""
        from kb.retrieval.suggest import given

        known = self._views.ontology.concepts
        chosen = [each for each in data.get("subjects") or () if each in known]
        rejected, without = data.get("rejected") or (), [id] if id else ()
        found: tuple[Suggestion, ...] = self._suggest(
            given.of_work(data), limit, chosen, self._language, without, rejected
        )
        return found


class Rows:
    """The concepts that were *found*, and what stands below them, as rows of a list: broader ones before narrower."""

    def __init__(
        self, found: Mapping[str, str], ontology: Ontology, scheme: Callable[[str], str], without: Collection[str]
    ) -> None:
        self._found, self._ontology, self._scheme, self._without = found, ontology, scheme, without
        self._shown: set[str] = set()
        self._room = ROWS - len(found)  # for what does not match, but stands below what does

    def listed(self) -> Iterator[Offered]:
        """The rows."""
        for id in self._found:
            top = self._top(id)
            if top not in self._shown:
                yield from self._branch(top, 0)

    def _top(self, id: str) -> str:
        """The uppermost of what was found above *id* from step to step."""
        seen = {id}
        while above := [b for b in self._ontology[id].broader if b in self._found and b not in seen]:
            id = above[0]
            seen.add(id)
        return id

    def _branch(self, id: str, depth: int) -> Iterator[Offered]:
        concept = self._ontology[id]
        self._shown.add(id)
        yield self._row(concept, depth)
        below = [each for each in (concept.replaced_by if concept.retired else concept.narrower)
                 if each in self._ontology.concepts]  # fmt: skip
        for each in below:
            if each in self._found and each not in self._shown:
                yield from self._branch(each, depth + 1)
        for each in [each for each in below if each not in self._shown][: min(BELOW, self._room)]:
            self._shown.add(each)
            self._room -= 1
            yield self._row(self._ontology[each], depth + 1)

    def _row(self, concept: Concept, depth: int) -> Offered:
        way = tuple(each.label for each in way_to(concept, self._ontology))
        why = CHOSEN if concept.id in self._without else ""
        if concept.retired:
            instead = _or(self._ontology[id].label for id in concept.replaced_by if id in self._ontology.concepts)
            why = f"{RETIRED}: use {instead}" if instead else RETIRED
        elif concept.groups:
            why = HEADING
        matched = self._found.get(concept.id, "")
        return Offered(concept.id, concept.label, self._scheme(concept.id), way, matched, depth, not why, why)


def way_to(concept: Concept, ontology: Ontology) -> list[Concept]:
    """The concepts from the top of the scheme to the one directly above *concept*; of several ways one."""
    way: list[Concept] = []
    seen = {concept.id}
    while above := [b for b in concept.broader if b not in seen and b in ontology.concepts]:
        concept = ontology[above[0]]
        seen.add(concept.id)
        way.insert(0, concept)
    return way


def sentence(label: str) -> str:
    """How the *label* of a relation reads between two names: one that begins with a participle lacks its verb.

    >>> sentence("mitigated by"), sentence("arises in"), sentence("impedes")
    ('is mitigated by', 'arises in', 'impedes')
    """
    return f"is {label}" if _PARTICIPLE.match(label) else label


def _or(names: Iterable[str]) -> str:
    return " or ".join(f"“{name}”" for name in names)
