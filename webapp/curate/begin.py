"""A new source: its form filled from a pasted reference, or begun by hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from flask import Response, request, url_for

from kb import BadQuery, KBError, TooLong
from kb.bibliography import styles
from kb.intake import DUPLICATE, UNREADABLE, Planned

from ..accounts import needs
from ..formats import current_base, html_page
from . import bp, fields
from .drafts import Draft, new_token
from .form import _redirected, form_page, where
from .sheets import Sheet, curation, keep
from .uploads import PASTED_BYTES, for_now

SHOWN = 20  # records of a pasted text that one can choose from
STATE = {"state": "incomplete", "status": "draft"}  # of a source that somebody begins


class Found(NamedTuple):
    """A record of a pasted text: its reference, what is odd about it, and the source that it is *same* as, and why."""

    reference: str
    problems: tuple[str, ...]
    same: str
    why: str


@bp.get("/new")
@needs()
def new() -> Response:
    """How to begin: paste a reference, or choose a type."""
    return _page(type=request.args.get("type", ""))


@bp.post("/new")
@needs()
def begin() -> Response:
    """Fill a form from what was pasted, or open an empty one."""
    pasted = request.form.get("pasted", "")
    if request.form.get("do") == "begin":
        return _opened({"type": fields.one_line(request.form.get("type", "")), **STATE})
    try:
        planned = list(islice(_records(pasted), SHOWN + 1))
        readable = [each for each in planned if each.status != UNREADABLE]
        if not readable:
            raise BadQuery(_why_not(planned))
        if "record" in request.form or (len(readable) == 1 and readable[0].status != DUPLICATE):
            return _opened(_source(_chosen(readable)))
    except KBError as error:
        return _page(pasted, str(error), error.status)
    return _page(pasted, found=[_found(each) for each in readable[:SHOWN]], more=len(planned) - SHOWN)


def _records(text: str) -> Iterator[Planned]:
    """What the records of a pasted text would become."""
    if not text.strip():
        raise BadQuery("Nothing was pasted: paste a reference, or choose a kind of work below")
    if len(text.encode("utf-8", "replace")) > PASTED_BYTES:
        raise TooLong(f"That is too much at once: up to {PASTED_BYTES >> 20} MB are read here; import it as a file")
    with for_now(text, []) as given:
        yield from current_base().intake.preview(given)


def _chosen(planned: list[Planned]) -> Planned:
    number = request.form.get("record", "0")
    if not (number.isdecimal() and int(number) < len(planned)):
        raise BadQuery("Choose one of the records")
    return planned[int(number)]


def _source(planned: Planned) -> dict[str, Any]:
    """The data of a new source that was pasted."""
    lacks = [each for each in ("title", "issued") if not planned.record.get(each)]
    state = {"state": "incomplete" if lacks or not planned.record.get("authors") else "complete", "status": "draft"}
    return {"type": "document"} | planned.record | state | {"seenIn": ["pasted reference"]}


def _opened(data: dict[str, Any]) -> Response:
    """On to the form of a new draft."""
    sheet = keep(Sheet(Draft(new_token(), "", None, "", data)))
    return _redirected(where(sheet)) if sheet.kept else form_page(sheet)


def _found(planned: Planned) -> Found:
    same = planned.id if planned.status == DUPLICATE and planned.id in curation().corpus else ""
    return Found(styles.reference(planned.record), planned.problems, same, planned.why)


def _why_not(planned: list[Planned]) -> str:
    told = "; ".join(problem for each in planned[:3] for problem in each.problems)
    because = f": {told}" if told else ""
    return f"No reference could be read in this{because}. Paste BibTeX, RIS or CSL-JSON, or type it below"


def _page(
    pasted: str = "", message: str = "", status: int = 200, type: str = "", found: Any = (), more: int = 0
) -> Response:
    types = curation().choices().types
    return html_page("curate/new.html", status, pasted=pasted, message=message, type=type, types=types, found=found,
                     more=max(0, more), here=url_for("curate.begin"))  # fmt: skip
