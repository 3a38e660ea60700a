"""Facets of a search: each count is what a reader finds behind it."""

import pytest

from kb import KnowledgeBase

QUERY = "who pays more sets the terms of the mill"
REAL = ["what stops partners with unequal power from working together", "disputes about trust since 2000"]
CHOSEN = [
    {},
    {"kind": "claim"},
    {"concept": ["barrier-power-imbalance"]},
    {"years": "2010-2019", "basis": ["text"]},
    {"stance": ["supports", "disputes"], "state": ["incomplete"]},
    {"scheme": ["practice"], "field": ["barrier-power-imbalance"]},
]


def walked(values):
    """All values of a facet, those below others too."""
    for each in values:
        yield each
        yield from walked(each.children)


def narrowed(name, value, chosen):
    """The filters after a reader has chosen a value: a further concept besides those that are, else this one alone."""
    if name == "concept":
        return {**chosen, name: [*chosen.get(name, []), value]}
    return {**chosen, name: value if name in ("kind", "years") else [value]}


def counted(base, text, **asked):
    """Each value of each facet, by facet."""
    answer = base.search(text, facets=True, **asked)
    return [(facet.name, value) for facet in answer.facets for value in walked(facet.values)]


def named(answer, name):
    return {value.value: value.count for f in answer.facets if f.name == name for value in walked(f.values)}


@pytest.mark.parametrize("group", [False, True])
@pytest.mark.parametrize("chosen", CHOSEN, ids=str)
@pytest.mark.parametrize("text", [QUERY, "trust since 2001", "Reed 2001"])
def test_behind_a_count_are_as_many_close_hits(base, text, chosen, group):
    values = counted(base, text, group=group, **chosen)

    behind = [base.search(text, group=group, **narrowed(name, v.value, chosen)).close for name, v in values]
    assert [value.count for _, value in values] == behind


@pytest.mark.parametrize("mode", ["words", "vectors"])
def test_behind_a_count_are_as_many_close_hits_in_each_mode(base, mode):
    values = counted(base, QUERY, mode=mode)

    assert values
    assert [v.count for _, v in values] == [
        base.search(QUERY, mode=mode, **narrowed(name, v.value, {})).close for name, v in values
    ]


@pytest.mark.real
@pytest.mark.parametrize("chosen", [{}, {"kind": "claim", "concept": ["barrier-power-imbalance"]}], ids=str)
@pytest.mark.parametrize("text", REAL)
def test_over_the_corpus_too_there_are_as_many_behind_a_count(real_base, text, chosen):
    values = counted(real_base, text, **chosen)
    some = values[:: max(len(values) // 40, 1)]

    assert some
    assert [v.count for _, v in some] == [
        real_base.search(text, **narrowed(name, v.value, chosen)).close for name, v in some
    ]


@pytest.mark.real
def test_fields_are_the_scheme_that_the_ontology_names(real_base):
    facets = real_base.search(REAL[0], facets=True).facets

    assert [f.label for f in facets if f.name == "field"] == ["Field of practice"]
    assert "Field of practice" not in [f.label for f in facets if f.name == "concept"]
    assert all(v.value.startswith("field-") for f in facets if f.name == "field" for v in walked(f.values))


def test_facets_are_counted_when_asked_for(base):
    assert base.search(QUERY).facets == ()
    assert base.search(QUERY, facets=True)._replace(facets=()) == base.search(QUERY)


def test_facets_have_the_names_of_filters_and_the_labels_of_the_ontology(base):
    facets = base.search(QUERY, facets=True).facets

    names = ["kind", "concept", "concept", "years", "stance", "basis", "state"]
    assert [facet.name for facet in facets] == names
    labels = {"Kind of hit", "Barrier", "Practice", "Decade", "Stance", "Basis", "State of the record"}
    assert {facet.label for facet in facets} == labels
    assert dict((v.value, v.label) for v in facets[5].values)["reported"] == "as cited in another work"


def test_concepts_stand_as_a_tree_in_which_narrower_ones_count_for_what_is_above(base):
    barriers = next(f for f in base.search(QUERY, facets=True).facets if f.label == "Barrier")
    top = barriers.values[0]

    assert (top.value, [each.value for each in top.children]) == (
        "barrier-power-imbalance", ["barrier-one-way-resource-flow"]
    )  # fmt: skip
    assert top.count >= top.children[0].count > 0


def test_labels_are_in_the_language_of_the_reader(base):
    facets = base.search("unequal power", facets=True, language="de").facets

    assert "Machtgefälle" in [value.label for facet in facets for value in walked(facet.values)]


def test_what_is_chosen_is_marked_and_the_other_values_stay_to_be_chosen(base):
    alone, chosen = (base.search(QUERY, facets=True, **kind) for kind in ({}, {"kind": "claim"}))
    kinds = next(f.values for f in chosen.facets if f.name == "kind")

    assert named(chosen, "kind") == named(alone, "kind") and len(kinds) > 1
    assert [value.value for value in kinds if value.chosen] == ["claim"]
    assert named(chosen, "years") != named(alone, "years")


def test_a_decade_is_written_as_the_filter_takes_it(base):
    chosen = base.search(QUERY, facets=True, years="2010-2019")
    [decade] = [v for f in chosen.facets if f.name == "years" for v in f.values if v.chosen]

    assert decade.label == "2010s" and decade.count == chosen.close
    assert "2000-2009" in named(chosen, "years")


def test_a_heading_stands_in_a_tree_only_above_what_it_sorts(toy, stub_encoder):
    turtle = toy / "ontology" / "toy.ttl"
    text = turtle.read_text()
    for id in ("practice-shared-rules", "barrier-distance"):
        plain = f"concept:{id} a skos:Concept ;"
        text = text.replace(plain, plain.replace(" ;", ", pkb:GroupingConcept ;"))
    turtle.write_text(text)
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    answer = base.search("towns decide together on shared rules", facets=True)
    values = named(answer, "concept")

    assert "practice-shared-rules" in values and "practice-co-decision-making" in values
    assert "barrier-distance" not in values and base.search(answer.query, concept="barrier-distance").close


def test_which_scheme_has_the_fields_is_told_by_a_named_query(toy, stub_encoder):
    query = toy / "ontology" / "queries" / "field-schemes.rq"
    query.write_text(query.read_text().replace("scheme:field", "scheme:practice"))
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    answer = base.search(QUERY, facets=True)

    assert [f.label for f in answer.facets if f.name in ("field", "concept")] == ["Practice", "Barrier"]
    fields = named(answer, "field")
    assert fields["practice-shared-rules"] >= fields["practice-co-decision-making"] > 0
    assert [base.search(QUERY, field=id).close for id in fields] == list(fields.values())
