"""A record that is being written: how it is cited, what it may be called, and what it may be the same as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from kb.bibliography import styles
from kb.build import NAMES, misses
from kb.errors import BadQuery

LONGEST = 2_000  # signs of a text that is cited
LIKE = 5  # sources that one who writes a record is told of


class Likeness(NamedTuple):
    """A source that may be of the same work: its id, its reference, and why."""

    id: str
    citation: str
    why: str


def readable(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of *data* has the form that it must have; the rest is told by the checks."""
    found = dict[str, Any]()
    for key, value in data.items():
        if key in NAMES and isinstance(value, list):
            value = [name for name in value if not misses(key, [name])]
        if key != "claims" and value and not misses(key, value):
            found[key] = value[:LONGEST] if isinstance(value, str) else value
    return found


def citation(data: Mapping[str, Any], style: str = "apa") -> str:
    """How *style* cites what *data* say so far; never an error but for a style that is not there.

    >>> citation({"title": "Reeds", "authors": [{"family": "Reed"}, "?"], "issued": ["2001"]})
    'Reed. (n.d.). Reeds.'
    """
    styles.check_written(style)
    try:
        return styles.reference(readable(data), style)
    except (BadQuery, MemoryError):
        raise
    except Exception:  # citeproc-py meets what no file has
        return styles.citation(readable(data))
