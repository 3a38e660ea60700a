"""Found by others' tools: IRIs that lead somewhere, and twins of pages."""

import csv
import gzip
import html
import io
import json
import re
from pathlib import Path

import pytest
from heads import BROWSER, READERS, SPACE, Head, graph_of, head, links
from rdflib import RDF, Graph, URIRef
from rdflib.compare import isomorphic

from kb import BadQuery, KBError, KnowledgeBase
from kb.graph.readable import Tree
from webapp import create_app
from webapp.twins import GRAPHS, REFERENCES, TWINS

# rdflib's reader of JSON-LD uses a class of its own that it warns of.
pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")

RDF_TYPES = {"text/turtle": ".ttl", "application/ld+json": ".jsonld", "application/n-triples": ".nt",
             "application/rdf+xml": ".rdf"}  # fmt: skip
THINGS = {  # the path of an IRI: the page it leads to, and the data
    "concept/barrier-distance": ("/concept/barrier-distance", "/concept/barrier-distance.ttl"),
    "source/reed-2001": ("/source/reed-2001", "/source/reed-2001.ttl"),
    "source/reed-2001#c1": ("/source/reed-2001#c1", "/source/reed-2001.ttl"),
    "scheme/barrier": ("/concepts#barrier", "/concepts.ttl"),
    "question/open-toll": ("/concept/barrier-distance", "/concept/barrier-distance.ttl"),
    "ns": ("/ontology", "/ontology.ttl"),
    "ns#": ("/ontology", "/ontology.ttl"),
    "ns#mitigatedBy": ("/ontology#pkb:mitigatedBy", "/ontology.ttl"),
    "asserted#mitigatedBy": ("/ontology#asserted:mitigatedBy", "/ontology.ttl"),
    "graph/ontology": ("/ontology", "/ontology.ttl"),
    "graph/derived": ("/dataset", "/.well-known/void"),
    "dataset": ("/dataset", "/.well-known/void"),
}
HOSTILE = """</script><script>alert(1)</script><!-- "quoted" & ]]> <b>"""
ODD = ["a.ttl", "a/b.jsonld", "q#1", "q?a=b", "a%2Fb", "é~(1)", "x.json", "a//b", "q&a,b;c"]


@pytest.fixture
def odd(toy: Path, stub_encoder):
    """A home with ids of concepts that are hard on addresses, and texts that are hard on pages."""
    source = toy / "corpus" / "reed-2001.yaml"
    (toy / "corpus" / "hostile.yaml").write_text(
        re.sub("title: .*", f"title: {json.dumps(HOSTILE)}", source.read_text())
    )
    more = (
        f"<{SPACE}concept/{id}> a skos:Concept ; skos:prefLabel 'Odd {number}'@en ;"
        f" skos:exactMatch <https://example.org/{number}> ; skos:definition {json.dumps(HOSTILE)}@en ."
        for number, id in enumerate(["a", *ODD])
    )
    with (toy / "ontology" / "toy.ttl").open("a") as file:
        file.write("\n".join(more))
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


# IRIs


@pytest.mark.parametrize("by", ["path", "query"])
@pytest.mark.parametrize("path", THINGS)
def test_an_iri_leads_to_the_page_or_to_the_data(client, path, by):
    if by == "path" and "#" in path:
        pytest.skip("what stands behind # is never sent")
    address = f"/id/{path}" if by == "path" else "/id?iri=" + (SPACE + path).replace("#", "%23")
    page = client.get(address, headers=BROWSER)
    data = client.get(address, headers={"Accept": "text/turtle, */*;q=0.1"})
    anything = client.get(address, headers={"Accept": "*/*"})

    assert (page.status_code, page.location) == (303, THINGS[path][0])
    assert (data.status_code, data.location) == (303, THINGS[path][1])
    assert anything.location == page.location
    assert "Accept" in page.headers["Vary"] and "Accept" in data.headers["Vary"]
    assert client.get(data.location, headers={"Accept": "text/turtle"}).mimetype == "text/turtle"
    assert client.get(page.location, headers=BROWSER).status_code == 200


@pytest.mark.parametrize(("media", "suffix"), [*RDF_TYPES.items(), ("application/json", ".json")])
@pytest.mark.parametrize("thing", ["concept/barrier-distance", "source/reed-2001"])
def test_each_form_is_to_be_had_by_its_media_type(client, thing, media, suffix):
    answer = client.get(f"/id/{thing}", headers={"Accept": f"{media};q=0.9, text/html;q=0.5"})

    assert answer.location == f"/{thing}{suffix}"
    assert client.get(answer.location).mimetype == media


def test_a_form_that_there_is_not_is_refused_with_those_there_are(client):
    answer = client.get("/id/source/reed-2001", headers={"Accept": "image/png"})

    assert answer.status_code == 406 and answer.mimetype == "application/problem+json"
    assert "text/turtle" in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "meant"),
    [("concept/barier-distance", "barrier-distance"), ("source/reed-2000", "reed-2001"), ("scheme/barier", "barrier"),
     ("ns#mitigatdBy", "pkb:mitigatedBy"), ("source/reed-2001#c8", "#c2"), ("question/open-tol", "open-toll"),
     ("no/such", ""), ("concept/", "")],
)  # fmt: skip
@pytest.mark.parametrize("accept", ["text/html", "text/turtle"])
def test_an_unknown_iri_is_not_found_and_the_near_one_is_told(client, path, meant, accept):
    answer = client.get("/id", query_string={"iri": SPACE + path}, headers={"Accept": accept})

    assert answer.status_code == 404
    assert meant in html.unescape(answer.text) and "Link" not in answer.headers
    assert answer.mimetype == ("text/html" if accept == "text/html" else "application/problem+json")


@pytest.mark.parametrize("iri", ["", "x y", "<>", "'); DROP", "http://e/> } #", "\x00", "‮", "a" * 5000])
def test_what_is_no_iri_is_told_so(client, iri):
    assert client.get("/id", query_string={"iri": iri}).status_code in (400, 404)
    assert client.get("/id/" + iri.replace("#", "%23").strip()).status_code in (400, 404, 308)


def test_an_iri_that_is_only_mentioned_leads_to_a_query_for_what_is_said_with_it(client):
    answer = client.get("/id/curator/toy")
    found = client.get(answer.location, headers={"Accept": "text/turtle"})

    assert answer.status_code == 303
    triples = Graph().parse(data=found.data, format="turtle")
    assert {str(o) for o in triples.objects()} == {SPACE + "curator/toy"} and len(triples) == 8
    assert client.get(answer.location, headers=BROWSER).status_code == 200


def test_a_version_leads_where_versions_lead(client, base):
    assert client.get(f"/id/version/{base.generation.version}").location == f"/version/{base.generation.version}"


# Pages and twins


@pytest.mark.parametrize("media", RDF_TYPES)
@pytest.mark.parametrize("page", ["/concept/barrier-distance", "/source/reed-2001", "/concepts", "/ontology"])
def test_who_asks_a_page_for_rdf_is_led_to_its_twin(client, page, media):
    answer = client.get(page, headers={"Accept": f"{media}, text/html;q=0.2"})

    assert (answer.status_code, answer.location) == (303, page + RDF_TYPES[media])
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert client.head(page, headers={"Accept": media}).status_code == 303


@pytest.mark.parametrize(
    ("page", "media", "suffix"),
    [("/sources", "text/csv", ".csv"), ("/concepts", "text/csv", ".csv"),
     ("/source/reed-2001", "application/x-bibtex", ".bib"), ("/sources", "application/x-bibtex", ".bib")],
)  # fmt: skip
def test_other_forms_are_led_to_as_well(client, page, media, suffix):
    answer = client.get(page, headers={"Accept": media})

    assert (answer.status_code, answer.location) == (303, page + suffix)
    assert client.get(answer.location).mimetype == media


@pytest.mark.parametrize("accept", ["text/html", "application/json", "*/*", "image/png", BROWSER["Accept"]])
def test_the_page_itself_answers_all_others(client, accept):
    assert client.get("/source/reed-2001", headers={"Accept": accept}).status_code == 200
    assert client.get("/concept/no-such", headers={"Accept": accept}).status_code == 404


@pytest.mark.parametrize("address", ["/concept/no-such.ttl", "/source/no-such.jsonld", "/source/no-such.bib"])
def test_a_twin_of_what_is_not_there_is_not_found(client, address):
    for method in (client.get, client.head):
        answer = method(address)

        assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert client.get(address.rpartition(".")[0], headers={"Accept": "text/turtle"}).status_code == 404


@pytest.mark.parametrize("suffix", READERS)
@pytest.mark.parametrize("id", ["reed-2001", "marlow-quist-2012", "sandhill-1998", "testwell-2010"])
def test_the_rdf_of_a_source_is_its_named_graph(client, base, id, suffix):
    triples = graph_of(client.get(f"/source/{id}{suffix}"), suffix)
    stored = b"".join(f"{quad.triple} .\n".encode() for quad in base.generation.store.graph(f"{SPACE}source/{id}"))

    assert len(triples) > 10
    assert isomorphic(triples, Graph().parse(data=stored, format="nt"))


@pytest.mark.parametrize("suffix", READERS)
def test_the_rdf_of_a_concept_has_its_description_its_claims_and_their_relations(client, suffix):
    triples = graph_of(client.get(f"/concept/barrier-power-imbalance{suffix}"), suffix)
    query = """
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
        PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        PREFIX asserted: <https://w3id.org/partnership-kb/asserted#>
        SELECT ?claim {
          BIND(<https://w3id.org/partnership-kb/concept/barrier-power-imbalance> AS ?this)
          ?this a skos:Concept ; skos:narrower/skos:prefLabel ?label ; pkb:mitigatedBy ?practice .
          ?claim dcterms:subject ?this ; dcterms:description ?text ; pkb:statedIn/dcterms:title ?title ;
            pkb:asserts [ rdf:subject ?this ; asserted:mitigatedBy ?practice ] }"""

    assert {str(row.claim) for row in triples.query(query)} == {SPACE + "source/testwell-2010#c1"}
    assert len(set(triples.subjects(RDF.type, URIRef(SPACE + "ns#Claim")))) == 3


def test_a_practice_tells_what_it_is_good_for_and_a_concept_what_is_not_known(client):
    practice = graph_of(client.get("/concept/practice-co-decision-making.nt"), ".nt")
    distance = graph_of(client.get("/concept/barrier-distance.nt"), ".nt")

    assert (None, URIRef(SPACE + "ns#mitigatedBy"), URIRef(SPACE + "concept/practice-co-decision-making")) in practice
    assert (URIRef(SPACE + "question/open-toll"), None, None) in distance


@pytest.mark.parametrize("page", ["/concepts", "/ontology"])
def test_all_formats_tell_the_same(client, page):
    graphs = [graph_of(client.get(page + suffix), suffix) for suffix in READERS]

    assert all(isomorphic(graphs[0], other) for other in graphs[1:])
    assert len(set(graphs[0].subjects(RDF.type, URIRef("http://www.w3.org/2004/02/skos/core#Concept")))) == 8


def test_json_ld_is_compact_and_turtle_is_short(client):
    data, text = client.get("/source/testwell-2010.jsonld").json, client.get("/source/testwell-2010.ttl").text

    first = data["@graph"][0]
    assert first["@id"] == "source:testwell-2010" and "pkb:Source" in first["@type"]
    assert first["bibo:authorList"] == {"@list": [{"foaf:familyName": "Testwell", "foaf:givenName": "T."}]}
    assert "concept" in data["@context"] and "owl" not in data["@context"]
    assert re.search(r"^source:testwell-2010 a ", text, re.M) and "_:" not in text


def test_a_long_list_is_written_in_the_time_of_a_long_one_not_of_a_long_one_squared():
    import pyoxigraph as ox

    text = (
        f"<http://e/a> <http://e/b> ({' 1' * 9_000}) . _:x <http://e/in> _:y . _:y <http://e/in> _:x ; <http://e/c> []."
    )
    tree = Tree([quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)], {})

    assert len(Graph().parse(data=tree.turtle(), format="turtle")) == 2 * 9_000 + 1 + 3


def test_blank_nodes_are_nested_only_where_that_says_the_same():
    text = """PREFIX : <http://e/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
        :a :b _:shared, ( 1 "é\\n\\"q\\""@en [ :c () ] ), :o ; :d _:shared . _:x :y _:z . _:z :y _:x .
        _:top :c [ :d [ :e true, "t"^^:own ] ] . :f :g _:l . _:l rdf:first 1, 2 ; rdf:rest () .
        :h :i _:m . _:m rdf:first 1 ; rdf:rest _:m2 . _:m2 rdf:first 2 ; rdf:rest () . :j :k _:m2 .
        <http://e/a.b.> :d <http://e/#x>, <http://e/-> , <urn:x> ; a _:kind . _:kind :d :e ."""
    import pyoxigraph as ox

    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    whole = Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    for prefixes in ({}, {"e": "http://e/", "": "http://e/"}, {"x": "http://e/", "rdf": str(RDF)}):
        tree = Tree(triples, prefixes)

        assert isomorphic(Graph().parse(data=tree.turtle(), format="turtle"), whole)
        if "" not in prefixes:  # which JSON-LD does not have
            assert isomorphic(Graph().parse(data=tree.jsonld(), format="json-ld"), whole)


def test_the_lists_are_tables(client, base):
    sources = list(csv.DictReader(io.StringIO(client.get("/sources.csv").text)))
    concepts = list(csv.DictReader(io.StringIO(client.get("/concepts.csv").text)))
    german = list(csv.DictReader(io.StringIO(client.get("/concepts.csv?lang=de").text)))
    hits = list(csv.DictReader(io.StringIO(client.get("/search.csv?q=who+pays&limit=3&kind=claim").text)))

    assert [row["id"] for row in sources] == [source.id for source in base.sources().sources]
    assert sources[0]["title"] == "Two towns and a mill" and sources[0]["doi"] == "10.5555/toy.2012.5"
    assert {row["id"]: row["claims"] for row in concepts}["barrier-power-imbalance"] == "3"
    assert "Machtgefälle" in {row["label"] for row in german}
    found = base.search("who pays", limit=3, kind="claim").hits
    assert [(row["id"], float(row["score"])) for row in hits] == [(hit.id, hit.score) for hit in found]


def test_a_list_that_was_narrowed_has_narrowed_twins(client):
    page = client.get("/sources?type=book", headers=BROWSER)
    led = client.get("/sources?type=book", headers={"Accept": "application/x-bibtex"})

    assert ("/sources.csv?type=book", "alternate", "text/csv") in links(page)
    assert led.location == "/sources.bib?type=book"
    assert client.get(led.location).text.startswith("@book{reed-2001,")
    assert client.get("/sources.csv?type=book").text.count("\r\n") == 2


def test_all_references_come_in_one_file(client, base):
    answer = client.get("/sources.bib")

    assert answer.text == base.cite([source.id for source in base.sources().sources], style="bibtex")
    assert answer.headers["Content-Disposition"] == "attachment; filename=sources.bib"


@pytest.mark.parametrize("twin", REFERENCES[1:])
@pytest.mark.parametrize(("page", "ids"), [("/source/reed-2001", ["reed-2001"]), ("/sources", None)])
def test_other_reference_managers_find_their_format(client, base, page, ids, twin):
    try:
        expected = base.cite(ids or [source.id for source in base.sources().sources], style=twin.style)
    except BadQuery:
        pytest.skip(f"no style {twin.style} yet")
    answer = client.get(page + twin.suffix)

    assert (answer.text, answer.mimetype) == (expected, twin.media)
    assert client.get(page, headers={"Accept": twin.media}).location == page + twin.suffix


@pytest.mark.parametrize("address", ["/source/reed-2001.ttl", "/concept/barrier-distance.jsonld", "/concepts.nt",
                                     "/ontology.rdf", "/sources.csv", "/sources.bib", "/concepts.csv"])  # fmt: skip
def test_data_may_be_read_by_any_page_and_are_sent_once_and_small(client, address):
    answer = client.get(address)
    known = client.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    zipped = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert answer.status_code == 200 and answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (known.status_code, known.data) == (304, b"")
    assert (gzip.decompress(zipped.data) if "Content-Encoding" in zipped.headers else zipped.data) == answer.data
    empty = client.head(address)
    assert (empty.status_code, empty.data, empty.mimetype) == (200, b"", answer.mimetype)
    assert empty.headers["Link"] == answer.headers["Link"]


@pytest.mark.parametrize(
    "address", ["/source/reed-2001.json", "/sources.json", "/source/reed-2001.bib", "/search.csv?q=a"]
)
def test_so_may_the_twins_that_others_answer(client, address):
    assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"


# Ids


def test_an_id_may_end_like_a_twin(odd):
    client = create_app(odd).test_client()
    page = client.get("/concept/a.ttl", headers=BROWSER)
    data = client.get("/concept/a.ttl", headers={"Accept": "text/turtle"})

    assert page.mimetype == "text/html" and "<h1>Odd 1</h1>" in page.text
    assert data.location == "/concept/a.ttl.ttl"
    assert "concept:a.ttl a skos:Concept" in client.get(data.location).text
    assert client.get("/concept/x.json", headers=BROWSER).json["id"] == "x.json"


def test_a_twin_whose_address_is_another_thing_is_not_offered(odd):
    client = create_app(odd).test_client()
    found = {address for address, _, _ in links(client.get("/concept/a", headers=BROWSER))}

    assert "/concept/a.jsonld" in found and "/concept/a.ttl" not in found
    assert client.get("/concept/a", headers={"Accept": "text/turtle"}).mimetype == "text/html"
    assert client.get("/concept/a", headers={"Accept": "text/turtle, */*;q=0.1"}).status_code == 200


@pytest.mark.parametrize("id", ODD)
def test_an_id_may_have_any_sign(odd, id):
    client, iri = create_app(odd).test_client(), f"{SPACE}concept/{id}"
    found = client.get("/id", query_string={"iri": iri}, headers={"Accept": "application/n-triples"})
    twin = client.get(found.location)
    page = client.get(found.location.removesuffix(".nt"), headers={"Accept": "text/html"})

    assert found.status_code == 303 and found.location.isascii()
    assert f"<{iri}>" in twin.text and (None, None, None) in graph_of(twin, ".nt")
    assert (found.location, "alternate", "application/n-triples") in links(page)
    assert id == "x.json" or Head(page.text).data()["@id"] == iri


def test_a_hostile_text_stays_text(odd):
    client = create_app(odd).test_client()
    for address, field, tag in (
        ("/source/hostile", "name", "citation_title"),
        ("/concept/a", "description", "description"),
    ):
        page = client.get(address, headers=BROWSER).text

        assert "<script>alert" not in page and "<!--" not in page and "]]> <b>" not in page
        assert page.count("</script>") == page.count("<script")
        assert Head(page).data()[field] == HOSTILE and Head(page).all(tag) == [HOSTILE]


def test_a_concept_names_its_scheme_and_its_like_elsewhere(odd, client):
    data = head(client, "/concept/barrier-distance").data()
    other = head(create_app(odd).test_client(), "/concept/a").data()

    assert data["inDefinedTermSet"]["@id"] == SPACE + "scheme/barrier"
    assert other["sameAs"] == ["https://example.org/0"]


# The real corpus


@pytest.mark.real
def test_all_twins_of_the_corpus_can_be_read(real_base):
    client = create_app(real_base).test_client()
    ids = real_base.generation.records.ids()[::25]
    pages = [*(f"/source/{id}" for id in ids), "/concept/barrier-power-imbalance", "/concept/practice-trust-building"]

    for page in pages:
        graphs = [graph_of(client.get(page + suffix), suffix) for suffix in (".ttl", ".jsonld", ".nt")]
        assert len({len(graph) for graph in graphs}) == 1 and len(graphs[0]) > 3, page
    schemes = graph_of(client.get("/concepts.ttl"), ".ttl")
    assert len(schemes) == len(graph_of(client.get("/concepts.jsonld"), ".jsonld"))


# The browser and the program over the network


@pytest.mark.browser
def test_rdflib_reads_a_page_as_a_graph(site):
    assert len(Graph().parse(site + "source/reed-2001")) > 10
    assert len(Graph().parse(site + "id/concept/barrier-distance", format="json-ld")) > 10


def test_each_twin_has_one_address_and_one_type():
    for page, forms in TWINS.items():
        assert len({twin.suffix for twin in forms}) == len({twin.media for twin in forms}) == len(forms), page
    assert {twin.format for twin in GRAPHS} == {"turtle", "jsonld", "ntriples", "rdfxml"}


def test_a_base_describes_by_kind_and_id(base):
    assert b"skos:Concept" in base.describe("concept", "barrier-distance")
    assert base.has("source", "reed-2001") and not base.has("source", "barrier-distance")
    with pytest.raises(KBError, match="did you mean 'barrier-distance'"):
        base.describe("concept", "barier-distance")
    with pytest.raises(BadQuery, match="no format 'xml'"):
        base.describe("concepts", format="xml")
    with pytest.raises(BadQuery, match="no kind 'work'"):
        base.describe("work", "x")


@pytest.mark.parametrize(
    ("address", "works"),
    [
        ("/concept/barrier-power-imbalance", lambda base: base.works.about("barrier-power-imbalance")),
        ("/author/testwell-t", lambda base: ["testwell-2010"]),
    ],
)
def test_the_works_of_a_page_come_for_reference_managers(client, base, address, works):
    for suffix, style in ((".bib", "bibtex"), (".ris", "ris"), (".csl.json", "csl-json")):
        answer = client.get(address + suffix)

        assert answer.text == base.cite(works(base), style=style)
        assert f"filename={address.rpartition('/')[2]}{suffix}" in answer.headers["Content-Disposition"]


def test_an_unknown_author_has_no_works_to_take_along(client):
    assert client.get("/author/nobody.bib").status_code == 404


def test_an_iri_with_a_suffix_leads_to_that_twin(client):
    for suffix in (".ttl", ".json", ".jsonld"):
        answer = client.get(f"/id/concept/barrier-distance{suffix}", headers={"Accept": "text/html"})

        assert (answer.status_code, answer.headers["Location"]) == (303, f"/concept/barrier-distance{suffix}")
    assert client.get("/id/source/reed-2001.bib").headers["Location"] == "/source/reed-2001.bib"
    assert client.get("/id/concept/nothing.ttl").status_code == 404
