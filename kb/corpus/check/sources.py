"""Checks of source files: keys, values, ids and links of each, by the home's context and SHACL shapes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox
from stdnum import isbn, issn
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from kb.corpus.check.problems import ERROR, WARNING, Edit, Found, Problem
from kb.corpus.sources import SLUG, Source, meant
from kb.errors import BadSource
from kb.terms import DCTERMS, OWL, PKB, PROV, RDF, SKOS, Names

if TYPE_CHECKING:
    from pyoxigraph import Quad

Where = tuple[str | int, ...]  # keys and list positions from the top of a file down to the place meant

CONCEPT, AGENT = ox.NamedNode(SKOS + "Concept"), ox.NamedNode(PROV + "Agent")
GROUP, RETIRED = ox.NamedNode(PKB + "GroupingConcept"), OWL + "deprecated"

# Which keys stand below which: the context defines all keys, but only a few of them a place.
_NAME = {"family", "given", "literal"}
_CLAIM = {"id", "text", "locator", "basis", "reportedIn", "about", "supports", "disputes", "qualifies", "asserts"}
_ALSO = {"curator", "created", "note", "seenIn", "status"}  # of sources and claims
_LEVELS = {"authors": _NAME, "editors": _NAME, "claims": _CLAIM | _ALSO, "treats": {"concept", "locator"}}


class Finding(NamedTuple):
    """A problem of which the place in the data is known, and not yet the line; *mend* is what is certainly meant."""

    where: Where
    message: str
    hint: str = ""
    severity: str = ERROR
    check: str = ""
    mend: str | None = None


class Field(NamedTuple):
    """What a key may hold: one of some values, or a link to a thing of a kind ("" is a page of the web)."""

    values: frozenset[str] | None = None
    link: str | None = None


class Checker:
    """What the context, the ontology and the other sources let a source say."""

    def __init__(self, context: dict[str, Any], quads: list[Quad], ids: set[str], sources: dict[Path, Source]) -> None:
        self.context, self.quads, self.sources, self.names = context, quads, sources, Names.of(context)
        terms = {k: v for k, v in context["@context"].items() if k[0] != "@" and k not in self.names.prefixes}
        self.terms = {key: term if isinstance(term, dict) else {"@id": term} for key, term in terms.items()}
        classes = {key for key, term in self.terms.items() if term.get("@id", "").rpartition(":")[2][:1].isupper()}
        self.types = frozenset(name for name in classes if name.islower())  # the loader writes the others
        self.levels = {"": {key: self._field(key, {}) for key in self.terms.keys() - classes - _NAME - _CLAIM}}
        for level, term in self.terms.items():
            scope = term.get("@context", {}) if term.get("@type") != "@vocab" else {}
            keys = {key for key in scope if key[0] != "@"} | (_LEVELS.get(level, set()) & self.terms.keys())
            if keys:
                self.levels[level] = {key: self._field(key, scope) for key in keys}
        concepts = [s.value for s, p, o, _ in quads if (p.value, o) == (RDF + "type", CONCEPT)]
        claims = {id for source in sources.values() for id in source.claim_ids}
        self.ids = {"concept": set(map(self.names.id, concepts)), "source": ids, "claim": claims}
        if curators := {s.value for s, p, o, _ in quads if (p.value, o) == (RDF + "type", AGENT)}:
            space = self.terms["curator"]["@context"]["@base"]
            self.ids["curator"] = {iri.removeprefix(space) for iri in curators}
        self.groups = {self.names.id(s.value) for s, p, o, _ in quads if (p.value, o) == (RDF + "type", GROUP)}
        self.retired: dict[str, list[str]] = {self.names.id(s.value): [] for s, p, o, _ in quads if p.value == RETIRED}
        for subject, predicate, value, _ in quads:
            if predicate.value == DCTERMS + "isReplacedBy" and self.names.id(subject.value) in self.retired:
                self.retired[self.names.id(subject.value)].append(self.names.id(value.value))
        self.unread = ids - {source.id for source in sources.values()}

    def _field(self, key: str, scope: dict[str, Any]) -> Field:
        """What *key* may hold where *scope*, the context of the key around it, is in force."""
        term = scope.get(key) or self.terms[key]
        kind, inner = term.get("@type"), term.get("@context", {})
        base = inner.get("@base") or scope.get("@base", "")
        if key == "type" or kind == "@vocab":
            return Field(values=self.types if key == "type" else frozenset(inner))
        kinds = {space: prefix for prefix, space in self.names.prefixes.items()}
        return Field(link=kinds.get(base, key if base else "")) if kind == "@id" else Field()

    def findings(self, source: Source) -> Iterator[Finding]:
        """What is wrong with the keys, values, ids and links of one source."""
        if not SLUG.fullmatch(source.id):
            hint = "small letters, digits and single hyphens, such as reed-2001"
            yield Finding((), f"{source.id!r} is no id", hint, check="bad-id")
        if source.id in self.ids["concept"]:
            yield Finding((), f"{source.id!r} is the id of a concept too", "name the file otherwise", check="same-id")
        yield from self._keys(source, source.data, "", ())
        for at, id in enumerate(source.claim_ids):
            here = ("claims", at, "id")
            if not re.fullmatch(f"{re.escape(source.id)}#{SLUG.pattern}", id):
                yield Finding(here, "the claim has no id or a wrong one", 'write it as "#c1"', check="bad-id")
            elif id in source.claim_ids[:at]:
                yield Finding(here, f"second claim {id!r} in this file", "give it an id of its own", check="same-id")

    def _keys(self, source: Source, node: dict[str, Any], level: str, where: Where) -> Iterator[Finding]:
        for key, value in node.items():
            if key not in self.levels[level]:
                place = f" in {level}" if level else ""
                hint = self._place(key, level)
                yield Finding((*where, key), f"unknown key {key!r}{place}", hint, check="unknown-key")
                continue
            items = value if isinstance(value, list) else [value]
            for at, item in enumerate(items):
                here: Where = (*where, key, at)
                if key in self.levels and isinstance(item, dict):
                    yield from self._keys(source, item, key, here)
                elif key in self.levels:
                    hint = ", ".join(sorted(self.levels[key]))
                    yield Finding(here, f"{key!r} takes keys of its own", hint, check="bad-value")
                elif not isinstance(item, str):
                    yield Finding(here, f"{key!r} takes text, not keys", check="bad-value")
                elif not item:
                    yield Finding(here, f"{key!r} is empty", "write a value or delete the key", check="empty-value")
                elif key != "subject" and item == node.get("subject"):
                    yield Finding(here, f"{key} relates {item!r} to itself", check="self-link")
                elif item in items[:at]:
                    yield Finding(here, f"{key} names {item!r} twice", "", WARNING, "same-value")
                else:
                    fault = self._link(source, key, item, self.levels[level][key], here)
                    yield from [fault] if fault else values(key, item, here)

    def _link(self, source: Source, key: str, value: str, field: Field, here: Where) -> Finding | None:
        """What is wrong with a value that is one of several, or the id of something."""
        if field.values is not None and value not in field.values:
            return Finding(here, f"unknown {key} {value!r}", meant(value, field.values), check="unknown-value")
        if field.link == "" and not re.fullmatch(r"https?://[^\s<>]+", value):
            hint = "it begins with https:// or http://"
            return Finding(here, f"{key} {value!r} is no web address", hint, check="bad-value")
        own = [source.id, *(source.claim_ids[int(at)] for at in here[1:2] if here[0] == "claims")]
        kind = "claim" if field.link == "source" and "#" in value else field.link or ""
        if kind == "concept" and value in self.retired:
            after = self.retired[value]
            hint = f"use {' or '.join(map(repr, after))}" if after else "choose another concept"
            mend = after[0] if len(after) == 1 else None
            return Finding(here, f"concept {value!r} is retired", hint, WARNING, "retired-concept", mend)
        if kind == "concept" and value in self.groups:
            hint = "choose the concepts below it that the work speaks of"
            return Finding(here, f"{value!r} is a heading that sorts others", hint, WARNING, "grouping-concept")
        if kind not in self.ids or value in self.ids[kind] - {*own} or value.partition("#")[0] in self.unread:
            return None
        if value in own:
            return Finding(here, f"{key} names the {kind} itself", check="self-link")
        near = (
            source.id + value if kind == "claim" and source.id + value in self.ids[kind] else None
        )  # "#c2": no source
        hint = f"did you mean {near!r}?" if near else meant(value, self.ids[kind])
        return Finding(here, f"no {kind} {value!r}", hint, check=f"no-{kind}", mend=near)

    def _place(self, key: str, level: str) -> str:
        """What was meant by a key that does not belong in *level*, or where it belongs."""
        places = [place or "the source itself" for place, fields in self.levels.items() if key in fields]
        return f"it belongs in {' or '.join(places)}" if places else meant(key, self.levels[level])


def values(key: str, value: str, here: Where) -> Iterator[Finding]:
    """What is wrong with a text or number by itself."""
    doi = re.fullmatch(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)(10\..+)", value, re.I)
    if key == "doi" and doi:
        yield Finding(here, f"doi: {value} is an address", f"the bare DOI: {doi[1]}", ERROR, "bad-doi", doi[1])
    for name, number in (("isbn", isbn), ("issn", issn)):
        try:
            if key == name:
                number.validate(value)
        except (InvalidChecksum, InvalidComponent):
            hint = "compare it with the work; leave it out if in doubt"
            yield Finding(here, f"{name}: the check digit of {value} is wrong", hint, ERROR, f"bad-{name}")
        except ValidationError:
            pass  # no such number at all, which the shapes tell
    if key == "issn" and value != value.upper():
        yield Finding(here, f"issn: write {value} in capitals", "", ERROR, "bad-issn", value.upper())
    if key == "pages" and re.fullmatch(r"\d+\s*-{1,2}\s*\d+", value):
        mend = re.sub(r"\s*-+\s*", "–", value)
        yield Finding(here, f"pages: write a range with an en dash: {mend}", "", WARNING, "page-range", mend)
    if key == "issued" and re.fullmatch(r"\d{4}", value) and int(value) > date.today().year + 1:
        yield Finding(here, f"issued: {value} is yet to come", "", WARNING, "future-year")
    if any(sign == "\ufffd" or unicodedata.category(sign) in ("Cc", "Co", "Cs") for sign in value.replace("\n", "")):
        yield Finding(here, f"{key} holds a sign that cannot be printed", "type it anew", ERROR, "unprintable-value")
    elif (composed := unicodedata.normalize("NFC", value)) != value:
        message = f"{key}: letters and accents are written apart (not Unicode NFC)"
        yield Finding(here, message, "", WARNING, "not-composed", composed)


def located(path: Path, found: Iterable[Finding], shaped: Iterable[Finding] = ()) -> Found:
    """The findings with their lines and edits; what a shape says of a key that has been told is left out."""
    from ruamel.yaml import YAML

    found = list(found)
    told = {where[:end] for where, *_ in found for end, step in enumerate(where, 1) if isinstance(step, str)}
    told |= {finding.where for finding in found if finding.where}
    found += [finding for finding in shaped if finding.where not in told]
    if not found:
        return Found([], [])
    text = path.read_text(encoding="utf-8")
    root = YAML(typ="base").compose(text)
    problems, edits = [], []
    for where, message, hint, severity, check, mend in found:
        line, node = _place(root, where)
        edit = _edit(path, text, node, mend)
        edits += [edit] if edit else []
        problems.append(Problem(path, line, message, hint, severity, check, bool(edit)))
    return Found(problems, edits)


def _place(node: Any, where: Where) -> tuple[int, Any]:
    """The line and the node of a place in a YAML tree; where it is missing, the line of the nearest thing around it."""
    line = int(node.start_mark.line) + 1
    for step in where:
        if isinstance(step, int):
            if node.id == "sequence":
                node = node.value[step]
                line = node.start_mark.line + 1
        elif pair := next((pair for pair in node.value if pair[0].value == step), None):
            line, node = pair[0].start_mark.line + 1, pair[1]
        else:
            return line, None
    return line, node


def _edit(path: Path, text: str, node: Any, mend: str | None) -> Edit | None:
    """The edit that writes *mend* in place of a value on one line, in the quotes it has."""
    if mend is None or node is None or node.id != "scalar":
        return None
    start, end = node.start_mark.index, node.end_mark.index
    old = text[start:end].rstrip()
    quote = old[:1] if old[:1] in "\"'" else ""
    if old != f"{quote}{node.value}{quote}" or "\n" in old or (quote and set(mend) & set("\"'\\")):
        return None  # folded, or written with escapes
    return Edit(path, start, start + len(old), f"{quote}{mend}{quote}")


def unreadable(error: BadSource, path: Path | None = None) -> Problem:
    """An error that says "path:line: what" as a problem."""
    place, line, what = re.match(r"(.+?)(?::(\d+))?: (.*)", str(error), re.S).groups()  # type: ignore[union-attr]
    return Problem(path or Path(place), int(line or 1), what, "", ERROR, "unreadable")
