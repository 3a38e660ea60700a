"""A source as it lies on a curator's desk: opened, filled from a form, and kept as a draft."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from flask import request

from kb import BadQuery, BadSource, KBError, NotFound
from kb.corpus.numbers import bare_doi
from kb.corpus.sources import SLUG
from kb.curation import Curation
from kb.curation.messages import message as message_of
from kb.curation.status import Edited
from kb.curation.well_formed import misshapen, refuse_misshapen
from kb.saving import etag

from ..accounts import Account, account
from ..formats import current_base
from . import fields, wording
from .drafts import ID_CHARACTERS, Draft, Drafts
from .offers import offers
from .places import called

VERSIONS = 50  # of a file that are looked through for the one that a draft was made from
ETAG = re.compile(r"[0-9a-f]{32}")
ERROR = "error"
DEFAULT_STYLE = "apa"
PROPOSE = "propose."  # what the names of fields of a concept that is proposed begin with


class Told(NamedTuple):
    """A problem at a field, as the form shows it: the *path* is that of the field, the *place* what that is called."""

    path: str
    severity: str
    message: str
    hint: str = ""
    place: str = ""


class Sheet(NamedTuple):
    """What a page shows of a draft: whether it is *kept* on the server, and names that could not be *found*.

    *found* has what is wrong with a name that was typed to be added, by the path of the list; *notice* is a sentence
    for the top of the page, and *status* that of the answer.
    """

    draft: Draft
    kept: bool = True
    unfound: dict[str, str] = {}  # noqa: RUF012 – a default that nobody changes
    notice: str = ""
    status: int = 200
    at: str = ""

    @property
    def data(self) -> fields.Data:
        """The data as they are saved."""
        return fields.tidied(self.draft.data)

    @property
    def id(self) -> str:
        """What the source is called, or will be."""
        return self.draft.id if is_id(self.draft.id) else new_id(self.data)

    @property
    def style(self) -> str:
        """The style in which the citation is shown."""
        return request.values.get("style") or DEFAULT_STYLE

    @property
    def message(self) -> str:
        """What the history is to be told: what the curator has written, else what was changed."""
        was = None if self.draft.was is None else read(self.draft)
        return self.draft.message or message_of(self.id, was, self.data)


def curation() -> Curation:
    """The desk that all curators share."""
    return current_base().curation


def who() -> Account:
    """Who works here; a view asks for an account first."""
    found = account()
    assert found is not None
    return found


def drafts() -> Drafts:
    """The drafts of who is logged in."""
    return Drafts.of(current_base().home.private(), who().name)


def opened(token: str) -> Sheet:
    """The draft of this *token*; without one, the source of that id as its file says."""
    if draft := drafts().find(token):
        if odd := _odd(draft.data):
            raise BadSource(f"this draft cannot be shown: {odd}. Throw it away on your desk, and begin again")
        return Sheet(draft)
    if mark := drafts().saved(token):
        return opened(mark.id)
    if not is_id(token):
        return Sheet(drafts()[token])  # which says that it is not there
    text, tag = curation().text(token)
    return Sheet(Draft(token, token, tag, text, refuse_misshapen(text, _path(token))), kept=False)


def posted(token: str) -> Sheet:
    """What a form says of the draft or source of this *token*, laid over what it was made from; nothing is kept yet."""
    before = _before(token)
    data = offers().settled(checked(fields.data_of(request.form, *_made_from(before))))
    _sign(data, read(before))
    if isinstance(doi := data.get("doi"), str):
        data["doi"] = bare_doi(doi) or doi  # of the address that was pasted
    id = fields.one_line(request.form.get("id", before.id)) if before.is_new else before.id
    message = fields.one_line(request.form.get("message", before.message))
    if message == request.form.get("proposed"):
        message = ""  # one that nobody wrote goes with the changes
    shown = before._replace(id=id, data=data, message=message, revision=_revision(before))
    return Sheet(shown._replace(typed=fields.typed_names(request.form) if shows_fields() else before.typed))


def checked(data: fields.Data) -> fields.Data:
    """*data* that a form or a button has made; raises BadQuery for what no form shows."""
    if odd := _odd(data):
        raise BadQuery(f"{odd}: open the form again; what was kept of it is as it was")
    return data


def _odd(data: Mapping[str, Any]) -> str:
    """What of *data* has another shape than it can have, in words; nothing where all is well."""
    return next((f"{place} must be {what}" for place, what in misshapen(data)), "")


def _made_from(before: Draft) -> tuple[fields.Data, fields.Data]:
    """What a form that was sent is laid over, and where else its claims may be: the draft, and the file.

    A form from before another window changed the draft is laid over the file: it does not show what came since.
    """
    file = read(before)
    late = shows_fields() and bool(file) and not before.is_new and _revision(before) != before.revision
    return (file, before.data) if late else (before.data, file)


def _sign(data: fields.Data, file: Mapping[str, Any]) -> None:
    """Say of claims that are not in the *file* yet who has entered them, where nobody has said so."""
    old = [each.get("id") for each in file.get("claims") or [] if isinstance(each, Mapping)]
    for claim in data.get("claims") or []:
        if isinstance(claim, dict) and claim.get("id") and claim["id"] not in old:
            _entered(claim)


def _entered(claim: fields.Data) -> None:
    claim.setdefault("curator", who().name)
    claim.setdefault("created", datetime.now(UTC).date().isoformat())


def named(sheet: Sheet) -> Sheet:
    """The sheet of a new source with the id that it is saved with, which no second request gives otherwise.

    Where one has saved it already, it is a sheet of the source that this has made.
    """
    if not sheet.draft.is_new:
        return sheet
    try:
        made = drafts().named(sheet.draft, sheet.id)
    except KBError:  # nothing can be written: `keep` tells so
        return sheet
    if isinstance(made, Draft):
        return sheet._replace(draft=made)
    text = _version(made.id, made.was)
    return sheet._replace(draft=sheet.draft._replace(token=made.id, id=made.id, was=made.was, text=text))


def keep(sheet: Sheet) -> Sheet:
    """Keep the draft on the server; where that cannot be, the sheet says so and holds all that was typed."""
    try:
        return sheet._replace(draft=drafts().keep(sheet.draft), kept=True)
    except KBError as error:
        return sheet._replace(kept=False, notice=str(error), status=error.status)


def with_names(sheet: Sheet, do: str = "") -> Sheet:
    """The sheet with the names that were typed to be added in their lists; those that name nothing stay typed.

    What the button *do* takes for a list answers what was typed there.
    """
    draft, unfound, at = sheet.draft, dict[str, str](), ""
    left = dict(draft.typed)
    for path, text in draft.typed.items():
        if path.startswith(PROPOSE):
            continue
        if do.startswith(f"accept:{path}="):
            del left[path]
            continue
        try:
            data = fields.joined(draft.data, path, resolved(path, text))
        except KBError as error:
            unfound[path] = str(error)
            continue
        draft, at = draft._replace(data=data), path
        del left[path]
    return sheet._replace(draft=draft._replace(typed=left), unfound=unfound, status=422 if unfound else 200, at=at)


def after(sheet: Sheet, do: str) -> Sheet:
    """The sheet after a button that changes the data."""
    draft = sheet.draft
    taken = [str(each.get("id")) for each in read(draft).get("claims") or [] if isinstance(each, Mapping)]
    taken += sorted(current_base().curation.used_claims(draft.id)) if do == "add:claims" else []
    data, at = fields.done(draft.data, do, taken)
    if do == "add:claims":
        _entered(data["claims"][-1])
    return sheet._replace(draft=draft._replace(data=data), at=at)


def resolved(path: str, text: str) -> str:
    """The id of what *text* names, of the kind that the list at *path* holds."""
    key = path.rpartition(".")[2]
    kind = fields.KINDS.get(key)
    if kind is None:
        raise BadQuery(f"nothing can be added to {path[:80]!r} by its name")
    return offers().named(kind, text)


def to_save(sheet: Sheet) -> Edited:
    """The data as they are saved, with the status that they have after the change, and what that means."""
    old = None if sheet.draft.was is None else read(sheet.draft)
    return curation().after_edit(old, sheet.data, who().role, who().author)


def problems(sheet: Sheet) -> dict[str, list[Told]]:
    """What is wrong, by the path of the field that shows it; what is of the source as a whole has none."""
    found: dict[str, list[Told]] = defaultdict(list)
    labels = labels_of(sheet.data)
    for each in _problems(sheet):
        found[each.path].append(each._replace(place=called(each.path, sheet.draft.data, labels)))
    return dict(found)


def labels_of(data: Mapping[str, Any]) -> dict[str, str]:
    """What the fields of a record of its type are called."""
    return {each.key: each.label for each in curation().fields(str(data.get("type", "")))}


def shown(found: dict[str, list[Told]], sheet: Sheet) -> dict[str, list[Told]]:
    """Those that are shown while one types: not what a claim lacks that was only just added."""
    if sheet.status != 200:
        return found
    return {path: told for path, told in found.items() if not wording.is_bare(sheet.draft.data, path)}


def errors(found: Mapping[str, list[Told]]) -> list[Told]:
    """Those problems with which nothing can be saved."""
    return [each for told in found.values() for each in told if each.severity == ERROR]


def read(draft: Draft) -> fields.Data:
    """What the file said that a draft was made from; nothing where that is not known."""
    if not draft.text:
        return {}
    try:
        return refuse_misshapen(draft.text, _path(draft.id))
    except KBError:
        return {}


def now(id: str) -> tuple[str, str] | None:
    """The text of the file of source *id* and its etag as they are now; None where there is none to be read."""
    try:
        return curation().text(id)
    except (NotFound, BadSource):
        return None


def unreadable(draft: Draft) -> str:
    """Why the file of a draft cannot be read as it is now, such as marks of git in it; nothing where it can."""
    with suppress(NotFound):
        try:
            text, tag = curation().text(draft.id)
            if tag != draft.was:
                refuse_misshapen(text, _path(draft.id))
        except BadSource as error:
            return str(error)
    return ""


def _path(id: str) -> Path:
    """The file of source *id*, as messages name it."""
    return Path("corpus") / f"{id}.yaml"


def is_id(text: str) -> bool:
    """Whether a source may be called so."""
    return len(text) <= ID_CHARACTERS and bool(SLUG.fullmatch(text))


def new_id(data: Mapping[str, Any]) -> str:
    """The id that is proposed for a new source."""
    return curation().new_id(data)


def _problems(sheet: Sheet) -> Iterator[Told]:
    data = sheet.data
    try:
        found = curation().problems(sheet.id, data)
    except BadSource as error:
        found = ()
        yield Told("", ERROR, str(error))
    for each in wording.worded(found, data, lambda id: offers().concept(id).label):
        path = fields.shown_path(sheet.draft.data, each.path) if each.path else ""
        yield Told(path, each.severity, each.message, each.hint)
    if sheet.draft.is_new and sheet.draft.id:
        if not is_id(sheet.draft.id):
            yield Told(
                "id", ERROR, "is no id: use small letters, digits and single hyphens, 100 at most, such as reed-2001"
            )
        elif into := current_base().moved(sheet.draft.id):
            yield Told("id", ERROR, f"{sheet.draft.id} was merged into {into}: open that one, or choose another id")
        elif now(sheet.draft.id):
            yield Told(
                "id", ERROR, f"{sheet.draft.id} is another source already", f"choose another id, such as {new_id(data)}"
            )
    for path, message in sheet.unfound.items():
        yield Told(f"{path}.{fields.ADD}", ERROR, message)


def _before(token: str) -> Draft:
    """What a form that was sent was made from: the draft, else the file in the version that the form names."""
    try:
        sheet = opened(token)
    except (NotFound, BadSource):  # it was saved, deleted or thrown away in another window, or git has marked it
        if not shows_fields():
            raise
        sheet = Sheet(Draft(token, token if SLUG.fullmatch(token) else "", None, "", {}), kept=False)
    draft = sheet.draft
    if (mark := drafts().saved(token)) and draft.token == mark.id:
        return draft if sheet.kept else draft._replace(was=mark.was, text=_version(mark.id, mark.was))
    was = _was(draft)
    if was == draft.was:
        return draft
    made = draft._replace(was=was, text=_version(token, was))
    return made if sheet.kept else made._replace(data=read(made) or draft.data)


def _was(before: Draft) -> str | None:
    """The etag of the file that the form was made from: its field, else If-Match, else that of the draft."""
    if request.form.get("was") == "":
        return None
    given = [request.form["was"]] if "was" in request.form else request.if_match.as_set()
    return next(filter(ETAG.fullmatch, given), before.was)


def _revision(before: Draft) -> int:
    with suppress(ValueError):
        return int(request.form.get("revision", before.revision))
    return before.revision


def shows_fields() -> bool:
    """Whether a form is the whole one, and not that of a preview or a conflict."""
    return "type" in request.form


def _version(id: str, tag: str | None) -> str:
    """The text of the file of source *id* with an etag, now or in the history; nothing where it is not found."""
    if tag is None:
        return ""
    current = now(id)
    if current and current[1] == tag:
        return current[0]
    history, path = curation().history, f"corpus/{id}.yaml"
    for commit in history.log(path, VERSIONS):
        text = history.text(commit.id, path)
        if text is not None and etag(text) == tag:
            return text
    return ""
