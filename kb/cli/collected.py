"""The verb for what one has collected: concepts, works and claims with notes, cited or taken along."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import cli
from kb.cli import EXCHANGED, as_json, language, main, printed, show, write_works

if TYPE_CHECKING:
    from kb.synthesis.collection import Collection

FORMATS = click.Choice(["text", "markdown", *EXCHANGED, "csv", "json"])


@main.command("list")
@click.argument("items", nargs=-1, required=True, metavar="ITEM...")
@click.option("--note", "notes", multiple=True, metavar="TEXT",
              help="A note on the first item; again for the second, and so on.")  # fmt: skip
@click.option("--title", default="", metavar="TEXT", help="Your own name for the list.")
@click.option("--style", default="apa", show_default=True, help="apa, chicago, mla, harvard or ieee.")
@click.option("--format", "format", default="text", show_default=True, type=FORMATS, help="How it is printed.")
@language
@as_json
@click.pass_obj
def collected(home: Path, items: tuple[str, ...], notes: tuple[str, ...], title: str, style: str, format: str,
              language: str, as_json: bool) -> None:  # fmt: skip
    """Show concepts, works and claims (such as reed-2001#c1) in that order, with the works that they cite."""
    from kb.synthesis import written

    base = cli.opened(home)
    found = base.synthesis(language).collection(items, notes, style, title)
    if as_json or format == "json":
        return show(found)
    if format in EXCHANGED:
        return write_works(base, (each.id for each in found.references), format)
    if format == "markdown":
        return click.echo(written.markdown(found), nl=False)
    if format == "csv":
        return csv.writer(sys.stdout).writerows((written.HEAD, *written.rows(found)))
    _print(found)


def _print(found: Collection) -> None:
    if found.title:
        click.echo(f"{found.title}\n")
    for number, item in enumerate(found.items, 1):
        known = {"concept": f": {item.definition}", "claim": f" — {item.label}"}.get(item.kind, "")
        title = f" {item.source.title}" if item.source and item.source.title and not item.claim else ""
        click.echo(f"{number:3}  {item.source.citation if item.source else item.label}{title}{known}  [{item.id}]")
        for what, text in (("caution", item.caution), ("note", item.note)):
            printed.line(f"     {what}", [text] if text else ())
    if found.references:  # stances are not printed, so neither are the works that only these name
        click.echo(f"\nReferences ({found.style_label})")
        click.echo("\n".join(each.noted for each in found.references))
