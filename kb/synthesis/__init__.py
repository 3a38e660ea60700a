"""The evidence seen as a whole: where there is any, what leads where, what differs, what a reader has collected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.retrieval.index import Index
from kb.synthesis.kept import Kept
from kb.views import Views

if TYPE_CHECKING:
    from kb.synthesis.collection import Collection

__all__ = ["Synthesis"]


class Synthesis:
    """Views over all claims of one generation, with labels in the language of *views*.

    What takes long is in *kept*, which all languages share: there stand ids and numbers, no labels.
    """

    def __init__(self, views: Views, index: Index, kept: Kept) -> None:
        self._views, self._index, self._kept = views, index, kept

    def collection(self, items: Iterable[str], notes: Iterable[str] = (), style: str = "apa") -> Collection:
        """What a reader has collected: concepts, works and claims (``testwell-2010#c1``), each once, in that order.

        *notes* stand at the places of their items. The works that the items cite come in a *style*: apa, chicago, mla,
        harvard or ieee. What is not here (any more) is an item without a kind. Raises TooLong for more than 100 items,
        a note of more than 500 characters, or notes of more than 10,000 together.
        """
        from kb.synthesis.collection import collection

        return collection(items, notes, style, self._views)
