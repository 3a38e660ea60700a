"""The text of a source file that says what a curator has entered."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import unified_diff
from pathlib import Path
from typing import Any

from kb.build import well_formed
from kb.corpus.revised import revised
from kb.corpus.sources import Source, parse, triples
from kb.corpus.written import as_yaml


def written(path: Path, old: str | None, data: Mapping[str, Any], context: dict[str, Any]) -> str:
    """The *old* text of the file at *path* so that it says *data*; raises BadSource for what no build can read."""
    text = as_yaml(data) if old is None else revised(old, data, path)
    source = Source(path.stem, parse(text, path))
    well_formed(source, path.parent)
    triples(source, context)
    return text


def diff(name: str, old: str | None, data: Mapping[str, Any]) -> str:
    """A unified diff of what *data* change in the file called *name*."""
    new = as_yaml(data) if old is None else revised(old, data, Path(name))
    lines = unified_diff((old or "").splitlines(), new.splitlines(), "/dev/null" if old is None else f"a/{name}",
                         f"b/{name}", lineterm="")  # fmt: skip
    return "".join(f"{line}\n" for line in lines)
