"""The text of a work is searched by page, in snippets and few of it at a time; a build keeps in step with it."""

import shutil

import pytest
from conftest import StubEncoder, lay_toy
from with_texts import HERON, QUOTE, REED, WORDS, lay, long_text, quoted

from kb import BadSource, KnowledgeBase
from kb.corpus import texts
from kb.corpus.texts import Page
from kb.retrieval.parts import PASSAGE_WORDS, parts
from kb.retrieval.snippets import PASSAGES, SNIPPET_WORDS, snippet


@pytest.fixture(scope="module")
def read(tmp_path_factory):
    """The toy home with texts, built; for reading only."""
    base = KnowledgeBase(lay(lay_toy(tmp_path_factory.mktemp("texts"))), encoder=StubEncoder())
    base.build()
    yield base
    base.close()


def built(home):
    base = KnowledgeBase(home, encoder=StubEncoder())
    return base, base.build()


def state(home):
    """All that readers can see of a home: quads, and hits with their scores."""
    base, _ = built(home)
    quads = sorted(line for line in base.dump("nquads").decode().splitlines() if "_:" not in line)
    asked = ("ferry at noon", QUOTE, "Reed 2001", "2001-2010", HERON, "who pays for the mill")
    hits = [hit for text in asked for hit in base.search(text, limit=50).hits]
    quotes = [claim.quote for claim in base.source("reed-2001").claims]
    return quads, quotes, [(hit.id, round(hit.score, 3), hit.text, hit.citation, hit.also) for hit in hits]


def from_nothing(home, place):
    return shutil.copytree(home, place, ignore=shutil.ignore_patterns(".kb"))


def test_a_passage_is_found_with_its_page_its_citation_and_what_filters_ask(read):
    found = read.search("ferry runs at noon", kind="passage", years="2001", state="complete", field="barrier-mistrust")

    [hit] = [hit for hit in found.hits if hit.locator == "p. 14"]
    assert (hit.kind, hit.source, hit.citation) == ("passage", "reed-2001", "Reed (2001), p. 14")
    assert hit.text == "The ferry runs at noon and carries the quarry men over the estuary."
    assert read.search("ferry runs at noon", kind="passage", years="1950-1999").hits == ()
    assert "ferry, runs, noon" not in str(hit.reasons) and "ferry, noon, runs" in str(hit.reasons)


def test_a_sentence_over_two_pages_belongs_to_the_first(read):
    hits = {hit.locator: hit.text for hit in read.search(f'"{QUOTE}"', kind="passage").hits}

    assert hits["pp. 13–14"].endswith("the weekly supper keeps a quarrel small.")
    assert QUOTE not in hits.get("p. 14", "")


def test_passages_are_of_a_length_and_no_page_is_lost():
    pages = [Page(str(n), "word " * n) for n in (0, 1, PASSAGE_WORDS, PASSAGE_WORDS + 1, 3 * PASSAGE_WORDS)]
    found = list(parts(pages))

    assert [part.locator for part in found] == ["p. 1", "p. 180", "p. 181", "p. 181", "p. 540", "p. 540", "p. 540"]
    assert sum(len(part.text.split()) for part in found) == 1 + 180 + 181 + 540
    assert max(len(part.text.split()) for part in found) <= PASSAGE_WORDS
    assert list(parts([])) == []


def test_a_page_that_only_ends_a_sentence_is_not_said_twice():
    pages = [Page("1", "It goes"), Page("2", "on."), Page("3", "New.")]

    assert [tuple(part) for part in parts(pages)] == [("pp. 1–2", "It goes on."), ("p. 3", "New.")]


def test_a_snippet_is_short_and_has_the_words_that_were_asked_for():
    text = " ".join([*WORDS[:100], "mill", "pond", *WORDS[100:200]])

    found = snippet(text, frozenset({"mill", "pond"}))

    assert " mill pond " in found and found.startswith("…") and found.endswith("…")
    assert len(found.split()) == SNIPPET_WORDS
    assert snippet("short text", frozenset()) == "short text"
    assert len(snippet("無" * 5000, frozenset())) <= 401


@pytest.mark.parametrize("mode", ["fused", "words", "vectors"])
def test_a_long_text_fills_neither_list_nor_answer(read, mode):
    found = read.search("the mill pays", mode=mode, limit=100)
    of_text = [hit for hit in found.hits if hit.id.startswith("testwell-2010#p")]

    assert len(of_text) == PASSAGES and len(of_text[-1].also) > 50
    assert not any(hit.also for hit in of_text[:-1])
    assert len({hit.source for hit in found.hits if hit.kind == "claim"}) > 2
    assert found.sources and found.claims
    assert found.total == len(found.hits)


def test_what_is_annotated_ranks_as_it_would_without_texts(base, toy):
    texts.write(toy / "corpus", "reed-2001", REED)
    texts.write(toy / "corpus", "testwell-2010", long_text())
    beside, _ = built(toy)
    for text in ("the mill pays", "who sets the terms of the mill", "trust", "unequal power since 2005", "Reed 2001"):
        for mode in ("fused", "words", "vectors"):
            alone, mixed = (each.search(text, mode=mode, limit=100) for each in (base, beside))
            kept = [hit for hit in mixed.hits if hit.kind != "passage"]

            assert [(h.id, pytest.approx(h.score)) for h in kept] == [(h.id, h.score) for h in alone.hits]
            assert mixed.claims == alone.claims and mixed.concepts == alone.concepts


def test_close_hits_are_as_many_as_are_listed_and_counted(read):
    text = "the mill pays"
    found = read.search(text, facets=True)
    listed = read.search(text, sort="newest", limit=1000)
    passages = read.search(text, sort="newest", kind="passage", limit=1000)
    kinds = {value.value: value.count for facet in found.facets if facet.name == "kind" for value in facet.values}

    assert found.close == listed.total == len(listed.hits) == sum(kinds.values())
    assert kinds["passage"] == passages.total
    assert [hit.source for hit in passages.hits].count("testwell-2010") == PASSAGES


def test_who_asks_for_a_work_or_its_years_gets_every_work_before_hundreds_of_passages(read):
    named, dated = read.search("Testwell 2010", limit=9), read.search("2001-2012", limit=100)

    assert named.hits[0].id == "testwell-2010" and {"testwell-2010#c1", "testwell-2010#c2"} <= {
        h.id for h in named.hits
    }
    assert {"reed-2001", "testwell-2010", "marlow-quist-2012"} <= {hit.id for hit in dated.hits}
    assert {hit.id for hit in dated.hits} >= {"marlow-quist-2012#c1", "reed-2001#c1"}


def test_what_is_like_a_work_does_not_change_with_its_text(read, base):
    hits = [each.similar("testwell-2010", kind="claim").hits for each in (read, base)]
    ids = [[hit.id for hit in each if hit.source != "reed-2001"] for each in hits]  # whose claim has a quote here

    assert ids[0] == ids[1]
    assert len([h for h in read.similar("reed-2001", limit=50).hits if h.id.startswith("testwell-2010#p")]) <= PASSAGES
    assert len(read.similar("testwell-2010#p1").text.split()) <= SNIPPET_WORDS


def test_a_name_that_texts_cite_often_stays_a_name(toy):
    texts.write(toy / "corpus", "tarn-1987", [Page(str(n), f"So says Reed on day {n}.") for n in range(1, 60)])
    base, _ = built(toy)

    assert [part.type for part in base.search("Reed").understood] == ["author"]
    assert base.complete("No: why")[0].id == "reed-2001"


def test_a_claim_is_found_by_the_words_it_quotes_and_shows_them_checked(read):
    hits = read.search("weekly supper quarrel", kind="claim").hits
    claim = read.source("reed-2001").claims[0]

    assert hits[0].id == "reed-2001#c1" and "supper" not in hits[0].text
    assert claim.quote == (QUOTE, "pp. 13–14", "the work's own words, checked against the text, pp. 13–14")
    assert read.source("reed-2001").claims[1].quote is None
    assert f'oa#exact> "{QUOTE}"'.encode() in read.dump("nquads")


@pytest.mark.parametrize(
    ("pages", "place", "note"),
    [
        ([], None, "given as the work's own words, not checked: the text is not here"),
        (REED[:1], None, "given as the work's own words, not checked: the text is not here"),
        ([Page("1", "Other words.")], None, "not found in the text of the work"),
        (
            [Page("", QUOTE)],
            "a page without number",
            "the work's own words, checked against the text, a page without number",
        ),
    ],
)
def test_a_quote_tells_whether_it_was_checked(toy, pages, place, note):
    quoted(toy, QUOTE)
    if pages:
        texts.write(toy / "corpus", "reed-2001", pages)
    base, _ = built(toy)

    assert base.source("reed-2001").claims[0].quote == (QUOTE, place, note)


def rewrite(home, id, old, new):
    path = home / "corpus" / f"{id}.yaml"
    path.write_text(path.read_text().replace(old, new))


WALKS = {
    "a text comes, a page is put in, the title changes": (
        lambda home: texts.write(home / "corpus", "tarn-1987", REED),
        lambda home: texts.write(home / "corpus", "reed-2001", [Page("1", "A new page."), *REED]),
        lambda home: rewrite(home, "reed-2001", "No: why", "Yes: why"),
    ),
    "the year and the quote change, a page is reworded": (
        lambda home: rewrite(home, "reed-2001", "issued: 2001", "issued: 1991"),
        lambda home: rewrite(home, "reed-2001", QUOTE, "the ferry runs at noon"),
        lambda home: texts.write(home / "corpus", "reed-2001", [*REED[:2], Page("14", "per is cold.")]),
    ),
    "a text goes": (lambda home: texts.remove(home / "corpus", "reed-2001"),),
    "a source goes and its text stays": (lambda home: (home / "corpus" / "testwell-2010.yaml").unlink(),),
    "a source goes with its text": (lambda home: [file.unlink() for file in home.glob("corpus/testwell-2010.*")],),
}


@pytest.mark.parametrize("walk", WALKS)
def test_building_after_edits_of_texts_and_sources_equals_building_from_nothing(toy, tmp_path, walk):
    lay(toy)
    texts.write(toy / "corpus", "testwell-2010", long_text()[:12])
    built(toy)
    for edit in WALKS[walk]:
        edit(toy)
        built(toy)

    assert state(toy) == state(from_nothing(toy, tmp_path / "fresh"))


def test_only_the_changed_passages_of_a_text_are_embedded_and_the_data_stay_what_they_were(toy):
    base, first = built(lay(toy))
    before, state_before, data = base.generation.version, base.generation.state, base.dump("nquads")
    pages = long_text()
    texts.write(toy / "corpus", "testwell-2010", [*pages[:50], Page("51", "Quite new."), *pages[51:]])
    changed = base.build()
    texts.remove(toy / "corpus", "testwell-2010")
    removed = base.build()

    assert first.embedded > len(pages)
    assert (changed.read, changed.embedded, removed.read, removed.embedded, removed.removed) == (1, 1, 0, 0, 1)
    assert sorted(base.dump("nquads").splitlines()) == sorted(data.splitlines())
    assert base.generation.version == before and base.generation.state != state_before
    assert not any(id.startswith("testwell-2010#p") for id in base.generation.index.ids)
    assert HERON.encode() not in (base.generation.folder / "passages.db").read_bytes()


def test_a_server_sees_that_a_text_has_come_or_gone(toy):
    base, _ = built(toy)
    none = base.home.signature()
    texts.write(toy / "corpus", "reed-2001", REED)
    some = base.home.signature()
    texts.remove(toy / "corpus", "reed-2001")

    assert some != none == base.home.signature()


def test_a_text_without_a_source_is_not_read_and_one_that_cannot_be_read_stops_the_build(toy):
    texts.write(toy / "corpus", "nobody-1999", REED)
    base, report = built(toy)
    (toy / "corpus" / "reed-2001.txt").write_bytes(b"\f1\ncaf\xe9\n")

    assert report.read == 6 and not any("#p" in id for id in base.generation.index.ids)
    with pytest.raises(BadSource, match=r"reed-2001\.txt: is not UTF-8"):
        base.build()


def test_a_claim_cannot_have_the_id_of_a_passage(toy):
    rewrite(toy, "reed-2001", '"#c2"', '"#p2"')

    with pytest.raises(BadSource, match="claim 2 has the id of a passage of a text: write '#c2'"):
        built(toy)
