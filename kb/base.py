"""The one object a notebook, the command line and the web app all hold."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from kb.corpus.sources import Corpus
from kb.errors import BadHome, BadQuery, NotFound
from kb.generation import Generation
from kb.graph.query import LIMIT_DEFAULT, LIMIT_MAX
from kb.home import Home
from kb.terms import LANGUAGE

if TYPE_CHECKING:
    from kb.answers import Answer, Similar
    from kb.bibliography.reading import Given
    from kb.build import Report
    from kb.corpus.check import Problem
    from kb.corpus.ontology import Ontology
    from kb.corpus.quotes import LookedUp
    from kb.graph.workers import Options, Result
    from kb.intake import Planned
    from kb.intake.choice import Choice, Taken
    from kb.intake.review import Review
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
        without: Iterable[str] = (),
    ) -> tuple[Suggestion, ...]:  # fmt: skip
        """The concepts that *text* may be about, the best first, each with its reasons; none of those *chosen*.

        Annotated sources teach what annotators take, but those *without*. Labels are those of a reader of *language*.
        """
        from kb.retrieval.search import Request, check

        check(Request(limit))
        now = self.generation
        ontology = now.views(language).ontology
        taken = [ontology[id].id for id in ([chosen] if isinstance(chosen, str) else chosen)]
        found = now.suggester.suggest(lambda: self.encoder, text, limit, taken, tuple(without))
        return tuple(each.shown(ontology[each.id]) for each in found)

    def suggest_for(self, id: str, limit: int = 10, language: str = LANGUAGE) -> tuple[Suggestion, ...]:
        """The concepts that source *id* may be about besides its subjects, by its title, its summary and its text."""
        from kb.corpus import texts
        from kb.retrieval.suggest import given

        data, known = self.corpus[id].data, self.generation.views().ontology.concepts
        text = given.of_work(data, texts.read(self.home.corpus, id))
        chosen = [concept for concept in data.get("subjects") or () if concept in known]
        return self.suggest(text, limit, chosen, language, [id])

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
        from kb.bibliography import lists

        given, places = [ids] if isinstance(ids, str) else ids, [locator] if isinstance(locator, str) else locator
        if in_text:
            return lists.in_text(self.generation.records, given, style, [*places])
        if any(places):
            raise BadQuery("a locator stands in a citation in the text, not in a reference: ask for that (in_text)")
        return self.generation.records.cite(given, style)

    def references(self, ids: Iterable[str], style: str = "apa") -> Iterator[str]:
        """The works *ids* to take along, in parts: a reference list in the order of its style, or an exchange format.

        It holds some works at a time, so there may be many.
        """
        from kb.bibliography import lists

        return lists.written(self.generation.records, ids, style)

    def works_found(
        self, text: str, *, limit: int = LIMIT_MAX, mode: str = "fused", off: Iterable[str] = (), sort: str = "score",
        **filters: Any,
    ) -> tuple[str, ...]:  # fmt: skip
        """The ids of the works of all hits that come close to *text*, in their order; the rest as `search` has it."""
        from kb.retrieval import works
        from kb.retrieval.scope import Filters
        from kb.retrieval.search import Request

        now, request = self.generation, Request(limit, 0, mode, tuple(off), False, sort)
        return works.found(now.index, lambda: self.encoder, text, now.scope(Filters.of(**filters)), request)

    def works_about(self, id: str) -> tuple[str, ...]:
        """The ids of the works that are annotated with the concept called *id* or a narrower one, or claim of it."""
        from kb.retrieval import works
        from kb.retrieval.scope import Filters

        return works.about(self.generation.index, self.generation.scope(Filters.of(concept=id)))

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
        from kb.corpus import quotes, texts

        path = self.corpus.path(id)
        if not (pages := texts.read(self.home.corpus, id)):
            raise NotFound(f"the text of {id!r} is not here: it would be {path.with_suffix(texts.SUFFIX)}")
        return quotes.look_up(id, words, pages)

    # Writing

    def preview(self, files: Iterable[str | Path | Given], progress: Progress | None = None) -> Iterator[Planned]:
        """What `add` would make of each record in *files*; nothing is written."""
        from kb import intake

        self.home.check()
        return intake.preview(self.home, files, progress)

    def review(self, files: Iterable[str | Path | Given], language: str = LANGUAGE) -> Review:
        """What `preview` gives as a person reads it: counted, the first in full, with concepts suggested."""
        from kb.intake.review import review

        return review(self.preview(files), self.corpus, partial(self.suggest, language=language))

    def add(
        self, files: Iterable[str | Path | Given], *, merge: str = "", take: Collection[str] = (),
        progress: Progress | None = None,
    ) -> list[Planned]:  # fmt: skip
        """Take in the new records of *files* and return what became of each; `build` makes them findable.

        The files are of a reference manager, documents, or annotated sources (YAML: all or none). What is here already
        stays as it is; with *merge* "fill" it gets the fields it lacks, and the fields to *take* (`title`,
        `extra.language`) in any case. Who was stopped goes on by the same call.
        """
        from kb import intake

        self.home.check()
        return intake.add(self.home, files, merge, take, progress)

    def merge(self, id: str, fields: Mapping[str, Any]) -> Path:
        """Write *fields* (``{"volume": "5", "extra.language": "en"}``) into source *id*; no other line changes."""
        from kb import intake

        return intake.merge(self.corpus, id, fields)

    def take(self, files: Iterable[str | Path | Given], choice: Choice) -> Taken:
        """Add those records of *files* that are chosen, and take the chosen fields for works that are here already."""
        from kb.intake.chosen import take

        self.home.check()
        return take(self.home, files, choice)

    def accept(self, id: str, concepts: Iterable[str]) -> tuple[str, ...]:
        """Give source *id* these *concepts* as subjects, and return those it had not yet; only those lines change.

        After the next `build` they teach what to suggest.
        """
        from kb.intake.accepting import accept

        given = [concepts] if isinstance(concepts, str) else concepts
        return accept(self.corpus, id, given, self.generation.views().ontology)

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

        encoder = self._given or self.__dict__.get("_encoder")  # loading the model takes longer than a small build
        report = build.build(self.home, encoder, self._model, progress or _silent, notice or _silent, wait)
        self.refresh()
        return report

    def refresh(self) -> bool:
        """Move on to the newest generation; True where there was a newer one."""
        current = self.home.current()
        if current is None or (self._generation and self._generation.folder == current):
            return False
        with self._lock:
            self._generation = Generation(self.home, current)
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
