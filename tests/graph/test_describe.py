"""The data set, the endpoint and the examples say of themselves what is so, in terms that exist."""

from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, SDO, SH, VOID, XSD

from kb.graph.describe import (
    DUMPS,
    EXECUTABLES,
    FORMATS,
    GRAPHS_LISTED,
    PREFIXES,
    Addresses,
    edition,
    examples,
    graphs,
    partitions,
    serialise,
)
from kb.graph.examples import Example
from kb.graph.query import FORMS, GRAPH_FORMATS, ROW_FORMATS, read
from kb.graph.store import Store
from kb.graph.writing import write
from kb.terms import DATASET, PKB, VERSION

SITE = "http://127.0.0.1:5000"
AT = Addresses(
    f"{SITE}/sparql",
    f"{SITE}/dataset",
    f"{SITE}/.well-known/void",
    f"{SITE}/.well-known/sparql-examples",
    {format: f"{SITE}/dump.{format}" for format in DUMPS},
)
THIS, ENDPOINT = URIRef(DATASET), URIRef(AT.endpoint)
SD, W3C = Namespace(PREFIXES["sd"]), "http://www.w3.org/ns/formats/"
VERSIONS = {"version", "hasVersion", "hasCurrentVersion", "isVersionOf"}  # new in DCAT 3; rdflib has those of DCAT 2
# What stands in no named graph reads in TriG as in Turtle, and in N-Quads as in N-Triples.
READ = {"turtle": "turtle", "ntriples": "nt", "trig": "turtle", "nquads": "nt", "rdfxml": "xml", "jsonld": "json-ld"}
KNOWN = {str(each._NS): {*each.__annotations__} for each in (DCAT, DCTERMS, FOAF, OWL, RDF, RDFS, SDO, SH, VOID)}
KNOWN[str(DCAT._NS)] |= VERSIONS
KNOWN[str(VOID._NS)] |= {"class"}  # which rdflib keeps apart, since it is a word of Python
KNOWN[str(SD)] = {
    "Service", "Dataset", "Graph", "NamedGraph", "Feature", "endpoint", "supportedLanguage", "SPARQL11Query", "feature",
    "languageExtension", "UnionDefaultGraph", "defaultEntailmentRegime", "availableGraphs", "defaultDataset",
    "defaultGraph", "namedGraph", "name", "graph", "resultFormat",
}  # fmt: skip
SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix void: <http://rdfs.org/ns/void#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix e: <http://example.org/> .
e:Dataset a sh:NodeShape ; sh:targetNode <https://w3id.org/partnership-kb/dataset> ;
  sh:property [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] ,
    [ sh:path dcterms:title ; sh:minCount 1 ; sh:uniqueLang true ] ,
    [ sh:path dcat:hasCurrentVersion ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path dcat:distribution ; sh:minCount 4 ; sh:class dcat:Distribution ] ,
    [ sh:path void:dataDump ; sh:minCount 3 ; sh:nodeKind sh:IRI ] ,
    [ sh:path void:classPartition ; sh:minCount 1 ; sh:node e:Class ] ,
    [ sh:path void:propertyPartition ; sh:minCount 1 ; sh:node e:Property ] .
e:Class a sh:NodeShape ; sh:property [ sh:path void:class ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path void:entities ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] ,
    [ sh:path void:propertyPartition ; sh:minCount 1 ] .
e:Property a sh:NodeShape ; sh:property [ sh:path void:property ; sh:minCount 1 ; sh:maxCount 1 ; sh:nodeKind sh:IRI ] ,
    [ sh:path void:triples ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ] .
"""


def told(base, kind) -> Graph:
    return Graph().parse(data=base.generation.description(kind, AT), format="turtle")


def dcat(term: str) -> URIRef:
    return URIRef(str(DCAT._NS) + term)


def counted(store: Store, query: str) -> dict[str, int]:
    return {row["of"]: int(row["n"]) for row in store.rows(query)}


def counts(graph: Graph, partition: URIRef, of: URIRef, number: URIRef) -> dict[str, int]:
    found = graph.objects(THIS, partition)
    return {str(graph.value(part, of)): graph.value(part, number).toPython() for part in found}


def test_void_has_the_counts_that_queries_give(base):
    store, void = base.generation.store, told(base, "void")
    classes = "SELECT ?of (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?of FILTER(isIRI(?of)) } GROUP BY ?of"
    properties = "SELECT ?of (COUNT(*) AS ?n) WHERE { ?s ?of ?o } GROUP BY ?of"

    assert void.value(THIS, VOID.triples).toPython() == len(store)
    assert counts(void, VOID.classPartition, VOID["class"], VOID.entities) == counted(store, classes)
    assert counts(void, VOID.propertyPartition, VOID.property, VOID.triples) == counted(store, properties)
    assert void.value(THIS, VOID.classes).toPython() == len(counted(store, classes))
    assert void.value(THIS, VOID.properties).toPython() == len(counted(store, properties))


@pytest.mark.parametrize(("term", "variable"), [("distinctSubjects", "?s"), ("distinctObjects", "?o")])
def test_void_counts_things_once(base, term, variable):
    rows = base.generation.store.rows(f"SELECT (COUNT(DISTINCT {variable}) AS ?n) WHERE {{ ?s ?p ?o }}")

    assert told(base, "void").value(THIS, VOID[term]).toPython() == int(rows[0]["n"])


def test_void_tells_which_properties_the_members_of_a_class_have(base):
    void = told(base, "void")
    claims = next(part for part in void.subjects(VOID["class"], URIRef(PKB + "Claim")))
    query = f"SELECT ?of (COUNT(*) AS ?n) WHERE {{ ?s a <{PKB}Claim> ; ?of ?o }} GROUP BY ?of"

    parts = void.objects(claims, VOID.propertyPartition)
    uses = {str(void.value(part, VOID.property)): void.value(part, VOID.triples).toPython() for part in parts}
    assert uses == counted(base.generation.store, query)


def test_the_entities_are_those_of_our_own(base):
    void = told(base, "void")
    space = str(void.value(THIS, VOID.uriSpace))
    rows = base.generation.store.rows("SELECT DISTINCT ?s WHERE { ?s a ?class FILTER(isIRI(?s)) }")

    assert void.value(THIS, VOID.entities).toPython() == sum(row["s"].startswith(space) for row in rows) > 0
    assert {str(example).startswith(space) for example in void.objects(THIS, VOID.exampleResource)} == {True}


def test_the_description_has_the_shape_of_void_and_dcat(base):
    conforms, _, words = pyshacl.validate(told(base, "void"), shacl_graph=Graph().parse(data=SHAPES, format="turtle"))

    assert conforms, words


def test_the_version_is_a_thing_that_can_be_cited(base):
    void, now = told(base, "void"), base.generation
    version = URIRef(VERSION + now.version)

    assert void.value(THIS, dcat("hasVersion")) == void.value(THIS, dcat("hasCurrentVersion")) == version
    assert void.value(version, dcat("isVersionOf")) == THIS
    assert str(void.value(version, dcat("version"))) == str(void.value(THIS, OWL.versionInfo)) == now.version
    assert str(void.value(version, DCTERMS.issued)) == str(void.value(THIS, DCTERMS.modified)) == now.date
    state = f"(Version {now.version}, {now.date}) [Data set]. (2026). {version}"
    assert now.edition.citation == f"Two towns and a mill {state}"


@pytest.mark.real
def test_the_real_data_set_has_a_licence_a_creator_and_keywords(real_base):
    void, edition = told(real_base, "void"), real_base.generation.edition

    assert str(void.value(THIS, DCTERMS.license)) == edition.license == "https://creativecommons.org/licenses/by/4.0/"
    assert str(void.value(void.value(THIS, DCTERMS.creator), FOAF.name)) == edition.creators == "Founding editors"
    assert Literal("Barrier", "en") in set(void.objects(THIS, DCAT.keyword))


def test_the_service_tells_its_formats_and_graphs(base):
    service, store = told(base, "service"), base.generation.store
    names = {row["g"] for row in store.rows("SELECT ?g WHERE { GRAPH ?g {} }")}

    data = service.value(ENDPOINT, SD.defaultDataset)
    listed = {str(service.value(graph, SD.name)): graph for graph in service.objects(data, SD.namedGraph)}
    assert service.value(ENDPOINT, SD.endpoint) == ENDPOINT
    assert {str(each) for each in service.objects(ENDPOINT, SD.resultFormat)} == {
        W3C + each for each in FORMATS.values()
    }
    assert FORMATS.keys() == ROW_FORMATS.keys() | GRAPH_FORMATS.keys()
    assert listed.keys() == names
    assert service.value(service.value(data, SD.defaultGraph), VOID.triples).toPython() == len(store)
    for name, graph in listed.items():
        size = len(list(store.graph(name)))
        assert service.value(service.value(graph, SD.graph), VOID.triples).toPython() == size


def test_many_graphs_are_counted_and_not_listed(tmp_path):
    import pyoxigraph as ox

    x, names = ox.NamedNode("http://example.org/x"), [f"http://example.org/g{n}" for n in range(GRAPHS_LISTED + 1)]
    many = {name: [ox.Quad(x, x, ox.Literal(name), ox.NamedNode(name))] for name in names}
    write(tmp_path / "store", None, many)
    service = Graph().parse(data=serialise(graphs(Store(tmp_path / "store")), "turtle"), format="turtle")

    assert list(service.objects(None, SD.namedGraph)) == []
    assert str(service.value(THIS, RDFS.comment)).startswith("1,001 named graphs")


def test_an_empty_store_is_described_too(tmp_path):
    write(tmp_path / "store", None, {})
    store = Store(tmp_path / "store")

    assert Graph().parse(data=serialise(partitions(store), "turtle")).value(THIS, VOID.triples).toPython() == 0
    assert edition(store, "0a", "", "Mills").citation == f"Mills (Version 0a) [Data set]. (n.d.). {VERSION}0a"


@pytest.mark.parametrize("kind", ["void", "service", "examples"])
def test_each_term_exists(base, kind):
    graph = told(base, kind)
    terms = {str(p) for p in graph.predicates()} | {str(o) for o in graph.objects(None, RDF.type)}
    terms |= {str(o) for o in graph.objects() if str(o).startswith(str(SD))}

    for term in terms - {PREFIXES["spex"] + "describe", PREFIXES["prov"] + "Agent"}:
        space, sign, name = term.rpartition("#") if "#" in term else term.rpartition("/")
        assert name in KNOWN[space + sign], term


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # which rdflib's own JSON-LD reader uses
@pytest.mark.parametrize("format", GRAPH_FORMATS)
def test_each_format_says_the_same(base, format):
    expected = told(base, "void")
    read = Graph().parse(data=base.generation.description("void", AT, format), format=READ[format])

    assert set(read) == set(expected)


def test_each_example_is_an_executable_with_its_very_text(base):
    shacl, found = told(base, "examples"), base.generation.examples

    assert len(set(shacl.subjects(RDF.type, SH.SPARQLExecutable))) == len(found) > 0
    for example in found:
        this = URIRef(f"{AT.examples}#{example.id}")
        kind, text = (URIRef(iri) for iri in EXECUTABLES[read(example.text).form])
        assert str(shacl.value(this, text)) == example.text
        assert set(shacl.objects(this, RDF.type)) == {SH.SPARQLExecutable, kind}
        assert shacl.value(this, RDFS.comment) == Literal(example.title, "en")
        assert {str(word) for word in shacl.objects(this, SDO.keywords)} == set(example.keywords)
        assert shacl.value(this, SDO.target) == ENDPOINT


@pytest.mark.parametrize("form_", FORMS)
def test_the_prefixes_of_examples_are_declared(form_):
    text = f"PREFIX e: <http://example.org/>\n{form_.upper()} " + {"select": "* ", "construct": "WHERE "}.get(form_, "")
    shacl = Graph().parse(
        data=serialise(examples([Example("1-x", "What?", ("a",), text + "{ ?s e:p ?o }")], AT), "turtle")
    )

    this = URIRef(AT.examples + "#1-x")
    declared = [shacl.value(one, SH.namespace) for one in shacl.objects(shacl.value(this, SH.prefixes), SH.declare)]
    assert declared == [Literal("http://example.org/", datatype=XSD.anyURI)]
    assert str(shacl.value(this, URIRef(EXECUTABLES[form_][1]))).startswith("PREFIX e:")


def test_the_queries_speak_of_the_data_set_by_its_iri():
    folder = Path(__file__).parents[2] / "kb" / "graph"
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("*.rq")]

    assert {text.split("PREFIX dataset: ")[1].split()[0] for text in texts if "dataset:" in text} == {f"<{DATASET}>"}
