"""The evidence seen as a whole: where there is any, what leads where, what differs, what a reader has collected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.retrieval.index import Index
from kb.synthesis.kept import Kept
from kb.views import Views

if TYPE_CHECKING:
    from kb.synthesis.collection import Collection
    from kb.synthesis.comparison import Comparison
    from kb.synthesis.offers import Offer

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

    def compare(self, ids: Iterable[str], *, differ: bool = False, most: int | None = None) -> Comparison:
        """The concepts or the sources called *ids*, one to six of them, side by side, with what they have in common.

        With *differ*, without what all of them have; a cell holds *most* items at most. Claims of retracted works do
        not count, nor do those about narrower concepts. Raises NotFound for an id that is not here, and BadQuery for
        too many and for concepts beside sources.
        """
        from kb.synthesis.comparison import compare

        return compare(ids, self._views, self._kept, differ, most)

    def references(self, found: Comparison) -> tuple[str, ...]:
        """The works that a comparison names, in APA and by name."""
        from kb.synthesis.compared import references

        return references(found, self._views)

    def offers(self) -> tuple[Offer, ...]:
        """Comparisons to begin with, as the data have them: concepts beside each other, and works at odds."""
        from kb.synthesis.offers import offers

        return offers(self._views, self._kept)
