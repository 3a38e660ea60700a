"""The verb for paths: from a concept over what can be done to what that leads to, or back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import cli
from kb.cli import as_json, language, main, printed, show

if TYPE_CHECKING:
    from kb.synthesis.paths import PathsView
    from kb.synthesis.shown import Path as Chain
    from kb.synthesis.shown import StepView


@main.command()
@click.option("--from", "start", default="", metavar="ID", help="Only from this concept or a narrower one.")
@click.option("--via", "middle", default="", metavar="ID", help="Only through this concept or a narrower one.")
@click.option("--to", "end", default="", metavar="ID", help="Only to this concept or a narrower one.")
@click.option("--page", default=1, show_default=True, type=int, help="Which page of 20.")
@language
@as_json
@click.pass_obj
def paths(home: Path, start: str, middle: str, end: str, page: int, language: str, as_json: bool) -> None:
    """Show what works state that leads through what can be done to an end, best documented first, with the evidence."""
    view = cli.opened(home).synthesis(language).paths(start, middle, end, page)
    show(view) if as_json else _print(view)


def _print(view: PathsView) -> None:
    for each in view.paths:
        _path(each)
    for tally in (view.first, view.second):
        if tally.statements:
            labels = " or ".join(f"“{label}”" for label in tally.labels)
            click.echo(f"Of {_number(tally.statements, 'statement')} {labels}, {tally.said}.")
    click.echo(f"{_number(view.total, 'path')}, {view.whole} of two steps; page {view.page} of {view.pages}")
    for asked, way in ((view.start, "from"), (view.middle, "via"), (view.end, "to")):
        if asked and not asked.here:
            ways = [f"--{_WAYS[place]} {asked.id}" for place in asked.elsewhere]
            ways += [f"--{way} {ref.id}" for ref in asked.above[:1]]
            tries = f": try {' or '.join(ways)}" if ways else ""
            click.echo(f"nothing annotated here leads {_LEADS[way]} {asked.label}{tries}", err=True)


_TAKEN = {"supports": "supported by", "disputes": "disputed by", "qualifies": "qualified by"}
_WAYS = {"start": "from", "middle": "via", "end": "to"}
_LEADS = {"from": "from", "via": "through", "to": "to"}


def _number(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


def _path(path: Chain) -> None:
    ends = filter(None, (path.start, path.middle, path.end))
    click.echo(f"{path.rank:3}  " + " → ".join(f"{ref.label} [{ref.id}]" for ref in ends))
    for step in filter(None, (path.first, path.second)):
        _step(step)
    if path.one_work:
        click.echo(f"     read in one work only: {path.one_work.citation}")
    printed.line("     both steps are stated by", (work.citation for work in path.both))
    printed.line("     named for both steps, which was not checked", (work.citation for work in path.named))


def _step(step: StepView) -> None:
    known = f"{step.basis}, read in {_number(step.strength.works, 'work')}"
    mark = "" if step.established else "  (not checked)"
    click.echo(f"     {step.subject.label} {step.label} {step.object.label}: {known}{mark}")
    for claim in step.claims[:1]:
        more = f" and {step.total - 1} more" if step.total > 1 else ""
        kind = f" ({step.kind})" if step.kind else ""
        click.echo(f"       + {claim.source.citation}{kind}, {claim.provenance}  [{claim.id}]{more}")
        click.echo(f"         {claim.text}")
    for each in step.standings:
        verb = each.relation if each.direction == "out" else _TAKEN.get(each.relation, each.relation)
        click.echo(f"       {verb} {_number(each.claims, 'other claim')}")
    for claim in step.near:
        for stance in claim.stances:
            click.echo(f"       near: {claim.id} {stance.relation} {stance.claim_id}")
