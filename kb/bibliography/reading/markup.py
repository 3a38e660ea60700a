"""Texts without the marks of HTML and JATS that databases leave in them."""

from __future__ import annotations

import html
import re

_INLINE = re.compile(r"</?(?:i|b|sup|sub|sc|em|strong|span|scp|nocase)(?:\s[^<>]*)?/?>", re.I)
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
_ENDS = re.compile(r"</(?:jats:)?(?:p|title|sec)>|<br\s*/?>", re.I)


def unmarked(text: str) -> str:
    """A title or name without italics and the like; a sign such as < that marks nothing stays.

    >>> unmarked("On <i>Phragmites</i> and CO<sub>2</sub> where 1 < 2")
    'On Phragmites and CO2 where 1 < 2'
    """
    return _INLINE.sub("", text) if "<" in text else text


def paragraphs(text: str) -> str:
    r"""An abstract without tags, a paragraph a line; one that has none stays as it is.

    >>> paragraphs("<jats:p>Reeds &amp; wind.</jats:p><jats:p>Mills.</jats:p>"), paragraphs("p &lt; 0.05")
    ('Reeds & wind.\nMills.\n', 'p &lt; 0.05')
    """
    for _ in range(2):  # what was marked may be marked within, with &lt;p&gt;
        if _ENDS.search(text):
            text = html.unescape(_TAG.sub("", _ENDS.sub("\n", text)))
    return text
