"""The text of a document's pages as a reader would type it: words not divided, and pages with their printed numbers."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_CLEAN = str.maketrans({**_LIGATURES, "\x00": "", "\f": "\n", "\xa0": " ", "\u2010": "-", "\u2011": "-"})
_DIVIDED = re.compile(r"([^\W\d_]+)-[^\S\n]*\n[^\S\n]*([^\W\d_]+)")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ROMAN = re.compile(r"[ivxl]{1,7}")
ENDS = 2  # lines at the top and the bottom of a page where its number may stand


def whole(pages: Sequence[str]) -> list[str]:
    r"""The texts of *pages*, composed (NFC), without ligatures, and words that a line's end divides joined.

    A hyphen there is kept where the document has the word with it elsewhere, or where its first part is a word of
    the document and the joined one is not.

    >>> whole(["a water-\nside mill, the water of ever-\ngreens", "evergreens by ﬁt, water-side"])
    ['a water-side mill, the water of evergreens', 'evergreens by fit, water-side']
    """
    texts = [_plain(text) for text in pages]
    words: Counter[str] = Counter()
    for text in texts:
        words.update(word.lower() for word in _WORD.findall(_DIVIDED.sub(" ", text)))
    return [_DIVIDED.sub(lambda found: _joined(found[1], found[2], words), text) for text in texts]


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFC", text.translate(_CLEAN)).replace("\xad\n", "").replace("\xad", "")
    return "\n".join(line.rstrip() for line in text.splitlines())


def _joined(first: str, second: str, words: Counter[str]) -> str:
    """The word that a line's end divides, with its hyphen or without."""
    joined, kept = f"{first}{second}", f"{first}-{second}"
    if words[joined.lower()]:
        return joined
    if words[kept.lower()] or not second[:1].islower() or words[first.lower()]:
        return kept
    return joined


def printed(pages: Sequence[str]) -> list[str]:
    """The numbers printed on *pages*, if they run on by one over most of them; else nothing.

    >>> printed(["181\\nWho pays?", "and why\\n182", "183 Journal of Reeds\\nmore", "no number here"])
    ['181', '182', '183', '184']
    """
    if len(pages) < 3:
        return []
    starts: Counter[int] = Counter()
    for at, text in enumerate(pages):
        starts.update({number - at for number in _numbers(text)})
    if not starts:
        return []
    start, count = starts.most_common(1)[0]
    if count * 2 <= len(pages) or count < 3 or start < 1 - len(pages):
        return []
    return [str(start + at) if start + at > 0 else "" for at in range(len(pages))]


def _numbers(text: str) -> set[int]:
    """The numbers at the ends of the first and last lines of a page."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    ends = lines[:ENDS] + lines[-ENDS:]
    found = (re.match(r"(\d{1,5})(?=\s|$|\D)", line) or re.search(r"(?<![\d.,])(\d{1,5})$", line) for line in ends)
    found_last = (re.search(r"(?<![\d.,])(\d{1,5})$", line) for line in ends)
    return {int(match[1]) for match in (*found, *found_last) if match}
