"""What a reader has collected: concepts, works and claims in the reader's order, with notes and the works they cite."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.bibliography.citations import NUMBERED
from kb.bibliography.lists import Citer, apart
from kb.bibliography.styles import REFERENCE_STYLES, Reference, check_written, numbered
from kb.corpus.ontology import fold
from kb.errors import BadQuery, TooLong
from kb.evidence import ClaimView, SourceRef, cited_by
from kb.graph.store import Row
from kb.views import Views
from kb.views.links import Links

ITEMS, ID_CHARACTERS = 100, 500  # of a list; of what is to be the id of one
NOTE, NOTES = 500, 10_000  # characters of a note, and of all notes together: they travel in an address
TITLE = 80  # characters of the name of a list
MISSING = "missing"  # the kind of what is not here (any more)


class Collected(NamedTuple):
    """One item: a claim with its text as *label*, a work by its citation, or a concept with its *definition*.

    *kind* is concept, source, claim, or "missing" where nothing here has that id (any more). *caution* is what to know
    before it is cited, if anything.
    """

    id: str
    kind: str
    iri: str
    label: str
    note: str
    definition: str = ""
    scheme: str = ""
    source: SourceRef | None = None
    claim: ClaimView | None = None
    caution: str = ""


class Cited(NamedTuple):
    """A work of the reference list: its entry in a style, and what to know before that is used."""

    id: str
    text: str
    caution: str

    @property
    def noted(self) -> str:
        """The entry, with what to know before it is used as a note behind it."""
        return f"{self.text} [{self.caution}]" if self.caution else self.text


class Warned(NamedTuple):
    """What to know before one cites, and the items or works that it is about."""

    text: str
    ids: tuple[str, ...]


class Collection(NamedTuple):
    """Items in their order, under the reader's own *title*, if any, and what to know before one cites.

    *references* are the works that the items cite, once each, in a *style*: of what one work reports of another, as
    APA has it, the one that was read. What is not to be cited brings none. Claims are copied with their citations in
    that style, as these refer to this list. *standing* are further works, whose claims support, dispute or qualify
    those of the list.
    """

    items: tuple[Collected, ...]
    style: str
    style_label: str
    references: tuple[Cited, ...]
    warnings: tuple[Warned, ...]
    standing: tuple[Cited, ...] = ()
    title: str = ""

    @property
    def iris(self) -> tuple[str, ...]:
        """The IRIs of the items that are here."""
        return tuple(item.iri for item in self.items if item.kind != MISSING)

    @property
    def unreferenced(self) -> tuple[str, ...]:
        """The ids of the claims that bring no reference, since they are not to be cited."""
        cited = {each.id for each in self.references}
        return tuple(i.id for i in self.items if i.claim and not i.claim.copy and i.claim.source.id not in cited)


GONE = "No longer here"
RETRACTED = "Do not cite: the work is retracted"
UNCHECKED = "Do not cite: not checked in the work"
NO_PAGE = "Find the page before you quote"
RETIRED = "A retired concept, kept so that its address still answers"
UNSURE = "Check the reference against the work: not all of its record is known"
CAUTIONS = (GONE, RETRACTED, UNCHECKED, NO_PAGE, RETIRED, UNSURE)  # the gravest first


def collection(items: Iterable[str], notes: Iterable[str], style: str, title: str, views: Views) -> Collection:
    """What is called *items*, each once, each with the note at the same place; see `Synthesis.collection`."""
    check_written(style)
    wanted, title = noted(items, notes), entitled(title)
    wanted = _found_again(wanted, views)
    found = tuple(_read(wanted, views))
    works = [id for id in _works(found) if id in views.links.records]
    others = [id for id in _standing(found, views.links) if id in views.links.records and id not in works]
    entries = _entries((works, others), style, views.links)
    listed = tuple(_reference(id, text, views.links) for id, text in _numbered(entries, style))
    references, standing = listed[: len(works)], listed[len(works) :]
    citer = Citer(views.links.records, style, entries)
    items_cited = tuple(i._replace(claim=cited_by(i.claim, citer)) if i.claim else i for i in found)
    warnings = tuple(_warnings(found, references))
    return Collection(items_cited, style, REFERENCE_STYLES[style], references, warnings, standing, title)


def entitled(title: str) -> str:
    """The name of a list, in one line.

    >>> entitled(" Who  pays?\\n")
    'Who pays?'
    """
    title = " ".join(title.replace("\0", " ").split())
    if len(title) > TITLE:
        raise TooLong(f"the name of the list has {len(title):,} characters, and may have {TITLE}: shorten it")
    return title


def noted(items: Iterable[str], notes: Iterable[str] = ()) -> dict[str, str]:
    """The ids of *items*, each once, with its note: of one that comes again, the first that says anything.

    >>> noted(["a", "b", "a"], ["", " who pays? ", "see p. 4"])
    {'a': 'see p. 4', 'b': 'who pays?'}
    """
    ids, notes = list(map(_text, items)), list(map(_text, notes))
    if len(notes) > len(ids):
        raise BadQuery(f"there are {len(notes)} notes for {len(ids)} items: each item has one, which may be empty")
    kept: dict[str, str] = {}
    for id, note in zip(ids, notes + [""] * len(ids), strict=False):
        if id:
            kept[id] = kept.get(id) or note
    _check(kept)
    return kept


def _text(text: str) -> str:
    return text.replace("\0", " ").replace("\r\n", "\n").strip()


def _check(kept: dict[str, str]) -> None:
    if len(kept) > ITEMS:
        raise TooLong(f"a list may have {ITEMS} items, not {len(kept)}: make two of it")
    for number, (id, note) in enumerate(kept.items(), 1):
        if len(id) > ID_CHARACTERS:
            raise TooLong(f"item {number} is no id: it has {len(id):,} characters, and the longest may have 500")
        if len(note) > NOTE:
            raise TooLong(f"the note on item {number} has {len(note):,} characters, and may have {NOTE}: shorten it")
    if (together := sum(map(len, kept.values()))) > NOTES:
        raise TooLong(f"the notes have {together:,} characters together, and may have {NOTES:,}: shorten some")


def _read(wanted: dict[str, str], views: Views) -> Iterator[Collected]:
    """Each item as the rows of the named query have it."""
    iris = {id: iri for id in wanted if (iri := _iri(id, views.links))}
    rows = {row["this"] or "": row for row in (views.queries.rows("collected", *iris.values()) if iris else ())}
    kinds = {id: rows[iri]["kind"] for id, iri in iris.items() if iri in rows}
    claims = {each.id: each for each in views.claims.called(id for id, kind in kinds.items() if kind == "claim")}
    for id, note in wanted.items():
        row = rows.get(iris.get(id, ""))
        yield _collected(id, note, row, claims.get(id), views.links) if row else _gone(id, note)


def _found_again(wanted: dict[str, str], views: Views) -> dict[str, str]:
    """The items with the ids that they have now: a work may have been merged into another since."""
    there = views.links.records
    moved = {id: new for id in wanted if id.partition("#")[0] not in there and (new := views.things().moved(id))}
    return noted((moved.get(id, id) for id in wanted), wanted.values()) if moved else wanted


def _iri(id: str, links: Links) -> str:
    """The IRI of the concept, source or claim called *id*; nothing where there is none, since it may be any text."""
    if concept := links.ontology.concepts.get(id):
        return concept.iri
    source, sign, claim = id.partition("#")
    if source not in links.records:
        return ""
    made = {str(each.get("id", "")) for each in links.records[source].data.get("claims") or ()} if sign else set()
    return links.names.iri("source", id) if not sign or f"#{claim}" in made else ""


def _collected(id: str, note: str, row: Row, claim: ClaimView | None, links: Links) -> Collected:
    iri, kind = row["this"] or "", row["kind"] or ""
    if concept := links.ontology.concepts.get(id) if kind == "concept" else None:
        label, scheme = links.concept(id).label, links.scheme_label(id)
        return Collected(id, kind, iri, label, note, concept.definition, scheme, caution=concept.retired * RETIRED)
    source = links.source(links.id(row["source"]))
    if claim:
        return Collected(id, kind, iri, claim.text, note, source=source, claim=claim, caution=_of_claim(claim))
    caution = RETRACTED if row["retracted"] == "true" else ""
    return Collected(id, kind, iri, source.citation, note, source=source, caution=caution)


def _gone(id: str, note: str) -> Collected:
    return Collected(id, MISSING, "", id, note, caution=GONE)


def _of_claim(claim: ClaimView) -> str:
    """What to know before a claim is cited; of one read in an abstract there is no page to find."""
    if claim.retracted:
        return RETRACTED
    if not claim.copy:
        return UNCHECKED
    return NO_PAGE if claim.basis == "text" and not claim.locator else ""


def _entries(groups: Iterable[Sequence[str]], style: str, links: Links) -> dict[str, Reference]:
    """The works of one of *groups* after the other by name, or in their order where the style numbers them."""
    groups = [list(group) for group in groups]
    made = apart(links.records, (id for group in groups for id in group), style)
    if style not in NUMBERED:
        groups = [sorted(group, key=lambda id: (fold(made[id].text), id)) for group in groups]
    return {id: made[id] for group in groups for id in group}


def _numbered(entries: dict[str, Reference], style: str) -> Iterator[tuple[str, str]]:
    yield from zip(entries, numbered((each.text for each in entries.values()), style), strict=True)


def _reference(id: str, text: str, links: Links) -> Cited:
    return Cited(id, text, _of_work(id, links))


def _of_work(id: str, links: Links) -> str:
    """What to know before the reference of a work is used."""
    if links.retracted(id):
        return RETRACTED
    return UNSURE if links.source(id).state != "complete" else ""


def _works(items: Iterable[Collected]) -> dict[str, None]:
    """The ids of the works that *items* cite, as these come; of a claim that may be cited, where it was read."""
    citing = (item for item in items if item.source and (not item.claim or item.claim.copy))
    return dict.fromkeys((item.claim and item.claim.reported_in) or item.source.id for item in citing if item.source)


def _standing(items: Iterable[Collected], links: Links) -> dict[str, None]:
    """The ids of the works in which the claims were read that stand to those of *items*."""
    others = dict.fromkeys(stance.claim_id for item in items if item.claim for stance in item.claim.stances)
    return dict.fromkeys(_read_in(id, links) for id in others)


def _read_in(id: str, links: Links) -> str:
    """The id of the work in which the claim called *id* was read: its own, or the one that reports it."""
    source, _, claim = id.partition("#")
    made = links.records[source].data.get("claims") or () if source in links.records else ()
    reports = (each.get("reportedIn") for each in made if each.get("id") == f"#{claim}" and each["basis"] == "reported")
    return str(next(reports, None) or source)


def _warnings(items: Sequence[Collected], references: Sequence[Cited]) -> Iterator[Warned]:
    named: dict[str, dict[str, None]] = {caution: {} for caution in CAUTIONS}
    for id, caution in [(i.id, i.caution) for i in items] + [(work.id, work.caution) for work in references]:
        if caution:
            named[caution][id] = None
    yield from (Warned(caution, tuple(ids)) for caution, ids in named.items() if ids)
