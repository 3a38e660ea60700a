"""Checks of source files: keys, values, ids and links of each, by the home's context and SHACL shapes."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Iterable, Iterator, Set
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from stdnum import isbn, issn
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from kb.corpus.check.problems import ERROR, WARNING, Edit, Found, Problem
from kb.corpus.check.vocabulary import Vocabulary, unprintable
from kb.corpus.numbers import bare_doi
from kb.corpus.sources import SLUG, TEXT, Source, texts
from kb.errors import BadSource, meant
from kb.terms import DCTERMS, PKB, PROV, Names

Where = tuple[str | int, ...]  # keys and list positions from the top of a file down to the place meant

BEFORE = {"locator": ("basis", "quote")}  # the keys before which one that is missing may be written
OF_STATUS = ("statusBy", "statusDate", "statusNote")  # keys that tell of the status
FEW = 8  # keys, which a hint can list

# Which keys stand below which: the context defines all keys, but only a few of them a place.
_NAME = {"family", "given", "literal"}
_CLAIM = {
    "id", "text", "quote", "locator", "basis", "reportedIn", "about", "supports", "disputes", "qualifies", "asserts",
}  # fmt: skip
_ALSO = {"curator", "created", "note", "seenIn", "replaces"}  # of sources and claims
_LEVELS = {"authors": _NAME, "editors": _NAME, "claims": _CLAIM | _ALSO, "treats": {"concept", "locator"}}


class Finding(NamedTuple):
    """A problem of which the place in the data is known, and not yet the line; *mend* is what is certainly meant."""

    where: Where
    check: str
    message: str
    hint: str = ""
    severity: str = ERROR
    mend: str | None = None


class Field(NamedTuple):
    """What a key may hold: one of some values, or a link to a thing of a kind ("" is a page of the web)."""

    values: frozenset[str] | None = None
    link: str | None = None


class Checker:
    """What the context, the ontology and the other sources let a source say."""

    def __init__(self, context: dict[str, Any], v: Vocabulary, ids: set[str], sources: dict[Path, Source]) -> None:
        self.context, self.sources, self.names = context, sources, Names.of(context)
        terms = {k: v for k, v in context["@context"].items() if k[0] != "@" and k not in self.names.prefixes}
        self.unmapped = {key for key, term in terms.items() if term is None}  # kept in the file, and no data
        self.terms = {key: term if isinstance(term, dict) else {"@id": term} for key, term in terms.items() if term}
        classes = {key for key, term in self.terms.items() if term.get("@id", "").rpartition(":")[2][:1].isupper()}
        self._curators = self.terms.get("curator", {}).get("@context", {}).get("@base", "curator")
        self.types = frozenset(name for name in classes if name.islower())  # the loader writes the others
        self.levels = {"": {key: self._field(key, {}) for key in self.terms.keys() - classes - _NAME - _CLAIM}}
        for level, term in self.terms.items():
            scope = term.get("@context", {}) if term.get("@type") != "@vocab" else {}
            keys = {key for key in scope if key[0] != "@"} | (_LEVELS.get(level, set()) & self.terms.keys())
            if keys:
                self.levels[level] = {key: self._field(key, scope) for key in keys}
        claims = {id for source in sources.values() for id in source.claim_ids}
        self.ids: dict[str, Set[str]] = {"concept": set(map(self.names.id, v.concepts)), "source": ids, "claim": claims}
        if curators := v.instances(PROV + "Agent"):
            self.ids["curator"] = {iri.removeprefix(self._curators) for iri in curators}
        self.groups = set(map(self.names.id, v.instances(PKB + "GroupingConcept")))
        after = {iri: v.iris(iri, DCTERMS + "isReplacedBy") for iri in v.retired}
        self.retired = {self.names.id(iri): list(map(self.names.id, others)) for iri, others in after.items()}
        self.unread = ids - {source.id for source in sources.values()}

    def of(self, path: Path, source: Source, ids: Set[str], claims: Set[str]) -> Checker:
        """The same for one *source* alone, beside other sources and claims with these *ids*."""
        other = copy.copy(self)
        other.sources, other.unread = {path: source}, set()
        other.ids = self.ids | {"source": ids, "claim": claims}
        return other

    def _field(self, key: str, scope: dict[str, Any]) -> Field:
        """What *key* may hold where *scope*, the context of the key around it, is in force."""
        term = scope.get(key) or self.terms[key]
        kind, inner = term.get("@type"), term.get("@context", {})
        base = inner.get("@base") or scope.get("@base", "")
        if key == "type" or kind == "@vocab":
            return Field(values=self.types if key == "type" else frozenset(inner))
        kinds = {space: prefix for prefix, space in self.names.prefixes.items()}
        kinds.setdefault(self._curators, "curator")
        return Field(link=kinds.get(base, key if base else "")) if kind == "@id" else Field()

    def findings(self, source: Source) -> Iterator[Finding]:
        """What is wrong with the keys, values, ids and links of one source."""
        if not SLUG.fullmatch(source.id):
            hint = "small letters, digits and single hyphens, such as reed-2001"
            yield Finding((), "bad-id", f"{source.id!r} is no id", hint)
        if source.id in self.ids["concept"]:
            yield Finding((), "same-id", f"{source.id!r} is the id of a concept too", "name the file otherwise")
        yield from self._keys((source.id,), source.data, "", ())
        if "status" not in source.data and (told := next((key for key in OF_STATUS if key in source.data), None)):
            hint = "add status: draft, reviewed or retracted"
            yield Finding((told,), "no-status", f"{told} without a status", hint)
        yield from _both(source.data)
        seen = set[str]()
        for at, id in enumerate(source.claim_ids):
            here = ("claims", at, "id")
            if not re.fullmatch(rf"{re.escape(source.id)}#c[1-9]\d*", id):
                yield Finding(here, "bad-id", "the claim has no id or a wrong one", 'write it as "#c1"')
            elif id in seen:
                yield Finding(here, "same-id", f"second claim {id!r} in this file", "give it an id of its own")
            seen.add(id)

    def _keys(self, own: tuple[str, ...], node: dict[str, Any], level: str, where: Where) -> Iterator[Finding]:
        """What is wrong with the keys and values of a *node*; *own* are the ids of its source and of its claim."""
        for key, value in node.items():
            if key in self.unmapped and not level:
                yield from _kept(key, value, where)
                continue
            if key not in self.levels[level]:
                place = f" in {level}" if level else ""
                hint = self._place(key, level)
                yield Finding((*where, key), "unknown-key", f"unknown key {key!r}{place}", hint)
                continue
            if key in TEXT and isinstance(value, list):
                yield Finding((*where, key), "bad-value", f"{key!r} takes one text, not a list")
                continue
            items = value if isinstance(value, list) else [value]
            for at, item in enumerate(items):
                here: Where = (*where, key, at)
                if key in self.levels and isinstance(item, dict):
                    inner = (*own, own[0] + str(item.get("id", ""))) if key == "claims" else own
                    yield from self._keys(inner, item, key, here)
                elif key in self.levels:
                    hint = ", ".join(sorted(self.levels[key]))
                    yield Finding(here, "bad-value", f"{key!r} takes keys of its own", hint)
                elif not isinstance(item, str):
                    yield Finding(here, "bad-value", f"{key!r} takes text, not keys")
                elif not item:
                    yield Finding(here, "empty-value", f"{key!r} is empty", "write a value or delete the key")
                elif key != "subject" and item == node.get("subject"):
                    yield Finding(here, "self-link", f"{key} relates {item!r} to itself")
                elif item in items[:at]:
                    yield Finding(here, "same-value", f"{key} names {item!r} twice", "", WARNING)
                else:
                    field = self.levels[level][key]
                    retired = field.link == "concept" and item in self.retired
                    fault = (
                        self._retired(item, node, level, here) if retired else self._link(own, key, item, field, here)
                    )
                    yield from [fault] if fault else values(key, item, here)

    def _retired(self, value: str, node: dict[str, Any], level: str, here: Where) -> Finding:
        """A retired concept; mended where its successor is in use and nothing else in *node* comes to the same.

        In a claim it is never mended: the claim's text speaks of the retired one.
        """
        beside = {each for value in node.values() for each in texts(value)}
        after = self.retired[value]
        certain = level in ("", "treats") and len(after) == 1 and after[0] in self.ids["concept"] - self.retired.keys()
        certain &= [each for each in beside if after in ([each], self.retired.get(each))] == [value]
        hint = f"use {' or '.join(map(repr, after))}" if after else "choose another concept"
        message = f"concept {value!r} is retired"
        return Finding(here, "retired-concept", message, hint, WARNING, after[0] if certain else None)

    def _link(self, own: tuple[str, ...], key: str, value: str, field: Field, here: Where) -> Finding | None:
        """What is wrong with a value that is one of several, or the id of something."""
        if field.values is not None and value not in field.values:
            return Finding(here, "unknown-value", f"unknown {key} {value!r}", meant(value, field.values))
        if field.link == "" and not re.fullmatch(r"https?://[^\s<>]+", value):
            hint = "it begins with https:// or http://"
            return Finding(here, "bad-value", f"{key} {value!r} is no web address", hint)
        kind = "claim" if field.link == "source" and "#" in value else field.link or ""
        if kind == "concept" and value in self.groups:
            hint = "choose the concepts below it that the work speaks of"
            return Finding(here, "grouping-concept", f"{value!r} is a heading that sorts others", hint, WARNING)
        if key == "replaces":  # which names what is here no more
            hint = "delete it here, or merge the two: kb merge"
            message = f"replaces {value!r}, which is here still"
            return Finding(here, "not-replaced", message, hint) if value in self.ids.get(kind, ()) else None
        if kind not in self.ids or value.partition("#")[0] in self.unread:
            return None
        if value in own:
            return Finding(here, "self-link", f"{key} names the {kind} itself")
        if value in self.ids[kind]:
            return None
        near = own[0] + value if kind == "claim" and own[0] + value in self.ids[kind] else None  # "#c2": no source
        hint = f"did you mean {near!r}?" if near else meant(value, self.ids[kind])
        return Finding(here, f"no-{kind}", f"no {kind} {value!r}", hint, mend=near)

    def _place(self, key: str, level: str) -> str:
        """What was meant by a key that does not belong in *level*, or where it belongs."""
        places = [place or "the source itself" for place, fields in self.levels.items() if key in fields]
        if places:
            return f"it belongs in {' or '.join(places)}"
        few = self.levels[level] if len(self.levels[level]) <= FEW else ()
        return meant(key, self.levels[level]) or (f"one of {', '.join(sorted(few))}" if few else "")


def _both(data: dict[str, Any]) -> Iterator[Finding]:
    """Concepts that a source has as subjects and that were rejected for it too."""
    for at, concept in enumerate(data.get("rejected") or ()):
        if isinstance(concept, str) and concept in texts(data.get("subjects")):
            message = f"{concept!r} is among the subjects too"
            yield Finding(("rejected", at), "rejected-subject", message, "delete it in one of the two places")


def _kept(key: str, value: Any, where: Where) -> Iterator[Finding]:
    """What is wrong with a mapping whose keys are anybody's."""
    if not isinstance(value, dict):
        yield Finding((*where, key), "bad-value", f"{key!r} takes keys of its own", "such as 'language: de'")
        return
    for name, each in value.items():
        if not name.strip() or name == "<<" or unprintable(name):
            yield Finding((*where, key, name), "bad-value", f"{name!r} in {key} is no name", "name the field in words")
        items = each if isinstance(each, list) else [each]
        if not all(isinstance(item, str) for item in items):
            yield Finding((*where, key, name), "bad-value", f"{name!r} in {key} takes one text or a list of texts")


def values(key: str, value: str, here: Where) -> Iterator[Finding]:
    """What is wrong with a text or number by itself."""
    if key == "doi" and (doi := bare_doi(value)) and doi != value:
        what = "holds more than the DOI" if value.startswith("10.") else "is an address"
        yield Finding(here, "bad-doi", f"doi: {value} {what}", f"the bare DOI: {doi}", mend=doi)
    for name, number in (("isbn", isbn), ("issn", issn)):
        try:
            if key == name:
                number.validate(value)
        except (InvalidChecksum, InvalidComponent):
            hint = "compare it with the work; leave it out if in doubt"
            yield Finding(here, f"bad-{name}", f"{name}: the check digit of {value} is wrong", hint)
        except ValidationError:
            pass  # no such number at all, which the shapes tell
    if key == "issn" and value != value.upper():
        yield Finding(here, "bad-issn", f"issn: write {value} in capitals", mend=value.upper())
    if key == "pages" and re.fullmatch(r"\d+\s*-{1,2}\s*\d+", value):
        mend = re.sub(r"\s*-+\s*", "–", value)
        yield Finding(here, "page-range", f"pages: write a range with an en dash: {mend}", "", WARNING, mend)
    if key == "issued" and re.fullmatch(r"\d{4}", value) and int(value) > date.today().year + 1:
        yield Finding(here, "future-year", f"issued: {value} is yet to come", "", WARNING)
    if key in ("created", "statusDate") and re.match(r"[0-9]{4}", value) and int(value[:4]) > date.today().year:
        yield Finding(here, "future-day", f"{key}: {value} is yet to come", "", WARNING)
    if unprintable(value):
        yield Finding(here, "unprintable-value", f"{key} holds a sign that cannot be printed", "type it anew")
    elif (composed := unicodedata.normalize("NFC", value)) != value:
        message = f"{key}: letters and accents are written apart (not Unicode NFC)"
        yield Finding(here, "not-composed", message, "", WARNING, composed)


def located(path: Path, found: Iterable[Finding], shaped: Iterable[Finding] = ()) -> Found:
    """The findings with their lines and edits; what a shape says of a key that has been told is left out."""
    from ruamel.yaml import YAML

    found = untold(found, shaped)
    if not found:
        return Found([], [])
    text = path.read_bytes().decode("utf-8")  # with its own line ends, since edits count characters
    root = YAML(typ="base").compose(text)
    problems, edits = [], []
    for each in found:
        line, node = _place(root, each.where)
        edit = _edit(path, text, node, each.mend) or _added(path, text, root, each)
        edits += [edit] if edit else []
        told = each.message, each.hint, each.severity, each.check
        problems.append(Problem(path, line, *told, bool(edit), _steps(root, each.where)))
    return Found(problems, edits)


def _steps(node: Any, where: Where) -> str:
    """A place in a YAML tree as a path, such as claims.0.locator; a single value has no number."""
    steps = list[str]()
    for step in where:
        if isinstance(step, str) or node is None or node.id == "sequence":
            steps.append(str(step))
            node = _place(node, (step,))[1] if node is not None and node.id != "scalar" else None
    return ".".join(steps)


def untold(found: Iterable[Finding], shaped: Iterable[Finding]) -> list[Finding]:
    """What was *found*, and what a shape says of a key that has not been told."""
    found = list(found)
    told = {each.where[:end] for each in found for end, step in enumerate(each.where, 1) if isinstance(step, str)}
    told |= {each.where for each in found if each.where}
    return found + [finding for finding in shaped if finding.where not in told]


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
    return Edit(path, start, start + len(old), old, f"{quote}{mend}{quote}")


def _added(path: Path, text: str, root: Any, finding: Finding) -> Edit | None:
    """The edit that writes a key that is missing into a mapping, on a line of its own before a key in `BEFORE`."""
    *above, key = finding.where or ("",)
    _, node = _place(root, tuple(above))
    if finding.mend is None or node is None or node.id != "mapping" or node.flow_style:
        return None
    keys = {each.value: each for each, _ in node.value}
    after = next((keys[name] for name in BEFORE.get(str(key), ()) if name in keys), None)
    if key in keys or after is None:
        return None
    start, end = after.start_mark, "\r\n" if "\r\n" in text else "\n"
    return Edit(path, start.index, start.index, "", f"{key}: {finding.mend}{end}{' ' * start.column}")


def unreadable(error: BadSource, path: Path | None = None) -> Problem:
    """An error that says "path:line: what" as a problem."""
    place, line, what = re.match(r"(.+?)(?::(\d+))?: (.*)", str(error), re.S).groups()  # type: ignore[union-attr]
    return Problem(path or Path(place), int(line or 1), what, "", ERROR, "unreadable")
