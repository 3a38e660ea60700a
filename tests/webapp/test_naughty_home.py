"""Whatever stands in the files of a home: its pages show it as text, and its data are whole."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit
from xml.etree import ElementTree

import bibtexparser
import pyoxigraph as ox
import pytest
from conftest import lay_toy
from markup import Markup
from naughty import LIST, MARK, OURS, listed, some
from werkzeug.exceptions import HTTPException

from kb import BadSource, KnowledgeBase
from kb.corpus.sources import Corpus, triples
from kb.home import Home
from webapp import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CLAIMS = 8  # of a source, each with strings of its own; as many authors, and other labels of a concept
FREE = ("container", "series", "number", "volume", "issue", "pages", "edition", "publisher", "place", "doi", "isbn",
        "issn", "oclc", "summary", "seenIn", "seedReference", "note")  # fmt: skip
LINKS = ["javascript:kbmark()", "data:text/html;base64,PHNjcmlwdD4=", "vbscript:kbmark", 
         "http://kbmark.example/%22%3E%3Ckbmark%3E", "JaVaScRiPt:kbmark()", "file:///etc/kbmark"]  # fmt: skip
BAD_LINKS = ["<kbmark>", '"kbmark', "kb mark", "\x01javascript:kbmark", "kbmark\nkbmark", "{kbmark}", "\\kbmark"]
ODD_LINKS = ["//kbmark.example/", "?kbmark", "http://[kbmark", "http://kbmark:x/"]  # which lead nowhere from elsewhere
LINKED = ("url", "type", "state", "status", "issued", "subjects", "cites", "summaryBasis", "openAccess")
COLLECTED = f"?item=work-0%23c0&item=naughty-0&item=work-1&item={quote(OURS[0])}&note={quote(OURS[5])}"
CELL = "row=naughty-1&column=practice-shared-rules"
WORKS = (".bib", ".ris", ".csl.json", ".txt")
ASKING = {  # addresses that need to be told something
    "/id": "/id?iri=https://w3id.org/partnership-kb/dataset",
    **{f"/map/cell{twin}": f"/map/cell{twin}?{CELL}" for twin in ("", ".json", ".csv", *WORKS)},
    **{f"/map{twin}": f"/map{twin}?rows=naughty&columns=practice&unfold=columns" for twin in ("", ".svg", ".csv")},
    "/compare": "/compare?ids=work-0,work-1",
    "/compare.json": "/compare.json?ids=naughty-0,naughty-1",
    "/compare.csv": "/compare.csv?ids=work-0,work-1",
    "/compare.md": "/compare.md?ids=naughty-0,naughty-1",
    **{f"/compare{twin}": f"/compare{twin}?ids=work-0,work-1" for twin in WORKS},
    **{f"/search{twin}": f"/search{twin}?q=practice+of+shared+rules&mode=words" for twin in WORKS},
}
ASKING |= {f"/list{form}": f"/list{form}{COLLECTED}" for form in ("", ".json", ".csv", ".md", *WORKS)}
MOST = 60  # pages of a kind that are read beside those of the sources and concepts
IN_STEPS = re.compile(r"^[A-Z][A-Z0-9]  - ")
PREFIXES = """
@prefix concept: <https://w3id.org/partnership-kb/concept/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> . @prefix pkb: <https://w3id.org/partnership-kb/ns#> .
@prefix question: <https://w3id.org/partnership-kb/question/> . 
@prefix scheme: <https://w3id.org/partnership-kb/scheme/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def quoted(text: str) -> str:
    """A text as YAML and Turtle both read it."""
    return '"' + "".join(c if c.isalnum() or c == " " else f"\\U{ord(c):08x}" for c in text) + '"'


def source(at: Callable[[int], str], number: int) -> str:
    """A source file whose every text is one of the strings that *at* gives."""
    lines = ["type: article", "state: complete", "status: draft", "issued: 2010", f"title: {at(0)}", "authors:"]
    lines += [f"  - {{family: {at(each)}, given: {at(each + 1)}}}" for each in range(CLAIMS)]
    lines += [f"  - {{literal: {at(CLAIMS)}}}", f"url: {quoted(LINKS[number % len(LINKS)])}"]
    lines += [f"{key}: {at(each)}" for each, key in enumerate(FREE, 10)]
    lines += [f"subjects: [naughty-{number}]", f"treats: [{{concept: naughty-{number}, locator: {at(30)}}}]", "claims:"]
    for each in range(CLAIMS):
        lines += [
            f'  - id: "#c{each}"',
            f"    text: {at(40 + each)}",
            f"    locator: {at(50 + each)}",
            "    basis: text",
        ]
        lines += [f"    about: [naughty-{number}]", f"    note: {at(60 + each)}", f"    seenIn: {at(70 + each)}"]
    lines += ["    supports: ['reed-2001#c1']", "    asserts:"]
    lines += [f"      - {{subject: naughty-{number}, mitigatedBy: practice-shared-rules}}"]
    return "\n".join(lines) + "\n"


def concept(at: Callable[[int], str], number: int) -> str:
    """A concept in Turtle, and a question about it."""
    others = " , ".join(f"{at(each)}@en" for each in range(2, 2 + CLAIMS))
    return f"""
concept:naughty-{number} a skos:Concept ; skos:inScheme scheme:naughty ; skos:topConceptOf scheme:naughty ;
    skos:prefLabel {at(0)}@en , {at(1)}@de ; skos:altLabel {others} ; skos:hiddenLabel {at(11)}@en ;
    skos:definition {at(12)}@en ; skos:scopeNote {at(13)}@en ; skos:exactMatch <{LINKS[number % len(LINKS)]}> .
question:naughty-{number} a pkb:OpenQuestion ; dcterms:subject concept:naughty-{number} ;
    rdfs:label {at(14)}@en ; rdfs:comment {at(15)}@en .
"""


def lay_naughty(home: Path, strings: list[str]) -> list[str]:
    """A toy home with *strings* in every text of new sources and concepts; gives their ids."""
    strings = [text for text in strings if text.strip()]  # a text that is empty is refused by the build
    count = max(-(-len(strings) // CLAIMS), len(LINKS))
    lay_toy(home)
    label, note = quoted(OURS[0]), quoted(OURS[3])
    scheme = f"scheme:naughty a skos:ConceptScheme ; skos:prefLabel {label}@en ; skos:scopeNote {note}@en ."
    turtle = [PREFIXES, scheme]
    for number in range(count):

        def at(place: int, number: int = number) -> str:
            return quoted(strings[(number * CLAIMS + place * 7) % len(strings)])

        (home / "corpus" / f"work-{number}.yaml").write_text(source(at, number), encoding="utf-8")
        turtle.append(concept(at, number))
    (home / "ontology" / "naughty.ttl").write_text("\n".join(turtle), encoding="utf-8")
    return [f"{kind}-{number}" for kind in ("work", "naughty") for number in range(count)]


FOR_CURATORS = ("/curate", "/changes.atom")  # not there without accounts, and without a history


class Reader:
    """One who goes through the pages of a base and their twins, and notes what is wrong."""

    def __init__(self, base: KnowledgeBase, ids: Sequence[str]) -> None:
        self.app = create_app(base)
        self.client, self.ids = self.app.test_client(), ids
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.kinds: Counter[str] = Counter()

    def read_all(self) -> None:
        """Read every address of each of the things, then some of those that links lead to."""
        rules = [rule for rule in self.app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint != "static"]
        plain = [ASKING.get(rule.rule, rule.rule) for rule in rules if not rule.arguments - set(rule.defaults or ())]
        about = [rule.rule for rule in rules if rule.arguments == {"id"}]
        links = [link for rule in plain for link in self.read(rule, rule.startswith(FOR_CURATORS))]
        links += [
            link
            for rule in about
            for id in self.ids
            for link in self.read(re.sub(r"<[^>]*>", quote(id), rule), may_be_missing=True)
        ]
        addresses = self.app.url_map.bind("localhost")
        for link in links:
            try:
                endpoint, _ = addresses.match(unquote(urlsplit(link).path))
            except HTTPException:
                self.wrong.append(f"a link leads nowhere: {link[:100]}")
                continue
            if endpoint not in ("static", "sparql.sparql") and self.kinds[endpoint] < MOST:
                self.kinds[endpoint] += link not in self.seen
                self.read(link)

    def read(self, address: str, may_be_missing: bool = False) -> list[str]:
        """Read what is at an address; gives the local links there."""
        if address in self.seen:
            return []
        self.seen.add(address)
        answer = self.client.get(address, headers=BROWSER)
        allowed = (200, 303, 404) if may_be_missing else (200, 303)
        if answer.status_code not in allowed:
            self.wrong.append(f"{address[:100]}: {answer.status_code}")
        if answer.status_code == 200:
            self.wrong += [
                f"{address[:100]}: {fault}" for fault in faults(answer.mimetype, answer.get_data(as_text=True))
            ]
        if answer.mimetype != "text/html":
            return []
        return [unescape(link) for link in re.findall(r'(?:href|action)="(/[^"#]*)', answer.text)]


def faults(media: str, text: str) -> Iterator[str]:
    """What is wrong with a page or data, for one who reads such data."""
    if media == "text/html":
        page = Markup.of(text)
        yield from page.wrong
        yield from (f"{name} is a name" for name in page.tags | page.attributes if MARK in name)
    elif media.endswith("json"):
        json.loads(text)
    elif media in ("application/xml", "image/svg+xml"):
        ElementTree.fromstring(text)
    elif media != "text/plain" and (rdf := ox.RdfFormat.from_media_type(media)):
        yield from [] if list(ox.parse(text.encode(), format=rdf, base_iri="http://localhost/")) else ["holds nothing"]
    elif media == "application/x-bibtex":
        library = bibtexparser.parse_string(text)
        if len(library.entries) != len(library.blocks) or not library.entries:
            yield f"BibTeX has {len(library.entries)} entries in {len(library.blocks)} blocks"
    elif "research-info-systems" in media:
        yield from (f"no line of RIS: {line[:60]}" for line in text.splitlines() if line and not IN_STEPS.match(line))
    elif media == "text/csv" and len({len(row) for row in csv.reader(io.StringIO(text))}) > 1:
        yield "rows of unequal length"


@pytest.fixture(scope="module")
def built(stub_encoder) -> Iterator[Callable[..., Reader]]:
    """A function that builds a home and gives a reader of it."""
    bases = []

    def build(home: Path, ids: Sequence[str] = ()) -> Reader:
        base = KnowledgeBase(home, encoder=stub_encoder)
        bases.append(base)
        base.build()
        return Reader(base, ids)

    yield build
    for base in bases:
        base.close()


@pytest.fixture(scope="module")
def reader(built, tmp_path_factory) -> Reader:
    home = tmp_path_factory.mktemp("naughty") / "home"
    return built(home, lay_naughty(home, [*OURS, *some(listed(), 40)]))


def test_every_page_and_its_data_are_whole(reader):
    reader.read_all()

    assert len(reader.seen) > 100
    assert reader.wrong == []


@pytest.mark.slow
def test_every_page_and_its_data_are_whole_with_every_string(built, tmp_path):
    if not (strings := listed()):
        pytest.skip(f"no list of naughty strings here: {LIST.name} belongs into {LIST.parent}")
    home = tmp_path / "home"
    reader = built(home, lay_naughty(home, strings))
    reader.read_all()

    assert reader.wrong == []


def test_a_title_and_a_claim_are_shown_as_they_are_written(built, reader):
    for number, id in enumerate(reader.ids[: len(OURS) // CLAIMS]):
        page = Markup.of(reader.client.get(f"/source/{id}", headers=BROWSER).text).text
        title = OURS[number * CLAIMS]

        assert " ".join(title.split()) in " ".join(page.split())


def test_what_is_found_is_whole_too(reader):
    for text in [*OURS, "power", "kbmark"]:
        for address in ("/search", "/search.json", "/complete"):
            answer = reader.client.get(address, query_string={"q": text}, headers=BROWSER)

            assert (answer.status_code, list(faults(answer.mimetype, answer.text))) == (200, [])


@pytest.mark.parametrize("format", ["json", "xml", "tsv"])
def test_rows_of_a_query_are_whole(reader, format):
    query = 'SELECT ?s ?o { ?s ?p ?o FILTER(ISLITERAL(?o) && CONTAINS(STR(?s), "naughty")) }'
    page = reader.client.get("/sparql", query_string={"query": query}, headers=BROWSER)
    rows = reader.client.get("/sparql", query_string={"query": query, "format": format})
    results = ox.parse_query_results(rows.data, format=ox.QueryResultsFormat.from_media_type(rows.mimetype))

    assert list(faults(page.mimetype, page.text)) == []
    assert len(list(results)) > 50


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json", "application/trig"])
def test_a_graph_of_a_query_is_whole(reader, accept):
    query = "CONSTRUCT WHERE { ?s a <https://w3id.org/partnership-kb/ns#Claim> ; ?p ?o }"
    answer = reader.client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})

    assert list(faults(answer.mimetype, answer.get_data(as_text=True))) == []


def test_a_link_that_is_none_is_refused_by_the_build_or_shown_as_text(toy, built):
    template, context, number = (toy / "corpus" / "tarn-1987.yaml").read_text(encoding="utf-8"), Home(toy).context(), 0
    for key in LINKED:
        lines = [line for line in template.splitlines() if not line.startswith((f"{key}:", "openAccess:"))]
        lines += ["openAccess: yes"] if key != "openAccess" else []  # then the address stands in a header too
        for text in [*BAD_LINKS, *LINKS, *ODD_LINKS] if key == "url" else [BAD_LINKS[0], LINKS[0], *ODD_LINKS]:
            file = toy / "corpus" / f"linked-{(number := number + 1)}.yaml"
            value = f"[{quoted(text)}]" if key in ("subjects", "cites") else quoted(text)
            file.write_text("\n".join([*lines, f"{key}: {value}", ""]), encoding="utf-8")
            try:
                triples(Corpus(toy / "corpus")[file.stem], context)
            except BadSource:
                file.unlink()
    reader = built(toy)
    for file in (toy / "corpus").glob("linked-*.yaml"):
        reader.read(f"/source/{file.stem}")
        reader.read(f"/source/{file.stem}.json")
    reader.read("/sources")

    assert len(reader.seen) > number
    assert reader.wrong == []
