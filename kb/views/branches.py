"""The branches of the concept trees that lead to what is typed: a filter by any label."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from kb.corpus.ontology import SHORT, Ontology, fold
from kb.views.concepts import Node, SchemeView

SHOWN = 200  # concepts that match; a page with more of them is not read
SIGNS = str.maketrans('()[]/,.;:"', " " * 10)  # what a word may stand between


class Found(NamedTuple):
    """A concept, and the label that holds what was typed."""

    id: str
    label: str
    matched: str


class Branches(NamedTuple):
    """The concepts with a label that holds *text*: how many, the first of them, and these with all they stand below."""

    text: str
    total: int
    found: tuple[Found, ...]
    schemes: tuple[SchemeView, ...]

    @property
    def labels(self) -> dict[str, str]:
        """The label that matched, by the id of each concept that was found."""
        return {each.id: each.matched for each in self.found}


class Labels:
    """All labels of the concepts *ids*, made comparable once.

    >>> from kb.corpus.ontology import parse_turtle
    >>> from kb.terms import Names
    >>> quads = parse_turtle('''@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    ...   <http://e/c/trust> a skos:Concept ; skos:prefLabel "Trust"@en, "Confiança"@pt .''')
    >>> Labels(Ontology(quads, Names({"concept": "http://e/c/"})), ["trust"]).holding("CONF")
    {'trust': 'Confiança'}
    """

    def __init__(self, ontology: Ontology, ids: Iterable[str]) -> None:
        self._texts = {id: [(_plain(label), label) for label in ontology[id].labels] for id in ids}
        self._all = {id: "\n".join(plain for plain, _ in texts) for id, texts in self._texts.items()}

    def holding(self, text: str) -> dict[str, str]:
        """The ids of the concepts with a label that holds each word of *text*, and the first such label.

        A word of up to three letters has to begin a word of the label: "man" stands in too many.
        """
        words = [word if len(word) > SHORT else f" {word}" for word in _plain(text).split()]
        found = {}
        for id, every in self._all.items() if words else ():
            if all(word in every for word in words):
                for plain, label in self._texts[id]:
                    if all(word in plain for word in words):
                        found[id] = label
                        break
        return found


def branches(text: str, trees: Sequence[SchemeView], labels: Labels, ontology: Ontology) -> Branches:
    """What of the *trees* leads to the concepts that match *text*: to the first `SHOWN` of them, in their order."""
    matched = labels.holding(text)
    leading = _leading(matched, ontology)
    walk = (id for tree in trees for id in walked(tree.concepts, leading) if id in matched)
    shown = _first(walk, min(SHOWN, len(matched)))
    leading = _leading(shown, ontology)
    pruned = (tree._replace(concepts=_pruned(tree.concepts, leading, shown)) for tree in trees)
    listed = tuple(Found(id, ontology[id].label, matched[id]) for id in shown)
    return Branches(text, len(matched), listed, tuple(tree for tree in pruned if tree.concepts))


def walked(nodes: Iterable[Node], within: Container[str] | None = None) -> Iterator[str]:
    """The ids of *nodes* and of all below, from the top down; with *within*, on ways through these alone."""
    for node in nodes:
        if within is None or node.id in within:
            yield node.id
            yield from walked(node.children, within)


def _first(ids: Iterable[str], number: int) -> dict[str, None]:
    """The first *number* of *ids*, each once."""
    found: dict[str, None] = {}
    for id in ids if number else ():
        found[id] = None
        if len(found) == number:
            break
    return found


def _plain(text: str) -> str:
    """*text* folded, a space before each word."""
    return " " + fold(text).translate(SIGNS)


def _leading(ids: Iterable[str], ontology: Ontology) -> set[str]:
    """*ids* and whatever stands above one of them."""
    found, todo = set[str](), list(ids)
    while todo:
        id = todo.pop()
        if id not in found and id in ontology.concepts:
            found.add(id)
            todo += ontology[id].broader
    return found


def _pruned(nodes: Iterable[Node], leading: Container[str], shown: Container[str]) -> tuple[Node, ...]:
    """Only the nodes that lead to one that is shown."""
    kept = (node._replace(children=_pruned(node.children, leading, shown)) for node in nodes if node.id in leading)
    return tuple(node for node in kept if node.children or node.id in shown)
