"""What a reader does, in a real browser: search, follow a claim, read on a phone, use the keyboard."""

from collections.abc import Iterator

import pytest
from conftest import watched
from page_kinds import PAGES

pytestmark = pytest.mark.browser


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser, site, request) -> Iterator[object]:
    """A fresh page with and without JavaScript; whatever the browser complains of fails the test."""
    with watched(browser, site, java_script_enabled=request.param) as page:
        yield page


def test_from_a_question_to_the_claim_and_its_reference(page):
    page.goto("/")
    page.get_by_label("Your question").fill("who pays sets the terms")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="The side that pays sets the terms").click()

    page.wait_for_url("**/source/testwell-2010#c1")
    assert page.locator("#c1").is_visible()
    assert "Testwell" in page.locator("pre.copy").first.inner_text()


def test_from_a_concept_to_who_disputes_it(page):
    page.goto("/concepts")
    page.get_by_role("link", name="Power imbalance").click()
    page.locator("li.disputes a:visible").first.click()

    page.wait_for_url("**/source/*#c*")
    assert page.locator("li.claim:target").count() == 1


def test_a_filter_survives_reload_and_back(page):
    page.goto("/search?q=mill")
    page.get_by_role("navigation", name="Kinds of hits").get_by_role("link", name="Works").click()
    page.wait_for_url("**kind=source**")
    page.reload()

    assert page.locator(".tabs [aria-current]").inner_text().startswith("Works")
    assert {kind.lower() for kind in page.locator(".hit .kind").all_inner_texts()} == {"work"}
    page.go_back()
    page.wait_for_url("**/search?q=mill")


def test_a_part_of_what_was_understood_is_switched_off_and_on(page):
    page.goto("/search?q=unequal power since 2011")
    before = page.locator("#hits").inner_text()
    page.get_by_label("Leave since 2011 out of account").click()
    page.wait_for_url("**off=years**")

    assert page.locator("#hits").inner_text() != before
    page.get_by_label("Take since 2011 into account again").click()
    page.wait_for_url("**/search?q=unequal+power+since+2011")
    assert page.locator("#hits").inner_text() == before


def test_the_next_page_goes_on_where_this_one_ends(page):
    page.goto("/search?q=mill&limit=3")
    page.get_by_role("link", name="More", exact=True).click()
    page.wait_for_url("**offset=3**")

    assert "Hits 4–6" in page.locator("#hits").inner_text()
    assert page.locator("ol.hits").get_attribute("start") == "4"


def test_more_like_a_hit_is_two_clicks_away(page):
    page.goto("/search?q=the side that pays sets the terms")
    page.get_by_text("Why this?").first.click()
    page.get_by_role("link", name="More like this").first.click()

    page.wait_for_url("**/similar/**")
    assert page.locator(".hit").count() > 1


def test_a_hit_is_judged_with_one_click(page):
    page.goto("/search?q=who pays sets the terms")
    page.get_by_role("button", name="answers it").first.click()

    page.wait_for_url("**judged=**")
    assert page.get_by_role("status").inner_text() == "noted, thank you"


def test_the_keyboard_alone_reaches_content_and_links(page):
    page.goto("/concept/barrier-power-imbalance")
    page.keyboard.press("Tab")

    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main :focus").count() == 1


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_no_page_scrolls_sideways(browser, site, width):
    page = browser.new_page(base_url=site, viewport={"width": width, "height": 844})
    wide = []
    for address in PAGES:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(address)
    page.close()

    assert wide == []
