"""Mends that are certain, as edits of a file's text: everything else in the file stays as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from kb.corpus.check.problems import Edit
from kb.corpus.sources import write_atomically
from kb.corpus.turtle import TOKEN, Block, Document, Object

LINE = 115  # columns
Lock = Callable[[], AbstractContextManager[object]]


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


def edits(mends: Iterable[Mend], documents: dict[Path, Document]) -> dict[Mend, Edit]:
    """The edits of Turtle *documents* that make the *mends*; a mend that cannot be made for certain is left out."""
    made: dict[Mend, Edit] = {}
    added: dict[tuple[str, str], list[Add]] = defaultdict(list)
    for mend in dict.fromkeys(mends):
        if isinstance(mend, Add):
            added[mend.subject, mend.predicate].append(mend)
        elif edit := _replace(mend, documents):
            made[mend] = edit
    for (subject, _), adds in added.items():
        if place := next((place for place in _blocks(subject, documents) if place[2].objects), None):
            made |= dict.fromkeys(adds, _add(*place, adds))
    return made


def _blocks(subject: str, documents: dict[Path, Document]) -> Iterator[tuple[Path, Document, Block]]:
    for path, document in documents.items():
        yield from ((path, document, block) for block in document.blocks.get(subject, ()))


def _add(path: Path, document: Document, block: Block, adds: list[Add]) -> Edit:
    """Further objects after the last one of their predicate, or a new line with them at the end of the block."""
    predicate, names = adds[0].predicate, [document.short(each.value) for each in adds]
    same = [each for each in block.objects if each.predicate == predicate]
    end = same[-1].end if same else block.objects[-1].end
    text = "" if same else f" ;\n    {document.short(predicate)} {names.pop(0)}"
    column = end - document.text.rfind("\n", 0, end) if same else len(text)
    for name in names:
        wrap = column + len(name) + 2 > LINE
        text += ",\n        " + name if wrap else ", " + name
        column = 8 + len(name) if wrap else column + len(name) + 2
    if "\r\n" in document.text:
        text = text.replace("\n", "\r\n")
    return Edit(path, end, end, "", text, plus=tuple(_triple(each, ox.NamedNode(each.value)) for each in adds))


def _replace(mend: Replace, documents: dict[Path, Document]) -> Edit | None:
    """The edit of the one place where the literal stands; taken out of one of two places, it would still be said."""
    places = [
        (found, path, document.text, block.objects, at)
        for path, document, block in _blocks(mend.subject, documents)
        for at, each in enumerate(block.objects)
        if each.predicate == mend.predicate and mend.value in (found := _objects(document, each))
    ]
    if [found for found, *_ in places] != [[mend.value]]:
        return None
    return (_take_out if mend.text is None else _write)(*places[0][1:], mend)


def _write(path: Path, text: str, objects: tuple[Object, ...], at: int, mend: Replace) -> Edit:
    """Write one literal anew, with the language it has."""
    start, end = objects[at].start, objects[at].end
    old = text[start:end]
    escaped = str(mend.text).replace("\\", "\\\\").replace('"', '\\"')
    new = f'"{escaped}"{old[old.rindex(old[0]) + 1 :]}'
    kind = {"language": mend.value.language} if mend.value.language else {"datatype": mend.value.datatype}
    plus = ox.Literal(str(mend.text), **kind)
    return Edit(path, start, end, old, new, (_triple(mend, mend.value),), (_triple(mend, plus),))


def _take_out(path: Path, text: str, objects: tuple[Object, ...], at: int, mend: Replace) -> Edit | None:
    """Delete one object with its comma, or with its predicate and semicolon; never a comment, nor what opens a block.

    An object that stands alone with the first predicate would leave a block that begins with a semicolon.
    """
    before, here, after = (objects[n] if 0 <= n < len(objects) else None for n in (at - 1, at, at + 1))
    assert here
    if after and after.verb == here.verb and not (before and before.verb == here.verb):
        start, end = here.start, after.start
    elif before:
        start, end = before.end, here.end
    else:
        return None
    if any(found["space"] and found["space"].startswith("#") for found in TOKEN.finditer(text, start, end)):
        return None
    return Edit(path, start, end, text[start:end], "", (_triple(mend, mend.value),))


def _triple(mend: Mend, value: Any) -> ox.Triple:
    return ox.Triple(ox.NamedNode(mend.subject), ox.NamedNode(mend.predicate), value)


def _objects(document: Document, place: Object) -> list[Any]:
    """The value of the object at a *place*, and what is said there in brackets of the triple itself or of a node."""
    text = f"{document.head()}<x:s> <x:p> {document.text[place.start : place.end]} ."
    try:
        return [quad.object for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    except SyntaxError:  # its IRIs are relative, or its prefix has changed
        return []


def apply(edits: Iterable[Edit], lock: Lock = nullcontext) -> list[Path]:
    """Make the *edits*, each file whole or not at all, within a *lock*; of two that overlap the first is made.

    A file that is not what it was when the edits were found, or whose triples would change otherwise than the edits
    say, is left alone. Return the files that were changed.
    """
    changed = []
    places = sorted(set(edits), key=lambda edit: (edit.path, edit.start, edit.end, edit.text[:1] != ","))
    for path, group in groupby(places, key=lambda edit: edit.path):  # a further object before a further predicate
        with lock():
            if _mended(path, group):
                changed.append(path)
    return changed


def _mended(path: Path, edits: Iterable[Edit]) -> bool:
    try:
        text, done, parts, made = path.read_bytes().decode("utf-8"), 0, list[str](), list[Edit]()
    except (FileNotFoundError, UnicodeDecodeError):  # somebody has deleted or changed it
        return False
    for edit in edits:
        if edit.start >= done:
            parts += [text[done : edit.start], edit.text]
            done = edit.end
            made.append(edit)
    new = "".join([*parts, text[done:]])
    same = all(text[edit.start : edit.end] == edit.old for edit in made)
    turtle = any(edit.minus or edit.plus for edit in made)
    if same and (not turtle or _differ_by(made, text, new)):
        write_atomically(path, new)
        return True
    return False


def _differ_by(edits: list[Edit], old: str, new: str) -> bool:
    """Whether the triples of two Turtle texts differ by those of the *edits* and no others."""
    minus = {triple for edit in edits for triple in edit.minus}
    plus = {triple for edit in edits for triple in edit.plus}
    try:
        return _triples(new) == _triples(old) - minus | plus
    except SyntaxError:
        return False


def _triples(text: str) -> set[ox.Triple]:
    """The triples of a Turtle text, with blank nodes numbered in their order, so that two texts can be compared."""
    numbers: dict[Any, ox.BlankNode] = {}

    def known(term: Any) -> Any:
        return numbers.setdefault(term, ox.BlankNode(f"b{len(numbers)}")) if isinstance(term, ox.BlankNode) else term

    found = ox.parse(text, format=ox.RdfFormat.TURTLE)
    return {ox.Triple(known(quad.subject), quad.predicate, known(quad.object)) for quad in found}
