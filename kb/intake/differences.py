"""Where two records of one work differ, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kb.bibliography.people import named
from kb.bibliography.published import as_published
from kb.bibliography.reading.entry import EXTRA
from kb.corpus.ontology import fold
from kb.corpus.sources import texts
from kb.corpus.texts import ABSTRACT, Page
from kb.corpus.written import ORDER

TEXT = "text"  # the text beside a file
OMITTED = "othersOmitted"
OTHER_ROLE = ("authors", "editors"), ("editors", "authors")
NEUTRAL = {"type": "document"}  # a value that says nothing


class Difference(NamedTuple):
    """A field in which another record of a work differs from ours: *ours* is "" where our record lacks it."""

    field: str
    ours: str
    theirs: str


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> tuple[Difference, ...]:
    """What *theirs* says that *ours* does not say, or says otherwise; case, signs and spaces make no difference.

    >>> differences({"title": "Reeds", "volume": "5"}, {"title": "REEDS.", "volume": "6", "extra": {"language": "en"}})
    (Difference(field='volume', ours='5', theirs='6'), Difference(field='extra.language', ours='', theirs='en'))

    What of ours is not for publication is not compared: a preview may be shown to anybody.
    """
    return tuple(_differences(ours, theirs))


def of_text(has: bool, pages: Sequence[Page]) -> tuple[Difference, ...]:
    """The text of a work, where ours lacks it."""
    if has or not pages:
        return ()
    printed = sum(page.label != ABSTRACT for page in pages)
    parts = [f"{printed} page{'s' * (printed != 1)}"] * bool(printed) + ["the abstract"] * (printed < len(pages))
    return (Difference(TEXT, "", " and ".join(parts)),)


def value(record: Mapping[str, Any], field: str) -> Any:
    """What a *record* has in a field, which may be one of ``extra``; None where it has nothing there."""
    if field.startswith(EXTRA):
        return (record.get("extra") or {}).get(field.removeprefix(EXTRA))
    return record.get(field)


def withheld(record: Mapping[str, Any], field: str) -> bool:
    """Whether what a *record* has in a field is not to be published as a whole."""
    return field.startswith(EXTRA) and value(as_published(record), field) != value(record, field)


def shown(value: Any) -> str:
    """A value of a record on one line."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return "; ".join(str(person) for person in named({"authors": value}, ["authors"]))
    return "; ".join(texts(value))


def _differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    fields = [key for key in ORDER if key in theirs and key != "extra"]
    elsewhere = {role: f"ours has them as {other}" for role, other in OTHER_ROLE if _as(ours, other, theirs, role)}
    if (ours.get("authors") or "authors" in elsewhere) and OMITTED in fields:
        fields.remove(OMITTED)  # it is said of the names that stand there
    for field in (*fields, *(EXTRA + name for name in theirs.get("extra") or {})):
        if withheld(ours, field):
            continue
        mine, other = value(ours, field), value(theirs, field)
        if other != mine and NEUTRAL.get(field) != other and not (mine and _compared(other) <= _compared(mine)):
            yield Difference(field, shown(mine) or elsewhere.get(field, ""), shown(other))


def _as(ours: Mapping[str, Any], other: str, theirs: Mapping[str, Any], role: str) -> bool:
    """Whether those who have a *role* in their record have the *other* one in ours."""
    same = _compared(theirs.get(role)) == _compared(ours.get(other))
    return bool(theirs.get(role) and not ours.get(role) and same)


def _compared(value: Any) -> set[str]:
    """A value as it is compared: the texts or names in it, without case, signs and spaces."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return {_bare("".join(map(str, named({"authors": value}, ["authors"]))))}
    return {_bare(each) for each in texts(value)}


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text.replace("&", " and "))) or text
