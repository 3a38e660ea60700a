"""Mends that are certain, as edits of a file's text: everything else in the file stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus.check.problems import Edit
from kb.corpus.sources import write_atomically
from kb.corpus.turtle import Block, Document, Object

LINE = 115  # columns


class Add(NamedTuple):
    """State a triple that follows from the others."""

    subject: str
    predicate: str
    value: str


class Replace(NamedTuple):
    """Write a literal in another way; take it out where *text* is None."""

    subject: str
    predicate: str
    value: Any
    text: str | None


Mend = Add | Replace


def edits(mends: Iterable[Mend], documents: dict[Path, Document]) -> Iterator[Edit]:
    """The edits of Turtle *documents* that make the *mends*."""
    added: dict[tuple[str, str], list[str]] = defaultdict(list)
    for mend in mends:
        if isinstance(mend, Add):
            added[mend.subject, mend.predicate].append(mend.value)
        else:
            yield from _replace(mend, documents)
    for (subject, predicate), values in added.items():
        if place := next(_blocks(subject, documents), None):
            path, document, block = place
            yield _add(path, document, block, predicate, list(dict.fromkeys(values)))


def _blocks(subject: str, documents: dict[Path, Document]) -> Iterator[tuple[Path, Document, Block]]:
    for path, document in documents.items():
        if subject in document.lines:
            yield from ((path, document, block) for block in document.blocks if block.subject == subject)


def _add(path: Path, document: Document, block: Block, predicate: str, values: list[str]) -> Edit:
    """Further objects after the last one of *predicate*, or a new line with them at the end of the block."""
    names = [document.short(value) for value in values]
    same = [each for each in block.objects if each.predicate == predicate]
    last = same[-1] if same else block.objects[-1]
    column = last.end - document.text.rfind("\n", 0, last.end)
    text = "" if same else f" ;\n    {document.short(predicate)} {names.pop(0)}"
    column = len(text) if not same else column
    for name in names:
        wrap = column + len(name) + 2 > LINE
        text += ",\n        " + name if wrap else ", " + name
        column = 8 + len(name) if wrap else column + len(name) + 2
    return Edit(path, last.end, last.end, text)


def _replace(mend: Replace, documents: dict[Path, Document]) -> Iterator[Edit]:
    for path, document, block in _blocks(mend.subject, documents):
        for each in block.objects:
            if each.predicate == mend.predicate and _is(document.text[each.start : each.end], mend.value):
                yield _write(path, document, each, mend) if mend.text else _take_out(path, document.text, block, each)
                return


def _write(path: Path, document: Document, place: Object, mend: Replace) -> Edit:
    old = document.text[place.start : place.end]
    tail = old[old.rindex(old[0]) + 1 :]  # the language
    escaped = str(mend.text).replace("\\", "\\\\").replace('"', '\\"')
    return Edit(path, place.start, place.end, f'"{escaped}"{tail}')


def _take_out(path: Path, text: str, block: Block, place: Object) -> Edit:
    """Delete one object with its comma; one that stands alone after its predicate goes with the predicate."""
    before = max((each for each in block.objects if each.end < place.start), key=lambda each: each.end, default=None)
    after = next((each for each in block.objects if each.start > place.start), None)
    if before and text[before.end : place.start].strip() == ",":
        return Edit(path, before.end, place.end, "")
    if after and text[place.end : after.start].strip() == ",":
        return Edit(path, place.start, after.start, "")
    return Edit(path, before.end if before else place.start, place.end, "")


def _is(text: str, value: Any) -> bool:
    """Whether the Turtle literal *text* has this value and language."""
    import pyoxigraph as ox

    try:
        found: Any = next(iter(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.TURTLE))).object
    except SyntaxError:  # its datatype is written with a prefix
        return False
    return bool(found == value)


def apply(edits: Iterable[Edit]) -> list[Path]:
    """Make the *edits*, each file whole or not at all; of two that overlap the first is made. Return the files."""
    changed = []
    for path, group in groupby(sorted(set(edits)), key=lambda edit: edit.path):
        text, done, parts = path.read_bytes().decode("utf-8"), 0, []
        for _, start, end, new in group:
            if start >= done:
                parts += [text[done:start], new]
                done = end
        write_atomically(path, "".join([*parts, text[done:]]))
        changed.append(path)
    return changed
