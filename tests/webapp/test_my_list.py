"""A reader's list on the web: its address is the list, so it works without JavaScript and nothing typed is lost."""

import csv
import io
import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from markup import Markup
from naughty import OURS

from kb.plain import plain
from kb.synthesis.collection import TITLE, UNSURE
from kb.synthesis.written import HEAD, WITHOUT, markdown
from webapp import create_app

BROWSER = {"Accept": "text/html"}
ITEMS = ["testwell-2010#c1", "barrier-distance", "reed-2001"]


def asked(items=ITEMS, notes=(), **more) -> dict[str, object]:
    return {"item": list(items), "note": list(notes), **more}


def led_to(client, **query) -> dict[str, list[str]]:
    """What stands in the address that a press of a button leads to."""
    answer = client.get("/list", query_string=asked(**query))
    assert answer.status_code == 303, answer.text
    address = urlsplit(answer.headers["Location"])
    assert address.path == "/list"
    return parse_qs(address.query, keep_blank_values=True)


def test_the_address_is_the_list(client, base):
    page = client.get("/list", query_string=asked(notes=["for the opening"]), headers=BROWSER)

    order = [
        page.text.index(text) for text in ("The side that pays sets", "The partners live far", "No: why neighbours")
    ]
    assert page.status_code == 200 and order == sorted(order)
    assert "for the opening</textarea>" in page.text and "Reed, I. (2001). No: why neighbours" in page.text
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/list.json", query_string=asked()).json == plain(base.synthesis().collection(ITEMS))


@pytest.mark.parametrize(
    ("button", "items", "notes"),
    [
        ({"up": 2}, ["barrier-distance", "testwell-2010#c1", "reed-2001"], ["", "one", ""]),
        ({"down": 1}, ["barrier-distance", "testwell-2010#c1", "reed-2001"], ["", "one", ""]),
        ({"remove": 2}, ["testwell-2010#c1", "reed-2001"], ["one", ""]),
        ({"up": 1}, ITEMS, ["one", "", ""]),
        ({"down": 3}, ITEMS, ["one", "", ""]),
        ({"remove": 9}, ITEMS, ["one", "", ""]),
        ({"up": "many"}, ITEMS, ["one", "", ""]),
        ({"save": 1}, ITEMS, ["one", "", ""]),
        ({"add": "Two towns"}, [*ITEMS, "marlow-quist-2012"], ["one", "", "", ""]),
        ({"add": " reed-2001#c1 "}, [*ITEMS, "reed-2001#c1"], ["one", "", "", ""]),
        ({"add": "mistrust", "up": 2}, ["barrier-distance", "testwell-2010#c1", "reed-2001", "barrier-mistrust"],
         ["", "one", "", ""]),
    ],
)  # fmt: skip
def test_a_button_leads_to_the_changed_list_with_the_notes_typed_so_far(client, button, items, notes):
    led = led_to(client, notes=["one", "", ""], **button)

    assert {name: led[name] for name in ("item", "note")} == {"item": items, "note": notes}
    assert set(led) - {"item", "note"} == ({"removed", "removed-place"} if button == {"remove": 2} else set())


def test_what_was_removed_is_told_and_put_back_in_its_place_with_its_note(client):
    led = led_to(client, notes=["one", "two", ""], title="Who pays", remove=2)
    page = client.get("/list", query_string=led, headers=BROWSER).text
    hidden = dict(re.findall(r'<input type="hidden" form="change" name="(removed[^"]*)" value="([^"]*)">', page))

    assert 'class="undo">Removed: Distance <button form="change" name="undo"' in page
    assert hidden == {"removed": "barrier-distance", "removed-place": "2", "removed-note": "two"}
    typed_since = {"notes": ["one", "typed since"], "items": led["item"], "title": "Who pays"}
    back = led_to(client, **typed_since, **hidden, undo=1)
    assert back == {"item": ITEMS, "note": ["one", "two", "typed since"], "title": ["Who pays"]}
    assert "Removed" not in client.get("/list", query_string=back | hidden, headers=BROWSER).text


def test_the_last_item_of_a_list_can_be_put_back_too(client):
    led = led_to(client, items=["reed-2001"], remove=1)

    assert led == {"removed": ["reed-2001"], "removed-place": ["1"]}
    assert "Removed: Reed (2001) <button" in client.get("/list", query_string=led, headers=BROWSER).text
    assert led_to(client, items=[], undo=1, **led) == {"item": ["reed-2001"]}


def test_what_cannot_be_put_back_is_told_and_the_list_stays(client):
    full = [f"item-{n}" for n in range(100)]
    page = client.get("/list", query_string=asked(full, undo=1, removed="reed-2001"), headers=BROWSER)

    assert page.status_code == 413 and "A list may have 100 items, not 101" in page.text
    assert page.text.count('name="item"') == 100 and "Removed: Reed (2001) <button" in page.text


def test_a_list_has_a_name_in_its_heading_its_title_its_field_and_its_files(client):
    query = asked(title="Who pays, who decides?")
    page = client.get("/list", query_string=query, headers=BROWSER).text

    assert (
        ">Who pays, who decides?</h1>" in page
        and "<title>Who pays, who decides? · Two towns and a mill</title>" in page
    )
    assert re.search(r'<input name="title" id="title" value="Who pays, who decides\?" maxlength="80"', page)
    assert led_to(client, title=" Who  pays ", style="mla", save=1) == {
        "item": ITEMS,
        "title": ["Who pays"],
        "style": ["mla"],
    }
    for form in (".md", ".csv", ".bib"):
        name = client.get(f"/list{form}", query_string=query).headers["Content-Disposition"].partition("filename=")[2]
        assert name == f"who-pays-who-decides{form}"
    assert client.get("/list.md", query_string=query).text.startswith("# Who pays, who decides?\n\nFrom ")
    assert client.get("/list.json", query_string=query).json["title"] == "Who pays, who decides?"


def test_a_list_without_a_name_claims_to_be_nobodys(client):
    page = client.get("/list?item=reed-2001", headers=BROWSER).text

    assert ">List</h1>" in page and "<title>List · Two towns and a mill</title>" in page
    assert "filename=list.bib" in client.get("/list.bib?item=reed-2001").headers["Content-Disposition"]


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", '"; filename=x.exe', "Über uns", "研究", "\u202etxt.exe", "a\r\nX: y"]
)
def test_no_name_of_a_list_makes_another_name_of_a_file_than_its_letters(client, title):
    answer = client.get("/list.md", query_string=asked(title=title))

    assert answer.status_code == 200 and "X" not in answer.headers
    names = re.findall(r"filename=([^;]+)", answer.headers["Content-Disposition"])
    assert names and all(re.fullmatch(r"[a-z0-9-]+\.md", name) for name in names)


def test_the_address_says_no_more_than_it_has_to(client):
    assert led_to(client, items=["a", "a", "", "b"], notes=["", " ", "", ""], save=1, style="apa") == {
        "item": ["a", "b"]
    }
    assert led_to(client, items=["a"], save=1, style="mla", lang="de") == {
        "item": ["a"],
        "style": ["mla"],
        "lang": ["de"],
    }
    assert led_to(client, items=["a"], up=1) == {"item": ["a"]} and led_to(client, items=[], save=1) == {}


def test_what_cannot_be_added_is_told_and_the_list_and_the_text_stay(client):
    page = client.get("/list", query_string=asked(notes=["typed"], add="xyzzy <b>"), headers=BROWSER)

    assert page.status_code == 404 and "No concept or work is called &#39;xyzzy &lt;b&gt;&#39;" in page.text
    assert 'value="xyzzy &lt;b&gt;"' in page.text and "typed</textarea>" in page.text
    assert page.text.count('name="item"') == 3


def test_a_full_list_says_so_and_stays(client):
    full = [f"item-{n}" for n in range(100)]
    page = client.get("/list", query_string=asked(full, add="reed-2001"), headers=BROWSER)

    assert page.status_code == 413 and "A list may have 100 items, not 101: make two of it." in page.text
    assert page.text.count('name="item"') == 100


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        (asked([f"item-{n}" for n in range(101)]), 413, "a list may have 100 items, not 101"),
        (asked(notes=["n" * 501]), 413, "the note on item 1 has 501 characters, and may have 500"),
        (asked(notes=list("abcd")), 400, "there are 4 notes for 3 items"),
        (asked(title="x" * 81), 413, "the name of the list has 81 characters, and may have 80: shorten it"),
        (asked(style="ape"), 400, "no citation style &#39;ape&#39; (did you mean &#39;apa&#39;?)"),
    ],
)
def test_what_no_list_can_have_is_told_in_a_sentence(client, query, status, said):
    for form in ("", ".csv", ".md", ".bib"):
        answer = client.get(f"/list{form}", query_string=query, headers=BROWSER)

        assert (answer.status_code, said in answer.text) == (status, True)


def test_what_is_gone_is_shown_and_can_be_removed(client):
    page = client.get("/list?item=no-such-thing%3Cb%3E&item=reed-2001", headers=BROWSER).text

    assert "<code>no-such-thing&lt;b&gt;</code>" in page and "No longer here: <a" in page
    assert led_to(client, items=["no-such-thing<b>", "reed-2001"], remove=1)["item"] == ["reed-2001"]


def test_an_empty_list_tells_how_to_collect_with_and_without_scripts(client):
    page = client.get("/list", headers=BROWSER).text
    without = re.search(r"<noscript>(.*?)</noscript>", page, re.S)[1]

    assert "Nothing is on this list yet" in page and "Start a list with this" in without
    assert 'class="scripted" hidden>Press “Add to my list”' in page and "there is no account and no cookie" in page


@pytest.mark.parametrize("address", ["/concept/barrier-distance", "/source/reed-2001"])
def test_without_scripts_a_list_begins_at_a_page(client, address):
    page, id = client.get(address).text, address.rpartition("/")[2]

    assert f'<noscript><a href="/list?item={id}" rel="nofollow">Start a list with this</a></noscript>' in page
    assert f'hidden data-collect="{id}"' in page


@pytest.mark.parametrize(
    ("address", "id"),
    [
        ("/search?q=who pays sets the terms", "testwell-2010#c1"),
        ("/search?q=power imbalance&kind=concept", "barrier-power-imbalance"),
        ("/search?q=mill&kind=source", "marlow-quist-2012"),
        ("/concept/barrier-power-imbalance", "reed-2001#c2"),
        ("/source/testwell-2010", "testwell-2010#c2"),
        ("/author/testwell-t", "testwell-2010#c1"),
        ("/similar/reed-2001", "marlow-quist-2012#c2"),
        ("/about", "testwell-2010#c1"),
    ],
)
def test_hits_claims_and_pages_have_a_button_that_collects(client, address, id):
    assert f'hidden data-collect="{id}">Add to my list</button>' in client.get(address, headers=BROWSER).text


def test_what_to_know_before_one_cites_stands_above_the_items(client):
    page = client.get("/list", query_string=asked(["barrier-distance", "marlow-quist-2012#c3"]), headers=BROWSER).text

    assert re.search(r'Do not cite: not checked in the work: <a href="#item-2">item 2</a>', page)
    assert "Before you cite" not in client.get("/list?item=reed-2001", headers=BROWSER).text


def test_references_come_in_the_style_that_is_asked_for_and_can_be_copied_at_once(client):
    page = client.get("/list", query_string=asked(style="ieee"), headers=BROWSER).text
    copied = unescape(re.search(r'data-copy="([^"]*)">Copy all', page)[1]).split("\n")

    assert [line[:3] for line in copied] == ["[1]", "[2]"]
    assert copied[0].endswith(f" [{UNSURE}]") and not copied[1].endswith("]")
    assert '<option value="ieee" selected>IEEE</option>' in page and "by the numbers of this list" in page


def test_works_cited_and_works_that_stand_to_these_claims_are_two_lists(client):
    page = client.get("/list?item=reed-2001%23c2&item=marlow-quist-2012%23c3", headers=BROWSER).text
    lists = [re.findall(r'<a class="note" href="/source/([^"]+)"', part) for part in page.split("<h3>")[1:]]

    assert re.findall("<h3>([^<]+)</h3>", page) == ["Works cited", "Works that stand to these claims"]
    assert lists == [["reed-2001"], ["testwell-2010"]]
    assert f'{WITHOUT}: <a href="#item-2">item 2</a>.' in page
    assert "<h3>" not in client.get("/list?item=reed-2001", headers=BROWSER).text


@pytest.mark.parametrize("items", [["sandhill-1998#c1"], ["testwell-2010#c1", "marlow-quist-2012#c3"], ["reed-2001"]])
def test_reference_managers_get_the_works_cited(client, items):
    view = client.get("/list.json", query_string=asked(items)).json
    cited = [each["id"] for each in view["references"]]

    assert re.findall(r"^@\w+\{([^,]+),", client.get("/list.bib", query_string=asked(items)).text, re.M) == cited
    assert [each["id"] for each in client.get("/list.csl.json", query_string=asked(items)).json] == cited
    assert client.get("/list.ris", query_string=asked(items)).text.count("TY  - ") == len(cited)


def test_the_link_in_a_text_says_that_it_has_no_notes(client):
    query = asked(notes=["private"], title="Who pays")
    line = client.get("/list.md", query_string=query).text.split("\n\n")[1]

    assert "title=Who+pays" in line and "private" not in line and line.endswith("> (link without the notes)")
    assert client.get("/list.md?item=reed-2001").text.split("\n\n")[1].endswith("/list?item=reed-2001>")


@pytest.mark.parametrize(
    ("form", "media", "begins"),
    [
        (".bib", "application/x-bibtex", "@book{reed-2001,"),
        (".ris", "application/x-research-info-systems", "TY  - BOOK"),
        (".csl.json", "application/vnd.citationstyles.csl+json", "["),
        (".csv", "text/csv", ",".join(HEAD)),
        (".md", "text/markdown", "# List\n\nFrom Two towns and a mill, data version "),
        (".json", "application/json", '{"items":'),
    ],
)
def test_a_list_can_be_taken_along(client, form, media, begins):
    query = asked(notes=["=1"], style="mla", lang="de")
    page = client.get("/list", query_string=query, headers=BROWSER).text
    links = {unescape(each) for each in re.findall(r'href="(/list[^"]*)"', page) if each.startswith(f"/list{form}?")}

    assert len(links) <= 2  # in the head as it was asked, and on the page
    for link in links:
        answer = client.get(link)
        assert answer.mimetype == media and answer.text.startswith(begins)
        assert parse_qs(urlsplit(link).query, keep_blank_values=True)["lang"] == ["de"]
    led = client.get("/list", query_string=query, headers={"Accept": media})
    assert led.status_code == 200 if form == ".json" else led.headers["Location"].startswith(f"/list{form}?item=")


def test_page_table_and_json_hold_the_same_items(client, base):
    query = asked([*ITEMS, "gone"], ["=1", "", "two\nlines"])
    rows = list(csv.DictReader(io.StringIO(client.get("/list.csv", query_string=query).text)))
    view = client.get("/list.json", query_string=query).json
    page = client.get("/list", query_string=query, headers=BROWSER).text

    assert [row["id"] for row in rows] == [item["id"] for item in view["items"]] == [*ITEMS, "gone"]
    assert re.findall(r'name="item" value="([^"]*)"', page) == [*ITEMS, "gone"]
    assert [row["note"] for row in rows] == ["'=1", "", "two\nlines", ""]
    text = client.get("/list.md", query_string=query).text
    assert (
        text.partition("\n1. ")[2]
        == markdown(base.synthesis().collection(query["item"], query["note"])).partition("\n1. ")[2]
    )


@pytest.mark.parametrize("text", OURS)
def test_whatever_is_typed_is_text(client, text):
    cut = text[:400]
    query = asked([cut, "reed-2001"], [cut, cut], title=text[:TITLE], removed=f"x{cut}", **{"removed-note": cut})
    plain_query = "item=a&item=reed-2001&note=b&note=b&title=c&removed=d&removed-note=e"
    plain_page = Markup.of(client.get(f"/list?{plain_query}", headers=BROWSER).text)
    page = client.get("/list", query_string=query, headers=BROWSER)
    read = Markup.of(page.text)

    assert page.status_code == 200 and read.wrong == []
    assert (read.tags, read.attributes - {"class"}) == (plain_page.tags, plain_page.attributes - {"class"})
    for form in (".csv", ".md", ".bib", ".json"):
        assert client.get(f"/list{form}", query_string=query).status_code == 200
    assert client.get("/list", query_string=query | {"up": 2, "add": text}).status_code in (303, 404)


def test_the_longest_list_travels_in_its_address(client):
    items, notes = [f"{'x' * 60}-{n}" for n in range(100)], ["ü😀" * 50] * 100
    answer = client.get("/list", query_string=asked(items, notes, up=2))
    page = client.get(answer.headers["Location"], headers=BROWSER)

    assert answer.status_code == 303 and len(answer.headers["Location"]) < 256_000  # of headers that a browser takes
    assert page.status_code == 200 and "The link is long" in page.text
    assert len(page.headers["Link"]) < 4_000


def test_a_list_keeps_its_language(client):
    page = client.get("/list?item=barrier-power-imbalance&lang=de", headers=BROWSER).text

    assert ">Machtgefälle</a>" in page and '<input type="hidden" name="lang" value="de">' in page


def test_crawlers_leave_lists_alone_and_no_list_has_a_canonical_address(client):
    assert "Disallow: /list" in client.get("/robots.txt").text
    assert 'rel="canonical"' not in client.get("/list?item=reed-2001").text


@pytest.mark.real
def test_a_hundred_items_of_the_real_corpus_are_a_page_and_all_its_forms(real_base):
    client = create_app(real_base).test_client()
    claims = [f"{s.id}{c['id']}" for s in real_base.generation.records for c in s.data.get("claims", [])][:100]
    query = "&".join(f"item={quote(id, safe='')}" for id in claims)

    assert client.get(f"/list?{query}", headers=BROWSER).text.count('name="item"') == 100
    for form in (".json", ".csv", ".md", ".bib", ".ris", ".csl.json"):
        assert client.get(f"/list{form}?{query}").status_code == 200
