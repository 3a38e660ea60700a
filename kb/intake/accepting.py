"""Give suggested concepts to a source that is here, or turn them down: only those lines change in its file."""

from __future__ import annotations

<<<<<<< HEAD
import re
from collections.abc import Iterable, Mapping
from typing import Any
=======
from collections.abc import Iterable
>>>>>>> live

from kb.corpus.ontology import Ontology
from kb.corpus.revised import revised
from kb.corpus.sources import Corpus, parse, read_bytes, write_atomically
<<<<<<< HEAD
from kb.errors import BadQuery, BadSource, NotFound, unknown
from kb.intake.merging import with_key

SUBJECTS, REJECTED = "subjects", "rejected"
_BLOCK = r"^{}:[^\S\n]*(?:#[^\n]*)?\n((?:[^\S\n]*(?:- [^\n]*|#[^\n]*)?\n)*)"
_ITEM = re.compile(r"^([^\S\r\n]*)- [^\n]*\n", re.MULTILINE)
=======
from kb.errors import BadQuery

KEY = "subjects"
>>>>>>> live
NARROWER = 3  # concepts that are named in place of a heading


def accept(corpus: Corpus, id: str, concepts: Iterable[str], ontology: Ontology) -> tuple[str, ...]:
    """Write *concepts* into the subjects of source *id*, and return those that were not there yet.

    One that was rejected is so no more. Raises NotFound for an id that is not there, and BadQuery for a concept that is
    retired or only sorts others: then nothing is written.
    """
    asked = list(dict.fromkeys(concepts))
    for concept in asked:
        check(concept, ontology)
<<<<<<< HEAD
    data = corpus[id].data
    new = [concept for concept in asked if concept not in (data.get(SUBJECTS) or ())]
    left = [concept for concept in data.get(REJECTED) or () if concept not in asked]
    changed = {REJECTED: left} if len(left) < len(data.get(REJECTED) or ()) else {}
    _write(corpus, id, changed | ({SUBJECTS: [*(data.get(SUBJECTS) or ()), *new]} if new else {}))
    return tuple(new)


def reject(corpus: Corpus, id: str, concepts: Iterable[str], ontology: Ontology) -> tuple[str, ...]:
    """Write *concepts* into what is rejected for source *id*, and return those that were not there yet.

    Raises NotFound for an id that is not there, and BadQuery for a subject of the source: then nothing is written.
    """
    asked, data = list(dict.fromkeys(concepts)), corpus[id].data
    for concept in asked:
        found(concept, ontology)
        if concept in (data.get(SUBJECTS) or ()):
            raise BadQuery(f"{concept!r} is a subject of {id}: take it out of subjects: first")
    new = [concept for concept in asked if concept not in (data.get(REJECTED) or ())]
    _write(corpus, id, {REJECTED: [*(data.get(REJECTED) or ()), *new]} if new else {})
=======
    text = read_bytes(path).decode("utf-8")
    data = parse(text, path)
    has = list(data.get(KEY) or [])
    new = [concept for concept in asked if concept not in has]
    if not new:
        return ()
    write_atomically(path, revised(text, {**data, KEY: [*has, *new]}, path))
>>>>>>> live
    return tuple(new)


def check(id: str, ontology: Ontology) -> None:
    """Refuse a concept that no work can have as a subject."""
    concept = ontology[found(id, ontology)]
    if concept.retired:
        instead = " or ".join(concept.replaced_by) or "another concept"
        raise BadQuery(f"the concept {id!r} is retired: use {instead}")
    if concept.groups:
        below = ", ".join(concept.narrower[:NARROWER])
        raise BadQuery(f"{id!r} only sorts other concepts: use one of them" + (f", such as {below}" if below else ""))
<<<<<<< HEAD


def found(id: str, ontology: Ontology) -> str:
    """The *id* of a concept; raises NotFound for what is none, and names the concept with that label, if any."""
    if id in ontology.concepts:
        return id
    if called := ontology.called(id):
        raise NotFound(f"no concept has the id {id!r}: did you mean {' or '.join(map(repr, called))}?")
    raise NotFound(unknown("concept", id, list(ontology.concepts)))


def _write(corpus: Corpus, id: str, keys: Mapping[str, list[str]]) -> None:
    """Write the file of source *id* with other lists under some *keys*, if any; further items go behind the others."""
    path = corpus.path(id)
    text = read_bytes(path).decode("utf-8")
    data, written = parse(text, path), text
    for key, items in keys.items():
        more = items[len(data.get(key) or ()) :] if items else []
        written = (_with_items(written, key, more) if more else "") or with_key(written, key, items)
    if _said(parse(written, path)) != _said({**data, **keys}):
        raise BadSource(f"{path}: its layout does not let {' and '.join(keys)} be changed alone: edit it by hand")
    if written != text:
        write_atomically(path, written)


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}


def _with_items(text: str, key: str, new: Iterable[str]) -> str:
    """The text of a file whose *key* has its items one a line, with further ones; else nothing."""
    block = re.compile(_BLOCK.format(key), re.MULTILINE).search(text)
    items = list(_ITEM.finditer(text, block.start(1), block.end(1))) if block else []
    if not items:
        return ""
    end = "\r\n" if items[-1][0].endswith("\r\n") else "\n"
    lines = "".join(f"{items[-1][1]}- {concept}{end}" for concept in new)
    return text[: items[-1].end()] + lines + text[items[-1].end() :]
=======
>>>>>>> live
