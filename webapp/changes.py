"""What was changed of late, as a feed for feed readers (Atom, RFC 4287)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from xml.etree import ElementTree as xml

from flask import Blueprint, Response, request, url_for
from werkzeug.urls import iri_to_uri

from kb import NotFound, __version__
from kb.corpus.sources import SLUG
from kb.curation.changed import CONCEPT, DELETED, EDITED, SOURCE, Changed, Entry
from kb.saving import HistoryError

from .bodies import answer, share
from .formats import concept, current_base, reference, site_title
from .git_turns import in_turn

bp = Blueprint("changes", __name__)
bp.after_request(share)

ATOM, XHTML = "http://www.w3.org/2005/Atom", "http://www.w3.org/1999/xhtml"
MEDIA = "application/atom+xml"
LIMIT = 50  # changes
TITLE = 200  # characters
NONE = "There is no history of changes here: it begins with the first save on the pages, or with git."
NO_XML: re.Pattern[str] = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2, without CR
xml.register_namespace("", ATOM)


@bp.get("/changes.atom")
@in_turn
def feed() -> Response:
    """The latest changes of sources and concepts."""
    return _feed("", f"Changes: {site_title()}", url_for("search.home", _external=True))


@bp.get("/source/<id>/changes.atom")
@in_turn
def of_source(id: str) -> Response:
    """The latest changes of one source; it may be deleted."""
    if not SLUG.fullmatch(id):
        raise NotFound(f"There is no source called {id[:100]!r}.")
    base = current_base()
    called = reference(id).citation if base.has("source", id) else id
    return _feed(id, f"Changes: {called}", url_for("pages.source", id=id, _external=True))


def has_history() -> bool:
    """Whether there seems to be a feed to link to."""
    with suppress(Exception):  # the page that tells of an error has a head too
        return current_base().curation.history.is_near
    return False


def _feed(id: str, title: str, about: str) -> Response:
    base = current_base()
    try:
        head = base.curation.history.log(f"corpus/{id}.yaml" if id else "", 1)
        if not head:
            raise NotFound(f"There is no change of {id!r} in the history." if id else NONE)
        tag = f"{head[0].id}-{base.generation.version}-{__version__}-{id}-{request.host_url}"
        return answer(lambda: _written(base.curation.past.latest(LIMIT, id), title, about), MEDIA, tag)
    except HistoryError as error:
        raise NotFound(f"{NONE} ({error})") from error


def _written(entries: Sequence[Entry], title: str, about: str) -> bytes:
    """The feed as XML."""
    root = xml.Element(f"{{{ATOM}}}feed")
    address = iri_to_uri(request.url)
    _add(root, "id", str(uuid.uuid5(uuid.NAMESPACE_URL, address).urn))
    _add(root, "title", title)
    _add(root, "updated", max((entry.commit.when for entry in entries), key=datetime.fromisoformat))
    _add(root, "link", rel="self", type=MEDIA, href=address)
    _add(root, "link", rel="alternate", type="text/html", href=iri_to_uri(about))
    _add(root, "generator", "Partnership Knowledge Base", version=__version__)
    for entry in entries:
        root.append(_entry(entry))
    made: bytes = xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _entry(entry: Entry) -> xml.Element:
    commit = entry.commit
    node = xml.Element(f"{{{ATOM}}}entry")
    _add(node, "id", uuid.uuid5(uuid.NAMESPACE_URL, f"urn:sha1:{commit.id}").urn)
    _add(node, "title", commit.message.split("\n")[0][:TITLE] or "No message")
    _add(node, "updated", commit.when)
    _add(_add(node, "author"), "name", commit.author or "Somebody")
    _add(node, "link", rel="alternate", type="text/html", href=iri_to_uri(f"{request.url_root}history/{commit.id}"))
    content = _add(node, "content", type="xhtml")
    box = xml.SubElement(content, f"{{{XHTML}}}div")
    rest = commit.message.partition("\n")[2].strip()
    if rest:
        xml.SubElement(box, f"{{{XHTML}}}p").text = _clean(rest)
    listed = xml.SubElement(box, f"{{{XHTML}}}ul")
    for each in entry.changes:
        _item(xml.SubElement(listed, f"{{{XHTML}}}li"), each)
    if entry.more or not entry.changes:
        more = f"and {entry.more} more files" if entry.more else "nothing in sources or concepts"
        xml.SubElement(listed, f"{{{XHTML}}}li").text = more
    return node


def _item(item: xml.Element, changed: Changed) -> None:
    """What was changed, with a link where it is here."""
    called, link = _called(changed)
    said = f": {', '.join(changed.what)}" if changed.what else f" {changed.how}" if changed.how != EDITED else ""
    if link:
        anchor = xml.SubElement(item, f"{{{XHTML}}}a", href=iri_to_uri(link))
        anchor.text, anchor.tail = _clean(called), _clean(said)
    else:
        item.text = _clean(called + said)


def _called(changed: Changed) -> tuple[str, str]:
    """What is read of a thing that was changed, and its address."""
    if changed.kind == SOURCE and changed.how != DELETED and current_base().has("source", changed.id):
        return reference(changed.id).citation, url_for("pages.source", id=changed.id, _external=True)
    if changed.kind == CONCEPT and (found := concept(changed.id)):
        return found.label, url_for("pages.concept", id=changed.id, _external=True)
    return changed.id, ""


def _add(node: xml.Element, name: str, text: str = "", **attributes: str) -> xml.Element:
    made = xml.SubElement(node, f"{{{ATOM}}}{name}", attributes)
    made.text = _clean(text) or None
    return made


def _clean(text: str) -> str:
    """*text* without what XML 1.0 cannot hold."""
    return NO_XML.sub("", text)
