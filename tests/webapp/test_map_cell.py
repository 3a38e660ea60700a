"""One cell of an evidence map: what is in it, and what an empty one means."""

from __future__ import annotations

import csv
import html
import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from map_pages import (
    page,
    text,
)

from kb import KnowledgeBase
from webapp import create_app


@pytest.fixture
def reader(mapped):
    return create_app(mapped).test_client()


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
