"""The marks of an evidence map: size, parts, what looks weak."""

from __future__ import annotations

import pytest

from webapp.cell_marks import mark, parts, sizes


class Counted:
    """A cell in numbers."""

    def __init__(
        self, claims: int, read: int, disputed: int = 0, qualified: int = 0, supported: int = 0, by_work: int = 0
    ) -> None:
        self.claims, self.own, self.read, self.relations = claims, claims - by_work, read, 0
        self.disputed, self.qualified, self.supported = disputed, qualified, supported
        self.alone = claims - disputed - qualified - supported


def test_the_area_of_a_mark_goes_with_the_number_of_claims():
    small, large = mark(Counted(10, 10), 40), mark(Counted(40, 40), 40)

    assert large.radius / small.radius == pytest.approx(2, abs=0.02)
    assert [number for number, _ in sizes(40)] == [1, 14, 40]


def test_a_mark_is_parted_by_stance_and_hollow_where_nothing_was_read():
    parted, whole = mark(Counted(4, 1, disputed=1, supported=2), 4), mark(Counted(3, 2), 4)

    assert [slice.kind for slice in parted.full] == ["disputed", "supported", "alone"] and not parted.pale
    assert [(slice.kind, slice.path) for slice in whole.full] == [("alone", "")]
    assert mark(Counted(2, 0, qualified=1), 4).hollow and not mark(Counted(2, 0), 4).full


def test_what_only_the_work_is_about_is_pale():
    some, none = mark(Counted(4, 4, by_work=3), 4), mark(Counted(4, 4, by_work=4), 4)

    assert some.pale and some.full and some.inner == pytest.approx(some.radius / 2, abs=0.1)
    assert none.pale and not none.full and none.radius == some.radius
    assert [(part.kind, part.width) for part in parts(Counted(4, 4, by_work=1), 8, 160)] == [("own", 60), ("rest", 20)]
    assert [part.kind for part in parts(Counted(2, 2, by_work=2), 8, 160)] == ["rest"]
