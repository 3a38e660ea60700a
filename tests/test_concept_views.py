"""What the page of a concept is made from: its place, how its relations stand, its decades, neighbours and path."""

from itertools import islice
from pathlib import Path

import pytest
from conftest import StubEncoder

from kb import KnowledgeBase
from kb.evidence import ClaimView, Relation, SourceRef, Stance, Standing, Strength, standings, with_citation
from kb.overview import Ref
from kb.views import learning
from kb.views.concepts import Places
from kb.views.learning import Dated
from kb.views.neighbours import ROOM, neighbourhood
from kb.views.timeline import timeline

WORK = SourceRef("a-2000", "A (2000)", "On a", "complete")


def claim(id: str, *stances: Stance, basis: int = 5, works: int = 1, retracted: bool = False) -> ClaimView:
    strength = Strength(basis, works, False)
    return ClaimView(id, f"text of {id}", WORK, "p. 1", "text", None, "p. 1", (), strength, retracted, (), stances)


def stance(relation: str, other: str, direction: str = "out") -> Stance:
    return Stance(relation, direction, other, f"text of {other}", "B (2001)", "p. 2")


def relation(other: str, label: str = "meets", direction: str = "out", acting: str = "", claims: int = 1) -> Relation:
    found = tuple(claim(f"a-2000#c{n}") for n in range(claims))
    return Relation(
        "meets", label, Ref(other, other.title()), found, True, Strength(5, claims, False), direction, acting, ()
    )


def places(*links: tuple[str, str]) -> Places:
    above = dict.fromkeys(concept for link in links for concept in link)
    rows = [{"concept": lower, "scheme": "s", "broader": upper, "claims": None} for upper, lower in links]
    return Places(rows + [{"concept": each, "scheme": "s", "broader": None, "claims": None} for each in above])


def names(steps: tuple[learning.Step, ...]) -> list[str]:
    return [step.name for step in steps]


# Place in the tree


def test_each_way_down_from_the_top_is_told():
    found = places(("top", "left"), ("top", "right"), ("left", "this"), ("right", "this"))

    assert list(found.ways("this")) == [("top", "left"), ("top", "right")]
    assert list(found.ways("top")) == [()]


def test_a_ring_of_broader_concepts_has_an_end():
    ring = places(*((f"c{n}", f"c{m}") for n in range(12) for m in range(12)))

    assert len(list(islice(ring.ways("c0"), 3))) == 3


def test_a_concept_stands_in_its_scheme_beside_others(base):
    lower, top = base.concept("barrier-one-way-resource-flow"), base.concept("barrier-power-imbalance")

    assert [(way.scheme.id, [each.id for each in way.concepts]) for way in lower.ways] == [
        ("barrier", ["barrier-power-imbalance"])
    ]
    assert [each.label for each in top.siblings] == ["Distance", "Mistrust"] and lower.siblings == ()
    assert [(node.id, node.claims, node.children) for node in top.below] == [("barrier-one-way-resource-flow", 2, ())]
    assert [each.id for each in top.narrower] == ["barrier-one-way-resource-flow"]


def test_two_levels_of_narrower_concepts_are_shown_and_what_is_no_concept_is_named_by_its_id(tmp_path: Path):
    from kb.home import init

    turtle = tmp_path / "fruit.ttl"
    turtle.write_text(
        """@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix f: <http://e/> .
        f:s a skos:ConceptScheme . f:a a skos:Concept ; skos:inScheme f:s ; skos:prefLabel "A"@en ; skos:narrower f:zz .
        f:b a skos:Concept ; skos:inScheme f:s ; skos:prefLabel "B"@en ; skos:broader f:a .
        f:c a skos:Concept ; skos:inScheme f:s ; skos:prefLabel "C"@en ; skos:broader f:b , f:a .
        f:d a skos:Concept ; skos:inScheme f:s ; skos:prefLabel "D"@en ; skos:broader f:c ."""
    )
    base = KnowledgeBase(init(tmp_path / "home", turtle).folder, encoder=StubEncoder())
    base.build()

    tree = [(node.label, [child.label for child in node.children]) for node in base.concept("a").below]
    assert sorted(tree) == [("B", ["C"]), ("C", ["D"]), ("zz", [])]
    assert [[each.id for each in way.concepts] for way in base.concept("d").ways] == [["a", "c"], ["a", "b", "c"]]
    assert {each.id for each in base.concept("a").neighbourhood} == {"b", "c", "zz"}


# How claims stand


def test_each_claim_that_stands_to_some_is_counted_once_and_those_among_them_are_not():
    first = claim("a-2000#c1", stance("disputes", "b#c1"), stance("supports", "a-2000#c2"))
    second = claim("a-2000#c2", stance("disputes", "b#c1"), stance("qualifies", "b#c2", "in"))

    assert standings([first, second]) == (Standing("qualifies", "in", 1), Standing("disputes", "out", 1))


@pytest.mark.parametrize(
    ("basis", "shown"),
    [
        ("text", "So it is (Gray, 1989, p. 4). [our paraphrase]"),
        ("abstract", "So it is (Gray, 1989, p. 4). [our paraphrase of the abstract]"),
        ("reported", "So it is (Gray, 1989, p. 4). [our paraphrase]"),
        ("recalled", ""),
        ("inferred", ""),
    ],
)
def test_what_may_be_copied_names_how_it_is_known(basis, shown):
    assert with_citation("So it is.", "(Gray, 1989, p. 4)", basis) == shown


def test_a_claim_carries_its_citation_unless_it_is_not_to_be_cited(base):
    copies = {each.id: each.copy for id in ("testwell-2010", "sandhill-1998", "marlow-quist-2012")
              for each in base.source(id).claims}  # fmt: skip

    assert copies["testwell-2010#c1"].endswith("all sides decide together (Testwell, 2010, p. 4). [our paraphrase]")
    assert "(Sandhill Mill Board, 1998, as cited in Testwell, 2010)" in copies["sandhill-1998#c1"]
    assert copies["marlow-quist-2012#c3"] == ""


def test_what_a_retracted_work_claims_is_not_to_be_cited(toy):
    file = toy / "corpus" / "testwell-2010.yaml"
    file.write_text(file.read_text().replace("status: draft", "status: retracted"))
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.build()

    assert {each.copy for each in base.source("testwell-2010").claims} == {""}
    assert "practice" not in names(base.concept("barrier-power-imbalance").path)


# Timeline


def test_decades_come_in_order_with_what_is_undated_last(base):
    rows = [{"decade": None, "claims": "1", "works": "2"}, {"decade": "2010", "claims": "3", "works": "1"},
            {"decade": "1990", "claims": "0", "works": "1"}]  # fmt: skip

    assert [tuple(each) for each in timeline(rows)] == [
        ("1990s", 1990, 1999, 0, 1), ("2010s", 2010, 2019, 3, 1), ("undated", None, None, 1, 2)
    ]  # fmt: skip
    assert [(each.label, each.claims, each.works) for each in base.concept("barrier-distance").timeline] == [
        ("1980s", 0, 1), ("2010s", 2, 1)
    ]  # fmt: skip


# Neighbourhood


def test_a_neighbour_stands_there_once_by_its_strongest_link():
    strong, weak = relation("x", "mitigated by", claims=3), relation("y", direction="in")
    found = neighbourhood([weak, strong], [Ref("up", "Up")], [], [Ref("x", "X"), Ref("z", "Z")], lambda id: f"of {id}")

    assert [(each.id, each.link, each.direction, each.claims, each.scheme) for each in found] == [
        ("x", "mitigated by", "out", 3, "of x"), ("y", "meets", "in", 1, "of y"),
        ("up", "broader", "up", 0, "of up"), ("z", "related", "beside", 0, "of z"),
    ]  # fmt: skip


def test_a_crowd_is_thinned_out_from_its_weak_end():
    crowd = [Ref(f"r{n}", f"R {n}") for n in range(40)]
    relations = [relation(f"x{n}", claims=n + 1) for n in range(12)]
    found = neighbourhood(relations, crowd[:10], crowd[10:20], crowd[20:], lambda id: "")
    directions = [each.direction for each in found]

    assert len(found) == 24
    assert {way: directions.count(way) for way in ("up", "down", "out")} == {
        way: ROOM[way] for way in ("up", "down", "out")
    }
    assert [each.id for each in found if each.direction == "out"][:2] == ["x11", "x10"]


# Learning path


def test_the_path_goes_from_definition_over_evidence_and_dispute_to_practice(base):
    path = base.concept("barrier-power-imbalance").path

    assert [(step.name, step.id) for step in path] == [
        ("definition", "barrier-power-imbalance"), ("earliest", "sandhill-1998"), ("evidence", "testwell-2010#c1"),
        ("dispute", "reed-2001#c2"), ("practice", "practice-co-decision-making"),
    ]  # fmt: skip
    assert path[2].provenance == "Testwell (2010), p. 4"
    assert (path[3].title, path[3].note) == ("The main dispute", "disputed by the above")
    assert path[4].text == "mitigated by Deciding together"


def test_what_is_done_tells_what_it_is_good_for(base):
    step = base.concept("practice-co-decision-making").path[-1]

    assert (step.name, step.title, step.text) == ("use", "What it is good for", "mitigates Power imbalance")


def test_a_step_without_material_is_left_out(base):
    recalled, retracted = claim("a-2000#c1", basis=2, works=0), claim("a-2000#c2", retracted=True)

    assert learning.path("x", "", [], [recalled, retracted], [relation("y")]) == ()
    assert names(base.concept("practice-shared-rules").path) == ["definition", "earliest", "evidence", "dispute"]


def test_a_dispute_that_is_not_the_strongest_evidence_is_told_with_its_other_side():
    best, disputed = claim("a-2000#c1"), claim("a-2000#c2", stance("disputes", "b#c1", "in"))
    [_, step] = learning.path("x", "", [], [best, disputed], [])

    assert (step.title, step.id, step.text) == ("The main dispute", "b#c1", "text of b#c1")
    assert step.note == f"disputes {disputed.source.citation}: {disputed.text}"


def test_where_nothing_is_disputed_a_qualification_is_named_so():
    [_, step] = learning.path("x", "", [], [claim("a-2000#c1", stance("qualifies", "b#c1"))], [])

    assert (step.title, step.note) == ("What that qualifies", "qualified by the above")


def test_the_earliest_work_is_the_one_with_the_least_year():
    later = WORK._replace(id="b-1999", citation="B (1999)", title=None)
    [step] = learning.path("x", "", [Dated(WORK, 2000), Dated(later, 1999)], [], [])

    assert (step.id, step.text, step.provenance) == ("b-1999", "Title not known", "B (1999)")


def test_what_follows_is_what_the_strongest_relation_says():
    steps = learning.path("x", "", [], [], [relation("y", acting="other"), relation("z", acting="other", claims=2)])

    assert [(step.name, step.id, step.note) for step in steps] == [("practice", "z", "meets 1 more")]
