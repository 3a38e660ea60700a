"""The web app: pages for people, the same addresses with a suffix for programs."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response

from kb import KBError, KnowledgeBase
from kb.graph.query import BODY_BYTES
from kb.watch import watch

from . import (  # noqa: F401 – whose views join those of pages
    about,
    account_pages,
    accounts,
    browse,
    changes,
    compare,
    crawlers,
    data,
    evidence_map,
    exports,
    formats,
    history,
    linked,
    meta,
    moved,
    my_list,
    pages,
    paths,
    search,
    sparql,
    twins,
)
from .curate import (  # noqa: F401 – whose views join those of curators
    begin,
    concepts,
    desk,
    form,
    importing,
    merging,
    offers,
    proposing,
    retag,
    reviewing,
    undoing,
    worklists,
)
from .delivery import deliver
from .known_as import KnownAs
from .origin import is_local, is_secure
from .server import create, too_much
from .users import Users

NOBODY = "nobody can log in yet: 'kb user add NAME' makes an account, also while this runs"
SECURITY = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def create_app(
    base: KnowledgeBase, judgements: Path | None = None, known_as: str | None = None, writable: bool = False
) -> Flask:
    """Make the app over an open knowledge base; readers' judgements of hits go to the file *judgements*, if any.

    *known_as* is the address that absolute ones begin with, such as https://example.org/kb; else the request's host.
    On a *writable* one, pages change files for those who have an account; see `webapp.accounts`.
    """
    app = Flask(__name__)
    if known_as:
        app.wsgi_app = KnownAs.at(known_as, app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.extensions["kb"] = base
    app.config[search.JUDGEMENTS] = judgements
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES, MAX_FORM_MEMORY_SIZE=BODY_BYTES)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.globals.update(
        site_title=formats.site_title,
        data_version=formats.data_version,
        label=formats.label,
        concept=formats.concept,
        asked=formats.asked,
        fetched=formats.fetched,
        narrower=formats.narrower,
        scheme_label=formats.scheme_label,
        scheme_of=formats.scheme_of,
        reference=formats.reference,
        retracted=formats.retracted,
        has_history=changes.has_history,
        host=formats.host,
        url_for=formats.address,
        author_id=formats.author_id,
    )
    app.jinja_env.tests["web_address"] = formats.is_web_address
    app.register_blueprint(pages.bp)
    app.register_blueprint(search.bp)
    app.register_blueprint(sparql.bp)
    app.register_blueprint(data.bp)
    app.register_blueprint(about.bp)
    app.register_blueprint(linked.bp)
    app.register_blueprint(crawlers.bp)
    app.register_blueprint(changes.bp)
    importing.register(app, writable)
    accounts.register(app, writable, known_as)
    if writable:
        account_pages.register(app)
    app.register_error_handler(Exception, formats.explain)
    moved.register(app)
    app.before_request(too_much)
    deliver(app)  # before the others: what is asked for first is done last
    app.after_request(_secure)
    twins.register(app)
    exports.register(app)
    meta.register(app)
    return app


def serve(
    base: KnowledgeBase, host: str = "127.0.0.1", port: int = 5000, announce: Callable[[str], None] = print,
    judgements: Path | None = None, known_as: str | None = None, writable: bool = False,
) -> None:  # fmt: skip
    """Serve *base* until interrupted, and keep it up to date with its files.

    *announce* is told the address once the server listens, then whatever
    goes wrong with a file. Port 0 takes any free one. Raises `KBError` when
    the address cannot be had, or *writable* pages could be reached from elsewhere.
    """
    if writable:
        _refuse_strangers(host, known_as)
    if not 0 <= port <= 65535:
        raise KBError(f"there is no port {port}: choose one from 1 to 65535, or 0 for any that is free")
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise KBError(f"cannot listen on {host}:{port}: {error.strerror}; try another --host or --port") from error
    stop = Event()
    if writable:
        _take_up(base, announce, stop)
    server = create(create_app(base, judgements, known_as, writable), listener, proxied=known_as is not None)
    _log_queries()
    options = {"curated": writable}
    watcher = Thread(target=watch, args=(base, announce, stop), kwargs=options, daemon=True)
    watcher.start()
    shown = f"[{host}]" if ":" in host else host
    announce(welcome(base, f"http://{shown}:{listener.getsockname()[1]}/"))
    if writable and not Users(base.home).all():
        announce(NOBODY)
    try:
        server.run()
    finally:
        stop.set()
        server.close()


def _refuse_strangers(host: str, known_as: str | None) -> None:
    """Refuse to be writable where passwords would travel in the clear."""
    if is_secure(known_as):
        return
    why = (
        "--writable needs log-in, and passwords that travel by http can be read on the way: give --base-url "
        "(KB_BASE_URL) the https address of a proxy before this server"
    )
    if not is_local(host):
        raise KBError(f"{host} can be reached from other computers, and {why}, or leave --host out")
    if known_as and not is_local(urlsplit(known_as.strip()).hostname or ""):
        raise KBError(f"{known_as} is an address for others, and {why}, or leave it out")


def _take_up(base: KnowledgeBase, announce: Callable[[str], None], stop: Event) -> None:
    """Bring saves to their end that a server before us has left, and go on with those that git does not take yet."""
    saving = base.curation.saving
    try:
        for told in saving.recover():
            announce(f"not all is saved: {told}")
    except (KBError, OSError) as error:  # which each save will tell too
        announce(f"not all is saved: {error}")
    Thread(target=saving.keep, args=(announce, stop), daemon=True).start()


def _log_queries() -> None:
    """Write a line on the error output for each SPARQL query."""
    if not sparql.log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
        sparql.log.addHandler(handler)
        sparql.log.setLevel(logging.INFO)


def welcome(base: KnowledgeBase, address: str) -> str:
    """The address, and things to try there."""
    leading = pages.most_claimed(base.concepts())
    question = " and ".join(concept.label.lower() for concept in leading)
    tries = [f"concept/{concept.id}" for concept in leading[:1]]
    tries += ["search?" + urlencode({"q": question})] if question else []
    return "\n  ".join([f"{address} is ready (Ctrl+C ends it). Try", *(address + path for path in (*tries, "sparql"))])


def _secure(response: Response) -> Response:
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    return response
