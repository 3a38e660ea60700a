"""Paths: which there are, how they are ranked, what speaks for and against a step, and what they rest on."""

import json
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from conftest import StubEncoder, lay_toy
from many_paths import RANKED, RING, lay, lay_near

from kb import BadQuery, KnowledgeBase, NotFound, cli
from kb.evidence import Standing, Strength, joint
from kb.synthesis.paths import PAGE, SHOWN, rank
from kb.synthesis.steps import Chain, Stated, Step

POWER, FLOW = "barrier-power-imbalance", "barrier-one-way-resource-flow"


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """The made-up home, with claims that stand near its steps."""
    home = lay(tmp_path_factory.mktemp("near") / "home")
    lay_near(home)
    base = built(home)
    yield base
    base.close()


def built(home: Path) -> KnowledgeBase:
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    return base


def ends(view):
    return [(p.start and p.start.id, p.middle.id, p.end and p.end.id) for p in view.paths]


def rows(base, text):
    """The rows of a query with ids in place of IRIs."""
    ids = base.generation.names.id
    found = base.generation.store.rows(text)
    return [{name: value and ids(value) for name, value in row.items()} for row in found]


def step(strength: Strength, established: bool = True, relation: str = "r", works: tuple[str, ...] = ("w",)) -> Step:
    claim = Stated("w#c1", works[0] if works else "w", "", works, strength)
    return Step("a", relation, "b", established, (claim,), strength, frozenset(works), frozenset(works[:1]), ())


# Which paths there are


def test_all_paths_come_in_the_order_of_their_strength(many_paths):
    assert ends(many_paths.synthesis().paths()) == list(RANKED)


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"start": POWER}, [7, 8]),
        ({"start": FLOW}, [8]),
        ({"start": "barrier-distance"}, [5, 6]),
        ({"end": "outcome-peace"}, [1, 2, 3, 4, 6, 7, 8]),
        ({"end": "outcome-bread"}, [2, 3, 7, 8]),
        ({"middle": "practice-shared-rules"}, [6, 7, 8]),
        ({"middle": "practice-singing"}, [4]),
        ({"middle": "practice-regular-meetings"}, [5]),
        ({"start": "barrier-distance", "end": "outcome-peace"}, [6]),
        ({"start": "barrier-mistrust", "middle": "practice-trust-building", "end": "outcome-bread"}, [3]),
        ({"start": "barrier-hunger", "middle": "practice-trust-building"}, []),
    ],
)
def test_what_is_asked_for_takes_narrower_concepts_along_and_leaves_the_order(many_paths, asked, numbers):
    view = many_paths.synthesis().paths(**asked)

    assert ends(view) == [RANKED[number - 1] for number in numbers]
    assert [path.rank for path in view.paths] == list(range(1, len(numbers) + 1))


def test_it_is_told_which_narrower_concepts_were_meant(many_paths):
    view = many_paths.synthesis().paths(start=POWER, end="outcome-peace")

    assert [ref.id for ref in view.start.below] == [FLOW]
    assert [ref.id for ref in view.end.below] == ["outcome-bread"]
    assert (view.start.label, view.start.scheme, view.start.here) == ("Power imbalance", "Barrier", True)


def test_a_relation_of_a_retracted_work_makes_no_step(many_paths):
    meetings = many_paths.synthesis().paths(middle="practice-regular-meetings").paths

    assert [(path.whole, path.end) for path in meetings] == [(False, None)]


def test_a_concept_that_is_none_is_not_found_and_the_nearest_is_named(many_paths):
    with pytest.raises(NotFound, match="did you mean 'barrier-distance'"):
        many_paths.synthesis().paths(start="barrier-distanse")


@pytest.mark.parametrize("page", [0, 2, -1])
def test_a_page_that_there_is_not_is_refused(many_paths, page):
    with pytest.raises(BadQuery, match="choose one from 1 to 1"):
        many_paths.synthesis().paths(page=page)


def test_a_concept_with_no_paths_at_its_place_has_them_elsewhere_or_above(many_paths):
    practice = many_paths.synthesis().paths(start="practice-trust-building").start
    narrow = many_paths.synthesis().paths(middle="outcome-bread").middle
    view = many_paths.synthesis().paths(start="barrier-mistrust", middle="barrier-hunger")

    assert (practice.here, practice.elsewhere, practice.above) == (False, ("middle",), ())
    assert (narrow.here, narrow.elsewhere) == (False, ("end",))
    assert (view.total, view.start.here, view.middle.here) == (0, True, False)


def test_a_narrower_concept_without_paths_names_the_broader_one_that_has(toy):
    with (toy / "ontology" / "toy.ttl").open("a") as file:
        file.write(
            "concept:barrier-river a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel 'River'@en ;"
            " skos:broader concept:barrier-distance ."
        )
    river = built(toy).synthesis().paths(start="barrier-river").start

    assert (river.here, [ref.id for ref in river.above]) == (False, ["barrier-distance"])


def test_what_goes_round_has_an_end(toy):
    with (toy / "ontology" / "toy.ttl").open("a") as file:
        file.write("concept:barrier-distance skos:broader concept:barrier-mistrust .\n")
        file.write("concept:barrier-mistrust skos:broader concept:barrier-distance .\n")
    (toy / "corpus" / "ring-2000.yaml").write_text(RING)
    view = built(toy).synthesis().paths(start="barrier-mistrust")

    assert ("barrier-distance", "barrier-distance", "barrier-distance") in ends(view)
    assert {choice.id for choice in view.starts.groups[0].choices} >= {"barrier-distance", "barrier-mistrust"}


def test_where_no_relation_can_be_acted_on_there_are_no_paths(toy):
    for file in (toy / "corpus").glob("*.yaml"):
        file.write_text(file.read_text().replace("mitigatedBy", "arisesIn"))
    view = built(toy).synthesis().paths()

    assert (view.total, view.paths, view.starts.groups, view.starts.label) == (0, (), (), "")


# What can be asked for


def test_each_place_offers_its_concepts_as_a_tree_with_the_number_of_their_relations(many_paths):
    view = many_paths.synthesis().paths()
    offered = {
        side.label: [(c.id, c.depth, c.relations, c.total) for group in side.groups for c in group.choices]
        for side in (view.starts, view.ends)
    }

    assert offered["Barrier"] == [
        ("barrier-distance", 0, 2, 2), ("barrier-hunger", 0, 1, 1), ("barrier-mistrust", 0, 1, 1), (POWER, 0, 1, 2),
        (FLOW, 1, 1, 1),
    ]  # fmt: skip
    assert offered["Outcome"] == [("outcome-peace", 0, 3, 6), ("outcome-bread", 1, 3, 3)]


def test_the_relations_at_each_place_are_those_of_the_query(many_paths):
    view = many_paths.synthesis().paths()
    sides = {"start": view.starts, "middle": view.middles, "end": view.ends}
    shown = {(place, c.id, c.relations) for place, side in sides.items() for g in side.groups for c in g.choices}
    queried = {(row["side"], row["concept"], int(row["relations"])) for row in rows(many_paths, view.queries.ends)}

    assert {each for each in shown if each[2]} == queried


# The evidence


def test_a_step_has_the_claims_for_it_the_strongest_first_and_how_others_stand(many_paths):
    first = many_paths.synthesis().paths(start="barrier-mistrust").paths[0]

    assert [claim.id for claim in first.first.claims] == ["mill-2015#c2", "reed-2001#c1"]
    assert (first.first.total, first.first.strength, first.first.one_work) == (2, Strength(5, 2, True), None)
    assert first.first.standings == (Standing("qualifies", "in", 1),)  # the retracted work's dispute does not count
    assert {stance.claim_id for claim in first.first.claims for stance in claim.stances} == {"marlow-quist-2012#c2"}
    assert first.second.standings == (Standing("disputes", "in", 1),)
    assert (first.second.label, first.second.basis) == ("fosters", "from the text")


def test_the_strength_of_a_step_is_that_of_its_claims_together(many_paths):
    for path in many_paths.synthesis().paths().paths:
        for each in filter(None, (path.first, path.second)):
            assert each.strength == joint(each.claims), each.label


def test_a_path_is_as_strong_as_its_weakest_step(many_paths):
    strengths = [path.strength for path in many_paths.synthesis().paths().paths]

    assert strengths[:4] == [
        Strength(5, 1, True), Strength(5, 1, True), Strength(4, 1, False), Strength(5, 1, True)
    ]  # fmt: skip


def test_it_is_flagged_what_rests_on_one_work_and_what_one_work_states_whole(many_paths):
    found = many_paths.synthesis().paths().paths

    assert [path.one_work and path.one_work.id for path in found] == [
        None, "alone-2020", None, "alone-2020", "marlow-quist-2012", None, None, None
    ]  # fmt: skip
    assert [[work.id for work in path.both] for path in found] == [["mill-2015"], ["alone-2020"], *[[]] * 6]
    assert [path.established for path in found] == [True] * 5 + [False] * 3


def test_statements_are_counted_by_how_well_they_are_known(many_paths):
    power, every = many_paths.synthesis().paths(start=POWER), many_paths.synthesis().paths()

    assert power.first == (("mitigated by",), 2, 1, 2, 0, 2, 0, 1, 0, 1, 1)
    assert power.second == (("fosters",), 1, 1, 1, 0, 0, 1, 0, 0, 0, 0)
    assert every.first[3:7] == (6, 1, 4, 1) and every.second[3:7] == (6, 0, 5, 1)
    assert (every.total, every.whole, every.one_work) == (8, 6, 3)


def test_of_many_claims_a_page_has_the_strongest_and_a_query_has_all(toy):
    claims = "".join(
        f"  - {{id: '#c{n}', text: So it is {n}., basis: text, about: [barrier-mistrust],"
        f" asserts: [{{subject: barrier-mistrust, mitigatedBy: practice-trust-building}}]}}\n"
        for n in range(1, 8)
    )
    (toy / "corpus" / "many-2000.yaml").write_text(f"type: book\ntitle: Many\nissued: 2000\nclaims:\n{claims}")
    base = built(toy)
    step = base.synthesis().paths(start="barrier-mistrust").paths[0].first

    assert (step.total, len(step.claims), step.strength.works) == (8, SHOWN, 2)
    assert len(rows(base, step.query)) == 8


# The order


def test_the_weakest_step_decides_then_the_other_and_what_is_not_checked_comes_last():
    strong, weak = Strength(5, 2, True), Strength(4, 1, True)
    order = [
        Chain(step(strong), step(strong)), Chain(step(strong), step(weak)), Chain(step(weak), step(weak)),
        Chain(step(strong), None), Chain(None, step(weak)), Chain(step(strong), step(weak, established=False)),
        Chain(step(strong, established=False), None),
    ]  # fmt: skip

    assert sorted(reversed(order), key=rank) == order
    assert rank(Chain(step(weak), step(strong))) == rank(Chain(step(strong), step(weak)))


def test_of_equals_the_labels_in_the_readers_language_decide(toy):
    with (toy / "ontology" / "toy.ttl").open("a") as file:
        file.write('concept:barrier-distance skos:prefLabel "Weite"@de .')
    base = built(toy)
    german = base.synthesis("de").paths().paths

    assert [path.first.strength.basis for path in german] == [5, 5, 5, 2]
    peers = [path.start.label for path in german if path.strength == Strength(5, 1, True)]
    assert peers == ["Machtgefälle", "Weite"]
    assert [p.start.label for p in base.synthesis().paths().paths if p.strength == Strength(5, 1, True)] == [
        "Distance", "Power imbalance"
    ]  # fmt: skip


# Page and query


ASKED = [{}, {"start": POWER}, {"end": "outcome-bread"}, {"middle": "practice-shared-rules"},
         {"start": "barrier-distance", "end": "outcome-peace"}, {"start": "practice-singing"}]  # fmt: skip


def same_rows(base, **asked):
    """Whether all paths are the rows of their query, and their claims and stances those of theirs."""
    view = base.synthesis().paths(**asked, page=None)
    shown = [
        (p.start and p.start.id, p.first and p.first.relation, p.first and p.first.established, p.middle.id,
         p.second and p.second.relation, p.second and p.second.established, p.end and p.end.id) for p in view.paths
    ]  # fmt: skip
    queried = [
        (r["start"], name(r["first"]), held(r["firstEstablished"]), r["middle"], name(r["second"]),
         held(r["secondEstablished"]), r["end"]) for r in rows(base, view.queries.paths)
    ]  # fmt: skip
    assert sorted(shown, key=repr) == sorted(queried, key=repr)
    steps = {(s.subject.id, s.relation, s.object.id): s for p in view.paths for s in (p.first, p.second) if s}
    claims = rows(base, view.queries.evidence)
    assert sum(s.total for s in steps.values()) == len(claims)
    assert {key: s.established for key, s in steps.items()} == {key(r): held(r["established"]) for r in claims}
    ours = {(key(r), r["claim"]) for r in claims}
    found = rows(base, view.queries.stances)
    stances = {(key(r), r["direction"], r["stance"].rpartition("/")[2], r["other"]) for r in found}
    counted = Counter(stance[:3] for stance in stances if (stance[0], stance[3]) not in ours)
    assert {
        (k, each.direction, each.relation): each.claims for k, s in steps.items() for each in s.standings
    } == counted
    shown_near = {(k, c.id, s.relation, s.claim_id) for k, step in steps.items() for c in step.near for s in c.stances}
    near = {(key(r), r["claim"], r["stance"].rpartition("/")[2], r["other"]) for r in rows(base, view.queries.near)}
    assert shown_near <= near and sum(step.nearby for step in steps.values()) == len(near)


def name(iri):
    return iri and iri.rpartition("#")[2]


def held(value):
    return None if value is None else value == "true"


def key(row):
    return row["from"], name(row["relation"]), row["to"]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_paths_and_claims_are_the_rows_of_their_queries(many_paths, asked):
    same_rows(many_paths, **asked)


def test_so_is_what_stands_near_them(near):
    same_rows(near)


@pytest.mark.real
@pytest.mark.parametrize("asked", [{}, {"start": POWER}, {"end": "outcome-equity"}], ids=str)
def test_so_they_are_over_the_real_corpus(real_base, asked):
    same_rows(real_base, **asked)


@pytest.mark.real
def test_pages_hold_all_paths_of_the_real_corpus_in_order(real_base):
    every = real_base.synthesis().paths(page=None)
    pages = [real_base.synthesis().paths(page=number) for number in range(1, every.pages + 1)]

    assert [ends(page) for page in pages] == [ends(every)[n : n + PAGE] for n in range(0, every.total, PAGE)]
    assert every.first.statements and every.second.statements and every.whole


def test_the_query_as_it_stands_may_be_asked_by_anybody(many_paths):
    text = many_paths.home.query("paths")

    found = json.loads(many_paths.query(text, "json").body)["results"]["bindings"]
    assert len(found) == len(RANKED)
    assert all(isinstance(q, str) and ox.Store().query(q) is not None for q in many_paths.synthesis().paths().queries)


# In the shell


def run(home, *words):
    return CliRunner().invoke(cli.main, ["--home", str(home), *words])


def test_the_shell_prints_paths_with_their_evidence(many_paths):
    told = run(many_paths.home.folder, "paths", "--from", "barrier-mistrust", "--to", "outcome-peace")

    assert told.exit_code == 0, told.output
    assert "Mistrust [barrier-mistrust] → Trust building [practice-trust-building] → Peace" in told.output
    assert "disputed by 1 other claim" in told.output and "both steps are stated by" in told.output
    assert "2 paths, 2 of two steps" in told.output


def test_the_shell_prints_what_the_json_page_has(many_paths):
    told = run(many_paths.home.folder, "paths", "--via", "practice-guest-house", "--json")

    assert [path["end"]["id"] for path in json.loads(told.output)["paths"]] == ["outcome-bread"]


def test_the_shell_says_where_else_a_concept_has_paths(many_paths):
    told = run(many_paths.home.folder, "paths", "--from", "practice-trust-building")

    assert "try --via practice-trust-building" in told.output


def test_the_toy_home_as_it_is_has_single_steps_alone(tmp_path):
    view = built(lay_toy(tmp_path / "home")).synthesis().paths()

    assert {path.whole for path in view.paths} == {False} and view.ends.label == ""
