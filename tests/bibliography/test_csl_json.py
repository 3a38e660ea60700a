"""CSL-JSON of Zotero, pandoc and Crossref comes in, what is broken is told, and what goes out comes back."""

import json

import pytest
from conftest import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.bibliography.export import csl, exported
from kb.bibliography.export.told import KEYS, flat, told
from kb.bibliography.processor import STYLES
from kb.bibliography.reading.csl import WRITTEN, entries, work
from kb.bibliography.reading.entry import TYPES as OURS
from kb.bibliography.reading.entry import entry
from kb.bibliography.styles import cite
from kb.bibliography.variables import KEPT, TYPES, VARIABLES

ZOTERO = DATA / "bib" / "zotero" / "CSL_JSON.json"


def reading(text):
    return list(entries(lambda: iter(text.splitlines(keepends=True))))


def flatly(**item):
    (found,) = reading(json.dumps([item]))
    return flat(found.record)


@pytest.mark.skipif(not ZOTERO.is_file(), reason="the import case of Zotero is not here")
def test_the_case_of_zotero_comes_in_as_zotero_reads_it():
    (case,) = json.loads(ZOTERO.read_text("utf-8"))

    (found,) = reading(case["input"])

    assert found.record == {
        "type": "book", "title": "Stochastic biomathematical models: With applications to neuronal modeling",
        "authors": [{"family": "Bachar", "given": "Mostafa"}], "issued": "2013", "volume": "2058",
        "series": "Lecture notes in mathematics", "place": "Heidelberg", "publisher": "Springer",
        "isbn": "978-3-642-32156-6",
        "extra": {"event-place": "Heidelberg", "issued": "2013-01-01", "language": "en", "number-of-pages": "206"},
    }  # fmt: skip
    assert (found.key, found.line, found.problems) == ("http://zotero.org/users/96641/items/BDQRTS3T", 2, ())


TWO = '{"id": "a", "title": "A"},\n{"id": "b", "title": "B"}'


@pytest.mark.parametrize(
    "text",
    [f"[{TWO}]", f'{{"items": [{TWO}]}}', f'{{"x": 1, "references": [{TWO}], "y": 2}}', TWO.replace("},", "}"),
     f"\ufeff[{TWO}]".replace("\n", "\r\n")],
)  # fmt: skip
def test_a_list_an_object_with_a_list_and_one_item_a_line_are_read(text):
    assert [(each.key, each.record["title"], each.line) for each in reading(text)] == [("a", "A", 1), ("b", "B", 2)]


def test_a_single_item_is_read():
    assert [each.record["title"] for each in reading('{"id": "a",\n"type": "book", "title": "A"}')] == ["A"]


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('[{"title": "A"},\n{"title": "B"', 2, "the file ends in the middle; the item that begins in line 2"),
        ('[{"title": "A"},\n{"title": "B",}]', 2, "invalid object key"),
        ('[{"title": "A"},\n{"title": "B" "x": 1}]', 2, "I expect ',' or '}'"),
        ('[{"title": "A"},\n{"volume": NaN}]', 2, "invalid"),
        ('[{"title": "A"},\n{"volume": ' + "9" * 5000 + "}]", 2, "a number of more than 1,000 digits"),
        ('[{"title": "A"},\n{"x": ' + "[" * 2000, 2, "nested deeper than 1,000 levels"),
        ('[{"title": "A"},\n"text"]', 2, 'item 2 is no object but "text"'),
        ('[{"title": "A"},\n[1, 2]]', 2, "item 2 is no object but [1, 2]"),
        ('[{"title": "A"},\n{"a": 1}]', 2, "item 2 is no CSL-JSON"),
        ('[{"title": "A"},\n{"title": "B", "x": ' + "[" * 30 + "]" * 30 + "}]", 2, "item 2: nested deeper than 20"),
    ],
)  # fmt: skip
def test_items_before_a_break_come_in_and_the_break_is_told(text, line, why):
    first, last = reading(text)

    assert (first.record["title"], first.line) == ("A", 1)
    assert (last.readable, last.line) == (False, line) and why in last.problems[0]


def test_a_text_without_end_does_not_fill_memory():
    pieces = ['[{"title": "A"},\n', '{"title": "', *["x" * 100_000] * 100]

    first, last = entries(lambda: iter(pieces))

    assert first.record["title"] == "A" and "a text without end" in last.problems[0]


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", "{}", "5", '{"type": "FeatureCollection", "features": []}'])
def test_json_of_something_else_is_told(text):
    (found,) = reading(text)

    assert not found.readable and "CSL" in found.problems[0]


def test_zotero_s_own_json_is_told_apart():
    (found,) = reading('[{"itemType": "book", "title": "A"}]')

    assert found.problems == ("item 1 is in Zotero's own JSON: export the works as CSL JSON or RIS",)


def test_a_large_file_of_something_else_is_not_told_item_by_item():
    found = reading(json.dumps([{"a": 1}] * 1000))

    assert len(found) == 21 and found[-1].problems == ("no CSL-JSON in the first 20 items: the rest is not read",)


@pytest.mark.parametrize("type", TYPES)
def test_each_type_of_csl_is_one_of_ours_and_goes_out_again(type):
    found = work({"type": type, "title": "A"})

    assert found.record["type"] in OURS and found.problems == ()
    assert exported("a", found.record)["type"] == type
    assert WRITTEN.keys() == set(OURS)


@pytest.mark.parametrize("name", sorted(VARIABLES | {"unheard-of", "custom"}))
def test_each_variable_is_found_again(name):
    found = work({"type": "book", "id": "x", name: f"text of {name}"})

    assert f"text of {name}" in json.dumps(found.record)


@pytest.mark.parametrize(
    ("said", "issued", "kept"),
    [
        ({"date-parts": [[2013, 1, 1]]}, "2013", "2013-01-01"),
        ({"date-parts": [["2013", "05"]]}, "2013", "2013-05"),
        ({"date-parts": [[2013]]}, "2013", None),
        ({"date-parts": [[2013, 5], [2014]]}, "2013", "2013-05/2014"),
        ({"date-parts": [[2013]], "season": 1}, "2013", "2013-21"),
        ({"date-parts": [[2013]], "season": "Autumn"}, "2013", "2013-23"),
        ({"date-parts": [[2013]], "circa": True}, "2013", "2013~"),
        ({"date-parts": [[-44, 3, 15]]}, "-0044", "-0044-03-15"),
        ({"raw": "May 2013"}, "2013", "2013-05"),
        ({"literal": "n.d."}, None, "n.d."),
        ([{"year": 2013, "month": 5}], "2013", "2013-05"),
        ("2013-05", "2013", "2013-05"),
        (2013, "2013", None),
    ],
)
def test_dates_of_all_forms_are_read(said, issued, kept):
    found = flatly(type="book", title="A", issued=said)

    assert (found.get("issued"), found.get("extra.issued")) == (issued, kept)


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ({"family": "Quist", "given": "J.", "non-dropping-particle": "van"}, {"family": "van Quist", "given": "J."}),
        ({"family": "Gaulle", "given": "C.", "dropping-particle": "de"}, {"family": "Gaulle", "given": "C. de"}),
        ({"family": "King", "given": "M. L.", "suffix": "Jr."}, {"family": "King", "given": "M. L., Jr."}),
        ({"literal": "World Bank"}, {"literal": "World Bank"}),
        ({"family": "World Bank", "isInstitution": "true"}, {"literal": "World Bank"}),
        ({"given": "Plato"}, {"literal": "Plato"}),
        ("Oak, Ida", {"family": "Oak", "given": "Ida"}),
    ],
)  # fmt: skip
def test_names_keep_their_parts(name, ours):
    assert flatly(type="book", title="A", author=[name])["authors"] == [ours]


def test_other_people_and_numbers_and_marks_become_plain_text():
    found = flatly(
        type="chapter", title="On <i>reeds</i> and CO<sub>2</sub>", volume=3, issue=4.5,
        translator=[{"family": "Oak"}], author={"family": "Elm", "ORCID": "0000-1"}, keyword="mills, towns; power",
        **{"page": "1-4", "x-y": {"z": [1]}},
    )  # fmt: skip

    assert (found["title"], found["volume"], found["issue"]) == ("On reeds and CO2", "3", "4.5")
    assert (found["pages"], found["extra.translator"]) == ("1–4", "Oak")
    assert found["extra.keyword"] == ["mills", "towns", "power"]
    assert (found["extra.csl:x-y"], found["extra.csl:author"]) == ('{"z": [1]}', 'Elm: {"ORCID": "0000-1"}')


def test_lines_of_a_note_that_zotero_writes_for_variables_are_variables():
    note = "Seen.\nPMID: 123\nOCLC: 55\nOriginal Date: 1900\nEditor: Oak || Ida\nlanguage: de\nfoo: bar\ntex.x: y"
    found = flatly(type="book", title="A", language="en", note=note)

    assert (found["extra.PMID"], found["oclc"], found["extra.original-date"]) == ("123", "55", "1900")
    assert found["editors"] == [{"family": "Oak", "given": "Ida"}]
    assert (found["extra.language"], found["extra.note"]) == ("en", "Seen.\nlanguage: de\nfoo: bar\ntex.x: y")


def test_an_abstract_is_a_page_and_no_field():
    (found,) = reading('[{"title": "A", "abstract": "<jats:p>One &lt; two.</jats:p><jats:p>Three.</jats:p>"}]')

    assert found.pages[0].text == "One < two.\nThree."
    assert "extra" not in found.record


def test_what_csl_has_no_variable_for_stands_where_processors_leave_it_alone():
    record = {"type": "report", "title": "A", "oclc": "55", "extra": {"PMID": "1", "ris:AN": "77", "ris:L1": "a.pdf"}}

    item = exported("a", record)

    assert (item["PMID"], item["custom"]) == ("1", {"kb": {"oclc": "55", "extra": {"ris:AN": "77"}}})
    assert "custom" not in csl("a", record)


def test_references_do_not_change_with_what_was_imported():
    record = {"type": "thesis", "title": "A", "authors": [{"family": "Oak"}], "issued": "2001"}
    more = record | {"extra": {"genre": "PhD", "archive": "Mill", "note": "Seen", "issued": "2001-05"}}

    assert [cite({"a": record}, style) for style in STYLES] == [cite({"a": more}, style) for style in STYLES]


TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        ["<i>x</i> y", "n.d.", "2008/2009", "2013~", "2008-21", "title not known", "PMID: 5", "OCLC: 1", "others",
         "Oak, Ida", "a\nlanguage: de", "مرحبا", "東京", "🙂", '{"a": 1}', "a, b; c", "kb", "Working Paper", "181–195"]
    ),
)  # fmt: skip
NAME = st.one_of(st.fixed_dictionaries({"family": TEXT, "given": TEXT}), st.fixed_dictionaries({"literal": TEXT}))
SAID = st.fixed_dictionaries(
    {"type": st.sampled_from(OURS)},
    optional={key: TEXT for key in KEYS if key not in ("type", "authors", "editors", "othersOmitted")}
    | {"issued": st.integers(1000, 2100).map(str), "authors": st.lists(NAME, max_size=3)}
    | {"editors": st.lists(NAME, max_size=2), "othersOmitted": st.just("true")},
)
EXTRA = st.dictionaries(
    st.one_of(st.sampled_from([*sorted(KEPT), "csl:type", "csl:x", "csl:custom.x", "csl:custom", "ris:AN"]), TEXT),
    st.one_of(TEXT, st.lists(TEXT, max_size=3)),
    max_size=3,
)  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(SAID, EXTRA)
def test_whatever_a_work_is_called_csl_json_brings_it_back(said, extra):
    made = entry(said, extra, 1).record

    found = reading(json.dumps([exported("a-b", made)], ensure_ascii=False, indent=2))

    assert [flat(each.record) for each in found] == [told(made)]


@pytest.mark.real
def test_every_real_work_comes_back_from_csl_json(real_base):
    sources = list(real_base.corpus)

    found = reading(real_base.cite([source.id for source in sources], "csl-json"))

    assert [each.key for each in found] == [source.id for source in sources]
    for each, source in zip(found, sources, strict=True):
        assert each.record == {key: source.data[key] for key in (*KEYS, "extra") if key in source.data}
        assert each.problems == ()


def test_a_year_before_christ_goes_out_as_it_came_and_is_printed_so():
    item = {"id": "x", "type": "book", "title": "Boats", "issued": {"date-parts": [[-44]]}}
    record = work(item).record

    assert exported("x", record)["issued"] == {"date-parts": [[-44]]}
    assert "44 BCE" in cite({"x": record}, "apa")
