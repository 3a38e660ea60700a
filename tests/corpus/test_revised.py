"""A file that is changed says what it is to say, and every line that need not change is as it was."""

from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.corpus.revised import revised
from kb.corpus.sources import parse, with_lists
from kb.errors import BadSource

PATH = Path("reed-2001.yaml")
FILE = """\
# A complete record.
type: book
title: "No: why neighbours refuse"   # the colon needs the quotes
authors:
  # in the order of the title page
  - {family: Reed, given: Ida}   # her first book
  - {family: Marlow, given: Ada}

issued: 2001
# where it was printed
place: 'Quarrel-on-Sea'
subjects: [barrier-mistrust, practice-trust-building]   # both seen
missing:
  - issue
  # asked the library
  - pages
summary: >-
  Thirty neighbours tell why they once said no. Most feared to be cheated; few had ever been. The
  book follows them for a year, and asks again after each market day what has changed since then,
  and why.
extra:
  language: en
claims:
  - id: "#c1"
    text: Neighbours who meet often come to trust each other.
    locator: p. 14                 # and again on p. 90
    basis: text
    about: [practice-trust-building]
    asserts:
      - {subject: barrier-mistrust, mitigatedBy: practice-trust-building}
    curator: toy
    created: 2026-11-23

  # to be looked up again
  - id: "#c2"
    text: >-
      Who pays more has no more say than the others once the rules are agreed, and nobody asks who
      has paid.
    basis: abstract
    about: [practice-shared-rules]
    curator: toy
    created: 2026-11-23
# the end
"""
CLAIM = {"created": "2026-11-30", "id": "#c3", "basis": "text", "text": "A late promise is: none.", "about": ["x", "y"],
         "curator": "toy", "disputes": ["reed-2001#c1"], "asserts": [{"fosters": "y", "subject": "x"}]}  # fmt: skip


def data(text=FILE):
    return parse(text, PATH)


def changed(before, after):
    lines = list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")]


def with_changes(change, text=FILE):
    said = data(text)
    change(said)
    return said


ONE = {
    "a changed year": (lambda d: d.update(issued="2002"), ["-issued: 2001", "+issued: 2002"]),
    "a changed title keeps its quotes and its comment": (
        lambda d: d.update(title='The "no"'),
        [
            '-title: "No: why neighbours refuse"   # the colon needs the quotes',
            '+title: "The \\"no\\""   # the colon needs the quotes',
        ],
    ),
    "a value keeps its single quotes": (
        lambda d: d.update(place="Reed's"),
        ["-place: 'Quarrel-on-Sea'", "+place: 'Reed''s'"],
    ),
    "a further concept in brackets": (
        lambda d: d["subjects"].append("barrier-distance"),
        [
            "-subjects: [barrier-mistrust, practice-trust-building]   # both seen",
            "+subjects: [barrier-mistrust, practice-trust-building, barrier-distance]   # both seen",
        ],
    ),
    "a further entry of a list with a line for each": (lambda d: d["missing"].append("a: b"), ['+  - "a: b"']),
    "an entry that goes leaves the comment": (lambda d: d["missing"].remove("pages"), ["-  - pages"]),
    "a further author": (
        lambda d: d["authors"].append({"family": "Quist", "given": "B., Jr."}),
        ['+  - {family: Quist, given: "B., Jr."}'],
    ),
    "an author who has another name": (
        lambda d: d["authors"][0].update(given="Ina"),
        ["-  - {family: Reed, given: Ida}   # her first book", "+  - {family: Reed, given: Ina}   # her first book"],
    ),
    "authors in another order": (
        lambda d: d["authors"].reverse(),
        ["+  - {family: Marlow, given: Ada}", "-  - {family: Marlow, given: Ada}"],
    ),
    "a key that is new": (lambda d: d.update(publisher="Mill Press"), ["+publisher: Mill Press"]),
    "a key that goes": (lambda d: d.pop("place"), ["-place: 'Quarrel-on-Sea'"]),
    "a key of a mapping": (lambda d: d["extra"].update({"ris:AN": "7"}), ["+  ris:AN: 7"]),
    "a word of a folded text": (
        lambda d: d.update(summary=d["summary"].replace("few", "none")),
        [
            "-  Thirty neighbours tell why they once said no. Most feared to be cheated; few had ever been. The",
            "+  Thirty neighbours tell why they once said no. Most feared to be cheated; none had ever been. The",
        ],
    ),
    "a locator": (
        lambda d: d["claims"][0].update(locator="p. 15"),
        [
            "-    locator: p. 14                 # and again on p. 90",
            "+    locator: p. 15                 # and again on p. 90",
        ],
    ),
    "a key that a claim has not had, at its place": (
        lambda d: d["claims"][1].update(locator="p. 3"),
        ["+    locator: p. 3"],
    ),
    "a stance": (
        lambda d: d["claims"][0].update(supports=["tarn-1987#c1"]),
        ["+    supports: [tarn-1987#c1]"],
    ),
    "a relation": (
        lambda d: d["claims"][0]["asserts"].append({"subject": "a", "fosters": "b"}),
        ["+      - {subject: a, fosters: b}"],
    ),
    "a claim that goes": (
        lambda d: d["claims"].pop(0),
        [
            '-  - id: "#c1"',
            "-    text: Neighbours who meet often come to trust each other.",
            "-    locator: p. 14                 # and again on p. 90",
            "-    basis: text",
            "-    about: [practice-trust-building]",
            "-    asserts:",
            "-      - {subject: barrier-mistrust, mitigatedBy: practice-trust-building}",
            "-    curator: toy",
            "-    created: 2026-11-23",
        ],
    ),
    "a claim that is new": (
        lambda d: d["claims"].append(CLAIM),
        [
            '+  - id: "#c3"',
            '+    text: "A late promise is: none."',
            "+    basis: text",
            "+    about: [x, y]",
            "+    disputes: [reed-2001#c1]",
            "+    asserts:",
            "+      - {subject: x, fosters: y}",
            "+    curator: toy",
            "+    created: 2026-11-30",
        ],
    ),
}


@pytest.mark.parametrize("what", ONE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_only_the_lines_of_a_change_change(what, end):
    change, lines = ONE[what]
    before, wanted = FILE.replace("\n", end), with_changes(change)
    after = revised(before, wanted, PATH)

    assert changed(before, after) == lines
    assert data(after) == with_lists(wanted)
    assert after.count("\n") == after.count(end)


def test_a_list_that_grows_too_long_for_a_line_gets_a_line_for_each_entry():
    more = ["barrier-distance", "practice-regular-meetings", "practice-shared-rules"]
    wanted = with_changes(lambda d: d["subjects"].extend(more))
    after = revised(FILE, wanted, PATH)

    assert "\nsubjects:   # both seen\n  - barrier-mistrust\n" in after
    assert data(after) == wanted


def test_claims_in_another_order_take_their_comments_along():
    after = revised(FILE, with_changes(lambda d: d["claims"].reverse()), PATH)

    assert '\n  # to be looked up again\n  - id: "#c2"\n' in after
    assert after.index("# to be looked up again") < after.index('"#c1"') < after.index("# the end")


def test_a_text_that_says_it_already_stays():
    assert revised(FILE, data(), PATH) is FILE


ODD = [
    "{type: book, title: 'Reeds', authors: [{family: Reed}], subjects: [a, b]}\n",
    "type: book\nsubjects: [a,\n  b]\nclaims: []\n",
    "--- # begins\ntype: book\ntitle: |\n  Reeds\n  and mills\n...\n",
    "type: &kind book\ntitle: *kind\nauthors:\n- &one {family: Reed}\n- *one\n",
    "type: !!str book\ntitle: !odd 'Reeds'\nsubjects: a\n",
    "\ufefftype: book\ntitle: Reeds",
    "type: book\ntitle: Reeds\n  in the wind\nauthors:\n  - family: Reed\n    given: Ida\n  -\n    family: Marlow\n",
    '? type\n: book\n"title": Reeds   \nnote: >+\n  kept\n\n\nclaims:\n- id: "#c1"\n  text: x\n',
    "type: book\nsubjects:\n- a\n# b is not meant\n- b # but this\n\n\nissued: 2001\n",
    "title:\ntype: book\nissued: ''\n",
]
CHANGES = [
    lambda d: d.update(title="Mills: 1"),
    lambda d: d.update(type="report", issued="1999"),
    lambda d: d.update(subjects=[*d.get("subjects", []), "c"]),
    lambda d: d.update(subjects=["b"]),
    lambda d: d.update(authors=[{"family": "Quist"}, *d.get("authors", [])]),
    lambda d: d.update(authors=[{"family": "Marlow", "given": "A"}]),
    lambda d: d.update(claims=[{"id": "#c1", "text": "two\nlines"}]),
    lambda d: d.pop("title", None),
    lambda d: d.pop("type"),
    lambda d: d.update(extra={"": "\x07", "a": ["\u2028", " "]}),
]


@pytest.mark.parametrize("text", ODD)
def test_whatever_a_file_looks_like_it_says_what_it_is_to_say(text):
    for change in CHANGES:
        wanted = with_changes(change, text)

        assert data(revised(text, wanted, PATH)) == with_lists(wanted)


def test_a_file_that_cannot_be_read_is_not_written_over():
    with pytest.raises(BadSource, match=r"reed-2001.yaml:2: "):
        revised("<<<<<<< ours\ntype: book\n=======\n", {"type": "book"}, PATH)


WORD = st.text(max_size=12) | st.sampled_from(["No", "a: b", "#c1", "[x]", "- a", "{", "two\nlines", "long " * 30, "'"])
TEXTS = st.lists(WORD, max_size=3)
NAME = st.fixed_dictionaries({"family": WORD}, optional={"given": WORD})
MADE_CLAIM = st.fixed_dictionaries(
    {"id": st.sampled_from(["#c1", "#c2", "#c3"]), "text": WORD},
    optional={
        "about": TEXTS,
        "locator": WORD,
        "asserts": st.lists(st.dictionaries(WORD, WORD, max_size=2), max_size=2),
    },
)
MADE = st.fixed_dictionaries(
    {"type": WORD, "title": WORD},
    optional={
        "authors": st.lists(NAME, max_size=3), "issued": WORD, "subjects": TEXTS, "summary": WORD,
        "extra": st.dictionaries(WORD, WORD | TEXTS, max_size=2), "claims": st.lists(MADE_CLAIM, max_size=3),
    },
)  # fmt: skip


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.sampled_from([FILE, *ODD]), MADE, st.booleans())
def test_any_text_is_read_as_it_was_to_be(text, wanted, windows):
    before = text.replace("\n", "\r\n") if windows else text

    assert data(revised(before, wanted, PATH)) == with_lists(wanted)


@pytest.mark.real
def test_a_claim_and_a_year_change_their_lines_alone_in_files_of_the_corpus():
    for path in sorted(Path("corpus").glob("*.yaml"))[::10]:
        text = path.read_text(encoding="utf-8")
        said = parse(text, path)
        after = revised(text, {**said, "issued": "1066", "claims": [*said.get("claims", []), CLAIM]}, path)
        gone = [line for line in changed(text, after) if line[0] == "-"]

        assert revised(text, said, path) is text
        assert [line for line in gone if not line.startswith("-issued: ")] == [], path
