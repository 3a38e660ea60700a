"""What the data of a source must be like before they are changed or shown; what is otherwise is told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kb import build
from kb.corpus.sources import Source, parse
from kb.errors import BadSource

SHAPES = {  # of lists of mappings, whose entries may lack what they need while somebody writes them
    "claims": "a list of claims, each with its keys",
    "authors": "a list of names, each with family and given, or literal",
    "editors": "a list of names, each with family and given, or literal",
    "treats": "a list of entries, each with concept",
    "asserts": "a list of entries, each with subject",
}
PLAIN = {"note"}  # keys that hold one text, as far as a form is concerned


def read(text: str, path: Path) -> dict[str, Any]:
    """The data in the *text* of a source file, as a build reads them; raises BadSource, with the line, for others."""
    data = parse(text, path)
    try:
        build.well_formed(Source(path.stem, data), path.parent)
    except BadSource as error:
        raise _at(_line(text, data, str(error).partition(".yaml: ")[2]), path, error) from error
    return data


def refuse_misshapen(text: str, path: Path) -> dict[str, Any]:
    """The data in the *text* of a source file, as far as a form can show them; raises BadSource, with the line."""
    data = parse(text, path)
    for place, what in misshapen(data):
        error = BadSource(f"{path}: {place} must be {what}")
        raise _at(_line(text, data, place), path, error)
    return data


def misshapen(data: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """The places in *data* that hold another kind of thing than they can, each with what belongs there.

    >>> list(misshapen({"title": {"a": "b"}, "claims": [{"id": "#c1", "about": "distance"}]}))
    [('title', 'a text')]
    """
    for key, value in data.items():
        if what := _misses(key, value):
            yield above + key, what
        elif key == "claims" and not above:
            for number, claim in enumerate(value or ()):
                yield from misshapen(claim, f"claims.{number}.")


def _misses(key: str, value: Any) -> str:
    if key in PLAIN and not isinstance(value, str):
        return "a text"
    if key not in SHAPES or not value:
        return build.misses(key, value) if value else ""
    entries = isinstance(value, list) and all(isinstance(each, Mapping) for each in value)
    if not entries or (key != "claims" and not all(_are_texts(each) for each in value)):
        return SHAPES[key]
    return ""


def _are_texts(entry: Mapping[str, Any]) -> bool:
    """Whether under each key is a text, or a list of texts."""
    values = (each for value in entry.values() for each in (value if isinstance(value, list) else [value]))
    return all(isinstance(each, str) for each in values)


# Where it stands


def _at(line: int, path: Path, error: BadSource) -> BadSource:
    return BadSource(str(error).replace(f"{path}:", f"{path}:{line}:", 1)) if line else error


def _line(text: str, data: Mapping[str, Any], said: str) -> int:
    """The line of the claim or key that an error begins with; 0 where that is not known."""
    from ruamel.yaml import YAML

    root: Any = YAML(typ="base").compose(text)
    nodes = {key.value: (key, value) for key, value in root.value}
    number = _claim(data, said)
    key, value = nodes.get("claims" if number is not None else re.split(r"[ .]", said)[0], (None, None))
    if number is not None and value is not None and value.id == "sequence" and number < len(value.value):
        key = value.value[number]
    return key.start_mark.line + 1 if key is not None else 0


def _claim(data: Mapping[str, Any], said: str) -> int | None:
    """The number, from 0, of the claim that an error is about."""
    if found := re.match(r"claim (\d+)", said):
        return int(found[1]) - 1
    if found := re.match(r"claims\.(\d+)\.", said):
        return int(found[1])
    if said.startswith("two claims"):
        ids = [each.get("id") for each in data["claims"]]
        return next(number for number, id in enumerate(ids) if id in ids[:number])
    return None
