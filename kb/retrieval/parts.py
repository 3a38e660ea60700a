"""A text by page, cut into parts that each tell the page they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kb.corpus.texts import ABSTRACT, Page, flowing, locator

PASSAGE_WORDS = 180  # about 240 tokens, the most that the default model reads
CARRIED = 60  # words at the head of a page that may end a sentence of the page before
_END = re.compile(r"[.!?…][”’\"')\]]*(?=\s|$)")


class Part(NamedTuple):
    """A part of a text, and where it stands: "p. 181", "abstract"."""

    locator: str | None
    text: str


def parts(pages: Sequence[Page]) -> Iterator[Part]:
    """The parts of a text of at most about PASSAGE_WORDS words; none goes beyond its page but to end a sentence.

    >>> pages = [Page("1", "Who pays also de-"), Page("2", "cides. Not always."), Page("3", "")]
    >>> [tuple(part) for part in parts(pages)]
    [('pp. 1–2', 'Who pays also decides.'), ('p. 2', 'Not always.')]
    """
    for page, end in _whole_sentences(pages):
        cut_page = cut(flowing(f"{page.text}\n{end.text}"))
        yield from (Part(locator(page.label), text) for text in cut_page[:-1] if text)
        yield from (Part(locator(page.label, end.label), text) for text in cut_page[-1:] if text)


def cut(text: str, words: int = PASSAGE_WORDS) -> list[str]:
    """*text* in parts of at most *words* words and of about equal length; at least one part.

    >>> cut("one two three four five", 3)
    ['one two three', 'four five']
    """
    found = text.split()
    parts = max(1, -(-len(found) // words))
    size = -(-len(found) // parts)
    return [" ".join(found[n : n + size]) for n in range(0, max(len(found), 1), max(size, 1))]


def _whole_sentences(pages: Sequence[Page]) -> Iterator[tuple[Page, Page]]:
    """Each page without what ends a sentence of the page before, and what of the next page ends its own."""
    rest: str | None = None  # of a page that ended a sentence of the one before
    for page, after in zip(pages, [*pages[1:], Page("", "")], strict=False):
        own = page.text if rest is None else rest
        head = _head(own, after.text) if ABSTRACT not in (page.label, after.label) else ""
        rest = after.text[len(head) :] if head else None
        yield page._replace(text=own), Page(after.label if head else "", head)


def _head(text: str, after: str) -> str:
    """What at the beginning of *after* ends a sentence that *text* leaves open, if it goes on in small letters."""
    if not text or not after.lstrip()[:1].islower() or _END.search(text[-3:]):
        return ""
    end = _END.search(after)
    head = after[: end.end()] if end else ""
    return head if len(head.split()) <= CARRIED else ""
