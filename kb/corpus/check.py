"""Find what is wrong with the files of a home, in words a curator can act on."""

from __future__ import annotations

import logging
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from kb.corpus.ontology import SHAPES, load, parse_turtle
from kb.corpus.sources import SLUG, Source, read, triples
from kb.errors import BadSource
from kb.terms import RDF, SKOS, Names

if TYPE_CHECKING:
    from pyoxigraph import Quad
    from rdflib import Graph

Where = tuple[str | int, ...]  # keys and list positions from the top of a file down to the place meant

# Which keys stand below which: the context defines all keys, but only a few of them a place.
_NAME = {"family", "given", "literal"}
_CLAIM = {"id", "text", "locator", "basis", "reportedIn", "about", "supports", "disputes", "qualifies", "asserts"}
_ALSO = {"curator", "created", "note", "seenIn", "status"}  # of sources and claims
_LEVELS = {"authors": _NAME, "editors": _NAME, "claims": _CLAIM | _ALSO, "treats": {"concept", "locator"}}


class Problem(NamedTuple):
    """One thing to mend: where it is, what it is, and what might be meant.

    >>> print(Problem(Path("corpus/reed-2001.yaml"), 9, "unknown key 'titel'", "did you mean 'title'?"))
    corpus/reed-2001.yaml:9: unknown key 'titel' (did you mean 'title'?)
    """

    path: Path
    line: int
    message: str
    hint: str = ""
    severity: str = "error"  # or "warning"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class Finding(NamedTuple):
    """A problem of which the place in the data is known, and not yet the line."""

    where: Where
    message: str
    hint: str = ""
    severity: str = "error"


class Field(NamedTuple):
    """What a key may hold: one of some values, or a link to a thing of a kind ("" is a page of the web)."""

    values: frozenset[str] | None = None
    link: str | None = None


def check(corpus: Path, ontology: Path, context: dict[str, Any]) -> list[Problem]:
    """Return all that is wrong with the sources in the folder *corpus*, by file and line.

    *ontology* is the folder of the concepts and the SHACL shapes, *context* the home's JSON-LD context. A file that
    cannot be read is a problem too; the others are checked all the same. 250 sources take 2 to 3 seconds.
    """
    problems = [Problem(path, 1, "is not read", "name it .yaml") for path in corpus.glob("*.yml")]
    sources: dict[Path, Source] = {}
    paths = sorted(corpus.glob("*.yaml"))
    for path in paths:
        try:
            source = read(path)
        except BadSource as error:
            problems.append(_unreadable(error, path))
            continue
        if all(isinstance(claim, dict) for claim in source.claims):
            sources[path] = source
        else:
            problems += _located(path, [Finding(("claims",), "'claims' takes a list of claims, each with its keys")])
    try:
        checker = Checker(context, load(ontology), {path.stem for path in paths}, sources)
    except BadSource as error:
        return sorted([*problems, _unreadable(error)])
    found, shaped = _same_doi(sources), checker.shape_findings(ontology)
    for path, source in sources.items():
        problems += _located(path, found[path] + [*checker.findings(source)], shaped[path])
    return sorted({*problems, *(Problem(ontology / SHAPES, 1, *rest) for _, *rest in shaped[ontology])})


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
        concepts = [s for s, p, o, _ in quads if (p.value, getattr(o, "value", "")) == (RDF + "type", SKOS + "Concept")]
        claims = {id for source in sources.values() for id in source.claim_ids}
        self.ids = {"concept": {self.names.id(c.value) for c in concepts}, "source": ids, "claim": claims}
        self.unread = ids - {source.id for source in sources.values()}

    def _field(self, key: str, scope: dict[str, Any]) -> Field:
        """What *key* may hold where *scope*, the context of the key around it, is in force."""
        term = scope.get(key) or self.terms[key]
        kind, inner = term.get("@type"), term.get("@context", {})
        base = inner.get("@base") or scope.get("@base", "")
        if key == "type" or kind == "@vocab":
            return Field(values=self.types if key == "type" else frozenset(inner))
        kinds = {space: prefix for prefix, space in self.names.prefixes.items()}
        return Field(link=kinds.get(base, base)) if kind == "@id" else Field()

    def findings(self, source: Source) -> Iterator[Finding]:
        """What is wrong with the keys, values, ids and links of one source."""
        if not SLUG.fullmatch(source.id):
            yield Finding((), f"{source.id!r} is no id", "small letters, digits and single hyphens, such as reed-2001")
        yield from self._keys(source, source.data, "", ())
        for at, id in enumerate(source.claim_ids):
            if not re.fullmatch(f"{re.escape(source.id)}#{SLUG.pattern}", id):
                yield Finding(("claims", at, "id"), "the claim has no id or a wrong one", 'write it as "#c1"')
            elif id in source.claim_ids[:at]:
                yield Finding(("claims", at, "id"), f"second claim {id!r} in this file", "give it an id of its own")

    def _keys(self, source: Source, node: dict[str, Any], level: str, where: Where) -> Iterator[Finding]:
        for key, value in node.items():
            if key not in self.levels[level]:
                place = f" in {level}" if level else ""
                yield Finding((*where, key), f"unknown key {key!r}{place}", self._place(key, level))
                continue
            for at, item in enumerate(value if isinstance(value, list) else [value]):
                here: Where = (*where, key, at)
                if key in self.levels and isinstance(item, dict):
                    yield from self._keys(source, item, key, here)
                elif key in self.levels:
                    yield Finding(here, f"{key!r} takes keys of its own", ", ".join(sorted(self.levels[key])))
                elif not isinstance(item, str):
                    yield Finding(here, f"{key!r} takes text, not keys")
                elif not item:
                    yield Finding(here, f"{key!r} is empty", "write a value or delete the key")
                elif key != "subject" and item == node.get("subject"):
                    yield Finding(here, f"{key} relates {item!r} to itself")
                elif fault := self._fault(source, key, item, self.levels[level][key], here):
                    yield Finding(here, *fault)

    def _fault(self, source: Source, key: str, value: str, field: Field, here: Where) -> tuple[str, str] | None:
        """What is wrong with one value, and what might be meant."""
        if field.values is not None and value not in field.values:
            return f"unknown {key} {value!r}", _meant(value, field.values)
        if field.link == "" and not re.fullmatch(r"https?://[^\s<>]+", value):
            return f"{key} {value!r} is no web address", "it begins with https:// or http://"
        own = [source.id, *(source.claim_ids[int(at)] for at in here[1:2] if here[0] == "claims")]
        kind = "claim" if field.link == "source" and "#" in value else field.link or ""
        if kind not in self.ids or value in self.ids[kind] - {*own} or value.partition("#")[0] in self.unread:
            return None
        if value in own:
            return f"{key} names the {kind} itself", ""
        near = own[0] + value if kind == "claim" and own[0] + value in self.ids[kind] else ""  # "#c2" has no source
        return f"no {kind} {value!r}", f"did you mean {near!r}?" if near else _meant(value, self.ids[kind])

    def _place(self, key: str, level: str) -> str:
        """What was meant by a key that does not belong in *level*, or where it belongs."""
        places = [place or "the source itself" for place, fields in self.levels.items() if key in fields]
        return f"it belongs in {' or '.join(places)}" if places else _meant(key, self.levels[level])

    def shape_findings(self, ontology: Path) -> defaultdict[Path, list[Finding]]:
        """What SHACL says of all sources together with the ontology; under *ontology* what is wrong with that."""
        from pyshacl import validate
        from rdflib import SH, BNode, URIRef

        graph, found = _add(self.quads), defaultdict[Path, list[Finding]](list)
        paths = {self.names.iri("source", source.id): path for path, source in self.sources.items()}
        for path, source in self.sources.items():
            if not SLUG.fullmatch(source.id):
                continue  # it has no IRI
            try:
                _add(triples(source, self.context), graph)
            except BadSource as error:
                found[path].append(Finding((), _unreadable(error).message))
        if not (ontology / SHAPES).is_file():
            return found
        try:
            shapes = _add(parse_turtle((ontology / SHAPES).read_bytes().decode("utf-8")))
        except (SyntaxError, UnicodeDecodeError) as error:
            found[ontology].append(Finding((), f"cannot be read: {error}"))
            return found
        report: Any = validate(graph, shacl_graph=shapes, inplace=True)[1]
        for result in report.objects(None, SH.result):
            node, message = report.value(result, SH.focusNode), str(report.value(result, SH.resultMessage))
            path_node = report.value(result, SH.resultPath)
            predicate = report.value(path_node, URIRef(RDF + "first")) or path_node  # the first step of several
            value = self.names.id(str(report.value(result, SH.value)))
            seen = set()  # blank nodes may go round in a circle
            while isinstance(node, BNode) and node not in seen and (link := next(graph.subject_predicates(node), None)):
                seen.add(node)
                node, predicate = link
            severity = "error" if report.value(result, SH.resultSeverity) == SH.Violation else "warning"
            iri, _, fragment = str(node).partition("#")
            if iri in paths:
                where = self._where(self.sources[paths[iri]], fragment, str(predicate), value)
                found[paths[iri]].append(Finding(where, message, "", severity))
            elif not isinstance(node, BNode):  # a claim without id, which has been told
                found[ontology].append(Finding((), f"{node}: {message}", "", severity))
        return found

    def _where(self, source: Source, fragment: str, predicate: str, value: str) -> Where:
        """Where the source, or its claim #*fragment*, says *predicate* and *value*; else where it begins."""
        found = [at for at, claim in enumerate(source.claims) if claim.get("id") == f"#{fragment}"]
        place, node = (("claims", found[0]), source.claims[found[0]]) if found else ((), source.data)
        for key, held in node.items():
            prefix, _, local = self.terms.get(key, {}).get("@id", "").partition(":")
            if predicate == (RDF + "type" if prefix == "@type" else self.names.prefixes.get(prefix, ":") + local):
                return (*place, key, held.index(value)) if value in held and isinstance(held, list) else (*place, key)
        return place


def _add(quads: Iterable[Quad], graph: Graph | None = None) -> Graph:
    """Add *quads* to an rdflib graph."""
    import pyoxigraph as ox
    from rdflib import BNode, Graph, Literal, URIRef

    def term(node: Any) -> Any:
        if isinstance(node, ox.Literal):
            return Literal(node.value, lang=node.language, datatype=None if node.language else node.datatype.value)
        return (URIRef if isinstance(node, ox.NamedNode) else BNode)(node.value)

    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # a date that is none is for the shapes to tell
    graph = Graph() if graph is None else graph
    with warnings.catch_warnings(action="ignore"):
        for subject, predicate, value, _ in quads:
            graph.add((term(subject), term(predicate), term(value)))
    return graph


def _same_doi(sources: dict[Path, Source]) -> defaultdict[Path, list[Finding]]:
    by_doi, found = defaultdict[str, list[Path]](list), defaultdict[Path, list[Finding]](list)
    for path, source in sources.items():
        by_doi[str(source.data.get("doi") or path).lower()].append(path)
    for path, other in (pair for twins in by_doi.values() for pair in permutations(twins, 2)):
        found[path].append(Finding(("doi",), f"{other.name} has the same doi", "one work, one file"))
    return found


def _located(path: Path, found: list[Finding], shaped: Iterable[Finding] = ()) -> list[Problem]:
    """The findings with their lines; what a shape says of a key that has been told is left out."""
    from ruamel.yaml import YAML

    if not found and not shaped:
        return []
    root = YAML(typ="base").compose(path.read_text(encoding="utf-8"))
    told = {where[:end] for where, *_ in found for end, step in enumerate(where, 1) if isinstance(step, str)}
    told |= {where for where, *_ in found if where}
    left = [finding for finding in shaped if finding.where not in told]
    return [Problem(path, _line(root, where), *rest) for where, *rest in found + left]


def _line(node: Any, where: Where) -> int:
    """The line of a place in a YAML tree; where it is missing, of the nearest thing around it."""
    line = int(node.start_mark.line) + 1
    for step in where:
        if isinstance(step, int):
            if node.id == "sequence":
                node = node.value[step]
                line = node.start_mark.line + 1
        elif pair := next((pair for pair in node.value if pair[0].value == step), None):
            line, node = pair[0].start_mark.line + 1, pair[1]
    return line


def _meant(word: str, known: Iterable[str]) -> str:
    close = get_close_matches(word, list(known), 1)
    return f"did you mean {close[0]!r}?" if close else ""


def _unreadable(error: BadSource, path: Path | None = None) -> Problem:
    """An error that says "path:line: what" as a problem."""
    place, line, what = re.match(r"(.+?)(?::(\d+))?: (.*)", str(error), re.S).groups()  # type: ignore[union-attr]
    return Problem(path or Path(place), int(line or 1), what)
