"""Give suggested concepts to a source that is here: only the lines of its subjects change in its file."""

from __future__ import annotations

from collections.abc import Iterable

from kb.corpus.ontology import Ontology
from kb.corpus.revised import revised
from kb.corpus.sources import Corpus, parse, read_bytes, write_atomically
from kb.errors import BadQuery

KEY = "subjects"
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
    write_atomically(path, revised(text, {**data, KEY: [*has, *new]}, path))
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
