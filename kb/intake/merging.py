"""Give fields to a source that is here: only the lines of these fields change in its file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from kb.bibliography.reading.entry import EXTRA
from kb.bibliography.work import missing
from kb.corpus import texts
from kb.corpus.sources import LISTS, Corpus, parse, read_bytes, write_atomically
from kb.corpus.written import ORDER, as_yaml
from kb.errors import BadSource, meant
from kb.intake.described import SAID
from kb.intake.differences import TEXT

_REQUIRED = ("title", "names", "year")
FIELDS = (*(key for key in ORDER if key in SAID and key != "extra"), TEXT)  # that a record can give; and extra.NAME


def merge(corpus: Corpus, id: str, fields: Mapping[str, Any]) -> Path:
    """Write *fields* into the file of source *id* and return its path.

    A field is a key of a source file with what stands under it, ``extra.NAME``, or ``text`` with the pages of the
    work. What was missing and is given is missing no more. An incomplete record that now has title, names and year
    becomes complete.
    """
    path = corpus.path(id)
    for field in fields:
        check(field)
    old = read_bytes(path).decode("utf-8")
    given = {field for field, value in fields.items() if value}
    text = _completed(_with_keys(old, _keys(parse(old, path), fields), path), path, given)
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


def _with_keys(text: str, keys: Mapping[str, Any], path: Path) -> str:
    """The text of a file with other *keys*; refused where its layout does not let them alone be changed."""
    from ruamel.yaml.error import YAMLError

    wanted = parse(text, path) | {key: _read(key, value) for key, value in keys.items()}
    try:
        for key, value in keys.items():
            text = with_key(text, key, value)
        got = parse(text, path)
    except (BadSource, YAMLError):  # all keys stand on one line
        got = {}
    if _said(got) != _said(wanted):
        raise BadSource(f"{path}: its layout does not let one key be changed alone: edit it by hand")
    return text


def _said(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value}


def _read(key: str, value: Any) -> Any:
    """A value as it is read from a file."""
    return [value] if key in LISTS and not isinstance(value, list) else value


def _completed(text: str, path: Path, given: Collection[str]) -> str:
    """The text of a record without those *given* in what it is missing; one that lacks nothing is not incomplete."""
    data = parse(text, path)
    lacks, named = missing(data), data.get("missing") or []
    left = [what for what in named if what in lacks or (what not in _REQUIRED and what not in given)]
    if left != named:
        text = with_key(text, "missing", left)
    return text if lacks or data.get("state") != "incomplete" else with_key(text, "state", "complete")


def with_key(text: str, key: str, value: Any) -> str:
    r"""The text of a source file with *key*, at its place, set to *value*; without it where that is empty.

    >>> with_key("type: book\ntitle: Reeds\n\n# seen\nseenIn: [title page]\n", "issued", "2001")
    'type: book\ntitle: Reeds\nissued: 2001\n\n# seen\nseenIn: [title page]\n'
    """
    end = "\r\n" if "\r\n" in text else "\n"
    lines = [line if line.endswith("\n") else line + end for line in text.splitlines(keepends=True)]
    spans = _spans(text, lines)
    new = [line + end for line in as_yaml({key: value}).splitlines()] if value else []
    if key in spans:
        start, stop = spans[key]
    else:
        rank = {name: at for at, name in enumerate(ORDER)}
        before = [span for name, span in spans.items() if rank.get(name, -1) < rank.get(key, len(rank))]
        start = stop = max((stop for _, stop in before), default=min((start for start, _ in spans.values()), default=0))
    return "".join([*lines[:start], *new, *lines[stop:]])


def _spans(text: str, lines: Collection[str]) -> dict[str, tuple[int, int]]:
    """From which line to which each key of a file stands; blank lines and comments behind it are not part of it."""
    from ruamel.yaml import YAML

    pairs = YAML(typ="base").compose(text).value
    starts = [(str(name.value), int(name.start_mark.line)) for name, _ in pairs]
    lines = list(lines)
    spans = {}
    for (name, start), stop in zip(starts, [*(start for _, start in starts[1:]), len(lines)], strict=True):
        while stop > start + 1 and (not lines[stop - 1].strip() or lines[stop - 1].startswith(("#", "...", "---"))):
            stop -= 1
        spans[name] = start, stop
    return spans
