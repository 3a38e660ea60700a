"""The worklists of curators, and what `kb check` finds, each problem with a link to the field of the form."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import Response, request, url_for

from kb import BadQuery, NotFound
from kb.curation.checks import Checked, Todo
from kb.curation.worklists import CHANGED, CLAIMS, COMPLETE, REVIEW, TITLES, Kind, Worklists, kinds
from kb.errors import unknown
from kb.saving import HistoryError

from ..accounts import needs
from ..formats import current_base, html_page
from . import bp

PAGE = 50  # entries
SHOWN = 10  # problems of a kind, where all kinds are shown
PATIENCE = 1.5  # seconds that a page waits for a check to end, where nothing is known yet
ADDRESS = "curate.worklist"


class Part(NamedTuple):
    """A page of a long list: what stands on it, its number, how many there are, and the number of all entries."""

    entries: Any
    page: int
    pages: int
    total: int


@bp.app_context_processor
def _for_templates() -> dict[str, Any]:
    return {"todo_link": todo_link, "form_link": form_link}


@bp.get("/worklist/<name>")
@needs()
def worklist(name: str) -> Response:
    """What waits: ``review``, ``complete``, ``claims`` or ``changed``."""
    if name not in TITLES:
        raise NotFound(unknown("worklist", name, list(TITLES)))
    shown = {REVIEW: _to_review, COMPLETE: _to_complete, CLAIMS: _without_claims, CHANGED: _changed}[name]()
    shown |= dict(zip(("title", "what"), TITLES[name], strict=True)) | {"worklists": _work().all()}
    return html_page(f"curate/worklist_{name}.html", name=name, **shown)


@bp.get("/check")
@needs()
def check() -> Response:
    """All that `kb check` finds."""
    return html_page("curate/check.html", **_to_complete())


def _to_review() -> dict[str, Any]:
    done = request.args.get("done", "")  # reviewed a moment ago, when the pages do not know it yet
    waiting = [each for each in _work().to_review() if each.id != done]
    done = done if done in current_base().corpus else ""
    return {"part": part(waiting), "proposed": _work().proposed(), "done": done}


def _to_complete() -> dict[str, Any]:
    """Problems by kind; with ``?kind=`` one kind alone, page by page."""
    checked, wanted = _checked(), request.args.get("kind", "")
    found = kinds(checked.todos)
    shown: dict[str, Any] = {"checked": checked, "kinds": found, "kind": None, "part": None, "shown": SHOWN}
    if wanted:
        chosen = next((each for each in found if key(each) == wanted), None)
        shown |= {"kind": chosen, "part": part(chosen.todos if chosen else ())}
    return shown


def _without_claims() -> dict[str, Any]:
    return {"part": part(_work().without_claims())}


def _changed() -> dict[str, Any]:
    try:
        return {"entries": current_base().curation.past.latest(PAGE), "message": ""}
    except HistoryError as error:  # git is gone
        return {"entries": (), "message": str(error)}


def key(kind: Kind) -> str:
    """How an address names a kind of problems."""
    return f"{kind.check}-{kind.severity}"


def part(entries: Any) -> Part:
    """The page of *entries* that the address asks for."""
    asked = request.args.get("page", "1")
    pages = max(1, -(-len(entries) // PAGE))
    if not (asked.isdecimal() and asked.isascii() and len(asked) < 10 and int(asked)):
        raise BadQuery(f"page is to be a number from 1 to {pages}")
    number = min(int(asked), pages)
    return Part(entries[(number - 1) * PAGE : number * PAGE], number, pages, len(entries))


def todo_link(todo: Todo) -> str:
    """Where a problem can be mended: the field of a source's form, or the concept; nothing where it is in no thing."""
    if todo.id:
        return form_link(todo.id, todo.place)
    if todo.place in current_base().ontology().concepts:
        return url_for("pages.concept", id=todo.place)
    return ""


def form_link(id: str, place: str = "") -> str:
    """The form for a source, at the field of a place in its data."""
    return f"{request.root_path}/curate/source/{id}{f'#{place}' if place else ''}"


def _checked() -> Checked:
    """What the last check found; where there is none, it is waited for, a moment."""
    found = _work().checked()
    return found or _work().checked(PATIENCE)


def _work() -> Worklists:
    return current_base().curation.work
