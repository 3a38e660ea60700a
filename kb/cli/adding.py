"""The verb that takes in sources: files of reference managers, documents, annotated sources."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb import cli
from kb.cli import build_index, main, printed

if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from kb.intake import Planned

SHOWN = 50  # records of a status, and problems
ID, CITATION, SIDE = 32, 90, 60  # letters
HEAD = '{"records": ['
GROUPS = 12  # kinds of problems


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Tell what would become of each record, and write nothing.")
@click.option("--merge", type=click.Choice(["fill"]), default=None,
              help="Give sources that are here already the fields they lack.")  # fmt: skip
@click.option("--take", "fields", multiple=True, metavar="FIELD",
              help="Of sources that are here, take this field from the file; again for a further one.")  # fmt: skip
@click.option("--all", "everything", is_flag=True, help=f"Show every record, not {SHOWN} of a kind.")
@click.option("--json", "as_json", is_flag=True, help="Print what becomes of each record as JSON.")
@click.pass_obj
def add(home: Path, files: tuple[Path, ...], dry_run: bool, merge: str | None, fields: tuple[str, ...],
        everything: bool, as_json: bool) -> None:  # fmt: skip
    """Add sources from FILES (BibTeX, RIS, CSL-JSON, PDF, HTML, text, or annotated YAML) and build the index.

    What is here already is found, and stays as it is. Stopped, the same command goes on.
    """
    base = cli.opened(home)
    report = Report(as_json, None if everything else SHOWN, len(files) > 1)
    with printed.Progress() as progress:
        if dry_run:
            records: Iterable[Planned] = base.preview(files, progress)
        else:
            records = _added(base, files, merge or "", fields, progress)
        for each in records:
            report.show(each, done=not dry_run)
    report.close()
    if not dry_run:
        build_index(base)
    if report.counts["unreadable"]:
        raise SystemExit(1)


def _added(
    base: KnowledgeBase, files: Iterable[Path], merge: str, fields: Collection[str], progress: printed.Progress
) -> list[Planned]:
    try:
        return base.add(files, merge=merge, fields=fields, progress=progress)
    except KeyboardInterrupt:
        raise click.ClickException("stopped; the same command goes on where it was") from None


class Report:
    """What became of the records: JSON as they come, or lines of each status and what was wrong, counted."""

    def __init__(self, as_json: bool, shown: int | None, several: bool = False) -> None:
        self.as_json, self.shown, self._several, self._heading = as_json, shown, several, ""
        self._numbers, self._began = Counter[str](), dict[str, str]()  # of records in files; which one an id is from
        self.counts, self.files, self.richer = Counter[str](), set[str](), 0
        self.problems = Counter[str]()

    def show(self, each: Planned, done: bool) -> None:
        """Show a record."""
        self.counts[each.status] += 1
        self.files.add(each.file)
        self._numbers[each.file] += 1
        self.richer += any(not found.ours for found in each.differences)
        self.problems.update(
            re.sub(r"'[^']*'|\d+|\b[a-z]+(?:-[a-z0-9]+)+\b", "…", problem) for problem in each.problems
        )
        if self.as_json:
            before = "," if self.counts.total() > 1 else HEAD
            click.echo(f"{before}\n{json.dumps(each.plain(), ensure_ascii=False)}", nl=False)
        elif self.shown is None or self.counts[each.status] <= self.shown:
            if self._several and each.file != self._heading:
                self._heading = each.file
                click.echo(f"{each.file}:")
            earlier = self._began.get(each.id, "")
            click.echo("\n".join(_done(each, earlier) if done else _planned(each, earlier)))
        if each.status in ("new", "incomplete"):
            self._began[each.id] = f" (record {self._numbers[each.file]:,} of {Path(each.file).name})"

    def close(self) -> None:
        """Show how many there were."""
        if self.as_json:
            click.echo("\n]}" if self.counts else f"{HEAD}]}}")
        for status, count in self.counts.items():
            if not self.as_json and self.shown is not None and count > self.shown:
                click.echo(f"{status}: {count - self.shown:,} more; --all shows every one, --json all of each")
        for problem, count in self.problems.most_common(GROUPS) if self.counts.total() > GROUPS else ():
            click.echo(f"{count:7,} × {problem}", err=True)
        click.echo(self.summary(), err=self.as_json)

    def summary(self) -> str:
        """The counts in a sentence."""
        from kb.intake.plan import STATUSES

        counts = [f"{self.counts[status]:,} {status}" for status in STATUSES if self.counts[status]]
        more = f" ({self.richer:,} with something that is not here)" if self.richer else ""
        told = ", ".join(count + more * count.endswith("duplicate") for count in counts)
        records, files = (f"{n:,} {what}{'s' * (n != 1)}" for n, what in (
            (self.counts.total(), "record"), (len(self.files), "file")))  # fmt: skip
        return f"{records} in {files}: {told}" if told else "no records"


def _planned(each: Planned, earlier: str = "") -> Iterator[str]:
    """What would become of a record; *earlier* is told where one before it becomes the source that it is of."""
    yield f"{each.status:10}  {(each.id or _place(each)) + earlier:{ID}}  {_citation(each)}".rstrip()
    if each.why:
        yield f"{'':12}{each.why}"
    yield from _sides(each)
    yield from _told(each)


def _done(each: Planned, earlier: str = "") -> Iterator[str]:
    """What became of a record."""
    if each.status in ("new", "incomplete"):
        yield f"added {each.id}" + (f" ({each.status})" if each.status == "incomplete" else "")
        yield from _told(each)
    elif each.status == "unreadable":
        yield f"not read: {_place(each)}"
        yield from _told(each)
    else:
        filled = f"; now with {', '.join(each.filled)}" if each.filled else ""
        yield f"here already: {each.id}{earlier} ({each.why}){filled}"
        yield from _sides(each)
        yield from _told(each)


def _sides(each: Planned) -> Iterator[str]:
    """Where a duplicate differs from ours, both sides, and what we have not."""
    for found in each.differences:
        if found.ours and found.field not in each.filled:
            ours, theirs = (printed.cut(side, SIDE) for side in found[1:])
            yield f"{'':12}{found.field}: {ours} | theirs: {theirs}"
    if lacking := [found.field for found in each.differences if not found.ours and found.field not in each.filled]:
        yield f"{'':12}not here: {', '.join(lacking)}"


def _told(each: Planned) -> Iterator[str]:
    return (f"{'':12}{problem}" for problem in each.problems if problem != each.why)


def _place(each: Planned) -> str:
    return f"{each.file}:{each.line}" if each.line else each.file


def _citation(each: Planned) -> str:
    """Names, year and title on one line."""
    from kb.bibliography.work import in_text

    title = str(each.record.get("title") or "")
    return printed.cut(f"{in_text(each.record)} {title}" if each.record else "", CITATION)
