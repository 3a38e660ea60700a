"""Two changes of one text put together line by line, as git does it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from kb.saving.git import Git

MARKS = 40  # signs of a mark, so that no line of a text is taken for one


class Merged(NamedTuple):
    """The text that has both changes; or without it, the *lines* of the present text that both have changed."""

    text: str | None
    lines: tuple[tuple[int, int], ...] = ()


def merge(now: str, base: str, other: str) -> Merged:
    """The change from *base* to *other* made in the text *now*, whose line ends stay.

    >>> merge("a\\nb\\nc\\nd\\n", "a\\nb\\nc\\n", "A\\nb\\nc\\n").text
    'A\\nb\\nc\\nd\\n'
    >>> merge("a\\nx\\nc\\n", "a\\nb\\nc\\n", "a\\ny\\nc\\n")
    Merged(text=None, lines=((2, 2),))
    """
    if "\r\n" in now:
        base, other = ("\r\n".join(each.replace("\r\n", "\n").split("\n")) for each in (base, other))
    with TemporaryDirectory() as folder:
        for name, text in (("now", now), ("base", base), ("other", other)):
            (Path(folder) / name).write_bytes(text.encode())
        made = Git(Path(folder))(
            "merge-file", "-p", f"--marker-size={MARKS}", "now", "base", "other", most=127
        ).decode()
    clashes = tuple(_clashes(made))
    return Merged(None, clashes) if clashes else Merged(made)


def _clashes(made: str) -> Iterator[tuple[int, int]]:
    """The lines of the present text that stand between marks in what was *made*."""
    number, start, side = 0, 0, "both"
    for line in made.split("\n"):
        if line.startswith("<" * MARKS):
            side, start = "now", number + 1
        elif side == "now" and line.startswith("=" * MARKS):
            side = "other"
        elif side == "other" and line.startswith(">" * MARKS):
            side = "both"
            yield start, max(start, number)
        elif side != "other":
            number += 1
