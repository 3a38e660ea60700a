"""The form for a source: filled in, kept as a draft while one types, looked at as a diff, and saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from flask import Response, flash, redirect, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from kb import BadQuery, Conflict, KBError, TooLong
from kb.bibliography.styles import REFERENCE_STYLES
from kb.curation import Saved
from kb.graph.query import BODY_BYTES

from ..accounts import needs
from ..formats import address, current_base, error_response, html_page, json_response, wants_json
from . import bp, catch_up, conflicts, fields, sheets
from .drafts import Mark, is_token
from .layout import groups, lines
from .offers import offers
from .sheets import Sheet, curation, drafts, who
from .uploads import FORM_FIELDS

FORM, CHANGES, CONFLICT = "", "changes", "conflict"  # what ?show= asks for
MESSAGE_CHARACTERS = 300
SUGGESTED_AT = ("concepts", "subjects")  # places of the form at which suggestions are read
SAVED = "saved"  # the category of what is told of a save on the next page


@bp.get("/source/<id>")
@needs()
def source(id: str) -> Response:
    """The form for a source that is here."""
    return _shown(id)


@bp.post("/source/<id>")
@needs()
def change_source(id: str) -> Response:
    """What a button of that form does."""
    return _answer(id)


@bp.get("/draft/<token>")
@needs()
def draft(token: str) -> Response:
    """The form for a new source."""
    return _shown(token)


@bp.post("/draft/<token>")
@needs()
def change_draft(token: str) -> Response:
    """What a button of that form does."""
    return _answer(token)


def _shown(token: str) -> Response:
    """The form, the changes to be saved, or what two curators have changed at once."""
    sheet = sheets.opened(token)._replace(at=request.args.get("at", ""))
    if is_token(token) and not sheet.draft.is_new:  # it was saved meanwhile
        return _redirected(where(sheet))
    if not sheet.kept and fields.size(sheet.data) > FORM_FIELDS:
        raise TooLong(f"corpus/{token}.yaml has more claims or lists than a form takes: change it in an editor")
    show = FORM if _why_not(sheet) else request.args.get("show", FORM)
    if show == CHANGES and sheet.kept and not sheets.errors(sheets.problems(sheet)):
        return conflicts.page(sheet, 200) if conflicts.has_changed(sheet.draft) else changes_page(sheet)
    if show == CONFLICT and conflicts.has_changed(sheet.draft):
        return conflicts.page(sheet, 200)
    return form_page(sheet)


def _answer(token: str) -> Response:
    """Do what the button *do* says; what was typed is kept first, whatever comes then."""
    do = request.form.get("do", "keep")
    if do == "discard":
        return _discard(token)
    if do == "save" and not sheets.shows_fields() and (mark := drafts().saved(token)):
        return _redirected(address("pages.source", id=mark.id))  # Save was pressed twice
    sheet = sheets.posted(token)
    quiet = wants_json() and do == "keep"
    if not quiet:
        sheet = sheets.with_names(sheet, do)
    action = ACTIONS.get(do)
    if action is None:
        try:
            sheet = _operated(sheet, do)
        except KBError as error:
            sheet = sheet._replace(notice=_sentence(str(error)), status=error.status)
    kept = sheets.keep(sheets.named(sheet) if do == "save" else sheet)
    if quiet:
        return _told(kept)
    if not kept.kept or kept.status != 200:
        return form_page(kept)
    if action and action is not _back and (why := _why_not(kept)):
        return form_page(kept._replace(notice=f"Nothing was saved: {why}. Your draft is kept.", status=422))
    return action(kept) if action else _back(kept)


def _why_not(sheet: Sheet) -> str:
    """Why the file of a sheet cannot be read, if it cannot."""
    return "" if sheet.draft.is_new else sheets.unreadable(sheet.draft)


def _operated(sheet: Sheet, do: str) -> Sheet:
    verb, _, rest = do.partition(":")
    made = MORE_VERBS[verb](sheet, rest) if verb in MORE_VERBS else sheets.after(sheet, do)
    sheets.checked(made.draft.data)
    return made


def _back(sheet: Sheet) -> Response:
    """Back to the form, at the place where something was done."""
    style = request.form.get("style") or None
    style = None if style == sheets.DEFAULT_STYLE else style
    return _redirected(where(sheet, at=sheet.at or None, style=style, _anchor=sheet.at or None))


def _changes(sheet: Sheet) -> Response:
    """On to the changes, if nothing keeps them from being saved."""
    if sheets.errors(sheets.problems(sheet)):
        return form_page(
            sheet._replace(notice="Nothing can be saved yet: mend what is marked as an error.", status=422)
        )
    return _redirected(where(sheet, show=CHANGES))


def _save(sheet: Sheet) -> Response:
    """Save the source, and go to its page; pressed twice, it is saved once."""
    if conflicts.is_saved(sheet):
        return _saved(sheet, Saved("", (), ""))
    found = sheets.problems(sheet)
    if sheets.errors(found):
        return form_page(sheet._replace(notice="Nothing was saved: mend what is marked as an error.", status=422))
    draft, id = sheet.draft, sheet.id
    if conflicts.has_changed(draft):
        return conflicts.page(sheet, Conflict.status)
    try:
        saved = curation().save_data(id, sheets.to_save(sheet).data, draft.was, who().author, _message(sheet))
    except Conflict:
        return _clashed(sheet)
    except KBError as error:
        return form_page(sheet._replace(notice=f"Nothing was saved: {error}. Your draft is kept.", status=error.status))
    return _saved(sheet, saved)


def _clashed(sheet: Sheet) -> Response:
    """What is told where another save came first; of a new source, that it is saved, or that its id is taken."""
    if conflicts.is_saved(sheet):
        return _saved(sheet, Saved("", (), ""))
    if not sheet.draft.is_new:
        return conflicts.page(sheet, Conflict.status)
    said = f"Nothing was saved: another source was saved as {sheet.id} a moment ago. Your draft is kept."
    return form_page(sheet._replace(notice=said, status=Conflict.status))


def _saved(sheet: Sheet, saved: Saved) -> Response:
    """On to the page of what was saved, as soon as it is there; the draft goes."""
    id, now = sheet.id, sheets.now(sheet.id)
    if sheet.draft.is_new and now:
        drafts().mark(sheet.draft.token, Mark(id, now[1]))
    else:
        drafts().discard(sheet.draft.token)
    catch_up()
    flash({"id": id, "commit": saved.commit, "problem": saved.problem}, SAVED)  # type: ignore[arg-type]
    if current_base().has("source", id):
        return _redirected(address("pages.source", id=id))
    return _redirected(address("curate.desk"))


def _merge(sheet: Sheet) -> Response:
    """Take what was chosen where two curators have changed the same."""
    made = conflicts.chosen(sheet)
    if isinstance(made, Response):
        return made
    kept = sheets.keep(made)
    return form_page(kept) if not kept.kept else _changes(kept)


def _discard(token: str) -> Response:
    drafts().discard(token)
    flash("The draft was thrown away.", "told")
    return _redirected(address("curate.desk"))


ACTIONS: dict[str, Callable[[Sheet], Response]] = {
    "keep": _back, "preview": _changes, "save": _save, "merge": _merge,
}  # fmt: skip


def _look_up(sheet: Sheet, path: str) -> Sheet:
    """The form with what is found of the quote at *path* in the text of the work."""
    return sheet._replace(at=path)


# Further verbs of buttons, such as check:PATH
MORE_VERBS: dict[str, Callable[[Sheet, str], Sheet]] = {"check": _look_up}


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_: RequestEntityTooLarge) -> Response:
    """What is told of a form that is not even read."""
    megabytes = (request.max_content_length or BODY_BYTES) >> 20
    said = (f"This form has more than {megabytes} MB, or too many fields, and was not read. Go back in your browser, "
            "where what you typed still stands, and shorten its texts.")  # fmt: skip
    return error_response(413, said, {})


def form_page(sheet: Sheet) -> Response:
    """The form with all that is typed, what is wrong with it, how it is cited and what it may be the same as."""
    found, draft = sheets.shown(sheets.problems(sheet), sheet), sheet.draft
    fresh = draft.is_new and draft.revision < 2 and sheet.status == 200
    choices = curation().choices()
    response = html_page(
        "curate/form.html", sheet.status, sheet=sheet, draft=draft, data=draft.data, id=sheet.id,
        problems={} if fresh else found, errors=[] if fresh else sheets.errors(found), choices=choices,
        warnings=[] if fresh else _warnings(found), groups=groups(_fields(draft.data), draft.data, choices),
        types=choices.types, styles=REFERENCE_STYLES, style=sheet.style, citation=_citation(sheet),
        duplicates=_duplicates(sheet), suggestions=suggestions(sheet), changed=conflicts.change(draft),
        message_characters=MESSAGE_CHARACTERS, here=where(sheet), typed=draft.typed, to_show=CONFLICT,
    )  # fmt: skip
    return _tagged(response, draft.was)


def changes_page(sheet: Sheet, status: int = 200) -> Response:
    """The diff of the file, and the button that saves it."""
    data, note = sheets.to_save(sheet)
    diff = curation().diff(sheet.id, data)
    response = html_page(
        "curate/changes.html", status, sheet=sheet, draft=sheet.draft, id=sheet.id, lines=list(lines(diff)),
        message=sheet.message, message_characters=MESSAGE_CHARACTERS, here=where(sheet),
        warnings=_warnings(sheets.problems(sheet)), citation=_citation(sheet), note=note,
    )  # fmt: skip
    return _tagged(response, sheet.draft.was)


def _told(sheet: Sheet) -> Response:
    """What the script of the form shows after it has kept a draft."""
    found, draft = sheets.shown(sheets.problems(sheet), sheet), sheet.draft
    told: dict[str, Any] = {
        "saved": draft.when if sheet.kept else None, "revision": draft.revision, "was": draft.was or "",
        "problems": [each._asdict() for told in found.values() for each in told],
        "citation": _citation(sheet), "duplicates": [each._asdict() for each in _duplicates(sheet)], "id": sheet.id,
    }  # fmt: skip
    for each in told["duplicates"]:
        each["url"] = address("pages.source", id=each["id"])
    if sheet.notice:
        told["detail"] = sheet.notice
    return _tagged(json_response(told, sheet.status), draft.was)


def suggestions(sheet: Sheet) -> tuple[Any, ...] | None:
    """Concepts that the work may be about, for who has come to see them; a script asks for them by itself."""
    if sheet.at not in SUGGESTED_AT:
        return None
    with suppress(KBError):
        return offers().suggestions(sheet.data, sheet.draft.id)
    return ()


def where(sheet: Sheet, **more: Any) -> str:
    """The address of the form of a sheet."""
    token = sheet.draft.token
    if sheet.draft.is_new:
        return url_for("curate.draft", token=token, **more)
    return url_for("curate.source", id=token, **more)


def _fields(data: dict[str, Any]) -> Any:
    return curation().fields(str(data.get("type", "")))


def _citation(sheet: Sheet) -> str:
    with suppress(BadQuery):
        return curation().citation(sheet.data, sheet.style)
    return curation().citation(sheet.data)


def _duplicates(sheet: Sheet) -> tuple[Any, ...]:
    return curation().duplicates(sheet.data, "" if sheet.draft.is_new else sheet.draft.id)


def _warnings(found: dict[str, list[sheets.Told]]) -> list[sheets.Told]:
    return [each for told in found.values() for each in told if each.severity != sheets.ERROR]


def _message(sheet: Sheet) -> str:
    return (sheet.draft.message or sheet.message)[:MESSAGE_CHARACTERS]


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '?')) else '.'}"


def _tagged(response: Response, was: str | None) -> Response:
    if was:
        response.set_etag(was)
    return response


def _redirected(to: str) -> Response:
    return cast(Response, redirect(to, 303))
