"""Every page is a query: what stands beside a list as its SPARQL gives, over HTTP, the rows that the page shows."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from kb.graph import query
from webapp import create_app

ROOT = Path(__file__).parents[2]
QUERIES = {path.stem: path.read_text(encoding="utf-8") for path in sorted((ROOT / "ontology/queries").glob("*.rq"))}
TITLES = {text.partition("\n")[0]: name for name, text in QUERIES.items()}
NO_QUERY = {  # why: webapp/README.md
    "All the evidence at once", "Comparisons to begin with", "History", "Learning path", "Record",
    "Strength of evidence", "Three things to try", "Where to read it", "Works like this",
}  # fmt: skip
RESULTS = "application/sparql-results+json"

COLLECTED = "item=testwell-2010%23c1&item=barrier-distance&item=reed-2001&item=sandhill-1998%23c1&item=gone"
PAGES = {  # each with the JSON that holds what it shows
    "/": "/ontology.json",
    "/concepts": "/concepts.json",
    "/sources": "/sources.json",
    "/authors": "/authors.json",
    "/author/testwell-t": "/author/testwell-t.json",
    "/author/quist-ben": "/author/quist-ben.json",
    "/author/sandhill-mill-board": "/author/sandhill-mill-board.json",
    "/author/tarn": "/author/tarn.json",
    "/ontology": "/ontology.json",
    "/concept/barrier-power-imbalance": "/concept/barrier-power-imbalance.json",
    "/concept/barrier-distance": "/concept/barrier-distance.json",
    "/concept/barrier-one-way-resource-flow": "/concept/barrier-one-way-resource-flow.json",
    "/concept/practice-regular-meetings": "/concept/practice-regular-meetings.json",
    "/source/testwell-2010": "/source/testwell-2010.json",
    "/source/marlow-quist-2012": "/source/marlow-quist-2012.json",
    "/source/tarn-1987": "/source/tarn-1987.json",
    "/map": "/map.json",
    **{
        f"/map{asked}": f"/map{asked.replace('?', '.json?')}"
        for asked in (
            "?rows=practice&columns=barrier&years=2002-&stance=disputes&basis=text",
            "?rows=barrier&columns=practice&line=practice-shared-rules",
            "?rows=barrier&columns=practice&line=barrier-power-imbalance",
            "/cell?row=barrier-power-imbalance&column=practice-shared-rules",
            "/cell?row=barrier-distance&column=practice-regular-meetings&basis=recalled",
            "/cell?row=practice-shared-rules&column=barrier-mistrust",
        )
    },
    "/paths": "/paths.json",
    "/paths?from=barrier-power-imbalance": "/paths.json?from=barrier-power-imbalance",
    "/paths?via=practice-shared-rules&to=barrier-mistrust": "/paths.json?via=practice-shared-rules&to=barrier-mistrust",
    f"/list?{COLLECTED}": f"/list.json?{COLLECTED}",
    "/compare?ids=barrier-distance,barrier-mistrust": "/compare.json?ids=barrier-distance,barrier-mistrust",
    "/compare?ids=testwell-2010,reed-2001": "/compare.json?ids=testwell-2010,reed-2001",
}
REAL = (
    {
        address: f"{address}.json"
        for address in (
            "/concepts",
            "/sources",
            "/authors",
            "/author/gray-barbara",
            "/author/teng-b-s",
            "/author/das-t-k",
            "/author/glasbergen-pieter",
            "/author/u-s-government-accountability-office",
            "/ontology",
            "/concept/barrier-power-imbalance",
            "/concept/core-collaboration",
            "/concept/practice-trust-building",
            "/concept/place-united-kingdom",
            "/concept/theory-partnership-paradigm",
            "/source/bebbington-2005",
            "/source/banks-hulme-2014",
            "/source/armitage-berkes-doubleday-2007",
            "/source/wikipedia-collaborative-partnership",
        )
    }
    | {
        f"/map{asked}": f"/map{asked.replace('?', '.json?')}"
        for asked in (
            "?rows=barrier&columns=field",
            "?rows=practice&columns=outcome&years=2000-2015&basis=text&basis=abstract",
            "?rows=barrier&columns=practice&stance=qualifies&state=complete",
            "/cell?row=barrier-power-imbalance&column=field-education",
            "/cell?row=barrier-of-power&column=practice-of-inclusion",
            "/cell?row=barrier-tokenism&column=field-education",
            "/cell?row=outcome-trust&column=field-environmental-resource-management&years=2000-",
        )
    }
    | {
        f"/paths?{asked}": f"/paths.json?{asked}"
        for asked in ("from=barrier-power-imbalance", "via=practice-trust-building", "to=outcome-equity")
    }
)
REAL_COLLECTED = "item=banks-hulme-2014%23c1&item=bebbington-2005&item=core-collaboration&item=gray-1989%23c1"
REAL[f"/list?{REAL_COLLECTED}"] = f"/list.json?{REAL_COLLECTED}"


class Listed(NamedTuple):
    """What a list shows, from the JSON twin of its page and from a row of its query, so that both can be compared."""

    shown: Callable[[Any], list[Any]]
    row: Callable[[dict[str, str], Any], Any]


def ids(key: str, variable: str) -> Listed:
    """A list of things to link to."""
    return Listed(lambda view: [each["id"] for each in view[key]], lambda row, names: names.id(row[variable]))


def stances(view: Any) -> list[Any]:
    return [(c["id"], s["relation"], s["direction"], s["claim_id"], s["text"]) for c in claims(view)
            for s in c["stances"]]  # fmt: skip


def claims(view: Any) -> list[Any]:
    """The claims of a page, or of a list that a reader has made."""
    return view["claims"] if "claims" in view else [item["claim"] for item in view["items"] if item["claim"]]


def collected(view: Any) -> list[Any]:
    """What is on a reader's list and is here."""
    return [(i["iri"], i["kind"], i["source"] and i["source"]["id"]) for i in view["items"] if i["iri"]]


def spellings(authors: Any) -> list[Any]:
    """Each name as it is written, and how many works have it so."""
    return [
        tuple(each[key] for key in ("family", "given", "body", "works")) for a in authors for each in a["spellings"]
    ]


def compared(view: Any) -> list[Any]:
    """Each item of a comparison as far as every row has it; `test_compare_page` compares the whole."""
    return [(thing["id"], aspect["name"].partition("/")[0], item["claims"], item["claim"]) for aspect in view["aspects"]
            for thing, items in zip(view["things"], aspect["cells"], strict=True) for item in items]  # fmt: skip


def named(row: dict[str, str], _: Any) -> Any:
    return row.get("body") or row["familyName"], row.get("givenName", ""), "body" in row, int(row["number"])


def tree(view: Any) -> list[Any]:
    """Each concept with its scheme, how many claims there are, and what it stands below: once, however often shown."""

    def nodes(below: Any, scheme: str, parent: str | None) -> Iterator[tuple[str, str, int, str | None]]:
        for node in below:
            yield scheme, node["id"], node["claims"], parent
            yield from nodes(node["children"], scheme, node["id"])

    return list({row for scheme in view for row in nodes(scheme["concepts"], scheme["id"], None)})


def below(nodes: Any, above: str) -> Iterator[tuple[str, str]]:
    """Each concept of a tree with the one it stands below."""
    for node in nodes:
        yield above, node["id"]
        yield from below(node["children"], node["id"])


CELL = ("claims", "own", "read", "disputed", "qualified", "supported", "alone", "relations")  # counted in one of a map


def in_cell(shown: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """What the page of a cell shows; that of a whole map has none of it."""
    return lambda view: shown(view) if "cell" in view else []


CLAIMS = Listed(
    lambda view: [(c["id"], c["text"], c["locator"]) for c in view["claims"]],
    lambda row, names: (names.id(row["claim"]), row["text"], row.get("locator")),
)
STANCES = Listed(
    stances,
    lambda row, names: (names.id(row["claim"]), row["relation"].rpartition("/")[2], row["direction"],
                        names.id(row["other"]), row["text"]),
)  # fmt: skip
COMPARED = Listed(
    compared,
    lambda row, names: (names.id(row["this"]), row["aspect"], int(row["claims"]), names.id(row.get("claim", ""))),
)


def links(view: Any) -> list[Any]:
    """The different steps of paths."""
    return list({link(s): s for p in view["paths"] for s in (p["first"], p["second"]) if s}.items())


def link(step: Any) -> tuple[str, str, str]:
    return step["subject"]["id"], step["relation"], step["object"]["id"]


def linked(row: dict[str, str], names: Any) -> tuple[str, str, str]:
    return names.id(row["from"]), row["relation"].rpartition("#")[2], names.id(row["to"])


LISTS = {
    "paths": Listed(
        lambda view: [
            (*(p[end] and p[end]["id"] for end in ("start", "middle", "end")),
             *(p[step] and (p[step]["relation"], p[step]["established"]) for step in ("first", "second")))
            for p in view["paths"]
        ],
        lambda row, names: (
            *(names.id(row[end]) if end in row else None for end in ("start", "middle", "end")),
            *((row[step].rpartition("#")[2], row[f"{step}Established"] == "true") if step in row else None
              for step in ("first", "second")),
        ),
    ),
    "path-ends": Listed(
        lambda view: [(side, c["id"], c["relations"]) for side in ("start", "middle", "end")
                      for group in view[f"{side}s"]["groups"] for c in group["choices"] if c["relations"]],
        lambda row, names: (row["side"], names.id(row["concept"]), int(row["relations"])),
    ),
    "path-evidence": Listed(
        lambda view: [(*key, c["id"], c["strength"]["basis"], c["strength"]["works"]) for key, s in links(view)
                      for c in s["claims"]],
        lambda row, names: (*linked(row, names), names.id(row["claim"]), int(row["strength"]),
                            len(row.get("works", "").split())),
    ),
    "path-near": Listed(
        lambda view: [(*key, c["id"], s["relation"], s["claim_id"]) for key, step in links(view)
                      for c in step["near"] for s in c["stances"]],
        lambda row, names: (*linked(row, names), names.id(row["claim"]), row["stance"].rpartition("/")[2],
                            names.id(row["other"])),
    ),
    "path-stances": Listed(
        lambda view: [(*key, c["id"], s["relation"], s["direction"], s["claim_id"]) for key, step in links(view)
                      for c in step["claims"] for s in c["stances"]],
        lambda row, names: (*linked(row, names), names.id(row["claim"]), row["stance"].rpartition("/")[2],
                            row["direction"], names.id(row["other"])),
    ),
    "compare-concepts": COMPARED,
    "compare-sources": COMPARED,
    "concept-broader": ids("broader", "concept"),
    "concept-siblings": ids("siblings", "concept"),
    "concept-narrower": Listed(
        lambda view: list(below(view["below"], view["id"])),
        lambda row, names: (names.id(row["broader"]), names.id(row["concept"])),
    ),
    "concept-timeline": Listed(
        lambda view: [(d["first"], d["claims"], d["works"]) for d in view["timeline"]],
        lambda row, names: (int(row["decade"]) if "decade" in row else None, int(row["claims"]), int(row["works"])),
    ),
    "concept-related": ids("related", "concept"),
    "concept-matches": Listed(
        lambda view: [(each["kind"], each["iri"]) for each in view["matches"]],
        lambda row, names: (row["match"].rpartition("#")[2], row["other"]),
    ),
    "concept-relations": Listed(
        lambda view: [(r["label"], r["other"]["id"], r["established"], c["id"]) for r in view["relations"]
                      for c in r["claims"]],
        lambda row, names: (row["label"], names.id(row["other"]), row["established"] == "true", names.id(row["claim"])),
    ),
    "concept-claims": CLAIMS,
    "concept-stances": STANCES,
    "concept-questions": Listed(lambda view: [q["text"] for q in view["questions"]], lambda row, names: row["text"]),
    "concept-sources": Listed(
        lambda view: [(s["id"], s["title"], s["locator"]) for s in view["sources"]],
        lambda row, names: (names.id(row["source"]), row.get("title"), row.get("locator")),
    ),
    "source-claims": CLAIMS,
    "source-stances": STANCES,
    "source-subjects": ids("subjects", "concept"),
    "source-treatments": Listed(
        lambda view: [(t["concept"]["id"], t["locator"]) for t in view["treats"]],
        lambda row, names: (names.id(row["concept"]), row.get("locator", "")),
    ),
    "source-cites": ids("cites", "source"),
    "source-cited-by": ids("cited_by", "source"),
    "sources": Listed(
        lambda view: [(s["id"], s["title"], s["state"], s["claims"], s["cited_by"]) for s in view["sources"]],
        lambda row, names: (names.id(row["source"]), row.get("title"), row["state"].rpartition("#")[2],
                            int(row.get("claims", 0)), int(row.get("citing", 0))),
    ),
    "authors": Listed(lambda view: spellings(view), named),
    "author-works": Listed(
        lambda view: [(w["source"]["id"], w["source"]["title"], w["year"], role) for w in view["works"]
                      for role in w["roles"]],
        lambda row, names: (names.id(row["source"]), row.get("title"), row.get("year"), row["role"]),
    ),
    "author-colleagues": Listed(lambda view: spellings(view["colleagues"]), named),
    "author-concepts": Listed(
        lambda view: [(c["concept"]["id"], c["works"]) for c in view["concepts"]],
        lambda row, names: (names.id(row["concept"]), int(row["works"])),
    ),
    "author-claims": CLAIMS,
    "author-stances": STANCES,
    "concepts": Listed(
        tree,
        lambda row, names: (names.id(row["scheme"]), names.id(row["concept"]), int(row.get("claims", 0)),
                            names.id(row["broader"]) if "broader" in row else None),
    ),
    "vocabulary": Listed(
        lambda view: [(t["id"], t["label"]) for group in view["groups"] for t in group["terms"]],
        lambda row, names: (names.curie(row["term"]), row["label"]),
    ),
    "ontologies": Listed(lambda view: [each["iri"] for each in view["about"]], lambda row, names: row["ontology"]),
    "schemes": ids("schemes", "scheme"),
    "map": Listed(
        lambda view: [(c["row"], c["column"], *(c[key] for key in CELL)) for c in view["cells"]],
        lambda row, names: (names.id(row["row"]), names.id(row["column"]), *(int(row[key]) for key in CELL)),
    ),
    "map-cell": Listed(
        in_cell(lambda view: [(*each, n < view["own"]) for n, each in enumerate(CLAIMS.shown(view))]),
        lambda row, names: (*CLAIMS.row(row, names), row["itself"] == "1"),
    ),
    "map-relations": Listed(
        in_cell(lambda view: [(r["subject"]["id"], r["label"], r["object"]["id"], r["established"], c["id"])
                              for r in view["relations"] for c in r["claims"]]),
        lambda row, names: (names.id(row["subject"]), row["label"], names.id(row["object"]),
                            row["established"] == "true", names.id(row["claim"])),
    ),
    "map-works": Listed(
        in_cell(lambda view: [] if view["cell"]["claims"] else [(s["id"], s["title"]) for s in view["works"]]),
        lambda row, names: (names.id(row["source"]), row.get("title")),
    ),
    "collected": Listed(
        collected,
        lambda row, names: (row["this"], row["kind"], names.id(row["source"]) if "source" in row else None),
    ),
    "claim-stances": STANCES,
}  # fmt: skip


class Page(HTMLParser):
    """The queries that a page links to, and the headings above each of its lists that have no query at all."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.queries: list[str] = []
        self.bare: set[str] = set()
        self._open: list[tuple[str, str]] = []  # the tags we are inside, each with its class
        self._above: dict[int, tuple[str, bool]] = {}  # level: the heading, and whether it has a query beside it
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if "as-query" in given.get("class", ""):
            self.queries += parse_qs(urlsplit(given["href"]).query).get("query", [])
            if ("div", "titled") in self._open:
                level = max(self._above)
                self._above[level] = (self._above[level][0], True)
        if re.fullmatch("h[1-6]", tag):
            self._above = {level: above for level, above in self._above.items() if level < int(tag[1])}
            self._above[int(tag[1])] = ("", False)
        if self._is_list(tag, given.get("class", "")) and not any(has for _, has in self._above.values()):
            self.bare.add(self._above[max(self._above)][0])
        if tag not in ("img", "input", "link", "meta", "br"):
            self._open.append((tag, given.get("class", "")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open and re.fullmatch("h[1-6]", self._open[-1][0]):
            level = int(self._open[-1][0][1])
            self._above[level] = (self._above[level][0] + data, self._above[level][1])

    def _is_list(self, tag: str, kind: str) -> bool:
        inside = [name for name, _ in self._open]
        return "main" in inside and "nav" not in inside and (tag in ("ul", "ol", "dl", "table") or kind == "chips")


def read(client, address: str) -> Page:
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 200, address
    return Page(answer.text)


def differences(client, names, address: str, twin: str) -> dict[str, Any]:
    """For each query that a page links to: what it gives over HTTP beside what the page shows, where they differ."""
    view, wrong = client.get(twin).json, {}
    for text in read(client, address).queries:
        answer = client.get("/sparql", query_string={"query": text}, headers={"Accept": RESULTS})
        assert answer.status_code == 200, answer.text
        rows = [{key: term["value"] for key, term in row.items()} for row in answer.json["results"]["bindings"]]
        name = TITLES[text.partition("\n")[0]]
        given = sorted((LISTS[name].row(row, names) for row in rows), key=repr)
        if given != (shown := sorted(LISTS[name].shown(view), key=repr)):
            wrong[name] = given, shown
    return wrong


@pytest.mark.parametrize("address", PAGES)
def test_the_query_beside_a_list_gives_the_rows_of_the_list(client, base, address):
    assert differences(client, base.generation.names, address, PAGES[address]) == {}


@pytest.mark.real
@pytest.mark.parametrize("address", REAL)
def test_so_it_does_over_the_real_corpus(real_base, address):
    client = create_app(real_base).test_client()

    assert differences(client, real_base.generation.names, address, REAL[address]) == {}
    assert read(client, address).bare <= NO_QUERY


@pytest.mark.parametrize("address", PAGES)
def test_each_list_has_its_query_beside_its_heading_or_is_a_named_exception(client, address):
    assert read(client, address).bare <= NO_QUERY


@pytest.mark.parametrize("address", PAGES)
def test_what_a_page_shows_has_a_link_to_its_query(client, address):
    kind = address.split("/")[1]
    view = client.get(PAGES[address]).json
    linked = {TITLES[text.partition("\n")[0]] for text in read(client, address).queries}

    wanted = {name for name in LISTS if name.startswith(f"{kind}-") and LISTS[name].shown(view)}
    wanted |= {"concepts": {"concepts"}, "sources": {"sources"}, "authors": {"authors"}, "": {"schemes"},
               "ontology": {"ontologies", "schemes", "vocabulary"}}.get(kind, set())  # fmt: skip

    assert wanted - linked == set()


def test_a_list_without_a_query_is_noticed():
    link = "<a class='as-query' href='/sparql?query=ASK'></a>"
    lists = f"<h2>B</h2><ul></ul><div class='titled'><h2>C</h2>{link}</div><ul></ul><h3>D</h3><dl></dl>"
    page = Page(f"<main><h1>A</h1>{lists}<h2>E</h2><p class='chips'></p></main>")

    assert page.bare == {"B", "E"}
    assert page.queries == ["ASK"]


def test_the_exceptions_are_named_with_their_reasons():
    guide = (ROOT / "webapp" / "README.md").read_text(encoding="utf-8")

    assert [title for title in NO_QUERY if f"“{title}”" not in guide] == []


def test_each_named_query_has_a_title_of_its_own_and_may_be_asked_by_anybody():
    assert len(TITLES) == len(QUERIES) and all(title.startswith("# ") for title in TITLES)
    assert {query.read(text).form for text in QUERIES.values()} == {"select", "construct"}


@pytest.mark.parametrize(
    "address",
    ["/search?q=who+pays", "/search?q=mill+towns&kind=claim&years=1990-2012&limit=2&offset=1",
     "/search?q=pays&group=1&mode=words",
     "/search?q=%22a+b%22+%5C+%C3%A9", "/similar/barrier-distance", "/similar/testwell-2010%23c1?kind=claim&limit=2"],
)  # fmt: skip
def test_the_hits_of_a_search_are_a_query_too(client, address):
    page = client.get(address).text
    path, _, asked = address.partition("?")
    twin = client.get(f"{path}.json?{asked}").json
    links = re.findall(r'class="as-query"[^>]*href="([^"]+)"|href="([^"]+)"[^>]*class="as-query"', page)

    if not twin["hits"]:
        return
    (link,) = {html.unescape(first or second) for first, second in links}
    rows = client.get(link, headers={"Accept": RESULTS}).json["results"]["bindings"]
    assert [row["hit"]["value"] for row in rows] == [hit["iri"] for hit in twin["hits"]]
    assert [float(row["score"]["value"]) for row in rows] == [hit["score"] for hit in twin["hits"]]
