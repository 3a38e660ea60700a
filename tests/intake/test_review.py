"""What a page reads of records: no more than it may, however many there are and however long each takes."""

import time
from itertools import count

from kb.intake import NEW, UNREADABLE, Planned
from kb.intake.review import READ, Bounded


def endless(pause: float = 0.0):
    for line in count(1):
        if pause:
            time.sleep(pause)
        yield Planned(NEW, "mill-1990", "endless.ris", line)


def test_records_without_end_are_read_up_to_a_number():
    bounded = Bounded(endless())
    found = list(bounded)

    assert len(found) == READ and bounded.ended == "more than 20,000 records"


def test_records_that_take_long_are_read_for_some_seconds():
    *found, last = Bounded(endless(0.01), seconds=0.05).told()

    assert 1 <= len(found) <= 6 and {each.status for each in found} == {NEW}
    assert last.status == UNREADABLE and (last.file, last.line) == ("endless.ris", found[-1].line)
    assert last.problems[0].startswith("not all was read: reading takes longer than 0.05 seconds; use kb add")


def test_where_nothing_comes_in_time_that_is_said():
    (last,) = Bounded(endless(0.01), seconds=0).told()

    assert last.status == UNREADABLE and "reading takes longer than 0 seconds" in last.problems[0]


def test_of_as_many_records_as_may_be_none_is_missing_and_nothing_is_said():
    planned = [Planned(NEW, line=line) for line in range(3)]

    assert list(Bounded(planned, most=3).told()) == planned
