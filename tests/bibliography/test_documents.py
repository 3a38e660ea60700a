"""PDFs and web pages: what they tell of the work, and their text by page or by section."""

import html as markup
import json

import made_pdf
import pytest

from kb.bibliography.highwire import tags
from kb.bibliography.reading import Given, pdf_text, read
from kb.bibliography.reading.html_parts import DEPTH
from kb.errors import BadSource

XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" prism:volume="12">
  <dc:title><rdf:Alt><rdf:li xml:lang="x-default">Bending together</rdf:li></rdf:Alt></dc:title>
  <dc:creator><rdf:Seq><rdf:li>Cy Reed</rdf:li><rdf:li>Jo van der Mo</rdf:li></rdf:Seq></dc:creator>
  <dc:subject><rdf:Bag><rdf:li>reeds</rdf:li><rdf:li>boats</rdf:li></rdf:Bag></dc:subject>
  <prism:publicationName>Journal of Made-up Partnerships</prism:publicationName>
  <prism:number>3</prism:number><prism:startingPage>181</prism:startingPage><prism:endingPage>183</prism:endingPage>
  <prism:doi>10.1000/made-up.181</prism:doi><prism:coverDate>2001-05-01</prism:coverDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""
TEXTS = [made_pdf.lines("Who pays?", "The side that pays."), made_pdf.lines("It sets"), made_pdf.lines("the terms.")]
THREE = made_pdf.pages(*TEXTS)


def entries(tmp_path, data, name):
    file = tmp_path / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return list(read(Given.of(file)))


def one(tmp_path, data, name="document.pdf"):
    (found,) = entries(tmp_path, data, name)
    return found


def page(head, body="", before=""):
    return f"<!DOCTYPE html>{before}<html lang=en><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"


def test_a_pdf_gives_its_metadata_and_its_text_by_printed_page(tmp_path):
    found = one(tmp_path, made_pdf.with_metadata(THREE, {"/Title": "Microsoft Word - x.doc"}, XMP))

    assert {key: value for key, value in found.record.items() if key != "extra"} == {
        "type": "article", "title": "Bending together", "issued": "2001",
        "container": "Journal of Made-up Partnerships",
        "authors": [{"family": "Reed", "given": "Cy"}, {"family": "van der Mo", "given": "Jo"}], "volume": "12",
        "issue": "3", "pages": "181–183", "doi": "10.1000/made-up.181",
    }  # fmt: skip
    assert found.record["extra"]["keyword"] == ["reeds", "boats"]
    assert [tuple(page) for page in found.pages] == [
        ("181", "Who pays?\nThe side that pays."), ("182", "It sets"), ("183", "the terms."),
    ]  # fmt: skip
    assert found.problems == ()


def test_page_labels_of_the_pdf_go_before_all_else(tmp_path):
    found = one(tmp_path, made_pdf.labelled(THREE, 41))

    assert [page.label for page in found.pages] == ["41", "42", "43"]


def test_printed_numbers_that_run_on_label_the_pages(tmp_path):
    found = one(tmp_path, made_pdf.pages(*(made_pdf.lines(f"Some text {n * n}", str(n)) for n in range(87, 92))))

    assert [page.label for page in found.pages] == ["87", "88", "89", "90", "91"]


def test_pages_without_printed_numbers_are_numbered_as_in_the_file_and_say_so(tmp_path):
    found = one(tmp_path, THREE)

    assert [page.label for page in found.pages] == ["1", "2", "3"]
    assert "pages are numbered as in the file: compare them with the printed numbers" in found.problems


def test_the_first_page_tells_what_the_metadata_do_not(tmp_path):
    first = made_pdf.lines(
        "Bending together as reeds", "Cy Reed", "https://doi.org/10.1000/made-up.7", "Text " * 9, first=30
    )
    found = one(tmp_path, made_pdf.with_metadata(made_pdf.pages(first), {"/Title": "untitled", "/Author": "admin"}))

    assert (found.record["title"], found.record["doi"]) == ("Bending together as reeds", "10.1000/made-up.7")
    assert [problem.partition(":")[0] for problem in found.problems[:3]] == [
        "the DOI 10.1000/made-up.7 stands on the first pages, not in the metadata",
        "the title is what stands in the largest print on the first page",
        "the metadata tell no authors, no year",
    ]


@pytest.mark.parametrize("title", ["Unknown knowns", "Print and power", "Boats"])
def test_a_title_that_begins_like_none_is_one(tmp_path, title):
    found = one(
        tmp_path, made_pdf.with_metadata(THREE, {"/Title": title, "/Author": "Cy Reed; Jo Mo", "/doi": "10.1000/x"})
    )

    assert (found.record["title"], found.record["doi"]) == (title, "10.1000/x")
    assert [name["family"] for name in found.record["authors"]] == ["Reed", "Mo"]


def test_words_that_lines_divide_are_joined_and_real_hyphens_kept():
    texts = [
        "collabora-\ntion and power-\nsharing, a co-\nmanaged North-\nSouth link",
        "Power-sharing is collaboration by ﬁt",
    ]

    assert pdf_text.whole(texts) == [
        "collaboration and power-sharing, a comanaged North-South link", "Power-sharing is collaboration by fit",
    ]  # fmt: skip


def test_a_pdf_with_only_an_owner_password_opens_and_any_other_says_what_to_do(tmp_path):
    assert len(one(tmp_path, made_pdf.encrypted(THREE, "")).pages) == 3
    with pytest.raises(BadSource, match=r"locked\.pdf: is encrypted: save a copy without a password"):
        one(tmp_path, made_pdf.encrypted(THREE, "secret"), "locked.pdf")


def test_a_pdf_of_pictures_comes_in_and_asks_for_ocr(tmp_path):
    found = one(tmp_path, made_pdf.with_metadata(made_pdf.pages(b"0 0 m 9 9 l S"), {"/Title": "Scanned boats"}))

    assert (found.record["title"], found.pages) == ("Scanned boats", ())
    assert "holds pictures of pages, no text: run OCR, and import it again" in found.problems


def test_a_pdf_whose_end_is_missing_gives_its_pages_and_says_so(tmp_path):
    found = one(tmp_path, THREE[: THREE.rindex(b"xref\n0")])

    assert [page.text for page in found.pages][1:] == ["It sets", "the terms."]
    assert found.problems[1] == "the file is damaged, its end is missing: pages may be missing too"


def test_a_web_page_tells_its_work_in_highwire_tags(tmp_path):
    head = "".join(
        f'<meta name="citation_{name}" content="{content}">'
        for name, content in [
            ("title", "Who pays &amp; who decides"), ("author", "Testwell, T."), ("author", "Jo van der Mo"),
            ("journal_title", "Wind"), ("publication_date", "2010/05/01"), ("firstpage", "1"), ("lastpage", "12"),
            ("doi", "10.1000/wind.1"), ("issn", "0143-6597"), ("keywords", "reeds"),
        ]
    )  # fmt: skip
    found = one(
        tmp_path, page(head, "<p>Text.", "<!-- saved from url=(0030)https://example.org/reeds.html -->"), "a.html"
    )

    assert found.record == {
        "type": "article", "title": "Who pays & who decides", "issued": "2010", "container": "Wind", "pages": "1–12",
        "authors": [{"family": "Testwell", "given": "T."}, {"family": "van der Mo", "given": "Jo"}],
        "doi": "10.1000/wind.1", "issn": "0143-6597", "url": "https://example.org/reeds.html",
        "extra": {"issued": "2010-05-01", "keyword": "reeds", "language": "en"},
    }  # fmt: skip


@pytest.mark.parametrize("type", ["article", "book", "chapter", "conference-paper", "report", "thesis"])
def test_pages_of_this_program_are_read_as_the_records_they_show(tmp_path, type):
    record = {
        "type": type, "title": "Reeds & <boats>", "issued": "2001", "publisher": "Quay Press",
        "authors": [{"family": "Reed", "given": "Cy"}, {"literal": "World Bank"}],
    }  # fmt: skip
    if type in ("article", "chapter", "conference-paper"):
        record |= {"container": "Wind", "pages": "3–9"}
    head = "".join(f'<meta name="{tag.name}" content="{markup.escape(tag.content)}">' for tag in tags(record))

    assert one(tmp_path, page(head, "<p>Text."), "a.html").record == record | {"extra": {"language": "en"}}


def test_linked_data_tell_a_work_through_volume_and_issue(tmp_path):
    linked = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "name": "A site"},
            {"@type": "Person", "@id": "#cy", "name": "Cy Reed"},
            {
                "@type": "ScholarlyArticle", "headline": "Reeds",
                "author": [{"@id": "#cy"}, {"@type": "Organization", "name": "UN"}],
                "datePublished": "2001-05", "pageStart": "3", "pageEnd": "9", "sameAs": "https://doi.org/10.1000/wind.3",
                "isPartOf": {
                    "@type": "PublicationIssue", "issueNumber": "2",
                    "isPartOf": {"@type": ["PublicationVolume", "Periodical"], "name": "Wind", "volumeNumber": 1},
                },
            },
        ],
    }  # fmt: skip
    found = one(tmp_path, page(f'<script type="application/ld+json">{json.dumps(linked)}</script>'), "a.html")

    assert [found.record[key] for key in ("type", "title", "container", "volume", "issue", "pages", "doi")] == [
        "article", "Reeds", "Wind", "1", "2", "3–9", "10.1000/wind.3",
    ]  # fmt: skip
    assert found.record["authors"] == [{"family": "Reed", "given": "Cy"}, {"literal": "UN"}]


def test_dublin_core_and_open_graph_tell_what_nothing_else_does(tmp_path):
    dublin = '<meta name="DC.title" content="Reeds"><meta name="DC.creator" content="Reed, Cy">'
    graph = '<meta property="og:title" content="Boats"><meta property="og:site_name" content="Quay"><title>x</title>'

    assert one(tmp_path, page(dublin + graph, "<p>a"), "a.html").record["title"] == "Reeds"
    found = one(tmp_path, page(graph, "<p>a"), "b.html").record
    assert (found["type"], found["title"], found["publisher"]) == ("webpage", "Boats", "Quay")


def test_the_text_of_a_page_stands_under_its_headings_without_what_surrounds_it(tmp_path):
    body = """<nav>Menu</nav><div style="display:none">hidden</div><script>var x = "<p>script</p>"</script>
        <main><h1>Who pays</h1><p>First <b>para</b>graph.<h2>Results &amp; more</h2><ul><li>One<li>two</ul></main>
        <aside>Advert</aside><footer>Imprint</footer>"""
    found = one(tmp_path, page("<title>Reeds</title><style>p {}</style>", body), "a.html")

    assert [tuple(page) for page in found.pages] == [
        ("", "Who pays\nFirst paragraph."), ('section "Results & more"', "One\ntwo"),
    ]  # fmt: skip


def test_each_of_several_works_that_a_page_cites_is_an_entry_with_its_line(tmp_path):
    spans = [
        "rft_val_fmt=info:ofi/fmt:kev:mtx:journal&amp;rft.genre=article&amp;rft.atitle=Reeds+bend&amp;rft.jtitle=Wind&amp;"
        "rft.aulast=Reed&amp;rft.aufirst=Cy&amp;rft.au=Reed%2C+Cy&amp;rft.au=Mo%2C+Jo&amp;rft.date=2001&amp;rft.spage=1&amp;"
        "rft.epage=9&amp;rft_id=info%3Adoi%2F10.1000%2Fwind.1",
        "rft_val_fmt=info:ofi/fmt:kev:mtx:book&amp;rft.genre=book&amp;rft.btitle=Boats&amp;rft.aucorp=Quay&amp;"
        "rft.isbn=978-0-7748-1383-9&amp;rft.pub=Quay+Press&amp;rft.date=2003",
    ]
    body = "\n".join(f'<span class="Z3988" title="ctx_ver=Z39.88-2004&amp;{span}"></span>' for span in spans)
    article, book = entries(tmp_path, page("<title>Hits</title>", f"\n{body}"), "a.html")

    assert (article.line, book.line) == (2, 3)
    assert (article.record["container"], article.record["pages"], article.record["doi"]) == (
        "Wind",
        "1–9",
        "10.1000/wind.1",
    )
    assert article.record["authors"] == [{"family": "Reed", "given": "Cy"}, {"family": "Mo", "given": "Jo"}]
    assert (book.record["type"], book.record["authors"], book.record["publisher"]) == (
        "book",
        [{"literal": "Quay"}],
        "Quay Press",
    )


def test_a_page_of_scripts_and_broken_markup_is_read_within_bounds(tmp_path):
    scripts = f"<script>{'x = 1;' * 900_000}</script>"
    deep = "<div>" * (DEPTH * 50) + "too deep"
    found = one(tmp_path, page("<title>Reeds</title>", f"{scripts}<p>Text <b>un<i>closed</b></p></x>{deep}"), "a.html")

    assert found.record["title"] == "Reeds"
    assert "".join(page.text for page in found.pages).startswith("Text unclosed")
    assert "x = 1" not in found.pages[0].text


def test_a_page_in_another_encoding_is_read_as_it_says(tmp_path):
    text = "<html><head><meta charset='windows-1251'><title>Партнёрство</title></head><body><p>Кто платит</body></html>"
    found = one(tmp_path, text.encode("windows-1251"), "a.html")

    assert (found.record["title"], found.pages[0].text) == ("Партнёрство", "Кто платит")


def test_a_document_that_tells_nothing_is_no_record_and_says_what_to_do(tmp_path):
    found = one(tmp_path, made_pdf.pages(b"0 0 m 9 9 l S"))
    web = one(tmp_path, "<html><body></body></html>", "article.pdf")

    assert (found.readable, found.record, web.readable) == (False, {}, False)
    assert "no text: holds pictures of pages, no text: run OCR" in found.problems[0]
    assert "the file is a web page in spite of its name" in web.problems[1]


def test_signs_that_nobody_can_read_are_no_text(tmp_path):
    data = made_pdf.pages(made_pdf.lines("\x02\x03\x05\x02 \x06\x03 \x04\x01 a"))
    found = one(tmp_path, made_pdf.with_metadata(data, {"/Title": "Boats of the North"}))

    assert (found.record["title"], found.pages) == ("Boats of the North", ())
    assert "its text cannot be read (fonts without a character map): run OCR" in found.problems


def test_the_name_of_the_site_is_no_part_of_the_title(tmp_path):
    head = '<title>Boats for all | Reed Press</title><meta property="og:site_name" content="Reed Press">'
    found = one(tmp_path, page(head, "<p>Text."), "a.html")

    assert (found.record["title"], found.record["publisher"]) == ("Boats for all", "Reed Press")
