"""The cells around an empty one that hold claims: the same row in columns close by, the same column in broader rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kb.corpus.ontology import Ontology
from kb.synthesis.kept import Kept
from kb.synthesis.maps import Cell, Field, counted
from kb.synthesis.narrowed import Narrowed

BESIDE, BROADER = 4, 2  # cells that are named of each kind, at most


def near(
    row: str, column: str, whole: Field, kept: Kept, within: Narrowed, ontology: Ontology
) -> tuple[Cell, ...]:  # fmt: skip
    """The cells with claims near that of *row* and *column*.

    First the row in broader columns, then in those beside the column or beside a broader one, the fullest of each
    first, then the column in broader rows.
    """
    rows, columns = (next(iter(ontology[id].schemes), "") for id in (row, column))
    mine, theirs = (whole.lines[each].ids if each in whole.lines else () for each in (rows, columns))
    if row not in mine or column not in theirs:  # retired
        return ()
    cells = counted(whole, kept, rows, columns, within).cells
    here = (cells[:, 0] == mine.index(row)) | (cells[:, 1] == theirs.index(column))
    close = cells[here & (cells[:, 2] > 0)].tolist()
    found = {(mine[line], theirs[other]): Cell(mine[line], theirs[other], *counts) for line, other, *counts in close}
    wider = list(_broader(column, ontology))
    broader = [found[row, id] for id in wider if (row, id) in found][:BROADER]
    beside = [cell for id in (column, *wider) for cell in _fullest(found, row, _beside(id, theirs, ontology))]
    above = [found[id, column] for id in _broader(row, ontology) if (id, column) in found][:BROADER]
    return tuple(dict.fromkeys([*broader, *beside[:BESIDE], *above]))


def _fullest(found: Mapping[tuple[str, str], Cell], row: str, columns: Iterable[str]) -> list[Cell]:
    """The cells of *row* in some columns, the fullest first."""
    cells = [found[row, id] for id in columns if (row, id) in found]
    return sorted(cells, key=lambda cell: (-cell.own, -cell.claims, cell.column))


def _broader(id: str, ontology: Ontology) -> Iterator[str]:
    """What is broader than a concept, the nearest first."""
    seen, todo = {id}, list(ontology[id].broader)
    for each in todo:
        if each not in seen and each in ontology.concepts:
            seen.add(each)
            todo += ontology[each].broader
            yield each


def _beside(id: str, line_ids: tuple[str, ...], ontology: Ontology) -> Iterator[str]:
    """The other concepts right below what a concept is right below; at the top those at the top."""
    above = set(ontology[id].broader).intersection(line_ids)
    for each in line_ids:
        theirs = set(ontology[each].broader).intersection(line_ids)
        if each != id and (theirs & above or not (theirs or above)):
            yield each
