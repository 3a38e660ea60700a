"""What a place in the data of a source is called in words, for lists of problems and of changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import bp

ENTRIES = {"claims": "Claim", "authors": "Author", "editors": "Editor", "asserts": "relation"}
PARTS = {  # of a claim, a name and a relation, as the form has them
    "text": "statement", "quote": "words of the work", "locator": "page", "basis": "on what it rests",
    "reportedIn": "the work that says so", "about": "what it is about", "supports": "what it supports",
    "disputes": "what it disputes", "qualifies": "what it qualifies", "asserts": "relations", "note": "note",
    "id": "id", "curator": "curator", "created": "day", "family": "family name", "given": "given names",
    "literal": "organisation", "subject": "what", "relation": "relation", "object": "to what",
}  # fmt: skip
WHOLE = {"subjects": "Concepts of the work", "cites": "Works that it cites", "rejected": "Rejected concepts",
         "claims": "Claims", "type": "Kind of work", "id": "Id", "treats": "Where it treats concepts",
         "extra": "Imported fields"}  # fmt: skip


def called(path: str, data: Mapping[str, Any], labels: Mapping[str, str]) -> str:
    """The place at *path* in words; *labels* are those of the fields of the record.

    >>> called("claims.0.locator", {"claims": [{"id": "#c3"}]}, {}), called("authors.1", {}, {})
    ('Claim #c3: page', 'Author 2')
    """
    said, inside = list[str](), ""
    for step in filter(None, path.split(".")):
        if step.isdecimal() or step.startswith("#"):
            said = _numbered(said, inside, step, data)
        elif step != "add":
            said.append(PARTS.get(step, step) if said else labels.get(step) or WHOLE.get(step, step))
            inside = step
    return ": ".join(said)


@bp.app_template_test("within")
def within(path: str, around: str) -> bool:
    """Whether a place is the one at the path *around*, or in it."""
    return f"{path}.".startswith(f"{around}.")


def _numbered(said: list[str], inside: str, step: str, data: Mapping[str, Any]) -> list[str]:
    """The names so far with the entry of a list; of a list of texts the list alone is named."""
    if inside not in ENTRIES:
        return said
    number = step if step.startswith("#") else str(int(step) + 1)
    if inside == "claims" and step.isdecimal():
        claims = data.get("claims")
        at = int(step)
        claim = claims[at] if isinstance(claims, list) and at < len(claims) else None
        number = str((isinstance(claim, Mapping) and claim.get("id")) or number)
    return [*said[:-1], f"{ENTRIES[inside]} {number}"]
