"""A made-up map whose counts are known by hand, and how its pages, tables and queries are read by tests."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from conftest import lay_toy
from markup import Markup

from kb import KnowledgeBase
from webapp import create_app

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


def lay_map(home: Path, encoder) -> KnowledgeBase:
    """The toy home with two works more, of which the counts are known by hand, built in *home*."""
    lay_toy(home)
    (home / "corpus" / "penrose-2015.yaml").write_text(PENROSE, encoding="utf-8")
    (home / "corpus" / "falsum-2016.yaml").write_text(WITHDRAWN, encoding="utf-8")
    base = KnowledgeBase(home, encoder=encoder)
    base.build()
    return base


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
