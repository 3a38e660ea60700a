"""How pages and files travel: zipped, with an entity tag, and kept by the browser where they cannot have changed."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

from .bodies import SMALL, wants_zip, whole_zip

FILE_LEVEL = 9  # of zlib: a file is zipped once
KEPT = "public, max-age=31536000, immutable"  # a file under an address with its hash: another file has another address
ASKED_AGAIN = "no-cache"  # kept, and asked after each time: the answer to that is mostly 304 and no body
TEXTS = {"application/json", "application/ld+json", "application/problem+json", "application/javascript",
         "application/xml", "image/svg+xml"}  # fmt: skip  # beside text/*
FILES = 64  # whose hashes and zipped forms are remembered


def deliver(app: Flask) -> None:
    """Have *app* name static files by their hash, and send its texts zipped, tagged, and with how long to keep them."""
    app.url_defaults(_name_by_hash)
    app.after_request(_send)


def _name_by_hash(endpoint: str, values: dict[str, Any]) -> None:
    """Put the hash of a static file into its address."""
    if endpoint == "static" and "filename" in values:
        values.setdefault("v", file_hash(values["filename"]) or None)


def file_hash(name: str) -> str:
    """A hash of the static file *name* as it is now; empty where there is none."""
    path = Path(current_app.static_folder or "") / name
    try:
        return _hash(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):  # the latter: what no file can be called
        return ""


@lru_cache(FILES)
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@lru_cache(FILES)
def _zipped(path: Path, _changed: int) -> bytes:
    return whole_zip(path.read_bytes(), FILE_LEVEL)


def _send(response: Response) -> Response:
    """Settle how *response* travels; what streams or is zipped already goes as it is."""
    if request.endpoint == "static":
        return _send_file(response)
    response.headers.setdefault("Cache-Control", ASKED_AGAIN)
    if not _is_text(response) or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if response.status_code == 200 and request.method in ("GET", "HEAD") and "ETag" not in response.headers:
        response.set_etag(hashlib.sha256(body).hexdigest()[:32], weak=True)  # weak: zipped or not, it says the same
        response.make_conditional(request)
    if response.status_code != 304 and len(body) >= SMALL and wants_zip():
        response.set_data(whole_zip(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _send_file(response: Response) -> Response:
    """A static file: for a year where the address has its hash."""
    name = (request.view_args or {}).get("filename", "")
    if response.status_code in (200, 304):
        known = request.args.get("v") == file_hash(name)
        response.headers["Cache-Control"] = KEPT if known else ASKED_AGAIN
    if not _is_text(response):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and (response.content_length or 0) >= SMALL and wants_zip():
        path = Path(current_app.static_folder or "") / name
        zipped = _zipped(path, path.stat().st_mtime_ns)
        response.close()  # the file that would have been passed through
        response.direct_passthrough = False
        response.set_data(zipped)
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


def _is_text(response: Response) -> bool:
    media = response.mimetype or ""
    return media.startswith("text/") or media in TEXTS
