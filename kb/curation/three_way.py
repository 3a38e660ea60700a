"""Two changes of one source that were made from the same text, put together: what both changed must be chosen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Data = dict[str, Any]
STANCES = ("supports", "disputes", "qualifies")
_ABSENT: Any = None  # a key that is not there


class Clash(NamedTuple):
    """A place that both sides have changed: as it was, as it is now, and as it is in the draft (None: not there).

    In a path, claims go by their ids: ``claims.#c2.text``.
    """

    path: str
    was: Any
    theirs: Any
    ours: Any


class Merged(NamedTuple):
    """Both changes in one: the *data* with our side where sides clash, the *clashes*, and the paths taken from theirs.

    *renamed* has the new id of each claim of ours whose number they have given to another one.
    """

    data: Data
    clashes: tuple[Clash, ...]
    taken: tuple[str, ...]
    renamed: dict[str, str]


def merged(
    was: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any], id: str = "",
    chosen: Mapping[str, Any] | None = None,
) -> Merged:  # fmt: skip
    """What *theirs* and *ours*, both made from *was*, say together of the source *id*.

    *chosen* has the value for a path on which they clash; None removes it.

    >>> made = merged({"issued": "2001"}, {"issued": "2002"}, {"issued": "2001", "volume": "3"})
    >>> made.data, made.clashes, made.taken
    ({'issued': '2002', 'volume': '3'}, (), ('issued',))
    """
    renamed = _new_numbers(was, theirs, ours)
    merge = _Merge(chosen or {})
    data = merge.mapping("", was, theirs, _renumbered(ours, renamed, id))
    return Merged(data, tuple(merge.clashes), tuple(merge.taken), renamed)


class _Merge:
    """One merge under way."""

    def __init__(self, chosen: Mapping[str, Any]) -> None:
        self.chosen = chosen
        self.clashes: list[Clash] = []
        self.taken: list[str] = []

    def mapping(self, path: str, was: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Data:
        """Key by key; keys of theirs stand where they have them, those of ours alone behind."""
        made = {}
        for key in dict.fromkeys([*theirs, *ours, *was]):
            value = self.value(f"{path}.{key}" if path else key, was.get(key), theirs.get(key), ours.get(key))
            if value is not _ABSENT:
                made[key] = value
        return made

    def value(self, path: str, was: Any, theirs: Any, ours: Any) -> Any:
        """One value: that of the side that changed it; of two that did, both as far as they go together."""
        if theirs in (ours, was):
            return ours
        if ours == was:
            self.taken.append(path)
            return theirs
        if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
            return self.mapping(path, was if isinstance(was, Mapping) else {}, theirs, ours)
        lists = [each or [] for each in (was, theirs, ours)]
        if all(map(_has_ids, lists)):
            return self.claims(path, *lists)
        if all(map(_is_set, lists)):
            self.taken.append(path)
            return both(*lists)
        if path in self.chosen:
            return self.chosen[path]
        self.clashes.append(Clash(path, was, theirs, ours))
        return ours

    def claims(self, path: str, was: list[Data], theirs: list[Data], ours: list[Data]) -> list[Data]:
        """Entry by entry, each found by its id; those of one side alone come last."""
        sides = [{each["id"]: each for each in side} for side in (was, theirs, ours)]
        before, there, here = ([id for id in side if all(id in other for other in sides)] for side in sides)
        lead = (2, 1, 0) if there == before != here else (1, 2, 0)  # the side that has put them into another order
        ids = dict.fromkeys(id for number in lead for id in sides[number])
        values = (self.value(f"{path}.{id}", *(side.get(id) for side in sides)) for id in ids)
        return [each for each in values if each is not _ABSENT]


def both(was: list[Any], theirs: list[Any], ours: list[Any]) -> list[Any]:
    """A list with what either side has added to it, and without what either has removed.

    >>> both(["a", "b"], ["a", "b", "c"], ["b", "d"])
    ['b', 'd', 'c']
    """
    kept = [each for each in ours if each in theirs or each not in was]
    return kept + [each for each in theirs if each not in was and each not in kept]


def _has_ids(value: Any) -> bool:
    """Whether a list is of entries with ids, each another one."""
    if not isinstance(value, list) or not all(isinstance(each, Mapping) and "id" in each for each in value):
        return False
    return len({str(each["id"]) for each in value}) == len(value)


def _is_set(value: Any) -> bool:
    """Whether a list is one of texts, or of relations, whose order says nothing."""
    return isinstance(value, list) and all(
        isinstance(each, str) or (isinstance(each, Mapping) and "subject" in each) for each in value
    )


def _new_numbers(was: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, str]:
    """The claims of ours that are new and have a number that they have given to another new one, with free ids."""
    before, there, here = (_by_id(side) for side in (was, theirs, ours))
    both_new = [id for id in here if id in there and id not in before and here[id] != there[id]]
    numbers = [int(found[1]) for id in (*before, *there, *here) if (found := re.fullmatch(r"#c(\d+)", id))]
    free = range(max(numbers, default=0) + 1, max(numbers, default=0) + 1 + len(both_new))
    return {id: f"#c{number}" for id, number in zip(both_new, free, strict=True)}


def _by_id(data: Mapping[str, Any]) -> dict[str, Any]:
    claims: Iterable[Any] = data.get("claims") or ()
    return {str(each["id"]): each for each in claims if isinstance(each, Mapping) and "id" in each}


def _renumbered(data: Mapping[str, Any], renamed: Mapping[str, str], id: str) -> Data:
    """*data* with claims *renamed*, also where its other claims name them."""
    if not renamed:
        return dict(data)
    whole = {id + old: id + new for old, new in renamed.items()}
    claims = []
    for claim in data["claims"]:
        stances = {key: [whole.get(each, each) for each in claim[key]]
                   for key in STANCES if isinstance(claim.get(key), list)}  # fmt: skip
        claims.append({**claim, **stances, "id": renamed.get(claim.get("id"), claim.get("id"))})
    return {**data, "claims": claims}
