"""The message that a save gets in the history: what was changed, in short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SHOWN = 3  # changes that are named; the others are counted
CALLED = {"subjects": "concepts", "rejected": "rejected suggestions"}


def message(id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> str:
    """What to call the change of source *id* from *old* (None: it is new) to *new*.

    >>> message("reed-2001", {"issued": "2001"}, {"issued": "2002", "title": "No", "claims": [{"id": "#c1"}]})
    'Add claim #c1 and title, change issued: reed-2001'
    """
    if old is None:
        return f"Add {id}"
    told = list(_changes(old, new))
    if not told:
        return f"Lay out the file of {id}"
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    verbs = dict.fromkeys(verb for verb, _ in told[:SHOWN])
    text = ", ".join(f"{verb} {' and '.join(what for each, what in told[:SHOWN] if each == verb)}" for verb in verbs)
    return f"{text[0].upper()}{text[1:]}{more}: {id}"


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each change as a verb and what it is about, those of claims first."""
    before, after = _claims(old), _claims(new)
    for verb, ids in (("add", [id for id in after if id not in before]),
                      ("change", [id for id in after if id in before and before[id] != after[id]]),
                      ("remove", [id for id in before if id not in after])):  # fmt: skip
        if ids:
            yield verb, f"claim{'s' if len(ids) > 1 else ''} {', '.join(ids)}"
    if list(before) != list(after) and sorted(before) == sorted(after):
        yield "reorder", "the claims"
    for key in dict.fromkeys([*new, *old]):
        if key != "claims" and old.get(key) != new.get(key):
            yield _verb(old.get(key), new.get(key)), CALLED.get(key, key)


def _verb(old: Any, new: Any) -> str:
    return "add" if not old else "remove" if not new else "change"


def _claims(data: Mapping[str, Any]) -> dict[str, Any]:
    claims = data.get("claims") or ()
    return {str(each.get("id", "")): each for each in claims if isinstance(each, Mapping)}
