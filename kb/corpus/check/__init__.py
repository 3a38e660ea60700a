"""Find what is wrong with the files of a home, in words a curator can act on, and mend what is certain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from kb.corpus.check import duplicates, evidence, mend, skos, texts
from kb.corpus.check.fields import Checker, Finding, located, unreadable
from kb.corpus.check.problems import ERROR, WARNING, Edit, Found, Problem
from kb.corpus.check.shapes import Shapes
from kb.corpus.check.vocabulary import Fault, Vocabulary
from kb.corpus.ontology import SHAPES, files, read_turtle
from kb.corpus.sources import Source, read
from kb.corpus.turtle import Document
from kb.errors import BadSource, NotFound

PASSES = 3  # of mending: a mend may bring to light another one

__all__ = ["ERROR", "WARNING", "Problem", "check", "check_vocabulary", "fix", "fix_vocabulary"]


def check(corpus: Path, ontology: Path, context: dict[str, Any]) -> list[Problem]:
    """Return all that is wrong with the sources in the folder *corpus* and the folder *ontology*, by file and line.

    *ontology* holds the concepts and the SHACL shapes, *context* is the home's JSON-LD context. A file that cannot be
    read is a problem too; the others are checked all the same. 250 sources and 300 concepts take 3 to 4 seconds.
    """
    return sorted(set(_find(corpus, ontology, context).problems))


def fix(corpus: Path, ontology: Path, context: dict[str, Any], lock: mend.Lock = nullcontext) -> list[Path]:
    """Mend what is certain and return the files that were changed; what is left, `check` tells.

    Each file is written within a *lock* of its own, so that saves need not wait for the whole corpus.
    """
    return _until_done(lambda: _find(corpus, ontology, context).edits, lock)


def check_vocabulary(path: Path) -> list[Problem]:
    """All that is wrong with one SKOS vocabulary in a Turtle file. 6,000 concepts take 3 seconds."""
    return sorted(set(_vocabulary(path).problems))


def fix_vocabulary(path: Path) -> list[Path]:
    """Mend what is certain in a SKOS vocabulary in a Turtle file; return the file where it was changed."""
    return _until_done(lambda: _vocabulary(path).edits)


def _until_done(edits: Callable[[], list[Edit]], lock: mend.Lock = nullcontext) -> list[Path]:
    """Mend, and mend what came to light by that, such as a label that without its spaces is another's."""
    changed = dict[Path, None]()
    for _ in range(PASSES):
        done = mend.apply(edits(), lock)
        changed |= dict.fromkeys(done)
        if not done:
            break
    return list(changed)


def _find(corpus: Path, ontology: Path, context: dict[str, Any]) -> Found:
    strays = [
        Problem(path, 1, "is not read", "name it .yaml", ERROR, "unreadable") for path in corpus.glob("[!.]*.yml")
    ]
    paths = sorted(corpus.glob("[!.]*.yaml"))
    found = Found([*strays, *texts.problems(corpus, {path.stem for path in paths})], [])
    sources = _read(paths, found)
    try:
        turtle = [(path, *read_turtle(path)) for path in files(ontology)]
    except BadSource as error:
        found.problems.append(unreadable(error))
        return found
    except NotFound as error:
        found.problems.append(Problem(ontology, 1, str(error), "a link to nowhere: delete it", ERROR, "unreadable"))
        return found
    quads = [quad for _, _, quads in turtle for quad in quads]
    vocabulary = Vocabulary(quads)
    checker = Checker(context, vocabulary, {path.stem for path in paths}, sources)
    faults = [*skos.faults(vocabulary), *evidence.ids(vocabulary, checker.names)]
    faults += evidence.proposed(vocabulary)
    if len(sources) == len(paths) > 0:  # else nobody knows what the others are about
        faults += evidence.of_ontology(vocabulary, sources, checker.names)
    shaped: dict[Path, list[Finding]] = {}
    try:
        shaped, more = Shapes(quads, ontology / SHAPES).findings(checker)
        faults += more
    except BadSource as error:
        found.problems.append(unreadable(error))
    except NotFound:
        hint = "take it from the package, or run 'kb init' in an empty folder and copy it"
        found.problems.append(Problem(ontology / SHAPES, 1, "is missing", hint, ERROR, "unreadable"))
    further: dict[Path, list[Finding]] = defaultdict(list, shaped)
    claims = evidence.findings(sources, checker.ids["concept"])
    for path, finding in (*duplicates.findings(sources), *claims, *texts.findings(sources)):
        further[path].append(finding)
    for path, source in sources.items():
        found.add(located(path, checker.findings(source), further[path]))
    found.add(_placed(faults, {path: Document(text) for path, text, _ in turtle}))
    return found


def _vocabulary(path: Path) -> Found:
    try:
        text, quads = read_turtle(path)
    except BadSource as error:
        return Found([unreadable(error)], [])
    vocabulary = Vocabulary(quads)
    if not vocabulary.concepts:
        hint = "give a SKOS vocabulary in Turtle"
        return Found([Problem(path, 1, "holds no skos:Concept", hint, ERROR, "unreadable")], [])
    return _placed(skos.faults(vocabulary), {path: Document(text)})


def _read(paths: Iterable[Path], found: Found) -> dict[Path, Source]:
    """The sources that can be read; of the others a problem."""
    sources = {}
    for path in paths:
        try:
            source = read(path)
        except BadSource as error:
            found.problems.append(unreadable(error, path))
            continue
        if all(isinstance(claim, dict) for claim in source.claims):
            sources[path] = source
        else:
            message = "'claims' takes a list of claims, each with its keys"
            found.add(located(path, [Finding(("claims",), "bad-value", message)]))
    return sources


def _placed(faults: Iterable[Fault], documents: dict[Path, Document]) -> Found:
    """The faults with their files and lines: where the block of the subject begins."""
    faults, first, problems = list(faults), next(iter(documents)), []
    made = mend.edits([fault.mend for fault in faults if fault.mend], documents)
    for each in faults:
        path = next((path for path, document in documents.items() if each.subject in document.blocks), first)
        blocks = documents[path].blocks.get(each.subject)
        line = blocks[0].line if blocks else 1
        told = each.message, each.hint, each.severity, each.check
        problems.append(Problem(path, line, *told, each.mend in made, each.subject))
    return Found(problems, list(made.values()))
