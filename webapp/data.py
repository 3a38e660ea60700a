"""The data as a whole: described for programs, to take along in one file, and how to cite them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator
from threading import BoundedSemaphore
from typing import NamedTuple

from flask import Blueprint, Response, abort, redirect, request, url_for

from kb import Busy, KnowledgeBase, NotFound, __version__
from kb.graph.describe import Addresses, Edition
from kb.graph.query import GRAPH_FORMATS
from kb.terms import VERSION

from .formats import HTML, JSON, current_base, preferred, represent

bp = Blueprint("data", __name__)

SUFFIXES = {"trig": "trig", "nq": "nquads", "ttl": "turtle"}  # of a dump's address → its format
GRAPHS = {media: format for format, media in GRAPH_FORMATS.items()}
DUMPS_AT_ONCE = 2  # a slow reader of a large one keeps a thread
PLACES = BoundedSemaphore(DUMPS_AT_ONCE)
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link",
}


class DatasetView(NamedTuple):
    """The data set that is here: which, how much, and where to take it."""

    edition: Edition
    counts: dict[str, int]
    addresses: Addresses


@bp.get("/dataset.json", endpoint="dataset_json")
@bp.get("/dataset")
def dataset() -> Response:
    """What the data set is, how to cite it, and where to take it; the description for who asks for RDF."""
    if not request.path.endswith(".json") and preferred((HTML, JSON, *GRAPHS)) in GRAPHS:
        return described("void")
    now = current_base().generation
    return represent("dataset.html", DatasetView(now.edition, now.counts, addresses()))


@bp.get("/version/<version>")
def version(version: str) -> Response:
    """A version by its IRI: the present one leads on to the page or, who wants RDF, to the description."""
    now = current_base().generation.edition
    if version != now.version:
        raise NotFound(
            f"there is no version {version!r} here: this is version {now.version}, of {now.date or 'no known date'}. "
            "Of another version, ask those who keep the files for their state at that time"
        )
    wanted = preferred((HTML, JSON, *GRAPHS))
    target = ".void" if wanted in GRAPHS else ".dataset_json" if wanted == JSON else ".dataset"
    response: Response = redirect(url_for(target), 303)  # type: ignore[assignment]
    response.vary.add("Accept")
    return response


@bp.get("/.well-known/void")
def void() -> Response:
    """The data set in VoID and DCAT (https://www.w3.org/TR/void/#well-known)."""
    return described("void")


@bp.get("/.well-known/sparql-examples")
def examples() -> Response:
    """The example queries in SHACL, as other endpoints have them at this address."""
    return described("examples")


@bp.get("/dump.trig", defaults={"suffix": "trig"})
@bp.get("/dump.nq", defaults={"suffix": "nq"})
@bp.get("/dump.ttl", defaults={"suffix": "ttl"})
def dump(suffix: str) -> Response:
    """All data in one file."""
    now, format = current_base().generation, SUFFIXES[suffix]
    response = answer(lambda: _in_place(now.dump(format)), GRAPH_FORMATS[format], now.version)
    response.headers.set("Content-Disposition", "attachment", filename=f"dataset-{now.version}.{suffix}")
    return response


def described(kind: str) -> Response:
    """One of the descriptions of `Generation.description`, in the RDF format that the client likes best."""
    media = preferred(tuple(GRAPHS))
    if media is None:
        abort(406, f"this description comes as {', '.join(GRAPHS)}")
    now = current_base().generation
    response = answer(
        lambda: [now.description(kind, addresses(), GRAPHS[media])],
        media,
        f"{now.version}-{__version__}-{GRAPHS[media]}",
    )
    response.vary.add("Accept")
    return response


def answer(make: Callable[[], Iterable[bytes]], media: str, tag: str) -> Response:
    """What *make* gives, packed for who can unpack it; no body where the client has it, or wants the headers alone.

    The tag is a weak one: it tells that the data are the same; blank nodes and the order of prefixes may differ.
    """
    small = request.accept_encodings.quality("gzip") > 0
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    elif request.method == "HEAD":
        response = Response(iter(()), mimetype=media)
    else:
        response = Response(packed(make()) if small else make(), mimetype=media)
    if small:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.set_etag(tag, weak=True)
    return response


def addresses() -> Addresses:
    """Where this server has what the descriptions point to."""

    if not request.host:  # which werkzeug leaves empty where the header names none
        abort(400, "the Host header of this request names no host")

    def at(endpoint: str, **values: str) -> str:
        return url_for(endpoint, _external=True, **values)

    dumps = {format: at("data.dump", suffix=suffix) for suffix, format in SUFFIXES.items()}
    return Addresses(at("sparql.sparql"), at("data.dataset"), at("data.void"), at("data.examples"), dumps)


def version_link(base: KnowledgeBase) -> str:
    """The value of a ``Link`` header that tells which version of the data an answer comes from.

    The relation is ``cite-as`` (RFC 8574): of what an answer is a part, this is the address to cite.
    """
    return f'<{VERSION}{base.generation.version}>; rel="cite-as"'


@bp.after_request
def _share(response: Response) -> Response:
    response.headers.update(CORS)
    if response.status_code < 400:
        response.headers["Link"] = version_link(current_base())
    return response


def _in_place(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts of a dump, where there is a place for one more; it is given back when they end or are let go."""

    def held() -> Iterator[bytes]:
        if not PLACES.acquire(timeout=2):
            raise Busy(f"{DUMPS_AT_ONCE} dumps are on their way to others already: try again in a moment")
        try:
            yield b""
            yield from parts
        finally:
            PLACES.release()

    started = held()
    next(started)
    return started


def packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The parts of a body, compressed with gzip."""
    pack = zlib.compressobj(5, wbits=31)  # with the header and trailer of gzip
    for part in parts:
        if data := pack.compress(part):
            yield data
    yield pack.flush()
