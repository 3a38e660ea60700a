"""Texts as they stand in Markdown: what is typed or read is text there too, whatever signs it has."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}]*[^\s<>\"\\^`{|}.,;:!?'()\[\]*_]")
SIGNS = re.compile(r"[\\`*_\[\]<>|~$^]|&(?=#?\w+;)")
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def escaped(text: str) -> str:
    """*text* in one line, as CommonMark shows it letter by letter; web addresses become links.

    >>> print(escaped("*No* [link](javascript:x)"))
    \\*No\\* \\[link\\](javascript:x)
    >>> print(escaped("1. see https://example.org/a_b."))
    1\\. see <https://example.org/a_b>.
    """
    text, parts, last = " ".join(CONTROLS.sub(" ", text).split()), [], 0
    for address in ADDRESS.finditer(text):
        parts += [SIGNS.sub(r"\\\g<0>", text[last : address.start()]), f"<{address[0]}>"]
        last = address.end()
    line = "".join([*parts, SIGNS.sub(r"\\\g<0>", text[last:])])
    start = re.match(r"\d{1,9}(?=[.)])|(?=[-+#=:])", line)
    return f"{start[0]}\\{line[start.end() :]}" if start else line


def lines(text: str, indent: str) -> str:
    """*text* with its lines kept, each after the first behind *indent*."""
    return f"\\\n{indent}".join(escaped(line) for line in re.split(r"[\r\n\u2028\u2029]+", text) if line.strip())
