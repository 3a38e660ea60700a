"""Sources of a generation as they are cited: a list of references, a file for a reference manager, in running text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.bibliography import citations, export, styles
from kb.bibliography.apart import Listed, told_apart
from kb.bibliography.styles import Reference
from kb.corpus.ontology import fold
from kb.errors import BadQuery, NotFound, unknown

if TYPE_CHECKING:
    from kb.bibliography.records import Records

BATCH = 100  # works that are held at once
REMEMBERED = 10_000  # citations that are kept for the next page
RETRACTED = " [retracted]"  # behind the reference of a work that was withdrawn
CITABLE = ("text", "abstract", "reported")  # how a claim that may be cited is known; all else was read nowhere


class Cited(NamedTuple):
    """What is cited: a work, where in it, and the work that reports it where it was not read itself."""

    work: str
    locator: str = ""
    reported_in: str = ""

    @property
    def read_in(self) -> str:
        """The work that was read, and so stands in the list of references."""
        return self.reported_in or self.work


class Citer:
    """Cites works in running text, in one style: alone, or as they are told apart and numbered in a list."""

    def __init__(self, records: Records, style: str, listed: Mapping[str, Reference] | None = None) -> None:
        self._records, self.style = records, style
        self._listed = listed or {}
        self._numbers = {id: number for number, id in enumerate(self._listed, 1)}
        self._known: dict[tuple[str, str], str] = {}

    def __call__(self, *cited: Cited) -> str:
        """The citation of these, in one pair of brackets."""
        return citations.cite(map(self._citing, cited), self.style)

    def _citing(self, cited: Cited) -> citations.Citing:
        through = self._in_text(cited.reported_in) if cited.reported_in else ""
        called = self._alone(cited.work, "mla") if through and self.style in citations.NUMBERED else ""
        number = self._numbers.get(cited.read_in, 1)
        return citations.Citing(self._in_text(cited.work), cited.locator, through, called, number)

    def _in_text(self, id: str) -> str:
        return self._listed[id].in_text if id in self._listed else self._alone(id, self.style)

    def _alone(self, id: str, style: str) -> str:
        """How the work is cited alone, which is kept for the next time."""
        if (known := self._known.get((id, style))) is None:
            if len(self._known) > REMEMBERED:
                self._known.clear()
            self._known[id, style] = known = self._read(id, style)
        return known

    def _read(self, id: str, style: str) -> str:
        try:
            made = next(each.in_text for each in self._records.references(id) if each.style == style)
        except NotFound:
            return self._records.citation(id)
        return made or styles.untitled(self._records[id].data, style)


def cite(records: Records, ids: Iterable[str], style: str = "apa") -> str:
    """The works *ids*, or those in which claims so called were read, each once and in that order, as one text."""
    styles.check(style)
    return "".join(written(records, [named(records, id).read_in for id in ids], style, by_name=False))


def in_text(records: Records, ids: Iterable[str], style: str = "apa", locators: Sequence[str] = ()) -> str:
    """One citation of works, or of claims with the place that each has, told apart where they would be cited alike.

    *locators* stand at the places of *ids*; one that is empty leaves the place as it is.
    """
    styles.check_written(style)
    found = [named(records, id) for id in ids]
    if len(locators) > len(found):
        raise BadQuery(f"{len(locators)} locators for {len(found)} works: each work has one, which may be empty")
    for place, locator in enumerate(locators):
        if locator.strip():
            found[place] = found[place]._replace(locator=locator)
    works = dict.fromkeys(each.read_in for each in found) | dict.fromkeys(each.work for each in found)
    return Citer(records, style, apart(records, works, style))(*_once(found))


def _once(cited: Iterable[Cited]) -> list[Cited]:
    """Each work once, with all places in it."""
    places: dict[tuple[str, str], dict[str, None]] = {}
    for each in cited:
        places.setdefault((each.work, each.reported_in), {})[each.locator] = None
    return [Cited(work, ", ".join(filter(None, found)), through) for (work, through), found in places.items()]


def written(records: Records, ids: Iterable[str], style: str, by_name: bool = True) -> Iterator[str]:
    """The works *ids* as a list, in parts: a reference a line, or a file in their order. What is retracted says so.

    The references stand *by_name*, unless the style numbers them; else in the order of the works.
    """
    styles.check(style)
    works = list(dict.fromkeys(ids))
    return _exchanged(records, works, style) if style in export.FORMATS else _listed(records, works, style, by_name)


def apart(records: Records, ids: Iterable[str], style: str) -> dict[str, Reference]:
    """How each work is cited in a *style* beside the others."""
    return told_apart(dict(_known(records, ids, style)))


def named(records: Records, id: str) -> Cited:
    """What *id* names: a work, or a claim with its work and place; raises BadQuery for one that is not to be cited."""
    source, sign, claim = id.partition("#")
    data = records[source].data
    if not sign:
        return Cited(source)
    made: dict[str, dict[str, Any]] = {f"{source}{each.get('id', '')}": each for each in data.get("claims") or ()}
    if id not in made:
        raise NotFound(unknown("claim", id, list(made)))
    basis, through = made[id].get("basis"), made[id].get("reportedIn")
    if basis not in CITABLE:
        raise BadQuery(f"{id!r} is not to be cited: the work was not read for it. To cite the work, leave out #{claim}")
    return Cited(source, str(made[id].get("locator") or ""), str(through or "") if basis == "reported" else "")


def _known(records: Records, ids: Iterable[str], style: str) -> Iterator[tuple[str, Listed]]:
    for id in ids:
        reference = next(each for each in records.references(id) if each.style == style)
        yield id, Listed.of(reference, records[id].data)


def _listed(records: Records, ids: Sequence[str], style: str, by_name: bool) -> Iterator[str]:
    marks = {id: RETRACTED for id in ids if records[id].data.get("status") == "retracted"}
    lines = [each.text + marks.get(id, "") for id, each in apart(records, ids, style).items()]
    if by_name and style not in citations.NUMBERED:
        lines.sort(key=fold)
    for number, line in enumerate(styles.numbered(lines, style)):
        yield f"\n{line}" if number else line


def _exchanged(records: Records, ids: Sequence[str], format: str) -> Iterator[str]:
    """The works as `export.write` has them all at once, some at a time."""
    opening, joint, closing = ("[\n", ",\n", "\n]") if format == "csl-json" else ("", "\n\n", "")
    if not ids:
        yield export.write({}, format)
        return
    for first in range(0, len(ids), BATCH):
        part = export.write({id: records[id].data for id in ids[first : first + BATCH]}, format)
        yield (joint if first else opening) + part.removeprefix(opening).removesuffix(closing)
    yield closing
