"""One state of what is derived from the files: records, store and index, as a build has left them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from kb.bibliography.records import Records
from kb.corpus.texts import SUFFIX
from kb.errors import BadHome, Busy
from kb.home import STORE, Home
from kb.terms import LANGUAGE, Names

if TYPE_CHECKING:
    from pyoxigraph import Triple

    from kb.graph.describe import Addresses, Edition
    from kb.graph.examples import Example
    from kb.graph.store import Store
    from kb.retrieval.complete import Completions
    from kb.retrieval.index import Index
    from kb.retrieval.passages import Passage
    from kb.retrieval.scope import Filters, Scope
    from kb.retrieval.suggest import Learnt, Suggester
    from kb.synthesis import Synthesis
    from kb.synthesis.kept import Kept
    from kb.views import Before, Views

FEW = 100  # sources that may change and most of what pages are made from is taken over
T = TypeVar("T")


class Generation:
    """One state of what is derived from the files; each part is opened when first asked for."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder, self.name = home, folder, folder.name
        manifest = home.manifest(folder)
        self.encoder: str = manifest["encoder"]
        self._files: dict[str, str] = manifest["files"]
        self._before: Before | None = None
        self._learnt: Learnt | None = None
        self._counting = Lock()
        self._counts: dict[str, list[Triple]] = {}

    def follow(self, before: Generation) -> None:
        """Take over from the generation *before* what the files that changed since have little part in."""
        changed = {id for id, _ in self.sources.items() ^ before.sources.items()}
        if "suggester" in before.__dict__:
            self._learnt = before.suggester.after(len(changed))
        if "_views" in before.__dict__ and self.rules == before.rules and len(changed) <= FEW:
            self._before = before.views().after(changed)

    @cached_property
    def version(self) -> str:
        """The version of the data: 12 hexadecimal digits, the same wherever the files are the same.

        The texts of works are no data: with them a search finds more, which `state` tells.
        """
        return _digest({name: hash for name, hash in self._files.items() if not name.endswith(SUFFIX)})

    @cached_property
    def state(self) -> str:
        """As *version*, of all that answers are made from."""
        return _digest(self._files)

    @cached_property
    def sources(self) -> dict[str, str]:
        """The hash of each source file, by id."""
        return {name: hash for name, hash in self._files.items() if "/" not in name and not name.endswith(SUFFIX)}

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """The hashes of what says how sources may be: the ontology, and the context."""
        return tuple(hash for name, hash in sorted(self._files.items()) if "/" in name)

    @cached_property
    def date(self) -> str:
        """The newest day on which the data say that something was made or changed, such as 2026-11-23; else nothing."""
        return self.views().date()

    @cached_property
    def names(self) -> Names:
        """The namespaces."""
        return Names.of(self.home.context())

    @cached_property
    def records(self) -> Records:
        """The source records."""
        return self._open(Records, self.folder)

    @cached_property
    def store(self) -> Store:
        """The RDF dataset."""
        from kb.graph.store import Store

        return self._open(Store, self.folder / STORE)

    @cached_property
    def index(self) -> Index:
        """The passages, words and vectors."""
        from kb.retrieval.index import Index

        return self._open(Index, self.folder)

    @cached_property
    def suggester(self) -> Suggester:
        """What concepts are suggested by."""
        from kb.retrieval.suggest import Suggester

        return Suggester(self.index, self._learnt)

    @cached_property
    def completions(self) -> Completions:
        """What can be typed."""
        from kb.retrieval.complete import Completions

        return self._open(Completions, self.folder)

    @cached_property
    def _views(self) -> dict[str, Views]:
        from kb.views import Views

        return {LANGUAGE: Views(self.home, self.names, self.store, self.records, self._before)}

    def views(self, language: str = LANGUAGE) -> Views:
        """The pages, for a reader of *language*."""
        ours = self._views[LANGUAGE]
        wanted = (language, language.partition("-")[0])
        spoken = next((each for each in wanted if each in ours.ontology.languages), LANGUAGE)
        if spoken not in self._views:
            self._views[spoken] = ours.in_language(spoken)
        return self._views[spoken]

    @cached_property
    def _kept(self) -> Kept:
        from kb.synthesis.kept import Kept

        return Kept()

    def synthesis(self, language: str = LANGUAGE) -> Synthesis:
        """The evidence seen as a whole, for a reader of *language*."""
        from kb.synthesis import Synthesis

        return Synthesis(self.views(language), self.index, self._kept)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many concepts, sources, claims, relations and triples there are."""
        return self.views().counts()

    @cached_property
    def edition(self) -> Edition:
        """The data set in this version, and how to cite it."""
        from kb.graph import describe

        return describe.edition(self.store, self.version, self.date, self.views().ontology.title)

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The example queries."""
        from kb.graph.examples import read

        return read(self.home.ontology / "examples")

    def dump(self, format: str = "trig") -> Iterator[bytes]:
        """All data in one RDF file, in parts: trig, nquads or turtle."""
        return self.store.dump(format, self.names.prefixes)

    def description(self, kind: str, at: Addresses, format: str = "turtle") -> bytes:
        """RDF about the data set (``void``), the SPARQL endpoint (``service``) or the example queries (``examples``).

        The data are counted once: that reads all triples, which takes about 7 s for a million of them.
        """
        from kb.graph import describe

        if kind == "examples":
            return describe.serialise(describe.examples(self.examples, at), format)
        if kind == "service":
            return describe.serialise([*describe.service(self.store, at), *self._counted(describe.graphs)], format)
        known = describe.dataset(self.store, self.edition, at)
        return describe.serialise([*known, *self._counted(describe.partitions)], format)

    def described(self, kind: str, id: str = "", format: str = "turtle") -> bytes:
        """RDF about a concept or source, or, without *id*, all concepts or the ontology; see `kb.views.things`."""
        from kb.graph.readable import written

        things = self.views().things()
        return written(things.triples(kind, id), format, self.names.prefixes, things.iri(kind, id))

    def _counted(self, count: Callable[[Store], list[Triple]]) -> list[Triple]:
        """What *count* finds in the store; who asks while another counts waits for that."""
        with self._counting:
            if count.__name__ not in self._counts:
                self._counts[count.__name__] = count(self.store)
            return self._counts[count.__name__]

    def close(self) -> None:
        """Let go of the files that were opened; a replaced generation does so when its last reader has gone."""
        for part in ("records", "index", "completions"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()

    def scope(self, filters: Filters) -> Scope:
        """What a reader's filters let pass; concepts take their narrower ones along."""
        from kb.retrieval import scope

        return scope.scope(filters, lambda: self.views().ontology)

    def describe(self, passage: Passage) -> tuple[str, str]:
        """A passage's IRI, and the citation a reader needs to use it."""
        if passage.source is None:
            return self.names.iri("concept", passage.id), ""
        citation = self.records.citation(passage.source)
        if passage.kind == "passage" and passage.locator:
            citation += f", {passage.locator}"
        if passage.kind == "claim":
            citation += ", " + self.records.provenance(passage.locator, passage.basis, passage.reported_in)
        return self.names.iri("source", passage.id), citation

    def _open(self, part: Callable[[Path], T], folder: Path) -> T:
        try:
            return part(folder)
        except Exception as error:
            if not self.folder.is_dir():
                raise Busy("the index has moved on since it was opened: call refresh(), or try again") from error
            raise BadHome(
                f"the index in {self.folder} is damaged ({error}): delete {self.home.derived}, then run 'kb build'"
            ) from error


def _digest(files: Mapping[str, str]) -> str:
    listed = "".join(f"{name} {hash}\n" for name, hash in sorted(files.items()))
    return hashlib.sha256(listed.encode()).hexdigest()[:12]
