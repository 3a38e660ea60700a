"""Who is named on works: persons and bodies, when two names are one, and the ids of their pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

from kb.bibliography.name_parts import parts, spoken
from kb.corpus.ontology import fold

ROLES = ("authors", "editors")
WORD = re.compile(r"[^\W_]+")
SLUG_WORDS = 12  # of a body's name, some of which are sentences
DIGITS = range(6, 65)  # of what is put behind a slug that two names share; so few as tell them apart


class Person(NamedTuple):
    """A person as a work names them; of a body *family* is the whole name.

    >>> Person("Gray", "Barbara").called, str(Person("Gray", "Barbara"))
    ('Barbara Gray', 'Gray, Barbara')
    >>> Person("Davis", "Sammy, Jr.").called
    'Sammy Davis, Jr.'
    """

    family: str
    given: str = ""
    body: bool = False

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.family, self.given)))

    @property
    def called(self) -> str:
        """The name in the order in which it is spoken."""
        return self.family if self.body else spoken(self.given, self.family)

    @property
    def key(self) -> Person:
        """What names of the same person share: neither case nor diacritics tell people apart, all else does."""
        return Person(fold(self.family), fold(self.given), self.body)


def person(name: Mapping[str, Any]) -> Person | None:
    """The person that an entry of ``authors`` or ``editors`` names, if it names one."""
    if name.get("literal"):
        return Person(str(name["literal"]), body=True)
    return Person(str(name["family"]), str(name.get("given") or "")) if name.get("family") else None


def named(record: Mapping[str, Any], roles: Iterable[str] = ROLES) -> Iterator[Person]:
    """Who is named in a *record* in these *roles*."""
    yield from filter(None, (person(name) for role in roles for name in record.get(role) or ()))


def ids(people: Iterable[Person]) -> dict[Person, str]:
    """The id of each of *people*, by key, whatever their order.

    It is the slug of the name. Where several names have one slug none of them gets it, so that an address never comes
    to mean somebody else.

    >>> ids([Person("Gray", "Barbara"), Person("GRÄY", "Barbara")])
    {Person(family='gray', given='barbara', body=False): 'gray-barbara'}
    """
    by_slug: dict[str, set[Person]] = defaultdict(set)
    for each in people:
        by_slug[slug(each)].add(each.key)
    found: dict[Person, str] = {}
    for name, keys in by_slug.items():
        found |= {key: name for key in keys} if name and len(keys) == 1 else _apart(name, keys, by_slug.keys())
    return found


def slug(person: Person) -> str:
    """A readable name for an address: family name first, folded, letters and digits alone.

    >>> slug(Person("O’Leary", "Rosemary")), slug(Person("Bäckstrand", "K."))
    ('oleary-rosemary', 'backstrand-k')
    """
    text = f"{fold(person.family)} {fold(person.given)}".replace("'", "")
    return "-".join(WORD.findall(text)[:SLUG_WORDS])


def _apart(slug: str, keys: Iterable[Person], taken: Iterable[str]) -> dict[Person, str]:
    """An id for each of several names with one slug: as many digits of the name's hash behind it as are needed."""
    hashes = {key: blake2b(repr(tuple(key)).encode("utf-8", "replace"), digest_size=32).hexdigest() for key in keys}
    for digits in DIGITS:
        found = {key: f"{slug}-{hash[:digits]}".lstrip("-") for key, hash in hashes.items()}
        if len(set(found.values())) == len(found) and not set(found.values()) & set(taken):
            break
    return found


def may_be_same(one: Person, other: Person) -> bool:
    """Whether two different names could be one person's: the same family name, and no given name that speaks against.

    Given names agree where each begins as its counterpart does: "B." with "Barbara", "Chris" with "Christopher G.",
    and none with any; "Jr." does not agree with "Sr.".

    >>> may_be_same(Person("Gray", "B."), Person("Gray", "Barbara")), may_be_same(Person("Gray"), Person("Grey"))
    (True, False)
    """
    ours, theirs = one.key, other.key
    if ours == theirs or ours.body or theirs.body or ours.family != theirs.family:
        return False
    one_part, other_part = (parts({"family": each.family, "given": each.given}) for each in (ours, theirs))
    suffixes = {*WORD.findall(one_part.suffix)} ^ {*WORD.findall(other_part.suffix)}
    if one_part.suffix and other_part.suffix and suffixes:
        return False
    pairs = zip(WORD.findall(one_part.given), WORD.findall(other_part.given), strict=False)
    return all(a.startswith(b) or b.startswith(a) for a, b in pairs)
