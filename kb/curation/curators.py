"""The people and groups whom the ontology names as curators, so that files may name them too."""

from __future__ import annotations

import json
import re

from kb.corpus import ontology
from kb.corpus.turtle import Document
from kb.errors import BadQuery
from kb.home import Home
from kb.saving import Author, Change, Saved, Saving, etag
from kb.saving.changes import read
from kb.terms import FOAF, PROV

FILE = "ontology/curators.ttl"
HEAD = """\
# Who works on this base; 'kb user add' adds a block for each new name.
@prefix curator: <{space}> .
@prefix foaf: <{foaf}> .
@prefix prov: <{prov}> .
"""
_NAMED = re.compile(r"^\s*(?:- )?curator:", re.MULTILINE)  # in a source file


def add(home: Home, id: str, name: str, author: Author) -> Saved | None:
    """Name a curator in the ontology, with the *name* to be read; None where that is not needed.

    It is not where the curator is named already, and where the ontology names none but sources do: then all names
    are taken, and would be no longer.
    """
    space = home.context().get("@context", {}).get("curator", {}).get("@context", {}).get("@base", "")
    known = ontology.Statements(ontology.load(home.ontology)).instances(PROV + "Agent")
    if not space or space + id in known or (not known and _sources_name_any(home)):
        return None
    if not name.isprintable():
        raise BadQuery("a name to be read has only characters that can be seen")
    was = read(home.folder / FILE)
    text = HEAD.format(space=space, foaf=FOAF, prov=PROV) if was is None else was
    change = Change(FILE, text + _block(text, space + id, name), None if was is None else etag(was))
    return Saving(home).save([change], author, f"Name {name} as a curator")


def _block(text: str, iri: str, name: str) -> str:
    """A curator in Turtle, with the prefixes that *text* declares."""
    short = Document(text).short
    gap = "" if text.endswith("\n\n") else "\n" if text.endswith("\n") else "\n\n"
    return f"{gap}{short(iri)} a {short(PROV + 'Agent')} ;\n    {short(FOAF + 'name')} {_quoted(name)} .\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # whose escapes Turtle has too


def _sources_name_any(home: Home) -> bool:
    return any(_NAMED.search(path.read_text(encoding="utf-8", errors="replace"))
               for path in home.corpus.glob("[!.]*.yaml"))  # fmt: skip
