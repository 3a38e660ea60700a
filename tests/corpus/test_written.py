"""A source written anew is the source that was read, in the layout of the corpus."""

from pathlib import Path

import pytest

from kb.corpus import texts
from kb.corpus.sources import Corpus, parse, read
from kb.corpus.texts import Page
from kb.corpus.written import as_yaml

HARD = ["No", "035", "12:30", "null", "a: b", "# none", "- a", "ends with:", "{a}, [b]", " lead", "'quoted'", '"', "%x",
        "two\nlines", "tab\there", "é\u2028ü", "100% & more", "🤝", "word " * 60 + "x", "@at", "?", "~", "*a",
        "\\x"]  # fmt: skip


@pytest.mark.parametrize("text", HARD)
def test_a_text_is_read_as_it_was_written(text):
    data = {"title": text, "isbn": [text, "x"], "authors": [{"family": text, "given": "A"}], "extra": {"note": text}}

    assert parse(as_yaml(data), Path("x.yaml")) == data


@pytest.mark.real
def test_every_source_is_written_as_it_stands_but_for_comments_and_lists_of_the_editors():
    files = sorted(Path("corpus").glob("*.yaml"))
    data = {path: read(path).data for path in files}

    written = {path: as_yaml(data[path]) for path in files}

    assert all(parse(text, path) == data[path] for path, text in written.items())
    assert sum(text == path.read_text(encoding="utf-8") for path, text in written.items()) > 0.9 * len(files)


def test_the_pages_of_a_text_are_read_as_they_were_written(tmp_path):
    pages = [Page("abstract", "Short."), Page("iv", "Two\n\nparagraphs."), Page("181", "")]

    texts.write(tmp_path, "reed-2001", pages)

    assert texts.read(tmp_path, "reed-2001") == pages
    assert texts.read(tmp_path, "tarn-1987") == []
    assert Corpus(tmp_path).ids() == []
