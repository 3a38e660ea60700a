"""The one object a notebook, the command line and the web app all hold."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from kb.bibliography.records import Records
from kb.corpus.sources import Corpus
from kb.errors import BadHome, Busy
from kb.graph.query import LIMIT_DEFAULT, check
from kb.home import STORE, Home
from kb.terms import LANGUAGE, Names

if TYPE_CHECKING:
    from kb.build import Report
    from kb.corpus.check import Problem
    from kb.corpus.ontology import Ontology
    from kb.graph.store import Store
    from kb.graph.workers import Pool, Result
    from kb.overview import Stats, VocabularyView
    from kb.retrieval.encoder import Encoder, Notice
    from kb.retrieval.evaluate import Evaluation
    from kb.retrieval.index import Index, Progress
    from kb.retrieval.passages import Passage
    from kb.retrieval.search import Answer, Mode
    from kb.views import ConceptView, SchemeView, SourceRef, SourceView, Views

T = TypeVar("T")


class KnowledgeBase:
    """A folder with ``corpus/`` and ``ontology/``, opened for questions.

    >>> base = KnowledgeBase("tests/toy")
    >>> base.corpus["reed-2001"].data["issued"]
    '2001'

    After `build`, every other verb answers from one generation of what the
    files said; `refresh` moves on to the newest. All verbs may be called from
    several threads.
    """

    def __init__(self, home: str | Path = ".", encoder: Encoder | None = None, model: str | None = None) -> None:
        self.home = Home(Path(home).expanduser())
        self.corpus = Corpus(self.home.corpus)
        self._model = model or os.environ.get("KB_MODEL") or None
        self._given = encoder
        self._lock = threading.Lock()
        self._generation: Generation | None = None
        self._pool: Pool | None = None

    # Reading

    def search(
        self,
        text: str,
        kind: str | None = None,
        concept: str | None = None,
        years: str | None = None,
        limit: int = LIMIT_DEFAULT,
        mode: Mode = "fused",
    ) -> Answer:
        """What answers *text* best: passages of *kind*, about *concept* or a narrower one, of *years* such as 2005-."""
        from kb.retrieval import search

        now = self.generation
        scope = now.scope(kind, concept, years)
        return search.search(now.index, lambda: self.encoder, now.describe, text, scope, limit, mode)

    def concept(self, id: str, language: str = LANGUAGE) -> ConceptView:
        """A concept: its place in the scheme and what the literature says about it; labels in *language* if any."""
        return self.generation.views(language).concept(id)

    def concepts(self, language: str = LANGUAGE) -> tuple[SchemeView, ...]:
        """The concept schemes as trees."""
        return self.generation.views(language).concepts()

    def ontology(self, language: str = LANGUAGE) -> Ontology:
        """The concepts and their labels."""
        return self.generation.views(language).ontology

    def vocabulary(self) -> VocabularyView:
        """The classes, properties and values that sources and claims are described with."""
        return self.generation.views().vocabulary()

    def stats(self) -> Stats:
        """What the files hold and what they lack, counted."""
        return self.generation.views().stats()

    def source(self, id: str, language: str = LANGUAGE) -> SourceView:
        """A source: its record, how to cite it, and its claims."""
        return self.generation.views(language).source(id)

    def sources(self) -> tuple[SourceRef, ...]:
        """Every source, by citation."""
        return self.generation.views().sources()

    def cite(self, ids: Iterable[str], style: str = "apa") -> str:
        """References to the sources *ids* (or one id) in a citation style, one after the other."""
        from kb.bibliography import styles

        records = self.generation.records
        return styles.cite({id: records[id].data for id in ([ids] if isinstance(ids, str) else ids)}, style)

    def query(
        self,
        text: str,
        format: str | None = None,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        deadline: float | None = None,
    ) -> Result:
        """The result of a read-only SPARQL 1.1 query, serialised in *format*; stopped after *deadline* seconds."""
        check(text)
        return self.pool.run(text, format, default_graphs, named_graphs, deadline)

    def health(self) -> dict[str, Any]:
        """Version, generation and counts."""
        from kb import __version__

        now = self.generation
        return {"version": __version__, "generation": now.name, **now.counts, "passages": len(now.index)}

    def dump(self, format: str = "trig") -> bytes:
        """All data in one RDF file: trig, nquads or turtle."""
        return self.generation.store.dump(format, self.generation.names.prefixes)

    def evaluate(self, questions: str | Path, mode: Mode = "fused", progress: Progress | None = None) -> Evaluation:
        """How well the ranking answers judged questions: a YAML file, or a BEIR folder with its own documents."""
        from kb.retrieval import evaluate

        path = Path(questions)
        if evaluate.is_beir(path):
            return evaluate.on_beir(path, self.encoder, mode, progress)
        return evaluate.on_index(self.generation.index, evaluate.questions(path), lambda: self.encoder, mode)

    # Writing

    def add(self, files: Iterable[str | Path]) -> list[str]:
        """Take new source files in, all or none; return their ids. `build` makes them findable."""
        from kb.corpus.intake import take_in

        self.home.check()
        return take_in([Path(file) for file in files], self.home.corpus, self.home.ontology, self.home.context())

    def check(self, fix: bool = False, notice: Notice | None = None) -> list[Problem]:
        """Everything wrong with the files; an empty list when all is well.

        *fix* first mends what is certain; *notice* is told which files that changed.
        """
        from kb.corpus import check

        self.home.check()
        parts = self.home.corpus, self.home.ontology, self.home.context()
        if fix:
            for path in check.fix(*parts):
                (notice or _silent)(f"mended {path}")
        return check.check(*parts)

    def build(self, progress: Progress | None = None, notice: Notice | None = None, wait: float = 0) -> Report:
        """Bring the index up to date with the files; another build is waited for at most *wait* seconds."""
        from kb import build

        report = build.build(self.home, self._given, self._model, progress or _silent, notice or _silent, wait)
        self.refresh()
        return report

    def refresh(self) -> bool:
        """Move on to the newest generation; True where there was a newer one."""
        current = self.home.current()
        if current is None or (self._generation and self._generation.folder == current):
            return False
        with self._lock:
            self._generation = Generation(self.home, current)
            if self._pool is not None:
                self._pool.replace(current / STORE)
        return True

    def watch(self, notice: Notice, stop: threading.Event, interval: float = 1.0) -> None:
        """Build when files change, until *stop* is set; a bad file is told of, and the last state stays."""
        seen = None  # what changed since the last build counts too
        while not stop.wait(interval):
            now = self.home.signature()
            try:
                if now != seen or self.home.current() is None:
                    self.build()
                    self.concepts()  # made now, so that the first reader does not wait for a large thesaurus
                self.refresh()
                seen = now
            except Busy:  # another process builds: look again in a moment
                continue
            except Exception as error:  # a server outlives a bad file and a full disk
                notice(f"not updated: {error}")
                seen = now

    def close(self) -> None:
        """Let go of files and processes."""
        if self._generation is not None:
            self._generation.close()
        if self._pool is not None:
            self._pool.close()
            self._pool = None

    # Parts

    @property
    def generation(self) -> Generation:
        """What the files said at the last build this object has seen."""
        if self._generation is None and not self.refresh():
            self.home.check()
            raise BadHome(f"{self.home.folder} has no index of this version yet: run 'kb build'")
        assert self._generation is not None
        return self._generation

    @property
    def encoder(self) -> Encoder:
        """The encoder that the index was built with."""
        if self._encoder.fingerprint != self.generation.encoder:
            raise BadHome("the index was built with another model: set KB_MODEL as it was, or run 'kb build'")
        return self._encoder

    @cached_property
    def _encoder(self) -> Encoder:
        from kb.retrieval import encoder

        return self._given or encoder.load(self._model, self.home.derived / "model", _silent)

    @property
    def pool(self) -> Pool:
        """The processes that answer SPARQL."""
        from kb.graph.workers import Pool

        folder = self.generation.folder / STORE
        with self._lock:
            if self._pool is None:
                self._pool = Pool(folder)
            return self._pool


class Generation:
    """One state of what is derived from the files; each part is opened when first asked for."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.home, self.folder, self.name = home, folder, folder.name
        self.encoder: str = home.manifest(folder)["encoder"]

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
    def _views(self) -> dict[str, Views]:
        from kb.views import Views

        return {LANGUAGE: Views(self.home, self.names, self.store, self.records)}

    def views(self, language: str = LANGUAGE) -> Views:
        """The pages, for a reader of *language*."""
        ours = self._views[LANGUAGE]
        wanted = (language, language.partition("-")[0])
        spoken = next((each for each in wanted if each in ours.ontology.languages), LANGUAGE)
        if spoken not in self._views:
            self._views[spoken] = ours.in_language(spoken)
        return self._views[spoken]

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many concepts, sources, claims, relations and triples there are."""
        return self.views().counts()

    def close(self) -> None:
        """Let go of the files that were opened; a replaced generation does so when its last reader has gone."""
        for part in ("records", "index"):
            if part in self.__dict__:
                self.__dict__.pop(part).close()

    def scope(self, kind: str | None, concept: str | None, years: str | None) -> Any:
        """The filter that a reader means; a concept takes its narrower ones along."""
        from kb.retrieval import search
        from kb.retrieval.words import Scope

        concepts = frozenset(self.views().ontology.narrower(concept)) if concept else None
        return Scope(search.kind(kind), concepts, search.years(years))

    def describe(self, passage: Passage) -> tuple[str, str]:
        """A passage's IRI, and the citation a reader needs to use it."""
        if passage.source is None:
            return self.names.iri("concept", passage.id), ""
        citation = self.records.citation(passage.source)
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


def plain(value: Any) -> Any:
    """Named results as dicts, lists, strings and numbers, for JSON.

    >>> from kb.retrieval.search import Reason
    >>> plain((Reason("words", "trust", 0.3),))
    [{'type': 'words', 'value': 'trust', 'weight': 0.3}]
    """
    if hasattr(value, "plain"):
        return value.plain()
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _silent(*_: object) -> None:
    """Tell nobody."""
