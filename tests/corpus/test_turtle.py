"""A block is found where Oxigraph finds its triples."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from kb.corpus.turtle import Document

ROOT = Path(__file__).parents[2]
STW = ROOT.parent / "shared" / "data" / "skos" / "stw-skos.ttl"
TEXTS = {
    "dots": '@prefix e: <http://e/> .\ne:a.b e:p 1.5, 2 , -.5e3 ; e:q e:c.d .\ne:x e:p 1.\ne:y e:p true.\n',
    "strings": '@prefix e: <http://e/> .\n# a . comment ; "\n'
    'e:a e:p "a; b. c", \'x#\', """two\n"lines" .""", \'\'\'it\'s\'\'\'@en-GB, "\\"." ;;\n e:q "1"^^e:t .\n',
    "blank nodes": "PREFIX e: <http://e/>\nBASE <http://b/x/>\n"
    "e:a e:p [ e:q e:c ; e:r ( e:d [] ) ], e:f .\n<y> a <#z>, <> .",
    "escapes": "@prefix : <http://e#> .\n@prefix p-q: <http://p/> .\n:a\\,b :p p-q:c%20d, :e:f, :g\\-h ; a :1a .\n",
}  # fmt: skip
FILES = [*sorted((ROOT / "ontology").glob("*.ttl")), *sorted((ROOT / "tests" / "toy" / "ontology").glob("*.ttl"))]


def links(text):
    """The triples whose subject has an IRI, of the text written anew from its blocks, and of the text itself."""
    document = Document(text)
    base = f"@base <{document.base}> .\n" if document.base else ""
    objects = [(subject, each) for subject, blocks in document.blocks.items() for b in blocks for each in b.objects]
    lines = [f"<{subject}> <{each.predicate}> {text[each.start : each.end]} ." for subject, each in objects]
    return triples(base + document.head() + "\n".join(lines)), triples(text)


def triples(text):
    """The triples whose subject has an IRI, blank nodes all alike."""
    found = ox.parse(text, format=ox.RdfFormat.TURTLE)
    blank = ox.BlankNode("b")
    return sorted(
        str((t.subject, t.predicate, blank if isinstance(t.object, ox.BlankNode) else t.object))
        for t in found
        if isinstance(t.subject, ox.NamedNode)
    )


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hand_made_traps(text):
    mine, theirs = links(text)

    assert mine == theirs


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_our_own_files(path):
    mine, theirs = links(path.read_text(encoding="utf-8"))

    assert mine == theirs


@pytest.mark.real
@pytest.mark.skipif(not STW.exists(), reason=f"no {STW}: a thesaurus to measure with, not part of this project")
def test_a_large_thesaurus():
    mine, theirs = links(STW.read_text(encoding="utf-8"))

    assert len(mine) > 60_000 and mine == theirs


def test_a_block_knows_its_line_and_its_objects():
    text = "@prefix e: <http://e/> .\n\n# on the first\ne:a e:p e:b ;\n  e:q e:c .\n\ne:d e:p e:a .\ne:a e:p [] .\n"
    document = Document(text)

    assert {subject: [b.line for b in blocks] for subject, blocks in document.blocks.items()} == {
        "http://e/a": [4, 8], "http://e/d": [7],
    }  # fmt: skip
    first, _ = document.blocks["http://e/a"]
    assert [text[each.verb : each.end] for each in first.objects] == ["e:p e:b", "e:q e:c"]
    assert document.short("http://e/z") == "e:z" and document.short("http://f/z") == "<http://f/z>"
