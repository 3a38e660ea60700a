"""A made-up home with paths that can be counted by hand: the toy one, with ends to come to and five more works."""

from __future__ import annotations

from pathlib import Path

from conftest import lay_toy

ENDS = """
scheme:outcome a skos:ConceptScheme ; skos:prefLabel "Outcome"@en .
concept:outcome-peace a skos:Concept ; skos:topConceptOf scheme:outcome ; skos:inScheme scheme:outcome ;
    skos:prefLabel "Peace"@en .
concept:outcome-bread a skos:Concept ; skos:inScheme scheme:outcome ; skos:prefLabel "Bread for all"@en ;
    skos:broader concept:outcome-peace .
concept:barrier-hunger a skos:Concept ; skos:topConceptOf scheme:barrier ; skos:inScheme scheme:barrier ;
    skos:prefLabel "Hunger"@en .
concept:practice-guest-house a skos:Concept ; skos:topConceptOf scheme:practice ; skos:inScheme scheme:practice ;
    skos:prefLabel "Guest house"@en .
concept:practice-singing a skos:Concept ; skos:topConceptOf scheme:practice ; skos:inScheme scheme:practice ;
    skos:prefLabel "Singing"@en .
"""
WORKS = {
    "mill-2015": """
type: article
issued: 2015
claims:
  - id: "#c1"
    text: Where promises are kept there is peace.
    basis: text
    about: [practice-trust-building]
    asserts: [{subject: practice-trust-building, fosters: outcome-peace}]
  - id: "#c2"
    text: Kept promises end mistrust.
    basis: text
    about: [barrier-mistrust]
    asserts: [{subject: barrier-mistrust, mitigatedBy: practice-trust-building}]
  - id: "#c3"
    text: Who decides together gives back.
    basis: abstract
    about: [barrier-one-way-resource-flow]
    asserts: [{subject: barrier-one-way-resource-flow, mitigatedBy: practice-co-decision-making}]
""",
    "baker-2018": """
type: book
issued: 2018
claims:
  - id: "#c1"
    text: Promises bring bread.
    basis: abstract
    about: [practice-trust-building]
    asserts: [{subject: practice-trust-building, fosters: outcome-bread}]
  - id: "#c2"
    text: Promises bring no peace.
    basis: text
    about: [practice-trust-building]
    disputes: ["mill-2015#c1"]
  - id: "#c3"
    text: Deciding together brings bread.
    basis: recalled
    about: [practice-co-decision-making]
    asserts: [{subject: practice-co-decision-making, fosters: outcome-bread}]
""",
    "alone-2020": """
type: article
issued: 2020
claims:
  - id: "#c1"
    text: Rules bring peace.
    basis: text
    about: [practice-shared-rules]
    asserts: [{subject: practice-shared-rules, fosters: outcome-peace}]
  - id: "#c2"
    text: A guest house brings bread, and ends hunger.
    basis: text
    about: [practice-guest-house]
    asserts:
      - {subject: practice-guest-house, fosters: outcome-bread}
      - {subject: barrier-hunger, mitigatedBy: practice-guest-house}
  - id: "#c3"
    text: Who sings together keeps peace.
    basis: text
    about: [practice-singing]
    asserts: [{subject: practice-singing, fosters: outcome-peace}]
""",
    "gone-2019": """
type: article
status: retracted
issued: 2019
claims:
  - id: "#c1"
    text: Meetings bring peace.
    basis: text
    about: [practice-regular-meetings]
    asserts: [{subject: practice-regular-meetings, fosters: outcome-peace}]
  - id: "#c2"
    text: Neighbours never trust each other.
    basis: text
    about: [practice-trust-building]
    disputes: ["reed-2001#c1"]
""",
}
NEAR_CONCEPTS = """
concept:barrier-water a skos:Concept ; skos:topConceptOf scheme:barrier ; skos:inScheme scheme:barrier ;
    skos:prefLabel "Water"@en .
concept:barrier-flood a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Flood"@en ;
    skos:broader concept:barrier-water .
concept:barrier-drought a skos:Concept ; skos:inScheme scheme:barrier ; skos:prefLabel "Drought"@en ;
    skos:broader concept:barrier-water .
"""
NEAR = {  # works whose claims stand near the steps of the others, and steps that were read elsewhere or nowhere
    "far-2004": """
type: article
claims:
  - {id: "#c1", text: Meetings are held everywhere., basis: text, about: [practice-regular-meetings]}
  - id: "#c2"
    text: Distance calls for meetings.
    basis: text
    about: [barrier-distance, practice-regular-meetings]
    supports: ["far-2004#c1"]
""",
    "near-2005": """
type: article
claims:
  - {id: "#c1", text: Not over mountains., basis: text, about: [barrier-distance], disputes: ["far-2004#c1"]}
  - {id: "#c2", text: Nor in winter., basis: text, about: [barrier-distance], qualifies: ["far-2004#c1"]}
  - id: "#c3"
    text: Meetings help only over a short distance.
    basis: text
    about: [barrier-distance, practice-regular-meetings]
    qualifies: ["far-2004#c1"]
    asserts: [{subject: barrier-distance, mitigatedBy: practice-regular-meetings}]
  - id: "#c4"
    text: Who gives decides nothing together.
    basis: text
    about: [barrier-one-way-resource-flow, practice-co-decision-making]
    disputes: ["far-2004#c1"]
  - id: "#c5"
    text: Power stays.
    basis: text
    about: [barrier-power-imbalance, practice-co-decision-making]
    disputes: ["far-2004#c1"]
""",
    "lie-2006": """
type: article
status: retracted
claims:
  - {id: "#c1", text: Never., basis: text, about: [barrier-distance], disputes: ["far-2004#c1"]}
""",
    "digest-2001": """
type: webpage
""",
    "cook-1990": """
type: reference-entry
claims:
  - id: "#c1"
    text: Singing drives hunger away and brings bread.
    basis: reported
    reportedIn: digest-2001
    about: [practice-singing]
    asserts:
      - {subject: barrier-hunger, mitigatedBy: practice-singing}
      - {subject: practice-singing, fosters: outcome-bread}
""",
    "guess-2003": """
type: webpage
claims:
  - id: "#c1"
    text: Singing may end mistrust and bring peace, and a guest house may end flood and drought.
    basis: inferred
    about: [practice-singing]
    asserts:
      - {subject: barrier-mistrust, mitigatedBy: practice-singing}
      - {subject: practice-singing, fosters: outcome-peace}
      - {subject: barrier-drought, mitigatedBy: practice-guest-house}
      - {subject: barrier-flood, mitigatedBy: practice-guest-house}
""",
}
RING = (
    "type: book\ntitle: Ring\nissued: 2000\nclaims:\n  - id: '#c1'\n    text: Round.\n    basis: text\n"
    "    about: [barrier-distance]\n    asserts:\n"
    "      - {subject: barrier-distance, mitigatedBy: barrier-distance}\n"
    "      - {subject: barrier-distance, fosters: barrier-distance}\n"
)
RANKED = (  # all paths in their order: start, middle, end
    ("barrier-mistrust", "practice-trust-building", "outcome-peace"),
    ("barrier-hunger", "practice-guest-house", "outcome-bread"),
    ("barrier-mistrust", "practice-trust-building", "outcome-bread"),
    (None, "practice-singing", "outcome-peace"),
    ("barrier-distance", "practice-regular-meetings", None),
    ("barrier-distance", "practice-shared-rules", "outcome-peace"),
    ("barrier-power-imbalance", "practice-co-decision-making", "outcome-bread"),
    ("barrier-one-way-resource-flow", "practice-co-decision-making", "outcome-bread"),
)


def lay(home: Path) -> Path:
    """Lay the made-up home down in *home*."""
    lay_toy(home)
    with (home / "ontology" / "toy.ttl").open("a", encoding="utf-8") as file:
        file.write(ENDS)
    for id, text in WORKS.items():
        (home / "corpus" / f"{id}.yaml").write_text(f"title: A work called {id}\n{text.lstrip()}", encoding="utf-8")
    return home


def lay_near(home: Path) -> None:
    """Add to the made-up home what stands near its steps."""
    with (home / "ontology" / "toy.ttl").open("a", encoding="utf-8") as file:
        file.write(NEAR_CONCEPTS)
    for id, text in NEAR.items():
        (home / "corpus" / f"{id}.yaml").write_text(f"title: A work called {id}\n{text.lstrip()}", encoding="utf-8")
