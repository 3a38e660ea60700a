"""What comes close to a question: counted and sorted whatever the filters, and what of a hit's text was looked for."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from kb import BadQuery
from kb.graph.query import LIMIT_MAX
from kb.retrieval.evaluate import questions
from kb.retrieval.marks import marks
from kb.retrieval.passages import owner
from kb.retrieval.search import Reason

JUDGED = Path(__file__).parents[1] / "judged" / "questions.yaml"

QUERY = "who pays more sets the terms of the mill"
FILTERS = [{"kind": "claim"}, {"years": "2001-2010"}, {"concept": "barrier-power-imbalance"}, {"basis": ["text"]},
           {"kind": "claim", "stance": "disputes"}]  # fmt: skip


def ids(answer):
    return [hit.id for hit in answer.hits]


def close(base, text, **asked):
    """The ids of all close hits, as the list by year has them."""
    return ids(base.search(text, sort="newest", limit=LIMIT_MAX, **asked))


def test_of_what_is_ranked_the_first_part_is_close(base):
    ranked = base.search(QUERY, limit=50)

    assert 0 < ranked.close < ranked.total
    assert set(close(base, QUERY)) == set(ids(ranked)[: ranked.close])


@pytest.mark.parametrize("mode", ["fused", "words", "vectors"])
@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_filter_takes_close_hits_away_and_makes_no_other_hit_close(base, filters, mode):
    passing = set(ids(base.search(QUERY, mode=mode, limit=LIMIT_MAX, **filters)))
    found = base.search(QUERY, mode=mode, **filters)

    assert set(close(base, QUERY, mode=mode, **filters)) == set(close(base, QUERY, mode=mode)) & passing
    assert found.close == len(close(base, QUERY, mode=mode, **filters))


def test_what_the_query_names_is_close_however_little_it_shares_with_it(base):
    assert {"reed-2001", "reed-2001#c1", "reed-2001#c2"} <= set(close(base, "Reed 2001"))


def test_close_hits_are_within_the_years_that_the_query_sets(base):
    assert {owner(id) for id in close(base, "since 2011")} == {"marlow-quist-2012"}


def test_with_years_that_give_way_to_a_filter_the_rest_of_the_query_counts(base):
    assert close(base, "trust since 2011", years="2001") and base.search("trust since 2011", years="2001").close


def test_where_a_note_says_that_nothing_comes_close_nothing_is_counted_as_close(base):
    found = base.search("mill")

    assert found.hits and "Nothing here comes close" in " ".join(found.notes) and found.close == 0
    assert base.search("mill", facets=True).facets == ()


def test_in_groups_a_source_counts_once(base):
    found = base.search(QUERY, group=True, sort="oldest", limit=50)

    assert found.close == found.total == len({owner(id) for id in close(base, QUERY)})
    assert sorted(id for hit in found.hits for id in (hit.id, *hit.also)) == sorted(close(base, QUERY))


@pytest.mark.parametrize("sort", ["newest", "oldest"])
def test_hits_come_by_year_then_by_score_and_what_has_no_year_last(base, sort):
    found = base.search(QUERY, sort=sort, limit=50)
    years = base.generation.index.catalogue.years
    dated = [int(years[base.generation.index.row(hit.id)]) for hit in found.hits if hit.source]
    pairs = list(zip(dated, [hit.score for hit in found.hits], strict=False))

    assert dated == sorted(dated, reverse=sort == "newest") and len(set(dated)) > 1
    assert [hit.source is None for hit in found.hits] == [False] * len(dated) + [True] * (found.total - len(dated))
    assert all(a >= b for (year, a), (other, b) in pairwise(pairs) if year == other)
    assert [hit.rank for hit in found.hits] == list(range(1, found.total + 1))


@pytest.mark.parametrize("group", [False, True])
def test_pages_of_a_sorted_list_put_together_are_the_whole(base, group):
    whole = base.search(QUERY, sort="newest", group=group, limit=LIMIT_MAX)
    pages = [base.search(QUERY, sort="newest", group=group, limit=3, offset=n).hits for n in range(0, whole.total, 3)]

    assert [hit for page in pages for hit in page] == list(whole.hits)


def test_the_order_is_by_score_unless_another_is_asked_for(base):
    assert base.search(QUERY, sort="score") == base.search(QUERY)
    with pytest.raises(BadQuery, match="no order of hits 'random': choose one of score, newest, oldest"):
        base.search(QUERY, sort="random")


def test_where_nothing_is_close_a_sorted_list_is_empty_and_says_why(base):
    ranked, sorted = (base.search(QUERY, years="1987", sort=sort) for sort in ("score", "newest"))

    assert ids(ranked) == ["tarn-1987"] and ranked.close == 0
    assert ids(sorted) == [] and sorted.total == 0 and sorted.nothing.because == "nothing comes close to it"
    assert base.search("trust", years="1700", sort="newest").nothing.because.startswith("the filters leave nothing")


@pytest.mark.parametrize(
    ("text", "value", "marked"),
    [
        ("Trust, distrust and TRUST.", "trust", ["Trust", "TRUST"]),
        ("who pays_more and why", "pays, more, and", ["pays"]),
        ("Straße für Ökologie", "straße, ökologie", ["Straße", "Ökologie"]),
        ("İstanbul und ISTANBUL", "istanbul", ["ISTANBUL"]),
        ("<b>terms</b> & conditions", "terms", ["terms"]),
        ("伙伴关系 🤝 партнёрство", "партнёрство", ["партнёрство"]),
        ("nothing", "", []),
        ("", "terms", []),
    ],
)
def test_the_words_that_were_looked_for_are_marked_and_the_text_stays_whole(text, value, marked):
    pieces = marks(text, [Reason("meaning", "similarity 0.5", 0.1), Reason("words", value, 0.2)])

    assert [piece for piece, found in pieces if found] == marked
    assert "".join(piece for piece, _ in pieces) == text and all(piece for piece, _ in pieces)


def test_each_word_that_a_hit_was_found_by_is_marked_in_it(base):
    hit = next(hit for hit in base.search("setting the terms", mode="words").hits if hit.id == "testwell-2010#c1")

    assert [piece for piece, found in marks(hit.text, hit.reasons) if found] == ["sets", "terms"]


@pytest.mark.real
def test_most_of_what_is_relevant_is_close_and_most_of_the_rest_is_not(real_base):
    sizes, kept = [], {1: [], 2: []}
    for question in questions(JUDGED):
        found = {owner(id) for id in close(real_base, question.text)}
        sizes.append(real_base.search(question.text).close)
        for id, grade in question.grades.items():
            if grade:
                kept[grade].append(id in found)

    assert np.mean(kept[2]) >= 0.95 and np.mean(kept[1]) >= 0.8
    assert np.median(sizes) <= 220
