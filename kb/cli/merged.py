"""The verb that merges two sources, or two concepts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import cli
from kb.cli import build_index, main, show
from kb.cli.history import author
from kb.errors import BadQuery

if TYPE_CHECKING:
    from kb.curation import Saved
    from kb.curation.plans import Plan

NOTES = 20  # that are printed


@main.command()
@click.argument("one")
@click.argument("into")
@click.option("--dry-run", is_flag=True, help="Show what would change, as a diff, and write nothing.")
@click.option(
    "--take",
    "taken",
    multiple=True,
    metavar="FIELD",
    help="Of two sources that differ in this field, take that of ONE; again for a further one.",
)
@click.option("--even", is_flag=True, help="Merge concepts even where they stand in different schemes.")
@click.option("--json", "as_json", is_flag=True, help="Print what changes and where things go as JSON.")
@click.pass_obj
def merge(
    home: Path, one: str, into: str, dry_run: bool, taken: tuple[str, ...], even: bool, as_json: bool
) -> None:  # fmt: skip
    """Merge the source or concept ONE into INTO, in one save, and build the index.

    Claims move, whatever names ONE names INTO, and the address of ONE leads there.
    """
    base = cli.opened(home)
    curation = base.curation
    if one in curation.corpus or into in curation.corpus:
        plan = curation.merging_sources(one, into, taken)
    elif taken:
        raise BadQuery(f"--take goes with sources, and {one!r} is none")
    else:
        plan = curation.concepts.merging(one, into, even)
    saved = None if dry_run else plan.save(curation.saving, author(home))
    if as_json:
        show({"message": plan.message, "moved": plan.moved, "notes": plan.notes, "files": plan.files,
              "commit": saved.commit if saved else ""})  # fmt: skip
    else:
        _print(plan, saved)
    if saved:
        build_index(base)


def _print(plan: Plan, saved: Saved | None) -> None:
    for note in plan.notes[:NOTES]:
        click.echo(f"note: {note}", err=True)
    if saved is None:
        click.echo("\n".join(each.diff for each in plan.files))
        return
    for each in plan.files:
        click.echo(f"{each.path} +{each.added} -{each.removed}")
    for old, new in plan.moved.items():
        click.echo(f"{old} is now {new}")
    if saved.problem:
        click.echo(f"the history has not taken it yet: {saved.problem}", err=True)
