"""What curators do with concepts: propose, accept, change, merge, and tag anew what one was split into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from kb.corpus.sources import Corpus
from kb.home import Home
from kb.saving import Author, Saved, Saving
from kb.terms import LANGUAGE

if TYPE_CHECKING:
    from kb.curation.concept_edits import Wording
    from kb.curation.plans import Plan
    from kb.curation.proposing import Draft, Proposed
    from kb.curation.retagging import Choice, Retagging


class Concepts:
    """The concepts of one home, as curators change them; each change is one save."""

    def __init__(self, home: Home, saving: Saving) -> None:
        self.home, self.saving, self.corpus = home, saving, Corpus(home.corpus)

    def propose(
        self, label: str, definition: str, broader: str | Iterable[str], scheme: str, author: Author,
        alt_labels: Iterable[str] = (), scope_note: str = "", language: str = LANGUAGE,
    ) -> Proposed:  # fmt: skip
        """Propose a concept, which counts at once and waits for an editor; see `kb.curation.proposing`."""
        from kb.curation import proposing

        draft = proposing.Draft.of(label, definition, broader, scheme, alt_labels, scope_note, language)
        return proposing.propose(self.saving, self.corpus, draft, author)

    def wording(self, id: str, language: str = LANGUAGE) -> Wording:
        """A concept as an editor changes it, with its texts in a *language*."""
        from kb.curation import concept_edits

        return concept_edits.wording(self.home, id, language)

    def accept(self, id: str, author: Author) -> Saved:
        """Let a proposed concept stand among the others of its scheme."""
        from kb.curation import concept_edits

        return concept_edits.accept(self.saving, id, author)

    def decline(self, id: str, into: str | None, author: Author) -> Saved:
        """Take a proposed concept out; what uses it gets *into* in its place."""
        from kb.curation import concept_edits

        return concept_edits.decline(self.saving, self.corpus, id, into or "", author)

    def edit(self, id: str, draft: Draft, was: str, author: Author) -> Saved:
        """Change a concept to what *draft* says, made from the wording with the etag *was*."""
        from kb.curation import concept_edits

        return concept_edits.edit(self.saving, id, draft, was, author)

    def merging(self, one: str, into: str, even: bool = False) -> Plan:
        """What merging the concept *one* into *into* would change; with *even*, even across schemes."""
        from kb.curation import merging_concepts

        return merging_concepts.plan(self.home, self.corpus, one, into, even)

    def merge(self, one: str, into: str, author: Author, even: bool = False, seen: str = "") -> Saved:
        """Merge the concept *one* into *into* in one save; *seen* is that of the plan that was looked at."""
        return self.merging(one, into, even).save(self.saving, author, seen)

    def retagging(
        self, concept: str, new: Iterable[str], suggest: Callable[[str], Iterable[Any]], offset: int = 0
    ) -> Retagging:  # fmt: skip
        """The sources and claims that name *concept*, a page of them, each with how well each *new* one fits."""
        from kb.curation import retagging

        return retagging.retagging(self.home, self.corpus, concept, new, suggest, offset)

    def retag(
        self, concept: str, choices: Mapping[str, Choice], author: Author, was: Mapping[str, str] | None = None
    ) -> Saved:  # fmt: skip
        """Give sources and claims, by id, the chosen concepts in place of *concept*, in one save."""
        from kb.curation import retagging

        return retagging.plan(self.home, self.corpus, concept, choices, was).save(self.saving, author)
