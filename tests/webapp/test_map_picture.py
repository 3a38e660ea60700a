"""The evidence map as a picture that stands alone."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from map_pages import (
    SVG,
    UNFOLDED,
    name,
    page,
)

from kb import KnowledgeBase
from webapp import create_app


@pytest.fixture
def reader(mapped):
    return create_app(mapped).test_client()


def picture(client, asked: str) -> ElementTree.Element:
    answer = client.get(f"/map.svg{asked}")
    assert answer.status_code == 200 and answer.mimetype == "image/svg+xml"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return ElementTree.fromstring(answer.data)


@pytest.mark.parametrize("asked", ["?rows=barrier&columns=practice", f"?rows=barrier&columns=practice&{UNFOLDED}"])
def test_the_picture_has_each_mark_of_the_page_and_stands_alone(reader, mapped, asked):
    drawn, shown = picture(reader, asked), page(reader, f"/map{asked}")
    titles = [each.text for each in drawn.iter(f"{SVG}title")]
    names = [name(inside) for inside in re.findall(r'<a class="cell"[^>]*>(.*?)</a>', shown)]

    assert sorted(title for title in titles if re.search(r": \d", title)) == sorted(names)
    dots = [title for title in titles if title.endswith("nothing annotated here")]
    assert len(dots) == shown.count('class="none"')
    words = " ".join("".join(each.itertext()) for each in drawn.iter(f"{SVG}text"))
    assert mapped.generation.version in words and "not set against another claim" in words
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
