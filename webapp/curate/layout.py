"""How the fields of a record stand together in the form, and how a diff is shown line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

GROUPS = {  # id of a group: its heading, and its keys
    "work": ("The work", ("title", "issued", "edition")),
    "people": ("Who made it", ("authors", "othersOmitted", "editors")),
    "published": ("Where it was published", (
        "container", "series", "number", "volume", "issue", "pages", "publisher", "place")),
    "numbers": ("Where to find it", ("doi", "url", "isbn", "issn", "oclc", "openAccess")),
    "ours": ("Our words about it", ("summary", "summaryBasis", "note")),
    "record": ("How far the record is known", ("state", "seenIn", "missing", "seedReference")),
}  # fmt: skip
ELSEWHERE = {  # keys that are shown by parts of their own, or by none
    "type", "subjects", "treats", "claims", "cites", "rejected", "extra", "replaces",
    "status", "statusBy", "statusDate", "statusNote",
}  # fmt: skip
PLAIN_LABELS = {"seedReference": "Number in the article that the base began from", "seenIn": "Seen in",
                "missing": "What could not be confirmed"}  # fmt: skip


class Shown(NamedTuple):
    """A field in the form: its key, label and kind (text, long, list, people, choice, year, check), and whether a
    complete record needs it; *choices* has what can be chosen, each with id and label.
    """

    key: str
    label: str
    kind: str
    needed: bool
    choices: tuple[Any, ...] = ()


class Group(NamedTuple):
    """Fields that stand together under a heading."""

    id: str
    heading: str
    fields: tuple[Shown, ...]


class Line(NamedTuple):
    """A line of a diff: *kind* is added, removed, same or place (where in the file the next ones stand)."""

    kind: str
    text: str


def groups(fields: Iterable[Any], data: Mapping[str, Any], choices: Any) -> tuple[Group, ...]:
    """The *fields* of a type in groups; what *data* have besides is shown too, so that nothing is hidden."""
    shown = {
        each.key: Shown(each.key, each.label, each.kind, each.needed, _choices(each.key, choices)) for each in fields
    }
    for key, value in data.items():
        if key not in shown and key not in ELSEWHERE and (kind := _kind(value)):
            shown[key] = Shown(key, PLAIN_LABELS.get(key, key), kind, False)
    placed = {key for _, keys in GROUPS.values() for key in keys}
    others = [key for key in shown if key not in placed and key not in ELSEWHERE]
    made = []
    for id, (heading, keys) in GROUPS.items():
        found = [key for key in keys if key in shown] + (others if id == "published" else [])
        made.append(Group(id, heading, tuple(shown[key] for key in found)))
    return tuple(each for each in made if each.fields)


def lines(diff: str) -> Iterator[Line]:
    """The lines of a unified *diff*, without the names of the files.

    >>> list(lines("--- a\\n+++ b\\n@@ -1,2 +1,2 @@\\n type: book\\n-issued: 2001\\n+issued: 2002\\n"))[-1]
    Line(kind='added', text='issued: 2002')
    """
    for line in diff.split("\n")[:-1]:
        if line.startswith(("@@ -0,0", "@@ -1,")):
            continue  # nothing stands before it
        if line.startswith("@@"):
            yield Line("place", line.split("@@")[1].strip())
        elif not line.startswith(("--- ", "+++ ")) or line[4:5] == " ":
            yield Line({"+": "added", "-": "removed"}.get(line[:1], "same"), line[1:])


def _choices(key: str, choices: Any) -> tuple[Any, ...]:
    names = {"state": "states", "openAccess": "access", "summaryBasis": "summary_bases"}
    return tuple(getattr(choices, names[key])) if key in names else ()


def _kind(value: Any) -> str:
    """How a value is shown whose key is of another type; nothing for what a form cannot show."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "list"
    return ""
