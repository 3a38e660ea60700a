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
    """The triples with an IRI at each end, as the blocks and as Oxigraph have them, and how many objects there are."""
    blocks = Document(text).blocks
    mine = {(block.subject, each.predicate, each.iri) for block in blocks for each in block.objects if each.iri}
    triples = [t for t in ox.parse(text, format=ox.RdfFormat.TURTLE) if isinstance(t.subject, ox.NamedNode)]
    theirs = {tuple(part.value for part in t.triple) for t in triples if isinstance(t.object, ox.NamedNode)}
    return mine, theirs, {b.subject for b in blocks}, {t.subject.value for t in triples}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_hand_made_traps(text):
    mine, theirs, subjects, their_subjects = links(text)

    assert mine == theirs and subjects == their_subjects


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_our_own_files(path):
    mine, theirs, subjects, their_subjects = links(path.read_text(encoding="utf-8"))

    assert mine == theirs and subjects == their_subjects


@pytest.mark.real
@pytest.mark.skipif(not STW.exists(), reason=f"no {STW}: a thesaurus to measure with, not part of this project")
def test_a_large_thesaurus():
    mine, theirs, subjects, their_subjects = links(STW.read_text(encoding="utf-8"))

    assert len(mine) > 60_000 and mine == theirs and subjects == their_subjects


def test_a_block_knows_its_line_and_its_end():
    text = "@prefix e: <http://e/> .\n\n# on the first\ne:a e:p e:b ;\n  e:q e:c .\n\ne:d e:p e:a .\n"
    document = Document(text)

    assert document.lines == {"http://e/a": 4, "http://e/d": 7}
    assert [text[block.start : block.end + 1] for block in document.blocks] == [
        "e:a e:p e:b ;\n  e:q e:c .", "e:d e:p e:a .",
    ]  # fmt: skip
    assert document.short("http://e/z") == "e:z" and document.short("http://f/z") == "<http://f/z>"
