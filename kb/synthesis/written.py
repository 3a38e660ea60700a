"""A collection to take along: as a text in Markdown, and as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from kb.evidence import ClaimView, Stance
from kb.synthesis.collection import MISSING, Cited, Collected, Collection
from kb.synthesis.markdown import escaped, lines

HEAD = ("place", "kind", "id", "iri", "text", "note", "work", "citation", "locator", "basis", "provenance", "caution",
        "to cite")  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # what a spreadsheet may run
UNTITLED = "List"
CITED, STANDING = "Works cited", "Works that stand to these claims"
WITHOUT = "Not to be cited, and so without a reference of their own"
STANDS = {"supports": "supported by", "disputes": "disputed by", "qualifies": "qualified by"}


def markdown(found: Collection, made_from: str = "") -> str:
    """The items with their notes and how they stand to other claims, then the references; *made_from* tells whence."""
    parts = [f"# {escaped(found.title or UNTITLED)}"]
    if made_from:
        parts.append(escaped(made_from))
    parts += ["\n".join(_item(number, item)) for number, item in enumerate(found.items, 1)]
    parts += _references(found)
    return "\n\n".join(parts) + "\n"


def _references(found: Collection) -> Iterator[str]:
    """The works cited, then those of other claims that are named; and which claims bring none."""
    if found.references or found.standing:
        yield f"## References ({found.style_label})"
    for heading, works in groups(found):
        if heading:
            yield f"### {heading}"
        yield "\n".join(map(_reference, works))
    if found.unreferenced:
        yield f"{WITHOUT}: {', '.join(f'item {place}' for place in places(found))}."


def groups(found: Collection) -> tuple[tuple[str, tuple[Cited, ...]], ...]:
    """The works under their headings, of which there is none where all works are cited."""
    if not found.standing:
        return (("", found.references),) if found.references else ()
    return tuple(each for each in ((CITED, found.references), (STANDING, found.standing)) if each[1])


def places(found: Collection) -> Iterator[int]:
    """The places of the claims that bring no reference."""
    yield from (place for place, item in enumerate(found.items, 1) if item.id in found.unreferenced)


def _reference(work: Cited) -> str:
    return f"- {escaped(work.text)}" + (f" **{work.caution}.**" if work.caution else "")


def _item(number: int, item: Collected) -> Iterator[str]:
    start = f"{number}. "
    below = " " * len(start)
    yield start + (_claim(item.claim) if item.claim else _other(item))
    for stance in item.claim.stances if item.claim else ():
        yield f"{below}- {_stance(stance)}"
    if item.caution and item.kind != MISSING:
        yield f"{below}- **{item.caution}.**"
    if item.note:
        yield f"{below}- Note: {lines(item.note, below + '  ')}"


def _claim(claim: ClaimView) -> str:
    """A claim as it may be cited; one that may not, with how it is known."""
    return escaped(claim.copy or f"{claim.text} {claim.source.citation}, {claim.provenance}")


def _other(item: Collected) -> str:
    if item.kind == MISSING:
        return f"No longer here: {escaped(item.label)}"
    if item.source:
        return escaped(item.label) + (f": *{escaped(item.source.title)}*" if item.source.title else "")
    scheme = f" ({escaped(item.scheme)})" if item.scheme else ""
    return f"**{escaped(item.label)}**{scheme}" + (f": {escaped(item.definition)}" if item.definition else "")


def _stance(stance: Stance) -> str:
    verb = stance.relation if stance.direction == "out" else STANDS.get(stance.relation, stance.relation)
    return f"{verb} {escaped(stance.citation)}: {escaped(stance.text)} ({escaped(stance.provenance)})"


def rows(found: Collection) -> Iterator[tuple[object, ...]]:
    """A row for each item, under `HEAD`; a text that a spreadsheet would run as a formula begins with an apostrophe."""
    for place, item in enumerate(found.items, 1):
        claim, source = item.claim, item.source
        known = (claim.locator or "", claim.basis, claim.provenance) if claim else ("", "", "")
        work = (source.id, source.citation) if source else ("", "")
        cells = (item.kind, item.id, item.iri, item.label, item.note, *work, *known, item.caution)
        yield (place, *map(cell, (*cells, claim.copy if claim else "")))


def cell(text: str) -> str:
    """*text* as it may stand in a table of others' texts: data, never a formula (OWASP, CSV injection).

    >>> cell("=1+1"), cell("1+1")
    ("'=1+1", '1+1')
    """
    return f"'{text}" if text.startswith(FORMULA) else text
