"""The life of a source: entered as a draft, reviewed by a second person, and retracted where it must be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus import ontology
from kb.corpus.revised import revised
from kb.corpus.sources import parse
from kb.errors import BadQuery, unknown
from kb.saving import Author
from kb.terms import FOAF, PROV

CURATOR, EDITOR = "curator", "editor"
DRAFT, REVIEWED, RETRACTED = "draft", "reviewed", "retracted"
MAY = {DRAFT: CURATOR, REVIEWED: EDITOR, RETRACTED: EDITOR}  # the role that each status asks for
STATUS = ("status", "statusBy", "statusDate", "statusNote")
UNREAD = {*STATUS, "rejected"}  # keys that no reviewer reads
OWN = "You wrote this yourself: a second person should read it."
BACK = "This source was reviewed. With your change it is a draft again, until an editor has read it."
KEPT = "The status stays {0!r}: only an editor gives another."


class Edited(NamedTuple):
    """What an edit makes of a source's data once its status follows, and what that means, if anything, in words."""

    data: dict[str, Any]
    note: str


def with_status(text: str, path: Path, status: str, author: Author, why: str = "") -> str:
    """The text of a source file with another *status*, by whom and on which day: other lines stay.

    Raises BadQuery for no status that there is, and where a source is retracted without a reason.
    """
    why = " ".join(why.split())
    if status not in MAY:
        raise BadQuery(unknown("status", status, list(MAY)))
    if status == RETRACTED and not why:
        raise BadQuery("say why it is retracted: readers are told")
    told = dict(zip(STATUS, (status, author.id, date.today().isoformat(), why), strict=True))
    data = {**parse(text, path), **told}
    return revised(text, {key: value for key, value in data.items() if value or key not in told}, path)


def is_own(data: Mapping[str, Any], name: str) -> bool:
    """Whether all of a draft is by the curator called *name*: each claim, or without claims the status."""
    claims = data.get("claims")
    by = {each.get("curator") for each in (claims if isinstance(claims, list) else ()) if isinstance(each, dict)}
    return data.get("status", DRAFT) == DRAFT and (by or {data.get("statusBy")}) == {name}


def message(id: str, status: str, why: str = "") -> str:
    """What the history says of a change of status."""
    if status == RETRACTED:
        return f"Retract {id}: {' '.join(why.split())}"
    return f"Mark {id} as reviewed" if status == REVIEWED else f"Put {id} back to draft"


def after_edit(old: Mapping[str, Any] | None, new: Mapping[str, Any], role: str, author: Author) -> Edited:
    """What an edit by somebody with *role* makes of a source: *old* is None where it is new.

    A change by a curator puts a reviewed source back to draft, one by an editor does not; a curator gives no other
    status than draft. Whoever changes the status, or adds the source, signs that.
    """
    before = str((old or {}).get("status") or DRAFT)
    wanted = str(new.get("status") or DRAFT)
    if role == EDITOR:
        return Edited(dict(new) if old is not None and wanted == before else _signed(new, wanted, author), "")
    if old is None:
        return Edited(_signed(new, DRAFT, author), KEPT.format(DRAFT) if wanted != DRAFT else "")
    if before == REVIEWED and (wanted == DRAFT or _read(old) != _read(new)):
        return Edited(_signed(new, DRAFT, author), BACK)
    kept = {key: value for key, value in old.items() if key in STATUS}
    return Edited({**_without_status(new), **kept}, KEPT.format(before) if wanted != before else "")


def curators(folder: Path, base: str) -> dict[str, str]:
    """Who may be named as curator, with the name to be read: the agents in the ontology's *folder*, by their ids.

    *base* is what their IRIs begin with.
    """
    said = ontology.Statements(ontology.load(folder))
    names = {iri: said.get(iri, FOAF + "name") for iri in said.instances(PROV + "Agent")}
    return {iri.removeprefix(base): found[0].value if found else iri.removeprefix(base) for iri, found in names.items()}


def _signed(data: Mapping[str, Any], status: str, author: Author) -> dict[str, Any]:
    note = {"statusNote": data["statusNote"]} if data.get("statusNote") and status == RETRACTED else {}
    by = {"status": status, "statusBy": author.id, "statusDate": date.today().isoformat()}
    return {**_without_status(data), **by, **note}


def _read(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a source a reviewer reads."""
    return {key: value for key, value in data.items() if key not in UNREAD and value}


def _without_status(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if key not in STATUS}
