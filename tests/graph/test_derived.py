"""What follows from several files is the same, looked for anew or followed from the claims that changed."""

import random

import pyoxigraph as ox

from kb.graph import derived
from kb.graph.derived import Following
from kb.graph.writing import _change, _replace

HEAD = """
PREFIX cito: <http://purl.org/spar/cito/> PREFIX pkb: <https://w3id.org/partnership-kb/ns#>
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX e: <http://e/>
"""
ONTOLOGY = (
    HEAD
    + """
pkb:mitigatedBy pkb:assertedBy e:mitigatedBy . pkb:fosters pkb:assertedBy e:fosters .
e:a <http://www.w3.org/2004/02/skos/core#broader> e:b .
"""
)


def quads(text, graph):
    found = ox.parse(HEAD + text, format=ox.RdfFormat.TURTLE)
    return [ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(graph)) for q in found]


def source(dice, number):
    """A source with a few claims that assert, support others and were read somewhere, or not."""
    said = [f"e:s{number} pkb:reviewStatus {dice.choice(['pkb:draft', 'pkb:retracted'])} ."]
    for claim in range(dice.randrange(4)):
        me = f"e:s{number}-c{claim}"
        said.append(f"{me} pkb:statedIn e:s{number} .")
        if dice.random() < 0.6:
            said.append(f"{me} prov:wasDerivedFrom e:w{dice.randrange(3)} .")
        if dice.random() < 0.6:
            said.append(f"{me} cito:supports e:s{dice.randrange(5)}-c{dice.randrange(3)} .")
        if dice.random() < 0.6:
            ends = (
                f"rdf:subject e:{dice.choice('ab')} ; e:{dice.choice(['mitigatedBy', 'fosters'])} e:{dice.choice('xy')}"
            )
            said.append(f"{me} pkb:asserts [ {ends} ] .")
    return quads("\n".join(said), f"http://e/graph/{number}")


def test_what_follows_is_followed_through_any_edits():
    dice, store = random.Random(7), ox.Store()
    _replace(store, "http://e/ontology", quads(ONTOLOGY, "http://e/ontology"))
    _change(store, derived.GRAPH, derived.Change(set(), derived.whole(store)))
    sizes = set()
    for _ in range(150):
        numbers = dice.sample(range(5), dice.randrange(1, 3))
        graphs = {f"http://e/graph/{n}": source(dice, n) if dice.random() < 0.8 else [] for n in numbers}
        following = Following(store, graphs)
        for name, said in graphs.items():
            _replace(store, name, said)
        _change(store, derived.GRAPH, following.change())
        kept = {quad.triple for quad in store.quads_for_pattern(None, None, None, derived.GRAPH)}
        everywhere = {quad.triple for quad in store}

        assert kept == derived.whole(store)
        assert {quad.triple for quad in store.quads_for_pattern(None, None, None, ox.DefaultGraph())} == everywhere
        sizes.add(len(kept))
    assert len(sizes) > 5
