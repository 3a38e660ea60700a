"""What waits for a curator: sources and concepts to review, records to complete, works without claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import NamedTuple

from kb.corpus.check import ERROR
from kb.curation.checks import Checked, Checks, Todo
from kb.generation import Generation

REVIEW, COMPLETE, CLAIMS, CHANGED = "review", "complete", "claims", "changed"
TITLES = {
    REVIEW: ("To review", "Drafts that no second person has read, the oldest first, and proposed concepts."),
    COMPLETE: ("To complete", "What the check of all files finds wrong or lacking."),
    CLAIMS: ("Without claims", "Works of which nothing is recorded yet."),
    CHANGED: ("Recently changed", "What was saved last, by whom."),
}
KINDS = {  # of problems, as headings
    "bad-doi": "DOI not as it should be", "bad-id": "Ids not as they should be",
    "bad-isbn": "ISBN with a wrong digit", "bad-issn": "ISSN not as it should be",
    "bad-value": "Values that do not fit their key", "bare-relation": "Relations without evidence",
    "contradictory-stance": "Claims that agree and dispute at once", "empty-value": "Keys without a value",
    "future-day": "Days that are yet to come", "future-year": "Years that are yet to come",
    "grouping-concept": "Headings in place of concepts", "long-quote": "Quotes that are too long",
    "no-claim": "Links to claims that are not here", "no-claims": "Works without claims",
    "no-concept": "Links to concepts that are not here", "no-curator": "Curators whom the ontology does not name",
    "no-literature": "Concepts that no work treats", "no-locator": "Claims without a page",
    "no-quote": "Quotes that are not in the text", "no-source": "Links to works that are not here",
    "no-status": "Signatures without a status", "not-about": "Relations of what the claim is not about",
    "not-composed": "Letters and accents written apart", "page-range": "Page ranges with a hyphen",
    "quote-elsewhere": "Quotes that stand on another page", "retired-concept": "Retired concepts",
    "same-doi": "DOIs used twice", "same-id": "Ids used twice", "same-isbn": "ISBNs used twice",
    "same-title": "Works that may be here twice", "same-value": "Values named twice",
    "self-link": "Links to themselves", "shape": "Records that lack something, or say it wrongly",
    "stray-text": "Texts that belong to no source", "unknown-key": "Keys that there are not",
    "unknown-value": "Values that there are not", "unprintable-value": "Signs that cannot be printed",
    "unreadable": "Files that cannot be read", "weak-relation": "Relations that rest on memory or inference alone",
}  # fmt: skip


class Worklist(NamedTuple):
    """One list of what waits: *count* is None where it is not known yet."""

    name: str
    title: str
    what: str
    count: int | None  # type: ignore[assignment]  # which hides a method of tuples


class Waiting(NamedTuple):
    """A source that waits, and since which day, where that is known."""

    id: str
    since: str


class Kind(NamedTuple):
    """Problems of one kind."""

    check: str
    title: str
    severity: str
    todos: tuple[Todo, ...]


@lru_cache(2)
def to_review(now: Generation) -> tuple[Waiting, ...]:
    """The drafts, the oldest first; those of which no day is known before them."""
    rows = now.store.rows_named("drafts")
    found = (Waiting(now.names.id(row["source"] or ""), row["day"] or row["first"] or "") for row in rows)
    return tuple(sorted(found, key=lambda each: (each.since, each.id)))


@lru_cache(2)
def proposed(now: Generation) -> tuple[str, ...]:
    """The ids of the concepts that were proposed, by label."""
    rows = now.store.rows_named("proposed")
    known = now.views().ontology
    ids = (now.names.id(iri) for iri in known.listed(row["concept"] or "" for row in rows))
    return tuple(id for id in ids if id in known.concepts and not known[id].retired)


@lru_cache(2)
def without_claims(now: Generation) -> tuple[str, ...]:
    """The ids of the works without a claim, by citation."""
    ids = (now.names.id(row["source"] or "") for row in now.store.rows_named("claimless"))
    return tuple(sorted(ids, key=lambda id: (now.records.citation(id).casefold(), id)))


def kinds(todos: Iterable[Todo]) -> list[Kind]:
    """Problems by kind: errors first, then the most frequent."""
    found: dict[tuple[str, str], list[Todo]] = {}
    for each in todos:
        found.setdefault((each.check, each.severity), []).append(each)
    made = [
        Kind(check, KINDS.get(check) or check.replace("-", " ").capitalize(), severity, tuple(all))
        for (check, severity), all in found.items()
    ]
    return sorted(made, key=lambda kind: (kind.severity != ERROR, -len(kind.todos), kind.title))


class Worklists:
    """The worklists of one home; *generation* gives what the last build has read."""

    def __init__(self, generation: Callable[[], Generation], checks: Checks) -> None:
        self._generation, self._checks = generation, checks

    def all(self) -> tuple[Worklist, ...]:
        """Each list with how much is on it."""
        now, checked = self._generation(), self.checked()
        counts = {
            REVIEW: len(to_review(now)) + len(proposed(now)),
            COMPLETE: len(checked.todos) if checked else None,
            CLAIMS: len(without_claims(now)),
        }
        return tuple(Worklist(name, *TITLES[name], counts.get(name)) for name in TITLES)

    def to_review(self) -> tuple[Waiting, ...]:
        """The drafts, the oldest first."""
        return to_review(self._generation())

    def proposed(self) -> tuple[str, ...]:
        """The ids of the concepts that were proposed."""
        return proposed(self._generation())

    def without_claims(self) -> tuple[str, ...]:
        """The ids of the works without a claim."""
        return without_claims(self._generation())

    def checked(self, patience: float = 0.0) -> Checked:
        """What `kb check` finds; where files have changed it runs anew, and is waited for so many seconds."""
        return self._checks.now(self._generation(), patience)
