"""People: which names are one, ids that are readable and never shared, and who may be the same."""

import random
import re
import unicodedata
from itertools import product
from urllib.parse import quote

import pytest

from kb.bibliography.people import Person, ids, may_be_same, named, person

GRAY = Person("Gray", "Barbara")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (GRAY, Person("GRAY", "barbara"), True),
        (Person("Bäckstrand", "Karin"), Person("Backstrand", "Karin"), True),
        (Person("Bäckstrand", "Karin"), Person(unicodedata.normalize("NFD", "Bäckstrand"), "Karin"), True),
        (Person("Teng", "B. S."), Person("Teng", "B.-S."), True),
        (GRAY, Person("Gray", "B."), False),
        (GRAY, Person("Gray"), False),
        (Person("Khan"), Person("Khan", body=True), False),
        (Person("van der Berg", "A."), Person("Berg", "A. van der"), False),
    ],
)
def test_case_and_diacritics_alone_make_no_other_person(one, other, same):
    assert (one.key == other.key) is same


def test_a_name_has_a_readable_id_whatever_else_is_there():
    found = ids([GRAY, Person("O’Leary", "Rosemary"), Person("Åström", "J. K."), Person("U.S. Office", body=True)])

    assert list(found.values()) == ["gray-barbara", "oleary-rosemary", "astrom-j-k", "u-s-office"]


def test_names_with_one_slug_get_ids_of_their_own_and_none_gets_the_slug():
    people = [Person("van Berg", "An"), Person("van", "Berg An"), Person("Van-Berg An", body=True), GRAY]
    found = ids(people)

    assert len(set(found.values())) == 4 and found[GRAY.key] == "gray-barbara"
    assert all(re.fullmatch("van-berg-an-[0-9a-f]{6}", found[each.key]) for each in people[:3])
    assert ids(reversed(people)) == found  # whoever comes first
    assert {**ids([*people, Person("Reed")])}[people[0].key] == found[people[0].key]


def test_odd_names_have_ids_that_fit_an_address():
    odd = ["", "-", "…", "王小明", "Ωmega", "a/b?c#d", "<b>", "..", "%2F", "名" * 500, "x " * 500, "🤝", "\ud800"]
    people = [Person(family, given) for family, given in product(odd, ["", "A."])]
    found = ids(people)

    assert len(set(found.values())) == len({each.key for each in people}) and all(found.values())
    assert not any(re.search(r"[/?#%<>.\s]", id) for id in found.values())
    assert all(quote(id) for id in found.values())


def test_distinct_people_never_share_an_id_and_one_person_has_one():
    letters, chance = "abÄä -'’.ßØ1,", random.Random(6)
    people = [
        Person("".join(chance.choices(letters, k=chance.randint(1, 4))), chance.choice(["", "A", "a.", "-"]),
               chance.random() < 0.2)
        for _ in range(5000)
    ]  # fmt: skip
    found = ids(people)

    assert found.keys() == {each.key for each in people}
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(
    ("given", "other", "maybe"),
    [
        ("Barbara", "B.", True),
        ("Barbara", "B. A.", True),
        ("Christopher G.", "C. G.", True),
        ("Chris", "Christopher", True),
        ("Barbara", "", True),
        ("Barbara", "Maryke", False),
        ("Derek S.", "Donna B.", False),
        ("James", "Jane", False),
        ("J. A.", "J. B.", False),
        ("Barbara", "barbara", False),  # who is the same
    ],
)
def test_names_may_be_one_persons_where_no_given_name_speaks_against(given, other, maybe):
    assert may_be_same(Person("Gray", given), Person("Gray", other)) is maybe
    assert may_be_same(Person("Gray", other), Person("Gray", given)) is maybe
    assert not may_be_same(Person("Gray", given), Person("Grey", other))


def test_a_record_names_persons_and_bodies_and_what_names_nobody_is_passed_over():
    record = {
        "authors": [{"family": "Reed", "given": "Ida"}, {"literal": "Mill Board"}, {"given": "Ida"}, {}],
        "editors": [{"family": "Tarn"}],
    }

    assert list(named(record)) == [Person("Reed", "Ida"), Person("Mill Board", body=True), Person("Tarn")]
    assert list(named(record, ["editors"])) == [Person("Tarn")] and list(named({})) == []
    assert person({"given": "Ida"}) is None
