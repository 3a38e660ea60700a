"""The evidence seen as a whole: where there is any, what leads where, what differs, what a reader has collected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kb.retrieval.index import Index
from kb.synthesis.cells import CellView, Stated
from kb.synthesis.kept import Kept
from kb.synthesis.maps import Axis, Cell, Line, MapView, Pair
from kb.views import Views

if TYPE_CHECKING:
    from kb.synthesis.collection import Collection
    from kb.synthesis.comparison import Comparison
    from kb.synthesis.offers import Offer
    from kb.synthesis.paths import PathsView

__all__ = ["Axis", "Cell", "CellView", "Line", "MapView", "Pair", "Stated", "Synthesis"]


class Synthesis:
    """Views over all claims of one generation, with labels in the language of *views*.

    What takes long is in *kept*, which all languages share: there stand ids and numbers, no labels.
    """

    def __init__(self, views: Views, index: Index, kept: Kept) -> None:
        self._views, self._index, self._kept = views, index, kept

    def map(self, rows: str = "", columns: str = "", **filters: Any) -> MapView:
        """The evidence map of two schemes; of one, or none, given: the fullest there is.

        *filters* are years, basis, stance and state, as `kb.retrieval.scope.Filters` has them. Raises NotFound for an
        unknown scheme, BadQuery for a filter that cannot be read.
        """
        from kb.synthesis import maps

        return maps.evidence_map(self._views, self._index, self._kept, rows, columns, filters)

    def cell(self, row: str, column: str, page: int | None = 1, **filters: Any) -> CellView:
        """What is annotated about the concept *row* that carries the concept *column*; filters as in `map`.

        Without a page, all of its claims.

        Raises NotFound for an unknown concept, BadQuery for a page that there is not.
        """
        from kb.synthesis import cells

        return cells.cell(self._views, self._index, self._kept, row, column, page, filters)

    def map_query(self, rows: str = "", columns: str = "", line: str = "", **filters: Any) -> str:
        """The text of the query that gives the cells of a map, or of its one row or column *line*."""
        from kb.synthesis import maps

        return maps.map_query(self._views, self._index, self._kept, rows, columns, line, filters)

    def cell_query(self, row: str, column: str, of: str = "claims", **filters: Any) -> str:
        """The text of the query that gives the claims of a cell, or with *of* its ``relations`` or ``works``."""
        from kb.synthesis import cells

        return cells.cell_query(self._views, row, column, of, filters)

    def paths(self, start: str = "", middle: str = "", end: str = "", page: int | None = 1) -> PathsView:
        """From the concept *start* through what can be done to the concept *end*: a page of paths, or all of them.

        Each of the three may be left out, and takes narrower concepts along; see `kb.synthesis.paths`.
        """
        from kb.synthesis.paths import paths

        return paths(self._views, self._kept, start, middle, end, page)

    def places(self, id: str) -> tuple[str, ...]:
        """Where paths have the concept called *id*, without narrower ones: some of ``start``, ``middle``, ``end``.

        It is nowhere where there is no such concept. Asked for again, it takes no time.
        """
        from kb.synthesis.sides import places

        return places(id, self._views, self._kept)

    def collection(
        self, items: Iterable[str], notes: Iterable[str] = (), style: str = "apa", title: str = ""
    ) -> Collection:
        """What a reader has collected: concepts, works and claims (``testwell-2010#c1``), each once, in that order.

        *notes* stand at the places of their items. The works that the items cite come in a *style*: apa, chicago, mla,
        harvard or ieee; *title* is the reader's own name for the list. What is not here (any more) is an item without a
        kind. Raises TooLong for more than 100 items, a note of more than 500 characters, notes of more than 10,000
        together, or a title of more than 80.
        """
        from kb.synthesis.collection import collection

        return collection(items, notes, style, title, self._views)

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
