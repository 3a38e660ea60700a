"""Whatever stands in any part of an address or in a header: never a failure of ours, and on the page it is text."""

import json
import logging
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import ClassVar, NamedTuple
from urllib.parse import quote, quote_from_bytes, unquote, urlsplit

import pytest
from flask import request
from flask.wrappers import Request
from markup import Markup
from naughty import LIST, MARK, OURS, listed, some
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException

from webapp import create_app

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
VALUES = {"q": "power", "query": "ASK {}"}  # without which a view reads nothing else of an address
COPIED = {"sparql.sparql": {"query", "update", "timeout"}}  # fields that a view looks up in a copy, unseen by us
NEGOTIATED = ("Accept", "Accept-Language")
CACHED = ("/search?q=power", "/source/reed-2001.bib", "/sparql?query=ASK {}", "/static/style.css")
HEADERS = ("Accept-Encoding", "If-None-Match", "If-Modified-Since", "Range", "Host", "Referer")
NO_TEXT = [b"\xff\xfe", b"\xc3", b"\xed\xa0\x80", b"\xf5\x90\x80\x80"]  # bytes that are no UTF-8
EACH = {"paths": 16, "fields": 8, "headers": 1}  # texts in a place of each kind; 'make slow' takes all in all
Asked = tuple[str, dict[str, str]]  # an address, and headers


class Place(NamedTuple):
    """A part of a request that takes a text, its kind, and the request that it makes of an escaped text."""

    kind: str
    name: str
    make: Callable[[str], Asked]


class Seen(ImmutableMultiDict):
    """The fields of an address; each name that a view looks up is noted with the view's."""

    names: ClassVar[dict[str, set[str]]] = defaultdict(set)

    def _note(self, name: object) -> None:
        if isinstance(name, str):
            self.names[request.endpoint or ""].add(name)

    def get(self, key, *rest, **more):
        self._note(key)
        return super().get(key, *rest, **more)

    def getlist(self, key, *rest, **more):
        self._note(key)
        return super().getlist(key, *rest, **more)

    def __contains__(self, key):
        self._note(key)
        return super().__contains__(key)


class Watched(Request):
    parameter_storage_class = Seen


@pytest.fixture(scope="module")
def app(base):
    app = create_app(base)
    app.request_class = Watched
    return app


@pytest.fixture(scope="module")
def reader(app):
    return app.test_client()


@pytest.fixture(scope="module")
def examples(app, reader) -> dict[str, str]:
    """An address of each view, found by following links from the front page; of what no link leads to, its rule."""
    found, waiting, addresses = {}, ["/search?q=power", "/"], app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if not rule.arguments - set(rule.defaults or ()) and "GET" in rule.methods:
            waiting.append(rule.rule)
    while waiting:
        address = waiting.pop(0)
        try:
            endpoint, _ = addresses.match(unquote(urlsplit(address).path))
        except HTTPException:
            continue
        if endpoint in found or endpoint == "static":
            continue
        found[endpoint] = address.partition("?")[0]
        with reader.get(address, headers=BROWSER) as answer:
            page = answer.get_data(as_text=True) if answer.mimetype == "text/html" else ""
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'(?:href|action)="(/[^"#]*)', page)]
    return found


@pytest.fixture(scope="module")
def known(examples, reader) -> Markup:
    """All tags and attributes that our pages have."""
    pages = [reader.get(address, headers=BROWSER) for address in examples.values()]
    pages += [reader.get(f"/search?q={text}", headers=BROWSER) for text in ("power since 2001", "xyzzy", "who pays")]
    pages += [reader.get(f"/sparql?query={quote(text)}", headers=BROWSER) for text in QUERIES]
    pages += [reader.get("/search?q=power&concept=barrier-mistrust&off=years&group=1", headers=BROWSER)]
    pages += [reader.get(f"/list?{asked}", headers=BROWSER) for asked in LISTS]
    pages += [reader.get(f"/compare?{asked}", headers=BROWSER) for asked in COMPARED]
    pages += [reader.get("/no/such", headers=BROWSER), reader.get("/search?q=a&years=b", headers=BROWSER)]
    markup = Markup()
    for page in pages:
        if page.mimetype == "text/html":
            read = Markup.of(page.text)
            markup.tags |= read.tags
            markup.attributes |= read.attributes
    return markup


LISTS = [
    "item=reed-2001%23c1&item=barrier-distance&item=gone&note=a&title=b&removed=c&removed-note=d",
    "item=reed-2001&style=mla&add=xyzzy",
]
COMPARED = ["ids=barrier-power-imbalance,barrier-distance", "ids=testwell-2010,reed-2001", "ids=reed-2001&add=xyzzy"]
QUERIES = ["SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }", "ASK {}", "ASK {", "SELECT * { <a:b> <a:c> 1 }"]


@pytest.fixture(scope="module")
def places(app, reader, examples) -> list[Place]:
    """Each part of a path, each field of an address that a view looks up, and each header."""
    fields = looked_up(reader, examples)
    found = [place for rule in app.url_map.iter_rules() if "GET" in rule.methods for place in paths(rule)]
    found += [Place("paths", "a path", lambda text: (f"/{text}", BROWSER))]
    for endpoint, names in fields.items():
        found += [field(endpoint, examples[endpoint], name) for name in sorted(names)]
    found += [header(address, name) for address in examples.values() for name in NEGOTIATED]
    found += [header(address, name) for address in CACHED for name in HEADERS]
    return found


def looked_up(reader, examples) -> dict[str, set[str]]:
    """The fields that each view looks up, by itself and when it has what to work with."""
    Seen.names.clear()
    for address in examples.values():
        for query in ("", "?" + "&".join(f"{name}={quote(value)}" for name, value in VALUES.items())):
            reader.get(address + query, headers=BROWSER).close()
    return {endpoint: Seen.names[endpoint] | COPIED.get(endpoint, set()) for endpoint in examples}


def paths(rule) -> Iterator[Place]:
    for argument in rule.arguments - set(rule.defaults or ()):
        pattern = re.sub(r"<(?:\w+:)?" + argument + ">", "\0", rule.rule)
        pattern = re.sub(r"<[^>]*>", "x", pattern)
        yield Place("paths", rule.rule, lambda text, pattern=pattern: (pattern.replace("\0", text), BROWSER))


def field(endpoint: str, address: str, name: str) -> Place:
    others = "".join(f"&{other}={quote(value)}" for other, value in VALUES.items() if other != name)
    return Place("fields", f"{endpoint}?{name}=", lambda text: (f"{address}?{name}={text}{others}", BROWSER))


def header(address: str, name: str) -> Place:
    """A header as a server hands it on: its bytes as Latin-1, in one line."""

    def make(text: str) -> Asked:
        line = " ".join(
            unquote(text, errors="surrogateescape").encode("utf-8", "surrogateescape").decode("latin-1").split("\n")
        )
        return address, {**BROWSER, name: line.replace("\r", " ")}

    return Place("headers", f"{address} {name}", make)


def complaints(reader, known: Markup, place: Place, text: str) -> Iterator[str]:
    """What is wrong with the answer to *text*, an escaped one, in *place*."""
    address, headers = place.make(text)
    environ = {"HTTP_" + name.upper().replace("-", "_"): value for name, value in headers.items()}
    with reader.get(address, environ_overrides=environ) as answer:
        said = f"{place.name} {text[:60]}: {answer.status_code}"
        if answer.status_code >= 500 and not (answer.status_code == 504 and "timeout" in place.name):
            yield said
        elif answer.status_code in (301, 302, 303, 307, 308):
            if not re.match(r"/(?!/)|http://localhost/", answer.headers["Location"]):
                yield f"{said} leads to {answer.headers['Location']}"
        elif "Content-Encoding" not in answer.headers and request_has_body(answer):
            yield from (f"{said} {what}" for what in faults(answer, known))
        if any(MARK in name.lower() for name, _ in answer.headers):
            yield f"{said} has a header of its own"


def request_has_body(answer) -> bool:
    return answer.status_code not in (304, 206)


def faults(answer, known: Markup) -> Iterator[str]:
    """What is wrong with a page or with data."""
    if answer.mimetype == "text/html":
        page = Markup.of(answer.get_data(as_text=True))
        yield from page.wrong
        yield from (f"<{tag}> came with the text" for tag in page.tags - known.tags)
        yield from (f"attribute {name} came with the text" for name in page.attributes - known.attributes)
    elif answer.mimetype.endswith("json"):
        json.loads(answer.data)


def wrong(
    reader, known, places, texts: Callable[[int], list[str]], until: float = float("inf")
) -> tuple[int, list[str]]:
    """How many requests were made, and what was wrong with their answers."""
    requests = [(place, text) for number, place in enumerate(places) for text in texts(number)]
    random.Random(0).shuffle(requests)  # so that each place has its turn, however few there is time for
    found = []
    for count, (place, text) in enumerate(requests):
        if time.monotonic() > until:
            return count, found
        found += complaints(reader, known, place, text)
    return len(requests), found


def rotated(texts: list[str], places: list[Place], number: int) -> list[str]:
    """Some of *texts* for the place with this *number*: others than for the place before."""
    return some(texts, EACH[places[number].kind], number)


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of queries need no line each."""
    logging.getLogger("kb.sparql").setLevel(logging.WARNING)
    yield
    logging.getLogger("kb.sparql").setLevel(logging.NOTSET)


def test_each_view_has_an_example_and_each_field_is_found(app, examples, places):
    names = {place.name for place in places}
    plain = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments}

    assert examples.keys() >= plain | {"pages.concept", "pages.source", "search.similar"}
    assert {"search.search?q=", "search.search?years=", "sparql.sparql?query=", "search.complete?kind="} <= names
    assert "/concept/<path:id>" in names


def test_our_own_texts_are_text_wherever_they_are_put(reader, known, places):
    texts = [quote(text, safe="") for text in OURS] + [quote_from_bytes(text) for text in NO_TEXT]
    count, found = wrong(reader, known, places, partial(rotated, texts, places))

    assert count > 500
    assert found == []


def test_some_of_the_naughty_strings_are_text_wherever_they_are_put(reader, known, places):
    strings = naughty()
    count, found = wrong(reader, known, places, partial(rotated, strings, places))

    assert count > 500
    assert found == []


@pytest.mark.slow
def test_all_naughty_strings_are_text_wherever_they_are_put(reader, known, places, seconds, capsys):
    strings = naughty()
    count, found = wrong(reader, known, places, lambda _: strings, time.monotonic() + seconds)
    with capsys.disabled():
        print(f"\n{count:,} of {len(strings) * len(places):,} requests, {len(found)} wrong")

    assert found == []


def test_a_naughty_question_stands_in_its_field_as_it_was_asked(client):
    for text in OURS:
        page = Markup.of(client.get("/search", query_string={"q": text}, headers=BROWSER).text)

        assert " ".join(text[:500].replace("\0", " ").split()) in " ".join(page.text.split())


def naughty() -> list[str]:
    if not (strings := listed()):
        pytest.skip(f"no list of naughty strings here: {LIST.name} belongs into {LIST.parent}")
    return [quote(text, safe="") for text in strings]
