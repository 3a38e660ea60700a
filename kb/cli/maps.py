"""The verb that shows an evidence map."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb import cli
from kb.cli import as_json, language, main, option, printed, show


@main.command("map")
@click.argument("rows", default="")
@click.argument("columns", default="")
@option("basis")
@option("stance")
@option("state")
@option("years")
@language
@as_json
@click.pass_obj
def evidence_map(home: Path, /, rows: str, columns: str, language: str, as_json: bool, **filters: Any) -> None:
    """Count the claims about each concept of one scheme that carry each concept of another.

    ROWS and COLUMNS are ids of schemes, as "kb concepts --json" has them; without them it is the fullest map there is.
    """
    view = cli.opened(home).synthesis(language).map(rows, columns, **filters)
    show(view) if as_json else printed.evidence_map(view)
