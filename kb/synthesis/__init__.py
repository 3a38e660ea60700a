"""The evidence seen as a whole: where there is any, what leads where, what differs, what a reader has collected."""

from __future__ import annotations

from kb.retrieval.index import Index
from kb.synthesis.kept import Kept
from kb.views import Views

__all__ = ["Synthesis"]


class Synthesis:
    """Views over all claims of one generation, with labels in the language of *views*.

    What takes long is in *kept*, which all languages share: there stand ids and numbers, no labels.
    """

    def __init__(self, views: Views, index: Index, kept: Kept) -> None:
        self._views, self._index, self._kept = views, index, kept
