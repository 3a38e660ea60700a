"""The command gives works as references: of a search, a concept, an author, the sources; and cites in the text."""

import json

import pytest
from click.testing import CliRunner

from kb import cli
from kb.bibliography.export import FORMATS
from kb.bibliography.styles import REFERENCE_STYLES


@pytest.fixture
def kb(base, monkeypatch):
    """Run a verb over the toy home that all tests read."""
    monkeypatch.setattr(cli, "opened", lambda home: base)
    return lambda *arguments: CliRunner().invoke(cli.main, list(map(str, arguments)))


def test_the_command_knows_every_style():
    assert (tuple(REFERENCE_STYLES), FORMATS) == (cli.WRITTEN, cli.EXCHANGED)


@pytest.mark.parametrize(
    ("asked", "works"),
    [
        (["search", "who sets the terms"], lambda base: base.works.found("who sets the terms")),
        (["search", "who sets the terms", "--limit", 1], lambda base: base.works.found("who sets the terms")[:1]),
        (["concept", "barrier-power-imbalance"], lambda base: base.works.about("barrier-power-imbalance")),
        (["author", "testwell-t"], lambda base: ["testwell-2010"]),
        (["sources", "--type", "article"], lambda base: ["marlow-quist-2012", "testwell-2010"]),
        (["source", "reed-2001"], lambda base: ["reed-2001"]),
        (["list", "reed-2001", "testwell-2010#c1"], lambda base: ["reed-2001", "testwell-2010"]),
    ],
)
def test_a_verb_gives_its_works_for_reference_managers(kb, base, asked, works):
    for format in FORMATS:
        assert kb(*asked, "--format", format).stdout == base.cite(works(base), format) + "\n"


@pytest.mark.parametrize("style", REFERENCE_STYLES)
def test_a_verb_gives_its_works_as_a_reference_list(kb, base, style):
    shown = kb("concept", "barrier-power-imbalance", "--format", style).stdout
    compared = kb("compare", "reed-2001", "testwell-2010", "--format", style).stdout

    assert shown == "".join(base.works.written(base.works.about("barrier-power-imbalance"), style)) + "\n"
    assert len(compared.splitlines()) == 4


def test_rdf_is_there_as_before(kb):
    assert kb("concept", "barrier-distance", "--format", "turtle").stdout.startswith("@prefix")
    assert kb("source", "reed-2001", "--format", "jsonld").stdout.startswith("{")


def test_a_search_without_anything_close_says_so(kb):
    result = kb("search", "qqq zzz", "--format", "ris")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "no work comes close to it\n")


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["reed-2001", "--in-text", "--locator", "p. 4-5"], "(Reed, 2001, pp. 4–5)"),
        (["testwell-2010#c1", "reed-2001", "--in-text"], "(Reed, 2001; Testwell, 2010, p. 4)"),
        (["testwell-2010#c1", "reed-2001", "--in-text", "--style", "ieee", "--locator", "", "--locator", "ch. 3"],
         "[1, p. 4], [2, Ch. 3]"),
    ],
)  # fmt: skip
def test_cite_prints_one_citation_in_the_text(kb, arguments, printed):
    assert kb("cite", *arguments).stdout == printed + "\n"


def test_json_is_one_array_however_many_there_are(kb):
    assert json.loads(kb("sources", "nothing here", "--format", "csl-json").stdout) == []
