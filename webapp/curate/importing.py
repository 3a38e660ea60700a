"""The page to import from: files or a pasted text, what they would become, and on a writable server adding them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from tempfile import TemporaryFile
from threading import BoundedSemaphore, Lock
from typing import IO, Any, cast

from flask import Flask, Response, current_app, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import Forbidden, RequestEntityTooLarge

from kb import BadQuery, BadSource, Busy, KBError, KnowledgeBase, TooLong
from kb.bibliography.reading import Given
from kb.intake import Planned
from kb.intake.choice import Choice
from kb.intake.review import Review

from ..accounts import ELSEWHERE, account, needs, refusal
from ..bodies import body
from ..formats import JSON, as_json, current_base, html_page, language, wants_json
from ..origin import from_our_pages
from ..sessions import WRITABLE
from . import bp
from .drafts import Draft, new_token
from .form import form_page, where
from .sheets import Sheet, keep
from .uploads import (
    FILES,
    FORM_BYTES,
    FORM_FIELDS,
    PARTS,
    PASTED,
    PASTED_BYTES,
    UPLOAD_BYTES,
    Uploads,
    for_now,
    shown_name,
)

TURNS = "kb.import_turns"  # in the app's extensions
WAITING = 1  # imports that wait while another is read; the next one is turned away
AT_ONCE = 64 * 1024  # bytes of the data that are sent together
PATIENCE = 20.0  # seconds one waits for its turn
IMPORTS = {"curate.importing", "curate.preview", "curate.kept", "curate.take_in"}  # endpoints that take files
ACCEPTED = ".bib,.bibtex,.ris,.json,.pdf,.html,.htm,.txt"


class Turns:
    """One import is read at a time, so that readers of other pages do not wait for many."""

    def __init__(self) -> None:
        self._reading, self._line = Lock(), BoundedSemaphore(1 + WAITING)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn; raises Busy where it does not come soon."""
        busy = Busy("Another import is being read: try again in a minute")
        if not self._line.acquire(blocking=False):
            raise busy
        try:
            if not self._reading.acquire(timeout=PATIENCE):
                raise busy
            try:
                yield
            finally:
                self._reading.release()
        finally:
            self._line.release()


def register(app: Flask, writable: bool) -> None:
    """Give *app* the page; if *writable*, with what adds sources. What was kept for longer than a day goes."""
    app.extensions[TURNS] = Turns()
    if writable:
        _uploads(app.extensions["kb"]).sweep()
    app.register_blueprint(bp)


@bp.before_app_request
def _take_large_forms() -> None:
    """Also where a form of ours is held while a curator logs in; before anything looks at it."""
    if request.endpoint in IMPORTS:
        request.max_content_length, request.max_form_memory_size = UPLOAD_BYTES, PASTED_BYTES
        request.max_form_parts = PARTS
    elif request.blueprint in ("curate", "accounts"):
        request.max_content_length = request.max_form_memory_size = FORM_BYTES
        request.max_form_parts = FORM_FIELDS


@bp.get("/import")
def importing() -> Response:
    """The form."""
    return _form()


@bp.post("/import")
def preview() -> Response:
    """What the files and the text that were sent would become; data where the client wants them."""
    text = ""
    try:
        if not from_our_pages():
            raise Forbidden(ELSEWHERE)
        text = request.form.get("text", "")
        ours = _writable() and (account() is not None or "csrf_token" in request.form)
        if ours and (refused := refusal()):  # of a form that would be kept to be added
            return refused
        files = _files(text)
        if wants_json():
            return _as_data(text, files)
        if ours:
            token = _uploads(current_base()).keep(text, files)
            return cast(Response, redirect(url_for(".kept", token=token), 303))
        with _turns().turn(), for_now(text, files) as given:
            view = _review(given)
        return _preview(view)
    except (KBError, RequestEntityTooLarge) as error:
        return _mistake(error, text)


@bp.get("/import/<token>")
@needs()
def kept(token: str) -> Response:
    """What the files that are kept under *token* would become."""
    given = _kept(token)
    try:
        with _turns().turn():
            view = _review(given)
        return _preview(view, token)
    except KBError as error:
        pasted = next((each.path for each in given if each.name == PASTED), None)
        return _mistake(error, pasted.read_text(encoding="utf-8") if pasted else "")


@bp.post("/import/<token>")
@needs()
def take_in(token: str) -> Response:
    """Add the sources that were chosen, and take what was chosen for those that are here already."""
    given = _kept(token)
    choice = Choice.of(*(request.form.getlist(name) for name in ("take", "theirs", "concept")))
    if number := request.form.get("open"):
        return _open(given, number, choice)
    who = account()
    assert who is not None  # `needs` has seen to it
    curation = current_base().curation
    with _turns().turn():
        done = current_base().intake.take(
            given, choice, who.author, lambda old, new: curation.after_edit(old, new, who.role, who.author).data
        )
    _uploads(current_base()).forget(token)
    return html_page("imported.html", done=done)


def _open(given: list[Given], number: str, choice: Choice) -> Response:
    """On to the form for a new source, filled with one record and the concepts that were checked for it."""
    wanted = next(iter(Choice.of([number], []).take), 0)
    with _turns().turn():
        data = current_base().intake.source(given, wanted, choice.concepts.get(wanted, ()))
    sheet = keep(Sheet(Draft(new_token(), "", None, "", data)))
    return cast(Response, redirect(where(sheet), 303)) if sheet.kept else form_page(sheet)


def _review(given: list[Given]) -> Review:
    return current_base().intake.review(given, language())


def _preview(view: Review, token: str = "") -> Response:
    if view.refusal:
        raise BadSource(view.refusal)
    return html_page("import.html", view=view, token=token, **_shared())


def _as_data(text: str, files: list[FileStorage]) -> Response:
    """Each record, as ``kb add --dry-run --json`` prints it.

    They are written into a file first: neither are all of them held, nor has who reads slowly the turn for so long.
    """
    with ExitStack() as opened:
        made = opened.enter_context(TemporaryFile())
        with _turns().turn(), for_now(text, files) as given:
            made.writelines(_listed(current_base().intake.beginning(given)))
        made.seek(0)
        response = body(_parts(made), JSON)
        response.call_on_close(opened.pop_all().close)  # also where nobody asks for the parts
    return response


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        yield from iter(partial(file.read, AT_ONCE), b"")


def _listed(records: Iterable[Planned]) -> Iterator[bytes]:
    """The text of a JSON object with *records*."""
    yield b'{"records":['
    for number, each in enumerate(records):
        yield f"{',' if number else ''}{as_json(each)}".encode()
    yield b"]}\n"


def _form(status: int = 200, message: str = "", text: str = "") -> Response:
    return html_page("import.html", status, view=None, message=message, text=text, **_shared())


def _mistake(error: KBError | RequestEntityTooLarge, text: str) -> Response:
    """The form again, with what was wrong and the text that was pasted."""
    if isinstance(error, RequestEntityTooLarge):
        error = TooLong(
            f"That is too much at once: up to {UPLOAD_BYTES >> 20} MB of files and {PASTED_BYTES >> 20} MB of text are "
            "read here; send fewer files, or use kb add on the command line"
        )
    if wants_json():
        raise error
    response = _form(error.status, str(error), text)
    if isinstance(error, Busy):
        response.headers["Retry-After"] = "20"
    return response


def _shared() -> dict[str, Any]:
    return {"accepted": ACCEPTED, "megabytes": UPLOAD_BYTES >> 20, "writable": _writable(), "who": account()}


def _files(text: str) -> list[FileStorage]:
    """The files that a form brought beside a *text*."""
    files = [each for each in request.files.getlist("file") if each.filename]
    if not text.strip() and not files:
        raise BadQuery("Nothing was sent: choose a file, or paste a text")
    if sources := [name for each in files if (name := shown_name(each.filename or "")).endswith((".yaml", ".yml"))]:
        raise BadSource(f"{sources[0]}: is a source file with annotations: add it on the command line, with kb add")
    if len(files) > FILES:
        raise TooLong(f"{len(files)} files were sent: up to {FILES} are read at once")
    return files


def _kept(token: str) -> list[Given]:
    return _uploads(current_base()).files(token)


def _writable() -> bool:
    return bool(current_app.config[WRITABLE])


def _uploads(base: KnowledgeBase) -> Uploads:
    return Uploads(base.home.derived / "imports")


def _turns() -> Turns:
    return cast(Turns, current_app.extensions[TURNS])
