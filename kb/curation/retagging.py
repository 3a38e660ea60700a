"""Give sources and claims other concepts in place of one, after that was split: one by one, in one save."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from kb.corpus.revised import revised
from kb.corpus.sources import Corpus
from kb.corpus.sources import texts as each_text
from kb.curation import well_formed
from kb.curation.concept_files import ConceptFiles
from kb.curation.plans import Plan, changed
from kb.curation.uses import Data, Places, accepted, naming, nodes, swapped
from kb.errors import BadQuery, Conflict, NotFound
from kb.home import Home
from kb.saving import Change, etag
from kb.saving.changes import read
from kb.terms import PKB

PAGE = 50  # sources and claims that are shown at once: each asks for suggestions
ASKED = 20  # suggestions among which a concept is looked for
NEW = 8  # concepts that one may be split into
Suggest = Callable[[str], Iterable[Any]]


class Option(NamedTuple):
    """A concept for a source or claim: how well it fits, from 0 to 1, and whether it is the one that fits best."""

    concept: str
    score: float
    fits: bool


class Tagged(NamedTuple):
    """A source or claim that names the concept: its text, the keys it names it under, and what may stand there."""

    id: str
    source: str
    text: str
    keys: tuple[str, ...]
    options: tuple[Option, ...]
    etag: str  # of the source's file


class Retagging(NamedTuple):
    """What names a *concept* and may get the *new* ones in its place: the rows from *offset* on, of *total*."""

    concept: str
    new: tuple[str, ...]
    rows: tuple[Tagged, ...]
    offset: int
    total: int


class Choice(NamedTuple):
    """What one source or claim gets: the concepts in the place of the one, and whether it keeps that too."""

    concepts: tuple[str, ...]
    keeps: bool


def retagging(
    home: Home, corpus: Corpus, concept: str, new: Iterable[str], suggest: Suggest, offset: int = 0
) -> Retagging:  # fmt: skip
    """The sources and claims that name *concept*, a page of them, each with how well each *new* concept fits."""
    files, wanted = ConceptFiles(home), tuple(dict.fromkeys(new))
    _check(files, concept, wanted)
    found = [(each.text, *row) for each in naming(corpus, concept) for row in _rows(files, each.id, each.data, concept)]
    shown = found[offset : offset + PAGE]
    rows = (Tagged(id, id.partition("#")[0], said, keys, _options(said, wanted, suggest), etag(text))
            for text, id, said, keys in shown)  # fmt: skip
    return Retagging(concept, wanted, tuple(rows), offset, len(found))


def plan(
    home: Home, corpus: Corpus, concept: str, choices: Mapping[str, Choice], was: Mapping[str, str] | None = None
) -> Plan:  # fmt: skip
    """What the *choices* for sources and claims, by id, change; *was* has the etags of the files they were made from.

    A relation that a claim asserts goes with it where there is one concept in the place; else it stays, and so does
    *concept* in that claim.
    """
    files, notes = ConceptFiles(home), list[str]()
    new = tuple(dict.fromkeys(each for choice in choices.values() for each in choice.concepts))
    _check(files, concept, new)
    places = Places.of(files.context, "concept", but=["rejected"])
    by_source: dict[str, dict[str, Choice]] = {}
    for id, choice in choices.items():
        by_source.setdefault(id.partition("#")[0], {})[id] = choice
    changes = []
    for source, chosen in by_source.items():
        text = read(corpus.path(source))
        if text is None or (was and was.get(source, etag(text)) != etag(text)):
            raise Conflict(f"corpus/{source}.yaml has changed since this was shown: look again; nothing was written")
        data = well_formed.read(text, corpus.path(source))
        made = _retagged(source, data, chosen, concept, places, notes)
        if made != data:
            new_text = revised(text, made, corpus.path(source))
            changes.append(Change(f"corpus/{source}.yaml", new_text, etag(text)))
    message = f"Tag anew what was about {concept}" + (f": {', '.join(new)}" if new else "")
    return Plan("concept", concept, "", message, tuple(changes), changed(home.folder, changes), tuple(notes),
                again=lambda: plan(home, corpus, concept, choices, was))  # fmt: skip


def _check(files: ConceptFiles, concept: str, new: Iterable[str]) -> None:
    files.iri(concept)
    new = list(new)
    if len(new) > NEW:
        raise BadQuery(f"a concept is split into {NEW} others at most, not {len(new)}")
    groups = set(files.vocabulary.instances(PKB + "GroupingConcept"))
    for id in new:
        iri = files.iri(id)
        if id == concept:
            raise BadQuery(f"{id} is the concept itself: to keep it, say so for each source or claim")
        if iri in files.vocabulary.retired:
            raise BadQuery(f"{id} is retired: choose a concept that is in use")
        if iri in groups:
            raise BadQuery(f"{id} is a heading that sorts others: choose one of the concepts below it")


def _rows(files: ConceptFiles, id: str, data: Data, concept: str) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The source and its claims that name the concept: id, text, and under which keys."""
    places = Places.of(files.context, "concept", but=["rejected"])
    for own, node in nodes(id, data):
        if keys := _keys(node, places, concept):
            said = [node.get("text")] if "#" in own else [node.get("title"), node.get("summary")]
            yield own, " – ".join(str(each) for each in said if each), keys


def _keys(node: Data, places: Places, concept: str) -> tuple[str, ...]:
    found = [key for key in places.plain if concept in each_text(node.get(key))]
    for key, names in places.entries.items():
        entries = node.get(key)
        if isinstance(entries, list) and any(
            isinstance(entry, dict) and concept in [entry.get(name) for name in names] for entry in entries
        ):
            found.append(key)
    return tuple(sorted(found))


def _options(text: str, new: tuple[str, ...], suggest: Suggest) -> tuple[Option, ...]:
    scores = {each.id: round(float(each.score), 2) for each in suggest(text)} if text and new else {}
    best = max((scores.get(id, 0.0) for id in new), default=0.0)
    return tuple(Option(id, scores.get(id, 0.0), 0 < best == scores.get(id)) for id in new)


def _retagged(
    source: str, data: Data, chosen: Mapping[str, Choice], concept: str, places: Places, notes: list[str]
) -> Data:  # fmt: skip
    """The data of a source in which each of the *chosen* has its own concepts."""
    made = dict(data)
    if source in chosen:
        made = _node(source, {key: value for key, value in data.items() if key != "claims"}, chosen[source], concept,
                     places, notes) | ({"claims": data["claims"]} if "claims" in data else {})  # fmt: skip
        made = {key: made[key] for key in data if key in made}
    claims = [(source + str(claim["id"]), claim) for claim in data.get("claims") or ()]
    if unknown := [id for id in chosen if id != source and id not in dict(claims)]:
        raise NotFound(f"no claim {unknown[0]!r}: look at the page again; nothing was written")
    if claims:
        made["claims"] = [_node(id, claim, chosen[id], concept, places, notes) if id in chosen else claim
                          for id, claim in claims]  # fmt: skip
    return accepted(made)


def _node(id: str, node: Data, choice: Choice, concept: str, places: Places, notes: list[str]) -> Data:
    """A source or claim with the concepts chosen in place of the one."""
    keeps = choice.keeps
    asserted = "asserts" in _keys(node, places, concept)
    if asserted and not keeps and len(choice.concepts) != 1:
        notes.append(f"{id} keeps {concept}: it asserts a relation of it, and of which other one is not said")
        keeps = True
    after = [*choice.concepts, *([concept] if keeps else [])]
    if not after and "about" in node and each_text(node["about"]) == [concept]:
        raise BadQuery(f"{id} is about nothing else: choose a concept, or keep {concept}; nothing was written")
    plain = Places(places.plain, {key: names for key, names in places.entries.items() if key != "asserts"})
    used = places if not keeps else plain
    return swapped(id, node, used, lambda each: after if each == concept else [each]).data
