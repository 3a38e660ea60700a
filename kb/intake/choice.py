"""What a person chose of the records of some files: which to add, and which fields to take for a work that is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Choice(NamedTuple):
    """The numbers of the records to add, counted from 1, and by number the fields to take from a duplicate.

    >>> Choice.of(["3", "x"], ["2:volume", "2:issue", "no"])
    Choice(take=frozenset({3}), theirs={2: ('volume', 'issue')})
    """

    take: frozenset[int]
    theirs: Mapping[int, tuple[str, ...]]

    @classmethod
    def of(cls, take: Iterable[str], theirs: Iterable[str]) -> Choice:
        """A choice as a form has it: numbers, and number:field; what is neither is left out."""
        fields: dict[int, tuple[str, ...]] = {}
        for number, _, field in (each.partition(":") for each in theirs):
            if field and (at := _number(number)):
                fields[at] = (*fields.get(at, ()), field)
        return cls(frozenset(filter(None, map(_number, take))), fields)


class Changed(NamedTuple):
    """A source that was added, or of which *fields* were changed; *reference* is how a reader would print it."""

    id: str
    reference: str
    fields: tuple[str, ...] = ()


class Refused(NamedTuple):
    """A record that was chosen and could not be taken in, and *why*."""

    reference: str
    why: str


class Taken(NamedTuple):
    """What became of a choice; *left* counts the records that were not chosen, by status."""

    added: tuple[Changed, ...] = ()
    changed: tuple[Changed, ...] = ()
    refused: tuple[Refused, ...] = ()
    left: dict[str, int] = {}  # noqa: RUF012 – a default that nobody changes


def _number(text: str) -> int:
    """The number that a text is; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
