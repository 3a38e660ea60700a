"""What a check finds: problems a curator can act on, each with its file and line."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

ERROR, WARNING = "error", "warning"


class Problem(NamedTuple):
    """One thing to mend: where it is, what it is, what might be meant, and the name of the check that found it.

    >>> print(Problem(Path("corpus/reed-2001.yaml"), 9, "unknown key 'titel'", "did you mean 'title'?"))
    corpus/reed-2001.yaml:9: unknown key 'titel' (did you mean 'title'?)
    """

    path: Path
    line: int
    message: str
    hint: str = ""
    severity: str = ERROR  # or WARNING
    check: str = ""
    fixable: bool = False  # by fix(), because the mend is certain
    place: str = ""  # in the data of a source, such as claims.0.locator; of the ontology, the IRI of the subject

    def __str__(self) -> str:
        mark = "" if self.severity == ERROR else f"{self.severity}: "
        return f"{self.path}:{self.line}: {mark}{self.message}" + (f" ({self.hint})" if self.hint else "")


class Edit(NamedTuple):
    """A certain mend: *old*, from *start* to *end* of the file at *path*, becomes *text*.

    In Turtle the triples *minus* go thereby, the triples *plus* come, and all others stay.
    """

    path: Path
    start: int
    end: int
    old: str
    text: str
    minus: tuple[Any, ...] = ()
    plus: tuple[Any, ...] = ()


class Found(NamedTuple):
    """Problems, and the edits that would mend those of them that can be mended with certainty."""

    problems: list[Problem]
    edits: list[Edit]

    def add(self, other: Found) -> None:
        """Take in what another check has found."""
        self.problems.extend(other.problems)
        self.edits.extend(other.edits)
