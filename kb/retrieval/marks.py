"""The words of a hit that were looked for, so that a page can mark them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from kb.retrieval.understand import words_of

if TYPE_CHECKING:
    from kb.retrieval.search import Reason

PIECES = re.compile(r"[^\W_]+|[\W_]+")
WORDS = re.compile(r"[^\W_]+")


def marks(text: str, reasons: Iterable[Reason]) -> tuple[tuple[str, bool], ...]:
    """*text* in pieces, each with whether it is a word that one of the *reasons* names as found; no function words.

    >>> from kb.retrieval.search import Reason
    >>> marks("Trust grows slowly; distrust, fast.", [Reason("words", "trust, slowly", 0.4)])
    (('Trust', True), (' grows ', False), ('slowly', True), ('; distrust, fast.', False))
    """
    named = " ".join(reason.value for reason in reasons if reason.type == "words")
    found = {word.casefold() for word in words_of(named)}
    pieces = ((piece, _is_among(piece, found)) for piece in PIECES.findall(text))
    return tuple(
        ("".join(piece for piece, _ in group), marked) for marked, group in groupby(pieces, lambda each: each[1])
    )


def _is_among(piece: str, found: set[str]) -> bool:
    """Whether *piece* is one of the words, which are told in small letters: some signs are two of them there."""
    words = WORDS.findall(piece.lower())
    return bool(words) and all(word.casefold() in found for word in words)
