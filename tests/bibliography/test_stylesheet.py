"""A style reduced to one work says what CSL 1.0.2 says of it."""

import pytest

from kb.bibliography.stylesheet import Stylesheet

STYLE = """<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" initialize-with=". ">
  <macro name="edition"><group delimiter=" "><number variable="edition"/><text term="edition"/></group></macro>
  <macro name="title"><choose>
    <if type="book chapter" match="any"><text variable="title" font-style="italic"/></if>
    <else-if variable="container-title" match="none"><text variable="title"/></else-if>
    <else><text variable="title" quotes="true"/></else>
  </choose></macro>
  <citation><layout>{citation}</layout></citation>
  <bibliography><layout suffix=".">{bibliography}</layout></bibliography>
</style>"""
BOOK = {"id": "a", "type": "book", "title": "Mills", "author": [{"family": "Holt"}]}


@pytest.fixture
def reduced(tmp_path):
    """What is left of a layout for a work: its elements as nested lists."""

    def reduced(layout, item):
        path = tmp_path / "style.csl"
        path.write_text(STYLE.format(bibliography=layout, citation=""))
        return [shown(element) for element in Stylesheet(path).reduced("bibliography", item)]

    return reduced


def shown(element):
    what = element.attributes.get("variable") or element.attributes.get("term") or element.tag
    return [what, *map(shown, element.children)] if element.children and element.tag == "group" else what


def test_a_group_without_any_field_it_asks_for_is_gone_with_its_words(reduced):
    layout = '<group><text macro="edition"/><text variable="title"/></group>'

    assert reduced(layout, BOOK) == ["title"]
    assert reduced(layout, BOOK | {"edition": "2nd"}) == [["group", ["group", "edition", "edition"], "title"]]


def test_words_that_ask_for_no_field_stay(reduced):
    year, none = '<date variable="issued" form="text"/>', '<text term="no date"/>'
    date = f'<choose><if variable="issued">{year}</if><else>{none}</else></choose>'
    layout = f'<group delimiter=" "><text variable="title"/><group>{date}<text variable="year-suffix"/></group></group>'

    assert reduced(layout, BOOK) == [["group", "title", "no date"]]


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ('type="book"', True), ('type="book chapter"', False), ('type="book chapter" match="any"', True),
        ('variable="title author"', True), ('variable="title DOI"', False), ('variable="DOI URL" match="none"', True),
        ('is-numeric="edition"', True), ('is-numeric="volume"', False), ('is-numeric="issue"', True),
        ('disambiguate="true"', False), ('locator="page"', False), ('position="first"', True),
        ('type="book" variable="DOI"', False), ('type="book" variable="DOI" match="any"', True),
    ],
)  # fmt: skip
def test_a_condition_holds_as_the_specification_has_it(reduced, test, holds):
    item = BOOK | {"edition": "2nd", "volume": "suppl. 1", "issue": "3–4"}

    found = reduced(f'<choose><if {test}><text value="yes"/></if></choose>', item)

    assert bool(found) == holds


def test_the_first_branch_that_holds_is_taken(reduced):
    layout = '<text macro="title"/>'

    assert reduced(layout, BOOK) == ["title"]
    assert reduced(layout, {"id": "a", "type": "report", "title": "Mills", "container-title": "Towns"}) == ["title"]
    assert reduced(layout, {"id": "a", "type": "report"}) == []


def test_what_stands_in_the_place_of_a_name_is_not_printed_again(reduced):
    others = '<substitute><names variable="editor"/><text macro="title"/></substitute>'
    names = f'<names variable="author"><name/>{others}</names>'
    layout = f'{names}<text variable="title"/><names variable="editor"><name/></names>'

    assert reduced(layout, BOOK | {"editor": [{"family": "Reed"}]}) == ["author", "title", "editor"]
    assert reduced(layout, {"id": "a", "type": "book", "title": "Mills"}) == ["title"]
    assert reduced(layout, {"id": "a", "type": "book", "editor": [{"family": "Reed"}]}) == ["editor"]


def test_initials_are_left_to_be_made_beforehand(tmp_path):
    path = tmp_path / "style.csl"
    names = '<names variable="author"><name/></names><names variable="editor"><name initialize-with="."/></names>'
    path.write_text(STYLE.format(bibliography=names, citation=""))

    first, second = Stylesheet(path).reduced("bibliography", BOOK | {"editor": [{"family": "Reed"}]})

    assert first.children[0].attributes == {}
    assert second.children[0].attributes == {}
