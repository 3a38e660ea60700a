"""Concepts that curators propose, and what editors do with them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request, url_for

from kb import Conflict, KBError
from kb.curation.offers import CONCEPT
from kb.curation.proposing import Draft

from ..accounts import account, needs
from ..formats import current_base, html_page
from . import bp
from .merging import EDITOR, author, done, named

FIELDS = ("label", "definition", "broader", "scheme", "alt_labels", "scope_note", "language", "into")
EDITED = ("label", "definition", "broader", "alt_labels", "scope_note")  # what a curator may have typed anew


@bp.get("/concept/new")
@needs()
def new_concept() -> Response:
    """The form to propose a concept, with what ``?label=``, ``broader`` and ``scheme`` have in it."""
    return _form(_typed(), None)


@bp.post("/concept/new")
@needs()
def propose_concept() -> Response:
    """Propose a concept."""
    typed = _typed()
    try:
        made = current_base().curation.concepts.propose(
            typed["label"], typed["definition"], _above(typed["broader"]), typed["scheme"], author(),
            typed["alt_labels"].splitlines(), typed["scope_note"], typed["language"],
        )  # fmt: skip
    except KBError as error:
        return _form(typed, None, str(error), error.status)
    return done(made.saved, "It is proposed, and can be used at once.", url_for("pages.concept", id=made.id))


@bp.get("/concept/<path:id>")
@needs()
def concept(id: str) -> Response:
    """One concept for editors: to change it, and to accept or decline what was proposed."""
    wording = current_base().curation.concepts.wording(id, _language())
    return _form(_of(wording), wording)


@bp.post("/concept/<path:id>")
@needs(EDITOR)
def change_concept(id: str) -> Response:
    """Save, accept or decline a concept, as the button *do* says."""
    curation, typed, do = current_base().curation, _typed(), request.form.get("do", "save")
    wording = curation.concepts.wording(id, typed["language"])
    page = url_for("pages.concept", id=id)
    try:
        if do == "accept":
            if _differs(typed, wording):
                raise Conflict("You have changed its texts: save them first, then accept it. Nothing is done yet")
            return done(curation.concepts.accept(id, author()), "The concept is accepted.", page)
        if do == "decline":
            into = named(CONCEPT, typed["into"]) if typed["into"] else ""
            saved = curation.concepts.decline(id, into, author())
            to = url_for("pages.concept", id=into) if into else url_for("pages.concepts")
            return done(saved, f"The concept {id} is declined.", to)
        draft = Draft.of(typed["label"], typed["definition"], _above(typed["broader"]), typed["scheme"],
                         typed["alt_labels"].splitlines(), typed["scope_note"], typed["language"])  # fmt: skip
        saved = curation.concepts.edit(id, draft, request.form.get("was", ""), author())
        return done(saved, "Saved." if saved.paths else "The concept says this already.", page)
    except KBError as error:
        return _form(typed, wording, str(error), error.status)


def _differs(typed: dict[str, str], wording: Any) -> bool:
    """Whether what was *typed* is not what the file has; a field that the form does not send counts as the same."""
    was = _of(wording)
    return any(typed[name].split() != was[name].split() for name in EDITED if name in request.form)


def _form(typed: dict[str, str], wording: Any, message: str = "", status: int = 200) -> Response:
    """The form with what was *typed*; *wording* is the concept as its file has it, None for a new one."""
    who = account()
    response = html_page(
        "curate/concept.html", status, typed=typed, wording=wording, message=message,
        may_edit=bool(who and who.may(EDITOR)), languages=current_base().ontology().languages or ["en"],
        was=request.form.get("was", "") or (wording.etag if wording else ""),
    )  # fmt: skip
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _typed() -> dict[str, str]:
    typed = {name: request.values.get(name, "").replace("\0", " ") for name in FIELDS}
    return typed | {"language": _language()}


def _language() -> str:
    known = current_base().ontology().languages
    return request.values.get("language") or ("en" if "en" in known or not known else known[0])


def _of(wording: Any) -> dict[str, str]:
    """The fields of the form for a concept as it is."""
    draft = wording.draft
    return {"label": draft.label, "definition": draft.definition, "broader": ", ".join(draft.broader),
            "scheme": draft.scheme, "alt_labels": "\n".join(draft.alt_labels), "scope_note": draft.scope_note,
            "language": draft.language, "into": ""}  # fmt: skip


def _above(text: str) -> Iterable[str]:
    """The concepts that are typed as broader ones, with commas between them."""
    here = current_base().ontology().concepts
    if text.strip() in here:
        return [text.strip()]
    return [named(CONCEPT, each.strip()) for each in text.split(",") if each.strip()]
