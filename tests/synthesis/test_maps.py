"""An evidence map says how many claims there are where; the page's numbers and those of its query are the same."""

from itertools import product

import pytest
from conftest import StubEncoder

from kb import BadQuery, KnowledgeBase, NotFound
from kb.corpus.ontology import Ontology, parse_turtle
from kb.evidence import strongest_first
from kb.overview import Ref
from kb.synthesis import Cell, Pair
from kb.synthesis.cells import EACH, PAGE, WORKS
from kb.synthesis.maps import chosen
from kb.terms import Names

FIGURES = Cell._fields[2:]
POWER = "barrier-power-imbalance"
FILTERS = [
    {},
    {"years": "2001-2011"},
    {"years": "-2005", "state": "complete"},
    {"basis": ["text", "recalled"]},
    {"stance": ["disputes", "qualifies"]},
    {"state": ["incomplete", "seed-only"], "stance": "supports", "basis": "reported", "years": "1990-"},
]
MADE_UP = {
    "mill-2005": """
        issued: 2005
        state: complete
        subjects: [barrier-one-way-resource-flow]
        claims:
          - {id: "#c1", text: Who decides together gets flour back., basis: text, about: [practice-co-decision-making]}
          - id: "#c2"
            text: Rules shorten the way.
            basis: recalled
            about: [practice-shared-rules, barrier-distance]
            asserts: [{subject: barrier-distance, mitigatedBy: practice-shared-rules}]
          - {id: "#c3", text: The old way was long., basis: text, about: [practice-of-old, barrier-distance]}
        """,
    "ford": """
        subjects: [practice-shared-rules]
        claims:
          - id: "#c1"
            text: No rule shortens the way.
            basis: abstract
            about: [practice-shared-rules, barrier-distance]
            disputes: ["mill-2005#c2"]
            asserts: [{subject: barrier-distance, mitigatedBy: practice-shared-rules}]
          - id: "#c2"
            text: Mistrust ends where promises are kept.
            basis: text
            about: [barrier-mistrust]
            asserts: [{subject: barrier-mistrust, mitigatedBy: practice-trust-building}]
        """,
    "lie-2010": """
        issued: 2010
        status: retracted
        subjects: [practice-shared-rules, barrier-distance]
        claims:
          - id: "#c1"
            text: Rules end all power.
            basis: text
            about: [practice-shared-rules, barrier-distance]
            asserts: [{subject: barrier-power-imbalance, mitigatedBy: practice-shared-rules}]
        """,
}
MORE_CONCEPTS = """
concept:practice-co-decision-making skos:broader concept:practice-regular-meetings .
concept:practice-of-old a skos:Concept ; skos:inScheme scheme:practice ; skos:prefLabel "Old ways"@en ;
    owl:deprecated true .
"""


def lines(text):
    """*text* without the indentation that it has here."""
    return "\n".join(line[8:] for line in text.strip("\n").splitlines()) + "\n"


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    """A home of three works whose map a person can count by hand."""
    from conftest import lay_toy

    home = lay_toy(tmp_path_factory.mktemp("map"))
    for file in (home / "corpus").glob("*.yaml"):
        file.unlink()
    for id, text in MADE_UP.items():
        (home / "corpus" / f"{id}.yaml").write_text(f"type: report\ntitle: {id}\n{lines(text)}")
    with (home / "ontology" / "toy.ttl").open("a") as file:
        file.write(MORE_CONCEPTS)
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    yield base
    base.close()


def cells(view):
    return {(cell.row, cell.column): tuple(cell)[2:] for cell in view.cells}


def walked(lines):
    for line in lines:
        yield line
        yield from walked(line.children)


def queried(base, text):
    """The rows of a query as a reader gets them: ids, numbers and texts by variable."""
    id = base.generation.names.id
    return [{name: id(value or "") for name, value in row.items()} for row in base.query(text).rows()]


def by_query(base, rows, columns, **filters):
    found = queried(base, base.synthesis().map_query(rows, columns, **filters))
    return [Cell(row["row"], row["column"], *(int(row[name]) for name in FIGURES)) for row in found]


def same(base, rows, columns, **filters):
    """Whether the map of the index and that of the query hold the same cells, each once."""
    return sorted(base.synthesis().map(rows, columns, **filters).cells) == sorted(
        by_query(base, rows, columns, **filters)
    )


def check_cell(base, row, column, **filters):
    """What is in a cell is what its three queries find."""
    synthesis = base.synthesis()
    view = synthesis.cell(row, column, **filters)
    claims, relations, works = (
        queried(base, synthesis.cell_query(row, column, of, **filters)) for of in ("claims", "relations", "works")
    )
    by_id = base.generation.views().claims.called([each["claim"] for each in claims])
    stated = {(each["subject"], each["label"], each["object"], each["established"] == "true") for each in relations}

    itself = {each["claim"] for each in claims if each["itself"] == "1"}
    own, others = ([each for each in by_id if (each.id in itself) is of] for of in (True, False))
    assert (view.cell.claims, view.cell.own) == (len(claims), len(own))
    assert list(view.claims) == [*strongest_first(own), *strongest_first(others)][:PAGE]
    assert view.own == len(own[:PAGE])
    assert {(r.subject.id, r.label, r.object.id, r.established) for r in view.relations} == stated
    assert view.cell.relations == len(view.relations) and sum(r.number for r in view.relations) == len(relations)
    assert all(list(r.claims) == strongest_first(r.claims)[:EACH] for r in view.relations)
    if len(works) <= WORKS:
        assert {work.id for work in view.works} == {each["source"] for each in works}
    return view


def test_a_cell_counts_what_is_about_the_row_and_carries_the_column_with_all_that_is_narrower(made_up):
    view = made_up.synthesis().map("practice", "barrier")

    assert cells(view) == {  # claims, own, read, disputed, qualified, supported, alone, relations
        ("practice-regular-meetings", "barrier-power-imbalance"): (1, 0, 1, 0, 0, 0, 1, 0),
        ("practice-regular-meetings", "barrier-one-way-resource-flow"): (1, 0, 1, 0, 0, 0, 1, 0),
        ("practice-co-decision-making", "barrier-power-imbalance"): (1, 0, 1, 0, 0, 0, 1, 0),
        ("practice-co-decision-making", "barrier-one-way-resource-flow"): (1, 0, 1, 0, 0, 0, 1, 0),
        ("practice-shared-rules", "barrier-distance"): (2, 2, 1, 2, 0, 0, 0, 1),
        ("practice-shared-rules", "barrier-power-imbalance"): (2, 0, 1, 1, 0, 0, 1, 0),
        ("practice-shared-rules", "barrier-one-way-resource-flow"): (2, 0, 1, 1, 0, 0, 1, 0),
        ("practice-trust-building", "barrier-mistrust"): (0, 0, 0, 0, 0, 0, 0, 1),  # asserted by a claim about one end
    }
    assert (view.claims, view.relations, view.undated) == (3, 2, 0)


def test_a_map_of_a_scheme_with_itself_has_a_diagonal(made_up):
    view = made_up.synthesis().map("barrier", "barrier")

    assert cells(view) == {
        ("barrier-distance", "barrier-distance"): (3, 3, 2, 2, 0, 0, 1, 0),
        ("barrier-distance", "barrier-power-imbalance"): (2, 0, 1, 1, 0, 0, 1, 0),
        ("barrier-distance", "barrier-one-way-resource-flow"): (2, 0, 1, 1, 0, 0, 1, 0),
        ("barrier-mistrust", "barrier-mistrust"): (1, 1, 1, 0, 0, 0, 1, 0),
    }


def test_a_line_counts_claims_and_works_and_knows_whether_a_cell_of_it_holds_anything(made_up):
    view = made_up.synthesis().map("practice", "barrier")

    rows, columns = (
        [(line.id, line.claims, line.sources, line.filled) for line in walked(axis.lines)]
        for axis in (view.rows, view.columns)
    )
    assert rows == [
        ("practice-regular-meetings", 1, 1, True),
        ("practice-co-decision-making", 1, 1, True),  # below both of its broader concepts
        ("practice-shared-rules", 3, 2, True),
        ("practice-co-decision-making", 1, 1, True),
        ("practice-trust-building", 0, 0, True),
    ]
    assert columns == [
        ("barrier-distance", 3, 2, True),  # of the retracted work nothing counts
        ("barrier-mistrust", 1, 1, True),
        ("barrier-power-imbalance", 3, 1, True),
        ("barrier-one-way-resource-flow", 3, 1, True),
    ]


def test_claims_whose_year_is_unknown_are_told_where_years_are_asked_for(made_up):
    view = made_up.synthesis().map("practice", "barrier", years="2000-2010")

    assert (view.claims, view.relations, view.undated) == (2, 1, 1)
    assert {line.id: line.sources for line in walked(view.columns.lines)}["barrier-distance"] == 1
    assert made_up.synthesis().map("practice", "barrier", years="2000-2010", basis="recalled").undated == 0


def test_cells_stand_in_the_order_of_the_trees(base):
    view = base.synthesis().map("practice", "barrier")
    rows, columns = ([line.id for line in walked(axis.lines)] for axis in (view.rows, view.columns))

    assert list(view.cells) == sorted(view.cells, key=lambda cell: (rows.index(cell.row), columns.index(cell.column)))


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize(("rows", "columns"), [*product(["barrier", "practice"], repeat=2)])
def test_the_query_of_a_map_gives_its_cells(base, made_up, rows, columns, filters):
    assert same(base, rows, columns, **filters)
    assert same(made_up, rows, columns, **filters)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_cell_holds_what_its_number_says_and_its_queries_give_the_same(base, made_up, filters):
    for each in (base, made_up):
        for cell in each.synthesis().map("practice", "barrier").cells:
            narrowed = dict(zip(("row", "column"), cell[:2], strict=True))
            view = check_cell(each, *cell[:2], **filters)
            found = [c for c in each.synthesis().map("practice", "barrier", **filters).cells if c[:2] == cell[:2]]

            assert [view.cell] == (found or [Cell(*cell[:2], *[0] * len(FIGURES))]), narrowed


def test_a_cell_shows_its_claims_relations_and_works(base):
    view = base.synthesis().cell("practice-regular-meetings", "barrier-distance")

    assert (view.row, view.column) == (
        Ref("practice-regular-meetings", "Regular meetings"), Ref("barrier-distance", "Distance"),
    )  # fmt: skip
    assert (view.row_scheme, view.column_scheme) == (Ref("practice", "Practice"), Ref("barrier", "Barrier"))
    assert [claim.id for claim in view.claims] == ["marlow-quist-2012#c1", "marlow-quist-2012#c2"]
    [relation] = view.relations
    assert (relation.subject.label, relation.label, relation.object.label) == (
        "Distance", "mitigated by", "Regular meetings",
    )  # fmt: skip
    assert ([claim.id for claim in relation.claims], relation.number, relation.established) == (
        ["marlow-quist-2012#c1"], 1, True,
    )  # fmt: skip
    assert [work.id for work in view.works] == ["marlow-quist-2012"]
    assert (view.sources, view.page, view.pages) == (2, 1, 1)


def test_a_relation_that_is_only_recalled_is_not_established(base):
    view = base.synthesis().cell("barrier-distance", "practice-shared-rules")

    assert [relation.established for relation in view.relations] == [False]


def test_an_empty_cell_tells_how_many_works_there_are(base):
    view = base.synthesis().cell("practice-shared-rules", "barrier-mistrust", basis="inferred")

    assert view.cell == Cell("practice-shared-rules", "barrier-mistrust", *[0] * len(FIGURES))
    assert (view.sources, view.claims, view.relations, view.pages) == (1, (), (), 1)


@pytest.mark.parametrize(
    ("row", "column", "near"),
    [
        ("shared-rules", "mistrust", [("shared-rules", "distance"), ("shared-rules", "power-imbalance")]),  # beside it
        ("co-decision-making", "distance", [("co-decision-making", "power-imbalance"), ("shared-rules", "distance")]),
        ("trust-building", "distance", []),  # a relation alone is no claim
        ("shared-rules", "power-imbalance", []),  # not empty
    ],
)
def test_an_empty_cell_names_the_nearest_that_hold_claims(made_up, row, column, near):
    found = made_up.synthesis().cell(f"practice-{row}", f"barrier-{column}").near

    assert [(each.row.id, each.column.id) for each in found] == [(f"practice-{r}", f"barrier-{c}") for r, c in near]
    cells = {cell[:2]: cell for cell in made_up.synthesis().map("practice", "barrier").cells}
    assert all(each.cell == cells[each.row.id, each.column.id] for each in found)


def test_the_fullest_map_is_shown_where_none_is_asked_for(base):
    synthesis = base.synthesis()
    view = synthesis.map()

    assert view.pairs == (
        Pair(Ref("practice", "Practice"), Ref("barrier", "Barrier"), 7),
        Pair(Ref("barrier", "Barrier"), Ref("practice", "Practice"), 5),
    )
    assert (view.rows.id, view.columns.id, view.claims) == ("practice", "barrier", 7)
    assert synthesis.map("barrier").columns.id == "practice" == synthesis.map("", "barrier").rows.id
    assert synthesis.map_query() == synthesis.map_query("practice", "barrier")


def test_a_lone_scheme_is_mapped_with_itself():
    quads = parse_turtle("<http://e/s/trust> a <http://www.w3.org/2004/02/skos/core#ConceptScheme> .")
    ontology = Ontology(quads, Names({"concept": "http://e/c/", "scheme": "http://e/s/"}))

    assert chosen("", "", (), ontology) == chosen("trust", "", (), ontology) == ("trust", "trust")
    with pytest.raises(NotFound, match="no concept scheme"):
        chosen("", "", (), Ontology([], ontology.names))


def test_labels_are_in_the_language_of_the_reader(base):
    german = base.synthesis("de").map("practice", "barrier")
    power = next(line for line in walked(german.columns.lines) if line.id == "barrier-power-imbalance")

    assert power.label == "Machtgefälle"
    assert cells(german) == cells(base.synthesis().map("practice", "barrier"))


@pytest.mark.parametrize(
    ("asked", "error", "told"),
    [
        (lambda s: s.map("barier", "practice"), NotFound, "no scheme 'barier' .did you mean 'barrier'"),
        (lambda s: s.map_query("barrier", "x"), NotFound, "no scheme 'x'"),
        (lambda s: s.map(kind="claim"), BadQuery, "no filter 'kind'"),
        (lambda s: s.map(basis="heard"), BadQuery, "no basis 'heard': choose one of text"),
        (lambda s: s.map(years="then"), BadQuery, "is no range of years"),
        (lambda s: s.cell(POWER, "practice-shard-rules"), NotFound, "did you mean 'practice-shared-rules'"),
        (lambda s: s.cell(POWER, "practice-shared-rules", 2), BadQuery, "no page 2: choose one from 1 to 1"),
        (lambda s: s.cell_query(POWER, "x"), NotFound, "no concept 'x'"),
        (lambda s: s.cell_query(POWER, POWER, "works", kind="x"), BadQuery, "no filter 'kind'"),
        (lambda s: s.cell_query(POWER, POWER, "all"), BadQuery, "choose one of claims, relations, works"),
    ],
)
def test_a_slip_is_told_with_what_there_is(base, asked, error, told):
    with pytest.raises(error, match=told):
        asked(base.synthesis())


@pytest.mark.parametrize("name", ["map", "map-cell", "map-relations", "map-works"])
def test_a_query_of_the_map_gives_nothing_as_it_stands(base, name):
    assert base.query(base.home.query(name)).rows() == []


@pytest.mark.real
def test_the_real_map_of_any_two_schemes_is_what_its_query_gives(real_base):
    schemes = real_base.ontology().schemes

    assert [pair for pair in product(schemes, repeat=2) if not same(real_base, *pair)] == []


@pytest.mark.real
def test_the_fullest_real_maps_are_what_their_queries_give_within_filters(real_base):
    pairs = [(pair.rows.id, pair.columns.id) for pair in real_base.synthesis().map().pairs[:6]]
    asked = [*product(pairs, FILTERS), *product([("barrier", "practice"), ("practice", "outcome")], FILTERS)]

    assert [each for each in asked if not same(real_base, *each[0], **each[1])] == []


@pytest.mark.real
def test_the_fullest_real_cells_hold_what_their_queries_give(real_base):
    synthesis = real_base.synthesis()
    for pair in (("barrier", "practice"), ("modality", "field"), ("practice", "outcome")):
        view = synthesis.map(*pair)
        for cell in sorted(view.cells, key=lambda cell: (-cell.claims, cell))[:8]:
            assert check_cell(real_base, *cell[:2]).cell == cell

    assert synthesis.cell(*max(view.cells, key=lambda cell: cell.relations)[:2]).relations
