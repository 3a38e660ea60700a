"""Names with suffixes, particles and initials, as the manual of each style prints them, first and after another name.

APA 7 (9.8), Chicago 17 (author-date), MLA 9, Cite Them Right (Harvard), IEEE.
"""

import pytest

from kb.bibliography import export
from kb.bibliography.export import bibtex, csl
from kb.bibliography.people import Person, may_be_same
from kb.bibliography.reading import printed_names
from kb.bibliography.reading.bibtex import names as bibtex_names
from kb.bibliography.reading.files import Given, read
from kb.bibliography.styles import in_text, reference, references
from kb.intake.naming import called

STYLES = ("apa", "chicago", "mla", "harvard", "ieee")
NAMES = {  # family and given name: as each style prints the name, and again as its second author
    ("Davis", "Sammy, Jr."): (
        "Davis, S., Jr., & Davis, S., Jr.",
        "Davis, Sammy, Jr., and Sammy Davis Jr.",
        "Davis, Sammy, Jr., and Sammy Davis, Jr.",
        "Davis, S., Jr and Davis, S., Jr",
        "S. Davis Jr. and S. Davis Jr.",
    ),
    ("King", "Martin Luther, Jr"): (
        "King, M. L., Jr., & King, M. L., Jr.",
        "King, Martin Luther, Jr., and Martin Luther King Jr.",
        "King, Martin Luther, Jr., and Martin Luther King, Jr.",
        "King, M.L., Jr and King, M.L., Jr",
        "M. L. King Jr. and M. L. King Jr.",
    ),
    ("Reed", "John D., III"): (
        "Reed, J. D., III, & Reed, J. D., III",
        "Reed, John D., III, and John D. Reed III",
        "Reed, John D., III, and John D. Reed III",
        "Reed, J.D., III and Reed, J.D., III",
        "J. D. Reed III and J. D. Reed III",
    ),
    ("Humboldt", "Alexander von"): (
        "Humboldt, A. von, & Humboldt, A. von",
        "Humboldt, Alexander von, and Alexander von Humboldt",
        "Humboldt, Alexander von, and Alexander von Humboldt",
        "Humboldt, A. von and Humboldt, A. von",
        "A. von Humboldt and A. von Humboldt",
    ),
    ("Alembert", "Jean d’"): (
        "Alembert, J. d’, & Alembert, J. d’",
        "Alembert, Jean d’, and Jean d’Alembert",
        "Alembert, Jean d’, and Jean d’Alembert",
        "Alembert, J. d’ and Alembert, J. d’",
        "J. d’Alembert and J. d’Alembert",
    ),
    ("de la Cruz", "María"): (
        "de la Cruz, M., & de la Cruz, M.",
        "de la Cruz, María, and María de la Cruz",
        "de la Cruz, María, and María de la Cruz",
        "de la Cruz, M. and de la Cruz, M.",
        "M. de la Cruz and M. de la Cruz",
    ),
    ("van der Berg", "Ida, Sr."): (
        "van der Berg, I., Sr., & van der Berg, I., Sr.",
        "van der Berg, Ida, Sr., and Ida van der Berg Sr.",
        "van der Berg, Ida, Sr., and Ida van der Berg, Sr.",
        "van der Berg, I., Sr and van der Berg, I., Sr",
        "I. van der Berg Sr. and I. van der Berg Sr.",
    ),
    ("Baldwin", "S.A."): (
        "Baldwin, S. A., & Baldwin, S. A.",
        "Baldwin, S. A., and S. A. Baldwin",
        "Baldwin, S. A., and S. A. Baldwin",
        "Baldwin, S.A. and Baldwin, S.A.",
        "S. A. Baldwin and S. A. Baldwin",
    ),
    ("Baldwin", "SA"): (
        "Baldwin, S. A., & Baldwin, S. A.",
        "Baldwin, S. A., and S. A. Baldwin",
        "Baldwin, S. A., and S. A. Baldwin",
        "Baldwin, S.A. and Baldwin, S.A.",
        "S. A. Baldwin and S. A. Baldwin",
    ),
    ("Quist", "Jean-Luc A"): (
        "Quist, J.-L. A., & Quist, J.-L. A.",
        "Quist, Jean-Luc A., and Jean-Luc A. Quist",
        "Quist, Jean-Luc A., and Jean-Luc A. Quist",
        "Quist, J.-L.A. and Quist, J.-L.A.",
        "J.-L. A. Quist and J.-L. A. Quist",
    ),
    ("hooks", "bell"): (
        "hooks, b., & hooks, b.",
        "hooks, bell, and bell hooks",
        "hooks, bell, and bell hooks",
        "hooks, b. and hooks, b.",
        "b. hooks and b. hooks",
    ),
    ("王", "明"): (
        "王, 明, & 王, 明",
        "王, 明, and 明 王",
        "王, 明, and 明 王",
        "王, 明 and 王, 明",
        "明 王 and 明 王",
    ),
}
AFTER = {"apa": " (2001). Reeds.", "chicago": " 2001. Reeds.", "mla": " Reeds.", "harvard": " (2001) Reeds."} | {
    "ieee": ", Reeds."
}


def work(family, given):
    return {"type": "book", "title": "Reeds", "issued": "2001", "authors": [{"family": family, "given": given}] * 2}


@pytest.mark.parametrize(("name", "style"), [(name, style) for name in NAMES for style in STYLES])
def test_a_name_is_printed_as_the_manual_of_the_style_has_it(name, style):
    expected = NAMES[name][STYLES.index(style)]
    point = "." if style in ("apa", "chicago", "mla") and not expected.endswith(".") else ""

    assert reference(work(*name), style).removeprefix("[1] ").startswith(expected + point + AFTER[style])


@pytest.mark.parametrize(
    ("family", "given", "called"),
    [
        ("Davis", "Sammy, Jr.", "Davis"),
        ("Humboldt", "Alexander von", "Humboldt"),
        ("van der Berg", "Ida", "van der Berg"),
        ("de la Cruz", "María", "de la Cruz"),
        ("King Jr.", "Martin Luther", "King"),
    ],
)
def test_in_the_text_stands_the_family_name_with_its_own_particle(family, given, called):
    record = work(family, given) | {"authors": [{"family": family, "given": given}]}

    found = [each.in_text for each in references(record)]

    assert found == [f"({called}, 2001)", f"({called} 2001)", f"({called})", f"({called}, 2001)", "[1]"]
    assert in_text(record) == f"{called} (2001)"


def test_an_editor_with_a_suffix_is_named_in_the_middle_of_a_reference():
    editor = {"family": "Humboldt", "given": "Alexander von, Jr."}
    chapter = work("Reed", "Cy") | {"type": "chapter", "container": "Mills", "editors": [editor]}

    assert "In A. von Humboldt Jr. (Ed.), Mills" in reference(chapter, "apa")
    assert "edited by Alexander von Humboldt Jr." in reference(chapter, "chicago")
    assert "edited by Alexander von Humboldt, Jr." in reference(chapter, "mla")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("format", export.FORMATS)
def test_a_name_comes_back_from_each_format_as_it_was(name, format, tmp_path):
    record = work(*name) | {
        "editors": [{"family": "Holt", "given": "Al, Jr."}],
        "container": "Mills",
        "type": "chapter",
    }
    path = tmp_path / "works"
    path.write_text(export.write({"reeds-2001": record}, format), "utf-8")

    (found,) = read(Given(path, "works"))

    assert [found.record[role] for role in ("authors", "editors")] == [record["authors"], record["editors"]]


def test_formats_give_the_parts_of_a_name_in_places_of_their_own():
    people = [("Davis", "Sammy, Jr."), ("Humboldt", "Alexander von"), ("de la Cruz", "María")]
    record = work("", "") | {"authors": [{"family": family, "given": given} for family, given in people]}

    assert "author = {Davis, Jr., Sammy and Humboldt, Alexander von and de la Cruz, María}," in bibtex("a", record)
    assert "AU  - Davis, Sammy, Jr.\nAU  - Humboldt, Alexander von\nAU  - de la Cruz, María\n" in export.ris(
        "a", record
    )
    assert csl("a", record)["author"] == [
        {"family": "Davis", "given": "Sammy", "suffix": "Jr."},
        {"family": "Humboldt", "given": "Alexander", "dropping-particle": "von"},
        {"family": "Cruz", "given": "María", "non-dropping-particle": "de la"},
    ]
    assert "custom" not in export.exported("a", record)


def test_ids_and_pages_of_authors_go_by_the_family_name():
    people = [("Davis", "Sammy, Jr."), ("Humboldt", "Alexander von"), ("de la Cruz", "María")]

    assert called({"authors": [{"family": "King Jr.", "given": "Martin Luther"}]}) == "king"
    assert [called({"authors": [{"family": family, "given": given}]}) for family, given in people] == [
        "davis", "humboldt", "de-la-cruz",
    ]  # fmt: skip
    assert [Person(*name).called for name in people] == [
        "Sammy Davis, Jr.", "Alexander von Humboldt", "María de la Cruz",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [("Sammy, Jr.", "Sammy C.", True), ("S., Jr.", "Sammy, Sr.", False), ("S. C., Jr.", "Sammy, Jr", True)],
)
def test_a_suffix_is_no_second_given_name(one, other, may):
    assert may_be_same(Person("Davis", one), Person("Davis", other)) is may


@pytest.mark.parametrize(
    "text",
    ["Martin Luther King Jr.", "Martin Luther King, Jr.", "King, Jr., Martin Luther"],
)
def test_a_suffix_of_bibtex_is_no_family_name(text):
    assert bibtex_names.names(text).names == [{"family": "King", "given": "Martin Luther, Jr."}]


@pytest.mark.parametrize(
    "text",
    ["Martin Luther King Jr.", "Martin Luther King, Jr.", "King, Martin Luther, Jr."],
)
def test_a_printed_suffix_is_no_family_name(text):
    for after in ("", ", and Cy Reed"):
        found = printed_names.names(text + after)
        assert found and found.people[0] == {"family": "King", "given": "Martin Luther, Jr."}
