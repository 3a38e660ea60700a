"""Verbs to go through what there is: concepts, sources, and who wrote or edited them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb import cli
from kb.cli import RDF, as_json, formats, language, main, printed, show, write_works

SHOWN = 20  # claims


@main.command()
@click.argument("id")
@language
@as_json
@formats("all that is said of it, as RDF; or the works about it or what is narrower", *RDF)
@click.pass_obj
def concept(home: Path, id: str, language: str, as_json: bool, form: str | None) -> None:
    """Show a concept and what the literature says about it."""
    base = cli.opened(home)
    if form in RDF:
        return click.echo(base.describe("concept", id, form).rstrip(b"\n"))
    if form:
        return write_works(base, base.works.about(id), form)
    view = base.concept(id, language)
    if as_json:
        return show(view)
    if view.retired:
        click.echo(f"retired; use {' or '.join(ref.id for ref in view.replaced_by) or 'another concept'}")
    click.echo(f"{view.label}  ({view.id}{', ' + view.scheme.label if view.scheme else ''})\n{view.definition}")
    for name in ("broader", "narrower", "related"):
        printed.line(name, (ref.label for ref in getattr(view, name)))
    printed.line("also", view.alt_labels)
    for relation in view.relations:
        mark = "" if relation.established else "  (only recalled, inferred or retracted)"
        printed.line(relation.label, [f"{relation.other.label} [{', '.join(c.id for c in relation.claims)}]{mark}"])
    for question in view.questions:
        printed.line("open question", [question.text])
    printed.claims(view.claims)
    printed.line("literature", (source.citation for source in view.sources))


@main.command()
@click.option("--filter", "text", metavar="TEXT", help="Only what leads to concepts with a label that holds TEXT.")
@language
@as_json
@click.pass_obj
def concepts(home: Path, text: str | None, language: str, as_json: bool) -> None:
    """Show the concept schemes as trees, with the number of claims about each concept."""
    base = cli.opened(home)
    found = base.branches(text, language) if text else None
    schemes = found.schemes if found else base.concepts(language)
    if as_json:
        return show(found or schemes)
    for scheme in schemes:
        click.echo(scheme.label)
        for node in scheme.concepts:
            printed.tree(node, 1, found.labels if found else {})
    if found:
        printed.matches(found)


@main.command()
@click.argument("id")
@as_json
@formats("all that is said of it, as RDF; or its reference", *RDF)
@click.pass_obj
def source(home: Path, id: str, as_json: bool, form: str | None) -> None:
    """Show a source, its state and its claims."""
    base = cli.opened(home)
    if form in RDF:
        return click.echo(base.describe("source", id, form).rstrip(b"\n"))
    if form:
        return write_works(base, [id], form)
    view = base.source(id)
    if as_json:
        return show(view)
    click.echo(view.reference)
    if view.state_note:
        click.echo(view.state_note + (f" Missing: {', '.join(view.missing)}." if view.missing else ""))
    if view.summary:
        click.echo(f"{view.summary} ({view.summary_basis})" if view.summary_basis else view.summary)
    printed.line("about", (ref.label for ref in view.subjects))
    printed.claims(view.claims)
    printed.line("cites", (ref.citation for ref in view.cites))
    printed.line("cited by", (ref.citation for ref in view.cited_by))


@main.command()
@click.argument("text", default="")
@click.option("--type", multiple=True, metavar="TYPE", help="Only works of this kind, such as article; again for more.")
@click.option("--field", multiple=True, metavar="ID", help="Only works in this field or one below it.")
@click.option("--decade", multiple=True, metavar="YEAR", help="Only works of this decade, such as 2000; or undated.")
@click.option("--state", multiple=True, metavar="STATE", help="Only works whose record is so, such as incomplete.")
@click.option("--open", multiple=True, metavar="ACCESS", help="Only works whose access is yes, assumed-no or unknown.")
@click.option("--years", default="", metavar="YEARS", help="Only works of these years, such as 2000-2010.")
@click.option("--sort", default="citation", show_default=True, metavar="ORDER",
              help="citation, newest, oldest, title, claims or cited.")  # fmt: skip
@click.option("--page", type=int, help="Only this page of 50.")
@formats("these works")
@as_json
@click.pass_obj
def sources(home: Path, /, text: str, as_json: bool, form: str | None, **filters: Any) -> None:
    """List the sources, or those with TEXT in their title or names, and count what they can be narrowed to."""
    base = cli.opened(home)
    view = base.sources(q=text, **filters)
    if form:
        return write_works(base, (each.id for each in view.sources), form)
    show(view) if as_json else printed.sources(view)


@main.command()
@click.argument("text", default="")
@as_json
@click.pass_obj
def authors(home: Path, text: str, as_json: bool) -> None:
    """List who wrote or edited works, or those whose names begin with TEXT, with the number of works."""
    found = cli.opened(home).authors(text)
    if as_json:
        return show(found)
    for each in found:
        click.echo(f"{each.works:4}  {each.name}  [{each.id}]")


@main.command()
@click.argument("id")
@language
@formats("the works")
@as_json
@click.pass_obj
def author(home: Path, id: str, language: str, as_json: bool, form: str | None) -> None:
    """Show an author or editor: works, colleagues, subjects, and the strongest claims of the works."""
    base = cli.opened(home)
    view = base.author(id, language)
    if form:
        return write_works(base, (work.source.id for work in view.works), form)
    if as_json:
        return show(view)
    click.echo(f"{view.name}  ({view.id})")
    printed.line("also written", (str(each.person) for each in view.spellings[1:]))
    printed.line("may be the same person as", (f"{each.name} [{each.id}]" for each in view.alike))
    for work in view.works:
        title = f" {work.source.title}" if work.source.title else ""
        click.echo(f"{work.source.citation}{title}, {' and '.join(work.roles)}  [{work.source.id}]")
    printed.line("with", (f"{each.name} ({each.works})" for each in view.colleagues))
    printed.line("about", (f"{each.concept.label} ({each.works})" for each in view.concepts))
    printed.claims(view.claims[:SHOWN])
    if (rest := len(view.claims) - SHOWN) > 0:
        click.echo(f'{rest} more claims: kb search "{view.called}" --kind claim')


@main.command()
@click.argument("id")
@click.argument("words")
@as_json
@click.pass_obj
def quote(home: Path, id: str, words: str, as_json: bool) -> None:
    """Tell on which page of the text of a source WORDS stand; exits with 1 if they do not.

    "…" in WORDS leaves something out, "[so]" puts something in.
    """
    found = cli.opened(home).quote(id, words)
    if as_json:
        show(found)
    for place in () if as_json else found.places or filter(None, [found.nearest]):
        how = "" if place.exact else " (not to the letter)" if found.places else " (the nearest)"
        click.echo(f"{place.locator or 'a page without number'}{how}: “{place.words}”")
    if not found.places:
        click.echo(f"these words are not in the text of {id}", err=True)
        raise SystemExit(1)
