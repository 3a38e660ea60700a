"""The data as a whole: described for programs, to take along in one file, and how to cite them."""

from __future__ import annotations

from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import NamedTuple

from flask import Blueprint, Response, abort, redirect, request, url_for

from kb import Busy, NotFound, __version__
from kb.graph.describe import Addresses, Edition
from kb.graph.query import GRAPH_FORMATS

from .bodies import answer, share
from .formats import HTML, JSON, current_base, preferred, represent

bp = Blueprint("data", __name__)
bp.after_request(share)

SUFFIXES = {"trig": "trig", "nq": "nquads", "ttl": "turtle"}  # of a dump's address → its format
GRAPHS = {media: format for format, media in GRAPH_FORMATS.items()}
DUMPS_AT_ONCE = 2  # a slow reader of a large one keeps a thread
PLACES = BoundedSemaphore(DUMPS_AT_ONCE)


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
    response = answer(lambda: in_place(now.dump(format)), GRAPH_FORMATS[format], now.version)
    response.headers.set("Content-Disposition", "attachment", filename=f"dataset-{now.version}.{suffix}")
    return response


def described(kind: str) -> Response:
    """One of the descriptions of `Generation.description`, in the RDF format that the client likes best."""
    media = preferred(tuple(GRAPHS))
    if media is None:
        abort(406, f"this description comes as {', '.join(GRAPHS)}")
    now, format = current_base().generation, GRAPHS[media]
    tag = f"{now.version}-{__version__}-{format}"
    return answer(lambda: now.description(kind, addresses(), format), media, tag)


def addresses() -> Addresses:
    """Where this server has what the descriptions point to."""
    if not request.host:  # which werkzeug leaves empty where the header names none
        abort(400, "the Host header of this request names no host")

    def at(endpoint: str, **values: str) -> str:
        return url_for(endpoint, _external=True, **values)

    dumps = {format: at("data.dump", suffix=suffix) for suffix, format in SUFFIXES.items()}
    return Addresses(at("sparql.sparql"), at("data.dataset"), at("data.void"), at("data.examples"), dumps)


def in_place(parts: Iterator[bytes]) -> Iterator[bytes]:
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
