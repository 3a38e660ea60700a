"""What the head and the Link header of a page tell programs, and the RDF of its twins, as tests read them."""

import json
import re
from html.parser import HTMLParser

from rdflib import Graph

SPACE = "https://w3id.org/partnership-kb/"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SCHEMA = "https://schema.org/"
READERS = {".ttl": "turtle", ".jsonld": "json-ld", ".nt": "nt", ".rdf": "xml"}


class Head(HTMLParser):
    """The meta tags, links and data blocks of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.blocks: list[str] = []
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        self._inside = tag == "script" and given.get("type") == "application/ld+json"
        if tag == "meta":
            self.tags.append((given.get("name") or given.get("property", ""), given.get("content", "")))
        if tag == "link":
            self.links.append(given)

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.blocks.append(data)

    def data(self):
        (block,) = self.blocks
        return json.loads(block)

    def all(self, name: str) -> list[str]:
        return [content for tag, content in self.tags if tag == name]


def head(client, address: str) -> Head:
    answer = client.get(address, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    return Head(answer.text)


def links(answer) -> set[tuple[str, str, str]]:
    """Address, relation and media type of each link of the header."""
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', answer.headers["Link"])
    return {(address, one, media) for address, relation, media in found for one in relation.split()}


def graph_of(answer, suffix: str) -> Graph:
    return Graph().parse(data=answer.data, format=READERS[suffix])
