"""The one place that normalises what readers find: whatever they bring, a source file can hold it."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.bibliography.reading import Given, read
from kb.bibliography.reading.entry import NAME, NOT_READ, entry, unreadable
from kb.corpus.sources import Source, parse, triples
from kb.corpus.texts import Page
from kb.corpus.written import as_yaml

CONTEXT = json.loads((Path(__file__).parents[2] / "ontology" / "context.jsonld").read_text())
ODD = st.text(st.characters(exclude_categories=()), max_size=30) | st.sampled_from(
    [
        "<<", "", " ", "\ud800", "a\ud800", "a\ud800\u0301", "~", "null", "No", "- a", "? a", "a: b", "a #b", "#a",
        "&a", "*a", "!a", "!!str", "[", "{", "}", "]", ",", "|", ">", "'", '"', "%a", "@id", "@context", "@graph",
        "`", "---", "...", "=", "a\nb", "a\u2028b", "\ufeffa", "\u200b", "x" * 200, "0x1F", "1:30", "\\", "a\\nb", ":",
        "a:", "- ", "?",
    ]
)  # fmt: skip


def written(record: dict) -> dict:
    """A record as its file gives it back."""
    text = as_yaml(record)
    text.encode("utf-8")
    return parse(text, Path("a.yaml"))


@given(st.dictionaries(ODD, ODD | st.lists(ODD, max_size=3), max_size=5))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_any_name_in_extra_can_be_written_read_and_built(extra):
    record = entry({"type": "book", "title": "Reeds"}, extra, 1).record

    assert written(record) == record
    assert triples(Source("reed-2001", record), CONTEXT)
    for name in record.get("extra", {}):
        assert name.isprintable() and name == name.strip() and 0 < len(name) <= NAME and name != "<<"


@given(st.dictionaries(ODD, st.just("kept"), max_size=6))
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_no_value_in_extra_is_lost_with_its_name(extra):
    record = entry({"title": "Reeds"}, extra, 1).record

    assert len(record.get("extra", {})) == len(extra)


def test_names_that_become_the_same_are_told_apart():
    extra = {"a\ud800": "half", "a": "whole", "": "none", "<<": "order", "b\nc": "line"}

    assert entry({}, extra, 1).record["extra"] == {
        "a": "whole", "a 2": "half", "b c": "line", "unnamed": "none", "unnamed 2": "order",
    }  # fmt: skip


KEYS = st.sampled_from(["title", "issued", "container", "pages", "doi", "isbn", "url", "publisher", "volume"])
NAMES = st.lists(st.dictionaries(st.sampled_from(["family", "given", "literal"]), ODD, max_size=3), max_size=3)


@given(st.dictionaries(KEYS, ODD, max_size=6), NAMES, ODD, ODD)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_no_half_of_a_sign_is_anywhere_in_an_entry(said, authors, key, text):
    made = entry(said | {"authors": authors}, {text: text}, 1, key, text, [Page(text, text)], [text])

    json.dumps(made, ensure_ascii=False).encode("utf-8")
    assert written(made.record) == made.record
    json.dumps(unreadable(1, text, key), ensure_ascii=False).encode("utf-8")


HOSTILE = {
    "a.bib": "@book{reed\ud800, title={Reeds}, extra:a~d800~b={x}, extra:~3c~<={y}, extra:~~={z}}",
    "a.ris": 'TY  - BOOK\nTI  - Reeds\nN1  - kb:extra: {"a\\ud800": "x", "": "y", "<<": "z"}\nER  - \n',
    "a.json": '[{"type": "book", "title": "Re\\ud800eds", "a\\ud800": "x", "": "y", "custom": {"\\ud800": "z"}}]',
    "a.html": '<html><head><title>Re&#xd800;eds</title><script type="application/ld+json">'
    '{"@type": "Book", "name": "Reeds", "keywords": "\\ud800x"}</script></head><body><p>Bend.</p></body></html>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_with_halves_of_signs_gives_records_that_can_be_built(tmp_path, name):
    file = tmp_path / name
    file.write_bytes(HOSTILE[name].encode("utf-8", "replace"))

    for found in read(Given.of(file)):
        assert found.readable, found.problems
        assert written(found.record) == found.record
        assert triples(Source("reed-2001", found.record), CONTEXT)
        json.dumps(found, ensure_ascii=False).encode("utf-8")


def test_a_sign_that_could_not_be_read_is_told_and_stands_as_a_question_mark():
    made = entry({"title": "R\ufffdeds\u200b", "authors": [{"family": "Reed"}]}, {"note": "\ufffd"}, 1)

    assert (made.record["title"], made.record["extra"], made.problems) == ("R?eds", {"note": "?"}, (NOT_READ,))
