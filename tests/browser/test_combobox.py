"""What is typed becomes a suggestion, chosen by keyboard or pointer and told to who cannot see it."""

from collections.abc import Iterator

import pytest
from conftest import watched

pytestmark = pytest.mark.browser
OPTION = "[role=option]"  # not those of a select


@pytest.fixture
def page(browser, site) -> Iterator[object]:
    """A fresh page; whatever the browser complains of fails the test."""
    with watched(browser, site) as page:
        yield page


def typed(page, text, address="/", box="Your question, in your own words"):
    """The box of a page after *text* was typed and suggestions came."""
    page.goto(address)
    combobox = page.get_by_role("combobox", name=box)
    combobox.press_sequentially(text)
    page.locator(OPTION).first.wait_for()
    return combobox


def test_a_suggestion_says_what_it_is_and_which_part_was_typed(page):
    typed(page, "imbal")
    option = page.locator(OPTION).first

    assert option.text_content() == "Power imbalance concept · Barrier"
    assert option.locator("b").all_inner_texts() == ["imbal"]


def test_another_label_that_matched_is_shown_too(page):
    typed(page, "unequal po")

    option = page.locator(OPTION).first

    assert option.text_content() == "Power imbalance also: unequal power concept · Barrier"
    assert option.locator("b").all_inner_texts() == ["unequal", "po"]


def test_concepts_works_and_authors_are_told_apart(page):
    typed(page, "te")
    kinds = {text.split(" · ")[0] for text in page.locator(f"{OPTION} small:last-child").all_inner_texts()}

    assert {"work", "author"} <= kinds


def test_the_keyboard_chooses_a_suggestion_and_goes_to_its_page(page):
    typed(page, "imbal").press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url("**/concept/barrier-power-imbalance")


def test_enter_without_a_choice_searches_for_what_is_typed(page):
    typed(page, "imbal").press("Enter")

    page.wait_for_url("**/search?q=imbal**")


def test_a_click_goes_to_the_page_of_a_suggestion(page):
    typed(page, "imbal")
    page.locator(OPTION).first.click()

    page.wait_for_url("**/concept/barrier-power-imbalance")


def test_the_header_of_each_page_has_suggestions_too(page):
    typed(page, "imbal", "/sources", "Search").press("ArrowUp")
    page.keyboard.press("Enter")

    page.wait_for_url("**/concept/barrier-power-imbalance")


def test_arrows_go_round_and_a_reader_of_the_screen_is_told_where_they_are(page):
    box = typed(page, "mi")
    options = page.locator(OPTION)
    ids = [option.get_attribute("id") for option in options.all()]
    visited = []
    for _ in range(len(ids) + 1):
        box.press("ArrowDown")
        visited.append(box.get_attribute("aria-activedescendant"))
    box.press("ArrowUp")

    assert len(ids) > 1 and visited == [*ids, ids[0]]
    assert box.get_attribute("aria-activedescendant") == ids[-1]
    assert [option.get_attribute("aria-selected") for option in options.all()] == ["false"] * (len(ids) - 1) + ["true"]
    box.press("Home")
    assert box.get_attribute("aria-activedescendant") is None


def test_the_box_names_its_list_and_whether_it_is_open(page):
    box = typed(page, "imbal")
    listed = page.locator(f"#{box.get_attribute('aria-controls')}")

    assert (box.get_attribute("aria-autocomplete"), box.get_attribute("aria-expanded")) == ("list", "true")
    assert listed.get_attribute("role") == "listbox" and listed.is_visible()
    page.wait_for_function("document.getElementById('said').textContent === '1 suggestion'")


def test_escape_closes_the_list_and_then_empties_the_box(page):
    box = typed(page, "imbal")
    box.press("Escape")

    assert (box.input_value(), box.get_attribute("aria-expanded")) == ("imbal", "false")
    assert page.get_by_role("listbox").count() == 0
    box.press("Escape")
    assert box.input_value() == ""


def test_the_list_goes_when_the_box_is_left_and_comes_back_by_an_arrow(page):
    box = typed(page, "imbal")
    box.press("Tab")

    assert page.get_by_role("listbox").count() == 0
    box.press("ArrowDown")
    page.locator(f"{OPTION}[aria-selected=true]").wait_for()


def test_one_letter_is_not_asked_about_and_nothing_is_asked_twice(page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/complete" in request.url else None)
    box = typed(page, "im")
    box.press("b")
    page.wait_for_timeout(400)
    box.press("Backspace")
    page.wait_for_timeout(400)
    box.press("Backspace")
    page.wait_for_timeout(400)

    assert [url.rpartition("q=")[2] for url in asked] == ["im", "imb"]
    assert page.get_by_role("listbox").count() == 0


ADDING = """document.querySelector('main').innerHTML = `<form action="/concepts"><div class="combobox">
  <input name="filter" id="pick" aria-label="Add" data-complete="/complete" data-kinds="concept source" data-pick>
  </div></form>`
  document.dispatchEvent(new Event('kb:replaced'))"""


def to_add(page, text):
    """A field that adds what is picked, with *text* typed into it and suggestions there."""
    page.goto("/help")
    page.evaluate(ADDING)
    combobox = page.get_by_role("combobox", name="Add")
    combobox.press_sequentially(text)
    page.locator(f"main {OPTION}").first.wait_for()
    return combobox


def test_in_a_field_that_picks_a_suggestion_is_sent_by_its_id(page):
    to_add(page, "imbal").press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/concepts?filter=barrier-power-imbalance")
    to_add(page, "imbal")
    page.locator(f"main {OPTION}").first.click()
    page.wait_for_url("**/concepts?filter=barrier-power-imbalance")


def test_a_field_that_picks_offers_its_kinds_alone_and_sends_what_is_typed(page):
    box = to_add(page, "te")
    kinds = {text.split(" · ")[0] for text in page.locator(f"main {OPTION} small:last-child").all_inner_texts()}

    assert "work" in kinds and "author" not in kinds
    box.press("Enter")
    page.wait_for_url("**/concepts?filter=te")


def test_without_suggestions_the_form_searches(browser, site):
    page = browser.new_page(base_url=site, java_script_enabled=False)
    page.goto("/")
    page.get_by_label("Your question").fill("imbalance")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=imbalance**")
    roles = page.get_by_role("combobox", name="Your question").count()
    page.close()

    assert roles == 0
