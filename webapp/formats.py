"""One answer in the form the reader wants: a page or its JSON twin, an error page or problem+json."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Response, current_app, render_template, request, url_for
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import BadHost, HTTPException, NotFound, RequestEntityTooLarge

from kb import Busy, KBError, KnowledgeBase
from kb.evidence import SourceRef
from kb.generation import Generation
from kb.graph.query import BODY_BYTES
from kb.graph.tokens import printable
from kb.plain import plain
from kb.retrieval.complete import Completion
from kb.terms import LANGUAGE

HTML, JSON, PROBLEM = "text/html", "application/json", "application/problem+json"
DATA = (  # what addresses of data end in, beside .json
    ".bib", ".ris", ".ttl", ".jsonld", ".nt", ".rdf", ".csv", ".md", ".txt", ".atom",
)  # fmt: skip
REASON = 200  # characters of a sentence in the status line
MINIFIED = (",", ":")
SUGGESTED, WORDS = 5, 8  # things that a page that was not found names; words of its address that are looked up
FALLBACK_TITLE = "Knowledge base"


def represent(template: str, view: object, **more: Any) -> Response:
    """Answer with *view* as JSON where the client wants data, else as the page *template*.

    The template finds the object as ``view``; *more* is for the page alone.
    """
    response = json_response(view) if wants_json() else html_page(template, view=view, **more)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def html_page(template: str, status: int = 200, **values: Any) -> Response:
    """A page made of *template*."""
    response = Response(render_template(template, **values), status)
    response.vary.add("Accept-Language")
    return response


def json_response(data: object, status: int = 200, mimetype: str = JSON) -> Response:
    """*data* as JSON, in the shape of `kb.plain.plain`."""
    return Response(as_json(data) + "\n", status, mimetype=mimetype)


def as_json(data: object) -> str:
    """*data* as the text of JSON, in the shape of `kb.plain.plain`."""
    return json.dumps(plain(data), ensure_ascii=False, separators=MINIFIED)


def wants_json() -> bool:
    """Whether the address (``.json``) or the Accept header asks for data rather than a page."""
    return request.path.endswith(".json") or preferred((HTML, JSON)) == JSON


def preferred(offers: Sequence[str]) -> str | None:
    """The media type of *offers* that the client likes best, or None where none will do (RFC 9110 §12.5.1).

    Of equals, one that the client names goes before one it takes by a wildcard, then the first of *offers*.
    """
    # Parameters such as charset are no reason to refuse.
    accept = MIMEAccept([(value.partition(";")[0].strip(), q) for value, q in request.accept_mimetypes])
    if not accept:
        return offers[0]
    named = set(accept.values())
    best = max(offers, key=lambda offer: (accept.quality(offer), offer in named))
    return best if accept.quality(best) > 0 else None


def explain(error: Exception) -> Response:
    """Answer an error: one clear sentence with the right status, never a traceback."""
    if isinstance(error, KBError):
        return error_response(error.status, str(error), {"Retry-After": "2"} if isinstance(error, Busy) else {})
    if isinstance(error, RequestEntityTooLarge):
        return error_response(413, f"the body of a request may have {BODY_BYTES:,} bytes", {})
    if isinstance(error, BadHost):  # a page would link to this host
        return _problem(400, "the Host header of this request names no host that there can be")
    if isinstance(error, HTTPException):
        kept = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
        lost = isinstance(error, NotFound) and error.description == NotFound.description
        said = "There is no page at this address." if lost else error.description or ""
        return error_response(error.code or 500, said, kept)
    current_app.logger.exception("%s %s failed", request.method, request.path, exc_info=error)
    return error_response(500, "Something went wrong on our side. It has been noted in the server's log.", {})


def error_response(status: int, detail: str, headers: dict[str, str]) -> Response:
    """An error as a page, or as ``application/problem+json`` (RFC 9457) for programs."""
    title = HTTPStatus(status).phrase
    if _wants_page():
        meant = _meant(detail) if status == HTTPStatus.NOT_FOUND else ()
        response = html_page("error.html", status, code=status, title=title, detail=detail, suggestions=meant)
    else:
        response = _problem(status, detail)
    response.headers.update(headers)
    response.vary.add("Accept")
    if detail and request.path == "/sparql":  # pandas, rdflib and others show their user the status line alone
        reason = printable(" ".join(detail.splitlines()[0].split()))[:REASON]
        response.status = f"{status} {reason}".encode("ascii", "replace").decode()
    return response


def _meant(detail: str) -> Sequence[Completion]:
    """What a reader may have meant by an address that leads nowhere: what *detail* names, or its words begin."""
    found: dict[str, Completion] = {}
    with suppress(Exception):  # the page that tells of an error is no place for another
        folder, *words = re.findall(r"[^\W_]+", request.path)
        for id in re.findall(r"did you mean '([^']+)'", detail):
            if folder in ("concept", "source"):
                found[id] = Completion(folder, id, label(id) if folder == "concept" else reference(id).citation, "", "")
        for asked in _fewer(words[:WORDS]):
            for each in current_base().complete(" ".join(asked), SUGGESTED, language=language()):
                found.setdefault(each.id, each)
            if found:
                break
    return list(found.values())[:SUGGESTED]


def _fewer(words: list[str]) -> Iterator[list[str]]:
    """*words*, then ever fewer of them: the first and the last ones are left out in turn, then each stands alone."""
    while words:
        yield words
        if len(words) > 1:
            yield words[1:]
        words = words[:-1]


def _problem(status: int, detail: str) -> Response:
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return json_response(problem, status, PROBLEM)


def current_base() -> KnowledgeBase:
    """The knowledge base that this app was made over."""
    return cast(KnowledgeBase, current_app.extensions["kb"])


def site_title() -> str:
    """What the pages are headed with: the title that the ontology gives itself."""
    with suppress(Exception):  # the page that tells of an error needs a heading too
        return current_base().ontology().title or FALLBACK_TITLE
    return FALLBACK_TITLE


def data_version() -> Generation | None:
    """The state of the data that this page tells of, with its version and date; none where nothing is built."""
    with suppress(Exception):
        now = current_base().generation
        return now if now.version and now.date is not None else None
    return None


def made_from(link: str) -> str:
    """Where a text that is taken along is from: the site, the version of its data, and the page at *link*."""
    data = data_version()
    version = f", data version {data.version}{f' of {data.date}' if data.date else ''}" if data else ""
    return f"From {site_title()}{version}: {link}"


def address(endpoint: str, **values: Any) -> str:
    """What `flask.url_for` gives; pages keep the language that the reader has asked for by ``?lang=``."""
    if endpoint.partition(".")[0] in ("pages", "search", "about", "curate", "accounts"):
        values.setdefault("lang", request.args.get("lang") or None)
    return url_for(endpoint, **values)


def toggles(form: Mapping[str, Any], link: Callable[..., str]) -> Callable[[str, str], str]:
    """A function that gives the address of a list with a value of a filter set, or unset where *form* has it set."""

    def toggle(name: str, value: str) -> str:
        now = form[name]
        if isinstance(now, str):
            return link(**{name: "" if now == value else value})
        return link(**{name: [each for each in now if each != value] if value in now else [*now, value]})

    return toggle


def language() -> str:
    """The reader's language: the one asked for by ``?lang=``, else the best of Accept-Language that there is.

    A range such as ``de-AT`` takes ``de`` before any language that the reader likes less (RFC 4647 §3.4, lookup).
    """
    spoken = current_base().ontology().languages
    wanted = [request.args.get("lang", ""), *(value for value, quality in request.accept_languages if quality > 0)]
    near = (each for value in wanted for each in (value, value.partition("-")[0]) if each in spoken)
    return next(near, LANGUAGE)


def concept(id: str) -> Any:
    """The concept called *id* in the reader's language, or None where there is no such concept."""
    return current_base().ontology(language()).concepts.get(id)


def label(id: str) -> str:
    """The label of concept *id*, or the id where there is no such concept."""
    found = concept(id)
    return found.label if found else id


def narrower(id: str) -> int:
    """How many concepts are narrower than concept *id*, at any depth."""
    ontology = current_base().ontology(language())
    return len(ontology.narrower(id)) - 1 if id in ontology.concepts else 0


def scheme_label(id: str) -> str:
    """The label of scheme *id*, or the id where there is no such scheme."""
    found = current_base().ontology(language()).schemes.get(id)
    return found.label if found else id


def scheme_of(id: str) -> str:
    """The label of the scheme that concept *id* is in, if it is in one."""
    return current_base().generation.views(language()).links.scheme_label(id)


def reference(id: str) -> SourceRef:
    """Source *id*, to link to."""
    return current_base().generation.views().links.source(id)


def retracted(id: str) -> bool:
    """Whether source *id* is retracted."""
    return id in current_base().generation.views().retracted


def asked(name: str, about: Any = None) -> str:
    """The text of the named query that a list is made from, *about* the thing with an IRI or who has some names."""
    return current_base().generation.views().asked(name, about)


def author_id(person: Any) -> str:
    """The id of the page of the *person* that an entry of a record names; nothing where it names nobody."""
    return current_base().generation.views().author_id(person)


def fetched(name: str) -> bool:
    """Whether an install has laid the asset *name*, which comes from npm, into ``static/vendor/``."""
    return (Path(current_app.static_folder or "") / "vendor" / name).is_file()


def host(address: str) -> str:
    """The host of a web address, as a reader knows it."""
    with suppress(ValueError):
        return urlsplit(address).netloc.removeprefix("www.")
    return ""


def is_web_address(value: object) -> bool:
    """Whether *value* may stand in a link: an http(s) address with a host that there can be, and no script."""
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        with suppress(ValueError):  # from what stands where the host and port do
            return bool(urlsplit(value).hostname) and urlsplit(value).port != 0
    return False


def _wants_page() -> bool:
    """People read pages; where the address is made for programs, only who prefers HTML gets it.

    Who takes none of what there is for errors is a program.
    """
    if request.path.endswith(".json"):
        return False
    path, folders = request.path, ("/.well-known/", "/dump.")
    for_programs = path in ("/sparql", "/healthz") or path.endswith(DATA) or path.startswith(folders)
    offers = (JSON, PROBLEM, HTML) if for_programs else (HTML, JSON, PROBLEM)
    return preferred(offers) == HTML
