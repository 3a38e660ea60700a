"""The works that pages tell of, to take along: as a reference list in a style, or as a file for a reference manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Flask, Response

from kb import __version__
from kb.bibliography.styles import REFERENCE_STYLES, check_written

from . import linked
from .asked import typed
from .bodies import answer
from .browse import wanted
from .evidence_map import cell_form, cell_view
from .formats import current_base
from .twins import LITERATURE, REFERENCES, TEXT, Twin, endpoint

Works = Callable[..., Iterable[str]]  # the ids of the works of a page, from the values in its address
AT_ONCE = 64 * 1024  # characters of a file that are sent together


class Form(NamedTuple):
    """A form in which works can be taken along."""

    name: str
    address: str


class Forms(NamedTuple):
    """The forms for reference managers, and the styles of a reference list."""

    managers: tuple[Form, ...]
    styles: tuple[Form, ...]


def register(app: Flask) -> None:
    """Let the templates of *app* ask in which forms the works of a page can be taken along."""
    app.jinja_env.globals.update(exports=exports)


def exports(page: str) -> Forms:
    """The forms of the works that the page at an address tells of."""
    path, _, query = page.partition("?")

    def at(twin: Twin, **more: str) -> str:
        asked = "&".join(filter(None, (query, urlencode(more))))
        return path + twin.suffix + (f"?{asked}" if asked else "")

    first = next(iter(REFERENCE_STYLES))
    named = ((style, label.partition(" (")[0]) for style, label in REFERENCE_STYLES.items())
    return Forms(
        tuple(Form(twin.name, at(twin)) for twin in REFERENCES),
        tuple(Form(label, at(TEXT, **({"style": style} if style != first else {}))) for style, label in named),
    )


def offer(page: str, rule: str, works: Works, name: str = "", tagged: bool = True) -> None:
    """Answer the twins of a *page* at *rule* that hold its *works*, in files called *name*, or by the id asked for.

    They are *tagged* where they follow from the data alone.
    """
    for twin in LITERATURE:
        view = partial(_references, twin, works, name, tagged)
        linked.bp.add_url_rule(rule + twin.suffix, endpoint(page, twin), view)


def asked_style() -> str:
    """The style that is asked for by ``?style=``; raises BadQuery for one that is not there."""
    style = typed("style") or next(iter(REFERENCE_STYLES))
    check_written(style)
    return style


def _references(twin: Twin, works: Works, name: str, tagged: bool, **values: Any) -> Response:
    base, style = current_base(), twin.style or asked_style()
    ids = list(works(**values))  # what is wrong is told before the answer begins
    tag = f"{base.generation.version}-{__version__}-{twin.suffix[1:]}-{style}" if tagged else ""
    response = answer(lambda: _parts(base.works.written(ids, style)), twin.media, tag)
    response.headers.set("Content-Disposition", "inline" if twin == TEXT else "attachment",
                         filename=(name or values["id"]) + twin.suffix)  # fmt: skip
    return response


def _parts(texts: Iterable[str]) -> Iterator[bytes]:
    """*texts* in parts that are worth sending."""
    waiting, size = [""], 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size > AT_ONCE:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()


def _source(id: str) -> list[str]:
    return [current_base().generation.records[id].id]


def _concept(id: str) -> Iterable[str]:
    return current_base().works.about(id)


def _author(id: str) -> Iterable[str]:
    return (work.source.id for work in current_base().author(id).works)


def _sources() -> Iterable[str]:
    return (source.id for source in current_base().sources(**wanted()).sources)


def _cell() -> Iterable[str]:
    """The works whose claims or relations are in a cell; of one that holds none, those that have both as subjects."""
    view = cell_view(cell_form(), None)
    claims = [*view.claims, *(claim for relation in view.relations for claim in relation.claims)]
    return dict.fromkeys([claim.source.id for claim in claims] or [work.id for work in view.works])


offer("pages.source", "/source/<path:id>", _source)
offer("pages.concept", "/concept/<path:id>", _concept)
offer("pages.author", "/author/<path:id>", _author)
offer("pages.sources", "/sources", _sources, "sources")
offer("pages.map_cell", "/map/cell", _cell, "cell")
