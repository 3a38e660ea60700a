"""The ``kb`` command: the same questions the web app answers, from a shell. A verb is a method."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from kb.cli import printed
from kb.errors import KBError
from kb.graph.query import GRAPH_FORMATS, ROW_FORMATS
from kb.graph.query import form as query_form
from kb.terms import LANGUAGE

if TYPE_CHECKING:
    from kb.base import KnowledgeBase

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, as the .json page of the web app has it.")
language = click.option("--lang", "language", default=LANGUAGE, show_default=True, metavar="TAG",
                        help="Labels in this language, such as de, where there are any.")  # fmt: skip
RDF = ("turtle", "jsonld", "ntriples", "rdfxml")
WRITTEN, EXCHANGED = ("apa", "chicago", "mla", "harvard", "ieee"), ("bibtex", "ris", "csl-json")
STYLES = (*WRITTEN, *EXCHANGED)  # as `kb.bibliography.styles` has them, which takes time to import
FEATURES = "understanding, concepts, alike, narrower, related, relation"
MODE = click.Choice(["fused", "words", "vectors"])
mode = click.option("--mode", default="fused", show_default=True, type=MODE,
                    help="Rank by words, by meaning (vectors), or by both.")  # fmt: skip
_FILTERS = {
    "kind": click.Choice(["concept", "claim", "source", "passage"]),
    "stance": click.Choice(["supports", "disputes", "qualifies"]),
    "basis": click.Choice(["text", "abstract", "reported", "recalled", "inferred"]),
    "state": click.Choice(["complete", "incomplete", "seed-only"]),
}
_HELP = {
    "kind": "Only hits of this kind.",
    "concept": "Only what is about this concept or a narrower one; again for a further one.",
    "scheme": "Only what is about a concept of this scheme.",
    "field": "Only works with this subject or a narrower one, and their claims.",
    "stance": "Only claims that take this stance or to which it is taken.",
    "basis": "Only claims known in this way.",
    "state": "Only works whose record is so.",
    "years": "Only works of these years, such as 2000-2010; also 2005- and -2005.",
}


def formats(what: str, *others: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--format`` of a verb: the works it tells of as references, or *others*."""
    help = f"Print {what}: a reference list in a style, or a file for a reference manager."
    return click.option("--format", "form", type=click.Choice([*others, *STYLES]), metavar="FORMAT",
                        help=f"{help} One of {', '.join([*others, *STYLES])}.")  # fmt: skip


def filters(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Give a verb the filters of a search."""
    for name in reversed(_HELP):
        verb = option(name)(verb)
    return verb


def option(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """One filter of a search as an option."""
    several = name not in ("kind", "years")
    return click.option(f"--{name}", multiple=several, type=_FILTERS.get(name, click.STRING), help=_HELP[name])


def page(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Let a verb show its hits page by page."""
    verb = click.option("--offset", default=0, show_default=True, type=int, help="How many hits to pass over.")(verb)
    return click.option("--limit", default=10, show_default=True, type=int, help="How many hits at most (1000).")(verb)


BUILD_WAIT = 60  # seconds a build waits for another one before it says who is building


class Verbs(click.Group):
    """Print this package's errors as one line on stderr and exit with 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a verb."""
        try:
            return super().invoke(ctx)
        except KBError as error:
            raise click.ClickException(str(error)) from error
        except BrokenPipeError:  # the reader of our output has seen enough, which click knows how to end
            raise
        except OSError as error:
            raise click.ClickException(f"{error.filename or 'output'}: {error.strerror}") from error


@click.group(cls=Verbs)
@click.option("--home", default=".", envvar="KB_HOME", show_default=True, type=click.Path(path_type=Path),
              help="Folder with corpus/ and ontology/; also KB_HOME.")  # fmt: skip
@click.version_option(package_name="partnership-kb", prog_name="kb")
@click.pass_context
def main(ctx: click.Context, home: Path) -> None:
    """Find, cite and question what a literature says."""
    ctx.obj = home


def opened(home: Path) -> KnowledgeBase:
    """The knowledge base in *home*; the slow imports happen here."""
    from kb.base import KnowledgeBase

    return KnowledgeBase(home)


def show(value: Any) -> None:
    """Print *value* as JSON."""
    from kb.plain import plain

    click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def write_works(base: KnowledgeBase, ids: Iterable[str], style: str) -> None:
    """Print the works *ids* as a reference list, or as a file for a reference manager."""
    for part in base.works.written(ids, style):
        click.echo(part, nl=False)
    click.echo()


@main.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@click.option("--ontology", type=click.Path(path_type=Path), help="A SKOS thesaurus (Turtle) in place of ours.")
def init(folder: Path, ontology: Path | None) -> None:
    """Lay down a knowledge base in FOLDER: a copy of ours, or an empty one over a thesaurus."""
    from kb.home import init as lay_down

    home = lay_down(folder, ontology)
    click.echo(f"laid down {home.corpus} and {home.ontology}; next: kb serve")


@main.command()
@as_json
@click.pass_obj
def build(home: Path, as_json: bool) -> None:
    """Bring the index up to date with the files."""
    report = build_index(opened(home))
    if as_json:
        fields = report._asdict()
        del fields["generation"]
        return show(fields)
    click.echo(
        f"{report.read} files read, {report.removed} removed, {report.embedded} passages embedded"
        f" in {report.seconds:.1f} s" if report.read or report.removed else "nothing has changed"
    )  # fmt: skip


@main.command()
@click.argument("query")
@page
@filters
@mode
@click.option("--off", multiple=True, metavar="KEY", help="Leave a part of what was understood without effect.")
@click.option("--group", is_flag=True, help="One hit for each source.")
@click.option("--sort", default="score", show_default=True, type=click.Choice(["score", "newest", "oldest"]),
              help="The best first, or what comes close alone, by year.")  # fmt: skip
@click.option("--facets", is_flag=True, help="Count what each filter would leave of what comes close.")
@formats("the works of all hits that come close, up to 1000 hits, or to --limit works")
@as_json
@click.pass_context
def search(context: click.Context, /, query: str, as_json: bool, form: str | None, **asked: Any) -> None:
    """Find concepts, claims and works by meaning and by words."""
    base = opened(context.obj)
    if form:
        return _works_found(base, context, query, form, asked)
    found = base.search(query, **asked)
    show(found) if as_json else printed.answer(found)


def _works_found(base: KnowledgeBase, context: click.Context, query: str, style: str, asked: dict[str, Any]) -> None:
    """Print the works of what comes close; as many as were asked for, if a number was."""
    given = context.get_parameter_source("limit") is not ParameterSource.DEFAULT
    kept = {name: value for name, value in asked.items() if name not in ("limit", "offset", "group", "facets")}
    if found := base.works.found(query, **kept, **({"limit": asked["limit"]} if given else {})):
        return write_works(base, found, style)
    click.echo("no work comes close to it", err=True)


@main.command()
@click.argument("id")
@page
@filters
@as_json
@click.pass_obj
def similar(home: Path, /, id: str, as_json: bool, **asked: Any) -> None:
    """Show more like a source, a claim or a concept."""
    found = opened(home).similar(id, **asked)
    show(found) if as_json else printed.similar(found)


@main.command()
@click.argument("text")
@click.option("--limit", default=10, show_default=True, type=int, help="How many at most.")
@click.option("--kind", type=click.Choice(["concept", "source", "author"]), help="Only these.")
@as_json
@click.pass_obj
def complete(home: Path, text: str, limit: int, kind: str | None, as_json: bool) -> None:
    """List the concepts, works and authors that TEXT may become."""
    found = opened(home).complete(text, limit, kind)
    if as_json:
        return show(found)
    if not found:
        click.echo("nothing here begins so", err=True)
    for each in found:
        matched = f"  ({each.matched})" if each.matched != each.label else ""
        click.echo(f"{each.kind:8} {each.label}{matched}  [{each.id}]  {each.note}")


@main.command()
@click.argument("file", type=click.Path(allow_dash=True, path_type=Path))
@click.option("--format", type=click.Choice([*ROW_FORMATS, *GRAPH_FORMATS]),
              help="Default: csv for rows, turtle for graphs.")  # fmt: skip
@click.option("--timeout", type=float, help="Seconds it may take; 10 if not given, 60 at most.")
@click.option("--why", is_flag=True, help="Tell which part of the pattern leaves no row.")
@click.pass_obj
def query(home: Path, file: Path, format: str | None, timeout: float | None, why: bool) -> None:
    """Run the SPARQL query in FILE, or from standard input if FILE is -. Our prefixes need no declaration."""
    text = _read(file)
    with closing(opened(home)) as base:
        if why:
            return click.echo(base.sparql.diagnose(text, lend=True, deadline=timeout).message)
        format = format or {"select": "csv", "ask": "json"}.get(query_form(text), "turtle")
        last = b""
        for last in base.sparql.stream(text, format, deadline=timeout, lend=True):
            sys.stdout.buffer.write(last)
    if not last.endswith(b"\n"):
        click.echo()


@main.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help="First mend what is certain, in place.")
@click.option(
    "--all", "everything", is_flag=True, help=f"Show every problem, not the first {printed.SHOWN} of each kind."
)
@as_json
@click.pass_obj
def check(home: Path, files: tuple[Path, ...], fix: bool, everything: bool, as_json: bool) -> None:
    """List what is wrong with the home's files, or with SKOS vocabularies in Turtle FILES.

    Exits with 1 if there is an error; warnings alone leave it at 0.
    """
    from kb.corpus.check import check_vocabulary, fix_vocabulary

    tell = partial(click.echo, err=True)
    for path in [path for file in files for path in fix_vocabulary(file)] if fix else ():
        tell(f"mended {path}")
    problems = [p for file in files for p in check_vocabulary(file)] if files else opened(home).check(fix, tell)
    if as_json:
        show(problems)
    else:
        printed.problems(problems, everything)
    if any(problem.severity == "error" for problem in problems):
        raise SystemExit(1)


@main.command()
@as_json
@click.pass_obj
def stats(home: Path, as_json: bool) -> None:
    """Count what there is and what is missing: concepts without evidence, claims, sources, open questions."""
    found = opened(home).stats()
    if as_json:
        return show(found)
    click.echo(f"{'concepts':32}{'all':>6}{'claims':>8}{'works only':>12}{'without':>9}")
    for scheme in found.concepts:
        name, *numbers = scheme
        click.echo("{:32}{:6}{:8}{:12}{:9}".format(name, *numbers))
    for title, counts in found._asdict().items():
        if title not in ("concepts", "questions"):
            click.echo(f"\n{title.replace('_', ' ')}")
            for name, number in counts:
                click.echo(f"{number:6}  {name}")
    click.echo("\nopen questions")
    for question in found.questions:
        click.echo(f"  {question.text}  [{', '.join(question.about)}]")


@main.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@mode
@click.option("--without", multiple=True, metavar="FEATURE", help=f"Leave a feature out: {FEATURES}.")
@click.option("--also", multiple=True, metavar="FEATURE", help="Add a feature that is not used by default.")
@click.option("--against", type=MODE, help="Compare with this mode: differences with their 95 % intervals.")
@click.option("--compare", type=click.Path(path_type=Path), metavar="RUN",
              help="FILE and RUN are two runs that --json printed: compare them.")  # fmt: skip
@as_json
@click.pass_obj
def evaluate(home: Path, file: Path, mode: str, without: tuple[str, ...], also: tuple[str, ...], against: str | None,
             compare: Path | None, as_json: bool) -> None:  # fmt: skip
    """Measure the ranking on the judged questions in FILE (YAML, or a BEIR folder)."""
    from kb.retrieval import compare as comparing

    if compare is not None:
        runs = [comparing.read_run(file), comparing.read_run(compare)]
    else:
        base = opened(home)
        with printed.Progress() as progress:
            runs = [base.evaluate(file, mode, without, also, progress)]
            if against or without or also:
                runs.insert(0, base.evaluate(file, against or mode, progress=progress))
    if len(runs) == 1:
        return show(runs[0]) if as_json else printed.evaluation(runs[0])
    found = comparing.compare(runs[0], runs[1])
    return show(found) if as_json else click.echo("\n".join(comparing.lines(found)))


@main.command()
@click.option("--format", default="trig", show_default=True, type=click.Choice(["trig", "nquads", "turtle"]))
@click.pass_obj
def dump(home: Path, format: str) -> None:
    """Print all data as RDF."""
    for part in opened(home).generation.dump(format):
        sys.stdout.buffer.write(part)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=5000, show_default=True)
@click.option("--judgements", type=click.Path(path_type=Path), metavar="FILE",
              help="Let readers judge hits; what they say is added to this file of questions.")  # fmt: skip
@click.option("--base-url", envvar="KB_BASE_URL", metavar="URL",
              help="The address the site is known by, where that is another; also KB_BASE_URL.")  # fmt: skip
@click.option("--writable", is_flag=True, help="Let those who have an account (kb user add) add and change sources.")
@click.pass_obj
def serve(
    home: Path, host: str, port: int, judgements: Path | None, base_url: str | None, writable: bool
) -> None:  # fmt: skip
    """Build what is missing, then answer in the browser; changed files are seen while it runs."""
    from webapp import serve as serve_web

    base = opened(home)
    build_index(base)
    serve_web(base, host, port, partial(click.echo, err=True), judgements, base_url, writable)


def build_index(base: KnowledgeBase) -> Any:
    """Bring the index up to date, with its progress on stderr."""
    with printed.Progress() as progress:
        return base.build(progress, partial(click.echo, err=True), wait=BUILD_WAIT)


def _read(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise KBError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KBError(f"{file}: is not UTF-8") from error


from kb.cli import (  # noqa: E402, F401 – whose verbs join those above
    adding,
    browse,
    cited,
    collected,
    compared,
    history,
    maps,
    merged,
    paths,
    reviewing,
    suggested,
    users,
)
