"""The verbs that tell who changed what when, and undo a change."""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import cli
from kb.cli import as_json, main, show
from kb.errors import BadQuery

if TYPE_CHECKING:
    from kb.curation.revisions import FileChange, RevisionView
    from kb.saving import Author

MOST = 1000  # changes
NAMED = 3  # files of a change that a line names
SIGNS = {"added": "+", "removed": "-", "same": " "}


@main.command()
@click.argument("id", default="")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, MOST), help="How many changes at most.")
@click.option("--diff", is_flag=True, help="Show what each change did, field by field and line by line.")
@as_json
@click.pass_obj
def history(home: Path, id: str, limit: int, diff: bool, as_json: bool) -> None:
    """Tell who changed what when, the newest first: in all files, in those of source ID, or in the commit ID."""
    curation = cli.opened(home).curation
    found = curation.past.changes(id, limit)
    told = [curation.past.revision(each.id, whole=True) for each in found] if diff else []
    if as_json:
        return show(told or found)
    if not found:
        click.echo("no change so far" if curation.history.is_kept else "there is no history yet", err=True)
    for number, each in enumerate(found):
        names = ", ".join(file.source or file.path for file in each.files[:NAMED])
        more = f" and {each.whole - NAMED} more" if each.whole > NAMED else ""
        click.echo(
            f"{each.id[:10]}  {each.when[:16].replace('T', ' ')}  {each.author}: {each.subject}  [{names}{more}]"
        )
        for line in _diff(told[number]) if told else ():
            click.echo(line)


@main.command()
@click.argument("commit")
@click.pass_obj
def revert(home: Path, commit: str) -> None:
    """Undo what COMMIT changed, as a new commit in your name; what was changed since stays."""
    saved = cli.opened(home).curation.past.revert(commit, author(home))
    click.echo(f"undone in {', '.join(saved.paths)}: {saved.commit[:10] or saved.problem}; next: kb build")


def _diff(view: RevisionView) -> Iterator[str]:
    for change in view.changes:
        yield f"    {change.how} {change.path}"
        yield from (f"      {field.place}: {field.was or '–'} → {field.now or '–'}" for field in change.fields)
        yield from _lines(change)
    yield ""


def _lines(change: FileChange) -> Iterator[str]:
    if change.note:
        yield f"      ({change.note})"
    for line in change.lines:
        yield f"      {SIGNS[line.what]} {line.text}" if line.what in SIGNS else f"      … {line.number} lines"


def author(home: Path) -> Author:
    """Who works in this shell, as git knows them, or as the system does."""
    from kb.saving import Author

    name, email = (_configured(home, key) for key in ("user.name", "user.email"))
    try:
        user = os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):
        user = ""
    if not (name or user):
        raise BadQuery("who are you? git config user.name tells git, and the history")
    return Author(user, name or user, email or f"{user or 'somebody'}@localhost")


def _configured(home: Path, key: str) -> str:
    try:
        told = subprocess.run(["git", "config", key], cwd=home, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return told.stdout.strip()
