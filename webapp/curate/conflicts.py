"""A source that was saved by somebody else while one worked on it: both changes side by side, and put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Response, request, url_for

from kb import BadSource
from kb.corpus.sources import parse
from kb.curation.three_way import Clash, Merged, merged

from ..formats import current_base, html_page
from . import fields, sheets
from .drafts import Draft
from .places import called
from .sheets import Sheet, curation

WAS, THEIRS, OURS, OTHER = "was", "theirs", "ours", "other"
CHOOSE, EDIT = "choose.", "edit."


class Change(NamedTuple):
    """Who changed the file since a draft was made from it, and when; *gone* where it was deleted.

    *unreadable* tells why nobody can read it as it is.
    """

    author: str
    when: str
    message: str
    gone: bool = False
    unreadable: str = ""


class Side(NamedTuple):
    """A clash in words: what each side says at a path, whether it is a text that can be edited, and what is chosen."""

    path: str
    was: str
    theirs: str
    ours: str
    is_text: bool
    chosen: str
    edited: str


def has_changed(draft: Draft) -> bool:
    """Whether the file is another one than that from which a draft was made."""
    if draft.is_new:
        return False
    now = sheets.now(draft.id)
    return (now[1] if now else None) != draft.was


def change(draft: Draft) -> Change | None:
    """Who has changed the file since a draft was made from it; None where nobody has."""
    if not has_changed(draft):
        return None
    if why := sheets.unreadable(draft):
        return Change("", "", "", False, why)
    now = sheets.now(draft.id)
    history, path = curation().history, f"corpus/{draft.id}.yaml"
    last = next(iter(history.log(path, 1)), None)
    if last is None or (now and history.text(last.id, path) != now[0]):
        return Change("somebody outside the pages", "", "", now is None)
    return Change(last.author, last.when, last.message, now is None)


def is_saved(sheet: Sheet) -> bool:
    """Whether the file says already what is to be saved: a button was pressed twice, or somebody did the same."""
    now = sheets.now(sheet.id)
    try:
        same = bool(now) and _read(sheet.id, now) in (sheet.data, sheets.to_save(sheet).data)
    except BadSource:
        return False
    return same and (sheet.draft.is_new or has_changed(sheet.draft))


def page(sheet: Sheet, status: int, message: str = "") -> Response:
    """Both changes, key by key: what must be chosen, and what goes together."""
    now = sheets.now(sheet.draft.id)
    found = _merged(sheet, now, {}) if now else None
    response = html_page(
        "curate/conflict.html", status, sheet=sheet, draft=sheet.draft, id=sheet.id, message=message,
        changed=change(sheet.draft), gone=now is None, into=_into(sheet) if now is None else "",
        seen=now[1] if now else "",
        sides=[_side(each) for each in found.clashes] if found else [],
        taken=[_taken(each, sheet, now) for each in found.taken] if found and now else [],
        renamed=found.renamed if found else {}, here=_here(sheet), called=_called(sheet),
    )  # fmt: skip
    if now:
        response.set_etag(now[1])
    return response


def chosen(sheet: Sheet) -> Sheet | Response:
    """The sheet with both changes in it, made from the file as it is now; the page again where a choice is missing."""
    now = sheets.now(sheet.draft.id)
    if now is None and _into(sheet):
        return page(sheet, 409)
    if now is None:  # it was deleted: saving writes it anew
        return sheet._replace(draft=sheet.draft._replace(was=None, text=""))
    if now[1] != request.form.get("seen"):
        return page(sheet, 409, "The file has changed once more: this is how it stands now.")
    found = _merged(sheet, now, {})
    values: dict[str, Any] = {}
    for clash in found.clashes:
        choice = request.form.get(CHOOSE + clash.path, "") or (OTHER if _is_typed(clash) else "")
        if choice not in (WAS, THEIRS, OURS, OTHER):
            return page(sheet, 422, "Choose one of the versions for each place below.")
        values[clash.path] = _value(clash, choice)
    made = _merged(sheet, now, values)
    return sheet._replace(draft=sheet.draft._replace(data=made.data, was=now[1], text=now[0]))


def _merged(sheet: Sheet, now: tuple[str, str], values: dict[str, Any]) -> Merged:
    return merged(sheets.read(sheet.draft), _read(sheet.draft.id, now), sheet.data, sheet.draft.id, values)


def _is_typed(clash: Clash) -> bool:
    """Whether another text was typed where nothing was chosen."""
    words = request.form.get(EDIT + clash.path, "").split()
    return bool(words) and words != in_words(clash.ours).split()


def _into(sheet: Sheet) -> str:
    """The source into which that of the sheet was merged."""
    return current_base().moved(sheet.draft.id)


def _value(clash: Clash, choice: str) -> Any:
    if choice == OTHER:
        text = request.form.get(EDIT + clash.path, "")
        long = clash.path.rpartition(".")[2] in fields.LONG
        return (fields.several_lines(text) if long else fields.one_line(text)) or None
    return {WAS: clash.was, THEIRS: clash.theirs, OURS: clash.ours}[choice]


def _side(clash: Clash) -> Side:
    is_text = all(each is None or isinstance(each, str) for each in clash[1:])
    was, theirs, ours = map(in_words, clash[1:])
    edited = request.form.get(EDIT + clash.path, ours)
    return Side(clash.path, was, theirs, ours, is_text, request.form.get(CHOOSE + clash.path, ""), edited)


def _taken(path: str, sheet: Sheet, now: tuple[str, str] | None) -> tuple[str, str, str]:
    """A place that they alone have changed, or that goes together: its path, as it was and as it is now."""
    before, after = (_at(data, path) for data in (sheets.read(sheet.draft), _read(sheet.id, now)))
    return path, in_words(before), in_words(after)


def _at(data: Any, path: str) -> Any:
    """What is at a path in which claims go by their ids."""
    for step in path.split("."):
        if isinstance(data, list):
            data = next((each for each in data if isinstance(each, dict) and each.get("id") == step), None)
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return data


def in_words(value: Any) -> str:
    """A value of a file as a person reads it.

    >>> in_words([{"family": "Reed", "given": "Ida"}, {"literal": "The Mill"}])
    'Reed, Ida; The Mill'
    """
    if isinstance(value, dict):
        if "id" in value or "subject" in value:
            return "\n".join(f"{key}: {in_words(each)}" for key, each in value.items())
        return ", ".join(map(in_words, value.values()))
    if isinstance(value, list):
        return "; ".join(map(in_words, value))
    return "" if value is None else str(value)


def _read(id: str, now: tuple[str, str] | None) -> dict[str, Any]:
    return parse(now[0], curation().corpus.path(id)) if now else {}


def _called(sheet: Sheet) -> Callable[[str], str]:
    """What a form calls the place at a path, such as "Claim #c2: statement"."""
    labels = sheets.labels_of(sheet.data)
    return lambda path: called(path, sheet.data, labels)


def _here(sheet: Sheet) -> str:
    return url_for("curate.source", id=sheet.draft.token)
