"""What the article says from which this base began is all found in it, and in other words."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from kb.corpus.ontology import fold

ARTICLE = Path(__file__).parents[2] / "shared" / "seed" / "collaborative-partnership.txt"
SEED = YAML(typ="safe").load(Path(__file__).with_name("seed.yaml"))
SHINGLE = 8  # words in a row that two texts share only when one was copied

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def known(real_base):
    """The ids of all claims and concepts."""
    sources = (real_base.source(ref.id) for ref in real_base.sources().sources)
    return {claim.id for source in sources for claim in source.claims} | set(real_base.ontology().concepts)


def numbers(record):
    """The numbers under which the article lists a work."""
    value = record.get("seedReference", [])
    return [str(number) for number in (value if isinstance(value, list) else [value])]


def names(base, text):
    """The concepts that a reader finds among the first ten who types *text*."""
    return {hit.id for hit in base.search(text, kind="concept", limit=10).hits}


def shingles(text):
    words = re.findall(r"\w+", fold(text))
    return {" ".join(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1)}


def test_each_statement_is_carried(known):
    assert [s["says"] for s in SEED["statements"] if not s["carried"] or not known.issuperset(s["carried"])] == []


def test_each_statement_is_found_in_its_own_words(real_base):
    def found(statement):
        hits = real_base.search(statement["says"], limit=20).hits
        return {hit.id for hit in hits} & set(statement["carried"])

    assert [s["says"] for s in SEED["statements"] if not found(s)] == []


def test_each_numbered_reference_is_a_source(real_base):
    works = {ref["number"]: real_base.source(ref["work"]) for ref in SEED["references"]}

    assert list(works) == list(range(1, 24))
    assert [n for n, work in works.items() if str(n) not in numbers(work.record)] == []


def test_no_other_source_claims_a_number(real_base):
    claimed = {(n, ref.id) for ref in real_base.sources().sources for n in numbers(real_base.source(ref.id).record)}

    listed = {(str(ref["number"]), ref["work"]) for ref in SEED["references"]}
    assert {pair for pair in claimed if pair[0].isdigit()} == listed


def test_each_citation_in_the_text_is_a_source(real_base):
    known = {ref.id for ref in real_base.sources().sources}

    assert [c["as"] for c in SEED["citations"] if c["work"] not in known] == []


@pytest.mark.parametrize(("part", "words"), [("barriers", "says"), ("practices", "says"), ("related", "topic")])
def test_each_barrier_practice_and_related_topic_is_found(real_base, part, words):
    entries = SEED[part]

    assert {entry["concept"] for entry in entries} <= set(real_base.ontology().concepts)
    assert [entry[words] for entry in entries if entry["concept"] not in names(real_base, entry[words])] == []


@pytest.mark.parametrize("lost", SEED["lost"], ids=lambda lost: lost["says"])
def test_what_the_article_has_lost_is_told(real_base, lost):
    if "question" in lost:
        assert lost["question"] in [question.id for question in real_base.concept(lost["concept"]).questions]
    elif "concepts" in lost:
        assert set(lost["concepts"]) <= set(real_base.ontology().concepts)
    else:
        assert lost["noted"] in real_base.source("wikipedia-collaborative-partnership").record["note"]


def test_no_sentence_of_the_article_is_copied(real_base):
    if not ARTICLE.exists():
        pytest.skip(f"the article is not here: {ARTICLE}")
    article = ARTICLE.read_text(encoding="utf-8")
    prose = shingles(article[: article.index("1. Saltiel")])  # titles in the reference list are no sentences
    sources = [real_base.source(ref.id) for ref in real_base.sources().sources]
    ours = {
        **{statement["says"]: statement["says"] for statement in SEED["statements"]},
        **{entry["says"]: entry["says"] for part in ("barriers", "practices", "lost") for entry in SEED[part]},
        **{claim.id: claim.text for source in sources for claim in source.claims},
        **{source.id: source.summary or "" for source in sources},
        **{id: concept.definition for id, concept in real_base.ontology().concepts.items()},
    }

    assert {where: copied for where, text in ours.items() if (copied := shingles(text) & prose)} == {}
