"""Give suggested concepts to a source that is here: only the lines of its subjects change in its file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kb.corpus.ontology import Ontology
from kb.corpus.sources import Corpus, parse, read_bytes, write_atomically
from kb.errors import BadQuery, BadSource
from kb.intake.merging import with_key

KEY = "subjects"
_BLOCK = re.compile(r"^subjects:[^\S\n]*(?:#[^\n]*)?\n((?:[^\S\n]*(?:- [^\n]*|#[^\n]*)?\n)*)", re.MULTILINE)
_ITEM = re.compile(r"^([^\S\r\n]*)- [^\n]*\n", re.MULTILINE)
NARROWER = 3  # concepts that are named in place of a heading


def accept(corpus: Corpus, id: str, concepts: Iterable[str], ontology: Ontology) -> tuple[str, ...]:
    """Write *concepts* into the subjects of source *id*, and return those that were not there yet.

    Raises NotFound for an id that is not there, and BadQuery for a concept that is retired or only sorts others: then
    nothing is written.
    """
    path, asked = corpus.path(id), dict.fromkeys(concepts)
    for concept in asked:
        check(concept, ontology)
    text = read_bytes(path).decode("utf-8")
    data = parse(text, path)
    has = list(data.get(KEY) or [])
    new = [concept for concept in asked if concept not in has]
    if not new:
        return ()
    written = _with_items(text, new) or with_key(text, KEY, [*has, *new])
    if parse(written, path) != {**data, KEY: [*has, *new]}:
        raise BadSource(f"{path}: its layout does not let subjects be changed alone: edit it by hand")
    write_atomically(path, written)
    return tuple(new)


def check(id: str, ontology: Ontology) -> None:
    """Refuse a concept that no work can have as a subject."""
    concept = ontology[id]
    if concept.retired:
        instead = " or ".join(concept.replaced_by) or "another concept"
        raise BadQuery(f"the concept {id!r} is retired: use {instead}")
    if concept.groups:
        below = ", ".join(concept.narrower[:NARROWER])
        raise BadQuery(f"{id!r} only sorts other concepts: use one of them" + (f", such as {below}" if below else ""))


def _with_items(text: str, new: Iterable[str]) -> str:
    """The text of a file whose subjects stand one a line, with further ones; nothing where they stand otherwise."""
    block = _BLOCK.search(text)
    items = list(_ITEM.finditer(text, block.start(1), block.end(1))) if block else []
    if not items:
        return ""
    end = "\r\n" if items[-1][0].endswith("\r\n") else "\n"
    lines = "".join(f"{items[-1][1]}- {concept}{end}" for concept in new)
    return text[: items[-1].end()] + lines + text[items[-1].end() :]
