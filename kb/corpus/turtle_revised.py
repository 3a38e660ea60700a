"""Change what a Turtle file says, triple by triple and block by block: all other lines stay as they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

import pyoxigraph as ox

from kb.corpus.turtle import TOKEN, Block, Document, Object
from kb.errors import BadSource
from kb.terms import DCTERMS, OWL, RDF, SKOS, XSD

LINE = 115  # columns
TYPE = RDF + "type"
ORDER = (  # of the properties of a concept
    TYPE, SKOS + "inScheme", SKOS + "topConceptOf", SKOS + "notation", SKOS + "prefLabel", SKOS + "altLabel",
    SKOS + "hiddenLabel", SKOS + "definition", SKOS + "scopeNote", SKOS + "broader", SKOS + "related",
    *(SKOS + f"{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")), OWL + "deprecated",
    DCTERMS + "isReplacedBy",
)  # fmt: skip


class Edit(NamedTuple):
    """From *start* to *end* of the text stands another *text*."""

    start: int
    end: int
    text: str


class Revision:
    r"""Changes of a Turtle *text*, made together by `text`; *where* names the file in errors.

    >>> revision = Revision('@prefix e: <http://e/> .\n\ne:a e:knows e:b, e:c ;  # both\n  e:likes e:d .\n', "a.ttl")
    >>> revision.remove("http://e/a", "http://e/knows", ox.NamedNode("http://e/b"))
    >>> revision.add("http://e/a", "http://e/likes", ox.NamedNode("http://e/c"))
    >>> print(revision.text().partition("\n\n")[2], end="")
    e:a e:knows e:c ;  # both
      e:likes e:d, e:c .
    """

    def __init__(self, text: str, where: str) -> None:
        self._text, self._where, self.document = text, where, Document(text)
        self._minus: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._plus: dict[tuple[str, str], list[Any]] = defaultdict(list)
        self._gone: dict[str, None] = {}
        self._inserted: list[tuple[str, str]] = []

    def remove(self, subject: str, predicate: str, term: Any) -> None:
        """Let a triple go, wherever the text states it."""
        self._minus[subject, predicate].append(term)

    def add(self, subject: str, predicate: str, term: Any) -> None:
        """State a triple in the first block of its subject."""
        self._plus[subject, predicate].append(term)

    def drop(self, subject: str) -> None:
        """Let all go that the text says of a subject."""
        self._gone[subject] = None

    def insert(self, block: str, after: str = "") -> None:
        """Put a block behind that of the subject *after*, or at the end."""
        self._inserted.append((block, after))

    def block(self, subject: str) -> str:
        """The text of the blocks of a subject as they are."""
        return "\n".join(self._text[block.start : block.end] for block in self.document.blocks.get(subject, ()))

    def text(self) -> str:
        """The text with all changes; raises BadSource where its layout does not let them be made alone."""
        edits = [edit for subject in self._subjects() for edit in self._of(subject)]
        edits += [self._dropped(block) for subject in self._gone for block in self.document.blocks.get(subject, ())]
        edits += [self._put(block, after) for block, after in self._inserted]
        made = _applied(self._text, edits)
        if "\r\n" in self._text:
            made = re.sub(r"(?<!\r)\n", "\r\n", made)
        self._verify(made)
        return made

    def _subjects(self) -> list[str]:
        found = dict.fromkeys(subject for subject, _ in (*self._minus, *self._plus))
        return [subject for subject in found if subject not in self._gone]

    def _of(self, subject: str) -> Iterator[Edit]:
        """The edits of the blocks of one subject."""
        blocks = self.document.blocks.get(subject, [])
        if not blocks:
            raise BadSource(f"{self._where}: has no block of {self.document.short(subject)}")
        pending = {predicate: list(terms) for (who, predicate), terms in self._plus.items() if who == subject}
        for block in blocks:
            yield from self._clauses(block, pending)
        first = blocks[0]
        for predicate, terms in pending.items():
            if terms:
                name = self.document.short(predicate)
                texts = [written(self.document, term) for term in terms]
                at = _place(first, predicate)
                yield Edit(at, at, f" ;\n    {name} {listed(texts, len(name) + 5)}")

    def _clauses(self, block: Block, pending: dict[str, list[Any]]) -> Iterator[Edit]:
        """The edits of the clauses of a block; what of *pending* is added to one of them is taken out there."""
        runs = [list(run) for _, run in groupby(block.objects, key=lambda each: each.verb)]
        leading = True
        for at, run in enumerate(runs):
            going = [self._goes(block.subject, each) for each in run]
            added = pending.pop(run[0].predicate, [])
            texts = [written(self.document, term) for term in added]
            whole = all(going) and not texts
            if whole and leading and at + 1 < len(runs):
                yield self._cut(run[0].verb, runs[at + 1][0].verb)
            elif whole:
                yield self._cut(runs[at - 1][-1].end if at else run[0].verb, run[-1].end)
            elif all(going):
                name = len(self.document.short(run[0].predicate)) + 5
                yield Edit(run[0].start, run[-1].end, listed(texts, name))
            else:
                yield from self._thinned(run, going)
                if texts:
                    column = run[-1].end - self._text.rfind("\n", 0, run[-1].end)
                    yield Edit(run[-1].end, run[-1].end, listed(["", *texts], column))
            leading = leading and whole

    def _thinned(self, run: list[Object], going: list[bool]) -> Iterator[Edit]:
        """Take some objects out of a list of which others stay."""
        kept = going.index(False)
        for at, goes in enumerate(going):
            if goes and at < kept:
                yield self._cut(run[at].start, run[at + 1].start)
            elif goes:
                yield self._cut(run[at - 1].end, run[at].end)

    def _goes(self, subject: str, place: Object) -> bool:
        terms = self._minus.get((subject, place.predicate), ())
        return bool(terms) and any(self._at(place) == [term] for term in terms)

    def _at(self, place: Object) -> list[Any]:
        text = f"{self.document.head()}<x:s> <x:p> {self._text[place.start : place.end]} ."
        try:
            return [triple.object for triple in ox.parse(text, format=ox.RdfFormat.TURTLE)]
        except SyntaxError:  # its IRIs are relative, or its prefix has changed
            return []

    def _cut(self, start: int, end: int) -> Edit:
        """Take out a part; a comment in it stays for whoever wrote it to move."""
        if any((found["space"] or "").startswith("#") for found in TOKEN.finditer(self._text, start, end)):
            line = self._text.count("\n", 0, start) + 1
            raise BadSource(f"{self._where}:{line}: a comment stands between what is to go: move it, then try again")
        return Edit(start, end, "")

    def _dropped(self, block: Block) -> Edit:
        """Take out a block with its line ends, and one of two empty lines around it."""
        start, end = block.start, block.end
        if found := re.compile(r"[ \t]*\r?\n").match(self._text, end):
            end = found.end()
            before = self._text[:start]
            blank = re.compile(r"[ \t]*\r?\n").match(self._text, end)
            if blank and (not before or re.search(r"\n[ \t]*\r?\n$", before)):
                end = blank.end()
        return Edit(start, end, "")

    def _put(self, block: str, after: str) -> Edit:
        places = [each for each in self.document.blocks.get(after, ()) if after not in self._gone]
        at = places[0].end if places else len(self._text.rstrip())
        spaced = not places or (
            self._text[at:].lstrip(" \t\r").startswith("\n")
            and re.match(r"[ \t]*\r?\n[ \t]*(\r?\n|$)", self._text[at:])
        )  # whether an empty line stands between blocks
        return Edit(at, at, ("\n\n" if spaced else "\n") + block.rstrip())

    def _verify(self, new: str) -> None:
        """Refuse a text that would say something else than was asked for."""
        minus = {_triple(*where, term) for where, terms in self._minus.items() for term in terms}
        plus = {_triple(*where, term) for where, terms in self._plus.items() for term in terms}
        for block, _ in self._inserted:
            plus |= _stated(self.document.head() + block)
        try:
            old, got = _stated(self._text), _stated(new)
        except SyntaxError:
            got = old = set[Any]()
        kept = {triple for triple in old if getattr(triple.subject, "value", "") not in self._gone}
        if not got or got != (kept - minus) | plus:
            raise BadSource(f"{self._where}: its layout does not let this be changed alone: edit it by hand")


def block(document: Document, subject: str, said: Mapping[str, Iterable[Any]]) -> str:
    """A block of Turtle: what is *said* of a subject, as terms by property: its kind first, a line for each."""
    kinds = ", ".join(written(document, each) for each in said[TYPE])
    lines = [f"{document.short(subject)} a {kinds}"]
    for predicate, values in said.items():
        if predicate != TYPE and (texts := [written(document, value) for value in values]):
            name = document.short(predicate)
            lines.append(f"    {name} {listed(texts, len(name) + 5)}")
    return " ;\n".join(lines) + " .\n"


def listed(texts: list[str], column: int) -> str:
    """Objects with commas, from a *column* on, in further lines where one would grow too long."""
    made, column = texts[0], column + len(texts[0])
    for text in texts[1:]:
        wrap = column + len(text) + 2 > LINE
        made += ",\n        " + text if wrap else ", " + text
        column = 8 + len(text) if wrap else column + len(text) + 2
    return made


def written(document: Document, term: Any) -> str:
    """An IRI or literal as a Turtle file writes it."""
    if isinstance(term, ox.NamedNode):
        return document.short(term.value)
    text = str(ox.Literal(term.value))
    if term.language:
        return f"{text}@{term.language}"
    kind = term.datatype.value
    if kind == XSD + "boolean":
        return str(term.value)
    return text if kind == XSD + "string" else f"{text}^^{document.short(kind)}"


def _place(block: Block, predicate: str) -> int:
    """Behind which clause of a block one that is not there yet belongs: where its last object ends."""
    rank = {name: at for at, name in enumerate(ORDER)}
    own = rank.get(predicate, len(rank))
    before = [each.end for each in block.objects if rank.get(each.predicate, len(rank)) <= own]
    return max(before, default=block.objects[-1].end)


def _applied(text: str, edits: Iterable[Edit]) -> str:
    parts, done = list[str](), 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        parts += [text[done : edit.start], edit.text]
        done = max(done, edit.end)
    return "".join([*parts, text[done:]])


def _triple(subject: str, predicate: str, term: Any) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), term)


def _stated(text: str) -> set[Any]:
    """The triples of a Turtle text; where a blank node stands, any blank node."""
    blank = ox.BlankNode("b")

    def known(term: Any) -> Any:
        return blank if isinstance(term, ox.BlankNode) else term

    found = ox.parse(text, format=ox.RdfFormat.TURTLE)
    return {ox.Triple(known(each.subject), each.predicate, known(each.object)) for each in found}
