"""Proposing a concept in the form of a source, where none fits: it is used there at once."""

from __future__ import annotations

from kb import BadQuery
from kb.curation.offers import CONCEPT

from ..formats import current_base
from . import fields
from .form import MORE_VERBS
from .offers import offers
from .sheets import PROPOSE, Sheet, curation, who

BUILDING = 10.0  # seconds that the next build is waited for
PARTS = ("label", "definition", "broader", "scheme")  # fields: propose.label …


def propose(sheet: Sheet, path: str) -> Sheet:
    """Propose the concept that was typed, and choose it at *path*."""
    typed = sheet.draft.typed
    label, definition, broader, scheme = (typed.get(f"{PROPOSE}{part}", "") for part in PARTS)
    if not label:
        raise BadQuery("a concept needs a label: type what it is called in the literature")
    if not definition:
        raise BadQuery("a concept needs a definition: type what it means, in a sentence")
    if not broader and not scheme:
        raise BadQuery(
            "a concept needs its place: choose what it is narrower than, or at the top of which scheme it is"
        )
    above = offers().named(CONCEPT, broader, headings=True) if broader else ""
    made = curation().concepts.propose(label, definition, above, "" if above else scheme, who().author)
    current_base().catch_up(BUILDING)
    left = {name: text for name, text in typed.items() if not name.startswith(PROPOSE)}
    return sheet._replace(
        draft=sheet.draft._replace(data=fields.joined(sheet.draft.data, path, made.id), typed=left), at=path
    )


def suggest(sheet: Sheet, _: str) -> Sheet:
    """Show what is suggested."""
    return sheet._replace(at="concepts")


MORE_VERBS |= {"propose": propose, "suggest": suggest}
