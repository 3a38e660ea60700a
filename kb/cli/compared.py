"""The verb that puts concepts or works side by side."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import click

from kb import cli
from kb.cli import STYLES, as_json, language, main, show, write_works

FORMATS = ("markdown", "csv", *STYLES)


@main.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--differ", is_flag=True, help="Leave out what all of them have in common.")
@click.option("--format", "form", default="markdown", show_default=True, type=click.Choice(FORMATS),
              help="The works that it names come in a style, or as a file for a reference manager.")  # fmt: skip
@language
@as_json
@click.pass_obj
def compare(home: Path, ids: tuple[str, ...], differ: bool, form: str, language: str, as_json: bool) -> None:
    """Put concepts, or works, side by side: what is said of each, and what they have in common."""
    from kb.synthesis import compared

    base = cli.opened(home)
    synthesis = base.synthesis(language)
    found = synthesis.compare(ids, differ=differ)
    if as_json:
        return show(found)
    if form in STYLES:
        return write_works(base, compared.named(found), form)
    if form == "csv":
        return csv.writer(sys.stdout, lineterminator="\n").writerows((compared.HEAD, *compared.rows(found)))
    version = base.generation.version
    click.echo(compared.markdown(found, synthesis.references(found), f"Data version {version}"), nl=False)
