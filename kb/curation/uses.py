"""Where ids stand in source files: which files name one, and what their data are with other ids in these places."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus.sources import Corpus, parse
from kb.errors import BadSource
from kb.saving.changes import read
from kb.terms import Names

Data = dict[str, Any]
Swap = Callable[[str], Iterable[str]]  # the ids that stand in place of one


class Named(NamedTuple):
    """A source file that names an id: its source, its text, and what that says."""

    id: str
    text: str
    data: Data


class Places(NamedTuple):
    """The keys of a home's files under which ids of a kind stand: by themselves, or under keys of an entry."""

    plain: frozenset[str]
    entries: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, context: Mapping[str, Any], kind: str, but: Iterable[str] = ()) -> Places:
        """The places of ids of a *kind*, which is a prefix of the JSON-LD *context*; none of the keys *but*."""
        space = Names.of(dict(context)).prefixes[kind]
        plain, entries = set[str](), dict[str, frozenset[str]]()
        for key, term in context["@context"].items():
            inner = term.get("@context", {}) if isinstance(term, dict) else {}
            if inner.get("@base") != space or key in but:
                continue
            if term.get("@type") == "@id":
                plain.add(key)
            else:
                linked = (name for name, each in inner.items() if isinstance(each, dict) and each.get("@type") == "@id")
                entries[key] = frozenset(linked)
        return cls(frozenset(plain), entries)


class Swapped(NamedTuple):
    """Data with other ids in them, and what to tell of it."""

    data: Data
    notes: tuple[str, ...]


def naming(corpus: Corpus, id: str) -> Iterator[Named]:
    """The files in which an id stands as a word; their texts are looked through, and only these are parsed."""
    for source, text in holding(corpus, id):
        yield Named(source, text, parse(text, corpus.folder / f"{source}.yaml"))


def naming_readable(corpus: Corpus, id: str) -> Iterator[Named]:
    """Those of `naming` that can be read: of the others a build tells, and no save of another file waits for them."""
    for source, text in holding(corpus, id):
        with suppress(BadSource):
            yield Named(source, text, parse(text, corpus.folder / f"{source}.yaml"))


def holding(corpus: Corpus, id: str) -> Iterator[tuple[str, str]]:
    """The sources in whose files an id stands as a word, with the texts of these."""
    word = re.compile(rf"(?<![\w-]){re.escape(id)}(?![\w-])")
    for source in corpus.ids():
        path = corpus.folder / f"{source}.yaml"
        if _holds(path, id.encode()) and (text := read(path)) and word.search(text):
            yield source, text


def _holds(path: Path, part: bytes) -> bool:
    try:
        return part in path.read_bytes()
    except OSError:  # it went just now, or `read` tells what is wrong with it
        return path.exists()


def naming_whole(corpus: Corpus, places: Places, ids: Iterable[str]) -> dict[str, list[str]]:
    """The sources, and claims, that have one of *ids* in one of the *places*, with the keys they stand under."""
    wanted, found = set(ids), dict[str, list[str]]()
    for id in wanted:
        for each in naming(corpus, id):
            for holder, node in nodes(each.id, each.data):
                if keys := [key for key, value in _standing(node, places) if value in wanted]:
                    found[holder] = list(dict.fromkeys(keys))
    return found


def nodes(id: str, data: Data) -> Iterator[tuple[str, Data]]:
    """A source and its claims, each with its id."""
    yield id, data
    for claim in data.get("claims") or ():
        if isinstance(claim, dict):
            yield id + str(claim.get("id", "")), claim


def _standing(node: Data, places: Places) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        for each in value if isinstance(value, list) else [value]:
            if key in places.plain and isinstance(each, str):
                yield key, each
            elif key in places.entries and isinstance(each, dict):
                yield from ((key, text) for name, text in each.items() if name in places.entries[key])


def swapped(id: str, data: Data, places: Places, swap: Swap) -> Swapped:
    """The data of source *id* with other ids in the *places*: each once, and nothing that stands to itself."""
    notes = list[str]()
    made = _node(id, id, data, places, swap, notes)
    if claims := data.get("claims"):
        made["claims"] = [
            _node(id + str(claim.get("id", "")), id, claim, places, swap, notes) if isinstance(claim, dict) else claim
            for claim in claims
        ]
    return Swapped(made, tuple(notes))


def _node(own: str, source: str, node: Data, places: Places, swap: Swap, notes: list[str]) -> Data:
    """A source or claim, called *own*, with other ids."""
    made = Data()
    for key, value in node.items():
        if key in places.plain:
            value = _ids(own, source, key, value, swap, notes)
        elif key in places.entries and isinstance(value, list):
            value = _entries(own, key, value, places.entries[key], swap, notes)
        if value or not node[key]:
            made[key] = value
    return made


def _ids(own: str, source: str, key: str, value: Any, swap: Swap, notes: list[str]) -> Any:
    if isinstance(value, str):
        return next(iter(swap(value)), value)
    if not isinstance(value, list):
        return value
    after = list(dict.fromkeys(new for each in value for new in (swap(each) if isinstance(each, str) else [each])))
    if own in after or source in after:
        notes.append(f"{own}: {key} would name itself, and is left out")
    return [each for each in after if each not in (own, source)]


def _entries(own: str, key: str, value: list[Any], names: frozenset[str], swap: Swap, notes: list[str]) -> list[Any]:
    """Entries with other ids; one whose ends come to the same says nothing."""
    found = list[Any]()
    for entry in value:
        if not isinstance(entry, dict):
            found.append(entry)
            continue
        for new in _variants(entry, names, swap):
            ends = [text for name, text in new.items() if name in names]
            if new != entry and len(ends) > 1 and len(set(ends)) == 1:
                notes.append(f"{own}: {key} would relate {ends[0]} to itself, and is left out")
            elif new not in found:
                found.append(new)
    return found


def _variants(entry: Data, names: frozenset[str], swap: Swap) -> list[Data]:
    """An entry once for each id that stands in place of one in it."""
    made = [Data()]
    for name, value in entry.items():
        values = list(swap(value)) if name in names and isinstance(value, str) else [value]
        made = [{**each, name: new} for each in made for new in values]
    return made


def accepted(data: Data) -> Data:
    """The data of a source that rejects nothing of what is among its subjects."""
    subjects = data.get("subjects") or ()
    left = [each for each in data.get("rejected") or () if each not in subjects]
    if left == (data.get("rejected") or []):
        return data
    return {key: left if key == "rejected" else value for key, value in data.items() if key != "rejected" or left}
