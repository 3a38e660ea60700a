"""The verb that keeps the accounts of those who write in the browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli import as_json, main, show
from kb.home import Home

if TYPE_CHECKING:
    from webapp.users import Users

ROLES = ("curator", "editor")  # as `webapp.users` has them
role = click.Choice(ROLES)
from_stdin = click.option("--password-stdin", "stdin", is_flag=True, help="Read the password from standard input.")


@main.group()
def user() -> None:
    """Make, list and remove the accounts of those who write in the browser (kb serve --writable)."""


@user.command()
@click.argument("name")
@click.option("--role", default=ROLES[0], show_default=True, type=role,
              help="A curator writes sources; an editor also decides on the work of curators.")  # fmt: skip
@click.option("--name", "full", default="", help="The name to be read, such as 'Anna Smith'.")
@from_stdin
@click.pass_obj
def add(home: Path, /, name: str, role: str, full: str, stdin: bool) -> None:
    """Make an account called NAME: small letters, digits and hyphens. The password is asked for."""
    accounts = _accounts(home)
    accounts.check(name, full)
    made = accounts.add(name, _password(stdin), role, full)
    click.echo(f"{made.name} ({made.role}) can log in where 'kb serve --writable' runs")
    _name_curator(Home(home), made.name, made.full or made.name)


@user.command("list")
@as_json
@click.pass_obj
def list_users(home: Path, as_json: bool) -> None:
    """List the accounts, with their roles."""
    kept = sorted(_accounts(home).all().values())
    if as_json:
        return show([{"name": each.name, "role": each.role, "full": each.full} for each in kept])
    if not kept:
        click.echo("there is no account: 'kb user add NAME' makes one", err=True)
    for each in kept:
        click.echo(f"{each.name:20} {each.role:8} {each.full}".rstrip())


@user.command()
@click.argument("name")
@click.pass_obj
def remove(home: Path, name: str) -> None:
    """Take the account NAME away. What was written under it stays, with its name."""
    _accounts(home).remove(name)
    click.echo(f"{name} cannot log in any more")


@user.command()
@click.argument("name")
@from_stdin
@click.pass_obj
def password(home: Path, name: str, stdin: bool) -> None:
    """Give the account NAME another password; it is logged out everywhere."""
    accounts = _accounts(home)
    accounts.get(name)
    accounts.set_password(name, _password(stdin))
    click.echo(f"{name} has another password")


@user.command("role")
@click.argument("name")
@click.argument("role", type=role)
@click.pass_obj
def set_role(home: Path, name: str, role: str) -> None:
    """Give the account NAME another ROLE; it is logged out everywhere."""
    _accounts(home).set_role(name, role)
    click.echo(f"{name} is {role} now")


def _accounts(home: Path) -> Users:
    from webapp.users import Users

    Home(home).check()
    return Users(Home(home))


def _password(stdin: bool) -> str:
    """The password, typed twice or as the first line of the standard input."""
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password (8 characters or more)", hide_input=True, confirmation_prompt="Once more"))


def _name_curator(home: Home, name: str, full: str) -> None:
    """Let files name the new account as their curator."""
    from kb.curation import curators
    from kb.saving.history import OUTSIDE

    saved = curators.add(home, name, full, OUTSIDE)
    if saved:
        click.echo(f"sources may say 'curator: {name}' now: see {home.folder / curators.FILE}")
        if saved.problem:
            click.echo(f"it is not in the history yet: {saved.problem}", err=True)
