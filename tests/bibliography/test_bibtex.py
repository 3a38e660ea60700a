"""BibTeX and BibLaTeX in: each entry by itself, each field somewhere, and no file that stops the others."""

import itertools
import json

import pytest

from kb.bibliography.biblatex import TYPES
from kb.bibliography.reading import Given, files
from kb.bibliography.reading.bibtex import entries
from kb.bibliography.reading.entry import TYPES as OURS


def read(text):
    return list(entries(lambda: iter(text.splitlines(keepends=True))))


def one(text):
    (entry,) = read(text)
    assert entry.readable
    return entry


def record(text):
    return one(text).record


def extra(text):
    return record(text).get("extra", {})


def title(tex):
    return record(f"@book{{a, title = {{{tex}}}}}")["title"]


def authors(text):
    return record(f"@book{{a, author = {{{text}}}}}").get("authors")


FIELDS = (
    "abstract", "acmid", "address", "addendum", "afterword", "annotation", "annotator", "annote", "archiveprefix",
    "author", "bookauthor", "booksubtitle", "booktitle", "booktitleaddon", "chapter", "collaborator", "commentator",
    "date-added", "day", "doi", "edition", "editor", "editora", "editoratype", "editortype", "eid", "eprint",
    "eprintclass", "eprinttype", "eventdate", "eventtitle", "file", "foreword", "fjournal", "groups", "holder",
    "howpublished", "institution", "introduction", "isbn", "issn", "issue", "issuetitle", "journal",
    "journalsubtitle", "journaltitle", "keywords", "label", "language", "langid", "library", "location", "lccn",
    "maintitle", "mainsubtitle", "mendeley-tags", "month", "mrnumber", "note", "number", "numpages", "oclc",
    "organization", "origdate", "origlanguage", "origlocation", "origpublisher", "origtitle", "owner", "pages",
    "pagetotal", "part", "pmid", "publisher", "pubstate", "rights", "school", "series", "shortjournal",
    "shorttitle", "subtitle", "titleaddon", "translator", "type", "url", "urldate", "venue", "version", "volume",
    "volumes", "year", "shorttitle", "related", "unknown-field", "author+an", "bdsk-url-1", "timestamp",
)  # fmt: skip
GIVEN = {
    "doi": "10.5555/made-up", "isbn": "978-0-19-852663-6", "issn": "0305-750X", "url": "http://example.org/a",
    "eprinttype": "arxiv", "month": "oct", "day": "17", "year": "1999", "eventdate": "1999-10-16", "origdate": "1876",
    "urldate": "2020-02-02", "author": "Reed, Anna", "editor": "Marlow, Boris", "type": "Kind of it",
}  # fmt: skip


@pytest.mark.parametrize("kind", [*TYPES, "artwork"])
def test_no_field_of_an_entry_is_lost(kind):
    values = {field: GIVEN.get(field, f"Said{number}") for number, field in enumerate(FIELDS)}
    found = one(f"@{kind}{{a,\n" + ",\n".join(f"  {field} = {{{value}}}" for field, value in values.items()) + "}")
    told = json.dumps([found.record, found.pages], ensure_ascii=False).replace("1999-10-17", "oct 17 1999")

    lost = [field for field, value in values.items() for part in value.split(", ") if part not in told]

    assert not lost
    assert found.record["type"] == TYPES.get(kind, "document")


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_of_entry_is_one_of_ours(kind):
    assert record(f"@{kind}{{a, title = {{Mills}}}}")["type"] in OURS


@pytest.mark.parametrize(
    ("entry", "type", "genre"),
    [
        ("@techreport{a, type = {Working Paper}}", "working-paper", None),
        ("@report{a, type = {Discussion paper}}", "working-paper", "Discussion paper"),
        ("@report{a, type = {techreport}}", "report", "Technical report"),
        ("@thesis{a, type = {mathesis}}", "thesis", "Master's thesis"),
        ("@phdthesis{a, title = {x}}", "thesis", "PhD thesis"),
        ("@phdthesis{a, type = {Habilitation}}", "thesis", "Habilitation"),
        ("@article{a, entrysubtype = {magazine}}", "magazine-article", None),
        ("@online{a, title = {x}}", "webpage", None),
        ("@inreference{a, title = {x}}", "reference-entry", None),
        ("@book{a, title = {x}, booktitle = {y}}", "chapter", None),
        ("@book{a, title = {x}, booktitle = {X}}", "book", None),
        ("@patent{a, type = {patentus}}", "document", "US patent"),
    ],
)
def test_type_and_genre_come_from_the_entry_and_its_field_type(entry, type, genre):
    found = record(entry)

    assert (found["type"], found.get("extra", {}).get("genre")) == (type, genre)


def test_a_kind_of_entry_that_we_have_not_is_kept():
    assert extra("@dataset{a, title = {x}}") == {"bibtex:entrytype": "dataset"}
    assert extra("@proceedings{a, title = {x}}") == {"bibtex:entrytype": "proceedings"}
    assert "extra" not in record("@article{a, title = {x}}")


def test_an_entry_says_its_line_and_its_key():
    found = read(
        "% by hand\n\n@book{reed,\n title = {A}}\n\nsee also @misc{quist, title={B}} @misc{marlow,title={C}}\n"
    )

    assert [(entry.line, entry.key) for entry in found] == [(3, "reed"), (6, "quist"), (6, "marlow")]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("@book{bad, title = {One,\n year = 2001\n}\n", "not closed before the next entry, in line 6"),
        ("@book{bad, title = {One}},\n year = {2001},\n}\n", "a brace closes the entry before its end"),
        ("@book{bad}\n", "has no fields"),
        ("@set{bad, entryset = {a, b}}\n", "is no work"),
    ],
)
def test_an_entry_that_cannot_be_read_stops_none_before_or_after_it(broken, why):
    text = f"@book{{before, title = {{A}}}}\n\n{broken}@book{{after, title = {{B}}}}\n"

    found = read(text)

    assert [(entry.key, entry.readable) for entry in found] == [("before", True), ("bad", False), ("after", True)]
    assert found[1].line == 3
    assert why in found[1].problems[0]


def test_an_entry_open_at_the_end_of_the_file_is_told():
    found = read("@book{a, title = {A}}\n@book{b, title = {B}, note = {open")

    assert found[0].readable
    assert (found[1].line, found[1].problems) == (
        2, ("@book: braces do not match: it is not closed before the end of the file",)
    )  # fmt: skip


def test_fields_are_read_in_spite_of_slips():
    no_comma = one("@book{a, title = {One}\n year = 2001, publisher = {P}}")
    commas = one("@book{a,, title = {One},, year = 2001,}")
    commented = one("@book{a,\n % title = {Old},\n title = {One},\n % a remark\n year = 2001}")
    no_key = one("@article{\n author = {Reed, Cy},\n title = {One}}")
    spaces = one("@book{ Reed 2001 , title = {One}, year = 2001}")
    junk = one("@book{a, title = {One}, what is this, year = 2001}")

    assert no_comma.problems == ("a comma is missing after title",)
    assert junk.problems == ("left out what is no field: 'what is this'",)
    for entry in (no_comma, commas, commented, junk):
        assert (entry.record["title"], entry.record["issued"]) == ("One", "2001")
    assert (spaces.key, spaces.record["issued"]) == ("Reed 2001", "2001")
    assert (no_key.key, no_key.record["title"]) == ("", "One")


def test_braces_behind_backslashes_are_counted_as_they_come_out_even():
    assert title(r"\{x\}") == "{x}"
    assert extra("@book{a, file = {C:\\dir\\}, title = {One}}") == {"bibtex:file": "C:\\dir\\"}


def test_parentheses_and_quotes_may_stand_around_an_entry_and_its_values():
    found = record('@Book(a, title = "On {"}quotes{"} (and :-)", Author = "Reed, Cy", yEAR=2001)')

    assert (found["title"], found["issued"]) == ('On "quotes" (and :-)', "2001")


def test_strings_and_months_are_put_in_and_joined():
    text = """@string{mill = "Mill " # and # { Press}} @STRING(and = "and")
    @book{a, publisher = MILL # {!}, year = 2001, month = "10~" # jan, title = nobody}"""

    found = one(text)

    assert found.record["publisher"] == "Mill and Press!"
    assert found.record["extra"]["issued"] == "2001-01-10"
    assert (found.record["title"], found.problems) == ("nobody", ('no @string has the name "nobody"',))


def test_comments_and_preambles_are_no_entries():
    text = """@comment{jabref-meta: {x};} @preamble{ "\\newcommand{\\x}{y}" }
    @comment{
    @book{old, title = {Old}}
    }
    % @book{older, title = {Older}}
    @
      %a
    preamble
    { "x" }
    @book{new, title = {New}}"""

    assert [entry.key for entry in read(text)] == ["older", "new"]


def test_a_second_entry_of_the_same_key_is_told():
    found = read("@book{a, title = {One}}\n@book{a, title = {Two}}")

    assert [entry.problems for entry in found] == [(), ("the entry in line 1 has the same key 'a'",)]


def test_a_field_that_comes_twice_is_kept_twice():
    found = record("@book{a, title = {One}, title = {Two}, note = {x}, note = {y}, keywords = {u}, keywords = {v}}")

    assert found["title"] == "One"
    assert found["extra"] == {"bibtex:title": "Two", "note": ["x", "y"], "keyword": ["u", "v"]}


def test_a_paper_inherits_from_its_volume_wherever_that_stands():
    paper = "@inproceedings{paper, title = {Mills}, pages = {1--2}, crossref = {volume}}"
    volume = (
        "@proceedings{volume, title = {Papers}, subtitle={All of them}, editor={Marlow, Bo}, year=2001, doi={10.1/x}}"
    )

    before, after = read(f"{volume}\n{paper}")[1], read(f"{paper}\n{volume}")[0]

    assert before.record == after.record
    assert (after.record["container"], after.record["issued"]) == ("Papers: All of them", "2001")
    assert after.record["editors"] == [{"family": "Marlow", "given": "Bo"}]
    assert "doi" not in after.record  # that is the volume's own


def test_a_chapter_inherits_through_its_book_from_the_whole_edition():
    text = """@mvbook{all, author = {Reed, Cy}, title = {Works}, location = {Oakham}}
    @book{third, crossref = {all}, title = {Plays}, volume = 3, date = 2001}
    @inbook{play, crossref = {third}, title = {A play}}"""

    play = read(text)[2].record

    assert (play["authors"], play["container"], play["volume"]) == ([{"family": "Reed", "given": "Cy"}], "Plays", "3")
    assert (play["place"], play["issued"], play["extra"]["bibtex:maintitle"]) == ("Oakham", "2001", "Works")


def test_an_article_inherits_from_its_periodical_and_anything_from_xdata():
    text = """@article{a, title = {One}, crossref = {issue}, xdata = {house, town}}
    @periodical{issue, title = {Journal of Mills}, year = 2001, number = 4}
    @xdata{house, publisher = {Mill Press}}
    @xdata{town, location = {Oakham}, title = {not this}}
    @book{b, title = {Two}, publisher = {xdata=house-publisher}}"""

    article, _, book = read(text)

    assert [article.record[key] for key in ("container", "issue", "publisher", "place", "title")] == [
        "Journal of Mills", "4", "Mill Press", "Oakham", "One"
    ]  # fmt: skip
    assert book.record["publisher"] == "Mill Press"


def test_a_parent_that_is_not_there_is_told_and_one_that_is_its_own_does_no_harm():
    lone = one("@inbook{a, title = {One}, crossref = {nowhere}}")
    circle = read(
        "@inbook{a, title={A}, crossref={b}}\n@book{b, title={B}, crossref={a}}\n@book{c, crossref={c}, title={C}}"
    )

    assert lone.problems == ("crossref names 'nowhere', which is not in the file: nothing inherited",)
    assert [entry.record["title"] for entry in circle] == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Reed, Cy", {"family": "Reed", "given": "Cy"}),
        ("Cy Q. Reed", {"family": "Reed", "given": "Cy Q."}),
        ("Ludwig van Beethoven", {"family": "van Beethoven", "given": "Ludwig"}),
        ("de la Cruz, Ana", {"family": "de la Cruz", "given": "Ana"}),
        ("King, Jr., Martin Luther", {"family": "King", "given": "Martin Luther, Jr."}),
        ("{World Bank}", {"literal": "World Bank"}),
        ("{{Barnes and Noble, Inc.}}", {"literal": "Barnes and Noble, Inc."}),
        ("Plato", {"family": "Plato"}),
        (r"{\'E}mile Zola", {"family": "Zola", "given": "Émile"}),
        (r'{\"O}nnud{\'o}ttir, Eva', {"family": "Önnudóttir", "given": "Eva"}),
        ("{Sanchez de Pablo}, J.", {"family": "Sanchez de Pablo", "given": "J."}),
        ("family=Harman, given=Hans, prefix=von der, useprefix=true", {"family": "von der Harman", "given": "Hans"}),
        ("張, 三", {"family": "張", "given": "三"}),
    ],
)  # fmt: skip
def test_a_name_is_parted_as_bibtex_does(text, name):
    assert authors(text) == [name]


def test_names_are_divided_by_and_outside_of_braces():
    assert len(authors("Reed, Cy AND Quist, Bo\n  and {Mills and Towns}")) == 3
    for text in ("Reed, Cy and others", "Reed, Cy and et al.", "Reed, Cy et al."):
        found = record(f"@book{{a, author = {{{text}}}}}")
        assert (found["authors"], found["othersOmitted"]) == ([{"family": "Reed", "given": "Cy"}], "true")
    commas = one("@book{a, author = {Reed, Cy, Quist, Bo, Marlow, Ida}}")
    assert commas.problems == ("6 parts in the name 'Reed, Cy, Quist, Bo, Marlow, Ida': names are divided by “and”",)


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"{\"U}ber \'etudes, na\"ive, Stra{\ss}e, {\L}\'od\'z, {\ae}, \o{}re, \v{s}, \c{c}, \H{o}, \'{\i}, {\v R}",
         "Über études, naïve, Straße, Łódź, æ, øre, š, ç, ő, í, Ř"),
        ("pages 1--2 --- and so", "pages 1–2 — and so"),
        ("``Mills'' and `towns', the reader's", "“Mills” and ‘towns’, the reader's"),
        (r"50\% of R\&D \#1 \$5 a\_b \{x\} a~b", "50% of R&D #1 $5 a_b {x} a b"),
        (r"\emph{Natrix} and \textbf{bold {\em inner} text}, {\it old}", "Natrix and bold inner text, old"),
        (r"CO$_2$, H$_{2}$O, $10^{-3}$, $\alpha$-helix, $\Sigma^0$, $x < y$", "CO₂, H₂O, 10⁻³, α-helix, Σ⁰, x < y"),
        ("from $5 to $6", "from $5 to $6"),
        (r"\enquote{Mills} at \url{http://a.org/b_c} and \href{http://a.org}{here}",
         "“Mills” at http://a.org/b_c and here (http://a.org)"),
        (r"\textcite{reed:2001} and \foo[x]{bar} \baz", r"\textcite{reed:2001} and \foo[x]{bar} \baz"),
        (r"\LaTeX{} and \TeX\ \dots \textendash{} \copyright", "LaTeX and TeX …– ©"),
        (r"D\\'ecoret", "Décoret"),
        ("{The {World} of {NGO}s}", "The World of NGOs"),
        ("שלום 协作 🎉 ا", "שלום 协作 🎉 ا"),
    ],
)  # fmt: skip
def test_tex_is_read_as_text_and_what_is_not_known_stays(tex, text):
    assert title(tex) == text


def test_an_empty_line_is_a_paragraph_in_notes_and_abstracts():
    found = one("@book{a, title = {x}, note = {One\n two.\n\n  Three.}, abstract = {Four.\n\nFive.}}")

    assert found.record["extra"]["note"] == "One two.\nThree."
    assert [(page.label, page.text) for page in found.pages] == [("abstract", "Four.\nFive.")]


@pytest.mark.parametrize(
    ("fields", "issued", "kept"),
    [
        ("year = 2010", "2010", None),
        ("year = 2010, month = mar", "2010", "2010-03"),
        ("year = 2010, month = {March}, day = 8", "2010", "2010-03-08"),
        ('year = 2010, month = "8 " # mar', "2010", "2010-03-08"),
        ("year = 2010, month = {July/August}", "2010", "July/August 2010"),
        ("year = {January 1978}", "1978", "January 1978"),
        ("date = {2010-03-08}", "2010", "2010-03-08"),
        ("date = {2010-03/2011}", "2010", "2010-03/2011"),
        ("date = {2010-22}, year = 2010", "2010", "2010-22"),
        ("date = {-0043~}", "-0043", "-0043~"),
        ("year = {n.d.}", None, "n.d."),
        ("year = {in press}", None, "in press"),
    ],
)
def test_a_date_gives_the_year_and_is_kept_where_it_says_more(fields, issued, kept):
    found = record(f"@book{{a, title = {{x}}, {fields}}}")

    assert (found.get("issued"), found.get("extra", {}).get("issued")) == (issued, kept)


def test_numbers_go_where_the_type_of_work_has_them():
    article = record("@article{a, journal = {J}, number = 4, issue = {Spring}, eid = {e12}, pages = {1--2}}")
    report = record("@techreport{a, number = {12}, institution = {I}, pages = {1-20}}")
    book = record("@book{a, series = {S}, number = 3, volume = 2, pages = {xii, 350 p.}}")

    assert (article["issue"], article["number"], article["pages"]) == ("4", "e12", "1–2")
    assert article["extra"] == {"bibtex:issue": "Spring"}
    assert (report["number"], report["publisher"], report["pages"]) == ("12", "I", "1–20")
    assert (book["number"], book["volume"], book["extra"]) == ("3", "2", {"number-of-pages": "xii, 350 p."})


def test_journals_have_short_names_and_titles_have_subtitles():
    both = record("@article{a, journaltitle = {Journal of Mills}, journal = {J. Mills}, journalsubtitle = {A review}}")
    long = record("@article{a, journal = {J. Mills}, fjournal = {Journal of Mills}}")
    asked = record(
        "@book{a, title = {Who pays?}, subtitle = {And who decides}, shorttitle = {Who}, titleaddon = {Vol}}"
    )

    assert both["container"] == "Journal of Mills: A review"
    assert (long["container"], long["extra"]) == ("Journal of Mills", {"container-title-short": "J. Mills"})
    assert both["extra"] == {"container-title-short": "J. Mills"}
    assert (asked["title"], asked["extra"]["title-short"]) == ("Who pays? And who decides", "Who")


def test_places_of_conferences_and_of_publishers_are_kept_apart():
    found = record(
        "@inproceedings{a, address = {New York}, location = {San Jose}, publisher = {ACM}, organization = {IEEE}}"
    )

    assert (found["place"], found["publisher"]) == ("New York", "ACM")
    assert found["extra"] == {"event-place": "San Jose", "bibtex:organization": "IEEE"}
    assert record("@book{a, location = {Oakham}}")["place"] == "Oakham"


def test_addresses_and_identifiers_are_found():
    published = record(r"@misc{a, howpublished = {\url{http://a.org/b\_c}}}")
    told = record(r"@misc{a, howpublished = {Online at \url{http://a.org/b_c}}, note = {{PMID:} 234}}")
    several = record(
        "@book{a, isbn = {0-19-852663-6, 978-0-19-852663-6}, issn = {0305750X}, eissn = {1873-5991}, doi = {https://doi.org/10.1000/x_y}}"
    )
    prints = extra("@article{a, eprint = {123}, eprinttype = {pubmed}, mrnumber = {MR1}}")

    assert (published["url"], "extra" in published) == ("http://a.org/b_c", False)
    assert told["url"] == "http://a.org/b_c"
    assert told["extra"] == {"bibtex:howpublished": "Online at http://a.org/b_c", "PMID": "234"}
    assert (several["isbn"], several["doi"]) == (["0-19-852663-6", "978-0-19-852663-6"], "10.1000/x_y")
    assert several["issn"] == ["0305-750X", "1873-5991"]
    assert prints == {"PMID": "123", "bibtex:mrnumber": "MR1"}


def test_keywords_are_parted_and_roles_are_names():
    found = extra("@book{a, keywords = {mills, {rivers, streams}; towns}, translator = {Bo Quist and {Mill House}}}")

    assert found == {"keyword": ["mills", "rivers, streams", "towns"], "translator": ["Quist, Bo", "Mill House"]}
    assert extra("@book{a, keywords = {{mills; towns}}}")["keyword"] == ["mills", "towns"]


def test_a_file_is_read_whatever_way_its_lines_end_and_its_signs_are_coded(tmp_path):
    text = '@book{a,\r\n title = "Über {Mühlen}",\r\n year = 2001}\r\n'
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        path = tmp_path / f"{encoding}.bib"
        path.write_bytes(text.encode(encoding))

        (entry,) = files.read(Given.of(path))

        assert (entry.record["title"], entry.line) == ("Über Mühlen", 1)


HUGE = 20_000
HOSTILE = {
    "deep braces": "@a{bad, title = {" + "{" * HUGE + "}" * HUGE + "}}",
    "braces that open": "@a{bad, title = {" + "{" * HUGE,
    "one word": "@a{bad, " + "a" * HUGE + "}",
    "spaces": "@a{bad, title" + " " * HUGE + "}",
    "accents": "@a{bad, title = {" + "\\'" * HUGE + "}}",
    "formulas": "@a{bad, title = {$" + "^" * HUGE + "$ " + "$ " * HUGE + "}}",
    "quotes": "@a{bad, title = {" + "`a' " * HUGE + "}}",
    "unknown orders": "@a(bad, title = \"" + "\\foo\\{" * HUGE + '")',
    "a long name": "@a(bad, author = \"A B C " + "}" * HUGE + '")',
    "spaces in a name": "@book{bad, author = {A" + " " * HUGE + "B}, pages = {x" + " " * HUGE + "y}}",
    "comments that open": "@comment{ x {\n" * 20_000,
    "entries that open": "@a{bad, title = {\n" * 2_000,
    "equals": "@a{" + "=" * HUGE + "}",
    "one line": "".join(f"@book{{k{number}, title = {{T}}}} " for number in range(3_000)),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_entries_neither_hang_nor_hide_the_next(what):
    found = read(f"{HOSTILE[what]}\n@book{{good, title = {{Good}}}}\n")

    assert (found[-1].key, found[-1].record["title"]) == ("good", "Good")


def test_strings_cannot_grow_without_end_and_neither_can_parents():
    strings = '@string{a0 = "' + "x" * 100 + '"}\n' + "".join(
        f"@string{{a{n} = {' # '.join([f'a{n - 1}'] * 10)}}}\n" for n in range(1, 12)
    )  # fmt: skip
    parents = "".join(f"@xdata{{x{n}, xdata = {{{','.join(f'x{m}' for m in range(120))}}}}}\n" for n in range(120))

    grown = read(strings + "@book{b, " + ",".join(f"f{n} = a9" for n in range(99)) + "}")[-1]
    bred = read(parents + "@book{b, title = {T}, xdata = {x1}}")[-1]

    assert len(json.dumps(grown.record)) < 2_000_000
    assert "inherits from more than 100 entries: the rest was left out" in bred.problems


def test_an_entry_too_long_to_be_one_is_told_and_left():
    found = read("@book{bad, title = {" + "word word\n" * 120_000 + "}}\n@book{good, title = {Good}}\n")

    assert [(entry.key, entry.readable) for entry in found] == [("bad", False), ("good", True)]
    assert "is longer than 1,000,000 signs" in found[0].problems[0]


def test_entries_come_one_by_one_out_of_a_file_without_end():
    def lines():
        return (f"@book{{b{number}, title = {{T}}}}\n" for number in itertools.count())

    assert [entry.key for entry in itertools.islice(entries(lines), 3)] == ["b0", "b1", "b2"]


def test_working_papers_and_names_left_out_are_known_as_in_the_other_formats():
    (found,) = entries(lambda: iter(["@techreport{a, type={NBER Working Paper}, title={Reeds}, author={Reed, Cy},\n"
                                     "note={year not known; further authors not named}}"]))  # fmt: skip

    assert (found.record["type"], found.record["othersOmitted"]) == ("working-paper", "true")
    assert found.record["extra"] == {"genre": "NBER Working Paper"}
