"""What goes with data that programs read: who may read them, compression, and whether they have changed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from flask import Response, request

SHARED = {  # any page on the web may read what is public (https://fetch.spec.whatwg.org/#http-cors-protocol)
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, Retry-After",
}
SMALL = 1000  # bytes of a body up to which zipping is not worth it
LEVEL = 5  # of 9: how hard zlib tries


def share(response: Response) -> Response:
    """Let any page on the web read *response*; for ``after_request`` of a blueprint."""
    methods = request.url_rule.methods if request.url_rule else None
    response.headers.update(SHARED)
    response.headers["Access-Control-Allow-Methods"] = ", ".join(sorted(methods or {"GET", "HEAD", "OPTIONS"}))
    response.vary.update(("Accept", "Accept-Encoding"))
    return response


def is_known(tag: str) -> bool:
    """Whether the client has what is called *tag* already; one that asks for anything (``*``) gets it again."""
    known = request.if_none_match
    return request.method != "POST" and not known.star_tag and known.contains_weak(tag)


def tagged(response: Response, tag: str) -> Response:
    """*response* with an entity tag: a weak one, since blank nodes and the order of prefixes may differ."""
    response.set_etag(tag, weak=True)
    return response


def answer(make: Callable[[], bytes | Iterable[bytes]], media: str, tag: str = "") -> Response:
    """What *make* gives, called *tag*; it is not made where the client has it, or wants the headers alone."""
    if tag and is_known(tag):
        return tagged(Response(status=304), tag)
    response = body(iter(()) if request.method == "HEAD" else make(), media)
    return tagged(response, tag) if tag else response


def wants_zip() -> bool:
    """Whether the client can unpack gzip."""
    return request.accept_encodings.quality("gzip") > 0


def body(parts: bytes | Iterable[bytes], media: str) -> Response:
    """A response with *parts*, compressed for who can unpack them."""
    zipped = wants_zip() and not (isinstance(parts, bytes) and len(parts) < SMALL)
    if zipped:
        parts = whole_zip(parts) if isinstance(parts, bytes) else _zip(parts)
    response = Response(parts, mimetype=media)
    response.vary.add("Accept-Encoding")
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def whole_zip(data: bytes, level: int = LEVEL) -> bytes:
    """*data* zipped."""
    return b"".join(_zip([data], level))


def _zip(parts: Iterable[bytes], level: int = LEVEL) -> Iterator[bytes]:
    pack = zlib.compressobj(level, wbits=31)  # with the header and trailer of gzip
    for part in parts:
        if data := pack.compress(part):
            yield data
    yield pack.flush()
