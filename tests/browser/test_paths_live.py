"""Paths change in place: what is chosen, the heading above and the picture keep in step, by mouse and keyboard."""

import pytest
from conftest import watched

pytestmark = pytest.mark.browser


def test_choosing_a_concept_changes_heading_list_and_address_in_place(browser, site):
    with watched(browser, site) as page:
        page.goto("/paths")
        page.evaluate("window.stayed = true")
        page.select_option("select[name=from]", "barrier-distance")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("heading", name="Paths from Distance", level=1).wait_for()

        assert page.evaluate("window.stayed") and page.url.endswith("/paths?from=barrier-distance")
        assert page.locator(".card").count() == 2
        page.go_back()
        page.get_by_role("heading", name="Paths", level=1, exact=True).wait_for()
        assert page.locator("select[name=from]").input_value() == ""


@pytest.mark.parametrize(("width", "shown"), [(1200, "wide"), (390, "phone")])
def test_a_box_of_the_picture_narrows_by_keyboard(browser, site, width, shown):
    with watched(browser, site, viewport={"width": width, "height": 800}) as page:
        page.goto("/paths")
        box = page.locator(f".paths-graph.{shown} a").filter(has_text="Mistrust")
        box.focus()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Paths from Mistrust", level=1).wait_for()

        assert page.locator(".paths-graph:visible").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
