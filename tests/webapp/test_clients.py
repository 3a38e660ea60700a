"""What the README shows of other programs works as it stands there, against a server that listens."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from rdflib.namespace import SKOS
from waitress.server import create_server

from kb.terms import PKB
from webapp import create_app
from webapp.server import THREADS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:5000/"
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.M | re.S)
PYTHON = [text for language, text in SNIPPETS if language == "python"]
SHELL = [text for language, text in SNIPPETS if language == "sh"]
R = [text for language, text in SNIPPETS if language == "r"]

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def site(real_base) -> Iterator[str]:
    """The address of a server over the real home."""
    server = create_server(create_app(real_base), host="127.0.0.1", port=0, threads=THREADS)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}/"
    server.close()
    thread.join(10)


def snippet(client: str) -> str:
    """The one snippet that uses *client*."""
    (text,) = [text for _, text in SNIPPETS if re.search(rf"\b{re.escape(client)}\b", text)]
    return text


def run(text: str, site: str) -> dict[str, object]:
    """What a snippet in Python leaves behind when it is pasted."""
    names: dict[str, object] = {}
    exec(compile(text.replace(ADDRESS, site), "README.md", "exec"), names)
    return names


def lines(command: list[str], folder: Path, **environment: str) -> list[str]:
    """What a command prints in *folder*; whatever goes wrong fails the test."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, encoding="utf-8", timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_each_client_has_a_snippet_that_asks_this_server():
    assert [snippet(client) for client in ("curl", "pandas", "SPARQLWrapper", "SPARQLStore", "read.csv")]
    assert [text for _, text in SNIPPETS if ADDRESS + "sparql" not in text] == []
    assert {language for language, _ in SNIPPETS} == {"python", "sh", "r"}


@pytest.mark.parametrize("text", PYTHON, ids=lambda text: text.split()[1])
def test_each_snippet_in_python_prints_something(site, text, capsys):
    run(text, site)

    assert capsys.readouterr().out.strip()


def test_the_data_frame_has_the_hits_of_the_search_page(real_base, site):
    frame = run(snippet("pandas"), site)["claims"]
    hits = real_base.search("what stops unequal partners", kind="claim").hits

    assert list(zip(frame["claim"], frame["score"], frame["text"], strict=True)) == [
        (hit.iri, hit.score, hit.text) for hit in hits
    ]


def test_the_graph_has_what_the_rows_have(site, capsys):
    graph = run(snippet("SPARQLWrapper"), site)["graph"]

    told = capsys.readouterr().out.splitlines()
    assert sorted(told[:-1]) == sorted(f"{barrier} {practice}" for barrier, _, practice in graph)
    assert told[-1] == f"{len(graph)} triples"


def test_the_store_answers_as_the_base_does(real_base, site, capsys):
    def count(pattern: str) -> int:
        prefixes = f"PREFIX pkb: <{PKB}> PREFIX skos: <{SKOS}> "
        return int(real_base.query(f"{prefixes} SELECT (COUNT(*) AS ?n) {{ {pattern} }}").rows()[0]["n"])

    names = run(snippet("SPARQLStore"), site)
    graph, barrier = names["graph"], names["barrier"]
    told = capsys.readouterr().out.splitlines()

    assert len(graph) == count("?s ?p ?o")
    assert len(list(graph.triples((None, SKOS.broader, None)))) == count("?s skos:broader ?o")
    assert len(told) == 1 + count(f"<{barrier}> pkb:mitigatedBy/skos:prefLabel ?label") > 1


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here: install the package curl")
@pytest.mark.parametrize("command", re.findall(r"(?:.*\\\n)*.+\n", "".join(SHELL)), ids=lambda text: text.split("'")[1])
def test_each_command_with_curl_gets_its_format(real_base, site, tmp_path, command):
    (tmp_path / ".curlrc").write_text('silent\nshow-error\nfail\nwrite-out = "%{content_type}"\n')

    told = lines(["sh", "-c", command.replace(ADDRESS, site)], real_base.home.folder, CURL_HOME=str(tmp_path))

    assert len(told) > 3
    assert f"Accept: {told[-1].partition(';')[0]}'" in command


@pytest.mark.skipif(not shutil.which("Rscript"), reason="no R here: install the package r-base-core")
@pytest.mark.parametrize("text", R, ids=["read.csv"])
def test_the_snippet_in_r_prints_a_table(site, tmp_path, text):
    file = tmp_path / "snippet.R"
    file.write_text(text.replace(ADDRESS, site), encoding="utf-8")

    head, first, *_ = lines(["Rscript", "--vanilla", str(file)], tmp_path)

    assert head.split() == ["year", "claims"]
    assert [cell.isdigit() for cell in first.split()] == [True, True, True]


@pytest.mark.parametrize("text", R, ids=["read.csv"])
def test_the_address_that_r_makes_gives_rows(site, text):
    query = re.search(r'query <- "(.+?)"', text, re.S)[1]
    start = re.search(r'paste0\("(.+?)", URLencode\(query, reserved = TRUE\)\)', text)[1]
    with urlopen(start.replace(ADDRESS, site) + quote(query, safe="")) as answer:  # URLencode leaves what quote leaves
        head, *rows = answer.read().decode().splitlines()

    assert head == "year,claims"
    assert len(rows) > 10
