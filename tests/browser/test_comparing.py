"""A reader puts things side by side: adds by picking, removes, and reads it on a phone."""

from collections.abc import Iterator

import pytest
from conftest import watched

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser, site) -> Iterator[object]:
    """A fresh page; whatever the browser complains of fails the test."""
    with watched(browser, site) as page:
        yield page


def test_two_concepts_are_picked_and_stand_side_by_side(page):
    page.goto("/compare")
    for text in ("imbal", "dist"):
        page.get_by_role("combobox", name="Add a concept").press_sequentially(text)
        page.locator(".adding [role=option]").first.click()
        page.wait_for_load_state()

    page.wait_for_url("**/compare?ids=barrier-power-imbalance,barrier-distance")
    assert page.get_by_role("columnheader").count() == 2
    assert page.get_by_role("rowheader", name="Definition").count() == 1


def test_works_alone_are_suggested_beside_a_work_and_one_is_removed(page):
    page.goto("/compare?ids=reed-2001")
    page.get_by_role("combobox", name="Add a work").press_sequentially("te")
    page.locator(".adding [role=option]").first.wait_for()
    kinds = {text.split(" · ")[0] for text in page.locator(".adding [role=option] small:last-child").all_inner_texts()}
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?ids=reed-2001,testwell-2010")
    page.get_by_label("Remove Reed (2001) from the comparison").click()

    page.wait_for_url("**/compare?ids=testwell-2010")
    assert kinds == {"work"}


def test_on_a_phone_each_cell_is_below_the_name_of_its_thing(browser, site):
    page = browser.new_page(base_url=site, viewport={"width": 390, "height": 844})
    page.goto("/compare?ids=barrier-power-imbalance,barrier-distance")
    cells = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Definition")).get_by_role("cell")
    shown = [(cell.inner_text(), cell.bounding_box()["x"]) for cell in cells.all()]
    page.close()

    assert [text.partition("\n")[0] for text, _ in shown] == ["Power imbalance", "Distance"]
    assert len({x for _, x in shown}) == 1
