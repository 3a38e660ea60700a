"""The evidence seen as a whole: where there is any, what leads where, what differs, what a reader has collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.retrieval.index import Index
from kb.synthesis.kept import Kept
from kb.views import Views

if TYPE_CHECKING:
    from kb.synthesis.paths import PathsView

__all__ = ["Synthesis"]


class Synthesis:
    """Views over all claims of one generation, with labels in the language of *views*.

    What takes long is in *kept*, which all languages share: there stand ids and numbers, no labels.
    """

    def __init__(self, views: Views, index: Index, kept: Kept) -> None:
        self._views, self._index, self._kept = views, index, kept

    def paths(self, start: str = "", middle: str = "", end: str = "", page: int | None = 1) -> PathsView:
        """From the concept *start* over what can be done to the concept *end*: a page of paths, or all of them.

        Each of the three may be left out, and takes narrower concepts along; see `kb.synthesis.paths`.
        """
        from kb.synthesis.paths import paths

        return paths(self._views, self._kept, start, middle, end, page)
