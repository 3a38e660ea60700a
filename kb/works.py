"""Works to take along: those that a search or a concept leads to, as references or for a reference manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kb.errors import BadQuery
from kb.generation import Generation
from kb.graph.query import LIMIT_MAX

if TYPE_CHECKING:
    from kb.retrieval.encoder import Encoder


class Works:
    """The works of one generation."""

    def __init__(self, now: Generation, encoder: Callable[[], Encoder]) -> None:
        self._now, self._encoder = now, encoder

    def found(
        self, text: str, *, limit: int = LIMIT_MAX, mode: str = "fused", off: Iterable[str] = (), sort: str = "score",
        **filters: Any,
    ) -> tuple[str, ...]:  # fmt: skip
        """The ids of the works of all hits that come close to *text*, in their order; the rest as in a search."""
        from kb.retrieval import works
        from kb.retrieval.scope import Filters
        from kb.retrieval.search import Request

        request = Request(limit, 0, mode, tuple(off), False, sort)
        return works.found(self._now.index, self._encoder, text, self._now.scope(Filters.of(**filters)), request)

    def about(self, id: str) -> tuple[str, ...]:
        """The ids of the works that are annotated with the concept called *id* or a narrower one, or claim of it."""
        from kb.retrieval import works
        from kb.retrieval.scope import Filters

        return works.about(self._now.index, self._now.scope(Filters.of(concept=id)))

    def written(self, ids: Iterable[str], style: str = "apa") -> Iterator[str]:
        """The works *ids* in parts: a reference list in the order of its style, or a file in an exchange format.

        It holds some works at a time, so there may be many.
        """
        from kb.bibliography import lists

        return lists.written(self._now.records, ids, style)

    def cite(
        self, ids: Iterable[str], style: str = "apa", *, in_text: bool = False, locator: str | Iterable[str] = ()
    ) -> str:  # fmt: skip
        """The works *ids* (or one id) as one text, in their order; see `KnowledgeBase.cite`."""
        from kb.bibliography import lists

        given, places = [ids] if isinstance(ids, str) else ids, [locator] if isinstance(locator, str) else [*locator]
        if in_text:
            return lists.in_text(self._now.records, given, style, places)
        if any(places):
            raise BadQuery("a locator stands in a citation in the text, not in a reference: ask for that (in_text)")
        return lists.cite(self._now.records, given, style)
