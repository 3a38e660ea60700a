"""Check what a source is to say before it is in a file: the same checks as for all files, against what is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kb.corpus.check import duplicates, evidence, texts
from kb.corpus.check.fields import Checker, Finding, Where, untold
from kb.corpus.check.problems import ERROR
from kb.corpus.check.shapes import Shapes
from kb.corpus.sources import Source
from kb.corpus.written import ORDER


class FieldProblem(NamedTuple):
    """One thing to mend in a source: the *path* of the place, such as claims.0.locator, and what `Problem` tells.

    What is wrong with the source as a whole has no path. *mend* is the text that is certainly meant, if one is.
    """

    path: str
    severity: str
    message: str
    hint: str = ""
    check: str = ""
    mend: str | None = None


NO_CLAIMS = FieldProblem("claims", ERROR, "'claims' takes a list of claims, each with its keys", "", "bad-value")


def problems(
    source: Source, path: Path, checker: Checker, shapes: Shapes | None, beside: Mapping[Path, Source]
) -> list[FieldProblem]:  # fmt: skip
    """All that is wrong with a *source* whose file is, or will be, at *path*.

    *checker* is one for this source. *beside* are the other sources that share a number, a name and year, or a
    relation with it, or that it takes a stance on.
    """
    if not has_claims(source):
        return [NO_CLAIMS]
    shaped = shapes.findings(checker)[0] if shapes else {}
    found = untold(checker.findings(source), [*shaped.get(path, ()), *_among(source, path, checker, beside)])
    return sorted({_told(source.data, each) for each in found}, key=_order)


def has_claims(source: Source) -> bool:
    """Whether the claims of a source are such as can be looked at one by one."""
    claims = source.data.get("claims") or []
    return isinstance(claims, list) and all(isinstance(claim, dict) for claim in claims)


def _among(source: Source, path: Path, checker: Checker, beside: Mapping[Path, Source]) -> Iterator[Finding]:
    """What is wrong with the source among others."""
    sources = dict(sorted({**beside, path: source}.items()))
    found = (
        *duplicates.findings(sources, path),
        *evidence.findings(sources, checker.ids["concept"]),
        *texts.findings({path: source}),
    )
    return (finding for where, finding in found if where == path)


def _told(data: Mapping[str, Any], found: Finding) -> FieldProblem:
    return FieldProblem(place(data, found.where), found.severity, found.message, found.hint, found.check, found.mend)


def _order(problem: FieldProblem) -> tuple[Any, ...]:
    """Problems stand in the order of a file."""
    first, *steps = problem.path.split(".")
    rank = ORDER.index(first) if first in ORDER else len(ORDER) * bool(first)
    return rank, first, [(step.zfill(6) if step.isdecimal() else step) for step in steps], problem[1:5]


def place(data: Any, where: Where) -> str:
    """A place in *data* as a path; a single value has no number, though checks count it as the first.

    >>> place({"claims": [{"about": ["a"]}]}, ("claims", 0, "about", 0)), place({"doi": "10.1/x"}, ("doi", 0))
    ('claims.0.about.0', 'doi')
    """
    steps = list[str]()
    for step in where:
        if isinstance(step, int) and not isinstance(data, list):
            continue
        steps.append(str(step))
        if isinstance(data, list):
            data = data[step] if isinstance(step, int) and step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, dict) else None
    return ".".join(steps)
