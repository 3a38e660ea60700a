"""A source as a reader is shown it: its record, its claims and its citations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kb.bibliography import export
from kb.bibliography.published import as_published
from kb.bibliography.records import COMPLETE
from kb.bibliography.styles import Reference
from kb.evidence import ClaimView, SourceRef
from kb.graph.store import Row
from kb.overview import Ref
from kb.views.claims import Claims
from kb.views.links import Links, in_order
from kb.views.named import Queries
from kb.views.reviews import Review, review


class Treatment(NamedTuple):
    """Where in a source a concept is treated."""

    concept: Ref
    locator: str


class SourceView(NamedTuple):
    """A source: its record, how to cite it, its claims and its citations as far as the corpus knows them.

    *record* has of ``extra`` what may be published. *references* are in APA, Chicago, MLA, Harvard, IEEE; *reference*
    is the first of them. *text_pages* is how many pages its text has, 0 for an abstract alone, None where none is here.
    """

    id: str
    iri: str
    type: str
    title: str | None
    citation: str
    issued: str | None
    state: str
    state_note: str
    missing: tuple[str, ...]
    record: dict[str, Any]
    reference: str
    references: tuple[Reference, ...]
    bibtex: str
    ris: str
    summary: str | None
    summary_basis: str
    subjects: tuple[Ref, ...]
    treats: tuple[Treatment, ...]
    claims: tuple[ClaimView, ...]
    cites: tuple[SourceRef, ...]
    cited_by: tuple[SourceRef, ...]
    text_pages: int | None
    review: Review


RETRACTED = "This work is retracted: what it claims counts as no evidence."
STATES = {
    "incomplete": "The record is incomplete: something of it could not be confirmed.",
    "seed-only": "Known only from a mention in another work; the work itself was not seen.",
}
SUMMARIES = {
    "seen": "from its abstract or contents",
    "seed": "from what another work says of it",
    "recalled": "from general knowledge; not checked",
}


def source(id: str, queries: Queries, links: Links, claims: Claims) -> SourceView:
    """The source called *id*; what belongs to it alone is from its record, each list from a named query."""
    data, iri = links.records[id].data, links.names.iri("source", id)
    subjects = (links.id(row["concept"]) for row in queries.rows("source-subjects", iri))
    cites, cited_by = (
        tuple(links.source(links.id(row["source"])) for row in queries.rows(query, iri))
        for query in ("source-cites", "source-cited-by")
    )
    references = links.records.references(id)
    return SourceView(
        id, iri, str(data.get("type", "document")), data.get("title"), links.records.citation(id), data.get("issued"),
        str(data.get("state") or COMPLETE), _state_note(data), tuple(data.get("missing") or ()), as_published(data),
        references[0].text, references, export.bibtex(id, data), export.ris(id, data), data.get("summary"),
        SUMMARIES.get(str(data.get("summaryBasis")), "") if data.get("summary") else "",
        links.concepts(in_order(subjects, data.get("subjects") or ())),
        _treatments(queries.rows("source-treatments", iri), data, links), claims.made_in(iri), cites, cited_by,
        links.records.pages(id), review(data, queries.rows("source-status", iri)),
    )  # fmt: skip


def _treatments(rows: Iterable[Row], data: Mapping[str, Any], links: Links) -> tuple[Treatment, ...]:
    found = ((links.id(row["concept"]), row["locator"] or "") for row in rows)
    listed = [(str(each["concept"]), str(each.get("locator") or "")) for each in data.get("treats") or ()]
    return tuple(Treatment(links.concept(concept), locator) for concept, locator in in_order(found, listed))


def _state_note(data: Mapping[str, Any]) -> str:
    retracted = RETRACTED if data.get("status") == "retracted" else ""
    return f"{retracted} {STATES.get(str(data.get('state')), '')}".strip()
