"""What search engines ask for: which pages there are, and which ones to leave alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from xml.sax.saxutils import escape

from flask import Blueprint, Response, request, url_for
from werkzeug.urls import iri_to_uri

from kb import NotFound, __version__

from .bodies import answer
from .formats import current_base

bp = Blueprint("crawlers", __name__)

LISTED = 50_000  # addresses that one site map may have (https://www.sitemaps.org/protocol.html)
SCHEMA = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = (
    "search.home", "pages.concepts", "pages.sources", "pages.authors", "pages.evidence_map", "pages.paths",
    "pages.ontology", "data.dataset", "about.about", "about.help",
)  # fmt: skip
LEFT = (  # without end, or leading on
    "/search?", "/sparql?", "/similar/", "/complete", "/map?", "/map/", "/paths?", "/compare?", "/list", "/dump.",
    "/id",
)  # fmt: skip


@bp.get("/robots.txt")
def robots() -> Response:
    """Which addresses a crawler need not ask (RFC 9309)."""
    root = url_for("search.home").rstrip("/")
    lines = ["User-agent: *", *(f"Disallow: {root}{path}" for path in LEFT)]
    return Response("\n".join([*lines, f"Sitemap: {url_for('.sitemap', _external=True)}", ""]), mimetype="text/plain")


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page about one thing and every list; in parts, ``?part=1`` and so on, where there are very many."""
    now, part = current_base().generation, request.args.get("part", "")
    count = len(PAGES) + now.counts["concepts"] + now.counts["sources"]
    parts = -(-count // LISTED)
    if part and part not in map(str, range(1, parts + 1)):
        raise NotFound(f"the site map has no part {part[:20]!r}")
    tag = f"{now.version}-{__version__}-map-{part}-{request.host_url}"
    if count > LISTED and not part:
        listed = (url_for(".sitemap", part=n + 1, _external=True) for n in range(parts))
        return answer(lambda: _written("sitemapindex", "sitemap", listed), "application/xml", tag)
    start = (int(part or 1) - 1) * LISTED
    return answer(
        lambda: _written("urlset", "url", islice(_addresses(), start, start + LISTED)), "application/xml", tag
    )


def _addresses() -> Iterator[str]:
    base = current_base()
    yield from (url_for(page, _external=True) for page in PAGES)
    for id, concept in base.ontology().concepts.items():
        if not concept.retired:
            yield url_for("pages.concept", id=id, _external=True)
    yield from (url_for("pages.source", id=id, _external=True) for id in base.generation.records.ids())


def _written(root: str, each: str, addresses: Iterator[str]) -> bytes:
    date = current_base().generation.date
    changed = f"<lastmod>{date}</lastmod>" if date else ""
    lines = (f"<{each}><loc>{escape(iri_to_uri(address))}</loc>{changed}</{each}>\n" for address in addresses)
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{SCHEMA}">\n'
    return f"{head}{''.join(lines)}</{root}>\n".encode()
