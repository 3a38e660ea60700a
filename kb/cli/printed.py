"""What the ``kb`` command prints."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from kb.answers import Answer, Similar
    from kb.corpus.check import Problem
    from kb.evidence import ClaimView
    from kb.overview import FacetValue
    from kb.retrieval.evaluate import Evaluation
    from kb.retrieval.search import Hit
    from kb.synthesis import Cell, Line, MapView, Pair
    from kb.views import Branches, Node, SourcesView

SHOWN = 20  # problems of a kind
ALSO = 10  # further passages of a work that are named
LABEL, OTHERS = 40, 5  # letters of the label of a row; maps that are named beside the one shown
MAP_NOTE = """\
1/4: of 4 claims about the row, 1 is itself about the column; the others are only of works about the column, and may be
about something else. Row and column with all that is narrower. 0: a relation alone.
·: nothing annotated here. The works are a sample, so a dot does not mean that there is no evidence."""


def answer(found: Answer) -> None:
    """Print what was understood, the answer in short, and the hits."""
    for part in found.understood:
        state = {"on": "", "off": " (switched off)", "dropped": " (dropped)"}[part.state]
        click.echo(f"{part.type}: {part.label}{state}{f' – {part.note}' if part.note else ''}   [--off {part.key!r}]")
    for concept in found.concepts:
        click.echo(f"= {concept.label} ({concept.id}): {concept.definition}")
    if found.claims:
        click.echo("What the literature says, the best documented first:")
        claims(found.claims)
    click.echo()
    hits(found.hits)
    if found.nothing:
        click.echo(f"nothing found, because {found.nothing.because}", err=True)
        for each in found.nothing.tries:
            click.echo(f"  try: {each}", err=True)
    _more(found, f", {found.close} of them close" if found.close < found.total else "")
    for facet in found.facets:
        line(facet.label, (f"{value.label} {value.count}" for value in facet.values))
    for scheme in found.schemes:
        click.echo(f"only {scheme.label}: --scheme {scheme.id}")
    for note in found.notes:
        click.echo(note, err=True)


def similar(found: Similar) -> None:
    """Print what is like something."""
    click.echo(f"like {found.id}: {found.text}\n")
    hits(found.hits)
    if not found.hits:
        click.echo("nothing is like it within these filters", err=True)
    _more(found)


def _more(found: Answer | Similar, close: str = "") -> None:
    if found.hits and (last := found.offset + len(found.hits)) < found.total:
        click.echo(f"{last} of {found.total} hits{close}; the next with --offset {last}")


def hits(found: Iterable[Hit]) -> None:
    """Print hits, each with its reasons."""
    for hit in found:
        click.echo(f"{hit.rank:3}  {hit.score:.3f}  {hit.kind:8} {hit.id}\n     {hit.text}")
        if hit.citation:
            click.echo(f"     — {hit.citation}")
        click.echo("     " + "; ".join(f"{r.type} {r.weight:.3f}: {r.value}" for r in hit.reasons))
        if hit.also:
            rest = f", and {len(hit.also) - ALSO} more" if len(hit.also) > ALSO else ""
            click.echo(f"     also {', '.join(hit.also[:ALSO])}{rest}")


def evaluation(found: Evaluation) -> None:
    """Print the figures of each question, then their means."""
    figures = found.plain()
    for query in figures.pop("queries"):
        click.echo("  ".join(f"{name} {figure(value)}" for name, value in query.items()))
    click.echo("  ".join(f"{name} {figure(value)}" for name, value in figures.items()))


def problems(problems: list[Problem], everything: bool) -> None:
    """Print the problems, the first ones of each kind unless *everything* is wanted, and then how many there are."""
    counts = Counter[str]()
    for problem in problems:
        counts[problem.check] += 1
        if everything or counts[problem.check] <= SHOWN:
            click.echo(str(problem))
    for severity in ("error", "warning"):
        kinds = Counter(problem.check for problem in problems if problem.severity == severity)
        if kinds:
            told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
            click.echo(f"{kinds.total()} {severity}{'s' if kinds.total() > 1 else ''}: {told}")
    if not everything and any(count > SHOWN for count in counts.values()):
        click.echo(f"of each kind the first {SHOWN} were shown; --all shows every one")
    if fixable := sum(problem.fixable for problem in problems):
        click.echo(f"{fixable} of them can be mended by --fix")
    if not problems:
        click.echo("no problems")


class Progress:
    """A bar on stderr for each thing that is counted, with rate and time left."""

    def __enter__(self) -> Progress:
        self._bar: Any = None
        self._what = ""
        return self

    def __call__(self, what: str, done: int, total: int) -> None:
        from tqdm import tqdm

        if what != self._what:
            self.__exit__()
            self._what, self._bar = what, tqdm(total=total, desc=what, file=sys.stderr)
        self._bar.total = total  # of what is counted while it is read, this is an estimate
        self._bar.update(done - self._bar.n)

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()


def line(name: str, values: Iterable[str]) -> None:
    """Print a heading and what stands under it, if anything."""
    text = "; ".join(values)
    if text:
        click.echo(f"{name}: {text}")


def claims(claims: Iterable[ClaimView]) -> None:
    """Print claims with their provenance and stances."""
    for claim in claims:
        click.echo(f"* {claim.text}\n  — {claim.source.citation}, {claim.provenance}  [{claim.id}]")
        if claim.quote:
            click.echo(f"    “{claim.quote.words}” ({claim.quote.note})")
        for stance in claim.stances:
            verb = stance.relation if stance.direction == "out" else f"{stance.relation} (said of it by)"
            click.echo(f"    {verb} {stance.claim_id}: {stance.text}")


def sources(view: SourcesView) -> None:
    """Print sources, then how many of them, or of those with another choice, have what they can be narrowed to."""
    for each in view.sources:
        counts = f"{each.claims} claim{'' if each.claims == 1 else 's'}, cited by {each.cited_by}"
        click.echo(f"{each.citation}{f' {each.title}' if each.title else ''} ({each.type}; {counts})  [{each.id}]")
    click.echo(f"{view.total} works" + (f", page {view.page} of {view.pages}" if view.page else ""))
    for facet in view.facets:
        line(f"--{facet.name}", (f"{each.value} {each.count}" for each in _flat(facet.values)))


def _flat(values: Iterable[FacetValue]) -> Iterator[FacetValue]:
    for each in values:
        yield each
        yield from _flat(each.children)


def tree(node: Node, depth: int, matched: Mapping[str, str]) -> None:
    """Print a concept and those below it; a star marks one that was looked for, with the label that matched."""
    found = matched.get(node.id)
    label = f"* {node.label}" if found else node.label
    also = f"  ({found})" if found not in (None, node.label) else ""
    click.echo(f"{'  ' * depth}{label}{also}  [{node.id}] {node.claims or ''}".rstrip())
    for child in node.children:
        tree(child, depth + 1, matched)


def matches(found: Branches) -> None:
    """Print how many concepts match, and how many of them were shown."""
    shown = f"; the first {len(found.found)} are shown" if len(found.found) < found.total else ""
    click.echo(f"{found.total} concepts match{shown}" if found.total != 1 else "1 concept matches", err=True)


def evidence_map(view: MapView) -> None:
    """Print the upper lines of a map that hold anything, with the number of claims in each cell."""
    counts = f"{_many(view.claims, 'claim')}, {_many(view.relations, 'relation')}"
    click.echo(f"{view.rows.label} × {view.columns.label}: {counts}")
    rows, columns = ([line for line in axis.lines if line.filled] for axis in (view.rows, view.columns))
    if view.cells:
        _table(rows, columns, {(cell.row, cell.column): _parted(cell) for cell in view.cells})
    else:
        click.echo("nothing annotated here within these filters")
    for axis, shown in ((view.rows, rows), (view.columns, columns)):
        if left_out := len(axis.lines) - len(shown):
            click.echo(f"{axis.label}: {_many(left_out, 'upper concept')} without any entry left out")
    if view.undated:
        click.echo(f"{_many(view.undated, 'claim')} left out because the year of the work is not known")
    line("other maps", (f"{pair.rows.id} {pair.columns.id} ({pair.claims})" for pair in _other(view)))


def _table(rows: Iterable[Line], columns: Sequence[Line], claims: Mapping[tuple[str, str], str]) -> None:
    """Print a map, its columns by number, and then what the numbers stand for."""
    shown = [claims.get((row.id, column.id), "·") for row in rows for column in columns]
    width = max(map(len, [*shown, "  "])) + 2
    click.echo(" " * LABEL + "".join(f"{number:{width}}" for number in range(1, len(columns) + 1)))
    for row in rows:
        figures = (claims.get((row.id, column.id), "·") for column in columns)
        click.echo(f"{cut(row.label):{LABEL}}" + "".join(f"{figure:>{width}}" for figure in figures))
    for number, column in enumerate(columns, 1):
        click.echo(f"{number:{width}}  {column.label}  [{column.id}]")
    click.echo(MAP_NOTE)


def _parted(cell: Cell) -> str:
    """How many claims of a cell are themselves about the column, of how many."""
    return f"{cell.own}/{cell.claims}" if cell.claims else "0"


def _many(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")


def _other(view: MapView) -> list[Pair]:
    """The fullest maps but the one that is shown."""
    shown = view.rows.id, view.columns.id
    return [pair for pair in view.pairs if (pair.rows.id, pair.columns.id) != shown and pair.claims][:OTHERS]


def cut(text: str, letters: int = LABEL) -> str:
    """*text* with at most so many *letters*."""
    return text if len(text) < letters else text[: letters - 2] + "…"


def figure(value: Any) -> str:
    """A figure as it is printed."""
    return f"{value:.4f}" if isinstance(value, float) else str(value)
