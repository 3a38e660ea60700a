"""The fields of a form, and the data that they say."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from kb import BadQuery
from webapp.curate.fields import (
    asserted,
    data_of,
    done,
    joined,
    one_line,
    several_lines,
    shown_path,
    tidied,
    typed_names,
)

BASE = {
    "type": "article", "title": "Who pays", "issued": "2010", "isbn": "978-1", "extra": {"language": "en"},
    "authors": [{"family": "Testwell", "given": "T.", "suffix": "Jr."}, {"literal": "The Mill"}],
    "subjects": ["a", "b"],
    "claims": [
        {"id": "#c1", "text": "One.", "about": ["a"], "curator": "toy", "asserts": [{"subject": "a", "eases": "b"}]},
        {"id": "#c2", "text": "Two.", "about": ["b"], "curator": "toy"},
    ],
}  # fmt: skip


def said(*pairs: tuple[str, str], base=BASE):
    return data_of(MultiDict(pairs), base)


# From a form to data


def test_a_form_without_fields_changes_nothing():
    assert said() == BASE


def test_a_key_that_the_form_does_not_show_stays():
    assert said(("title", "Who pays and who decides"))["extra"] == {"language": "en"}


def test_a_field_that_was_emptied_goes():
    assert "issued" not in said(("issued", "  "))


def test_a_list_that_was_emptied_goes():
    assert "subjects" not in said(("subjects", ""))


def test_a_field_that_is_repeated_is_a_list_without_its_empty_ones():
    assert said(("subjects", ""), ("subjects", "c"), ("subjects", "a"))["subjects"] == ["c", "a"]


def test_one_entry_of_a_list_is_a_list_and_one_of_another_key_a_text():
    made = said(("cites", "x"), ("url", "https://example.org"))

    assert (made["cites"], made["url"]) == (["x"], "https://example.org")


def test_a_key_with_one_text_becomes_a_list_when_a_second_comes():
    assert said(("isbn", "978-1"), ("isbn", "978-2"), ("isbn", ""))["isbn"] == ["978-1", "978-2"]


def test_a_list_of_one_stays_as_the_file_has_it():
    assert said(("isbn", "978-1"), ("isbn", ""), base={"isbn": ["978-1"]})["isbn"] == ["978-1"]


def test_a_text_that_the_form_only_shows_on_one_line_stays_as_the_file_has_it():
    assert said(("title", "Who pays"), base={"title": "Who\npays\n"})["title"] == "Who\npays\n"


def test_an_entry_keeps_the_keys_that_the_form_does_not_show():
    made = said(("authors.0.family", "Testwell"), ("authors.0.given", "Tom"), ("authors.1.literal", "The Mill"))

    assert made["authors"][0] == {"family": "Testwell", "given": "Tom", "suffix": "Jr."}


def test_claims_are_found_by_their_ids_and_not_by_their_places():
    made = said(("claims.0.id", "#c2"), ("claims.0.text", "Two, again."))

    assert made["claims"] == [{"id": "#c2", "text": "Two, again.", "about": ["b"], "curator": "toy"}]


def test_entries_stand_in_the_order_of_their_numbers():
    made = said(("authors.10.family", "Last"), ("authors.2.family", "First"), base={})

    assert made["authors"] == [{"family": "First"}, {"family": "Last"}]


def test_a_relation_is_the_key_and_its_object_the_value():
    made = said(("claims.0.id", "#c1"), ("claims.0.asserts.0.subject", "a"), ("claims.0.asserts.0.relation", "fosters"),
                ("claims.0.asserts.0.object", "c"))  # fmt: skip

    assert made["claims"][0]["asserts"] == [{"subject": "a", "fosters": "c"}]


def test_a_relation_that_is_not_whole_yet_is_not_lost():
    made = said(("claims.0.id", "#c1"), ("claims.0.asserts.0.subject", "a"), ("claims.0.asserts.0.relation", "fosters"),
                ("claims.0.asserts.0.object", ""))  # fmt: skip

    assert asserted(made["claims"][0]["asserts"][0]) == {"subject": "a", "relation": "fosters", "object": ""}


def test_what_is_no_part_of_the_data_is_left_out():
    assert (
        said(("do", "save"), ("was", "x"), ("csrf_token", "y"), ("message", "Mend"), ("subjects.add", "trust")) == BASE
    )


@pytest.mark.parametrize("name", ["", "a..b", "../x", "0", "authors.99999.family", "a.b.c.d.e.f.g", "x y", "é"])
def test_a_name_that_is_no_place_is_refused(name):
    with pytest.raises(BadQuery, match="is no place in a source"):
        said((name, "x"))


@pytest.mark.parametrize("pairs", [[("authors", "x"), ("authors.0.family", "y")], [("authors.0", "x")]])
def test_a_field_in_the_place_of_several_is_refused(pairs):
    with pytest.raises(BadQuery, match="open the form again"):
        said(*pairs)


def test_names_typed_to_be_added_are_told_by_their_lists():
    form = MultiDict([("subjects.add", " trust\r\n"), ("claims.0.about.add", ""), ("title", "x")])

    assert typed_names(form) == {"subjects": "trust"}


# Texts


def test_line_breaks_of_every_kind_are_spaces_where_a_key_takes_one_line():
    assert one_line("a\r\nb\u2028c\x0bd\x85e ") == "a b c d e"


def test_a_long_text_is_kept_to_the_letter_with_the_line_ends_of_files():
    assert several_lines("  a\r\n\tb \rc\n") == "  a\n\tb \nc\n"


@given(st.text(max_size=40))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_long_text_survives_the_way_through_a_form(text):
    once = said(("summary", text), base={})

    assert said(("summary", once.get("summary", "").replace("\n", "\r\n")), base=once) == once
    assert said(("title", text), base={}).get("title", "") == one_line(text)


# Without what is empty


def test_what_is_empty_is_neither_checked_nor_saved():
    assert tidied({"authors": [{}, {"family": "Reed"}], "claims": [{"id": "#c1", "asserts": [{}]}], "title": ""}) == {
        "authors": [{"family": "Reed"}],
        "claims": [{"id": "#c1"}],
    }


def test_a_problem_of_what_is_saved_is_shown_at_the_field_where_it_was_typed():
    data = {"authors": [{}, {"family": "Reed"}], "claims": [{"id": "#c1", "asserts": [{}, {"subject": "a"}]}]}

    assert shown_path(data, "authors.0.family") == "authors.1.family"
    assert shown_path(data, "claims.0.asserts.0.subject") == "claims.0.asserts.1.subject"
    assert shown_path(data, "claims.7.text") == "claims.7.text"


# What buttons do


def test_an_added_claim_has_a_number_that_was_never_used():
    made, shown = done(BASE, "add:claims", ["#c1", "#c6"])

    assert (made["claims"][-1], shown) == ({"id": "#c7"}, "claims.2")


def test_an_added_author_is_an_empty_row_and_the_old_data_stay_as_they_are():
    made, shown = done(BASE, "add:authors")

    assert (made["authors"][-1], shown, len(BASE["authors"])) == ({}, "authors.2", 2)


def test_an_author_moves_up_and_down_and_no_further_than_the_ends():
    up, _ = done(BASE, "up:authors.1")
    same, shown = done(up, "up:authors.0")
    down, _ = done(up, "down:authors.0")

    assert up["authors"] == same["authors"] == BASE["authors"][::-1]
    assert (down["authors"], shown) == (BASE["authors"], "authors.0")


def test_after_removing_the_entry_in_its_place_is_shown():
    made, shown = done(BASE, "remove:claims.0")

    assert ([each["id"] for each in made["claims"]], shown) == (["#c2"], "claims.0")
    assert done(made, "remove:claims.0")[1] == "claims"


def test_an_entry_of_a_list_of_texts_can_be_removed():
    assert done(BASE, "remove:claims.0.about.0")[0]["claims"][0]["about"] == []


def test_an_accepted_concept_is_no_longer_turned_down():
    turned, _ = done(BASE, "reject:c")
    taken, _ = done(turned, "accept:subjects=c")

    assert turned["rejected"] == ["c"]
    assert taken["subjects"] == ["a", "b", "c"] and "rejected" not in taken
    assert done(done(BASE, "reject:c")[0], "unreject:c")[0] == BASE


def test_a_stance_to_a_claim_is_accepted_with_its_number():
    assert done(BASE, "accept:claims.0.disputes=reed-2001#c2")[0]["claims"][0]["disputes"] == ["reed-2001#c2"]


def test_what_is_in_a_list_already_is_not_added_again():
    assert joined(BASE, "subjects", "a") == BASE


@pytest.mark.parametrize("do", ["", "fly:authors", "up:authors", "remove:", "up:title.0.x.1", "add:claims.9.asserts",
                                "accept:subjects", "remove:claims.0.text.x.0"])  # fmt: skip
def test_what_no_button_does_is_refused(do):
    with pytest.raises(BadQuery):
        done(BASE, do)
