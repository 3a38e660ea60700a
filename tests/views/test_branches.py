"""A filter of the concept trees finds what any label holds, and keeps what stands above it."""

import pytest


def shape(nodes):
    return {node.id: shape(node.children) for node in nodes}


def found(base, text):
    return {each.id: each.matched for each in base.branches(text).found}


def test_what_matches_is_shown_with_what_it_stands_below(base):
    branches = base.branches("co-decision")

    assert [scheme.id for scheme in branches.schemes] == ["practice"]
    assert shape(branches.schemes[0].concepts) == {"practice-shared-rules": {"practice-co-decision-making": {}}}
    assert (branches.total, [each.id for each in branches.found]) == (1, ["practice-co-decision-making"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("power", {"barrier-power-imbalance": "Power imbalance"}),
        ("UNEQUAL  Power", {"barrier-power-imbalance": "unequal power"}),
        ("power unequal", {"barrier-power-imbalance": "unequal power"}),  # the words in any order, in one label
        ("balance", {"barrier-power-imbalance": "Power imbalance"}),  # inside a word
        ("machtgefalle", {"barrier-power-imbalance": "Machtgefälle"}),  # in another language, without its marks
        ("distrusst", {"barrier-mistrust": "distrusst"}),  # a hidden label, as it is there to be found by
        ("ust", {}),  # three letters have to begin a word
        ("joi", {"practice-shared-rules": "joint rule book", "practice-co-decision-making": "joint decision-making"}),
        ("power day", {}),
        ("-", {}),
        ("", {}),
    ],
)
def test_a_label_holds_each_word(base, text, expected):
    assert found(base, text) == expected


def test_the_counts_of_claims_are_those_of_the_whole_tree(base):
    whole = {node.id: node.claims for scheme in base.concepts() for node in scheme.concepts}
    kept = {node.id: node.claims for scheme in base.branches("power").schemes for node in scheme.concepts}

    assert kept and kept.items() <= whole.items()


def test_labels_are_in_the_language_of_the_reader(base):
    assert [each.label for each in base.branches("power", "de").found] == ["Machtgefälle"]
    assert [each.label for each in base.branches("power").found] == ["Power imbalance"]


@pytest.mark.real
def test_every_concept_of_the_trees_is_found_by_its_own_label(real_base):
    def nodes(below):
        for node in below:
            yield node
            yield from nodes(node.children)

    every = {node.id: node.label for scheme in real_base.concepts() for node in nodes(scheme.concepts)}

    assert [id for id, label in every.items() if id not in found(real_base, label)] == []
