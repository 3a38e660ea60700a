"""
What can go wrong, and the HTTP status each becomes.

* KBError             500
  + NotFound          404  no concept, source or claim has that id
  + BadQuery          400  a search or SPARQL text cannot be read, or is not allowed
  + NotAllowed        403  that is for an account with another role
  + TooLong           413  a text, body or result is over its limit
  + Conflict          412  somebody else has changed it since it was read
  + BadSource         422  a file of corpus/ or ontology/ cannot be read
  + BadHome           500  the folder is no knowledge base, or its index must be rebuilt
  + Busy              503  somebody else holds the lock, or the queue is full
  + NotSaved          503  the disk or a folder does not take what is to be saved
  + QueryTimeout      504  a query was stopped at its deadline
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

FEW = 1_000  # words that are compared at once
NAME_CHARACTERS = 100  # of a word that may be a misspelt one: to compare longer ones takes seconds


class KBError(Exception):
    """Base of every error this package raises on purpose; its text is for the one who must act."""

    status = 500


class NotFound(KBError):
    """No concept, source or claim has that id."""

    status = 404


class BadQuery(KBError):
    """A search or SPARQL text cannot be read, or is not allowed."""

    status = 400


class NotAllowed(KBError):
    """That is for an account with another role; nothing was written."""

    status = 403


class TooLong(KBError):
    """A text, body or result is over its limit."""

    status = 413


class Conflict(KBError):
    """Somebody else has changed it since it was read; nothing was written."""

    status = 412


class BadSource(KBError):
    """A file of ``corpus/`` or ``ontology/`` cannot be read; the message says where."""

    status = 422


class BadHome(KBError):
    """The folder is no knowledge base; the message says what to do next."""


class Busy(KBError):
    """Somebody else holds the lock, or the queue is full; try again."""

    status = 503


class NotSaved(KBError):
    """The disk or a folder does not take what is to be saved; nothing was written."""

    status = 503


class QueryTimeout(KBError):
    """A query was stopped at its deadline."""

    status = 504


def _at_all_near(word: str, known: list[str], cutoff: float) -> list[str]:
    """Those of *known* that can be near: of 50,000 ids the few that are worth the slower comparison.

    The longest common subsequence is never shorter than the blocks that difflib finds.
    """
    if len(known) <= FEW:
        return known
    from rapidfuzz import process
    from rapidfuzz.distance import Indel

    found = process.extract(word, known, scorer=Indel.normalized_similarity, score_cutoff=cutoff, limit=None)
    return [each for each, _, _ in found]


def unknown(kind: str, id: str, known: list[str]) -> str:
    """The sentence for an *id* that is not there, with the nearest one that is.

    >>> unknown("concept", "barrier-powr", ["barrier-power", "practice-trust"])
    "no concept 'barrier-powr' (did you mean 'barrier-power'?)"
    """
    hint = meant(id, known)
    return f"no {kind} {id!r}" + (f" ({hint})" if hint else "")


def meant(word: str, known: Iterable[str]) -> str:
    """The question after the nearest of the *known* words, or nothing where none is near."""
    if len(word) > NAME_CHARACTERS:
        return ""
    known, cutoff = list(known), 0.6 if len(word) < 8 else 0.75
    ends = [each for each in known if each.endswith(f"/{word}")]
    close = ends or get_close_matches(word, _at_all_near(word, known, cutoff), 1, cutoff)
    return f"did you mean {close[0]!r}?" if close else ""
