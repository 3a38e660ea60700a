"""The data as a whole over HTTP: descriptions, dumps, and how to cite them."""

import gzip

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef

from kb.graph.query import GRAPH_FORMATS
from kb.terms import DATASET, VERSION
from webapp import data

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
DESCRIBED = ["/.well-known/void", "/.well-known/sparql-examples"]
DUMPS = {"/dump.trig": "application/trig", "/dump.nq": "application/n-quads", "/dump.ttl": "text/turtle"}
GRAPH_OF = {media: format for format, media in GRAPH_FORMATS.items()}
ALL = [*DESCRIBED, *DUMPS]


@pytest.mark.parametrize("address", DESCRIBED)
@pytest.mark.parametrize("media", GRAPH_FORMATS.values())
def test_a_description_comes_in_the_format_asked_for(client, address, media):
    answer = client.get(address, headers={"Accept": f"{media}, */*;q=0.1"})

    assert (answer.status_code, answer.mimetype) == (200, media)
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("address", DESCRIBED)
@pytest.mark.parametrize("accept", [{}, {"Accept": "*/*"}, BROWSER])
def test_who_asks_for_nothing_special_gets_turtle(client, address, accept):
    answer = client.get(address, headers=accept)

    assert answer.mimetype == "text/turtle"
    assert len(Graph().parse(data=answer.data, format="turtle")) > 0


@pytest.mark.parametrize("address", DESCRIBED)
def test_another_format_is_not_to_be_had(client, address):
    answer = client.get(address, headers={"Accept": "image/png"})

    assert answer.status_code == 406
    assert "text/turtle" in answer.json["detail"]


def test_the_description_leads_to_what_is_there(client):
    void = Graph().parse(data=client.get("/.well-known/void").data, format="turtle")
    this, prefix = URIRef(DATASET), "http://rdfs.org/ns/void#"
    dumps = [str(dump) for dump in void.objects(this, URIRef(prefix + "dataDump"))]

    assert {client.get(dump).status_code for dump in dumps} == {200}
    assert len(dumps) == 3
    assert str(void.value(this, URIRef(prefix + "sparqlEndpoint"))) == "http://localhost/sparql"
    assert client.get(str(void.value(this, URIRef("http://www.w3.org/ns/dcat#landingPage")))).status_code == 200


@pytest.mark.parametrize(("address", "media"), DUMPS.items())
def test_a_dump_is_a_file_with_all_data(base, client, address, media):
    answer = client.get(address)

    assert (answer.status_code, answer.mimetype) == (200, media)
    name = f"dataset-{base.generation.version}.{address.rpartition('.')[2]}"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert sorted(answer.data.splitlines()) == sorted(base.dump(GRAPH_OF[media]).splitlines())


def test_the_dumps_are_read_by_who_knows_their_format_and_say_the_same(client):
    said = {}
    for address, media in DUMPS.items():
        quads = ox.parse(client.get(address).data, format=ox.RdfFormat.from_media_type(media))
        said[address] = {str(quad.triple) for quad in quads if not isinstance(quad.subject, ox.BlankNode)}

    assert all(len(triples) > 100 for triples in said.values())
    assert len(set(map(len, said.values()))) == 1


@pytest.mark.parametrize("address", ALL)
def test_an_answer_is_packed_for_who_can_unpack_it(client, address):
    answer, plain = client.get(address, headers={"Accept-Encoding": "gzip, deflate"}), client.get(address)

    assert answer.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert "Content-Encoding" not in plain.headers
    assert sorted(gzip.decompress(answer.data).splitlines()) == sorted(plain.data.splitlines())


@pytest.mark.parametrize("address", ALL)
def test_who_has_the_data_already_is_told_so(base, client, address):
    first = client.get(address)
    tag = first.headers["ETag"]

    again = client.get(address, headers={"If-None-Match": tag})
    assert base.generation.version in tag
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(address, headers={"If-None-Match": 'W/"other"'}).status_code == 200


@pytest.mark.parametrize("address", ALL)
def test_head_has_the_headers_alone(client, address):
    whole, head = client.get(address), client.head(address)

    assert head.data == b""
    assert {n: whole.headers[n] for n in ("Content-Type", "ETag", "Link")} == {
        n: head.headers[n] for n in ("Content-Type", "ETag", "Link")
    }
    assert "Content-Length" not in head.headers


@pytest.mark.parametrize("address", [*ALL, "/dataset", "/dataset.json"])
def test_any_page_of_the_web_may_read_it_and_is_told_what_to_cite(base, client, address):
    answer = client.get(address)

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert f'<{VERSION}{base.generation.version}>; rel="cite-as"' in answer.headers["Link"].split(", ")


def test_more_dumps_than_there_are_places_wait_or_come_again(base, client):
    taken = [data.in_place(base.generation.dump("nquads")) for _ in range(data.DUMPS_AT_ONCE)]
    answer = client.get("/dump.ttl", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    taken[0].close()
    assert client.get("/dump.ttl").status_code == 200


def test_the_page_tells_how_to_cite(base, client):
    page = client.get("/dataset", headers=BROWSER).get_data(as_text=True)

    assert base.generation.edition.citation in page
    assert VERSION + base.generation.version in page
    assert "/dump.trig" in page


def test_the_page_has_a_json_twin(base, client):
    twin = client.get("/dataset.json").json

    assert twin["edition"]["version"] == base.generation.version
    assert twin["counts"] == base.generation.counts
    assert twin["addresses"]["dumps"]["trig"] == "http://localhost/dump.trig"


@pytest.mark.parametrize(
    ("accept", "target"),
    [("text/html", "/dataset"), ("application/json", "/dataset.json"), ("text/turtle", "/.well-known/void")],
)
def test_the_present_version_leads_to_what_is_said_of_it(base, client, accept, target):
    answer = client.get(f"/version/{base.generation.version}", headers={"Accept": accept})

    assert (answer.status_code, answer.location) == (303, target)


def test_another_version_is_not_here(base, client):
    answer = client.get("/version/0123456789ab", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert f"this is version {base.generation.version}" in answer.json["detail"]


@pytest.mark.parametrize("address", ["/dump.rdf", "/dump.", "/dump"])
def test_there_is_no_other_dump(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("host", ["a b", 'x"><y', "[::1", "exa\\mple", "a<b>"])
def test_a_host_that_is_none_is_no_failure_of_ours(client, host):
    answer = client.get("/.well-known/void", environ_overrides={"HTTP_HOST": host})

    assert answer.status_code == 400
