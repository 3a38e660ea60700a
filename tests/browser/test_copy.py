"""A button copies a text to the clipboard and says that it did."""

import pytest

pytestmark = pytest.mark.browser
BUTTONS = """<pre id="words">Testwell, A. (2010).\n<i>The mill</i></pre>
<button type="button" id="from" hidden data-copy-from="#words">Copy</button>
<button type="button" id="given" hidden data-copy="10.1000/1 & more">Copy DOI</button>"""


@pytest.fixture
def page(browser, site):
    """A page that got buttons later, as by live.js."""
    context = browser.new_context(base_url=site)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto("/source/testwell-2010")
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('afterbegin', html)", BUTTONS)
    page.evaluate("document.dispatchEvent(new Event('kb:replaced'))")
    yield page
    context.close()


def clipboard(page):
    return page.evaluate("navigator.clipboard.readText()")


def test_the_text_of_an_element_is_copied_as_it_is_read(page):
    page.locator("#from").click()
    page.get_by_role("button", name="Copied").wait_for()

    assert clipboard(page) == "Testwell, A. (2010).\nThe mill"
    assert page.locator("#said").inner_text() == "Copied"


def test_a_button_may_hold_the_text_and_says_its_own_name_again(page):
    page.locator("#given").click()
    page.locator("#given").click()
    page.get_by_role("button", name="Copied").wait_for()

    assert clipboard(page) == "10.1000/1 & more"
    page.get_by_role("button", name="Copy DOI").wait_for(timeout=5_000)


def test_where_there_is_no_clipboard_to_write_to_the_selection_is_copied(page):
    page.evaluate("() => { Clipboard.prototype.writeText = () => Promise.reject(new Error('no')) }")
    page.locator("#given").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()

    assert clipboard(page) == "10.1000/1 & more"
    assert page.evaluate("document.activeElement.id") == "given"
