"""What is said of a cell of an evidence map: in words for who hears it, in signs for who sees it."""

from __future__ import annotations

from typing import Any

STANCES = {"disputed": "≠", "qualified": "±", "supported": "+"}  # the classes of claims that have a sign, with it
CLASSES = (*STANCES, "alone")


def counted(number: int, one: str, many: str = "") -> str:
    """A number with what is counted.

    >>> counted(1, "claim"), counted(1200, "claim"), counted(0, "work")
    ('1 claim', '1,200 claims', '0 works')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def parted(cell: Any) -> str:
    """How many claims of *cell* are themselves about its column, of how many, such as "1 of 4"."""
    return f"{cell.own:,} of {cell.claims:,}" if cell.claims else "0"


def said(cell: Any) -> str:
    """What one hears of *cell*, such as "1 of 4 claims itself about both, 3 qualified, 1 relation"."""
    claims, itself = (
        ("claim" if cell.claims == 1 else "claims"),
        "itself" if 1 in (cell.own, cell.claims) else "themselves",
    )
    found = [f"{parted(cell)} {claims}{f' {itself} about both' if cell.claims else ''}"]
    found += [f"{number:,} {kind}" for kind, number, _ in signs(cell)]
    if cell.claims and not cell.read:
        found.append("none of them read")
    if cell.relations:
        found.append(counted(cell.relations, "relation"))
    return ", ".join(found)


def signs(cell: Any) -> list[tuple[str, int, str]]:
    """What stands below the number of claims: class, number and sign of each class that there is."""
    return [(kind, number, sign) for kind, sign in STANCES.items() if (number := getattr(cell, kind))]


def in_this(sources: int, in_field: bool) -> str:
    """How many sources there are for a concept, which is a field of works or is not."""
    return f"{counted(sources, 'source')} {'in this field' if in_field else 'on this'}"


def nothing(sources: int, in_field: bool) -> str:
    """What an empty cell reads, where its column has so many *sources*.

    >>> nothing(3, True)
    'nothing annotated here (3 sources in this field)'
    """
    return f"nothing annotated here ({in_this(sources, in_field)})"
