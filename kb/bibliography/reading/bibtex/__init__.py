"""Read BibTeX and BibLaTeX: an entry that cannot be read does not stop those after it, and no field is dropped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from kb.bibliography.reading.bibtex.blocks import Block, blocks
from kb.bibliography.reading.bibtex.inherit import Parents
from kb.bibliography.reading.bibtex.mapping import mapped
from kb.bibliography.reading.bibtex.values import Fields, Strings, fields
from kb.bibliography.reading.entry import Entry, attempt, unreadable

KEYS = 200_000  # keys of a file that are compared with each other
_KEY = re.compile(r"\s*([^\s,={}\"]+)\s*,")


def entries(lines: Callable[[], Iterator[str]]) -> Iterator[Entry]:
    r"""The entries of a file in their order; *lines* gives its lines anew, where one entry names another.

    >>> [found] = entries(lambda: iter(["@book{reed, author={Reed, Cy},", " title={Reeds \\& mills}, year=2001}"]))
    >>> found.key, found.record["title"], found.record["issued"]
    ('reed', 'Reeds & mills', '2001')
    """
    strings, parents, seen = Strings(), Parents(lines), dict[str, int]()
    for block in blocks(lines()):
        named = _KEY.match(block.text)
        key = named[1] if named else ""
        if found := attempt(partial(_entry, block, key, strings, parents, seen), block.line, key):
            yield found


def _entry(block: Block, key: str, strings: Strings, parents: Parents, seen: dict[str, int]) -> Entry | None:
    """The entry of a block; none where it only says something for others."""
    if block.kind == "string" and not block.why:
        strings.define(block)
        return None
    if block.kind == "xdata" and not block.why:
        return None
    if block.why:
        return unreadable(block.line, f"@{block.kind}: {block.why}", key)
    read = fields(block, strings)
    if block.kind == "set":
        return unreadable(block.line, "@set is no work: it names others that are cited together", read.key)
    if not read.fields:
        return unreadable(block.line, f"@{block.kind} has no fields", read.key)
    return mapped(parents.complete(_noted(read, block.line, seen)), block.line)


def _noted(read: Fields, line: int, seen: dict[str, int]) -> Fields:
    """The fields, with a problem where an entry above has the same key."""
    before = seen.get(read.key) if read.key else None
    if before:
        read.problems.append(f"the entry in line {before} has the same key {read.key!r}")
    elif read.key and len(seen) < KEYS:
        seen[read.key] = line
    return read
