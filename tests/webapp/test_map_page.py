"""The evidence map: the table, its CSV, its picture and its query hold the same, and nothing is overclaimed."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from map_pages import (
    BROWSER,
    BY_HAND,
    COUNTED,
    UNFOLDED,
    agree,
    in_csv,
    on_page,
    page,
    text,
)
from markup import Markup
from naughty import OURS

from kb import KnowledgeBase
from webapp import create_app
from webapp.pages import walk


@pytest.fixture
def reader(mapped):
    return create_app(mapped).test_client()


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
def test_so_they_do_in_a_home_with_a_withdrawn_work(mapped, asked):
    assert agree(mapped, asked)


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


def test_the_counts_are_those_counted_by_hand(mapped, reader):
    rows = in_csv(reader, "?rows=barrier&columns=practice")

    assert {(row["row"], row["column"]): tuple(int(row[key]) for key in COUNTED) for row in rows} == BY_HAND
    assert agree(mapped, "?rows=barrier&columns=practice").keys() == BY_HAND.keys()
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
