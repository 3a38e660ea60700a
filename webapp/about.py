"""What explains the rest: how statements are known here, and what can be typed where."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from flask import Blueprint, Response

from .formats import current_base, html_page, language, represent
from .pages import most_claimed

bp = Blueprint("about", __name__)

SHOWN = 3  # examples of a kind


@bp.get("/about.json", endpoint="about_json")
@bp.get("/about")
def about() -> Response:
    """How statements are known here, with a claim as example, and the words for it."""
    return represent("about.html", current_base().about(language()))


@bp.get("/help")
def help() -> Response:
    """What can be typed, clicked and pressed, with examples that find something here."""
    version = current_base().generation.version
    tries = [
        (title, text, [each for each in asked if _finds(version, language(), each)]) for title, text, asked in _tries()
    ]
    return html_page("help.html", tries=[(title, how, texts[:SHOWN]) for title, how, texts in tries if texts])


def _tries() -> Iterator[tuple[str, str, list[str]]]:
    """What may be typed: what it is, how, and examples made of what is here."""
    base = current_base()
    labels = [concept.label.lower() for concept in most_claimed(base.concepts(language()))]
    example = base.about(language()).example
    if labels:
        topics = [concept.label.lower() for concept in example.about] if example else []
        yield "A concept", "by any of its names, or several:", [labels[0], " and ".join(labels)]
    if example:
        work = example.source.citation.replace("(", "").replace(")", "")
        yield "A work or an author", "by name and year, or by a DOI:", [work, work.rpartition(" ")[0]]
        yield "Who cites it", "as far as citations were noted:", [f"who cites {work}"]
    if labels:
        stances = [f"who {verb} {topic}" for topic in (*topics, *labels) for verb in ("disputes", "qualifies")]
        yield "Who disagrees", "or limits what others say:", stances
        yield "Years", "since, before, or between:", [f"{labels[0]} since 2005", f"{labels[0]} 1990-1999"]
        yield "Words side by side", "in quotation marks:", [f'"{labels[0]}"']


@lru_cache(maxsize=100)
def _finds(version: str, language: str, text: str) -> bool:
    """Whether all that is understood of a search leads to what it asks about, in this version of the data."""
    found = current_base().search(text, limit=SHOWN, language=language)
    asked = {part.value for part in found.understood if part.type == "concept"}
    answers = any(asked.intersection(hit.concepts) for hit in found.hits) if asked else bool(found.hits)
    return answers and bool(found.close) and all(part.state == "on" for part in found.understood)
