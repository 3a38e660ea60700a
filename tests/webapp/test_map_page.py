"""The evidence map: the table, its CSV, its picture and its query hold the same, and nothing is overclaimed."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from markup import Markup
from naughty import OURS

from kb import KnowledgeBase
from webapp import create_app
from webapp.cell_marks import mark, parts, sizes
from webapp.pages import walk

BROWSER = {"Accept": "text/html"}
RESULTS = "application/sparql-results+json"
COUNTED = ("claims", "own", "read", "disputed", "qualified", "supported", "alone", "relations")
UNFOLDED = "unfold=rows&unfold=columns"
SVG = "{http://www.w3.org/2000/svg}"

# Made up, beside the toy home: one claim that supports, one that is only inferred, and a work that was withdrawn.
PENROSE = """\
type: article
state: complete
status: reviewed
title: The day after market day
authors:
  - {family: Penrose, given: Lou}
issued: 2015
subjects: [practice-regular-meetings, barrier-mistrust]
claims:
  - id: "#c1"
    text: Who meets on fixed days suspects the other side less.
    locator: p. 2
    basis: text
    about: [barrier-mistrust, practice-regular-meetings]
    supports: ["reed-2001#c1"]
    curator: toy
    created: 2026-11-23
  - id: "#c2"
    text: What flows one way would be seen sooner by those who meet.
    basis: inferred
    about: [barrier-one-way-resource-flow]
    curator: toy
    created: 2026-11-23
"""
WITHDRAWN = """\
type: article
state: complete
status: retracted
title: Rules that make friends
authors:
  - {family: Falsum, given: A.}
issued: 2016
subjects: [barrier-mistrust, practice-shared-rules]
claims:
  - id: "#c1"
    text: Shared rules end all mistrust.
    basis: text
    locator: p. 1
    about: [barrier-mistrust, practice-shared-rules]
    curator: toy
    created: 2026-11-23
"""
# Barrier × Practice by hand: claims, own, read, disputed, qualified, supported, alone, relations.
BY_HAND = {
    ("barrier-power-imbalance", "practice-shared-rules"): (2, 2, 2, 2, 0, 0, 0, 1),  # reed c2, testwell c1
    ("barrier-power-imbalance", "practice-co-decision-making"): (1, 1, 1, 1, 0, 0, 0, 1),  # testwell c1
    ("barrier-power-imbalance", "practice-trust-building"): (1, 0, 1, 1, 0, 0, 0, 0),  # reed c2: a subject of its work
    ("barrier-power-imbalance", "practice-regular-meetings"): (
        1,
        0,
        0,
        0,
        0,
        0,
        1,
        0,
    ),  # penrose c2, of the narrower one
    ("barrier-one-way-resource-flow", "practice-shared-rules"): (1, 1, 1, 1, 0, 0, 0, 0),  # testwell c1
    ("barrier-one-way-resource-flow", "practice-co-decision-making"): (1, 1, 1, 1, 0, 0, 0, 0),
    ("barrier-one-way-resource-flow", "practice-regular-meetings"): (1, 0, 0, 0, 0, 0, 1, 0),  # penrose c2
    ("barrier-distance", "practice-regular-meetings"): (2, 1, 1, 0, 0, 0, 2, 1),  # marlow c1, c3 (recalled)
    ("barrier-distance", "practice-shared-rules"): (1, 1, 0, 0, 0, 0, 1, 1),  # marlow c3
    ("barrier-mistrust", "practice-trust-building"): (1, 1, 1, 0, 1, 0, 0, 1),  # reed c1, qualified before supported
    ("barrier-mistrust", "practice-regular-meetings"): (1, 1, 1, 0, 0, 1, 0, 0),  # penrose c1
}


@pytest.fixture(scope="module")
def made_up(stub_encoder, tmp_path_factory) -> Iterator[KnowledgeBase]:
    """The toy home with two works more, of which the counts are known by hand."""
    from conftest import lay_toy

    home = lay_toy(tmp_path_factory.mktemp("map"))
    (home / "corpus" / "penrose-2015.yaml").write_text(PENROSE, encoding="utf-8")
    (home / "corpus" / "falsum-2016.yaml").write_text(WITHDRAWN, encoding="utf-8")
    base = KnowledgeBase(home, encoder=stub_encoder)
    base.build()
    yield base
    base.close()


@pytest.fixture
def reader(made_up):
    return create_app(made_up).test_client()


def page(client, address: str) -> str:
    answer = client.get(address, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    assert Markup.of(answer.text).wrong == []
    return answer.text


def text(page: str) -> str:
    """What is read on a page, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def on_page(shown: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """The cells of the table: what is seen (number, signs), which has to be what is heard."""
    found = {}
    for address, inside in re.findall(r'<a class="cell" href="([^"]+)">(.*?)</a>', shown, re.S):
        asked = parse_qs(urlsplit(html.unescape(address)).query)
        (number,), (signs,) = (
            re.findall(r"claims-of-cell\">(.*?)</span>", inside),
            re.findall(r"<small.*?</small>", inside),
        )
        own, claims = parted(re.sub(r"<[^>]+>", "", number))
        assert ("<b>" in number) == (own > 0) == (shape(inside) in ("full", "both") or (own > 0 and "hollow" in inside))
        seen = re.sub(r"<[^>]+>", "", signs)
        counts = {sign: int(found) for found, sign in re.findall(r"(\d+) ([≠±+])", seen)}
        relations = re.search(r"→ (\d+)", seen)
        stances = [counts.get(sign, 0) for sign in "≠±+"]
        related = int(relations[1]) if relations else 0
        assert heard(name(inside)) == (claims, own, *stances, related)
        hollow = claims > 0 and "hollow" in inside
        assert hollow or shape(inside) == {(True, True): "both", (True, False): "full", (False, True): "pale"}.get(
            (own > 0, own < claims), ""
        )
        found[asked["row"][0], asked["column"][0]] = (claims, own, *stances, related, hollow)
    return found


def parted(number: str) -> tuple[int, int]:
    """How many claims of how many are themselves about the column: "1 of 4"."""
    own, _, claims = number.replace(",", "").partition(" of ")
    return int(own), int(claims or 0)


def shape(inside: str) -> str:
    """Whether the mark in a cell is full, pale, or both."""
    circle = re.sub(r'<g class="pale">.*?</g><circle class="rim"[^>]*>', "", inside)
    full, pale = re.search(r'class="(agree|alone|against|partly)"/>', circle), "rim" in inside
    return "both" if full and pale else "full" if full else "pale" if pale else ""


def name(inside: str) -> str:
    """What one hears of a link with that in it."""
    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<(svg|small) .*?</\1>", "", inside)))


def heard(name: str) -> tuple[int, ...]:
    """The numbers in the accessible name of a cell."""
    said = name.rpartition(": ")[2]
    own, claims = parted(said.partition(" claim")[0]) if " claim" in said else (0, 0)
    numbers = {word: int(number.replace(",", "")) for number, word in re.findall(r"([\d,]+) (\w+?)s?(?:,|$)", said)}
    return (claims, own, *(numbers.get(word, 0) for word in ("disputed", "qualified", "supported", "relation")))


def as_shown(row: dict[str, str] | dict[str, int]) -> tuple[int, ...]:
    """A row as the table of the page shows it."""
    number = {key: int(row[key]) for key in COUNTED}
    hollow = number["claims"] > 0 and number["read"] == 0
    return (*(number[key] for key in ("claims", "own", "disputed", "qualified", "supported", "relations")), hollow)


def in_csv(client, asked: str) -> list[dict[str, str]]:
    answer = client.get(f"/map.csv{asked}")
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def by_query(client, base, shown: str) -> dict[tuple[str, str], dict[str, int]]:
    """The rows that the query beside the heading gives, over HTTP."""
    link = html.unescape(re.search(r'<h1>.*?class="as-query" href="([^"]+)"', shown, re.S)[1])
    answer = client.get(link, headers={"Accept": RESULTS})
    assert answer.status_code == 200, answer.text
    rows, names = answer.json["results"]["bindings"], base.generation.names
    return {
        (names.id(row["row"]["value"]), names.id(row["column"]["value"])): {k: int(row[k]["value"]) for k in COUNTED}
        for row in rows
    }


def agree(base, asked: str) -> dict[tuple[str, str], tuple[int, ...]]:
    """What page, CSV, JSON and query of the map *asked* for hold, all unfolded, once they were found to be the same."""
    client = create_app(base).test_client()
    shown = page(client, f"/map{asked}&{UNFOLDED}")
    table, rows = on_page(shown), in_csv(client, asked)
    exact = {(row["row"], row["column"]): {key: int(row[key]) for key in COUNTED} for row in rows}
    cells = client.get(f"/map.json{asked}").json["cells"]

    assert len(exact) == len(rows)
    assert exact == by_query(client, base, shown)
    assert exact == {(cell["row"], cell["column"]): {key: cell[key] for key in COUNTED} for cell in cells}
    assert table == {pair: as_shown(row) for pair, row in exact.items()}
    return table


ASKED = [
    "?rows=barrier&columns=practice",
    "?rows=practice&columns=barrier",
    "?rows=barrier&columns=practice&years=2005-",
    "?rows=barrier&columns=practice&basis=text&basis=abstract",
    "?rows=barrier&columns=practice&stance=disputes",
    "?rows=barrier&columns=practice&state=complete&years=-2012",
    "?rows=practice&columns=practice",
]


@pytest.mark.parametrize("asked", ASKED)
def test_page_csv_json_and_query_hold_the_same_rows(base, asked):
    assert agree(base, asked)


@pytest.mark.parametrize("asked", ASKED)
def test_so_they_do_in_a_home_with_a_withdrawn_work(made_up, asked):
    assert agree(made_up, asked)


@pytest.mark.real
@pytest.mark.parametrize(
    "asked",
    [
        "?rows=modality&columns=field",
        "?rows=barrier&columns=field",
        "?rows=practice&columns=barrier",
        "?rows=outcome&columns=practice&years=2000-2015&stance=qualifies&stance=supports",
        "?rows=barrier&columns=place&basis=recalled&basis=inferred&state=complete",
    ],
)
def test_so_they_do_over_the_real_corpus(real_base, asked):
    assert agree(real_base, asked)


def test_the_counts_are_those_counted_by_hand(made_up, reader):
    rows = in_csv(reader, "?rows=barrier&columns=practice")

    assert {(row["row"], row["column"]): tuple(int(row[key]) for key in COUNTED) for row in rows} == BY_HAND
    assert agree(made_up, "?rows=barrier&columns=practice").keys() == BY_HAND.keys()
    assert rows[0]["row label"] and rows[0]["column label"]


def test_a_row_is_shown_with_what_is_narrower_rolled_up_and_unfolds(reader):
    folded, address = page(reader, "/map?rows=barrier&columns=practice"), r'id="rows-barrier-power-imbalance"'
    link = html.unescape(re.search(rf'<a class="unfold" href="([^"]+)"[^>]*aria-expanded="false" {address}', folded)[1])
    unfolded = page(reader, link)
    back = re.search(rf'<a class="unfold" href="([^"]+)"[^>]*aria-expanded="true" {address}', unfolded)[1]

    narrower = {pair for pair in BY_HAND if pair[0] == "barrier-one-way-resource-flow"}
    top = {pair for pair in BY_HAND if pair[1] != "practice-co-decision-making"} - narrower
    assert on_page(folded).keys() == top
    assert on_page(unfolded).keys() == top | {p for p in narrower if p[1] != "practice-co-decision-making"}
    assert on_page(page(reader, html.unescape(back))).keys() == top


def test_of_all_unfolded_rows_one_is_folded_again(reader):
    shown = page(reader, f"/map?rows=barrier&columns=practice&{UNFOLDED}")
    link = re.search(r'<a class="unfold" href="([^"]+)"[^>]*id="rows-barrier-power-imbalance"', shown)[1]
    rows = {row for row, _ in on_page(page(reader, html.unescape(link)))}

    assert "unfold=-barrier-power-imbalance" in link
    assert "barrier-one-way-resource-flow" not in rows and "barrier-power-imbalance" in rows


def test_an_empty_cell_tells_what_that_means_and_never_that_there_is_no_evidence(reader):
    shown = page(reader, "/map?rows=barrier&columns=practice")
    none = [html.unescape(title) for title in re.findall(r'<a class="none" [^>]*title="([^"]+)"', shown)]

    assert "Distance × Trust building: nothing annotated here (2 sources on this)" in none
    assert "No claim here is about the row and, itself or by its work, about the column." in text(shown)
    assert "Annotated means noted down by the curators of this collection." in text(shown)
    assert "a sample of the literature, 7 works" in text(shown)
    assert "not say that there is no evidence" in text(shown)
    assert text(shown).lower().count("no evidence") == 1


@pytest.mark.real
def test_a_field_is_called_a_field(real_base):
    shown = page(create_app(real_base).test_client(), "/map?rows=barrier&columns=field")

    assert re.search(r"nothing annotated here \(\d+ sources in this field\)", shown)


def test_what_has_no_entry_is_folded_away_and_named(reader):
    shown = page(reader, "/map?rows=barrier&columns=practice&stance=supports")
    away = re.findall(r'<details class="away">.*?</details>', shown, re.S)

    assert {row for row, _ in on_page(shown)} == {"barrier-power-imbalance", "barrier-mistrust"}
    assert 'href="/concept/barrier-distance"' in away[0]
    assert "Barrier: 1 more has nothing annotated here within what is chosen" in text(away[0])
    assert "barrier-distance" not in "".join(re.findall(r'<table class="map.*?</table>', shown, re.S))


def test_a_filter_that_is_on_has_a_chip_and_goes_with_every_link(reader):
    shown = page(reader, "/map?rows=barrier&columns=practice&stance=disputes&years=2000-")

    assert "No longer stance: dispute or are disputed" in shown and "No longer years: 2000-" in shown
    cells = re.findall(r'<a class="(?:cell|none)" href="([^"]+)"', shown)
    assert cells and all("years=2000-" in link and "stance=disputes" in link for link in cells)
    assert 'value="disputes" checked' in shown
    for twin in ("/map.csv", "/map.svg", "/map.json"):
        assert f"{twin}?rows=barrier&amp;columns=practice&amp;stance=disputes&amp;years=2000-" in shown


def test_a_year_that_is_not_known_is_told(toy, stub_encoder):
    source = toy / "corpus" / "reed-2001.yaml"
    source.write_text(
        source.read_text(encoding="utf-8")
        .replace("issued: 2001\n", "")
        .replace("state: complete", "state: incomplete"),
        encoding="utf-8",
    )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    told = text(page(create_app(base).test_client(), "/map?rows=barrier&columns=practice&years=1990-"))
    base.close()

    assert "2 claims from works whose year is not known are left out by the choice of years" in told


def test_without_parameters_there_is_a_map_and_others_to_choose(reader):
    shown = page(reader, "/map")

    assert on_page(shown)
    assert "Other maps" in shown and re.search(r'<span aria-current="true">[^<]+ × [^<]+</span>', shown)


def test_rows_and_columns_are_swapped(reader):
    shown = page(reader, "/map?rows=barrier&columns=practice&unfold=rows&stance=disputes")
    swap = html.unescape(re.search(r'href="([^"]+)"[^>]*>swap rows and columns', shown)[1])

    asked = parse_qs(urlsplit(swap).query)
    assert (asked["rows"], asked["columns"], asked["unfold"]) == (["practice"], ["barrier"], ["columns"])
    assert asked["stance"] == ["disputes"]


def test_a_line_lists_what_has_claims_and_what_has_nothing(reader):
    shown = page(reader, "/map?rows=barrier&columns=practice&line=practice-trust-building")
    with_claims, nothing = shown.partition('id="nothing"')[0], shown.partition('id="nothing"')[2]

    told = text(shown)
    assert (
        "Of 4 concepts of “Barrier”, 1 has claims that themselves are about Trust building, 1 more only claims of "
        "works that are about it; for 2 nothing is annotated here."
    ) in told
    weak = re.findall(r'<tr class="[^"]*weak">.*?row=([\w-]+)', shown, re.S)
    assert weak == ["barrier-power-imbalance"]
    assert "row=barrier-power-imbalance&amp;column=practice-trust-building" in with_claims
    listed = re.findall(r"row=([\w-]+)&amp;column=practice-trust-building", nothing)
    assert listed == ["barrier-distance", "barrier-one-way-resource-flow"]
    assert "Nothing annotated here (2 sources on this)" in told
    assert "a sample of the literature" in told and "does not say that there is no evidence" in told


def test_a_row_is_a_line_too_and_its_twins_hold_that_line_alone(reader):
    asked = "?rows=barrier&columns=practice&line=barrier-distance"
    nothing = page(reader, f"/map{asked}").partition('id="nothing"')[2]

    assert re.findall(r"column=([\w-]+)", nothing) == ["practice-co-decision-making", "practice-trust-building"]
    assert text(nothing).count("on this") == 2
    assert "No claim here is about Distance and, itself or by its work, about one of the concepts below." in text(
        nothing
    )
    pairs = {(row["row"], row["column"]) for row in in_csv(reader, asked)}
    assert pairs == {pair for pair in BY_HAND if pair[0] == "barrier-distance"}
    assert {(cell["row"], cell["column"]) for cell in reader.get(f"/map.json{asked}").json["cells"]} == pairs


@pytest.mark.real
def test_a_line_of_the_real_map_names_each_concept_once(real_base):
    client = create_app(real_base).test_client()
    asked = "?rows=barrier&columns=field&line=field-education"
    before, _, after = page(client, f"/map{asked}").partition('id="nothing"')
    rows = real_base.synthesis().map("barrier", "field").rows.lines
    named = {line.id for line in walk(rows) if not line.groups}

    held = set(re.findall(r'scope="row"><a href="[^"]*row=([\w-]+)', before))
    empty = re.findall(r"<li><a href=\"[^\"]*row=([\w-]+)", after)
    assert len(empty) == len(set(empty))
    assert set(empty) == named - held
    assert held >= {row["row"] for row in in_csv(client, asked)}


def test_a_cell_shows_its_claims_by_stance_and_the_way_back(reader):
    shown = page(reader, "/map/cell?row=barrier-power-imbalance&column=practice-shared-rules&years=2000-")
    back = re.findall(r'<a href="(/map\?[^"]+)"', shown)[0]

    assert re.findall(r"<h3>([^<]+) <span", shown) == ["In dispute"]
    assert len(re.findall(r'<li class="claim', shown.partition('id="claims"')[2])) == 2
    assert 'id="by-work"' not in shown
    assert "mitigated by" in text(shown) and "Deciding together" in text(shown)
    assert parse_qs(urlsplit(html.unescape(back)).query) == {
        "rows": ["barrier"], "columns": ["practice"], "years": ["2000-"]
    }  # fmt: skip


def test_claims_that_only_their_work_is_about_stand_apart(reader):
    shown = page(reader, "/map/cell?row=barrier-distance&column=practice-regular-meetings")
    own, by_work = shown.partition('id="claims"')[2].split('id="by-work"')

    assert "2 claims, 1 of them itself about both, 1 only by its work" in text(shown)
    assert text(own).startswith(">Claims that are themselves about both 1") and "makes up for the walk" in own
    assert "Claims about Distance, of works that are about Regular meetings 1" in text(by_work)
    assert "the claim itself may be about something else" in by_work and "joint rule book" in by_work


def test_a_cell_without_a_claim_that_is_itself_about_both_says_so(reader):
    shown = page(reader, "/map/cell?row=barrier-power-imbalance&column=practice-trust-building")

    assert "1 claim, none of them itself about both, 1 only by its work" in text(shown)
    assert 'id="claims"' not in shown and "No claim here is itself about both." in text(shown)


def test_the_table_of_a_cell_has_the_claims_of_the_page(reader):
    asked = "?row=barrier-distance&column=practice-regular-meetings"
    rows = list(csv.DictReader(io.StringIO(reader.get(f"/map/cell.csv{asked}").text)))
    claims = reader.get(f"/map/cell.json{asked}").json["claims"]

    assert [row["claim"] for row in rows] == [claim["id"] for claim in claims]
    assert [row["column carried by"] for row in rows] == ["claim", "work"]
    assert {row["basis"] for row in rows} == {"text", "recalled"}
    assert {row["stance"] for row in rows} == {"Not set against another claim"}


def test_an_empty_cell_names_the_works_on_both_and_ways_on(toy, stub_encoder):
    source = toy / "corpus" / "tarn-1987.yaml"
    old = source.read_text(encoding="utf-8")
    source.write_text(
        old.replace("[barrier-distance]", "[barrier-distance, practice-trust-building]"), encoding="utf-8"
    )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    shown = page(create_app(base).test_client(), "/map/cell?row=barrier-distance&column=practice-trust-building")
    base.close()

    told = text(shown)
    assert "Nothing annotated here (3 sources on this)" in told
    assert "1 work here has both as subjects; no claim of it about Distance is recorded" in told
    assert "/source/tarn-1987" in shown
    assert "No claim here is about Distance and, itself or by its work, about Trust building." in told
    assert re.findall(r'href="/search\?([^"]+)"', shown) == ["q=Distance+Trust+building"]  # nothing narrows it
    lines = [parse_qs(urlsplit(html.unescape(each)).query) for each in re.findall(r'href="(/map\?[^"]+)"', shown)]
    assert {each["line"][0] for each in lines if "line" in each} == {"barrier-distance", "practice-trust-building"}
    near = shown.partition("Nearest cells with claims")[2].partition("</section>")[0]
    assert re.findall(r"row=([\w-]+)&amp;column=([\w-]+)", near) == [
        ("barrier-distance", "practice-regular-meetings"),
        ("barrier-distance", "practice-shared-rules"),
    ]
    assert "1 of 2 claims itself about both" in text(near)


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("/map?rows=bariers", 404, "no scheme 'bariers' (did you mean 'barrier'?)"),
        ("/map?columns=x", 404, "no scheme 'x'"),
        ("/map?years=never", 400, "no range of years"),
        ("/map?basis=hearsay", 400, "no basis 'hearsay': choose one of"),
        ("/map?stance=denies", 400, "no stance 'denies': choose one of"),
        ("/map?state=lost", 400, "no state 'lost': choose one of"),
        ("/map?rows=barrier&columns=practice&line=barrier-distanc", 404, "did you mean 'barrier-distance'?"),
        ("/map/cell", 400, "needs two concepts"),
        ("/map/cell?row=barrier-distance", 400, "needs two concepts"),
        ("/map/cell?row=barrier-distanc&column=practice-shared-rules", 404, "did you mean 'barrier-distance'?"),
        ("/map/cell?row=barrier-distance&column=practice-shared-rules&page=x", 400, "a whole number"),
        ("/map.csv?rows=bariers", 404, "did you mean 'barrier'?"),
        ("/map.svg?years=never", 400, "no range of years"),
        ("/map.svg?rows=barrier&columns=practice&line=nobody", 404, "no line 'nobody'"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(reader, asked, status, said):
    answer = reader.get(asked, headers=BROWSER)

    assert answer.status_code == status
    assert said in html.unescape(answer.text)


def test_what_is_unfolded_and_is_not_there_is_passed_over(reader):
    assert on_page(page(reader, "/map?rows=barrier&columns=practice&unfold=nothing&unfold=-rows&unfold=practice"))


@pytest.mark.parametrize("field", ["rows", "columns", "years", "basis", "stance", "state", "unfold", "line"])
def test_a_naughty_text_is_text(reader, field):
    for text_ in OURS:
        for twin in ("", ".csv", ".svg", ".json"):
            answer = reader.get(f"/map{twin}?{urlencode({field: text_})}", headers=BROWSER)

            assert answer.status_code < 500
            if answer.mimetype == "text/html":
                assert Markup.of(answer.text).wrong == []


def picture(client, asked: str) -> ElementTree.Element:
    answer = client.get(f"/map.svg{asked}")
    assert answer.status_code == 200 and answer.mimetype == "image/svg+xml"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return ElementTree.fromstring(answer.data)


@pytest.mark.parametrize("asked", ["?rows=barrier&columns=practice", f"?rows=barrier&columns=practice&{UNFOLDED}"])
def test_the_picture_has_each_mark_of_the_page_and_stands_alone(reader, made_up, asked):
    drawn, shown = picture(reader, asked), page(reader, f"/map{asked}")
    titles = [each.text for each in drawn.iter(f"{SVG}title")]
    names = [name(inside) for inside in re.findall(r'<a class="cell"[^>]*>(.*?)</a>', shown)]

    assert sorted(title for title in titles if re.search(r": \d", title)) == sorted(names)
    dots = [title for title in titles if title.endswith("nothing annotated here")]
    assert len(dots) == shown.count('class="none"')
    words = " ".join("".join(each.itertext()) for each in drawn.iter(f"{SVG}text"))
    assert made_up.generation.version in words and "not set against another claim" in words
    assert "Evidence map: Barrier × Practice" in words and "does not say that there is no evidence" in words
    tags = {each.tag.removeprefix(SVG) for each in drawn.iter()}
    assert tags <= {"svg", "title", "rect", "g", "path", "text", "tspan", "circle"}
    assert not any(
        name in ("style", "class", "href") or name.startswith("on") for e in drawn.iter() for name in e.attrib
    )


def test_the_picture_of_a_line_has_that_line_alone(reader):
    titles = [
        each.text
        for each in picture(reader, "?rows=barrier&columns=practice&line=barrier-distance").iter(f"{SVG}title")
    ]

    assert titles[1:] == [
        "Distance × Shared rules: 1 of 1 claim itself about both, none of them read, 1 relation",
        "Distance × Regular meetings: 1 of 2 claims itself about both, 1 relation",
    ] or titles[1:] == [
        "Distance × Regular meetings: 1 of 2 claims itself about both, 1 relation",
        "Distance × Shared rules: 1 of 1 claim itself about both, none of them read, 1 relation",
    ]  # fmt: skip


def test_a_label_that_no_xml_may_hold_does_not_break_the_picture(toy, stub_encoder):
    ontology = toy / "ontology" / "toy.ttl"
    ontology.write_text(
        ontology.read_text(encoding="utf-8").replace('"Distance"@en', r'"Dis\u0007tance </text><script>&"@en'),
        encoding="utf-8",
    )
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    client = create_app(base).test_client()
    words = "".join(picture(client, "?rows=barrier&columns=practice").itertext())
    page(client, f"/map?rows=barrier&columns=practice&{UNFOLDED}")
    base.close()

    assert "Dis tance </text><script>&" in " ".join(words.split())


class Counted:
    """A cell in numbers."""

    def __init__(
        self, claims: int, read: int, disputed: int = 0, qualified: int = 0, supported: int = 0, by_work: int = 0
    ) -> None:
        self.claims, self.own, self.read, self.relations = claims, claims - by_work, read, 0
        self.disputed, self.qualified, self.supported = disputed, qualified, supported
        self.alone = claims - disputed - qualified - supported


def test_the_area_of_a_mark_goes_with_the_number_of_claims():
    small, large = mark(Counted(10, 10), 40), mark(Counted(40, 40), 40)

    assert large.radius / small.radius == pytest.approx(2, abs=0.02)
    assert [number for number, _ in sizes(40)] == [1, 14, 40]


def test_a_mark_is_parted_by_stance_and_hollow_where_nothing_was_read():
    parted, whole = mark(Counted(4, 1, disputed=1, supported=2), 4), mark(Counted(3, 2), 4)

    assert [slice.kind for slice in parted.full] == ["disputed", "supported", "alone"] and not parted.pale
    assert [(slice.kind, slice.path) for slice in whole.full] == [("alone", "")]
    assert mark(Counted(2, 0, qualified=1), 4).hollow and not mark(Counted(2, 0), 4).full


def test_what_only_the_work_is_about_is_pale():
    some, none = mark(Counted(4, 4, by_work=3), 4), mark(Counted(4, 4, by_work=4), 4)

    assert some.pale and some.full and some.inner == pytest.approx(some.radius / 2, abs=0.1)
    assert none.pale and not none.full and none.radius == some.radius
    assert [(part.kind, part.width) for part in parts(Counted(4, 4, by_work=1), 8, 160)] == [("own", 60), ("rest", 20)]
    assert [part.kind for part in parts(Counted(2, 2, by_work=2), 8, 160)] == ["rest"]


def test_too_many_rows_are_left_out_and_that_is_told(toy, stub_encoder):
    many = "\n".join(
        f"concept:barrier-n{n} a skos:Concept ; skos:topConceptOf scheme:barrier ; skos:inScheme scheme:barrier ; "
        f'skos:prefLabel "N {n}"@en ; skos:definition "Number {n}."@en .'
        for n in range(230)
    )
    ontology = toy / "ontology" / "toy.ttl"
    ontology.write_text(f"{ontology.read_text(encoding='utf-8')}\n{many}\n", encoding="utf-8")
    listed = ", ".join(f"barrier-n{n}" for n in range(230))
    source = Path(toy / "corpus" / "marlow-quist-2012.yaml")
    source.write_text(
        source.read_text(encoding="utf-8").replace("about: [barrier-distance, practice-regular", f"about: [{listed}, "
        "barrier-distance, practice-regular"), encoding="utf-8",
    )  # fmt: skip
    base = KnowledgeBase(toy, encoder=stub_encoder)
    base.build()
    client = create_app(base).test_client()
    shown = page(client, "/map?rows=barrier&columns=practice")
    rows = {row["row"] for row in in_csv(client, "?rows=barrier&columns=practice")}
    base.close()

    assert len(rows) == 234
    assert "33 more rows with entries are left out here" in text(shown)
    assert len(re.findall(r'<th scope="row">', shown)) == 200


def test_years_that_cannot_be_are_told_and_the_map_stays(client):
    answer = client.get("/map?rows=barrier&columns=practice&basis=text&years=banana", headers=BROWSER)

    assert answer.status_code == 400 and "banana" in answer.text
    assert 'class="map ' in answer.text and client.get("/map.json?years=banana").status_code == 400
