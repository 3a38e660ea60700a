"""Files that are broken, huge or none of ours: one clear line with the file's name, and what is good comes in."""

import gzip
import os
import random
import resource
import time
import zipfile
import zlib
from pathlib import Path

import made_pdf
import pytest

from kb.bibliography.reading import Given, files, pdf, read
from kb.bibliography.reading.reference import parts
from kb.errors import BadSource, KBError, NotFound

REFERENCE = "1. Reed, C. (2001). Réeds. Wind, 1(2), 3–4.\n"
BIBTEX = "@article{reed2001,\n  author = {Réed, Cy},\n  title = {Réeds},\n  journal = {Wind},\n  year = {2001}\n}\n"
RIS = "TY  - JOUR\nAU  - Réed, Cy\nTI  - Réeds\nPY  - 2001\nER  - \n"
CSL = '[{"id": "reed", "type": "article-journal", "title": "Réeds", "issued": {"date-parts": [[2001]]}}]'
HTML = '<html><head><title>Réeds</title><meta name="author" content="Cy Reed"></head><body><p>Bend.</body></html>'
RICH_HTML = b"""<!DOCTYPE html><html lang="en"><head><title>Reeds</title><meta name="DC.title" content="Reeds">
<script type="application/ld+json">{"@graph": [{"@type": "ScholarlyArticle", "headline": "Reeds",
"author": {"@id": "#a"}, "isPartOf": {"@type": "PublicationIssue", "issueNumber": 2,
"isPartOf": {"@type": "Periodical", "name": "Wind"}}},
{"@id": "#a", "@type": "Person", "name": "Cy Reed"}]}</script></head><body><main><h2>One</h2><p>Text.<h2>Two</h2>
<table><tr><td>a<td>b</table>
<span class="Z3988" title="rft.atitle=Reeds&amp;rft.jtitle=Wind&amp;rft.au=Reed%2C+Cy"></span>
<span class="Z3988" title="rft.btitle=Boats&amp;rft.isbn=978-0-7748-1383-9&amp;rft.aulast=Mo"></span></main></body>"""
RICH = b"""References
[1] Reed, C., & Mo, J. (2001). Bending together. Wind, 12(3), 181-195. https://doi.org/10.1000/made-up.181
[2] Testwell, Tess, and Jo van der Mo. "Who Pays?" Wind Quarterly, vol. 3, no. 2, 2010, pp. 4-9.
[3] Mo J, Reed C, et al. Trust among boats. Am J Boats. 2009;34(3):459-465.
[4] Mo, J. (2004). Ropes. In C. Reed (Ed.), Handbook (2nd ed., pp. 12-30). Quay Press. ISBN 978-0-7748-1383-9.
[5] Mo, Jo (2005). "Boats" (PDF). Quay. Archived from the original on 2014-12-13. Retrieved 12 December 2014.
"""
FORMATS = {"list.txt": REFERENCE, "a.bib": BIBTEX, "a.ris": RIS, "a.json": CSL, "a.html": HTML}


def given(tmp_path, data, name):
    file = tmp_path / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return Given.of(file)


def zipped(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    return path.read_bytes()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("empty.bib", b"", "is empty: nothing to import"),
        ("blanks.ris", b" \n\t\r\n ", "is empty: nothing to import"),
        ("blanks-16.ris", "\ufeff \n \n".encode("utf-16-le"), "holds only blanks: nothing to import"),
        ("squeezed.bib", gzip.compress(BIBTEX.encode(), mtime=0), "is compressed with gzip: unpack it first"),
        (
            "old.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "is an old office document: save it as PDF or text",
        ),
        ("text.rtf", rb"{\rtf1\ansi Hello}", "is an RTF document: save it as PDF or text"),
        ("scan.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 600, "is a picture: run OCR"),
        ("noise.bib", bytes(range(256)) * 40, "is no text, PDF or HTML"),
        ("zeros.bib", b"\0" * 4096, "is no text, PDF or HTML"),
        (
            "endnote.xml",
            b"<?xml version='1.0'?><xml><records><record/></records></xml>",
            "is XML of a kind that is not read",
        ),
        ("broken.pdf", b"%PDF-1.7\n%%EOF", "is damaged and cannot be read"),
    ],
)
def test_what_cannot_be_read_says_what_it_is_and_what_to_do(tmp_path, name, data, told):
    with pytest.raises(BadSource) as raised:
        list(read(given(tmp_path, data, name)))

    assert str(raised.value).startswith(f"{tmp_path / name}: {told}")
    assert "\n" not in str(raised.value)


def test_an_archive_named_bib_says_that_it_is_one(tmp_path):
    with pytest.raises(BadSource, match=r"library\.bib: is a zip archive, or an office document: unpack it"):
        list(read(given(tmp_path, zipped(tmp_path / "x.zip"), "library.bib")))


def test_what_is_no_ordinary_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.bib")
    for path, told in [
        (tmp_path, "is a folder: name its files"),
        (tmp_path / "pipe.bib", "is no ordinary file"),
        (Path("/dev/zero"), "is no ordinary file"),
        (Path("/dev/stdin"), "is no ordinary file"),
        (tmp_path / "a\0b", "cannot be read"),
    ]:
        if path == Path("/dev/stdin") and path.is_file():
            continue
        with pytest.raises(BadSource, match=told):
            list(read(Given.of(path)))
    with pytest.raises(NotFound, match=r"no file .*none\.bib"):
        list(read(Given.of(tmp_path / "none.bib")))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_nobody_may_read_says_so(tmp_path):
    file = given(tmp_path, BIBTEX, "locked.bib")
    file.path.chmod(0)

    with pytest.raises(BadSource, match=r"locked\.bib: cannot be read: Permission denied"):
        list(read(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_is_read_in_any_of_these_encodings(tmp_path, name, encoding):
    (found,) = read(given(tmp_path, FORMATS[name].encode(encoding), name))

    assert found.record["title"] == "Réeds"
    assert not any("UTF-8" in problem for problem in found.problems)


@pytest.mark.parametrize("name", FORMATS)
def test_latin_1_is_read_and_asks_to_compare_accents(tmp_path, name):
    (found,) = read(given(tmp_path, FORMATS[name].replace("–", "-").encode("latin-1"), name))

    assert found.record["title"] == "Réeds"
    assert found.problems[-1] == files.GUESSED


def test_a_file_of_two_encodings_is_read_in_both(tmp_path):
    first = BIBTEX.encode() * 2_000
    second = BIBTEX.replace("reed2001", "last").encode("latin-1")
    *_, found = read(given(tmp_path, first + second, "mixed.bib"))

    assert (found.key, found.record["title"]) == ("last", "Réeds")
    assert found.problems[-1] == files.MIXED


def test_zeros_in_a_text_cost_nothing_else(tmp_path):
    text = f"1. Mo, J. (2003). Bo\0ats. Quay Press.\n2. Reed, C. (2001). Reeds.\0 Wind, 1(2), 3–4.\n{'x ' * 500}\n"
    found = [each for each in read(given(tmp_path, text, "list.txt")) if each.readable]

    assert [each.record["title"] for each in found] == ["Boats", "Reeds"]


def test_the_good_records_of_a_file_come_in_before_a_mistake_of_ours(tmp_path):
    def entries():
        yield from read(given(tmp_path, REFERENCE, "list.txt"))
        raise TypeError("unforeseen")

    *good, last = files._guarded(entries(), Given(tmp_path, "x"))

    assert [each.readable for each in good] == [True]
    assert last.problems[0].startswith(files.STOPPED) and "TypeError: unforeseen" in last.problems[0]


def cyclic():
    tree = ["<</Type/Pages/Kids[2 0 R 3 0 R]/Count 5>>", "<</Type/Pages/Parent 2 0 R/Kids[2 0 R 2 0 R]/Count 5>>"]
    return made_pdf.pdf(["<</Type/Catalog/Pages 2 0 R>>", *tree])


def doubling(depth=30):
    nodes = [f"<</Type/Pages/Kids[{n + 3} 0 R {n + 3} 0 R]/Count {2 ** (depth - n)}>>" for n in range(depth)]
    return made_pdf.pdf(["<</Type/Catalog/Pages 2 0 R>>", *nodes, "<</Type/Page/MediaBox[0 0 9 9]>>"])


def counted():
    return made_pdf.pages(made_pdf.lines("Who pays?")).replace(b"/Count 1>>", b"/Count 2000000000>>")


HOSTILE_PDFS = {
    "bomb": lambda: made_pdf.bomb(100_000_000),
    "bomb in a bomb": lambda: made_pdf.pages(
        zlib.compress(zlib.compress(b"BT " * 30_000_000)), extra="/Filter[/FlateDecode/FlateDecode]"
    ),
    "page tree in a circle": cyclic,
    "page tree that doubles": doubling,
    "two billion pages, it says": counted,
    "nested arrays": lambda: made_pdf.pages(b"BT " + b"[" * 500_000 + b" ET"),
    "dictionary without an end": lambda: made_pdf.pages(b"BT " + b"<<" * 500_000),
}


@pytest.mark.parametrize("name", HOSTILE_PDFS)
def test_a_hostile_pdf_costs_neither_memory_nor_patience(tmp_path, name):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss  # the most that any child of other tests took
    try:
        (found,) = read(given(tmp_path, HOSTILE_PDFS[name](), "hostile.pdf"))
        assert found.problems
    except BadSource as error:
        assert str(error).startswith(f"{tmp_path / 'hostile.pdf'}: ")

    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert most == before or most >> 10 < 2 * (pdf.MEMORY >> 20)


def test_a_pdf_that_takes_too_long_is_given_up_with_its_limits(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "PATIENCE", 0.0)

    with pytest.raises(BadSource, match=r"slow\.pdf: cannot be read within 400 MB / 60 s: split it"):
        list(read(given(tmp_path, made_pdf.pages(made_pdf.lines("Who pays?")), "slow.pdf")))


def test_a_page_that_holds_more_text_than_any_is_cut_and_says_so(tmp_path):
    content = b"BT /F1 12 Tf " + b"1 0 Td (Who pays, and who decides in the end?) Tj " * 6_000 + b"ET"
    (found,) = read(given(tmp_path, made_pdf.pages(zlib.compress(content), extra="/Filter/FlateDecode"), "long.pdf"))

    assert len(found.pages[0].text) <= 200_000
    assert "page 1 of the file could not be read whole" in found.problems


@pytest.mark.parametrize("name", FORMATS)
def test_a_line_of_megabytes_is_read_or_refused(tmp_path, name):
    for data in (FORMATS[name] + "x" * 5_000_000, FORMATS[name] + "{" * 3_000_000, FORMATS[name] + "- , (1" * 500_000):
        found = list(read(given(tmp_path, data, name)))

        assert found
        assert not any(files.STOPPED in problem for each in found for problem in each.problems)


@pytest.mark.parametrize(
    "unit", ["A, ", "A. ", "(2001) ", "“", "1 (2): ", "Mo, J. and ", "[1] ", "in ", "http://a ", "A-", "É "]
)
def test_no_reference_takes_long_to_take_apart(unit):
    begun = time.process_time()
    for text in (
        unit * (4_000 // len(unit)),
        f"Mo, J. {unit * (3_900 // len(unit))}",
        f"{unit * 900}(2001). Boats."[:4_000],
    ):
        parts(text)

    assert time.process_time() - begun < 20  # seconds: a pattern that backtracks takes hours


@pytest.mark.slow
def test_mutated_files_give_entries_or_a_clear_error(tmp_path, seconds):
    random_ = random.Random(8)
    pages = made_pdf.with_metadata(
        made_pdf.pages(*(made_pdf.lines("Who pays?", "It sets") for _ in range(3))), {"/Title": "x"}
    )
    seeds = {name: text.encode() for name, text in FORMATS.items()} | {
        "a.pdf": pages,
        "b.html": RICH_HTML,
        "b.txt": RICH,
    }
    until, tried, longest = time.monotonic() + seconds, 0, (0.0, "")
    while time.monotonic() < until:
        name = random_.choice(list(seeds))
        data = mutated(seeds[name], random_)
        begun = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        file = given(tmp_path, data, name)
        try:
            problems = [problem for each in read(file) for problem in each.problems]
            assert not any(files.STOPPED in problem for problem in problems), (data, problems)
        except KBError as error:
            assert str(error)
        took = time.process_time() + resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begun
        tried, longest = tried + 1, max(longest, (took, name))

    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) >> 10
    print(f"\n{tried} files, the slowest took {longest[0]:.2f} s ({longest[1]}), {peak} MB at most")
    assert longest[0] < 15


def mutated(data, random_):
    """*data* with some bytes changed, cut, doubled or moved."""
    out = bytearray(data)
    for _ in range(random_.randint(1, 8)):
        at, to = sorted(random_.randrange(len(out) + 1) for _ in range(2))
        kind = random_.randrange(5)
        if kind == 0:
            out[at : at + 1] = bytes([random_.randrange(256)])
        elif kind == 1:
            del out[at : min(to, at + 40)]
        elif kind == 2:
            out[at:at] = out[at : min(to, at + 200)] * random_.choice([1, 2, 50])
        elif kind == 3:
            out[at:at] = random_.choice(
                [b"{", b"}", b"<", b">", b"\0", b"\xff\xfe", b'"', b"(", b"[", b"\r", b"-", b"@", b"\n"]
            )
        else:
            out[at:to] = reversed(out[at:to])
    return bytes(out)
