"""The desk of a curator: drafts, what can be begun, and what was changed of late."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePath
from typing import NamedTuple

from flask import Response, request, url_for

from kb import BadQuery, KBError, NotFound
from kb.bibliography import styles
from kb.curation.records import readable
from kb.curation.revisions import revision

from ..accounts import needs
from ..adding import named
from ..formats import current_base, html_page
from . import bp, conflicts
from .drafts import Draft
from .form import _redirected, where
from .sheets import Sheet, curation, drafts

LATEST = 12  # changes that are shown
SOURCES = 3  # of a change that are named


class Kept(NamedTuple):
    """A draft in the list: what it is called, where it is, and whether its source has changed since."""

    token: str
    called: str
    address: str
    when: str
    is_new: bool
    changed: bool


class Latest(NamedTuple):
    """A change in the history, with the first of the sources that it changed."""

    message: str
    author: str
    when: str
    sources: tuple[str, ...]
    more: int


@bp.get("")
@needs()
def desk() -> Response:
    """What lies on the desk; with ``?edit=`` on to the form of the source that it names."""
    asked, message, status = request.args.get("edit", ""), "", 200
    if asked:
        try:
            return _redirected(url_for("curate.source", id=named(asked, ["source"])))
        except (NotFound, BadQuery) as error:
            message, status = f"{str(error)[0].upper()}{str(error)[1:]}.", error.status
    saving = curation().saving
    return html_page(
        "curate/desk.html", status, drafts=[_kept(each) for each in drafts()], latest=list(_latest()), message=message,
        asked_for=asked, waiting=saving.waiting(), lost=saving.lost(), worklists=curation().work.all(),
    )  # fmt: skip


def _kept(draft: Draft) -> Kept:
    data = draft.data
    called = styles.citation(readable(data)) if data.get("authors") or data.get("title") else "Untitled"
    title = f": {data['title']}" if isinstance(data.get("title"), str) else ""
    return Kept(
        draft.token, called + title, where(Sheet(draft)), draft.when, draft.is_new, conflicts.has_changed(draft)
    )


def _latest() -> Iterator[Latest]:
    with suppress(KBError):  # git may be gone; the desk is of use without
        for commit in curation().history.log(limit=LATEST):
            ids = [
                PurePath(path).stem for path in commit.paths if path.startswith("corpus/") and path.endswith(".yaml")
            ]
            here = [id for id in ids if current_base().has("source", id)]
            told = revision(commit)  # without addresses of mail
            yield Latest(told.subject, told.author, commit.when, tuple(here[:SOURCES]),
                         max(0, len(commit.paths) - SOURCES))  # fmt: skip
