"""What a reader types to add something: the id that a name, a title or the beginning of one stands for."""

from __future__ import annotations

from collections.abc import Sequence

from kb import BadQuery, NotFound
from kb.corpus.ontology import fold

from .asked import clean
from .formats import current_base, language

LOOKED_AT = 20  # completions among which one may be called just so
CALLED = {"concept": "concept", "source": "work", "author": "author"}


def named(text: str, kinds: Sequence[str]) -> str:
    """The id of what *text* names, of one of *kinds* (concept, source): by id, else by label or title, else by its
    beginning. Raises BadQuery for nothing, NotFound for what names nothing here.
    """
    text = clean(text)
    what = " or ".join(CALLED[kind] for kind in kinds)
    if not text:
        raise BadQuery(f"nothing to add was named: type the name of a {what}")
    base = current_base()
    if any(base.has(kind, text) for kind in kinds):
        return text
    found = base.complete(text, LOOKED_AT, kinds, language())
    if not found:
        raise NotFound(f"no {what} is called {text[:100]!r} or begins so: type one of its words")
    same = (each for shown in ("label", "matched") for each in found if fold(getattr(each, shown)) == fold(text))
    return next(same, found[0]).id
