"""Claims of a source that go or come: none goes that other files name, and no number is given twice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kb.corpus.sources import Corpus, parse, texts
from kb.curation.removing import in_ontology
from kb.curation.uses import Data, holding, naming_readable, nodes
from kb.errors import BadSource
from kb.home import Home
from kb.saving import HistoryError, Saving
from kb.saving.changes import read as text

NAMED = 5  # places that a message names
VERSIONS = 100  # of a file, that are looked through for numbers of claims
STAY = "a claim that others name stays, or they are changed first"
_LINE = re.compile(r"""^\s*-?\s*["']?id["']?:\s*["']?(#c\d+)["']?\s*(?:#.*)?$""", re.M)


def gone(id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The ids of the claims of source *id* that the *old* data have and the *new* ones have not."""
    kept = set(_ids(id, new))
    return [each for each in _ids(id, old) if each not in kept]


def leaning(sources: Iterable[tuple[str, Data]], claim: str) -> Iterator[str]:
    """Where *sources* name a *claim* that is not theirs: reed-2001#c1 (disputes)."""
    for id, data in sources:
        for holder, node in nodes(id, data) if id != claim.partition("#")[0] else ():
            if keys := [key for key, value in node.items() if key != "replaces" and claim in _several(value)]:
                yield f"{holder} ({', '.join(keys)})"


def told(claim: str, places: Iterable[str]) -> str:
    """The sentence for a claim that cannot go, as it is named in *places*."""
    found = list(places)
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return f"claim #{claim.partition('#')[2]} is named by {'; '.join(found[:NAMED])}{more}"


def refuse_named(home: Home, id: str, old: Mapping[str, Any], new: Mapping[str, Any], but: Iterable[str] = ()) -> None:
    """Raise BadSource where a claim of source *id* goes that files, *but* those of some sources, name."""
    going = gone(id, old, new)
    others = (
        [(each.id, each.data) for each in naming_readable(Corpus(home.corpus), id) if each.id not in but]
        if going
        else []
    )
    for claim in going:
        if found := [*leaning(others, claim), *in_ontology(home, claim)]:
            raise BadSource(f"{told(claim, found)}: {STAY}; nothing was written")


def used(saving: Saving, id: str) -> set[str]:
    """The ids of claims, such as #c4, that source *id* has, had, or is named with: none is for a new claim."""
    texts = _versions(saving, f"corpus/{id}.yaml")
    return named(Corpus(saving.home.corpus), id) | {match[1] for text in texts for match in _LINE.finditer(text)}


def named(corpus: Corpus, id: str) -> set[str]:
    """The ids of claims that source *id* has, or that any file names as claims of it."""
    path, word = corpus.folder / f"{id}.yaml", re.compile(rf"(?<![\w-]){re.escape(id)}(#c\d+)")
    own = {f"#{claim.partition('#')[2]}" for claim in _ids(id, _read(text(path) or "", id) or {})}
    return own | {found for _, said in holding(corpus, id) for found in word.findall(said)}


def _versions(saving: Saving, path: str) -> Iterator[str]:
    """The earlier texts of a file; none where git cannot tell now."""
    try:
        commits = saving.history.log(path, VERSIONS, seconds=2)
        blobs = saving.history.blobs(each.before for commit in commits for each in commit.files
                                     if each.path == path and each.before)  # fmt: skip
    except HistoryError:
        return
    yield from (blob.decode(errors="replace") for blob in blobs.values())


def refuse_gone(home: Home, id: str, old: str, new: str, but: Iterable[str] = ()) -> None:
    """`refuse_named` for the texts of a file; one that cannot be read says nothing of claims."""
    before, after = (_read(text, id) for text in (old, new))
    if before is not None and after is not None:
        refuse_named(home, id, before, after, but)


def _read(text: str, id: str) -> Data | None:
    try:
        return parse(text, Path(f"{id}.yaml"))
    except BadSource:
        return None


def _ids(id: str, data: Mapping[str, Any]) -> list[str]:
    claims = data.get("claims")
    return [id + str(each.get("id", "")) for each in (claims if isinstance(claims, list) else ())
            if isinstance(each, dict)]  # fmt: skip


def _several(value: Any) -> list[str]:
    return texts(value) if isinstance(value, (str, list)) else []
