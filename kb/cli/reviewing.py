"""The verb that tells how far curators have come with a source."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import cli
from kb.cli import main
from kb.corpus.ontology import fold
from kb.errors import KBError

if TYPE_CHECKING:
    from kb.curation import Author, Curation


@main.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID…")
@click.option("--status", default="reviewed", show_default=True, type=click.Choice(["draft", "reviewed", "retracted"]))
@click.option("--why", default="", metavar="TEXT", help="Why; readers are told. A retraction needs it.")
@click.option("--curator", metavar="NAME", help="Who says so: a curator of the ontology. Else who git says you are.")
@click.pass_obj
def review(home: Path, ids: tuple[str, ...], status: str, why: str, curator: str | None) -> None:
    """Mark sources as reviewed: a second person has read the record and its claims. Or retract them."""
    from kb.curation.status import OWN, REVIEWED, is_own

    curation = cli.opened(home).curation
    author = author_of(curation, curator)
    for id in ids:
        if status == REVIEWED and id in curation.corpus and is_own(curation.corpus[id].data, author.id):
            click.echo(f"warning: {id}: {OWN}", err=True)
        saved = curation.set_status(id, status, None, author, why)
        click.echo(f"{id}: {status}, by {author.name}" + (f"; {saved.problem}" if saved.problem else ""))
    click.echo("next: kb build")


def author_of(curation: Curation, id: str | None) -> Author:
    """The curator called *id*, or else the one whose id or name git has as user.name, with git's address."""
    from kb.curation import Author

    known, called = curation.curators(), _git(curation.home.folder, "user.name")
    email = _git(curation.home.folder, "user.email")
    found = id or next((one for one, name in known.items() if fold(called) in (fold(one), fold(name))), None)
    if not found:
        who = f"git calls you {called!r}, who is no curator here" if called else "git does not know your name"
        raise KBError(f"{who}: give --curator NAME, one of {', '.join(sorted(known)) or 'those in the ontology'}")
    return Author(found, known.get(found, found), email or f"{found}@localhost")


def _git(folder: Path, key: str) -> str:
    """What git is configured with; nothing where it is not, or not here."""
    try:
        done = subprocess.run(["git", "config", key], cwd=folder, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
