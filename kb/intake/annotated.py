"""Take in annotated sources (YAML): all are checked as part of the corpus first, then all are written."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.bibliography.work import missing
from kb.corpus.check import ERROR, Problem, check
from kb.corpus.sources import SLUG, Corpus, read, read_bytes
from kb.errors import BadSource, NotFound
from kb.home import Home
from kb.intake.plan import DUPLICATE, INCOMPLETE, NEW, UNREADABLE, Planned

SUFFIXES = (".yaml", ".yml")


def is_annotated(path: Path) -> bool:
    """Whether a file is a source file by its name."""
    return path.suffix in SUFFIXES


def planned(files: Sequence[Path], home: Home) -> Iterator[Planned]:
    """What becomes of each of *files*; one with mistakes is unreadable."""
    refused, good = dict[Path, str](), list[Path]()
    for path in files:
        try:
            _named(path, good, home.corpus)
        except BadSource as error:
            refused[path] = str(error).removeprefix(f"{path}: ")
        else:
            good.append(path)
    found = defaultdict[Path, list[Problem]](list)
    for problem in _problems([path for path in good if not _is_here(path, home.corpus)], home):
        found[problem.path].append(problem)
    for path in files:
        if path in refused or path in found:
            told = [problem.message for problem in found[path]] or [refused[path]]
            line = found[path][0].line if found[path] else 1
            yield Planned(UNREADABLE, "", str(path), line, tuple(told))
        else:
            yield _planned(path, home.corpus)


def take_in(files: Sequence[Path], home: Home, lock: Callable[[], AbstractContextManager[None]]) -> list[Planned]:
    """Copy *files* into the corpus, one at a time under the *lock* of its files; on any error nothing is copied.

    The stem of a file becomes the id. Problems that are only warnings do not keep a file out; a file that is here
    already, to the letter, stays.
    """
    seen = list[Path]()
    for path in files:
        _named(path, seen, home.corpus)
        seen.append(path)
    new = [path for path in files if not _is_here(path, home.corpus)]
    if problems := _problems(new, home):
        raise BadSource("nothing was added:\n" + "\n".join(map(str, problems)))
    found = [_planned(path, home.corpus) for path in files]
    for path in new:
        with lock():
            Corpus(home.corpus).add(path.stem, path.read_text(encoding="utf-8"))
    return found


def _named(path: Path, before: Sequence[Path], corpus: Path) -> None:
    """Refuse what cannot be read, and what has no name or another's."""
    if not path.is_file():
        raise NotFound(f"no file {path}")
    if path.suffix != ".yaml":
        raise BadSource(f"{path}: is no source file: that is YAML, named like its source, such as 'reed-2001.yaml'")
    if not SLUG.fullmatch(path.stem):
        raise BadSource(f"{path}: name it like its source, such as 'reed-2001.yaml': small letters, digits, hyphens")
    here = (corpus / path.name).exists() and not _is_here(path, corpus)
    if here or path.stem in (each.stem for each in before):
        raise BadSource(f"{path}: there is a source {path.stem!r} already; edit that file, or choose another name")
    read(path)


def _is_here(path: Path, corpus: Path) -> bool:
    """Whether the source is here already, to the letter."""
    ours = corpus / path.name
    return ours.is_file() and read_bytes(ours) == read_bytes(path)


def _planned(path: Path, corpus: Path) -> Planned:
    data = read(path).data
    if _is_here(path, corpus):
        return Planned(DUPLICATE, path.stem, str(path), 1, record=data, why="the same file")
    lacks = tuple(f"{what} missing" for what in missing(data))
    return Planned(INCOMPLETE if lacks else NEW, path.stem, str(path), 1, lacks, data)


def _problems(files: Sequence[Path], home: Home) -> list[Problem]:
    """The errors that *files* would have as part of the corpus."""
    if not files:
        return []
    with TemporaryDirectory() as name:
        stage = Path(name)
        for path in home.corpus.glob("[!.]*.yaml"):
            (stage / path.name).symlink_to(path.resolve())
        for path in files:
            shutil.copyfile(path, stage / path.name)
        own = {stage / path.name: path for path in files}
        found = check(stage, home.ontology, home.context())
    return [
        problem._replace(path=own[problem.path])
        for problem in found
        if problem.path in own and problem.severity == ERROR
    ]
