"""Give fields to a source that is here: only the lines of these fields change in its file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from kb.bibliography.reading.entry import EXTRA
from kb.bibliography.work import missing
from kb.corpus import texts
from kb.corpus.revised import revised
from kb.corpus.sources import Corpus, parse, read_bytes, with_lists, write_atomically
from kb.corpus.written import ORDER
from kb.errors import BadSource, meant
from kb.intake.described import SAID
from kb.intake.differences import TEXT

Edit = Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]
_REQUIRED = ("title", "names", "year")
FIELDS = (*(key for key in ORDER if key in SAID and key != "extra"), TEXT)  # that a record can give; and extra.NAME


def merge(corpus: Corpus, id: str, fields: Mapping[str, Any], edited: Edit | None = None) -> Path:
    """Write *fields* into the file of source *id* and return its path.

    A field is a key of a source file with what stands under it, ``extra.NAME``, or ``text`` with the pages of the
    work. What was missing and is given is missing no more. An incomplete record that now has title, names and year
    becomes complete. *edited* gives the data after that, which it gets with those before, the status they then have.
    """
    path = corpus.path(id)
    for field in fields:
        check(field)
    old = read_bytes(path).decode("utf-8")
    data, given = parse(old, path), {field for field, value in fields.items() if value}
    keys = _keys(data, fields)
    said = {key: value for key, value in (data | keys).items() if value or key not in keys}
    made = _completed(with_lists(said), given)
    text = revised(old, made, path)
    if edited and text != old:
        text = revised(old, edited(data, made), path)
    if pages := fields.get(TEXT):
        texts.write(corpus.folder, id, pages)
    if text != old:
        write_atomically(path, text)
    return path


def check(field: str) -> None:
    """Refuse what is no field of an imported record."""
    if field not in FIELDS and not (field.startswith(EXTRA) and len(field) > len(EXTRA)):
        hint = meant(field, FIELDS) or f"choose from {', '.join(FIELDS)}, extra.NAME"
        raise BadSource(f"no field {field!r} ({hint})")


def _keys(data: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of the file that change, each with its whole value; nothing where it goes."""
    keys = {field: value for field, value in fields.items() if not field.startswith(EXTRA) and field != TEXT}
    if more := {field.removeprefix(EXTRA): value for field, value in fields.items() if field.startswith(EXTRA)}:
        kept = dict(data.get("extra") or {}) | more
        keys["extra"] = {name: value for name, value in kept.items() if value}
    return keys


def _completed(data: dict[str, Any], given: Collection[str]) -> dict[str, Any]:
    """The record without those *given* in what it is missing; one that lacks nothing is not incomplete."""
    lacks, named = missing(data), data.get("missing") or []
    left = [what for what in named if what in lacks or (what not in _REQUIRED and what not in given)]
    if left != named:
        data = {key: value for key, value in data.items() if key != "missing"} | ({"missing": left} if left else {})
    return data if lacks or data.get("state") != "incomplete" else data | {"state": "complete"}
