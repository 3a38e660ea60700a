"""The verb that suggests concepts for a text, for the records of a file, or for a source that is here."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from kb import cli
from kb.cli import as_json, language, main, show
from kb.errors import BadQuery, NotFound, unknown

if TYPE_CHECKING:
    from kb.base import KnowledgeBase
    from kb.retrieval.suggest import Suggestion

TITLE = 80  # letters of a title
READ = 10_000_000  # bytes of a plain text: more than is looked at of any


class Suggested(NamedTuple):
    """What is suggested for one work: *of* is its title, or where it is from; *line* where it begins in its file."""

    of: str
    line: int
    suggestions: tuple[Suggestion, ...]


@main.command()
@click.argument("given", metavar="FILE|ID|-")
@click.option("--limit", default=10, show_default=True, type=int, help="How many at most.")
@click.option("--accept", "accepted", multiple=True, metavar="CONCEPT",
              help="Write this concept into the subjects of source ID; again for a further one.")  # fmt: skip
@click.option("--reject", "rejected", multiple=True, metavar="CONCEPT",
              help="Note that source ID is not about this concept: it is suggested for it no more.")  # fmt: skip
@language
@as_json
@click.pass_obj
def suggest(
    home: Path, given: str, limit: int, accepted: tuple[str, ...], rejected: tuple[str, ...], language: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Suggest concepts for the text in FILE or on standard input, each with its reasons.

    FILE is plain text, or anything that 'kb add' takes: then for each record. For the source ID, what it has
    already and what was rejected is left out. What is accepted teaches, after the next build, what to suggest.
    """
    base = cli.opened(home)
    if accepted or rejected:
        return _take(base, given, accepted, rejected, as_json)
    found = _suggested(base, given, limit, language)
    if as_json:
        return show({"suggested": list(found)})
    for number, each in enumerate(found):
        if number:
            click.echo()
        _print(each)


def _take(base: KnowledgeBase, id: str, accepted: Collection[str], rejected: Collection[str], as_json: bool) -> None:
    """Accept and reject, and say what is new by that."""
    if both := sorted(set(accepted) & set(rejected)):
        raise BadQuery(f"{both[0]!r} is to be accepted and rejected: choose one")
    new = base.intake.accept(id, accepted) if accepted else ()
    turned_down = base.intake.reject(id, rejected) if rejected else ()
    if as_json:
        return show({"id": id, "accepted": list(new), "rejected": list(turned_down)})
    for asked, changed, what in ((accepted, new, "added to its subjects"), (rejected, turned_down, "rejected for it")):
        if asked:
            click.echo(f"{id}: {', '.join(changed)} {what}; next: kb build" if changed else f"{id}: has them already")


def _suggested(base: KnowledgeBase, given: str, limit: int, language: str) -> Iterator[Suggested]:
    """What is suggested, work by work."""
    path = Path(given)
    if given != "-" and not path.exists():
        if given not in base.corpus:
            raise NotFound(unknown("file or source", given, base.corpus.ids()))
        yield Suggested(given, 1, base.suggest_for(given, limit, language))
        return
    for of, line, text in [("", 1, sys.stdin.read(READ))] if given == "-" else _works(path):
        yield Suggested(of, line, base.suggest(text, limit, language=language))


def _works(path: Path) -> Iterator[tuple[str, int, str]]:
    """The works in a file: what each is called, its line, its text; a plain text is one."""
    from kb.bibliography.reading import files
    from kb.corpus import sources
    from kb.retrieval.suggest import given

    file = files.Given.of(path)
    if path.suffix == ".yaml":
        data = sources.read(path).data
        yield str(data.get("title") or path.stem), 1, given.of_work(data)
    elif files.format_of(file) == "text":
        read = path.read_bytes()[:READ]
        yield path.name, 1, read.decode(files.encoding_of(read[: files.HEAD]), "replace")
    else:
        for entry in files.read(file):
            if entry.readable:
                yield str(entry.record.get("title") or path.name), entry.line, given.of_work(entry.record, entry.pages)
            else:
                click.echo(f"{path}:{entry.line}: {'; '.join(entry.problems)}", err=True)


def _print(found: Suggested) -> None:
    if found.of:
        click.echo(found.of if len(found.of) <= TITLE else found.of[: TITLE - 2] + " …")
    for each in found.suggestions:
        click.echo(f"{each.score:.2f}  {each.label}  [{each.id}]")
        for reason in each.reasons:
            click.echo(f"      {reason.weight:.2f}  {reason.text}")
    if not found.suggestions:
        click.echo("nothing here can be suggested: there is no word in it, or no concept", err=True)
