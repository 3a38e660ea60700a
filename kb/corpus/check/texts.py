"""Checks of the texts beside the files, and of what claims quote against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kb.corpus import texts
from kb.corpus.check.fields import Finding, unreadable
from kb.corpus.check.problems import ERROR, WARNING, Problem
from kb.corpus.quotes import NEAR, agreeing, find, nearest, standing
from kb.corpus.sources import Source
from kb.corpus.texts import ABSTRACT, PRINTED, Page
from kb.errors import BadSource

QUOTE_WORDS = 100  # more is no quotation but a part of the work, and it is published with the claim


def findings(sources: dict[Path, Source]) -> Iterator[tuple[Path, Finding]]:
    """Quotes that are long, that are not in the text, or that stand on another page than the claim says."""
    for path, source in sources.items():
        quoted = [(at, claim) for at, claim in enumerate(source.claims) if isinstance(claim.get("quote"), str)]
        pages = _pages(path.parent, source.id) if quoted else []
        for at, claim in quoted:
            if (length := len(claim["quote"].split())) > QUOTE_WORDS:
                message = f"a quote of {length} words"
                hint = "it is published with the claim: quote a sentence or two"
                yield path, Finding(("claims", at, "quote"), "long-quote", message, hint, WARNING)
            if pages and claim["quote"].strip():
                yield from ((path, finding) for finding in _of_quote(at, claim["quote"], claim.get("locator"), pages))


def problems(corpus: Path, ids: set[str]) -> Iterator[Problem]:
    """Texts that belong to no source, hold no page or cannot be read."""
    for file in sorted(corpus.glob(f"[!.]*{texts.SUFFIX}")):
        if file.stem not in ids:
            hint = "name it like its source; it is not read"
            yield Problem(file, 1, "the text belongs to no source", hint, WARNING, "stray-text")
            continue
        try:
            pages = texts.read(corpus, file.stem)
        except BadSource as error:
            yield unreadable(error)
            continue
        if not any(page.text for page in pages):
            hint = "each page begins with a form feed and its label; it is not searched"
            yield Problem(file, 1, "the text has no page", hint, WARNING, "empty-text")


def _pages(corpus: Path, id: str) -> list[Page]:
    try:
        return texts.read(corpus, id)
    except BadSource:  # which `problems` tells
        return []


def _of_quote(at: int, quote: str, place: object, pages: Sequence[Page]) -> Iterator[Finding]:
    """What is wrong with one quote and the locator *place* of its claim."""
    found = find(quote, pages)
    where = " and ".join(dict.fromkeys(each.locator or "a page without number" for each in found[:3]))
    if not found:
        if standing(quote, None, pages) is None:
            return
        near = nearest(quote, pages)
        stands = f"; nearest, at {texts.locator(near.label) or 'a page without number'}: “{near.words}”" if near else ""
        hint = "compare it with the work" if near else "quote words that stand there, or leave the quote out"
        severity = (
            WARNING if near and near.likeness >= NEAR else ERROR
        )  # what is near may be a slip, of the curator or of the copy
        yield Finding(("claims", at, "quote"), "no-quote", f"the quote is not in the text{stands}", hint, severity)
    elif isinstance(place, str) and agreeing(place, found) is False:
        message = f"the text has the quote at {where}, the locator says {place}"
        yield Finding(("claims", at, "locator"), "quote-elsewhere", message, "compare it with the work", ERROR)
    elif not place and any(each.first != ABSTRACT for each in found):
        message = f"the text has the quote at {where}, and there is no locator"
        certain = len(found) == 1 and PRINTED.fullmatch(found[0].first)
        mend = found[0].locator if certain else None
        yield Finding(("claims", at, "locator"), "no-quote-locator", message, "give the page", WARNING, mend)
