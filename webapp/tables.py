"""Lists as tables in CSV, for spreadsheets (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from kb import Answer
from kb.synthesis.written import cell

from .bodies import answer
from .browse import wanted
from .evidence_map import cell_claims as claims_of_cell
from .evidence_map import cell_form, map_form, map_view
from .formats import current_base, language
from .pages import by_stance, walk

MEDIA = "text/csv"
FIELDS = ("type", "title", "issued", "container", "publisher", "doi", "isbn", "url")  # of a record
SEVERAL = " | "  # between the values of one cell
CELLS = ("row", "row label", "column", "column label", "claims", "own", "read", "disputed", "qualified", "supported",
         "alone", "relations")  # fmt: skip


def table(name: str, head: Sequence[str], rows: Iterable[Sequence[object]], tag: str = "") -> Response:
    """A table as a file called *name*, whose texts are no formulas; *tag* as in `bodies.answer`."""

    def written() -> bytes:
        text = io.StringIO()
        csv.writer(text).writerows([head, *([cell(c) if isinstance(c, str) else c for c in row] for row in rows)])
        return text.getvalue().encode()

    response = answer(written, MEDIA, tag)
    response.headers.set("Content-Disposition", "attachment", filename=f"{name}.csv")
    return response


def sources(tag: str) -> Response:
    """All sources."""
    base = current_base()
    records, names = base.generation.records, base.generation.names
    rows = (
        (ref.id, names.iri("source", ref.id), ref.citation, ref.state, *(record.get(field, "") for field in FIELDS))
        for ref in base.sources(**wanted()).sources for record in [records[ref.id].data]
    )  # fmt: skip
    return table("sources", ("id", "iri", "citation", "state", *FIELDS), rows, tag)


def concepts(tag: str) -> Response:
    """All concepts, with labels in the reader's language."""
    base = current_base()
    claims = {node.id: node.claims for scheme in base.concepts() for node in walk(scheme.concepts)}
    rows = (
        (c.id, c.iri, c.label, SEVERAL.join(c.alt_labels), c.definition, SEVERAL.join(c.schemes),
         SEVERAL.join(c.broader), SEVERAL.join(c.related), claims.get(c.id, 0), "retired" if c.retired else "")
        for c in base.ontology(language()).concepts.values()
    )  # fmt: skip
    head = ("id", "iri", "label", "other labels", "definition", "schemes", "broader", "related", "claims", "state")
    response = table("concepts", head, rows, f"{tag}-{language()}")
    response.vary.add("Accept-Language")
    return response


def cells(tag: str) -> Response:
    """The cells of an evidence map that hold anything, at every level, with labels in the reader's language."""
    view = map_view(map_form())
    labels = {line.id: line.label for axis in (view.rows, view.columns) for line in walk(axis.lines)}
    rows = (
        (c.row, labels[c.row], c.column, labels[c.column], c.claims, c.own, c.read, c.disputed, c.qualified,
         c.supported, c.alone, c.relations)
        for c in view.cells
    )  # fmt: skip
    response = table("map", CELLS, rows, f"{tag}-{language()}")
    response.vary.add("Accept-Language")
    return response


def cell_claims(tag: str) -> Response:
    """The claims of a cell of an evidence map; all, or those of ``?page=``.

    First those that are themselves about the column, then those whose work alone is, each time the strongest first.
    """
    names, found = current_base().generation.names, list(claims_of_cell(cell_form()))
    stance = {claim.id: heading for heading, group in by_stance([claim for claim, _ in found]) for claim in group}
    rows = (
        (c.id, names.iri("source", c.id), c.text, c.source.id, c.source.citation, c.locator or "", c.basis,
         c.provenance, stance[c.id], "claim" if own else "work", SEVERAL.join(each.id for each in c.about))
        for c, own in found
    )  # fmt: skip
    head = ("claim", "iri", "text", "source", "citation", "locator", "basis", "provenance", "stance",
            "column carried by", "about")  # fmt: skip
    response = table("cell", head, rows, f"{tag}-{language()}")
    response.vary.add("Accept-Language")
    return response


def hits(found: Answer) -> Response:
    """The hits of a search."""
    rows = (
        (hit.rank, hit.kind, hit.id, hit.iri, hit.score, hit.text, hit.source or "", hit.locator or "", hit.citation)
        for hit in found.hits
    )
    head = ("rank", "kind", "id", "iri", "score", "text", "source", "locator", "citation")
    response = table("search", head, rows)
    response.vary.add("Accept-Language")
    return response
