"""The same in other forms: each page's twins for programs, by suffix or Accept, and the links that tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, redirect, request, url_for
from werkzeug.urls import iri_to_uri

from kb.bibliography.styles import STYLES
from kb.terms import VERSION

from .bodies import share
from .formats import HTML, current_base, is_web_address, preferred
from .schema_org import SCHEMA, type_of


class Twin(NamedTuple):
    """A form that a page has for programs: what its address ends in, its media type, and how people call it.

    *format* is the one of `KnowledgeBase.describe`, *style* the one of `KnowledgeBase.cite` that it is made with.
    """

    suffix: str
    media: str
    name: str
    format: str = ""
    style: str = ""


class Link(NamedTuple):
    """A link of a whole answer: where it leads and how the two stand to each other (RFC 8288)."""

    address: str
    relation: str
    media: str = ""


JSON, CSV = Twin(".json", "application/json", "JSON"), Twin(".csv", "text/csv", "CSV")
SVG = Twin(".svg", "image/svg+xml", "SVG")
MARKDOWN = Twin(".md", "text/markdown", "Markdown")
GRAPHS = (
    Twin(".ttl", "text/turtle", "Turtle", format="turtle"),
    Twin(".jsonld", "application/ld+json", "JSON-LD", format="jsonld"),
    Twin(".nt", "application/n-triples", "N-Triples", format="ntriples"),
    Twin(".rdf", "application/rdf+xml", "RDF/XML", format="rdfxml"),
)
REFERENCES = (
    Twin(".bib", "application/x-bibtex", "BibTeX", style="bibtex"),
    Twin(".ris", "application/x-research-info-systems", "RIS", style="ris"),
    Twin(".csl.json", "application/vnd.citationstyles.csl+json", "CSL-JSON", style="csl-json"),
)
TEXT = Twin(".txt", "text/plain", "Reference list")  # in APA, or ?style=
LITERATURE = (*REFERENCES, TEXT)
TWINS = {  # by the endpoint of a page
    "pages.concepts": (JSON, *GRAPHS, CSV),
    "pages.concept": (JSON, *GRAPHS, *LITERATURE),
    "pages.sources": (JSON, CSV, *LITERATURE),
    "pages.source": (JSON, *GRAPHS, *LITERATURE),
    "pages.authors": (JSON,),
    "pages.author": (JSON, *LITERATURE),
    "pages.ontology": (JSON, *GRAPHS),
    "pages.evidence_map": (JSON, CSV, SVG),
    "pages.map_cell": (JSON, CSV, *LITERATURE),
    "pages.paths": (JSON, CSV),
    "data.dataset": (JSON,),
    "about.about": (JSON,),
    "search.search": (JSON, CSV, *LITERATURE),
    "pages.my_list": (JSON, *LITERATURE, CSV, MARKDOWN),
    "search.similar": (JSON,),
    "pages.history": (JSON,),
    "pages.source_history": (JSON,),
    "pages.change": (JSON,),
    "pages.compare": (JSON, CSV, MARKDOWN, *LITERATURE),
}
KINDS = {"pages.concept": "concept", "pages.source": "source"}  # the pages about one thing
ASKED_CHARACTERS = 4_000  # of a question in an address, up to which links repeat it: headers are to stay small
ASKED = {"pages.evidence_map", "pages.map_cell", "pages.paths", "pages.compare", "pages.my_list", "search.search",
         "search.similar"}  # fmt: skip
ANSWERS = ASKED | {"sparql.sparql"}  # that are others with each question, and have no one address
NARROWED = ASKED | {  # whose twins too are as was asked
    "pages.sources", "pages.authors", "pages.history", "pages.source_history",
}  # fmt: skip
NEEDED = {"search.search": "q", "pages.compare": "ids"}  # without which a page has no twins


def endpoint(page: str, twin: Twin) -> str:
    """The name of a twin's view: ``source_csl_json`` beside ``source``."""
    return page.partition(".")[2] + twin.suffix.replace(".", "_")


# By endpoint: the page, and which of its twins that is. A twin is answered where its page is, or in `linked`.
FORMS: dict[str, tuple[str, Twin | None]] = {
    f"{blueprint}.{endpoint(page, twin)}": (page, twin)
    for page, forms in TWINS.items() for twin in forms for blueprint in (page.partition(".")[0], "linked")
}  # fmt: skip
FORMS |= {page: (page, None) for page in TWINS}


def register(app: Flask) -> None:
    """Let *app* find out which of its addresses are twins, and tell of them."""
    app.before_request(_keep_whole_ids)
    app.before_request(_lead_to_twin)
    app.after_request(_name_links)
    app.jinja_env.globals.update(twins=twins, canonical=canonical)


def twins(page: str | None = None, values: dict[str, Any] | None = None) -> list[tuple[Twin, str]]:
    """The twins of a page, by default of the one asked for, each with its address."""
    if page is None:
        page, values, _ = _asked()
    return [(twin, _address(page, values or {}, twin)) for twin in _offered(page, values or {})] if page else []


def canonical() -> str:
    """The one absolute address of the page asked for, or nothing where it has none."""
    page = _asked()[0] or request.endpoint
    if not page or not request.host or (page in ANSWERS and request.query_string):
        return ""
    return iri_to_uri(url_for(page, _external=True, **(request.view_args or {})))


def _address(page: str, values: dict[str, Any], twin: Twin) -> str:
    asked = request.query_string.decode("ascii", "replace") if page in NARROWED and page == _asked()[0] else ""
    return iri_to_uri(url_for(page, **values) + twin.suffix + (f"?{asked}" if asked else ""))


def _offered(page: str, values: dict[str, Any]) -> Iterator[Twin]:
    """The twins that there are; where the address of one would be the page of another thing, it is that page."""
    kind, id = KINDS.get(page, ""), values.get("id", "")
    alone = NEEDED.get(page, "") not in ("", *request.args) or len(request.query_string) > ASKED_CHARACTERS
    for twin in () if alone else TWINS.get(page, ()):
        if (not twin.style or twin.style in STYLES) and not (kind and current_base().has(kind, id + twin.suffix)):
            yield twin


def _asked() -> tuple[str, dict[str, Any], Twin | None]:
    """The page that this request is for, the values in its address, and which of its twins is asked for, if any."""
    page, twin = FORMS.get(request.endpoint or "", ("", None))
    return page, dict(request.view_args or {}), twin


def _keep_whole_ids() -> None:
    """An id may end like the address of a twin: then it is the id that was meant."""
    page, values, twin = _asked()
    kind = KINDS.get(page)
    if kind and twin and current_base().has(kind, whole := values["id"] + twin.suffix):
        request.url_rule, request.view_args = next(current_app.url_map.iter_rules(page)), {"id": whole}


def _lead_to_twin() -> Response | None:
    """Who asks a page for a form that a twin has is led there (303 See Other); a page gives HTML and JSON itself."""
    page, values, twin = _asked()
    if not page or twin or request.method not in ("GET", "HEAD") or not request.accept_mimetypes:
        return None
    forms = {twin.media: address for twin, address in twins(page, values) if twin != JSON}
    wanted = preferred((HTML, JSON.media, *forms))
    if wanted not in forms or (page in KINDS and not current_base().has(KINDS[page], values["id"])):
        return None
    return see(forms[wanted])


def see(address: str) -> Response:
    """Lead to *address*, which depends on what the client likes."""
    response: Response = redirect(address, 303)  # type: ignore[assignment]
    response.vary.add("Accept")
    return share(response)


def _name_links(response: Response) -> Response:
    """Tell in Link headers what there is of the same, and which version of the data to cite (RFC 8288, RFC 8574)."""
    if response.status_code >= 400 or request.endpoint == "static":
        return response
    page, values, twin = _asked()
    found = [Link(VERSION + current_base().generation.version, "cite-as")]
    if page and response.status_code < 300:
        found += _links(page, values, twin)
        response.vary.add("Accept")
    if twin:
        share(response)
    given = [response.headers["Link"]] if "Link" in response.headers else []
    response.headers["Link"] = ", ".join([*given, *map(_written, found)])
    return response


def _links(page: str, values: dict[str, Any], own: Twin | None) -> Iterator[Link]:
    """The links of a page or a twin, as Signposting has them (https://signposting.org)."""
    single = page in KINDS
    if own:
        yield Link(iri_to_uri(url_for(page, **values)), "alternate describes" if single else "alternate", HTML)
    for twin, address in twins(page, values):
        if twin != own:
            described = single and not own and twin != JSON
            yield Link(address, "alternate describedby" if described else "alternate", twin.media)
    if license := current_base().generation.edition.license:
        yield Link(license, "license")
    if single:
        yield Link(url_for("data.dataset"), "collection", HTML)
    if page == "pages.source" and not own:
        yield from _of_work(values["id"])
    if page == "data.dataset":
        yield Link(url_for("data.void"), "describedby", "text/turtle")


def _of_work(id: str) -> Iterator[Link]:
    """What kind of work a source is, and where it can be read by everybody."""
    record = current_base().generation.records[id].data
    yield Link(SCHEMA + "AboutPage", "type")
    yield Link(SCHEMA + type_of(record), "type")
    if record.get("openAccess") == "yes" and is_web_address(record.get("url")):
        yield Link(iri_to_uri(record["url"]), "item")


def _written(link: Link) -> str:
    address = link.address.replace("<", "%3C").replace(">", "%3E")
    return f'<{address}>; rel="{link.relation}"' + (f'; type="{link.media}"' if link.media else "")
