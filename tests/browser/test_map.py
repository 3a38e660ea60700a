"""What a reader does with the evidence map, in a real browser: unfold, narrow, open a cell, read it on a phone."""

import pytest
from conftest import watched

pytestmark = pytest.mark.browser
MAP = "/map?rows=barrier&columns=practice"


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def page(browser, site, request):
    with watched(browser, site, java_script_enabled=request.param) as page:
        yield page


def test_a_row_unfolds_and_a_cell_leads_to_its_claims(page):
    page.goto(MAP)
    rows = page.locator("table.map tbody tr").count()
    page.get_by_role("link", name="narrower than Power imbalance").click()
    page.wait_for_url("**unfold=barrier-power-imbalance**")
    page.locator("th", has_text="One-way resource flow").wait_for()

    assert page.locator("table.map tbody tr").count() == rows + 1
    page.get_by_role(
        "link", name="Power imbalance × Shared rules: 2 of 2 claims themselves about both, 2 disputed, 1 relation"
    ).click()
    page.wait_for_url("**/map/cell?**")
    assert page.get_by_role("heading", level=1).inner_text() == "Power imbalance × Shared rules"
    assert page.locator("#claims ~ ul li.claim").count() == 2
    page.get_by_role("link", name="Evidence map: Barrier × Practice").click()
    page.wait_for_url("**/map?rows=barrier&columns=practice")


def test_filters_are_chosen_in_the_form_and_taken_off_by_their_chips(page):
    page.goto(MAP)
    page.get_by_text("Count only some of the claims").click()
    page.get_by_label("dispute or are disputed").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**stance=disputes**")
    page.locator(".chip.on").wait_for()

    assert page.locator("table.map tbody tr").count() == 1
    page.get_by_role("link", name="No longer stance: dispute or are disputed").click()
    page.wait_for_url(lambda url: "stance" not in url)
    assert page.locator("table.map tbody tr").count() == 3


def test_what_nothing_is_annotated_about_is_two_clicks_away(page):
    page.goto(MAP)
    page.locator("table.map thead").get_by_role("link", name="Trust building", exact=True).click()
    page.wait_for_url("**line=practice-trust-building**")

    assert "for 2 nothing is annotated here" in page.locator("#map").inner_text()
    page.locator("ul.nothing").get_by_role("link", name="Distance").click()
    page.wait_for_url("**/map/cell?**")
    assert "Nothing annotated here" in page.get_by_role("heading", level=2).first.inner_text()


def test_unfolding_in_place_keeps_focus_and_where_the_table_was_scrolled_to(browser, site):
    with watched(browser, site, viewport={"width": 320, "height": 844}) as page:
        page.goto(MAP + "&unfold=rows")
        link = page.get_by_role("link", name="narrower than Shared rules")
        link.focus()
        page.evaluate("document.getElementById('map-box').scrollLeft = 40")
        page.keyboard.press("Enter")
        page.wait_for_url("**unfold=practice-shared-rules**")
        page.locator("th", has_text="Deciding together").wait_for()

        assert page.evaluate("document.getElementById('map-box').scrollLeft") == 40
        assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"


def test_on_a_phone_the_table_scrolls_by_itself_and_its_first_column_stays(browser, site):
    with watched(browser, site, viewport={"width": 390, "height": 844}) as page:
        page.goto(MAP + "&unfold=rows&unfold=columns")
        box = page.locator("#map-box")
        before = page.locator("table.map tbody th").first.bounding_box()["x"]
        page.evaluate("document.getElementById('map-box').scrollLeft = 9999")

        assert box.evaluate("box => box.scrollWidth > box.clientWidth")
        assert page.locator("table.map tbody th").first.bounding_box()["x"] == before
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_each_cell_is_reached_by_keyboard_and_shows_that(browser, site):
    with watched(browser, site) as page:
        page.goto(MAP)
        cells = page.locator("table.map td a")
        cells.first.focus()
        for _ in range(cells.count() - 1):
            page.keyboard.press("Tab")
        seen = page.locator("a:focus")
        outline = seen.evaluate("link => getComputedStyle(link).outlineStyle")

        assert seen.evaluate("link => link.closest('table.map') !== null")
        assert outline == "solid"
