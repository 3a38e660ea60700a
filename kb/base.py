"""The one object a notebook, the command line and the web app all hold."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from kb.corpus.sources import Corpus
from kb.errors import BadHome, KBError
from kb.generation import Generation
from kb.graph.query import LIMIT_DEFAULT
from kb.home import Home
from kb.terms import LANGUAGE
from kb.turns import Turns

if TYPE_CHECKING:
    from kb.answers import Answer, Similar
    from kb.bibliography.reading import Given
    from kb.build import Report
    from kb.corpus.check import Problem
    from kb.corpus.ontology import Ontology
    from kb.corpus.quotes import LookedUp
    from kb.curation import Curation
    from kb.curation.offers import Offers
    from kb.graph.workers import Options, Result
    from kb.intake import Intake, Planned
    from kb.overview import Stats, VocabularyView
    from kb.retrieval.complete import Completion
    from kb.retrieval.encoder import Encoder, Notice
    from kb.retrieval.evaluate import Evaluation
    from kb.retrieval.index import Progress
    from kb.retrieval.suggest import Suggestion
    from kb.sparql import Endpoint
    from kb.synthesis import Synthesis
    from kb.views import (
        AboutView,
        AuthorRef,
        AuthorView,
        Branches,
        ConceptView,
        SchemeView,
        SourcesView,
        SourceView,
        Thing,
    )
    from kb.works import Works

PATIENCE = 1.5  # seconds that one who has saved waits to see it


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
        self.turns = Turns()
        self._lock = threading.Lock()
        self._generation: Generation | None = None
        self._endpoint: Endpoint | None = None

    # Reading

    def search(
        self, text: str, *, limit: int = LIMIT_DEFAULT, offset: int = 0, mode: str = "fused", off: Iterable[str] = (),
        group: bool = False, sort: str = "score", facets: bool = False, language: str = LANGUAGE, **filters: Any,
    ) -> Answer:  # fmt: skip
        """What answers *text* best, within *filters*: kind, concept, scheme, field, stance, basis, state, years.

        *off* are keys of parts of the understood query that are to have no
        effect; *group* shows one hit per source; *sort* is score, or newest or oldest, which list what is close
        alone; *facets* counts what each filter would leave of that. See `kb.retrieval.scope.Filters`.
        """
        from kb.answers import answer
        from kb.retrieval import search
        from kb.retrieval.facets import count
        from kb.retrieval.scope import Filters

        now, request = self.generation, search.Request(limit, offset, mode, tuple(off), group, sort)
        given, views = Filters.of(**filters), now.views(language)
        results = search.search(now.index, lambda: self.encoder, now.describe, text, now.scope(given), request)
        counted = views.facets(count(results.close, given, now.scope, views.ontology), given) if facets else ()
        return answer(text, results, now.index, views, offset, counted)

    def similar(self, id: str, *, limit: int = LIMIT_DEFAULT, offset: int = 0, **filters: Any) -> Similar:
        """More like the source, claim or concept called *id*, within *filters* as `search` has them."""
        from kb.answers import Similar
        from kb.retrieval import search, similar
        from kb.retrieval.scope import Filters
        from kb.retrieval.search import Request

        now = self.generation
        scope = now.scope(Filters.of(**filters))
        hits, total = similar.similar(now.index, now.describe, id, scope, Request(limit, offset))
        passage = now.index.passage(now.index.row(id))
        return Similar(id, search.shown(passage, now.describe(passage)[1]), hits, total, offset)

    def complete(
        self, text: str, limit: int = LIMIT_DEFAULT, kind: str | Iterable[str] | None = None, language: str = LANGUAGE
    ) -> tuple[Completion, ...]:
        """What begins, or holds a word that begins, with *text*: concepts by any label, works by title, authors.

        With *kind*, of that kind alone, or of those: concept, source, author.
        """
        from kb.retrieval.complete import KINDS
        from kb.retrieval.scope import choice
        from kb.retrieval.search import Request, check

        check(Request(limit))
        kinds = [choice("kind", each, KINDS) for each in ([kind] if isinstance(kind, str) else kind or ()) if each]
        found = self.generation.completions.complete(text, limit, kinds)
        return tuple(map(self.generation.views(language).noted, found))

    def suggest(
        self, text: str, limit: int = 10, chosen: Iterable[str] = (), language: str = LANGUAGE,
        without: Iterable[str] = (), rejected: Iterable[str] = (),
    ) -> tuple[Suggestion, ...]:  # fmt: skip
        """The concepts that *text* may be about, the best first, each with its reasons.

        None is *chosen* or *rejected* already; what is chosen speaks for what is next to it. Annotated sources teach
        what annotators take, but those *without*. Labels are those of a reader of *language*.
        """
        from kb.retrieval.search import Request, check

        check(Request(limit))
        now = self.generation
        ontology = now.views(language).ontology
        taken = [ontology[id].id for id in ([chosen] if isinstance(chosen, str) else chosen)]
        found = now.suggester.suggest(lambda: self.encoder, text, limit, taken, tuple(without), tuple(rejected))
        return tuple(each.shown(ontology[each.id]) for each in found)

    def suggest_for(self, id: str, limit: int = 10, language: str = LANGUAGE) -> tuple[Suggestion, ...]:
        """The concepts that source *id* may be about, by title, summary and text; none that it has or was rejected."""
        from kb.corpus import texts
        from kb.retrieval.suggest import given

        data, known = self.corpus[id].data, self.generation.views().ontology.concepts
        text = given.of_work(data, texts.read(self.home.corpus, id))
        chosen = [concept for concept in data.get("subjects") or () if concept in known]
        return self.suggest(text, limit, chosen, language, [id], data.get("rejected") or ())

    def concept(self, id: str, language: str = LANGUAGE) -> ConceptView:
        """A concept: its place in the scheme and what the literature says about it; labels in *language* if any."""
        return self.generation.views(language).concept(id)

    def concepts(self, language: str = LANGUAGE) -> tuple[SchemeView, ...]:
        """The concept schemes as trees."""
        return self.generation.views(language).concepts()

    def branches(self, text: str, language: str = LANGUAGE) -> Branches:
        """What of the trees leads to the concepts with a label, in any language, that holds each word of *text*."""
        return self.generation.views(language).branches(text)

    def ontology(self, language: str = LANGUAGE) -> Ontology:
        """The concepts and their labels."""
        return self.generation.views(language).ontology

    def vocabulary(self) -> VocabularyView:
        """The classes, properties and values that sources and claims are described with."""
        return self.generation.views().vocabulary()

    def about(self, language: str = LANGUAGE) -> AboutView:
        """How statements are known here, by a claim as example."""
        return self.generation.views(language).about()

    def stats(self) -> Stats:
        """What the files hold and what they lack, counted."""
        return self.generation.views().stats()

    def source(self, id: str, language: str = LANGUAGE, style: str = "apa") -> SourceView:
        """A source: its record, how to cite it, and its claims, which are copied with citations in a *style*."""
        return self.generation.views(language).source(id, style)

    def sources(self, language: str = LANGUAGE, **filters: Any) -> SourcesView:
        """The sources within *filters*: q, type, field, decade, state, open and years; by *sort*, all or one *page*.

        See `kb.views.browse.Wanted`.
        """
        from kb.views import Wanted

        return self.generation.views(language).sources(Wanted.of(**filters))

    def author(self, id: str, language: str = LANGUAGE) -> AuthorView:
        """An author or editor: names, works, colleagues, subjects and claims."""
        return self.generation.views(language).author(id)

    def authors(self, text: str = "") -> tuple[AuthorRef, ...]:
        """Who is named on works, by family name; with *text*, those in whose names each of its words begins one."""
        return self.generation.views().authors(text)

    def synthesis(self, language: str = LANGUAGE) -> Synthesis:
        """The evidence seen as a whole: an evidence map, paths, comparisons, collections; see `kb.synthesis`."""
        return self.generation.synthesis(language)

    def describe(self, kind: str, id: str = "", format: str = "turtle") -> bytes:
        """RDF about a ``concept`` or ``source`` called *id*, all ``concepts`` or the ``ontology``.

        *format* is turtle, jsonld, ntriples or rdfxml. Of a source that is its named graph, of a concept what is said
        of it and the claims about it.
        """
        return self.generation.described(kind, id, format)

    def named(self, iri: str) -> Thing:
        """What *iri* names; raises NotFound where it names nothing here."""
        views = self.generation.views()
        return views.things().named(iri, views.vocabulary)

    def moved(self, id: str) -> str:
        """Where the source or claim called *id* is to be found since it was merged into another; else nothing."""
        return self.generation.views().things().moved(id)

    def has(self, kind: str, id: str) -> bool:
        """Whether there is a ``concept`` or ``source`` called *id*."""
        return self.generation.views().things().has(kind, id)

    def cite(
        self, ids: Iterable[str], style: str = "apa", *, in_text: bool = False, locator: str | Iterable[str] = ()
    ) -> str:  # fmt: skip
        """The works *ids* (or one id) in a style: a reference list, or entries of an exchange format.

        The styles are apa, chicago, mla, harvard, ieee, bibtex, ris and csl-json (one array). A claim, such as
        ``reed-2001#c1``, stands for the work that it was read in. With *in_text*, one citation of all of them in
        running text, with a *locator* for each, such as "p. 4"; a claim has its own.
        """
        return self.works.cite(ids, style, in_text=in_text, locator=locator)

    def query(
        self, text: str, format: str | None = None, lend: bool = False, **options: Unpack[Options]
    ) -> Result:  # fmt: skip
        """The result of a SPARQL 1.1 query, which may hold search clauses, serialised in *format*; see `kb.sparql`."""
        return self.sparql.query(text, format, lend, **options)

    def health(self) -> dict[str, Any]:
        """Version, generation and counts."""
        from kb import __version__

        now = self.generation
        return {"version": __version__, "generation": now.name, **now.counts, "passages": len(now.index)}

    def dump(self, format: str = "trig") -> bytes:
        """All data in one RDF file: trig, nquads or turtle."""
        return b"".join(self.generation.dump(format))

    def evaluate(
        self, questions: str | Path, mode: str = "fused", without: Iterable[str] = (), also: Iterable[str] = (),
        progress: Progress | None = None,
    ) -> Evaluation:  # fmt: skip
        """How well the ranking answers judged questions: a YAML file, or a BEIR folder with its own documents.

        *without* and *also* name features of the ranking to leave out or to add (`kb.retrieval.rank.Feature`).
        """
        from kb.retrieval import evaluate
        from kb.retrieval.rank import plan

        path, made = Path(questions), plan(mode, without, also)
        if evaluate.is_beir(path):
            return evaluate.on_beir(path, self.encoder, made, progress)
        return evaluate.on_index(self.generation.index, evaluate.questions(path), lambda: self.encoder, made)

    def judge(self, file: str | Path, query: str, id: str, grade: int, note: str = "", judge: str = "") -> str:
        """Write into a file of questions how well *id* answers *query*, and return the question's id.

        *grade* is 0 (not relevant), 1 (good to have) or 2 (must be near the top).
        """
        from kb.retrieval.judge import judge as write

        self.generation.index.row(id)
        return write(Path(file), query, id, grade, note, judge)

    def quote(self, id: str, words: str) -> LookedUp:
        """Where *words* stand in the text of the source called *id*, which is beside its file, or what is near to them.

        Spaces, hyphens, signs and case do not count; an ellipsis leaves something out, [brackets] put something in.
        """
        from kb.corpus import quotes

        return quotes.look_up(self.corpus, id, words)

    # Writing

    def preview(self, files: Iterable[str | Path | Given], progress: Progress | None = None) -> Iterator[Planned]:
        """What `add` would make of each record in *files*; nothing is written."""
        return self.intake.preview(files, progress)

    def add(
        self, files: Iterable[str | Path | Given], *, merge: str = "", fields: Collection[str] = (),
        progress: Progress | None = None,
    ) -> list[Planned]:  # fmt: skip
        """Take in the new records of *files* and return what became of each; `build` makes them findable.

        With *merge* "fill", sources that are here get what they lack; see `kb.intake.Intake.add`.
        """
        return self.intake.add(files, merge=merge, fields=fields, progress=progress)

    def check(self, fix: bool = False, notice: Notice | None = None) -> list[Problem]:
        """Everything wrong with the files; an empty list when all is well.

        *fix* first mends what is certain; *notice* is told which files that changed.
        """
        from kb.corpus import check

        self.home.check()
        parts = self.home.corpus, self.home.ontology, self.home.context()
        if fix:
            from kb.saving import Saving

            for path in check.fix(*parts, Saving(self.home).lock):
                (notice or _silent)(f"mended {path}")
        return check.check(*parts)

    def build(self, progress: Progress | None = None, notice: Notice | None = None, wait: float = 0) -> Report:
        """Bring the index up to date with the files; another build is waited for at most *wait* seconds."""
        from kb import build

        encoder = self._given or self.__dict__.get("_encoder")  # loading the model takes longer than a small build
        report = build.build(self.home, encoder, self._model, progress or _silent, notice or _silent, wait)
        self.refresh()
        return report

    def catch_up(self, patience: float = PATIENCE) -> bool:
        """See that what is in the files now is answered from, and say whether it is; *patience* is in seconds.

        Where a server keeps the base up to date, that one builds, at once.
        """
        if self.turns.kept:
            return self.turns.ask(patience)
        try:
            self.build(wait=patience)
        except (KBError, OSError):  # who builds next is told why
            return False
        return True

    def refresh(self) -> bool:
        """Move on to the newest generation; True where there was a newer one."""
        current = self.home.current()
        if current is None or (self._generation and self._generation.folder == current):
            return False
        now = Generation(self.home, current)
        with suppress(KBError, OSError, sqlite3.Error):  # what was before may be gone: then all is made anew
            if self._generation:
                now.follow(self._generation)
        with self._lock:
            self._generation = now
        if self._endpoint is not None:
            self._endpoint.move()
        return True

    def close(self) -> None:
        """Let go of files and processes."""
        if self._generation is not None:
            self._generation.close()
        if self._endpoint is not None:
            self._endpoint.close()

    # Parts

    @property
    def works(self) -> Works:
        """Works to take along: those that a search or a concept leads to, as references or in a file."""
        from kb.works import Works

        return Works(self.generation, lambda: self.encoder)

    @property
    def intake(self) -> Intake:
        """What a curator brings: records of files, fields of a source, concepts; see `kb.intake`."""
        from kb.intake import Intake

        return Intake(self.home, self.suggest, self.ontology)

    @cached_property
    def curation(self) -> Curation:
        """What curators change, saved in their name, and the history of that; see `kb.curation`."""
        from kb.curation import Curation

        return Curation(self.home, lambda: self.generation, lambda: self.turns.fault)

    def offers(self, language: str = LANGUAGE) -> Offers:
        """What pickers offer: concepts in their tree, claims, works; see `kb.curation.offers`."""
        from kb.curation.offers import Offers

        return Offers(self.generation, self.search, self.complete, self.suggest, language)

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
    def sparql(self) -> Endpoint:
        """The one that answers SPARQL."""
        from kb.sparql import Endpoint

        with self._lock:
            if self._endpoint is None:
                self._endpoint = Endpoint(lambda: self.generation, lambda: self.encoder)
            return self._endpoint


def _silent(*_: object) -> None:
    """Tell nobody."""
