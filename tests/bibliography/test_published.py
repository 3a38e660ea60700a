"""Where somebody keeps copies leaves a home in no format, on no page, in no data; web addresses do."""

import json

import pytest
from click.testing import CliRunner
from conftest import StubEncoder, lay_toy

from kb import KnowledgeBase, cli
from kb.bibliography.export import FORMATS, write
from kb.bibliography.published import published
from kb.bibliography.reading import Given, read
from kb.corpus.written import as_yaml
from webapp import create_app

SECRET = "hidden-nook"
BY_NAME = [
    "bibtex:file", "bibtex:pdf", "bibtex:path", "bibtex:files", "bibtex:filename", "bibtex:local-url",
    "bibtex:localfile", "bibtex:sentelink", "bibtex:bdsk-file-1", "bibtex:attachments", "ris:L1", "ris:L2", "ris:L3",
    "ris:L4", "csl:file", "csl:attachments", "pdf", "html:file",
]  # fmt: skip
PLACES = [
    f"file:///Users/reed/{SECRET}.pdf", f"FILE:{SECRET}", f"file://localhost/{SECRET}", f"internal-pdf://1/{SECRET}",
    f"see /home/reed/{SECRET}", f"/Users/reed/My Papers/{SECRET}.pdf", f"C:\\Papers\\{SECRET}.pdf", f"d:/{SECRET}.pdf",
    f"~/{SECRET}.pdf", f"(~reed/{SECRET})", f"\\\\server\\{SECRET}", f"PDF:C\\:\\\\Papers\\\\{SECRET}.pdf:x",
    f"/Volumes/Stick/{SECRET}", f'{{"path": "/home/{SECRET}"}}',
]  # fmt: skip
NAMES = ["url", "note", "keyword", "ris:FR", "bibtex:howpublished", "csl:custom.x", "csl:source-file", "annote"]
OPEN = [
    "https://example.org/home/~reed/a.pdf", "http://example.org/Users/b.html", "towns/mills and/or reeds", "ratio 1:/2",
    "A: / B", "p. 3: what is home?", "profile: mills", "10.1000/home/a", "http://a.org/C:/x and D.",
]  # fmt: skip
EXTRA = (
    {name: f"reed/{SECRET}.pdf" for name in BY_NAME}
    | {f"x:n{number}": place for number, place in enumerate(PLACES)}
    | {name: [PLACES[number], "kept"] for number, name in enumerate(NAMES)}
)
RECORD = {
    "type": "book", "title": "Reeds", "authors": [{"family": "Reed", "given": "Cy"}], "issued": "2001", "extra": EXTRA,
}  # fmt: skip


@pytest.mark.parametrize("format", FORMATS)
def test_no_place_on_a_disk_is_exported(format):
    text = write({"reed-2001": RECORD}, format)

    assert SECRET not in text
    assert text.count("kept") >= len(NAMES) - 1


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("name", NAMES)
def test_a_place_on_a_disk_is_known_whatever_it_is_called(place, name):
    assert published({name: f"first\n{place}\nlast"}) == {name: "first\nlast"}


@pytest.mark.parametrize("text", OPEN)
def test_what_only_looks_like_a_place_is_exported(text):
    assert published({"note": text}) == {"note": text}


@pytest.mark.parametrize("name", BY_NAME)
def test_of_a_field_for_files_web_addresses_stay(name):
    held = {name: [f"reed/{SECRET}.pdf", "https://example.org/a.pdf"]}

    assert published(held) == {name: ["https://example.org/a.pdf"]}


IMPORTED = {
    "a.bib": f"@book{{a, title={{Reeds}}, url={{file:///Users/reed/{SECRET}.pdf}}, file={{x/{SECRET}.pdf}},\n"
    f" pdf={{{SECRET}}}, bdsk-file-1={{{SECRET}}}, howpublished={{file:///home/reed/{SECRET}}}}}\n",
    "a.ris": f"TY  - BOOK\nTI  - Reeds\nL1  - {SECRET}.pdf\nL4  - {SECRET}.png\n"
    f"FR  - internal-pdf://1/{SECRET}\nER  - \n",
    "a.json": f'[{{"type": "book", "title": "Reeds", "file": "{SECRET}", "attachments": ["{SECRET}"],'
    f' "URL": "file:///C:/{SECRET}"}}]',
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", IMPORTED)
def test_what_one_format_brought_no_other_gives_away(tmp_path, name, format):
    file = tmp_path / name
    file.write_text(IMPORTED[name])
    (found,) = read(Given.of(file))

    assert SECRET in json.dumps(found.record)
    assert SECRET not in write({"reeds": found.record}, format)


def test_no_page_twin_verb_or_preview_tells_where_somebody_keeps_copies(tmp_path):
    home = lay_toy(tmp_path / "home")
    source = {**RECORD, "title": "Boats of Reed", "doi": "10.5555/boats", "state": "complete", "status": "draft"}
    (home / "corpus" / "reed-1999.yaml").write_text(as_yaml(source), encoding="utf-8")
    base = KnowledgeBase(home, encoder=StubEncoder())
    base.build()
    client = create_app(base).test_client()
    told = ("TY  - BOOK", "TI  - Boats of Reed", "DO  - 10.5555/boats", "FR  - x", "UR  - a", "N1  - n", "ER  - ")
    sent = {"text": "\n".join(told)}
    ends = ("", ".json", ".ttl", ".jsonld", ".bib", ".ris", ".csl.json")
    said = [client.get(f"/source/reed-1999{end}").text for end in ends]
    said += [
        client.post("/curate/import", data=sent, headers={"Accept": accept}).text
        for accept in ("text/html", "application/json")
    ]
    said.append(CliRunner().invoke(cli.main, ["--home", str(home), "source", "reed-1999", "--json"]).output)
    base.close()

    assert [SECRET in each for each in said] == [False] * len(said)
    assert all("10.5555/boats" in each for each in said) and '"kept"' in said[1]
    assert "differences" in said[-2] and "reed-1999" in said[-2]
