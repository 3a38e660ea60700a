"""The page of a concept: its parts can be reached, each line says how it is known, and its pictures hold together."""

import html
import re

import pytest

from kb.views.neighbours import Neighbour
from kb.views.timeline import Decade
from webapp import create_app, graph_layout
from webapp.bars import HEIGHT, chart
from webapp.graph_layout import PHONE, WIDE, on_phone, wide, width, wrap

HOSTILE = '<script>alert(1)</script> "quoted" & Bundesausbildungsförderungsgesetzänderung 共同体合作伙伴关系治理研究'


@pytest.fixture
def page(client):
    return client.get("/concept/barrier-power-imbalance", headers={"Accept": "text/html"}).text


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


def neighbour(number: int, direction: str, label: str = "", link: str = "") -> Neighbour:
    return Neighbour(
        f"id-{number}", label or f"Concept {number}", "A scheme", link or direction, direction, number % 4, True
    )


def crowd(**numbers: int) -> list[Neighbour]:
    labels = ("Short", "A rather long label of several words that wraps", HOSTILE)
    directions = [direction for direction, number in numbers.items() for _ in range(number)]
    return [
        neighbour(n, direction, labels[n % 3], f"link {n % 2} {direction}") for n, direction in enumerate(directions)
    ]


# The page


def test_jumps_lead_to_the_parts_that_are_there(page):
    jumps = re.search(r'<nav class="jump".*?</nav>', page, re.S)[0]
    anchors = re.findall(r'href="#([^"]+)"', jumps)

    assert anchors == ["definition", "relations", "claims", "neighbourhood", "timeline", "literature", "export"]
    assert [anchor for anchor in anchors if page.count(f'id="{anchor}"') != 1] == []
    assert "Relations 1" in text_of(jumps) and "Claims 3" in text_of(jumps)


def test_a_relation_is_one_line_with_its_evidence(page):
    relations = text_of(page[page.index('class="relations"') :])

    assert "mitigated by Deciding together 1 claim, 1 supports, disputing 1 other" in relations


def test_a_concept_shows_the_way_down_to_it_and_what_is_beside_it(client, page):
    lower = client.get("/concept/barrier-one-way-resource-flow").text

    assert re.search(r"Barrier › Power imbalance", text_of(re.search(r'<nav class="crumbs".*?</nav>', lower, re.S)[0]))
    assert "Concepts beside it SPARQL 2 concepts Distance Mistrust" in text_of(page)


def test_the_learning_path_leads_to_claims_works_and_concepts(page):
    path = re.search(r'<ol class="path">.*?</ol>', page, re.S)[0]

    assert re.findall(r'href="([^"]+)"', path) == [
        "#definition", "/source/sandhill-1998", "/source/testwell-2010#c1", "/source/reed-2001#c2",
        "/concept/practice-co-decision-making",
    ]  # fmt: skip
    assert "What practice follows mitigated by Deciding together Testwell (2010), p. 4" in text_of(path)


def test_each_bar_leads_to_a_search_and_stands_in_the_table(client, page):
    links = [html.unescape(link) for link in re.findall(r'href="(/search\?concept=[^"]*years=[^"]*)"', page)]

    assert links[-1] == "/search?concept=barrier-power-imbalance&years=2010-2019&q=Power+imbalance"
    assert {client.get(link).status_code for link in links} == {200} and len(links) == 3
    assert "As a table DecadeClaimsWorks 1990s112000s112010s11" in text_of(page)


def test_each_node_of_the_picture_is_a_link_with_a_name(page):
    nodes = re.findall(r'<a class="node [^"]*" href="([^"]+)" aria-label="([^"]+)"', page)

    assert ("/concept/practice-co-decision-making", "mitigated by Deciding together (Practice), 1 claim") in nodes
    assert ("/concept/barrier-one-way-resource-flow", "narrower One-way resource flow (Barrier)") in nodes
    assert 'role="group" aria-labelledby="graph-wide" aria-describedby="graph-lists"' in page


def test_above_what_is_copied_stands_what_may_be_written(client, page):
    copies = [html.unescape(copy) for copy in re.findall(r'hidden data-copy="([^"]+)"', page)]
    distance = client.get("/concept/barrier-distance").text

    assert "Our paraphrase, not a quotation: check p. 4 before you quote." in page
    assert "Our paraphrase of the abstract, not a quotation." in page
    assert "Our paraphrase, not a quotation: name both works." in page
    assert any(copy.endswith("(Reed, 2001). [our paraphrase of the abstract]") for copy in copies)
    assert re.search(r"rule book would shorten.*?Do not cite this: not checked\.((?!data-copy).)*?</p>", distance, re.S)
    assert not re.search(r'data-copy="A joint rule book', distance)


def test_of_many_claims_the_strongest_are_shown_and_the_rest_is_folded(toy, stub_encoder):
    from kb import KnowledgeBase

    claims = "".join(
        f'  - {{id: "#c{n}", text: Claim {n} on the road., basis: abstract, about: [barrier-distance], curator: toy, '
        "created: 2026-11-23}\n"
        for n in range(1, 31)
    )
    (toy / "corpus" / "road-2020.yaml").write_text(
        "type: book\nstate: complete\nstatus: draft\ntitle: The road\nauthors: [{family: Road}]\nissued: 2020\n"
        f"publisher: Mill Press\nsubjects: [barrier-distance]\nclaims:\n{claims}"
    )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    page = create_app(base).test_client().get("/concept/barrier-distance").text
    claims_part = page[page.index('id="claims"') : page.index('id="timeline"')]
    shown, _, folded = claims_part.partition('<details class="rest">')

    assert (shown.count('<li class="claim'), folded.count('<li class="claim')) == (10, 22)
    assert "22 more, less strong" in text_of(claims_part)


def test_a_concept_of_which_nothing_is_known_has_no_empty_parts(client):
    page = client.get("/concept/practice-shared-rules").text

    assert [part for part in ("literature", "questions") if f'id="{part}"' in page] == []


# The pictures


@pytest.mark.parametrize("draw", [wide, on_phone])
@pytest.mark.parametrize("around", [{}, {"out": 1}, {"up": 1, "down": 1}, {"up": 2, "down": 3, "beside": 1},
                                    {"in": 7, "out": 7, "up": 4, "down": 6}, {"beside": 14}, {"down": 6}])  # fmt: skip
def test_no_two_boxes_overlap_and_all_is_within_the_picture(draw, around):
    picture = draw("The concept in the middle", crowd(**around))
    boxes = picture.boxes
    overlapping = [
        (a.lines[0].text, b.lines[0].text) for n, a in enumerate(boxes) for b in boxes[:n]
        if a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height
    ]  # fmt: skip
    on_captions = [
        (caption.text, box.lines[0].text) for caption in picture.captions for box in boxes
        if box.x <= caption.x < box.x + box.width and box.y < caption.y < box.y + box.height
    ]  # fmt: skip

    assert overlapping == on_captions == []
    assert len(boxes) == sum(around.values()) + 1 and len(picture.edges) == sum(around.values())
    assert all(box.x >= 0 and box.y >= 0 and box.x + box.width <= picture.width for box in boxes)
    assert all(box.y + box.height <= picture.height for box in boxes)


def test_what_comes_in_stands_left_and_what_goes_out_right():
    drawn = wide("Middle", crowd(**{"in": 1, "out": 1, "up": 1, "down": 1}))
    boxes = {box.neighbour.direction: box for box in drawn.boxes if box.neighbour}

    assert boxes["in"].x < WIDE.middle < boxes["out"].x
    assert boxes["up"].y < boxes["in"].y < boxes["down"].y


@pytest.mark.parametrize("frame", [WIDE, PHONE])
def test_a_label_is_broken_into_lines_that_fit_and_loses_nothing(frame):
    room = frame.box - 2 * graph_layout.PADDING
    lines = wrap(HOSTILE, room)

    assert max(map(width, lines)) <= room
    assert re.sub(r"\W", "", "".join(lines)) == re.sub(r"\W", "", HOSTILE)


def test_a_very_long_word_is_broken_in_no_time():
    lines = wrap("x" * 50_000, 100)

    assert "".join(lines).replace("-", "") == "x" * 50_000 and max(map(width, lines)) <= 100


def test_bars_are_as_high_as_their_numbers_and_decades_between_are_kept():
    undated = Decade("undated", None, None, 1, 1)
    made = chart([Decade("1980s", 1980, 1989, 8, 2), Decade("2000s", 2000, 2009, 4, 0), undated])

    assert [slot.decade.label for slot in made.slots] == ["1980s", "1990s", "2000s", "undated"]
    assert [slot.claims.height for slot in made.slots] == [HEIGHT, 0, HEIGHT / 2, 13.8]


def test_a_far_decade_does_not_stretch_the_chart():
    made = chart([Decade("1510s", 1510, 1519, 1, 1), Decade("2000s", 2000, 2009, 4, 0)])

    assert [slot.decade.label for slot in made.slots] == ["1510s", "2000s"]
    assert chart([]).slots == ()


@pytest.mark.real
def test_every_concept_has_a_page_whose_own_links_lead_to_a_part_of_it(real_base):
    client, wrong = create_app(real_base).test_client(), {}
    for id in real_base.ontology().concepts:
        page = client.get(f"/concept/{id}", headers={"Accept": "text/html"}).text
        lost = {anchor for anchor in re.findall(r'href="#([^"]+)"', page) if f'id="{anchor}"' not in page}
        if lost or re.search(r"\bNone\b(?! of)", text_of(page)) or 'style="' in page:
            wrong[id] = lost

    assert wrong == {}
