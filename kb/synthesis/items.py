"""What stands in the cells of a comparison, in words."""

from __future__ import annotations

from typing import NamedTuple

from kb.corpus.ontology import fold
from kb.synthesis.columns import BY_SCHEME, Cell, Key, Known, Laid, Said
from kb.terms import ONTOLOGY_GRAPH, PKB
from kb.views import Views
from kb.views.sources import STATES, SUMMARIES

ASPECTS = {  # under their headings, in the order of a page; what has no name here goes by its scheme or relation
    "concept": {
        "What the vocabulary says": {
            "definition": "Definition", "scope-note": "Scope note", "broader": "Broader", "narrower": "Narrower",
            "related": "Related",
        },
        "Relations that claims assert": {"relation": ""},
        "What its claims are also about": {"together": ""},
        "Evidence": {"stance": "How its claims stand to others", "basis": "How its claims are known"},
        "Literature": {"work": "Works that treat it or claim something about it"},
    },
    "source": {
        "Record": {
            "reference": "Reference", "kind": "Kind", "year": "Year", "state": "State of the record",
            "summary": "Summary",
        },
        "What it is about": {"subject": ""},
        "Evidence": {"stance": "How its claims stand to others", "basis": "How its claims are known"},
        "How its claims stand to those of other works": {"standing": ""},
        "What its claims are about": {"about": ""},
        "Relations that its claims assert": {"relation": "From one concept to another"},
        "Citations, as far as known to us": {"cites": "Cites", "cited-by": "Cited by"},
    },
}  # fmt: skip
ALWAYS = {
    "concept": ("stance", "basis", "work"),
    "source": ("stance", "basis"),
}  # aspects, empty or not
STANCES = {  # as on the page of a concept, but for what does not say by itself with what
    "disputes": "In dispute",
    "qualifies": "With a qualification",
    "supports": "In agreement with another claim",
    "none": "Not set against another claim",
}
STANDS = {"supports": "supported by", "disputes": "disputed by", "qualifies": "qualified by"}
UNSURE = "only recalled or inferred"
HERE = "compared here"
ELSEWHERE = "In no scheme"


class Item(NamedTuple):
    """An entry of a cell: *claims* say so, *claim* is the strongest, and *said* what that says where it is told.

    *kind* tells what *id* names: a concept, a source, a relation (three ids), a stance, a basis, a term of the
    vocabulary; a text has none. *citation* is where to read it. *also_in* are the other things that have the same.
    """

    text: str
    kind: str
    id: str = ""
    note: str = ""
    claims: int = 0
    said: str = ""
    citation: str = ""
    source: str = ""
    claim: str = ""
    basis: str = ""
    also_in: tuple[str, ...] = ()


class Aspect(NamedTuple):
    """In what things are compared: a cell for each of them; *counts* are all items of each, where fewer are shown."""

    name: str
    group: str
    label: str
    cells: tuple[tuple[Item, ...], ...]
    counts: tuple[int, ...]


class Wording:
    """How a comparison of things of one *kind*, called *ids*, is told to a reader."""

    def __init__(self, kind: str, ids: tuple[str, ...], views: Views) -> None:
        self._ids, self._views, self._links = ids, views, views.links
        self._names = {name: (group, label) for group, named in ASPECTS[kind].items() for name, label in named.items()}
        self._vocabulary = _vocabulary(views)

    def aspects(self, laid: Laid) -> tuple[Aspect, ...]:
        """The aspects of what was *laid*, in the order of a page, schemes and relations by their labels."""
        order = list(self._names)
        labels = {key: self._label(key, cells) for key, cells in laid.cells.items() if key[0] in order}
        keys = sorted(
            labels, key=lambda key: (order.index(key[0]), key[0] in BY_SCHEME and not key[1], fold(labels[key]), key)
        )
        return tuple(self._aspect(key, labels[key], laid) for key in keys)

    def _aspect(self, key: Key, label: str, laid: Laid) -> Aspect:
        cells = tuple(
            tuple(self._item(id, said, laid.known.get(said.claim))._replace(also_in=also) for said, also in cell.said)
            for id, cell in zip(self._ids, laid.cells[key], strict=True)
        )
        counts = tuple(cell.count for cell in laid.cells[key])
        return Aspect("/".join(filter(None, key)), self._names[key[0]][0], label, cells, counts)

    def _label(self, key: Key, cells: tuple[Cell, ...]) -> str:
        name, within, direction = key
        if name == "standing":
            stance = within.partition(":")[2]
            return STANDS.get(stance, stance) if direction == "in" else stance
        if name in BY_SCHEME:
            scheme = self._views.ontology.schemes.get(within)
            return scheme.label if scheme else within or ELSEWHERE
        return self._names[name][1] or next(said.label for cell in cells for said, _ in cell.said)

    def _item(self, id: str, said: Said, known: Known | None) -> Item:
        """What is *said* of the thing called *id*, with the strongest claim where claims say it."""
        aspect = said.key[0]
        if aspect in ("stance", "basis"):
            item = self._counted(aspect, said, known)
        elif aspect in ("work", "standing", "cites", "cited-by"):
            item = self._work(id, aspect, said)._replace(said=known.text if known and aspect == "standing" else "")
        elif said.end:
            item = self._relation(said)
        elif aspect in ("related", "broader", "narrower", "relation", "together", "subject", "about"):
            item = self._concept(id, said)
        else:
            item = self._text(id, aspect, said)
        if not known:
            return item
        return item._replace(claims=said.claims, citation=known.citation, source=known.source, claim=said.claim,
                             basis=known.basis)  # fmt: skip

    def _counted(self, aspect: str, said: Said, known: Known | None) -> Item:
        if aspect == "stance":
            return Item(STANCES[said.item], aspect, said.item, said=known.text if known else "")
        terms = (self._views.ontology.term(f"{PKB}{prefix}{said.item}") for prefix in ("from-", ""))
        return Item(next(filter(None, terms), said.item), aspect, said.item)

    def _work(self, id: str, aspect: str, said: Said) -> Item:
        """A work: where it treats the concept called *id*, or that the source called *id* cites, or that cites it."""
        place = f"treated at {said.locator}" if said.locator else ""
        gone = "retracted" if self._links.retracted(said.item) else ""
        citing = id if aspect == "cites" else said.item
        citation = ", ".join(filter(None, (self._links.source(citing).citation, said.locator)))
        note = _noted(place, gone, self._here(said.item))
        return Item(self._links.source(said.item).citation, "source", said.item, note, citation=citation, source=citing)

    def _concept(self, id: str, said: Said) -> Item:
        label = self._links.concept(said.item).label
        unsure = UNSURE if said.label and not said.established else ""
        note = _noted(f"treated at {said.locator}" if said.locator else "", unsure, self._here(said.item))
        if said.key[0] == "subject":
            citation = ", ".join(filter(None, (self._links.source(id).citation, said.locator)))
            return Item(label, "concept", said.item, note, citation=citation, source=id)
        return Item(label, "concept", said.item, note, citation=self._vocabulary)

    def _relation(self, said: Said) -> Item:
        ends = [self._links.concept(each).label for each in (said.item, said.end)]
        ids = f"{said.item} {self._links.names.curie(said.predicate)} {said.end}"
        return Item(f"{ends[0]}: {said.label} {ends[1]}", "relation", ids, "" if said.established else UNSURE)

    def _text(self, id: str, aspect: str, said: Said) -> Item:
        if aspect in ("definition", "scope-note"):
            concept = self._views.ontology[id]
            text = concept.definition if aspect == "definition" else concept.scope_note
            return Item(text or said.item, "text", citation=f"{self._vocabulary}, in our own words")
        data, citation = self._links.records[id].data, self._links.source(id).citation
        if aspect == "reference":
            return Item(self._links.records.references(id)[0].text, aspect, id, citation=citation, source=id)
        if aspect == "kind":
            return Item(str(data.get("type") or "document"), "term", said.item, citation=citation, source=id)
        if aspect == "state":
            prefix, _, local = said.item.partition(":")
            text = self._views.ontology.term(self._links.names.prefixes.get(prefix, "") + local) or said.item
            return Item(text, "term", said.item, STATES.get(local, ""), citation=citation, source=id)
        known = SUMMARIES.get(str(data.get("summaryBasis")), "") if aspect == "summary" else ""
        note = _noted(known, "in our own words" if aspect == "summary" else "")
        return Item(said.item, "text", note=note, citation=citation, source=id)

    def _here(self, id: str) -> str:
        return HERE if id in self._ids else ""


def _noted(*notes: str) -> str:
    return "; ".join(filter(None, notes))


def _vocabulary(views: Views) -> str:
    """The ontology with its version, as what it says is cited."""
    versions = (row["version"] for row in views.queries.rows("ontologies") if row["ontology"] == ONTOLOGY_GRAPH)
    return " ".join(filter(None, (views.ontology.title, next(versions, ""))))
