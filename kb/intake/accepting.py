"""Give suggested concepts to a source that is here, or turn them down: only those lines change in its file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kb.corpus.ontology import Ontology
from kb.corpus.revised import revised
from kb.corpus.sources import Corpus, parse, read_bytes, write_atomically
from kb.errors import BadQuery, NotFound, unknown

SUBJECTS, REJECTED = "subjects", "rejected"
NARROWER = 3  # concepts that are named in place of a heading


def accept(corpus: Corpus, id: str, concepts: Iterable[str], ontology: Ontology) -> tuple[str, ...]:
    """Write *concepts* into the subjects of source *id*, and return those that were not there yet.

    One that was rejected is so no more. Raises NotFound for an id that is not there, and BadQuery for a concept that is
    retired or only sorts others: then nothing is written.
    """
    asked = list(dict.fromkeys(concepts))
    for concept in asked:
        check(concept, ontology)
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


def found(id: str, ontology: Ontology) -> str:
    """The *id* of a concept; raises NotFound for what is none, and names the concept with that label, if any."""
    if id in ontology.concepts:
        return id
    if called := ontology.called(id):
        raise NotFound(f"no concept has the id {id!r}: did you mean {' or '.join(map(repr, called))}?")
    raise NotFound(unknown("concept", id, list(ontology.concepts)))


def _write(corpus: Corpus, id: str, keys: Mapping[str, list[str]]) -> None:
    """Write the file of source *id* with other lists under some *keys*; one that became empty goes."""
    path = corpus.path(id)
    text = read_bytes(path).decode("utf-8")
    data: dict[str, Any] = {**parse(text, path), **keys}
    written = revised(text, {key: value for key, value in data.items() if value or key not in keys}, path)
    if written != text:
        write_atomically(path, written)
