"""Take a source out of the corpus, as long as nothing here leans on it; and bring one back that was taken out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from kb.corpus import ontology, texts
from kb.corpus.sources import SLUG, Corpus
from kb.corpus.sources import texts as texts_of
from kb.curation.uses import Places, naming, naming_readable, nodes
from kb.errors import BadSource, Conflict, NotFound, unknown
from kb.home import Home
from kb.saving import Author, Change, Commit, Saved, Saving, etag
from kb.saving.changes import read
from kb.terms import Names

MOST = 10_000  # deletions that are known at once
NAMED = 10  # places that a refusal names
LEFT = "Another text was laid at {} since, and stays; the one that it had is still {}."


def delete(saving: Saving, id: str, author: Author, was: str | None = None) -> Saved:
    """Delete the file of source *id*; its text is kept among what belongs to curators, for `undelete`.

    Raises BadSource, which names them, where other sources or the ontology lean on it; Conflict where its file has not
    the etag *was*.
    """
    corpus = Corpus(saving.home.corpus)
    text = read(corpus.path(id))
    if text is None:
        raise NotFound(unknown("source", id, corpus.ids()))
    changes = [Change(f"corpus/{id}.yaml", None, was or etag(text)), *put_away(saving.home, id)]
    return saving.save(changes, author, f"Delete {id}", lambda: refuse_leaned_on(saving.home, id))


def undelete(saving: Saving, id: str, author: Author) -> Saved:
    """Bring the file of source *id* back as it was when it was deleted, and its text."""
    if id in Corpus(saving.home.corpus):
        raise Conflict(f"corpus/{id}.yaml: is there already; nothing was written")
    if into := merged_into(saving.home, id):
        raise Conflict(f"{id} was merged into {into}: undo that change in the history of {into}; nothing was written")
    gone = deletion(saving, id)
    before = saving.history.text(gone.parents[0], f"corpus/{id}.yaml") if gone and gone.parents else None
    if before is None:
        raise NotFound(f"no source {id!r} was deleted here, as far as the history tells")
    moved = list(taken_out(saving.home, id))
    left = "" if moved or read(saving.home.folder / away(id)) is None else f"\n\n{LEFT.format(in_corpus(id), away(id))}"
    return saving.save([Change(f"corpus/{id}.yaml", before, None), *moved], author, f"Bring back {id}{left}")


def deletion(saving: Saving, id: str, seconds: float = 20) -> Commit | None:
    """The last commit that deleted source *id*."""
    if not SLUG.fullmatch(id):
        return None
    found = saving.history.log(f"corpus/{id}.yaml", 1, how="D", seconds=seconds)
    return found[0] if found else None


def merged_into(home: Home, id: str) -> str:
    """The source that source *id* was merged into, as the files are now; nothing where it was not."""
    found = naming_readable(Corpus(home.corpus), id)
    return next((each.id for each in found if id in texts_of(each.data.get("replaces"))), "")


def put_away(home: Home, id: str) -> Iterator[Change]:
    """The changes by which the text of a source goes to what belongs to curators; an earlier one stays beside it."""
    text = read(home.folder / in_corpus(id))
    if text is not None:
        yield Change(in_corpus(id), None, etag(text))
        yield from laid_away(home, id, text)


def laid_away(home: Home, id: str, text: str) -> Iterator[Change]:
    """The changes by which *text* is the one that is put away of a source; no earlier one is lost."""
    there = read(home.folder / away(id))
    if there == text:
        return
    if there is not None:
        number = next(each for each in count(1) if not (home.folder / away(f"{id}.{each}")).exists())
        yield Change(away(f"{id}.{number}"), there, None)
    yield Change(away(id), text, None if there is None else etag(there))


def taken_out(home: Home, id: str) -> Iterator[Change]:
    """The changes by which the text of a source comes back; where another was laid there since, that stays."""
    text, there = read(home.folder / away(id)), read(home.folder / in_corpus(id))
    if text is not None and there in (None, text):
        yield Change(away(id), None, etag(text))
        if there is None:
            yield Change(in_corpus(id), text, None)


def in_corpus(id: str) -> str:
    """The file of the text of a source."""
    return f"corpus/{id}{texts.SUFFIX}"


def away(id: str) -> str:
    """The file of the text of a source that is put away."""
    return f".curation/texts/{id}{texts.SUFFIX}"


def refuse_leaned_on(home: Home, id: str, but: Iterable[str] = ()) -> None:
    """Raise BadSource where sources, *but* some, or the ontology name source *id* or a claim of it."""
    found = [*_in_sources(home, id, {id, *but}), *in_ontology(home, id)]
    if found:
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        raise BadSource(
            f"{id} cannot go, as others lean on it: {'; '.join(found[:NAMED])}{more}. Take it out there first, or "
            "merge it into another source, which takes its place; nothing was written"
        )


def _in_sources(home: Home, id: str, but: set[str]) -> Iterator[str]:
    keys = Places.of(home.context(), "source").plain
    for each in naming(Corpus(home.corpus), id):
        for holder, node in nodes(each.id, each.data) if each.id not in but else ():
            if named := [key for key in sorted(keys) if key != "replaces" and _names(node, key, id)]:
                yield f"{holder} ({', '.join(named)})"


def _names(node: Mapping[str, Any], key: str, id: str) -> bool:
    value = node.get(key)
    return any(
        isinstance(each, str) and each.partition("#")[0] == id
        for each in (value if isinstance(value, list) else [value])
    )


def in_ontology(home: Home, id: str) -> Iterator[str]:
    """Where the ontology names source or claim *id*: ontology/words.ttl:7."""
    space = Names.of(home.context()).prefixes["source"]
    word = re.compile(rf"(?:(?<![\w-])source:|{re.escape(space)}){re.escape(id)}(?![\w-])")
    for path in ontology.files(home.ontology):
        text = read(path) or ""
        for number, line in enumerate(text.splitlines() if word.search(text) else (), 1):
            if word.search(re.sub(r'"(?:[^"\\]|\\.)*"', '""', line)):  # examples stand in quotation marks
                yield f"ontology/{path.name}:{number}"
