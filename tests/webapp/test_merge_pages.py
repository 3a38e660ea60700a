"""What was merged leads on, and the page there says from where one came."""

import re
import shutil

import pytest
from conftest import lay_toy
from writing import logged_in

from kb import KnowledgeBase, NotFound
from kb.curation import Author
from webapp import create_app

ANNA = Author("anna", "Anna Smith", "anna@localhost")


@pytest.fixture(scope="module")
def merged(tmp_path_factory, stub_encoder):
    """The toy home after two merges; for reading only."""
    base = KnowledgeBase(lay_toy(tmp_path_factory.mktemp("merged")), encoder=stub_encoder)
    base.build()
    base.curation.merge_sources("testwell-2010", "reed-2001", ANNA)
    base.curation.concepts.merge("barrier-mistrust", "barrier-distance", ANNA)
    base.build()
    yield base
    base.close()


@pytest.fixture
def reader(merged):
    return create_app(merged).test_client()


def test_a_merged_source_leads_to_where_its_claims_are(reader):
    answer = reader.get("/source/testwell-2010?style=mla")
    page = reader.get(answer.location).text

    assert (answer.status_code, answer.location) == (301, "/source/reed-2001?style=mla&was=testwell-2010#was")
    assert "You came from <code>testwell-2010</code>" in page
    assert '<code>testwell-2010#c1</code> is <a href="#c3">reed-2001#c3</a>' in page


@pytest.mark.parametrize("suffix", [".json", ".ttl", ".bib", ".csl.json", ".txt"])
def test_the_twins_of_a_merged_source_lead_on_too(reader, suffix):
    answer = reader.get(f"/source/testwell-2010{suffix}")

    assert (answer.status_code, answer.location) == (301, f"/source/reed-2001{suffix}")
    assert reader.get(answer.location).status_code == 200


def test_the_iris_of_a_merged_source_and_its_claims_lead_on(reader):
    claim = reader.get("/id?iri=https://w3id.org/partnership-kb/source/testwell-2010%23c2")

    assert claim.location == "/source/reed-2001#c4"
    assert reader.get("/id/source/testwell-2010").location == "/source/reed-2001"


def test_who_asks_the_base_is_told_where_it_is(merged):
    with pytest.raises(NotFound, match="it was merged into 'reed-2001'"):
        merged.source("testwell-2010")
    assert merged.moved("testwell-2010#c2") == "reed-2001#c4" and merged.moved("tarn-1987") == ""


def test_a_list_with_a_merged_source_has_the_one_it_is_in(reader):
    view = reader.get("/list.json?item=testwell-2010%23c1&note=who+pays&item=reed-2001").json

    assert [(each["id"], each["note"]) for each in view["items"]] == [("reed-2001#c3", "who pays"), ("reed-2001", "")]


def test_a_merged_concept_leads_on_and_can_still_be_seen(reader):
    answer = reader.get("/concept/barrier-mistrust?lang=de")
    itself = reader.get("/concept/barrier-mistrust?retired=show")

    assert (answer.status_code, answer.location) == (301, "/concept/barrier-distance?lang=de&was=barrier-mistrust")
    assert "You came from “Mistrust”, which was merged into this one." in reader.get(answer.location).text
    assert itself.status_code == 200 and "This concept is retired" in itself.text


def test_the_data_of_a_merged_concept_stay(reader):
    assert reader.get("/concept/barrier-mistrust.json").json["retired"] is True
    assert b"deprecated" in reader.get("/concept/barrier-mistrust.ttl").data


@pytest.mark.parametrize("address", ["/concept/barrier-distance?was=%3Cb%3E", "/source/reed-2001?was=tarn-1987"])
def test_a_notice_stands_only_where_it_is_true(reader, address):
    page = reader.get(address)

    assert page.status_code == 200 and "You came from" not in page.text


@pytest.mark.parametrize("address", ["/source/nowhere-1900", "/source/testwell-2010/x", "/source/.json", "/source/%00"])
def test_what_was_never_here_is_not_found(reader, address):
    assert reader.get(address).status_code == 404


# The pages of editors


@pytest.fixture
def base(toy, stub_encoder):
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


@pytest.fixture
def editor(base):
    return logged_in(base, "editor", "ed")


@pytest.fixture
def looking(merged):
    """An editor who changes nothing."""
    return logged_in(merged, "editor", "ed")


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page)[1]


def test_two_sources_are_merged_after_a_look_at_the_changes(editor, base):
    names = {"one": "testwell-2010", "into": "reed-2001"}
    page = editor.get("/curate/merge/sources", query_string=names | {"take": "issued"}).text
    before = base.curation.text("reed-2001")
    answer = editor.post("/curate/merge/sources", data=names | {"take": "issued", "seen": hidden(page, "seen")})

    assert "corpus/sandhill-1998.yaml" in page and "testwell-2010#c1</code> becomes <code>reed-2001#c3" in page
    assert '<input type="checkbox" name="take" value="issued" checked>' in page
    assert (answer.status_code, answer.location) == (303, "/source/reed-2001?was=testwell-2010")
    assert base.curation.text("reed-2001") != before and base.source("reed-2001").issued == "2010"
    assert "You came from" in editor.get(answer.location).text
    assert base.curation.history.log()[0].author == "Ed Moor"


def test_two_concepts_are_merged_after_a_look_at_the_changes(editor, base):
    names = {"one": "Mistrust", "into": "barrier-distance"}
    page = editor.get("/curate/merge/concepts", query_string=names).text
    names = {name: hidden(page, name) for name in ("one", "into", "seen")}
    answer = editor.post("/curate/merge/concepts", data=names)

    assert names["one"] == "barrier-mistrust" and "owl:deprecated true" in page
    assert (answer.status_code, answer.location) == (303, "/concept/barrier-distance?was=barrier-mistrust")
    assert editor.get("/concept/barrier-mistrust").status_code == 301


def test_a_plan_that_is_old_is_shown_anew_and_nothing_is_written(editor, base):
    answer = editor.post("/curate/merge/concepts", data={"one": "barrier-mistrust", "into": "barrier-distance",
                                                         "seen": "0" * 32})  # fmt: skip

    assert (answer.status_code == 412 and "Look at the changes again" in answer.text) or "look at the" in answer.text
    assert 'name="seen"' in answer.text and not base.concept("barrier-mistrust").retired


@pytest.mark.parametrize(
    ("kind", "one", "into", "said"),
    [
        ("sources", "reed-2001", "reed-2001", "cannot be merged into itself"),
        ("sources", "reed", "no such work at all", "no work is called"),
        ("concepts", "barrier-distance", "practice-shared-rules", "even where they stand in different schemes"),
        ("concepts", "<script>", "barrier-distance", "&lt;script&gt;"),
    ],
)
def test_what_cannot_be_merged_gives_the_form_back(looking, kind, one, into, said):
    answer = looking.get(f"/curate/merge/{kind}", query_string={"one": one, "into": into})

    assert answer.status_code in (400, 404) and said in answer.text and "<script>alert" not in answer.text
    assert f'value="{one}"' in answer.text or "&lt;script" in answer.text


def test_a_concept_is_proposed_changed_and_accepted(editor, base):
    typed = {"label": "Shared calendar", "definition": "A calendar of all.", "broader": "Regular meetings",
             "alt_labels": "joint diary\n\n common diary "}  # fmt: skip
    refused = editor.post("/curate/concept/new", data=typed)
    typed["definition"] = "A calendar that all partners keep, so that each knows when others meet."
    made = editor.post("/curate/concept/new", data=typed)
    page = editor.get("/curate/concept/practice-shared-calendar").text
    typed |= {"label": "Common calendar", "was": hidden(page, "was"), "broader": "practice-regular-meetings"}
    saved = editor.post("/curate/concept/practice-shared-calendar", data=typed | {"do": "save"})
    again = editor.post("/curate/concept/practice-shared-calendar", data=typed | {"do": "save", "label": "Other"})
    noted = editor.post("/curate/concept/practice-shared-calendar", data={"do": "accept", "scope_note": "A note."})
    assert noted.status_code == 412 and "A note." in noted.text and "save them first" in noted.text
    accepted = editor.post("/curate/concept/practice-shared-calendar", data={"do": "accept"})

    assert refused.status_code == 422 and "fewer than 8 words" in refused.text and "common diary" in refused.text
    assert (made.status_code, made.location) == (303, "/concept/practice-shared-calendar")
    assert "Accept as it is" in page and saved.status_code == 303
    assert again.status_code == 412 and 'value="Other"' in again.text
    assert accepted.status_code == 303
    view = base.concept("practice-shared-calendar")
    assert (view.label, view.proposed) == ("Common calendar", None)
    assert sorted(view.alt_labels) == ["common diary", "joint diary"]


def test_a_declined_concept_goes_for_another(editor, base):
    calendar = "A calendar that all partners keep and that each of them reads."
    base.curation.concepts.propose("Shared calendar", calendar, "", "practice", ANNA)
    base.build()
    answer = editor.post("/curate/concept/practice-shared-calendar", data={"do": "decline", "into": "Shared rules"})

    assert (answer.status_code, answer.location) == (303, "/concept/practice-shared-rules")
    assert not base.has("concept", "practice-shared-calendar")


def test_what_is_about_a_concept_is_tagged_anew(editor, base):
    asked = {"concept": "practice-trust-building", "new": ["practice-regular-meetings", "Shared rules"]}
    page = editor.get("/curate/retag", query_string=asked).text
    data = {
        "concept": "practice-trust-building", "row": ["reed-2001", "reed-2001#c1"], "was": hidden(page, "was"),
        "to:reed-2001": ["practice-regular-meetings", "keep"], "to:reed-2001#c1": "practice-regular-meetings",
    }  # fmt: skip
    answer = editor.post("/curate/retag", data=data | {"new": "practice-regular-meetings"})

    assert "3 sources and claims name “Trust building”" in page
    assert 'name="to:marlow-quist-2012#c2" value="practice-regular-meetings" checked' in page
    assert answer.status_code == 303
    reed = base.curation.corpus["reed-2001"].data
    assert reed["subjects"] == ["barrier-mistrust", "practice-regular-meetings", "practice-trust-building"]
    assert reed["claims"][0]["about"] == ["practice-regular-meetings", "barrier-mistrust"]


def test_these_pages_are_for_editors(merged):
    curator = logged_in(merged, "curator")
    stranger = curator.application.test_client()

    for address in ("/curate/merge/sources", "/curate/merge/concepts", "/curate/retag"):
        assert curator.get(address).status_code == 403
        assert stranger.get(address).status_code in (302, 303)
        assert stranger.post(address).status_code in (302, 303, 400, 401, 403)
    assert curator.get("/curate/concept/new?label=A+thing").status_code == 200
    assert "Merge" not in curator.get("/concept/barrier-distance").text


def test_an_editor_is_led_there_from_the_pages(looking, reader):
    concept, source = looking.get("/concept/barrier-distance").text, looking.get("/source/reed-2001").text

    assert "/curate/merge/concepts?one=barrier-distance" in concept and "/curate/retag?concept=" in concept
    assert "/curate/merge/sources?one=reed-2001" in source
    assert "/curate/" not in reader.get("/concept/barrier-distance").text


def test_after_merges_a_build_from_nothing_gives_the_same(merged, tmp_path, stub_encoder):
    for part in ("ontology", "corpus"):
        shutil.copytree(merged.home.folder / part, tmp_path / part)
    afresh = KnowledgeBase(tmp_path, encoder=stub_encoder)
    afresh.build()

    one, other = (sorted(re.sub(rb"_:\w+", b"_:b", base.dump("nquads")).splitlines()) for base in (afresh, merged))
    assert one == other
    afresh.close()
