"""Pages in the words of schema.org, which search engines read: works, concepts, schemes, the data set, the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from flask import url_for
from werkzeug.urls import iri_to_uri

from kb.bibliography.highwire import pages
from kb.bibliography.name_parts import spoken
from kb.graph.describe import Addresses, Edition
from kb.graph.query import GRAPH_FORMATS
from kb.overview import Ref
from kb.views import ConceptView, SchemeView, SourceView

from .formats import current_base, is_web_address, site_title

SCHEMA = "https://schema.org/"
TYPES = {
    "article": "ScholarlyArticle", "book": "Book", "chapter": "Chapter", "conference-paper": "ScholarlyArticle",
    "legislation": "Legislation", "magazine-article": "Article", "reference-entry": "Article", "report": "Report",
    "thesis": "Thesis", "webpage": "WebPage", "working-paper": "Report",
}  # fmt: skip
CONTAINERS = {"article": "Periodical", "magazine-article": "Periodical", "chapter": "Book", "reference-entry": "Book",
              "conference-paper": "Book", "webpage": "WebSite"}  # fmt: skip
SAME = ("exactMatch", "closeMatch")  # that name the same thing, for who wants to know what is meant
Node = dict[str, Any]


def type_of(record: Mapping[str, Any]) -> str:
    """The type of a work."""
    return TYPES.get(str(record.get("type")), "CreativeWork")


def source(view: SourceView) -> Node:
    """A work as far as it is known, what it is about, and the works it cites."""
    record, names = view.record, current_base().generation.names
    first, last = pages(record)
    part = "container" in record
    links = [f"https://doi.org/{quote(record['doi'])}"] if record.get("doi") else []
    links += [record["url"]] if is_web_address(record.get("url")) else []
    return _known({
        "@context": SCHEMA.rstrip("/"), "@type": type_of(record), "@id": view.iri, "url": _at("source", view.id),
        "name": view.title or view.citation, "author": _names(record, "authors"),
        "editor": [] if part else _names(record, "editors"), "datePublished": view.issued,
        "isPartOf": _container(record), "pageStart": first, "pageEnd": last,
        "publisher": _known({"@type": "Organization", "name": record.get("publisher")}, 2),
        "isbn": "" if part else record.get("isbn"), "bookEdition": record.get("edition"),
        "identifier": _known({"@type": "PropertyValue", "propertyID": "DOI", "value": record.get("doi")}, 3),
        "sameAs": links, "description": view.summary, "isAccessibleForFree": record.get("openAccess") == "yes" or None,
        "about": [_term(ref) for ref in view.subjects],
        "citation": [
            {"@type": "CreativeWork", "@id": names.iri("source", ref.id), "name": ref.title or ref.citation,
             "url": _at("source", ref.id)} for ref in view.cites
        ],
    })  # fmt: skip


def concept(view: ConceptView) -> Node:
    """A concept as a defined term of its scheme."""
    scheme = current_base().ontology().schemes.get(view.scheme.id) if view.scheme else None
    return _known({
        "@context": SCHEMA.rstrip("/"), "@type": "DefinedTerm", "@id": view.iri, "url": _at("concept", view.id),
        "name": view.label, "alternateName": list(view.alt_labels), "description": view.definition,
        "termCode": view.id, "inLanguage": view.language,
        "inDefinedTermSet": _set(scheme.id, scheme.iri, view.scheme.label) if scheme and view.scheme else None,
        "sameAs": [match.iri for match in view.matches if match.kind in SAME and is_web_address(match.iri)],
    })  # fmt: skip


def schemes(views: Iterable[SchemeView]) -> Node:
    """The schemes of concepts as sets of terms."""
    sets = [_set(view.id, view.iri, view.label) | _known({"description": view.note}) for view in views]
    return {"@context": SCHEMA.rstrip("/"), "@graph": sets}


def dataset(edition: Edition, at: Addresses) -> Node:
    """The data set in its present version, and where to take it."""
    return _known({
        "@context": SCHEMA.rstrip("/"), "@type": "Dataset", "@id": edition.iri, "url": at.page, "name": edition.title,
        "description": edition.description, "version": edition.version, "dateModified": edition.date,
        "license": edition.license, "identifier": edition.version_iri, "citation": edition.citation,
        "creator": _known({"@type": "Organization", "name": edition.creators}, 2),
        "isAccessibleForFree": True,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": address, "encodingFormat": GRAPH_FORMATS[format]}
            for format, address in at.dumps.items()
        ],
    })  # fmt: skip


def site() -> Node:
    """The site, and how to search in it."""
    home, search = (url_for(f"search.{view}", _external=True) for view in ("home", "search"))
    target = {"@type": "EntryPoint", "urlTemplate": f"{search}?q={{search_term_string}}"}
    action = {"@type": "SearchAction", "target": target, "query-input": "required name=search_term_string"}
    named = {"@context": SCHEMA.rstrip("/"), "@type": "WebSite", "@id": home, "url": home, "name": site_title()}
    return {**named, "potentialAction": action}


def _container(record: Mapping[str, Any]) -> Node:
    """What a work is in: the issue of the volume of a journal, or a book with its editors."""
    kind = CONTAINERS.get(str(record.get("type")), "CreativeWork")
    editors = _names(record, "editors") if record.get("container") else []
    isbn = record.get("isbn") if kind == "Book" else None
    node = _known(
        {"@type": kind, "name": record.get("container"), "editor": editors, "issn": record.get("issn"), "isbn": isbn}, 2
    )
    for type, name, field in (("Volume", "volumeNumber", "volume"), ("Issue", "issueNumber", "issue")):
        if record.get(field):
            node = _known({"@type": f"Publication{type}", name: record[field], "isPartOf": node})
    return node


def _names(record: Mapping[str, Any], role: str) -> list[Node]:
    found = (name for name in record.get(role) or () if isinstance(name, dict))
    return [
        {"@type": "Organization", "name": name["literal"]} if name.get("literal") else _known({
            "@type": "Person", "name": spoken(name.get("given") or "", name.get("family") or ""),
            "familyName": name.get("family"), "givenName": name.get("given"),
        }) for name in found
    ]  # fmt: skip


def _term(ref: Ref) -> Node:
    found = current_base().ontology().concepts.get(ref.id)
    return _known(
        {"@type": "DefinedTerm", "@id": found and found.iri, "name": ref.label, "url": _at("concept", ref.id)}
    )


def _set(id: str, iri: str, label: str) -> Node:
    address = url_for("pages.concepts", _external=True, _anchor=id)
    return {"@type": "DefinedTermSet", "@id": iri, "name": label, "url": address}


def _at(kind: str, id: str) -> str:
    return iri_to_uri(url_for(f"pages.{kind}", id=id, _external=True))


def _known(node: Mapping[str, Any], least: int = 1) -> Node:
    """What of *node* is known; nothing where that is less than *least* keys."""
    found = {key: value for key, value in node.items() if value not in (None, "", [], {})}
    return found if len(found) >= least else {}
