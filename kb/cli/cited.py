"""The verb that cites: a list of references, a file for a reference manager, or what stands in the text."""

from __future__ import annotations

from pathlib import Path

import click

from kb import cli
from kb.cli import STYLES, main


@main.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--style", default="apa", show_default=True, metavar="STYLE", help=f"{', '.join(STYLES[:-1])} or {STYLES[-1]}."
)
@click.option("--in-text", is_flag=True, help="Print one citation of all of them, as it stands in the text.")
@click.option("--locator", "locators", multiple=True, metavar="TEXT",
              help="With --in-text: the place in the first work, “p. 4”; again for the second.")  # fmt: skip
@click.pass_obj
def cite(home: Path, ids: tuple[str, ...], style: str, in_text: bool, locators: tuple[str, ...]) -> None:
    """Print references to works: a reference list in a citation style, or a file for a reference manager.

    A claim, such as reed-2001#c1, stands for the work that it was read in; with --in-text it brings its page.
    """
    click.echo(cli.opened(home).cite(ids, style, in_text=in_text, locator=locators))
