"""The claims and concepts of a source in its form, by plain posts: what a button does, and what it says."""

import re
import shutil

import pytest
from curate_forms import fields, form, send
from writing import logged_in

from kb import KnowledgeBase

TESTWELL, REED = "/curate/source/testwell-2010", "/curate/source/reed-2001"


@pytest.fixture
def desk(base, stub_encoder, tmp_path):
    """A curator's client over a toy home of their own, a copy of one that is built."""
    own = KnowledgeBase(shutil.copytree(base.home.folder, tmp_path / "home"), encoder=stub_encoder)
    yield logged_in(own)
    own.close()


def after(client, address, do, **changes):
    """The fields of the form after a button."""
    answer = send(client, address, do, **changes)
    assert answer.status_code == 303, answer.text
    return fields(client.get(answer.location, headers={"Accept": "text/html"}).text)


def chosen(found, path):
    return [value for value in found.get(path, []) if value]


def test_a_claim_shows_all_that_its_file_says(desk):
    found = form(desk, TESTWELL)

    assert chosen(found, "claims.0.about") == [
        "barrier-power-imbalance",
        "barrier-one-way-resource-flow",
        "practice-co-decision-making",
    ]
    assert chosen(found, "claims.0.disputes") == ["reed-2001#c2"]
    assert found["claims.0.basis"] == ["text"]
    assert found["claims.0.asserts.0.subject"] == ["barrier-power-imbalance"]
    assert found["claims.0.asserts.0.relation"] == ["mitigatedBy"]
    assert found["claims.0.asserts.0.object"] == ["practice-co-decision-making"]


def test_a_form_that_is_sent_as_it_is_changes_nothing(desk):
    answer = send(desk, TESTWELL, "preview")
    page = desk.get(answer.location, headers={"Accept": "text/html"}).text

    assert "diff" not in page or not re.search(r'class="(added|removed)"', page)


def test_the_other_claim_is_shown_in_full_with_its_citation(desk):
    page = desk.get(TESTWELL).text

    assert "Who pays more has no more say than the others once the rules are agreed." in page
    assert "Reed (2001)" in page


def test_a_relation_reads_as_a_sentence_in_both_directions(desk):
    page = re.sub(r"<[^>]+>", "", desk.get(TESTWELL).text)

    assert "Power imbalance is mitigated by Deciding together." in page
    assert "Deciding together mitigates Power imbalance." in page


def test_each_basis_is_explained_in_a_line(desk):
    assert "Another work of this base says that the source states it" in desk.get(TESTWELL).text


@pytest.mark.parametrize("typed", ["barrier-mistrust", "Mistrust", "suspicion", "mistr"])
def test_a_typed_name_joins_the_concepts_of_a_claim(desk, typed):
    found = after(desk, TESTWELL, "add:claims.0.about", **{"claims__0__about__add": typed})

    assert chosen(found, "claims.0.about")[-1] == "barrier-mistrust"
    assert found["claims.0.about.add"] == [""]


def test_a_name_that_may_be_several_stays_typed_with_a_button_for_each(desk):
    answer = send(desk, TESTWELL, "add:claims.0.about", **{"claims__0__about__add": "t"})

    assert answer.status_code == 422
    assert fields(answer.text)["claims.0.about.add"] == ["t"]
    assert 'value="accept:claims.0.about=practice-trust-building"' in answer.text


def test_a_claim_is_found_by_its_words_and_taken_by_a_button(desk):
    answer = send(desk, TESTWELL, "add:claims.1.supports", **{"claims__1__supports__add": "Neighbours who meet often"})

    assert 'value="accept:claims.1.supports=reed-2001#c1"' in answer.text
    found = after(desk, TESTWELL, "accept:claims.1.supports=reed-2001#c1")
    assert chosen(found, "claims.1.supports") == ["reed-2001#c1"]


def test_a_claim_that_is_added_is_next_and_of_who_adds_it(desk):
    found = after(desk, TESTWELL, "add:claims")

    assert found["claims.2.id"] == ["#c3"]


def test_a_relation_is_added_by_labels(desk):
    after(desk, TESTWELL, "add:claims.1.asserts")
    found = after(
        desk,
        TESTWELL,
        "keep",
        **{
            "claims__1__asserts__0__subject": "Mistrust",
            "claims__1__asserts__0__relation": "mitigatedBy",
            "claims__1__asserts__0__object": "Regular meetings",
        },
    )

    assert found["claims.1.asserts.0.subject"] == ["barrier-mistrust"]
    assert found["claims.1.asserts.0.object"] == ["practice-regular-meetings"]


def test_the_last_concept_can_be_taken_out(desk):
    found = after(desk, TESTWELL, "remove:claims.1.about.0")

    assert chosen(found, "claims.1.about") == []


def test_suggestions_say_why_and_are_accepted_in_one_click(desk):
    answer = send(desk, REED, "suggest")
    page = desk.get(answer.location).text
    id = re.search(r'value="accept:subjects=([a-z-]+)"', page)[1]

    assert "meaning close to" in page or "label found here" in page
    assert chosen(after(desk, REED, f"accept:subjects={id}"), "subjects")[-1] == id


def test_a_concept_is_proposed_in_the_form_and_chosen_at_once(desk):
    typed = {
        "propose__label__add": "Toll",
        "propose__definition__add": "Money that whoever crosses the bridge between the towns has to pay.",
        "propose__broader__add": "Distance",
    }
    found = after(desk, REED, "propose:subjects", **typed)

    new = chosen(found, "subjects")[-1]
    assert new.endswith("toll")
    assert found["propose.label.add"] == [""]
    assert desk.get(f"/concept/{new}").status_code == 200


def test_a_proposal_that_lacks_something_is_given_back(desk):
    answer = send(desk, REED, "propose:subjects", propose__label__add="Toll")

    assert answer.status_code == 400
    assert "needs a definition" in answer.text
    assert fields(answer.text)["propose.label.add"] == ["Toll"]


def test_a_label_that_is_here_already_is_shown_before_it_is_proposed(desk):
    after(desk, REED, "keep", propose__label__add="lack of trust")
    page = desk.get(REED).text

    assert "Do you mean" in page
    assert 'data-take="barrier-mistrust"' in page


def test_what_is_typed_into_a_claim_is_text(desk):
    nasty = "<script>alert(1)</script>\"'&"
    after(desk, TESTWELL, "keep", claims__0__text=nasty, **{"claims__0__about__add": ""})
    page = desk.get(TESTWELL).text

    assert "<script>alert" not in page
    assert form(desk, TESTWELL)["claims.0.text"] == [nasty]


def test_a_new_claim_gets_no_number_that_another_file_still_names(desk):
    corpus = desk.application.extensions["kb"].home.corpus
    reed = corpus / "reed-2001.yaml"
    (corpus / "leans-2000.yaml").write_text('type: book\nclaims:\n  - {id: "#c1", disputes: ["reed-2001#c41"]}\n')
    found = after(desk, REED, "add:claims")
    (corpus / "leans-2000.yaml").unlink()

    assert "#c41" not in reed.read_text()
    assert "#c42" in [value for name, values in found.items() if name.endswith(".id") for value in values]
