"""The page of paths: list, picture, CSV, JSON and query hold the same, and what is not known is not claimed."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import StubEncoder
from many_paths import lay, lay_near
from markup import Markup

from kb import KnowledgeBase
from webapp import create_app
from webapp.paths import HEAD
from webapp.paths_layout import on_phone, wide

HTML = {"Accept": "text/html"}
SVG = "{http://www.w3.org/2000/svg}"
RESULTS = "application/sparql-results+json"
ASKED = ["", "?from=barrier-power-imbalance", "?to=outcome-bread", "?via=practice-trust-building",
         "?from=barrier-distance&to=outcome-peace", "?from=barrier-mistrust&via=practice-singing"]  # fmt: skip


@pytest.fixture(scope="module")
def near(tmp_path_factory):
    """A reader of the made-up home with claims that stand near its steps."""
    home = lay(tmp_path_factory.mktemp("near") / "home")
    lay_near(home)
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    yield create_app(base).test_client()
    base.close()


@pytest.fixture
def reader(many_paths):
    return create_app(many_paths).test_client()


def table(client, address):
    answer = client.get(address)
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def headings(page):
    """Of each path on a page its concepts, by their labels."""
    found = re.findall(r'<li class="card">\s*<h3>(.*?)</h3>', page, re.S)
    return [html.unescape(each).split(" → ") for each in found]


def plain(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


@pytest.mark.parametrize("asked", ASKED)
def test_page_csv_json_and_query_hold_the_same_paths(reader, many_paths, asked):
    page, view = reader.get(f"/paths{asked}", headers=HTML).text, reader.get(f"/paths.json{asked}").json
    rows = table(reader, f"/paths.csv{asked}")
    found = reader.get("/sparql", query_string={"query": view["queries"]["paths"]}, headers={"Accept": RESULTS})
    ids = many_paths.generation.names.id
    queried = {tuple(ids(row[end]["value"]) if end in row else "" for end in ("start", "middle", "end"))
               for row in found.json["results"]["bindings"]}  # fmt: skip

    shown = [[each["label"] for each in (p["start"], p["middle"], p["end"]) if each] for p in view["paths"]]
    assert headings(page) == shown
    assert [[r[end] for end in ("start", "middle", "end") if r[end]] for r in rows] == shown
    assert {(r["start id"], r["middle id"], r["end id"]) for r in rows} == queried
    assert len(rows) == view["total"] == len(queried)


@pytest.mark.real
def test_so_they_do_over_the_real_corpus(real_base):
    client = create_app(real_base).test_client()
    rows = table(client, "/paths.csv")
    pages = client.get("/paths.json").json["pages"]
    listed = [each for n in range(1, pages + 1) for each in headings(client.get(f"/paths?page={n}", headers=HTML).text)]

    assert [[row[end] for end in ("start", "middle", "end") if row[end]] for row in rows] == listed
    assert [int(row["rank"]) for row in rows] == list(range(1, len(rows) + 1))


@pytest.mark.parametrize("asked", ASKED)
def test_the_page_is_whole(reader, asked):
    page = reader.get(f"/paths{asked}", headers=HTML).text

    assert Markup.of(page).wrong == []
    assert len(re.findall(r' id="([^"]+)"', page)) == len(set(re.findall(r' id="([^"]+)"', page)))


def test_the_table_tells_of_each_step_how_it_is_known(reader):
    first, *_, last = table(reader, "/paths.csv")

    assert list(first) == list(HEAD)
    assert first["step 1: relation"] == "mitigatedBy" and first["step 2: label"] == "fosters"
    told = {
        name: first[f"step 1: {name}"] for name in ("checked", "works", "claims for", "qualified by", "in dispute with")
    }
    assert told == {"checked": "yes", "works": "2", "claims for": "2", "qualified by": "1", "in dispute with": "0"}
    assert (
        first["step 2: in dispute with"] == "1"
        and first["one work states both steps"] == "“A work called mill-2015” (2015)"
    )
    assert last["step 2: checked"] == "not checked" and last["rests on one work"] == ""


def test_the_page_begins_with_what_is_stated_and_how_well_it_is_known(reader):
    page = plain(reader.get("/paths?from=barrier-power-imbalance", headers=HTML).text)

    assert "1 concept of Practice is stated here for Power imbalance or a narrower concept (“mitigated by”)." in page
    assert "1 of it leads on" not in page and "It leads on to 1 concept of Outcome (“fosters”)." in page
    assert "none was read in two works or more, 2 in one work only; 1 is in dispute, none is qualified" in page
    assert "tells how well it is known here, not whether it is true" in page


def test_flags_are_words(reader):
    page = plain(reader.get("/paths", headers=HTML).text)

    assert "Both steps are stated by “A work called mill-2015” (2015)." in page
    assert "No work here states both steps: to join them is our inference." in page
    assert page.count("rests on one work") >= 3
    assert "not checked" in page
    assert "Outcome: nothing annotated here for Regular meetings." in page
    assert "Barrier: nothing annotated here for Singing." in page


def test_a_step_names_what_is_said_for_it_and_against_it(reader):
    page = plain(reader.get("/paths?from=barrier-mistrust&to=outcome-peace", headers=HTML).text)

    assert "+ For: “A work called mill-2015” (2015)" in page and "and 1 more claim · read in 2 works" in page
    assert "± Qualified by: Marlow & Quist (2012), p. 110:" in page
    assert re.search("≠ Disputed by: “A work called baker-2018” .2018., [^:]*: Promises bring no peace.", page)
    assert "gone-2019" not in page


def test_a_step_of_several_paths_has_its_claims_once(reader):
    page = reader.get("/paths?from=barrier-mistrust", headers=HTML).text
    step = re.search(r'<a href="#(step-\d+)">More about this step stands above</a>', page)

    assert page.count(f'id="{step[1]}"') == 1
    assert page.count('<p class="said">Kept promises end mistrust.</p>') == 2
    assert page.count('<p class="text">Kept promises end mistrust.</p>') == 1


def test_the_sentence_of_the_strongest_claim_stands_unfolded(reader):
    page = reader.get("/paths", headers=HTML).text
    unfolded = re.sub(r"<details>.*?</details>", "", page, flags=re.S)

    assert unfolded.count('<p class="said">') == page.count('<li class="step')
    assert "A guest house brings bread, and ends hunger." in unfolded


def test_that_nothing_was_found_against_a_step_is_not_said_to_be_agreement(reader):
    page = plain(reader.get("/paths?via=practice-guest-house", headers=HTML).text)

    assert "no claim here disputes or qualifies it (that was not looked for systematically)" in page
    assert "none is in dispute or qualified" not in page


def test_what_is_also_said_about_both_stands_under_the_step_with_its_stance(near):
    page = near.get("/paths?from=barrier-distance&via=practice-regular-meetings", headers=HTML).text
    told, view = plain(page), near.get("/paths.json?from=barrier-distance&via=practice-regular-meetings").json
    (row,) = table(near, "/paths.csv?from=barrier-distance&via=practice-regular-meetings")

    assert "Also said about both, and not counted for or against: “A work called near-2005”" in told
    assert re.search("Not over mountains. disputes “A work called far-2004”[^:]*: Meetings are held everywhere", told)
    assert page.count(">∗</text>") == 2  # that a claim of the step qualifies another is nothing against it
    assert row["step 1: near: in dispute or qualified"] == "2" == str(view["paths"][0]["first"]["nearby"])
    assert Markup.of(page).wrong == []


def test_a_line_with_something_near_alone_has_a_sign_of_its_own(near):
    page = near.get("/paths?from=barrier-one-way-resource-flow", headers=HTML).text

    assert ">∗</text>" in page and "∗ means that other claims about both concepts are in dispute" in plain(page)


def test_one_card_does_not_contradict_itself_on_who_states_both_steps(near):
    reported = plain(near.get("/paths?from=barrier-hunger&via=practice-singing&to=outcome-bread", headers=HTML).text)
    named = plain(near.get("/paths?from=barrier-mistrust&via=practice-singing&to=outcome-peace", headers=HTML).text)

    work, where = "“A work called cook-1990” (n.d.)", "“A work called digest-2001” (n.d.)"
    assert f"Both steps are stated by {work}, as reported in {where}." in reported
    assert f"rests on one work Both steps were read in {where} only." in reported
    assert "is named for both steps, but that both are stated there was not checked." in named
    assert (
        "No work here states both steps" not in reported and named.count("No work here states both steps") == 1
    )  # on to bread


def test_not_checked_stands_once_at_a_step(reader):
    page = reader.get("/paths?from=barrier-power-imbalance", headers=HTML).text
    lines = [plain(each) for each in re.findall(r'<p class="for">.*?</p>', page, re.S)]

    assert [line.count("not checked") for line in lines if "not checked" in line] == [1] * 2
    assert all("title=" in each for each in re.findall(r'<span class="mark"[^>]*>(?:not checked|rests on)', page))


def test_the_kind_of_a_work_that_peers_do_not_read_stands_beside_it(near):
    page = plain(near.get("/paths?from=barrier-hunger", headers=HTML).text)

    assert "+ For: “A work called cook-1990” (n.d.), encyclopaedia entry, " in page
    assert "“A work called alone-2020” (2020), from the text" in page or "alone-2020” (2020), " in page
    assert {row["step 1: kind of its work"] for row in table(near, "/paths.csv?from=barrier-hunger")} == {
        "", "encyclopaedia entry"
    }  # fmt: skip


def test_broader_and_neighbouring_concepts_are_a_click_away(near):
    page = near.get("/paths?from=barrier-flood&to=outcome-bread", headers=HTML).text

    assert "If you mean more than Flood: Paths from Water: 2; beside it Drought: 1." in plain(page)
    assert 'href="/paths?from=barrier-water&to=outcome-bread"' in html.unescape(page)


def test_a_concept_leads_to_its_paths_with_how_many_others_they_have(near):
    def ways(id):
        page = near.get(f"/concept/{id}", headers=HTML).text
        return [html.unescape(text) for text in re.findall(r'<a href="/paths[^"]*">(Paths [^<]*)</a>', page)]

    assert ways("barrier-mistrust") == ["Paths from here: 2 of Practice"]
    assert ways("practice-guest-house") == ["Paths through here: for 3 of Barrier and to 1 of Outcome"]
    assert ways("outcome-peace") == ["Paths that lead here: 3 of Practice"]
    assert ways("barrier-water") == []


def test_a_search_that_names_a_concept_leads_to_its_paths(near):
    page = near.get("/search?q=hunger", headers=HTML).text

    assert re.search(r'<a class="chip" href="/paths\?from=barrier-hunger">Paths from Hunger</a>', page)
    assert re.search(r'<a href="/paths\?from=barrier-hunger">paths from here</a>', page)
    assert "/paths?" not in near.get("/search?q=water", headers=HTML).text.partition("<footer")[0]


def test_what_is_narrower_is_named_so(reader):
    page = plain(reader.get("/paths?from=barrier-power-imbalance", headers=HTML).text)

    assert "with 1 narrower concept: One-way resource flow" in page
    assert "One-way resource flow is narrower than Power imbalance." in page


def test_the_picture_has_each_concept_of_the_page_as_a_link_that_narrows(reader, many_paths):
    page = reader.get("/paths?from=barrier-mistrust", headers=HTML).text
    figures = [ElementTree.fromstring(svg) for svg in re.findall(r'<svg viewBox="-2.*?</svg>', page, re.S)]

    assert len(figures) == 2
    for figure in figures:
        boxes = {"".join(a.itertext()).strip(): a.get("href") for a in figure.iter("a")}
        assert set(boxes) == {"Trust building", "Peace", "Bread for all"}
        assert boxes["Peace"] == "/paths?from=barrier-mistrust&to=outcome-peace"
        assert {text.text for text in figure.iter("text") if "sign" in (text.get("class") or "")} == {"±", "≠"}


def test_a_line_is_thicker_with_more_works_and_dashed_where_nothing_was_checked(many_paths):
    view = many_paths.synthesis().paths()
    for picture in (wide(view), on_phone(view)):
        drawn = {(e.step.subject.id, e.step.object.id): e for e in picture.edges}

        assert (
            drawn["barrier-mistrust", "practice-trust-building"].width
            > drawn["barrier-hunger", "practice-guest-house"].width
        )
        assert not drawn["barrier-distance", "practice-shared-rules"].step.established
        assert drawn["practice-trust-building", "outcome-peace"].sign == "≠"


def test_no_boxes_overlap_and_all_are_within_the_picture(many_paths):
    view = many_paths.synthesis().paths()
    for picture in (wide(view), on_phone(view)):
        boxes = picture.boxes
        assert min(b.x for b in boxes) >= 0 and max(b.x + b.width for b in boxes) <= picture.width
        assert min(b.y for b in boxes) >= 0 and max(b.y + b.height for b in boxes) <= picture.height + 0.01
        assert [(a, b) for a, b in combinations(boxes, 2) if overlap(a, b)] == []


def overlap(a, b):
    aside = a.x + a.width <= b.x or b.x + b.width <= a.x
    return not aside and a.y + a.height > b.y and b.y + b.height > a.y


def test_who_asks_where_nothing_begins_is_told_where_to_go(reader):
    answer = reader.get("/paths?from=practice-trust-building", headers=HTML)

    assert answer.status_code == 200
    assert "Nothing annotated here leads from Trust building" in plain(answer.text)
    assert 'href="/paths?via=practice-trust-building"' in answer.text


def test_where_no_path_has_both_it_is_said_what_that_means(reader):
    page = reader.get("/paths?from=barrier-hunger&to=outcome-peace&via=practice-trust-building", headers=HTML).text

    assert "No path fits all of this" in page and "That says nothing of what works state" in plain(page)
    assert 'href="/paths?to=outcome-peace"' in page


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("from=barrier-distanse", 404, "did you mean 'barrier-distance'?"),
        ("page=two", 400, "page is to be a whole number, not 'two'"),
        ("page=9", 400, "no page 9: choose one from 1 to 1"),
        ("to=%00%3Cb%3E", 404, "no concept"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(reader, asked, status, said):
    answer = reader.get(f"/paths?{asked}", headers=HTML)

    assert answer.status_code == status and said in html.unescape(answer.text)


def test_twins_are_as_was_asked(reader):
    answer = reader.get("/paths?to=outcome-bread", headers=HTML)

    assert (
        "/paths.json?to=outcome-bread" in answer.headers["Link"]
        and "/paths.csv?to=outcome-bread" in answer.headers["Link"]
    )
    led = reader.get("/paths?to=outcome-bread", headers={"Accept": "text/csv"})
    assert (led.status_code, led.headers["Location"]) == (303, "/paths.csv?to=outcome-bread")


def test_labels_are_in_the_readers_language(reader):
    page = reader.get("/paths?from=barrier-power-imbalance&lang=de", headers=HTML).text

    assert "Machtgefälle → Deciding together" in page
    assert table(reader, "/paths.csv?from=barrier-power-imbalance&lang=de")[0]["start"] == "Machtgefälle"


def test_the_form_offers_trees_with_numbers_and_keeps_what_was_chosen(reader):
    page = reader.get("/paths?from=barrier-one-way-resource-flow", headers=HTML).text

    assert re.search(r'<option value="barrier-one-way-resource-flow" selected>\u2003One-way resource flow \(1\)', page)
    assert '<optgroup label="Outcome">' in page


def test_a_home_without_such_relations_says_what_a_path_needs(toy: Path):
    shutil.rmtree(toy / "corpus")
    (toy / "corpus").mkdir()
    base = KnowledgeBase(toy, encoder=StubEncoder())
    base.build()
    page = create_app(base).test_client().get("/paths", headers=HTML).text

    assert "No path is annotated here yet" in page and Markup.of(page).wrong == []
