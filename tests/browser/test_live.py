"""Links and forms of a page change it in place: address, back, reload and focus are as if it were loaded anew."""

from collections.abc import Iterator

import pytest
from conftest import watched

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser, site, request) -> Iterator[object]:
    """A fresh page with and without JavaScript; whatever the browser complains of fails the test."""
    with watched(browser, site, java_script_enabled=request.param) as page:
        yield page


@pytest.fixture
def live(browser, site) -> Iterator[object]:
    """A page with JavaScript, and a list of the documents that were loaded whole."""
    context = browser.new_context(base_url=site)
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.loaded = []
    page.on("request", lambda request: page.loaded.append(request.url) if request.is_navigation_request() else None)
    yield page
    context.close()


def test_the_state_is_in_the_address_and_survives_reload_and_back(page):
    page.goto("/search?q=mill&limit=3")
    first = page.locator("#hits").inner_text()
    page.get_by_role("link", name="More", exact=True).click()
    page.wait_for_url("**offset=3**")
    second = page.locator("#hits").inner_text()
    page.reload()

    assert page.locator("#hits").inner_text() == second != first
    page.go_back()
    page.wait_for_url("**/search?q=mill&limit=3")
    page.locator("#hits", has_text=first).wait_for()
    page.go_forward()
    page.locator("#hits", has_text=second).wait_for()


def test_fields_of_the_form_follow_the_address(page):
    page.goto("/search?q=mill")
    page.get_by_role("navigation", name="Kinds of hits").get_by_role("link", name="Works").click()
    page.wait_for_url("**kind=source**")
    page.get_by_label("Your question").fill("trust")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**q=trust**")
    page.go_back()
    page.wait_for_url("**q=mill**")
    page.locator("#q[value=mill]").wait_for()

    assert page.get_by_label("Your question").input_value() == "mill"
    assert page.locator("#ask [name=kind]").input_value() == "source"


def test_the_page_is_not_loaded_anew(live):
    live.goto("/search?q=mill&limit=3")
    live.get_by_role("link", name="More", exact=True).click()
    live.wait_for_url("**offset=3**")
    live.locator("#hits", has_text="Hits 4–6").wait_for()
    live.get_by_label("Your question").fill("who pays")
    live.keyboard.press("Enter")
    live.wait_for_url("**q=who+pays**")

    assert len(live.loaded) == 1
    assert live.title().startswith("who pays ·")
    live.get_by_role("link", name="These answers as JSON").click()
    live.wait_for_url("**/search.json?q=who+pays**")


def test_nothing_empty_stands_in_the_address(live):
    live.goto("/search?q=mill")
    live.get_by_role("button", name="Search").click()
    live.locator("#results:not([aria-busy])").wait_for()

    assert live.url.endswith("/search?q=mill")


def test_how_many_there_are_is_told_and_the_focus_stays_in_the_box(live):
    live.goto("/search?q=mill")
    live.get_by_label("Your question").fill("trust")
    live.keyboard.press("Enter")
    live.locator("#said", has_text="come close").wait_for(state="attached")

    assert live.evaluate("document.activeElement.id") == "q"
    live.keyboard.press("End")
    live.keyboard.type(" building")
    assert live.get_by_label("Your question").input_value() == "trust building"


def test_what_had_the_focus_and_is_gone_leaves_it_to_the_heading(live):
    live.goto("/search?q=unequal power since 2011")
    live.get_by_label("Leave since 2011 out of account").focus()
    live.keyboard.press("Enter")
    live.wait_for_url("**off=years**")
    live.get_by_label("Take since 2011 into account again").wait_for()

    assert live.locator("#results :focus").evaluate("element => element.localName") == "h2"


def test_the_next_page_begins_at_its_hits(live):
    live.set_viewport_size({"width": 390, "height": 600})
    live.goto("/search?q=mill&limit=3")
    live.get_by_role("link", name="More", exact=True).click()
    live.locator("#hits", has_text="Hits 4–6").wait_for()

    assert abs(live.locator("#hits").bounding_box()["y"]) < 50


def test_links_that_lead_elsewhere_or_into_a_new_tab_are_left_alone(live):
    live.goto("/search?q=mill&limit=3")
    more = live.get_by_role("link", name="More", exact=True)
    with live.context.expect_page() as opened:
        more.click(modifiers=["Control"])
    opened.value.wait_for_url("**offset=3**")

    assert live.url.endswith("/search?q=mill&limit=3")
    live.locator(".hit h2 a").first.click()
    live.wait_for_url(lambda url: "/search" not in url)
    live.go_back()
    live.locator("#hits", has_text="Hits 1–3").wait_for()


def test_a_failure_loads_the_page_whole(live):
    live.goto("/search?q=mill&limit=3")
    whole = lambda request: request.is_navigation_request()  # noqa: E731
    live.route("**offset=3**", lambda route: route.continue_() if whole(route.request) else route.abort())
    live.get_by_role("link", name="More", exact=True).click()
    live.locator("#hits", has_text="Hits 4–6").wait_for()

    assert len(live.loaded) == 2


def test_a_filter_of_concepts_works_as_a_form(page):
    page.goto("/concepts")
    page.get_by_label("Filter by any name").fill("co-decision")
    page.get_by_role("button", name="Filter").click()
    page.wait_for_url("**/concepts?filter=co-decision")
    page.locator("#tree").get_by_text("1 concept has “co-decision” in a name").wait_for()

    assert page.locator(".tree mark").all_inner_texts() == ["Deciding together"]
    assert page.locator(".tree > li > a").all_inner_texts() == ["Shared rules", "Deciding together"]
    page.get_by_role("link", name="Show all").click()
    page.wait_for_url("**/concepts")
    page.get_by_role("link", name="Mistrust").wait_for()
    assert page.get_by_label("Filter by any name").input_value() == ""


def test_concepts_are_filtered_while_one_types_and_all_of_it_is_one_step_back(live):
    live.goto("/concepts")
    live.get_by_label("Filter by any name").press_sequentially("mistrus", delay=120)
    live.wait_for_url("**/concepts?filter=mistrus")
    live.locator("#tree").get_by_text("1 concept has").wait_for()
    live.keyboard.type("t")
    live.wait_for_url("**/concepts?filter=mistrust")

    assert live.evaluate("document.activeElement.id") == "filter"
    live.go_back()
    live.get_by_role("link", name="Power imbalance").wait_for()
    assert live.url.endswith("/concepts")
    assert live.get_by_label("Filter by any name").input_value() == ""
    assert len(live.loaded) == 1


def test_a_branch_is_folded_by_keyboard_and_all_of_them_by_a_button(live):
    live.goto("/concepts")
    narrower = live.get_by_role("link", name="One-way resource flow")
    live.get_by_role("link", name="Power imbalance").focus()
    live.keyboard.press("Tab")
    live.keyboard.press("Enter")

    assert not narrower.is_visible()
    live.get_by_role("button", name="Unfold all").click()
    assert narrower.is_visible()
    live.get_by_role("button", name="Fold all", exact=True).click()
    assert live.locator(".tree details[open]").count() == 0


def test_there_and_back_before_the_answer_comes_leaves_page_and_address_agreeing(live):
    live.goto("/search?q=mill")
    kinds = live.get_by_role("navigation", name="Kinds of hits")
    kinds.get_by_role("link", name="Works").click()
    live.wait_for_url("**kind=source**")
    kinds.get_by_role("link", name="Claims").click()
    live.wait_for_url("**kind=claim**")
    held = []
    live.route("**/search?*", lambda route: held.append(route))
    live.evaluate("history.back()")
    live.wait_for_url("**kind=source**")
    live.evaluate("history.forward()")
    live.wait_for_url("**kind=claim**")
    for route in held:
        route.continue_()
    live.locator("#results:not([aria-busy])").wait_for()

    assert live.locator(".tabs [aria-current]").inner_text().startswith("Claims")
