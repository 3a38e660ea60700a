"""Merge one source into another: its claims move there, all that named it names the other, in one save."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple

from kb.bibliography.reading.entry import EXTRA
from kb.bibliography.work import missing
from kb.corpus.revised import revised
from kb.corpus.sources import Corpus
from kb.corpus.sources import texts as each_text
from kb.corpus.turtle_revised import Revision
from kb.corpus.written import ORDER
from kb.curation import well_formed
from kb.curation.claims import named
from kb.curation.concept_files import ConceptFiles
from kb.curation.plans import Plan, changed
from kb.curation.removing import away, in_corpus, put_away
from kb.curation.texts_moved import texts_moved
from kb.curation.uses import Data, Places, naming, swapped
from kb.errors import BadQuery, NotFound, unknown
from kb.home import Home
from kb.intake.differences import NEUTRAL, Difference, differences, value
from kb.saving import Change, etag
from kb.saving.changes import read

STATES = ("seed-only", "incomplete", "complete")  # the better ones last
STRENGTH = ("inferred", "recalled", "reported", "abstract", "text")
EVIDENCE = ("basis", "locator", "quote", "reportedIn")  # of a claim, which go together
UNITED = ("subjects", "treats", "cites", "seenIn")
OURS = {*UNITED, "claims", "replaces", "state", "status", "statusBy", "statusDate", "statusNote", "missing", "rejected",
        "extra", "othersOmitted"}  # fmt: skip
ITEMS = ("about", "supports", "disputes", "qualifies", "asserts", "replaces")
SHOWN = 100  # characters of what goes
NEEDED = ("title", "names", "year")
TWO = "These may be two works: title, DOI, type and year are not the same"


class Sides(NamedTuple):
    """Two sources that are to be one: what each says, the fields to choose in, and which claims would be one."""

    one: Data
    into: Data
    differences: tuple[Difference, ...]
    same: Mapping[str, str]


def sides(corpus: Corpus, one: str, into: str) -> Sides:
    """The two sources; raises NotFound where one is not here."""
    ours, theirs = (well_formed.read(_text(corpus, id), corpus.path(id)) for id in (into, one))
    chosen = tuple(each for each in differences(ours, theirs) if each.field not in OURS)
    return Sides(theirs, ours, chosen, _same(theirs, ours, one, into))


def plan(home: Home, corpus: Corpus, one: str, into: str, taken: tuple[str, ...] = ()) -> Plan:
    """What merging the source *one* into *into* would change; of the fields *taken* the value of *one* stands.

    Raises BadQuery where the two cannot be merged, with the reason.
    """
    if one == into:
        raise BadQuery(f"{one} cannot be merged into itself: choose another source")
    files, notes = ConceptFiles(home), list[str]()
    texts = {id: _text(corpus, id) for id in (one, into)}
    data = {id: well_formed.read(text, corpus.path(id)) for id, text in texts.items()}
    _check(data[one], data[into], one, into)
    if _are_two(data[one], data[into]):
        notes.append(TWO)
    places = Places.of(files.context, "source", but=["replaces"])
    moved = _moved(data[one], data[into], one, into, named(corpus, into))
    joined = _joined(data[one], data[into], one, moved, taken, notes)
    made = swapped(into, joined, places, lambda id: [moved.get(id, id)])
    notes += made.notes
    _check_stances(made.data, into)
    new = revised(texts[into], made.data, corpus.path(into))
    changes = [Change(f"corpus/{into}.yaml", new, etag(texts[into])),
               Change(f"corpus/{one}.yaml", None, etag(texts[one]))]  # fmt: skip
    changes += _elsewhere(corpus, places, moved, one, into, notes)
    changes += _in_ontology(files, moved, one)
    changes += _texts(home, one, into, notes)
    message = f"Merge the source {one} into {into}" + texts_moved(changes)
    return Plan("source", one, into, message, tuple(changes), changed(home.folder, changes), tuple(notes), moved,
                lambda: plan(home, corpus, one, into, taken))  # fmt: skip


def _text(corpus: Corpus, id: str) -> str:
    text = read(corpus.path(id))
    if text is None:
        raise NotFound(unknown("source", id, corpus.ids()))
    return text


def _check(theirs: Data, ours: Data, one: str, into: str) -> None:
    """Refuse what only a person can put right first."""
    withdrawn = {id for id, data in ((one, theirs), (into, ours)) if data.get("status") == "retracted"}
    if len(withdrawn) == 1:
        raise BadQuery(f"{withdrawn.pop()} is retracted and the other is not: give both the same status first")
    for id, other, data in ((one, into, theirs), (into, one, ours)):
        for claim in data.get("claims") or ():
            if claim.get("reportedIn") == other:
                raise BadQuery(f"{id}{claim.get('id')} is known through {other}, which would be the same work: "
                               "change the basis of that claim first")  # fmt: skip


def _are_two(theirs: Data, ours: Data) -> bool:
    """Whether two records differ in all by which a work is told from others; what one lacks tells nothing."""
    found = [(_bare(str(data.get("title") or "")), str(data.get("issued") or "")[:4], str(data.get("type") or ""))
             for data in (ours, theirs)]  # fmt: skip
    doi = [str(data.get("doi") or "").casefold() for data in (ours, theirs)]
    apart = all(one and other and one != other for one, other in zip(*found, strict=True))
    return apart and NEUTRAL["type"] not in (ours.get("type"), theirs.get("type")) and (doi[0] != doi[1] or not doi[0])


def _check_stances(data: Data, into: str) -> None:
    for claim in data.get("claims") or ():
        if not isinstance(claim, dict):
            continue
        if both := set(claim.get("supports") or ()) & set(claim.get("disputes") or ()):
            raise BadQuery(f"{into}{claim.get('id')} would both support and dispute {sorted(both)[0]}: delete one of "
                           "the two first")  # fmt: skip


# Claims


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text.casefold()).strip()


def _same(theirs: Data, ours: Data, one: str, into: str) -> dict[str, str]:
    """The claims of the one that say what a claim of the other says, by their ids."""
    known = {_bare(str(claim.get("text"))): into + str(claim.get("id")) for claim in ours.get("claims") or ()}
    return {one + str(claim.get("id")): known[text] for claim in theirs.get("claims") or ()
            if (text := _bare(str(claim.get("text")))) in known}  # fmt: skip


def _moved(theirs: Data, ours: Data, one: str, into: str, taken: Iterable[str]) -> dict[str, str]:
    """Under which id what is called so by the one source is to be found: the source, and each of its claims."""
    same, moved = _same(theirs, ours, one, into), {one: into}
    free = _free(taken)
    for claim in theirs.get("claims") or ():
        old = one + str(claim.get("id"))
        moved[old] = same[old] if old in same else f"{into}#c{next(free)}"
    return moved


def _free(taken: Iterable[str]) -> Iterator[int]:
    """Numbers for further claims: a number once used is not used again."""
    return count(1 + max((int(match[1]) for each in taken if (match := re.fullmatch(r"#c(\d+)", each))), default=0))


def _claims(theirs: Data, ours: Data, one: str, moved: Mapping[str, str], notes: list[str]) -> list[Data]:
    """The claims of both sources, each with the ids that it replaces."""
    kept = {str(claim.get("id")): dict(claim) for claim in ours.get("claims") or ()}
    for claim in theirs.get("claims") or ():
        old = one + str(claim.get("id"))
        id = "#" + moved[old].partition("#")[2]
        replaced = {"replaces": [old, *each_text(claim.get("replaces"))]}
        if id in kept:
            kept[id] = _folded(kept[id], claim | replaced, moved[old], notes)
        else:
            kept[id] = {**claim, "id": id} | replaced
    return list(kept.values())


def _folded(ours: Data, theirs: Data, name: str, notes: list[str]) -> Data:
    """One claim of two that say the same: what both are about, and the stronger evidence; what goes is told."""
    made = dict(ours)
    rank = [STRENGTH.index(basis) if (basis := claim.get("basis")) in STRENGTH else -1 for claim in (ours, theirs)]
    stronger = theirs if rank[1] > rank[0] else ours
    lent = theirs if rank[0] == rank[1] and not ours.get("locator") else {}
    for key in EVIDENCE:
        made.pop(key, None)
        if found := stronger.get(key) or lent.get(key):
            made[key] = found
    for key in ITEMS:
        if found := _union(ours.get(key), theirs.get(key)):
            made[key] = found
    made |= {key: found for key, found in theirs.items() if key not in made and key not in EVIDENCE}
    for claim in (ours, theirs):
        notes += [f"{name} goes without {key}: {str(claim[key])[:SHOWN]}" for key in (*EVIDENCE, "note", "seenIn")
                  if claim.get(key) and claim[key] != made.get(key)]  # fmt: skip
    order = [key for key in ("id", "text", "quote", "locator", "basis", "reportedIn") if key in made]
    return {key: made[key] for key in [*order, *(key for key in made if key not in order)]}


def _union(ours: Any, theirs: Any) -> list[Any]:
    found = list[Any]()
    for each in [*_items(ours), *_items(theirs)]:
        if each not in found:
            found.append(each)
    return found


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


# The record


def _joined(
    theirs: Data, ours: Data, one: str, moved: Mapping[str, str], taken: tuple[str, ...], notes: list[str]
) -> Data:  # fmt: skip
    """What the one source is to say that two were."""
    made = dict(ours)
    given = [key for key in theirs if key not in OURS and (not ours.get(key) or key in taken)]
    made |= {key: theirs[key] for key in given}
    if "authors" in given and theirs.get("othersOmitted"):
        made["othersOmitted"] = theirs["othersOmitted"]
    if extra := _extra(theirs, ours, taken):
        made["extra"] = extra
    made |= {key: found for key in UNITED if (found := _union(ours.get(key), theirs.get(key)))}
    subjects = set(each_text(made.get("subjects")))
    if rejected := [each for each in _union(ours.get("rejected"), theirs.get("rejected")) if each not in subjects]:
        made["rejected"] = rejected
    made["replaces"] = _union(ours.get("replaces"), [one, *each_text(theirs.get("replaces"))])
    if claims := _claims(theirs, ours, one, moved, notes):
        made["claims"] = claims
    _set_state(made, theirs, ours, given)
    _set_status(made, theirs, ours, bool(given or theirs.get("claims")), notes)
    known = [key for key in ORDER if made.get(key)]
    return {key: made[key] for key in [*known, *(key for key in made if key not in ORDER and made[key])]}


def _extra(theirs: Data, ours: Data, taken: tuple[str, ...]) -> Data:
    here, there = dict(ours.get("extra") or {}), dict(theirs.get("extra") or {})
    return here | {name: text for name, text in there.items() if name not in here or EXTRA + name in taken}


def _set_state(made: Data, theirs: Data, ours: Data, given: list[str]) -> None:
    """The better state of the two records, as far as title, names and year are there; and what is still missing."""
    lacks = missing(made)
    state = max((str(each.get("state")) for each in (ours, theirs)),
                key=lambda state: STATES.index(state) if state in STATES else -1)  # fmt: skip
    made["state"] = "incomplete" if lacks and state == "complete" else state
    left = [each for each in each_text(ours.get("missing"))
            if each in lacks or (each not in NEEDED and each not in given)]  # fmt: skip
    left = [each for each in left if each in NEEDED or not value(theirs, each)]
    more = [each for each in each_text(theirs.get("missing")) if each in ORDER and not value(made, each)]
    made["missing"] = _union(left, more)


def _set_status(made: Data, theirs: Data, ours: Data, grows: bool, notes: list[str]) -> None:
    """What was reviewed and gets something that was not is to be reviewed again."""
    if ours.get("status") == "reviewed" != theirs.get("status") and grows:
        made["status"] = "draft"
        for key in ("statusBy", "statusDate", "statusNote"):
            made.pop(key, None)
        notes.append("its status becomes draft: what comes in has not been reviewed")


# Other files


def _texts(home: Home, one: str, into: str, notes: list[str]) -> Iterator[Change]:
    """The text of the work goes along; where the other has one, it is put aside."""
    mine, theirs = (in_corpus(id) for id in (into, one))
    text = read(home.folder / theirs)
    if text is None:
        return
    if (home.folder / mine).exists():
        notes.append(f"both have a text: that of {one} is put aside, as {away(one)}")
        yield from put_away(home, one)
    else:
        yield Change(mine, text, None)
        yield Change(theirs, None, etag(text))


def _elsewhere(
    corpus: Corpus, places: Places, moved: Mapping[str, str], one: str, into: str, notes: list[str]
) -> Iterator[Change]:  # fmt: skip
    """The changes of the other source files that name the one, or a claim of it."""
    for each in naming(corpus, one):
        if each.id in (one, into):
            continue
        well_formed.read(each.text, corpus.folder / f"{each.id}.yaml")
        data, more = swapped(each.id, each.data, places, lambda id: [moved.get(id, id)])
        notes += more
        _check_stances(data, each.id)
        if data != each.data:
            text = revised(each.text, data, corpus.folder / f"{each.id}.yaml")
            yield Change(f"corpus/{each.id}.yaml", text, etag(each.text))


def _in_ontology(files: ConceptFiles, moved: Mapping[str, str], one: str) -> Iterator[Change]:
    """The changes of what the ontology says of the one source."""
    import pyoxigraph as ox

    iris = {files.names.iri("source", old): files.names.iri("source", new) for old, new in moved.items()}
    for file in files.files:
        revision, found = Revision(file.text, file.path), False
        here = {(q.subject.value, q.predicate.value, q.object) for q in file.quads if hasattr(q.subject, "value")}
        for subject, predicate, term in sorted(here, key=str):
            if isinstance(term, ox.NamedNode) and term.value in iris and not subject.startswith("_:"):
                found = True
                revision.remove(subject, predicate, term)
                new = ox.NamedNode(iris[term.value])
                if (subject, predicate, new) not in here:
                    revision.add(subject, predicate, new)
        if found:
            yield file.to(revision.text())
