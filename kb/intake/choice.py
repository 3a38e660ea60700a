"""What a person chose of the records of some files: which to add, and which fields to take for a work that is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Theirs(NamedTuple):
    """The fields to take from a duplicate into the source *id*, which is the one that was shown beside it."""

    id: str
    fields: tuple[str, ...]


class Choice(NamedTuple):
    """The numbers of the records to add, counted from 1, and by number what to take from a duplicate.

    *concepts* are the subjects that a record is added with, by its number.

    >>> Choice.of(["3", "x"], ["2:reed-2001:volume", "2:reed-2001:extra.ris:AN", "no"], ["3:barrier-distance"])
    Choice(take=frozenset({3}), theirs={2: Theirs(id='reed-2001', fields=('volume', 'extra.ris:AN'))},
           concepts={3: ('barrier-distance',)})
    """

    take: frozenset[int]
    theirs: Mapping[int, Theirs]
    concepts: Mapping[int, tuple[str, ...]] = {}

    @classmethod
    def of(cls, take: Iterable[str], theirs: Iterable[str], concepts: Iterable[str] = ()) -> Choice:
        """A choice as a form has it: numbers, number:source:field, number:concept; what is none is left out."""
        chosen: dict[int, Theirs] = {}
        for number, id, field in (each.split(":", 2) for each in theirs if each.count(":") > 1):
            if field and (at := _number(number)):
                before = chosen.get(at, Theirs(id, ())).fields
                chosen[at] = Theirs(id, (*before, field))
        accepted: dict[int, tuple[str, ...]] = {}
        for number, _, concept in (each.partition(":") for each in concepts):
            if concept and (at := _number(number)):
                accepted[at] = tuple(dict.fromkeys((*accepted.get(at, ()), concept)))
        return cls(frozenset(filter(None, map(_number, take))), chosen, accepted)


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
    """What became of a choice; *left* counts the records that were not chosen, by status.

    *problem* is why the history does not have it yet.
    """

    added: tuple[Changed, ...] = ()
    changed: tuple[Changed, ...] = ()
    refused: tuple[Refused, ...] = ()
    left: dict[str, int] = {}  # noqa: RUF012 – a default that nobody changes
    problem: str = ""


def _number(text: str) -> int:
    """The number that a text is; 0 where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
