"""What a record says of a work: whom it names, how running text refers to it, and what is not known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kb.bibliography.name_parts import parts

Record = Mapping[str, Any]  # the keys of a source file, every scalar a string
OTHERS = {"literal": "others"}
UNNAMED = "further authors not named"  # what exports say in a note of "others"
_UNKNOWN = re.compile(rf"(?:title|names|year) not known|{UNNAMED}")


def in_text(record: Record) -> str:
    """Return the citation that stands in running text; it is made of confirmed fields only.

    >>> in_text({"authors": [{"family": "Banks"}, {"family": "Hulme"}], "issued": "2014"})
    'Banks & Hulme (2014)'
    """
    return f"{_called(record)} ({record.get('issued') or 'n.d.'})"


def parenthetical(record: Record) -> str:
    """Return the citation that stands in parentheses, without these.

    >>> parenthetical({"authors": [{"family": "Banks"}, {"family": "Hulme"}], "issued": "2014"})
    'Banks & Hulme, 2014'
    """
    return f"{_called(record)}, {record.get('issued') or 'n.d.'}"


def citation(record: Record) -> str:
    """Return the citation as pages print it: as in the text, and what is not known of an untitled work.

    >>> citation({"authors": [{"family": "Clarke"}], "issued": "2005"})
    'Clarke (2005), title not known'
    """
    unknown = [what for what in missing(record) if what != "year"]  # "(n.d.)" says that
    return in_text(record) + (f", {' and '.join(unknown)} not known" if "title" in unknown else "")


def names(record: Record, role: str) -> list[dict[str, str]]:
    """The names under *role*, with a last one "others" where the record leaves some out."""
    named = [_name(name) for name in record.get(role) or [] if isinstance(name, dict) and any(name.values())]
    omitted = role == "authors" and record.get("othersOmitted") == "true"
    return named + [OTHERS] * (omitted and bool(named))


def leading(record: Record) -> list[dict[str, str]]:
    """The names a work goes by: its authors, or the editors of a whole volume."""
    return names(record, "authors") or ([] if record.get("container") else names(record, "editors"))


def missing(record: Record) -> list[str]:
    """What is not known of title, names and year."""
    parts = {"title": record.get("title"), "names": leading(record), "year": record.get("issued")}
    return [name for name, value in parts.items() if not value]


def says_unknown(note: str) -> bool:
    """Whether a *note* only says what is not known, as our exports write it.

    >>> says_unknown("title not known; year not known"), says_unknown("title not known to us")
    (True, False)
    """
    return all(map(_UNKNOWN.fullmatch, note.split("; ")))


def short_title(record: Record) -> str:
    """What stands for the title in running text: it ends before the subtitle, or after eight words."""
    head = re.split(r"[:?!]\s|\s[–—]\s", record.get("title") or "")[0].rstrip("?!.").replace('"', "'").split()
    return " ".join(head[:8]) + ("…" if len(head) > 8 else "")


def _name(name: dict[str, str]) -> dict[str, str]:
    """A name as a family name, with a given one if there is one, or as a whole."""
    if name.get("family"):
        return {part: name[part] for part in ("family", "given") if name.get(part)}
    return {"literal": name.get("literal") or name.get("given", "")}


def _family(name: dict[str, str]) -> str:
    """The name without given name and suffix; its own particle stays."""
    if "family" not in name:
        return name["literal"]
    part = parts(name)
    return " ".join(filter(None, (part.particle, part.family)))


def _called(record: Record) -> str:
    """What a work goes by in running text: its names, or a short title."""
    by = [] if record.get("type") == "legislation" else leading(record)  # a law goes by its title
    called = [_family(name) for name in by]
    if len(called) > 2 or called[1:] == ["others"]:
        called = [f"{called[0]} et al."]
    title = f"“{short_title(record)}”" if record.get("title") else "Untitled work"
    return " & ".join(called) or title
