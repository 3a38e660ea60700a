"""Named queries: the SPARQL texts behind the pages, filled in with what they are asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kb.errors import BadHome
from kb.graph.store import NAMES, PLACE, Row, Store, Thing, filled, placed
from kb.home import Home

Places = Mapping[str, Iterable[Thing]]


class Queries(NamedTuple):
    """The named queries of a home, put to one store.

    A query about things has ``VALUES ?this {}`` in it, into which their IRIs are written, and one about people has
    ``VALUES (?as ?name ?given) {}``, into which their names are; so what a page is made from and what a reader is shown
    of it are the same text. One that can be narrowed has ``VALUES ?name { UNDEF }`` for each way (`placed`).
    """

    home: Home
    store: Store

    def rows(self, name: str, *things: Thing) -> list[Row]:
        """The rows of the query called *name*, about *things* or about all there is."""
        return self.store.rows(self.text(name, *things))

    def text(self, name: str, *things: Thing) -> str:
        """The text of the query called *name*, about *things* or about all there is, for anybody to run."""
        text = self.home.query(name)
        if not things:
            return text
        place = PLACE if isinstance(things[0], str) else NAMES
        if place not in text:
            folder = self.home.ontology / "queries"
            raise BadHome(f"{folder / name}.rq has no `{place}` to put a thing in: delete it, to have the one of ours")
        return filled(text, things)

    def narrowed(self, name: str, places: Places) -> str:
        """The text of the query called *name*, narrowed by what *places* hold."""
        try:
            return placed(self.home.query(name), places)
        except KeyError as error:
            raise BadHome(
                f"{self.home.ontology / 'queries' / name}.rq has no `VALUES {error.args[0]} {{ … }}` to put values in: "
                "delete it, to have the one of ours"
            ) from error
