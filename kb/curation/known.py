"""What the other sources say that a new one is compared with, kept in step with the generations."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from threading import RLock
from typing import Any, NamedTuple

from kb.corpus import texts
from kb.corpus.check.duplicates import signed
from kb.corpus.check.evidence import STANCES, WEAK, relations
from kb.corpus.check.fields import Checker
from kb.corpus.check.one import NO_CLAIMS, FieldProblem, has_claims, problems
from kb.corpus.check.problems import ERROR
from kb.corpus.check.shapes import Shapes
from kb.corpus.check.vocabulary import Vocabulary
from kb.corpus.numbers import WHOLE, comparable
from kb.corpus.ontology import SHAPES
from kb.corpus.sources import Source, as_read
from kb.corpus.sources import texts as texts_of
from kb.curation.claims import STAY, leaning, told
from kb.curation.uses import nodes
from kb.errors import NotFound
from kb.generation import Generation
from kb.intake.matching import Matcher, Near
from kb.terms import ONTOLOGY_GRAPH

_CLAIM = re.compile(r"[a-z0-9-]+#\w+")


class Rules(NamedTuple):
    """What the ontology of a home lets a source say, and the *state* of the files that it was read from."""

    state: tuple[object, ...]
    checker: Checker
    shapes: Shapes | None


class Known:
    """The sources of one home by what they share with others.

    A generation that follows another changes what its changed files say: the rest is learnt once.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._files: dict[str, str] = {}
        self._shared: dict[str, dict[Hashable, bool]] = {}  # by source: what it shares, and whether that is weak
        self._holders: dict[Hashable, dict[str, bool]] = defaultdict(dict)
        self._claims: dict[str, list[str]] = {}
        self._names: dict[str, dict[str, bool]] = defaultdict(dict)  # by claim: the sources that name it
        self._rules: Rules | None = None
        self._matcher = Matcher()

    def learn(self, now: Generation) -> None:
        """Take in what has changed in the files since the last generation."""
        with self._lock:
            files = now.sources
            if files == self._files:
                return
            for id in self._files.keys() - files.keys():
                self._forget(id)
            for id, hash in files.items():
                if self._files.get(id) != hash:
                    self._forget(id)
                    self._learn(now.records[id])
            self._files = dict(files)

    def prepare(self, now: Generation) -> None:
        """Learn, and read the rules."""
        with self._lock:
            self.learn(now)
            self._read(now)

    def problems(self, source: Source, now: Generation) -> tuple[FieldProblem, ...]:
        """What `kb check` would say of *source*, were it in its file."""
        source = Source(source.id, as_read(source.data))
        if not has_claims(source):
            return (NO_CLAIMS,)
        path = now.home.corpus / f"{source.id}.yaml"
        with self._lock:
            self.learn(now)
            rules = self._read(now)
            beside = {now.home.corpus / f"{id}.yaml": each for id in self._beside(source) if (each := _record(now, id))}
            claims = {id for source, ids in self._claims.items() for id in ids if source != id}
            ids = self._files.keys() | {source.id}
            gone = list(self._gone(source, now))
        claims |= {*source.claim_ids}
        checker = rules.checker.of(path, source, ids, claims)
        return (*gone, *problems(source, path, checker, rules.shapes, beside))

    def near(self, record: Mapping[str, Any], but: str, now: Generation) -> list[Near]:
        """The sources that may be of the same work as *record*, the nearest first."""
        with self._lock:
            self.learn(now)
            return self._matcher.near(record, but)

    def taken(self, id: str, now: Generation) -> bool:
        """Whether a new source may not have this *id*: a source, a text, a concept or a merged source has it."""
        folder = now.home.corpus
        if id in now.sources or (folder / f"{id}.yaml").exists() or texts.has(folder, id):
            return True
        return id in now.views().ontology.concepts or bool(now.views().things().moved(id))

    def _learn(self, source: Source) -> None:
        self._claims[source.id] = source.claim_ids
        self._shared[source.id] = dict(_shared(source))
        for key, weak in self._shared[source.id].items():
            self._holders[key][source.id] = weak
        for claim in _claims_named(source):
            self._names[claim][source.id] = True
        self._matcher.add(source.id, source.data)

    def _forget(self, id: str) -> None:
        for key in self._shared.pop(id, {}):
            self._holders[key].pop(id, None)
        if self._claims.pop(id, None) is not None:
            self._matcher.remove(id)
            for named in self._names.values():
                named.pop(id, None)

    def _gone(self, source: Source, now: Generation) -> Iterator[FieldProblem]:
        """The claims that *source* has no more and others name."""
        kept = set(source.claim_ids)
        for claim in self._claims.get(source.id, ()):
            if claim not in kept and (names := self._names.get(claim, {}).keys() - {source.id}):
                others = ((id, each.data) for id in sorted(names) if (each := _record(now, id)))
                if places := list(leaning(others, claim)):
                    yield FieldProblem("claims", ERROR, told(claim, places), STAY, "bad-reference")

    def _beside(self, source: Source) -> set[str]:
        """The other sources without which it cannot be told whether all is well with *source*."""
        found = set[str]()
        for key in dict(_shared(source)):
            others = {id: weak for id, weak in self._holders.get(key, {}).items() if id != source.id}
            if isinstance(key, tuple) and key[0] == "relation" and others:  # one is enough: a strong one, or the first
                strong = next((id for id, weak in others.items() if not weak), None)
                found.add(strong or min(others, key=lambda id: f"{id}.yaml"))
            else:
                found |= others.keys()
        for claim in source.claims:
            for stance in STANCES:
                found |= {str(other).partition("#")[0] for other in claim.get(stance) or ()}
        return found - {source.id}

    def _read(self, now: Generation) -> Rules:
        """The rules, read anew where the ontology, the context or the shapes have changed."""
        shapes = now.home.ontology / SHAPES
        status = shapes.stat() if shapes.is_file() else None
        state = (*now.rules, status and (status.st_mtime_ns, status.st_size))
        if self._rules is None or self._rules.state != state:
            quads = list(now.store.graph(ONTOLOGY_GRAPH))
            checker = Checker(now.home.context(), Vocabulary(quads), set(), {})
            self._rules = Rules(state, checker, Shapes(quads, shapes) if status else None)
        return self._rules


def _record(now: Generation, id: str) -> Source | None:
    try:
        return now.records[id]
    except NotFound:
        return None


def _claims_named(source: Source) -> set[str]:
    """The claims of others that a source names."""
    found = (each for _, node in nodes(source.id, source.data) for value in node.values() for each in texts_of(value))
    return {each for each in found if "#" in each and _CLAIM.fullmatch(each)}


def _shared(source: Source) -> Iterator[tuple[Hashable, bool]]:
    """What other sources may have too; of a relation, whether it rests on memory or inference alone."""
    data = source.data
    for doi in _several(data.get("doi")):
        yield ("doi", doi.lower()), False
    if str(data.get("type")) in WHOLE:
        for isbn in _several(data.get("isbn")):
            yield ("isbn", comparable(isbn)), False
    if group := signed(data):
        yield ("signed", *group), False
    weak: dict[Hashable, bool] = {}
    for stated in relations(source):
        key = ("relation", *stated.relation)
        weak[key] = weak.get(key, True) and stated.basis in WEAK
    yield from weak.items()


def _several(value: Any) -> list[str]:
    return [] if value is None else [str(each) for each in (value if isinstance(value, list) else [value])]
