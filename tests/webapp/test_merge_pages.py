"""What was merged leads on, and the page there says from where one came."""

import pytest
from conftest import lay_toy

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
    base.curation.merge_concepts("barrier-mistrust", "barrier-distance", ANNA)
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
