"""What one record of a file says costs no other: it is told, with its line, and the next ones come in."""

import pytest

from kb.bibliography.reading import Given, read
from kb.bibliography.reading.entry import Entry, attempt, entry
from kb.errors import BadSource

DIGITS = "9" * 5_000
DEEP = "[" * 5_000
BAD = {
    "a.bib": [
        f"@book{{a, title={{Reeds}}, date={{2001}}, month={{{DIGITS}}}}}\n",
        f"@book{{a, title={{Reeds}}, year={{2001}}, month=may, day={{{DIGITS}}}}}\n",
        f"@book{{a, title={{Reeds}}, year={{{DIGITS}}}, month={{{DIGITS}}}, pages={{{DIGITS}}}}}\n",
        f"@book{{a, title={{Reeds}}, x{{~{DIGITS}~}}={{1}}, extra:~{DIGITS}~={{1}}}}\n",
        f"@string{{a = {DIGITS}}}@book{{a, title={{Reeds}}, crossref={{{DEEP}}}}}\n",
    ],
    "a.ris": [
        f"TY  - BOOK\nTI  - Reeds\nN1  - kb:extra: {DEEP}\nER  - \n",
        f'TY  - BOOK\nTI  - Reeds\nN1  - kb:extra: {{"a": {DIGITS}}}\nER  - \n',
        f"TY  - BOOK\nTI  - Reeds\nN1  - kb:authors: {DEEP}\nPY  - {DIGITS}\nDA  - 2001/{DIGITS}/{DIGITS}\nER  - \n",
    ],
    "a.json": [
        f'{{"type": "book", "title": "Reeds", "issued": {{"date-parts": [["2001"]], "season": "{DIGITS}"}}}}',
        f'{{"type": "book", "title": "Reeds", "issued": {{"date-parts": [["{DIGITS}", "{DIGITS}"]]}}}}',
        f'{{"type": "book", "title": "Reeds", "volume": "{DIGITS}", "accessed": "{DIGITS}"}}',
    ],
    "a.txt": [
        f"References\n\n1. Reed, C. (2001). Reeds. Wind, {DIGITS}({DIGITS}), {DIGITS[:500]}.\n",
        f"References\n\n1. Reed, C. (2001). Reeds. Wind, {DEEP[:900]} 12, 3–4.\n",
    ],
}
GOOD = {
    "a.bib": "{}@book{{b, title={{Mills}}, year={{2002}}}}\n",
    "a.ris": "{}TY  - BOOK\nTI  - Mills\nPY  - 2002\nER  - \n",
    "a.json": '[{}, {{"type": "book", "title": "Mills", "issued": {{"date-parts": [[2002]]}}}}]',
    "a.txt": "{}2. Mo, J. (2002). Mills. Wind, 1(2), 3–4.\n",
}


@pytest.mark.parametrize(("name", "at"), [(name, at) for name in BAD for at in range(len(BAD[name]))])
def test_the_record_behind_one_with_an_absurd_value_comes_in(tmp_path, name, at):
    file = tmp_path / name
    file.write_text(GOOD[name].format(BAD[name][at]), encoding="utf-8")
    found = list(read(Given.of(file)))

    assert found[-1].record.get("title") == "Mills" and found[-1].readable
    assert not any("mistake of this program" in problem for each in found for problem in each.problems)


def test_a_mistake_of_ours_makes_its_record_unreadable_and_says_so():
    def make() -> Entry:
        raise ZeroDivisionError("by a mill")

    found = attempt(make, 7, "reed")

    assert (found.readable, found.line, found.key) == (False, 7, "reed")
    assert found.problems == ("a mistake of this program: ZeroDivisionError: by a mill: report it",)


def test_what_is_nested_too_deeply_costs_one_record():
    def make() -> Entry:
        return make()

    assert attempt(make, 1).problems == ("is nested too deeply to be read",)
    assert attempt(lambda: entry({"title": "Mills"}, {}, 2), 2).readable


def test_what_is_wrong_with_a_whole_file_is_still_raised():
    def make() -> Entry:
        raise BadSource("a.bib: is a folder")

    with pytest.raises(BadSource, match="folder"):
        attempt(make, 1)
