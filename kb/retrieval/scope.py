"""What may be found: the filters of a search as a reader names them, and as the index asks them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple, get_args

from kb.bibliography.records import BASES, COMPLETE
from kb.corpus.ontology import Ontology
from kb.errors import BadQuery, NotFound, unknown
from kb.retrieval.passages import STANCES

Kind = Literal["concept", "claim", "source", "passage"]
STATES = (COMPLETE, "incomplete", "seed-only")
YEARS = re.compile(r"(-?\d{1,4})?\s*[-–]\s*(-?\d{1,4})?|(-?\d{1,4})")
FIRST, LAST = -9999, 9999


class Filters(NamedTuple):
    """What a reader asks for; empty means everything. Of several values of one filter any will do, but `concept`:

    a hit is about each of the concepts (or a narrower one). *field* asks the
    subjects of the work, so that a claim passes with its work; *stance* takes
    claims that take this stance or to which it is taken.
    """

    kind: str = ""
    concept: tuple[str, ...] = ()
    scheme: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    stance: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    state: tuple[str, ...] = ()
    years: str = ""

    @classmethod
    def of(cls, **given: Any) -> Filters:
        """Filters from loose *given* values: text, several texts, or nothing."""
        single = {"kind", "years"}
        if wrong := given.keys() - set(cls._fields):
            raise BadQuery(unknown("filter", min(wrong), list(cls._fields)))
        values: dict[str, Any] = {k: str(v or "") if k in single else tuple(_several(v)) for k, v in given.items()}
        return cls(**values)


class Scope(NamedTuple):
    """What an index lets pass: rows with a tag of each set in *needs*, of *years*, with each of *phrases* in them.

    *undated_concepts* let concepts pass whatever the years: they have none.
    """

    needs: tuple[frozenset[str], ...] = ()
    years: tuple[int, int] | None = None
    undated_concepts: bool = False
    phrases: tuple[str, ...] = ()

    def also(self, other: Scope) -> Scope:
        """What passes both."""
        ours, theirs = self.years, other.years
        both = (max(ours[0], theirs[0]), min(ours[1], theirs[1])) if ours and theirs else ours or theirs
        undated = other.undated_concepts if ours is None else self.undated_concepts
        return Scope(self.needs + other.needs, both, undated, self.phrases + other.phrases)


EVERYTHING = Scope()
CONCEPT = Scope((frozenset({"kind:concept"}),))
ANNOTATED = Scope((frozenset({"kind:concept", "kind:claim", "kind:source"}),))
PARTS = Scope((frozenset({"kind:passage"}),))  # parts of texts, which are ranked beside what is annotated


def scope(filters: Filters, ontology: Callable[[], Ontology]) -> Scope:
    """What *filters* let pass; concepts take their narrower ones along. Raises BadQuery or NotFound for what is not."""
    needs = [frozenset({f"kind:{kind(filters.kind)}"})] if filters.kind else []
    needs += [_tags("concept", ontology().narrower(id)) for id in filters.concept]
    for name, known in (("stance", STANCES), ("basis", tuple(BASES)), ("state", STATES)):
        if values := getattr(filters, name):
            needs.append(_tags(name, (choice(name, value, known) for value in values)))
    if filters.scheme:
        needs.append(_tags("concept", _members(filters.scheme, ontology())))
    if filters.field:
        needs.append(_tags("field", (below for id in filters.field for below in ontology().narrower(id))))
    return Scope(tuple(needs), years(filters.years))


def kind(text: str) -> str:
    """A kind of hit as *text* names it."""
    return choice("kind", text, get_args(Kind))


def choice(what: str, value: str, known: Sequence[str]) -> str:
    """*value*, which must be one of *known*."""
    if value not in known:
        raise BadQuery(f"no {what} {value!r}: choose one of {', '.join(known)}")
    return value


def years(text: str | None) -> tuple[int, int] | None:
    """A range of years as a reader writes it, both ends included.

    >>> years("2000-2010"), years("2005-"), years("-2005"), years("1999")
    ((2000, 2010), (2005, 9999), (-9999, 2005), (1999, 1999))
    """
    if not text:
        return None
    found = YEARS.fullmatch(text.strip())
    if not found or not any(found.groups()):
        raise BadQuery(f"{text!r} is no range of years: write 2000-2010, 2005- or -2005")
    first, last, only = found.groups()
    low, high = int(only or first or FIRST), int(only or last or LAST)
    if low > high:
        raise BadQuery(f"the years {text!r} end before they begin: write {high}-{low}")
    return low, high


def _members(schemes: Iterable[str], ontology: Ontology) -> Iterator[str]:
    for scheme in schemes:
        if scheme not in ontology.schemes:
            raise NotFound(unknown("scheme", scheme, list(ontology.schemes)))
        yield from (concept.id for concept in ontology.concepts.values() if scheme in concept.schemes)


def _tags(name: str, values: Iterable[str]) -> frozenset[str]:
    return frozenset(f"{name}:{value}" for value in values)


def _several(value: str | Iterable[str] | None) -> Iterable[str]:
    return [value] if isinstance(value, str) and value else filter(None, value or ())
