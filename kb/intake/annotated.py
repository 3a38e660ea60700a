"""Take new source files in: all are checked as part of the corpus first, then all are written."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kb.corpus.check import ERROR, Problem, check
from kb.corpus.sources import SLUG, Corpus, read
from kb.errors import BadSource, NotFound


def take_in(files: Sequence[Path], corpus: Path, ontology: Path, context: dict[str, Any]) -> list[str]:
    """Copy *files* into the folder *corpus* and return the new sources' ids; on any error nothing is copied.

    The stem of a file becomes the id. Problems that are only warnings do not keep a file out.
    """
    texts = {}
    for path in files:
        if not path.is_file():
            raise NotFound(f"no file {path}")
        if path.suffix != ".yaml":
            raise BadSource(f"{path}: is no source file: that is YAML, named like its source, such as 'reed-2001.yaml'")
        if not SLUG.fullmatch(path.stem):
            raise BadSource(
                f"{path}: name it like its source, such as 'reed-2001.yaml': small letters, digits, hyphens"
            )
        if (corpus / path.name).exists() or path.stem in texts:
            raise BadSource(f"{path}: there is a source {path.stem!r} already; edit that file, or choose another name")
        read(path)
        texts[path.stem] = path.read_text(encoding="utf-8")
    problems = _problems(files, corpus, ontology, context)
    if problems:
        raise BadSource("nothing was added:\n" + "\n".join(map(str, problems)))
    for id, text in texts.items():
        Corpus(corpus).add(id, text)
    return list(texts)


def _problems(files: Sequence[Path], corpus: Path, ontology: Path, context: dict[str, Any]) -> list[Problem]:
    """The errors that *files* would have as part of the corpus."""
    with TemporaryDirectory() as name:
        stage = Path(name)
        for path in corpus.glob("[!.]*.yaml"):
            (stage / path.name).symlink_to(path.resolve())
        for path in files:
            shutil.copyfile(path, stage / path.name)
        own = {stage / path.name: path for path in files}
        found = check(stage, ontology, context)
    return [
        problem._replace(path=own[problem.path])
        for problem in found
        if problem.path in own and problem.severity == ERROR
    ]
