"""Authors and editors as a reader is shown them: all by name, and one with works, colleagues, subjects and claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pyoxigraph import Literal, NamedNode

from kb.bibliography import people
from kb.bibliography.people import Person
from kb.corpus.ontology import fold
from kb.errors import NotFound, unknown
from kb.evidence import ClaimView, SourceRef, strongest_first
from kb.graph.store import Row, Thing
from kb.overview import Ref
from kb.terms import FOAF
from kb.views.claims import Claims
from kb.views.links import Links, in_order
from kb.views.named import Queries


class Spelling(NamedTuple):
    """How works write a name, and how many of them do; of a body *family* is the whole name."""

    family: str
    given: str
    body: bool
    works: int

    @property
    def person(self) -> Person:
        """Who is named so."""
        return Person(self.family, self.given, self.body)


class AuthorRef(NamedTuple):
    """An author or editor to link to: the name as most works have it, and the number of works."""

    id: str
    name: str
    letter: str
    works: int
    spellings: tuple[Spelling, ...]


class AuthoredWork(NamedTuple):
    """A work with its year, and whether the person is its ``author``, ``editor`` or both."""

    source: SourceRef
    year: str | None
    roles: tuple[str, ...]


class Treated(NamedTuple):
    """A concept and how many of a person's works treat it."""

    concept: Ref
    works: int


class AuthorView(NamedTuple):
    """A person or body: names, works by year, who else stands in their lists of names, subjects and claims.

    *alike* are other names that may be the same person's. Subjects and claims are those of works that they wrote, or
    edited where no author is named.
    """

    id: str
    name: str
    called: str
    spellings: tuple[Spelling, ...]
    alike: tuple[AuthorRef, ...]
    first: str | None
    last: str | None
    works: tuple[AuthoredWork, ...]
    colleagues: tuple[AuthorRef, ...]
    concepts: tuple[Treated, ...]
    claims: tuple[ClaimView, ...]


class Authors:
    """Everybody who is named on a work of one generation; rows are those of the query ``authors``."""

    def __init__(self, rows: Iterable[Row]) -> None:
        named = [(person, row) for row in rows if (person := _person(row))]
        self._ids = people.ids(person for person, _ in named)
        self.refs = {ref.id: ref for ref in self.gathered(row for _, row in named)}
        self._alike: dict[str, list[AuthorRef]] = defaultdict(list)
        for ref in self.refs.values():
            self._alike[fold(ref.spellings[0].family)].append(ref)

    def id(self, named: Person | Mapping[str, Any]) -> str:
        """The id of the person that an entry of a record names; nothing where it names nobody."""
        person = named if isinstance(named, Person) else people.person(named)
        return self._ids.get(person.key) or people.slug(person) if person else ""

    def __getitem__(self, id: str) -> AuthorRef:
        try:
            return self.refs[id]
        except KeyError:
            raise NotFound(unknown("author", id, list(self.refs))) from None

    def called(self, text: str) -> tuple[AuthorRef, ...]:
        """Those in whose name each word of *text* begins a word, by family name; all of them where it has no word."""
        wanted = people.WORD.findall(fold(text))
        return tuple(ref for ref in self.refs.values() if not wanted or _has(ref, wanted))

    def alike(self, ref: AuthorRef) -> tuple[AuthorRef, ...]:
        """Other names that may be the same person's."""
        ours, same_family = ref.spellings[0].person, self._alike[fold(ref.spellings[0].family)]
        return tuple(other for other in same_family if people.may_be_same(ours, other.spellings[0].person))

    def gathered(self, rows: Iterable[Row]) -> list[AuthorRef]:
        """The people in *rows*, each with the works that their rows name, by family name."""
        works: dict[Person, dict[Person, set[str]]] = defaultdict(dict)
        for row in rows:
            if person := _person(row):
                works[person.key].setdefault(person, set()).update((row["works"] or "").split())
        return [self._ref(works[key]) for key in sorted(works)]

    def _ref(self, written: Mapping[Person, set[str]]) -> AuthorRef:
        counted = sorted(written.items(), key=lambda each: (-len(each[1]), each[0]))
        spellings = tuple(Spelling(*person, len(works)) for person, works in counted)
        person = counted[0][0]
        letter = next(iter("".join(people.WORD.findall(person.key.family)).upper()), "")
        return AuthorRef(self.id(person), str(person), letter, len(set().union(*written.values())), spellings)


def author(id: str, authors: Authors, queries: Queries, links: Links, claims: Claims) -> AuthorView:
    """The person called *id*; each list from a named query about the names that works give them."""
    ref, names = authors[id], about(authors[id].spellings)
    works = _works(queries.rows("author-works", *names), links)
    years: list[str | None] = [*sorted(filter(None, (work.year for work in works)))] or [None]
    colleagues = authors.gathered(queries.rows("author-colleagues", *names))
    return AuthorView(
        id, ref.name, ref.spellings[0].person.called, ref.spellings, authors.alike(ref),
        years[0], years[-1], works,
        tuple(sorted(colleagues, key=lambda each: -each.works)),
        tuple(Treated(links.concept(links.id(row["concept"])), int(row["works"] or 0))
              for row in queries.rows("author-concepts", *names)),
        tuple(strongest_first(claims.of_names(names))),
    )  # fmt: skip


def about(spellings: Iterable[Spelling]) -> list[Thing]:
    """Names as they enter a query: the property that has the name, the name, and the given name."""
    return [
        (NamedNode(FOAF + ("name" if each.body else "familyName")), Literal(each.family), Literal(each.given))
        for each in spellings
    ]


def _works(rows: Iterable[Row], links: Links) -> tuple[AuthoredWork, ...]:
    """The works of *rows* by year, those without one last."""
    roles: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    for row in rows:
        roles[links.id(row["source"]), row["year"]].append(row["role"] or "")
    found = (AuthoredWork(links.source(id), year, in_order(given, ())) for (id, year), given in roles.items())
    by_name = sorted(found, key=lambda work: (fold(work.source.citation), work.source.id))
    return tuple(sorted(by_name, key=lambda work: (work.year is None, work.year or "")))


def _person(row: Row) -> Person | None:
    return people.person({"family": row["familyName"], "given": row["givenName"], "literal": row["body"]})


def _has(ref: AuthorRef, wanted: Iterable[str]) -> bool:
    words = [word for each in ref.spellings for word in people.WORD.findall(fold(f"{each.family} {each.given}"))]
    return all(any(word.startswith(each) for word in words) for each in wanted)
