"""What checks say of a source in the words of its form: at the field that is to be filled, without keys of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .fields import OBJECT, RELATION, SUBJECT, asserted

if TYPE_CHECKING:
    from kb.corpus.check.one import FieldProblem

UNKNOWN_KEY, NOT_ABOUT, NO_LOCATOR = "unknown-key", "not-about", "no-locator"  # checks
ADDED = {"id", "curator", "created"}  # what a claim has from the beginning
COMPLETE = "a complete record needs {}: fill it in, or say below that the record is incomplete"


class Words(NamedTuple):
    """What the form *says* in place of a message that *begins* so, and at which *field* of the place of the problem."""

    begins: str
    field: str
    says: str


OF_SOURCE = (
    Words("a complete record needs a title", "title", COMPLETE.format("a title")),
    Words("a complete record needs a year", "issued", COMPLETE.format("a year")),
    Words("a complete record needs names", "authors", COMPLETE.format("names")),
    Words("a record has one title", "title", "write one title"),
    Words("a record has one summary", "summary", "write one summary"),
    Words("each of authors:", "authors", "each name needs a family name, or an organisation"),
    Words("each of editors:", "editors", "each name needs a family name, or an organisation"),
    Words("a name needs", "", "a name needs a family name, or an organisation"),
    Words("type: must", "type", "choose the kind of work"),
    Words("state: must", "state", "choose how far the record is known"),
    Words("subjects: names", "subjects", "choose concepts from the list"),
    Words("rejected: names", "rejected", "choose concepts from the list"),
    Words("cites: must", "cites", "choose works from the list"),
    Words("the source has no claims", "claims", "nothing is said yet: add a claim"),
)
OF_CLAIM = (
    Words("a claim needs one text:", "text", "write the statement, in ten letters or more"),
    Words("about: must", "about", "choose a concept that it is about"),
    Words("basis: must", "basis", "choose on what it rests"),
    Words("a claim with basis: reported needs", "reportedIn", "choose the work that says so"),
    Words("reportedIn: must", "reportedIn", "choose one work"),
    Words("reportedIn: goes only", "reportedIn", "another work goes only with a claim that is reported in one"),
    Words("a claim has one quote:", "quote", "the words of the work are one text"),
    Words("a claim has one locator:", "locator", "put several pages into one text, such as pp. 41, 128"),
    Words("supports: must", "supports", "choose claims from the list"),
    Words("disputes: must", "disputes", "choose claims from the list"),
    Words("qualifies: must", "qualifies", "choose claims from the list"),
    Words("each of asserts:", "asserts", "a relation is between two concepts: choose them from the list"),
    Words("asserts: needs", "asserts", "a relation is between two concepts: choose them from the list"),
    Words("a claim needs a curator:", "", "its file does not say who has entered it"),
    Words("created: must", "", "its file does not say on which day it was entered"),
)
LACKING = {SUBJECT: "choose what it is said of", RELATION: "choose the relation", OBJECT: "choose to what it relates"}
_CLAIM = re.compile(r"claims\.(\d+)(?:\.|$)")
_ASSERTED = re.compile(r"(claims\.\d+\.asserts)\.(\d+)(?:\.(.+))?")
_QUOTED = re.compile(r"'([^']+)'")
_KEY = re.compile(r"([A-Za-z]+): (?=\S)")


def worded(
    found: Iterable[FieldProblem], data: Mapping[str, Any], label: Callable[[str], str]
) -> tuple[FieldProblem, ...]:  # fmt: skip
    """The problems *found* in *data*, each said once; *label* gives what a concept is called."""
    said = [each for one in found if (each := _worded(one, data))]
    return tuple(dict.fromkeys([*(_of_concept(each, label) for each in said), *_halves(data)]))


def is_bare(data: Mapping[str, Any], path: str) -> bool:
    """Whether *path* is in a claim of *data* in which nothing was typed yet."""
    number = _CLAIM.match(path)
    claims = data.get("claims")
    if not number or not isinstance(claims, list) or int(number[1]) >= len(claims):
        return False
    claim = claims[int(number[1])]
    return isinstance(claim, Mapping) and not any(value for key, value in claim.items() if key not in ADDED)


def _worded(problem: FieldProblem, data: Mapping[str, Any]) -> FieldProblem | None:
    """A problem in the form's words; None for what is told as half of a relation."""
    if relation := _ASSERTED.fullmatch(problem.path):
        return _of_relation(problem, relation, data)
    claim = _CLAIM.match(problem.path)
    if problem.check == NO_LOCATOR and claim:
        return problem._replace(path=f"claims.{claim[1]}.locator", message="give the page, or a named section", hint="")
    if problem.path.endswith(".asserts"):
        return _of_relations(problem, data)
    around = f"claims.{claim[1]}" if claim else ""
    for words in OF_CLAIM if claim else OF_SOURCE:
        if problem.message.startswith(words.begins):
            path = ".".join(filter(None, (around, words.field)))
            return problem._replace(path=path if words.field else problem.path, message=words.says, hint="")
    return _at_its_key(problem)


def _of_concept(problem: FieldProblem, label: Callable[[str], str]) -> FieldProblem:
    """A concept of a relation that the claim is not about, by its label."""
    if problem.check != NOT_ABOUT or not (named := _QUOTED.search(problem.message)):
        return problem
    return problem._replace(message=f"the claim is not about “{label(named[1])}”", hint="add it to what it is about")


def _at_its_key(problem: FieldProblem) -> FieldProblem:
    """A problem whose message begins with the key of its field, without that: the field has a label."""
    key = _KEY.match(problem.message)
    if key and problem.path.rpartition(".")[2] == key[1]:
        return problem._replace(message=problem.message[key.end() :])
    return problem


def _of_relation(problem: FieldProblem, place: re.Match[str], data: Mapping[str, Any]) -> FieldProblem | None:
    """A problem of a relation at the field that shows it: its key in the file is the relation, the value the object."""
    entry = _entry(data, place)
    if entry is None:
        return problem
    path, (key, *more) = f"{place[1]}.{place[2]}", (place[3] or "").split(".")
    if _lacking(entry) and (key in ("", RELATION, OBJECT) or problem.check == NOT_ABOUT):
        return None
    said = asserted(entry)
    if key == said[RELATION]:
        return problem._replace(path=f"{path}.{OBJECT}{f'-{more[0]}' if more and more[0] != '0' else ''}")
    begins = _KEY.match(problem.message)
    if not key and begins and begins[1] == said[RELATION]:
        return problem._replace(path=f"{path}.{RELATION}", message=problem.message[begins.end() :])
    return problem


def _of_relations(problem: FieldProblem, data: Mapping[str, Any]) -> FieldProblem | None:
    """What is told of all relations of a claim: at the one that is meant, if its key is named; once for halves."""
    entries = _at(data, problem.path)
    known = [each for each in entries if isinstance(each, Mapping)] if isinstance(entries, list) else []
    begins = _KEY.match(problem.message)
    for number, entry in enumerate(known):
        if begins and begins[1] == asserted(entry)[RELATION]:
            path = f"{problem.path}.{number}.{RELATION}"
            return problem._replace(path=path, message=problem.message[begins.end() :])
    if any(map(_lacking, known)):
        return None
    words = next((each for each in OF_CLAIM if problem.message.startswith(each.begins)), None)
    return problem._replace(message=words.says, hint="") if words else problem


def _halves(data: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """What relations lack of which only a part is chosen."""
    from kb.corpus.check.one import FieldProblem

    claims = data.get("claims")
    for number, claim in enumerate(claims if isinstance(claims, list) else ()):
        entries = claim.get("asserts") if isinstance(claim, Mapping) else None
        for at, entry in enumerate(entries if isinstance(entries, list) else ()):
            for part in _lacking(entry) if isinstance(entry, Mapping) else ():
                path = f"claims.{number}.asserts.{at}.{part}"
                yield FieldProblem(path, "error", LACKING[part], "", UNKNOWN_KEY)


def _lacking(entry: Mapping[str, Any]) -> list[str]:
    return [part for part, value in asserted(entry).items() if not value]


def _entry(data: Mapping[str, Any], place: re.Match[str]) -> Mapping[str, Any] | None:
    here = _at(data, f"{place[1]}.{place[2]}")
    return here if isinstance(here, Mapping) else None


def _at(data: Any, path: str) -> Any:
    """What is at a *path* of *data*; None where there is nothing."""
    for step in path.split("."):
        try:
            data = data[int(step) if step.isdecimal() else step]
        except (KeyError, IndexError, TypeError):
            return None
    return data
