"""A comparison to take along: as a text in Markdown, and as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from kb.bibliography.lists import RETRACTED
from kb.corpus.ontology import fold
from kb.synthesis.comparison import Comparison
from kb.synthesis.items import Aspect, Item
from kb.synthesis.markdown import escaped
from kb.synthesis.written import cell
from kb.views import Views

HEAD = ("thing id", "thing", "aspect", "item", "item id", "note", "claims", "strongest claim", "citation", "source id",
        "claim id", "basis", "also in")  # fmt: skip
RULES = {  # what is to be known of the numbers
    "concept": "Counts are of annotated claims about the very concept, without what is narrower. "
    "Claims of retracted works do not count.",
    "source": "Counts are of annotated claims. Those of a retracted work do not count.",
}
MEANING = {  # what the rows under a heading do not say
    "What its claims are also about": "Named in the same claim; not that one acts on the other.",
}
BEST = "the best documented of them says"  # before what one claim of several says
EMPTY = {"What the vocabulary says": "none", "Record": "not known"}  # what stands in an empty cell, by group
NOTHING = "nothing annotated here"  # of all others


def rows(found: Comparison) -> Iterator[tuple[object, ...]]:
    """A row for each item, under `HEAD`; a text that a spreadsheet would run as a formula begins with an apostrophe."""
    for aspect in found.aspects:
        for thing, items in zip(found.things, aspect.cells, strict=True):
            for item in items:
                about = (thing.id, thing.label, f"{aspect.group}: {aspect.label}", item.text, item.id, item.note)
                known = (item.said, item.citation, item.source, item.claim, item.basis, " | ".join(item.also_in))
                yield (*map(cell, about), item.claims or "", *map(cell, known))


def references(found: Comparison, views: Views) -> tuple[str, ...]:
    """The works that *found* names, in APA and by name; what is retracted says so."""
    texts = (_reference(id, views) for id in named(found) if id in views.links.records)
    return tuple(sorted(texts, key=fold))


def named(found: Comparison) -> dict[str, None]:
    """The ids of the works that a comparison names or cites."""
    items = [item for aspect in found.aspects for items in aspect.cells for item in items]
    ids = (id for item in items for id in (item.source, item.id if item.kind == "source" else ""))
    return dict.fromkeys(filter(None, ids))


def _reference(id: str, views: Views) -> str:
    return views.links.records.references(id)[0].text + (RETRACTED if views.links.retracted(id) else "")


def markdown(found: Comparison, references: Iterable[str], made_from: str = "") -> str:
    """Aspect by aspect a list for each thing, then the *references*; *made_from* tells whence all this is."""
    labels = [escaped(thing.label) for thing in found.things]
    parts = [f"# {' · '.join(labels)}", *([escaped(made_from)] if made_from else []), escaped(RULES[found.kind])]
    parts.append("\n".join(f"- **{escaped(t.label)}**{_about(t.title, t.note)}" for t in found.things))
    for group, aspects in groupby(found.aspects, key=lambda aspect: aspect.group):
        parts += [f"## {escaped(group)}", *([MEANING[group]] if group in MEANING else [])]
        for aspect in aspects:
            parts += [f"### {escaped(aspect.label)}", "\n".join(_listed(found, aspect))]
    if texts := [f"- {escaped(text)}" for text in references]:
        parts += ["## References (APA)", "\n".join(texts)]
    return "\n\n".join(parts) + "\n"


def _about(title: str, note: str) -> str:
    return (f" ({escaped(title)})" if title else "") + (f": {escaped(note)}" if note else "")


def _listed(found: Comparison, aspect: Aspect) -> Iterator[str]:
    labels = {thing.id: thing.label for thing in found.things}
    for thing, items in zip(found.things, aspect.cells, strict=True):
        yield f"- **{escaped(thing.label)}**" + ("" if items else f": {EMPTY.get(aspect.group, NOTHING)}")
        yield from (f"  - {_item(item, labels)}" for item in items)


def _item(item: Item, labels: dict[str, str]) -> str:
    """An item in one line: what it says, how many claims say so, where to read it, and who else has it."""
    number = f"{item.claims} {'claim' if item.claims == 1 else 'claims'}" if item.claims else ""
    if item.said:
        number += f", {BEST}: “{item.said}”" if item.claims > 1 else f": “{item.said}”"
    also = f"also: {', '.join(labels[id] for id in item.also_in)}" if item.also_in else ""
    marks = "; ".join(filter(None, (number, item.note, also)))
    shown = item.citation if item.citation != item.text and item.kind != "reference" else ""
    return escaped(item.text) + (f" ({escaped(marks)})" if marks else "") + (f" – {escaped(shown)}" if shown else "")
