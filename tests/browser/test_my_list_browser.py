"""A list kept in the browser: nothing of it is lost, by whatever link one comes and in however many tabs."""

from collections.abc import Iterator

import pytest
from conftest import watched

pytestmark = pytest.mark.browser
KEPT = "localStorage.getItem('my list')"
FORBIDDEN = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"
LINK = "/list?item=reed-2001&item=testwell-2010%23c1&note=&note=theirs"


@pytest.fixture
def page(browser, site) -> Iterator[object]:
    with watched(browser, site, permissions=["clipboard-read", "clipboard-write"]) as page:
        yield page


def collect(page, *ids: str) -> None:
    """Put concepts and works on the list, each on its own page."""
    for id in ids:
        page.goto(f"/{'source' if id[-1].isdigit() else 'concept'}/{id}")
        page.locator(f"[data-collect='{id}']").first.click()


def open_list(page) -> None:
    page.locator("[data-my-list]").click()
    page.locator("[data-list]").wait_for()


def items(page) -> list[str]:
    return page.locator("[data-list] li [name=item]").evaluate_all("all => all.map(each => each.value)")


def kept(page) -> list[str]:
    return page.evaluate(f"new URLSearchParams({KEPT}.split('#')[0]).getAll('item')")


def count(page) -> str:
    return page.locator("[data-my-list]").inner_text()


def bar(page) -> str:
    return page.locator(".list-bar").inner_text() if page.locator(".list-bar").is_visible() else ""


def order(page, wanted: list[str]) -> None:
    """Wait until the page shows the items in that order."""
    wanted_js = ",".join(wanted)
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('[data-list] li [name=item]')].map(e => e.value).join() === wanted"
        " && !document.querySelector('[aria-busy]')",
        arg=wanted_js,
    )


def test_hits_are_collected_noted_ordered_and_taken_away_again(page):
    page.goto("/search?q=who pays sets the terms")
    page.locator("ol.hits [data-collect='testwell-2010#c1']").click()
    page.locator(".answer [data-collect='reed-2001#c2'], ol.hits [data-collect='reed-2001#c2']").first.click()
    both = page.locator("[data-collect='testwell-2010#c1']")
    assert set(both.all_inner_texts()) == {"In my list – remove"} and count(page) == "My list (2)"
    assert page.locator("#said").inner_text() == "Added: 2 items on my list."

    open_list(page)
    order(page, ["testwell-2010#c1", "reed-2001#c2"])
    page.get_by_label("Note").first.fill("for the opening")
    page.get_by_label("Down: The side that pays").click()
    order(page, ["reed-2001#c2", "testwell-2010#c1"])
    page.get_by_label("Remove: Who pays more").click()
    order(page, ["testwell-2010#c1"])

    page.reload()
    assert items(page) == kept(page) == ["testwell-2010#c1"] and bar(page) == ""
    assert page.get_by_label("Note").input_value() == "for the opening"
    page.goto("/source/testwell-2010")
    page.locator("[data-collect='testwell-2010#c1']").click()
    assert page.locator("[data-collect='testwell-2010#c1']").inner_text() == "It has a note: remove both"
    page.locator("[data-collect='testwell-2010#c1']").click()
    assert kept(page) == [] and count(page) == "My list"


def test_a_note_is_kept_as_it_is_typed_in_the_store_and_in_all_links(page):
    collect(page, "reed-2001")
    open_list(page)
    page.get_by_label("Note").press_sequentially("read <it> & again")
    page.wait_for_function("() => localStorage.getItem('my list').includes('again')")
    page.get_by_role("button", name="Copy the link").click()

    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/list?item=reed-2001&note=read+%3Cit%3E+%26+again")
    assert page.get_by_role("link", name="Markdown").get_attribute("href").endswith("note=read+%3Cit%3E+%26+again")
    page.goto("/")
    open_list(page)
    assert page.get_by_label("Note").input_value() == "read <it> & again"


def test_what_live_js_puts_on_the_page_has_buttons_too(page):
    collect(page, "marlow-quist-2012")
    page.goto("/search?q=mill")
    page.get_by_role("navigation", name="Kinds of hits").get_by_role("link", name="Works").click()
    page.wait_for_url("**kind=source**")

    button = page.locator("ol.hits [data-collect='marlow-quist-2012']")
    button.wait_for()
    assert button.inner_text() == "In my list – remove"
    button.click()
    assert (button.inner_text(), count(page)) == ("Add to my list", "My list")


def test_what_is_typed_or_picked_is_added(page):
    page.goto("/list")
    page.get_by_label("Add a concept").fill("mistrust")
    page.keyboard.press("Enter")
    order(page, ["barrier-mistrust"])
    page.get_by_label("Add a concept").press_sequentially("two tow")
    page.locator("#add-list [role=option]").first.click()
    order(page, ["barrier-mistrust", "marlow-quist-2012"])

    assert kept(page) == ["barrier-mistrust", "marlow-quist-2012"] and count(page) == "My list (2)"


def test_what_is_not_there_to_be_added_is_told_and_nothing_is_lost(browser, site):
    page = browser.new_page(base_url=site)  # which complains of the status
    collect(page, "reed-2001")
    open_list(page)
    page.get_by_label("Note").fill("typed")
    page.get_by_label("Add a concept").fill("xyzzy")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()

    assert kept(page) == ["reed-2001"] and "typed" in page.evaluate(KEPT)
    page.goto("/")
    open_list(page)
    assert items(page) == ["reed-2001"]
    page.close()


def heading(page) -> tuple[str, str]:
    """The heading of the page, and that of its window without the name of the site."""
    return page.locator("h1").inner_text(), page.title().removesuffix(" · Two towns and a mill")


def test_a_list_by_a_link_leaves_ones_own_alone(page):
    collect(page, "barrier-distance")
    before = page.evaluate(KEPT)
    page.goto(LINK)
    assert "came by a link" in bar(page) and count(page) == "My list (1)"
    page.get_by_label("Style").select_option("mla")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**&style=mla")

    assert page.evaluate(KEPT) == before and "came by a link" in bar(page)
    page.get_by_role("link", name="Show my list").click()
    order(page, ["barrier-distance"])
    assert bar(page) == ""


def test_a_list_by_a_link_says_so_and_nothing_is_written_on_it_until_it_is_ones_own(page):
    page.goto(LINK)
    assert heading(page) == ("A list sent to you",) * 2 and "make it yours first" in bar(page)
    for field in ("textarea", ".moves button", "#add", "#title", ".saving"):
        assert page.locator(field).count() and not page.locator(field).locator("visible=true").count(), field
    assert page.locator(".collected .on-paper").last.inner_text() == "theirs"
    page.goto(f"{LINK}&title=Who+pays")
    assert heading(page) == ("A list sent to you: Who pays",) * 2

    page.get_by_role("button", name="Use as my list").click()
    assert heading(page) == ("Who pays",) * 2 and bar(page) == ""
    for field in ("textarea", ".moves button", "#add", "#title"):
        assert page.locator(field).first.is_visible(), field
    assert not page.locator(".collected .on-paper").last.is_visible()
    assert "title=Who+pays" in page.evaluate(KEPT)


def test_ones_own_list_is_my_list_until_it_has_a_name(page):
    collect(page, "reed-2001")
    open_list(page)
    assert heading(page) == ("My list",) * 2
    page.get_by_label("Name of this list").press_sequentially("Who  pays? ")
    page.wait_for_function("() => localStorage.getItem('my list').includes('pays')")

    assert heading(page) == ("Who pays?",) * 2 and "title=Who+pays%3F" in page.url
    assert page.get_by_role("link", name="Markdown").get_attribute("href").endswith("title=Who+pays%3F")
    page.get_by_label("Name of this list").press("Enter")
    page.locator("#list:not([aria-busy])").wait_for()
    collect(page, "barrier-distance")
    open_list(page)
    assert heading(page) == ("Who pays?",) * 2 and items(page) == ["reed-2001", "barrier-distance"]
    page.get_by_label("Name of this list").fill("")
    page.get_by_label("Name of this list").blur()
    assert heading(page) == ("My list",) * 2 and "title" not in page.evaluate(KEPT)


def test_a_list_by_a_link_can_be_added_to_ones_own(page):
    collect(page, "barrier-distance", "reed-2001")
    page.goto(LINK)
    page.get_by_role("button", name="Add these to my list").click()

    assert kept(page) == ["barrier-distance", "reed-2001", "testwell-2010#c1"] and count(page) == "My list (3)"
    assert page.locator(".list-told").inner_text() == "1 item added: my list has 3."
    order(page, ["barrier-distance", "reed-2001", "testwell-2010#c1"])
    assert bar(page) == "" and heading(page) == ("My list",) * 2
    assert page.get_by_label("Note").last.input_value() == "theirs"


def test_a_list_by_a_link_takes_the_place_of_ones_own_at_the_second_press_alone(page):
    collect(page, "barrier-distance")
    page.goto(LINK)
    page.get_by_role("button", name="Use as my list").click()
    assert kept(page) == ["barrier-distance"]
    page.get_by_role("button", name="Press again: it takes the place of 1 item").click()

    assert kept(page) == ["reed-2001", "testwell-2010#c1"] and bar(page) == ""
    page.get_by_label("Remove: Reed").click()
    order(page, ["testwell-2010#c1"])
    assert kept(page) == ["testwell-2010#c1"]


def test_the_list_that_another_took_the_place_of_comes_back_by_undo(page):
    page.goto("/")
    page.evaluate("localStorage.setItem('my list', 'item=barrier-distance&note=far&title=Mine#abc')")
    page.goto(LINK)
    page.get_by_role("button", name="Use as my list").click()
    page.get_by_role("button", name="Press again").click()
    assert page.locator(".undo").inner_text() == "Replaced: your list of 1 item. Undo"
    page.locator(".undo a").click()
    order(page, ["barrier-distance"])

    assert page.evaluate(KEPT) == "item=barrier-distance&note=far&title=Mine#abc" and bar(page) == ""
    assert heading(page) == ("Mine",) * 2 and page.get_by_label("Note").input_value() == "far"


def test_what_was_removed_comes_back_by_undo_in_its_place_with_its_note(page):
    collect(page, "barrier-distance", "reed-2001", "marlow-quist-2012")
    open_list(page)
    page.get_by_label("Note").nth(1).fill("read it")
    page.get_by_label("Remove: Reed").click()
    order(page, ["barrier-distance", "marlow-quist-2012"])
    assert page.locator(".undo").inner_text() == "Removed: Reed (2001) Undo" and bar(page) == ""
    page.get_by_label("Note").first.fill("typed since")
    page.get_by_role("button", name="Undo").click()
    order(page, ["barrier-distance", "reed-2001", "marlow-quist-2012"])

    assert kept(page) == items(page) and page.locator(".undo").count() == 0 and bar(page) == ""
    assert [each.input_value() for each in page.get_by_label("Note").all()] == ["typed since", "read it", ""]


def test_a_link_with_the_token_of_another_browser_is_a_link(page):
    collect(page, "barrier-distance")
    page.goto(f"{LINK}#mine-ofanotherbrowser")
    assert "came by a link" in bar(page)
    page.goto(f"{LINK}#save-ofanotherbrowser")
    assert "came by a link" in bar(page)

    assert kept(page) == ["barrier-distance"]


def test_an_old_address_of_ones_own_list_shows_the_list_as_it_is_now(page):
    collect(page, "barrier-distance")
    open_list(page)
    old = page.url
    collect(page, "reed-2001")
    page.goto(old)
    order(page, ["barrier-distance", "reed-2001"])

    page.goto("/list")
    order(page, ["barrier-distance", "reed-2001"])
    assert kept(page) == ["barrier-distance", "reed-2001"]


def test_back_takes_a_change_back_in_the_store_too_and_forward_makes_it_again(page):
    collect(page, "barrier-distance", "reed-2001")
    open_list(page)
    page.get_by_label("Note").first.fill("far")
    page.get_by_label("Remove: Distance").click()
    order(page, ["reed-2001"])
    assert kept(page) == ["reed-2001"]
    page.go_back()
    order(page, ["barrier-distance", "reed-2001"])
    assert kept(page) == ["barrier-distance", "reed-2001"] and bar(page) == "" and count(page) == "My list (2)"
    assert page.get_by_label("Note").first.input_value() == "far" and "note=far" in page.evaluate(KEPT)
    page.go_forward()
    order(page, ["reed-2001"])

    assert kept(page) == ["reed-2001"] and bar(page) == ""


def test_back_keeps_the_notes_and_the_name_that_were_written_since(page):
    collect(page, "barrier-distance", "reed-2001")
    open_list(page)
    page.get_by_label("Down: Distance").click()
    order(page, ["reed-2001", "barrier-distance"])
    page.get_by_label("Note").first.fill("read it")
    page.get_by_label("Name of this list").fill("Who pays")
    page.get_by_label("Name of this list").blur()
    page.go_back()
    order(page, ["barrier-distance", "reed-2001"])

    assert kept(page) == ["barrier-distance", "reed-2001"] and bar(page) == "" and heading(page) == ("Who pays",) * 2
    assert page.get_by_label("Note").last.input_value() == "read it" and "read+it" in page.evaluate(KEPT)
    assert "read+it" in page.url and "title=Who+pays" in page.url


def test_back_keeps_what_another_tab_has_added_since(page):
    collect(page, "barrier-distance", "reed-2001")
    open_list(page)
    page.get_by_label("Remove: Distance").click()
    order(page, ["reed-2001"])
    page.get_by_label("Note").first.evaluate("field => field.value = 'not saved yet'")
    other = page.context.new_page()
    collect(other, "marlow-quist-2012")
    page.locator(".list-bar", has_text="changed in another tab").wait_for()
    page.go_back()
    order(page, ["barrier-distance", "reed-2001", "marlow-quist-2012"])

    assert kept(page) == ["barrier-distance", "reed-2001", "marlow-quist-2012"] and bar(page) == ""


def test_back_over_a_list_by_a_link_does_not_bring_an_older_list_of_ones_own_back(page):
    collect(page, "barrier-distance")
    open_list(page)
    old = page.url
    page.goto(LINK)
    page.get_by_role("button", name="Add these to my list").click()
    order(page, ["barrier-distance", "reed-2001", "testwell-2010#c1"])
    page.go_back()
    page.locator(".list-bar", has_text="came by a link").wait_for()
    assert len(kept(page)) == 3
    page.goto(old)
    order(page, ["barrier-distance", "reed-2001", "testwell-2010#c1"])


def test_a_tab_that_adds_while_another_changes_the_list_loses_nothing(page):
    collect(page, "barrier-distance", "reed-2001")
    open_list(page)
    order(page, ["barrier-distance", "reed-2001"])
    page.get_by_label("Note").first.evaluate("field => field.value = 'not saved yet'")
    other = page.context.new_page()
    collect(other, "marlow-quist-2012")
    page.locator(".list-bar", has_text="changed in another tab").wait_for()
    assert count(page) == "My list (3)"
    page.get_by_label("Down: Distance").click()
    order(page, ["reed-2001", "barrier-distance", "marlow-quist-2012"])

    assert kept(other) == ["reed-2001", "barrier-distance", "marlow-quist-2012"] and bar(page) == ""
    assert page.get_by_label("Note").nth(1).input_value() == "not saved yet"


def test_a_tab_that_shows_the_list_follows_what_another_one_does(page):
    collect(page, "barrier-distance")
    open_list(page)
    other = page.context.new_page()
    collect(other, "reed-2001")
    order(page, ["barrier-distance", "reed-2001"])
    other.locator("[data-collect='reed-2001']").click()
    order(page, ["barrier-distance"])

    third = page.context.new_page()
    third.goto("/source/reed-2001")
    other.locator("[data-collect='reed-2001']").click()
    third.locator("[data-my-list]", has_text="(2)").wait_for()
    assert third.locator("[data-collect='reed-2001']").inner_text() == "In my list – remove"


def test_by_keyboard_alone_the_focus_stays_with_the_item_that_moves(page):
    collect(page, "barrier-distance", "reed-2001", "marlow-quist-2012")
    open_list(page)
    page.get_by_label("Down: Distance").focus()
    page.keyboard.press("Enter")
    order(page, ["reed-2001", "barrier-distance", "marlow-quist-2012"])
    page.keyboard.press("Enter")
    order(page, ["reed-2001", "marlow-quist-2012", "barrier-distance"])
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Down: Distance"
    page.keyboard.press("Enter")  # which changes nothing: it is the last
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    order(page, ["reed-2001", "marlow-quist-2012"])

    assert page.evaluate("document.activeElement.localName") == "h1"
    assert page.locator("#said").inner_text() == "2 items, which cite 2 works."
    assert kept(page) == ["reed-2001", "marlow-quist-2012"]


def test_after_the_skip_link_the_list_is_still_ones_own(page):
    collect(page, "barrier-distance", "reed-2001")
    open_list(page)
    page.keyboard.press("Tab")
    page.evaluate("location.hash = 'content'")
    page.get_by_label("Up: Reed").click()
    order(page, ["reed-2001", "barrier-distance"])

    assert kept(page) == ["reed-2001", "barrier-distance"] and bar(page) == ""
    page.evaluate("location.hash = 'content'")
    page.reload()
    assert bar(page) == ""


def test_where_storage_is_forbidden_the_address_holds_the_list(page):
    page.add_init_script(FORBIDDEN)
    page.goto("/source/reed-2001")
    page.locator("[data-collect='reed-2001']").click()
    assert (count(page), page.locator("[data-collect='reed-2001']").inner_text()) == (
        "My list (1)", "In my list – remove",
    )  # fmt: skip
    assert "keeps no list" in page.locator(".list-told").inner_text()
    open_list(page)
    page.get_by_label("Note").fill("kept in the address")
    page.get_by_label("Add a concept").fill("mistrust")
    page.keyboard.press("Enter")
    order(page, ["reed-2001", "barrier-mistrust"])

    assert "Bookmark it" in bar(page) and "kept+in+the+address" in page.url and count(page) == "My list (2)"
    page.reload()
    assert items(page) == ["reed-2001", "barrier-mistrust"]


def test_where_storage_is_full_what_is_collected_travels_by_the_address_and_what_is_kept_stays(page):
    collect(page, "barrier-distance")
    page.add_init_script(FULL)
    page.goto("/source/reed-2001")
    page.locator("[data-collect='reed-2001']").click()
    assert "keeps no list" in page.locator(".list-told").inner_text() and count(page) == "My list (2)"
    open_list(page)

    order(page, ["barrier-distance", "reed-2001"])
    assert kept(page) == ["barrier-distance"] and "came by a link" in bar(page)


def test_where_storage_becomes_full_a_change_is_in_the_address_and_survives_a_reload(page):
    collect(page, "barrier-distance", "reed-2001")
    open_list(page)
    order(page, ["barrier-distance", "reed-2001"])
    page.evaluate(f"() => {{ {FULL} }}")
    page.get_by_label("Up: Reed").click()
    order(page, ["reed-2001", "barrier-distance"])
    page.get_by_label("Note").first.fill("typed")
    page.get_by_label("Note").first.blur()
    assert "Bookmark it" in bar(page) and page.url.endswith(
        "/list?item=reed-2001&item=barrier-distance&note=typed&note="
    )
    page.reload()

    assert items(page) == ["reed-2001", "barrier-distance"] and page.get_by_label("Note").first.input_value() == "typed"
    assert kept(page) == ["barrier-distance", "reed-2001"]


def test_a_full_list_takes_no_more_and_says_so(page):
    page.goto("/")
    query = "&".join(f"item=item-{n}" for n in range(100))
    page.evaluate(f"localStorage.setItem('my list', '{query}#abc')")
    page.goto("/source/reed-2001")
    page.locator("[data-collect='reed-2001']").click()

    assert "100 items" in page.locator(".list-told").inner_text() and len(kept(page)) == 100
    page.locator(".list-told").click()
    assert page.locator(".list-told").count() == 0


def test_what_is_stored_is_the_list_alone_and_nothing_until_something_is_collected(page):
    for address in ("/", "/search?q=mill", "/list", LINK, "/source/reed-2001"):
        page.goto(address)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    collect(page, "reed-2001")

    assert page.evaluate("Object.keys(localStorage)") == ["my list"]
    assert page.evaluate(KEPT).startswith("item=reed-2001#")


def test_an_odd_store_does_no_harm(page):
    page.goto("/")
    page.evaluate("localStorage.setItem('my list', 'item=a&item=a&note=%E0%A4%A&style=apa&x=<b>#')")
    page.goto("/source/reed-2001")
    page.locator("[data-collect='reed-2001']").click()
    open_list(page)
    order(page, ["a", "reed-2001"])

    page.get_by_label("Remove: a").click()
    order(page, ["reed-2001"])
    assert kept(page) == ["reed-2001"] and bar(page) == ""


def test_without_scripts_a_list_is_begun_ordered_noted_and_shared(browser, site):
    with watched(browser, site, java_script_enabled=False) as page:
        page.goto("/concept/barrier-distance")
        assert not page.locator("[data-collect]").first.is_visible()
        page.get_by_role("link", name="Start a list with this").click()
        page.get_by_label("Note").fill("far")
        page.get_by_label("Add a concept").fill("reed-2001#c1")
        page.keyboard.press("Enter")
        page.wait_for_url("**/list?item=barrier-distance&item=reed-2001%23c1&note=far&note=")
        page.get_by_label("Note").last.fill("meet")
        page.get_by_label("Up: Neighbours").click()

        page.wait_for_url("**/list?item=reed-2001%23c1&item=barrier-distance&note=meet&note=far")
        page.get_by_label("Style").select_option("mla")
        page.get_by_role("button", name="Apply").click()
        page.wait_for_url("**&note=far&style=mla")
        assert heading(page) == ("List",) * 2 and page.locator("textarea").first.is_visible()
        page.get_by_label("Name of this list").fill("Far")
        page.get_by_label("Remove: Distance").click()
        page.wait_for_url("**/list?item=reed-2001%23c1&note=meet&title=Far&style=mla&removed=barrier-distance**")
        assert heading(page) == ("Far",) * 2
        page.get_by_role("button", name="Undo").click()
        page.wait_for_url("**/list?item=reed-2001%23c1&item=barrier-distance&note=meet&note=far&title=Far&style=mla")
        assert not page.locator(".list-bar").is_visible() and page.locator(".saving").first.is_visible()


def test_on_paper_the_list_has_its_notes_and_no_buttons(page):
    page.goto("/list?item=reed-2001&note=read+it")
    page.emulate_media(media="print")

    assert page.locator(".collected .on-paper").is_visible() and page.locator(".references li").first.is_visible()
    assert not page.locator(".collected textarea, .moves, .list-bar").first.is_visible()
